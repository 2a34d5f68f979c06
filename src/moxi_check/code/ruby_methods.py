"""What own Ruby defines: methods by name, and those that code may call without an object."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from tree_sitter import Node

from moxi_analyzer.syntax import ancestors, descendants, text_of
from moxi_check.code.uses import Fragment
from moxi_check.ground import Ground
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

_DEFINES = lazy_pattern(
    rb"\bdef[ \t]+(?:[A-Za-z_]\w*\.)?(?P<def>[a-z_]\w*[?!=]?)"
    rb"|\b(?:attr_(?:reader|writer|accessor)|def_(?:instance_)?delegators?[ \t(]+:\w+,|delegate|alias_method"
    rb"|module_function|define_method|define_singleton_method)[ \t(]+(?P<names>[^\n#]{1,300})"
    rb"|\balias[ \t]+:?(?P<alias>[a-z_]\w*[?!]?)"
)
_SYMBOL = lazy_pattern(rb":[\"']?([a-z_]\w*[?!]?)")
# Blocks and files that are run in the place of an object may call its methods by their bare names.
_EVALUATES = lazy_pattern(
    rb"\b(?:instance_eval|instance_exec|class_eval|class_exec|module_eval|module_exec)\b"
)
_AT_TOP = lazy_pattern(
    rb"(?m)^(?:self\.)?(?:extend|include)[ (]+(?:\w+::)*([A-Z]\w*)|^(?:TOPLEVEL_BINDING|Object|Kernel)\b[^\n]*\b(?:extend|include)\b[ (,:]+(?:\w+::)*([A-Z]\w*)"
)
# What every object has: never a sign of ours, whatever own code may define besides.
_OF_ALL = frozenset(
    "puts print p pp require require_relative load raise fail lambda proc loop include extend prepend format sprintf "
    "printf sleep rand srand catch throw gets system exec exit exit! abort fork trap at_exit open autoload binding "
    "attr_reader attr_writer attr_accessor attr private public protected module_function define_method alias_method "
    "block_given? caller freeze dup clone send public_send tap then class instance_eval instance_exec class_eval "
    "initialize super yield new name to_s to_str to_a to_h to_i to_sym inspect hash method methods nil? is_a? "
    "respond_to? object_id instance_variable_get instance_variable_set Integer Float String Array Hash Rational "
    "each map select reject first last size length count keys values any? all? empty? join split gsub sub strip "
    "call merge fetch key? dig min max sum sort sort_by push pop shift concat index find inject reduce upcase "
    "downcase capitalize chomp lines bytes chars zip uniq compact flatten reverse include? start_with? end_with? "
    "match match? scan test warn gem source group ruby gemspec it describe context expect assert assert_equal".split()
)
_BINDS = {
    "assignment": "left",
    "operator_assignment": "left",
    "for": "pattern",
    "exception_variable": "",
}


class RubyMethods:
    """The methods that library files define, by name."""

    def __init__(self, ground: Ground, files: Sequence[str]) -> None:
        self.ground, self.files = ground, files

    @cached_property
    def all(self) -> dict[str, Evidence]:
        """Every method, attribute, alias and delegate, with where it is first defined."""
        return self._of(self.files)

    @cached_property
    def bare(self) -> dict[str, Evidence]:
        """Methods that code may call without an object: of files that run blocks as their own."""
        evaluating = [p for p in self.files if _EVALUATES.search(self._read(p)) or self._at_top(p)]
        found = self._of(evaluating)
        return {name: place for name, place in found.items() if name not in _OF_ALL}

    @staticmethod
    def is_of_all(name: str) -> bool:
        """Whether objects of the language have a method of this name."""
        return name in _OF_ALL

    def _at_top(self, path: str) -> bool:
        """Whether a file defines a module that is mixed into the main object."""
        return any(
            re.search(rb"\bmodule[ \t]+(?:\w+::)*%s\b" % name, self._read(path))
            for name in self._mixed
        )

    @cached_property
    def _mixed(self) -> set[bytes]:
        found = (_AT_TOP.findall(self._read(path)) for path in self.files)
        return {one or other for names in found for one, other in names}

    def _read(self, path: str) -> bytes:
        return self.ground.repo.read(path) or b""

    def _of(self, paths: Sequence[str]) -> dict[str, Evidence]:
        found: dict[str, Evidence] = {}
        for path in paths:
            content = self._read(path)
            for name, start in _definitions(content):
                if name not in found:
                    line = content.count(b"\n", 0, start) + 1
                    found[name] = Evidence(path=path, line=line)
        return found


def _definitions(content: bytes) -> Iterator[tuple[str, int]]:
    for match in _DEFINES.finditer(content):
        if match["names"] is None:
            yield (match["def"] or match["alias"]).decode(), match.start()
            continue
        for name in _SYMBOL.findall(match["names"]):
            yield name.decode(), match.start()


def locals_of(piece: Fragment) -> set[str]:
    """The names that a fragment makes itself: variables, parameters and methods."""
    made: set[str] = set()
    for node in descendants(piece.root, *_BINDS):
        place = _BINDS[node.type]
        left = node.child_by_field_name(place) if place else node
        made.update(_plain_names(left))
    for node in descendants(
        piece.root, "method_parameters", "block_parameters", "lambda_parameters"
    ):
        made.update(_plain_names(node))
    for node in descendants(piece.root, "method", "singleton_method"):
        made.add(text_of(node.child_by_field_name("name")))
    return made


def methods_of(piece: Fragment) -> set[str]:
    """The methods that a fragment defines outside of classes: all that follow may call them."""
    return {
        text_of(node.child_by_field_name("name"))
        for node in descendants(piece.root, "method")
        if not any(around.type in {"class", "module"} for around in ancestors(node))
    }


def _plain_names(node: Node | None) -> Iterator[str]:
    """The identifiers that a pattern binds, not what is asked of them."""
    if node is None:
        return
    if node.type == "identifier":
        yield text_of(node)
    elif node.type not in {"call", "element_reference", "scope_resolution"}:
        for child in node.named_children:
            yield from _plain_names(child)


def bare_calls(piece: Fragment, made: set[str]) -> Iterator[Node]:
    """The names of methods that code calls without an object; variables of its own are none."""
    for node in descendants(piece.root, "call", "identifier"):
        if node.type == "call":
            name = node.child_by_field_name("method")
            if node.child_by_field_name("receiver") is not None or name is None:
                continue
            if name.type == "identifier" and text_of(name) not in made:
                yield name
        elif _stands_alone(node) and text_of(node) not in made:
            yield node


def _stands_alone(node: Node) -> bool:
    """Whether an identifier is read for its value, not as a part of a call or definition."""
    parent = node.parent
    if parent is None or parent.type in {
        "method", "singleton_method", "method_parameters", "block_parameters", "lambda_parameters",
        "keyword_parameter", "optional_parameter", "splat_parameter", "hash_splat_parameter",
        "block_parameter", "exception_variable", "alias", "undef", "destructured_parameter",
    }:  # fmt: skip
        return False
    return parent.type != "call" or parent.child_by_field_name("method") != node
