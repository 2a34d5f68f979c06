"""Which words of a command name files: of interpreters, shells, builders and file options."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from moxi_check.kinds.told import operands, part_of, values_of
from moxi_check.kinds.tools import is_python
from moxi_check.shell import Word
from moxi_core.patterns import lazy_pattern


@dataclass(frozen=True, slots=True)
class Named:
    """A file that a command names; `is_doubtful` where it may as well be the reader's own.

    `is_any` is a word that is a path by its form alone.
    """

    word: Word
    is_folder: bool = False
    is_doubtful: bool = False
    is_any: bool = False


_SCRIPT = lazy_pattern(
    r"(?:\.{0,2}/)?[\w@.+-]+(?:[/\\][\w@.+-]+)*\.(?:py|pyw|js|mjs|cjs|ts|mts|tsx|sh|bash|zsh|fish|ps1|bat|cmd|rb|pl|php|R|r|jl|lua|"
    r"go|exs|swift|kts|groovy|scala|clj|hs)"
)
_LOCAL = lazy_pattern(
    r"\.[/\\](?:[\w@.+-]+[/\\])*[\w@.+-]+|(?:bin|script|scripts|tools|hack)/[\w@./+-]+"
)
# Programs whose first operand is a script, and the options before it that take a value.
_INTERPRETERS = frozenset(
    "node tsx ts-node ts-node-esm nodemon bash sh zsh fish source . ruby perl php Rscript julia lua groovy "
    "electron streamlit".split()
)
_INTERPRETER_VALUES = frozenset("-r --require --import --loader -I -W -X -c -e -d -o".split())
_PROJECT_FILES = lazy_pattern(r"\S+\.(?:sln|slnx|csproj|fsproj|vbproj|xcodeproj|xcworkspace)")
_TESTED = lazy_pattern(r"[\w@.+-]+(?:/[\w@.+-]+)+/?(?:::[\w:\[\]-]+)?|[\w-]+\.py(?:::[\w:\[\]-]+)?")
_FILE_OPTIONS = {
    "pip": ("-r", "--requirement", "-c", "--constraint"),
    "pip3": ("-r", "--requirement", "-c", "--constraint"),
    "uv": ("-r", "--requirement", "--requirements", "--project"),
    "conda": ("-f", "--file"),
    "mamba": ("-f", "--file"),
    "docker-compose": ("-f", "--file"),
    "docker": ("-f", "--file"),
    "podman": ("-f", "--file"),
    "kubectl": ("-f", "-k", "--filename"),
    "make": ("-C", "-f"),
    "cargo": ("--manifest-path",),
    "dotnet": ("--project",),
    "mvn": ("-f",),
    "poetry": ("-C", "--directory"),
    "npm": ("--prefix",),
    "vcpkg": ("--triplet-dir",),
}
# A path of two parts at least; options after which a path is written to.
_PATH = lazy_pattern(r"(?:\./)?[\w@.+-]+(?:/[\w@.+-]+)+")
_WRITES = lazy_pattern(
    r"-{1,2}(?:o|d|out|output|dest|save|log|target|write|export|result|artifact|to|dir)[\w-]*$"
)
_CONFIGS = ("--config", "--config-file", "--conf", "-c", "--cfg", "--env-file")


def named_files(words: tuple[Word, ...]) -> Iterator[Named]:
    """The files that a command line runs or reads."""
    found = list(_by_program(words))
    yield from found
    known = {named.word.column for named in found}
    before = ""
    for word in words[1:]:
        if word.column not in known and not _WRITES.match(before) and _PATH.fullmatch(word.text):
            yield Named(word, is_doubtful=True, is_any=True)
        before = word.text


def _by_program(words: tuple[Word, ...]) -> Iterator[Named]:
    """The files by what the program is known to take."""
    if not words:
        return
    first, rest = words[0], words[1:]
    name = first.text
    module = next(values_of(rest, "-m"), None) if is_python(name) else None
    if module is not None and module.text in {"pytest", "unittest"}:
        yield from _tested("pytest", rest[rest.index(module) + 1 :])
    elif is_python(name) and not any(word.text in {"-m", "-c"} for word in rest[:3]):
        yield from _script(operands(rest, _INTERPRETER_VALUES)[:1])
    elif name in _INTERPRETERS:
        yield from _interpreted(name, rest)
    elif name in {"bun", "deno", "streamlit"} and rest and rest[0].text == "run":
        yield from _script(operands(rest[1:])[:1])
    elif name == "go":
        yield from _go(rest)
    elif _LOCAL.fullmatch(name):
        yield Named(first, is_doubtful=True)
    elif name in {"cd", "pushd"}:
        plain = [word for word in rest if not word.is_option]
        yield from (Named(word, is_folder=True, is_doubtful=True) for word in plain[:1])
    elif name in {"cp", "copy", "mv"}:
        yield from (
            Named(word) for word in operands(rest)[:-1] if "." in word.text or "/" in word.text
        )
    elif name in {"chmod", "pytest", "rspec", "phpunit", "shellcheck"}:
        yield from _tested(name, rest)
    elif name in {"dotnet", "msbuild", "xcodebuild", "open"}:
        yield from (Named(word) for word in rest if _PROJECT_FILES.fullmatch(word.text))
    yield from _options(words)


def _interpreted(name: str, rest: tuple[Word, ...]) -> Iterator[Named]:
    """The script of an interpreter; none where its code is given, or what it reads is piped."""
    if any(word.text in {"-c", "-e", "-s", "-p", "--eval", "--run"} for word in rest[:2]):
        return
    found = operands(rest, _INTERPRETER_VALUES)[:1]
    if name in {"source", "."}:
        # `source venv/bin/activate`: made by the reader.
        found = [word for word in found if "activate" not in word.text]
    if name == "streamlit":
        found = operands(rest)[1:2]
    yield from _script(found)


def _script(words: list[Word]) -> Iterator[Named]:
    for word in words:
        if _SCRIPT.fullmatch(word.text):
            yield Named(word)
        elif "/" in word.text and word.is_plain:
            yield Named(word, is_doubtful=True)


def _go(rest: tuple[Word, ...]) -> Iterator[Named]:
    """Packages and files of `go run`, `go build`, `go test`."""
    if not rest or rest[0].text not in {"run", "build", "test", "install", "vet", "generate"}:
        return
    for word in operands(
        rest[1:], frozenset({"-o", "-ldflags", "-tags", "-run", "-bench", "-mod"})
    )[:1]:
        text = word.text.removesuffix("/...")
        if text.startswith("./") and text not in {"./", "."}:
            yield Named(part_of(word, text.rstrip("/")), is_doubtful=True)
        elif text.endswith(".go"):
            yield Named(word)


def _tested(name: str, rest: tuple[Word, ...]) -> Iterator[Named]:
    for word in operands(rest, frozenset("-k -m -n -p -c --cov --maxfail --config".split())):
        if _TESTED.fullmatch(word.text) or (name == "chmod" and _SCRIPT.fullmatch(word.text)):
            yield Named(part_of(word, word.text.partition("::")[0]))


def _options(words: tuple[Word, ...]) -> Iterator[Named]:
    name = words[0].text
    rest = words[1:]
    if is_python(name):
        at = next((n for n, word in enumerate(rest[:3]) if word.text == "-m"), -1)
        if at < 0 or [word.text for word in rest[at + 1 : at + 2]] != ["pip"]:
            return
        name = "pip"
    options = _FILE_OPTIONS.get(name, ())
    if name in {"docker", "podman"} and not {"build", "compose", "buildx"} & {
        w.text for w in rest[:2]
    }:
        options = ()
    if name in {"docker", "podman", "docker-compose"}:
        # `logs -f` follows.
        verbs = [n for n, word in enumerate(rest) if word.text in {"logs", "exec", "run", "rm"}]
        rest = rest[: verbs[0]] if verbs else rest
    for value in values_of(rest, *options):
        if not value.is_option:
            yield Named(value, is_doubtful="." not in value.text)
    if not options:
        for value in values_of(rest, *_CONFIGS):
            if _CONFIG.fullmatch(value.text):
                yield Named(value, is_doubtful=True)


_CONFIG = lazy_pattern(
    r"(?:\./)?[\w.-]+(?:/[\w.-]+)*\.(?:ya?ml|toml|json|ini|cfg|conf|env|js|cjs|mjs|ts|py)|\.env[\w.-]*"
)
