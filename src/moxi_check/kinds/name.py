"""Names of code in code spans, where no other kind knows them: functions, classes, settings, keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moxi_analyzer.roles import is_own
from moxi_check.claim import Claim, false, not_judged, true, undecided
from moxi_check.document import Document, InlineCode, Span
from moxi_check.ground import Ground, nearest, reordered
from moxi_check.kinds.names import is_slip
from moxi_check.kinds.path import FILE_SUFFIXES
from moxi_core.patterns import lazy_pattern
from moxi_core.records import FactKind

KINDS = {"name": "a name of code in a code span stands in the code"}

_FACTS: tuple[FactKind, ...] = (
    "api_symbol", "input", "env_var", "extra", "script", "make_target", "task",
)  # fmt: skip
# `render()`, `Client.fetch`, `maxDepth`, `max_depth`, `Foo::bar`, `Client#fetch`, `server.port`.
_NAME = lazy_pattern(
    r"[@$:.]?(?P<name>[A-Za-z_]\w{2,60}(?:(?:\.|::|#|->)[A-Za-z_]\w{0,60}[?!]?){0,4})(?:\([^()\n]{0,80}\))?"
)
_CODE_LIKE = lazy_pattern(r"[a-z0-9][A-Z]|_|\.|::|#|->|\(")
_PARTS = lazy_pattern(r"\.|::|#|->")
# One of several that are made up: `PluginA`, `Plugin2`.
_NUMBERED = lazy_pattern(r"(?P<name>[A-Z]\w*[a-z])_?(?:[A-Z]|\d+)")
_MADE_UP = lazy_pattern(
    r"(?i)(?:foo|bar|baz|my|your|some|example|hello|xxx)(?![a-z])|(?:my|your)[_A-Z]"
)
_ELSEWHERE = lazy_pattern(
    r"(?i)\b(?:removed|renamed|deprecated|formerly|used to|no longer|instead of|"
    r"in favou?r of|old|previous\w*|planned|todo|(?:since|as of|before|until|version) v?\d)"
)
_ASSIGNED = lazy_pattern(r"(?m)^\s*(?:[A-Za-z_][\w<>, ]{0,40}\s)?([A-Za-z_]\w*)\s*(?::=|=(?![=>]))")
# What another project calls it: "`EThing.Thing_Small` is `Thing.Small`".
_CALLED_HERE = lazy_pattern(
    r"(?i)\s*(?:is|becomes?|turns into|corresponds to|maps (?:on)?to|->|=>|\u2192|\u21d2)\s+`(?P<name>[^`\n]+)`"
)


def claims(document: Document, ground: Ground) -> Iterator[Claim]:
    """Code spans that have the form of a name."""
    known = _own_names(ground)
    made = {found[1] for block in document.blocks for found in _ASSIGNED.finditer(block.text)}
    for code in document.codes:
        found = _NAME.fullmatch(code.text)
        if found and found["name"].rpartition(".")[2].lower() in FILE_SUFFIXES:
            continue  # the name of a file
        if found and _CODE_LIKE.search(code.text) and "://" not in code.text:
            at = found.start("name")
            span = Span(found["name"], code.line, code.column + at)
            claim = _judge(code, span, known, ground)
            is_made = claim.verdict == "false" and _PARTS.split(span.text)[0] in made
            yield undecided(claim, "an example of the page makes it") if is_made else claim


def _judge(code: InlineCode, span: Span, known: list[str], ground: Ground) -> Claim:
    parts = [part.rstrip("?!") for part in _PARTS.split(span.text) if part]
    for kind in _FACTS:
        for fact in ground.named(kind, span.text):
            return true("name", span, fact.evidence)
    places = [ground.mention(part, docs=False) for part in parts]
    if places and all(places):
        return true("name", span, places[-1])
    if _MADE_UP.match(span.text) or _ELSEWHERE.search(f"{code.before} {code.after}"):
        return not_judged("name", span, "it may be made up, or of another time")
    here = _CALLED_HERE.match(code.after)
    if here and all(ground.mention(part, docs=False) for part in re.findall(r"\w+", here["name"])):
        return not_judged("name", span, "it is called otherwise here")
    if span.text.endswith("_"):
        return not_judged("name", span, "what names begin with")
    at = places.index(None)
    missing = parts[at]
    beside = _beside(parts[:at], ground) if at else []
    meant = _near(missing, beside) or reordered(missing, beside)
    if meant and ground.mention(missing) is None:
        return _false(span, missing, meant, ground)
    meant = _member_meant(span.text, missing, known, ground) if at else ""
    if meant and ground.mention(missing) is None:
        return _false(span, missing, meant, ground)
    if missing[0].isupper() and missing.endswith("s") and ground.mention(missing[:-1], docs=False):
        return not_judged("name", span, f"several of `{missing[:-1]}`")
    one = _NUMBERED.fullmatch(missing)
    if one and ground.mention(one["name"], docs=False):
        return not_judged("name", span, f"some `{one['name']}`, told from others")
    other_case = (
        missing[0].swapcase() + missing[1:]
    )  # of an interpreter: what it calls so for its scripts
    if ground.mention(other_case, docs=False) is not None:
        return not_judged("name", span, f"the code has `{other_case}`")
    best = _near(missing, known)
    if not best or best.lower() == missing.lower() or ground.mention(missing):
        return not_judged("name", span, f"`{missing}` does not stand in the code")
    if _is_shared_part(missing, ground):
        return not_judged("name", span, "a part that several names have")
    return _false(span, missing, best, ground)


def _false(span: Span, missing: str, best: str, ground: Ground) -> Claim:
    return false(
        "name", span, f"`{missing}` does not stand in the code; did you mean `{best}`?",
        suggestion=span.text.replace(missing, best), evidence=ground.mention(best, docs=False),
    )  # fmt: skip


def _beside(above: list[str], ground: Ground) -> list[str]:
    """What a package or namespace of ours has below a dotted name: modules, other packages."""
    packages = [fact.value for fact in ground.facts("package")]
    imports = [fact.detail.get("import", "") for fact in ground.facts("package")]
    if above[0] not in {name.partition(".")[0] for name in (*packages, *imports)}:
        return []
    prefix = ".".join(above) + "."
    found = [name[len(prefix) :] for name in packages if name.startswith(prefix)]
    folders = {f for f in ground.ending_in("/".join(above)) if is_own(f + "/x")}
    for path in (*ground.repo.folders, *ground.repo.files):
        folder, _, name = path.rpartition("/")
        if folder in folders:
            found.append(name.partition(".")[0])
    return found


def _member_meant(whole: str, missing: str, known: list[str], ground: Ground) -> str:
    """The name below another that a missing one means: nobody writes a plural of `Demo.Router` so.

    It is a public name of ours, or the code has it below the same names.
    """
    near = nearest(missing, known, cutoff=0.78)
    if near and missing[0].islower() and is_slip(missing, near):
        return near
    above = whole[: whole.index(missing)]
    below = {m[1].decode() for m, _ in ground.all_matches(above, _below(above))}
    if missing.endswith("s") and missing[:-1] in below:
        return missing[:-1]
    return reordered(missing, sorted(below))


def _below(above: str) -> re.Pattern[bytes]:
    """What code writes behind `Demo.`."""
    return re.compile(rb"(?<![\w.:])" + re.escape(above.encode()) + rb"([A-Za-z_]\w*)")


def _near(word: str, known: list[str]) -> str:
    """A public name of ours of which a missing one is a slip or another spelling."""
    best = nearest(word, known, cutoff=0.88) if len(word) >= 5 else ""
    return "" if _is_affixed(*sorted((word.lower(), best.lower()), key=len)) else best


def _is_affixed(short: str, long: str) -> bool:
    """Whether one name is the other with letters before or behind it: `queue_at` and `enqueue_at`."""
    return len(long) - len(short) >= 2 and (long.startswith(short) or long.endswith(short))


def _is_shared_part(word: str, ground: Ground) -> bool:
    """Whether several longer names have a word in them: `RowStart` of `firstRowStart` and `lastRowStart`."""
    longer = re.compile(rb"\w*" + re.escape(word.encode()) + rb"\w*")
    names = {found[0].decode(errors="replace") for found, _ in ground.all_matches(word, longer)}
    return sum(_has_part(name, word) for name in names) > 1


def _has_part(name: str, word: str) -> bool:
    """Whether a word stands in a longer name as one of its parts: after and before a `_` or a hump."""
    before, _, after = name.partition(word)
    begins = not before or before.endswith("_") or word[0].isupper()
    return name != word and begins and not after[:1].islower()


def _own_names(ground: Ground) -> list[str]:
    """The parts of all public names: `Client` and `fetch` of `Client.fetch`."""
    names = (
        fact.value.partition("(")[0] for fact in ground.facts("api_symbol", "input", "env_var")
    )
    return list(dict.fromkeys(part for name in names for part in _PARTS.split(name)))
