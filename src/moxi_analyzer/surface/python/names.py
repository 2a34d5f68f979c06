"""Names in Python code: which definition, value or outside module a dotted name stands for.

Modules are indexed by their dotted names and parsed when first asked for. Nothing is imported.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from tree_sitter import Node

from moxi_analyzer.repository import Repository
from moxi_analyzer.syntax import Source, literal, source_of, text_of

_MAX_HOPS = 12
_BLOCKS = frozenset(
    "if_statement elif_clause else_clause try_statement except_clause finally_clause "
    "with_statement block".split()
)


@dataclass(frozen=True)
class Symbol:
    """Something defined in the repository: its module, name, and definition or value."""

    module: Module
    name: str
    node: Node

    @property
    def key(self) -> tuple[str, int]:
        """What tells this symbol from all others."""
        return self.module.path, self.node.start_byte

    @property
    def entry(self) -> str:
        """`module.path:name`, as entry points are written."""
        return f"{self.module.name}:{self.name}"


@dataclass(frozen=True)
class External:
    """A name from outside the repository, written out: `click.option`."""

    name: str


@dataclass(eq=False)
class Module:
    """One parsed Python file."""

    path: str
    name: str
    source: Source
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)

    @property
    def package(self) -> str:
        """The package that relative imports start from."""
        return self.name if self.path.endswith("__init__.py") else self.name.rpartition(".")[0]

    @cached_property
    def statements(self) -> list[Node]:
        """Statements that run on import, those in top-level if, try and with included."""
        return list(_statements(self.source.root))

    @cached_property
    def definitions(self) -> dict[str, Node]:
        """Top-level functions and classes."""
        found: dict[str, Node] = {}
        for statement in self.statements:
            node = definition_in(statement)
            if node is not None and not _is_overload(node):
                found.setdefault(text_of(node.child_by_field_name("name")), node)
        return found

    @cached_property
    def values(self) -> dict[str, Node]:
        """Top-level names that are assigned exactly once, with what they are assigned."""
        return assigned_once(self.statements)

    @cached_property
    def listed(self) -> frozenset[str] | None:
        """What `from module import *` gives, where `__all__` is a plain list of names."""
        node = self.values.get("__all__")
        if node is None or node.type not in {"list", "tuple"}:
            return None
        names = [literal(child) for child in node.named_children if child.type != "comment"]
        return frozenset(filter(None, names)) if all(names) else None

    def gives(self, name: str) -> bool:
        """Whether `from module import *` may give a name."""
        return self.listed is None or name in self.listed

    def load_imports(self) -> None:
        """Fill `imports` and `stars` from import statements at any depth."""
        for _, match in self.source.matches("python_imports"):
            if "import" in match:
                self._plain_import(match["import"][0])
            else:
                self._from_import(match["from"][0])

    def _plain_import(self, node: Node) -> None:
        for item in node.children_by_field_name("name"):
            if item.type == "aliased_import":
                alias = text_of(item.child_by_field_name("alias"))
                self.imports.setdefault(alias, (text_of(item.child_by_field_name("name")), ""))
            else:
                first = text_of(item).partition(".")[0]
                self.imports.setdefault(first, (first, ""))

    def _from_import(self, node: Node) -> None:
        module = self._absolute(text_of(node.child_by_field_name("module_name")))
        if any(child.type == "wildcard_import" for child in node.children):
            self.stars.append(module)
        for item in node.children_by_field_name("name"):
            aliased = item.type == "aliased_import"
            name = text_of(item.child_by_field_name("name") if aliased else item)
            alias = text_of(item.child_by_field_name("alias")) if aliased else name
            self.imports.setdefault(alias, (module, name))

    def _absolute(self, name: str) -> str:
        level = len(name) - len(name.lstrip("."))
        if not level:
            return name
        parts = self.package.split(".") if self.package else []
        parts = parts[: len(parts) - (level - 1)] if level > 1 else parts
        return ".".join([*parts, *filter(None, name.lstrip(".").split("."))])


def _statements(block: Node) -> Iterator[Node]:
    for child in block.named_children:
        if child.type in _BLOCKS:
            yield from _statements(child)
        else:
            yield child


def assigned_once(statements: list[Node]) -> dict[str, Node]:
    """Names that plain assignments among `statements` bind exactly once, with their values."""
    found: dict[str, Node] = {}
    again: set[str] = set()
    for statement in statements:
        node = statement.named_children[0] if statement.named_children else None
        if statement.type != "expression_statement" or node is None:
            continue
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if node.type == "augmented_assignment":
            again.add(text_of(left))
        elif node.type == "assignment" and left is not None and right is not None:
            name = text_of(left)
            (again.add if name in found else lambda _: None)(name)
            found.setdefault(name, right)
    return {name: node for name, node in found.items() if name not in again}


def definition_in(statement: Node) -> Node | None:
    """The function or class that a statement defines, without its decorators."""
    if statement.type == "decorated_definition":
        return statement.child_by_field_name("definition")
    return statement if statement.type in {"function_definition", "class_definition"} else None


def decorators_of(definition: Node) -> list[Node]:
    """The decorator expressions of a function or class, in order."""
    parent = definition.parent
    if parent is None or parent.type != "decorated_definition":
        return []
    return [
        c.named_children[0] for c in parent.children if c.type == "decorator" and c.named_children
    ]


def _is_overload(definition: Node) -> bool:
    return any(text_of(d).endswith("overload") for d in decorators_of(definition))


def members_of(definition: Node) -> dict[str, Node]:
    """Methods (as definitions) and class attributes (as values) of a class."""
    body = definition.child_by_field_name("body")
    if definition.type != "class_definition" or body is None:
        return {}
    statements = list(_statements(body))
    found = assigned_once(statements)
    for statement in statements:
        node = definition_in(statement)
        if node is not None and not _is_overload(node):
            found.setdefault(text_of(node.child_by_field_name("name")), node)
    return found


def bases_of(definition: Node) -> list[Node]:
    """The base class expressions of a class."""
    bases = definition.child_by_field_name("superclasses")
    return (
        [b for b in bases.named_children if b.type in {"identifier", "attribute"}] if bases else []
    )


class Names:
    """All Python modules of a repository, and what names in them stand for."""

    def __init__(self, repo: Repository) -> None:
        self._repo = repo
        self._modules: dict[str, Module | None] = {}
        self._paths: dict[str, str] = {}
        self._found: dict[tuple[str, str], Module | None] = {}
        self._members: dict[tuple[str, int], dict[str, Node]] = {}
        self._resolved: dict[tuple[str, str], Module | Symbol | External | None] = {}
        for path in repo.files:
            if path.endswith(".py"):
                self._paths.setdefault(self.module_name(path), path)

    def module_name(self, path: str) -> str:
        """The dotted name under which the file at `path` is imported."""
        folder, name = posixpath.split(path)
        parts = [] if name == "__init__.py" else [name.removesuffix(".py")]
        while folder and self._repo.has(f"{folder}/__init__.py"):
            folder, _, last = folder.rpartition("/")
            parts.insert(0, last)
        return ".".join(parts)

    def at(self, path: str) -> Module | None:
        """The module in the file at `path`."""
        if path not in self._modules:
            content = self._repo.read(path)
            module = None
            if content is not None:
                module = Module(path, self.module_name(path), source_of(path, "python", content))
                module.load_imports()
            self._modules[path] = module
        return self._modules[path]

    def module(self, name: str, near: str = "") -> Module | None:
        """The module called `name`; as a script beside the file `near` imports it, if need be."""
        key = (name, posixpath.dirname(near))
        if key not in self._found:
            self._found[key] = self._find(name, near)
        return self._found[key]

    def _find(self, name: str, near: str) -> Module | None:
        path = self.path_of(name, near)
        return self.at(path) if path else None

    def path_of(self, name: str, near: str) -> str | None:
        """The file of the module called `name`, not yet parsed."""
        path = self._paths.get(name)
        if path:
            return path
        relative = name.replace(".", "/")
        roots = [posixpath.dirname(near), "src", "", "lib"] if near else ["src", "", "lib"]
        places = [
            posixpath.normpath(posixpath.join(root, relative + tail))
            for root in roots
            for tail in (".py", "/__init__.py")
        ]
        return next((p for p in places if self._repo.has(p)), None)

    def path_behind(self, module: Module, dotted: str) -> str | None:
        """The file that the first part of a name is imported from, not yet parsed."""
        source, _ = module.imports.get(dotted.partition(".")[0], ("", ""))
        return self.path_of(source, module.path) if source else None

    def content(self, path: str) -> bytes:
        """The bytes of a file; none if it cannot be read."""
        return self._repo.read(path) or b""

    def resolve(self, module: Module, dotted: str) -> Module | Symbol | External | None:
        """What a dotted name, as written in `module`, stands for."""
        key = (module.path, dotted)
        if key not in self._resolved:
            self._resolved[key] = self._resolve(module, dotted)
        return self._resolved[key]

    def _resolve(self, module: Module, dotted: str) -> Module | Symbol | External | None:
        first, *rest = dotted.split(".")
        target = self._lookup(module, first, _MAX_HOPS)
        for part in rest:
            if target is None:
                return None
            target = self.member(target, part)
        return target

    def symbol(self, module: Module, dotted: str) -> Symbol | None:
        """As `resolve`, for what the repository itself defines."""
        target = self.resolve(module, dotted)
        return target if isinstance(target, Symbol) else None

    def outside(self, module: Module, dotted: str) -> str:
        """The full name of something from outside the repository; "" for everything else."""
        target = self.resolve(module, dotted)
        return target.name if isinstance(target, External) else ""

    def member(
        self, target: Module | Symbol | External, name: str, hops: int = _MAX_HOPS
    ) -> Module | Symbol | External | None:
        """The attribute `name` of a module or class."""
        if isinstance(target, External):
            inside = self.module(f"{target.name}.{name}")  # a package without __init__.py
            return inside or External(f"{target.name}.{name}")
        if isinstance(target, Module):
            return self._lookup(target, name, hops) or self.module(f"{target.name}.{name}")
        if hops <= 0:
            return None
        node = self.members(target).get(name)
        if node is not None:
            return Symbol(target.module, f"{target.name}.{name}", node)
        for base in bases_of(target.node):
            parent = self.resolve(target.module, text_of(base))
            if isinstance(parent, Symbol) and parent.key != target.key:
                found = self.member(parent, name, hops - 1)
                if found is not None:
                    return found
        return None

    def members(self, cls: Symbol) -> Mapping[str, Node]:
        """As `members_of`, found once for each class."""
        if cls.key not in self._members:
            self._members[cls.key] = members_of(cls.node)
        return self._members[cls.key]

    def _lookup(self, module: Module, name: str, hops: int) -> Module | Symbol | External | None:
        if hops <= 0:
            return None
        if name in module.definitions:
            return Symbol(module, name, module.definitions[name])
        if name in module.values and name not in module.imports:
            return self._value(module, name, hops)
        if name in module.imports:
            return self._imported(module, *module.imports[name], hops)
        for star in module.stars:
            other = self.module(star, module.path)
            if other is None or other is module or not other.gives(name):
                continue
            found = self._lookup(other, name, hops - 1)
            if found is not None:
                return found
        return None

    def _value(self, module: Module, name: str, hops: int) -> Module | Symbol | External | None:
        node = module.values[name]
        if node.type in {"identifier", "attribute"} and text_of(node) != name:
            first, *rest = text_of(node).split(".")
            target = self._lookup(module, first, hops - 1)
            for part in rest:
                target = self.member(target, part, hops - 1) if target is not None else None
            if target is not None:
                return target
        return Symbol(module, name, node)

    def _imported(
        self, module: Module, source: str, attribute: str, hops: int
    ) -> Module | Symbol | External | None:
        other = self.module(source, module.path)
        if other is None:
            inner = self.module(f"{source}.{attribute}", module.path) if attribute else None
            return inner or External(f"{source}.{attribute}" if attribute else source)
        if not attribute:
            return other
        if other is not module:
            found = self._lookup(other, attribute, hops - 1)
            if found is not None:
                return found
        return self.module(f"{source}.{attribute}".lstrip("."), module.path)


@lru_cache(maxsize=1)
def names_of(repo: Repository) -> Names:
    """The names of a repository; kept for the one analysed last, so that frameworks share it."""
    return Names(repo)
