"""Names of the repository's own packages, and when another name is one of them misspelt."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property

from moxi_check.ground import Ground
from moxi_core.records import Evidence, Fact

# Facts of one registry under several ecosystems.
_ECOSYSTEMS = {"gradle": "maven", "sbt": "maven", "conda": "python"}
# Words that are added to a name where a registry or a reader takes it for another one.
_GENERIC = frozenset(
    "py python js node ts cli cmd tool tools lib rs rust go golang rb ruby php net dotnet core sdk app api "
    "client server dev next beta nightly pkg package bin jvm java kotlin io the project program module plugin".split()
)
_MIN_SLIP = 4


class Names:
    """Packages and dependencies of one repository by ecosystem."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    @cached_property
    def _packages(self) -> dict[str, dict[str, tuple[str, Fact]]]:
        found: dict[str, dict[str, tuple[str, Fact]]] = defaultdict(dict)
        # The name of an environment for developers is that of the package, often enough.
        for fact in sorted(self._ground.facts("package"), key=lambda f: "private" in f.detail):
            ecosystem = _ecosystem(fact)
            for name in _written(fact, ecosystem):
                found[ecosystem].setdefault(_plain(name, ecosystem), (name, fact))
        return found

    @cached_property
    def _dependencies(self) -> dict[str, dict[str, Fact]]:
        found: dict[str, dict[str, Fact]] = defaultdict(dict)
        for fact in self._ground.facts("dependency"):
            ecosystem = _ecosystem(fact)
            found[ecosystem].setdefault(_plain(fact.value, ecosystem), fact)
        return found

    def own(self, ecosystem: str) -> list[str]:
        """Names under which packages of an ecosystem may be had from a registry."""
        return [
            name
            for name, fact in self._packages[ecosystem].values()
            if "private" not in fact.detail
        ]

    def evidence(self, ecosystem: str, name: str) -> Evidence | None:
        """Where a manifest gives its package this name."""
        found = self._packages[ecosystem].get(_plain(name, ecosystem))
        return found[1].evidence if found else None

    def scope(self, ecosystem: str, name: str) -> str:
        """The folder of the package of this name."""
        found = self._packages[ecosystem].get(_plain(name, ecosystem))
        return found[1].scope if found else ""

    def dependency(self, ecosystem: str, name: str) -> Evidence | None:
        """Where a manifest depends on a package of this name."""
        known = self._dependencies[ecosystem]
        plain = _plain(name, ecosystem)
        fact = known.get(plain)
        if fact is None and ecosystem == "maven":
            fact = known.get(plain.rpartition(":")[2])
        return fact.evidence if fact else None


def _ecosystem(fact: Fact) -> str:
    ecosystem = fact.detail.get("ecosystem", "")
    return _ECOSYSTEMS.get(ecosystem, ecosystem)


def _written(fact: Fact, ecosystem: str) -> list[str]:
    """How dependency snippets and commands write the package of a fact."""
    if ecosystem != "maven":
        return [fact.value]
    group = fact.detail.get("group", "")
    artifacts = dict.fromkeys((fact.value, fact.detail.get("artifact", fact.value)))
    return [f"{group}:{artifact}" if group else artifact for artifact in artifacts]


def _plain(name: str, ecosystem: str) -> str:
    """A name as its registry compares it."""
    if ecosystem == "python":
        return re.sub(r"[-_.]+", "-", name).lower()
    if ecosystem == "rust":
        return name.replace("_", "-")
    return name.lower() if ecosystem in {"nuget", "php"} else name


# Words of which neither is a slip of the other.
_TWINS = frozenset(
    map(frozenset, (("react", "preact"), ("http", "https"), ("sync", "async"), ("vue", "vuex")))
)


def is_slip(name: str, known: str) -> bool:
    """Whether one name is another with a slip of the pen: a letter or two, case, separators.

    The words of a name are compared one by one: `eslint-plugin-jest` is no slip of
    `eslint-plugin-node`, however much of it is the same.
    """
    if name == known:
        return False
    ours, theirs = _words(known), _words(name)
    if "".join(ours) == "".join(theirs):
        return True
    if len(ours) != len(theirs):
        return False
    pairs = [(one, other) for one, other in zip(ours, theirs, strict=True) if one != other]
    if any(frozenset(pair) in _TWINS for pair in pairs):
        return False
    # A short word is told from another by the words beside it.
    shortest = _MIN_SLIP if len(ours) == 1 else _MIN_SLIP - 1
    return len(pairs) == 1 and _near(*pairs[0], shortest)


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[-_./:@]+", name.lower()) if word]


def _near(one: str, other: str, shortest: int) -> bool:
    """Whether two words differ by one letter, two in long ones; a short one only by a swap or gap."""
    one, other = (re.sub(r"ies$", "ys", word) for word in (one, other))
    size = min(len(one), len(other))
    if size < shortest or one.isdigit() or other.isdigit():
        return False
    if one.rstrip("0123456789") == other.rstrip("0123456789"):
        return False  # `demo2` is another package than `demo`
    changes = _distance(one, other)
    if size <= _MIN_SLIP + 1:
        return changes == 1 and (len(one) != len(other) or sorted(one) == sorted(other))
    return changes <= (2 if size > 7 else 1)


def _distance(one: str, other: str) -> int:
    """Letters put in, left out, changed or swapped with their neighbour; 3 for more."""
    if abs(len(one) - len(other)) > 2 or max(len(one), len(other)) > 80:
        return 3
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if last and i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, last[j - 2] + 1)
            row.append(best)
    return min(row[-1], 3)


def is_scope_slip(name: str, known: str) -> bool:
    """Whether the scope of a package is left out, or a word more or less stands behind it."""
    scope, _, inner = known.rpartition("/")
    if not scope.startswith("@"):
        return False
    theirs, _, rest = name.rpartition("/")
    if not theirs:
        return rest == inner and "-" in inner
    return theirs == scope and is_variant(rest, inner)


def is_variant(name: str, known: str) -> bool:
    """Whether a name is the other with a usual word more or less: `demo-cli`, `python-demo`."""
    ours, theirs = _words(known), _words(name)
    shorter, longer = sorted((ours, theirs), key=len)
    if not shorter or len(longer) != len(shorter) + 1:
        return False
    if name.startswith("@") != known.startswith("@"):
        return longer[1:] == shorter  # the scope is left out, or made up
    return (longer[:-1] == shorter and longer[-1] in _GENERIC) or (
        longer[1:] == shorter and longer[0] in _GENERIC
    )


def is_cut(name: str, known: str) -> bool:
    """Whether the last words of a vendor's package are left out: `acme/css-inline` of `acme/css-inline-styles`."""
    (ours, _, inner), (theirs, _, rest) = known.partition("/"), name.partition("/")
    words = _words(rest)
    return bool(inner and words and ours == theirs) and _words(inner)[: len(words)] == words


def is_part(name: str, known: str) -> bool:
    """Whether a scope is left out or is another, or words at one end are left out: two are the same at least."""
    (scope, _, inner), (theirs, _, rest) = known.rpartition("/"), name.rpartition("/")
    if scope != theirs:
        is_scoped = scope.startswith("@") and (not theirs or theirs.startswith("@"))
        return is_scoped and rest == inner
    ours, words = _words(inner), _words(rest)
    if len(words) + bool(scope) < 2 or len(words) >= len(ours):
        return False
    return words in (ours[: len(words)], ours[-len(words) :])
