"""Follows argparse parsers through a program: assignments, calls, methods, returns; no values.

One Run starts at one function, class or module body and executes each statement once, as if every
branch were taken, keeping only what is a parser, a group of one, or its sub-parsers.
"""

from __future__ import annotations

import re
from functools import lru_cache

from tree_sitter import Node

from moxi_analyzer.surface.python.argparse_frames import Closure, Frame, Object, Parser, Subparsers
from moxi_analyzer.surface.python.argparse_options import OptionReader, keywords_of
from moxi_analyzer.surface.python.command_lines import Command
from moxi_analyzer.surface.python.names import (
    External,
    Module,
    Names,
    Symbol,
    assigned_once,
    bases_of,
    definition_in,
)
from moxi_analyzer.surface.python.values import positional
from moxi_analyzer.syntax import Source, text_of
from moxi_core.patterns import lazy_pattern

_MAX_DEPTH = 12
_MAX_CALLS = 400
_MAX_TURNS = 30
_MAX_REEXPORTS = 30_000
_MAX_BASES = 5
_CONSTRUCTORS = frozenset({"ArgumentParser", "OptionParser"})
_ADDS = frozenset({"add_argument", "add_option"})
_GROUPS = frozenset(
    "add_argument_group add_mutually_exclusive_group add_option_group add_group __enter__".split()
)
_MENTIONS = lazy_pattern(
    rb"add_argument|add_option|add_parser|add_subparsers|ArgumentParser|OptionParser"
)
_TELLING = lazy_pattern(_MENTIONS.pattern + rb"|[Pp]arser|\.add_|[Gg]roup")
_PLAIN = frozenset("string integer float true false list tuple dictionary set".split())


@lru_cache(maxsize=256)
def _telling_statements(source: Source) -> list[Node]:
    """The statements of a module's body, if any of them has to do with parsers."""
    body = [node for node in source.root.named_children if not node.type.endswith("definition")]
    return body if any(_TELLING.search(node.text or b"") for node in body) else []


def _is_worth_parsing(content: bytes) -> bool:
    """Whether a file has to do with parsers, or is a small one that only passes names on."""
    if re.search(rb"^\s*(def|class)\s", content, re.MULTILINE):
        return bool(_MENTIONS.search(content))
    return len(content) < _MAX_REEXPORTS


class Run:
    """One run from one start; `parsers` are all parsers made on the way."""

    def __init__(self, names: Names, worth: dict[str, bool] | None = None) -> None:
        self.parsers: dict[tuple[object, ...], Parser] = {}
        self.calls = 0
        self._names = names
        self._worth = worth if worth is not None else {}  # by path; shared between runs
        self._depth = 0
        self._globals: dict[str, Frame] = {}
        self._active: set[tuple[object, ...]] = set()

    def roots(self) -> list[Parser]:
        """Parsers that are no sub-command's and no other parser's parent."""
        children = {id(c) for p in self.parsers.values() for c in p.command.children}
        found = [p for p in self.parsers.values() if id(p.command) not in children and not p.parent]
        whole = [p for p in found if not p.helpless]
        return whole or found

    def parents(self) -> list[Parser]:
        """Parsers that only lend their options to others."""
        return [parser for parser in self.parsers.values() if parser.parent]

    def module(self, module: Module) -> Frame:
        """The frame of a module whose body has been run."""
        frame = self._globals.get(module.path)
        if frame is None:
            frame = self._globals[module.path] = Frame(module)
            if _MENTIONS.search(module.source.content):
                frame.local.update(module.values)
                for statement in _telling_statements(module.source):
                    self._statement(statement, frame)
        return frame

    def function(self, symbol: Symbol) -> None:
        """Run a function whose arguments are unknown."""
        self._enter(symbol, None, None, self.module(symbol.module))

    def method(self, cls: Symbol, name: str, parser: Parser) -> None:
        """Run one method of a class, given only a parser."""
        symbol = self._names.member(cls, name)
        if isinstance(symbol, Symbol) and symbol.node.type == "function_definition":
            self._given(symbol, Object(cls), parser)

    def cls(self, symbol: Symbol) -> None:
        """Run the methods of a class on one object, the constructor first."""
        self._instance(symbol, None, self.module(symbol.module))

    # Statements

    def _block(self, node: Node | None, frame: Frame) -> None:
        for child in node.named_children if node else []:
            self._statement(child, frame)

    def _statement(self, node: Node, frame: Frame) -> None:
        kind = node.type
        definition = definition_in(node)
        if definition is not None:
            if definition.type == "function_definition" and frame.outer is not None:
                name = text_of(definition.child_by_field_name("name"))
                frame.names[name] = Closure(Symbol(frame.module, name, definition), frame)
        elif kind == "expression_statement":
            for child in node.named_children:
                self._expression(child, frame)
        elif kind == "return_statement":
            for child in node.named_children:
                frame.returned = self._evaluate(child, frame) or frame.returned
        elif kind == "for_statement":
            self._for(node, frame)
        elif kind == "with_item":
            self._with_item(node, frame)
        elif kind.endswith(("_statement", "_clause", "block")):
            for child in node.named_children:
                self._statement(child, frame)
        elif kind in {"call", "await", "as_pattern", "not_operator", "comparison_operator"}:
            self._evaluate(node, frame)

    def _expression(self, node: Node, frame: Frame) -> None:
        right = node.child_by_field_name("right")
        left = node.child_by_field_name("left")
        if node.type != "assignment" or right is None or left is None:
            self._evaluate(node, frame)
            return
        value = self._evaluate(right, frame)
        if left.type == "pattern_list" and right.type == "expression_list":
            for target, item in zip(left.named_children, right.named_children, strict=False):
                self._bind(text_of(target), self._evaluate(item, frame), frame)
        elif left.type == "pattern_list" and isinstance(value, tuple):
            for target, part in zip(left.named_children, value, strict=False):
                self._bind(text_of(target), part, frame)
        else:
            self._bind(text_of(left), value, frame)

    def _bind(self, name: str, value: object, frame: Frame) -> None:
        owner, _, attribute = name.partition(".")
        this = frame.get(owner) if attribute else None
        if isinstance(this, Object):
            if value is not None:
                this.attributes[attribute] = value
        elif value is not None:
            frame.names[name] = value

    def _with_item(self, node: Node, frame: Frame) -> None:
        pattern = node.child_by_field_name("value")
        if pattern is not None and pattern.type == "as_pattern":
            value = self._evaluate(pattern.named_children[0], frame)
            self._bind(text_of(pattern.child_by_field_name("alias")), value, frame)

    def _for(self, node: Node, frame: Frame) -> None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        body = node.child_by_field_name("body")
        turns = self._turns(right, frame) if left is not None else []
        if left is None or not turns:
            self._block(body, frame)
            return
        for item in turns[:_MAX_TURNS]:
            targets = [left] if left.type == "identifier" else left.named_children
            parts = [item] if left.type == "identifier" else item.named_children
            for target, part in zip(targets, parts, strict=False):
                frame.local[text_of(target)] = part
                frame.names.pop(text_of(target), None)
                self._bind(text_of(target), self._evaluate(part, frame), frame)
            self._block(body, frame)

    def _turns(self, node: Node | None, frame: Frame) -> list[Node]:
        place = OptionReader(self._names, frame.module, frame.local).values.origin(node)
        if place is None or place[0] is not frame.module:
            return []
        if place[1].type in {"list", "tuple", "set"}:
            return [c for c in place[1].named_children if c.type not in {"comment", "list_splat"}]
        return []

    # Expressions

    def _evaluate(self, node: Node, frame: Frame) -> object:
        if node.type in {"identifier", "attribute"}:
            return self._name(node, frame)
        if node.type == "call":
            return self._call(node, frame)
        if node.type in {"parenthesized_expression", "await", "conditional_expression"}:
            values = [self._evaluate(child, frame) for child in node.named_children]
            return next((v for v in values if v is not None), None)
        if node.type in {"expression_list", "tuple"}:
            return tuple(self._evaluate(child, frame) for child in node.named_children)
        if node.type == "named_expression" and (value := node.child_by_field_name("value")):
            found = self._evaluate(value, frame)
            self._bind(text_of(node.child_by_field_name("name")), found, frame)
            return found
        return None

    def _name(self, node: Node, frame: Frame) -> object:
        name = text_of(node)
        found = frame.get(name)
        if found is not None:
            return found
        first, _, attribute = name.partition(".")
        this = frame.get(first)
        if attribute and isinstance(this, Object):
            return this.attributes.get(attribute)
        symbol = self._resolve(frame.module, name)
        if not isinstance(symbol, Symbol) or symbol.node.type in {
            "function_definition",
            "class_definition",
        }:
            return None
        if not _MENTIONS.search(symbol.module.source.content):
            return None
        return self.module(symbol.module).names.get(symbol.name)

    def _call(self, node: Node, frame: Frame) -> object:
        function = node.child_by_field_name("function")
        if function is None:
            return None
        if function.type == "attribute":
            method = text_of(function.child_by_field_name("attribute"))
            owner = function.child_by_field_name("object")
            if owner is not None and text_of(owner).startswith("super("):
                return self._super(node, method, frame)
            target = self._evaluate(owner, frame) if owner is not None else None
            if isinstance(target, Parser):
                return self._parser_call(target, method, node, frame)
            if isinstance(target, Subparsers):
                return self._add_parser(target, node, frame) if method == "add_parser" else None
            if isinstance(target, Object):
                return self._method(target.cls, method, target, node, frame)
        return self._named_call(node, function, frame)

    def _named_call(self, node: Node, function: Node, frame: Frame) -> object:
        name = text_of(function)
        closure = frame.get(name)
        if isinstance(closure, Closure):
            return self._enter(closure.function, node, frame, closure.frame)
        target = self._resolve(frame.module, name)
        if target is None or not isinstance(target, Symbol):
            last = name.rpartition(".")[2]
            outside = getattr(target, "name", "")
            if last in _CONSTRUCTORS or outside.rpartition(".")[2] in _CONSTRUCTORS:
                return self._make(node, frame, None)
            if "OptionGroup" in {last, outside.rpartition(".")[2]}:
                parser = next(iter(positional(node)), None)
                return self._evaluate(parser, frame) if parser is not None else None
            self._arguments_only(node, frame)
            return None
        if target.node.type == "class_definition":
            if self._is_parser_class(target):
                return self._make(node, frame, target)
            if _MENTIONS.search(target.node.text or b""):
                return self._instance(target, node, frame)
            return None
        if target.node.type == "function_definition":
            return self._enter(target, node, frame, self.module(target.module))
        self._arguments_only(node, frame)
        return None

    def _resolve(self, module: Module, name: str) -> Module | Symbol | External | None:
        """What a name stands for, unless the file it comes from has nothing to do with parsers."""
        path = self._names.path_behind(module, name)
        if path is not None:
            if path not in self._worth:
                self._worth[path] = _is_worth_parsing(self._names.content(path))
            if not self._worth[path]:
                return None
        return self._names.resolve(module, name)

    def _arguments_only(self, node: Node, frame: Frame) -> None:
        for argument in positional(node):
            if argument.type == "call":
                self._evaluate(argument, frame)

    def _is_parser_class(self, symbol: Symbol, hops: int = 6) -> bool:
        for base in bases_of(symbol.node):
            if text_of(base).rpartition(".")[2] in _CONSTRUCTORS:
                return True
            parent = self._names.symbol(symbol.module, text_of(base))
            known = parent is not None and hops > 0 and parent.key != symbol.key
            if parent and known and self._is_parser_class(parent, hops - 1):
                return True
        return bool({"add_argument", "add_group"} & self._names.members(symbol).keys())

    # Parsers

    def _make(self, node: Node, frame: Frame, cls: Symbol | None) -> Parser:
        reader = OptionReader(self._names, frame.module, frame.local)
        keywords = keywords_of(reader.values, node)
        first = positional(node)[:1]
        prog = reader.values.string(keywords.get("prog") or (first[0] if first else None)) or ""
        key = (frame.module.path, node.start_byte, prog)
        if key in self.parsers:
            return self.parsers[key]
        text = reader.text(keywords.get("description"))
        command = Command("", frame.module.source.at(node), text.replace("%(prog)s", prog), prog)
        helpless = text_of(keywords.get("add_help")) == "False"
        command.help_forms = [] if helpless else None
        parser = Parser(command, key[:2], cls, helpless=helpless)
        self.parsers[key] = parser
        self._parents(parser, keywords.get("parents"), frame)
        if cls is not None:
            self._method(cls, "__init__", parser, node, frame)
        return parser

    def _parents(self, parser: Parser, node: Node | None, frame: Frame) -> None:
        place = OptionReader(self._names, frame.module, frame.local).values.origin(node)
        items = place[1].named_children if place and place[1].type in {"list", "tuple"} else []
        for item in items:
            parent = self._evaluate(item, frame)
            if isinstance(parent, Parser):
                parent.parent = True
                for option in parent.command.options:
                    parser.command.add(option)

    def _parser_call(self, parser: Parser, method: str, node: Node, frame: Frame) -> object:
        if method in _ADDS:
            option = OptionReader(self._names, frame.module, frame.local).option(
                node, parser.command.prog
            )
            if option is not None:
                parser.command.add(option)
            return None
        if method in _GROUPS:
            return parser
        if method == "add_subparsers":
            return Subparsers(parser)
        if parser.cls is not None:
            return self._method(parser.cls, method, parser, node, frame)
        return None

    def _add_parser(self, sub: Subparsers, node: Node, frame: Frame) -> Parser | None:
        reader = OptionReader(self._names, frame.module, frame.local)
        keywords = keywords_of(reader.values, node)
        first = positional(node)[:1]
        name = reader.values.string(keywords.get("name") or (first[0] if first else None))
        if not name:
            return Parser(Command("", frame.module.source.at(node)), ("", 0), parent=True)
        key = (frame.module.path, node.start_byte, name, id(sub.parser.command))
        if key in self.parsers:
            return self.parsers[key]
        text = reader.text(keywords.get("help")) or reader.text(keywords.get("description"))
        command = Command(name, frame.module.source.at(node), text.replace("%%", "%"))
        command.hidden = text_of(keywords.get("help")).endswith("SUPPRESS")
        command.aliases = reader.values.strings(keywords.get("aliases")) or []
        sub.parser.command.child(command)
        parser = Parser(command, (frame.module.path, node.start_byte))
        self.parsers[key] = parser
        self._parents(parser, keywords.get("parents"), frame)
        return parser

    # Calls into the repository's functions

    def _instance(self, cls: Symbol, node: Node | None, frame: Frame) -> Object:
        this = Object(cls)
        if ("instance", *cls.key) in self._active:
            return this
        self._active.add(("instance", *cls.key))
        self._method(cls, "__init__", this, node, frame)
        for name in self._telling(cls, _MAX_BASES):
            if name != "__init__":
                self._method(cls, name, this, None, frame)
        return this

    def _telling(self, cls: Symbol, hops: int) -> list[str]:
        """Methods that have to do with parsers; inherited ones first, as they make them."""
        found: list[str] = []
        for base in bases_of(cls.node) if hops > 0 else []:
            parent = self._names.symbol(cls.module, text_of(base))
            if parent is not None and parent.key != cls.key:
                found += self._telling(parent, hops - 1)
        found += [
            name
            for name, member in self._names.members(cls).items()
            if member.type == "function_definition" and _TELLING.search(member.text or b"")
        ]
        return list(dict.fromkeys(found))

    def _super(self, node: Node, method: str, frame: Frame) -> object:
        this = frame.get("self")
        for base in bases_of(frame.owner.node) if frame.owner else []:
            parent = self._names.symbol(frame.owner.module, text_of(base)) if frame.owner else None
            if parent is not None:
                return self._method(parent, method, this, node, frame)
        return None

    def _method(
        self, cls: Symbol, name: str, this: object, node: Node | None, frame: Frame
    ) -> object:
        symbol = self._names.member(cls, name)
        if not isinstance(symbol, Symbol) or symbol.node.type != "function_definition":
            return None
        return self._enter(symbol, node, frame, self.module(symbol.module), this)

    def _enter(
        self,
        symbol: Symbol,
        node: Node | None,
        caller: Frame | None,
        outer: Frame,
        this: object = None,
    ) -> object:
        key = (*symbol.key, id(this), id(node))
        if self._depth >= _MAX_DEPTH or self.calls >= _MAX_CALLS or key in self._active:
            return None
        frame = Frame(symbol.module, outer=outer)
        given = self._bind_parameters(symbol, node, caller, frame, this)
        if not given and this is None and not self._is_worth(symbol):
            return None
        owner = symbol.name.rpartition(".")[0]
        frame.owner = self._names.symbol(symbol.module, owner) if owner else None
        body = symbol.node.child_by_field_name("body")
        frame.local = {**assigned_once(body.named_children if body else []), **frame.local}
        self.calls += 1
        self._depth += 1
        self._active.add(key)
        self._block(body, frame)
        self._active.discard(key)
        self._depth -= 1
        return frame.returned

    def _given(self, symbol: Symbol, this: Object, parser: Parser) -> None:
        frame = Frame(symbol.module, outer=self.module(symbol.module))
        parameters = symbol.node.child_by_field_name("parameters")
        names = (
            [text_of(child).partition(":")[0].strip() for child in parameters.named_children]
            if parameters
            else []
        )
        frame.names.update(zip(names, (this, parser), strict=False))
        frame.owner = this.cls
        self._block(symbol.node.child_by_field_name("body"), frame)

    def _is_worth(self, symbol: Symbol) -> bool:
        """Whether a function that is given no parser may still make one, itself or by a call."""
        return bool(_MENTIONS.search(symbol.module.source.content))

    def _bind_parameters(
        self,
        symbol: Symbol,
        node: Node | None,
        caller: Frame | None,
        frame: Frame,
        this: object,
    ) -> bool:
        parameters = symbol.node.child_by_field_name("parameters")
        names: list[str] = []
        for child in parameters.named_children if parameters else []:
            name = text_of(child.child_by_field_name("name")) or text_of(child).partition(":")[0]
            names.append(name.strip())
            default = child.child_by_field_name("value")
            if default is not None and default.type in _PLAIN:
                frame.local[names[-1]] = default
        if this is not None and names:
            frame.names[names.pop(0)] = this
            frame.names["self"] = this
        if node is None or caller is None:
            return False
        reader = OptionReader(self._names, caller.module, caller.local)
        given = [
            *zip(names, positional(node), strict=False),
            *keywords_of(reader.values, node).items(),
        ]
        found = False
        for name, argument in given:
            value = self._evaluate(argument, caller)
            if value is not None:
                frame.names[name] = value
                found = found or isinstance(value, Parser | Subparsers)
            place = reader.values.origin(argument)
            if place is not None and place[1].type in _PLAIN:
                frame.local[name] = place[1]
        return found
