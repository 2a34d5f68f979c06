"""package.json, deno.json and editor extensions."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moxi_analyzer import analyze
from moxi_analyzer.manifests.json_lines import key_lines
from moxi_analyzer.manifests.npm_scripts import for_people, run_line
from moxi_analyzer.manifests.workspaces import Workspace
from moxi_core.records import RepoSnapshot

_KINDS = [
    "package", "description", "version", "requirement", "dependency", "bin", "script", "task",
    "license", "person", "link", "keyword", "input", "test_command",
]  # fmt: skip


@pytest.mark.parametrize(
    "fixture", ["npm_workspace", "npm_app", "bun", "vscode_extension", "deno_project"]
)
def test_manifests_give_exactly_these_facts(
    fixture: str, golden_facts: Callable[..., RepoSnapshot]
) -> None:
    golden_facts(fixture, _KINDS)


def _snapshot(folder: Path, manifest: Any, **files: str) -> RepoSnapshot:
    (folder / "package.json").write_text(
        manifest if isinstance(manifest, str) else json.dumps(manifest), "utf-8"
    )
    for name, text in files.items():
        (folder / name.replace("__", "/")).write_text(text, "utf-8")
    return analyze(folder)


@pytest.mark.parametrize(
    ("manifest", "registry"),
    [
        ({"name": "a", "version": "1.0.0", "bin": "a.js"}, "npm"),
        ({"name": "a", "version": "1.0.0", "private": True, "bin": "a.js"}, None),
        ({"name": "a", "version": "1.0.0", "main": "index.js"}, None),  # as `npm init -y` writes
        ({"name": "a", "bin": "a.js"}, None),
        ({"name": "@a/b", "version": "1.0.0", "exports": "./b.js",
          "publishConfig": {"registry": "https://npm.pkg.github.com"}}, None),
        ({"name": "a", "version": "1.0.0", "bin": "a.js",
          "publishConfig": {"registry": "https://npm.pkg.github.com"}}, "npm"),
        ({"name": "a", "version": "1.0.0", "files": ["x"],
          "publishConfig": {"registry": "https://npm.corp.example"}}, None),
    ],
)  # fmt: skip
def test_only_what_is_published_can_be_installed(
    tmp_path: Path, manifest: dict[str, Any], registry: str | None
) -> None:
    package = _snapshot(tmp_path, manifest).first("package")
    assert package is not None
    assert package.detail.get("registry") == registry


@pytest.mark.parametrize(
    ("lock", "run"),
    [
        ("package-lock.json", "npm run build"),
        ("yarn.lock", "yarn build"),
        ("pnpm-lock.yaml", "pnpm build"),
        ("bun.lock", "bun run build"),
    ],
)
def test_the_lock_file_names_the_manager(tmp_path: Path, lock: str, run: str) -> None:
    manifest = {"name": "a", "scripts": {"build": "tsc"}}
    script = _snapshot(tmp_path, manifest, **{lock: "{}"}).first("script")
    assert script is not None
    assert script.detail["run"] == run


def test_names_that_a_manager_has_itself_need_run() -> None:
    assert run_line("yarn", "publish") == "yarn run publish"
    assert run_line("pnpm", "deploy") == "pnpm run deploy"
    assert run_line("npm", "start") == "npm start"


def test_hooks_and_lifecycle_scripts_are_not_for_people() -> None:
    scripts = {"build": "tsc", "prebuild": "rm -r x", "prepare": "husky", "preview": "vite preview"}
    assert [name for name, _ in for_people(scripts)] == ["build", "preview"]


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("owner/name", "https://github.com/owner/name"),
        ("gitlab:owner/name", "https://gitlab.com/owner/name"),
        ("git@github.com:owner/name.git", "https://github.com/owner/name"),
        ("git://github.com/owner/name.git", "https://github.com/owner/name"),
        ("git+ssh://git@github.com/owner/name.git", "https://github.com/owner/name"),
        ("https://github.com/owner/name.git#main", "https://github.com/owner/name"),
    ],
)
def test_repository_addresses_are_those_that_people_open(
    tmp_path: Path, written: str, url: str
) -> None:
    link = _snapshot(tmp_path, {"name": "a", "repository": written}).first("link")
    assert link is not None
    assert (link.value, link.detail) == (url, {"rel": "repository"})


def test_no_address_and_no_unnamed_person_is_given_away(tmp_path: Path) -> None:
    people = ["a@b.example", {"email": "a@b.example"}, "Ann (https://ann.example) <a@b.example>"]
    snapshot = _snapshot(tmp_path, {"name": "a", "contributors": people})
    assert "@b.example" not in str(snapshot.facts)


def test_members_of_a_workspace() -> None:
    workspace = Workspace("", ["packages/*", "apps/**", "!packages/private", "tools/{a,b}"])
    members = ["packages/a", "apps/x/y", "tools/b"]
    others = ["packages/a/b", "packages/private", "tools/c", "packages", ""]
    assert [f for f in [*members, *others] if workspace.has(f)] == members


def test_lines_of_keys_are_exact() -> None:
    text = '{\n"a": {"scripts": 1},\n"scripts": {\n"x": [\n{"n": 1},\n"s"\n]}}'
    lines = key_lines(text)
    assert lines["a", "scripts"] == 2
    assert lines["scripts",] == 3
    assert lines["scripts", "x", "0", "n"] == 5
    assert lines["scripts", "x", "1"] == 6


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip
_KEYS = st.sampled_from(
    "name version description bin scripts dependencies peerDependenciesMeta engines author "
    "contributors repository homepage bugs funding workspaces exports main license licenses "
    "packageManager publishConfig contributes keywords directories oclif private".split()
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(manifest=st.dictionaries(_KEYS, _JSON, max_size=8) | _JSON)
def test_odd_manifests_never_raise(tmp_path: Path, manifest: Any) -> None:
    _snapshot(tmp_path, manifest)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(alphabet='{}[]",:/*\\\n ab', max_size=60))
def test_broken_manifests_are_a_problem_and_no_more(tmp_path: Path, text: str) -> None:
    key_lines(text)
    _snapshot(tmp_path, text, **{"deno.json": text, "pnpm-workspace.yaml": text})
