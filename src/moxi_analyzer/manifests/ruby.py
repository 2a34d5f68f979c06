"""Ruby: gemspecs and Gemfiles, read as syntax and never evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from moxi_analyzer.formats import one_line
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.meta.spdx import stated
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_analyzer.ruby_values import arguments, string, strings
from moxi_analyzer.syntax import Source, ancestors, descendants, text_of
from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_METADATA_RELS = {
    "homepage_uri": "homepage",
    "source_code_uri": "repository",
    "documentation_uri": "documentation",
    "bug_tracker_uri": "issues",
    "changelog_uri": "changelog",
    "funding_uri": "funding",
    "mailing_list_uri": "chat",
}
_DEPENDENCIES = {
    "add_dependency": "runtime",
    "add_runtime_dependency": "runtime",
    "add_development_dependency": "dev",
}
_VERSION_NUMBER = lazy_pattern(r"\d+(\.\w+)+")
_CONSTANT = lazy_pattern(r"^\s*([A-Z][A-Z_]*)\s*=\s*[\"']([^\"'\n]+)[\"']", re.MULTILINE)
_APP_FILES = ("config.ru", "config/application.rb", "bin/rails", "app.rb", "main.rb")


def parse(repo: Repository, path: str) -> Source:
    """The Ruby file at `path`, whatever its name."""
    content = repo.read(path)
    if content is None:
        raise ManifestError("could not be read")
    return Source(path, "ruby", content)


class _Gemspec:
    """The assignments and dependency calls of one gemspec."""

    def __init__(self, repo: Repository, source: Source) -> None:
        self.repo, self.source = repo, source
        self.folder = folder_of(source.path)
        self.values: dict[str, Node] = {}
        self.metadata: dict[str, Node] = {}
        self.dependencies: list[tuple[str, Node]] = []
        self.locals: dict[str, Node] = {}
        self._new_name: Node | None = None
        self._collect()

    def _collect(self) -> None:
        for node in descendants(self.source.root, "assignment", "call"):
            if node.type == "assignment":
                self._assignment(node)
                continue
            method = text_of(node.child_by_field_name("method"))
            if method in _DEPENDENCIES:
                self.dependencies.append((_DEPENDENCIES[method], node))
            elif method == "new" and "Specification" in text_of(node)[:40]:
                self._new_name = next(iter(arguments(node)[0]), None)

    def _assignment(self, node: Node) -> None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            return
        if left.type == "call":
            name = text_of(left.child_by_field_name("method"))
            self.values.setdefault(name, right)
            if name == "metadata" and right.type == "hash":
                for pair in right.named_children:
                    self._pair(pair.child_by_field_name("key"), pair.child_by_field_name("value"))
        elif left.type == "element_reference" and "metadata" in text_of(left):
            self._pair(left.named_children[-1], right)
        elif left.type in {"identifier", "constant"}:
            self.locals.setdefault(text_of(left), right)

    def _pair(self, key: Node | None, value: Node | None) -> None:
        name = string(key)
        if name is not None and value is not None:
            self.metadata[name] = value

    def text(self, node: Node | None) -> str:
        """A string value, looked up through local names and the spec's own values."""
        for _ in range(4):
            if node is None:
                return ""
            found = string(node)
            if found is not None:
                return found
            if node.type in {"identifier", "constant"}:
                node = self.locals.get(text_of(node))
            elif node.type == "call" and not node.child_by_field_name("arguments"):
                node = self.values.get(text_of(node.child_by_field_name("method")))
            else:
                return ""
        return ""

    def get(self, name: str) -> str:
        """The text of `spec.<name> = …`; "" when missing or computed."""
        value = self.text(self.values.get(name))
        return "" if value.lstrip().upper().startswith(("TODO", "FIXME")) else value

    def name(self) -> tuple[str, Node] | None:
        """The gem's name and where it stands; the file's name where the code computes it."""
        node = self.values.get("name", self._new_name)
        if node is None:
            return None
        found = self.text(node) or self.source.path.rpartition("/")[2].removesuffix(".gemspec")
        return found, node

    def all(self, *names: str) -> list[tuple[str, Node]]:
        """Every string of the lists or single values assigned to `names`."""
        found = []
        for name in names:
            node = self.values.get(name)
            if node is None:
                continue
            if node.type in {"identifier", "constant"}:
                node = self.locals.get(text_of(node), node)
            found += [(value, node) for value in strings(node)]
        return found


def _gemspec(repo: Repository, path: str) -> Iterator[Fact]:
    spec = _Gemspec(repo, parse(repo, path))
    named = spec.name()
    if named is None:
        return
    name, node = named
    at, scope = spec.source.at, spec.folder
    summary = one_line(spec.get("summary") or spec.get("description"))
    yield Fact(
        kind="package",
        value=name,
        text=summary,
        scope=scope,
        evidence=at(node),
        detail=_package_detail(spec, name),
    )
    if summary:
        key = "summary" if spec.get("summary") else "description"
        where = at(spec.values[key])
        yield Fact(
            kind="description",
            value=summary,
            scope=scope,
            evidence=where,
            detail={"from": "manifest"},
        )
    yield from _version(spec)
    ruby = spec.values.get("required_ruby_version")
    wanted = ", ".join(_requirements(ruby)) if ruby is not None else ""
    if ruby is not None and wanted:
        yield Fact(
            kind="requirement",
            value="Ruby",
            scope=scope,
            evidence=at(ruby),
            detail={"version": wanted},
        )
    yield from _executables(spec)
    for group, call in spec.dependencies:
        yield from _dependency(spec.source, call, group, scope)
    yield from _people_and_links(spec)


def _package_detail(spec: _Gemspec, name: str) -> dict[str, str]:
    folder = spec.folder
    candidates = dict.fromkeys((name, name.replace("-", "/"), name.replace("-", "_")))
    import_path = next((c for c in candidates if spec.repo.has(join(folder, f"lib/{c}.rb"))), "")
    has_bins = bool(spec.all("executables", "executable", "default_executable"))
    role = "both" if has_bins and import_path else "binary" if has_bins else "library"
    detail = {"ecosystem": "ruby", "registry": "rubygems", "role": role, "import": import_path}
    if spec.repo.has(join(folder, "Gemfile")):
        detail["manager"] = "bundler"
    host = spec.metadata.get("allowed_push_host")
    if host is not None and "rubygems.org" not in spec.text(host):
        del detail["registry"]
        detail["private"] = "true"
    return {key: value for key, value in detail.items() if value}


def _version(spec: _Gemspec) -> Iterator[Fact]:
    node = spec.values.get("version")
    if node is None:
        return
    value = spec.text(node)
    where = spec.source.at(node)
    if not value and node.type != "call":
        constant = next(iter(descendants(node, "scope_resolution", "constant")), None)
        if constant is not None:
            value, where = _constant(spec, text_of(constant).rpartition("::")[2]) or ("", where)
    elif not value:
        tail = next(iter(descendants(node, "scope_resolution")), None)
        if tail is not None:
            value, where = _constant(spec, text_of(tail).rpartition("::")[2]) or ("", where)
    if _VERSION_NUMBER.match(value):
        yield Fact(kind="version", value=value, scope=spec.folder, evidence=where)


def _constant(spec: _Gemspec, name: str) -> tuple[str, Evidence] | None:
    prefix = join(spec.folder, "lib") + "/"
    files = sorted(
        (p for p in spec.repo.under(prefix.rstrip("/")) if p.endswith("version.rb")),
        key=lambda p: (p.count("/"), p),
    )
    for path in files[:20]:
        for found in _CONSTANT.finditer(spec.repo.text(path) or ""):
            if found[1] == name:
                text = spec.repo.text(path) or ""
                line = text.count("\n", 0, found.start(1)) + 1
                return found[2], Evidence(path=path, line=line)
    return None


def _requirements(node: Node) -> list[str]:
    if node.type == "call":
        return [v for argument in arguments(node)[0] for v in strings(argument)]
    return strings(node)


def _executables(spec: _Gemspec) -> Iterator[Fact]:
    folder = spec.get("bindir")
    seen: set[str] = set()
    for name, node in spec.all("executables", "executable"):
        choices = [folder] if folder else ["exe", "bin"]
        targets = [join(spec.folder, f"{place}/{name}") for place in choices]
        target = next((t for t in targets if spec.repo.has(t)), targets[-1])
        seen.add(name)
        yield _bin(name, target, spec.source.at(node), spec.folder)
    listed = spec.values.get("executables")
    if listed is None or seen or not re.search(r"\bexe\b|\bbin\b|bindir|ls-files", text_of(listed)):
        return
    # `spec.files.grep(%r{\Aexe/})`: everything in the folder is installed.
    place = folder or ("exe" if "exe" in text_of(listed) else "bin")
    for path in spec.repo.inside(join(spec.folder, place)):
        name = path.rpartition("/")[2]
        if "." not in name and name not in {"console", "setup"}:
            yield _bin(name, path, spec.source.at(listed), spec.folder)


def _bin(name: str, target: str, at: Evidence, scope: str) -> Fact:
    detail = {"target": target, "ecosystem": "ruby"}
    return Fact(kind="bin", value=name, scope=scope, evidence=at, detail=detail)


def _dependency(source: Source, call: Node, group: str, scope: str) -> Iterator[Fact]:
    positional, _ = arguments(call)
    name = string(positional[0]) if positional else None
    if not name:
        return
    versions = [v for node in positional[1:] for v in strings(node)]
    detail = {"version": ", ".join(versions), "group": group, "ecosystem": "ruby"}
    yield Fact(
        kind="dependency",
        value=name,
        scope=scope,
        evidence=source.at(call),
        detail={key: value for key, value in detail.items() if value},
    )


def _people_and_links(spec: _Gemspec) -> Iterator[Fact]:
    at, scope = spec.source.at, spec.folder
    for name, node in spec.all("authors", "author"):
        if name and "TODO" not in name:
            detail = {"role": "author"}
            yield Fact(kind="person", value=name, scope=scope, evidence=at(node), detail=detail)
    for name, node in spec.all("licenses", "license"):
        if not name.strip():
            continue
        detail = {"from": "manifest"}
        yield Fact(
            kind="license", value=stated(name), scope=scope, evidence=at(node), detail=detail
        )
    links = [("homepage", spec.values.get("homepage"), "homepage")]
    links += [(key, spec.metadata.get(key), rel) for key, rel in _METADATA_RELS.items()]
    seen: set[tuple[str, str]] = set()
    for label, value, rel in links:
        url = spec.text(value)
        if value is None or not url.startswith(("https://", "http://")) or (url, rel) in seen:
            continue
        seen.add((url, rel))
        detail = {"rel": rel}
        yield Fact(
            kind="link", value=url, text=label, scope=scope, evidence=at(value), detail=detail
        )


def _gemfile(repo: Repository, path: str) -> Iterator[Fact]:
    folder = folder_of(path)
    source = parse(repo, path)
    has_gemspec = any(p.endswith(".gemspec") for p in repo.inside(folder))
    app = not has_gemspec and any(repo.has(join(folder, name)) for name in _APP_FILES)
    if app:
        yield _app(repo, path)
    for call in descendants(source.root, "call"):
        method = text_of(call.child_by_field_name("method"))
        positional, keywords = arguments(call)
        if method == "ruby" and call.child_by_field_name("receiver") is None:
            version = ", ".join(v for node in positional for v in strings(node))
            if version and app:
                detail = {"version": version}
                yield Fact(
                    kind="requirement",
                    value="Ruby",
                    scope=folder,
                    evidence=source.at(call),
                    detail=detail,
                )
        elif method == "gem" and (app or has_gemspec):
            groups = set(strings(keywords.get("group") or keywords.get("groups")))
            groups |= _enclosing_groups(call)
            runtime = not has_gemspec and not groups & {"development", "test"}
            yield from _dependency(source, call, "runtime" if runtime else "dev", folder)


def _enclosing_groups(call: Node) -> set[str]:
    return {
        name
        for parent in ancestors(call)
        if parent.type == "call" and text_of(parent.child_by_field_name("method")) == "group"
        for argument in arguments(parent)[0]
        for name in strings(argument)
    }


def _app(repo: Repository, path: str) -> Fact:
    folder = folder_of(path)
    name, at = folder.rpartition("/")[2] or repo.name, Evidence(path=path)
    rails = join(folder, "config/application.rb")
    found = re.search(r"^module (\w+)", repo.text(rails) or "", re.MULTILINE)
    if found:
        name, at = found[1], repo.evidence(rails, rf"^module {found[1]}\b")
    detail = {"ecosystem": "ruby", "manager": "bundler", "role": "binary", "private": "true"}
    return Fact(kind="package", value=name, scope=folder, evidence=at, detail=detail)


MANIFESTS: tuple[Manifest, ...] = (
    manifest(r"[^/]+\.gemspec", _gemspec),
    manifest(r"Gemfile|gems\.rb", _gemfile),
)
