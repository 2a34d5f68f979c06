"""Go on a page: import paths, names of packages, methods and fields of our own module."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from tree_sitter import Node

from moxi_analyzer.golang.modules import Module
from moxi_analyzer.golang.packages import GoPackage, go_code
from moxi_analyzer.syntax import descendants, text_of, unquote
from moxi_check.claim import Claim, not_judged, true
from moxi_check.code.go_types import GoNames, GoType
from moxi_check.code.resolve import missing, shared
from moxi_check.code.uses import Fragment, Language, Use
from moxi_check.document import InlineCode, Span
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

_MAX_DEPTH = 150
_VERSION = lazy_pattern(r"/v\d+$")
_EXPORTED = lazy_pattern(r"[A-Z]\w*")
_INLINE = lazy_pattern(r"^[a-z]\w*\.[A-Z]\w*(?:\.[A-Z]\w*)?(?:\([^()\n]{0,100}\))?$")
_IMPORT = lazy_pattern(r'(?m)^\s*(?:import\s+)?(?:[\w.]+\s+)?"[\w.-]+\.\w+/[\w./-]+"\s*$')
_GENERATED = lazy_pattern(rb"//go:generate|^import \"C\"")
_COMMENTED = lazy_pattern(r"(?<![\w.])([a-z]\w*)\.([A-Z]\w*)\b")


@dataclass(frozen=True)
class _Function:
    """A function that one of ours gives: where it comes from."""

    path: str
    name: str


_STANDARD = frozenset(
    "atomic big bufio bytes context crypto csv errors exec flag fmt gzip hash html http image io json log math mime net "
    "os path rand regexp signal slog slices sort sql strconv strings sync template testing time unicode url user xml".split()
)
_UNTOLD = "the page does not say whose it is"
_Target = GoPackage | GoType | _Function | None


class Go(Language):
    """Go; what is ours are the paths below the modules of the repository's go.mod files."""

    fences: ClassVar[frozenset[str]] = frozenset({"go", "golang"})
    grammar: ClassVar[str] = "go"
    guess: ClassVar[re.Pattern[str] | None] = _IMPORT

    @cached_property
    def _names(self) -> GoNames:
        return GoNames(go_code(self.ground.repo))

    @cached_property
    def _modules(self) -> list[Module]:
        return [m for m in self._names.code.modules.by_folder.values() if m.path]

    def inline(self, code: InlineCode) -> Iterator[Fragment]:
        """A name that is asked of a package."""
        text = code.text.strip()
        if self._modules and _INLINE.match(text):
            span = Span(code.text, code.line, code.column)
            yield Fragment((span,), self.grammar, code.section, code.before, is_inline=True)

    def uses(self, fragments: Sequence[Fragment]) -> Iterator[Use]:
        """What all fragments import holds in each of them; variables hold where they are made."""
        if not self._modules:
            return
        imported: dict[str, str] = {}
        found: list[list[Use]] = []
        bound: list[dict[str, str]] = []  # what each fragment imports itself
        for piece in fragments:
            found.append([])
            bound.append({})
            for node in descendants(piece.root, "import_spec"):
                literal = node.child_by_field_name("path")
                path = unquote(text_of(literal)) or ""
                alias = text_of(node.child_by_field_name("name"))
                alias = alias or self._names.code.default_alias(path)
                imported.setdefault(alias, path)
                bound[-1][alias] = path
                if path and literal is not None:
                    span = piece.span(literal)
                    inner = Span(span.text.strip('"`'), span.line, span.column + 1)
                    found[-1].append(Use("import", inner, path))
        packages = self._main_packages()
        roots = list(packages.values())
        shared = {
            alias: path for alias, path in imported.items()
            if all(each.get(alias, path) == path for each in bound)
        }  # fmt: skip
        # An alias that two fragments give to two packages tells nothing to a third.
        unclear = imported.keys() - shared.keys()
        packages = self._with(shared, {k: v for k, v in packages.items() if k not in unclear})
        for piece, uses, own in zip(fragments, found, bound, strict=True):
            yield from uses
            # Without an import beside it, a variable may have the package's name.
            is_loose = piece.is_inline or not uses
            known = self._with(own, packages) if uses else _but_standard(packages)
            for use in _Walker(self._names, piece, known, roots).uses():
                yield self._names.loose(use) if is_loose else use

    def _with(
        self, imported: Mapping[str, str], packages: Mapping[str, GoPackage]
    ) -> dict[str, GoPackage]:
        """The packages by their names, where some are imported under names: those of others hide ours."""
        found = dict(packages)
        for alias, path in imported.items():
            found.pop(alias, None)
            package = self._names.code.imported(path) if self._is_ours(path) else None
            if package is not None:
                found[alias] = package
        return found

    def _main_packages(self) -> dict[str, GoPackage]:
        """The packages at the roots of modules, by the names that code without imports gives them."""
        folders = sorted(
            (m.folder for m in self._modules), key=lambda f: f.count("/"), reverse=True
        )
        found = (self._names.code.package(folder) for folder in folders)
        return {p.folder.name: p for p in found if p is not None and p.folder.name != "main"}

    def _is_ours(self, path: str) -> bool:
        return any(_is_below(path, _VERSION.sub("", m.path)) for m in self._modules)

    # Judging

    def judge(self, use: Use) -> Claim | None:
        """Paths are held against folders, names against the one package that they are asked of."""
        if use.kind == "import":
            return self._path(use)
        package = self._names.code.imported(use.module)
        if package is None:
            return None
        owner, _, last = use.name.rpartition(".")
        if not owner and not use.argument:
            member = self._names.in_package(package, last)
            if member is not None:
                return true(use.kind, use.span, member.place)
            if not _EXPORTED.fullmatch(last) or self._makes_code(package):
                return not_judged(use.kind, use.span, f"`{use.module}` has files that are made")
            if self.ground.mention(f'"{last}"', docs=False):
                return not_judged(use.kind, use.span, "own code has a string of this name")
            known = [*package.functions, *package.types, *package.values]
            known = [name for name in known if name[:1].isupper()]
            place = Evidence(path=package.files[0].source.path)
            what = f"in package `{package.folder.name}`"
            return missing(use, last, what, known, place, closed=True)
        of = GoType(package, use.name if use.argument else owner)
        word = use.argument or last
        offered = self._names.offers(of, fields_only=bool(use.argument))
        if word in offered.members:
            return true(use.kind, use.span, offered.members[word].place)
        if offered.why or self._makes_code(package):
            return not_judged(use.kind, use.span, offered.why or "files of the package are made")
        decl = package.types.get(of.name)
        place = decl.file.source.at(decl.node) if decl else Evidence(path=package.folder.path)
        what = f"a field of `{of.name}`" if use.argument else f"a method or field of `{of.name}`"
        return missing(use, word, what, [n for n in offered.members if n[:1].isupper()], place)

    def _makes_code(self, package: GoPackage) -> bool:
        """Whether files of a package may be missing here: generated and ignored, or of cgo."""
        folder = package.folder.path
        if any(_GENERATED.search(file.source.content) for file in package.files):
            return self.ground.ignored(f"{folder}/zz_generated.go".lstrip("/")) or any(
                b'import "C"' in file.source.content for file in package.files
            )
        return False

    def _path(self, use: Use) -> Claim | None:
        if not self._is_ours(use.module):
            return shared(self.ground, use, f'"{use.module}"')
        modules = self._names.code.modules
        folder = modules.folder_of_import(use.module)
        if folder is not None and any(p.endswith(".go") for p in self.ground.repo.inside(folder)):
            module = modules.module_of(folder)
            where = f"{module.folder}/go.mod".lstrip("/") if module and not folder else folder
            return true(use.kind, use.span, Evidence(path=where))
        if folder is not None and self._below_has_go(folder):
            known = [p for p in self._import_paths() if p.startswith(use.module + "/")]
            return missing(use, use.module, "a package, only a folder of packages", known)
        if self.ground.through_link(use.module.rpartition("/")[2]) or self.ground.linked:
            return not_judged(use.kind, use.span, "the repository has links that are not followed")
        nearest = min(self._modules, key=lambda m: (not _is_below(use.module, m.path), m.folder.count("/"), -len(m.path)))  # fmt: skip
        place = Evidence(path=f"{nearest.folder}/go.mod".lstrip("/"), line=_module_line(nearest))
        bare = _VERSION.sub("", nearest.path)
        for module in self._modules:
            other = re.sub(rf"^{re.escape(_VERSION.sub('', module.path))}(?:/v\d+)?(?=/|$)", module.path, use.module)  # fmt: skip
            if other != use.module and modules.folder_of_import(other) is not None:
                return missing(use, use.module, f"a path of module `{module.path}`", [other], place)
        known = self._import_paths()
        return missing(use, use.module, f"a package of `{nearest.path or bare}`", known, place)

    def _below_has_go(self, folder: str) -> bool:
        return any(path.endswith(".go") for path in self.ground.repo.under(folder))

    def _import_paths(self) -> list[str]:
        modules = self._names.code.modules
        return [path for folder in modules.packages if (path := modules.import_path(folder))]


class _Walker:
    """Finds the uses in one fragment, following what variables are made of."""

    def __init__(
        self,
        names: GoNames,
        piece: Fragment,
        packages: dict[str, GoPackage],
        roots: Sequence[GoPackage] = (),
    ) -> None:
        self.names, self.piece = names, piece
        self.roots = roots  # of which a page may show code as it stands within them
        self.made = {
            text_of(node.child_by_field_name("name"))
            for node in descendants(piece.root, "type_spec", "function_declaration")
        }
        self.known: dict[str, _Target] = dict(packages)
        self.found: list[Use] = []

    def uses(self) -> Iterator[Use]:
        """All uses: of code in the order of the text, then of comments."""
        packages = {name: p for name, p in self.known.items() if isinstance(p, GoPackage)}
        self._visit(self.piece.root, 0)
        yield from self.found
        for node in descendants(self.piece.root, "comment"):
            span = self.piece.span(node)
            for match in _COMMENTED.finditer(span.text):
                package = packages.get(match[1])
                if package is not None:
                    path = self.names.code.modules.import_path(package.folder.path)
                    place = Span(match[2], span.line, span.column + match.start(2))
                    yield Use("api", place, path, match[2])

    def _visit(self, node: Node, depth: int) -> _Target:
        """Look for uses in a node; what its value is made of, if that is known."""
        if depth > _MAX_DEPTH or node.type in {"comment", "import_declaration", "package_clause"}:
            return None
        if node.type in {"identifier", "package_identifier"}:
            return self.known.get(text_of(node)) or self._bare(node)
        if node.type == "type_identifier":
            return self._bare(node)
        method = getattr(self, f"_visit_{node.type}", None)
        if method is not None:
            result: _Target = method(node, depth + 1)
            return result
        wraps = node.type in {
            "unary_expression", "parenthesized_expression", "pointer_type", "expression_list",
            "generic_type", "type_instantiation_expression",
        }  # fmt: skip
        values = [self._visit(child, depth + 1) for child in node.named_children]
        # Of `<-channel` and `*pointer` nothing is known but what the grammar says.
        return values[0] if wraps and values and not text_of(node).startswith("<-") else None

    def _bare(self, node: Node) -> _Target:
        """`GetString("key")`: a name of ours as code of its own package writes it."""
        name = text_of(node)
        if name in self.known or name in self.made or not _EXPORTED.fullmatch(name):
            return None
        for package in self.roots:
            member = self.names.in_package(package, name)
            if member is not None:
                path = self.names.code.modules.import_path(package.folder.path)
                use = Use("api", self.piece.span(node), path, name, doubt=_UNTOLD)
                self.found.append(use)
                return member.type
        return None

    def _bind(self, names: Sequence[Node], values: Sequence[_Target]) -> None:
        for place, name in enumerate(names):
            if name.type == "identifier":
                # A name that is made twice of different things may be either.
                self.known[text_of(name)] = values[place] if place < len(values) else None

    def _visit_selector_expression(self, node: Node, depth: int) -> _Target:
        operand = node.child_by_field_name("operand")
        owner = self._visit(operand, depth) if operand is not None else None
        return self._member(owner, node.child_by_field_name("field"))

    def _visit_qualified_type(self, node: Node, depth: int) -> _Target:
        package = self.known.get(text_of(node.child_by_field_name("package")))
        return self._member(package, node.child_by_field_name("name"))

    def _member(self, owner: _Target, node: Node | None) -> _Target:
        name = text_of(node)
        if (
            owner is None
            or isinstance(owner, _Function)
            or node is None
            or not _EXPORTED.fullmatch(name)
        ):
            return None
        package = owner if isinstance(owner, GoPackage) else owner.package
        path = self.names.code.modules.import_path(package.folder.path)
        if isinstance(owner, GoPackage):
            self.found.append(Use("api", self.piece.span(node), path, name))
            full = name
            member = self.names.in_package(owner, name)
        else:
            full = f"{owner.name}.{name}"
            self.found.append(Use("api", self.piece.span(node), path, full, on_instance=True))
            member = self.names.offers(owner).members.get(name)
        if member is not None and member.gives_function:
            return _Function(path, full)
        return member.type if member is not None else None

    def _visit_call_expression(self, node: Node, depth: int) -> _Target:
        function = node.child_by_field_name("function")
        result = self._visit(function, depth) if function is not None else None
        if isinstance(result, _Function) and function is not None and function.type == "identifier":
            # It was made by one of ours, and is called here.
            self.found.append(Use("api", self.piece.span(function), result.path, result.name))
            result = None
        arguments = node.child_by_field_name("arguments")
        first = None
        for child in arguments.named_children if arguments is not None else ():
            given = self._visit(child, depth)
            first = first or given
        if text_of(function) == "new":
            return first
        return None if isinstance(result, GoPackage) else result

    def _visit_composite_literal(self, node: Node, depth: int) -> _Target:
        kind = node.child_by_field_name("type")
        made = self._visit(kind, depth) if kind is not None else None
        body = node.child_by_field_name("body")
        plain = kind is not None and kind.type in {"qualified_type", "type_identifier"}
        for element in body.named_children if body is not None else ():
            if element.type == "keyed_element" and element.named_child_count == 2:
                key, value = element.named_children
                if isinstance(made, GoType) and plain:
                    self._field(made, key)
                self._visit(value, depth)
            else:
                self._visit(element, depth)
        return made if plain else None

    def _field(self, made: GoType, key: Node) -> None:
        name = key.named_children[0] if key.named_children else key
        decl = made.package.types.get(made.name)
        struct = decl is not None and decl.type is not None and decl.type.type == "struct_type"
        if struct and name.type in {"identifier", "field_identifier"}:
            path = self.names.code.modules.import_path(made.package.folder.path)
            span = self.piece.span(name)
            self.found.append(Use("argument", span, path, made.name, text_of(name)))

    def _visit_short_var_declaration(self, node: Node, depth: int) -> _Target:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        values = [self._visit(c, depth) for c in right.named_children] if right else []
        values = [None if isinstance(v, GoPackage) else v for v in values]
        self._bind(left.named_children if left else (), values)
        return None

    def _visit_assignment_statement(self, node: Node, depth: int) -> _Target:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        for child in right.named_children if right else ():
            self._visit(child, depth)
        for child in left.named_children if left else ():
            if child.type != "identifier":
                self._visit(child, depth)
        return None

    def _visit_range_clause(self, node: Node, depth: int) -> _Target:
        right, left = node.child_by_field_name("right"), node.child_by_field_name("left")
        if right is not None:
            self._visit(right, depth)
        self._bind(left.named_children if left else (), ())
        return None

    def _visit_var_spec(self, node: Node, depth: int) -> _Target:
        return self._declare(node, depth)

    def _visit_const_spec(self, node: Node, depth: int) -> _Target:
        return self._declare(node, depth)

    def _visit_parameter_declaration(self, node: Node, depth: int) -> _Target:
        return self._declare(node, depth)

    def _declare(self, node: Node, depth: int) -> _Target:
        kind, value = node.child_by_field_name("type"), node.child_by_field_name("value")
        given = self._visit(kind, depth) if kind is not None else None
        plain = kind is not None and kind.type in {"qualified_type", "pointer_type"}
        values = [self._visit(c, depth) for c in value.named_children] if value else []
        names = node.children_by_field_name("name")
        if plain and isinstance(given, GoType):
            values = [given] * len(names)
        self._bind(names, [v if isinstance(v, GoType) else None for v in values])
        return None

    def _visit_function_declaration(self, node: Node, depth: int) -> _Target:
        return self._scope(node, depth)

    def _visit_method_declaration(self, node: Node, depth: int) -> _Target:
        return self._scope(node, depth)

    def _visit_func_literal(self, node: Node, depth: int) -> _Target:
        return self._scope(node, depth)

    def _scope(self, node: Node, depth: int) -> _Target:
        """What a function's parameters and variables are called is so only within it."""
        outside = dict(self.known)
        for child in node.named_children:
            self._visit(child, depth)
        self.known = outside
        return None


def _but_standard(packages: dict[str, GoPackage]) -> dict[str, GoPackage]:
    """Packages that have not the name of one of the language's own, which needs no word on a page."""
    return {name: package for name, package in packages.items() if name not in _STANDARD}


def _is_below(path: str, root: str) -> bool:
    return path == root or path.startswith(root + "/")


def _module_line(module: Module) -> int:
    return next((d.line for d in module.of("module")), 0)
