"""write_readme(): analysis, sections and template become one README."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from moxi_analyzer import analyze
from moxi_core.anchors import slug
from moxi_core.errors import TemplateError
from moxi_core.records import RepoSnapshot
from moxi_infer.document import Readme, Section
from moxi_infer.markdown import link, prose, visible
from moxi_infer.markers import sealed, with_code
from moxi_infer.plan import write_sections
from moxi_infer.subject import Subject

if TYPE_CHECKING:
    from moxi_infer.models import ModelSettings

TOC_LINES = 100
_LEAD = ("badges", "tagline", "about")


class _Values(TypedDict):
    """What a template can name."""

    title: str
    sections: list[Section]
    section: dict[str, Section]
    snapshot: RepoSnapshot
    toc: str
    markers: bool


def write_readme(
    target: str | os.PathLike[str],
    *,
    only: Collection[str] = (),
    skip: Collection[str] = (),
    template: str | os.PathLike[str] | None = None,
    badges: bool = True,
    tree_depth: int = 2,
    markers: bool = False,
    include: Iterable[str] = (),
    exclude: Iterable[str] = (),
    model: ModelSettings | None = None,
) -> Readme:
    """The README of the repository at a path or URL, written from facts alone, or with a model.

    With `markers`, comments around each section let `update_readme` find it again; `readme-gen`
    writes them into files. A model's sentences stay where the code confirms them; `Readme.writer`
    tells what became of its drafts. Raises SourceError, SettingsError or TemplateError, and LlmError
    where there is no such model, each with the mend.
    """
    if model is not None:
        from moxi_infer.with_model import write_with_model

        return write_with_model(
            target, model, only=only, skip=skip, template=template, badges=badges, tree_depth=tree_depth,
            markers=markers, include=include, exclude=exclude,
        )  # fmt: skip
    snapshot = analyze(target, include=include, exclude=exclude, key_files=False)
    return compose(
        snapshot, only=only, skip=skip, template=template, badges=badges,
        tree_depth=tree_depth, markers=markers,
    )  # fmt: skip


def compose(
    snapshot: RepoSnapshot,
    *,
    only: Collection[str] = (),
    skip: Collection[str] = (),
    template: str | os.PathLike[str] | None = None,
    badges: bool = True,
    tree_depth: int = 2,
    markers: bool = False,
) -> Readme:
    """The README of a repository that was analysed before; `markers` as for write_readme."""
    subject = Subject(snapshot, tree_depth=tree_depth, badges=badges)
    sections = write_sections(subject, only=only, skip=skip)
    return assembled(subject, sections, template=template, markers=markers)


def assembled(
    subject: Subject,
    sections: list[Section],
    *,
    template: str | os.PathLike[str] | None = None,
    markers: bool = False,
) -> Readme:
    """The README that sections make."""
    markdown = _render(subject, sections, template, markers)
    if markers:
        markdown = sealed(markdown)
    return Readme(title=subject.title, markdown=markdown, sections=tuple(sections))


def _render(
    subject: Subject,
    sections: list[Section],
    template: str | os.PathLike[str] | None,
    markers: bool,
) -> str:
    """The sections in their places; a table of contents only where the result is long."""
    values: _Values = {
        "title": prose(subject.title) or "README",
        "sections": sections,
        "section": {s.kind: s for s in sections},
        "snapshot": subject.snapshot,
        "toc": "",
        "markers": False,
    }
    filled = _default if template is None else _of_template(template)
    text = filled(values)
    if text.count("\n") > TOC_LINES:
        values["toc"] = contents(s.title for s in sections if s.kind not in _LEAD)
    if values["toc"] or markers:
        values["markers"] = markers
        text = filled(values)
    return _tidy(text)


def _default(values: _Values) -> str:
    """What README.md.j2 makes of the values: importing Jinja takes longer than all sections do."""
    lines = [f"# {values['title']}\n"]

    def add(kind: str, text: str) -> None:
        marks = (f"<!-- moxi:{kind} -->\n\n", f"\n<!-- /moxi:{kind} -->\n")
        begin, end = marks if values["markers"] else ("", "")
        lines.append(f"\n{begin}{text}\n{end}")

    for name in _LEAD:
        if name in values["section"]:
            add(name, values["section"][name].body)
    if values["toc"]:
        add("contents", values["toc"])
    for part in values["sections"]:
        if part.kind not in _LEAD:
            add(part.kind, f"## {part.title}\n\n{part.body}")
    return "".join(lines)


def _of_template(template: str | os.PathLike[str]) -> Callable[[_Values], str]:
    """What fills in a template of the user's own."""
    from jinja2 import StrictUndefined
    from jinja2 import TemplateError as JinjaError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    source = _template_text(template)

    def fill(values: _Values) -> str:
        try:
            return environment.from_string(source).render(values)
        except JinjaError as error:
            name = os.fspath(template)
            raise TemplateError(f"Template {name!r} does not render: {error}") from error

    return fill


def _tidy(text: str) -> str:
    """Runs of blank lines as one, trailing blanks removed; code blocks stay as they are."""
    lines: list[str] = []
    for line, is_code in with_code(visible(text).split("\n")):
        if is_code:
            lines.append(line)
        elif line.strip() or (lines and lines[-1]):
            lines.append(line.rstrip())
    return "\n".join(lines).strip("\n") + "\n"


def _template_text(template: str | os.PathLike[str]) -> str:
    try:
        return Path(template).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(f"Template {os.fspath(template)!r} cannot be read: {error}") from error


def contents(titles: Iterable[str]) -> str:
    """Links to sections on one line: a list would push what matters off the first screen."""
    return " · ".join(link(title, "#" + slug(title)) for title in titles)
