"""Our npm packages as code imports them: which spec leads to which source files."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from moxi_analyzer.formats import as_dict, as_str
from moxi_analyzer.manifests.workspaces import package_json
from moxi_analyzer.repository import folder_of, join
from moxi_analyzer.roles import is_own
from moxi_analyzer.surface.javascript.api import entry_targets
from moxi_analyzer.surface.javascript.entries import source_of
from moxi_analyzer.surface.javascript.modules import Module, Modules
from moxi_analyzer.surface.javascript.syntax import find_source
from moxi_check.ground import Ground
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_STYLES = (".css", ".scss", ".sass", ".less", ".styl", ".json", ".svg", ".wasm", ".node")
_TYPES = lazy_pattern(r"\.d\.[cm]?ts$")
_IMPORTED = lazy_pattern(r"(?!type\b)[A-Za-z_$][\w$]*")
_ENTRY_STEMS = frozenset({"index", "main", "mod", "lib"})


@dataclass
class Entry:
    """What a spec leads to: its place and modules; `why` tells why it may lead to more.

    Without a place it leads nowhere: `known` are the specs that do.
    """

    at: Evidence | None = None
    modules: list[Module] = field(default_factory=list)
    why: str = ""
    known: list[str] = field(default_factory=list)
    manifest: Evidence | None = None


class Packages:
    """The packages of one repository by the name under which they are imported."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.modules = Modules(ground.repo, package=self._whole)
        self._entries: dict[str, Entry] = {}

    @cached_property
    def facts(self) -> dict[str, Fact]:
        """The package facts by name."""
        facts = self._ground.facts("package")
        own = [f for f in facts if f.detail.get("ecosystem") == "javascript"]
        return {fact.value: fact for fact in reversed(own)}

    def package_of(self, spec: str) -> str:
        """The name of our package that a spec leads into; "" if it is none of ours."""
        parts = spec.split("/")
        name = "/".join(parts[: 2 if spec.startswith("@") else 1])
        plain, at, _ = name[1:].partition("@")  # `npm:demo@1`
        name = name[:1] + plain if at else name
        return name if name in self.facts else ""

    def entry(self, spec: str) -> Entry:
        """What a spec of ours leads to."""
        if spec not in self._entries:
            self._entries[spec] = self._entry(spec)
        return self._entries[spec]

    def _whole(self, spec: str) -> Module | None:
        """The one module that a spec of ours leads to, where it leads to no more."""
        entry = self.entry(spec) if self.package_of(spec) else Entry()
        return entry.modules[0] if len(entry.modules) == 1 and not entry.why else None

    def _entry(self, spec: str) -> Entry:
        name = self.package_of(spec)
        fact = self.facts[name]
        folder, repo = fact.scope, self._ground.repo
        data = package_json(repo, folder)
        rest = spec.partition(name)[2].partition("/")[2] if name in spec else ""
        targets = entry_targets(repo, folder, data)
        found = Entry(manifest=fact.evidence)
        if not rest:
            found.at = fact.evidence
            self._load(found, folder, targets.get(".", []), is_main=True)
            return found
        exports = as_dict(data.get("exports"))
        keys = [key for key in exports if key.startswith(".")]
        if keys:
            self._exported(found, name, folder, rest, keys, targets)
            if not found.at and not found.why and as_dict(data.get("publishConfig")).get("exports"):
                found.why = "the published package has other exports"
            return found
        self._plain(found, folder, rest)
        return found

    def _exported(
        self, found: Entry, name: str, folder: str, rest: str, keys: list[str],
        targets: dict[str, list[str]],
    ) -> None:  # fmt: skip
        """A subpath where `exports` says which there are."""
        key = "./" + rest
        if key in keys:
            found.at = found.manifest
            self._load(found, folder, targets.get(key, []))
        elif any("*" in known and _fits(known, key) for known in keys):
            self._load(found, folder, [rest])
            found.at = found.manifest if found.modules else None
            found.why = found.why if found.modules else "which file it leads to is a pattern"
        elif rest.endswith(_STYLES) or any(known.endswith("/") for known in keys):
            found.why = "a bundler may load it all the same"
        elif any(key in loaded for loaded in targets.values()):
            found.why = "the file of an export, which tools that know no `exports` load"
        else:
            found.known = [name + known[1:] for known in keys if "*" not in known]

    def _plain(self, found: Entry, folder: str, rest: str) -> None:
        """A subpath where every file of the package can be imported."""
        repo = self._ground.repo
        path = find_source(repo, join(folder, rest)) or ""
        if not path and repo.has(join(folder, rest)):
            path = join(folder, rest)
        inner = posixpath.join(join(folder, rest), "package.json")
        path = path or (inner if repo.has(inner) else "")
        if path:
            found.at = Evidence(path=path)
            module = self.modules.get(path)
            found.modules = [module] if module is not None else []
            return
        built = source_of(repo, folder, rest)
        if built:
            found.at = Evidence(path=built)
            found.why = "what is built of it may have more"
            module = self.modules.get(built)
            found.modules = [module] if module is not None else []
            return
        above = join(folder, posixpath.dirname(rest))
        whole = (
            "/" in rest and above in repo.folders and not self._ground.ignored(join(folder, rest))
        )
        beside = [
            p for p in repo.inside(above) if p.endswith((".js", ".ts", ".mjs", ".cjs", ".tsx"))
        ]
        if not whole or not beside or rest.endswith(_STYLES):
            found.why = "it may be built"
            return
        head = posixpath.dirname(rest)
        names = (posixpath.basename(p) for p in beside)
        package = self.package_of_folder(folder)
        found.known = [f"{package}/{head}/{n.partition('.')[0]}" for n in names]

    def package_of_folder(self, folder: str) -> str:
        """The name of the package in a folder."""
        return next((name for name, fact in self.facts.items() if fact.scope == folder), "")

    def _load(
        self, found: Entry, folder: str, targets: list[str], *, is_main: bool = False
    ) -> None:
        repo = self._ground.repo
        bundles: list[str] = []
        for target in dict.fromkeys(targets):
            path = source_of(repo, folder, target)
            module = self.modules.get(path) if path else None
            if module is None or module in found.modules:
                continue
            found.modules.append(module)
            stem = posixpath.basename(path).partition(".")[0]
            beside = {posixpath.basename(p).partition(".")[0] for p in repo.inside(folder_of(path))}
            is_bundle = is_main and stem not in _ENTRY_STEMS and bool(beside & _ENTRY_STEMS)
            if is_bundle and path != join(folder, target):
                bundles.append(f"`{target}` may be built of more than `{path}`")
        if len(bundles) == len(found.modules):  # no condition leads to an entry point itself
            found.why = found.why or next(iter(bundles), "")
        if not found.modules:
            found.why = found.why or "the source of its entry point was not found"

    def types(self, spec: str) -> Module | None:
        """The type declarations of the package itself, where they are written by hand."""
        folder = self.facts[self.package_of(spec)].scope
        data = package_json(self._ground.repo, folder)
        main = as_dict(as_dict(data.get("exports")).get("."))
        named = (data.get("types"), data.get("typings"), main.get("types"))
        path = join(folder, next(filter(None, map(as_str, named)), "index.d.ts"))
        if spec not in self.facts or not is_own(path) or not _TYPES.search(path):
            return None
        return self.modules.get(path) if self._ground.has(path) else None

    def exports(self, package: str, name: str) -> bool:
        """Whether a source in a package's folder exports a name, in whatever way."""
        folder, repo = self.facts[package].scope, self._ground.repo
        word = re.escape(name.encode())
        exported = re.compile(
            rb"\bexport\s+(?:declare\s+|abstract\s+|async\s+)*(?:const|let|var|function\*?|class|type|interface|enum)"
            rb"\s+" + word + rb"\b|\bexport\s+(?:type\s+)?\{[^{}]*\b" + word + rb"\b[^{}]*\}"
            rb"|\bexports\." + word + rb"\b|\bmodule\.exports\s*=\s*\{[^{}]*\b" + word + rb"\b"
        )  # fmt: skip
        return any(
            exported.search(repo.read(path) or b"")
            for path in repo.own_sources("javascript", "typescript", "tsx")
            if not folder or path.startswith(folder + "/")
        )

    def sources(self, spec: str) -> Iterator[Module]:
        """The modules that a spec leads to."""
        yield from self.entry(spec).modules


def _fits(pattern: str, key: str) -> bool:
    before, _, after = pattern.partition("*")
    return key.startswith(before) and key.endswith(after) and len(key) >= len(pattern) - 1


def taken_from(text: str, package: str) -> tuple[str, ...]:
    """The names in the braces of imports, or of what `require` gives, from a package."""
    braces = re.compile(
        r"\{([^{}]*)\}\s*(?:from\s*|=\s*(?:await\s+)?(?:require|import)\s*\(\s*)[\"']"
        + re.escape(package) + r"[\"'/]"
    )  # fmt: skip
    items = (item for found in braces.finditer(text) for item in found[1].split(","))
    return tuple(word[0] for item in items if (word := _IMPORTED.findall(item)))
