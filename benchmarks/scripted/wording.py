"""Small means of writing: code marks or none, lower case, lists in words, help texts as clauses."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FORMS: dict[str, dict[str, list[str]]] = tomllib.loads(
    (Path(__file__).parent / "forms.toml").read_text("utf-8")
)
_VERBS = frozenset(
    "add allow append apply assume build bundle cache change check clean clear clone collect compare compile"
    " configure convert copy create define delete deploy detect disable display download dump edit emit enable"
    " exclude execute exit export extract fail fetch filter find fix follow force format generate get give hide"
    " ignore import include infer insert install invert keep limit lint list load log make match merge move omit"
    " open output overwrite parse perform preserve print process produce provide publish push put read rebuild"
    " record recurse remove rename render replace report require reset resolve restore return reverse run save"
    " scan search select send serve set show silence skip sort specify start stop store strip suppress switch"
    " sync test transform treat trim truncate turn update upgrade upload use validate verify view wait watch"
    " write".split()
)
# Verbs that begin a noun as often ("sort method"): verbs where what they are done to comes next.
_NOUNS_TOO = frozenset(
    "build cache change check clone display download dump exit export filter force format import limit list"
    " load log match merge output process publish push record report return run save scan search set sort"
    " start stop store switch sync test transform trim update upgrade use view watch".split()
)
_OBJECT = re.compile(
    r"\w+ (?:the|a|an|all|this|that|your|to|by|in|into|from|only|each|every|its|any|one|more|when)\b"
)
_PROPER = re.compile(
    r"[A-Z][a-z]+(?:[A-Z]|[.\d])|[A-Z]{2}|I\b|(?:Go|Python|Ruby|Rust|Java|Swift|Git|Markdown|Docker|Unix|Windows|Linux|English|Unicode|Spotify)\b"
)
_NOUNS = re.compile(
    r"(?:path|name|number|list|file|url|folder|directory|set|size|width|height|format|type|level|maximum|minimum)\b",
    re.IGNORECASE,
)

_NAMED = frozenset("vpfsn")  # what stands in braces for one name
_ODD = re.compile(
    r"^\W|/|^[a-z]\S*[ .]"
)  # a path, an option, a command: no beginning of a sentence


@dataclass
class Hand:
    """Chooses among forms, and whether names get code marks; the same seed writes the same."""

    dice: random.Random
    marks: float = 0.6  # the share of names in code marks

    def code(self, name: str) -> str:
        """A name, in code marks or without."""
        plain = re.fullmatch(r"[\w./:+@ -]+", name) and not re.search(r"__|(?<!\w)_|_(?!\w)", name)
        return name if plain and self.dice.random() > self.marks else f"`{name}`"

    def form(self, forms: Sequence[str], values: Mapping[str, str]) -> str:
        """One of some forms, filled in; a sentence begins with a capital or with a name."""
        return sentence(self.dice.choice(forms), values)

    def say(self, name: str, **values: str) -> str:
        """A true sentence of the named forms, filled in."""
        return self.form(FORMS["true"][name], values)


def sentence(form: str, values: Mapping[str, str]) -> str:
    """A form filled in; it begins with a capital unless it begins with a name. `{w}` are words."""
    first = re.match(r"\{(\w+)\}", form)
    if first and first[1] in _NAMED and _ODD.search(values[first[1]].strip("`")):
        marked = f"`{values[first[1]].strip('`')}`"  # nobody begins a sentence with a bare path
        values = {**values, first[1]: marked}
    made = form.format(**values)
    return (
        made
        if form.startswith("{") and not form.startswith(("{w}", "{t}"))
        else made[:1].upper() + made[1:]
    )


def lower(text: str) -> str:
    """A sentence as the middle of another one: names and acronyms keep their capitals."""
    return (
        text
        if _PROPER.match(text) or re.match(r"\S*[A-Z]\S*[A-Z]", text)
        else text[:1].lower() + text[1:]
    )


def listed(names: Sequence[str]) -> str:
    """`a`, `b` and `c`."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else ""


def clauses(help_text: str, takes_value: bool) -> list[str]:
    """Forms of a sentence that says what an option or command does; `{v}` is its name."""
    text = lower(help_text)
    first = re.split(r"\W", text, maxsplit=1)[0]
    if first in _VERBS and (first not in _NOUNS_TOO or _OBJECT.match(text)):
        return [
            f"pass {{v}} to {text}.", f"to {text}, pass {{v}}.", f"with {{v}} you can {text}.",
            f"{{v}} is there to {text}.", f"if you want to {text}, use {{v}}.", f"{{v}} lets you {text}.",
        ]  # fmt: skip
    if re.sub(r"(?<=sh|ch|ss)es$|s$", "", first) in _VERBS and first.endswith("s"):
        return [
            f"{{v}} {text}.",
            f"the option {{v}} {text}.",
            f"there is also {{v}}, which {text}.",
        ]
    if takes_value and re.match(r"(?:the|a|an) ", text):
        return [f"{{v}} takes {text}.", f"{{v}} expects {text}.", f"give {{v}} {text}."]
    if takes_value and _NOUNS.match(text):
        return [f"{{v}} takes the {text}.", f"{{v}} expects the {text}."]
    return [
        f"{{v}}: {text}.",
        f"the help says of {{v}}: {text}.",
        f"{{v}} is described as “{text}”.",
    ]
