"""Directives and roles that docutils does not know, read as what they most likely hold.

Sphinx and its extensions have hundreds; GitHub shows their content as it is, so it counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive, directives, roles
from docutils.parsers.rst.languages import en

from moxi_core.patterns import lazy_pattern

_DIRECTIVE = lazy_pattern(r"\.\.[ \t]+(?:\|[^|\n]{1,200}\|[ \t]+)?([\w:.+-]{1,80}?)[ \t]?::")
_ROLE = lazy_pattern(r":([A-Za-z][\w.+-]{0,40}(?::[\w.+-]{1,40}){0,2}):")
_CODE = frozenset(
    "code code-block sourcecode code-cell prompt parsed-literal console doctest testcode testsetup "
    "testoutput ipython terminal shell bash".split()
)
_CODE_ROLES = frozenset(
    "file option envvar command program samp makevar kbd code literal guilabel regexp bash setting "
    "class func meth mod attr data exc obj const django-admin djadmin".split()
)
_WITHOUT_CONTENT = frozenset("contents sectnum toctree header footer".split())
_TITLE = lazy_pattern(r"(?s)(.*?)\s*<[^<>]*>")


class _Options(dict[str, Callable[[str], Any]]):
    """Any option is known, and taken as it is."""

    def __missing__(self, name: str) -> Callable[[str], Any]:
        return lambda value: value


class _Any(Directive):
    """A directive whose content is read as text."""

    optional_arguments: ClassVar[int] = 1
    final_argument_whitespace: ClassVar[bool] = True
    option_spec: ClassVar[Any] = _Options()
    has_content: ClassVar[bool] = True

    def run(self) -> list[nodes.Node]:
        """The content, parsed."""
        holder = nodes.container()
        if self.name not in _WITHOUT_CONTENT:
            self.state.nested_parse(self.content, self.content_offset, holder)
        return [holder]


class _Code(_Any):
    """A block of code in some language."""

    def run(self) -> list[nodes.Node]:
        """The content as it stands."""
        text = "\n".join(self.content)
        language = self.arguments[0].split() if self.arguments else []
        return [nodes.literal_block(text, text, classes=["code", *language[:1]])]


class _Raw(_Any):
    """Raw HTML: what a browser would show."""

    def run(self) -> list[nodes.Node]:
        """The content as it stands; a file is never read."""
        text = "\n".join(self.content)
        return [nodes.raw(text, text, format=" ".join(self.arguments).lower())]


def _literal(
    name: str, rawtext: str, text: str, lineno: int, inliner: Any,
    options: object = None, content: object = (),
) -> tuple[list[nodes.Node], list[nodes.system_message]]:  # fmt: skip
    return [nodes.literal(rawtext, _shown(text))], []


def _words(
    name: str, rawtext: str, text: str, lineno: int, inliner: Any,
    options: object = None, content: object = (),
) -> tuple[list[nodes.Node], list[nodes.system_message]]:  # fmt: skip
    return [nodes.inline(rawtext, _shown(text))], []


def _shown(text: str) -> str:
    """What a role shows: `title` of `title <target>`; escapes as docutils marks them are dropped."""
    text = text.replace("\0", "")
    found = _TITLE.fullmatch(text)
    return found[1] if found and found[1] else text


# Docutils has no way to take a registration back.
_DIRECTIVES: dict[str, Any] = vars(directives)["_directives"]
_ROLES: dict[str, Any] = vars(roles)["_roles"]


@contextmanager
def lenient_markup(text: str) -> Iterator[None]:
    """While the block runs, docutils knows every directive and role that a text uses."""
    kept = [(registry, dict(registry)) for registry in (_DIRECTIVES, _ROLES)]
    try:
        _DIRECTIVES.update(_directives({found[1].lower() for found in _DIRECTIVE.finditer(text)}))
        _ROLES.update(_roles({found[1].lower() for found in _ROLE.finditer(text)}))
        yield
    finally:
        for registry, before in kept:
            registry.clear()
            registry.update(before)


def _directives(names: set[str]) -> Iterator[tuple[str, type[Directive]]]:
    for name in names:
        if name == "raw":
            yield name, _Raw
        elif name.rpartition(":")[2] in _CODE:
            yield name, _Code
        elif name in _WITHOUT_CONTENT or name not in en.directives:
            yield name, _Any


def _roles(names: set[str]) -> Iterator[tuple[str, Callable[..., object]]]:
    for name in names:
        if name.rpartition(":")[2] in _CODE_ROLES:
            yield name, _literal
        elif name not in en.roles or name == "raw":
            yield name, _words
