"""Shell functions of ours on a page: a script that is sourced gives its user a command."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from moxi_analyzer.languages import language_of
from moxi_check.claim import Claim, true
from moxi_check.code.resolve import Offered, judged
from moxi_check.code.uses import Fragment, Language, Use
from moxi_check.document import CodeBlock, Span
from moxi_check.ground import Ground
from moxi_check.kinds.told import own_names
from moxi_check.shell import Word, commands
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

_FUNCTION = lazy_pattern(
    rb"(?m)^(?:function[ \t]+)?([A-Za-z_][\w:.-]*)[ \t]*\(\)[ \t\r\n]*\{|^function[ \t]+([A-Za-z_][\w:.-]*)[ \t]*\{"
)
_END = lazy_pattern(rb"(?m)^\}")
_LABELS = lazy_pattern(
    rb"(?m)^[ \t]*\(?((?:[\"']?[\w-]+[\"']?[ \t]*\|[ \t]*)*[\"']?[\w-]+[\"']?)[ \t]*\)"
)
_WORD = lazy_pattern(r"[a-z][\w-]*")


@dataclass(frozen=True, slots=True)
class Function:
    """A function at its place, with the words that it tells apart."""

    place: Evidence
    labels: dict[str, Evidence]


class ShellFunctions(Language):
    """Commands that are functions of scripts of ours, and called as the project is."""

    fences: ClassVar[frozenset[str]] = frozenset(
        {"", "sh", "bash", "zsh", "shell", "console", "shell-session", "ksh"}
    )
    grammar: ClassVar[str] = ""

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground)
        self._blocks: dict[Fragment, CodeBlock] = {}

    def fragments(self, block: CodeBlock) -> Iterator[Fragment]:
        """Each block of commands, which are taken apart as they are elsewhere."""
        if block.language in self.fences and self.functions:
            piece = self.fragment(block, block.lines())
            self._blocks[piece] = block
            yield piece

    @cached_property
    def functions(self) -> dict[str, Function]:
        """Functions that are called as the project is."""
        own = own_names(self.ground)
        found: dict[str, Function] = {}
        for path, entry in self.ground.repo.files.items():
            language = language_of(path)
            if language is None or language.name.lower() != "shell" or entry.role != "source":
                continue
            content = self.ground.repo.read(path) or b""
            for match in _FUNCTION.finditer(content):
                name = (match[1] or match[2]).decode()
                if name.lower() in own:
                    found.setdefault(name, _read(path, content, match))
        return found

    def uses(self, fragments: Sequence[Fragment]) -> Iterator[Use]:
        """The function, and the word that tells it what to do."""
        for piece in fragments:
            for command in commands(self._blocks[piece]):
                name = command.words[0] if command.words else None
                if name is None or name.text not in self.functions:
                    continue
                yield Use("api", _span(name), name.text)
                told = next(iter(command.words[1:2]), None)
                if told is not None and _WORD.fullmatch(told.text):
                    yield Use("api", _span(told), name.text, told.text)

    def judge(self, use: Use) -> Claim | None:
        """A word that no branch of the function is for may be one all the same."""
        function = self.functions[use.module]
        if not use.name:
            return true(use.kind, use.span, function.place)
        offered = Offered(function.labels, "the function may take any word")
        claim = judged(self.ground, use, use.name, offered, "a word that it knows", function.place)
        return claim if claim.verdict != "not_judged" or claim.suggestion else None


def _span(word: Word) -> Span:
    return Span(word.text, word.line, word.column)


def _read(path: str, content: bytes, match: re.Match[bytes]) -> Function:
    end = _END.search(content, match.end())
    line = content.count(b"\n", 0, match.start()) + 1
    labels: dict[str, Evidence] = {}
    for label in _LABELS.finditer(content, match.end(), end.start() if end else len(content)):
        place = Evidence(path=path, line=content.count(b"\n", 0, label.start(1)) + 1)
        for word in re.findall(rb"[\w-]+", label[1]):
            labels.setdefault(word.decode(), place)
    return Function(Evidence(path=path, line=line), labels)
