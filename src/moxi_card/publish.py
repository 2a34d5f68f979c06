"""Publishing: the card before training, then weights, samples and card as one commit.

Each upload is one commit, so that nothing is on the Hub by half. Run again, it sends what is missing.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from moxi_card import metadata
from moxi_card.card import Material
from moxi_card.fallback_s3 import Bucket, bucket_of_environment
from moxi_card.package import Place, put_weights, read_text, write_card, write_plan, write_text
from moxi_card.samples import find_samples, place_samples
from moxi_card.weights import read_weights
from moxi_core.errors import CardError, HubDownError, MoxiError
from moxi_core.hub import check_name, commit, hub_api, hub_errors, make_repository

_CARD = ("README.md", "LICENSE.md")
_SAMPLES = "samples/sample_*.png"
_SAMPLE = re.compile(r"samples/sample_\d+\.png")
_OWN = {".gitattributes", "README.md", "LICENSE.md"}  # what a repository without content may hold


@dataclass(slots=True)
class Outcome:
    """What was done. `links` are set where storage stood in for the Hub, and `why` says why."""

    package: Path
    url: str = ""
    why: str = ""
    links: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Published:
    """A repository as it is on the Hub; `card` is None where it has none."""

    exists: bool
    card: str | None = None
    files: tuple[str, ...] = ()


def plan(material: Material, place: Place, *, force: bool = False) -> Outcome:
    """Write card, sample prompts and the training's configuration; nothing is sent."""
    outcome = Outcome(place.package)
    write_plan(material, place)
    _told_kept(write_card(material, place, read_text(place.card), force=force).kept, outcome)
    return outcome


def publish(
    material: Material, place: Place, *, private: bool = True, force: bool = False
) -> Outcome:
    """Create the repository and upload the card, which says that the weights follow.

    Raises CardError for a repository that holds somebody's own work, unless `force`.
    """
    job = material.job
    check_name(job.repo_id, "model")
    outcome = plan(material, place, force=force)
    try:
        found = _published(job.repo_id)
        _refuse_taken(found, job.repo_id, force=force)
        if weights := [file for file in found.files if file == job.weights_name]:
            raise CardError(
                f"{job.repo_id!r} has its weights already ({weights[0]}); run `moxi card finish`."
            )
        _write(material, place, found.card, outcome, force=force)
        _fetch_license(material, place, outcome)
        make_repository(job.repo_id, "model", private=private)
        outcome.url = commit(
            place.package, job.repo_id, "model", _CARD, "Model card; weights follow"
        )
    except HubDownError as error:
        _fall_back(material, place, _CARD, error, outcome)
    return outcome


def finish(
    material: Material, place: Place, weights: Path, samples: Path | None, *, force: bool = False
) -> Outcome:
    """Upload weights, samples and the finished card to the repository that `publish` created."""
    job = material.job
    outcome = Outcome(place.package)
    told = read_weights(weights)
    _refuse_other_base(material, told.family)
    if told.trigger and told.trigger != job.trigger_word:
        outcome.notes.append(f"the weights name another trigger word, {told.trigger!r}")
    write_plan(material, place)
    images = find_samples(samples) if samples else []
    placed = place_samples(images, material.prompts, place.package)
    if not placed:
        outcome.notes.append("there are no samples; the card says that they come")
    put_weights(weights, place.package / job.weights_name)
    material = replace(material, weights=told, samples=tuple(placed))
    files = (*_CARD, job.weights_name, _SAMPLES)
    try:
        found = _published(job.repo_id)
        if not found.exists:
            _write(material, place, None, outcome, force=force)
            raise CardError(
                f"There is no {job.repo_id!r} on the Hub, or this token does not see it; run "
                f"`moxi card publish` first. The package is complete in {str(place.package)!r}."
            )
        _refuse_taken(found, job.repo_id, force=force)
        _write(material, place, found.card, outcome, force=force)
        _fetch_license(material, place, outcome)
        new = {sample.path for sample in placed}
        gone = [file for file in found.files if _SAMPLE.fullmatch(file) and file not in new]
        outcome.url = commit(
            place.package, job.repo_id, "model", files, "Weights, samples and card", gone=gone
        )
    except HubDownError as error:
        _write(material, place, None, outcome, force=force)
        _fall_back(material, place, files, error, outcome)
    return outcome


def _refuse_other_base(material: Material, family: str) -> None:
    wanted = material.job.base.family
    if family and wanted and family != wanted.name:
        raise CardError(
            f"The weights are of the family {family}, but the job's base model {material.job.base_model!r} "
            f"is of {wanted.name}; mend baseModel, or name the right file."
        )


def _refuse_taken(found: _Published, name: str, *, force: bool) -> None:
    if force or (found.card is not None and metadata.is_ours(found.card)):
        return
    if found.card is not None or set(found.files) - _OWN:
        raise CardError(
            f"{name!r} is taken: what it holds was not written by Moxi; set another repo in the job, or "
            "use --force to put the card into it."
        )


def _write(
    material: Material, place: Place, published: str | None, outcome: Outcome, *, force: bool
) -> None:
    """The card anew: on that of the Hub, or on the one left here if only that was changed by hand."""
    here = read_text(place.card)
    old = here if published is None else published
    if published is not None and here is not None and not metadata.is_as_written(here):
        if metadata.is_as_written(published):
            old = here
        elif here != published:
            aside = write_text(place.folder / "README.yours.md", here)
            outcome.notes.append(
                f"the card was changed on the Hub and here; the Hub's counts, yours is in {str(aside)!r}"
            )
    kept = write_card(material, place, old, force=force).kept
    _told_kept(kept, outcome)


def _told_kept(kept: Sequence[str], outcome: Outcome) -> None:
    if kept:
        told = f"changed by hand, and kept: {', '.join(kept)} (--force writes it anew)"
        if told not in outcome.notes:
            outcome.notes.append(told)


def _published(name: str) -> _Published:
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError

    api = hub_api()
    with hub_errors(name):
        try:
            files = tuple(api.list_repo_files(name))
        except GatedRepoError:
            raise
        except RepositoryNotFoundError:
            return _Published(exists=False)
    card = _download(name, "README.md").decode("utf-8", "replace") if "README.md" in files else None
    return _Published(exists=True, card=card, files=files)


def _download(name: str, file: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="moxi-card-") as folder, hub_errors(name):
        return Path(hub_api().hf_hub_download(name, file, local_dir=folder)).read_bytes()


def _fetch_license(material: Material, place: Place, outcome: Outcome) -> None:
    """The text of the base's license into LICENSE.md, where the base's repository shows it."""
    if not material.license.binds:
        return
    try:
        content = _download(material.job.base_model, "LICENSE.md").decode("utf-8")
    except (MoxiError, UnicodeDecodeError):
        outcome.notes.append(
            f"the text of the license of {material.job.base_model} cannot be had; LICENSE.md links it"
        )
        return
    notice = material.license.notice
    if notice and notice.split("\n")[0] not in content:
        content = f"{content.rstrip()}\n\n{notice}\n"
    write_text(place.package / "LICENSE.md", content)


def _fall_back(
    material: Material, place: Place, patterns: Sequence[str], error: HubDownError, outcome: Outcome
) -> None:
    """Upload to storage instead. Raises CardError where none is named."""
    bucket: Bucket | None = bucket_of_environment()
    left = f"nothing new is on the Hub; the package is complete in {str(place.package)!r}"
    if bucket is None:
        raise CardError(
            f"{str(error).removesuffix('; try again later.')}: {left}. Run it again later, or set "
            "MOXI_CARD_BUCKET to have it uploaded to S3-compatible storage instead."
        ) from error
    files = sorted({file for pattern in patterns for file in place.package.glob(pattern)})
    outcome.why = f"{str(error).removesuffix('; try again later.')}; {left}"
    outcome.links = bucket.upload(place.package, files, material.job.repo_id)
