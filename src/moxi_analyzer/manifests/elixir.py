"""Mix: applications, Hex packages, umbrella projects, aliases and the tasks a project adds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from moxi_analyzer.formats import one_line
from moxi_analyzer.manifests import manifest
from moxi_analyzer.manifests.elixir_terms import Atom, ElixirFile, Items, Pair, Term
from moxi_analyzer.meta.spdx import stated
from moxi_analyzer.prose import about
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_core.records import Evidence, Fact

_RELS = (
    (re.compile(r"change", re.I), "changelog"),
    (re.compile(r"issue|bug", re.I), "issues"),
    (re.compile(r"git|source|repo|codeberg", re.I), "repository"),
    (re.compile(r"doc|guide", re.I), "documentation"),
    (re.compile(r"sponsor|fund|donat", re.I), "funding"),
    (re.compile(r"discord|slack|forum|chat", re.I), "chat"),
    (re.compile(r"home|web|site", re.I), "homepage"),
)
_DEVELOPMENT = {"dev", "test", "docs", "doc", "ci", "lint", "bench"}


class _Mix:
    """One mix.exs."""

    def __init__(self, repo: Repository, path: str) -> None:
        self.repo, self.path, self.folder = repo, path, folder_of(path)
        self.file = ElixirFile(repo.text(path) or "")
        self.project = self.file.items(self.file.function("project")) or Items((), 0)

    def fact(self, kind: Any, value: str, line: int, text: str = "", **detail: str) -> Fact:
        """A fact in this manifest's scope; empty details are left out."""
        return Fact(
            kind=kind,
            value=value,
            evidence=Evidence(path=self.path, line=line),
            scope=self.folder,
            text=one_line(text),
            detail={key: value for key, value in detail.items() if value},
        )

    def entry(self, items: Items | None, key: str) -> tuple[str, int]:
        """The string that a keyword list has for a key, and its line."""
        pair = items.get(key) if items is not None else None
        return (self.file.string(pair.value), pair.line) if pair is not None else ("", 0)


def _read_mix(repo: Repository, path: str) -> Iterator[Fact]:
    mix = _Mix(repo, path)
    project = mix.project
    app = project.get("app")
    if project.get("apps_path") is not None:
        line = project.line
        yield mix.fact(
            "package", repo.name, line,
            ecosystem="elixir", manager="mix", role="workspace", private="true",
        )  # fmt: skip
    elif app is not None and isinstance(app.value, Atom):
        yield from _package(mix, str(app.value), app.line)
    else:
        return
    elixir, line = mix.entry(project, "elixir")
    if elixir:
        yield mix.fact("requirement", "Elixir", line, version=elixir)
    yield from _dependencies(mix)
    yield from _aliases(mix)


def _package(mix: _Mix, app: str, line: int) -> Iterator[Fact]:
    project = mix.project
    package_pair = project.get("package")
    package = mix.file.items(package_pair.value) if package_pair is not None else None
    escript_pair = project.get("escript")
    escript = mix.file.items(escript_pair.value) if escript_pair is not None else None
    name = mix.entry(package, "name")[0] or app
    description, at = mix.entry(project, "description")
    if not description:
        description, at = mix.entry(package, "description")
    description = " ".join(description.split())
    version, version_at = mix.entry(project, "version")
    main = join(mix.folder, f"lib/{app}.ex")
    module = _module(mix.repo, main)
    published = package is not None
    yield mix.fact(
        "package",
        name,
        line,
        description,
        ecosystem="elixir",
        registry="hex" if published else "",
        manager="mix",
        role="both" if published and escript else "binary" if escript else "library"
        if published else "",
        **{"import": module},
    )  # fmt: skip
    if description:
        yield mix.fact("description", one_line(description), at, **{"from": "manifest"})
    if version:
        yield mix.fact("version", version, version_at)
    if escript is not None and escript.get("main_module") is not None:
        yield from _escript(mix, escript, app)
    yield from _metadata(mix, package)
    yield from _about(mix, main)


def _module(repo: Repository, path: str) -> str:
    found = re.search(r"(?m)^defmodule ([\w.]+) do", repo.text(path) or "")
    return found[1] if found else ""


def _escript(mix: _Mix, escript: Items, app: str) -> Iterator[Fact]:
    main = escript.get("main_module")
    if main is None:
        return
    named = escript.get("name")
    name = mix.file.string(named.value) or str(named.value) if named is not None else app
    yield mix.fact("bin", name, main.line, target=str(main.value), ecosystem="elixir")


def _metadata(mix: _Mix, package: Items | None) -> Iterator[Fact]:
    """Licenses, links and maintainers."""
    licenses = package.get("licenses") if package is not None else None
    names = mix.file.items(licenses.value) if licenses is not None else None
    if licenses is not None and names is not None:
        found = [mix.file.string(v) for v in names.values if not isinstance(v, Pair)]
        if all(re.fullmatch(r"[A-Za-z0-9.+-]+", name) for name in found) and found:
            yield mix.fact(
                "license", stated(" OR ".join(found)), licenses.line, **{"from": "manifest"}
            )
    for key, rel in (("source_url", "repository"), ("homepage_url", "homepage")):
        url, line = mix.entry(mix.project, key)
        if url.startswith("http"):
            yield mix.fact("link", url, line, rel=rel)
    links = package.get("links") if package is not None else None
    table = mix.file.items(links.value) if links is not None else None
    for pair in table.pairs if table is not None else ():
        url = mix.file.string(pair.value)
        rel = next((rel for pattern, rel in _RELS if pattern.search(pair.key)), "")
        if url.startswith("http"):
            yield mix.fact("link", url, pair.line, pair.key, rel=rel)
    people = package.get("maintainers") if package is not None else None
    persons = mix.file.items(people.value) if people is not None else None
    for value in persons.values if persons is not None else ():
        person = "" if isinstance(value, Pair) else mix.file.string(value)
        if person and people is not None and "@" not in person:
            yield mix.fact("person", person, people.line, role="maintainer")


def _about(mix: _Mix, path: str) -> Iterator[Fact]:
    """The first paragraph of the main module's documentation."""
    file = ElixirFile(mix.repo.text(path) or "")
    for position, token in enumerate(file.tokens[:-1]):
        if token.text == "@moduledoc":
            text = file.string(file.term(position + 1))
            paragraph = about(text)
            if paragraph is not None:
                line = file.tokens[position + 1].line + 1 + paragraph.offset
                yield Fact(
                    kind="about",
                    value=paragraph.text,
                    evidence=Evidence(path=path, line=line),
                    scope=mix.folder,
                    detail={"from": "module"},
                )
            return


def _dependencies(mix: _Mix) -> Iterator[Fact]:
    pair = mix.project.get("deps")
    deps = mix.file.items(pair.value) if pair is not None else None
    for value in deps.values if deps is not None else ():
        if isinstance(value, Pair):
            # `[phoenix: "~> 1.7"]`
            name, line = value.key, value.line
            rest: tuple[Term, ...] = (value.value,)
        elif isinstance(value, Items) and value.values and isinstance(value.values[0], Atom):
            name, line, rest = str(value.values[0]), value.line, value.values[1:]
        else:
            continue
        version = next((mix.file.string(v) for v in rest if not isinstance(v, Pair | Items)), "")
        options = [v for v in rest if isinstance(v, Pair)]
        options += [p for v in rest if isinstance(v, Items) for p in v.pairs]
        yield mix.fact(
            "dependency", name, line,
            version=version, group=_group(options), ecosystem="elixir",
        )  # fmt: skip


def _group(options: list[Pair]) -> str:
    only: list[Term] = []
    for option in options:
        if option.key == "optional" and option.value == "true":
            return "optional"
        if option.key == "only":
            value = option.value
            only = list(value.values) if isinstance(value, Items) else [value]
    return "dev" if only and all(str(v) in _DEVELOPMENT for v in only) else "runtime"


def _aliases(mix: _Mix) -> Iterator[Fact]:
    pair = mix.project.get("aliases")
    aliases = mix.file.items(pair.value) if pair is not None else None
    for alias in aliases.pairs if aliases is not None else ():
        value = mix.file.resolve(alias.value)
        steps = value.values if isinstance(value, Items) else (value,)
        texts = [mix.file.string(s) for s in steps if not isinstance(s, Pair)]
        # An alias that runs the task of its own name only hooks into it.
        if re.fullmatch(r"[\w.-]+", alias.key) and any(texts) and alias.key not in texts:
            yield mix.fact(
                "script", alias.key, alias.line, "; ".join(filter(None, texts)),
                run=f"mix {alias.key}",
            )  # fmt: skip


class MixTask(NamedTuple):
    """A task that `mix help` lists: its name, its @shortdoc, and the line of its module."""

    name: str
    help: str
    line: int


def mix_task(text: str) -> MixTask | None:
    """The task that a module defines; None for other modules and for tasks kept from `mix help`."""
    found = re.search(r"(?m)^defmodule Mix\.Tasks\.([\w.]+) do", text)
    short = re.search(r"(?m)^\s*@shortdoc\s+\"((?:[^\"\\\n]|\\.)+)\"", text)
    if not found or not short:
        return None
    name = ".".join(_underscored(part) for part in found[1].split("."))
    words = re.sub(r"\s*\bv?#\{[^}]*\}", "", short[1].replace('\\"', '"'))
    return MixTask(name, words, text.count("\n", 0, found.start()) + 1)


def _read_task(repo: Repository, path: str) -> Iterator[Fact]:
    """lib/mix/tasks/*.ex"""
    task = mix_task(repo.text(path) or "")
    if task is None:
        return
    scope = folder_of(path).rpartition("lib/mix/tasks")[0].rstrip("/")
    yield Fact(
        kind="task",
        value=task.name,
        evidence=Evidence(path=path, line=task.line),
        scope=scope,
        text=one_line(task.help),
        detail={"tool": "mix", "run": f"mix {task.name}"},
    )


def _underscored(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


MANIFESTS = (
    manifest(r"mix\.exs", _read_mix),
    manifest(r"[^/]+\.ex", _read_task, folder=r"(.*/)?lib/mix/tasks/(.*/)?"),
)
