"""The repository's own programs and their subcommands in commands and code spans."""

from __future__ import annotations

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from moxi_check.claim import Claim, false, not_judged, true
from moxi_check.document import Document, InlineCode, Span
from moxi_check.ground import Ground, nearest
from moxi_check.kinds.calls import Walk, calls
from moxi_check.kinds.elsewhere import is_other_tool
from moxi_check.kinds.meanings import is_renamed
from moxi_check.kinds.names import is_slip, is_variant
from moxi_check.kinds.told import Told, is_elsewhere, own_names, told, unwrapped
from moxi_check.literal import place_in, quoted, spelled
from moxi_check.programs import Program, Programs
from moxi_check.shell import Word
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

KINDS = {"command": "a command names a program of the repository and a subcommand that it has"}

_NAME = lazy_pattern(r"[a-z][a-z0-9]*(?:[-_:][a-z0-9]+)*")
_COMMAND_AFTER = lazy_pattern(r"(?:sub)?commands?\b")
_OFTEN = 2
# So many subcommands of a program on which page and code agree tell that all of them were read.
_AGREED = 2
_STANDS_FOR_ONE = frozenset(
    "command subcommand sub-command commands subcommands cmd action verb task args arguments options opts flags "
    "parameters params something name file filename path input output url target".split()
)
_MADE_UP = lazy_pattern(r"(?:my|your|some|any|the)[-_]?(?:sub-?)?(?:command|action|task)\w*")
# Files that may make a program of which no fact knows.
_BUILDS = lazy_pattern(
    r"(?:^|/)(?:[Mm]akefile|GNUmakefile|Dockerfile[\w.-]*|CMakeLists\.txt|[Jj]ustfile|meson\.build|\.goreleaser\.ya?ml|"
    r"[\w.-]+\.(?:mk|nix|rb|spec|cabal|sh|cmake|am))$"
)

# Programs that every system has; a package of ours may have the name of one.
_OF_SYSTEMS = frozenset(
    "awk cat cp curl cut date diff du echo env find git grep head kill less ls make man more mv ps rm sed sh sort "
    "ssh tail tar tee test time top touch tr tree wc which xargs".split()
)


def claims(document: Document, ground: Ground) -> Iterator[Claim]:
    """Names of own programs, their subcommands, and names that come close to those."""
    programs = Programs(ground)
    if not programs.by_name:
        return
    walks = list(calls(document, programs))
    agreed = _agreed(walks)
    for walk in walks:
        yield from _of_walk(walk, programs, ground, agreed[walk.call.program.name])
    for code in document.codes:
        claim = _of_code(code, programs)
        if claim is not None:
            yield claim
    commands = list(told(document))
    often = Counter(word.text for said in commands for word in unwrapped(said.words)[:1])
    for said in commands:
        found = _misnamed(said, often, programs, ground)
        if found is None:
            continue
        word, fact = found
        doubt = _doubt_of_name(word.text, fact.value, often, document, ground)
        if doubt:
            yield not_judged("command", word, doubt)
        else:
            yield false(
                "command", word, f"the program is called `{fact.value}`", suggestion=fact.value,
                evidence=fact.evidence, certain=_is_near(word.text, fact.value),
            )  # fmt: skip


def _agreed(walks: list[Walk]) -> dict[str, int]:
    """On how many subcommands of each program page and code agree; 0 with more than one unknown."""
    known: dict[str, set[str]] = defaultdict(set)
    unknown: dict[str, set[str]] = defaultdict(set)
    for walk in walks:
        name, word = walk.call.program.name, walk.unknown
        known[name].update(fact.value for _, fact in walk.steps)
        is_name = word is not None and _NAME.fullmatch(word.text)
        if word is not None and is_name and walk.call.program.below(walk.path):
            unknown[name].add(word.text)
    return {name: len(each) if len(unknown[name]) < 2 else 0 for name, each in known.items()}


def _of_walk(walk: Walk, programs: Programs, ground: Ground, agreed: int) -> Iterator[Claim]:
    program, name = walk.call.program, walk.call.name
    if program.place is not None and name.text in name.raw:
        yield true("command", name, program.place)
    yield from (true("command", word, fact.evidence) for word, fact in walk.steps)
    word = walk.unknown
    if word is None or not program.below(walk.path):
        return
    claim = _unknown(walk, word, programs, ground, agreed)
    if claim is not None:
        yield claim


def _unknown(
    walk: Walk, word: Word, programs: Programs, ground: Ground, agreed: int
) -> Claim | None:
    """The verdict on a word where a subcommand is expected; None where it may be an operand.

    `agreed`: on how many others of the program page and code agree.
    """
    program = walk.call.program
    if program.gives_command(word.text):
        return true("command", word, program.place, "its framework makes it")
    if not word.is_plain or not _NAME.fullmatch(word.text):
        return None
    below = program.below(walk.path)
    best = nearest(word.text, below, cutoff=0.6)
    best = best or next((name for name in below if is_renamed(word.text, name)), "")
    taken = program.positionals.get(walk.path, [])
    is_near = bool(best) and is_slip(word.text, best)
    may_be_one = _is_too_many(walk, taken) or _are_files(taken) or is_near
    if taken and not may_be_one:
        return None
    doubt = _doubt(walk, word.text, programs, ground, is_near=is_near)
    if doubt:
        return not_judged("command", word, doubt)
    hint = f"; did you mean `{best}`?" if best else ""
    whose = f"{program.name} {walk.path}".strip()
    fact = program.commands.get(f"{walk.path} {best}".strip()) if best else None
    return false(
        "command", word, f"`{word.text}` is not a subcommand of `{whose}`{hint}", suggestion=best,
        evidence=fact.evidence if fact else program.place, certain=is_near,
        whole=agreed >= _AGREED
        and not taken
        and (bool(walk.path) or not programs.takes_operands(program)),
    )  # fmt: skip


def _are_files(taken: list[Fact]) -> bool:
    """Whether the positional arguments are files: a lone word without an ending is hardly one."""
    return all(fact.value.lower().strip("<>[].") in {"file", "files", "filename"} for fact in taken)


def _is_too_many(walk: Walk, taken: list[Fact]) -> bool:
    """Whether a command has more operands than its positional arguments can take."""
    return walk.operands > len(taken) and not any(fact.detail.get("repeatable") for fact in taken)


def _doubt(walk: Walk, name: str, programs: Programs, ground: Ground, *, is_near: bool) -> str:
    """Why an unknown subcommand may be one after all; "" for no reason. `is_near`: it is a slip of one."""
    program = walk.call.program
    if name in _STANDS_FOR_ONE or _MADE_UP.fullmatch(name):
        return "a placeholder"
    if is_elsewhere(walk.said.section):
        return "the section is on other projects or times"
    if not program.is_declared and not (is_near and ground.mention(name, docs=False) is None):
        return "the subcommands are known from a description only"
    if programs.takes_unknown_commands(program):
        return "the program may have subcommands that its code does not name"
    known = any(path.rpartition(" ")[2] == name for path in program.commands)
    if known:
        return "" if walk.path else "a subcommand of another one"
    if ground.has(name):
        return "a file or folder of the repository"
    place = place_in(spelled(name), program.files, ground)
    if place is not None:
        return f"{place.path}:{place.line} has a word like it"
    sources = (p for p, entry in ground.repo.files.items() if entry.role == "source")
    place = place_in(quoted(name), sources, ground)
    return f"{place.path}:{place.line} names it" if place else ""


def _of_code(code: InlineCode, programs: Programs) -> Claim | None:
    """A code span that is the name of a program, or of a subcommand that is called one."""
    name = code.text.strip()
    if not name or any(c.isspace() for c in name):
        return None
    program = programs.by_name.get(name)
    if program is not None and program.place is not None:
        return true("command", Span(code.text, code.line, code.column), program.place)
    if not _COMMAND_AFTER.match(code.after):
        return None
    for program in programs.all:
        for path, fact in program.commands.items():
            if name in {path, path.rpartition(" ")[2]}:
                return true("command", Span(code.text, code.line, code.column), fact.evidence)
    return None


def _misnamed(
    said: Told, often: Counter[str], programs: Programs, ground: Ground
) -> tuple[Word, Fact] | None:
    """The name of a command that is nearly, but not quite, the name of an own program."""
    words = unwrapped(said.words)
    if len(words) < 2 or not words[0].is_plain or programs.called(words) is not None:
        return None
    word = words[0]
    if word.text in _OF_SYSTEMS or not _NAME.fullmatch(word.text) or is_elsewhere(said.section):
        return None
    is_package = word.text in _packages(ground)
    bins = ground.facts("bin")
    likest = nearest(word.text, [fact.value for fact in bins], cutoff=0.5)
    for fact in sorted(bins, key=lambda each: each.value != likest):
        program = programs.by_name[fact.value]
        if fact.scope and len(bins) > 1:  # a part's program is meant where its subcommand follows
            is_kin = len(posixpath.commonprefix([word.text, fact.value])) > 2
            is_meant = is_package and is_kin and program.path_of("", words[1].text)
            if is_meant and not _is_built(word.text, ground):
                return word, fact
            continue
        if not (is_package or _is_near(word.text, fact.value)):
            continue
        same = _squeezed(word.text) == _squeezed(fact.value)
        # Where the page calls the program by its name, an option behind the package's name is the program's.
        is_option = words[1].is_option and often[fact.value] >= _OFTEN and len(bins) == 1
        if same or _looks_called(words, program) or (is_option and not program.is_read):
            return word, fact
    return None


def _is_near(name: str, own: str) -> bool:
    return is_slip(name, own) or is_variant(name, own)


def _packages(ground: Ground) -> frozenset[str]:
    """Names of the project and its packages, which a page may take for the program's."""
    facts = ground.facts("package")
    modules = {f.detail.get("import", "") for f in facts if f.detail.get("ecosystem") == "python"}
    return own_names(ground) | {f.value.rpartition("/")[2] for f in facts} | (modules - {""})


def _doubt_of_name(
    name: str, own: str, often: Counter[str], document: Document, ground: Ground
) -> str:
    """Why a name near that of an own program may be another program's; "" for no reason."""
    if name in _packages(ground):
        return ""
    if _is_built(name, ground):
        return "a program of this name may be built"
    if is_other_tool(name, document, ground):
        return "the page shows a tool of this name"
    is_same = is_variant(name, own) or _squeezed(name) == _squeezed(own)
    return "it stands too often to be a slip" if often[name] > 2 and not is_same else ""


def _squeezed(name: str) -> str:
    return re.sub(r"[-_.]", "", name).lower()


def _looks_called(words: tuple[Word, ...], program: Program) -> bool:
    """Whether the words after a name are of the program: a subcommand or option that it has."""
    forms = [word.text.partition("=")[0] for word in words[1:]]
    forms = [form for form in forms if form not in {"--version", "--help", "-h", "-V"}]  # all have
    return any(
        program.path_of("", form) or program.anywhere(form) or program.gives_option(form)
        for form in forms
    )


def _is_built(name: str, ground: Ground) -> bool:
    """Whether some build file makes a program of a name, or a file of that name is one."""
    if any(path.rpartition("/")[2] in {name, f"{name}.sh"} for path in ground.repo.files):
        return True
    files = (path for path in ground.repo.files if _BUILDS.search(path))
    return (
        place_in(re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])".encode()), files, ground)
        is not None
    )
