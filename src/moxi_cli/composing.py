"""The README of an opened repository, by the writer that was asked for; offline where the model cannot be asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from moxi_analyzer.repository import Repository
from moxi_core.config import Settings
from moxi_core.console import note
from moxi_core.errors import LlmError
from moxi_core.records import RepoSnapshot
from moxi_infer import compose
from moxi_infer.document import Readme
from moxi_infer.drafting.record import SectionDraft, WriterRecord

if TYPE_CHECKING:
    from moxi_infer.models import ModelSettings


def composed(
    repo: Repository,
    snapshot: RepoSnapshot,
    settings: Settings,
    model: ModelSettings | None,
    *,
    required: bool,
    markers: bool,
    quiet: bool,
) -> Readme:
    """The README, and on standard error who writes it and how it goes.

    Raises LlmError only where the model is `required`: otherwise a model that cannot be asked is told in a line.
    """
    if model is None:
        return _offline(snapshot, settings, markers)
    from moxi_infer.models import opened_model
    from moxi_infer.with_model import Layout, compose_with_model

    layout = Layout(
        only=settings.section, skip=settings.skip, template=settings.template, badges=settings.badges,
        tree_depth=settings.tree_depth, markers=markers,
    )  # fmt: skip

    def told(draft: SectionDraft, number: int, total: int) -> None:
        if not quiet:
            note(f"  {number}/{total} {progress_of(draft)}")

    try:
        with opened_model(model) as opened:
            if not quiet:
                note(f"{opened.where}.")
            readme = compose_with_model(repo, snapshot, opened, layout, told)
    except LlmError as error:
        if required:
            raise
        note(f"{error} Writing offline, from facts alone.")
        record = WriterRecord(model=model.model, problem=str(error))
        return replace(_offline(snapshot, settings, markers), writer=record)
    if readme.writer.problem:
        if required:
            raise LlmError(readme.writer.problem)
        note(f"{readme.writer.problem} Facts stand in where the model did not answer.")
    return readme


def _offline(snapshot: RepoSnapshot, settings: Settings, markers: bool) -> Readme:
    return compose(
        snapshot,
        only=settings.section,
        skip=settings.skip,
        template=settings.template,
        badges=settings.badges,
        tree_depth=settings.tree_depth,
        markers=markers,
    )


def progress_of(draft: SectionDraft) -> str:
    """What became of one draft, in a line."""
    if draft.replaced:
        return f"{draft.kind}: from facts alone ({draft.replaced})"
    cut = f", {len(draft.cut)} cut" if draft.cut else ""
    return (
        f"{draft.kind}: {draft.kept} sentences kept{cut}{', asked twice' if draft.repaired else ''}"
    )


def cuts(record: WriterRecord) -> str:
    """Each sentence of the model that did not stay, and why, for `--explain`."""
    lines = []
    for draft in record.sections:
        if not (draft.cut or draft.replaced):
            continue
        lines.append(f"Not taken from {record.model}: {draft.kind}")
        if draft.replaced:
            lines.append(f"  all of it: {draft.replaced}")
        for one in draft.cut:
            place = f" ({one.evidence})" if one.evidence else ""
            lines += [f"  {' '.join(one.text.split())}", f"      {one.reason}{place}"]
        lines.append("")
    return "\n".join(lines)
