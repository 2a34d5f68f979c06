"""Spectre.Console.Cli: commands from their registration, options from their settings classes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from moxi_analyzer.manifests.msbuild import nearest_project
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.surface.typed.command_tree import Command, option
from moxi_analyzer.surface.typed.declared import Declarations
from moxi_analyzer.surface.typed.declared_types import Member, Type, arguments_of
from moxi_analyzer.surface.typed.dotnet import Reader, is_flag, template
from moxi_analyzer.syntax import Source, ancestors, text_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

_COMMAND = lazy_pattern(r"(?:Async)?Command<([\w.]+)>")
_APP = lazy_pattern(rb"new CommandApp<(\w+)>")
_NAME = lazy_pattern(rb"SetApplicationName\(\s*\"([\w.-]+)\"")
_MANY = lazy_pattern(r"\[\]|<")


class _Reader(Reader):
    def settings(self, command: Type) -> Type | None:
        """The settings class that a command class is generic over."""
        for part in self.types.with_bases(command):
            found = _COMMAND.search(text_of(part.node).partition("{")[0])
            if found:
                return self._settings(found[1].rpartition(".")[2], part)
        return None

    def _settings(self, name: str, command: Type) -> Type | None:
        """The class of that name: nested in the command, or the one that its file means."""
        nested = [
            t
            for t in self.types.by_name.get(name, [])
            if t.source.path == command.source.path and t.outer in {command.name, ""}
        ]
        return nested[0] if nested else self.types.find(name, command.source)

    def fill(self, declared: Type, command: Command) -> None:
        """Adds the options of a command class."""
        settings = self.settings(declared)
        for part in self.types.with_bases(settings) if settings else ():
            for member in part.members:
                self._option(member, command)

    def _option(self, member: Member, command: Command) -> None:
        note = member.annotations.get("CommandOption") or member.annotations.get("CommandArgument")
        if note is None or text_of(note.get("IsHidden")) == "true":
            return
        texts = [text for text in self.positional(member, note) if text]
        written = texts[-1] if texts else ""
        is_positional = note.name == "CommandArgument"
        forms, value = template(written)
        described = member.annotations.get("Description")
        words = next((t for t in self.positional(member, described) if t), "") if described else ""
        given = member.annotations.get("DefaultValue")
        node = given.positional[-1] if given and given.positional else member.value
        default = self.types.scalar(node, member.owner.source, member.owner, member.type)
        found = option(
            [written.strip("<>[]")] if is_positional else forms,
            words,
            flag=is_flag(member.type) and not value,
            positional=is_positional,
            required=is_positional and written.startswith("<"),
            repeatable=bool(_MANY.search(member.type)) and not member.type.startswith("FlagValue"),
            default=default,
            choices=self.choices(member),
            metavar="" if is_positional else value,
        )
        if found.forms and found.forms[0]:
            command.options.append((found, member.owner.source.at(note.node)))


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    reader = _Reader(Declarations(repo, sources))
    roots: dict[str, Command] = {}
    for source in list(reader.types.sources):
        project = nearest_project(repo, source.path)
        default = _APP.search(source.content)
        if default:
            declared = reader.types.find(default[1].decode(), source)
            root = roots.setdefault(project, Command("", source.at(source.root)))
            if declared is not None:
                root.at = declared.source.at(declared.node)
                reader.fill(declared, root)
        branches: dict[int, Command] = {}
        for _, match in source.matches("spectre_c_sharp"):
            call = match["call"][0]
            command = _registered(reader, source, match, call)
            if command is None:
                continue
            branches[call.id] = command
            around = next((branches[a.id] for a in ancestors(call) if a.id in branches), None)
            parent = around or roots.setdefault(project, Command("", source.at(call)))
            parent.children.append(command)
        name = _NAME.search(source.content)
        if name and project in roots:
            roots[project].prog = name[1].decode()
    for project, root in roots.items():
        yield from root.facts("spectre", project or root.at.path)


def _registered(
    reader: _Reader, source: Source, match: dict[str, list[Node]], call: Node
) -> Command | None:
    """The command that `AddCommand<T>("name")` or `AddBranch("name", …)` registers."""
    arguments, _ = arguments_of(match["arguments"][0])
    name = reader.types.text(arguments[0], source) if arguments else None
    if not name:
        return None
    command = Command(name, source.at(call))
    current = call
    for around in ancestors(call):
        if around.type == "member_access_expression":
            continue
        if (
            around.type != "invocation_expression"
            or around.named_children[0].type != "member_access_expression"
        ):
            break
        if current.end_byte > around.named_children[0].end_byte:
            break
        method = text_of(around.named_children[0].child_by_field_name("name"))
        texts = [reader.types.text(n, source) for n in arguments_of(around.named_children[-1])[0]]
        if method == "WithDescription" and texts:
            command.help = texts[0] or ""
        elif method == "WithAlias" and texts and texts[0]:
            command.aliases.append(texts[0])
        elif method == "IsHidden":
            return None
    kind = next((text_of(node) for node in match.get("type", [])), "")
    declared = reader.types.find(kind.rpartition(".")[2], source) if kind else None
    if declared is not None and text_of(match["method"][0]).startswith("AddCommand"):
        reader.fill(declared, command)
        described = declared.annotations.get("Description")
        if described and not command.help:
            command.help = next((t for t in reader.positional(declared, described) if t), "")
    inside = re.search(r"\.SetDescription\(\s*\"((?:[^\"\\]|\\.)*)\"", text_of(call))
    if inside and not command.help and "AddBranch" in text_of(match["method"][0]):
        command.help = inside[1]
    return command


FRAMEWORKS = (
    Framework(
        "spectre",
        ("c_sharp",),
        Gate(patterns={b"Spectre.Console.Cli": rb"\bSpectre\.Console\.Cli\b"}),
        _facts,
    ),
)
