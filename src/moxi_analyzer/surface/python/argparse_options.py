"""One `add_argument` call of argparse, or `add_option` of optparse, as an Option."""

from __future__ import annotations

from collections.abc import Mapping

from tree_sitter import Node

from moxi_analyzer.surface.python.command_lines import Option
from moxi_analyzer.surface.python.names import Module, Names
from moxi_analyzer.surface.python.values import Values, docstring_of, positional
from moxi_analyzer.syntax import literal, text_of
from moxi_core.patterns import lazy_pattern

_FLAG_ACTIONS = frozenset(
    "store_true store_false store_const append_const count help version".split()
)
_VALUE_ACTIONS = frozenset({"", "store", "append", "extend"})
_NO_VALUE = lazy_pattern(r"nargs\s*(:\s*[^=,)]+)?\s*=\s*0\b|\[\"nargs\"\] = 0")
_REPEATED = frozenset({"append", "append_const", "extend", "count"})
_DEFAULT_NOTE = lazy_pattern(r"\s*[(\[][^()\[\]]*%(?:\(default\)[a-z]|default)[^()\[\]]*[)\]]")
_CONVERSION = lazy_pattern(r"%\((\w+)\)[a-z]")
_SUPPRESS = lazy_pattern(r"\bSUPPRESS(_HELP)?$")


def keywords_of(values: Values, call: Node) -> dict[str, Node]:
    """Keyword arguments of a call, those of `**literal_dictionary` included."""
    found: dict[str, Node] = {}
    arguments = call.child_by_field_name("arguments")
    for child in arguments.named_children if arguments else []:
        value = child.child_by_field_name("value")
        if child.type == "keyword_argument" and value is not None:
            found[text_of(child.child_by_field_name("name"))] = value
        elif child.type == "dictionary_splat":
            place = values.origin(child.named_children[0])
            found = {**(pairs_of(place[1]) if place else {}), **found}
    return found


def pairs_of(node: Node) -> dict[str, Node]:
    """What a literal dictionary has under its literal keys."""
    found: dict[str, Node] = {}
    for pair in node.named_children if node.type == "dictionary" else []:
        key = literal(pair.child_by_field_name("key")) if pair.type == "pair" else None
        inner = pair.child_by_field_name("value")
        if key and inner is not None:
            found.setdefault(key, inner)
    return found


class OptionReader:
    """Reads options from calls that stand in one module, with the local values given."""

    def __init__(self, names: Names, module: Module, local: Mapping[str, Node]) -> None:
        self.module = module
        self.values = Values(names, module, local)

    def text(self, node: Node | None) -> str:
        """A help or description text; `__doc__` is the module's docstring."""
        if node is not None and "__doc__" in text_of(node)[:60] and node.type != "string":
            return docstring_of(self.module.source.root).split("\n\n")[0]
        text = self.values.string(node) or ""
        return text.split("\n\n")[0] if "%(" not in text else text

    def option(self, call: Node, prog: str = "") -> Option | None:
        """The option that a call adds; None if its name is computed."""
        keywords = keywords_of(self.values, call)
        names = [self.values.string(node) for node in positional(call)]
        if not names and "dest" in keywords:
            names = [self.values.string(keywords["dest"])]
        forms = [name for name in names if name]
        if not forms or len(forms) != len(names) or any(" " in form for form in forms):
            return None
        is_positional = not forms[0].startswith(("-", "+", "/"))
        if is_positional and len(forms) > 1:
            return None
        option = Option(forms=forms, at=self.module.source.at(call), positional=is_positional)
        help_node = keywords.get("short_help", keywords.get("help"))
        option.hidden = bool(help_node and _SUPPRESS.search(text_of(help_node)))
        self._fill(option, keywords)
        option.text = expand(self.text(help_node), option.detail, prog)
        return option

    def _fill(self, option: Option, keywords: dict[str, Node]) -> None:
        action = text_of(keywords.get("action")).rpartition(".")[2].strip("\"'")
        nargs = text_of(keywords.get("nargs")).strip("\"'")
        flag = action in _FLAG_ACTIONS or nargs == "0" or ("const" in keywords and not nargs)
        if action == "BooleanOptionalAction":
            flag = True
            option.forms += [f"--no-{f[2:]}" for f in option.forms if f.startswith("--")]
        detail = option.detail
        if not option.positional:
            detail["takes"] = "flag" if flag else self._takes(action, keywords.get("action"))
        default = self.values.enumeration_value(keywords.get("default"))
        if not (flag and default in {"False", "0"}) and not _SUPPRESS.search(
            text_of(keywords.get("default"))
        ):
            detail["default"] = default
        detail["choices"] = ", ".join(self.values.strings(keywords.get("choices")) or [])
        detail["metavar"] = self._metavar(keywords.get("metavar"))
        required = text_of(keywords.get("required")) == "True"
        optional_count = nargs.rpartition(".")[2] in {"?", "*", "OPTIONAL", "ZERO_OR_MORE"}
        if option.positional:
            required = not optional_count and nargs not in {
                "REMAINDER",
                "argparse.REMAINDER",
                "...",
            }
        detail["required"] = "true" if required else ""
        many = nargs in {"+", "*", "..."} or nargs.rpartition(".")[2] in {
            "ONE_OR_MORE",
            "ZERO_OR_MORE",
            "REMAINDER",
        }
        if action in _REPEATED or (many and option.positional):
            detail["repeatable"] = "true"

    def _takes(self, action: str, node: Node | None) -> str:
        """Whether an option with an action of the project's own takes a value; "" if unclear."""
        if action in _VALUE_ACTIONS:
            return "value"
        place = self.values.origin(node)
        if place is None or place[1].type != "class_definition":
            return ""
        return "flag" if _NO_VALUE.search(text_of(place[1])) else "value"

    def _metavar(self, node: Node | None) -> str:
        text = self.values.string(node)
        return text if text is not None else " ".join(self.values.strings(node) or [])


def expand(text: str, detail: dict[str, str], prog: str) -> str:
    """A help text with argparse's `%(default)s` and its like filled in."""
    known = {
        "default": detail.get("default", ""),
        "choices": detail.get("choices", ""),
        "metavar": detail.get("metavar", ""),
        "prog": prog,
    }
    if not known["default"]:
        text = _DEFAULT_NOTE.sub("", text)
    text = text.replace("%default", known["default"])
    missing = [name for name in _CONVERSION.findall(text) if not known.get(name)]
    if missing:
        return ""
    return _CONVERSION.sub(lambda m: known[m[1]], text).replace("%%", "%")
