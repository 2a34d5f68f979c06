"""What a page as a whole tells of its findings: what it says throughout, it hardly says by mistake.

Names in code are judged against what was understood of the code. Where a page contradicts that again
and again, or names what is like nothing that was read, it is more likely that the code was not
understood.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from moxi_analyzer.roles import LOCK_FILES
from moxi_check.claim import Claim, undecided
from moxi_check.document import Document
from moxi_check.ground import Ground, is_alike, reordered
from moxi_check.kinds import tree
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

# Kinds that hold a name against a list of names that was read from code.
_NAMED = frozenset(
    {
        "api",
        "argument",
        "choice",
        "command",
        "env_var",
        "import",
        "input",
        "name",
        "option",
        "script",
        "setting",
    }
)
# Kinds of words in commands, for which help texts have words of their own: `--example NAME`.
_TOLD = frozenset(
    {"choice", "command", "feature", "make_target", "option", "run", "script", "service", "task"}
)
_STANDS_FOR = lazy_pattern(
    r"(?:service|target|task|recipe|script|env)(?:[-_]?name)?|pyX\w*|-{0,2}(?:[A-Z][A-Z_-]*[A-Z]|(?:name|path|title|id)[-_]of[-_]\w+|(?:my|your|some|the)[-_].+|<.*|.*>)"
)
_OF_CODE = frozenset({"api", "argument", "import", "name"})
_MAY_STAND = _OF_CODE | {"env_var"}
# Kinds whose suggestions may say the same in another word.
_BY_SENSE = frozenset({"command", "env_var", "option"})
_LISTED = frozenset({"script", "make_target"})
_THROUGHOUT = 3  # times that one name is said, or names that one file lacks
# Kinds whose lists of names are pieced together from code, where a manifest would have them whole. Of a name
# that is like none of them, three findings in four were gaps of ours on repositories never seen before.
_PIECED = frozenset(
    {"api", "argument", "choice", "command", "env_var", "import", "input", "name", "option"}
)
# In these languages names are made while the code runs, often enough.
_DYNAMIC = frozenset({".rb", ".js", ".mjs", ".cjs", ".jsx", ".ex", ".exs", ".lua"})

_SLASHED = lazy_pattern(r"\s*//")
_HASHED = lazy_pattern(r"\s*#")
_HASH_LANGUAGES = frozenset("python py python3 ruby rb elixir ex perl r".split())
_PLACEHOLDER = lazy_pattern(
    r"(?i)(?:my|your|some|the)?_?(?:function|method|class|component|module|package|type|variable|field|property|object|"
    r"event|action|command|option)_?name"
)
# Kinds of paths that a page may have drawn before, in the diagram of another project.
_PATHS = frozenset({"path", "run"})
_WORD = lazy_pattern(r"\w+")
_STRING = lazy_pattern(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`\n]*`")
_KEYWORD = lazy_pattern(
    r"\b(?:var|let|const|auto|final|val|return|await|new|use|import|from|mut)\s"
)
# Words as a sentence has them, or one that tells of what follows: `wrong: …`.
_WORDS = lazy_pattern(r"[A-Za-z]{2,} [A-Za-z]{2,}|^\W*[\w ]+:\s|\b(?:TODO|FIXME)\b")
_SPOKEN = lazy_pattern(r"[a-z]+")


def standing(claim: Claim, ground: Ground) -> Evidence | None:
    """Where a name of code that is false stands in the code all the same: it may be had from there."""
    if claim.verdict != "false" or claim.whole or claim.kind not in _MAY_STAND:
        return None
    if claim.kind == "import" and "/" in claim.text:  # a lock file has names of all versions
        whole = re.compile(rf"(?<![\w-]){re.escape(claim.text)}(?![\w/-])")
        return next(
            (
                p
                for p in ground.mentions(claim.text)
                if posixpath.basename(p.path).lower() not in LOCK_FILES
                and whole.search(ground.repo.text(p.path) or "")
            ),
            None,
        )
    words = _WORD.findall(claim.text)
    return ground.mention(words[-1], docs=False) if words else None


def doubted(
    claims: Iterable[Claim], document: Document, *, strict: bool = False
) -> Iterator[Claim]:
    """The claims; false ones that are more likely a gap of ours are not judged.

    With `strict`, a name is also false where nothing that was read is like it.
    """
    found = list(claims)
    remarks = set(_remarks(document))
    lines = document.source.split("\n")
    false = [claim for claim in found if claim.verdict == "false" and claim.kind in _NAMED]
    said = Counter((claim.kind, claim.text) for claim in false)
    lacking: dict[tuple[str, str], set[str]] = defaultdict(set)
    for claim in (claim for claim in false if not claim.suggestion):
        lacking[_list_of(claim)].add(claim.text)
    listed = Counter((c.line, c.kind) for c in found if c.verdict != "true" and c.kind in _LISTED)
    of_line = Counter(
        (c.line, c.verdict == "true")
        for c in found
        if c.kind == "import" and (c.verdict == "true" or _SPOKEN.fullmatch(c.text))
    )
    held = Counter(_list_of(claim) for claim in found if claim.verdict == "true")
    lines_drawn = [c for c in found if c.kind == "tree"]
    drawn = {part for c in lines_drawn for part in c.text.split("/")}
    of_others = {posixpath.basename(c.text) for c in lines_drawn if c.reason == tree.OTHERS}
    for claim in found:
        if claim.verdict == "false" and claim.kind in _TOLD and _STANDS_FOR.fullmatch(claim.text):
            yield undecided(claim, "a placeholder")
            continue
        if claim.verdict == "false" and claim.kind in _PATHS:
            *above, name = claim.text.strip("./").split("/")
            is_drawn = name in of_others and drawn.issuperset(above)
            yield undecided(claim, tree.OTHERS) if is_drawn else claim
            continue
        if claim.verdict == "false" and listed[claim.line, claim.kind] >= _THROUGHOUT:
            yield undecided(
                claim, "a line of several that are not known is an example or a sentence"
            )
            continue
        if claim.verdict != "false" or claim.kind not in _NAMED:
            yield claim
            continue
        missing = 0 if claim.suggestion else len(lacking[_list_of(claim)])
        if claim.kind in _MAY_STAND and _is_beside_its_mend(claim, lines):
            yield undecided(claim, "the row has both: one may be what others call it")
        elif _PLACEHOLDER.fullmatch(claim.text):
            yield undecided(claim, "a placeholder")
        elif claim.kind == "import" and _is_made_up(claim, of_line):
            yield undecided(claim, "of what this line takes, nothing is there: it may be made up")
        elif claim.kind in _OF_CODE and claim.line in remarks - _shown(claim, found, lines):
            yield undecided(claim, "a remark in the code may be loose")
        elif said[claim.kind, claim.text] >= _THROUGHOUT:
            yield undecided(claim, "the page says so throughout")
        elif claim.kind in _OF_CODE and missing >= max(_THROUGHOUT, held[_list_of(claim)] + 1):
            yield undecided(claim, "the page knows more names than were read")
        elif (
            claim.kind in _OF_CODE
            and not (claim.suggestion or claim.closed)
            and _may_be_made(claim)
        ):
            yield undecided(claim, "nothing is like it, and it may be made while the code runs")
        elif claim.kind in _PIECED and not (
            claim.whole or claim.closed or strict or _is_like_one(claim)
        ):
            yield undecided(claim, "nothing that was read is like it; --strict calls it false")
        else:
            yield claim


def _is_beside_its_mend(claim: Claim, lines: list[str]) -> bool:
    """Whether the row of a table in which a name stands has, in another cell, the one that is there."""
    row = lines[claim.line - 1]
    if not claim.suggestion or not row.lstrip().startswith("|"):
        return False
    named = re.compile(rf"`(?:[^`\n]*\W)?{re.escape(claim.suggestion)}(?:\W[^`\n]*)?`")
    own = row.count("|", 0, claim.column - 1)
    cells = row.split("|")
    return any(named.search(cell) for number, cell in enumerate(cells) if number != own)


def _is_made_up(claim: Claim, of_line: Counter[tuple[int, bool]]) -> bool:
    """Whether a line takes several names of a package, none of which is there: `import whatever, you, need`."""
    missing, there = of_line[claim.line, False], of_line[claim.line, True]
    return not claim.suggestion and missing >= _THROUGHOUT and there <= 1  # the package itself


def _is_like_one(claim: Claim) -> bool:
    """Whether what was read is so much like a name that one was written for the other."""
    said, meant = claim.text, claim.suggestion
    if not meant or claim.kind in _BY_SENSE:
        return bool(meant)
    return is_alike(said, meant) or bool(reordered(said, [meant]))


def _remarks(document: Document) -> Iterator[int]:
    """Lines of code blocks that only remark on the code."""
    for block in document.blocks:
        begins = _HASHED if block.language in _HASH_LANGUAGES else _SLASHED
        yield from (line.line for line in block.lines() if begins.match(line.text))


def _shown(claim: Claim, found: list[Claim], lines: list[str]) -> set[int]:
    """The line of a claim that is code set aside: it is like one that is there, and all else on it is there."""
    beside = [c for c in found if c.line == claim.line and c.kind in _OF_CODE and c is not claim]
    is_code = not _WORDS.search(_KEYWORD.sub("", _STRING.sub("", lines[claim.line - 1])))
    is_code = is_code and bool(beside) and all(c.verdict == "true" for c in beside)
    is_told = any(c.text == claim.suggestion for c in beside)
    return {claim.line} if is_code and _is_like_one(claim) and not is_told else set()


def _list_of(claim: Claim) -> tuple[str, str]:
    """The list of names that a claim is held against."""
    return claim.kind, claim.evidence.path if claim.evidence else ""


def _may_be_made(claim: Claim) -> bool:
    path = claim.evidence.path if claim.evidence else ""
    return posixpath.splitext(path)[1].lower() in _DYNAMIC
