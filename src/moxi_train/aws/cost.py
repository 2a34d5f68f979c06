"""What a training job on SageMaker may cost: a table of prices with its date, and what is derived."""

from __future__ import annotations

from dataclasses import dataclass

# US dollars an hour, on demand, training, us-east-1: AWS's Price List of July 2026. us-west-2 was
# the same, other regions differ. The p3 family was no longer sold in all regions.
PRICES_OF = "July 2026, us-east-1"
PRICES = {
    "ml.m5.xlarge": 0.23, "ml.m5.2xlarge": 0.461,
    "ml.g4dn.xlarge": 0.736, "ml.g4dn.2xlarge": 0.94, "ml.g4dn.4xlarge": 1.505,
    "ml.g4dn.8xlarge": 2.72, "ml.g4dn.12xlarge": 4.89,
    "ml.g5.xlarge": 1.408, "ml.g5.2xlarge": 1.515, "ml.g5.4xlarge": 2.03, "ml.g5.8xlarge": 3.06,
    "ml.g5.12xlarge": 7.09, "ml.g5.16xlarge": 5.12, "ml.g5.24xlarge": 10.18, "ml.g5.48xlarge": 20.36,
    "ml.g6.xlarge": 1.127, "ml.g6.2xlarge": 1.222, "ml.g6.4xlarge": 1.654, "ml.g6.8xlarge": 2.518,
    "ml.g6.12xlarge": 5.752, "ml.g6.24xlarge": 8.344, "ml.g6.48xlarge": 16.688,
    "ml.g6e.xlarge": 2.61, "ml.g6e.2xlarge": 2.8, "ml.g6e.4xlarge": 3.76, "ml.g6e.8xlarge": 5.66,
    "ml.g6e.12xlarge": 13.12, "ml.g6e.24xlarge": 18.83, "ml.g6e.48xlarge": 37.66,
    "ml.p3.2xlarge": 3.825, "ml.p3.8xlarge": 14.688, "ml.p3.16xlarge": 28.152,
    "ml.p4d.24xlarge": 25.251, "ml.p5.48xlarge": 63.296,
}  # fmt: skip
SPOT_SHARE = (0.3, 0.7)  # of the price on demand, at most times; AWS promises no share


@dataclass(frozen=True, slots=True)
class Cost:
    """US dollars of a job; `hourly` and the rest are None where the price is not known."""

    instance: str
    hours: float
    spot: bool
    hourly: float | None

    @property
    def most(self) -> float | None:
        """What it costs if it runs all these hours, spot or not."""
        return None if self.hourly is None else self.hourly * self.hours

    @property
    def often(self) -> tuple[float, float] | None:
        """From and to what these hours often cost on spot; None on demand."""
        if self.most is None or not self.spot:
            return None
        return self.most * SPOT_SHARE[0], self.most * SPOT_SHARE[1]

    def told(self) -> str:
        """One line for people."""
        if self.hourly is None or self.most is None:
            return (
                f"the price of {self.instance} is not in the table of {PRICES_OF}; "
                "see https://aws.amazon.com/sagemaker/ai/pricing/"
            )
        text = (
            f"at most ${self.most:,.2f}: {self.hours:g} h of {self.instance} at "
            f"${self.hourly:g} an hour on demand ({PRICES_OF}; yours may differ)"
        )
        if self.often:
            low, high = self.often
            text += f"; on spot often ${low:,.2f} to ${high:,.2f}"
        return text


def estimate(instance: str, hours: float, *, spot: bool) -> Cost:
    """What an instance costs for these hours."""
    return Cost(instance, hours, spot, PRICES.get(instance))


def so_far(instance: str, billed_seconds: float) -> str:
    """What billed seconds cost, for people: SageMaker tells spot's discount as fewer seconds."""
    hourly = PRICES.get(instance)
    return "" if hourly is None else f"about ${hourly * billed_seconds / 3600:,.2f}"
