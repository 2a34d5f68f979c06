"""System.CommandLine: commands and options that C# code makes and puts together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from tree_sitter import Node

from moxi_analyzer.manifests.msbuild import nearest_project
from moxi_analyzer.manifests.resx import resource
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.command_line import Option
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.surface.typed.command_tree import Command, option
from moxi_analyzer.surface.typed.csharp_nodes import SCOPES, holder_of, target_type
from moxi_analyzer.surface.typed.declared import Declarations
from moxi_analyzer.surface.typed.declared_types import arguments_of, items_of
from moxi_analyzer.surface.typed.dotnet import is_flag
from moxi_analyzer.syntax import Source, ancestors, descendants, text_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_KIND = lazy_pattern(
    r"(?:System\.CommandLine\.)?(Option|Argument|Command|RootCommand|CliOption|CliArgument|CliCommand|CliRootCommand)\??(?:<(.+)>)?\??$",
    re.DOTALL,
)
_ADDS = frozenset(
    "Add AddOption AddGlobalOption AddArgument AddCommand AddAlias SetDefaultValue".split()
)
_MANY = lazy_pattern(r"\[\]|IEnumerable<|List<|IReadOnly\w+<|ICollection<")
_MAX_DEPTH = 6
_MAX_MADE = 400  # more than any real program has; each is looked for in all its method
_MAX_CALLS = 3_000


@dataclass
class _Made:
    """An option, argument or command that an expression makes."""

    kind: str
    node: Node
    source: Source
    option: Option | None = None
    command: Command | None = None
    name: str = ""  # the variable, field or property that holds it
    method: int = 0  # the method it is made in
    type_name: str = ""  # the class it is made in
    attached: bool = False


class _Reader:
    def __init__(self, repo: Repository, sources: Iterable[Source]) -> None:
        self.repo = repo
        self.types = Declarations(repo, sources)
        self.made: list[_Made] = []
        self.classes: dict[str, _Made] = {}
        self.returned: dict[str, _Made] = {}
        self._named: dict[tuple[str, str], _Made | None] = {}
        self._classes()
        for source in list(self.types.sources):
            self._creations(source)

    def text(self, node: Node | None, source: Source) -> str | None:
        """A string, a constant, or an entry of a resource file."""
        found = self.types.text(node, source)
        if found is None and re.fullmatch(r"\w+\.\w+", text_of(node)):
            holder, _, key = text_of(node).partition(".")
            found = resource(self.repo, holder, key, source.path)
        return found

    def _classes(self) -> None:
        """Classes that are commands: `class Build : Command { Build() : base("build", "…") }`."""
        for declared in list(self.types.types):
            kind = next((m[1] for base in declared.bases if (m := _KIND.match(base))), "")
            if not kind.endswith("Command"):
                continue
            command = Command("", declared.source.at(declared.node))
            initializer = next(descendants(declared.node, "constructor_initializer"), None)
            holder = next(iter(initializer.named_children), None) if initializer else None
            texts = [self.text(n, declared.source) for n in arguments_of(holder)[0]]
            texts = texts if "Root" not in kind else ["", *texts]
            command.name = (texts[0] or "") if texts else ""
            command.help = (texts[1] or "") if len(texts) > 1 else ""
            made = _Made(
                kind, declared.node, declared.source, None, command, type_name=declared.name
            )
            self.classes[declared.name] = made

    def _creations(self, source: Source) -> None:
        for node in descendants(
            source.root, "object_creation_expression", "implicit_object_creation_expression"
        ):
            kind = _KIND.match(text_of(node.child_by_field_name("type")) or target_type(node))
            if not kind:
                continue
            made = _Made(kind[1].removeprefix("Cli"), node, source)
            made.name, made.method, made.type_name = holder_of(node)
            if made.kind in {"Option", "Argument"}:
                made.option = self._option(made, kind[2] or "")
            else:
                made.command = self._command(made)
            self.made.append(made)
            if len(self.made) >= _MAX_MADE:
                return
            statement = next((a for a in ancestors(node) if a.type.endswith("statement")), None)
            method = next((a for a in ancestors(node) if a.type in SCOPES), None)
            if made.command is not None and method is not None:
                returned = statement is not None and statement.type == "return_statement"
                if returned or re.search(rf"\breturn {re.escape(made.name)};", text_of(method)):
                    key = f"{made.type_name}.{text_of(method.child_by_field_name('name'))}"
                    self.returned[key] = made

    def _arguments(self, node: Node) -> tuple[list[Node], dict[str, Node]]:
        holder = node.child_by_field_name("arguments") or next(
            (c for c in node.named_children if c.type == "argument_list"), None
        )
        return arguments_of(holder)

    def _command(self, made: _Made) -> Command:
        positional, named = self._arguments(made.node)
        texts = [self.text(node, made.source) for node in positional]
        if "Root" in made.kind:
            texts = [None, *texts]
        name = (self.text(named.get("name"), made.source) or (texts[0] if texts else "")) or ""
        words = self.text(named.get("description"), made.source) or (
            texts[1] if len(texts) > 1 else ""
        )
        words = words or self.text(self._settings(made).get("Description"), made.source)
        return Command(name, made.source.at(made.node), help=words or "")

    def _settings(self, made: _Made) -> dict[str, Node]:
        """What an object initializer, or statements on the variable, set."""
        found: dict[str, Node] = {}
        scope = next((a for a in ancestors(made.node) if a.type in SCOPES), None)
        places = [c for c in made.node.named_children if c.type == "initializer_expression"]
        for place in places:
            for child in place.named_children:
                if child.type == "assignment_expression":
                    left, right = (
                        child.child_by_field_name("left"),
                        child.child_by_field_name("right"),
                    )
                    if right is not None:
                        found[text_of(left)] = right
        if made.name and scope is not None:
            for child in descendants(scope, "assignment_expression"):
                target = text_of(child.child_by_field_name("left"))
                value = child.child_by_field_name("right")
                if target.startswith(f"{made.name}.") and value is not None:
                    found.setdefault(target.partition(".")[2], value)
        return found

    def _option(self, made: _Made, type_: str) -> Option | None:
        positional, named = self._arguments(made.node)
        settings = self._settings(made)
        forms: list[str] = []
        words = ""
        lambdas: list[Node] = []
        for key, node in [("", n) for n in positional] + list(named.items()):
            if node.type == "lambda_expression":
                lambdas.append(node)
                continue
            for text in (self.text(item, made.source) for item in items_of(node)):
                is_name = text is not None and re.fullmatch(r"[-/]{1,2}[\w?.:-]+", text)
                if text and (
                    key in {"name", "aliases"} or is_name or (made.kind == "Argument" and not forms)
                ):
                    forms.append(text)
                elif text and key in {"", "description"}:
                    words = words or text
        forms += (
            [t for i in items_of(settings["Aliases"]) if (t := self.text(i, made.source))]
            if "Aliases" in settings
            else []
        )
        forms += self._added_aliases(made)
        factory = (
            settings.get("DefaultValueFactory")
            or named.get("getDefaultValue")
            or (lambdas[0] if lambdas else None)
        )
        hidden = text_of(settings.get("Hidden") or settings.get("IsHidden"))
        if not forms or hidden == "true":
            return None
        arity = text_of(settings.get("Arity"))
        return option(
            forms,
            self.text(settings.get("Description"), made.source) or words,
            flag=is_flag(type_)
            or (not type_ and made.kind == "Option" and "Argument" not in settings),
            positional=made.kind == "Argument",
            required=text_of(settings.get("Required") or settings.get("IsRequired")) == "true"
            or (
                made.kind == "Argument"
                and factory is None
                and "Zero" not in arity
                and not type_.endswith("?")
                and not _MANY.search(type_)
            ),
            repeatable=bool(_MANY.search(type_)),
            default=self._default(factory, type_, made.source),
            choices=self._choices(made, type_),
            metavar=self.text(
                settings.get("HelpName") or settings.get("ArgumentHelpName"), made.source
            )
            or "",
            everywhere=text_of(settings.get("Recursive")) == "true",
        )

    def _default(self, factory: Node | None, type_: str, source: Source) -> str:
        body = factory.child_by_field_name("body") if factory is not None else None
        found = self.types.scalar(body, source, None, type_) if body is not None else ""
        return "" if is_flag(type_) and found == "false" else found

    def _choices(self, made: _Made, type_: str) -> str:
        scope = next((a for a in ancestors(made.node) if a.type in SCOPES), None)
        around = text_of(scope if scope is not None else made.source.root)
        found = (
            re.search(
                rf"\b{re.escape(made.name)}\.(?:FromAmong|AcceptOnlyFromAmong)\(([^()]*)\)", around
            )
            if made.name
            else None
        )
        if found:
            return ", ".join(re.findall(r'"([^"]+)"', found[1]))
        plain = type_.rstrip("?")
        declared = self.types.find(plain, made.source) if re.fullmatch(r"[A-Z]\w+", plain) else None
        return ", ".join(declared.constants[:30]) if declared else ""

    def _added_aliases(self, made: _Made) -> list[str]:
        scope = next((a for a in ancestors(made.node) if a.type in SCOPES), None)
        if not made.name or scope is None:
            return []
        name = re.escape(made.name)
        return re.findall(rf'\b{name}\.(?:AddAlias|Aliases\.Add)\(\s*"([^"]+)"', text_of(scope))

    def resolve(self, node: Node, source: Source) -> _Made | None:
        """What an expression refers to: a creation, a variable, a field or a factory method."""
        text = text_of(node)
        made = next((m for m in self.made if m.source is source and m.node.id == node.id), None)
        if made is not None:
            return made
        if node.type == "object_creation_expression":
            return self.classes.get(text_of(node.child_by_field_name("type")).rpartition(".")[2])
        _, method, type_name = holder_of(node)
        called = re.match(r"(?:(\w+)\.)?(\w+)\(", text)
        if called:
            return self.returned.get(f"{called[1] or type_name}.{called[2]}")
        qualifier, _, name = text.removeprefix("this.").rpartition(".")
        named = [m for m in self.made if m.name == name]
        for candidates in (
            [m for m in named if not qualifier and m.source is source and m.method == method],
            [m for m in named if m.type_name == (qualifier or type_name)],
            named if qualifier else [],
        ):
            if len(candidates) == 1:
                return candidates[0]
        return self._of_class(name, source)

    def _of_class(self, name: str, source: Source) -> _Made | None:
        """The command class that a variable or field of that name is declared with."""
        if not re.fullmatch(r"\w+", name):
            return None
        key = (source.path, name)
        if key not in self._named:
            self._named[key] = self._declared_class(name, source)
        return self._named[key]

    def _declared_class(self, name: str, source: Source) -> _Made | None:
        declared = re.search(
            rf"\b([A-Z]\w*)\??\s+{name}\b|\b{name}\s*=\s*new\s+([A-Z]\w*)".encode(), source.content
        )
        return self.classes.get((declared[1] or declared[2]).decode()) if declared else None

    def connect(self) -> None:
        """Attaches options and sub-commands to what they are added to."""
        for made in list(self.made):
            if made.command is not None:
                for child in made.node.named_children:
                    if child.type == "initializer_expression":
                        for item in child.named_children:
                            self._attach(made, self._inner(item), made.source, False)
        for source in list(self.types.sources):
            calls = islice(descendants(source.root, "invocation_expression"), _MAX_CALLS)
            for call in calls:
                function = call.child_by_field_name("function")
                is_access = function is not None and function.type == "member_access_expression"
                method = text_of(
                    function.child_by_field_name("name") if is_access and function else function
                )
                if method in _ADDS:
                    receiver = (
                        function.child_by_field_name("expression")
                        if is_access and function
                        else None
                    )
                    parent = self._receiver(receiver, call, source)
                    for argument in arguments_of(call.child_by_field_name("arguments"))[0]:
                        if parent is not None:
                            self._attach(parent, argument, source, method == "AddGlobalOption")

    def _inner(self, item: Node) -> Node:
        return (
            item.child_by_field_name("right") or item
            if item.type == "assignment_expression"
            else item
        )

    def _receiver(self, node: Node | None, call: Node, source: Source) -> _Made | None:
        depth = 0
        while node is not None and depth < 60:
            depth += 1
            text = text_of(node)
            if node.type == "invocation_expression":
                function = node.child_by_field_name("function")
                node = function.child_by_field_name("expression") if function is not None else None
                continue
            if re.match(r"new CommandLineBuilder\(", text):
                arguments, _ = self._arguments(node)
                node = arguments[0] if arguments else None
                continue
            if re.search(r"\.?(?:Options|Arguments|Subcommands|Children)$", text):
                inner = node.child_by_field_name("expression")
                if inner is None:
                    break
                node = inner
                continue
            found = self.resolve(node, source)
            if found is not None or text != "this":
                return found
            break
        return self.classes.get(holder_of(call)[2])

    def _attach(self, parent: _Made, node: Node, source: Source, everywhere: bool) -> None:
        child = self.resolve(node, source)
        if child is None or parent.command is None or child is parent:
            return
        if child.option is not None:
            found = child.option
            if everywhere:
                found = Option(
                    found.forms,
                    found.help,
                    found.takes,
                    found.negations,
                    found.positional,
                    {**found.detail, "global": "true"},
                )
            entry = (found, child.source.at(child.node))
            if entry not in parent.command.options:
                parent.command.options.append(entry)
            child.attached = True
        elif child.command is not None and child.command not in parent.command.children:
            parent.command.children.append(child.command)
            child.attached = True

    def roots(self) -> Iterator[_Made]:
        """Commands that nothing else holds; options that nothing holds belong to the only one."""
        commands = [m for m in [*self.classes.values(), *self.made] if m.command is not None]
        roots = [m for m in commands if not m.attached and ("Root" in m.kind)]
        if (
            len(roots) == 1
            and roots[0].command is not None
            and not any(m.command.children for m in roots if m.command)
        ):
            project = nearest_project(self.repo, roots[0].source.path)
            for made in self.made:
                if (
                    made.option is not None
                    and not made.attached
                    and nearest_project(self.repo, made.source.path) == project
                ):
                    roots[0].command.options.append((made.option, made.source.at(made.node)))
        yield from roots


def _in_order(command: Command, depth: int = 0) -> None:
    """Sorts options by place: a chain of calls is met from its end."""
    command.options.sort(key=lambda entry: (entry[1].path, entry[1].line))
    for child in command.children if depth < _MAX_DEPTH else ():
        _in_order(child, depth + 1)


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    reader = _Reader(repo, sources)
    reader.connect()
    for root in reader.roots():
        if root.command is not None and (root.command.options or root.command.children):
            _in_order(root.command)
            place = Evidence(path=root.source.path, line=root.node.start_point.row + 1)
            yield from root.command.facts("system.commandline", str(place))


FRAMEWORKS = (
    Framework(
        "system.commandline",
        ("c_sharp",),
        Gate(patterns={b"System.CommandLine": rb"\bSystem\.CommandLine\b"}),
        _facts,
    ),
)
