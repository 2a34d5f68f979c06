"""Lines of tree diagrams and lists of files: what is drawn with branches, or told line by line."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from moxi_check.claim import Claim, false, not_judged, true, undecided
from moxi_check.document import CodeBlock, Document, Span
from moxi_check.ground import Ground
from moxi_check.kinds.path import FILE_NAMES
from moxi_check.kinds.told import is_elsewhere, own_names
from moxi_check.shell import is_placeholder
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

KINDS = {"tree": "a line of a tree diagram or list of files is a file or folder of the repository"}

_BRANCH = lazy_pattern(
    r"(?P<lead>[\s│┃|]*)(?:[├└┣┗╰](?:[─━\-–]{1,4}|_{1,4}(?=\s))? {0,4}[>╴]?|[+`|][─\-_]{1,4}|\\--)\s*(?P<rest>\S.*)"
)
_NAME = lazy_pattern(r"(?P<name>[^\s#(←<][^\s#←]*(?: [\w.-]+(?=/))*)")
# A line of a list of files: `src/app.py    what it does`.
_LISTED = lazy_pattern(
    r"\s*(?P<name>[\w.@+-]*\w/?(?:/[\w.@+-]*\w/?)*)(?:(?:\s{2,}|\t|\s+(?:#|--?|:|—|–|->|=>|←)\s)\s*(?P<note>\S.*))?\s*"
)
_LONG = 300
# What stands before a list of files that are, or are to be, the reader's.
_OF_READERS = lazy_pattern(
    r"(?i)\b(?:creat|generat|produc|output|scaffold|mak(?:e|es)\b|your|should|will|look(?:s)? like|new|add)\w*"
)
_NO_LANGUAGE = frozenset({"", "text", "txt", "plain", "plaintext", "none"})
_MIN_LINES = 3
_KNOWN_SHARE = 0.6
_SURE_SHARE = 0.8  # below a root of another name, or one that is guessed: projects are alike
_SURE_LINES = 5  # of such a diagram; the usual files of a project are fewer


# What a note tells of files that are not kept in a repository, or not yet.
_MADE = lazy_pattern(
    r"(?i)\b(?:generated|created|downloaded|\w*ignored|outputs?|optional\w*|built|compiled|cached?|planned|todo|coming|future|"
    r"not (?:in|committed|tracked|included|shown)|your|artifacts?|temporary|submodule|auto-\w+|written|saved|trained|produced|you|secrets?|private|api keys?)\b"
)
OTHERS = "the diagram shows another project"
_MADE_NAMES = frozenset(
    "data dataset datasets models weights checkpoints logs log output outputs results build dist bin obj out target "
    "node_modules vendor venv .venv env .env coverage cache .cache tmp temp __pycache__ artifacts uploads media storage "
    "database downloads runs wandb".split()
)


def _is_made(path: str, ground: Ground) -> bool:
    """Whether a path leads through a folder that is made by building, running or users, and is not there."""
    parts = path.split("/")
    made = (n for n, part in enumerate(parts, 1) if part.lower() in _MADE_NAMES)
    return any(not ground.has("/".join(parts[:n])) for n in made)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of a diagram: its path below the diagram's root."""

    path: str
    span: Span
    note: str = ""


def claims(document: Document, ground: Ground) -> Iterator[Claim]:
    """Tree diagrams of which most lines are in the repository; others show another project."""
    for block in document.blocks:
        root, entries = _entries(block)
        is_list = not entries
        entries = entries or _listed(block)
        if len(entries) < _MIN_LINES:
            continue
        base = _base(root, entries, document, ground)
        known = [e for e in entries if ground.has(_join(base, e.path))]
        named = base in _named(root, document) and (bool(base) or _is_known(root, ground))
        share = _KNOWN_SHARE if named and not is_list else _SURE_SHARE
        has_name = named or posixpath.basename(base) == posixpath.basename(root.strip("./ "))
        is_sure = named or (len(entries) >= _SURE_LINES and (not base or not root))
        is_ours = len(known) >= share * len(entries) and is_sure
        drawn = {_join(base, entry.path) for entry in entries}
        made = tuple(f"{entry.path}/" for entry in entries if _MADE.search(entry.note))
        for entry in entries:
            path = _join(base, entry.path)
            claim = _judge(entry, path, is_ours, ground)
            if claim.verdict == "true" and not (is_ours or has_name):
                claim = undecided(claim, OTHERS)  # a file of that name, but not this one
            is_made = bool(_MADE.search(entry.note)) or _is_made(path, ground)
            is_made = is_made or entry.path.startswith(made)
            if claim.verdict == "false" and is_made and not _is_respelt(path, drawn, ground):
                claim = undecided(claim, "made later, by its name or note")
            yield claim


def _is_respelt(path: str, drawn: set[str], ground: Ground) -> bool:
    """Whether what a line names is there in another spelling, for which the diagram has no line."""
    best = ground.nearest_path(path)
    is_same = path.lower().replace("-", "_") == best.lower().replace("-", "_")
    return is_same and best not in drawn


def _is_known(root: str, ground: Ground) -> bool:
    """Whether a diagram's root is none, a folder of the repository, or the repository by its name."""
    name = root.strip("./ ").rpartition("/")[2]
    return not name or name.lower() in own_names(ground) or bool(ground.ending_in(name))


def _entries(block: CodeBlock) -> tuple[str, list[_Entry]]:
    """The root that a diagram names, "" for none, and its lines."""
    lines = block.lines()
    if sum(1 for line in lines if _BRANCH.match(line.text)) < _MIN_LINES:
        return "", []
    root = ""
    entries: list[_Entry] = []
    stack: list[tuple[int, str]] = []
    for line in lines:
        found = _BRANCH.match(line.text)
        if not found:
            if not entries and line.text.strip():
                root = line.text.split("#")[0].strip().removeprefix("$ tree").strip()
            continue
        name = _NAME.match(found["rest"])
        if not name:
            continue
        depth = found.end("lead")
        stack = [(known, path) for known, path in stack if known < depth]
        text = name["name"].rstrip(",:;*@")
        if text in {"...", "…", ".", "etc", "etc."} or not text:
            continue
        parent = stack[-1][1] if stack else ""
        path = posixpath.join(parent, text.strip("/")) if text.strip("/") else parent
        stack.append((depth, path))
        span = Span(text, line.line, line.column + found.start("rest"))
        entries.append(_Entry(path, span, found["rest"][name.end() :]))
    return root, entries


def _listed(block: CodeBlock) -> list[_Entry]:
    """The lines of a block that is nothing but a list of files, each with a note or none."""
    lines = [line for line in block.lines() if line.text.strip()]
    if block.language not in _NO_LANGUAGE or len(lines) < _SURE_LINES:
        return []
    if _OF_READERS.search(block.lead) or is_elsewhere(block.section):
        return []
    entries: list[_Entry] = []
    for line in lines:
        found = _LISTED.fullmatch(line.text.rstrip()[:_LONG])
        name = found["name"] if found else ""
        if found is None or not ("/" in name or "." in name or name.lower() in FILE_NAMES):
            return []
        span = Span(name, line.line, line.column + found.start("name"))
        entries.append(_Entry(posixpath.normpath(name), span, found["note"] or ""))
    is_of_paths = any("/" in entry.span.text.strip("/") for entry in entries)
    return entries if is_of_paths else []


def _named(root: str, document: Document) -> list[str]:
    """The folders that a page may mean without naming more of them."""
    parts = [part for part in root.strip("./ ").split("/") if part]
    return ["", document.folder, *("/".join(parts[i:]) for i in range(len(parts)))]


def _base(root: str, entries: list[_Entry], document: Document, ground: Ground) -> str:
    """The folder that the diagram begins at: the one below which most of its lines exist."""
    bases = _named(root, document)
    for entry in entries:  # a template's folder may be what the diagram shows
        bases += [p.removesuffix(entry.path).strip("/") for p in ground.ending_in(entry.path)][:9]
    known = [base for base in dict.fromkeys(bases) if ground.has(base)]
    return max(known, key=lambda base: sum(ground.has(_join(base, e.path)) for e in entries))


def _join(base: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(base, path))


def _judge(entry: _Entry, path: str, is_ours: bool, ground: Ground) -> Claim:
    if ground.has(path):
        return true("tree", entry.span, Evidence(path=path))
    if not is_ours:
        return not_judged("tree", entry.span, OTHERS)
    if any(c in path for c in "*<>{}[]$") or any(map(is_placeholder, path.split("/"))):
        return not_judged("tree", entry.span, "a pattern or placeholder")
    if ground.ignored(path) or ground.through_link(path):
        return not_judged("tree", entry.span, "made by building or by users, says an ignore file")
    best = ground.nearest_path(path)
    hint = f"; did you mean `{best}`?" if best else ""
    name = posixpath.basename(best) + ("/" if entry.span.text.endswith("/") else "")
    sibling = bool(best) and posixpath.dirname(best) == posixpath.dirname(path)
    return false(
        "tree", entry.span, f"there is no `{path}` in the repository{hint}",
        suggestion=name if sibling else best, evidence=Evidence(path=best) if best else None,
    )  # fmt: skip
