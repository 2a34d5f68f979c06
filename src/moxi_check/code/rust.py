"""Rust on a page: paths into our own crates, in `use` declarations and in code."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import ClassVar

from tree_sitter import Node

from moxi_analyzer.formats import as_dict, as_str, load_toml
from moxi_analyzer.repository import folder_of, join
from moxi_analyzer.roles import is_own
from moxi_analyzer.surface.rust.modules import Crate, Item, Module
from moxi_analyzer.syntax import descendants, text_of
from moxi_check.claim import Claim, not_judged, true, undecided
from moxi_check.code.resolve import Offered, judged, missing, shared
from moxi_check.code.rust_objects import Declared, Held, Objects, macros_of
from moxi_check.code.uses import Fragment, Language, Use, UseKind
from moxi_check.document import CodeBlock, InlineCode, Span
from moxi_check.ground import nearest
from moxi_check.kinds.names import is_variant
from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

_HIDDEN = lazy_pattern(r"^\s*#(?: |$)")
_USE = lazy_pattern(r"(?m)^\s*(?:pub )?use [a-z_]\w*(?:::[\w:{}*, \n]+)?;|^\s*#\[derive\(")
_INLINE = lazy_pattern(r"^[A-Za-z_]\w*(?:::[A-Za-z_]\w*)+!?(?:\(\))?$")
_LANGUAGE_ROOTS = frozenset("std core alloc crate self super test proc_macro Self".split())
# What a type has through traits of the language, without a line that says so.
_COMMON = frozenset(
    "from into try_from try_into default clone from_str from_iter to_string to_owned as_ref deref "
    "drop fmt next eq cmp partial_cmp hash borrow type_id iter index add sub mul div neg not".split()
)
_PLAIN_DERIVES = frozenset(
    "Debug Clone Copy PartialEq Eq PartialOrd Ord Hash Default Serialize Deserialize Error".split()
)
_MAX_DEPTH = 150
_Path = list[Node]  # one node for each word of a path


# What derives and attributes put before or behind the name of an item.
_PUT_ON = lazy_pattern(
    r"Builder|Client|Server|Discriminants?|Kind|Iter|Error|Snafu|Ref|Mut|Args|Partial|Mock|Shadow|Optional|Archived|Dto|Model|Entity"
)


def _is_made_of(item: str, name: str) -> bool:
    """Whether a name is that of an item with what macros put on it: `ServerBuilder`, `MockMailer`."""
    rest = name.removeprefix(item) if name.startswith(item) else name.removesuffix(item)
    return rest != name and bool(item[:1].isupper()) and _PUT_ON.fullmatch(rest) is not None


class Rust(Language):
    """Rust; what is ours are the library crates of the repository's manifests."""

    fences: ClassVar[frozenset[str]] = frozenset(
        "rust rs no_run should_panic compile_fail ignore edition2021 edition2018".split()
    )
    grammar: ClassVar[str] = "rust"
    guess: ClassVar[re.Pattern[str] | None] = _USE

    def fragment(self, block: CodeBlock, lines: Iterable[Span]) -> Fragment:
        """Lines that documentation hides are code as well, without their `# `."""
        return super().fragment(block, [_shown(line) for line in lines])

    def inline(self, code: InlineCode) -> Iterator[Fragment]:
        """A path of two words and more."""
        if self._roots and _INLINE.match(code.text.strip()):
            span = Span(code.text, code.line, code.column)
            yield Fragment((span,), self.grammar, code.section, code.before, is_inline=True)

    @cached_property
    def _roots(self) -> dict[str, str]:
        """The file that each library crate starts in, by the name that code uses."""
        found: dict[str, str] = {}
        for path in self.ground.repo.files:
            if path.rpartition("/")[2] != "Cargo.toml" or not is_own(path):
                continue
            try:
                data = load_toml(self.ground.repo.text(path) or "")
            except ManifestError:
                continue
            library = as_dict(data.get("lib"))
            name = as_str(library.get("name")) or as_str(as_dict(data.get("package")).get("name"))
            root = join(folder_of(path), as_str(library.get("path")) or "src/lib.rs")
            if name and self.ground.repo.has(root):
                name = name.replace("-", "_")
                if found.setdefault(name, root) != root:
                    self._doubled.add(name)
        return found

    @cached_property
    def _doubled(self) -> set[str]:
        """Names that several crates have: bindings for other languages take that of the core."""
        return set()

    @cached_property
    def _taken(self) -> dict[str, set[tuple[str, ...]]]:
        """The paths that the page takes from each crate, ours or not."""
        return defaultdict(set)

    @cached_property
    def _read(self) -> dict[str, Crate]:
        return {}

    def _crate(self, name: str) -> Crate:
        if name not in self._read:
            self._read[name] = Crate(self.ground.repo, self._roots[name])
        return self._read[name]

    # Uses

    def uses(self, fragments: Sequence[Fragment]) -> Iterator[Use]:
        """What is imported in one fragment is known in all."""
        if not self._roots:
            return
        imported: dict[str, tuple[str, ...]] = {}
        for piece in fragments:
            for node in descendants(piece.root, "use_declaration"):
                argument = node.child_by_field_name("argument")
                for path, alias in _use_paths(argument, [], 0) if argument is not None else ():
                    words = tuple(text_of(word) for word in path)
                    self._taken[words[0]].add(words[1:])
                    if alias and words[0] not in _LANGUAGE_ROOTS:
                        imported.setdefault(alias, words)
        objects = Objects(lambda node: self._made(node, imported), self._gives)
        for piece in fragments:
            yield from self._of(piece, imported)
            for asked in objects.asked(piece):
                name = f"{asked.held.type}.{text_of(asked.node)}"
                yield Use("api", piece.span(asked.node), asked.held.crate, name, on_instance=True)
            for node in macros_of(piece):
                if text_of(node) in self._declared.macros:
                    yield Use("api", piece.span(node), "", text_of(node))

    @cached_property
    def _declared(self) -> Declared:
        return Declared(self.ground)

    def _made(self, node: Node, imported: dict[str, tuple[str, ...]]) -> Held | None:
        """What a path gives: an object of the type it names, or what the function gives."""
        path = [text_of(word) for word in _simple(node)]
        words = (*imported.get(path[0], path[:1]), *path[1:]) if path else ()
        if not words or words[0] not in self._roots:
            return None
        crate = self._crate(words[0])
        for count in (len(words), len(words) - 1):
            found = crate.lookup(words[1:count]) if count > 1 else None
            if isinstance(found, Item) and found.node.type == "function_item":
                return self._result(Held(words[0]), found.node)
            if isinstance(found, Item):
                held = Held(words[0], found.name)
                return held if count == len(words) else self._gives(held, words[-1])
        return Held(words[0])

    def _gives(self, held: Held, name: str) -> Held | None:
        """What a method or function of a type gives; None for a value of others."""
        for node, _ in self._crate(held.crate).impls.get(held.type, ()):
            for function in descendants(node, "function_item"):
                if text_of(function.child_by_field_name("name")) == name:
                    return self._result(held, function)
        return Held(held.crate)

    def _result(self, held: Held, function: Node) -> Held | None:
        written = re.findall(r"\w+", text_of(function.child_by_field_name("return_type")))
        impls = self._crate(held.crate).impls
        for word in written:
            if word == "Self" and held.type:
                return held
            if word in impls and word not in {"Option", "Result", "Vec", "Box"}:
                return Held(held.crate, word)
        return None

    def _asked(self, use: Use) -> Claim | None:
        """A member of an object: traits may give it more than its type says."""
        owner, _, name = use.name.rpartition(".")
        for node, source in self._crate(use.module).impls.get(owner, ()):
            for function in descendants(node, "function_item"):
                if text_of(function.child_by_field_name("name")) == name:
                    return true(use.kind, use.span, source.at(function))
        offered = Offered(self._declared.functions, "a trait or a type of others may have it")
        claim = judged(self.ground, use, name, offered, "a method of ours", Evidence(path=""))
        return claim if claim.verdict != "not_judged" or claim.suggestion else None

    def _of(self, piece: Fragment, imported: dict[str, tuple[str, ...]]) -> Iterator[Use]:
        made = {
            text_of(node.child_by_field_name("name"))
            for node in descendants(
                piece.root, "struct_item", "enum_item", "trait_item", "mod_item", "type_item"
            )
        }
        pending: list[tuple[Node, int]] = [(piece.root, 0)]
        seen: set[tuple[int, int]] = set()
        while pending:
            node, depth = pending.pop()
            if depth > _MAX_DEPTH or node.type in {"line_comment", "block_comment"}:
                continue
            if node.type == "use_declaration":
                argument = node.child_by_field_name("argument")
                for path, _ in _use_paths(argument, [], 0) if argument is not None else ():
                    yield from self._path(piece, path, {}, seen, "import")
                continue
            if node.type in {"scoped_identifier", "scoped_type_identifier"}:
                path = _words(node)
                if path and text_of(path[0]) not in made:
                    yield from self._path(piece, path, imported, seen, "api")
                pending += [(inner, depth + 1) for inner in descendants(node, "type_arguments")]
                continue
            pending += [(child, depth + 1) for child in node.named_children[::-1]]

    def _path(
        self,
        piece: Fragment,
        path: _Path,
        imported: dict[str, tuple[str, ...]],
        seen: set[tuple[int, int]],
        kind: str,
    ) -> Iterator[Use]:
        """A use for each word of a path that is of ours, the crate's name only where imported."""
        words = [text_of(node) for node in path]
        if words[0] in imported:
            before = imported[words[0]]
            if piece.is_inline and before[-1] != words[0]:
                return  # a sentence may mean the module that an example names otherwise
        elif words[0] in self._roots or kind == "import":
            before = (words[0],)
        else:
            return
        if before[0] not in self._roots:
            place = (path[0].start_byte, 0)
            is_own = before[0] in _LANGUAGE_ROOTS
            if kind == "import" and place not in seen and not is_own and self._means(tuple(words)):
                seen.add(place)
                yield Use("import", piece.span(path[0]), words[0])
            elif kind == "import" and len(words) > 1 and words[0] not in {"crate", "self", "super"}:
                yield Use("import", piece.span(path[-1]), "", "::".join(words))
            return
        for number, node in enumerate(path):
            place = (node.start_byte, number)
            if place in seen or words[number] in {"self", "*"} or (number == 0 and kind == "api"):
                continue
            seen.add(place)
            full = "::".join((*before[1:], *words[1 : number + 1]))
            said: UseKind = "import" if kind == "import" else "api"
            yield Use(said, piece.span(node), before[0], full)

    def _means(self, words: tuple[str, ...]) -> str:
        """The crate of ours that a wrong name most likely means: it has what is taken from it."""
        root = words[0]
        if self.ground.mention(root, docs=False) or self.ground.mention(
            root.replace("_", "-"), docs=False
        ):
            return ""
        best = self._near(root)
        rest = tuple(word for word in words[1:] if word not in {"*", "self"})
        return best if best and rest and self._crate(best).lookup(rest) is not None else ""

    def _near(self, root: str) -> str:
        """The crate of ours that a name is like, or is with a usual word more: `demo_cli`; or "".

        Or that it is a part of, where ours has two of the things that are taken, and none stands nowhere.
        """
        best = nearest(root, self._roots, cutoff=0.66)
        best = best or next((known for known in self._roots if is_variant(root, known)), "")
        taken = self._taken.get(root, set())
        if best or len(taken) < 2:
            return best
        if not all(self.ground.mention(path[-1], docs=False) for path in taken if path):
            return ""
        for known in self._roots:
            is_part = known.startswith(f"{root}_") or known.endswith(f"_{root}")
            if is_part and sum(map(bool, map(self._crate(known).lookup, taken))) > 1:
                return known
        return ""

    # Judging

    def judge(self, use: Use) -> Claim | None:
        """A path is followed word by word; its last one is what is claimed."""
        claim = self._asked(use) if use.on_instance else self._followed(use)
        if claim is not None and claim.verdict == "false":
            if use.module in self._doubled:
                return undecided(claim, "two crates of the repository have this name")
            if "r#" in use.name:
                return undecided(claim, "a name that is a word of the language")
        return claim

    def _followed(self, use: Use) -> Claim | None:
        if not use.module and use.kind == "import":
            return shared(self.ground, use, use.name)
        if not use.module:
            return true(use.kind, use.span, self._declared.macros[use.name])
        if use.module not in self._roots:
            near = self._near(use.module)
            if not near:
                return None
            claim = missing(use, use.module, "a crate of this repository", [near])
            return replace(claim, suggestion=near, closed=True)
        crate = self._crate(use.module)
        root = self._roots[use.module]
        if crate.root is None:
            return not_judged(use.kind, use.span, f"`{root}` was not read")
        words = tuple(use.name.split("::")) if use.name else ()
        if not words:
            return true(use.kind, use.span, Evidence(path=root))
        if len(words) == 1:
            for macro in crate.macros:
                if macro.name == words[0]:
                    return true(use.kind, use.span, macro.source.at(macro.node))
        found = crate.lookup(words)
        if isinstance(found, Item):
            return true(use.kind, use.span, found.source.at(found.node))
        if isinstance(found, Module):
            return true(use.kind, use.span, Evidence(path=found.path))
        holder = crate.lookup(words[:-1])
        if isinstance(holder, Item):
            return self._associated(use, crate, holder, words[-1])
        if not isinstance(holder, Module):
            return not_judged(use.kind, use.span, f"`{'::'.join(words[:-1])}` was not found here")
        return self._in_module(use, crate, holder, words)

    def _in_module(self, use: Use, crate: Crate, holder: Module, words: tuple[str, ...]) -> Claim:
        last = words[-1]
        for name, path, _ in holder.exports:
            if name == last:  # of another crate
                return true(use.kind, use.span, Evidence(path=holder.path), f"from `{path[0]}`")
        doubt = self._doubt(crate, holder)
        if doubt and self.ground.mention(last, docs=False):
            return not_judged(use.kind, use.span, doubt)
        if any(
            name == "*" and crate.lookup(path[:-1], holder) is None
            for name, path, _ in holder.exports
        ):
            return not_judged(use.kind, use.span, "the module has all names of another crate")
        known = [*holder.items, *holder.modules, *(name for name, _, _ in holder.exports)]
        if holder is crate.root:
            known += [macro.name for macro in crate.macros]
        made = next((item for item in holder.items if last != item and _is_made_of(item, last)), "")
        if made:
            return not_judged(use.kind, use.span, f"an attribute of `{made}` may make it")
        where = "::".join((use.module, *words[:-1]))
        place = Evidence(path=holder.path)
        return missing(use, last, f"in `{where}`", known, place, closed=not doubt)

    def _doubt(self, crate: Crate, holder: Module) -> str:
        """Why a module may have more than its items: macros make some, or a fault hides them."""
        if crate.is_cut:
            return "not all modules of the crate were read"
        if holder.source.root.has_error:
            return f"`{holder.path}` does not parse as a whole"
        for node in holder.source.root.named_children:
            inner = node.named_children[0] if node.type == "expression_statement" else node
            if inner.type == "macro_invocation":
                return f"macros make items of `{holder.path}`"
        return ""

    def _associated(self, use: Use, crate: Crate, holder: Item, last: str) -> Claim:
        """A function, constant or variant of a type."""
        offered = dict(_members(crate, holder))
        if last in offered:
            node, path = offered[last]
            return true(use.kind, use.span, Evidence(path=path, line=node.start_point.row + 1))
        place = holder.source.at(holder.node)
        # Within `cfg_net! { … }` and the like, functions are but tokens.
        inside = re.search(rb"\bfn %s\b" % re.escape(last.encode()), holder.source.content)
        if inside:
            line = holder.source.content.count(b"\n", 0, inside.start()) + 1
            return true(use.kind, use.span, Evidence(path=holder.source.path, line=line))
        derives = {m.key for m in holder.about.attributes.get("derive", ())}
        if last in _COMMON:
            return not_judged(use.kind, use.span, f"traits may give it to `{holder.name}`")
        if derives - _PLAIN_DERIVES or holder.node.type in {"type_item", "macro_definition"}:
            return not_judged(use.kind, use.span, f"macros may give it to `{holder.name}`")
        if self.ground.mention(last, docs=False):
            return not_judged(use.kind, use.span, f"it may be of a trait of `{holder.name}`")
        return missing(use, last, f"in `{holder.name}`", offered, place)


def _members(crate: Crate, holder: Item) -> Iterator[tuple[str, tuple[Node, str]]]:
    body = holder.node.child_by_field_name("body")
    places = [(holder.node, holder.source)] if holder.node.type == "trait_item" else []
    for node, source in [*places, *crate.impls.get(holder.name, ())]:
        inner = node.child_by_field_name("body")
        for child in inner.named_children if inner is not None else ():
            name = text_of(child.child_by_field_name("name"))
            if name:
                yield name, (child, source.path)
    for child in body.named_children if body is not None else ():
        if child.type == "enum_variant":
            yield text_of(child.child_by_field_name("name")), (child, holder.source.path)


def _words(node: Node | None) -> _Path:
    """The words of a path that only names; none for one with types in it."""
    found: _Path = []
    while node is not None and node.type in {"scoped_identifier", "scoped_type_identifier"}:
        name = node.child_by_field_name("name")
        if name is None:
            return []
        found.append(name)
        node = node.child_by_field_name("path")
        if node is not None and node.type in {"generic_type", "generic_type_with_turbofish"}:
            node = node.child_by_field_name("type")
    if node is None or node.type not in {"identifier", "type_identifier", "crate", "self", "super"}:
        return []
    return [node, *found[::-1]]


def _use_paths(node: Node, prefix: _Path, depth: int) -> Iterator[tuple[_Path, str]]:
    """(words, name it gets) of each leaf in the tree of a `use`; "" is the name of a glob."""
    if depth > 20:
        return
    if node.type in {"scoped_use_list", "use_list"}:
        path = node.child_by_field_name("path") if node.type == "scoped_use_list" else None
        listed = node.child_by_field_name("list") if node.type == "scoped_use_list" else node
        inner = [*prefix, *_simple(path)]
        for child in listed.named_children if listed is not None else ():
            yield from _use_paths(child, inner, depth + 1)
    elif node.type == "use_as_clause":
        alias = text_of(node.child_by_field_name("alias"))
        yield [*prefix, *_simple(node.child_by_field_name("path"))], alias
    elif node.type == "use_wildcard":
        path = node.named_children[0] if node.named_children else None
        if prefix or path is not None:
            yield [*prefix, *_simple(path)], ""
    elif node.type == "self":
        if prefix:
            yield prefix, text_of(prefix[-1])
    elif words := _simple(node):
        yield [*prefix, *words], text_of(words[-1])


def _simple(node: Node | None) -> _Path:
    if node is None:
        return []
    plain = {"identifier", "type_identifier", "crate", "self", "super"}
    return [node] if node.type in plain else _words(node)


def _shown(line: Span) -> Span:
    found = _HIDDEN.match(line.text)
    if not found:
        return line
    return Span(line.text[found.end() :], line.line, line.column + found.end())
