"""The license of a LoRA: decided by what its base model allows, never by a default."""

from __future__ import annotations

from dataclasses import dataclass

from moxi_card.bases import Terms, base_of
from moxi_card.job import Job
from moxi_core.errors import SettingsError

# What the Hub knows as the metadata `license`.
HUB_LICENSES = frozenset(
    """
    afl-3.0 agpl-3.0 apache-2.0 apple-amlr apple-ascl artistic-2.0 bigcode-openrail-m
    bigscience-bloom-rail-1.0 bigscience-openrail-m bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear
    bsl-1.0 c-uda cc cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0
    cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cc-by-nd-4.0
    cc-by-sa-3.0 cc-by-sa-4.0 cc0-1.0 cdla-permissive-1.0 cdla-permissive-2.0 cdla-sharing-1.0
    creativeml-openrail-m deepfloyd-if-license ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 eupl-1.2
    fair-noncommercial-research-license gemma gfdl gpl gpl-2.0 gpl-3.0 grok2-community h-research
    intel-research isc lgpl lgpl-2.1 lgpl-3.0 lgpl-lr llama2 llama3 llama3.1 llama3.2 llama3.3 llama4
    lppl-1.3c mit mpl-2.0 ms-pl ncsa odbl odc-by ofl-1.1 openmdw openrail openrail++ osl-3.0 other
    pddl postgresql unknown unlicense wtfpl zlib
    """.split()
)
_OF_BASE = "see-base-model"


@dataclass(frozen=True, slots=True, kw_only=True)
class License:
    """What the metadata says, and what people are shown. `file` says whether LICENSE.md belongs to it."""

    id: str
    name: str = ""
    link: str = ""
    title: str = ""
    notice: str = ""
    binds: bool = False  # by the base model
    note: str = ""  # where something is not known

    @property
    def metadata(self) -> dict[str, str]:
        """The keys of the card's metadata."""
        pairs = {"license": self.id, "license_name": self.name, "license_link": self.link}
        return {
            key: value for key, value in pairs.items() if value and (key == "license" or self.name)
        }


def decide(job: Job) -> License:
    """The license of the LoRA. Raises SettingsError for a wish that the base does not allow."""
    wish = job.license.lower()
    if wish and wish not in HUB_LICENSES:
        raise SettingsError(
            f"The Hub knows no license {job.license!r}; use its name there, such as mit, or "
            'license = "other" with licenseName and licenseLink.'
        )
    terms = job.base.terms
    if terms is None:
        return _of_unknown(job, wish)
    if not wish or _is_same(job, terms):
        return License(
            id=terms.license, name=terms.name, link=terms.link, title=terms.title,
            notice=terms.notice, binds=terms.binds,
        )  # fmt: skip
    if terms.binds:
        raise SettingsError(
            f"license = {job.license!r} is not allowed: what is made of {job.base_model} stays under "
            f"the {terms.title}; remove the line from the job, or write {_line(terms)}."
        )
    return _wished(job, wish, f"The base model is under the {terms.title}.")


def conflict(base_model: str, found: dict[str, str]) -> str:
    """Why a card's license metadata does not go with its base model; "" where it does, or nobody knows."""
    terms = base_of(base_model).terms
    if terms is None or not terms.binds:
        return ""
    if found.get("license") == terms.license and found.get("license_name", "") == terms.name:
        return ""
    told = found.get("license_name") or found.get("license") or "none"
    return f"the license is {told}, but what is made of {base_model} is under {_line(terms)}"


def _is_same(job: Job, terms: Terms) -> bool:
    if job.license_name:
        return (job.license, job.license_name) == (terms.license, terms.name)
    return job.license.lower() in (terms.license, terms.name) and job.license != "other"


def _line(terms: Terms) -> str:
    """The line, or lines, of a job that are right."""
    if not terms.name:
        return f'license = "{terms.license}"'
    return f'license = "{terms.license}", licenseName = "{terms.name}"'


def _wished(job: Job, wish: str, note: str) -> License:
    return License(id=wish, name=job.license_name, link=job.license_link, note=note)


def _of_unknown(job: Job, wish: str) -> License:
    """A base of unknown terms: the user's word counts, and there is no guess."""
    if wish:
        return _wished(
            job, wish, f"Stated by the author; the terms of {job.base_model} may ask for more."
        )
    return License(
        id="other",
        name=_OF_BASE,
        link=f"https://huggingface.co/{job.base_model}",
        note=f"What the license of {job.base_model} asks of those who build on it holds here too.",
    )
