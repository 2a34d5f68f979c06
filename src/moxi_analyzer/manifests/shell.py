"""Shell projects: scripts that are installed, shell plugins, Homebrew formulae in the tree."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moxi_analyzer.formats import one_line
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.meta.spdx import stated
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_SHEBANG = lazy_pattern(rb"#!\s*\S*(?:/|\benv\s+)(?:ba|z|k|da|fi)?sh\b")
_OTHER_BUILDS = frozenset(
    "package.json pyproject.toml setup.py Cargo.toml go.mod Gemfile composer.json CMakeLists.txt "
    "pom.xml build.gradle build.gradle.kts configure.ac meson.build mix.exs pubspec.yaml "
    "Package.swift stack.yaml project.clj deps.edn rebar.config build.zig build.sbt".split()
)
_CHORES = frozenset(
    "setup console test tests build ci lint release bootstrap update dev server format docs "
    "install uninstall configure clean check deploy run start".split()
)
# `install -m 755 src/demo.sh $(DESTDIR)$(PREFIX)/bin/demo`, `cp demo /usr/local/bin/`
_INSTALL = lazy_pattern(
    r"^\s*@?(?:\$\((?:INSTALL\w*)\)|install|cp|ln\s+-\w+)\s+(?:-[\w]+\s+(?:\"?0?[0-7]{3,4}\"?\s+)?)*"
    r"[\"']?(?P<source>[\w./${}()-]+?)[\"']?\s+[\"']?(?P<place>[\w./${}()~\"-]*(?:[bB][iI][nN](?:DIR|dir)?[)}]?))[\"']?(?:/(?P<name>[\w.+-]*))?[\"']?\s*(?:\|\|.*)?$"
)
_FORMULA_FIELD = lazy_pattern(r"^\s+(desc|homepage|license)\s+\"([^\"\n]+)\"", re.MULTILINE)


def _is_script(repo: Repository, path: str) -> bool:
    content = repo.read(path)
    return content is not None and bool(_SHEBANG.match(content[:120]))


def _installer(repo: Repository, path: str) -> Iterator[Fact]:
    """A root Makefile or install.sh: what it copies to a bin folder, under which name."""
    folder = folder_of(path)
    text = (repo.text(path) or "").replace("\\\n", "  ")
    variables = dict(re.findall(r"^([A-Z_]+)\s*[:?]?=\s*([\w./-]+)[ \t]*$", text, re.MULTILINE))
    for line in text.splitlines():
        found = _INSTALL.match(line) if len(line) < 400 else None
        if found is None:
            continue
        source = re.sub(r"\$[({](\w+)[)}]", lambda m: variables.get(m[1], "."), found["source"])
        source = source.removeprefix("$(dirname $0)/")
        target = join(folder, source)
        name = found["name"] or target.rpartition("/")[2]
        if repo.has(target) and _is_script(repo, target) and re.fullmatch(r"[\w.+-]+", name):
            at = repo.evidence(path, re.escape(found["source"]) + r".*" + re.escape(found["place"]))
            yield _bin(name, target, at, folder)


def _bin(name: str, target: str, at: Evidence, scope: str) -> Fact:
    detail = {"target": target, "ecosystem": "shell"}
    return Fact(kind="bin", value=name, scope=scope, evidence=at, detail=detail)


def _script(repo: Repository, path: str) -> Iterator[Fact]:
    """A suffixless program at the root or in bin/ of a project that is nothing but scripts."""
    name = path.rpartition("/")[2]
    if name.lower() in _CHORES or any(repo.has(build) for build in _OTHER_BUILDS):
        return
    if any(p.endswith((".cabal", ".gemspec", ".nimble", ".rockspec")) for p in repo.inside("")):
        return
    if _is_script(repo, path):
        at = Evidence(path=path, line=1)
        detail = {"ecosystem": "shell", "role": "binary"}
        yield Fact(kind="package", value=name, evidence=at, detail=detail)
        yield _bin(name, path, at, "")


def _zsh_plugin(repo: Repository, path: str) -> Iterator[Fact]:
    if "/" in path or any(repo.has(build) for build in _OTHER_BUILDS):
        return
    name = path.removesuffix(".plugin.zsh")
    detail = {"ecosystem": "zsh", "role": "library"}
    at = Evidence(path=path, line=1)
    yield Fact(kind="package", value=name, evidence=at, detail=detail)


def _formula(repo: Repository, path: str) -> Iterator[Fact]:
    text = repo.text(path) or ""
    if not re.search(r"^class \w+ < Formula\b", text, re.MULTILINE):
        return
    name = path.rpartition("/")[2].removesuffix(".rb")
    fields = {m[1]: m[2] for m in _FORMULA_FIELD.finditer(text)}
    scope = folder_of(path)
    description = one_line(fields.get("desc", ""))
    detail = {"ecosystem": "homebrew", "manager": "brew"}
    at = repo.evidence(path, r"^class \w+ < Formula")
    yield Fact(
        kind="package", value=name, text=description, scope=scope, evidence=at, detail=detail
    )
    if "license" in fields:
        where = repo.evidence(path, r"^\s+license ")
        yield Fact(kind="license", value=stated(fields["license"]), scope=scope, evidence=where, detail={"from": "manifest"})  # fmt: skip
    if fields.get("homepage", "").startswith("http"):
        where = repo.evidence(path, r"^\s+homepage ")
        yield Fact(kind="link", value=fields["homepage"], scope=scope, evidence=where, detail={"rel": "homepage"})  # fmt: skip


MANIFESTS: tuple[Manifest, ...] = (
    manifest(r"(?:GNU)?[Mm]akefile|install(?:\.sh)?", _installer, folder=""),
    manifest(r"(?:bin/)?[\w-]+", _script, folder=""),
    manifest(r"[^/]+\.plugin\.zsh", _zsh_plugin),
    manifest(r"[^/]+\.rb", _formula, folder=r"(?:.*/)?Formula/(?:.*/)?"),
)
