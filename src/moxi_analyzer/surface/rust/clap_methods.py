"""What clap's methods do to an argument or command under construction."""

from __future__ import annotations

from dataclasses import dataclass

from moxi_analyzer.surface.rust.clap_model import Argument, Command

Value = object

_FLAGS = {"SetTrue", "SetFalse", "Count", "Help", "HelpShort", "HelpLong", "Version"}
_IMPLY_VALUE = {
    "value_name", "value_names", "default_value", "default_values", "possible_value",
    "possible_values", "number_of_values", "min_values", "max_values", "value_delimiter",
    "multiple_values", "value_parser", "num_args",
}  # fmt: skip


@dataclass
class Path:
    """An enum value or type by its path, such as `ArgAction::SetTrue`."""

    name: str


@dataclass
class ArgumentInProgress:
    """An argument under construction; `takes` is None until a call says it."""

    argument: Argument
    takes: bool | None
    implied: bool = False


def apply_to_argument(
    arg: ArgumentInProgress, method: str, first: Value, enums: dict[str, list[str]]
) -> None:
    """A method of Arg with the value of its first parameter; `enums` are known value enums."""
    argument = arg.argument
    text = first if isinstance(first, str) else ""
    is_on = first == "true"
    arg.implied = arg.implied or method in _IMPLY_VALUE
    match method:
        case "long":
            argument.long = text.lstrip("-")
        case "short":
            argument.short = text.lstrip("-")[:1]
        case "help" | "about":
            argument.help = text
        case "long_help":
            argument.help = argument.help or text.split("\n\n")[0]
        case "value_name":
            argument.metavar = text
        case "value_names":
            argument.metavar = " ".join(words_of(first))
        case "default_value" | "default_values":
            argument.default = ", ".join(words_of(first))
            argument.required = False
        case "env":
            argument.env = text
        case "takes_value":
            arg.takes = is_on
        case "required":
            argument.required = is_on
        case "global":
            argument.is_global = is_on
        case "hide" | "hidden":
            argument.hidden = is_on
        case "multiple" | "multiple_occurrences" | "multiple_values":
            argument.repeatable = is_on
        case "action" if isinstance(first, Path):
            arg.takes = first.name not in _FLAGS
            argument.repeatable = first.name in {"Append", "Count"}
        case "possible_values" | "possible_value" | "value_parser":
            argument.choices = _choices(first, enums)
        case "visible_alias" | "visible_aliases" | "alias" | "aliases":
            argument.aliases += [f"--{word}" for word in words_of(first)]
        case "visible_short_alias" | "visible_short_aliases" | "short_alias" | "short_aliases":
            argument.aliases += [f"-{word}" for word in words_of(first)]
        case "setting" if isinstance(first, Path) and first.name == "Hidden":
            argument.hidden = True


def apply_to_command(command: Command, method: str, first: Value) -> None:
    """A method of Command that says something of the command itself."""
    match method:
        case "about":
            command.about = first if isinstance(first, str) else ""
        case "long_about":
            command.about = command.about or (first if isinstance(first, str) else "")
        case "name" | "bin_name":
            command.name = first if isinstance(first, str) else command.name
        case "visible_alias" | "visible_aliases" | "alias" | "aliases":
            command.aliases += words_of(first)
        case "hide" | "hidden":
            command.hidden = first == "true"
        case "setting" if isinstance(first, Path) and first.name == "Hidden":
            command.hidden = True


def _choices(value: Value, enums: dict[str, list[str]]) -> list[str]:
    if isinstance(value, Path):
        return enums.get(value.name, [])
    return words_of(value) if isinstance(value, list) else []


def words_of(value: Value) -> list[str]:
    """A string or list of strings; nothing when any of it is unknown."""
    values = value if isinstance(value, list) else [value]
    words = [v for v in values if isinstance(v, str)]
    return words if len(words) == len(values) else []
