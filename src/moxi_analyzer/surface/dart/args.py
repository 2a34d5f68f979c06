"""Command lines made with Dart's args package: ArgParser options and Command classes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from moxi_analyzer.braces import Argument, Code, string
from moxi_analyzer.formats import one_line
from moxi_analyzer.repository import Repository, folder_of
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.syntax import Source
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_CLASS = lazy_pattern(
    r"\bclass\s+(?P<name>\w+)\s*(?:<[^{>]{0,200}>)?\s+extends\s+(?P<base>\w+)[^{;]{0,600}\{|"
    r"\bextension\s+(?P<extension>\w+\s+)?on\s+ArgParser\s*\{"
)
_DECLARED = lazy_pattern(r"\badd(?P<kind>Option|Flag|MultiOption)\s*\(")
_ADDED = lazy_pattern(r"\badd(?:Command|Subcommand)\s*\(\s*(?:const\s+|new\s+)?(?P<name>\w+)")
_CALLED = lazy_pattern(r"\.\s*(?P<name>\w+)\s*\(\s*\)")
_MADE = lazy_pattern(r"\b(?P<name>[A-Z]\w*Command)\s*\(")
_METHOD = lazy_pattern(r"\bvoid\s+(?P<name>\w+)\s*\([^){]{0,400}\)\s*\{")
_PROPERTY = r"\b(?:get\s+{0}\s*(?:=>|\{{\s*return)|(?:final\s+)?(?:String\s+)?{0}\s*=)\s*"
_RUNNER = lazy_pattern(r"\b(?:\w*CommandRunner)\s*(?:<[^>(]{0,200}>)?\s*\(")
_SUPER = lazy_pattern(r"\bsuper\s*\(")
_CONST = lazy_pattern(r"\bconst\s+(?:String\s+)?(\w+)\s*=\s*(?=['\"])")
_PLAIN_CONST = lazy_pattern(r"\bconst\s+(?:String\s+)?(\w+)\s*=\s*(['\"])([^'\"$\\\n]*)\2\s*;")
_GATE = lazy_pattern(rb"addOption\(|addFlag\(|addMultiOption\(|extends \w*Command\b|CommandRunner")
_MAX_DEPTH = 6
_MAX_CLASSES = 300  # of one file; each looks through its whole body


@dataclass
class _Part:
    """A class, an extension of ArgParser, or a whole file, with what it adds to a parser."""

    name: str
    base: str
    code: Code
    path: str
    start: int
    end: int

    @property
    def at(self) -> Evidence:
        return Evidence(path=self.path, line=self.code.line(self.start))

    def property(self, name: str, constants: dict[str, str]) -> str:
        """The value of a property that is a literal or a constant."""
        found = re.compile(_PROPERTY.format(name)).search(self.code.mask, self.start, self.end)
        if found is None:
            return ""
        end = self.code.mask.find(";", found.end(), self.end)
        return _value(self.code.text[found.end() : end if end > 0 else self.end], constants)


@dataclass
class _World:
    classes: dict[str, _Part] = field(default_factory=dict)
    methods: dict[str, list[_Part]] = field(default_factory=dict)
    files: list[_Part] = field(default_factory=list)
    constants: dict[str, str] = field(default_factory=dict)


def dart_sources(repo: Repository) -> Iterator[str]:
    """Dart files of the project itself."""
    return (p for p, f in repo.files.items() if p.endswith(".dart") and f.role == "source")


def _select(repo: Repository, _framework: Framework) -> Iterable[str]:
    return dart_sources(repo)


def _value(text: str, constants: dict[str, str]) -> str:
    plain = string(text.strip())
    return plain if plain is not None else constants.get(text.strip(), "")


def _facts(repo: Repository, _sources: Iterable[Source]) -> Iterator[Fact]:
    worlds: dict[str, _World] = {}
    for path in dart_sources(repo):
        if _GATE.search(repo.read(path) or b""):
            code = Code(repo.text(path) or "", single_quotes=True)
            _index(worlds.setdefault(_package(repo, path), _World()), path, code)
    for path in dart_sources(repo) if worlds else ():
        known = worlds.get(_package(repo, path))
        if known is not None:
            for constant in _PLAIN_CONST.finditer(repo.text(path) or ""):
                known.constants.setdefault(constant[1], constant[3])
    for world in worlds.values():
        runners = list(_roots(world))
        for runner, arguments in runners:
            yield from _tree(world, runner, arguments)
        if not runners:
            yield from _scripts(world)


def _package(repo: Repository, path: str) -> str:
    folder = folder_of(path)
    while folder and not repo.has(f"{folder}/pubspec.yaml"):
        folder = folder.rpartition("/")[0]
    return folder


def _index(world: _World, path: str, code: Code) -> None:
    world.files.append(_Part("", "", code, path, 0, len(code.mask)))
    for constant in _CONST.finditer(code.mask):
        end = code.mask.find(";", constant.end())
        value = string(code.text[constant.end() : end])
        if value is not None:
            world.constants.setdefault(constant[1], value)
    for found in islice(_CLASS.finditer(code.mask), _MAX_CLASSES):
        end = code.close(found.end() - 1)
        if found["name"]:
            part = _Part(found["name"], found["base"], code, path, found.start(), end)
            world.classes.setdefault(found["name"], part)
            continue
        for method in _METHOD.finditer(code.mask, found.end(), end):
            close = code.close(method.end() - 1)
            part = _Part(method["name"], "ArgParser", code, path, method.start(), close)
            world.methods.setdefault(method["name"], []).append(part)


def _roots(world: _World) -> Iterator[tuple[_Part, list[Argument]]]:
    """Command runners: classes that extend one, or functions that make one."""
    for part in world.classes.values():
        if part.base.endswith("CommandRunner"):
            call = _SUPER.search(part.code.mask, part.start, part.end)
            yield part, part.code.arguments(call.end() - 1) if call else []
    for part in world.files:
        for made in _RUNNER.finditer(part.code.mask):
            before = part.code.mask[max(0, made.start() - 12) : made.start()]
            arguments = part.code.arguments(made.end() - 1)
            declared = re.search(r"(?:class|extends)\s+$", before) is not None
            if not declared and len(arguments) == 2 and string(arguments[0].text) is not None:
                yield part, arguments


def _tree(world: _World, root: _Part, arguments: list[Argument]) -> Iterator[Fact]:
    common = {"root": f"{root.path}:{root.name}".rstrip(":"), "framework": "args"}
    values = [_value(a.text, world.constants) for a in arguments if not a.label]
    prog = values[0] if values else root.property("executableName", world.constants)
    if prog:
        common["prog"] = prog
    text = values[1] if len(values) > 1 else root.property("description", world.constants)
    yield _command(root, "", text, common)
    yield from _options(world, root, "", common)
    pending, seen = [(root, "")], {""}
    while pending:
        parent, path = pending.pop(0)
        for added in _children(parent):
            child = world.classes.get(added)
            name = child.property("name", world.constants) if child else ""
            below = f"{path} {name}".strip()
            if child is None or not name or below in seen or path.count(" ") >= _MAX_DEPTH:
                continue
            hidden = re.search(
                r"\bget\s+hidden\s*=>\s*true", child.code.mask[child.start : child.end]
            )
            if hidden is None:
                seen.add(below)
                yield _command(child, below, child.property("description", world.constants), common)
                yield from _options(world, child, below, common)
                pending.append((child, below))


def _children(parent: _Part) -> list[str]:
    """Classes that a runner or command adds, each itself or from a list of them."""
    mask, start, end = parent.code.mask, parent.start, parent.end
    added = [found["name"] for found in _ADDED.finditer(mask, start, end)]
    if any(name[:1].islower() for name in added):
        added.extend(found["name"] for found in _MADE.finditer(mask, start, end))
    return added


def _command(part: _Part, path: str, text: str, common: dict[str, str]) -> Fact:
    aliases = re.search(r"\baliases\b[^;\[]*\[([^\]]*)\]", part.code.text[part.start : part.end])
    listed = re.findall(r"['\"]([\w-]+)['\"]", aliases[1]) if aliases and path else []
    detail = {**common, "aliases": ", ".join(listed)} if listed else common
    return Fact(
        kind="command", value=path, evidence=part.at, scope=path, text=one_line(text), detail=detail
    )


def _options(world: _World, part: _Part, scope: str, common: dict[str, str]) -> Iterator[Fact]:
    """What a class adds to its parser: by itself, by its base class, by extension methods."""
    parts, seen = [part], {id(part)}
    while parts:
        at = parts.pop(0)
        yield from _declared(world, at, scope, common, part)
        for called in _CALLED.finditer(at.code.mask, at.start, at.end):
            near = world.methods.get(called["name"], [])
            same = [m for m in near if m.path == at.path] or near
            parts.extend(m for m in same[:1] if id(m) not in seen)
            seen.update(id(m) for m in same[:1])
        base = world.classes.get(at.base)
        if base is not None and id(base) not in seen:
            seen.add(id(base))
            parts.append(base)


def _declared(
    world: _World, part: _Part, scope: str, common: dict[str, str], user: _Part
) -> Iterator[Fact]:
    unused = list(_unused(part, user)) if part is not user and part.base != "ArgParser" else []
    for found in _DECLARED.finditer(part.code.mask, part.start, part.end):
        if any(start < found.start() < end for start, end in unused):
            continue
        arguments = part.code.arguments(found.end() - 1)
        name = _value(arguments[0].text, world.constants) if arguments else ""
        given = {a.label: a.text for a in arguments}
        if not re.fullmatch(r"[\w][\w.-]*", name) or given.get("hide") == "true":
            continue
        at = Evidence(path=part.path, line=part.code.line(found.start()))
        text = one_line(_value(given.get("help", ""), world.constants))
        detail = {**common, **_detail(found["kind"], name, given, world.constants)}
        if not scope and part.base.endswith("CommandRunner"):
            detail["global"] = "true"
        yield Fact(
            kind="option", value=f"--{name}", evidence=at, scope=scope, text=text, detail=detail
        )


def _unused(base: _Part, user: _Part) -> Iterator[tuple[int, int]]:
    """Methods of a base class that a command does not call."""
    calls = user.code.mask[user.start : user.end]
    for method in _METHOD.finditer(base.code.mask, base.start, base.end):
        if not re.search(rf"\b{method['name']}\(", calls):
            yield method.start(), base.code.close(method.end() - 1)


def _detail(
    kind: str, name: str, given: dict[str, str], constants: dict[str, str]
) -> dict[str, str]:
    abbr = string(given.get("abbr", "")) or ""
    forms = [f"-{abbr}"] if abbr else []
    forms.append(f"--{name}")
    if kind == "Flag" and given.get("negatable", "true") == "true":
        forms.append(f"--no-{name}")
    default = given.get("defaultsTo", "")
    shown = _value(default, constants)
    if default == "true":
        shown = "true"
    allowed = re.findall(r"['\"]([^'\"\n]*)['\"]", given.get("allowed", ""))
    detail = {
        "takes": "flag" if kind == "Flag" else "value",
        "forms": ", ".join(forms),
        "short": f"-{abbr}" if abbr else "",
        "default": shown,
        "choices": ", ".join(allowed),
        "metavar": _value(given.get("valueHelp", ""), constants),
        "required": "true" if given.get("mandatory") == "true" else "",
        "repeatable": "true" if kind == "MultiOption" else "",
    }
    return {key: value for key, value in detail.items() if value}


def _scripts(world: _World) -> Iterator[Fact]:
    """Programs with a plain ArgParser and no commands: one command line a file."""
    for part in world.files:
        if "ArgParser(" in part.code.mask:
            common = {"root": part.path, "framework": "args"}
            options = list(_declared(world, part, "", common, part))
            if options:
                yield Fact(kind="command", value="", evidence=options[0].evidence, detail=common)
                yield from options


FRAMEWORKS = (Framework("dart_args", (), _GATE, _facts, _select),)
