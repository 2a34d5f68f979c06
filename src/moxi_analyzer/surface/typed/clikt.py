"""clikt: commands and options that Kotlin classes declare as properties."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from moxi_analyzer.manifests.jvm import is_product
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.typed.command_tree import Command, option
from moxi_analyzer.surface.typed.declared import Declarations
from moxi_analyzer.surface.typed.declared_types import Member, Type, arguments_of
from moxi_analyzer.syntax import Source, text_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_COMMANDS = lazy_pattern(r"(?:Suspending|Core|NoOp|Chained\w*)?(?:NoOp)?CliktCommand")
_HUMP = lazy_pattern(r"([a-z])([A-Z])")
_MADE = lazy_pattern(rb"\b([A-Z]\w*)\s*\(")
_VERSION_OPTION = lazy_pattern(rb"\bversionOption\((?:[^\n]*?names\s*=\s*setOf\(([^)]*)\))?")
_FLAGS = frozenset({"flag", "nullableFlag", "counted", "switch"})
_MANY = frozenset({"multiple", "split", "associate", "unique", "pair", "triple", "vararg"})


class _Reader:
    def __init__(self, types: Declarations) -> None:
        self.types = types
        self.commands = [t for t in types.types if self._is_command(t)]

    def _is_command(self, declared: Type) -> bool:
        return any(
            _COMMANDS.fullmatch(base) for t in self.types.with_bases(declared) for base in t.bases
        )

    def trees(self) -> Iterator[tuple[Type, Command]]:
        """Each command that is no other's sub-command, with all below it."""
        below = self._below()
        under = {child.key for children in below.values() for child in children}
        bases = {b.key for c in self.commands for b in self.types.with_bases(c)[1:]}
        for declared in self.commands:
            if declared.key not in under | bases and "abstract" not in _head(declared):
                yield declared, self._command(declared, below, frozenset())

    def _below(self) -> dict[str, list[Type]]:
        """Sub-commands by the key of their parent, from `Parent().subcommands(A(), B())`."""
        found: dict[str, list[Type]] = {}
        for source in list(self.types.sources):
            if b"subcommands" not in source.content:
                continue
            for _, match in source.matches("clikt_kotlin"):
                call = match["call"][0]
                parent = self._parent(match["on"][0] if "on" in match else None, call, source)
                inside = _MADE.findall(match["arguments"][0].text or b"")
                children = [c for name in inside if (c := self._named(name.decode(), source))]
                if parent is not None:
                    found.setdefault(parent.key, []).extend(c for c in children if c is not parent)
        return found

    def _named(self, name: str, source: Source) -> Type | None:
        """The command class of that name, also from a file that does not name the library."""
        declared = self.types.find(name, source)
        return declared if declared and self._is_command(declared) else None

    def _parent(self, on: Node | None, call: Node, source: Source) -> Type | None:
        made = _MADE.match(on.text or b"") if on is not None else None
        if made:
            return self._named(made[1].decode(), source)
        around = [
            t
            for t in self.commands
            if t.source.path == source.path
            and t.node.start_byte <= call.start_byte < t.node.end_byte
        ]
        return around[-1] if around else None

    def _command(
        self, declared: Type, below: dict[str, list[Type]], seen: frozenset[str]
    ) -> Command:
        source = declared.source
        arguments = _base_arguments(declared)
        name = self.types.text(arguments.get("name"), source, declared) or _command_name(
            declared.name
        )
        words = self.types.text(arguments.get("help"), source, declared) or self._help(declared)
        found = Command(name, source.at(declared.node), help=_first_paragraph(words), prog=name)
        for part in self.types.with_bases(declared):
            self._members(part, found, frozenset())
            self._version(part, found)
        for child in below.get(declared.key, []):
            if child.key not in seen | {declared.key}:
                found.children.append(self._command(child, below, seen | {declared.key}))
        return found

    def _help(self, declared: Type) -> str:
        """The text that an overridden `help` gives."""
        for member in declared.members:
            if member.name in {"help", "commandHelp"} and member.is_method:
                body = member.node.named_children[-1] if member.node.named_children else None
                inner = (
                    body.named_children[-1] if body is not None and body.named_children else None
                )
                if inner is not None and inner.type == "call_expression":
                    inner = inner.named_children[0].named_children[0]
                return self.types.text(inner, declared.source, declared) or ""
        return ""

    def _version(self, declared: Type, command: Command) -> None:
        content = declared.node.text or b""
        found = _VERSION_OPTION.search(content)
        if found:
            names = [n.decode() for n in re.findall(rb'"(--?[\w-]+)"', found[1] or b"")]
            line = declared.node.start_point.row + content.count(b"\n", 0, found.start()) + 1
            version = option(names or ["--version"], "Show the version and exit", flag=True)
            command.options.append((version, Evidence(path=declared.source.path, line=line)))

    def _members(self, declared: Type, command: Command, seen: frozenset[str]) -> None:
        if declared.key in seen:
            return
        for member in declared.members:
            steps = _steps(member.value) if member.value is not None else []
            first = steps[0][0] if steps else ""
            if first in {"option", "argument"} and len(steps[0]) > 1:
                self._option(declared, member, steps, command)
            elif first[:1].isupper() and len(steps) <= 2:
                group = self.types.find(first, declared.source)
                if group and "OptionGroup" in group.bases:
                    self._members(group, command, seen | {declared.key})

    def _option(
        self, owner: Type, member: Member, steps: list[tuple[str, Node | None]], command: Command
    ) -> None:
        source = owner.source
        names, named = arguments_of(steps[0][1])
        if text_of(named.get("hidden")) == "true":
            return
        is_positional = steps[0][0] == "argument"
        calls = dict(steps[1:])
        given = [t for n in names if (t := self.types.text(n, source, owner)) is not None]
        if names and len(given) < len(names) and not is_positional:
            return  # a computed name
        own = self.types.text(named.get("name"), source, owner) or (given[0] if given else "")
        if is_positional:
            forms = [own or _kebab(member.name).upper()]
        else:
            forms = [form for form in given if re.match(r"[-/+]", form)] or [
                f"--{_kebab(member.name)}"
            ]
        words = self.types.text(named.get("help"), source, owner)
        if words is None and "help" in calls:
            inner = arguments_of(calls["help"])[0]
            words = self.types.text(inner[0], source, owner) if inner else ""
        flag = bool(_FLAGS & calls.keys())
        found = option(
            forms,
            words or "",
            flag=flag,
            positional=is_positional,
            required="required" in calls
            or (is_positional and not {"optional", "default", "multiple"} & calls.keys()),
            repeatable=bool(_MANY & calls.keys()),
            negations=self._negations(calls.get("flag"), source, owner),
            default=self._default(calls, source, owner, flag),
            choices=", ".join(self._choices(calls, steps, source, owner)),
            metavar=self.types.text(named.get("metavar"), source, owner) or "",
            env=self.types.text(named.get("envvar"), source, owner) or "",
        )
        command.options.append((found, source.at(member.node)))

    def _negations(self, flag: Node | None, source: Source, owner: Type) -> tuple[str, ...]:
        texts = (self.types.text(n, source, owner) for n in arguments_of(flag)[0])
        return tuple(text for text in texts if text and text.startswith("-"))

    def _default(
        self, calls: dict[str, Node | None], source: Source, owner: Type, flag: bool
    ) -> str:
        holder = calls.get("flag") if flag else calls.get("default")
        positional, named = arguments_of(holder)
        node = named.get("default") or named.get("value")
        if node is None and not flag and positional:
            node = positional[0]
        return self.types.scalar(node, source, owner, "") if node is not None else ""

    def _choices(
        self,
        calls: dict[str, Node | None],
        steps: list[tuple[str, Node | None]],
        source: Source,
        owner: Type,
    ) -> list[str]:
        if "choice" not in calls:
            return []
        positional, _ = arguments_of(calls["choice"])
        keys = (
            n.named_children[0] if n.type == "infix_expression" and n.named_children else n
            for n in positional
        )
        return [text for key in keys if (text := self.types.text(key, source, owner)) is not None]


def _head(declared: Type) -> str:
    return text_of(declared.node).partition("{")[0]


def _base_arguments(declared: Type) -> dict[str, Node]:
    """Arguments that a class gives to the constructor of its base class."""
    specifiers = next(
        (c for c in declared.node.named_children if c.type == "delegation_specifiers"), None
    )
    for specifier in specifiers.named_children if specifiers is not None else ():
        call = specifier.named_children[0] if specifier.named_children else None
        if call is None or call.type != "constructor_invocation":
            continue
        holder = next((c for c in call.named_children if c.type == "value_arguments"), None)
        positional, named = arguments_of(holder)
        # What the arguments of a project's own base class mean is not known by their order.
        is_library = _COMMANDS.fullmatch(text_of(call.named_children[0])) is not None
        order = ("help", "epilog", "name") if is_library else ()
        return dict(zip(order, positional, strict=False)) | named
    return {}


def _command_name(class_name: str) -> str:
    """The name that clikt gives to a command class."""
    plain = class_name if class_name == "Command" else class_name.removesuffix("Command")
    return _kebab(plain)


def _kebab(name: str) -> str:
    return _HUMP.sub(r"\1-\2", name).replace("_", "-").lower()


def _first_paragraph(text: str) -> str:
    return re.split(r"\n\s*\n", text.strip())[0]


def _steps(node: Node) -> list[tuple[str, Node | None]]:
    """A chain of calls `a(…).b(…)` as (name, arguments), the innermost first."""
    found: list[tuple[str, Node | None]] = []
    current: Node | None = node
    while current is not None and current.type == "call_expression" and len(found) < 20:
        head = current.named_children[0]
        holder = next((c for c in current.named_children if c.type == "value_arguments"), None)
        if head.type == "call_expression" and holder is None:
            current = head  # a trailing lambda
            continue
        if head.type == "navigation_expression":
            found.append((text_of(head.named_children[-1]), holder or current))
            current = head.named_children[0]
        else:
            found.append((text_of(head), holder or current))
            current = None
    return found[::-1]


def _clikt(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    reader = _Reader(Declarations(repo, (s for s in sources if is_product(s.path))))
    for declared, command in reader.trees():
        if command.options or command.children:
            yield from command.facts("clikt", declared.key)


FRAMEWORKS = (Framework("clikt", ("kotlin",), re.compile(rb"com\.github\.ajalt\.clikt"), _clikt),)
