"""Rake: the tasks with a description, as `rake -T` lists them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from tree_sitter import Node

from moxi_analyzer.formats import one_line
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.manifests.ruby import parse
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_analyzer.ruby_values import arguments, string, strings
from moxi_analyzer.syntax import text_of
from moxi_core.records import Fact

# Task libraries whose tasks take the name given, or this one.
_TASK_CLASSES = {
    "RSpec::Core::RakeTask": ("spec", "Run RSpec code examples"),
    "Rake::TestTask": ("test", "Run tests"),
    "Minitest::TestTask": ("test", "Run the test suite"),
    "RuboCop::RakeTask": ("rubocop", "Run RuboCop"),
    "YARD::Rake::YardocTask": ("yard", "Generate YARD documentation"),
    "Cucumber::Rake::Task": ("cucumber", "Run Cucumber features"),
    "Rake::ExtensionTask": ("compile", "Compile all the extensions"),
}


def _rakefile(repo: Repository, path: str) -> Iterator[Fact]:
    source = parse(repo, path)
    folder = folder_of(path)
    in_lib = folder.endswith("lib/tasks")
    home = folder.removesuffix("lib/tasks").rstrip("/") if in_lib else folder
    if folder.rpartition("/")[2] in {"rakelib", "tasks"} and not in_lib:
        home = folder.rpartition("/")[0]
    if in_lib and not repo.has(join(home, "config/application.rb")):
        return
    runner = "bin/rails" if in_lib else "bundle exec rake" if _bundled(repo, home) else "rake"
    for name, text, node in _tasks(source.root, ""):
        detail = {"tool": "rake", "run": f"{runner} {name}"}
        yield Fact(
            kind="task",
            value=name,
            text=one_line(text),
            scope=home,
            evidence=source.at(node),
            detail=detail,
        )


def _bundled(repo: Repository, folder: str) -> bool:
    return repo.has(join(folder, "Gemfile"))


def _tasks(
    node: Node, prefix: str, given: Mapping[str, str] = MappingProxyType({})
) -> Iterator[tuple[str, str, Node]]:
    """Name, description and place of each task; `given` are the values of loop variables."""
    description = ""
    for child in node.named_children:
        if child.type != "call":
            if child.type != "comment":
                description = ""
            continue
        method = text_of(child.child_by_field_name("method"))
        positional, keywords = arguments(child)
        name = _said(_first(child), given) or next(iter(keywords), None)
        if method == "desc":
            description = (_said(positional[0], given) or "") if positional else ""
            continue
        body = _body(child)
        if method == "namespace" and name and body is not None:
            yield from _tasks(body, f"{prefix}{name}:", given)
        elif method == "each" and body is not None:
            variable = _variable(child)
            for value in strings(child.child_by_field_name("receiver")) if variable else ():
                yield from _tasks(body, prefix, {**given, variable: value})
        elif method in {"task", "multitask", "file"} and name and description:
            if "#" not in name:
                yield prefix + name, description, child
        elif method == "new":
            known = _TASK_CLASSES.get(text_of(child.child_by_field_name("receiver")))
            if known and (name or not positional):
                yield prefix + (name or known[0]), description or known[1], child
        description = ""


def _first(call: Node) -> Node | None:
    """The first argument of a call, or the key of the pair that it is."""
    listed = call.child_by_field_name("arguments")
    first = listed.named_children[0] if listed is not None and listed.named_children else None
    return first.child_by_field_name("key") if first is not None and first.type == "pair" else first


def _said(node: Node | None, given: Mapping[str, str]) -> str | None:
    """The text of an expression in which loop variables may stand; None when it is computed."""
    if node is None:
        return None
    if node.type == "identifier":
        return given.get(text_of(node))
    if node.type == "string" and any(child.type == "interpolation" for child in node.children):
        parts = [
            given.get(text_of(child)[2:-1].strip())
            if child.type == "interpolation"
            else text_of(child)
            for child in node.named_children
        ]
        return None if None in parts else "".join(part or "" for part in parts)
    return string(node)


def _variable(call: Node) -> str:
    """The one variable of a block; "" if there is none, or there are more."""
    block = call.child_by_field_name("block")
    listed = block.child_by_field_name("parameters") if block is not None else None
    names = listed.named_children if listed is not None else []
    return text_of(names[0]) if len(names) == 1 and names[0].type == "identifier" else ""


def _body(call: Node) -> Node | None:
    block = call.child_by_field_name("block")
    return block.child_by_field_name("body") if block is not None else None


MANIFESTS: tuple[Manifest, ...] = (
    manifest(r"[Rr]akefile(?:\.rb)?|(?:rakelib|tasks)/[^/]+\.rake", _rakefile),
)
