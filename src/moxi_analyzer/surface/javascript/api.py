"""What users of a JavaScript or TypeScript library import: the exports of its entry points."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from tree_sitter import Node

from moxi_analyzer.formats import as_dict, as_str
from moxi_analyzer.manifests.npm_packages import registry_of
from moxi_analyzer.manifests.workspaces import package_json
from moxi_analyzer.prose import about, first_sentence
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.javascript.declarations import (
    Declared,
    declared,
    documentation,
    leading_comment,
)
from moxi_analyzer.surface.javascript.entries import package_folders, source_of
from moxi_analyzer.surface.javascript.modules import GRAMMARS, Import, Module, Modules, Place
from moxi_analyzer.surface.javascript.syntax import properties
from moxi_analyzer.syntax import Source
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

_GATE = lazy_pattern(rb"\bexport")
_CONDITIONS = ("source", "import", "module", "node", "default", "require", "browser", "types")
_TYPES = frozenset({"interface", "type"})
_MAX_SYMBOLS = 150
_MAX_ENTRIES = 20
_MAX_METHODS = 25
_PACKAGE_TAGS = lazy_pattern(r"@(packageDocumentation|module|fileoverview|file)\b")


@dataclass(frozen=True)
class _Entry:
    """One thing that users import from: `demo`, or `demo/plugin`."""

    folder: str
    spec: str  # as users write it
    path: str
    esm: bool

    def import_line(self, name: str, *, default: bool, is_type: bool) -> str:
        """The line that brings `name` in."""
        if self.esm:
            what = name if default else f"{{ {name} }}"
            return f"import {'type ' if is_type else ''}{what} from '{self.spec}'"
        return f"const {name if default else '{ ' + name + ' }'} = require('{self.spec}')"


def _entries(repo: Repository) -> Iterator[_Entry]:
    for folder in package_folders(repo):
        data = package_json(repo, folder)
        name = as_str(data.get("name"))
        if not registry_of(repo, folder, data):
            continue
        seen: set[str] = set()
        for subpath, targets in list(entry_targets(repo, folder, data).items())[:_MAX_ENTRIES]:
            found = (source_of(repo, folder, target) for target in targets)
            path = next((p for p in found if p), "")
            if path and path not in seen:
                seen.add(path)
                spec = name + subpath.removeprefix(".")
                yield _Entry(folder, spec, path, _is_esm(data, path))


def entry_targets(repo: Repository, folder: str, data: dict[str, Any]) -> dict[str, list[str]]:
    """What each subpath may be loaded from, the likeliest to have readable source first."""
    exports = data.get("exports")
    table = as_dict(exports)
    main = [as_str(data.get(key)) for key in ("source", "module", "main", "types", "typings")]
    found = {".": [target for target in main if target]}
    if not table or not any(key.startswith(".") for key in table):
        found["."] = [*_conditions(exports), *found["."]]
    for subpath, value in table.items():
        if subpath.startswith(".") and "*" not in subpath and not subpath.endswith(".json"):
            targets = [t for t in _conditions(value) if not t.endswith((".css", ".json"))]
            found[subpath] = [*targets, *(found["."] if subpath == "." else [])]
    if not found["."] and not data.get("bin") and not table:
        found["."] = ["index.js"]  # what Node.js loads when nothing is said
    if data.get("source"):
        found["."].insert(0, as_str(data.get("source")))
    return {subpath: targets for subpath, targets in found.items() if targets}


def _conditions(value: Any, depth: int = 0) -> list[str]:
    """Targets of an `exports` value, whatever conditions they stand under."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [target for item in value[:10] for target in _conditions(item, depth + 1)]
    table = as_dict(value)
    if depth > 5:
        return []
    keys = [*(k for k in _CONDITIONS if k in table), *(k for k in table if k not in _CONDITIONS)]
    return [target for key in keys for target in _conditions(table[key], depth + 1)]


def _is_esm(data: dict[str, Any], path: str) -> bool:
    """Whether users write `import`; a package of CommonJS alone is `require`d."""
    if data.get("type") == "module" or data.get("module") or path.endswith((".mjs", ".ts", ".tsx")):
        return True
    return "import" in str(as_dict(data.get("exports")))[:5_000]


def _select(repo: Repository, _framework: Framework) -> Iterable[str]:
    return dict.fromkeys(entry.path for entry in _entries(repo))


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    known = {source.path: source for source in sources}
    modules = Modules(repo, known)
    counts: dict[str, int] = {}
    for entry in _entries(repo):
        module = modules.get(entry.path) if entry.path in known else None
        if module is None:
            continue
        if "/" not in entry.spec.removeprefix("@").partition("/")[2]:
            yield from _about(module, entry)
        found = sorted(_Reader(modules, entry).symbols(module), key=lambda s: s.detail["rank"])
        room = _MAX_SYMBOLS - counts.get(entry.folder, 0)
        counts[entry.folder] = counts.get(entry.folder, 0) + len(found[:room])
        yield from found[:room]


def _about(module: Module, entry: _Entry) -> Iterator[Fact]:
    comment = leading_comment(module)
    if comment is None or not _PACKAGE_TAGS.search(comment.text):
        return
    paragraph = about(comment.prose)
    if paragraph is not None:
        at = comment.at
        yield Fact(
            kind="about",
            value=paragraph.text,
            evidence=at,
            scope=entry.folder,
            detail={"from": "module"},
        )


class _Reader:
    def __init__(self, modules: Modules, entry: _Entry) -> None:
        self.modules = modules
        self.entry = entry
        self.is_main = entry.spec == as_str(package_json(modules.repo, entry.folder).get("name"))

    def symbols(self, module: Module) -> Iterator[Fact]:
        """Everything that the entry exports, members of the default export included."""
        seen: set[str] = set()
        default = self._default(module)
        if default is not None:
            yield from self._facts(default, default=True)
            seen.add(default.name)
        for name, place in self._named(module, set()):
            found = declared(name, place, module)
            if found is None or name in seen or name == "default":
                continue
            seen.add(name)
            # `module.exports = f; f.x = …`: x is had from f, which is all that is imported.
            is_member = module.commonjs is not None and "default" not in module.exports
            found = replace(found, type_only=name in module.type_exports)
            yield from self._facts(found, owner=default if is_member else None)

    def _default(self, module: Module) -> Declared | None:
        exports = module.exports
        place: Place | None = None
        if "default" in exports:
            place = self.modules.exported(module, "default")
        elif module.commonjs is not None:
            place = self.modules.exported(module, "*")
            if place is not None and place.node.type in {"object", "program"}:
                return None  # its members are what is exported
        if place is None:
            return None
        found = declared(_local_name(self.entry.spec), place, module, is_default=True)
        if found is not None and "default" not in exports and found.symbol == "function":
            # What is required is called by its package's name, however the function is named.
            return replace(found, name=_local_name(self.entry.spec))
        return found

    def _named(self, module: Module, seen: set[str]) -> Iterator[tuple[str, Place | None]]:
        if module.path in seen or len(seen) > 100:
            return
        seen.add(module.path)
        for name, value in module.exports.items():
            if name in {"default", "module.exports"}:
                continue
            if isinstance(value, Import) and value.name == "*":
                continue  # a namespace: its members are not names of this module
            yield name, self.modules.exported(module, name) or _here(module, value)
        whole = self.modules.exported(module, "*") if module.commonjs is not None else None
        if whole is not None and whole.node.type == "object":
            for name, node in properties(whole.node).items():
                place = self.modules.definition(Place(whole.module, node))
                yield name, place or Place(whole.module, node)
        elif whole is not None and whole.module is not module:
            yield from self._named(whole.module, seen)  # `module.exports = require("./lib")`
        for spec in module.export_all:
            inner = self.modules.resolve(module.path, spec)
            if inner is not None:
                yield from self._named(inner, seen)

    def _facts(
        self, found: Declared, *, default: bool = False, owner: Declared | None = None
    ) -> Iterator[Fact]:
        if found.name.startswith("_") or found.is_internal:
            return
        is_type = found.symbol in _TYPES and found.node.type != "enum_declaration"
        name = f"{owner.name}.{found.name}" if owner is not None else found.name
        line = self.entry.import_line(
            owner.name if owner is not None else found.name,
            default=default or owner is not None,
            is_type=is_type,
        )
        yield self._fact(found, name, self._rank(found, default), line, owner)
        for method in found.methods()[:_MAX_METHODS]:
            if not method.is_internal:
                rank = 1 + self._rank(found, default) + (0 if method.doc else 1)
                yield self._fact(method, f"{name}.{method.name}", rank, line, found)

    def _rank(self, found: Declared, default: bool) -> int:
        rank = 0 if default else {"constant": 1, "interface": 2, "type": 2}.get(found.symbol, 0)
        return rank + (0 if found.doc or default else 1) + (0 if self.is_main else 2)

    def _fact(
        self, found: Declared, name: str, rank: int, line: str, owner: Declared | None
    ) -> Fact:
        detail = {
            "signature": found.signature,
            "symbol": found.symbol,
            "import": line,
            "language": found.language,
            "parent": owner.name if owner is not None else "",
            "rank": str(rank),
        }
        return Fact(
            kind="api_symbol",
            value=name,
            evidence=found.at,
            scope=self.entry.folder,
            text=first_sentence(documentation(found.doc)),
            detail={key: word for key, word in detail.items() if word},
        )


def _here(module: Module, value: Node | Import) -> Place | None:
    """Where an export stands that leads out of the repository."""
    return None if isinstance(value, Import) else Place(module, value)


def _local_name(spec: str) -> str:
    """A name for a default export that has none: `react-tilt` is imported as `reactTilt`."""
    words = re.split(r"[^A-Za-z0-9]+", spec.rpartition("/")[2].removesuffix(".js"))
    words = [word for word in words if word]
    return "".join([words[0], *(w[:1].upper() + w[1:] for w in words[1:])]) if words else ""


FRAMEWORKS = (Framework("api_javascript", GRAMMARS, _GATE, _facts, _select),)
