"""clap's derive macros, and structopt's before them: structs and enums that are command lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from moxi_analyzer.surface.clap_model import Argument, Command
from moxi_analyzer.surface.rust_syntax import (
    Described,
    Meta,
    TypeRef,
    cased,
    descendants,
    describe,
    first_paragraph,
    imports,
    in_tests,
    nearest,
    plain_value,
    type_of,
)
from moxi_analyzer.syntax import Source, literal, text_of
from moxi_core.records import Fact

_PROGRAMS = {"Parser", "StructOpt", "Clap"}
_GROUPS = {"Args", "Subcommand"}
_VALUES = {"ValueEnum", "ArgEnum"}
_FLAG_ACTIONS = re.compile(r"\b(SetTrue|SetFalse|Count|Help|HelpShort|HelpLong|Version)\b")
_MAX_DEPTH = 8

# Arguments of a type that implements `Args` by hand, by the type's name.
Augment = Callable[[str], list[Argument]]


@dataclass
class _Type:
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

    types: dict[str, list[_Type]] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    variants: dict[tuple[str, str], str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    imports: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)

    def find(self, path: tuple[str, ...], source: Source) -> _Type | None:
        """The type that a path means in a file; None when unknown or ambiguous."""
        full = self.imports.get(source.path, {}).get(path[0], path[:1]) + path[1:]
        return nearest(self.types.get(full[-1], []), full, source)


def read_types(sources: Iterable[Source], augment: Augment) -> tuple[Crate, Iterator[Fact]]:
    """What the types of the files say, and the facts of the command lines among them."""
    crate = Crate()
    for source in sources:
        _collect(source, crate)
    return crate, _programs(_Builder(crate, augment))


def _programs(builder: _Builder) -> Iterator[Fact]:
    every = [type_ for types in builder.crate.types.values() for type_ in types]
    built = [(t, builder.program(t)) for t in every if t.about.derives & _PROGRAMS]
    for type_, command in built:
        if not type_.used:
            framework = "structopt" if "StructOpt" in type_.about.derives else "clap"
            yield from command.facts(f"{type_.source.path}:{type_.name}", framework)


def _collect(source: Source, crate: Crate) -> None:
    crate.imports[source.path] = imports(source)
    for _, match in source.matches("clap_derive"):
        if "type" in match:
            node, name = match["type"][0], text_of(match["name"][0])
            if in_tests(node):
                continue
            about = describe(node)
            if about.derives & (_PROGRAMS | _GROUPS):
                crate.types.setdefault(name, []).append(_Type(name, node, source, about))
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
    style = _setting(about.all("value", "clap"), "rename_all")
    body = node.child_by_field_name("body")
    names = []
    for variant in body.named_children if body is not None else ():
        if variant.type != "enum_variant":
            continue
        word = text_of(variant.child_by_field_name("name"))
        described = list(describe(variant).all("value", "clap", "arg"))
        if _has(described, "skip"):
            continue
        value = _setting(described, "name") or cased(word, style)
        crate.variants[name, word] = value
        if not _is_hidden(described):
            names.append(value)
    crate.choices.setdefault(name, names)


def _possible_values(implementation: Node) -> list[str]:
    names = []
    for call in descendants(implementation, "call_expression"):
        for inner in (call, *_calls_below(call)):
            function = text_of(inner.child_by_field_name("function"))
            arguments = inner.child_by_field_name("arguments")
            if function.endswith("PossibleValue::new") and arguments is not None:
                value = literal(arguments.named_children[0]) if arguments.named_children else None
                if value is not None and value not in names:
                    names.append(value)
    return names


def _calls_below(node: Node) -> Iterator[Node]:
    for child in node.children:
        for call in descendants(child, "call_expression"):
            yield call
            yield from _calls_below(call)


def _setting(metas: Iterable[Meta], *keys: str) -> str:
    """The literal value of the first entry with one of the keys; "" when there is none."""
    return next((m.text for m in metas if m.key in keys and m.text is not None), "")


def _has(metas: Iterable[Meta], *keys: str) -> bool:
    return any(m.key in keys and not m.false for m in metas)


def _is_hidden(metas: Iterable[Meta]) -> bool:
    return any(
        (m.key in {"hide", "hidden", "hide_possible_value"} and not m.false)
        or (m.key in {"setting", "settings"} and "Hidden" in m.raw)
        for m in metas
    )


class _Builder:
    """Turns types into commands, following flattened structs and sub-command enums."""

    def __init__(self, crate: Crate, augment: Augment) -> None:
        self.crate, self.augment = crate, augment

    def program(self, type_: _Type) -> Command:
        """The command line that a type describes."""
        command = Command(
            name=_setting(type_.settings, "name", "bin_name"),
            evidence=type_.source.at(type_.node.child_by_field_name("name") or type_.node),
            about=_about(type_.about, type_.settings),
        )
        self._fill(command, type_, (), "")
        return command

    def _fill(self, command: Command, type_: _Type, above: tuple[_Type, ...], style: str) -> None:
        """Add what a type brings: arguments of a struct, sub-commands of an enum."""
        if type_ in above or len(above) > _MAX_DEPTH:
            return
        above = (*above, type_)
        # Casing is each type's own affair: it is not inherited through `flatten`.
        style = _setting(type_.settings, "rename_all") or style
        env_style = _setting(type_.settings, "rename_all_env")
        if type_.node.type == "struct_item":
            self._fields(command, type_.members, type_.source, above, (style, env_style))
            return
        for variant in type_.members:
            if variant.type == "enum_variant":
                self._variant(command, variant, type_.source, above, (style, env_style))

    def _variant(
        self,
        command: Command,
        variant: Node,
        source: Source,
        above: tuple[_Type, ...],
        styles: tuple[str, str],
    ) -> None:
        described = describe(variant)
        metas = list(described.all("command", "arg", "clap", "structopt"))
        body = variant.child_by_field_name("body")
        tuple_of = None
        if body is not None and body.type == "ordered_field_declaration_list":
            tuple_of = next((c for c in body.named_children if "type" in c.type), None)
        inner = self._resolve(type_of(tuple_of), source)
        if _has(metas, "external_subcommand", "skip"):
            return
        if _has(metas, "flatten"):
            if inner is not None:
                self._fill(command, inner, above, "")
            return
        word = variant.child_by_field_name("name")
        below = Command(
            name=_setting(metas, "name") or cased(text_of(word), styles[0]),
            evidence=source.at(word or variant),
            about=_about(described, metas)
            or (_about(inner.about, inner.settings) if inner is not None else ""),
            aliases=_aliases(metas, "alias"),
            hidden=_is_hidden(metas),
        )
        if body is not None and body.type == "field_declaration_list":
            style = _setting(metas, "rename_all") or styles[0]
            self._fields(below, body.named_children, source, above, (style, styles[1]))
        elif inner is not None:
            self._fill(below, inner, above, "")
        command.subcommands.append(below)

    def _resolve(self, reference: TypeRef, source: Source) -> _Type | None:
        found = self.crate.find(reference.path, source) if reference.name else None
        if found is not None:
            found.used = True
        return found

    def _fields(
        self,
        command: Command,
        members: Iterable[Node],
        source: Source,
        above: tuple[_Type, ...],
        styles: tuple[str, str],
    ) -> None:
        for member in members:
            if member.type != "field_declaration":
                continue
            described = describe(member)
            metas = list(described.all("command", "arg", "clap", "structopt"))
            if _has(metas, "skip", "from_global", "external_subcommand"):
                continue
            reference = type_of(member.child_by_field_name("type"))
            if _has(metas, "flatten", "subcommand"):
                inner = self._resolve(reference, source)
                if inner is not None:
                    self._fill(command, inner, above, "")
                elif reference.name == "Verbosity":
                    command.arguments += _verbosity(member, source)
                else:
                    command.arguments += self.augment(reference.name)
            else:
                argument = self._argument(member, described, metas, source, reference, styles)
                command.arguments.append(argument)

    def _argument(
        self,
        member: Node,
        described: Described,
        metas: list[Meta],
        source: Source,
        reference: TypeRef,
        styles: tuple[str, str],
    ) -> Argument:
        word = text_of(member.child_by_field_name("name"))
        named = self._text(metas, "name", "id")
        name = named or cased(word, styles[0])
        argument = Argument(name, source.at(member.child_by_field_name("name") or member))
        for meta in metas:
            if meta.key == "long":
                argument.long = name if meta.bare else meta.text or self._constant(meta) or ""
            elif meta.key == "short":
                argument.short = name[:1] if meta.bare else (meta.text or "").lstrip("-")[:1]
            elif meta.key == "env":
                own = cased(word, styles[1] or "screaming_snake")
                argument.env = own if meta.bare else meta.text or self._constant(meta) or ""
        argument.long = argument.long.lstrip("-")
        argument.aliases = [
            *(f"--{a}" for a in _aliases(metas, "alias")),
            *(f"-{a}" for a in _aliases(metas, "short_alias")),
        ]
        argument.help = (
            self._text(metas, "help")
            or first_paragraph(described.doc)
            or first_paragraph(self._text(metas, "long_help"))
        )
        argument.hidden = _is_hidden(metas)
        argument.is_global = _has(metas, "global")
        self._value(argument, metas, reference, word)
        return argument

    def _value(self, argument: Argument, metas: list[Meta], reference: TypeRef, word: str) -> None:
        """Whether it takes a value, and which."""
        action = " ".join(m.raw for m in metas if m.key in {"action", "parse"})
        counts = "Count" in action or "from_occurrences" in action
        plain_bool = reference.name == "bool" and not reference.wrappers
        explicit = re.search(r"\bSet\b|\bAppend\b", action) or "try_from_str" in action
        flag = bool(_FLAG_ACTIONS.search(action)) or counts or "from_flag" in action
        if plain_bool and not explicit and not argument.positional:
            flag = True
        argument.takes_value = not flag
        argument.default = "" if flag else self._default(metas, reference)
        argument.repeatable = counts or "Vec" in reference.wrappers or _has(metas, "multiple")
        argument.metavar = self._text(metas, "value_name") or cased(word, "screaming_snake")
        argument.choices = [] if flag else self._choices(metas, reference)
        has_default = any(meta.key in _DEFAULTS for meta in metas)
        optional = flag or bool(reference.wrappers) or has_default
        stated = [m for m in metas if m.key == "required"]
        argument.required = not stated[0].false if stated else not optional

    def _default(self, metas: list[Meta], reference: TypeRef) -> str:
        for meta in metas:
            if meta.key not in _DEFAULTS or meta.bare:
                continue
            if meta.text is not None:
                return meta.text
            if meta.key.startswith("default_values"):
                return ", ".join(meta.strings())
            value = plain_value(meta.raw)
            variant = re.fullmatch(r"(?:\w+::)*(\w+)::(\w+)", meta.raw)
            if value is None and variant:
                owner = reference.name if variant[1] == "Self" else variant[1]
                value = self.crate.variants.get((owner, variant[2]))
            return value if value is not None else self._constant(meta) or ""
        return ""

    def _text(self, metas: list[Meta], *keys: str) -> str:
        """The value of the first entry with one of the keys: a literal or a known constant."""
        found = (meta.text or self._constant(meta) for meta in metas if meta.key in keys)
        return next(filter(None, found), "")

    def _constant(self, meta: Meta) -> str | None:
        name = re.fullmatch(r"&?(?:\w+::)*([A-Z][A-Z0-9_]*)(?:\.\w+\(\))?", meta.raw)
        return self.crate.constants.get(name[1]) if name else None

    def _choices(self, metas: list[Meta], reference: TypeRef) -> list[str]:
        for meta in metas:
            if meta.key in {"possible_values", "possible_value"}:
                return meta.strings()
            if meta.key == "value_parser" and re.match(
                r"(clap::)?(builder::)?PossibleValuesParser|&?\[|(clap::)?value_parser!\(\[",
                meta.raw,
            ):
                return meta.strings()
        if any(m.key in {"value_parser", "parse"} and not m.bare for m in metas):
            return []
        return self.crate.choices.get(reference.name, [])


_DEFAULTS = (
    "default_value",
    "default_value_t",
    "default_values",
    "default_values_t",
    "default_value_os",
    "default_value_os_t",
)


def _about(described: Described, metas: list[Meta]) -> str:
    return _setting(metas, "about", "help") or first_paragraph(described.doc)


def _aliases(metas: Iterable[Meta], word: str) -> list[str]:
    """Other names, those that --help keeps to itself last: they work all the same."""
    shown, kept = list[str](), list[str]()
    plural = f"{word}es"
    for meta in metas:
        if meta.key.removeprefix("visible_") in {word, plural}:
            text = meta.text
            names = [text] if text is not None else meta.strings() or _characters(meta)
            (shown if meta.key.startswith("visible_") else kept).extend(names)
    return shown + kept


def _characters(meta: Meta) -> list[str]:
    return [text_of(n)[1:-1] for token in meta.tokens for n in descendants(token, "char_literal")]


def _verbosity(member: Node, source: Source) -> list[Argument]:
    """The two flags of the crate clap-verbosity-flag, which many flatten."""
    place = source.at(member)
    texts = {"verbose": "Increase logging verbosity", "quiet": "Decrease logging verbosity"}
    return [
        Argument(
            name, place, long=name, short=name[0], help=text, takes_value=False, repeatable=True
        )
        for name, text in texts.items()
    ]
