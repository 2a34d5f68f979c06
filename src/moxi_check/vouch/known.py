"""What stands in a repository, asked word by word: facts, paths, what we write ourselves, literal text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from moxi_check.ground import Ground
from moxi_check.vouch.words import PLANTED
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact, FactKind

_WORD = lazy_pattern(r"[^\W_]+(?:[.+#'_-][^\W_]+)*[+#]*")
_PART = lazy_pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+(?:\.\d+)*")
_NUMBER = lazy_pattern(r"\d+(?:[.,]\d+)*")
# The words that tell what a number is of, where it is no name's.
_SUBJECTS: dict[str, tuple[str, ...]] = {
    "port": ("port", "ports", "localhost", "listen", "listens", "http"),
    "version": ("version", "release", "v"),
}


def words_of(text: str) -> Iterator[str]:
    """The words of a text in small letters, names in parts too: `readMe_file` is `read`, `me`, `file` as well."""
    for found in _WORD.finditer(text):
        word = found[0]
        yield word.lower()
        parts = _PART.findall(word)
        if len(parts) > 1:
            yield from (part.lower() for part in parts)


class Known:
    """A repository's words. `said` is text that is known to hold: what we write from facts ourselves."""

    def __init__(self, ground: Ground, said: str = "") -> None:
        self.ground = ground
        self.said = said
        self._planted: dict[str, bool] = {}

    @cached_property
    def facts(self) -> list[Fact]:
        """All facts but those in files with words for a model in them."""
        told = self.ground.snapshot.facts
        return [
            fact for fact in told if not PLANTED.search(fact.text.encode() + fact.value.encode())
        ]

    @cached_property
    def words(self) -> frozenset[str]:
        """Words that need no further proof, in small letters."""
        snapshot = self.ground.snapshot
        texts = [self.said, snapshot.name, snapshot.url, *snapshot.languages]
        for fact in self.facts:
            if fact.kind != "example":
                texts += [fact.value, fact.text, *fact.detail.values()]
        return self.path_words.union(word for text in texts for word in words_of(text))

    @cached_property
    def named(self) -> frozenset[str]:
        """Names of packages, dependencies, programs, services and languages, in small letters."""
        kinds: tuple[FactKind, ...] = (
            "package", "dependency", "bin", "extra", "service", "image", "requirement", "keyword", "task", "workflow",
        )  # fmt: skip
        facts = [fact for fact in self.facts if fact.kind in kinds]
        texts = [fact.value for fact in facts] + [fact.detail.get("image", "") for fact in facts]
        texts += [
            fact.detail.get(key, "")
            for fact in facts
            for key in ("manager", "registry", "ecosystem", "tool")
        ]
        texts += [*self.ground.snapshot.languages, self.ground.snapshot.name, self.said]
        return frozenset(word for text in texts for word in words_of(text))

    @cached_property
    def path_words(self) -> frozenset[str]:
        """The words in the names of files and folders, in small letters."""
        files = self.ground.snapshot.files[:20_000]
        return frozenset(word for entry in files for word in words_of(entry.path))

    @cached_property
    def said_words(self) -> str:
        """What we write ourselves, as words in small letters."""
        return " ".join(words_of(self.said))

    @cached_property
    def values(self) -> frozenset[str]:
        """Names as code writes them: values of facts and the forms of options, to the letter."""
        found: set[str] = set()
        for fact in self.facts:
            if fact.kind in {"description", "about", "example"}:
                continue
            found.add(fact.value)
            for key in ("forms", "aliases", "choices"):
                found.update(part for part in fact.detail.get(key, "").split(", ") if part)
            found.update(
                fact.detail.get(key, "")
                for key in ("short", "run", "default", "import", "signature")
            )
        return frozenset(found - {""})

    @cached_property
    def addresses(self) -> frozenset[str]:
        """URLs that the repository gives of itself, without a slash at their end."""
        links = [fact.value for fact in self.facts if fact.kind == "link"]
        links += [self.ground.snapshot.url, *re.findall(r"https?://[^\s()<>\"'`\]]+", self.said)]
        return frozenset(plain_url(link) for link in links if link)

    @cached_property
    def people(self) -> frozenset[str]:
        """Words in the names of authors."""
        persons = (fact.value for fact in self.facts if fact.kind == "person")
        return frozenset(word for name in persons for word in words_of(name))

    def place(self, word: str) -> Evidence | None:
        """Where a word stands to the letter, in a file that has no words for a model in it."""
        return next((p for p in self.ground.mentions(word) if not self.is_planted(p.path)), None)

    def stands(self, word: str) -> bool:
        """Whether a word stands there in some writing."""
        forms = dict.fromkeys((word, word.lower(), word.upper(), word.capitalize()))
        return any(self.place(form) is not None for form in forms)

    def is_planted(self, path: str) -> bool:
        """Whether a file has words for a model in it."""
        if path not in self._planted:
            content = self.ground.repo.read(path) or b""
            self._planted[path] = bool(PLANTED.search(content))
        return self._planted[path]

    # Numbers

    @cached_property
    def _by_number(self) -> dict[str, list[Fact]]:
        found: dict[str, list[Fact]] = {}
        for fact in self.facts:
            if fact.kind == "example":
                continue
            texts = (fact.value, fact.text, *fact.detail.values())
            for number in {n for text in texts for n in _NUMBER.findall(text)}:
                found.setdefault(number, []).append(fact)
        return found

    def number(self, number: str, sentence: str) -> bool:
        """Whether a fact has this number, and the sentence tells of what it is."""
        said = set(words_of(sentence))
        return any(_speaks_of(fact, said) for fact in self._by_number.get(number, ()))

    def runtime(self, name: str, version: str) -> bool | None:
        """Whether a runtime is asked for in this version, or one that it begins; None where no fact tells of it."""
        known = [
            f for f in self.facts if f.kind == "requirement" and f.value.lower() == name.lower()
        ]
        if not known:
            return None
        bounds = {n for fact in known for n in _NUMBER.findall(" ".join(fact.detail.values()))}
        return any(version == bound or bound.startswith(version + ".") for bound in bounds)


def _speaks_of(fact: Fact, said: set[str]) -> bool:
    """Whether words tell of what a fact is of: its name, the sort of it, or most of its text."""
    if said & set(_SUBJECTS.get(fact.kind, ())):
        return True
    names = {word for word in words_of(fact.value) if len(word) > 1}
    if fact.kind != "port" and names and names <= said:
        return True
    text = {word for word in words_of(fact.text) if len(word) > 3}
    return len(text) > 1 and len(text & said) >= 0.6 * len(text)


def plain_url(url: str) -> str:
    """An address without what differs between ways of writing it."""
    whole = url.strip().partition("#")[0].rstrip("/")
    return re.sub(r"^https?://(?:www\.)?|\.git$|/+$", "", whole).lower()
