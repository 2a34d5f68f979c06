"""Source files without the bodies of their functions, for readers of declarations.

Parsing is most of what such a reader costs, and bodies are most of what there is to parse.
"""

from __future__ import annotations

import re

from moxi_analyzer.syntax import Source
from moxi_core.patterns import lazy_pattern

# A body is left out only where its lines are indented between those that begin and end it. Lines are
# taken possessively: a run of them is looked through once.
_INSIDE = rb"(?P<body>(?:(?P=indent)[ \t]+[^\n]*\n|[ \t]*\n)++)(?=(?P=indent)"
_BODIES = {
    "ruby": lazy_pattern(
        rb"^(?P<indent>[ \t]*)def [\w.]+[?!=]?(?:\((?:[^()\n]|\([^()\n]*\))*+\))?[ \t]*(?:#[^\n]*)?\n"
        + _INSIDE
        + rb"end[ \t]*$)",
        re.MULTILINE,
    ),
    # The braces of a class never follow `function` or the end of parameters.
    "php": lazy_pattern(
        rb"^(?P<indent>[ \t]+)(?:[a-z \t]*\bfunction\b[^\n;{}]*|\)[^\n;{}]*)(?:\n(?P=indent))?\{\n"
        + _INSIDE
        + rb"\}[ \t]*$)",
        re.MULTILINE,
    ),
}
_DECLARES = {"ruby": (), "php": (b"class ", b"interface ", b"trait ", b"enum ")}


def without_bodies(source: Source) -> Source:
    """The file with empty lines for bodies of functions: its declarations keep their places."""
    declares = _DECLARES[source.grammar]

    def emptied(match: re.Match[bytes]) -> bytes:
        body = match["body"]
        if any(word in body for word in declares):
            return match[0]
        return match[0][: -len(body)] + b"\n" * body.count(b"\n")

    content = _BODIES[source.grammar].sub(emptied, source.content)
    return Source(source.path, source.grammar, content)
