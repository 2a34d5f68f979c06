"""Python manifests: pyproject.toml of every build backend; the other files have modules of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache, partial
from typing import Any

from moxi_analyzer.formats import Lines, as_dict, as_list, as_str, load_toml, one_line
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.manifests.python_files import (
    read_environment,
    read_notebook,
    read_pipfile,
    read_requirements,
)
from moxi_analyzer.manifests.python_layout import version_in, version_of_attribute
from moxi_analyzer.manifests.python_metadata import Metadata, entry_table, metadata_facts
from moxi_analyzer.manifests.python_setup import read_setup_cfg, read_setup_py
from moxi_analyzer.repository import Repository, folder_of, join, own
from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_PERSON = lazy_pattern(r"\s*([^<>]+?)\s*(?:<[^>]*>)?\s*")
_VERSIONLESS = frozenset({"0.0.0", "0", "0.0.0.dev0"})


def read_pyproject(repo: Repository, path: str) -> Iterator[Fact]:
    """Facts of a pyproject.toml: metadata, and the scripts of task tools."""
    text = repo.text(path) or ""
    table = load_toml(text)
    lines = Lines(text)
    tool = as_dict(table.get("tool"))
    data = _metadata(repo, path, lines, table, tool)
    if data is not None:
        yield from metadata_facts(repo, data)
    yield from _scripts(path, lines, tool)


def _metadata(
    repo: Repository, path: str, lines: Lines, table: dict[str, Any], tool: dict[str, Any]
) -> Metadata | None:
    project = as_dict(table.get("project"))
    poetry = as_dict(tool.get("poetry"))
    flit = as_dict(as_dict(tool.get("flit")).get("metadata"))
    if not project and not poetry and not flit:
        groups = _groups(table)
        data = Metadata(path=path, line=partial(_line, lines))
        data.groups = groups
        return data if groups else None
    data = Metadata(path=path, line=partial(_line, lines))
    if project:
        _read_project(data, project)
    if poetry:
        _read_poetry(data, poetry)
    if flit and not project:
        _read_flit(data, flit, as_dict(as_dict(tool.get("flit")).get("scripts")))
    data.groups.update(_groups(table))
    pdm_dev = as_dict(as_dict(tool.get("pdm")).get("dev-dependencies"))
    data.groups.update({name: _strings(items) for name, items in pdm_dev.items()})
    uv = as_dict(tool.get("uv"))
    data.groups.setdefault("dev", []).extend(_strings(uv.get("dev-dependencies")))
    data.private = data.private or uv.get("package") is False
    folder = folder_of(path)
    setup = f"{folder}/setup.py" if folder else "setup.py"
    data.builds = bool(table.get("build-system")) or repo.has(setup) or bool(flit)
    data.packages = _packages(tool, poetry, data.packages)
    if not data.version:
        found = _dynamic_version(repo, data, project, tool, table)
        if found:
            data.version, data.version_at = found
    return data


def _read_project(data: Metadata, project: dict[str, Any]) -> None:
    data.name = as_str(project.get("name"))
    data.version = as_str(project.get("version"))
    data.description = as_str(project.get("description"))
    data.requires_python = as_str(project.get("requires-python"))
    license_ = project.get("license")
    data.license = as_str(license_) or as_str(as_dict(license_).get("text"))
    data.readme = bool(project.get("readme"))
    data.people = [
        (name, role)
        for role in ("author", "maintainer")
        for person in as_list(project.get(f"{role}s"))
        if (name := as_str(as_dict(person).get("name")))
    ]
    data.keywords = _strings(project.get("keywords"))
    data.classifiers = _strings(project.get("classifiers"))
    data.urls = [(label, as_str(url)) for label, url in as_dict(project.get("urls")).items()]
    data.scripts = {
        **entry_table(as_dict(project.get("scripts"))),
        **entry_table(as_dict(project.get("gui-scripts"))),
        **entry_table(as_dict(as_dict(project.get("entry-points")).get("console_scripts"))),
    }
    data.dependencies = _strings(project.get("dependencies"))
    extras = as_dict(project.get("optional-dependencies"))
    data.extras = {name: _strings(items) for name, items in extras.items()}


def _read_poetry(data: Metadata, poetry: dict[str, Any]) -> None:
    data.name = data.name or as_str(poetry.get("name"))
    version = as_str(poetry.get("version"))
    data.version = data.version or ("" if version in _VERSIONLESS else version)
    data.description = data.description or as_str(poetry.get("description"))
    data.license = data.license or as_str(poetry.get("license"))
    data.readme = data.readme or bool(poetry.get("readme"))
    data.private = poetry.get("package-mode") is False
    data.keywords = data.keywords or _strings(poetry.get("keywords"))
    data.classifiers = data.classifiers or _strings(poetry.get("classifiers"))
    if not data.people:
        data.people = [
            (found[1], role)
            for role in ("author", "maintainer")
            for person in _strings(poetry.get(f"{role}s"))
            if (found := _PERSON.fullmatch(person))
        ]
    for key in ("homepage", "repository", "documentation"):
        if as_str(poetry.get(key)):
            data.urls.append((key, as_str(poetry[key])))
    data.urls += [(label, as_str(url)) for label, url in as_dict(poetry.get("urls")).items()]
    for name, target in as_dict(poetry.get("scripts")).items():
        reference = as_str(as_dict(target).get("reference") or as_dict(target).get("callable"))
        data.scripts.update(entry_table({name: as_str(target) or reference}))
    _read_poetry_dependencies(data, poetry)


def _read_poetry_dependencies(data: Metadata, poetry: dict[str, Any]) -> None:
    runtime = as_dict(poetry.get("dependencies"))
    dev = as_dict(poetry.get("dev-dependencies"))
    groups = {
        name: as_dict(as_dict(group).get("dependencies"))
        for name, group in as_dict(poetry.get("group")).items()
    }
    for table in (*groups.values(), dev, runtime):
        versions = {name: _poetry_version(spec) for name, spec in table.items()}
        data.versions.update({name: v for name, v in versions.items() if v != "*"})
    data.requires_python = data.requires_python or _poetry_version(runtime.pop("python", ""))
    if not data.dependencies:
        optional = {n for n, spec in runtime.items() if as_dict(spec).get("optional") is True}
        data.dependencies = [n for n in runtime if n not in optional]
    for name, items in as_dict(poetry.get("extras")).items():
        data.extras.setdefault(name, _strings(items))
    data.groups["dev"] = list(dev)
    data.groups.update({name: list(table) for name, table in groups.items()})


def _poetry_version(value: Any) -> str:
    return as_str(value) or as_str(as_dict(value).get("version"))


def _read_flit(data: Metadata, flit: dict[str, Any], scripts: dict[str, Any]) -> None:
    module = as_str(flit.get("module"))
    data.name = as_str(flit.get("dist-name")) or module
    data.packages = [module] if module else []
    data.requires_python = as_str(flit.get("requires-python"))
    data.license = as_str(flit.get("license"))
    data.readme = bool(flit.get("description-file"))
    data.people = [(name, "author")] if (name := as_str(flit.get("author"))) else []
    data.keywords = [word.strip() for word in as_str(flit.get("keywords")).split(",")]
    data.classifiers = _strings(flit.get("classifiers"))
    data.urls = [("Homepage", url)] if (url := as_str(flit.get("home-page"))) else []
    data.urls += [(label, as_str(u)) for label, u in as_dict(flit.get("urls")).items()]
    data.scripts = entry_table(scripts)
    data.dependencies = _strings(flit.get("requires"))
    extras = as_dict(flit.get("requires-extra"))
    data.extras = {name: _strings(items) for name, items in extras.items()}


def _groups(table: dict[str, Any]) -> dict[str, list[str]]:
    groups = as_dict(table.get("dependency-groups"))
    return {name: _strings(items) for name, items in groups.items()}


def _packages(tool: dict[str, Any], poetry: dict[str, Any], found: list[str]) -> list[str]:
    """Packages that a backend's table names, as paths or dotted names."""
    result = list(found)
    for item in as_list(poetry.get("packages")):
        place = as_dict(item)
        result.append(f"{as_str(place.get('from'))}/{as_str(place.get('include'))}".strip("/"))
    targets = as_dict(as_dict(as_dict(tool.get("hatch")).get("build")).get("targets"))
    result += _strings(as_dict(targets.get("wheel")).get("packages"))
    setuptools = as_dict(tool.get("setuptools"))
    result += _strings(setuptools.get("packages")) + _strings(setuptools.get("py-modules"))
    module = as_str(as_dict(tool.get("flit")).get("module")) or as_str(
        as_dict(as_dict(tool.get("flit")).get("module")).get("name")
    )
    maturin = as_dict(tool.get("maturin"))
    source = as_str(maturin.get("python-source"))
    for name in (as_str(maturin.get("module-name")), module):
        if name:
            result.append(f"{source}/{name.partition('.')[0]}".strip("/"))
    return [place for place in result if place and "*" not in place]


def _dynamic_version(
    repo: Repository,
    data: Metadata,
    project: dict[str, Any],
    tool: dict[str, Any],
    table: dict[str, Any],
) -> tuple[str, Evidence] | None:
    """The version a backend takes from a literal in the tree; None if from anywhere else."""
    scope = folder_of(data.path)
    dynamic = as_dict(as_dict(as_dict(tool.get("setuptools")).get("dynamic")).get("version"))
    if as_str(dynamic.get("attr")):
        return version_of_attribute(repo, scope, as_str(dynamic["attr"]))
    files = [
        *([as_str(dynamic.get("file"))] if as_str(dynamic.get("file")) else []),
        *_strings(dynamic.get("file")),
    ]
    hatch = as_dict(as_dict(tool.get("hatch")).get("version"))
    if as_str(hatch.get("source")) in {"", "regex"} and as_str(hatch.get("path")):
        files.append(as_str(hatch["path"]))
    pdm = as_dict(as_dict(tool.get("pdm")).get("version"))
    if as_str(pdm.get("source")) == "file":
        files.append(as_str(pdm.get("path")))
    for name in files:
        path = join(scope, name)
        found = version_in(repo, path) if path else None
        if found:
            return found
    backend = as_str(as_dict(table.get("build-system")).get("build-backend"))
    if backend.startswith("flit") and (
        "version" in _strings(project.get("dynamic")) or not project
    ):
        return version_of_attribute(repo, scope, f"{(data.packages or [data.name])[0]}.__version__")
    return None


def _scripts(path: str, lines: Lines, tool: dict[str, Any]) -> Iterator[Fact]:
    """Scripts of task tools, as `poe test` or `hatch run docs:build` call them."""
    tables: list[tuple[str, str, dict[str, Any]]] = [
        ("tool.poe.tasks", "poe ", as_dict(as_dict(tool.get("poe")).get("tasks"))),
        ("tool.pdm.scripts", "pdm run ", as_dict(as_dict(tool.get("pdm")).get("scripts"))),
        ("tool.rye.scripts", "rye run ", as_dict(as_dict(tool.get("rye")).get("scripts"))),
        ("tool.taskipy.tasks", "task ", as_dict(as_dict(tool.get("taskipy")).get("tasks"))),
    ]
    for env, content in as_dict(as_dict(tool.get("hatch")).get("envs")).items():
        call = "hatch run " if env == "default" else f"hatch run {env}:"
        scripts = as_dict(as_dict(content).get("scripts"))
        tables.append((f"tool.hatch.envs.{env}.scripts", call, scripts))
    for table, call, scripts in tables:
        for name, value in scripts.items():
            if not re.fullmatch(r"[A-Za-z0-9][\w:.-]*", name):
                continue
            line = lines.toml(table, name) or lines.toml(f"{table}.{name}")
            yield Fact(
                kind="script",
                value=name,
                evidence=Evidence(path=path, line=line),
                scope=folder_of(path),
                text=one_line(_command(value)),
                detail={"run": f"{call}{name}"},
            )


def _command(value: Any) -> str:
    """The command line behind a script's value, which may be text, a list or a table."""
    if isinstance(value, list):
        return " && ".join(filter(None, map(_command, value)))
    table = as_dict(value)
    for key in ("cmd", "shell", "script", "expr", "chain", "sequence", "composite", "call"):
        if key in table:
            inner = table[key]
            joined = key == "cmd" and isinstance(inner, list)
            return " ".join(map(as_str, inner)) if joined else _command(inner)
    return as_str(value)


def _strings(value: Any) -> list[str]:
    return [text for item in as_list(value) if isinstance(item, str) and (text := item.strip())]


_TABLES = {
    "scripts": (
        "project.scripts",
        "project.gui-scripts",
        "tool.poetry.scripts",
        "tool.flit.scripts",
    ),
    "dependencies": ("project", "tool.poetry.dependencies", "tool.flit.metadata"),
    "urls": ("project.urls", "tool.poetry.urls", "tool.poetry", "tool.flit.metadata"),
    "extras": ("project.optional-dependencies", "tool.poetry.extras", "tool.flit.metadata"),
    "groups": ("dependency-groups", "tool.poetry.dev-dependencies", "tool.poetry.group"),
}


def _line(lines: Lines, field_name: str, value: str) -> int:
    """The line of a field, or of the item of it that reads `value`."""
    if field_name == "requires-python" and not lines.toml("project"):
        return lines.toml("tool.poetry.dependencies", "python")
    tables = _TABLES.get(field_name, ("project", "tool.poetry", "tool.flit.metadata"))
    for table in tables:
        header = lines.toml(table)
        if not header:
            continue
        key = lines.toml(table, field_name)
        if field_name not in _TABLES and key != header:
            place = (
                lines.find(re.escape(value), key) if field_name not in {"name", "version"} else 0
            )
            return place if place and field_name in {"keywords", "authors", "maintainers"} else key
        if field_name in _TABLES:
            start = key if table == "project" else header
            pattern = rf"(^|[\s\[\"'=,]){re.escape(value)}($|[\s\"'=<>~!;,\[\]@^])"
            found = lines.find(pattern, start)
            if found:
                return found
    return lines.find(re.escape(value)) if value else 0


def entry_points(repo: Repository) -> list[str]:
    """Targets of all console scripts that the repository's own manifests declare."""
    targets = (f.detail.get("target", "") for f in own_facts(repo) if f.kind == "bin")
    return list(dict.fromkeys(filter(None, targets)))


@lru_cache(maxsize=1)
def own_facts(repo: Repository) -> tuple[Fact, ...]:
    """Facts of the repository's own manifests that declare packages and programs."""
    found: list[Fact] = []
    for path in own(list(repo.files)):
        reader = _READERS.get(path.rpartition("/")[2])
        if reader is None:
            continue
        try:
            found += reader(repo, path)
        except ManifestError:
            continue  # recorded when the manifests are read for their facts
    return tuple(found)


_READERS = {
    "pyproject.toml": read_pyproject,
    "setup.cfg": read_setup_cfg,
    "setup.py": read_setup_py,
}
MANIFESTS: tuple[Manifest, ...] = (
    manifest(r"pyproject\.toml", read_pyproject),
    manifest(r"setup\.cfg", read_setup_cfg),
    manifest(r"setup\.py", read_setup_py),
    manifest(r"Pipfile", read_pipfile),
    manifest(r"environment\.ya?ml", read_environment),
    manifest(
        r"[\w.-]*requirements?[\w.-]*\.(txt|in)|requirements/[\w.-]+\.(txt|in)", read_requirements
    ),
    manifest(r"[^/]+\.ipynb", read_notebook),
)
