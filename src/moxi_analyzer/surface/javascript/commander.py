"""commander: command lines of JavaScript and TypeScript programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tree_sitter import Node

from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.command_line import Option
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.surface.javascript.candidates import programs_too
from moxi_analyzer.surface.javascript.commands import Call, Line, Reader
from moxi_analyzer.surface.javascript.flag_forms import command_of, option_of, positionals_of
from moxi_analyzer.surface.javascript.modules import GRAMMARS, Place
from moxi_analyzer.surface.javascript.syntax import FUNCTIONS, required, unwrap
from moxi_analyzer.surface.javascript.values import shown, texts
from moxi_analyzer.syntax import Source, text_of
from moxi_core.records import Fact

_PACKAGES = {"commander", "@commander-js/extra-typings"}
_GATE = Gate(patterns={b"commander": rb"""["'](?:commander|@commander-js/extra-typings)["']"""})


class _Commander(Reader):
    framework = "commander"

    def root_of(self, place: Place) -> Line | None:
        module, node = place
        if node.type == "new_expression":
            maker = node.child_by_field_name("constructor")
            if maker is None or self._imported(Place(module, maker)) not in {"Command", "*"}:
                return None
            return self._new(place)
        if node.type == "call_expression":
            maker = node.child_by_field_name("function")
            if required(node) in _PACKAGES:
                return self._shared(place)
            if maker is None or self._imported(Place(module, maker)) != "createCommand":
                return None
            return self._new(place)
        is_name = node.type in {"identifier", "member_expression"}
        if is_name and self._imported(place) in {"program", "default", "*"}:
            return self._shared(place)
        return None

    def _new(self, place: Place) -> Line:
        given = _arguments(place, place.node)
        name = self.values.text(given[0]) if given else ""
        at = place.module.source.at(place.node)
        line = self.root((place.module.path, place.node.id), at, name)
        line.name = line.name or name
        return line

    def _shared(self, place: Place) -> Line:
        """`program`: one object for the whole process, which is one package here."""
        path = place.module.path
        return self.root(("program", self.package_of(path)), place.module.source.at(place.node))

    def _imported(self, place: Place) -> str:
        """The name of commander's that an expression stands for; "" if it is none."""
        module, node = place.module, unwrap(place.node)
        if node.type == "member_expression":
            owner = node.child_by_field_name("object")
            if owner is None or self._imported(Place(module, owner)) not in {"*", "default"}:
                return ""
            return text_of(node.child_by_field_name("property"))
        if node.type == "call_expression":
            return "*" if required(node) in _PACKAGES else ""
        if node.type != "identifier":
            return ""
        name = module.name_at(node)
        if name is None:
            imported = module.imports.get(text_of(node))
            return imported.name if imported and imported.spec in _PACKAGES else ""
        if name.kind != "value" or name.node == node:
            return ""
        value = unwrap(name.node)
        if value.type == "call_expression" and required(value) in _PACKAGES:
            return name.keys[0] if name.keys else "*"
        if value.type == "member_expression":
            inner = value.child_by_field_name("object")
            if inner is not None and required(unwrap(inner)) in _PACKAGES:
                return text_of(value.child_by_field_name("property"))
        return ""

    def child_of(self, line: Line, call: Call) -> Line | None:
        if call.method not in {"command", "createCommand"} or not call.arguments:
            return None
        written = self.text(call, 0)
        if not written or self.text(call, 1):
            return None  # with a description, the call returns the program itself
        if call.method == "createCommand":
            return self.made((call.node.id, id(line)), lambda: Line(call.at, name=written))
        return self._child(line, call, written)

    def _child(self, line: Line, call: Call, written: str) -> Line:
        def make() -> Line:
            name, arguments = command_of(written)
            child = Line(call.at, name=name)
            for argument in arguments:
                child.add(argument, call.at)
            for index in (1, 2):
                hidden = self.table(call, index).values.get("hidden")
                child.hidden = child.hidden or bool(hidden and self.values.of(hidden) is True)
            line.adopt(child)
            return child

        return self.made((call.module.path, call.node.id, id(line)), make)

    def apply(self, line: Line, call: Call) -> None:
        method = getattr(self, f"_on_{call.method}", None)
        if method is not None and call.arguments:
            method(line, call)

    def _on_command(self, line: Line, call: Call) -> None:
        described = self.text(call, 1)
        if described:  # an executable of its own, named `<program>-<command>`
            line.current = self._child(line, call, self.text(call, 0))
            line.current.help = described
        else:
            self.child_of(line, call)

    def _on_addCommand(self, line: Line, call: Call) -> None:  # noqa: N802 (commander's name)
        hidden = self.table(call, 1).values.get("hidden")
        for child in self.lines(call.arguments[0]):
            child.name = child.name or child.prog
            child.hidden = child.hidden or bool(hidden and self.values.of(hidden) is True)
            line.adopt(child)

    def _on_name(self, line: Line, call: Call) -> None:
        name = self.text(call, 0)
        if name and line.parent is None:
            line.prog = name
        line.name = line.name or name

    def _on_description(self, line: Line, call: Call) -> None:
        line.help = self.text(call, 0) or line.help

    def _on_summary(self, line: Line, call: Call) -> None:
        line.help = line.help or self.text(call, 0)

    def _on_alias(self, line: Line, call: Call) -> None:
        # After `.command(name, description)`, the alias is that command's.
        if self.text(call, 0):
            (line.current or line).aliases.append(self.text(call, 0))

    def _on_aliases(self, line: Line, call: Call) -> None:
        line.aliases += texts(self.values.of(call.arguments[0]))

    def _on_version(self, line: Line, call: Call) -> None:
        flags = self.text(call, 1) if len(call.arguments) > 1 else "-V, --version"
        line.add(option_of(flags, self.text(call, 2)), call.at)

    def _on_argument(self, line: Line, call: Call) -> None:
        for found in positionals_of(_bracketed(self.text(call, 0))):
            default = self._default(call, 2)
            line.add(_with(found, self.text(call, 1), default=default), call.at)

    def _on_arguments(self, line: Line, call: Call) -> None:
        for found in positionals_of(self.text(call, 0)):
            line.add(found, call.at)

    def _on_option(self, line: Line, call: Call) -> None:
        default = self._default(call, 2)
        line.add(option_of(self._flags(call), self.text(call, 1), default=default), call.at)

    def _on_requiredOption(self, line: Line, call: Call) -> None:  # noqa: N802
        default = self._default(call, 2)
        found = option_of(self._flags(call), self.text(call, 1), required="true", default=default)
        line.add(found, call.at)

    def _on_addOption(self, line: Line, call: Call) -> None:  # noqa: N802
        self._built(line, call, "Option")

    def _on_addArgument(self, line: Line, call: Call) -> None:  # noqa: N802
        self._built(line, call, "Argument")

    def _flags(self, call: Call) -> str:
        """The flags, with only the forms left of those whose value's name is computed."""
        known = self.text(call, 0)
        if known:
            return known
        node = unwrap(call.arguments[0].node)
        text = text_of(node)
        if node.type != "template_string":
            return ""
        forms, bracket, _ = text.strip("`").partition("<")
        return f"{forms}<value>" if bracket and "${" not in forms else ""

    def _default(self, call: Call, index: int) -> str:
        """The default: the argument after the description, or after the parser that stands there."""
        given = call.arguments[index:]
        if given and self._is_function(given[0]):
            given = given[1:]
        value = self.values.of(given[0]) if given else None
        return "" if value is False else shown(value)

    def _is_function(self, place: Place) -> bool:
        found = self.modules.definition(place)
        return found is None or found.node.type in FUNCTIONS | {"call_expression"}

    def _built(self, line: Line, call: Call, maker: str) -> None:
        """`new Option(flags, help).default(…).choices([…])`, written in place or elsewhere."""
        place = self.modules.definition(call.arguments[0])
        if place is None:
            return
        node, calls = unwrap(place.node), list[tuple[str, list[Place]]]()
        while node.type == "call_expression":
            function = node.child_by_field_name("function")
            inner = function.child_by_field_name("object") if function is not None else None
            arguments = node.child_by_field_name("arguments")
            if function is None or inner is None or arguments is None:
                return
            given = [
                Place(place.module, a) for a in arguments.named_children if a.type != "comment"
            ]
            calls.append((text_of(function.child_by_field_name("property")), given))
            node = unwrap(inner)
        if node.type != "new_expression" or not _constructs(node, maker):
            return
        made = _arguments(place, node)
        words = [self.values.text(argument) for argument in made]
        words += [""] * (2 - len(words))
        detail = self._detail(calls)
        if "hideHelp" in dict(calls):
            return
        at = place.module.source.at(node)
        if maker == "Option":
            line.add(option_of(words[0], words[1], **detail), at)
            return
        for found in positionals_of(_bracketed(words[0])):
            line.add(_with(found, words[1], **detail), at)

    def _detail(self, calls: list[tuple[str, list[Place]]]) -> dict[str, str]:
        detail: dict[str, str] = {}
        for method, given in calls:
            value = self.values.of(given[0]) if given else None
            if method == "default":
                detail["default"] = "" if value is False else shown(value)
            elif method == "choices":
                detail["choices"] = ", ".join(texts(value))
            elif method == "env":
                detail["env"] = shown(value)
            elif method == "makeOptionMandatory" and value is not False:
                detail["required"] = "true"
        return detail


def _constructs(node: Node, maker: str) -> bool:
    return text_of(node.child_by_field_name("constructor")).rpartition(".")[2] == maker


def _arguments(place: Place, node: Node) -> list[Place]:
    arguments = node.child_by_field_name("arguments")
    children = arguments.named_children if arguments is not None else ()
    return [Place(place.module, a) for a in children if a.type != "comment"]


def _bracketed(name: str) -> str:
    # A plain name declares a required argument.
    return name if not name or name[0] in "<[" else f"<{name}>"


def _with(found: Option, text: str, **detail: str) -> Option:
    more = {key: word for key, word in detail.items() if word}
    return Option(found.forms, text, positional=True, detail={**found.detail, **more})


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    yield from _Commander(repo, sources).facts()


FRAMEWORKS = (Framework("commander", GRAMMARS, _GATE, _facts, programs_too),)
