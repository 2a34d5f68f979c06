"""Options, subcommands, programs, scripts, targets, services and what install commands name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from moxi_eval.evidence import Place
from moxi_eval.ground import Candidate, Ground, Word
from moxi_eval.near import closest, near_packages, near_words, synonyms

_OPTION = re.compile(r"--[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?![\w-])")
_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_:][a-z0-9]+)*")
_EVERY_PARSER = frozenset({"--help", "--version"})
# Parsers of these languages take any unambiguous beginning of an option for it.
_ABBREVIATING = (".py", ".rb", ".c", ".cc", ".cpp", ".h", ".pl", ".php", ".hs")


def _spellings(name: str) -> set[str]:
    parts = re.split(r"[-_]", name)
    pascal = "".join(part.capitalize() for part in parts)
    camel = pascal[:1].lower() + pascal[1:]
    return {name, "-".join(parts), "_".join(parts), camel, pascal, "_".join(parts).upper()}


def options(ground: Ground) -> Iterator[Candidate | None]:
    """Long options of the repository's own programs."""
    seen: set[tuple[int, str]] = set()
    for words in ground.commands:
        program = words[0].text.rpartition("/")[2]
        alone = len(words) <= 2 and words[0].text.startswith("--")
        if not alone and program not in ground.bins:
            continue
        for word in words:
            match = _OPTION.match(word.text)
            if match and match[0] not in _EVERY_PARSER and (word.line, match[0]) not in seen:
                seen.add((word.line, match[0]))
                yield _option(ground, word, match[0])


def _option(ground: Ground, word: Word, option: str) -> Candidate | None:
    holds = _option_place(ground, option)
    if holds is None:
        return None
    return ground.candidate("option", word, option, holds, _other_options(ground, option, holds))


def _option_place(ground: Ground, option: str) -> Place | None:
    """Where source has the option literally, or its name within a file that has a parser."""
    files = ground.files
    found = (
        files.place_of(option, within=files.parsers)
        or files.place_of(option)
        or files.place_of(option.replace("--", "--[no-]"))
    )
    if found:
        return found
    for name in sorted(_spellings(option.removeprefix("--").removeprefix("no-"))):
        found = files.place_of(name, within=files.parsers)
        if found and len(name) > 3:
            return found
    return None


def _other_options(ground: Ground, option: str, holds: Place) -> Iterator[tuple[str, str]]:
    name = option.removeprefix("--")
    known = {o for o in ground.files.history.options if o.startswith("--")}
    old = closest(option, known, least=0.3)
    near = [f"--{other}" for other in near_words(name)]
    if name.startswith("no-"):
        near += [f"--{verb}-{name[3:]}" for verb in ("disable", "without", "skip")]
    for other in [*old, *near, f"--{name.replace('-', '')}"]:
        if _OPTION.fullmatch(other) and not _has_option(ground, other, option, holds):
            yield other, f"{other} stands in no file; {holds} has {option}"


def _has_option(ground: Ground, other: str, option: str, holds: Place) -> bool:
    """Whether the program might take `other`: a literal anywhere, or its name in parser code."""
    if holds.path.endswith(_ABBREVIATING) and any(
        o.startswith(other) for o in ground.files.options
    ):
        return True
    name = other.removeprefix("--").removeprefix("no-")
    forms = _spellings(name)
    if ground.files.mentions(other, f"--no-{name}", f"--[no-]{name}"):
        return True
    parsers = ground.files.parsers
    return any(path in parsers for form in forms for path in ground.files.files_with(form))


def subcommands(ground: Ground) -> Iterator[Candidate | None]:
    """The word after one of the repository's own programs, where parser code quotes it."""
    for words in ground.commands:
        if len(words) < 2 or words[0].text not in ground.bins:
            continue
        name = words[1].text
        if words[0].text in _RUNNERS:  # its subcommands are the targets
            continue
        if not _NAME.fullmatch(name) or len(name) < 3:
            continue
        holds = _quoted(ground, name)
        if holds:
            choices = (
                (other, f"{other} stands in no parser code; {holds} has {name}")
                for other in dict.fromkeys([*synonyms(name), *near_words(name)])
                if _NAME.fullmatch(other) and not _is_word(ground, other)
            )
            yield ground.candidate("subcommand", words[1], name, holds, choices)


def _quoted(ground: Ground, name: str) -> Place | None:
    """Where parser code declares a subcommand, in the manner of any of the usual parsers."""
    plain, pascal = (
        re.escape(name.replace("-", "_")),
        "".join(p.capitalize() for p in re.split(r"[-_]", name)),
    )
    quoted = rf"[\"'`]{re.escape(name)}(?:[\"'`]|\s+[<\[])"
    pattern = (
        rf"(?:add_parser|[Cc]ommand(?:::new|\.new)?|add_subparser|with_name|setName|subcommand|register)\(\s*{quoted}"
        rf"|\b(?:Use|Name|name|command|cmd|aliases|Aliases)\s*[:=]\s*\[?\s*{quoted}|\bcase\s+{quoted}|^\s*{quoted}\s*(?:=>|:)"
        rf"|@\w*\.?(?:command|group)\([^\n]*\)\s*\n(?:\s*@[^\n]*\n){{0,40}}\s*(?:async )?def {plain}\b"
        rf"|^\s+{pascal}\s*[,({{]|\bdesc\s[^\n]*\n(?:\s+\w+[^\n]*\n){{0,8}}?\s+def {plain}\b"
    )
    for path in sorted(ground.files.parsers):
        line = ground.files.line_of(path, pattern)
        if line:
            return Place(path, line)
    return None


def _is_word(ground: Ground, name: str) -> bool:
    """Whether source knows a word in any spelling: then nothing can be said against it."""
    return any(ground.files.sources_with(form) for form in _spellings(name))


def bins(ground: Ground) -> Iterator[Candidate | None]:
    """The repository's own program at the beginning of a command line."""
    for words in ground.commands:
        name = words[0].text
        if len(words) < 2 or name not in ground.bins or len(name) < 3:
            continue
        place = ground.bins[name]
        near = [n.rpartition("/")[2] for n in (*ground.packages, ground.files.name)]
        near += [name.replace("-", "_"), name.replace("-", ""), name.replace("_", "-")]
        choices = (
            (n, f"{place} declares {name}")
            for n in near
            if n not in ground.bins and n.lower() != name.lower() and len(n) > 2
        )
        yield ground.candidate("bin", words[0], name, place, choices)


def scripts(ground: Ground) -> Iterator[Candidate | None]:
    """`npm run X` and its kin."""
    declared: dict[str, Place] = {}
    for path, data in ground.files.packages_json.items():
        for name in data.get("scripts") or {}:
            declared.setdefault(
                name, Place(path, ground.files.line_of(path, rf'"{re.escape(name)}"\s*:'))
            )
    for words in ground.commands:
        texts = [word.text for word in words]
        runs = len(words) > 2 and texts[0] in {"npm", "yarn", "pnpm", "bun"} and texts[1] == "run"
        short = len(words) > 1 and texts[0] in {"yarn", "pnpm"} and texts[1] in declared
        index = 2 if runs else 1
        if (runs or short) and texts[index] in declared:
            name = texts[index]
            choices = (
                (other, f"no package.json declares {other}; {declared[name]} has {name}")
                for other in _near_scripts(name)
                if other not in declared and other not in ground.dependencies
            )
            yield ground.candidate("script", words[index], name, declared[name], choices)


def _near_scripts(name: str) -> Iterator[str]:
    yield from synonyms(name)
    head, colon, tail = name.partition(":")
    if colon:
        yield f"{head}-{tail}"
        yield from (f"{head}:{other}" for other in synonyms(tail))
        yield from (f"{other}:{tail}" for other in synonyms(head))
    yield from near_words(name)


_RUNNERS = {
    "make": (re.compile(r"(?:GNU)?[Mm]akefile"), r"^([\w.-]+(?:[ \t]+[\w.-]+)*)[ \t]*:(?!=)"),
    "just": (re.compile(r"\.?[Jj]ustfile"), r"^@?([\w-]+)(?:[ \t]+[^:\n]*)?:(?!=)"),
    "task": (re.compile(r"[Tt]askfile\.ya?ml"), r"^  [\"']?([\w:-]+)[\"']?:"),
    "rake": (re.compile(r"Rakefile"), r"^\s*task\s*\(?\s*:?[\"']?(\w+)"),
}


def targets(ground: Ground) -> Iterator[Candidate | None]:
    """Targets of make, recipes of just, tasks of task and rake."""
    declared = {tool: _declared(ground, tool) for tool in _RUNNERS}
    for words in ground.commands:
        tool = words[0].text
        names, whole = declared.get(tool, ({}, False))
        for word in words[1:2]:
            if word.text in names and whole and len(word.text) > 2:
                choices = (
                    (other, f"{names[word.text].path} has no target {other}")
                    for other in dict.fromkeys([*synonyms(word.text), *near_words(word.text)])
                    if other not in names and other not in ground.files.basenames
                )
                yield ground.candidate("target", word, word.text, names[word.text], choices)


def _declared(ground: Ground, tool: str) -> tuple[dict[str, Place], bool]:
    """Targets by name; and whether that is all, with nothing included or made up by patterns."""
    file_name, pattern = _RUNNERS[tool]
    found: dict[str, Place] = {}
    whole = tool != "rake"
    for path in ground.files.listing:
        if not file_name.fullmatch(path.rpartition("/")[2]):
            continue
        text = ground.files.text(path)
        whole = whole and not re.search(
            r"^-?include\b|^import\b|^mod\b|^includes:|^\$\(|^%\s*:", text, re.M
        )
        for match in re.finditer(pattern, text, re.MULTILINE):
            line = text.count("\n", 0, match.start(1)) + 1
            for name in match[1].split():
                found.setdefault(name, Place(path, line))
    return found, whole


_INSTALLERS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("pip", "install"), "pypi"), (("pip3", "install"), "pypi"), (("pipx", "install"), "pypi"),
    (("pipx", "run"), "pypi"), (("uv", "add"), "pypi"), (("uv", "tool", "install"), "pypi"),
    (("uv", "pip", "install"), "pypi"), (("poetry", "add"), "pypi"), (("pdm", "add"), "pypi"),
    (("python", "-m", "pip", "install"), "pypi"), (("python3", "-m", "pip", "install"), "pypi"),
    (("npm", "install"), "npm"), (("npm", "i"), "npm"), (("npm", "add"), "npm"),
    (("yarn", "add"), "npm"), (("yarn", "global", "add"), "npm"), (("pnpm", "add"), "npm"),
    (("pnpm", "install"), "npm"), (("pnpm", "i"), "npm"), (("bun", "add"), "npm"),
    (("cargo", "install"), "cargo"), (("cargo", "add"), "cargo"), (("cargo", "binstall"), "cargo"),
    (("gem", "install"), "gem"), (("bundle", "add"), "gem"), (("gem",), "gem"),
    (("composer", "require"), "composer"), (("composer", "global", "require"), "composer"),
    (("dotnet", "add", "package"), "nuget"), (("dotnet", "tool", "install"), "nuget"),
    (("Install-Package",), "nuget"), (("cabal", "install"), "hackage"), (("stack", "install"), "hackage"),
    (("dart", "pub", "add"), "pub"), (("flutter", "pub", "add"), "pub"),
    (("dart", "pub", "global", "activate"), "pub"), (("mix", "archive.install", "hex"), "hex"),
)  # fmt: skip
# Registries that take `a-b` and `a_b` for one name.
_SAME_DASHES = frozenset({"pypi", "cargo"})


def packages(ground: Ground) -> Iterator[Candidate | None]:
    """The package that an install command names; and its extras."""
    for words in [*ground.commands, *_gem_lines(ground)]:
        for head, registry in _INSTALLERS:
            if tuple(word.text for word in words[: len(head)]) == head:
                for word in words[len(head) :]:
                    yield from _package(ground, word, registry)
                break


def _gem_lines(ground: Ground) -> Iterator[list[Word]]:
    for span in ground.page.of("code", "inline"):
        match = re.match(r"gem\s+[\"']([\w-]+)[\"']", span.text)
        if match:
            start = span.column + match.start(1)
            yield [Word("gem", span.line, span.column), Word(match[1], span.line, start)]


def _package(ground: Ground, word: Word, registry: str) -> Iterator[Candidate | None]:
    match = re.match(r"[\"']?((?:@[\w.-]+/)?[\w.-]+(?:/[\w.-]+)?)", word.text)
    name = match[1] if match else ""
    known, place = ground.packages.get(name, ("", Place("")))
    if known != registry:
        return
    near = near_packages(name, dashes=registry not in _SAME_DASHES)
    choices = ((n, f"{place} declares {name}") for n in near if _unknown_package(ground, n, name))
    yield ground.candidate("package", word, name, place, choices)
    extra = re.search(r"\[([\w,-]+)\]", word.text)
    if extra and registry == "pypi":
        yield _extra(ground, word, extra[1].split(",")[0])


def _unknown_package(ground: Ground, name: str, own: str) -> bool:
    return (
        name not in ground.packages
        and name not in ground.dependencies
        and name.replace("_", "-").lower() != own.replace("_", "-").lower()
    )


def _extra(ground: Ground, word: Word, extra: str) -> Candidate | None:
    for path in ground.files.own_named("pyproject.toml", "setup.py", "setup.cfg"):
        line = ground.files.line_of(path, rf"^\s*[\"']?{re.escape(extra)}[\"']?\s*[=:]")
        if line:
            choices = (
                (other, f"{path} has no extra {other}")
                for other in near_words(extra)
                if not ground.files.line_of(path, rf"\b{re.escape(other)}\b")
            )
            return ground.candidate("feature", word, extra, Place(path, line), choices)
    return None


def features(ground: Ground) -> Iterator[Candidate | None]:
    """Features of a crate, in commands and in the lines of a manifest that a README shows."""
    declared: dict[str, Place] = {}
    for path in ground.files.own_named("Cargo.toml"):
        for name in ground.files.toml(path).get("features", {}):
            declared.setdefault(
                name, Place(path, ground.files.line_of(path, rf"^[\"']?{re.escape(name)}\W"))
            )
    for span in ground.page.of("code", "inline"):
        shown = re.search(r"features\s*=\s*\[([^\]\n]*)\]|--features[ =]([\w,\" -]+)", span.text)
        if not shown or not declared:
            continue
        named = shown.lastindex or 0
        for match in re.finditer(r"[\w-]+", shown[named]):
            if match[0] in declared and match[0] != "default":
                choices = (
                    (other, f"no Cargo.toml has the feature {other}")
                    for other in near_words(match[0])
                    if other not in declared and other not in ground.dependencies
                )
                start = shown.start(named) + match.start()
                word = Word(match[0], span.line, span.column + start)
                yield ground.candidate("feature", word, match[0], declared[match[0]], choices)


def services(ground: Ground) -> Iterator[Candidate | None]:
    """Services of the compose file in `docker compose up X`."""
    declared: dict[str, Place] = {}
    for path in ground.files.listing:
        if re.fullmatch(r"(?:docker-)?compose[\w.-]*\.ya?ml", path.rpartition("/")[2]):
            text = ground.files.text(path)
            services_ = re.search(r"^services:[ \t]*\n((?:[ \t#][^\n]*\n|\n)*)", text, re.MULTILINE)
            for match in re.finditer(
                r"^(?:  |    |\t)([\w-]+):", services_[1] if services_ else "", re.M
            ):
                declared.setdefault(
                    match[1], Place(path, ground.files.line_of(path, rf"^\s+{match[1]}:"))
                )
    for words in ground.commands:
        texts = [word.text for word in words]
        if texts[0] != "docker-compose" and texts[:2] != ["docker", "compose"]:
            continue
        for word in words[2:]:
            if word.text in declared:
                choices = (
                    (other, f"no compose file has the service {other}")
                    for other in dict.fromkeys([*synonyms(word.text), *near_words(word.text)])
                    if other not in declared
                )
                yield ground.candidate("service", word, word.text, declared[word.text], choices)


def go_installs(ground: Ground) -> Iterator[Candidate | None]:
    """The folder of a program in `go install module/cmd/x@latest`, and the module itself."""
    module = re.search(r"^module\s+(\S+)", ground.files.text("go.mod"), re.MULTILINE)
    if not module:
        return
    mains = {p.path.rpartition("/")[0] for p in ground.bins.values() if p.path.endswith(".go")}
    for words in ground.commands:
        if [word.text for word in words[:2]] not in (["go", "install"], ["go", "get"]):
            continue
        for word in words[2:]:
            path = word.text.partition("@")[0].removesuffix("/...")
            folder = path.removeprefix(module[1]).strip("/")
            if not path.startswith(module[1]) or (folder and not ground.files.exists(folder)):
                continue
            yield ground.candidate(
                "go_install", word, path, "go.mod", _go_paths(ground, module[1], folder, mains)
            )


def _go_paths(
    ground: Ground, module: str, folder: str, mains: Iterable[str]
) -> Iterator[tuple[str, str]]:
    host_owner, _, name = module.rpartition("/")
    if re.fullmatch(r"v\d+", name):
        yield host_owner, f"go.mod says {module}"
    others = [f"cmd/{ground.files.name}", "cli", folder.replace("cmd/", ""), "cmd", ""]
    for other in others:
        path = f"{module}/{other}".rstrip("/")
        if (
            other != folder
            and other not in mains
            and (other == "" or not ground.files.exists(other))
        ):
            yield path, f"no package main in {other or 'the root'}"
    if not re.fullmatch(r"v\d+", name):
        yield f"{module}/v2" if not folder else f"{module}/v2/{folder}", f"go.mod says {module}"


FINDERS = (
    options, subcommands, bins, scripts, targets, packages, features, services, go_installs,
)  # fmt: skip
