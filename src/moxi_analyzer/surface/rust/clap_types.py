"""Types that clap's derive macros turn into command lines, found in files and looked up by path."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tree_sitter import Node

from moxi_analyzer.surface.rust.syntax import (
    Described,
    Meta,
    cased,
    describe,
    imports,
    in_tests,
    nearest,
    plain_value,
)
from moxi_analyzer.syntax import Source, literal, text_of

PROGRAMS = {"Parser", "StructOpt", "Clap"}
_GROUPS = {"Args", "Subcommand"}
_VALUES = {"ValueEnum", "ArgEnum"}


@dataclass
class CommandType:
    """A struct or enum that derives one of the traits."""

    name: str
    node: Node
    source: Source
    about: Described
    used: bool = False

    @property
    def settings(self) -> list[Meta]:
        """Entries of its `command`, `arg`, `clap` and `structopt` attributes."""
        return list(self.about.all("command", "arg", "group", "clap", "structopt", "value"))

    @property
    def members(self) -> list[Node]:
        """Its fields or variants."""
        body = self.node.child_by_field_name("body")
        return body.named_children if body is not None else []


@dataclass
class Crate:
    """All types that matter, by name, and the constants and value enums of the same files."""

    types: dict[str, list[CommandType]] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    variants: dict[tuple[str, str], str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    imports: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)

    def find(self, path: tuple[str, ...], source: Source) -> CommandType | None:
        """The type that a path means in a file; None when unknown or ambiguous."""
        full = self.imports.get(source.path, {}).get(path[0], path[:1]) + path[1:]
        return nearest(self.types.get(full[-1], []), full, source)


def collect(source: Source, crate: Crate) -> None:
    crate.imports[source.path] = imports(source)
    for _, match in source.matches("clap_derive"):
        if "type" in match:
            node, name = match["type"][0], text_of(match["name"][0])
            if in_tests(node):
                continue
            about = describe(node)
            if about.derives & (PROGRAMS | _GROUPS):
                crate.types.setdefault(name, []).append(CommandType(name, node, source, about))
            elif about.derives & _VALUES:
                _value_enum(name, node, about, crate)
        elif "impl" in match:
            names = _possible_values(match["impl"][0])
            if names:
                crate.choices.setdefault(text_of(match["valued"][0]), names)
        elif "const" in match:
            node = match["value"][0]
            value = literal(node) if "string" in node.type else plain_value(text_of(node))
            if value is not None:
                crate.constants.setdefault(text_of(match["const"][0]), value)


def _value_enum(name: str, node: Node, about: Described, crate: Crate) -> None:
    """The names by which a user picks the variants of an enum."""
    style = setting(about.all("value", "clap"), "rename_all")
    body = node.child_by_field_name("body")
    names = []
    for variant in body.named_children if body is not None else ():
        if variant.type != "enum_variant":
            continue
        word = text_of(variant.child_by_field_name("name"))
        described = list(describe(variant).all("value", "clap", "arg"))
        if has(described, "skip"):
            continue
        value = setting(described, "name") or cased(word, style)
        crate.variants[name, word] = value
        if not is_hidden(described):
            names.append(value)
    crate.choices.setdefault(name, names)


def _possible_values(implementation: Node) -> list[str]:
    """The names in the `PossibleValue::new("name")` calls of a hand-written enum."""
    names: list[str] = []
    waiting = [implementation]
    while waiting:
        node = waiting.pop()
        waiting.extend(reversed(node.children))
        function = node.child_by_field_name("function") if node.type == "call_expression" else None
        arguments = node.child_by_field_name("arguments") if function is not None else None
        if arguments is not None and text_of(function).endswith("PossibleValue::new"):
            value = literal(arguments.named_children[0]) if arguments.named_children else None
            if value is not None and value not in names:
                names.append(value)
    return names


def setting(metas: Iterable[Meta], *keys: str) -> str:
    """The literal value of the first entry with one of the keys; "" when there is none."""
    return next((m.text for m in metas if m.key in keys and m.text is not None), "")


def has(metas: Iterable[Meta], *keys: str) -> bool:
    return any(m.key in keys and not m.false for m in metas)


def is_hidden(metas: Iterable[Meta]) -> bool:
    return any(
        (m.key in {"hide", "hidden", "hide_possible_value"} and not m.false)
        or (m.key in {"setting", "settings"} and "Hidden" in m.raw)
        for m in metas
    )
