"""Values in Python code as far as they are plain: constants followed, nothing computed."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping

from tree_sitter import Node

from moxi_analyzer.formats import one_line
from moxi_analyzer.surface.python.names import Module, Names, Symbol, members_of
from moxi_analyzer.syntax import literal, text_of
from moxi_core.patterns import lazy_pattern

_MAX_HOPS = 8
_NUMBER = lazy_pattern(r"-?\d[\d_]*(\.\d*)?([eE]-?\d+)?")
# Calls that give back the text they are given.
_TRANSPARENT = frozenset(
    "_ gettext gettext_lazy ugettext_lazy lazy_gettext dedent cleandoc Text escape sorted list tuple set "
    "frozenset str Path PurePath strip".split()
)
_DOC_SECTION = lazy_pattern(
    r"^\s*(:\w+.*|@\w+.*|(Args|Arguments|Parameters|Returns?|Raises|Yields|Examples?|Notes?|Usage|See also|"
    r"Attributes)\s*:?\s*|[-=~]{3,}|>>>.*|\.\. .*|```.*|\\b)$",
    re.IGNORECASE,
)
_ROLE = lazy_pattern(r":(?:[\w+-]+:)*[\w+-]+:`~?([^`<]+?)(?:\s*<[^`]*>)?`")
_SENTENCE_END = lazy_pattern(
    r"(?<=[.!?])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\betc\.)(?<!\bvs\.)\s+(?=[A-Z`\"'(\[])"
)


def argument(call: Node, name: str, position: int = -1) -> Node | None:
    """The argument of a call given by keyword, or else by position."""
    arguments = call.child_by_field_name("arguments")
    if arguments is None or arguments.type != "argument_list":
        return None
    plain = 0
    for child in arguments.named_children:
        if child.type == "keyword_argument":
            if text_of(child.child_by_field_name("name")) == name:
                return child.child_by_field_name("value")
        elif child.type not in {"comment", "dictionary_splat"}:
            if plain == position and child.type != "list_splat":
                return child
            plain += 1
    return None


def positional(call: Node) -> list[Node]:
    """The arguments of a call that have no keyword, in order."""
    arguments = call.child_by_field_name("arguments")
    if arguments is None or arguments.type != "argument_list":
        return []
    skipped = {"keyword_argument", "comment", "dictionary_splat", "list_splat"}
    return [c for c in arguments.named_children if c.type not in skipped]


class Values:
    """Reads expressions of one module; `local` gives the values of local names."""

    def __init__(
        self, names: Names, module: Module, local: Mapping[str, Node] | None = None
    ) -> None:
        self._names = names
        self._module = module
        self._local = local or {}

    def origin(self, node: Node | None) -> tuple[Module, Node] | None:
        """Where a name's value stands: itself for what is no name."""
        return self._follow(node, _MAX_HOPS)

    def _follow(self, node: Node | None, hops: int) -> tuple[Module, Node] | None:
        if node is None or hops <= 0:
            return None
        if node.type not in {"identifier", "attribute"}:
            return self._module, node
        name = text_of(node)
        if name in self._local and self._local[name] != node:
            return self._follow(self._local[name], hops - 1)
        symbol = self._names.symbol(self._module, name.removesuffix(".value"))
        if symbol is None or symbol.node == node:
            return None
        return Values(self._names, symbol.module)._follow(symbol.node, hops - 1)

    def string(self, node: Node | None) -> str | None:
        """The text of an expression; None when it is computed."""
        place = self.origin(node)
        if place is None:
            return None
        module, found = place
        here = self if module is self._module else Values(self._names, module)
        return here._plain_string(found)

    def _plain_string(self, node: Node) -> str | None:
        if node.type == "parenthesized_expression" and node.named_children:
            parts = [c for c in node.named_children if c.type != "comment"]
            return self.string(parts[0]) if len(parts) == 1 else None
        if node.type == "concatenated_string":
            return self._joined(c for c in node.named_children if c.type != "comment")
        if node.type == "string" and any(c.type == "interpolation" for c in node.named_children):
            return self._formatted(node)
        if node.type == "binary_operator" and text_of(node.child_by_field_name("operator")) == "+":
            return self._joined(
                n for f in ("left", "right") if (n := node.child_by_field_name(f)) is not None
            )
        if node.type == "call":
            return self._called(node)
        return literal(node)

    def _joined(self, nodes: Iterator[Node]) -> str | None:
        parts = [self.string(node) for node in nodes]
        return "".join(p for p in parts if p is not None) if None not in parts else None

    def _formatted(self, node: Node) -> str | None:
        parts: list[str] = []
        for child in node.named_children:
            if child.type == "string_content":
                parts.append(text_of(child).replace("{{", "{").replace("}}", "}"))
            elif child.type == "interpolation":
                inner = [
                    c for c in child.named_children if c.type not in {"string_start", "comment"}
                ]
                value = self.shown(inner[0]) if len(inner) == 1 else ""
                if not value:
                    return None
                parts.append(value)
        return "".join(parts)

    def _called(self, node: Node) -> str | None:
        function = node.child_by_field_name("function")
        if function is None:
            return None
        arguments = positional(node)
        if function.type == "attribute":
            method = text_of(function.child_by_field_name("attribute"))
            owner = function.child_by_field_name("object")
            if method in {"strip", "lstrip", "rstrip"} and not arguments:
                return self.string(owner)
            if method == "join" and len(arguments) == 1:
                items, between = self.strings(arguments[0]), self.string(owner)
                return between.join(items) if items and between is not None else None
        name = text_of(function).rpartition(".")[2]
        return self.string(arguments[0]) if name in _TRANSPARENT and len(arguments) == 1 else None

    def shown(self, node: Node | None) -> str:
        """How a default value reads: text, number, True or False; "" if empty or computed."""
        place = self.origin(node)
        if place is None:
            return ""
        module, found = place
        here = self if module is self._module else Values(self._names, module)
        text = text_of(found)
        if found.type in {"true", "false"} or _NUMBER.fullmatch(text):
            return text
        if found.type == "subscript":
            index = text_of(found.child_by_field_name("subscript"))
            among = here.strings(found.child_by_field_name("value")) if index.isdecimal() else None
            return among[int(index)] if among and int(index) < len(among) else ""
        if found.type in {"list", "tuple"}:
            items = [here.shown(c) for c in found.named_children if c.type != "comment"]
            return ", ".join(items) if all(items) else ""
        value = here._plain_string(found) or ""
        return value if "\n" not in value and len(value) <= 120 else ""

    def strings(self, node: Node | None) -> list[str] | None:
        """The strings of a list, tuple, set, dictionary's keys or enumeration; None if computed."""
        place = self.origin(node)
        if place is None:
            return None
        module, found = place
        here = self if module is self._module else Values(self._names, module)
        return here._sequence(found)

    def _sequence(self, node: Node) -> list[str] | None:
        children = [c for c in node.named_children if c.type != "comment"]
        if node.type in {"list", "tuple", "set"}:
            items: list[str] = []
            for child in children:
                inner = child.type == "list_splat" and self.strings(child.named_children[0])
                items.extend(inner or [self.shown(child)])
            return items if all(items) else None
        if node.type == "dictionary":
            keys = [self.shown(c.child_by_field_name("key")) for c in children if c.type == "pair"]
            return keys if all(keys) and len(keys) == len(children) else None
        if node.type == "parenthesized_expression" and len(children) == 1:
            return self.strings(children[0])
        if node.type == "binary_operator" and text_of(node.child_by_field_name("operator")) == "+":
            left = self.strings(node.child_by_field_name("left"))
            right = self.strings(node.child_by_field_name("right"))
            return left + right if left is not None and right is not None else None
        if node.type == "class_definition":
            return self._enumeration(node)
        if node.type in {"list_comprehension", "set_comprehension", "generator_expression"}:
            return self._comprehension(node)
        return self._sequence_call(node) if node.type == "call" else None

    def _sequence_call(self, node: Node) -> list[str] | None:
        function = node.child_by_field_name("function")
        arguments = positional(node)
        if function is None:
            return None
        owner = function.child_by_field_name("object")
        name = text_of(function).rpartition(".")[2]
        if name in {"keys", "split"} and owner is not None and not arguments:
            words = self.string(owner) if name == "split" else None
            return words.split() if words else self.strings(owner)
        if name == "range" and arguments and all(_NUMBER.fullmatch(text_of(a)) for a in arguments):
            numbers = range(*(int(text_of(a)) for a in arguments[:2]))
            return [str(n) for n in numbers] if len(numbers) <= 20 else None
        if name in _TRANSPARENT and len(arguments) == 1:
            items = self.strings(arguments[0])
            return sorted(items) if items and name == "sorted" else items
        return None

    def _enumeration(self, node: Node) -> list[str] | None:
        bases = text_of(node.child_by_field_name("superclasses"))
        if "Enum" not in bases:
            return None
        members = [
            (name, value)
            for name, value in members_of(node).items()
            if value.type not in {"function_definition", "class_definition"} and name[:1] != "_"
        ]
        if all(text_of(value) in {"auto()", "enum.auto()"} for _, value in members):
            return [name.lower() for name, _ in members] if "StrEnum" in bases else None
        values = [self.shown(value) for _, value in members]
        return values if all(values) else None

    def _comprehension(self, node: Node) -> list[str] | None:
        # Only `[e.value for e in Enumeration]` and `[x for x in constant]` are plain.
        body = node.child_by_field_name("body")
        clauses = [c for c in node.named_children if c.type == "for_in_clause"]
        if len(clauses) != 1 or len(node.named_children) != 2 or body is None:
            return None
        variable = text_of(clauses[0].child_by_field_name("left"))
        if text_of(body) not in {variable, f"{variable}.value", f"str({variable})"}:
            return None
        return self.strings(clauses[0].child_by_field_name("right"))

    def enumeration_value(self, node: Node | None) -> str:
        """The value of `Color.RED`, when Color is an enumeration here; else as `shown`."""
        if node is not None and node.type == "attribute":
            owner = self._names.symbol(self._module, text_of(node.child_by_field_name("object")))
            member = text_of(node.child_by_field_name("attribute"))
            if isinstance(owner, Symbol) and owner.node.type == "class_definition":
                value = members_of(owner.node).get(member)
                if value is not None and text_of(value) in {"auto()", "enum.auto()"}:
                    return member.lower()
        return self.shown(node)


def docstring_of(definition: Node) -> str:
    """The cleaned docstring of a function, class or module node; "" if it has none."""
    body = definition if definition.type == "module" else definition.child_by_field_name("body")
    first = next((c for c in body.named_children if c.type != "comment"), None) if body else None
    if first is None or first.type != "expression_statement" or not first.named_children:
        return ""
    node = first.named_children[0]
    text = literal(node) if node.type in {"string", "concatenated_string"} else None
    return inspect.cleandoc(text).strip() if text else ""


def first_paragraph(doc: str) -> str:
    """The first paragraph of a docstring on one line, up to where its fields begin."""
    lines: list[str] = []
    for line in doc.replace("\b", "").splitlines():
        if _DOC_SECTION.match(line) or (lines and not line.strip()):
            break
        if line.strip():
            lines.append(line.strip())
    text = re.sub(r"\s*::$", ":", " ".join(lines))
    return one_line(_ROLE.sub(lambda m: f"`{m[1].strip()}`", text).replace("``", "`"))


def first_sentence(doc: str) -> str:
    """The first sentence of a docstring."""
    return _SENTENCE_END.split(first_paragraph(doc), maxsplit=1)[0]


_GOOGLE_PARAMETER = lazy_pattern(r"^\s{2,}\*{0,2}(\w+)\s*(?:\([^()]*\))?\s*:\s+(\S.*)$")
_SPHINX_PARAMETER = lazy_pattern(r"^\s*:param\s+(?:[\w\[\], ]+\s)?\*{0,2}(\w+):\s+(\S.*)$")
_NUMPY_PARAMETER = lazy_pattern(r"^(\w+)\s*:\s*\S")


def parameter_docs(doc: str) -> dict[str, str]:
    """What a docstring in the manner of Google, Sphinx or NumPy says of each parameter."""
    found: dict[str, str] = {}
    current, inside = "", False
    lines = doc.splitlines()
    for number, line in enumerate(lines):
        heading = re.match(r"^\s*(\w+):?\s*$", line)
        if heading:
            inside = heading[1] in {"Args", "Arguments", "Parameters", "Options"}
        parameter = _SPHINX_PARAMETER.match(line) or (inside and _GOOGLE_PARAMETER.match(line))
        numpy = inside and _NUMPY_PARAMETER.match(line)
        if parameter:
            current = parameter[1]
            found[current] = parameter[2].strip()
        elif numpy and number + 1 < len(lines):
            current = numpy[1]
            found[current] = ""
        elif current and line.startswith("    ") and line.strip() and not heading:
            found[current] = f"{found[current]} {line.strip()}".strip()
        elif not line.strip() or heading:
            current = ""
    return found
