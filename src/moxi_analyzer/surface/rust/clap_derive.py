"""clap's derive macros, and structopt's before them: structs and enums that are command lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from tree_sitter import Node

from moxi_analyzer.surface.rust.clap_model import Argument, Command
from moxi_analyzer.surface.rust.clap_types import (
    PROGRAMS,
    CommandType,
    Crate,
    collect,
    has,
    is_hidden,
    setting,
)
from moxi_analyzer.surface.rust.syntax import (
    Described,
    Meta,
    TypeRef,
    cased,
    descendants,
    describe,
    first_paragraph,
    plain_value,
    type_of,
)
from moxi_analyzer.syntax import Source, text_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

_FLAG_ACTIONS = lazy_pattern(r"\b(SetTrue|SetFalse|Count|Help|HelpShort|HelpLong|Version)\b")
_MAX_DEPTH = 8
_MAX_FILLED = 10_000

# Arguments of a type that implements `Args` by hand, by the type's name.
Augment = Callable[[str], list[Argument]]


def read_types(sources: Iterable[Source], augment: Augment) -> tuple[Crate, Iterator[Fact]]:
    """What the types of the files say, and the facts of the command lines among them."""
    crate = Crate()
    for source in sources:
        collect(source, crate)
    return crate, _programs(_Builder(crate, augment))


def _programs(builder: _Builder) -> Iterator[Fact]:
    every = [type_ for types in builder.crate.types.values() for type_ in types]
    built = [(t, builder.program(t)) for t in every if t.about.derives & PROGRAMS]
    for type_, command in built:
        if not type_.used:
            framework = "structopt" if "StructOpt" in type_.about.derives else "clap"
            yield from command.facts(f"{type_.source.path}:{type_.name}", framework)


class _Builder:
    """Turns types into commands, following flattened structs and sub-command enums."""

    def __init__(self, crate: Crate, augment: Augment) -> None:
        self.crate, self.augment = crate, augment
        self.filled = 0

    def program(self, type_: CommandType) -> Command:
        """The command line that a type describes."""
        command = Command(
            name=setting(type_.settings, "name", "bin_name"),
            evidence=type_.source.at(type_.node.child_by_field_name("name") or type_.node),
            about=_about(type_.about, type_.settings),
        )
        self._fill(command, type_, (), "")
        return command

    def _fill(
        self, command: Command, type_: CommandType, above: tuple[CommandType, ...], style: str
    ) -> None:
        """Add what a type brings: arguments of a struct, sub-commands of an enum."""
        self.filled += 1
        if any(type_ is t for t in above) or len(above) > _MAX_DEPTH or self.filled > _MAX_FILLED:
            return
        above = (*above, type_)
        # Casing is each type's own affair: it is not inherited through `flatten`.
        style = setting(type_.settings, "rename_all") or style
        env_style = setting(type_.settings, "rename_all_env")
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
        above: tuple[CommandType, ...],
        styles: tuple[str, str],
    ) -> None:
        described = describe(variant)
        metas = list(described.all("command", "arg", "clap", "structopt"))
        body = variant.child_by_field_name("body")
        tuple_of = None
        if body is not None and body.type == "ordered_field_declaration_list":
            tuple_of = next((c for c in body.named_children if "type" in c.type), None)
        inner = self._resolve(type_of(tuple_of), source)
        if has(metas, "external_subcommand", "skip"):
            return
        if has(metas, "flatten"):
            if inner is not None:
                self._fill(command, inner, above, "")
            return
        word = variant.child_by_field_name("name")
        below = Command(
            name=setting(metas, "name") or cased(text_of(word), styles[0]),
            evidence=source.at(word or variant),
            about=_about(described, metas)
            or (_about(inner.about, inner.settings) if inner is not None else ""),
            aliases=_aliases(metas, "alias"),
            hidden=is_hidden(metas),
        )
        if body is not None and body.type == "field_declaration_list":
            style = setting(metas, "rename_all") or styles[0]
            self._fields(below, body.named_children, source, above, (style, styles[1]))
        elif inner is not None:
            self._fill(below, inner, above, "")
        command.subcommands.append(below)

    def _resolve(self, reference: TypeRef, source: Source) -> CommandType | None:
        found = self.crate.find(reference.path, source) if reference.name else None
        if found is not None:
            found.used = True
        return found

    def _fields(
        self,
        command: Command,
        members: Iterable[Node],
        source: Source,
        above: tuple[CommandType, ...],
        styles: tuple[str, str],
    ) -> None:
        for member in members:
            if member.type != "field_declaration":
                continue
            described = describe(member)
            metas = list(described.all("command", "arg", "clap", "structopt"))
            if has(metas, "skip", "from_global", "external_subcommand"):
                continue
            reference = type_of(member.child_by_field_name("type"))
            if has(metas, "flatten", "subcommand"):
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
        argument.hidden = is_hidden(metas)
        argument.is_global = has(metas, "global")
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
        argument.repeatable = counts or "Vec" in reference.wrappers or has(metas, "multiple")
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
    return setting(metas, "about", "help") or first_paragraph(described.doc)


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
