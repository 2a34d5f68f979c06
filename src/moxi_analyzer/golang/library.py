"""What the standard library's and other small functions return, where that can be known."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tree_sitter import Node

from moxi_analyzer.golang.packages import GoFile
from moxi_analyzer.golang.values import External, Plain, Program, Value
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

MAX_TEXT = 100_000  # longer strings and lists are not what a help text is made of
MAX_ITEMS = 2_000
_UNITS = {
    "Nanosecond": 1,
    "Microsecond": 1_000,
    "Millisecond": 1_000_000,
    "Second": 1_000_000_000,
    "Minute": 60_000_000_000,
    "Hour": 3_600_000_000_000,
}
_NAMES = ((3_600_000_000_000, "h"), (60_000_000_000, "m"), (1_000_000_000, "s"))
_SMALL = ((1_000_000, "ms"), (1_000, "µs"), (1, "ns"))
_VERB = lazy_pattern(r"%(?:\[\d+\])?[-+ #0]*\d*(?:\.\d+)?([a-zA-Z%])")


@dataclass
class Call:
    """A call with its evaluated arguments, and where it stands."""

    program: Program
    arguments: list[Value]
    nodes: list[Node]
    file: GoFile
    at: Evidence
    caller: Evidence | None = None

    def string(self, index: int) -> str | None:
        """The argument at `index` if it is a known string."""
        value = self.arguments[index] if index < len(self.arguments) else None
        return value if isinstance(value, str) else None


class Models(Protocol):
    """How functions and methods of frameworks act on values."""

    def function(self, function: External, call: Call) -> Value:
        """The result of a call to another module's function."""

    def method(self, receiver: Value, name: str, call: Call) -> tuple[bool, Value]:
        """Whether the method is known, and its result."""


class Duration(Plain):
    """A time.Duration in nanoseconds, shown as Go shows it, without trailing zero units."""

    __slots__ = ()

    @classmethod
    def of(cls, nanoseconds: int) -> Duration:
        """The duration of so many nanoseconds."""
        return cls(_duration(nanoseconds))


def _duration(nanoseconds: int) -> str:
    if nanoseconds < 0:
        return "-" + _duration(-nanoseconds)
    if nanoseconds < _UNITS["Second"]:
        size, unit = next(((s, u) for s, u in _SMALL if nanoseconds >= s), (1, "s"))
        return f"{nanoseconds / size:g}{unit}"
    parts = []
    for size, unit in _NAMES[:2]:
        count, nanoseconds = divmod(nanoseconds, size)
        parts.append(f"{count}{unit}" if count else "")
    seconds = nanoseconds / _UNITS["Second"]
    return "".join(parts) + (f"{seconds:g}s" if seconds else "")


def _nanoseconds(text: str) -> int | None:
    found = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?", text)
    if not found or not text:
        return None
    sizes = (*(size for size, _ in _NAMES), 1_000_000)
    return sum(int(n) * size for n, size in zip(found.groups(), sizes, strict=True) if n)


def constant(package: str, name: str) -> Value:
    """A constant of the standard library."""
    if package == "time" and name in _UNITS:
        return Duration.of(_UNITS[name])
    if package == "math" and name in {"MaxInt32", "MaxInt64", "MaxUint32"}:
        return Plain(f"math.{name}")
    return None


def binary(operator: str, left: Value, right: Value) -> Value:
    """Strings joined, numbers and durations multiplied."""
    if operator == "+" and isinstance(left, str) and isinstance(right, str):
        return left + right if len(left) + len(right) <= MAX_TEXT else None
    if not isinstance(left, Plain) or not isinstance(right, Plain):
        return None
    for number, other in ((left, right), (right, left)):
        size = _nanoseconds(other.text) if isinstance(other, Duration) else None
        if operator == "*" and size is not None and number.text.isdecimal():
            return Duration.of(int(number.text[:12]) * size)
    if left.text.isdecimal() and right.text.isdecimal() and len(left.text + right.text) < 30:
        one, two = int(left.text), int(right.text)
        if operator == "<<":
            return Plain(str(one << two)) if two < 64 else None
        known: dict[str, Callable[[], int]] = {
            "*": lambda: one * two,
            "+": lambda: one + two,
            "-": lambda: one - two,
        }
        return Plain(str(known[operator]())) if operator in known else None
    return None


def call_function(function: External, call: Call) -> Value:
    """The result of a standard library function, or of a well-known helper."""
    package, name = function
    first = call.string(0)
    if package == "fmt" and name == "Sprintf":
        return _sprintf(call)
    if package == "fmt" and name == "Sprint" and len(call.arguments) == 1:
        return first
    if package == "strings":
        return _strings(name, call)
    if package.endswith("/heredoc") and name == "Doc" and first is not None:
        return textwrap.dedent(first.lstrip("\n"))
    if package.endswith("/heredoc") and name == "Docf":
        text = _sprintf(call)
        return textwrap.dedent(text.lstrip("\n")) if text is not None else None
    if package.endswith("/templates") and name in {"LongDesc", "Examples"}:
        return textwrap.dedent(first.strip("\n")) if first is not None else None
    if package == "time" and name == "Duration" and call.arguments:
        return call.arguments[0]
    if package == "context" or (package == "os" and name == "Getenv"):
        return None
    return None


def _sprintf(call: Call) -> str | None:
    pattern = call.string(0)
    if pattern is None:
        return None
    values = call.arguments[1:]
    longest = max((len(value) for value in values if isinstance(value, str)), default=0)
    if len(pattern) + pattern.count("%") * longest > MAX_TEXT:
        return None
    position = 0
    indexed = "%[" in pattern

    def fill(found: re.Match[str]) -> str:
        nonlocal position
        if found[1] == "%":
            return "%"
        index = position
        number = re.match(r"%\[(\d+)\]", found[0])
        if number:
            index = int(number[1][:4]) - 1
        position += 1
        value = values[index] if 0 <= index < len(values) else None
        if isinstance(value, str):
            return f'"{value}"' if found[1] == "q" else value
        if isinstance(value, Plain) and found[1] in "dvst":
            return value.text
        raise LookupError

    try:
        text = _VERB.sub(fill, pattern)
    except LookupError:
        return None
    return text if indexed or position == len(values) else None


def _strings(name: str, call: Call) -> Value:
    values = call.arguments
    first = call.string(0)
    if name == "Join" and values and isinstance(values[0], list):
        words = [word for word in values[0] if isinstance(word, str)]
        glue = call.string(1)
        if glue is None or len(words) != len(values[0]):
            return None
        size = sum(map(len, words)) + len(glue) * len(words)
        return glue.join(words) if size <= MAX_TEXT else None
    if first is None:
        return None
    plain = {"TrimSpace": first.strip, "ToLower": first.lower, "ToUpper": first.upper}
    if name in plain:
        return plain[name]()
    old, new = call.string(1), call.string(2)
    if name in {"ReplaceAll", "Replace"} and old and new is not None:
        fits = len(first) + first.count(old) * len(new) <= MAX_TEXT
        return first.replace(old, new) if fits else None
    return None
