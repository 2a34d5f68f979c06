"""An instruction for each section: what a maintainer would ask for to get this text.

Three sources: a model (instruct_model.py), patterns filled from what the input shows, and the very
wording that use has (prompt.py). The last two need no key, and give the same words in every run.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from moxi_analyzer.languages import NOT_PROGRAMMING, language_of
from moxi_chunk.kinds import OTHER, section_kind
from moxi_chunk.templates import (
    COVERED,
    FRAMES,
    MANIFESTS,
    OPENING,
    PARTS,
    TOLD_BY_MANIFESTS,
)
from moxi_core import prompt
from moxi_core.project_types import type_words, with_article
from moxi_core.samples import SftInput
from moxi_core.section_names import kinds_of, shown

TEMPLATE, PROMPT, MODEL = "template", "prompt", "model:"
_LONGEST_HEADING = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A section that wants an instruction. `section` is its kind, `project` the repository's name.

    `whole` tells that it ends where its section ends, its sub-sections included.
    """

    id: str
    section: str
    heading_path: tuple[str, ...]
    whole: bool
    text: str
    project: str
    input: SftInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """What to ask for to get a section. `source` is "template", "prompt" or "model:NAME"."""

    id: str
    text: str
    source: str
    score: int | None = None  # 1 to 5: how well the section would teach, as a model judged it


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A section that got no instruction, and why."""

    id: str
    reason: str


def worded(request: Request) -> Instruction:
    """The very wording by which use asks for this section."""
    named = _named(request) or request.section
    text = prompt.instruction_for(named, request.project, request.input.project_type)
    return Instruction(id=request.id, text=text, source=PROMPT)


def may_be_worded(request: Request) -> bool:
    """Whether use would ask for this text: for whole sections, and for what opens the page."""
    return request.whole or (request.section == "about" and len(_inner_path(request)) == 0)


def is_worded(name: str, share: float) -> bool:
    """Whether the sample of this id belongs to the share that gets the wording of use."""
    return _drawn(name, "worded", 1_000_000) < share * 1_000_000


def template(request: Request) -> Instruction:
    """An instruction from patterns, filled with what the input shows; the same in every run."""
    path = _inner_path(request)
    is_part = len(path) > 1 or bool(path and not request.whole)
    frames = PARTS if is_part else FRAMES if path or request.section != "about" else OPENING
    covered = COVERED.get(request.section, COVERED[OTHER])
    project = request.project or "this project"
    text = _one_of(frames, request.id, "frame").format(
        project=project,
        what=_part(path, request.whole) if is_part else _section(request, path),
        sort=_sort(request.input),
        covered=_one_of(covered, request.id, "covered").format(project=project),
        source=_source(request),
    )
    return Instruction(id=request.id, text=" ".join(text.split()), source=TEMPLATE)


def _named(request: Request) -> str:
    """The heading's words where they say more than the kind; "" where the kind says it all."""
    path = _inner_path(request)
    if not path or kinds_of(path[-1], request.project):
        return ""
    is_known = section_kind(("", path[-1]), request.project) != OTHER
    return "" if is_known and len(path) == 1 else path[-1]


def _inner_path(request: Request) -> tuple[str, ...]:
    """The headings below the page's title."""
    path = tuple(
        filter(None, (shown(heading)[:_LONGEST_HEADING] for heading in request.heading_path))
    )
    if not path:
        return ()
    is_name = path[0].strip().lower() == request.project.lower()
    if is_name or (section_kind(("", path[0]), request.project) == OTHER and len(path) > 1):
        return path[1:]
    return () if len(path) == 1 and request.section == "about" and not _tells(path[0]) else path


def _tells(heading: str) -> bool:
    return section_kind(("", heading)) != OTHER


def _section(request: Request, path: Sequence[str]) -> str:
    """A section as one calls it: by its kind or by its heading."""
    kind = request.section.replace("_", " ")
    if not path:
        return f"{kind} section"
    if request.section == OTHER or _drawn(request.id, "name", 2):
        return f'"{path[-1]}" section'
    return f"{kind} section"


def _part(path: Sequence[str], whole: bool) -> str:
    """A part of a section by the headings that it stands under."""
    above = f' of the "{path[-2]}" section' if len(path) > 1 else " section"
    place = f'"{path[-1]}" part{above}' if len(path) > 1 else f'"{path[-1]}"{above}'
    return place if whole else f"opening of the {place}, before what its sub-headings say"


def _sort(given: SftInput) -> str:
    """What the project is, with its article: `a Python library`; "a project" where nothing tells."""
    noun = type_words(given.project_type) or "project"
    return with_article(" ".join(filter(None, (main_language(given.file_tree), noun))))


def main_language(tree: Sequence[str]) -> str:
    """The language that most files of a tree are written in, markup aside; "" where none is."""
    found = (language_of(path) for path in tree)
    counts = Counter(one.name for one in found if one and one.name not in NOT_PROGRAMMING)
    return counts.most_common(1)[0][0] if counts else ""


def _source(request: Request) -> str:
    """Where the facts are: for what a manifest tells the first one at the root, else the files."""
    if request.section not in TOLD_BY_MANIFESTS:
        return "the files shown"
    roots = {path for path in request.input.file_tree if "/" not in path}
    return next((name for name in MANIFESTS if name in roots), "the files shown")


def _one_of(patterns: Sequence[str], name: str, purpose: str) -> str:
    return patterns[_drawn(name, purpose, len(patterns))]


def _drawn(name: str, purpose: str, below: int) -> int:
    """A number below `below` that follows from the id: the same in every run, even over ids."""
    made = hashlib.sha256(f"{purpose}\0{name}".encode()).digest()
    return int.from_bytes(made[:8], "big") % below
