"""Static values of ECMAScript expressions: what can be known without running anything."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tree_sitter import Node

from moxi_analyzer.surface.javascript.modules import MAX_DEPTH, Module, Modules, Place
from moxi_analyzer.surface.javascript.syntax import unwrap
from moxi_analyzer.syntax import literal, text_of
from moxi_core.patterns import lazy_pattern

_TAGS = lazy_pattern(r"(dedent|outdent|stripIndent|codeBlock|oneLine|commonTags\.\w+)(\.string)?")
# Functions that only colour or trim the one text they are given.
_STYLES = lazy_pattern(
    r"(?:\w+\.)*(?:bold|dim|italic|underline|inverse|gr[ae]y|red|green|blue|yellow|cyan|magenta|"
    r"white|black|dedent|outdent|trim|stripIndent|hex|highlight|reset)"
)
_MAX_ITEMS = 500
_MAX_TEXT = 60_000


class Unknown:
    """A value that is only known at run time."""


UNKNOWN = Unknown()


class Written(str):
    """A number, as it is written in the source."""

    __slots__ = ()


@dataclass
class Table:
    """An object: where each of its values stands, and where each key stands."""

    values: dict[str, Place] = field(default_factory=dict)
    keys: dict[str, Place] = field(default_factory=dict)
    complete: bool = True


class Values:
    """Evaluates expressions across modules."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self._values: dict[tuple[str, int], Any] = {}
        self._tables: dict[tuple[str, int], Table] = {}

    def of(self, place: Place, depth: int = 0) -> Any:
        """str, Written, bool, None (null), list, Table, or UNKNOWN."""
        key = (place.module.path, place.node.id)
        if key not in self._values:
            if depth > MAX_DEPTH:
                return UNKNOWN
            self._values[key] = UNKNOWN  # what it is while it is being found out
            value = self._of(place, depth)
            too_long = isinstance(value, str) and len(value) > _MAX_TEXT
            self._values[key] = UNKNOWN if too_long else value
        return self._values[key]

    def _of(self, place: Place, depth: int) -> Any:
        module, node = place.module, unwrap(place.node)
        text = literal(node) if node.type != "binary_expression" else None
        if text is not None:
            return _unescape(text) if node.type == "template_string" else text
        if node.type == "number":
            return Written(text_of(node))
        if node.type in {"true", "false"}:
            return node.type == "true"
        if node.type in {"null", "undefined"} or text_of(node) == "undefined":
            return None
        if node.type == "array":
            items = [c for c in node.named_children if c.type != "comment"][:_MAX_ITEMS]
            return [self.of(Place(module, item), depth + 1) for item in items]
        if node.type == "object":
            return self.table(place, depth + 1)
        if node.type in {"template_string", "binary_expression", "unary_expression"}:
            return self._text(module, node, depth + 1)
        if node.type == "call_expression":
            return self._call(module, node, depth + 1)
        if node.type in {"identifier", "member_expression", "shorthand_property_identifier"}:
            found = self.modules.definition(place, depth + 1)
            if found is None or found == place or found.node.type in {"identifier", "program"}:
                return UNKNOWN
            return self.of(found, depth + 1)
        return UNKNOWN

    def text(self, place: Place | None) -> str:
        """The value if it is a text, on however many lines; else ""."""
        value = self.of(place) if place is not None else UNKNOWN
        return value if isinstance(value, str) else ""

    def place_of(self, place: Place) -> Place:
        """The literal that a text is written in, where a name or a call stands for it."""
        found = self.modules.definition(place) or place
        if found.node.type == "call_expression":
            arguments = found.node.child_by_field_name("arguments")
            if arguments is not None and arguments.type == "template_string":
                return Place(found.module, arguments)
            owner = (found.node.child_by_field_name("function") or found.node).named_children
            if owner and owner[0].type in {"template_string", "string"}:
                return Place(found.module, owner[0])
        return found

    def table(self, place: Place, depth: int = 0) -> Table:
        """An object literal's entries, spreads included; empty for what is no object."""
        found = self.modules.definition(place, depth + 1)
        if found is None or found.node.type != "object" or depth > MAX_DEPTH:
            return Table(complete=False)
        key = (found.module.path, found.node.id)
        if key not in self._tables:
            self._tables[key] = Table(complete=False)  # for an object that is spread into itself
            self._tables[key] = self._table(found, depth)
        return self._tables[key]

    def _table(self, found: Place, depth: int) -> Table:
        module, table = found.module, Table()
        for child in found.node.named_children[:_MAX_ITEMS]:
            key = child.child_by_field_name("key") or child.child_by_field_name("name")
            if child.type == "spread_element":
                inner = self.table(Place(module, child.named_children[0]), depth + 1)
                table.values.update(inner.values)
                table.keys.update(inner.keys)
                table.complete = table.complete and inner.complete
            elif child.type == "shorthand_property_identifier":
                self._put(table, text_of(child), Place(module, child), Place(module, child))
            elif child.type == "method_definition" and key is not None:
                self._put(table, text_of(key), Place(module, key), Place(module, child))
            elif child.type == "pair" and key is not None:
                value = child.child_by_field_name("value")
                name = self._key(module, key, depth)
                if name is not None and value is not None:
                    self._put(table, name, Place(module, key), Place(module, value))
        return table

    def _put(self, table: Table, name: str, key: Place, value: Place) -> None:
        table.values[name] = value
        table.keys[name] = key

    def _key(self, module: Module, key: Node, depth: int) -> str | None:
        if key.type == "computed_property_name":
            value = self.of(Place(module, key.named_children[0]), depth + 1)
            return value if isinstance(value, str) else None
        return literal(key) or text_of(key)

    def _text(self, module: Module, node: Node, depth: int) -> Any:
        if node.type == "unary_expression":
            return (
                Written(text_of(node)) if re.fullmatch(r"-\s*[\d._]+", text_of(node)) else UNKNOWN
            )
        if node.type == "template_string":
            return self._template(module, node, depth)
        parts = [self.of(Place(module, part), depth + 1) for part in _summands(node)]
        if len(parts) > 1 and any(isinstance(p, str) and not isinstance(p, Written) for p in parts):
            return "".join(parts) if all(isinstance(p, str) for p in parts) else UNKNOWN
        product = re.fullmatch(r"[\d_.]+(\s*\*\s*[\d_.]+)+", text_of(node)[:80])
        return Written(text_of(node)) if product else UNKNOWN

    def _template(self, module: Module, node: Node, depth: int) -> Any:
        parts: list[str] = []
        position = node.start_byte + 1
        content = module.source.content
        for child in node.named_children:
            if child.type != "template_substitution":
                continue
            parts.append(content[position : child.start_byte].decode("utf-8", "replace"))
            value = self.of(Place(module, child.named_children[0]), depth + 1)
            if isinstance(value, list) and all(isinstance(item, str) for item in value):
                value = ",".join(value)
            if not isinstance(value, str):
                return UNKNOWN
            parts.append(value)
            position = child.end_byte
        parts.append(content[position : node.end_byte - 1].decode("utf-8", "replace"))
        return _unescape("".join(parts))

    def _call(self, module: Module, node: Node, depth: int) -> Any:
        function = node.child_by_field_name("function")
        arguments = node.child_by_field_name("arguments")
        if function is None or arguments is None:
            return UNKNOWN
        called = text_of(function)
        if arguments.type == "template_string":
            plain = _TAGS.fullmatch(called) or _STYLES.fullmatch(called)
            return self.of(Place(module, arguments), depth + 1) if plain else UNKNOWN
        given = [Place(module, a) for a in arguments.named_children if a.type != "comment"]
        if called in {"Object.freeze", "String", "Number", "Array.from"} and len(given) == 1:
            return self.of(given[0], depth + 1)
        if called in {"Object.keys", "Object.values"} and len(given) == 1:
            table = self.table(given[0], depth + 1)
            if not table.complete:
                return UNKNOWN
            if called == "Object.keys":
                return list(table.values)
            return [self.of(place, depth + 1) for place in table.values.values()]
        return self._method(module, function, given, depth)

    def _method(self, module: Module, function: Node, given: list[Place], depth: int) -> Any:
        owner = function.child_by_field_name("object")
        name = text_of(function.child_by_field_name("property"))
        if name == "join" and owner is not None:
            items = self.of(Place(module, owner), depth + 1)
            between = self.of(given[0], depth + 1) if given else ","
            if isinstance(items, list) and isinstance(between, str):
                texts = [item for item in items if isinstance(item, str)]
                return between.join(texts) if len(texts) == len(items) else UNKNOWN
        if name in {"trim", "trimStart", "trimEnd"} and owner is not None:
            return self.of(Place(module, owner), depth + 1)
        if len(given) == 1 and _STYLES.fullmatch(text_of(function)):
            return self.of(given[0], depth + 1)
        return UNKNOWN


def _summands(node: Node) -> list[Node]:
    """The operands of `a + b + c`; none of any other operation."""
    found: list[Node] = []
    while node.type == "binary_expression" and len(found) < _MAX_ITEMS:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None or text_of(node.child_by_field_name("operator")) != "+":
            return []
        found.append(right)
        node = unwrap(left)
    return [node, *reversed(found)]


def _unescape(template: str) -> str:
    return template.replace("\\`", "`").replace("\\$", "$").replace("\\n", "\n")


def shown(value: Any) -> str:
    """A default as documentation shows it; "" for null, an empty value or one not known."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value if "\n" not in value and len(value) <= 120 else ""
    if isinstance(value, list) and value and all(isinstance(v, str | bool) for v in value):
        return ", ".join(shown(v) for v in value)
    return ""


def texts(value: Any) -> list[str]:
    """The texts of a list, or the one text; [] if any of it is not known."""
    items = value if isinstance(value, list) else [value]
    found = [shown(item) for item in items if isinstance(item, str | bool)]
    return found if len(found) == len(items) else []
