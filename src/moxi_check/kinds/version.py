"""Versions of languages and runtimes that a README says the project needs."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import unquote

from moxi_check.claim import Claim, false, not_judged, true, undecided
from moxi_check.document import Document, Prose, Span
from moxi_check.ground import Ground
from moxi_check.kinds.licenses import OWN_WORDS
from moxi_check.kinds.told import own_names, own_programs
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

_MORE = "something else may need more than the project"
KINDS = {"version": "the lowest version of a language or runtime is the one of the manifests"}

_NAMES = {
    "python": "Python", "cpython": "Python", "node": "Node.js", "node.js": "Node.js", "nodejs": "Node.js",
    "go": "Go", "golang": "Go", "rust": "Rust", "rustc": "Rust", "msrv": "Rust", "java": "Java",
    "jdk": "Java", "jre": "Java", "openjdk": "Java", ".net": ".NET", "dotnet": ".NET", ".net core": ".NET",
    "ruby": "Ruby", "php": "PHP", "cmake": "CMake", "swift": "Swift", "dart": "Dart", "flutter": "Flutter",
    "elixir": "Elixir", "ghc": "GHC", "clojure": "Clojure", "bash": "Bash", "npm": "npm", "pnpm": "pnpm",
    "yarn": "yarn", "neovim": "Neovim", "kotlin": "Kotlin", "macos": "macOS", "ios": "iOS", "xcode": "Xcode",
    "gradle": "Gradle", "maven": "Maven", "erlang": "Erlang", "erlang/otp": "Erlang", "otp": "Erlang",
}  # fmt: skip
_WORDS = "|".join(re.escape(name) for name in sorted(_NAMES, key=len, reverse=True))
_MARKS = r"[`*_\]\)]{0,4}"
_LOWEST = lazy_pattern(
    rf"(?<![\w./@-])(?P<name>{_WORDS}){_MARKS}(?:\([^()\n]{{0,80}}\))?[:,]?\s*"
    rf"(?:\(|version|versions|v(?=\d)|SDK|JDK)?\s*{_MARKS}(?P<least>>=?|≥|&gt;=|\^|~>)?\s*v?"
    rf"(?P<version>\d+(?:\.\d+){{0,2}})(?:\.x|\.\*)?{_MARKS}"
    r"(?P<more>\s*\+|\s*\(?(?:or|and)\s+(?:higher|later|newer|above|greater|up|more recent|upwards?)|\s*>=?|\s*(?:-|–|—|to|through)\s*(?=v?\d))?",
    re.IGNORECASE,
)
_NEED_WORDS = (
    r"(?:requires?|required|requirements?|needs?|minimum|at least|support(?:s|ed|ing)?|compatible with|works with|"
    r"runs on|msrv|prerequisites?|make sure|ensure)"
)
_NEEDS = lazy_pattern(rf"(?i)\b{_NEED_WORDS}\b")
# `Demo 3 requires PHP 8.1`: said of the project by its name, a bare number is the lowest, too.
_NEEDED = lazy_pattern(r"\W*(?P<who>[\w.@/-]+)(?: v?\d[\d.x]*)? requires\W*")
# The one word that a sentence begins with and tells the needs of.
_SUBJECT = lazy_pattern(
    r"(?:^|[.!?]\s)[^\w.!?]*(?P<who>(?:[A-Z]|(?<=`)[a-z@])[\w@/-]*)`?\s+(?:now\s+|also\s+)?(?:requires|needs)\W*(?:at least\W*)?$"
)
_FILLERS = frozenset(
    "the this that our your it you we you'll will is are be to a an and of for also now only officially fully please note "
    "current latest version minimum currently first must should have has use using run running install".split()
)
_NO_OTHER = OWN_WORDS | frozenset(
    "we installation building running development usage setup currently also just only now crate server sdk cli api script "
    "extension action bot game site backend frontend".split()
)
# Files that say which version developers of the project use: no less is needed, as a rule.
_PINS = frozenset(
    ".nvmrc .node-version .python-version .ruby-version .java-version .go-version .tool-versions mise.toml .mise.toml "
    "rust-toolchain rust-toolchain.toml global.json environment.yml environment.yaml cabal.project stack.yaml".split()
)
_MANAGERS = frozenset({"npm", "pnpm", "yarn", "Bun"})
_GO_ENFORCES = (1, 21)
_SECTION = lazy_pattern(
    r"(?i)\b(?:require\w*|prerequisites?|install\w*|getting started|set-?up|minimum|compatib\w+)\b"
)
# A section that tells what is needed, and of nothing else: not of developing or testing.
_REQUIREMENTS = lazy_pattern(
    r"(?i)\W*(?:(?:minimum|system|software|runtime|basic) )?(?:requirements?|prerequisites?)\W*"
)
# A section on the work at the project, or on a part of it; one that is on all of it.
_ASIDE_TITLE = lazy_pattern(
    r"(?i)\b(?:develop\w*|contribut\w*|build\w*|compil\w*|test\w*|docs?|documentation|demos?|examples?|deploy\w*|hacking)\b"
)
_OF_ALL = lazy_pattern(
    r"(?i)\b(?:require\w*|prerequisites?|install\w*|getting|quick|start\w*|set-?up|usage|using|use|minimum|compatib\w+|"
    r"overview|about|introduction|support\w*|versions?|notes?|dependenc\w+)\b"
)
# A section that tells what is needed, whatever else; what a sentence says of its subject.
_NEEDED_HERE = lazy_pattern(r"(?i)\b(?:require\w*|prerequisites?|minimum|compatib\w+)\b")
_ASKS = lazy_pattern(rf"(?i)(?P<who>(?:[^.;:!?]|[.](?=\w)){{0,60}}?)\b{_NEED_WORDS}\b")
_ASKED = lazy_pattern(r"[\s`*_)\]]*(?:(?:is|are)\s+)?(?:required|needed|installed)\b")
_TARGETS = lazy_pattern(r"\]\([^()\s]*\)")
_CHOICE = lazy_pattern(r"(?i)\b(?:or|either|one of|any of)\b")
_MARK = lazy_pattern(r"(?:[-*+]|\d+[.)])\s+[*_`\[(]*")
# What a sentence says of other than what running needs.
_OTHER = lazy_pattern(
    r"(?i)\b(?:recommend\w*|develop\w*|contribut\w*|build\w*|compil\w*|test(?:ed|s|ing)?|prior|before|until|"
    r"up to|older|drop\w*|deprecat\w*|since|removed|legacy|no longer|not support\w*|unsupported|if you|earlier|"
    r"targets?|analy\w+|feature|would|cannot|can't|your (?:project|package|app)|any (?:\w+ )?version|"
    r"for version|from version|previous|instead|still|CI|exercis\w*|maintain\w*|last|branch|changelog|docker|image|example|only|specif\w+|appl(?:y|ies)|when|optional\w*)\b"
)
_ONLY_WITH = lazy_pattern(
    r"(?P<who>[\w.@/-]+) (?:works only|only works|runs only|only runs)(?= (?:with|on|under)\b)",
    re.I,
)
# One of several: `iOS 8 and 9 or later`.
_AND_MORE = lazy_pattern(r"[`*_]{0,3},? (?:and|or) [`*_]{0,3}v?\d")
# What does as well: `Neovim >= 0.10 **or** the plugin`.
_OR_ELSE = lazy_pattern(
    r"(?i)[`*_)\]]{0,3}[,;]?\s+[`*_]{0,3}or\b(?![`*_]{0,3}\s+(?:higher|later|newer|above|greater|up|more))"
)
# What the runtime brings: `by Go 1.18+ generics`; a mark of a note that tells more of it.
_OF_FEATURE = lazy_pattern(
    r"(?i)[`*_)\]]{0,3}\s+(?:generics|features?|syntax|modules?|iterators?|typing|type (?:hints?|annotations?)|annotations?|records?|"
    r"streams?|lambdas?|projects?|code ?bases?|code|apps?|applications?|sources?|bytecode|interpreters?|editions?|virtual threads|pattern matching|concurrency|macros?|apis?|decorators?|enums?|attributes?)\b"
)
_NOTED = lazy_pattern(r"[`*_)\]]{0,2}\s?(?:<sup>|\[\^|\\\*|[¹²³⁴-⁹†‡])")
# What a sentence says of the runtime itself: `Node.js 24.5+ supports …`.
_OF_ITSELF = lazy_pattern(
    r"(?i)\W{0,3}(?:already |also |natively |now )?(?:supports?|has|have|provides?|adds?|includes?|introduced?|ships?|comes?|"
    r"can|allows?|offers?|is able|lets?)\b"
)
# Which release is for a version: `Node 10 or later: ^5.0.0`, `Python 3.8+ | 2.x`.
_OF_RELEASE = lazy_pattern(
    r"[\s`*_)\]]{0,4}(?::|\||->|=>|→|-|–)\s*[`*_]{0,3}(?:[\^~<>=]{1,2}\s?)?v?\d+(?:\.[\dx*]+)+"
)
_ON_SYSTEM = lazy_pattern(
    r"(?i)\b(?:in|on|for|under)\s[*_`]{0,3}(?:Windows|mac\s?OS|Mac|OS ?X|Linux|Ubuntu|Debian|Fedora|CentOS|RHEL|Arch|Alpine|"
    r"\w*BSD|ARM\w*|Apple|Android|iOS|Raspberry)\b"
)
# One item of a list of options: "- `option` - requires …".
_OF_ITEM = lazy_pattern(r"\s*(?:[-*+]|\d+[.)])\s+(?:\*\*)?\[?`[^`]+`")
# What is said of one thing only: "a file-based app (requires .NET 10)", "modules (Jigsaw / JDK 9+)".
_IN_BRACKETS = lazy_pattern(
    r"(?i)\((?:requires?|needs?|on|with|for|in)\s[^()]*$|\([^()]*\w\s?/\s?$|`\s?\($"
)
_OF_OTHERS = lazy_pattern(
    r"(?i)[\s*_]*(?!(?:you|we|they|users?|developers|all)\b)[a-z][\w-]*(?:\s[\w-]+){0,3}\s(?:require|need)\b"
)
_PURPOSE = lazy_pattern(
    r"(?i)\W*(?:in order )?(?:to|for)\s+(?:(?:install|use|run|build|start|using|installing|running|building)\s+)?"
    r"(?P<what>.{0,200}?),?\s+(?:you|we)(?:'ll|\s+will|\s+also)?\s+(?:need|require)\b"
)
# Parts of a repository that need what the rest does not.
_ASIDE = lazy_pattern(
    r"(?i)(?:^|[/_-])(?:tests?|examples?|samples?|benchmarks?|demos?|docs?|website|e2e|fixtures?)(?:[/_-]|$)"
)
# A note on one cell or item of a list: `¹ Requires …`, `[^1]: requires …`.
_OF_NOTE = lazy_pattern(r"\s*(?:[¹²³⁴-⁹†‡]|\\\*|<sup>|\[\^)")
# Told for whom something else holds: `With CMake 3.10+, use …`.
# A link to another thing whose name ends so: `[Demo Node](https://…) >= 3.0`.
_IN_LABEL = lazy_pattern(
    r"\[[*_`]{0,3}(?!(?:minimum|at|requires?|any|use|using|install)\b)[A-Za-z][\w.-]*(?: [\w.-]+)*\s$",
    re.I,
)
_OF_CONDITION = lazy_pattern(r"(?i)\W*(?:with|on|in|for|using|under|if)\W*$")
# A release of a project: its needs may be those of another time.
_RELEASE = lazy_pattern(
    r"`[\^~]?v?\d+(?:\.\w+)*`|(?<![\w.])v\d+(?![\w.])|(?<![\w.])v?\d+\.(?:\d+|x)(?![\w.])|"
    r"(?<=[A-Za-z] )\d+(?=\s+(?:requires?|needs?|supports?|works|runs)\b)"
)
_SHIELD = lazy_pattern(
    r"img\.shields\.io/badge/(?P<name>[\w.%]+)-(?:%3E%3D|>=|v|%20|_)*(?P<version>\d+(?:\.\d+)*)(?:%2B|\+|\.x)?-\w+"
)
# What a program handles rather than runs on: `parsing PHP 5`, `support for Python 2.7`.
_HANDLES = lazy_pattern(
    r"(?i)\b(?:pars(?:es?|ing)|generat(?:es?|ing)|target(?:s|ing)?|emit(?:s|ting)?|transpil(?:es?|ing)|convert(?:s|ing)?|"
    r"lint(?:s|ing)?|format(?:s|ting)?|highlight(?:s|ing)?|output(?:s|ting)?|support for|syntax (?:of|for))"
    r"(?: (?:code|sources?|syntax|files))?(?: (?:for|of|to|from|in))?\W*$"
)
# What is told of one thing that needs more than the rest: `async support back to iOS 13`.
_OF_ONE_THING = lazy_pattern(r"(?i)(?:\bback to|(?<!works )(?<!compatible )\bwith)\W*$")
_FOR_ONE_THING = lazy_pattern(
    r"(?i)[\s`*_)\]]{0,3}(?:is (?:required|needed) )?(?:for|in order to|because|to use|on (?:Windows|mac\s?OS|Linux))\b"
)
# A label that says of which part the line is: `CLI: requires …`.
_OF_LABEL = lazy_pattern(r"\W*(?P<label>[A-Z][\w ./-]{0,24}):\W+(?=[A-Za-z])")
_REMARK = lazy_pattern(r"(?i)note|important|warning|attention|nb|caution|tip|info")
# What the project is made with is more than it needs.
_MADE_WITH = lazy_pattern(
    r"(?i)\b(?:built|made|developed) with\b|\btech(?:nology|nologies)?[ -]?stack\b"
)
_FEATURES = lazy_pattern(r"(?i)\b(?:features?|highlights?|capabilities|what's new)\b")
_ENDS = (".", ":", "!", "?", "|", "\\", "  ")
# A line that is no part of the paragraph before it: an item, a heading, a row, a quotation.
_BEGINS = lazy_pattern(r"\s*(?:[-*+#|><]|\d+[.)]\s)")
_GAP = lazy_pattern(r"!=\s*(\d+\.\d+)(?:\.\*)?(?![.\d])")
_BOUND = lazy_pattern(r"(?:>=|\^|~>|~=|~|==|>|=)?\s*v?(\d+(?:\.\d+)*)")


def claims(document: Document, ground: Ground) -> Iterator[Claim]:
    """Statements of a lowest version: `Python 3.8+`, `requires Node >= 18`, `Go 1.21 or later`."""
    requirements: dict[str, list[Fact]] = {}
    for fact in ground.facts("requirement"):
        requirements.setdefault(fact.value.lower(), []).append(fact)
    yield from _badges(document, requirements)
    if document.folder and (_ASIDE.search(document.folder) or _is_package(document, ground)):
        return  # a part may need what the whole does not
    yield from _not_several(list(_said(document, requirements, ground)))


def _is_package(document: Document, ground: Ground) -> bool:
    """Whether a page stands beside or below the manifest of a part."""
    scopes = {fact.scope for fact in ground.facts("package") if fact.scope}
    return any(f"{document.folder}/".startswith(f"{scope}/") for scope in scopes)


def _not_several(said: list[tuple[str, Claim]]) -> Iterator[Claim]:
    """The claims, each by its runtime; of several versions that are not ours, each holds for a case of its own.

    So does one right above or below ours of the same runtime.
    """
    others = {c.text for _, c in said if c.verdict == "false" or c.reason == _MORE}
    held = {
        (name, claim.line + step)
        for name, claim in said
        for step in (-1, 1)
        if claim.verdict == "true"
    }
    for name, claim in said:
        is_beside = (name, claim.line) in held
        is_one = claim.verdict != "false" or (len(others) < 2 and not is_beside)
        yield claim if is_one else undecided(claim, "the page tells of several versions")


def _said(
    document: Document, requirements: dict[str, list[Fact]], ground: Ground
) -> Iterator[tuple[str, Claim]]:
    items = _items(document)
    for line, begun in _led(document):
        for found in _LOWEST.finditer(line.text):
            is_said = found["least"] or found["more"] or _NEEDS.search(line.text[: found.start()])
            is_item = not is_said and (line.line, found.start()) in items
            if not (is_said or is_item):
                continue
            name = _NAMES[found["name"].lower()]
            facts = requirements.get(name.lower(), [])
            yield name, _judge(line, begun, found, name, facts, ground, is_item=is_item)


def _items(document: Document) -> set[tuple[int, int]]:
    """Where a list of requirements has an item that is nothing but a name and a version: `- PHP 8.1`.

    In a section of its own that is no more than the list, and has that name once.
    """
    lines: dict[tuple[str, ...], list[Prose]] = defaultdict(list)
    for line in document.prose:
        is_own = 0 < len(line.section) < 3 and not line.text.startswith("#")
        if is_own and _REQUIREMENTS.fullmatch(line.section[-1]):
            lines[line.section].append(line)
    found: set[tuple[int, int]] = set()
    for rows in lines.values():
        listed = rows[1:] if _NEEDS.search(rows[0].text) else rows
        is_nested = len({row.column for row in listed}) > 1
        is_choice = any(_CHOICE.search(row.text) for row in rows)
        if is_nested or is_choice or not all(_MARK.match(row.text) for row in listed):
            continue
        said = [(row, one) for row in rows for one in _LOWEST.finditer(row.text)]
        times = Counter(_NAMES[one["name"].lower()] for _, one in said)
        for row, one in said:
            mark = _MARK.match(row.text)
            is_whole = mark is not None and mark.end() == one.start()
            is_bare = not row.text[one.end() :].strip(" *_`).,;")
            if is_whole and is_bare and times[_NAMES[one["name"].lower()]] == 1:
                found.add((row.line, one.start()))
    return found


def _led(document: Document) -> Iterator[tuple[Prose, str]]:
    """Lines, each with the words in which the line before it begins its sentence."""
    before: Prose | None = None
    for line in document.prose:
        follows = before is not None and (before.line + 1, before.section) == (
            line.line,
            line.section,
        )
        text = before.text.rstrip() if before and follows else ""
        goes_on = bool(text) and not text.endswith(_ENDS) and not _BEGINS.match(line.text)
        is_near = before is not None and line.line - before.line <= 2
        led = before.text.rstrip() if before and is_near else ""
        if led.endswith(":") and not _NEEDS.search(led):  # a case of its own: `as a plugin:`
            yield line, f"only {led}"
        else:
            yield line, text[text.rfind(". ") + 1 :] if goes_on else ""
        before = line


def _judge(
    line: Prose,
    begun: str,
    found: re.Match[str],
    name: str,
    facts: list[Fact],
    ground: Ground,
    *,
    is_item: bool,
) -> Claim:
    at = found.start("version")
    span = Span(found["version"], line.line, line.column + at)
    facts = [f for f in facts if f.detail.get("from") != "tested-with"]
    if not facts:
        return not_judged("version", span, f"no manifest says which {name} is needed")
    said = _numbers(found["version"])
    match = _same_bound(said, facts)
    if match:
        return true("version", span, match.evidence)
    lowest = [(bound, fact) for fact in facts if (bound := _lowest(fact)) is not None]
    roots = [(bound, fact) for bound, fact in lowest if not fact.scope]
    if not roots and _covers_all(ground, lowest):
        roots = [(bound, fact) for bound, fact in lowest if not _ASIDE.search(fact.scope)]
    if not roots:
        return not_judged("version", span, f"the manifests name no lowest version of {name}")
    bound, fact = min(roots, key=lambda pair: pair[0])
    ours = [known for known, of in (*roots, *lowest) if not _ASIDE.search(of.scope)]
    if len(set(ours)) > 1 and said >= min(ours):
        return not_judged("version", span, f"the manifests name several versions of {name}")
    own = own_names(ground)
    doubt = _doubt_of(fact, bound, ground)
    if doubt:
        return not_judged("version", span, doubt)
    if (
        _OTHER.search(begun)
        or not _speaks_of_needs(line, found, lambda release: _is_today(release, ground), own)
        or _is_of_another(line, found, ground)
        or not (said < bound if is_item else _is_whole(line, found, said, bound, own))
    ):
        return not_judged("version", span, "the sentence may speak of something else")
    if len(said) > len(bound) > 1 and said[: len(bound)] == bound:
        return not_judged("version", span, "a closer version than that of the manifest")
    if said > bound and not _asks_for_more(line, found, own_programs(ground)):
        return not_judged("version", span, _MORE)
    wanted = ".".join(map(str, bound))
    return false(
        "version", span, f"the manifest wants {name} {fact.detail['version']}", suggestion=wanted,
        evidence=fact.evidence,
    )  # fmt: skip


def _is_of_another(line: Prose, found: re.Match[str], ground: Ground) -> bool:
    """Whether the sentence tells what something of another name needs: `Zstandard needs Python 3.14`."""
    subject = _SUBJECT.search(line.text[: found.start()])
    if subject is None or subject["who"].lower() in _NO_OTHER:
        return False
    packages = (fact.value for fact in ground.facts("package", "bin"))
    own = " ".join((*own_names(ground), *packages, *line.section[:1])).lower()
    return subject["who"].lower() not in own


def _doubt_of(fact: Fact, bound: tuple[int, ...], ground: Ground) -> str:
    """Why less than what a manifest says may do; "" for no reason."""
    file = fact.evidence.path.rpartition("/")[2]
    is_one = file == "package.json" and fact.detail["version"][:1].isdigit()
    if file in _PINS or (is_one and fact.value in _MANAGERS):
        return f"{file} tells what developers use"
    if fact.value == "Clojure":
        return "the Clojure that a project is built with is not the oldest that it runs on"
    if fact.value == "Go" and bound < _GO_ENFORCES:
        return "go.mod asks for no version before Go 1.21: it names the language that is written"
    is_root = any(
        f.detail.get("role") == "workspace" for f in ground.facts("package") if not f.scope
    )
    if file == "package.json" and is_root:
        return "what the root of several packages wants is for developers"
    return ""


def _covers_all(ground: Ground, lowest: list[tuple[tuple[int, ...], Fact]]) -> bool:
    """Whether every package that is no test or example tells what it needs."""
    told = {fact.scope for _, fact in lowest}
    packages = {fact.scope for fact in ground.facts("package") if not _ASIDE.search(fact.scope)}
    return packages <= told


def _badges(document: Document, requirements: dict[str, list[Fact]]) -> Iterator[Claim]:
    """Badges such as `python-3.9+-blue`."""
    for link in document.links:
        found = _SHIELD.search(link.text)
        name = _NAMES.get(unquote(found["name"]).lower().strip("_ ")) if found else None
        if found and name:
            at = found.start("version")
            span = Span(found["version"], link.line, link.column + at)
            facts = requirements.get(name.lower(), [])
            match = _same_bound(_numbers(span.text), facts)
            if match:
                yield true("version", span, match.evidence)
            else:
                yield not_judged("version", span, "a badge may show what is tested with")


def _same_bound(said: tuple[int, ...], facts: list[Fact]) -> Fact | None:
    bounds = ((bound, fact) for fact in facts for bound in _bounds(fact))
    return next((fact for bound, fact in bounds if _same(said, bound)), None)


def _is_today(release: str, ground: Ground) -> bool:
    """Whether a release is of the major version that the manifests give the project."""
    said = next(iter(re.findall(r"\d+", release)), "0")
    now = {
        v[0] for fact in ground.facts("version") if not fact.scope and (v := _numbers(fact.value))
    }
    return now == {int(said)}


def _works(text: str, own: Iterable[str]) -> str:
    """A text in which the project, not a part of it, works with something rather than only with it."""
    names = frozenset(own)
    return _ONLY_WITH.sub(
        lambda only: f"{only['who']} works" if only["who"].lower() in names else only[0], text
    )


def _sentence_start(text: str, at: int) -> int:
    """Where the sentence begins that a place of a line is in."""
    return max(text.rfind(mark, 0, at) for mark in (". ", "; ", "! ")) + 1


def _speaks_of_needs(
    line: Prose, found: re.Match[str], is_today: Callable[[str], bool], own: Iterable[str]
) -> bool:
    """Whether a sentence tells what the project needs, as a whole and today."""
    start = _sentence_start(line.text, found.start())
    end = line.text.find(". ", found.end())
    sentence = line.text[start : end if end > 0 else len(line.text)]
    clause = sentence[:stop] if (stop := sentence.find("; ", found.end() - start)) > 0 else sentence
    sentence, clause = _works(sentence, own), _works(clause, own)
    if _OTHER.search(clause) or line.text.startswith("#"):
        return False
    before = line.text[start : found.start()]
    if _HANDLES.search(before) or _names_several(clause, found["name"]):
        return False
    if _OF_RELEASE.match(line.text, found.end()) or _ON_SYSTEM.search(before):
        return False
    if _OF_ITSELF.match(line.text, found.end()) or _IN_BRACKETS.search(before):
        return False
    if "](" in found[0] and _IN_LABEL.search(before):
        return False
    if _OF_OTHERS.match(before) or _is_of_purpose(before, own):
        return False
    if _OF_ITEM.match(line.text[: found.start()]) or _OF_NOTE.match(line.text):
        return False
    others = (m[0] for m in _RELEASE.finditer(_LOWEST.sub("", before)))
    if sentence.rstrip(" *_").endswith(":"):  # what follows is for this case: `Node 8 or higher:`
        return False
    if _OF_FEATURE.match(line.text, found.end()) or _NOTED.match(line.text, found.end()):
        return False
    if _AND_MORE.match(line.text, found.end("version")) or _OR_ELSE.match(line.text, found.end()):
        return False
    if _OF_CONDITION.fullmatch(before) or not all(map(is_today, others)):
        return False
    titles = line.section[1:] or line.section
    if any(_MADE_WITH.search(title) for title in titles):
        return False
    return bool(_NEEDS.search(sentence) or any(_SECTION.search(title) for title in titles))


def _is_of_purpose(before: str, own: Iterable[str]) -> bool:
    """Whether a sentence tells what one thing needs: `To run it on a card you need …`."""
    purpose = _PURPOSE.match(before)
    words = re.findall(r"[\w.@/-]+", purpose["what"].lower()) if purpose else []
    return not OWN_WORDS.union(own, {"the", "our"}).issuperset(words)


def _names_several(clause: str, name: str) -> bool:
    """Whether a clause names several versions of the same language or runtime."""
    meant = _NAMES[name.lower()]
    same = (m for m in _LOWEST.finditer(clause) if _NAMES[m["name"].lower()] == meant)
    return len({_numbers(m["version"]) for m in same}) > 1


def _asks_for_more(line: Prose, found: re.Match[str], own: Iterable[str]) -> bool:
    """Whether a line asks more than the manifest of all who use the project: it says so, and of the project."""
    if _is_of_feature(line, found, own) or any(map(_ASIDE_TITLE.search, line.section[1:])):
        return False
    start = _sentence_start(line.text, found.start())
    before = line.text[start : found.start()]
    titles_fit = all(map(_OF_ALL.search, line.section[1:]))
    is_row = titles_fit and (bool(_BEGINS.match(line.text)) or not before.strip(" *_`["))
    is_bare = not line.text[found.end() :].strip(" *_`).,;|")
    titles = line.section[-2:]
    if is_row and any((_SECTION if is_bare else _NEEDED_HERE).search(title) for title in titles):
        return True
    label = _OF_LABEL.match(before)
    if label and not _NEEDS.search(label["label"]):
        before = before[label.end() :]
    before = _TARGETS.sub("]", before)
    asks = _ASKS.match(before)
    names = {part for name in own for part in (name.lower(), *re.split(r"[-_./@]", name.lower()))}
    if asks is None or _is_of_purpose(before, own):
        return _ASKED.match(line.text, found.end()) is not None and _is_ours(before, names)
    if _PURPOSE.match(before):
        return True
    is_of_all = titles_fit or bool(re.search(r"\w", asks["who"]))
    return is_of_all and _is_ours(asks["who"], names)


def _is_ours(words: str, names: set[str]) -> bool:
    """Whether no word tells of anything but the project or its reader."""
    ours = _NO_OTHER.union(names, (name.lower() for name in _NAMES), _FILLERS)
    said = re.findall(r"[\w.@/'-]+", words.lower())
    return ours.issuperset(word for word in said if not re.match(r"v?\d", word))


def _is_of_feature(line: Prose, found: re.Match[str], own: Iterable[str]) -> bool:
    """Whether a version is what one feature needs: more than the manifest wants of all."""
    if _OF_ONE_THING.search(_works(line.text[: found.start()], own)):
        return True
    if _FOR_ONE_THING.match(line.text, found.end()):
        return True
    label = _OF_LABEL.match(line.text[: found.start()])
    if label and not (
        _REMARK.fullmatch(label["label"])
        or _NEEDS.search(label["label"])
        or _SECTION.search(label["label"])
    ):
        return True
    is_listed = bool(_BEGINS.match(line.text) and line.section)
    return is_listed and bool(_FEATURES.search(line.section[-1]))


def _is_whole(
    line: Prose,
    found: re.Match[str],
    said: tuple[int, ...],
    bound: tuple[int, ...],
    own: Iterable[str],
) -> bool:
    """Whether it is a lower bound, and of the same scheme (Java 1.8 is Java 8).

    A bare number is one where the section tells what is needed, or the sentence what the project
    (`own` are its names) requires: elsewhere it is one of several.
    """
    in_section = any(_SECTION.search(title) for title in line.section[-2:])
    is_bare = len(said) == 1 and said[0] != bound[0] and in_section
    needed = _NEEDED.fullmatch(line.text[: found.start()])
    who = needed["who"].lower() if needed else ""
    is_needed = any(name == who or name.startswith(f"{who}-") for name in own) and len(who) > 2
    if not (found["least"] or found["more"] or is_bare or is_needed):
        return False
    return abs(said[0] - bound[0]) < 30 and not (said[0] == 1) ^ (bound[0] == 1)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _bounds(fact: Fact) -> Iterator[tuple[int, ...]]:
    """The lowest version, and the one after a gap: 3.5 in `>=2.7, !=3.0.*, … !=3.4.*`."""
    lowest = _lowest(fact)
    if lowest is not None:
        yield lowest
    gaps = [_numbers(gap[1]) for gap in _GAP.finditer(fact.detail.get("version", ""))]
    if gaps:
        major, minor = max(gaps)
        yield (major, minor + 1)


def _lowest(fact: Fact) -> tuple[int, ...] | None:
    """The lowest version that a manifest allows; None where it is no single bound."""
    version = fact.detail.get("version", "")
    if "||" in version or "|" in version:
        bounds = [_numbers(m[1]) for m in _BOUND.finditer(version)]
        return min(bounds) if bounds else None
    first = re.split(r"[,\s](?=[<!])|,", version.strip())[0].strip()
    found = _BOUND.fullmatch(first) or _BOUND.match(version.strip())
    if not found or first.startswith(("<", "!")):
        return None
    return _numbers(found[1])


def _same(said: tuple[int, ...], bound: tuple[int, ...]) -> bool:
    """Whether two versions agree as far as both go; missing parts are zeros."""
    size = max(len(said), len(bound))
    padded = said + (0,) * (size - len(said)), bound + (0,) * (size - len(bound))
    return padded[0] == padded[1] or (len(said) < len(bound) and bound[: len(said)] == said)
