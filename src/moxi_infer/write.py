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
from moxi_core.errors import TemplateError
from moxi_core.patterns import lazy_pattern
from moxi_core.records import RepoSnapshot
from moxi_infer.document import Readme, Section
from moxi_infer.markdown import link, prose, slug, visible
from moxi_infer.plan import write_sections
from moxi_infer.subject import Subject

TOC_LINES = 100
_FENCE = lazy_pattern(r"^(`{3,}|~{3,})")
_LEAD = ("badges", "tagline", "about")


def write_readme(
    target: str | os.PathLike[str],
    *,
    only: Collection[str] = (),
    skip: Collection[str] = (),
    template: str | os.PathLike[str] | None = None,
    badges: bool = True,
    tree_depth: int = 2,
    include: Iterable[str] = (),
    exclude: Iterable[str] = (),
) -> Readme:
    """The README of the repository at a path or URL, written from facts alone.

    Raises SourceError, SettingsError or TemplateError, each with the mend.
    """
    snapshot = analyze(target, include=include, exclude=exclude)
    return compose(
        snapshot, only=only, skip=skip, template=template, badges=badges, tree_depth=tree_depth
    )


def compose(
    snapshot: RepoSnapshot,
    *,
    only: Collection[str] = (),
    skip: Collection[str] = (),
    template: str | os.PathLike[str] | None = None,
    badges: bool = True,
    tree_depth: int = 2,
) -> Readme:
    """The README of a repository that was analysed before."""
    subject = Subject(snapshot, tree_depth=tree_depth, badges=badges)
    sections = write_sections(subject, only=only, skip=skip)
    markdown = _render(subject, sections, template)
    return Readme(title=subject.title, markdown=markdown, sections=tuple(sections))


def _render(
    subject: Subject, sections: list[Section], template: str | os.PathLike[str] | None
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
    }
    try:
        compiled = environment.from_string(source)
        text = compiled.render(values)
        if text.count("\n") > TOC_LINES:
            text = compiled.render(values | {"toc": _contents(sections)})
    except JinjaError as error:
        name = os.fspath(template) if template else "README.md.j2"
        raise TemplateError(f"Template {name!r} does not render: {error}") from error
    return _tidy(text)


def _tidy(text: str) -> str:
    """Runs of blank lines as one, trailing blanks removed; code blocks stay as they are."""
    lines: list[str] = []
    mark = ""
    for line in visible(text).split("\n"):
        found = _FENCE.match(line)
        if mark:
            lines.append(line)
            if found and found[1].startswith(mark) and line.strip() == found[1]:
                mark = ""
            continue
        mark = found[1] if found else ""
        if line.strip() or (lines and lines[-1]):
            lines.append(line.rstrip())
    return "\n".join(lines).strip("\n") + "\n"


def _template_text(template: str | os.PathLike[str] | None) -> str:
    if template is None:
        return (resources.files("moxi_infer") / "templates" / "README.md.j2").read_text("utf-8")
    try:
        return Path(template).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(f"Template {os.fspath(template)!r} cannot be read: {error}") from error


def _contents(sections: list[Section]) -> str:
    """Links to the sections on one line: a list would push what matters off the first screen."""
    return " · ".join(link(s.title, "#" + slug(s.title)) for s in sections if s.kind not in _LEAD)
