"""What a scripted writer knows of a repository: facts whose words stand where they are said to stand."""

from __future__ import annotations

import re
from pathlib import Path

from moxi_analyzer import analyze
from moxi_core.records import Fact, FactKind
from scripted.corpus import Corpus

_MARKUP = re.compile(r"[`*_<>{}|\[\]\\#$%@]|https?:|\s-\s|[^\x20-\x7e]")
_CODE = re.compile(
    r"\.(?:py|js|ts|tsx|go|rs|java|kt|cs|rb|php|c|cc|cpp|h|hpp|swift|hs|dart|ex|clj|sh)$"
)
_LONGEST_HELP = 110
_SPELLED = frozenset({"license", "requirement", "test_command", "workflow", "port", "example"})


def is_code(path: str) -> bool:
    """Whether a path is that of a source file."""
    return _CODE.search(path) is not None


class Known:
    """The proven facts of one repository, and its texts to search."""

    def __init__(self, root: Path, name: str) -> None:
        self.snapshot = analyze(root)
        self.corpus = Corpus(root)
        self.owner, _, self.name = name.rpartition("/")
        self.files = [e.path for e in self.snapshot.files if self.corpus.tree.exists(e.path)]
        self._proven: dict[FactKind, list[Fact]] = {}
        self._helps: dict[tuple[str, str], str] = {}

    def of(self, kind: FactKind, scope: str | None = None) -> list[Fact]:
        """Facts of a kind that literal search confirms; those of derived spelling as they are."""
        if kind not in self._proven:
            found = self.snapshot.of(kind)
            self._proven[kind] = [f for f in found if kind in _SPELLED or self._is_proven(f)]
        return [f for f in self._proven[kind] if scope is None or f.scope == scope]

    def _is_proven(self, fact: Fact) -> bool:
        last = fact.value.rpartition(" ")[2] if fact.kind == "command" else fact.value
        return not last or self.corpus.proves(fact.evidence.path, last.strip("-"))

    def help(self, fact: Fact) -> str:
        """What a fact says of itself as plain words without an end mark; "" where it is no such text."""
        said = fact.value if fact.kind in {"description", "about"} else fact.text
        key = (fact.evidence.path, said)
        if key not in self._helps:
            self._helps[key] = self._plain(*key)
        return self._helps[key]

    def _plain(self, path: str, said: str) -> str:
        text = re.split(r"(?<=[a-z)])\.\s", said.strip())[0].rstrip(".")
        fits = 8 <= len(text) <= _LONGEST_HELP and text.count(" ") >= 1
        is_plain = not _MARKUP.search(text) and text.count("(") == text.count(")")
        if not (fits and is_plain and re.match(r"[A-Za-z]", text)) or "..." in text:
            return ""
        return "" if text.endswith((":", ",", ";")) or not self.corpus.proves(path, text) else text

    @property
    def ecosystem(self) -> str:
        """That of the package at the root, else of any; "" where there is none."""
        packages = sorted(self.snapshot.of("package"), key=lambda f: (bool(f.scope), len(f.scope)))
        return packages[0].detail.get("ecosystem", "") if packages else ""

    @property
    def program(self) -> str:
        """The first executable's name; "" where there is none."""
        bins = self.of("bin")
        return bins[0].value if bins else ""
