"""Licenses are decided by the base model."""

from __future__ import annotations

import pytest

from moxi_card.licenses import conflict, decide
from moxi_core.errors import SettingsError
from tests.moxi_card.test_job import job

FLUX = "flux-1-dev-non-commercial-license"
SDXL = "stabilityai/stable-diffusion-xl-base-1.0"


def test_flux_dev_binds() -> None:
    made = decide(job())
    assert made.metadata == {
        "license": "other",
        "license_name": FLUX,
        "license_link": "https://huggingface.co/black-forest-labs/FLUX.1-dev/blob/main/LICENSE.md",
    }
    assert made.binds and made.notice.startswith("The FLUX.1 [dev] Model is licensed by")


@pytest.mark.parametrize("wish", ["wtfpl", "mit", "apache-2.0", "creativeml-openrail-m", "cc0-1.0"])
@pytest.mark.parametrize(
    "base",
    ["black-forest-labs/FLUX.1-dev", "black-forest-labs/flux.1-DEV", "city96/FLUX.1-dev-gguf"],
)
def test_a_wish_that_the_base_does_not_allow(base: str, wish: str) -> None:
    with pytest.raises(SettingsError) as error:
        decide(job(license=wish, baseModel=base))
    assert str(error.value) == (
        f"license = {wish!r} is not allowed: what is made of {base} stays under the FLUX.1 [dev] "
        "Non-Commercial License; remove the line from the job, or write license = "
        f'"other", licenseName = "{FLUX}".'
    )


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("black-forest-labs/FLUX.1-schnell", "apache-2.0"),
        (SDXL, "openrail++"),
        ("stable-diffusion-v1-5/stable-diffusion-v1-5", "creativeml-openrail-m"),
        ("Tongyi-MAI/Z-Image-Turbo", "apache-2.0"),
        ("Qwen/Qwen-Image", "apache-2.0"),
    ],
)
def test_known_bases(base: str, expected: str) -> None:
    made = decide(job(baseModel=base))
    assert made.metadata == {"license": expected}


@pytest.mark.parametrize("wish", ["mit", "cc-by-nc-4.0"])
def test_a_free_base_allows_a_wish(wish: str) -> None:
    assert decide(job(baseModel="Qwen/Qwen-Image", license=wish)).metadata == {"license": wish}
    with pytest.raises(SettingsError, match="stays under the CreativeML Open RAIL"):
        decide(job(baseModel=SDXL, license=wish))


def test_the_right_wish_is_granted() -> None:
    own = job(license="other", licenseName=FLUX, licenseLink="https://example.com")
    assert decide(own).link.startswith("https://huggingface.co/black-forest-labs/")
    assert decide(job(license="openrail++", baseModel=SDXL)).id == "openrail++"


def test_of_an_unknown_base_nothing_is_guessed() -> None:
    made = decide(job(baseModel="someone/new-model"))
    assert made.metadata == {
        "license": "other",
        "license_name": "see-base-model",
        "license_link": "https://huggingface.co/someone/new-model",
    }
    stated = decide(job(baseModel="someone/new-model", license="mit"))
    assert stated.id == "mit" and "Stated by the author" in stated.note


def test_a_license_that_the_hub_does_not_know() -> None:
    with pytest.raises(SettingsError, match="The Hub knows no license 'Public'"):
        decide(job(license="Public"))


def test_conflicts() -> None:
    flux = "black-forest-labs/FLUX.1-dev"
    assert conflict(flux, {"license": "other", "license_name": FLUX}) == ""
    assert "the license is mit" in conflict(flux, {"license": "mit"})
    assert "the license is none" in conflict(flux, {})
    assert conflict("someone/x", {"license": "mit"}) == ""
