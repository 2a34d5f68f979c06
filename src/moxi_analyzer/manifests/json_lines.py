"""The lines on which a JSON document's keys stand, by exact path, in one pass over the text."""

from __future__ import annotations

import json
import re

from moxi_core.patterns import lazy_pattern

_TOKEN = lazy_pattern(r'"(?:\\.|[^"\\\n])*"|[{}\[\],:]|//[^\n]*|/\*.*?(?:\*/|\Z)|\n', re.DOTALL)


def key_lines(text: str) -> dict[tuple[str, ...], int]:
    """Line numbers (from 1) by path of keys; elements of arrays count as "0", "1" …"""
    lines: dict[tuple[str, ...], int] = {}
    path: list[str] = []
    stack: list[str] = []
    pending, pending_line, line = "", 0, 1
    for mark in _TOKEN.findall(text):
        if mark == "\n":
            line += 1
        elif mark[0] == "/":
            line += mark.count("\n")
        elif mark[0] == '"':
            pending, pending_line = mark, line
            if stack and stack[-1] == "[":
                lines.setdefault(tuple(path), line)
        elif mark == ":":
            if stack and stack[-1] == "{" and len(stack) < 12:
                path[-1] = _unquote(pending)
                lines.setdefault(tuple(path), pending_line)
        elif mark in "{[":
            if stack and stack[-1] == "[":
                lines.setdefault(tuple(path), line)
            stack.append(mark)
            path.append("0" if mark == "[" else "")
        elif mark in "}]":
            if stack:
                stack.pop()
                path.pop()
        elif mark == "," and stack and stack[-1] == "[" and path[-1].isdigit():
            path[-1] = str(int(path[-1]) + 1)
    return lines


def _unquote(mark: str) -> str:
    try:
        value = json.loads(mark)
    except ValueError:
        return mark.strip('"')
    return value if isinstance(value, str) else ""
