"""A README written with a model: planned from facts, drafted, judged, repaired, and checked as a whole."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from moxi_analyzer import open_repository
from moxi_analyzer.model_input import input_of
from moxi_analyzer.repository import Repository
from moxi_analyzer.shown import open_shown
from moxi_core.records import RepoSnapshot
from moxi_core.samples import SftInput
from moxi_infer.document import Readme, Section, Statement
from moxi_infer.drafting.ask import Asker
from moxi_infer.drafting.judge import Judge
from moxi_infer.drafting.model import SectionModel
from moxi_infer.drafting.record import SectionDraft, WriterRecord
from moxi_infer.drafting.writer import DraftWriter, Progress
from moxi_infer.models import ModelSettings, opened_model
from moxi_infer.plan import write_sections
from moxi_infer.subject import Subject
from moxi_infer.write import assembled

_BEFORE_ABOUT = ("badges", "tagline")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a README is to look; as for `compose`."""

    only: Collection[str] = ()
    skip: Collection[str] = ()
    template: str | os.PathLike[str] | None = None
    badges: bool = True
    tree_depth: int = 2
    markers: bool = False


def write_with_model(
    target: str | os.PathLike[str],
    model: ModelSettings,
    *,
    include: Iterable[str] = (),
    exclude: Iterable[str] = (),
    only: Collection[str] = (),
    skip: Collection[str] = (),
    template: str | os.PathLike[str] | None = None,
    badges: bool = True,
    tree_depth: int = 2,
    markers: bool = False,
) -> Readme:
    """The README of a repository; see `write_readme`."""
    layout = Layout(
        only=only,
        skip=skip,
        template=template,
        badges=badges,
        tree_depth=tree_depth,
        markers=markers,
    )
    with (
        opened_model(model) as opened,
        open_repository(target, include=include, exclude=exclude) as (repo, snapshot),
    ):
        return compose_with_model(repo, snapshot, opened, layout)


def compose_with_model(
    repo: Repository,
    snapshot: RepoSnapshot,
    model: SectionModel,
    layout: Layout,
    progress: Progress | None = None,
) -> Readme:
    """The README of an opened repository, whose snapshot has key files, with what holds of a model's drafts."""
    subject = Subject(snapshot, tree_depth=layout.tree_depth, badges=layout.badges)
    ours = write_sections(subject, only=layout.only, skip=layout.skip)
    whole = write_sections(subject)
    judge = Judge(repo, snapshot, assembled(subject, whole).markdown, title=subject.title)
    writer = DraftWriter(Asker(model, input_of(snapshot), subject.title), judge, progress)
    told = [section.body for section in ours if section.kind in _BEFORE_ABOUT]
    made, drafts = writer.write(_with_about(ours, layout), told)
    made = [section for section in made if section.statements]

    def readme(sections: list[Section]) -> Readme:
        return assembled(subject, sections, template=layout.template, markers=layout.markers)

    made, drafts = _true(made, ours, drafts, judge, readme(made).markdown)
    record = WriterRecord(
        model=model.name, where=model.where, sections=tuple(drafts), problem=writer.problem
    )
    return replace(readme(made), writer=record)


_UNCHECKED = "> **Draft.** Written by a model from a list of files alone: nothing in it was checked against the code."
_OF_LIST = {
    "about": "About", "install": "Installation", "usage": "Usage", "structure": "Project structure",
    "development": "Development", "license": "License",
}  # fmt: skip


def write_from_list(
    name: str, given: SftInput, model: SectionModel, *, only: Collection[str] = ()
) -> Readme:
    """A draft from paths, a project type and a description. Only names of files can be held against it."""
    repo, snapshot = open_shown(name, given.file_tree, {})
    judge = Judge(repo, snapshot, "", title=name, listed=True)
    writer = DraftWriter(Asker(model, given, name), judge)
    empty = [
        Section(kind=kind, title=title, statements=())
        for kind, title in _OF_LIST.items()
        if not only or kind in only
    ]
    made, drafts = writer.write(empty, (), with_code=True)
    note = Section(kind="tagline", title="Description", statements=(Statement(text=_UNCHECKED),))
    sections = [note, *(section for section in made if section.statements)]
    readme = assembled(Subject(snapshot), sections)
    record = WriterRecord(
        model=model.name, where=model.where, sections=tuple(drafts), problem=writer.problem
    )
    return replace(readme, writer=record)


def _with_about(ours: list[Section], layout: Layout) -> list[Section]:
    """Our sections, and an empty one for what the project is, where facts say no more than one line."""
    wanted = (not layout.only or "about" in layout.only) and "about" not in layout.skip
    if not wanted or any(section.kind == "about" for section in ours):
        return ours
    at = sum(section.kind in _BEFORE_ABOUT for section in ours)
    return [*ours[:at], Section(kind="about", title="About", statements=()), *ours[at:]]


def _true(
    made: list[Section],
    ours: list[Section],
    drafts: list[SectionDraft],
    judge: Judge,
    markdown: str,
) -> tuple[list[Section], list[SectionDraft]]:
    """The sections; where the whole page shows what the parts did not, ours stand in.

    What is true in its own section may be false beside another one.
    """
    false = judge.holds(markdown)
    if not false:
        return made, drafts
    own = {section.kind: section for section in ours}
    wrong = {
        section.kind
        for section in made
        if section != own.get(section.kind) and any(claim.text in section.body for claim in false)
    }
    kept = [own.get(s.kind) if s.kind in wrong else s for s in made]
    reason = f"{false[0].text}: {false[0].reason}"
    told = [replace(d, replaced=reason, kept=0) if d.kind in wrong else d for d in drafts]
    return [section for section in kept if section is not None], told
