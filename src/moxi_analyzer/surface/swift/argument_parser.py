"""Command lines made with swift-argument-parser: property wrappers and CommandConfiguration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from moxi_analyzer.braces import Argument, Code, kebab, string
from moxi_analyzer.formats import one_line
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.syntax import Source
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_TYPE = lazy_pattern(
    r"\b(?P<word>struct|class|enum|extension)\s+(?P<name>[A-Z][\w.]*)\s*(?:<[^>{]{0,200}>)?\s{0,80}"
    r"(?::\s{0,80}(?P<bases>[^{]{0,600}))?\{"
)
_BASES = lazy_pattern(r"\b(?:Async)?Parsable(?:Command|Arguments)\b")
_WRAPPER = lazy_pattern(r"@(Option|Flag|Argument|OptionGroup)\b[ \t]*(\()?")
_PROPERTY = lazy_pattern(
    r"\s*(?:@\w+(?:\([^)\n]*\))?\s+)*(?:(?:public|private|internal|fileprivate|package|static)"
    r"(?:\(set\))?\s+)*var\s+(?P<name>`?\w+`?)\s*(?::\s*(?P<type>[^={\n]+?))?\s*"
    r"(?:=\s*(?P<value>[^\n]+?))?\s*(?:\n|$|\{|;)"
)
_CONFIGURATION = lazy_pattern(
    r"\bconfiguration\b[^=\n{]*[={]\s*(?:return\s+)?(?:CommandConfiguration|\.init)?\s*\(",
    re.DOTALL,
)
_CASE = lazy_pattern(r"^\s*case\s+(?P<cases>[^:\n]+)$", re.MULTILINE)
_MEMBERS = lazy_pattern(r"\b([A-Z][\w.]*)\.self\b")
_MAX_DEPTH = 6
_MAX_TYPES = 300  # of one file; each looks through its whole body


@dataclass
class _Type:
    """A type that declares options, or one that extends it."""

    name: str
    code: Code
    path: str
    start: int
    end: int
    is_main: bool = False
    is_command: bool = False
    configuration: dict[str, str] = field(default_factory=dict)

    @property
    def at(self) -> Evidence:
        return Evidence(path=self.path, line=self.code.line(self.start))


@dataclass
class _World:
    types: dict[str, list[_Type]] = field(default_factory=dict)
    enums: dict[str, list[str]] = field(default_factory=dict)

    def find(self, name: str) -> list[_Type]:
        return self.types.get(name.rpartition(".")[2], [])


def swift_sources(repo: Repository) -> Iterator[str]:
    """Swift files of the project itself."""
    return (p for p, f in repo.files.items() if p.endswith(".swift") and f.role == "source")


def _select(repo: Repository, _framework: Framework) -> Iterable[str]:
    return swift_sources(repo)


def _facts(repo: Repository, _sources: Iterable[Source]) -> Iterator[Fact]:
    world = _World()
    for path in swift_sources(repo):
        content = repo.read(path) or b""
        if b"ArgumentParser" in content or b"ExpressibleByArgument" in content:
            _index(world, path, Code(repo.text(path) or "", single_quotes=False))
    commands = [t for types in world.types.values() for t in types if t.is_command]
    children = {name for t in commands for name in _subcommands(t)}
    for root in commands:
        short = root.name.rpartition(".")[2]
        if short not in children and (root.is_main or _subcommands(root)):
            yield from _tree(world, root)


def _index(world: _World, path: str, code: Code) -> None:
    for found in islice(_TYPE.finditer(code.mask), _MAX_TYPES):
        end = code.close(found.end() - 1)
        name, bases = found["name"], found["bases"] or ""
        if found["word"] == "enum" and "Parsable" not in bases:
            world.enums.setdefault(name, _cases(code, found.end(), end))
            continue
        before = code.mask[max(0, found.start() - 80) : found.start()]
        declared = _Type(name, code, path, found.start(), end)
        declared.is_main = bool(re.search(r"@main\b[^;{}]*$", before))
        declared.is_main |= re.search(rf"\b{re.escape(name)}\.main\(", code.mask) is not None
        declared.is_command = "ParsableCommand" in bases
        if not _BASES.search(bases) and not _WRAPPER.search(code.mask, found.end(), end):
            continue
        declared.configuration = _configuration(code, found.end(), end)
        world.types.setdefault(name.rpartition(".")[2], []).append(declared)


def _cases(code: Code, start: int, end: int) -> list[str]:
    """What the cases of an enum are called on a command line: raw values, else their names."""
    found = []
    for line in _CASE.finditer(code.text[start:end]):
        for case in line["cases"].split(","):
            name, _, raw = case.partition("=")
            value = string(raw.strip()) if raw.strip() else name.strip().strip("`")
            if value and re.fullmatch(r"[\w.-]+", value):
                found.append(value)
    return found


def _configuration(code: Code, start: int, end: int) -> dict[str, str]:
    for found in _CONFIGURATION.finditer(code.mask, start, end):
        if _depth(code, start, found.start()) == 0:
            return {a.label: a.text for a in code.arguments(found.end() - 1)}
    return {}


def _depth(code: Code, start: int, at: int) -> int:
    inside = code.mask[start:at]
    return inside.count("{") - inside.count("}")


def _subcommands(command: _Type) -> list[str]:
    listed = command.configuration.get("subcommands", "")
    listed += command.configuration.get("groupedSubcommands", "")
    return [name.rpartition(".")[2] for name in _MEMBERS.findall(listed)]


def _command_name(command: _Type) -> str:
    return string(command.configuration.get("commandName", "")) or kebab(
        command.name.rpartition(".")[2]
    )


def _tree(world: _World, root: _Type) -> Iterator[Fact]:
    common = {"root": f"{root.path}:{root.name}", "framework": "swift-argument-parser"}
    named = string(root.configuration.get("commandName", ""))
    if named:
        common["prog"] = named
    pending, seen = [(root, "")], {root.name}
    while pending:
        command, path = pending.pop(0)
        yield _command(command, path, common)
        for part in [command, *_extensions(world, command)]:
            yield from _options(world, part, path, common, 0)
        for name in _subcommands(command):
            child = next((t for t in world.find(name) if t.is_command), None)
            hidden = child is None or child.configuration.get("shouldDisplay") == "false"
            if child is not None and not hidden and path.count(" ") < _MAX_DEPTH:
                below = f"{path} {_command_name(child)}".strip()
                if below not in seen:
                    seen.add(below)
                    pending.append((child, below))


def _extensions(world: _World, command: _Type) -> list[_Type]:
    return [t for t in world.find(command.name) if t is not command and not t.is_command]


def _command(command: _Type, path: str, common: dict[str, str]) -> Fact:
    detail = dict(common)
    aliases = re.findall(r"\"([\w-]+)\"", command.configuration.get("aliases", ""))
    if aliases:
        detail["aliases"] = ", ".join(aliases)
    text = string(command.configuration.get("abstract", "")) or ""
    return Fact(
        kind="command",
        value=path,
        evidence=command.at,
        scope=path,
        text=one_line(text),
        detail=detail,
    )


def _options(
    world: _World, owner: _Type, scope: str, common: dict[str, str], depth: int
) -> Iterator[Fact]:
    code, start = owner.code, owner.code.mask.index("{", owner.start) + 1
    for found in _WRAPPER.finditer(code.mask, start, owner.end):
        if _depth(code, start, found.start()) != 0:
            continue
        arguments = code.arguments(found.end() - 1) if found[2] else []
        after = code.close(found.end() - 1) + 1 if found[2] else found.end()
        declared = _PROPERTY.match(code.text, after)
        if declared is None:
            continue
        if found[1] == "OptionGroup":
            if "hidden" in _given(arguments, "visibility"):
                continue
            for group in world.find((declared["type"] or "").strip()) if depth < _MAX_DEPTH else []:
                yield from _options(world, group, scope, common, depth + 1)
            continue
        at = Evidence(path=owner.path, line=code.line(found.start()))
        yield from _option(
            world,
            found[1],
            arguments,
            declared,
            Fact(kind="option", value="?", evidence=at, scope=scope, detail=common),
        )


def _given(arguments: list[Argument], label: str) -> str:
    return next((a.text for a in arguments if a.label == label), "")


def _option(
    world: _World, wrapper: str, arguments: list[Argument], declared: re.Match[str], blank: Fact
) -> Iterator[Fact]:
    helped, value_name, hidden = _help(_given(arguments, "help"))
    if hidden:
        return
    name = kebab(declared["name"].strip("`"))
    of = (declared["type"] or "").strip()
    default = (declared["value"] or "").strip()
    detail = dict(blank.detail)
    bare = re.sub(r"^\[(?:\w+\s*:\s*)?|\]|\?$", "", of).strip()
    choices = world.enums.get(bare.rpartition(".")[2], [])
    if wrapper == "Flag":
        yield from _flag(arguments, name, of, choices, blank, helped, default)
        return
    detail["takes"] = "value"
    if of.startswith("[") or default.startswith("["):
        detail["repeatable"] = "true"
    shown = _default(default)
    if shown:
        detail["default"] = shown
    elif not default and of and not of.endswith("?") and not of.startswith("["):
        detail["required"] = "true"
    if choices:
        detail["choices"] = ", ".join(choices)
    if value_name:
        detail["metavar"] = value_name
    if wrapper == "Argument":
        detail["positional"] = "true"
        value = value_name or name
    else:
        forms = _forms(_given(arguments, "name"), name)
        value = _named(forms, detail)
    yield replace(blank, value=value, text=one_line(helped), detail=detail)


def _flag(
    arguments: list[Argument],
    name: str,
    of: str,
    choices: list[str],
    blank: Fact,
    helped: str,
    default: str,
) -> Iterator[Fact]:
    detail = {**blank.detail, "takes": "flag"}
    if choices:
        # A flag of an enumerable type: each of its cases is a flag of its own.
        for case in choices:
            own = {**detail, "forms": f"--{kebab(case)}"}
            yield replace(blank, value=f"--{kebab(case)}", text=one_line(helped), detail=own)
        return
    if of.rstrip("?") not in {"", "Bool", "Int"}:
        return
    forms = _forms(_given(arguments, "name"), name)
    inversion = _given(arguments, "inversion")
    long = next((form for form in forms if form.startswith("--")), "")
    if "prefixedNo" in inversion and long:
        forms.append("--no-" + long[2:])
    elif "prefixedEnableDisable" in inversion and long:
        forms = ["--enable-" + long[2:], "--disable-" + long[2:]]
    if of == "Int" or default == "0":
        detail["repeatable"] = "true"
    if default == "true":
        detail["default"] = "true"
    value = _named(forms, detail, long if long in forms else "")
    yield replace(blank, value=value, text=one_line(helped), detail=detail)


def _named(forms: list[str], detail: dict[str, str], value: str = "") -> str:
    detail["forms"] = ", ".join(forms)
    short = next((form for form in forms if re.fullmatch(r"-[^-]", form)), "")
    if short:
        detail["short"] = short
    return value or max(forms, key=len)


def _forms(names: str, name: str) -> list[str]:
    """The forms of an option from its `name:` argument, short ones first."""
    found: list[str] = []
    if not names or re.search(r"\.long\b|\.shortAndLong\b", names):
        found.append(f"--{name}")
    if re.search(r"\.short\b|\.shortAndLong\b", names):
        found.insert(0, f"-{name[0]}")
    for custom in re.finditer(r"\.custom(Short|Long)\(\s*\"([^\"]+)\"([^)]*)\)", names):
        single = custom[1] == "Short" or "withSingleDash: true" in custom[3]
        form = ("-" if single else "--") + custom[2]
        found.insert(0, form) if len(form) == 2 else found.append(form)
    return found or [f"--{name}"]


def _help(text: str) -> tuple[str, str, bool]:
    """(help, value name, hidden) of a `help:` argument."""
    plain = string(text)
    if plain is not None:
        return plain, "", False
    code = Code(text, single_quotes=False)
    opening = code.mask.find("(")
    if opening < 0:
        return "", "", text.strip() in {".hidden", ".private"}
    said, value_name, hidden = "", "", False
    for argument in code.arguments(opening):
        if argument.label in {"", "abstract"}:
            said = string(argument.text) or said
        elif argument.label == "valueName":
            value_name = string(argument.text) or ""
        elif argument.label in {"visibility", "shouldDisplay"}:
            hidden = argument.text in {".hidden", ".private", "false"}
    return said, value_name, hidden


def _default(value: str) -> str:
    plain = string(value)
    if plain is not None:
        return plain if "\n" not in plain else ""
    if re.fullmatch(r"-?[\d_.]+", value):
        return value.replace("_", "")
    member = re.fullmatch(r"\.(\w+)", value)
    return kebab(member[1]) if member else ""


FRAMEWORKS = (
    Framework("swift_argument_parser", (), re.compile(rb"ArgumentParser"), _facts, _select),
)
