"""Commands that call the repository's own programs, taken apart: subcommands, options, values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from moxi_check.document import Document
from moxi_check.kinds.told import Told, part_of, told, unwrapped
from moxi_check.programs import Call, Programs, option_form
from moxi_check.shell import Word
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

# What a line of usage has in place of options: `demo [OPTIONS] --input <file>`.
_OPTIONS = lazy_pattern(
    r"(?i)[\[<{](?:[\w-]+[ _-])?(?:options?|opts|flags?)\s?(?:\.\.\.)?[\]>}](?:\.\.\.)?"
)

# Options that frameworks make, which take the name of a shell or none.
_OF_A_SHELL = frozenset({"--install-completion", "--show-completion"})


@dataclass(frozen=True, slots=True)
class Given:
    """An option of a call: its form at its own place, the subcommand before it, its value.

    `is_loose` tells that it stands behind an operand, which may be another command it belongs to.
    """

    word: Word
    path: str
    value: Word | None = None
    is_loose: bool = False


@dataclass(slots=True)
class Walk:
    """One call taken apart: `steps` are the known subcommands, `unknown` a word in place of one."""

    said: Told
    call: Call
    path: str = ""
    steps: list[tuple[Word, Fact]] = field(default_factory=list)
    unknown: Word | None = None
    options: list[Given] = field(default_factory=list)
    operands: int = 0


def calls(document: Document, programs: Programs) -> Iterator[Walk]:
    """The calls of own programs on a page, in the order they stand."""
    for said in told(document):
        call = programs.called(unwrapped(said.words)) or programs.called(said.words)
        if call is not None:
            yield _walk(said, call)


def _walk(said: Told, call: Call) -> Walk:
    walk = Walk(said, call)
    program, words = call.program, call.words
    doubtful = False  # an unknown option may take the next word as its value
    index = 0
    while index < len(words):
        word = words[index]
        index += 1
        if word.text == "--":
            break
        form = option_form(word.text)
        if form and form in word.raw and word.text[0] in "-+":
            value = (
                part_of(word, word.text[len(form) + 1 :])
                if len(word.text) > len(form) + 1
                else None
            )
            fact = program.option(form, walk.path) or program.anywhere(form)
            takes = fact is not None and fact.detail.get("takes") == "value"
            if value is None and takes and index < len(words) and not words[index].is_option:
                value = words[index]
                index += 1
            is_alone = not program.gives_option(form) or form in _OF_A_SHELL
            doubtful = fact is None and is_alone and len(word.text) == len(form)
            walk.options.append(Given(part_of(word, form), walk.path, value, walk.operands > 0))
            continue
        if word.text.startswith("-") or _OPTIONS.fullmatch(word.text):
            continue
        below = "" if walk.operands else program.path_of(walk.path, word.text)
        if below:
            walk.path = below
            walk.steps.append((word, program.commands[below]))
        else:
            if not walk.operands and not doubtful and walk.unknown is None:
                walk.unknown = word
            walk.operands += 1 if not doubtful else 0
        doubtful = False
    return walk
