"""Names of code in code spans, where no other kind knows them: functions, classes, settings, keys."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from moxi_analyzer.roles import is_own
from moxi_check.claim import Claim, false, not_judged, true, undecided
from moxi_check.document import CodeBlock, Document, InlineCode, Span
from moxi_check.ground import Ground, nearest, reordered
from moxi_check.kinds.names import is_slip
from moxi_check.kinds.path import FILE_SUFFIXES
from moxi_check.kinds.told import own_names
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
_ROOT = lazy_pattern(r"([A-Za-z_]\w*)(?:\.|::)([A-Za-z_]\w*)")
_SETTINGS = frozenset("toml ini cfg properties dotenv env".split())
# So many names of a package on which page and code agree tell that another is not there.
_AGREED = 4
# One of several that are made up: `PluginA`, `Plugin2`.
_NUMBERED = lazy_pattern(r"(?P<name>[A-Z]\w*[a-z])_?(?:[A-Z]|\d+)")
_MADE_UP = lazy_pattern(
    r"(?i)(?:foo|bar|baz|my|your|some|example|hello|xxx)(?![a-z])|(?:my|your)[_A-Z]"
)
_ELSEWHERE = lazy_pattern(
    r"(?i)\bthere (?:is|are) no\W*$|\b(?:removed|renamed|deprecated|formerly|used to|no longer|instead of|"
    r"in favou?r of|old|previous\w*|planned|todo|(?:since|as of|before|until|version) v?\d)"
)
_ASSIGNED = lazy_pattern(r"(?m)^\s*(?:[A-Za-z_][\w<>, ]{0,40}\s)?([A-Za-z_]\w*)\s*(?::=|=(?![=>]))")
# What another project calls it: "`EThing.Thing_Small` is `Thing.Small`".
_CALLED_HERE = lazy_pattern(
    r"(?i)\s*(?:is|becomes?|turns into|corresponds to|maps (?:on)?to|->|=>|\u2192|\u21d2)\s+`(?P<name>[^`\n]+)`"
)


def claims(document: Document, ground: Ground) -> Iterator[Claim]:
    """Code spans that have the form of a name."""
    made = _made(document.blocks)
    known = _own_names(ground)
    found = list(_found(document, ground, known, made))
    code = [block for block in document.blocks if block.language not in _SETTINGS]
    yield from _lacking(found, _roots(ground) - _made(code), known, ground)


def _made(blocks: Iterable[CodeBlock]) -> set[str]:
    """Names to which code of the page gives a value."""
    return {found[1] for block in blocks for found in _ASSIGNED.finditer(block.text)}


def _found(document: Document, ground: Ground, known: list[str], made: set[str]) -> Iterator[Claim]:
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
        return not_judged("name", span, _absent(missing))
    if _is_shared_part(missing, ground):
        return not_judged("name", span, "a part that several names have")
    return _false(span, missing, best, ground)


def _absent(missing: str) -> str:
    return f"`{missing}` does not stand in the code"


def _lacking(
    found: list[Claim], own: frozenset[str], known: list[str], ground: Ground
) -> Iterator[Claim]:
    """The claims; false is what alone of all that a page asks of our package stands nowhere: `demo.OPT_UTC`.

    Where the page and the code agree on all else that it says of the package, it is no gap of ours.
    """
    asked: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for claim in found:
        root, rest = _split(claim.text)
        if root in own:
            is_absent = claim.verdict == "false" or claim.reason == _absent(rest)
            asked[root]["absent" if is_absent else claim.verdict].add(rest)
    for claim in found:
        root, rest = _split(claim.text)
        verdicts = asked[root]
        is_odd = len(verdicts["true"]) >= _AGREED and len(verdicts["absent"]) == 1
        # `demo.exe` and `demo.io` are no members; a type, a constant or `demo::name` is hardly anything else.
        is_name = rest[:1].isupper() or "::" in claim.text
        if is_odd and is_name and claim.reason == _absent(rest):
            best = nearest(rest, [*known, *sorted(verdicts["true"])])
            claim = false(
                "name", Span(claim.text, claim.line, claim.column), _absent(rest),
                suggestion=claim.text.replace(rest, best) if best else "",
                evidence=ground.mention(best, docs=False) if best else None, closed=True,
            )  # fmt: skip
        yield claim


def _split(name: str) -> tuple[str, str]:
    """What a name of two parts begins and ends with: `demo` and `fetch` of `demo.fetch`."""
    found = _ROOT.fullmatch(name)
    return (found[1], found[2]) if found else (name, "")


def _roots(ground: Ground) -> frozenset[str]:
    """What names of our packages begin with: names of modules, crates and namespaces."""
    facts = ground.facts("package")
    imports = {fact.detail.get("import", "").partition(".")[0] for fact in facts}
    packages = {fact.value.replace("-", "_") for fact in facts}
    names = {name.replace("-", "_") for name in own_names(ground)}
    return frozenset(imports | packages | names) - {""}


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
