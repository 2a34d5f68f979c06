"""Clojure: Leiningen's project.clj, deps.edn with build.clj, Babashka tasks, shadow-cljs builds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from moxi_analyzer.formats import one_line
from moxi_analyzer.manifests import manifest
from moxi_analyzer.manifests.edn import (
    Edn,
    Form,
    Keyword,
    Symbol,
    as_form,
    as_text,
    read_forms,
)
from moxi_analyzer.meta.spdx import expression
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_LIB = lazy_pattern(r"[\w.*+!?-]+(/[\w.*+!?-]+)?")


def _fact(path: str, kind: Any, value: str, line: int, text: str = "", **detail: str) -> Fact:
    """A fact in the manifest's scope; empty details are left out."""
    return Fact(
        kind=kind,
        value=value,
        evidence=Evidence(path=path, line=line),
        scope=folder_of(path),
        text=one_line(text),
        detail={key: value for key, value in detail.items() if value},
    )


def _head(form: Edn, name: str) -> Form | None:
    """A list that begins with a symbol."""
    found = as_form(form, "(")
    if found is not None and found.items and found.items[0] == name:
        return found
    return None


def _read_project(repo: Repository, path: str) -> Iterator[Fact]:
    for form in read_forms(repo.text(path) or ""):
        project = _head(form, "defproject")
        if project is not None and len(project.items) > 2:
            yield from _project(repo, path, project)
            return


def _project(repo: Repository, path: str, project: Form) -> Iterator[Fact]:
    name = project.items[1]
    if not isinstance(name, Symbol) or not _LIB.fullmatch(name):
        return
    skip = 3 if as_text(project.items[2]) else 2
    options = Form("{", project.items[skip:], project.lines[skip:], project.line)
    version, place = _version(repo, path, project)
    description = " ".join(as_text(options.get("description")).split())
    if description == name.rpartition("/")[2] or description.startswith("FIXME"):
        description = ""
    main = options.get("main")
    program = isinstance(main, Symbol) and main != "nil"
    native = _native_image(repo, path, options)
    yield _fact(
        path, "package", name, project.line, description,
        ecosystem="clojure",
        # Clojars takes no library without a license.
        registry="clojars" if options.get("license") and not program else "",
        manager="lein",
        role="binary" if program else "both" if native else "library",
    )  # fmt: skip
    if native is not None:
        yield native
    if description:
        line = options.line_of("description")
        yield _fact(path, "description", one_line(description), line, **{"from": "manifest"})
    if re.match(r"\d", version):
        fact = _fact(path, "version", version, place.line)
        yield replace(fact, evidence=place)
    url = as_text(options.get("url")).removesuffix(".git")
    if url.startswith("http"):
        rel = "repository" if re.match(r"https?://(github|gitlab)\.com/", url) else "homepage"
        yield _fact(path, "link", url, options.line_of("url"), rel=rel)
    yield from _license(path, options)
    yield from _lein_dependencies(path, options)
    yield from _lein_aliases(path, options)


def _version(repo: Repository, path: str, project: Form) -> tuple[str, Evidence]:
    """The version and its place: beside the name, or alone in a file that is read there."""
    here = Evidence(path=path, line=project.lines[2])
    if project.items[2] != "#=":
        return as_text(project.items[2]), here
    file = _slurped(project.items[3]) if len(project.items) > 3 else ""
    place = join(folder_of(path), file) if file else ""
    if not place or not repo.has(place):
        return "", here
    return (repo.text(place) or "")[:200].strip(), Evidence(path=place, line=1)


def _slurped(form: Edn) -> str:
    """The file of a `(slurp "VERSION")` in a form."""
    call = as_form(form, "(")
    if call is None:
        return ""
    if call.items[:1] == ("slurp",):
        return as_text(call.items[1]) if len(call.items) > 1 else ""
    return next((found for item in call.items if (found := _slurped(item))), "")


def _native_image(repo: Repository, path: str, options: Form) -> Fact | None:
    """The executable that GraalVM makes of the project, named in its properties."""
    folder = join(folder_of(path), "resources/META-INF/native-image")
    for place in repo.under(folder):
        found = re.search(r"(?m)^ImageName=([\w.-]+)\s*$", repo.text(place) or "")
        if place.endswith("/native-image.properties") and found:
            line = (repo.text(place) or "").count("\n", 0, found.start()) + 1
            target = _main_file(repo, path, options)
            fact = _fact(path, "bin", found[1], line, target=target, ecosystem="clojure")
            return replace(fact, evidence=Evidence(path=place, line=line))
    return None


def _main_file(repo: Repository, path: str, options: Form) -> str:
    """The file of the namespace that the project or one of its profiles runs."""
    profiles = as_form(options.get("profiles"), "{")
    tables = [options, *(as_form(v, "{") for _, v, _ in (profiles.pairs() if profiles else ()))]
    for table in tables:
        main = table.get("main") if table is not None else None
        if isinstance(main, Symbol):
            place = f"src/{main.replace('.', '/').replace('-', '_')}.clj"
            if repo.has(join(folder_of(path), place)):
                return place
    return ""


def _license(path: str, options: Form) -> Iterator[Fact]:
    table = as_form(options.get("license"), "{")
    if table is not None:
        name = as_text(table.get("name")).strip()
        # Leiningen's template says no version: there was only one.
        spdx = "EPL-1.0" if name.lower() == "eclipse public license" else expression(name)
        if spdx:
            line = options.line_of("license")
            yield _fact(path, "license", spdx, line, **{"from": "manifest"})


def _lein_dependencies(path: str, options: Form) -> Iterator[Fact]:
    tables = [(options.get("dependencies"), "runtime")]
    profiles = as_form(options.get("profiles"), "{")
    for key, profile, _ in profiles.pairs() if profiles is not None else ():
        inner = as_form(profile, "{")
        if inner is not None:
            group = "optional" if key == "provided" else "dev"
            tables.append((inner.get("dependencies"), group))
    seen: set[str] = set()
    for table, group in tables:
        vector = as_form(table, "[")
        for item in vector.items if vector is not None else ():
            entry = as_form(item, "[")
            if entry is None or not entry.items or not isinstance(entry.items[0], Symbol):
                continue
            name = entry.items[0]
            version = as_text(entry.items[1]) if len(entry.items) > 1 else ""
            scope = Form("{", entry.items[2:], entry.lines[2:], entry.line).get("scope")
            if name not in seen:
                seen.add(name)
                yield from _dependency(path, name, version, entry.line, _scoped(group, scope))


def _scoped(group: str, scope: Edn | None) -> str:
    return {"test": "dev", "provided": "optional"}.get(as_text(scope), group)


def _dependency(path: str, name: str, version: str, line: int, group: str) -> Iterator[Fact]:
    if not _LIB.fullmatch(name):
        return
    if name == "org.clojure/clojure" and version:
        yield _fact(path, "requirement", "Clojure", line, version=version)
    yield _fact(path, "dependency", name, line, version=version, group=group, ecosystem="clojure")


def _lein_aliases(path: str, options: Form) -> Iterator[Fact]:
    aliases = as_form(options.get("aliases"), "{")
    for key, value, line in aliases.pairs() if aliases is not None else ():
        name, steps = as_text(key), as_form(value, "[")
        if not re.fullmatch(r"[\w:.-]+", name):
            continue
        words = [as_text(step) for step in steps.items] if steps is not None else [as_text(value)]
        command = " ".join(words) if all(words) else ""
        text = f"lein {command}" if command else ""
        yield _fact(path, "script", name, line, text, run=f"lein {name}")


def _read_deps(repo: Repository, path: str) -> Iterator[Fact]:
    """deps.edn: dependencies, and the aliases that run something."""
    deps = as_form(next(read_forms(repo.text(path) or ""), None), "{")
    if deps is None:
        return
    yield from _deps(path, as_form(deps.get("deps"), "{"), "runtime")
    aliases = as_form(deps.get("aliases"), "{")
    for key, value, line in aliases.pairs() if aliases is not None else ():
        alias = as_form(value, "{")
        if alias is None or not isinstance(key, Keyword):
            continue
        flag = _runner(alias)
        if flag:
            yield _fact(
                path, "task", key, line, as_text(alias.get("doc")),
                tool="clojure", run=f"clojure -{flag}:{key}",
            )  # fmt: skip
        for table in ("extra-deps", "deps", "replace-deps"):
            yield from _deps(path, as_form(alias.get(table), "{"), "dev")


def _runner(alias: Form) -> str:
    """How an alias is called: -M with main options, -X with a function, -T as a tool."""
    if alias.get("main-opts") is not None:
        return "M"
    if alias.get("exec-fn") is None:
        return ""
    is_tool = any(alias.get(k) is not None for k in ("ns-default", "deps", "replace-deps"))
    return "T" if is_tool else "X"


def _deps(path: str, table: Form | None, group: str) -> Iterator[Fact]:
    for key, value, line in table.pairs() if table is not None else ():
        coordinate = as_form(value, "{")
        if isinstance(key, Symbol) and coordinate is not None:
            version = as_text(coordinate.get("mvn/version")) or as_text(coordinate.get("git/tag"))
            yield from _dependency(path, key, version, line, group)


def _read_build(repo: Repository, path: str) -> Iterator[Fact]:
    """build.clj: the coordinates under which a deps.edn project is released."""
    text = repo.text(path) or ""
    if not repo.has(join(folder_of(path), "deps.edn")):
        return
    lib = re.search(r"\(def\s+(?:\^\S+\s+)*lib\s+'([\w.-]+/[\w.-]+)\s*\)", text)
    version = re.search(r"\(def\s+(?:\^\S+\s+)*version\s+\"([\w.-]+)\"\s*\)", text)
    if lib:
        line = text.count("\n", 0, lib.start()) + 1
        deployed = bool(re.search(r"deps-deploy|\(\s*(dd|deploy)/", text))
        yield _fact(
            path, "package", lib[1], line,
            ecosystem="clojure",
            registry="clojars" if deployed else "",
            manager="deps",
            role="library",
        )  # fmt: skip
    if lib and version:
        line = text.count("\n", 0, version.start()) + 1
        yield _fact(path, "version", version[1], line)


def _read_bb(repo: Repository, path: str) -> Iterator[Fact]:
    """bb.edn: Babashka tasks; a name that begins with a dash is private."""
    config = as_form(next(read_forms(repo.text(path) or ""), None), "{")
    tasks = as_form(config.get("tasks"), "{") if config is not None else None
    for key, value, line in tasks.pairs() if tasks is not None else ():
        if not isinstance(key, Symbol) or not re.fullmatch(r"[A-Za-z][\w:.!?-]*", key):
            continue
        table = as_form(value, "{")
        if table is not None and str(table.get("private")) == "true":
            continue
        text = as_text(table.get("doc")) if table is not None else ""
        yield _fact(path, "task", key, line, text, tool="bb", run=f"bb {key}")


def _read_shadow(repo: Repository, path: str) -> Iterator[Fact]:
    config = as_form(next(read_forms(repo.text(path) or ""), None), "{")
    builds = as_form(config.get("builds"), "{") if config is not None else None
    for key, value, line in builds.pairs() if builds is not None else ():
        if isinstance(key, Keyword) and as_form(value, "{") is not None:
            yield _fact(
                path, "task", key, line, tool="shadow-cljs", run=f"npx shadow-cljs watch {key}"
            )


MANIFESTS = (
    manifest(r"project\.clj", _read_project),
    manifest(r"deps\.edn", _read_deps),
    manifest(r"build\.clj", _read_build),
    manifest(r"bb\.edn", _read_bb),
    manifest(r"shadow-cljs\.edn", _read_shadow),
)
