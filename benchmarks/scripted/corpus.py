"""Literal search over a repository: what is said to be true stands there, what is invented does not."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path

from evidence.legal import licenses
from evidence.project import Project
from evidence.tree import README, Tree

_LONGEST_FILE = 2_000_000


class Corpus:
    """All texts of a tree as one, without READMEs, in lower case."""

    def __init__(self, root: Path) -> None:
        self.tree = Tree(root)
        self.project = Project(self.tree)
        self._found: dict[str, bool] = {}
        self._flats: dict[str, str] = {}

    @cached_property
    def _text(self) -> str:
        texts = []
        for path in self.tree.files:
            data = b"" if README.search(path) else self.tree.read_bytes(path, _LONGEST_FILE)
            if b"\0" not in data[:8000]:
                texts.append(data.decode("utf-8", "replace").lower())
            texts.append(path.lower())
        return "\n".join(texts)

    @cached_property
    def licenses(self) -> set[str]:
        """The licenses that texts and manifests name."""
        return licenses(self.tree, self.project)

    def has(self, literal: str) -> bool:
        """Whether a literal stands somewhere, upper and lower case alike."""
        return literal.lower() in self._text

    def has_word(self, word: str) -> bool:
        """Whether a word stands somewhere and is no part of a longer one."""
        return self.has(word) and self.matches(rf"(?<!\w){re.escape(word.lower())}(?!\w)")

    def has_name(self, name: str) -> bool:
        """Whether a name stands somewhere in any of the ways that code spells it."""
        bare = name.strip("-").lower()
        forms = {bare, bare.replace("-", "_"), bare.replace("_", "-"), re.sub("[-_. ]", "", bare)}
        return any(map(self.has_word, forms))

    def matches(self, pattern: str) -> bool:
        """Whether a pattern of lower case letters matches somewhere."""
        if pattern not in self._found:
            self._found[pattern] = re.search(pattern, self._text, re.MULTILINE) is not None
        return self._found[pattern]

    def has_path(self, path: str) -> bool:
        """Whether a file or folder ends with a path, or a text names it."""
        return self.tree.exists(path) or self.tree.ends_with(path) or self.has(path)

    def proves(self, path: str, literal: str) -> bool:
        """Whether the words of a literal stand in a file, or in its path, in some spelling."""
        text = self._flat(path)
        if _flat(literal) in text:
            return True
        words = re.findall(r"\w{4,}", literal)  # a help that code wraps or joins
        return len(words) > 1 and all(_flat(word) in text for word in words)

    def _flat(self, path: str) -> str:
        """The letters of a file and of its path."""
        if path not in self._flats:
            self._flats[path] = _flat(f"{self.tree.read(path)} {path}")
        return self._flats[path]


def _flat(text: str) -> str:
    return re.sub(r"[-_\s.\"'`]", "", text.lower())
