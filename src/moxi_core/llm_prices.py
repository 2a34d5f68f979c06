"""What models cost, and a budget that is not exceeded. Prices are those of OpenAI's own server.

A model that is not listed, or is served elsewhere, has no price here: the user may give one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from threading import Condition

from moxi_core.errors import LlmBudgetError, SettingsError

OPENAI = "https://api.openai.com/v1"
DEFAULT_MODEL = "gpt-6-luna"
LOOKED_UP = "2026-11-29"  # https://developers.openai.com/api/docs/pricing
_MILLION = 1_000_000
_DATED = re.compile(r"-\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens sent, and for a million answered."""

    prompt: float
    completion: float

    def cost(self, prompt_tokens: int, completion_tokens: int) -> float:
        """US dollars."""
        return (prompt_tokens * self.prompt + completion_tokens * self.completion) / _MILLION

    def half(self) -> Price:
        """The price of the Batch API."""
        return Price(self.prompt / 2, self.completion / 2)


@dataclass(frozen=True, slots=True)
class _Model:
    """A model of OpenAI: its price, and the least that it can be told to think ("": it does not)."""

    price: Price
    effort: str = ""


_MODELS = {
    "gpt-6-luna": _Model(Price(0.10, 0.50), "none"),
    "gpt-5.6-luna": _Model(Price(0.20, 1.20), "none"),
    "gpt-5.6-terra": _Model(Price(2.00, 12.00), "none"),
    "gpt-5.4-mini": _Model(Price(0.75, 4.50), "none"),
    "gpt-5.4-nano": _Model(Price(0.20, 1.25), "none"),
    "gpt-5-mini": _Model(Price(0.25, 2.00), "minimal"),
    "gpt-5-nano": _Model(Price(0.05, 0.40), "minimal"),
    "gpt-4.1": _Model(Price(2.00, 8.00)),
    "gpt-4.1-mini": _Model(Price(0.40, 1.60)),
    "gpt-4.1-nano": _Model(Price(0.10, 0.40)),
    "gpt-4o-mini": _Model(Price(0.15, 0.60)),
}


def price_of(model: str, base_url: str = OPENAI) -> Price | None:
    """The price of a model at OpenAI; None where it is not known."""
    known = _MODELS.get(_DATED.sub("", model))
    return known.price if known and base_url.rstrip("/") == OPENAI else None


def least_effort(model: str) -> str:
    """The least that a model of OpenAI can be told to think; "" where that is not known."""
    known = _MODELS.get(_DATED.sub("", model.rpartition("/")[2]))
    return known.effort if known else ""


def parse_price(text: str) -> Price:
    """`0.10/0.50`: dollars for a million tokens sent, and answered."""
    try:
        sent, answered = map(float, text.split("/"))
        if not 0 <= sent < float("inf") or not 0 <= answered < float("inf"):
            raise ValueError(text)
    except ValueError as error:
        raise SettingsError(
            f"{text!r} is no price; write dollars for a million tokens sent and answered: 0.10/0.50."
        ) from error
    return Price(sent, answered)


class Budget:
    """The most that requests may cost together, in US dollars; safe to use from several threads.

    Each request reserves the most that it can cost; what it did cost is settled afterwards.
    """

    def __init__(self, most: float) -> None:
        self.most = most
        self.spent = 0.0
        self._reserved: list[float] = []
        self._changed = Condition()

    def reserve(self, cost: float, *, wait: bool = True) -> float:
        """Set aside what a request may cost. Raises LlmBudgetError where that is too much.

        While others are under way it waits: they may cost less than they reserved.
        """
        with self._changed:
            while self.spent + sum(self._reserved) + cost > self.most:
                if not wait or not self._reserved or self.spent + cost > self.most:
                    taken = self.spent + sum(self._reserved)
                    raise LlmBudgetError(
                        f"What is asked next may cost ${cost:.4f}, and ${taken:.4f} of the "
                        f"${self.most:.4f} allowed are taken; raise --max-cost to go on."
                    )
                self._changed.wait()
            self._reserved.append(cost)
        return cost

    def settle(self, reserved: float, cost: float) -> None:
        """A request that reserved so much is over, and has cost so much."""
        with self._changed:
            self._reserved.remove(reserved)
            self.spent += cost
            self._changed.notify_all()

    def charge(self, cost: float) -> None:
        """Something has cost so much that nothing was reserved for."""
        with self._changed:
            self.spent += cost
