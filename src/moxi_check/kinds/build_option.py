"""Options that a build is given: `cmake -DDEMO_TESTS=ON`, `meson setup build -Ddocs=true`."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise

from moxi_check.claim import Claim, false, not_judged, true
from moxi_check.document import Document, Span
from moxi_check.ground import Ground
from moxi_check.kinds.flags import is_of_others
from moxi_check.kinds.names import is_slip
from moxi_check.kinds.told import is_foreign, scopes, told, unwrapped
from moxi_check.shell import Word
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

KINDS = {"build_option": "an option that CMake or Meson is given is one of the project's"}

_GROUPS = frozenset({"cmake_option", "meson_option"})
_TOOLS = frozenset({"cmake", "ccmake", "cmake3", "meson"})
_GIVEN = lazy_pattern(r"(?<!\S)-D\s?(?P<name>[A-Za-z_]\w{2,80})(?=[:=]|\s|$)")
# What CMake makes itself, or is told of a package: `Demo_DIR`, `DEMO_STATIC_DEFINE`.
_MADE = lazy_pattern(
    r"_(?:DIR|ROOT|STATIC_DEFINE|SOURCE_DIR|BINARY_DIR|INCLUDE_DIRS?|LIBRARY|LIBRARIES)$"
)
_NOT_NOW = lazy_pattern(
    r"(?i)\b(?:there (?:is|are) no|renamed?|removed?|formerly|no longer|instead of|replac\w+)\W*$"
)
_OF_MESON = frozenset(
    "prefix bindir datadir includedir infodir libdir libexecdir localedir localstatedir mandir sbindir sharedstatedir "
    "sysconfdir buildtype debug default_library optimization strip unity warning_level werror wrap_mode".split()
)
# What options of any project begin with.
_ANY = frozenset("BUILD CMAKE ENABLE DISABLE WITH WITHOUT USE HAVE OPTION INSTALL TEST".split())


def claims(document: Document, ground: Ground) -> Iterator[Claim]:
    """What commands and code spans define for a build, held against the options that it declares."""
    options = _Options(ground)
    if not options.own:
        return
    for said in told(document):
        words = unwrapped(said.words)
        if said.is_inline or not words or words[0].text not in _TOOLS:
            continue
        here = scopes(said, document, ground)
        is_ours = not is_foreign(said, ground) and _builds(words, here, ground)
        doubt = "" if is_ours else "it may build another project"
        for before, word in pairwise(words):
            # `-D NAME=VALUE` as two words has its name two letters before where `-DNAME` would.
            apart = before.text == "-D"
            at = Span(word.text, word.line, word.column - 2) if apart else word
            text = f"-D{word.raw}" if apart else word.raw
            yield from options.named(text, at, doubt, said.section)
    for code in document.codes:
        first = code.text.split(maxsplit=1)[0] if code.text.strip() else ""
        if first.startswith("-D") or first in _TOOLS:
            doubt = "it may be told of as what is not there" if _NOT_NOW.search(code.before) else ""
            yield from options.named(code.text, code, doubt, code.section)


def _builds(words: tuple[Word, ...], here: list[str], ground: Ground) -> bool:
    """Whether a command builds a folder of ours that has a build file; `here` are those it may be run in."""
    given = next((after.text for word, after in pairwise(words) if word.text == "-S"), "")
    if not here and any(word.text == ".." for word in words):  # in one that was made for the build
        here = [""]
    folders = [
        posixpath.join(f, source) for f in here for source in ([given] if given else [".", ".."])
    ]
    files = ("CMakeLists.txt", "meson.build")
    return any(ground.has(posixpath.normpath(posixpath.join(f, n))) for f in folders for n in files)


class _Options:
    """The options that build files of the repository declare."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        facts = (f for f in ground.facts("input") if f.detail.get("group") in _GROUPS)
        self.own: dict[str, Fact] = {}
        for fact in facts:
            self.own.setdefault(fact.value, fact)

    @cached_property
    def _leads(self) -> frozenset[str]:
        """What several options of ours begin with and those of no other project do: `DEMO`."""
        first = Counter(name.partition("_")[0] for name in self.own)
        return frozenset(word for word, times in first.items() if times > 1) - _ANY

    def named(self, text: str, at: Span, doubt: str, section: tuple[str, ...]) -> Iterator[Claim]:
        """The claims of a text that stands at a place."""
        for found in _GIVEN.finditer(text):
            span = Span(found["name"], at.line, at.column + found.start("name"))
            claim = self._judge(span, doubt, section)
            if claim is not None:
                yield claim

    def _judge(self, span: Span, doubt: str, section: tuple[str, ...]) -> Claim | None:
        """The verdict on one name; None for what may be a tool's or another project's."""
        name = span.text
        if name in self.own:
            return true("build_option", span, self.own[name].evidence)
        place = self.ground.mention(name, docs=False)
        if place is not None:
            return true("build_option", span, place, "the build names it")
        lead = name.partition("_")[0]
        slip = next((other for other in self.own if _is_misspelt(name, other)), "")
        best = slip or self._same_end(name)
        if (not slip and lead not in self._leads) or _MADE.search(name):
            return None
        if is_of_others(section):
            doubt = doubt or "the section is on other projects or times"
        if self.ground.mention(name) is not None:
            doubt = doubt or "only pages of documentation name it"
        if self._composed:
            doubt = doubt or "names of options are made up by the build"
        if doubt:
            return not_judged("build_option", span, doubt)
        hint = f"; did you mean `{best}`?" if best else ""
        fact = self.own[best] if best else next(iter(self.own.values()))
        return false(
            "build_option", span, f"no build file has the option `{name}`{hint}",
            suggestion=best, evidence=fact.evidence, certain=bool(slip),
        )  # fmt: skip

    def _same_end(self, name: str) -> str:
        """The option of ours that begins and ends as a name does: `DEMO_ENABLE_TLS` for `DEMO_USE_TLS`."""
        lead, _, rest = name.partition("_")
        end = rest.rpartition("_")[2]
        alike = (o for o in self.own if o.startswith(f"{lead}_") and o.endswith(f"_{end}"))
        return next(alike, "") if end else ""

    @cached_property
    def _composed(self) -> bool:
        """Whether a build file makes names of options up: `option(DEMO_ENABLE_${part} …)`."""
        made = re.compile(
            rb"(?i)\b(?:option|set)\s*\(\s*\w*\$\{\w+\}\w*\s+\"|\boption\s*\([^\s)]*\$\{"
        )
        return next(self.ground.all_matches("${", made, everywhere=True), None) is not None


def _is_misspelt(name: str, other: str) -> bool:
    """Whether a name is an option's but for a slip, in letters of the same size: `skipTests` is Maven's."""
    return is_slip(name, other) and name.isupper() == other.isupper() and name not in _OF_MESON
