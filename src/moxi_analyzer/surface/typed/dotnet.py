"""CommandLineParser, McMaster and CliFx: options of .NET programs from attributes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from moxi_analyzer.manifests.msbuild import nearest_project
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.surface.typed.command_tree import Command, option
from moxi_analyzer.surface.typed.declared import Declarations
from moxi_analyzer.surface.typed.declared_types import Annotation, Member, Type, class_names
from moxi_analyzer.syntax import Source, text_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

_MANY = lazy_pattern(
    r"(?:IEnumerable|I?List|IReadOnlyList|IReadOnlyCollection|ICollection|HashSet)<|\[\]"
)
_HUMP = lazy_pattern(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_TEMPLATE = lazy_pattern(r"--?[\w?:-]+")
_VALUE = lazy_pattern(r"[<\[:]\s*([^<>\[\]]+?)\s*[>\]]?$")


def is_flag(type_: str) -> bool:
    """Whether a C# type is a switch."""
    return type_.rstrip("?") in {"bool", "Boolean"}


def kebab(name: str) -> str:
    """`SourceDirectory` as `source-directory`."""
    return _HUMP.sub("-", name).lower()


class Reader:
    """Option classes of one library: how its attributes become options."""

    def __init__(self, types: Declarations) -> None:
        self.types = types

    def text(self, member: Member | Type, note: Annotation | None, *names: str) -> str:
        """A named text of an attribute; "" when it has none or computes it."""
        owner = member.owner if isinstance(member, Member) else member
        node = note.get(*names) if note else None
        return self.types.text(node, owner.source, owner) or ""

    def positional(self, member: Member | Type, note: Annotation) -> list[str | None]:
        """The unnamed arguments of an attribute as texts."""
        owner = member.owner if isinstance(member, Member) else member
        return [self.types.text(node, owner.source, owner) for node in note.positional]

    def default(self, member: Member, note: Annotation | None = None, *names: str) -> str:
        """The default of an attribute, else what the property is initialised with."""
        node = note.get(*names) if note else None
        node = node if node is not None else member.value
        found = self.types.scalar(node, member.owner.source, member.owner, member.type)
        return "" if is_flag(member.type) and found == "false" else found

    def choices(self, member: Member) -> str:
        """The constants of the enumeration that an option takes."""
        kind = re.sub(r".*<|[>\[\]?]", "", member.type)
        if not re.fullmatch(r"[A-Z]\w*", kind):
            return ""
        declared = self.types.find(kind, member.owner.source)
        return ", ".join(declared.constants[:30]) if declared else ""

    def members(self, declared: Type) -> Iterator[Member]:
        """Members of a type and of the types it inherits from."""
        for part in self.types.with_bases(declared):
            yield from part.members


def _flag(note: Annotation, *names: str) -> bool:
    return text_of(note.get(*names)) == "true"


def _parser_option(reader: Reader, member: Member, command: Command) -> None:
    """CommandLineParser: `[Option('v', "verbose", HelpText = …)]`, `[Value(0, MetaName = …)]`."""
    note = member.annotations.get("Option") or member.annotations.get("Value")
    if note is None or _flag(note, "Hidden"):
        return
    forms: list[str] = []
    is_positional = note.name == "Value"
    if is_positional:
        forms = [reader.text(member, note, "MetaName") or member.name]
    else:
        for node, text in zip(note.positional, reader.positional(member, note), strict=True):
            if text:
                forms.append(f"-{text}" if node.type == "character_literal" else f"--{text}")
        forms = forms or [f"--{member.name.lower()}"]
    found = option(
        forms,
        reader.text(member, note, "HelpText"),
        flag=is_flag(member.type),
        positional=is_positional,
        required=_flag(note, "Required"),
        repeatable=bool(_MANY.search(member.type)),
        default=reader.default(member, note, "Default"),
        choices=reader.choices(member),
        metavar=reader.text(member, note, "MetaValue"),
    )
    command.options.append((found, member.owner.source.at(note.node)))


def _command_line_parser(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    reader = Reader(Declarations(repo, sources))
    holders = [
        t
        for t in list(reader.types.types)
        if "Verb" in t.annotations
        or any({"Option", "Value"} & m.annotations.keys() for m in t.members)
    ]
    bases = {base.key for t in holders for base in reader.types.with_bases(t)[1:]}
    verbs: dict[str, list[Type]] = {}
    for declared in holders:
        if "Verb" in declared.annotations:
            verbs.setdefault(nearest_project(repo, declared.source.path), []).append(declared)
        elif declared.key not in bases:
            command = Command("", declared.source.at(declared.node))
            _collect(reader, declared, command, _parser_option)
            yield from command.facts("commandlineparser", declared.key)
    for project, found in verbs.items():
        root = Command("", found[0].source.at(found[0].annotations["Verb"].node))
        for declared in found:
            note = declared.annotations["Verb"]
            name = next((text for text in reader.positional(declared, note) if text), "")
            if name and not _flag(note, "Hidden"):
                where = declared.source.at(note.node)
                command = Command(name, where, help=reader.text(declared, note, "HelpText"))
                _collect(reader, declared, command, _parser_option)
                root.children.append(command)
        yield from root.facts("commandlineparser", project or found[0].key)


def _collect(
    reader: Reader,
    declared: Type,
    command: Command,
    read: Callable[[Reader, Member, Command], None],
) -> None:
    for member in reader.members(declared):
        read(reader, member, command)


def template(written: str) -> tuple[list[str], str]:
    """(forms, value name) of `-o|--output <dir>` as McMaster and Spectre write it."""
    forms = _TEMPLATE.findall(re.sub(r"[<\[:].*", "", written))
    value = _VALUE.search(written)
    return forms, value[1] if value else ""


def _mcmaster_option(reader: Reader, member: Member, command: Command) -> None:
    note = member.annotations.get("Option")
    if "Argument" in member.annotations:
        _mcmaster_argument(reader, member, member.annotations["Argument"], command)
        return
    if note is None or text_of(note.get("ShowInHelpText")) == "false":
        return
    texts = [text for text in reader.positional(member, note) if text]
    written = reader.text(member, note, "Template") or next(
        (t for t in texts if t.startswith("-")), ""
    )
    forms, value = template(written)
    if not written:
        long = reader.text(member, note, "LongName") or kebab(member.name)
        short = (
            reader.text(member, note, "ShortName")
            if note.get("ShortName") is not None
            else long[:1]
        )
        forms = [f"-{short}"] * bool(short) + [f"--{long}"]
    kinds = " ".join(map(text_of, note.positional))
    found = option(
        forms,
        reader.text(member, note, "Description") or next((t for t in texts if t != written), ""),
        flag="NoValue" in kinds or (is_flag(member.type) and "Value" not in kinds),
        required="Required" in member.annotations,
        repeatable="MultipleValue" in kinds or bool(_MANY.search(member.type)),
        default=reader.default(member),
        choices=reader.choices(member),
        metavar=value or reader.text(member, note, "ValueName"),
    )
    command.options.append((found, member.owner.source.at(note.node)))


def _mcmaster_argument(reader: Reader, member: Member, note: Annotation, command: Command) -> None:
    texts = reader.positional(member, note)[1:]
    name = reader.text(member, note, "Name") or (texts[0] if texts and texts[0] else member.name)
    found = option(
        [name],
        reader.text(member, note, "Description") or (texts[1] or "" if len(texts) > 1 else ""),
        positional=True,
        required="Required" in member.annotations,
        repeatable=bool(_MANY.search(member.type)),
    )
    command.options.append((found, member.owner.source.at(note.node)))


def _mcmaster(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    reader = Reader(Declarations(repo, sources))
    commands = [t for t in list(reader.types.types) if "Command" in t.annotations]
    children = {
        t.key: [
            child
            for node in (
                t.annotations["Subcommand"].positional if "Subcommand" in t.annotations else ()
            )
            for name in class_names(node)
            if (child := reader.types.find(name, t.source)) is not None
        ]
        for t in commands
    }
    below = {child.key for found in children.values() for child in found}
    for declared in commands:
        if declared.key not in below:
            root = _mcmaster_command(reader, declared, children, 0)
            if root.options or root.children:
                root.prog = root.name
                yield from root.facts("mcmaster", declared.key)


def _mcmaster_command(
    reader: Reader, declared: Type, children: dict[str, list[Type]], depth: int
) -> Command:
    note = declared.annotations.get("Command")
    texts = reader.positional(declared, note) if note else []
    name = reader.text(declared, note, "Name") or next((t for t in texts if t), "")
    where = declared.source.at(note.node if note else declared.node)
    command = Command(name or kebab(declared.name.removesuffix("Command")), where)
    command.help = reader.text(declared, note, "Description")
    _collect(reader, declared, command, _mcmaster_option)
    version = next(
        (n for k, n in declared.annotations.items() if k.startswith("VersionOption")), None
    )
    if version is not None:
        shown = option(["--version"], "Show version information.", flag=True)
        command.options.append((shown, declared.source.at(version.node)))
    for child in children.get(declared.key, []) if depth < 6 else ():
        command.children.append(_mcmaster_command(reader, child, children, depth + 1))
    if depth == 0 and not name:
        command.name = ""
    return command


def _clifx_option(reader: Reader, member: Member, command: Command) -> None:
    note = member.annotations.get("CommandOption") or member.annotations.get("CommandParameter")
    if note is None:
        return
    is_positional = note.name == "CommandParameter"
    forms: list[str] = []
    for node, text in zip(note.positional, reader.positional(member, note), strict=True):
        if text and not is_positional:
            forms.append(f"-{text}" if node.type == "character_literal" else f"--{text}")
    if is_positional:
        forms = [reader.text(member, note, "Name") or member.name.lower()]
    found = option(
        forms or [f"--{kebab(member.name)}"],
        reader.text(member, note, "Description"),
        flag=is_flag(member.type),
        positional=is_positional,
        required="required" in text_of(member.node).partition("{")[0].split()
        or _flag(note, "IsRequired"),
        repeatable=bool(_MANY.search(member.type)),
        default=reader.default(member),
        choices=reader.choices(member),
        env=reader.text(member, note, "EnvironmentVariable"),
    )
    command.options.append((found, member.owner.source.at(note.node)))


def _clifx(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    reader = Reader(Declarations(repo, sources))
    commands: dict[str, list[Type]] = {}
    for declared in list(reader.types.types):
        if (
            "Command" in declared.annotations
            and "abstract" not in text_of(declared.node).partition("{")[0]
        ):
            commands.setdefault(nearest_project(repo, declared.source.path), []).append(declared)
    for project, found in commands.items():
        root = Command("", found[0].source.at(found[0].annotations["Command"].node))
        for declared in found:
            note = declared.annotations["Command"]
            name = next((text for text in reader.positional(declared, note) if text), "")
            where = declared.source.at(note.node)
            command = Command(name, where, help=reader.text(declared, note, "Description"))
            _collect(reader, declared, command, _clifx_option)
            if name:
                root.children.append(command)
            else:
                root.options, root.help, root.at = command.options, command.help, command.at
        yield from root.facts("clifx", project or found[0].key)


FRAMEWORKS = (
    Framework(
        "commandlineparser",
        ("c_sharp",),
        Gate(patterns={b"using CommandLine": rb"\busing CommandLine\s*;"}),
        _command_line_parser,
    ),
    Framework(
        "mcmaster",
        ("c_sharp",),
        Gate(b"using McMaster.Extensions.CommandLineUtils"),
        _mcmaster,
    ),
    Framework("clifx", ("c_sharp",), Gate(b"using CliFx"), _clifx),
)
