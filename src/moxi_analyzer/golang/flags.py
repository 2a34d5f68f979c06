"""The packages flag and pflag: calls that declare options on a flag set."""

from __future__ import annotations

import re

from moxi_analyzer.golang.library import Call
from moxi_analyzer.golang.values import ARGUMENTS, Flag, FlagSet, Plain, Struct, Value
from moxi_analyzer.syntax import text_of
from moxi_core.patterns import lazy_pattern

_DECLARATION = lazy_pattern(
    r"(?P<type>Bool|Count|Duration|String|Int(?:8|16|32|64)?|Uint(?:8|16|32|64)?|Float(?:32|64)?|IP|"
    r"IPMask|IPNet|Time|BytesHex|BytesBase64|BoolFunc|Func|Text|"
    r"(?:Bool|String|Int|Int32|Int64|Uint|Float32|Float64|Duration|IP|IPNet)(?:Slice|Array)|"
    r"StringTo(?:String|Int|Int64))?(?P<var>Var)?(?P<short>P)?F?"
)
_REPEATABLE = ("Slice", "Array", "StringTo")
_NO_DEFAULT = {"Count", "Func", "BoolFunc"}
_CHOICE_FIELDS = lazy_pattern(r"(?i)(options|allowed|choices|values|enums?|valid\w*)")
_BACKQUOTED = lazy_pattern(r"`([^`\n]+)`")
_EMPTY_DEFAULTS = {"", "false", "0", "0s", "nil", "[]", "s", "0.0"}


def command_line(call: Call, package: str) -> FlagSet:
    """The flag set that a package parses the program's own arguments with."""
    found = call.program.command_line
    return found.setdefault(package, FlagSet(package))


def call_function(package: str, name: str, call: Call) -> Value:
    """A package-level function of flag or pflag."""
    if name == "NewFlagSet":
        made = FlagSet(package, call.arguments[0] if call.arguments else None, call.at)
        call.program.flag_sets.append(made)
        return made
    if name == "Args" or (name == "Arg" and call.arguments[:1] == [Plain("0")]):
        return ARGUMENTS
    return call_method(command_line(call, package), name, call)[1]


def call_method(flags: FlagSet, name: str, call: Call) -> tuple[bool, Value]:
    """A method of a flag set: a declaration, or a mark on a declared flag."""
    if name in {"AddFlagSet", "AddGoFlagSet"}:
        other = call.arguments[0] if call.arguments else None
        if isinstance(other, FlagSet):
            flags.included.append(other)
        return True, None
    if name in {"MarkHidden", "MarkDeprecated", "Lookup", "MarkShorthandDeprecated"}:
        return True, _mark(flags, name, call)
    if name == "Init" and flags.at is None:
        flags.name, flags.at = (call.arguments or [None])[0], call.at
        return True, None
    found = _DECLARATION.fullmatch(name)
    if found and (found["type"] or found["var"]):
        return True, _declare(flags, found, call)
    return False, None


def _mark(flags: FlagSet, name: str, call: Call) -> Value:
    flag = flags.all().get(call.string(0) or "")
    if flag is None:
        return None
    if name.startswith("Mark") and "Shorthand" not in name:
        flag.hidden = True
    return flag


def _declare(flags: FlagSet, found: re.Match[str], call: Call) -> Value:
    kind, is_var, has_short = found["type"] or "", bool(found["var"]), bool(found["short"])
    position = 1 if is_var else 0
    name = call.string(position)
    if not name or not re.fullmatch(r"[\w?#@][\w.:?#@+-]*", name):
        return None
    # A helper that takes the name as a parameter: the line that names the flag is its caller's.
    named_here = call.nodes[position].type != "identifier" or call.caller is None
    position += 1
    short = (call.string(position) or "") if has_short else ""
    position += 1 if has_short else 0
    if kind and kind not in _NO_DEFAULT:
        default = call.arguments[position] if position < len(call.arguments) else None
        position += 1
    else:
        default = None
    usage, metavar = unquote_usage(call.string(position) or "")
    flag = Flag(
        name,
        call.at if named_here or call.caller is None else call.caller,
        short=short if len(short) == 1 else "",
        usage=usage,
        metavar=metavar,
        default=default_text(default),
        takes="flag" if kind in {"Bool", "Count", "BoolFunc"} else "value",
        repeatable=kind == "Count" or any(word in kind for word in _REPEATABLE),
        target=text_of(call.nodes[0]) if is_var and call.nodes else "",
    )
    if not kind and is_var:
        flag.choices = _choices(call.arguments[0])
    flags.flags.setdefault(name, flag)
    return flag


def unquote_usage(usage: str) -> tuple[str, str]:
    """A usage text without its back quotes, and the name of the value that they mark."""
    found = _BACKQUOTED.search(usage)
    return (usage.replace("`", ""), found[1]) if found else (usage, "")


def default_text(value: Value) -> str:
    """A default as help texts show it; "" for the zero values that they leave out."""
    if isinstance(value, list):
        words = [default_text(item) for item in value]
        return ",".join(words) if all(words) else ""
    if isinstance(value, str):
        return value if "\n" not in value else ""
    text = value.text if isinstance(value, Plain) else ""
    return "" if text in _EMPTY_DEFAULTS else text


def _choices(value: Value) -> str:
    fields = value.fields if isinstance(value, Struct) else {}
    for name, content in fields.items():
        if _CHOICE_FIELDS.fullmatch(name) and isinstance(content, list) and content:
            words = [word for word in content if isinstance(word, str)]
            if len(words) == len(content):
                return ", ".join(words)
    return ""
