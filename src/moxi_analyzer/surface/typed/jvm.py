"""JCommander, args4j and Apache Commons CLI: options of Java and Kotlin programs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from moxi_analyzer.manifests.jvm import is_product
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.surface.typed.command_tree import Command, option
from moxi_analyzer.surface.typed.declared import Declarations
from moxi_analyzer.surface.typed.declared_types import Annotation, Member, Type, arguments_of
from moxi_analyzer.syntax import Source, ancestors, text_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

_MANY = lazy_pattern(r"(?:List|Set|Collection|Map|Array)\b|\[\]")
_OPTION_NOTES = frozenset({"Parameter", "DynamicParameter", "ParametersDelegate"})
_PROGRAM_NAME = lazy_pattern(rb"(?:\.programName|setProgramName)\s*\(\s*\"([\w.-]+)\"")
# A command class that says its own name, for who registers it.
_OWN_NAME = lazy_pattern(
    rb"\bString\s+(?:name|getName|getCommandName)\(\)\s*\{\s*return\s+\"([\w-]+)\""
)
_CHAIN = frozenset({"method_invocation"})


def _declarations(repo: Repository, sources: Iterable[Source]) -> Declarations:
    return Declarations(repo, (source for source in sources if is_product(source.path)))


def _is_flag(type_: str) -> bool:
    return type_.rstrip("?").lower() == "boolean"


def _jcommander(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    """Classes with @Parameter members: those with a command name are commands of the others."""
    types = _declarations(repo, sources)
    holders = [
        t for t in types.types if any(_OPTION_NOTES & m.annotations.keys() for m in t.members)
    ]
    delegates = {
        found.key
        for holder in holders
        for member in holder.members
        if "ParametersDelegate" in member.annotations
        and (found := types.find(member.type, holder.source)) is not None
    }
    bases = {
        base.key
        for holder in holders
        for base in types.with_bases(holder)[1:]
        if "abstract" in text_of(base.node).partition("{")[0]
    }
    names = _command_names(types, holders)
    programs = [
        holder
        for holder in holders
        if holder.key not in delegates | bases | names.keys()
        and "Parameters" not in holder.annotations  # a command whose name is given elsewhere
    ]
    prog = next(
        (m[1].decode() for s in types.sources if (m := _PROGRAM_NAME.search(s.content))), ""
    )
    commands = [
        _jcommander_command(types, h, names.get(h.key, "")) for h in holders if h.key in names
    ]
    for holder in programs:
        command = _jcommander_command(types, holder, "")
        command.prog = prog if len(programs) == 1 else ""
        command.children = [
            child
            for child in commands
            if len(programs) == 1 or _module(child.at.path) == _module(holder.source.path)
        ]
        yield from command.facts("jcommander", holder.key)
    if not programs and commands:
        root = Command("", commands[0].at, prog=prog, children=commands)
        yield from root.facts("jcommander", commands[0].at.path)


def _module(path: str) -> str:
    """The folder of the module that a source belongs to."""
    return path.partition("/src/")[0]


def _command_names(types: Declarations, holders: list[Type]) -> dict[str, str]:
    """Names of the classes that are commands, by annotation or by an addCommand call."""
    found: dict[str, str] = {}
    for holder in holders:
        note = holder.annotations.get("Parameters")
        names = types.texts(note.get("commandNames"), holder.source, holder) if note else []
        own = _OWN_NAME.search(holder.node.text or b"") if note else None
        if names or own:
            found[holder.key] = names[0] if names else own[1].decode() if own else ""
    for source in list(types.sources):
        for call in re.finditer(
            rb"addCommand\(\s*\"([\w:-]+)\"\s*,\s*(?:new\s+)?(\w+)", source.content
        ):
            name = call[2].decode()
            if not name[0].isupper():
                made = re.search(
                    rf"(\w+)\s+{name}\s*=|\b{name}\s*=\s*(?:new\s+)?([A-Z]\w*)".encode(),
                    source.content,
                )
                name = (made[1] or made[2]).decode() if made else ""
            declared = types.find(name, source) if name else None
            if declared and declared.key in {h.key for h in holders}:
                found.setdefault(declared.key, call[1].decode())
    return found


def _jcommander_command(types: Declarations, declared: Type, name: str) -> Command:
    source = declared.source
    note = declared.annotations.get("Parameters")
    words = types.text(note.get("commandDescription"), source, declared) if note else ""
    command = Command(name, source.at(note.node if note else declared.node), help=words or "")
    _jcommander_members(types, declared, command, frozenset())
    return command


def _jcommander_members(
    types: Declarations, declared: Type, command: Command, seen: frozenset[str]
) -> None:
    for part in types.with_bases(declared):
        if part.key in seen:
            continue
        seen |= {part.key}
        for member in part.members:
            note = member.annotations.get("Parameter") or member.annotations.get("DynamicParameter")
            if "ParametersDelegate" in member.annotations:
                delegate = types.find(member.type, part.source)
                if delegate is not None:
                    _jcommander_members(types, delegate, command, seen)
            elif note is not None and text_of(note.get("hidden")) != "true":
                _jcommander_option(types, member, note, command)


def _jcommander_option(
    types: Declarations, member: Member, note: Annotation, command: Command
) -> None:
    owner, source = member.owner, member.owner.source
    names = types.texts(note.get("names"), source, owner)
    if not names and note.get("names") is not None:
        return
    declared = (
        types.find(re.sub(r".*<|[>\[\]?]", "", member.type), source)
        if member.type[:1].isupper()
        else None
    )
    found = option(
        names or [member.name],
        types.text(note.get("description"), source, owner) or "",
        flag=_is_flag(member.type) and text_of(note.get("arity")) in {"", "0"},
        positional=not names,
        required=text_of(note.get("required")) == "true",
        repeatable=bool(_MANY.search(member.type)),
        default=""
        if _is_flag(member.type)
        else types.scalar(member.value, source, owner, member.type),
        choices=", ".join(declared.constants[:30]) if declared else "",
    )
    command.options.append((found, source.at(note.node)))


def _args4j(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    types = _declarations(repo, sources)
    bases = {b.key for t in types.types for b in types.with_bases(t)[1:]}
    for declared in list(types.types):
        command = Command("", declared.source.at(declared.node))
        for part in types.with_bases(declared):
            for member in part.members:
                _args4j_member(types, member, command)
        if command.options and declared.key not in bases:
            yield from command.facts("args4j", declared.key)


def _args4j_member(types: Declarations, member: Member, command: Command) -> None:
    note = member.annotations.get("Option") or member.annotations.get("Argument")
    if note is None or text_of(note.get("hidden")) == "true":
        return
    owner, source = member.owner, member.owner.source
    label = types.text(note.get("metaVar"), source, owner) or ""
    name = types.text(note.get("name"), source, owner) or ""
    is_positional = note.name == "Argument"
    names = (
        [label or member.name]
        if is_positional
        else [name, *types.texts(note.get("aliases"), source, owner)]
    )
    if not names[0]:
        return
    found = option(
        names,
        types.text(note.get("usage"), source, owner) or "",
        flag=_is_flag(member.type),
        positional=is_positional,
        required=text_of(note.get("required")) == "true",
        repeatable=bool(_MANY.search(member.type)),
        default=""
        if _is_flag(member.type)
        else types.scalar(member.value, source, owner, member.type),
        metavar="" if is_positional else label,
    )
    command.options.append((found, source.at(note.node)))


def _commons_cli(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    types = _declarations(repo, sources)
    for source in list(types.sources):
        prog = re.search(rb"printHelp\(\s*(?:\d+\s*,\s*)?\"([\w.-]+)[\" ]", source.content)
        command = Command("", source.at(source.root), prog=prog[1].decode() if prog else "")
        for _, match in source.matches(f"commons_cli_{source.grammar}"):
            _commons_option(types, source, match["call"][0], command)
        if command.options:
            command.at = command.options[0][1]
            yield from command.facts("commons-cli", source.path)


def _commons_option(types: Declarations, source: Source, call: Node, command: Command) -> None:
    """One `addOption(…)`, `new Option(…)` or `Option.builder(…)…build()`."""
    owner = _owner(types, source, call)
    holder = call.child_by_field_name("arguments") or call.named_children[-1]
    arguments, _ = arguments_of(holder)
    texts = [types.text(argument, source, owner) for argument in arguments]
    name = text_of(call.child_by_field_name("name"))
    given = {"takes": False, "required": False, "many": False}
    long, help_, label, default = "", "", "", ""
    if name == "builder":
        short = (texts[0] or "") if texts else ""
        for step, values in _chain(call):
            value = types.text(values[0], source, owner) if values else None
            long = value or "" if step == "longOpt" else long
            help_ = value or "" if step == "desc" else help_
            label = value or "" if step == "argName" else label
            on = not values or text_of(values[0]) == "true"
            given["takes"] |= step in {"hasArg", "hasArgs", "numberOfArgs", "argName"} and (
                on or step != "hasArg"
            )
            given["many"] |= step == "hasArgs"
            given["required"] |= step == "required" and on
    else:
        flags = [text_of(argument) for argument in arguments]
        given["takes"] = "true" in flags[1:3]
        given["required"] = name == "addRequiredOption"
        booleans = [flag for flag in flags if flag in {"true", "false"}]
        strings = [text for text in texts if text is not None]
        # (opt, description), (opt, hasArg, description) or (opt, longOpt, hasArg, description)
        if (
            len(arguments) < 2
            or len(arguments) > 4
            or len(strings) + len(booleans) != len(arguments)
        ):
            return
        short, help_ = strings[0], strings[-1]
        long = strings[1] if len(strings) == 3 else ""
    forms = [f"-{short}" if short else "", f"--{long}" if long else ""]
    found = option(
        [form for form in forms if re.fullmatch(r"--?[\w.?-]+", form)],
        help_,
        flag=not given["takes"],
        required=given["required"],
        repeatable=given["many"],
        metavar=label,
        default=default,
    )
    if found.forms:
        command.options.append((found, source.at(call)))


def _chain(call: Node) -> Iterator[tuple[str, list[Node]]]:
    """(method, arguments) of the calls that are chained on `call`."""
    for around in ancestors(call):
        if around.type not in _CHAIN:
            return
        holder = around.child_by_field_name("arguments")
        yield text_of(around.child_by_field_name("name")), arguments_of(holder)[0]


def _owner(types: Declarations, source: Source, node: Node) -> Type | None:
    around = {a.id for a in ancestors(node)}
    inside = [t for t in types.types if t.source.path == source.path and t.node.id in around]
    return inside[-1] if inside else None


FRAMEWORKS = (
    Framework(
        "jcommander",
        ("java", "kotlin"),
        Gate(b"com.beust.jcommander", b"org.jcommander"),
        _jcommander,
    ),
    Framework("args4j", ("java", "kotlin"), re.compile(rb"org\.kohsuke\.args4j"), _args4j),
    Framework("commons-cli", ("java",), re.compile(rb"org\.apache\.commons\.cli"), _commons_cli),
)
