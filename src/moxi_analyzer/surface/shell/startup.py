"""Shell frameworks: the line that installs them, and the settings of the startup file they come with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from moxi_analyzer.formats import one_line
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.syntax import Source
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_MIN_SETTINGS = 3
_INSTALLER = lazy_pattern(r"(?:(?:tools|scripts?|bin)/)?install(?:er)?(?:\.sh)?")
_RC = lazy_pattern(
    r"(?:templates?/)(?:[\w.-]*\.)?(?:zsh|bash)rc(?:[.-][\w.-]+)?"
    r"|(?:[\w-]+/)?\.?(?:zsh|bash)rc[.-](?:zsh-|bash-)?(?:template|example|sample|dist)"
)
_FETCH = lazy_pattern(
    r"#\s+((?:sh|bash|zsh) -c \"\$\((?:curl|wget|fetch) [-\w ]*(?P<one>https://[^\s\"$()`]+)[^\"$()`]*\)\""
    r"|(?:curl|wget) [-\w ]*(?P<two>https://[^\s\"$|`;&]+)(?: -O-)? \| (?:sudo )?(?:ba|z)?sh)\s*"
)
_ASSIGNED = lazy_pattern(
    r"(?P<off># ?)?(?:export )?(?P<name>[A-Z][A-Z0-9_]{2,60})=(?P<value>\S.*)?"
)
_PLAIN = lazy_pattern(r"\"([^\"$`\\]*)\"|'([^']*)'|([\w./:-]+)")
_NOT_SETTINGS = frozenset("PATH MANPATH LANG EDITOR ARCHFLAGS TERM PS1".split())
_LEAD = lazy_pattern(
    r"Uncomment (?:the following|this|one of the following) lines? (?:to |if you want to )?"
)
_GATE = re.compile(rb"\S")


def _select(repo: Repository, _framework: Framework) -> Iterator[str]:
    paths = (p for p in repo.files if p.count("/") < 2)
    yield from (p for p in paths if _INSTALLER.fullmatch(p) or _RC.fullmatch(p))


def _facts(repo: Repository, _sources: Iterable[Source]) -> Iterator[Fact]:
    for path in _select(repo, FRAMEWORKS[0]):
        lines = (repo.text(path) or "").splitlines()[:400]
        if _INSTALLER.fullmatch(path):
            yield from _installer(path, lines)
        else:
            found = list(_settings(path, lines))
            yield from found if len(found) >= _MIN_SETTINGS else ()


def _installer(path: str, lines: list[str]) -> Iterator[Fact]:
    """The first line of a script's own comment that fetches and runs this very script."""
    for number, line in enumerate(lines[:60], 1):
        found = _FETCH.fullmatch(line) if len(line) < 300 else None
        url = (found["one"] or found["two"]) if found else ""
        if found and url.endswith(f"/{path}"):
            yield Fact(
                kind="test_command",
                value=found[1],
                evidence=Evidence(path=path, line=number),
                detail={"purpose": "install", "from": "script"},
            )
            return


def _settings(path: str, lines: list[str]) -> Iterator[Fact]:
    said: list[str] = []
    for number, line in enumerate(lines, 1):
        found = _ASSIGNED.fullmatch(line.rstrip()) if len(line) < 300 else None
        if found and found["name"] not in _NOT_SETTINGS:
            value = _PLAIN.fullmatch(found["value"] or "")
            default = next(filter(None, value.groups()), "") if value and not found["off"] else ""
            detail = {"group": "shell_setting", "default": default}
            yield Fact(
                kind="input",
                value=found["name"],
                evidence=Evidence(path=path, line=number),
                text=one_line(_LEAD.sub("", " ".join(said))),
                detail={key: word for key, word in detail.items() if word},
            )
            said = []
        elif line.startswith("# "):
            said.append(line[2:].strip())
        else:
            said = []


FRAMEWORKS = (Framework("shell_startup", (), _GATE, _facts, _select),)
