"""How package managers are written: which words of a command name the packages it installs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from moxi_check.kinds.told import operands, part_of, values_of
from moxi_check.shell import Word
from moxi_core.patterns import lazy_pattern


@dataclass(frozen=True, slots=True)
class Installed:
    """A package that a command names. `version` and `extras` are cut off its name; that of Go is kept."""

    ecosystem: str
    name: Word
    extras: tuple[Word, ...] = ()
    alone: bool = True
    version: str = ""


@dataclass(frozen=True, slots=True)
class _Tool:
    """An installing command: `one` where only its first operand is a package."""

    ecosystem: str
    values: frozenset[str]
    one: bool = False
    package_options: tuple[str, ...] = ()


_PIP = frozenset(
    "-r --requirement -c --constraint -e --editable -i --index-url --extra-index-url -t --target --prefix --root "
    "-p --python -f --find-links --python-version --platform --index --with --group -G --source -E --extra --extras "
    "--tag --branch --rev --suffix --pip-args --spec --channel --only-binary --no-binary --trusted-host -n --name".split()
)
_NPM = frozenset(
    "-w --workspace --prefix -C --dir --cwd --filter -F --registry --tag --loglevel --otp -p --package "
    "--call -c".split()
)
_CARGO = frozenset(
    "--version --vers --git --branch --tag --rev --path --features -F --root --bin --package -p --target "
    "--target-dir --example --index --registry --profile -j --jobs --rename --color".split()
)
_OTHER = frozenset(
    "-v --version -s --source -n --bindir -i --install-dir -d --working-dir --framework -f --add-source "
    "--configfile --tool-path -ldflags -tags -o -mod --registry -Version -Source -ProjectName --package --sdk "
    "-p --project --stack-yaml --resolver --triplet".split()
)
_PY, _JS = _Tool("python", _PIP), _Tool("javascript", _NPM)
_JS_ONE = _Tool("javascript", _NPM, one=True, package_options=("-p", "--package"))
_TOOLS: dict[tuple[str, ...], _Tool] = {
    ("pip", "install"): _PY,
    ("pip3", "install"): _PY,
    ("pipx", "install"): _PY,
    ("pipx", "upgrade"): _PY,
    ("pip", "uninstall"): _PY,
    ("pipx", "run"): _Tool("python", _PIP, one=True, package_options=("--spec",)),
    ("uv", "pip", "install"): _PY,
    ("uv", "tool", "install"): _PY,
    ("uv", "tool", "upgrade"): _PY,
    ("uv", "tool", "run"): _Tool(
        "python", _PIP | {"--from"}, one=True, package_options=("--from",)
    ),
    ("uvx",): _Tool("python", _PIP | {"--from"}, one=True, package_options=("--from",)),
    ("uv", "add"): _PY,
    ("poetry", "add"): _PY,
    ("pdm", "add"): _PY,
    ("rye", "add"): _PY,
    ("rye", "install"): _PY,
    ("pipenv", "install"): _PY,
    ("conda", "install"): _PY,
    ("mamba", "install"): _PY,
    ("micromamba", "install"): _PY,
    ("pixi", "add"): _PY,
    ("npm", "install"): _JS,
    ("npm", "i"): _JS,
    ("npm", "add"): _JS,
    ("npm", "uninstall"): _JS,
    ("npm", "exec"): _JS_ONE,
    ("npx",): _JS_ONE,
    ("bunx",): _JS_ONE,
    ("pnpx",): _JS_ONE,
    ("yarn", "add"): _JS,
    ("yarn", "global", "add"): _JS,
    ("yarn", "dlx"): _JS_ONE,
    ("pnpm", "add"): _JS,
    ("pnpm", "install"): _JS,
    ("pnpm", "i"): _JS,
    ("pnpm", "dlx"): _JS_ONE,
    ("bun", "add"): _JS,
    ("bun", "install"): _JS,
    ("bun", "i"): _JS,
    ("bun", "x"): _JS_ONE,
    ("deno", "add"): _JS,
    ("cargo", "install"): _Tool("rust", _CARGO),
    ("cargo", "binstall"): _Tool("rust", _CARGO),
    ("cargo", "add"): _Tool("rust", _CARGO),
    ("go", "install"): _Tool("go", _OTHER),
    ("go", "get"): _Tool("go", _OTHER),
    ("go", "run"): _Tool("go", _OTHER, one=True),
    ("pip3", "uninstall"): _PY,
    ("pipx", "uninstall"): _PY,
    ("cargo", "uninstall"): _Tool("rust", _CARGO),
    ("gem", "uninstall"): _Tool("ruby", _OTHER),
    ("gem", "update"): _Tool("ruby", _OTHER),
    ("gem", "install"): _Tool("ruby", _OTHER),
    ("bundle", "add"): _Tool("ruby", _OTHER),
    ("composer", "require"): _Tool("php", _OTHER),
    ("composer", "global", "require"): _Tool("php", _OTHER),
    ("composer", "create-project"): _Tool("php", _OTHER, one=True),
    ("dotnet", "tool", "install"): _Tool("nuget", _OTHER),
    ("dotnet", "tool", "update"): _Tool("nuget", _OTHER),
    ("dotnet", "package", "add"): _Tool("nuget", _OTHER),
    ("dotnet", "new", "install"): _Tool("nuget", _OTHER),
    ("nuget", "install"): _Tool("nuget", _OTHER),
    ("install-package",): _Tool("nuget", _OTHER),
    ("paket", "add"): _Tool("nuget", _OTHER),
    ("mix", "archive.install", "hex"): _Tool("elixir", _OTHER, one=True),
    ("mix", "escript.install", "hex"): _Tool("elixir", _OTHER, one=True),
    ("dart", "pub", "add"): _Tool("dart", _OTHER),
    ("flutter", "pub", "add"): _Tool("dart", _OTHER),
    ("dart", "pub", "global", "activate"): _Tool("dart", _OTHER, one=True),
    ("pub", "global", "activate"): _Tool("dart", _OTHER, one=True),
    ("cabal", "install"): _Tool("haskell", _OTHER),
    ("stack", "install"): _Tool("haskell", _OTHER),
}
_LONGEST = 4
_SIGNS = "-~^=!<>@"
# What is no name of a registry: files, addresses, the folder itself.
_NO_NAME = lazy_pattern(
    r"(?:\.|/|~|[A-Za-z]:\\|\w+\+)|\S*://|git@|(?:git|file|link|portal|workspace):|.*\.(?:whl|tgz|tar\.gz|gem|zip|git|txt|nupkg)$"
)
_PYTHON = lazy_pattern(
    r"(?P<name>[A-Za-z0-9][\w.-]*)(?:\[(?P<extras>[^\]]*)\])?(?P<rest>(?:[=<>!~@;, ].*)?)"
)
_PREFIX = lazy_pattern(r"(?:npm|jsr):")
_NPM_NAME = lazy_pattern(r"(?:@[\w.~-]+/)?[\w.~-]+")


def installed(words: tuple[Word, ...]) -> Iterator[Installed]:
    """The packages that a command installs from a registry."""
    found = _tool(words)
    if found is None:
        return
    tool, rest = found
    chosen = list(values_of(rest, *tool.package_options)) if tool.package_options else []
    if not chosen:
        # The first operand of npx takes the rest of the line with it.
        chosen = operands(rest, tool.values)
        chosen = chosen[:1] if tool.one else chosen
    packages = [p for word in chosen if (p := _package(word, tool)) is not None]
    for package in packages:
        yield package if len(chosen) == 1 else _beside(package)


def _beside(package: Installed) -> Installed:
    return replace(package, alone=False)


def _tool(words: tuple[Word, ...]) -> tuple[_Tool, tuple[Word, ...]] | None:
    words = _after_python(words)
    names = [word.text.lower() for word in words[:_LONGEST]]
    if names[:2] == ["dotnet", "add"] and "package" in [w.text for w in words[2:4]]:
        at = 3 if words[2].text == "package" else 4
        return _Tool("nuget", _OTHER, one=True), words[at:]
    if names[:2] == ["composer", "global"] and names[2:3] == ["require"]:
        return _TOOLS["composer", "require"], words[3:]
    for size in range(min(_LONGEST, len(names)), 0, -1):
        tool = _TOOLS.get(tuple(names[:size]))
        if tool is not None:
            return tool, words[size:]
    return None


def _after_python(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """What `python -m` runs: `python3 -m pip install x` is `pip install x`."""
    if words and is_python(words[0].text):
        at = next((n for n, word in enumerate(words[:4]) if word.text == "-m"), 0)
        return words[at + 1 :] if at else words
    return words


def is_python(name: str) -> bool:
    """Whether a program is a Python: `python3.12`, `py`, `./venv/bin/python`."""
    return bool(_PYTHON_NAME.fullmatch(name))


_PYTHON_NAME = lazy_pattern(r"(?:\S*[/\\])?(?:python(?:w|\d(?:\.\d+)?t?)?|py|pypy3?)(?:\.exe)?")


def _package(word: Word, tool: _Tool) -> Installed | None:
    text = word.text
    if _NO_NAME.match(text):
        return None
    if tool.ecosystem == "python":
        return _python(word)
    ends = {"go": r"@", "php": r"[@:=<>~^ ]"}.get(tool.ecosystem, r"[@:]")
    if tool.ecosystem == "php":  # `acme/demo=*`
        word = part_of(word, re.split(ends, text, maxsplit=1)[0])
    if not word.is_plain:
        return None
    if tool.ecosystem == "javascript":
        prefix = _PREFIX.match(text)
        start = prefix.end() if prefix else 0
        cut = text.find("@", start + 1)
        name = text[start:cut] if cut > 0 else text[start:]
        if not prefix and name.count("/") > (1 if name.startswith("@") else 0):
            return None
        if not _NPM_NAME.fullmatch(name) or (not name.startswith("@") and "/" in name):
            return None  # `owner/repository` of GitHub
        return Installed("javascript", part_of(word, name))
    name = re.split(ends, text, maxsplit=1)[0]
    version = text[len(name) + 1 :] if tool.ecosystem == "go" else ""
    return Installed(tool.ecosystem, part_of(word, name), version=version) if name else None


def _python(word: Word) -> Installed | None:
    found = _PYTHON.fullmatch(word.text)
    if not found:
        return None
    extras = []
    for text in filter(None, (part.strip() for part in (found["extras"] or "").split(","))):
        at = word.raw.find(text, word.raw.find("["))
        extras.append(Word(text, word.line, word.column + max(at, 0), text))
    return Installed("python", part_of(word, found["name"]), tuple(extras))


def own_extras(words: tuple[Word, ...]) -> Iterator[Word]:
    """Extras of the folder itself: `pip install -e ".[dev,docs]"`, `uv sync --extra dev`."""
    found = _tool(words)
    if found is not None and found[0].ecosystem == "python":
        for word in found[1]:
            at = word.raw.find(".[")
            if at >= 0 and word.text.startswith((".[", "./")):
                yield from _in_brackets(word)
    names = tuple(word.text for word in words[:2])
    if names in {
        ("uv", "sync"),
        ("uv", "run"),
        ("poetry", "install"),
        ("pdm", "install"),
        ("pdm", "sync"),
    }:
        for value in values_of(words, "--extra", "--extras", "-E"):
            for text in value.text.replace(",", " ").split():
                yield part_of(value, text)


def _in_brackets(word: Word) -> Iterator[Word]:
    start = word.raw.find("[") + 1
    end = word.raw.find("]", start)
    at = start
    for part in word.raw[start:end].split(","):
        text = part.strip()
        if text:
            lead = len(part) - len(part.lstrip())
            yield Word(text, word.line, word.column + at + lead, text)
        at += len(part) + 1
