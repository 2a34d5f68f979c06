"""Words that name the same thing: where one of them is wrong, another was most likely meant."""

from __future__ import annotations

import re
from collections import defaultdict

_GROUPS = """
url uri endpoint address link|host hostname address server|port ports|dir directory folder path|file filename path|
key secret token|password passwd pass passphrase|user username login|name title label|id identifier|db database|
config conf configuration settings|option setting|log logs logging|list ls|show display print|add create new|
remove rm delete del uninstall|get fetch|set assign|update upgrade refresh|start run launch serve up|stop halt down kill|
init setup initialize bootstrap|install setup|build compile make|check verify validate test lint|output out dest destination target|
input in src source|verbose debug|quiet silent|dryrun simulate pretend|force yes|no without disable skip|with enable use|
exclude ignore skip|include only|max maximum limit|min minimum|num number count|size length|width columns|height rows|
timeout wait delay|interval period|workers jobs threads processes|depth level|format fmt|color colour|env environment|
lang language locale|login auth|open browse|search find query|export dump save|import load restore|watch follow tail|
recursive recurse|interactive prompt|parallel concurrency concurrent|version release|template layout|theme style
"""


def _table() -> dict[str, set[str]]:
    table: dict[str, set[str]] = defaultdict(set)
    for group in _GROUPS.replace("\n", "").split("|"):
        words = group.split()
        for word in words:
            table[word].update(words)
    return table


_TABLE = _table()


def is_same(one: str, other: str) -> bool:
    """Whether two different words may name one thing."""
    return one != other and other in _TABLE.get(one, ())


def is_renamed(name: str, known: str) -> bool:
    """Whether a name says what the other says with one other word: `DB_ENDPOINT` for `DB_URL`."""
    ours, theirs = (
        re.split(r"[-_]+", text.lower().strip("-_").replace("dry-run", "dryrun"))
        for text in (known, name)
    )
    if len(ours) != len(theirs):
        return False
    pairs = [(one, two) for one, two in zip(ours, theirs, strict=True) if one != two]
    return len(pairs) == 1 and is_same(*pairs[0])
