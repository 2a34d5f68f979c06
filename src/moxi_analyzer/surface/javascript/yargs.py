"""yargs: command lines of JavaScript and TypeScript programs, command modules included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from moxi_analyzer.repository import Repository, folder_of, join
from moxi_analyzer.surface.command_line import Option
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.surface.javascript.candidates import programs_too
from moxi_analyzer.surface.javascript.commands import Call, Line, Reader
from moxi_analyzer.surface.javascript.flag_forms import command_of, positional
from moxi_analyzer.surface.javascript.modules import GRAMMARS, Module, Place
from moxi_analyzer.surface.javascript.syntax import FUNCTIONS, required, unwrap
from moxi_analyzer.surface.javascript.values import Table, shown, texts
from moxi_analyzer.syntax import Source, text_of
from moxi_core.records import Evidence, Fact

_PACKAGES = {"yargs", "yargs/yargs"}
_GATE = Gate(patterns={b"yargs": rb"""["']yargs(?:/yargs)?["']"""})
_SETTERS = {"string", "number", "array", "boolean", "count"}
_MODULE_KEYS = {"command", "describe", "desc", "description", "builder", "handler", "aliases"}


class _Yargs(Reader):
    framework = "yargs"

    def root_of(self, place: Place) -> Line | None:
        module, node = place
        if node.type == "call_expression":
            maker = node.child_by_field_name("function")
            made = maker is not None and self._is_yargs(module, Place(module, maker))
            if not made or required(node) is not None:
                return self._shared(place) if required(node) in _PACKAGES else None
            return self._shared(place)
        if node.type in {"identifier", "member_expression"} and self._is_yargs(module, place):
            return self._shared(place)
        return None

    def _is_yargs(self, module: Module, place: Place) -> bool:
        node = unwrap(place.node)
        if node.type == "call_expression":
            return required(node) in _PACKAGES
        if node.type == "member_expression":  # require("yargs").argv, yargs.default
            owner = node.child_by_field_name("object")
            name = text_of(node.child_by_field_name("property"))
            return name == "default" and owner is not None and self._is_yargs(
                module, Place(module, owner)
            )  # fmt: skip
        if node.type != "identifier":
            return False
        name_of = module.name_at(node)
        if name_of is None:
            imported = module.imports.get(text_of(node))
            return imported is not None and imported.spec in _PACKAGES and imported.name != "Argv"
        value = unwrap(name_of.node)
        is_required = value.type == "call_expression" and required(value) in _PACKAGES
        return name_of.kind == "value" and not name_of.keys and is_required

    def _shared(self, place: Place) -> Line:
        # One per file: `yargs` is mostly used in one, and each bin target has its own.
        line = self.root((place.module.path,), place.module.source.at(place.node))
        line.is_global = True
        return line

    def apply(self, line: Line, call: Call) -> None:
        if call.method in _SETTERS and call.arguments:
            for name in texts(self.values.of(call.arguments[0])):
                self._set(line, call, name, call.method)
            return
        method = getattr(self, f"_on_{call.method}", None)
        if method is not None:
            method(line, call)

    # Options -------------------------------------------------------------------------------

    def _on_option(self, line: Line, call: Call) -> None:
        if not call.arguments:
            return
        name = self.text(call, 0)
        if name:
            line.add(self._option(name, self.table(call, 1), line), call.at)
            return
        table = self.table(call, 0)
        for key, value in table.values.items():
            at = table.keys[key].module.source.at(table.keys[key].node)
            line.add(self._option(key, self.values.table(value), line), at)

    _on_options = _on_option

    def _on_positional(self, line: Line, call: Call) -> None:
        name = self.text(call, 0)
        if not name:
            return
        table = self.table(call, 1)
        known = line.options.get(name)
        was = known[0].detail if known else {}
        found = positional(
            name,
            self._described(table),
            required="required" in was or self._is_true(table, "demandOption"),
            repeatable="repeatable" in was or self._get(table, "type") == "array",
            default=self._default(table),
            choices=", ".join(texts(self._get(table, "choices"))),
        )
        line.add(found, call.at)

    def _on_alias(self, line: Line, call: Call) -> None:
        pairs: list[tuple[str, list[str]]] = []
        if len(call.arguments) > 1:
            names = texts(self.values.of(call.arguments[0]))
            pairs = [(name, texts(self.values.of(call.arguments[1]))) for name in names]
        elif call.arguments:
            table = self.table(call, 0)
            pairs = [(key, texts(self.values.of(value))) for key, value in table.values.items()]
        for name, others in pairs:
            self._merge(line, call, [name, *others])

    def _on_describe(self, line: Line, call: Call) -> None:
        self._each(line, call, "help")

    def _on_default(self, line: Line, call: Call) -> None:
        self._each(line, call, "default")

    def _on_choices(self, line: Line, call: Call) -> None:
        self._each(line, call, "choices")

    def _on_demandOption(self, line: Line, call: Call) -> None:  # noqa: N802 (yargs' name)
        for name in texts(self.values.of(call.arguments[0])) if call.arguments else ():
            self._set(line, call, name, "required")

    def _each(self, line: Line, call: Call, what: str) -> None:
        if len(call.arguments) > 1:
            self._set(line, call, self.text(call, 0), what, self.values.of(call.arguments[1]))
        elif call.arguments:
            for key, place in self.table(call, 0).values.items():
                self._set(line, call, key, what, self.values.of(place))

    def _on_help(self, line: Line, call: Call) -> None:
        self._standard(line, call, "help", 0)

    def _on_version(self, line: Line, call: Call) -> None:
        if call.arguments and self.values.of(call.arguments[0]) is False:
            return
        self._standard(line, call, "version", 0 if len(call.arguments) > 1 else 9)

    def _standard(self, line: Line, call: Call, name: str, index: int) -> None:
        if call.arguments and self.values.of(call.arguments[0]) is False:
            return
        name = self.text(call, index) or name
        self._merge(line, call, [name])
        self._set(line, call, name, "boolean")

    def _set(self, line: Line, call: Call, name: str, what: str, value: Any = None) -> None:
        """Change one thing about the option that is known by `name`."""
        if not name:
            return
        option, at = self._known(line, call, name)
        detail, text, takes = dict(option.detail), option.help, option.takes
        if what == "help":
            text = value if isinstance(value, str) else ""
        elif what == "required":
            detail["required"] = "true"
        elif what in {"default", "choices"}:
            detail[what] = ", ".join(texts(value)) if isinstance(value, list) else shown(value)
        elif what in {"boolean", "count"}:
            takes = "flag"
        else:
            takes = "value"
        kept = {k: v for k, v in detail.items() if v and not (k == "default" and v == "false")}
        line.add(Option(option.forms, text, takes, (), option.positional, kept), at)

    def _known(self, line: Line, call: Call, name: str) -> tuple[Option, Evidence]:
        form = _form(name)
        for option, at in line.options.values():
            if form in option.forms or name in option.forms:
                return option, at
        return Option((form,)), call.at

    def _merge(self, line: Line, call: Call, names: list[str]) -> None:
        """Names of one option: join what is known by any of them."""
        forms = [_form(name) for name in names]
        same = [o for o, _ in line.options.values() if set(o.forms) & set(forms)]
        first, at = self._known(line, call, names[0])
        for option in same:
            del line.options[option.name]
        text = next((o.help for o in same if o.help), "")
        takes = next((o.takes for o in same if o.takes), first.takes)
        detail = {k: v for o in same for k, v in o.detail.items()}
        every = dict.fromkeys([f for o in same for f in o.forms] + forms)
        line.add(Option(_ordered(every), text, takes, (), False, detail), at)

    def _option(self, name: str, table: Table, line: Line) -> Option | None:
        described = table.values.get("describe") or table.values.get("description")
        if self._is_true(table, "hidden") or (described and self.values.of(described) is False):
            return None
        aliases = texts(self._get(table, "alias")) if "alias" in table.values else []
        kind = self._get(table, "type")
        flags = kind in {"boolean", "count"} or self._is_true(table, "boolean")
        default = self._default(table)
        known = line.options.get(_form(name))
        detail = {
            "default": "" if default == "false" else default,
            "choices": ", ".join(texts(self._get(table, "choices"))),
            "required": "true" if self._demanded(table) else "",
            "repeatable": "true" if kind == "array" or self._is_true(table, "array") else "",
        }
        takes = "flag" if flags else "value" if kind or detail["choices"] else ""
        if not takes and isinstance(self._get(table, "default"), bool):
            takes = "flag"
        forms = [_form(n) for n in (name, *aliases)] + list(known[0].forms if known else ())
        kept = {key: value for key, value in detail.items() if value}
        return Option(_ordered(dict.fromkeys(forms)), self._described(table), takes, detail=kept)

    def _demanded(self, table: Table) -> bool:
        for key in ("demandOption", "demand", "required", "require"):
            value = self._get(table, key)
            if value is True or (isinstance(value, str) and value):
                return True
        return False

    def _described(self, table: Table) -> str:
        for key in ("describe", "description", "desc"):
            text = self.values.text(table.values.get(key))
            if text:
                return text
        return ""

    def _default(self, table: Table) -> str:
        described = self.values.text(table.values.get("defaultDescription"))
        return described or shown(self._get(table, "default"))

    def _get(self, table: Table, key: str) -> Any:
        place = table.values.get(key)
        return self.values.of(place) if place is not None else None

    def _is_true(self, table: Table, key: str) -> bool:
        return self._get(table, key) is True

    # Commands ------------------------------------------------------------------------------

    def _on_scriptName(self, line: Line, call: Call) -> None:  # noqa: N802
        line.prog = self.text(call, 0) or line.prog

    def _on_usage(self, line: Line, call: Call) -> None:
        if len(call.arguments) < 2 or not self.text(call, 0).startswith("$0"):
            return
        self._command(line, call, self.text(call, 0), call.arguments[1:])

    def _on_command(self, line: Line, call: Call) -> None:
        if not call.arguments:
            return
        given = self.values.of(call.arguments[0])
        names = texts(given) if isinstance(given, str | list) else []
        if names:
            child = self._command(line, call, names[0], call.arguments[1:])
            if child is not None and child is not line:
                child.aliases += [name.split()[0] for name in names[1:] if name.split()]
            return
        for place in self._listed(call.arguments[0]):
            self._module(line, place, call.at)

    def _listed(self, place: Place) -> list[Place]:
        found = self.modules.definition(place)
        if found is None:
            return []
        if found.node.type != "array":
            return [found]
        items = [Place(found.module, c) for c in found.node.named_children]
        return [p for p in map(self.modules.definition, items) if p is not None]

    def _command(self, line: Line, call: Call, written: str, rest: list[Place]) -> Line | None:
        described = self.values.of(rest[0]) if rest else None
        child = self._child(line, written, call.at, key=(call.module.path, call.node.id))
        child.hidden = described is False
        if isinstance(described, str):
            child.help = described
        elif rest:  # .command("name", { …module… })
            table = self.values.table(rest[0])
            if _MODULE_KEYS & table.values.keys():
                self._fill(child, table)
        if len(rest) > 1:
            self._build(child, rest[1])
        return child

    def _child(self, line: Line, written: str, at: Evidence, key: tuple[object, ...]) -> Line:
        def make() -> Line:
            name, arguments = command_of(written)
            # `$0` is what runs when no sub-command is named: the program itself.
            child = line if name in {"$0", "*"} else Line(at, name=name)
            for argument in arguments:
                child.add(argument, at)
            if child is not line:
                line.adopt(child)
            return child

        return self.made((*key, id(line), written), make)

    def _module(self, line: Line, place: Place, at: Evidence) -> None:
        """A command module: an object, or a file that exports its parts."""
        table = self._exports(place) if place.node.type == "program" else self.values.table(place)
        names = texts(self._get(table, "command")) if "command" in table.values else []
        if not names:
            return
        key = table.keys["command"]
        at = key.module.source.at(key.node)
        child = self._child(line, names[0], at, key=(key.module.path, key.node.id))
        if child is not line:
            child.aliases += [name.split()[0] for name in names[1:] if name.split()]
        self._fill(child, table)

    def _exports(self, place: Place) -> Table:
        table = Table()
        for name in _MODULE_KEYS | {"default"}:
            found = self.modules.exported(place.module, name)
            if found is not None:
                table.values[name] = table.keys[name] = found
        if "command" not in table.values and "default" in table.values:
            return self.values.table(table.values["default"])
        return table

    def _fill(self, child: Line, table: Table) -> None:
        for key in ("describe", "desc", "description"):
            value = self._get(table, key)
            child.hidden = child.hidden or value is False
            child.help = child.help or (value if isinstance(value, str) else "")
        aliases = texts(self._get(table, "aliases")) if "aliases" in table.values else []
        child.aliases += [alias for alias in aliases if alias not in child.aliases]
        if "builder" in table.values:
            self._build(child, table.values["builder"])

    def _build(self, child: Line, builder: Place) -> None:
        """A builder: a function that gets yargs, or a table of options."""
        found = self.modules.definition(builder)
        if found is None:
            return
        if found.node.type in FUNCTIONS:
            self.bind(found, 0, child)
            return
        table = self.values.table(found)
        for key, value in table.values.items():
            at = table.keys[key].module.source.at(table.keys[key].node)
            child.add(self._option(key, self.values.table(value), child), at)

    def _on_commandDir(self, line: Line, call: Call) -> None:  # noqa: N802
        folder = join(folder_of(call.module.path), self.text(call, 0))
        recurse = self.table(call, 1).values.get("recurse")
        paths = self.repo.inside(folder) if folder else []
        if recurse is not None and self.values.of(recurse) is True:
            paths = list(self.repo.under(folder))
        for path in paths:
            module = self.modules.get(path) if self.repo.files[path].role == "source" else None
            if module is not None:
                whole = self.modules.exported(module, "*")
                self._module(line, whole or Place(module, module.source.root), call.at)


def _form(name: str) -> str:
    return f"-{name}" if len(name) == 1 else f"--{name}"


def _ordered(forms: Iterable[str]) -> tuple[str, ...]:
    """Short forms first, as help texts show them."""
    return tuple(sorted(forms, key=lambda form: form.startswith("--")))


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    yield from _Yargs(repo, sources).facts()


FRAMEWORKS = (Framework("yargs", GRAMMARS, _GATE, _facts, programs_too),)
