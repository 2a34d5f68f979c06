"""cac and sade: command lines of JavaScript and TypeScript programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.command_line import Option
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.surface.javascript.candidates import programs_too
from moxi_analyzer.surface.javascript.commands import Call, Line, Reader
from moxi_analyzer.surface.javascript.flag_forms import command_of, option_of
from moxi_analyzer.surface.javascript.modules import GRAMMARS, Place
from moxi_analyzer.surface.javascript.syntax import required, unwrap
from moxi_analyzer.surface.javascript.values import shown, texts
from moxi_analyzer.syntax import Source, text_of
from moxi_core.records import Fact


class _Cac(Reader):
    framework = "cac"
    packages = frozenset({"cac"})

    def root_of(self, place: Place) -> Line | None:
        module, node = place
        if node.type != "call_expression":
            return None
        maker = node.child_by_field_name("function")
        if maker is None or not self._is_maker(Place(module, maker)):
            return None
        arguments = node.child_by_field_name("arguments")
        given = arguments.named_children if arguments is not None else []
        prog = self.values.text(Place(module, given[0])) if given else ""
        line = self.root((module.path, node.id), module.source.at(node), prog.split(" ")[0])
        if prog and " " in prog:  # sade("serve <dir>", true): a program without sub-commands
            for argument in command_of(prog)[1]:
                line.add(argument, line.at)
        line.is_global = True
        return line

    def _is_maker(self, place: Place) -> bool:
        module, node = place.module, unwrap(place.node)
        if node.type == "call_expression":
            return required(node) in self.packages
        if node.type != "identifier":
            return False
        name = module.name_at(node)
        if name is None:
            imported = module.imports.get(text_of(node))
            return imported is not None and imported.spec in self.packages
        value = unwrap(name.node)
        return value.type == "call_expression" and required(value) in self.packages

    def child_of(self, line: Line, call: Call) -> Line | None:
        if call.method != "command" or not call.arguments:
            return None
        return self.made((call.module.path, call.node.id, id(line)), lambda: self._new(line, call))

    def _new(self, line: Line, call: Call) -> Line:
        written = self.text(call, 0)
        if not written and "${" in text_of(call.arguments[0].node):
            return Line(call.at)  # a name that is computed: read, but not shown
        name, arguments = command_of(written)
        # `[root]` alone is what runs when no sub-command is named: a command without a name.
        child = Line(call.at, name=name, help=self.text(call, 1), is_default=not name)
        line.adopt(child)
        if not name:
            line.help = line.help or child.help
        for argument in arguments:
            child.add(argument, call.at)
        return child

    def apply(self, line: Line, call: Call) -> None:
        if call.method == "command":
            self.child_of(line, call)
        elif call.method == "option" and call.arguments:
            line.add(self._option(call), call.at)
        elif call.method == "alias" and self.text(call, 0) == "!":
            line.is_default = True
        elif call.method == "alias" and self.text(call, 0):
            line.aliases.append(self.text(call, 0))
        elif call.method == "help" and line.parent is None:
            line.add(option_of("-h, --help"), call.at)
        elif call.method == "version" and line.parent is None and call.arguments:
            flags = self.text(call, 1) or "-v, --version"
            line.add(option_of(flags), call.at)

    def _option(self, call: Call) -> Option | None:
        place = self.table(call, 2).values.get("default")
        default = self.values.of(place) if place is not None else None
        default = "" if default is False else shown(default)
        return option_of(self.text(call, 0), self.text(call, 1), default=default)


class _Sade(_Cac):
    """Like cac, but the chain stays on the program: options belong to the last command."""

    framework = "sade"
    packages = frozenset({"sade"})

    def child_of(self, line: Line, call: Call) -> Line | None:
        return None

    def apply(self, line: Line, call: Call) -> None:
        target = line.current or line
        if call.method == "command" and call.arguments:
            line.current = self.made(
                (call.module.path, call.node.id, id(line)), lambda: self._new(line, call)
            )
            alias = self.table(call, 2).values.get("alias")
            line.current.aliases += texts(self.values.of(alias)) if alias is not None else []
        elif call.method == "describe" and call.arguments:
            target.help = " ".join(texts(self.values.of(call.arguments[0])))
        elif call.method == "option" and call.arguments:
            default = self.values.of(call.arguments[2]) if len(call.arguments) > 2 else None
            word = "" if default is False else shown(default)
            found = option_of(self.text(call, 0), self.text(call, 1), default=word)
            if found is not None and (len(call.arguments) > 2 and not isinstance(default, bool)):
                found = Option(found.forms, found.help, "value", detail=found.detail)
            target.add(found, call.at)
        elif call.method == "alias":
            target.aliases += [self.text(call, i) for i in range(len(call.arguments))]
        elif call.method == "version":
            line.add(option_of("-v, --version"), call.at)


def _cac(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    yield from _Cac(repo, sources).facts()


def _sade(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    yield from _Sade(repo, sources).facts()


FRAMEWORKS = (
    Framework("cac", GRAMMARS, Gate(patterns={b"cac": rb"""["']cac["']"""}), _cac, programs_too),
    Framework(
        "sade", GRAMMARS, Gate(patterns={b"sade": rb"""["']sade["']"""}), _sade, programs_too
    ),
)
