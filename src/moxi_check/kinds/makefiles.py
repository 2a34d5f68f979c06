"""Targets of all Makefiles, with what keeps their list from being whole."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Iterator

from moxi_check.ground import Ground
from moxi_check.kinds.declared import Declared
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

_MAIN = frozenset({"makefile", "gnumakefile", "bsdmakefile"})
_RULE = lazy_pattern(r"(?P<names>[^\s#:=][^#:=]*?)\s*(?:::?|&:)(?!=)(?P<rest>.*)")
_ASSIGNED = lazy_pattern(
    r"\s*(?:export\s+|override\s+)?(?P<name>[\w.-]+)\s*(?:::?|\?|(?P<more>\+)|!)?=\s*(?P<value>.*)"
)
_INCLUDE = lazy_pattern(r"\s*-?s?include\s+(?P<files>[^#]+)")
_VARIABLE = lazy_pattern(r"\$[({]([\w.-]+)[)}]")
_MAX_WORDS = 400
_BUILT_IN = (".c", ".cc", ".cpp", ".C", ".f", ".s", ".S", ".sh")


class Makefiles:
    """What `make` can build in each folder; `patterns` are targets with a `%`."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.declared = Declared()
        self.patterns: list[str] = []
        self._variables: dict[str, str] = {}
        for path in _makefiles(ground):
            self._read(path)

    def matches(self, name: str) -> bool:
        """Whether a pattern rule, or one that make knows by itself, makes a file of this name."""
        is_built = any(self._ground.has(f"{name.removesuffix('.o')}{end}") for end in _BUILT_IN)
        return is_built or any(
            fnmatch.fnmatchcase(name, pattern.replace("%", "*")) for pattern in self.patterns
        )

    def _read(self, path: str) -> None:
        text = self._ground.repo.text(path)
        if text is None:
            self.declared.is_whole = False
            return
        self.declared.files.append(path)
        for number, line in _lines(text):
            assigned = _ASSIGNED.match(line)
            if assigned and assigned["more"]:
                known = self._variables.get(assigned["name"], "")
                self._variables[assigned["name"]] = f"{known} {assigned['value']}"
            elif assigned:
                self._variables.setdefault(assigned["name"], assigned["value"])
            elif included := _INCLUDE.match(line):
                self._include(path, included["files"])
            elif "$(eval" in line or "$(call" in line.partition(":")[0]:
                self.declared.is_whole = False
            elif rule := _RULE.match(line):
                self._rule(rule, Evidence(path=path, line=number))

    def _rule(self, rule: re.Match[str], place: Evidence) -> None:
        names = rule["names"]
        for _ in range(3):
            names = _VARIABLE.sub(lambda found: self._variables.get(found[1], found[0]), names)
        if names.strip() == ".DEFAULT":  # its recipe is for whatever has none
            self.declared.is_whole = False
        if names.strip() == ".PHONY":
            names = rule["rest"]
        if "$" in names:
            self.declared.is_whole = False
        folder = posixpath.dirname(place.path)
        for name in names.split()[:_MAX_WORDS]:
            if "%" in name:
                self.patterns.append(name)
            elif "$" not in name:
                self.declared.places[name].append((folder, place))

    def _include(self, path: str, files: str) -> None:
        """All `*.mk` are read anyway; what is named otherwise and not to be found is unknown."""
        for name in files.split():
            here = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
            known = self._ground.has(here) or self._ground.has(posixpath.normpath(name))
            if "$" in name or not known:
                self.declared.is_whole = False
            elif here not in self.declared.files and not here.endswith(".mk"):
                self._read(here)


def _makefiles(ground: Ground) -> list[str]:
    """Every Makefile and `*.mk`, also what other files make them from; the nearest first."""
    found = []
    for path, entry in ground.repo.files.items():
        name = posixpath.basename(path).lower()
        is_one = name.partition(".")[0] in _MAIN or name.endswith((".mk", ".mak", ".make"))
        if is_one and entry.role != "vendored":
            found.append(path)
    return sorted(found, key=lambda path: (path.count("/"), path))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """(number, line) without recipes, comments; continued lines are joined."""
    pending, start = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        if not pending and line.startswith(("\t", "#")):
            continue
        if line.endswith("\\"):
            start = start or number
            pending += line[:-1] + " "
            continue
        yield start or number, pending + line
        pending, start = "", 0
