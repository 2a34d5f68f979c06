"""Plugins of Vim and Neovim: how the module is called, what it needs, its commands and options."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moxi_analyzer.formats import one_line
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.repository import Repository
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_MAX_FILES = 80
_MAX_OPTIONS = 80
_NEEDS = lazy_pattern(
    r"has\([\"']nvim-(?P<version>\d+(?:\.\d+)+)[\"']\)\s*(?:==\s*0|~=\s*1)(?P<then>.{0,160})", re.S
)
_COMPLAINS = lazy_pattern(r"\b(?:error|notify|warn|err_writeln|echoerr|report_error)\b", re.I)
_COMMAND = lazy_pattern(
    r"nvim_create_user_command\(\s*[\"'](?P<lua>[A-Z]\w*)[\"']"
    r"|^[ \t]*command!?[ \t]+(?:-\S+[ \t]+)*(?P<vim>[A-Z]\w*)[ \t]",
    re.MULTILINE,
)
_DESC = lazy_pattern(r"\bdesc\s*=\s*(?P<mark>[\"'])(?P<desc>(?:(?!(?P=mark)).){3,200})(?P=mark)")
# One that takes nothing takes no settings.
_SETUP = lazy_pattern(
    r"^(?:function M\.setup|M\.setup\s*=\s*function|local function setup)\s*\(\s*[\w.]", re.M
)
_DEFAULTS = lazy_pattern(
    r"^(?:local )?(?:M\.)?_?(?:defaults?|default_(?:config|opts|options|settings))\s*=\s*\{[ \t]*$",
    re.MULTILINE,
)
_ENTRY = lazy_pattern(r"^(?P<indent>[ \t]+)(?P<name>[a-z]\w*)\s*=\s*(?P<value>\S.*)$")
_CODE = lazy_pattern(r"^\w[\w.]*\s*=\s|\bfunction\b\s*\(|^end\b,?$|^return\b")
_SCALAR = lazy_pattern(
    r"(?P<value>true|false|nil|-?\d[\d.]*|\"[^\"\\]*\"|'[^'\\]*'|\{\}),?\s*(?:--\s*(?P<note>.*))?$"
)


def _plugin(repo: Repository, path: str) -> Iterator[Fact]:
    """Facts of a Neovim plugin, from its Lua module `lua/<module>/init.lua`."""
    module = path.split("/")[1]
    beside = [p for p in repo.files if re.fullmatch(r"lua/[\w.-]+(?:/init)?\.lua", p)]
    if beside and beside[0] != path and len(beside) > 1:
        return  # several modules: which one is meant is not known
    texts = list(_texts(repo, f"lua/{module}/", "plugin/", "ftplugin/"))
    detail = {"ecosystem": "vim", "manager": "neovim", "import": module, "role": "library"}
    if any(_SETUP.search(text) for place, text in texts if place == path):
        detail["setup"] = "true"
    name = repo.url.removesuffix(".git").rstrip("/").rpartition("/")[2] or repo.name
    yield Fact(kind="package", value=name, evidence=Evidence(path=path, line=1), detail=detail)
    yield from _requirement(texts)
    yield from _commands(texts)
    yield from _options(texts)


def _texts(repo: Repository, *folders: str) -> Iterator[tuple[str, str]]:
    paths = (p for p in repo.files if p.startswith(folders) and p.endswith((".lua", ".vim")))
    for path in sorted(paths, key=lambda p: (p.count("/"), p))[:_MAX_FILES]:
        text = repo.text(path)
        if text is not None:
            yield path, text


def _at(path: str, text: str, start: int) -> Evidence:
    return Evidence(path=path, line=text.count("\n", 0, start) + 1)


def _requirement(texts: list[tuple[str, str]]) -> Iterator[Fact]:
    """The Neovim below which the plugin itself complains."""
    for path, text in texts:
        for found in _NEEDS.finditer(text):
            if _COMPLAINS.search(found["then"]):
                detail = {"version": f">={found['version']}"}
                place = _at(path, text, found.start())
                yield Fact(kind="requirement", value="Neovim", evidence=place, detail=detail)
                return


def _commands(texts: list[tuple[str, str]]) -> Iterator[Fact]:
    for path, text in texts:
        for found in _COMMAND.finditer(text):
            name = found["lua"] or found["vim"]
            after = text[found.end() : found.end() + 1_500].partition("nvim_create_user_command")[0]
            said = _DESC.search(after) if found["lua"] else None
            yield Fact(
                kind="input",
                value=f":{name}",
                evidence=_at(path, text, found.start()),
                text=one_line(said["desc"]) if said else "",
                detail={"group": "editor_command", "command": name},
            )


def _options(texts: list[tuple[str, str]]) -> Iterator[Fact]:
    """The first level of the table of defaults, with the comments above its entries."""
    found = [(p, t, m) for p, t in texts if (m := _DEFAULTS.search(t)) is not None]
    if len(found) != 1:
        return
    path, text, start = found[0]
    first = text.count("\n", 0, start.end()) + 1
    comments: list[str] = []
    indent, told, listed = "", 0, False
    for number, line in enumerate(text.split("\n")[first:], first + 1):
        entry = _ENTRY.match(line)
        if line.startswith("}") or told >= _MAX_OPTIONS:
            return
        indent = indent or (entry["indent"] if entry else "")
        if line.startswith(f"{indent}--") if indent else line.lstrip().startswith("--"):
            note = line.strip().lstrip("-").strip()
            if note.startswith("*") or _CODE.search(note):
                listed, comments = True, comments if note.startswith("*") else []
            if not note.startswith("@") and not listed:
                comments.append(note)
            continue
        listed = False
        if entry and entry["indent"] == indent:
            told += 1
            yield _option(entry, comments, Evidence(path=path, line=number))
        comments = []


def _option(entry: re.Match[str], comments: list[str], place: Evidence) -> Fact:
    scalar = _SCALAR.match(entry["value"])
    note = (scalar["note"] or "") if scalar else ""
    detail = {"group": "setting"}
    if scalar and scalar["value"] not in {"nil", "{}"}:
        detail["default"] = scalar["value"]
    text = one_line(note or " ".join(comments))
    return Fact(kind="input", value=entry["name"], evidence=place, text=text, detail=detail)


MANIFESTS: tuple[Manifest, ...] = (manifest(r"init\.lua", _plugin, folder=r"lua/[\w.-]+/"),)
