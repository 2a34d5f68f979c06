"""write_readme(): analysis, sections and template become one README."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from importlib import resources
from pathlib import Path

from jinja2 import StrictUndefined
from jinja2 import TemplateError as JinjaError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from moxi_analyzer import analyze
from moxi_core.anchors import slug
from moxi_core.errors import TemplateError
from moxi_core.records import RepoSnapshot
from moxi_infer.document import Readme, Section
from moxi_infer.markdown import link, prose, visible
from moxi_infer.markers import sealed, with_code
from moxi_infer.plan import write_sections
from moxi_infer.subject import Subject

TOC_LINES = 100
_LEAD = ("badges", "tagline", "about")


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
) -> Readme:
    """The README of the repository at a path or URL, written from facts alone.

    With `markers`, comments around each section let `update_readme` find it again; `readme-gen`
    writes them into files. Raises SourceError, SettingsError or TemplateError, each with the mend.
    """
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
    """The template filled in; a table of contents only where the result is long."""
    source = _template_text(template)
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    values = {
        "title": prose(subject.title) or "README",
        "sections": sections,
        "section": {s.kind: s for s in sections},
        "snapshot": subject.snapshot,
        "toc": "",
        "markers": False,
    }
    try:
        compiled = environment.from_string(source)
        text = compiled.render(values)
        if text.count("\n") > TOC_LINES:
            titles = [s.title for s in sections if s.kind not in _LEAD]
            values |= {"toc": contents(titles)}
        if values["toc"] or markers:
            text = compiled.render(values | {"markers": markers})
    except JinjaError as error:
        name = os.fspath(template) if template else "README.md.j2"
        raise TemplateError(f"Template {name!r} does not render: {error}") from error
    return _tidy(text)


def _tidy(text: str) -> str:
    """Runs of blank lines as one, trailing blanks removed; code blocks stay as they are."""
    lines: list[str] = []
    for line, is_code in with_code(visible(text).split("\n")):
        if is_code:
            lines.append(line)
        elif line.strip() or (lines and lines[-1]):
            lines.append(line.rstrip())
    return "\n".join(lines).strip("\n") + "\n"


def _template_text(template: str | os.PathLike[str] | None) -> str:
    if template is None:
        return (resources.files("moxi_infer") / "templates" / "README.md.j2").read_text("utf-8")
    try:
        return Path(template).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(f"Template {os.fspath(template)!r} cannot be read: {error}") from error


def contents(titles: Iterable[str]) -> str:
    """Links to sections on one line: a list would push what matters off the first screen."""
    return " · ".join(link(title, "#" + slug(title)) for title in titles)
