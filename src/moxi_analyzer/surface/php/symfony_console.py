"""PHP consoles: symfony/console commands and Laravel's artisan signatures.

Captures of `queries/symfony_console.scm`: `@class` with `@name`, `@parent` and `@body`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from moxi_analyzer.formats import as_dict, as_list, as_str, load_json, one_line
from moxi_analyzer.php_values import Constants, arguments, scalar, string, strings
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.command_line import Option, Program
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.surface.helptext import whole_sentences
from moxi_analyzer.surface.php.artisan import parse_signature
from moxi_analyzer.surface.scripts import bare_scripts, interpreter
from moxi_analyzer.syntax import Source, descendants, text_of
from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_GATE = Gate(
    patterns={
        b"setName(": rb"\bsetName\(",
        b"$defaultName": rb"\$defaultName\b",
        b"$signature": rb"\$signature\b",
        b"Input": rb"\bInput(?:Option|Argument)\b",
        b"Command": rb"\bAsCommand\b|extends \w*Command\b",
        b"Application": rb"extends \w*Application\b",
    }
)
_TAG = lazy_pattern(r"</?(?:info|comment|error|question|fg=[^>]*|options=[^>]*|href=[^>]*)?>")
_NAME = lazy_pattern(r"[a-z0-9][\w:.-]*", re.IGNORECASE)
_MAX_INHERITANCE = 6
_SETUP = frozenset({"configure", "__construct", "configureCommand", "setup"})
_ADDING = frozenset({"addOption", "addArgument", "setName"})
# What stands in each method, besides those of _SETUP, that adds something to a command.
_ADDS = Gate(*(name.encode() for name in sorted(_ADDING)), b"InputOption", b"InputArgument")
_MEMBERS = frozenset({"const_element", "property_element", "method_declaration"})
# In lower case, what stands in each method that holds members of its own: a class without a name.
_NESTS = Gate(b"trait", b"interface", b"enum", b"const", patterns={b"class": rb"(?<!::)\bclass\b"})

Placed = tuple[Option, Evidence]


@dataclass
class _Class:
    """A class that may be a command, or the base of some."""

    name: str
    parent: str
    at: Evidence
    command: str = ""
    text: str = ""
    aliases: list[str] = field(default_factory=list)
    hidden: bool = False
    options: list[Placed] = field(default_factory=list)
    configures: bool = False  # has a configure() that does not call its parent's
    added: list[tuple[str, Evidence]] = field(default_factory=list)  # named by an application


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    classes: dict[str, _Class] = {}
    for source in sources:
        for _, match in source.matches("symfony_console"):
            reader = _Reader(source, match)
            if reader.cls.command or reader.cls.options or reader.cls.added or reader.cls.name.endswith("Command"):  # fmt: skip
                classes.setdefault(reader.cls.name, reader.cls)
    commands = [c for c in classes.values() if c.command and not c.hidden]
    if not commands:
        return
    program = _program(repo, commands)
    yield program.command("", Evidence(path=program.root))
    for cls in classes.values():
        if cls.name.endswith("Application") or cls.parent.endswith("Application"):
            for option, at in cls.options:
                shared = Option(option.forms, option.help, option.takes, option.negations, detail={**option.detail, "global": "true"})  # fmt: skip
                yield program.option(shared, at)
            for name, at in cls.added:
                yield program.command(name, at)
    for cls in commands:
        yield program.command(cls.command, cls.at, cls.text, cls.aliases)
        for option, at in _all_options(classes, cls):
            yield program.option(option, at, cls.command)


def _all_options(classes: dict[str, _Class], start: _Class) -> Iterator[Placed]:
    cls: _Class | None = start
    for _ in range(_MAX_INHERITANCE):
        if cls is None:
            return
        yield from cls.options
        inherits = not cls.configures and cls.parent != cls.name
        cls = classes.get(cls.parent) if inherits else None


def _program(repo: Repository, commands: list[_Class]) -> Program:
    """The script that runs the commands, and how it is called."""
    for path in _composer_bins(repo):
        if repo.has(path):
            return Program(path, "symfony_console", path.rpartition("/")[2])
    for path in ("artisan", "bin/console", "app/console"):
        if repo.has(path):
            return Program(path, "symfony_console", f"php {path}")
    for path in bare_scripts(repo):
        if interpreter(repo, path) == "php" and "Application" in (repo.text(path) or ""):
            return Program(path, "symfony_console", path)
    text = repo.text("composer.json") or ""
    laravel = re.search(r'"(?:illuminate|laravel)/', text)
    bundle = re.search(r'"type"\s*:\s*"(?:symfony-bundle|[\w-]*bundle)"|symfony/framework-bundle', text)  # fmt: skip
    prog = "php artisan" if laravel else "php bin/console" if bundle else ""
    root = "composer.json" if repo.has("composer.json") else commands[0].at.path
    return Program(root, "symfony_console", prog)


def _composer_bins(repo: Repository) -> list[str]:
    try:
        listed = as_dict(load_json(repo.text("composer.json") or "{}")).get("bin")
    except ManifestError:
        return []
    entries = [listed] if isinstance(listed, str) else as_list(listed)
    return [as_str(entry).removeprefix("./") for entry in entries]


class _Reader:
    """Reads one class declaration into a _Class."""

    def __init__(self, source: Source, match: dict[str, list[Node]]) -> None:
        self.source = source
        node, body = match["class"][0], match["body"][0]
        parent = text_of(match["parent"][0]) if "parent" in match else ""
        self.cls = _Class(text_of(match["name"][0]), parent.rpartition("\\")[2], source.at(node))
        members: dict[str, list[Node]] = {}
        for member in _members(body):
            members.setdefault(member.type, []).append(member)
        self.constants = _constants(members.get("const_element", []))
        self._attributes(node)
        self._properties(members.get("property_element", []))
        for method in members.get("method_declaration", []):
            self._method(method)

    def text(self, node: Node | None) -> str:
        """A help text: console tags off; of a computed one, its whole sentences."""
        value = string(node, self.constants)
        if value is None and node is not None:
            template = node
            if node.type == "function_call_expression":
                template = arguments(node, "format").get("format", node)
            found = string(template, self.constants) if template is not node else None
            value = whole_sentences(re.split(r"%[\w$.]", found)[0]) if found else ""
        return one_line(_TAG.sub("", value or ""))

    @property
    def _is_application(self) -> bool:
        return self.cls.name.endswith("Application") or self.cls.parent.endswith("Application")

    def _name(self, value: str | None, at: Node) -> None:
        name, *aliases = (value or "").split("|")
        if self._is_application:
            return
        if value and value.startswith("|"):
            self.cls.hidden = True
        elif _NAME.fullmatch(name):
            self.cls.command = self.cls.command or name
            self.cls.aliases += aliases
            self.cls.at = self.source.at(at)

    def _attributes(self, node: Node) -> None:
        for attribute in _attributes_of(node):
            if text_of(attribute.named_children[0]).rpartition("\\")[2] != "AsCommand":
                continue
            given = arguments(attribute, "name", "description", "aliases", "hidden", "help")
            self._name(string(given.get("name"), self.constants), attribute)
            self.cls.text = self.text(given.get("description"))
            self.cls.aliases += strings(given.get("aliases"), self.constants)
            self.cls.hidden = self.cls.hidden or text_of(given.get("hidden")) == "true"

    def _properties(self, elements: list[Node]) -> None:
        for element in elements:
            name = text_of(element.child_by_field_name("name")).lstrip("$")
            value = element.child_by_field_name("default_value")
            if name == "defaultName":
                self._name(string(value, self.constants), element)
            elif name in {"defaultDescription", "description"} and not self.cls.text:
                self.cls.text = self.text(value)
            elif name == "hidden" and text_of(value) == "true":
                self.cls.hidden = True
            elif name == "signature":
                self._signature(string(value, self.constants), element)

    def _signature(self, value: str | None, element: Node) -> None:
        command, options = parse_signature(value or "")
        if command:
            self._name(command, element)
            self.cls.options += [(option, self.source.at(element)) for option in options]

    def _method(self, method: Node) -> None:
        name = text_of(method.child_by_field_name("name"))
        self.cls.configures = self.cls.configures or name == "configure"
        if name == "__invoke":
            self._invoke(method)
        in_setup = name in _SETUP
        if not in_setup and not _ADDS.search(method.text or b""):
            return
        calls = descendants(method, "member_call_expression", "scoped_call_expression", "object_creation_expression")  # fmt: skip
        # Of chained calls the last one is the outermost node: the text has the order that counts.
        for call in sorted(calls, key=lambda c: (c.child_by_field_name("name") or c).start_byte):
            if call.type == "object_creation_expression":
                self._new(call)
            elif call.type == "scoped_call_expression":
                if text_of(call.child_by_field_name("scope")) == "parent":
                    self._parent_call(call, name)
            elif in_setup or text_of(call.child_by_field_name("name")) in _ADDING:
                self._call(call, in_setup)

    def _parent_call(self, call: Node, method: str) -> None:
        called = text_of(call.child_by_field_name("name"))
        if called == method == "configure":
            self.cls.configures = False
        elif called == method == "__construct" and self.cls.parent.endswith("Command"):
            value = string(arguments(call, "name").get("name"), self.constants)
            if value and not self.cls.command:
                self._name(value, call)

    def _call(self, call: Node, in_setup: bool) -> None:
        called = text_of(call.child_by_field_name("name"))
        given = arguments(call, "first", "second", "third", "fourth", "fifth", "sixth")
        first = given.get("first") or given.get("name") or given.get("description")
        if called == "addOption":
            self._option(call, "name", "shortcut", "mode", "description", "default", "suggested")
        elif called == "addArgument":
            self._argument(call)
        elif called == "setName" and self._is_application:
            name = string(first, self.constants) or ""
            if _NAME.fullmatch(name) and re.match(r"\(\s*new\b", text_of(call)):
                self.cls.added.append(
                    (name, self.source.at(call.child_by_field_name("name") or call))
                )
        elif not in_setup:
            return
        elif called == "setName" and string(first, self.constants):
            self._name(string(first, self.constants), call.child_by_field_name("name") or call)
        elif called == "setDescription":
            self.cls.text = self.cls.text or self.text(first)
        elif called == "setAliases":
            self.cls.aliases += strings(first, self.constants)
        elif called == "setHidden" and text_of(first) != "false":
            self.cls.hidden = True

    def _new(self, call: Node) -> None:
        kind = text_of(call.named_children[0]).rpartition("\\")[2] if call.named_children else ""
        if kind == "InputOption":
            self._option(call, "name", "shortcut", "mode", "description", "default", "suggested")
        elif kind == "InputArgument":
            self._argument(call)

    def _option(self, call: Node, *names: str) -> None:
        given = arguments(call, *names)
        name = (string(given.get("name"), self.constants) or "").lstrip("-")
        if not _NAME.fullmatch(name):
            return
        mode = text_of(given.get("mode"))
        shortcut = string(given.get("shortcut"), self.constants) or ""
        shorts = ["-" + s.lstrip("-") for s in shortcut.split("|")[:1] if s.strip("-")]
        detail = {"default": scalar(given.get("default"), self.constants) or ""}
        if "VALUE_IS_ARRAY" in mode:
            detail["repeatable"] = "true"
        detail["choices"] = ", ".join(strings(given.get("suggested"), self.constants))
        takes = "value" if "REQUIRED" in mode or "OPTIONAL" in mode else "flag"
        negations = (f"--no-{name}",) if "NEGATABLE" in mode else ()
        self._add(
            Option((*shorts, f"--{name}"), self.text(given.get("description")), takes, negations, detail=_kept(detail)),
            call,
        )  # fmt: skip

    def _argument(self, call: Node) -> None:
        given = arguments(call, "name", "mode", "description", "default")
        name = string(given.get("name"), self.constants) or ""
        if not _NAME.fullmatch(name):
            return
        mode = text_of(given.get("mode"))
        detail = {
            "required": "true" if "REQUIRED" in mode else "",
            "repeatable": "true" if "IS_ARRAY" in mode else "",
            "default": scalar(given.get("default"), self.constants) or "",
        }
        text = self.text(given.get("description"))
        self._add(Option((name,), text, positional=True, detail=_kept(detail)), call)

    def _invoke(self, method: Node) -> None:
        """Symfony 7.3: attributes on the parameters of __invoke."""
        for parameter in descendants(method, "simple_parameter"):
            for attribute in _attributes_of(parameter):
                kind = text_of(attribute.named_children[0]).rpartition("\\")[2]
                names = ("description", "name", "shortcut") if kind == "Option" else ("description", "name")  # fmt: skip
                given = arguments(attribute, *names)
                own = text_of(parameter.child_by_field_name("name")).lstrip("$")
                name = string(given.get("name")) or re.sub(r"(?<=[a-z0-9])[A-Z]", lambda m: "-" + m[0], own).lower()  # fmt: skip
                default_node = parameter.child_by_field_name("default_value")
                default = scalar(default_node) or ""
                text = self.text(given.get("description"))
                if kind == "Argument":
                    detail = {"default": default, "required": "" if default_node else "true"}
                    option = Option((name,), text, positional=True, detail=_kept(detail))
                elif kind == "Option":
                    flag = text_of(parameter.child_by_field_name("type")).strip("?") == "bool"
                    short = string(given.get("shortcut"))
                    forms = (f"-{short}", f"--{name}") if short else (f"--{name}",)
                    detail = {"default": "" if flag else default}
                    option = Option(forms, text, "flag" if flag else "value", detail=_kept(detail))
                else:
                    continue
                self._add(option, parameter)

    def _add(self, option: Option, node: Node) -> None:
        at = self.source.at(node.child_by_field_name("name") or node)
        self.cls.options.append((option, at))


def _kept(detail: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in detail.items() if value}


def _attributes_of(node: Node) -> Iterator[Node]:
    listed = node.child_by_field_name("attributes")
    if listed is not None:
        yield from descendants(listed, "attribute")


def _members(body: Node) -> Iterator[Node]:
    """The members of a class and of those within, in the order of the text."""
    pending = [body]
    while pending:
        node = pending.pop()
        if node.type in _MEMBERS:
            yield node
        # Walking through every statement takes longer than parsing them did.
        if node.type != "method_declaration" or _NESTS.search((node.text or b"").lower()):
            pending += node.named_children[::-1]


def _constants(elements: list[Node]) -> Constants:
    return {
        text_of(element.named_children[0]): element.named_children[-1]
        for element in elements
        if len(element.named_children) > 1
    }


FRAMEWORKS = (Framework("symfony_console", ("php",), _GATE, _facts),)
