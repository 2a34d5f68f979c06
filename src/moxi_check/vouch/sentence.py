"""Whether a sentence of a model holds: every name, number, link and piece of code in it must be known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from moxi_check.claim import Claim
from moxi_check.kinds.licenses import named_licenses
from moxi_check.vouch.code import Codes, spelled
from moxi_check.vouch.known import Known, plain_url, words_of
from moxi_check.vouch.words import (
    AMBIGUOUS,
    CHATTER,
    NEUTRAL,
    PRAISE,
    SOCIAL,
    TECHNOLOGIES,
    is_english,
)
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

SPAN = lazy_pattern(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.S)
_IMAGE = lazy_pattern(r"!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])?")
_LINK = lazy_pattern(r"\[([^\]]*)\]\(\s*<?([^)\s>]*)>?[^)]*\)")
_REFERENCE = lazy_pattern(r"\[([^\]]+)\]\[([^\]]*)\]")
_HTML = lazy_pattern(r"</?[A-Za-z!][^>]{0,400}>?|&#?\w+;")
_URL = lazy_pattern(r"(?:https?|ftp|file|data|javascript)://?[^\s<>()\"'`]+|\bwww\.[^\s<>()\"'`]+")
_MAIL = lazy_pattern(r"[\w.+-]+@[\w-]+\.[\w.-]+|(?<!\S)@[A-Za-z][\w-]{2,}(?![\w/-])")
_WORD = lazy_pattern(r"[^\W_](?:[\w'’.+#/-]*[\w+#])?")
_NUMBER = lazy_pattern(r"\d+(?:[.,]\d+)*")
_RUNTIME = lazy_pattern(
    r"(?i)\b(python|node(?:\.js)?|go|golang|rust|java|jdk|\.net|ruby|php|cmake|swift|dart|flutter|elixir|ghc|clojure|bash|npm|"
    r"pnpm|yarn|kotlin|gradle|maven|erlang|perl|scala|neovim|vim|xcode|macos|ios|android|c\+\+)\s*"
    r"(?:versions?\s*|v|>=?\s*|≥\s*)?(\d+(?:\.\d+)*)"
)
_RUNTIME_NAMES = {"node": "Node.js", "golang": "Go", "jdk": "Java"}
_DEFAULT = lazy_pattern(
    r"(?i)\bdefault(?:s|ed|ing)?\b|\bwithout\b.*\b(?:assumed|used|taken)\b|\bif (?:not|none is) (?:given|set)\b"
)
# A value in plain words: `The default of --when is never`, `Without --when, never is assumed`.
_VALUE = lazy_pattern(
    r"(?i)\bdefaults?(?: value)?(?: (?:of|for) \S+)?(?: (?:to|is|are)|:) (?!the\b|an?\b|to\b|not\b|set\b|used\b|taken\b)(?P<value>[\w.-]*\w)"
    r"|\b(?P<before>[\w.-]*\w) is (?:assumed|used|taken)(?: by default)?\b"
    r"|`[^`]+` is (?!the\b|an?\b|to\b|not\b|set\b|used\b|taken\b|given\b)(?P<stated>[\w.-]*\w)"
)
_HAVING_DEFAULTS = frozenset({"option", "env_var", "input", "port", "api_symbol"})
_OF_TECHNOLOGY = lazy_pattern(
    r"(?i)\b(?:depend(?:s|ing|ent)? (?:up)?on|built (?:up)?on(?: top of)?|built with|based on|powered by|written in|implemented (?:in|with)|"
    r"rel(?:ies|ying) on|on top of|uses?|using|requires?|integrat(?:es|ion|ions|ing) (?:with|for)|compatible with|imports?|"
    r"support(?:s|ing)?(?: for)?|backed by|runs? on|deploy(?:s|ed|ing)? (?:on|to|with|via)|works? with|wraps?|via|through|leverages?|"
    r"combines?|extends?)\s+(?P<what>[^,.;:()]{1,80}(?:,\s[^,.;:()]{1,40}){0,6})"
)
_SORTS = lazy_pattern(
    r"(?i)\b([A-Za-z][\w.+#-]*)\s+(?:librar(?:y|ies)|packages?|frameworks?|crates?|gems?|databases?|backends?|brokers?|queues?|orms?|"
    r"runtimes?|toolkits?|engines?|servers?|clients?|services?|providers?|clouds?|integrations?|plugins?)\b"
)
_STARTS_AS_NAME = lazy_pattern(
    r"([A-Z][\w.+#-]*)\s+(?:is|was|has|handles?|provides?|powers?|stores?|runs?|manages?|serves?)\b"
)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a sentence does not stay. `false` tells that the repository contradicts it."""

    reason: str
    evidence: Evidence | None = None
    false: bool = False


class Voucher:
    """Doubts sentences of a model. With `listed`, only names of files are known, and no word is doubted."""

    def __init__(self, known: Known, *, listed: bool = False) -> None:
        self.known = known
        self.listed = listed
        self.codes = Codes(known)

    def doubt(self, sentence: str, claims: Sequence[Claim] = ()) -> Doubt | None:
        """What speaks against a sentence; `claims` are those that it makes, judged."""
        for claim in claims:
            if claim.verdict == "false":
                return Doubt(f"{claim.text}: {claim.reason}", claim.evidence, false=True)
        reason = next(self._reasons(sentence, claims), "")
        return Doubt(reason) if reason else None

    def _reasons(self, sentence: str, claims: Sequence[Claim]) -> Iterator[str]:
        yield from self._markup(sentence)
        shown = spelled(_LINK.sub(r"\1", sentence))
        spans = [found[2].strip() for found in SPAN.finditer(shown)]
        prose = SPAN.sub(" \0 ", shown)
        if self._is_told(prose):
            return
        yield from (f"it praises: {found[0]!r}" for found in PRAISE.finditer(prose))
        if self.listed:
            return
        for found in SOCIAL.finditer(prose):
            if (found["who"] or "\0").lower() not in self.known.words:
                yield f"nobody here can know: {found[0]!r}"
        yield from self._licenses(sentence)
        yield from self._defaults(shown, prose, spans)
        for span in spans:
            yield from self.codes.doubts(span, claims, sentence)
        yield from self._numbers(prose, shown, claims)
        yield from self._words(prose)

    def _markup(self, sentence: str) -> Iterator[str]:
        """What no sentence of a model may have: images, HTML, chatter, links that the repository does not give."""
        bare = SPAN.sub(" x ", sentence)
        if _IMAGE.search(bare):
            yield "it shows an image"
        if found := CHATTER.search(bare):
            yield f"it speaks of itself: {found[0]!r}"
        for label, target in _LINK.findall(bare):
            if not self._leads(target):
                yield f"{target!r} is no address of this repository"
            if not label.strip():
                yield "a link without words"
        bare = _LINK.sub(" ", bare)
        if found := _REFERENCE.search(bare):
            yield f"{found[0]!r} leads nowhere"
        for address in _URL.findall(
            sentence if self.listed else re.sub(r"\]\([^)]*\)", "]", sentence)
        ):
            if not self._leads(address.rstrip(".,;:!?")):
                yield f"{address!r} is no address of this repository"
        bare = _URL.sub(" ", bare)
        if found := _HTML.search(bare):
            yield f"it holds HTML: {found[0]!r}"
        if found := _MAIL.search(bare):
            yield f"{found[0]!r} is no address of this repository"

    def _leads(self, target: str) -> bool:
        """Whether an address is one that the repository gives of itself, or a path in it."""
        if re.match(r"(?i)[a-z][a-z0-9+.-]*:|//|www\.", target):
            plain = plain_url(target.partition("#")[0])
            return plain in self.known.addresses or _is_local(plain)
        path = target.partition("#")[0].partition("?")[0].removeprefix("./").rstrip("/")
        return bool(path) and self.known.ground.has(path)

    def _is_told(self, prose: str) -> bool:
        """Whether we say the same ourselves, word for word."""
        words = " ".join(words_of(prose))
        return len(words) > 20 and words in self._said

    @property
    def _said(self) -> str:
        return self.known.said_words

    def _licenses(self, sentence: str) -> Iterator[str]:
        for text, agrees in named_licenses(sentence, self.known.ground.facts("license")):
            if not agrees:
                yield f"{text!r} is not the license of this repository"

    def _defaults(self, shown: str, prose: str, spans: list[str]) -> Iterator[str]:
        """Values that are told to be defaults of what the sentence names."""
        if not _DEFAULT.search(prose):
            return
        said = {*spans, *(word for span in spans for word in span.split()), *words_of(prose)}
        told = [
            fact
            for fact in self.known.facts
            if fact.kind in _HAVING_DEFAULTS and {fact.value, fact.detail.get("short", "")} & said
        ]
        if not told and not any(span.startswith("-") for span in spans):
            return
        names = {form for f in told for form in (f.value, *f.detail.get("forms", "").split(", "))}
        values = [s for s in spans if not names & set(s.split()) and not s.startswith("-")]
        values += _NUMBER.findall(prose)
        values += [found[found.lastgroup or 0] for found in _VALUE.finditer(shown)]
        of = f"the default of {told[0].value!r}" if told else "a default that the code tells"
        for value in dict.fromkeys(values):
            if not any(_has_default(f.detail.get("default", ""), f.text, value) for f in told):
                yield f"{value!r} is not {of}"

    def _numbers(self, prose: str, shown: str, claims: Sequence[Claim]) -> Iterator[str]:
        true = {n for c in claims if c.verdict == "true" for n in _NUMBER.findall(c.text)}
        for found in _RUNTIME.finditer(prose):
            name = _RUNTIME_NAMES.get(found[1].lower(), found[1])
            if found[2] not in true and self.known.runtime(name, found[2]) is False:
                yield f"{found[0]!r} is not the version that is asked for"
        for word in _WORD.findall(prose):
            if not word[0].isdigit():
                continue
            if word in true or any(n in true for n in _NUMBER.findall(word)):
                continue
            number = _NUMBER.match(word)
            if number and len(number[0]) == len(word):
                if not self.known.number(word, shown):
                    yield f"nothing here tells of {word!r}"
            elif not self.known.stands(word):
                yield f"{word!r} is not in the repository"

    def _words(self, prose: str) -> Iterator[str]:
        wanted = {
            word for found in _OF_TECHNOLOGY.finditer(prose) for word in _listed(found["what"])
        }
        wanted |= {found[1].lower() for found in _SORTS.finditer(prose)}
        if found := _STARTS_AS_NAME.match(prose.lstrip("*_ ")):
            wanted.add(found[1].lower())
        first = True
        for found in _WORD.finditer(prose):
            word = found[0].rstrip(".'’")
            if not word[0].isdigit() and not self._is_known(word, wanted, first=first):
                yield f"{word!r} is not in the repository"
            first = prose[found.end() : found.end() + 2].strip()[:1] in {":", "—"}

    def _is_known(self, word: str, wanted: set[str], *, first: bool) -> bool:
        lower = re.sub(r"['’]s?$", "", word).lower()
        if word in NEUTRAL:
            return True
        is_product = lower in TECHNOLOGIES or (
            lower in AMBIGUOUS and (lower in wanted or (word[0].isupper() and not first))
        )
        if is_product:
            return lower in self.known.named or self._is_used(word, ambiguous=lower in AMBIGUOUS)
        if "/" in word and self._is_path(word):
            return self.known.ground.has(word.strip("/")) or bool(
                self.known.ground.ending_in(word.strip("/"))
            )
        if lower in self.known.words:
            return True
        if re.search(r"[-/]", word):
            return all(
                self._is_known(p, wanted, first=first) for p in re.split(r"[-/]+", word) if p
            ) or self.known.stands(word)
        plain = re.sub(r"['’](?:t|re|ve|ll|d|m)$", "", word)
        plain = plain.removesuffix("n") if plain != word and plain.endswith("n") else plain
        if (
            plain.isalpha()
            and (plain.islower() or first or (plain.istitle() and len(plain) < 3))
            and is_english(plain.lower())
        ):
            return True
        return self.known.stands(lower if lower != word.lower() else word)

    def _is_path(self, word: str) -> bool:
        """Whether a word with slashes means a place in the repository: it begins with a folder of it."""
        head = word.strip("/").partition("/")[0]
        return self.known.ground.has(head) and word.strip("/") != head

    def _is_used(self, word: str, *, ambiguous: bool) -> bool:
        """Whether a product is one that the code knows: words of plain English prove nothing in prose."""
        forms = dict.fromkeys((word, word.lower()))
        if ambiguous:
            return word.lower() in self.known.path_words
        return any(self.known.place(form) is not None for form in forms)


def _listed(text: str) -> Iterator[str]:
    """The words of a list of names, in small letters; it ends where the sentence goes on."""
    head = re.split(
        r"\b(?:to|for|that|which|so|when|where|while|because|by|from|in|as|is|are)\b", text
    )[0]
    return (found[0].lower() for found in _WORD.finditer(head))


def _is_local(url: str) -> bool:
    return re.match(r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0)(?:[:/]|$)", url) is not None


def _has_default(default: str, text: str, value: str) -> bool:
    plain = value.strip("\"'")
    if default.strip("\"'").lower() == plain.lower():
        return True
    return bool(re.search(rf"(?<![\w.]){re.escape(plain)}(?![\w])", text)) if plain else False
