"""Commands that a README tells its reader to run, with what stands around them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, replace

from moxi_check.document import Document, Span
from moxi_check.ground import Ground
from moxi_check.shell import Command, Word, command_line, commands
from moxi_core.patterns import lazy_pattern

# "Alternative ways to install" are ways of ours.
ALTERNATIVES = r"alternatives?(?! (?:ways?|methods?|usages?|install\w*|approach\w*|syntax\w*|forms?|set-?ups?|config\w*|use)\b)"
# Sections that speak of other projects or of what the reader makes.
_ELSEWHERE = lazy_pattern(
    rf"(?i)\b(?:migrat(?:e|ing|ion)|{ALTERNATIVES}|compar\w+|related|similar|upgrad\w+|credits?|acknowledg\w+|"
    r"other (?:projects|tools|languages)|inspir\w+|prior art|see also|changelog|history|versus|vs)\b"
)
# What makes a new project, in which the commands after it are run.
_CREATES = lazy_pattern(
    r"(?:(?:npx|bunx|uvx|pnpx) (?:-{1,2}\w+ )*(?:@[\w.-]+/)?(?:create-|degit|tiged|init)|(?:npm|pnpm|yarn|bun|deno) (?:create|init)\b"
    r"|(?:pnpm|yarn) dlx create|(?:cargo|rails|dotnet|mix|flutter|dart|stack|hatch|poetry|uv|ng|nest|lein|laravel) "
    r"(?:new|create|init)\b|composer (?:create-project|init)|django-admin startproject|cookiecutter |degit )"
)
_WRAPPERS = {
    "sudo": 0, "doas": 0, "time": 0, "exec": 0, "command": 0, "nohup": 0, "winpty": 0, "env": 0,
    "then": 0, "do": 0, "RUN": 0, "!": 0,
}  # fmt: skip
_PRINTED = lazy_pattern(r"(?:\$\(|`)([^()`\n]{2,200})[)`]")
_QUOTED = lazy_pattern(r"([\"'])([^\"'$`\n]{2,200})\1")
_RUNNERS = {
    ("uv", "run"), ("poetry", "run"), ("pdm", "run"), ("pipenv", "run"), ("rye", "run"), ("hatch", "run"),
    ("bundle", "exec"), ("nix-shell", "--run"), ("mise", "exec"), ("dotenv", "run"), ("pixi", "run"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """One command, its section, the last line of prose before it, and whether it is a line of its own.

    `created` is what a command before it in the same section makes a new project of, `cloned` the name
    of what one has cloned.
    """

    command: Command
    section: tuple[str, ...] = ()
    lead: str = ""
    is_inline: bool = False
    created: str = ""
    cloned: str = ""

    @property
    def words(self) -> tuple[Word, ...]:
        """The words without what only runs the rest: `sudo`, `env`, `time`."""
        words = self.command.words
        while words and words[0].text in _WRAPPERS:
            words = words[1:]
            while words and (words[0].is_option or "=" in words[0].text):
                words = words[1:]
        return words


def is_elsewhere(section: tuple[str, ...], own: frozenset[str] = frozenset()) -> bool:
    """Whether the titles above a place tell of other projects or times.

    A tool for change logs has its subject in the page's own title; one that is called `migrate`
    is named by it: `own` are the project's names.
    """
    first, rest = section[:1], section[1:]
    return any(map(_ELSEWHERE.search, rest)) or any(
        (found := _ELSEWHERE.search(title))
        and found[0].lower() not in {"changelog", "history"}
        and title.strip().lower() not in own
        for title in first
    )


def told(document: Document) -> Iterator[Told]:
    """Commands of code blocks, and code spans of two words and more, in the order they stand."""
    section: tuple[str, ...] | None = None
    created, cloned = "", ""
    for block in document.blocks:
        if block.section != section:
            section, created, cloned = block.section, "", ""
        for command in commands(block):
            yield Told(command, block.section, block.lead, created=created, cloned=cloned)
            for inner in _inside(command):
                yield Told(inner, block.section, block.lead, created=created, cloned=cloned)
            cloned = _cloned(command) or cloned
            created = created or _created(command)
    for code in document.codes:
        if " " in code.text.strip() and "\n" not in code.text:
            for command in command_line(code):
                for one in (command, *_inside(command)):
                    yield Told(one, code.section, f"{code.before} {code.after}", is_inline=True)


def _inside(command: Command) -> Iterator[Command]:
    """Commands within the words of one: `eval "$(demo init)"`, `alias d='demo --all'`, `sh -c "demo"`."""
    runs = command.name == "alias" or [w.text for w in command.words[1:2]] == ["-c"]
    for word in command.words:
        texts = [(found[1], found.start(1)) for found in _PRINTED.finditer(word.raw)]
        texts += [(found[2], found.start(2)) for found in _QUOTED.finditer(word.raw) if runs]
        for text, at in texts:
            span = Span(text, word.line, word.column + at)
            yield from (replace(inner, folder=command.folder) for inner in command_line(span))


def _created(command: Command) -> str:
    """The template that a command makes a new project of, "?" where it does not name one."""
    texts = [word.text for word in command.words if not word.is_option]
    if not _CREATES.match(" ".join(texts)):
        return ""
    if texts[:2] == ["composer", "create-project"] and len(texts) > 2:
        return texts[2].partition(":")[0].rpartition("/")[2].lower()
    return "?"


def _cloned(command: Command) -> str:
    """The name of the repository that a command clones."""
    texts = [word.text for word in command.words if not word.is_option]
    if texts[:2] != ["git", "clone"] or len(texts) < 3:
        return ""
    return texts[2].rstrip("/").removesuffix(".git").rpartition("/")[2].lower()


def is_foreign(said: Told, ground: Ground) -> bool:
    """Whether a command is run in another project: by its section, or what was made before it."""
    own = own_names(ground)
    return (
        is_elsewhere(said.section, own)
        or bool(said.created and said.created not in own)
        or bool(said.cloned and said.cloned not in own)
    )


def unwrapped(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """What `uv run`, `bundle exec` and the like run; the words as they are without one."""
    if tuple(word.text for word in words[:2]) in _RUNNERS:
        rest = words[2:]
        while rest and rest[0].is_option:
            rest = rest[1:]
        return rest
    return words


def operands(words: tuple[Word, ...], takes_value: frozenset[str] = frozenset()) -> list[Word]:
    """The words that are no options, nor values of the options named; all after `--`."""
    found: list[Word] = []
    skip = False
    for number, word in enumerate(words):
        if skip:
            skip = False
        elif word.text == "--":
            return found + list(words[number + 1 :])
        elif word.is_option:
            skip = word.text in takes_value
        else:
            found.append(word)
    return found


def values_of(words: tuple[Word, ...], *names: str) -> Iterator[Word]:
    """Values given to options: `-f x`, `--file x`, `--file=x`, each at its own place."""
    for number, word in enumerate(words):
        name, equals, value = word.text.partition("=")
        if word.text in names and number + 1 < len(words):
            yield words[number + 1]
        elif equals and name in names and value:
            yield part_of(word, value)


def part_of(word: Word, text: str) -> Word:
    """A part of a word at its own column; quotes within the word are counted."""
    at = word.raw.find(text)
    return replace(word, text=text, raw=text, column=word.column + max(at, 0))


def scopes(said: Told, document: Document, ground: Ground) -> list[str]:
    """Folders of the repository in which a command may be run; none where that is unknown.

    A page speaks from the root or from its own folder; the first `cd` may enter the clone.
    """
    folder = said.command.folder
    if folder is None:
        return []
    first, _, rest = folder.partition("/")
    starts = [folder]
    if first and first.lower() in own_names(ground):
        starts.insert(0, rest)
    found = [
        posixpath.normpath(posixpath.join(base, start)) if base or start else ""
        for start in starts
        for base in dict.fromkeys((document.folder, ""))
    ]
    found = ["" if path == "." else path for path in dict.fromkeys(found)]
    return [path for path in found if path in ground.repo.folders]


def own_names(ground: Ground) -> frozenset[str]:
    """Lower-case names that a clone of the repository may have."""
    names = {slug.partition("/")[2] for slug in ground.slugs} | {ground.repo.name.lower()}
    return frozenset(names - {""})


def own_programs(ground: Ground) -> frozenset[str]:
    """Names of the repository's own programs: a page of theirs shows other projects using them."""
    facts = ground.facts("bin", "package")
    return frozenset(fact.value for fact in facts) | own_names(ground)
