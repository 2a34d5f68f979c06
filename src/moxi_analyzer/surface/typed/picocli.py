"""picocli: commands and options from the annotations of Java and Kotlin classes."""

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
from moxi_analyzer.surface.typed.declared_types import (
    Annotation,
    Member,
    Type,
    annotations_of,
    arguments_of,
    class_names,
)
from moxi_analyzer.syntax import Source, text_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

_MARKUP = lazy_pattern(r"@\|[\w,]+ (.*?)\|@", re.DOTALL)
_VARIABLE = lazy_pattern(r"\$\{([^{}]*)\}")
_ENVIRONMENT = lazy_pattern(r"\$\{(?:env:)?([A-Z][A-Z0-9_]+)(?::-([^{}]*))?\}")
_MANY = lazy_pattern(r"(?:List|Set|Collection|Map|Array|Iterable)\b|\[\]")
_MAX_OPTIONS = 400


class _Reader:
    """Reads the command classes of a repository."""

    def __init__(self, declarations: Declarations) -> None:
        self.types = declarations
        self.commands = [t for t in declarations.types if "Command" in t.annotations]

    def roots(self) -> Iterator[Type]:
        """Commands that are no other command's sub-command, mixin or base."""
        below: set[str] = set()
        for command in self.commands:
            for child in self._children(command):
                below.add(child.key)
            for base in self.types.with_bases(command)[1:]:
                below.add(base.key)
            for member in command.members:
                if {"Mixin", "ParentCommand"} & member.annotations.keys():
                    mixed = self.types.find(member.type, command.source)
                    if mixed and "Mixin" in member.annotations:
                        below.add(mixed.key)
        added = {child.key for children in self._added.values() for child in children}
        roots = [c for c in self.commands if c.key not in below | added]
        yield from roots

    @property
    def _added(self) -> dict[str, list[Type]]:
        """Sub-commands that are added by a call, by the key of the command they are added to."""
        if not hasattr(self, "_added_cache"):
            self._added_cache = dict(self._find_added())
        return self._added_cache

    def _find_added(self) -> Iterator[tuple[str, list[Type]]]:
        for source in list(self.types.sources):
            if b"addSubcommand" not in source.content:
                continue
            children, parent = [], None
            for node in _calls(source.root, "addSubcommand"):
                holder = node.child_by_field_name("arguments") or node.named_children[-1]
                for argument in arguments_of(holder)[0]:
                    child = self._made(argument, source)
                    if child:
                        children.append(child)
            for node in _creations(source.root, "CommandLine"):
                for argument in arguments_of(node.child_by_field_name("arguments"))[0]:
                    parent = parent or self._made(argument, source)
            if parent and children:
                yield parent.key, [c for c in children if c.key != parent.key]

    def _made(self, node: Node, source: Source) -> Type | None:
        """The command class of `new X(…)`, `X.class` or a variable that was set to such."""
        text = text_of(node)
        found = re.match(r"(?:new\s+)?([A-Z]\w*)(?:\(|\.class|::class)", text)
        name = found[1] if found else ""
        if not name and re.fullmatch(r"\w+", text):
            made = re.search(rf"\b{text}\s*=\s*new\s+([A-Z]\w*)".encode(), source.content)
            name = made[1].decode() if made else ""
        declared = self.types.find(name, source) if name else None
        return declared if declared and "Command" in declared.annotations else None

    def _children(self, command: Type) -> list[Type]:
        names = class_names(command.annotations["Command"].get("subcommands"))
        found = (self.types.find(name, command.source) for name in names)
        return [t for t in found if t is not None and "Command" in t.annotations]

    def command(self, declared: Type, seen: frozenset[str] = frozenset()) -> Command | None:
        """The command that a class is; None if it is hidden."""
        annotation = declared.annotations["Command"]
        found = self._command(annotation, declared)
        if found is None:
            return None
        for part in self.types.with_bases(declared):
            self._members(part, found, frozenset())
        children = self._children(declared) + self._added.get(declared.key, [])
        for child in children:
            if child.key not in seen:
                made = self.command(child, seen | {declared.key})
                if made is not None:
                    found.children.append(made)
        if "HelpCommand" in class_names(annotation.get("subcommands")):
            found.children.append(Command("help", found.at))
        return found

    def _command(self, annotation: Annotation, declared: Type) -> Command | None:
        if text_of(annotation.get("hidden")) == "true":
            return None
        source = declared.source
        name = self.types.text(annotation.get("name"), source, declared) or ""
        texts = self.types.texts(annotation.get("description"), source, declared)
        found = Command(
            name=name,
            at=source.at(annotation.node),
            help=_plain(" ".join(texts), "", []),
            prog=name,
            aliases=self.types.texts(annotation.get("aliases"), source, declared),
        )
        if text_of(annotation.get("mixinStandardHelpOptions")) == "true":
            help_ = option(["-h", "--help"], "Show this help message and exit.", flag=True)
            version = option(["-V", "--version"], "Print version information and exit.", flag=True)
            found.options += [(help_, found.at), (version, found.at)]
        return found

    def _members(self, declared: Type, command: Command, seen: frozenset[str]) -> None:
        """Adds the options, mixins and method commands that a class declares."""
        if declared.key in seen or len(command.options) > _MAX_OPTIONS:
            return
        for member in declared.members:
            notes = member.annotations
            if {"Mixin", "ArgGroup"} & notes.keys():
                mixed = self.types.find(re.sub(r".*<|[>\[\]?]", "", member.type), declared.source)
                for part in self.types.with_bases(mixed) if mixed else ():
                    self._members(part, command, seen | {declared.key})
            elif member.is_method and "Command" in notes:
                self._method(member, command)
            elif "Option" in notes:
                self._option(member, notes["Option"], command)
            elif "Parameters" in notes:
                self._positional(member, notes["Parameters"], command)

    def _method(self, member: Member, parent: Command) -> None:
        """A method with @Command: a sub-command with the method's parameters as options."""
        command = self._command(member.annotations["Command"], member.owner)
        if command is None:
            return
        command.name = command.name or member.name
        parameters = member.node.child_by_field_name("parameters")
        for node in parameters.named_children if parameters is not None else ():
            kind = text_of(node.child_by_field_name("type"))
            name = text_of(node.child_by_field_name("name"))
            inner = Member(name, kind, None, annotations_of(node), node, member.owner)
            if "Option" in inner.annotations:
                self._option(inner, inner.annotations["Option"], command)
            elif "Parameters" in inner.annotations:
                self._positional(inner, inner.annotations["Parameters"], command)
        parent.children.append(command)

    def _option(self, member: Member, annotation: Annotation, command: Command) -> None:
        owner, source = member.owner, member.owner.source
        names = self.types.texts(annotation.get("names", "name"), source, owner)
        names = names or [
            t for n in annotation.positional for t in self.types.texts(n, source, owner)
        ]
        if not names or text_of(annotation.get("hidden")) == "true":
            return
        arity = self.types.text(annotation.get("arity"), source, owner) or ""
        flag = member.type.rstrip("?[]").lower() == "boolean" and arity in {"", "0"}
        longest = max(names, key=len)
        negatable = text_of(annotation.get("negatable")) == "true" and longest.startswith("--")
        other = longest[5:] if longest.startswith("--no-") else f"no-{longest[2:]}"
        details = self._details(member, annotation)
        found = option(
            names,
            self._help(member, annotation, details),
            flag=flag,
            required=text_of(annotation.get("required")) == "true",
            repeatable=bool(_MANY.search(member.type)),
            negations=(f"--{other}",) if negatable else (),
            default=details["default"],
            choices=details["choices"],
            metavar=details["metavar"],
            env=details["env"],
        )
        command.options.append((found, source.at(annotation.node)))

    def _positional(self, member: Member, annotation: Annotation, command: Command) -> None:
        if text_of(annotation.get("hidden")) == "true":
            return
        owner, source = member.owner, member.owner.source
        label = self.types.text(annotation.get("paramLabel"), source, owner) or member.name
        arity = self.types.text(annotation.get("arity"), source, owner) or ""
        details = self._details(member, annotation)
        many = bool(_MANY.search(member.type)) or arity.endswith("*")
        found = option(
            [label.strip("<>[]").strip()],
            self._help(member, annotation, details),
            positional=True,
            required=arity.startswith("1") or (not arity and not many and not details["default"]),
            repeatable=many,
            default=details["default"],
            choices=details["choices"],
            env=details["env"],
        )
        command.options.append((found, source.at(annotation.node)))

    def _details(self, member: Member, annotation: Annotation) -> dict[str, str]:
        owner, source = member.owner, member.owner.source
        given = annotation.get("defaultValue")
        default = (self.types.text(given, source, owner) or "") if given is not None else ""
        environment = _ENVIRONMENT.fullmatch(default)
        if environment:
            default = environment[2] or ""
        if given is None:
            default = self.types.scalar(member.value, source, owner, member.type)
        label = self.types.text(annotation.get("paramLabel"), source, owner) or ""
        return {
            "default": "" if "$" in default or "NULL" in default else default,
            "choices": ", ".join(self._choices(member)),
            "metavar": label.strip("<>"),
            "env": environment[1] if environment else "",
        }

    def _choices(self, member: Member) -> list[str]:
        kind = re.sub(r".*<|[>\[\]?]", "", member.type)
        if not re.fullmatch(r"[A-Z][\w.]*", kind) or kind in {"String", "File", "Path", "Integer"}:
            return []
        declared = self.types.find(kind, member.owner.source)
        return declared.constants[:30] if declared else []

    def _help(self, member: Member, annotation: Annotation, details: dict[str, str]) -> str:
        texts = self.types.texts(annotation.get("description"), member.owner.source, member.owner)
        return _plain(" ".join(texts), details["default"], details["choices"].split(", "))


def _plain(text: str, default: str, choices: list[str]) -> str:
    """A description without picocli's markup; sentences with values only known at run time go."""
    text = _MARKUP.sub(r"\1", text).replace("%n", " ").replace("%%", "%")

    def fill(found: re.Match[str]) -> str:
        name = found[1].removeprefix("sys:").upper()
        known = {"DEFAULT-VALUE": default, "COMPLETION-CANDIDATES": ", ".join(choices)}
        return known.get(name) or found[0]

    text = _VARIABLE.sub(fill, text)
    if "${" in text:
        text = " ".join(s for s in re.split(r"(?<=[.!?])\s+|(?=\s\()", text) if "${" not in s)
    return " ".join(text.split())


def _calls(node: Node, name: str) -> Iterator[Node]:
    """Calls of a method by name, in Java and Kotlin."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if (
            current.type == "method_invocation"
            and text_of(current.child_by_field_name("name")) == name
        ) or (
            current.type == "call_expression"
            and text_of(current.named_children[0]).endswith(f".{name}")
        ):
            yield current
        waiting.extend(reversed(current.named_children))


def _creations(node: Node, name: str) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if (
            current.type == "object_creation_expression"
            and text_of(current.child_by_field_name("type")) == name
        ):
            yield current
        waiting.extend(reversed(current.named_children))


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    reader = _Reader(Declarations(repo, (s for s in sources if is_product(s.path))))
    for root in reader.roots():
        command = reader.command(root)
        if command is not None and (command.options or command.children):
            yield from command.facts("picocli", root.key)


FRAMEWORKS = (
    Framework("picocli", ("java", "kotlin"), Gate(patterns={b"picocli": rb"\bpicocli\b"}), _facts),
)
