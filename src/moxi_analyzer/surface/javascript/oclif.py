"""oclif: one class a command, named by its file's place below the commands folder."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import Any

from tree_sitter import Node

from moxi_analyzer.formats import as_dict, as_list, as_str, one_line
from moxi_analyzer.manifests.workspaces import package_json
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_analyzer.surface.command_line import Option, Program
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.surface.javascript.modules import GRAMMARS, MAX_DEPTH, Module, Modules, Place
from moxi_analyzer.surface.javascript.syntax import CLASSES, class_members
from moxi_analyzer.surface.javascript.values import Table, Values, shown, texts
from moxi_analyzer.syntax import Source, text_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

_GATE = Gate(
    patterns={
        b"static": rb"static\s+(?:override\s+|readonly\s+|async\s+)*\w+",
        b"extends": rb"extends\s+\w*Command",
    }
)
_BUILT = lazy_pattern(r"(?:^|/)(?:lib|dist|build|out)/")
_SUMMARY = ("summary", "description")


class _App:
    """An oclif program: its package's folder and what its package.json says of it."""

    def __init__(self, repo: Repository, folder: str) -> None:
        data = package_json(repo, folder)
        self.settings = as_dict(data.get("oclif"))
        self.folder = folder
        self.prog = as_str(self.settings.get("bin")) or as_str(data.get("name"))
        self.separator = " " if self.settings.get("topicSeparator") == " " else ":"
        commands = self.settings.get("commands")
        target = as_str(commands) or as_str(as_dict(commands).get("target")) or "./lib/commands"
        written = join(folder, _BUILT.sub(lambda m: m[0].replace(m[0].strip("/"), "src"), target))
        self.commands = written or join(folder, "src/commands")

    def name_of(self, path: str) -> str:
        """The command that the file at `path` holds; `index` is its topic's own."""
        inner = posixpath.splitext(path.removeprefix(self.commands + "/"))[0]
        parts = [part for part in inner.split("/") if part != "index"]
        return self.separator.join(parts)


def _apps(repo: Repository) -> Iterator[_App]:
    for path in repo.files:
        if path.rpartition("/")[2] == "package.json" and repo.files[path].role == "config":
            folder = folder_of(path)
            if as_dict(package_json(repo, folder).get("oclif")):
                yield _App(repo, folder)


def _select(repo: Repository, framework: Framework) -> Iterable[str]:
    folders = tuple(app.commands + "/" for app in _apps(repo))
    own = repo.own_sources(*framework.grammars) if folders else ()
    return (path for path in own if path.startswith(folders) and not path.endswith(".d.ts"))


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    known = {source.path: source for source in sources}
    reader = _Commands(Modules(repo, known))
    for app in _apps(repo):
        program = Program(app.commands, "oclif", app.prog)
        for path in sorted(known):
            if path.startswith(app.commands + "/"):
                yield from reader.facts(program, app, path)


class _Commands:
    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self.values = Values(modules)

    def facts(self, program: Program, app: _App, path: str) -> Iterator[Fact]:
        """Facts of the command in one file."""
        module = self.modules.get(path)
        place = self._class(module) if module is not None else None
        if place is None:
            return
        members = self._members(place)
        name = app.name_of(path)
        if self._value(members, "hidden") is True or not members:
            return
        text = self._text(members, "summary") or self._text(members, "description")
        aliases = texts(self._value(members, "aliases") or [])
        at = place.module.source.at(place.node)
        yield program.command(name, at, text.split("\n")[0], aliases)
        for option, where in self._options(members):
            yield program.option(option, where, name)

    def _class(self, module: Module) -> Place | None:
        """The command's class: the default export, or else the first class that is exported."""
        for name in ("default", *module.exports):
            place = self.modules.exported(module, name)
            if place is not None and place.node.type in CLASSES:
                return place
        return None

    def _members(self, place: Place, depth: int = 0) -> dict[str, Place]:
        """Static fields of a class, with those that it has from the project's own base classes."""
        found: dict[str, Place] = {}
        heritage = next((c for c in place.node.children if c.type == "class_heritage"), None)
        base = _base_of(heritage) if heritage is not None else None
        parent = self.modules.definition(Place(place.module, base)) if base is not None else None
        if parent is not None and parent.node.type in CLASSES and depth < MAX_DEPTH:
            found = self._members(parent, depth + 1)
        own = class_members(place.node)
        found.update({name: Place(place.module, node) for name, node in own.items()})
        return found

    def _value(self, members: dict[str, Place], key: str) -> Any:
        return self.values.of(members[key]) if key in members else None

    def _text(self, members: dict[str, Place], key: str) -> str:
        return self.values.text(members.get(key)).strip()

    def _options(self, members: dict[str, Place]) -> Iterator[tuple[Option, Any]]:
        for key in ("args", "flags", "baseFlags"):
            if key not in members:
                continue
            table = self.values.table(members[key])
            for name, place in table.values.items():
                where = table.keys[name]
                option = self._arg(name, place) if key == "args" else self._flag(name, place)
                if option is not None:
                    yield option, where.module.source.at(where.node)
            if key == "args" and not table.values:
                yield from self._listed_args(members[key])
        if self._value(members, "enableJsonFlag") is True:
            where = members["enableJsonFlag"]
            yield Option(("--json",), "", "flag"), where.module.source.at(where.node)

    def _listed_args(self, place: Place) -> Iterator[tuple[Option, Any]]:
        """Arguments as a list, as old versions have them: `[{name: "app", required: true}]`."""
        for item in as_list(self.values.of(place)):
            if isinstance(item, Table) and "name" in item.values:
                settings = {key: self.values.of(p) for key, p in item.values.items()}
                option = _positional(as_str(settings.get("name")), settings)
                where = item.keys["name"]
                if option is not None:
                    yield option, where.module.source.at(where.node)

    def _arg(self, name: str, place: Place) -> Option | None:
        return _positional(name, self._settings(place)[1])

    def _flag(self, name: str, place: Place) -> Option | None:
        maker, settings = self._settings(place)
        if settings.get("hidden") is True or not maker:
            return None
        forms = [f"--{as_str(settings.get('name')) or name}"]
        forms += [f"--{alias}" for alias in texts(settings.get("aliases") or [])]
        char = as_str(settings.get("char"))
        is_flag = maker in {"boolean", "help", "version"}
        default = shown(settings.get("default"))
        detail = {
            "default": "" if default == "false" else default,
            "choices": ", ".join(texts(settings.get("options") or [])),
            "required": "true" if settings.get("required") is True else "",
            "repeatable": "true" if settings.get("multiple") is True else "",
            "env": as_str(settings.get("env")),
            "metavar": as_str(settings.get("helpValue")).strip("<>"),
        }
        negated = (f"--no-{name}",) if settings.get("allowNo") is True else ()
        text = next((as_str(settings.get(key)) for key in _SUMMARY if settings.get(key)), "")
        forms = [f"-{char}", *forms] if len(char) == 1 else forms
        kept = {key: word for key, word in detail.items() if word}
        return Option(
            tuple(forms), one_line(text), "flag" if is_flag else "value", negated, detail=kept
        )

    def _settings(self, place: Place) -> tuple[str, dict[str, Any]]:
        """(`string`, {…}) of `Flags.string({…})`, through names and flags made elsewhere."""
        found = self.modules.definition(place)
        if found is None or found.node.type != "call_expression":
            # A flag of another package's making: there, but nothing is known of it.
            return (_maker(place.node), {}) if place.node.type == "member_expression" else ("", {})
        node = found.node
        function, arguments = (node.child_by_field_name(f) for f in ("function", "arguments"))
        inner: dict[str, Any] = {}
        maker = _maker(function)
        if function is not None and function.type == "call_expression":
            # Flags.custom({…})({…}): the settings of both.
            maker, inner = self._settings(Place(found.module, function))
        given = arguments.named_children if arguments is not None else []
        table = self.values.table(Place(found.module, given[0])) if given else Table()
        settings = {key: self.values.of(value) for key, value in table.values.items()}
        return maker, {**inner, **settings}


def _positional(name: str, settings: dict[str, Any]) -> Option | None:
    if not name or settings.get("hidden") is True:
        return None
    detail = {
        "required": "true" if settings.get("required") is True else "",
        "default": shown(settings.get("default")),
        "choices": ", ".join(texts(settings.get("options") or [])),
    }
    kept = {key: word for key, word in detail.items() if word}
    return Option((name,), as_str(settings.get("description")), positional=True, detail=kept)


def _maker(function: Node | None) -> str:
    return text_of(function).rpartition(".")[2] if function is not None else ""


def _base_of(heritage: Node) -> Node | None:
    for child in heritage.named_children:
        if child.type == "extends_clause":
            return child.child_by_field_name("value")
        if child.type in {"identifier", "member_expression"}:
            return child
    return None


FRAMEWORKS = (Framework("oclif", GRAMMARS, _GATE, _facts, _select),)
