"""justfile: recipes with their comments and parameters, modules, imports and aliases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from moxi_analyzer.formats import one_line
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_MAX_DEPTH = 4

_NAME = r"[A-Za-z_][\w-]*"
_STRING = r"f?(?:\"(?:\\.|[^\"\\])*\"|'[^']*'|`[^`]*`)"
_RECIPE = lazy_pattern(
    rf"@?(?P<name>{_NAME})(?P<params>(?:\s+(?:{_STRING}|\([^()]*\)|[^\s:=\"'`(]+|=)++)*+)\s*:(?!=)"
)
_PARAM = lazy_pattern(
    rf"(?P<mark>[+*$]{{0,2}})(?P<name>{_NAME})(?P<default>\s*=\s*(?:{_STRING}|\([^()]*\)|\S+))?"
)
_ATTRIBUTE = lazy_pattern(r"\[(?P<body>[^\n]{0,400})\]\s*(?:#.*)?$")
_DOC = lazy_pattern(r"\bdoc\s*(?::|\()\s*(?P<text>'[^']*'|\"[^\"]*\")")
_GROUP = lazy_pattern(r"\bgroup\s*(?::|\()\s*(?P<text>'[^']*'|\"[^\"]*\")")
_ALIAS = lazy_pattern(rf"alias\s+(?P<alias>{_NAME})\s*:=\s*(?P<target>{_NAME})\s*$")
_MODULE = lazy_pattern(rf"mod\??\s+(?P<name>{_NAME})(?:\s+(?P<path>'[^']*'|\"[^\"]*\"))?\s*$")
_IMPORT = lazy_pattern(r"import\??\s+(?P<path>'[^']*'|\"[^\"]*\")\s*$")


@dataclass
class _Recipe:
    name: str
    evidence: Evidence
    text: str
    params: str
    group: str
    aliases: list[str] = field(default_factory=list)


def _read(repo: Repository, path: str) -> Iterator[Fact]:
    scope = folder_of(path)
    for recipe in _recipes(repo, path, "", 0):
        detail = {"tool": "just", "run": f"just {recipe.name} {recipe.params}".rstrip()}
        if recipe.aliases:
            detail["aliases"] = ", ".join(recipe.aliases)
        if recipe.group:
            detail["group"] = recipe.group
        yield Fact(
            kind="task",
            value=recipe.name,
            evidence=recipe.evidence,
            scope=scope,
            text=recipe.text,
            detail=detail,
        )


def _recipes(repo: Repository, path: str, prefix: str, depth: int) -> list[_Recipe]:
    text = repo.text(path)
    if text is None or depth > _MAX_DEPTH:
        return []
    found: dict[str, _Recipe] = {}
    others: list[_Recipe] = []
    aliases: list[tuple[str, str]] = []
    comment, attributes = "", ""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line[0].isspace():
            comment, attributes = ("", "") if not line.strip() else (comment, attributes)
            continue
        if line.startswith("#"):
            comment = "" if line.startswith("#!") else line.lstrip("#").strip()
            continue
        attribute = _ATTRIBUTE.match(line)
        if attribute:
            attributes += f"{attribute['body']};"
            continue
        recipe = _RECIPE.match(line)
        if recipe and not line.startswith(("set ", "export ", "alias ")):
            made = _recipe(recipe, comment, attributes, prefix, Evidence(path=path, line=number))
            if made is not None:
                found.setdefault(recipe["name"], made)
        else:
            others += _elsewhere(repo, path, line, attributes, prefix, depth)
            alias = _ALIAS.match(line.partition(" #")[0])
            if alias and not re.search(r"\bprivate\b", attributes):
                aliases.append((alias["alias"], alias["target"]))
        comment, attributes = "", ""
    for alias_name, target in aliases:
        if target in found and not alias_name.startswith("_"):
            found[target].aliases.append(alias_name)
    return [*found.values(), *others]


def _recipe(
    match: re.Match[str], comment: str, attributes: str, prefix: str, evidence: Evidence
) -> _Recipe | None:
    if match["name"].startswith("_") or re.search(r"\bprivate\b", attributes):
        return None
    doc, group = _DOC.search(attributes), _GROUP.search(attributes)
    return _Recipe(
        name=prefix + match["name"],
        evidence=evidence,
        text=one_line(doc["text"][1:-1] if doc else comment),
        params=_shown(match["params"]),
        group=group["text"][1:-1] if group else "",
    )


def _shown(params: str) -> str:
    """Parameters as just itself shows them in brackets; those with defaults are left out."""
    return " ".join(
        f"<{param['name']}>" + ("..." if "+" in param["mark"] else "")
        for param in _PARAM.finditer(params)
        if not param["default"] and "*" not in param["mark"]
    )


def _elsewhere(
    repo: Repository, path: str, line: str, attributes: str, prefix: str, depth: int
) -> list[_Recipe]:
    """Recipes of a module or an imported file that the line names."""
    folder, plain = folder_of(path), line.partition(" #")[0]
    imported = _IMPORT.match(plain)
    if imported:
        return _recipes(repo, join(folder, imported["path"][1:-1]), prefix, depth + 1)
    module = _MODULE.match(plain)
    if not module or re.search(r"\bprivate\b", attributes) or module["name"].startswith("_"):
        return []
    name = module["name"]
    named = module["path"][1:-1] if module["path"] else ""
    places = [named, f"{named}/mod.just", f"{named}/justfile"] if named else []
    places += [] if named else [f"{name}.just", f"{name}/mod.just", f"{name}/justfile"]
    for place in places:
        other = join(folder, place)
        if repo.has(other):
            return _recipes(repo, other, f"{prefix}{name}::", depth + 1)
    return []


MANIFESTS: tuple[Manifest, ...] = (manifest(r"\.?[Jj]ustfile|JUSTFILE", _read),)
