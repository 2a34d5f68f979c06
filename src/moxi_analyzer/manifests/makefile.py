"""Makefiles: the targets that a person calls, with their help."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from moxi_analyzer.formats import one_line
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_MAX_TARGETS = 60
_MAX_INCLUDES = 20
_MAX_HELP_LINES = 8  # a longer comment explains a section of the file
_DOCUMENTED_STYLE = 3  # from so many `##` helps on, what has none is not meant for people

_RULE = lazy_pattern(r"(?P<names>[A-Za-z0-9_][\w./ \t@+-]*?)\s*::?(?![=:])(?P<rest>[^\n]*)$")
_VARIABLE = lazy_pattern(r"\s*(?:export\s+|override\s+|private\s+)?[\w.-]+\s*(?::{1,3}|\?|\+|!)?=")
_INCLUDE = lazy_pattern(r"-?s?include\s+(?P<files>[^#]+)")
_PHONY = lazy_pattern(r"\.PHONY\s*:(?P<names>[^#]*)(?:##?\s*(?P<help>.*))?")
_NAMED_HELP = lazy_pattern(
    r"#[#?:]?\s*(?P<name>[A-Za-z0-9][\w./-]*)\s*(?::|\s-|\s–)\s+(?P<help>\S.*)"
)
_TRAILING = lazy_pattern(r"(?:^|\s)(?P<hashes>#{1,2})[?:]?\s*(?P<help>[^#\s].*)$")
_COMMENT = lazy_pattern(r"#[#?:!]?(?!@)\s?(?P<text>.*)")
_NO_HELP = lazy_pattern(
    r"^\W*$|[:?+]?=\s|^\$|^[-=#*~]{3,}|[-=#*~]{4,}$|copyright|license|vim:|^(?:todo|fixme|xxx|note)\b"
    r"|^@?\w+ -{1,2}\w|^(?:ifeq|ifdef|endif|else)\b|@echo|\$\(|^https?://",
    re.IGNORECASE,
)
_FILE_SUFFIX = lazy_pattern(r"\.\w+$")
_STANDARD = frozenset(
    "all build check clean coverage dev dist docs doc fmt format generate help install lint"
    " release run serve setup start test tests uninstall".split()
)


@dataclass
class _Target:
    name: str
    path: str
    line: int
    help: str = ""
    marked: bool = False  # documented the way that `make help` recipes look for
    phony: bool = False
    needs: bool = False


@dataclass
class _Makefile:
    targets: dict[str, _Target] = field(default_factory=dict)
    phony: dict[str, str] = field(default_factory=dict)
    helps: dict[str, str] = field(default_factory=dict)


def _read(repo: Repository, path: str) -> Iterator[Fact]:
    if _shadowed(repo, path):
        return
    found = _Makefile()
    _collect(repo, path, folder_of(path), found, set())
    for name, target in found.targets.items():
        target.phony = name in found.phony
        if name in found.helps:
            target.help, target.marked = found.helps[name], True
        target.help = target.help or found.phony.get(name, "")
    marked = sum(1 for target in found.targets.values() if target.marked)
    scope = folder_of(path)
    wanted = [t for t in found.targets.values() if _for_people(repo, scope, t, marked)]
    if scope and not any(t.phony or t.help for t in wanted):
        return  # a part of a larger build, called from the Makefile above
    for target in wanted[:_MAX_TARGETS]:
        yield Fact(
            kind="make_target",
            value=target.name,
            evidence=Evidence(path=target.path, line=target.line),
            scope=scope,
            text=target.help,
            detail={"run": f"make {target.name}"},
        )


def _shadowed(repo: Repository, path: str) -> bool:
    """Whether make would take another file of the same folder instead."""
    names = ("GNUmakefile", "makefile", "Makefile")
    taken = next((n for n in names if repo.has(join(folder_of(path), n))), "")
    return taken != path.rpartition("/")[2]


def _for_people(repo: Repository, folder: str, target: _Target, marked: int) -> bool:
    if target.name.startswith("_"):
        return False
    if marked >= _DOCUMENTED_STYLE and not target.marked:
        return target.name in _STANDARD
    if target.phony or target.marked:
        return True
    if "/" in target.name or _FILE_SUFFIX.search(target.name):
        return False
    place = f"{folder}/{target.name}" if folder else target.name
    # Without .PHONY, make takes a file or folder of that name as the finished target.
    return not repo.has(place) and (target.needs or place not in repo.folders)


def _collect(repo: Repository, path: str, base: str, found: _Makefile, seen: set[str]) -> None:
    """Targets, .PHONY names and helps of a file and of those that it includes."""
    text = repo.text(path)
    if text is None or path in seen or len(seen) >= _MAX_INCLUDES:
        return
    seen.add(path)
    above: list[str] = []
    for number, line in _logical_lines(text):
        comment = _COMMENT.match(line)
        if comment:
            named = _NAMED_HELP.match(line) if line.startswith(("##", "#?", "#:")) else None
            if named and not _NO_HELP.search(named["help"]):
                found.helps.setdefault(named["name"], one_line(named["help"], 200))
            above.append(line)
            continue
        phony = _PHONY.match(line)
        if phony:
            for name in phony["names"].split():
                found.phony[name] = one_line(phony["help"] or "", 200)
            continue
        included = _INCLUDE.match(line)
        if included:
            for other in _included(repo, base, included["files"]):
                _collect(repo, other, base, found, seen)
        elif not line[0].isspace() and not _VARIABLE.match(line):
            _rule(line, number, path, above, found)
        above = []


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """(number, line) outside recipes and definitions; an empty line comes as a space."""
    pending, start, define = "", 0, False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(("define ", "endef")):
            define = line.startswith("define ")
            continue
        if define or (line.startswith("\t") and not pending):
            continue
        if line.endswith("\\"):
            start = start or number
            pending += line[:-1] + " "
            continue
        yield start or number, (pending + line) or " "
        pending, start = "", 0


def _included(repo: Repository, base: str, files: str) -> Iterator[str]:
    for name in files.split():
        if "$" in name:
            continue
        path = join(base, name)
        if "*" in name:
            folder = folder_of(path)
            yield from (p for p in repo.inside(folder) if fnmatch.fnmatchcase(p, path))
        elif repo.has(path):
            yield path


def _rule(line: str, number: int, path: str, above: list[str], found: _Makefile) -> None:
    rule = _RULE.match(line)
    if not rule or _VARIABLE.match(rule["rest"]) or "%" in line.partition(":")[0]:
        return
    rest = rule["rest"]
    help_, marked = _trailing_help(rest)
    if not help_:
        help_, marked = _help_above(above)
    needs = bool(rest.partition("#")[0].partition(";")[0].strip())
    for name in rule["names"].split():
        known = found.targets.get(name)
        if known is None:
            found.targets[name] = _Target(name, path, number, help_, marked, needs=needs)
        elif help_ and not known.help:
            known.help, known.marked, known.line, known.path = help_, marked, number, path
        if known is not None:
            known.needs = known.needs or needs


def _trailing_help(rest: str) -> tuple[str, bool]:
    found = _TRAILING.search(rest)
    if not found or _NO_HELP.search(found["help"]):
        return "", False
    return one_line(re.sub(r"^@?\[\w+\]\s*", "", found["help"]), 200), found["hashes"] == "##"


# A note on how or why, or the end of one: it does not say what the target does.
_ASIDE = lazy_pattern(
    r"(?:Also|This|These|It|That|They|We|To (?:avoid|prevent|work around)|Note|Because|TODO|FIXME|XXX|HACK)\b"
    r"|[a-z][^.]*\.$"
)


def _help_above(above: list[str]) -> tuple[str, bool]:
    """The comment that stands directly above a target: its first line, and whether it is `##`."""
    lines = [(_COMMENT.match(line), line) for line in above]
    texts = [(m["text"].strip(), line.startswith(("##", "#?", "#:"))) for m, line in lines if m]
    if texts and _NO_HELP.search(texts[-1][0]):
        return "", False  # the frame of a section's title, or code that was put out of use
    block: list[tuple[str, bool]] = []
    for text, marked in reversed(texts):
        if _NO_HELP.search(text):
            break
        block.insert(0, (text, marked))
    if not block or len(block) > _MAX_HELP_LINES:
        return "", False
    joined = " ".join(text for text, _ in block)
    sentence = re.match(r".{8,}?[.!?](?=\s[A-Z]|$)", joined)
    said = sentence[0] if sentence else joined
    if not block[0][1] and _ASIDE.match(said):
        return "", False
    return one_line(said, 200), block[0][1]


MANIFESTS: tuple[Manifest, ...] = (manifest(r"GNUmakefile|[Mm]akefile", _read),)
