"""Elixir's OptionParser: the options of mix tasks and escripts, with the help their docs give."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from moxi_analyzer.formats import one_line
from moxi_analyzer.manifests.elixir import mix_task
from moxi_analyzer.manifests.elixir_terms import ElixirFile, Items, Pair
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.syntax import Source
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_LISTED = lazy_pattern(r"\s*[*-]\s+(`-[^`]*`(?:\s*(?:,|/|or)\s*`-[^`]*`)*)\s*(?:[-–—:]+\s*(.*))?$")
_FLAGS = {"boolean", "count"}


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    for source in sources:
        text = repo.text(source.path) or ""
        task = mix_task(text)
        if task is None and not re.search(r"(?m)^\s*def main\(", text):
            continue
        switches, aliases = _switches(ElixirFile(text))
        # A lone switch of an escript is read before the real options are, elsewhere.
        if len(switches) < (1 if task else 2):
            continue
        detail = {"root": source.path, "framework": "OptionParser"}
        yield Fact(
            kind="command",
            value="",
            evidence=Evidence(path=source.path, line=task.line if task else 1),
            text=one_line(task.help if task else ""),
            detail=detail | ({"prog": f"mix {task.name}"} if task else {}),
        )
        listed = _listed(text)
        for switch in switches.values():
            yield _option(switch, aliases, listed, source.path, detail)


def _switches(file: ElixirFile) -> tuple[dict[str, Pair], dict[str, list[str]]]:
    """Switches by name, and the short forms of each."""
    found: dict[str, Pair] = {}
    for term in file.keyed("strict", "switches"):
        items = file.items(term)
        for pair in items.pairs if items is not None else ():
            found.setdefault(pair.key, pair)
    aliases: dict[str, list[str]] = {}
    for term in file.keyed("aliases"):
        items = file.items(term)
        for pair in items.pairs if items is not None else ():
            if len(pair.key) == 1:
                aliases.setdefault(str(pair.value), []).append(f"-{pair.key}")
    return found, aliases


def _listed(text: str) -> dict[str, str]:
    """Options by the list items of the documentation: `* `--force` - overwrites files`."""
    found: dict[str, str] = {}
    lines = text.split("\n")
    for number, line in enumerate(lines):
        match = _LISTED.match(line)
        if not match:
            continue
        indent = len(line) - len(line.lstrip())
        help_lines = [match[2] or ""]
        for following in lines[number + 1 : number + 8]:
            stripped = following.lstrip()
            if not stripped or len(following) - len(stripped) <= indent or stripped[0] in '*-`"':
                break
            help_lines.append(stripped)
        words = re.sub(r"\.?\s*[Oo]ne of:?$|:$", "", one_line(" ".join(help_lines)))
        for form in re.findall(r"(?<![\w-])--?\w[\w-]*", match[1]):
            found.setdefault(form, words)
    return found


def _option(
    switch: Pair,
    aliases: dict[str, list[str]],
    listed: dict[str, str],
    path: str,
    detail: dict[str, str],
) -> Fact:
    """One switch; `--no-x` comes first where that is the documented form."""
    types = switch.value.values if isinstance(switch.value, Items) else (switch.value,)
    kinds = {str(t) for t in types}
    name = switch.key.replace("_", "-")
    forms = [f"--{name}"]
    if "boolean" in kinds:
        forms.append(f"--no-{name}")
        if forms[1] in listed and forms[0] not in listed:
            forms.reverse()
    short = aliases.get(switch.key, [])
    own = {
        "short": short[0] if short else "",
        "forms": ", ".join([*forms, *short]),
        "takes": "flag" if kinds & _FLAGS else "value",
        "repeatable": "true" if kinds & {"keep", "count"} else "",
    }
    return Fact(
        kind="option",
        value=forms[0],
        evidence=Evidence(path=path, line=switch.line),
        text=listed.get(forms[0], ""),
        detail=detail | {key: value for key, value in own.items() if value},
    )


def _select(repo: Repository, _framework: Framework) -> Iterable[str]:
    return (
        path
        for path, entry in repo.files.items()
        if path.endswith(".ex") and entry.role == "source"
    )


FRAMEWORKS = (Framework("OptionParser", (), re.compile(rb"\bOptionParser\."), _facts, _select),)
