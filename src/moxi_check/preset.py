"""Defaults that code writes beside a name, where no fact knows them: in a table of defaults, or
as what is taken where a variable of the environment is not set.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from moxi_check.ground import Ground
from moxi_check.literal import quoted
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_LITERAL = r"(?P<value>-?\d+(?:\.\d+)?|[Tt]rue|[Ff]alse|null|None|nil|undefined|\"[^\"\n]{0,60}\"|'[^'\n]{0,60}')"
_VARIABLE = lazy_pattern(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_WORD = lazy_pattern(r"[A-Za-z]\w+")
_HELP = lazy_pattern(r"\([Dd]efault:? [\"'`]?(?P<value>[\w./:-]{1,40})[\"'`]?\)")
_OPTION = lazy_pattern(r"(?<![\w-])--[a-z][\w-]*\W{0,3}$")
_FORMS = lazy_pattern(r"^[\"'`]?(?:\s*[,|/]\s*[\"'`]?--?[\w-]+[\"'`]?)+")
_NEAR = 500
_SAYS_DEFAULT = lazy_pattern(r"(?i)default")
# A function's name may speak of anything: `fn default_shell_is_found()`.
_FUNCTION = lazy_pattern(r"\b(?:fn|def|func|fun|function)\s+\w+\s*\(|\b(?:it|test|describe)\(")
_GIVES_DEFAULTS = lazy_pattern(
    r"(?i)\b(?:get_?|make_?)?defaults?(?:_?(?:options|settings|config))?\s*\("
)
_MOST_LINES = 400
_MOST_LEVELS = 4


def presets(name: str, ground: Ground) -> list[Fact]:
    """Facts of the defaults that code writes beside a name; one without a default where it computes it."""
    found: dict[str | None, Fact] = {}
    places = [place for form in _forms(name) for place in _written(form, ground)]
    if name.startswith("--"):
        places += _told(name, ground)
    for value, place in places:
        plain = value.strip("\"'") if value else None
        detail = {} if plain is None else {"default": plain}
        fact = Fact(kind="input", value=name, detail=detail, evidence=place)
        found.setdefault(plain, fact)
    return list(found.values()) if any(found) else []


def _told(option: str, ground: Ground) -> Iterator[tuple[str, Evidence]]:
    """What the lines that declare an option say of its default, as its help does."""
    for found, place in ground.all_matches(option.lstrip("-"), quoted(option)):
        after = found.string[found.end() : found.end() + _NEAR].decode("utf-8", "replace")
        said = _HELP.search(re.split(r"\n\s*[}\])]|\n\s*\n", after)[0])
        # Right behind another option, it is that one's; forms of the same one stand side by side.
        if said and not _OPTION.search(_FORMS.sub("", after[: said.start()])):
            yield said["value"], place


def _forms(name: str) -> list[str]:
    """A name as code may spell it: `max-depth`, `max_depth`, `maxDepth`."""
    words = [word for word in re.split(r"[-_]", name.lstrip("-")) if word]
    if not words or re.match(r"-\w", name):
        return []
    camel = words[0] + "".join(word.capitalize() for word in words[1:])
    forms = [name.lstrip("-"), "_".join(words), *([camel] if not name.isupper() else [])]
    return [form for form in dict.fromkeys(forms) if len(form) > 2]


def _written(form: str, ground: Ground) -> Iterator[tuple[str | None, Evidence]]:
    if _VARIABLE.fullmatch(form):
        name = re.escape(form)
        # `environ.get("X", "1")`, `ENV.fetch('X', 1)`, `process.env.X || 1`, `${X:-1}`.
        pattern = rf"[\"']{name}[\"']\s*,\s*{_LITERAL}\s*\)|\benv\.{name}\s*(?:\|\||\?\?)\s*{_LITERAL.replace('value', 'other')}"
        for found, place in ground.all_matches(form, re.compile(pattern.encode())):
            value = found["value"] or found["other"]
            yield value.decode("utf-8", "replace"), place
    elif _WORD.fullmatch(form) or "-" in form:
        pattern = rf"(?m)^(?P<lead>[ \t]*)[\"']?{re.escape(form)}[\"']?\s*(?::|=>|=(?!=))\s*(?:{_LITERAL}\s*(?:[,;]|#|//|$)|\S)"
        for found, place in ground.all_matches(form, re.compile(pattern.encode())):
            if _in_defaults(found.string, found.start(), len(found["lead"])):
                value = found["value"]
                yield value.decode("utf-8", "replace") if value else None, place


def _in_defaults(content: bytes, start: int, depth: int) -> bool:
    """Whether what stands around a line is called defaults: `DEFAULTS = {`, `defaults(options, {`."""
    lines = content[:start].decode("utf-8", "replace").split("\n")[-_MOST_LINES:]
    levels = 0
    for line in reversed(lines):
        indent = len(line) - len(line.lstrip())
        if line.strip() and indent < depth:
            depth = indent
            levels += 1
            is_function = bool(_FUNCTION.search(line))
            if (_GIVES_DEFAULTS if is_function else _SAYS_DEFAULT).search(line):
                return True
            if is_function or not depth or levels >= _MOST_LEVELS:
                return False
    return False
