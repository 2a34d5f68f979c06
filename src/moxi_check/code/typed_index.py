"""What own Java, Kotlin, C# and PHP sources declare and import, by plain name.

It answers where the type of an object is not told: whether anything of ours is called so.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from moxi_check.ground import Ground
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

_METHODS = {
    "java": lazy_pattern(
        rb"(?m)^[ \t]+(?:(?:public|protected|static|final|abstract|default|synchronized|@\w+)[ \t]+)*"
        rb"(?:<[^\n()]{1,80}?>[ \t]*)?(?P<type>[\w.]+(?:<[^\n()]{1,80}?>)?(?:\[\])*)[ \t]+(?P<name>\w+)[ \t]*\("
    ),
    "cs": lazy_pattern(
        rb"(?m)^[ \t]+(?:(?:public|static|abstract|virtual|override|async|sealed|new|readonly|required|extern)[ \t]+)*"
        rb"(?P<type>[\w.]+(?:<[^\n()]{1,80}?>)?(?:\[\])*\??)[ \t]+(?P<name>\w+)[ \t]*(?:<[^\n(]{1,60}?>)?[ \t\r\n]*(?:\(|\{|=>)"
    ),
    "kt": lazy_pattern(
        rb"(?m)^[ \t]*(?:(?:public|inline|infix|operator|override|open|abstract|suspend|tailrec|const|lateinit)[ \t]+)*"
        rb"(?:fun|val|var)[ \t]+(?:<[^\n()]{1,80}?>[ \t]*)?(?:[\w<>?*, .]{1,60}\.)?(?P<name>\w+)(?P<type>)"
    ),
    "php": lazy_pattern(
        rb"(?m)^[ \t]*(?:(?:public|static|abstract|final)[ \t]+)*function[ \t]+&?(?P<name>\w+)[ \t]*"
        rb"\((?:[^()]|\([^()]*\))*\)(?:[ \t]*:[ \t]*\??(?P<type>[\w\\]+))?"
    ),
}
_ENDINGS = {"java": "java", "cs": "cs", "kt": "kt", "kts": "kt", "php": "php"}
_NO_TYPES = frozenset(b"return new throw else await case yield in is as using goto assert".split())
_IMPORTS = lazy_pattern(
    rb"(?m)^[ \t]*(?:global[ \t]+)?(?:import|use|using)[ \t]+(?:static[ \t]+)?(?:function[ \t]+)?\\?([A-Za-z][\w.\\]*\w)(?:\.\*)?[ \t]*(?:as[ \t]+\w+)?[ \t]*;?[ \t]*\r?$"
)
_HANDED = lazy_pattern(
    rb"\b(?:Action|Func|Consumer|BiConsumer|Function|UnaryOperator|Customizer|Predicate|Configure\w*)<[ \t]*([\w.]+)"
    rb"|([A-Z][\w.]*)\.\([^()\n]*\)[ \t]*->"
)
_PARAMETER = lazy_pattern(rb"\$?\b([A-Za-z_]\w*)[ \t\r\n]*(?:[,)]|=(?!=)|:(?!:))")
_MOST = 900  # bytes after a name that may be its parameters


@dataclass(frozen=True, slots=True)
class Declared:
    """A method or property at its place; `type` is what it gives, "" where that is not plain."""

    place: Evidence
    type: str
    start: int


class Index:
    """Methods and imports of the own sources that some grammars parse."""

    def __init__(self, ground: Ground, grammars: tuple[str, ...]) -> None:
        self.ground, self.grammars = ground, grammars

    @cached_property
    def methods(self) -> dict[str, list[Declared]]:
        """Methods that others may call, and properties, by their name."""
        found: dict[str, list[Declared]] = defaultdict(list)
        for path, content in self._sources:
            pattern = _METHODS.get(_ENDINGS.get(path.rpartition(".")[2], ""))
            line = last = 0
            for match in pattern.finditer(content) if pattern is not None else ():
                given = match["type"] or b""
                line += content.count(b"\n", last, match.start("name"))
                last = match.start("name")
                if given in _NO_TYPES:
                    continue
                place = Evidence(path=path, line=line + 1)
                name = match["name"].decode("utf-8", "replace")
                found[name].append(Declared(place, given.decode("utf-8", "replace"), last))
        return dict(found)

    @cached_property
    def imports(self) -> dict[str, Evidence]:
        """What own sources import, of whomever, as they write it."""
        found: dict[str, Evidence] = {}
        for path, content in self._sources:
            for match in _IMPORTS.finditer(content):
                name = match[1].decode("utf-8", "replace")
                if name not in found:
                    found[name] = Evidence(
                        path=path, line=content.count(b"\n", 0, match.start(1)) + 1
                    )
        return found

    @cached_property
    def imported_names(self) -> dict[str, set[str]]:
        """The last words of imports, each with all that is before them."""
        found: dict[str, set[str]] = defaultdict(set)
        for full in self.imports:
            space, _, name = full.replace("\\", ".").rpartition(".")
            found[name].add(space)
        return dict(found)

    def gives(self, name: str) -> str:
        """The type that all methods of a name give; "" where they differ."""
        types = {declared.type for declared in self.methods.get(name, ())}
        return next(iter(types)) if len(types) == 1 else ""

    def handed(self, name: str) -> str:
        """The type of what methods of a name hand to the function that they are given."""
        found = {
            (one or other).decode("utf-8", "replace")
            for head in self._heads(name)
            for one, other in _HANDED.findall(head)
        }
        return next(iter(found)) if len(found) == 1 else ""

    def parameters(self, name: str) -> dict[str, Evidence]:
        """The names of parameters that any method of a name has."""
        found: dict[str, Evidence] = {}
        for declared, head in zip(self.methods.get(name, ()), self._heads(name), strict=True):
            for parameter in _PARAMETER.findall(head):
                found.setdefault(parameter.decode("utf-8", "replace"), declared.place)
        return found

    def _heads(self, name: str) -> list[bytes]:
        """The text of the parameters of each method of a name."""
        return [
            _parameters((self.ground.repo.read(d.place.path) or b"")[d.start : d.start + _MOST])
            for d in self.methods.get(name, ())
        ]

    @cached_property
    def _sources(self) -> list[tuple[str, bytes]]:
        paths = self.ground.repo.own_sources(*self.grammars)
        return [(path, self.ground.repo.read(path) or b"") for path in paths]


def _parameters(text: bytes) -> bytes:
    """From the first bracket to the one that closes it."""
    depth = 0
    for match in re.finditer(rb"[()]", text):
        depth += 1 if match[0] == b"(" else -1
        if depth == 0:
            return text[: match.end()]
    return text
