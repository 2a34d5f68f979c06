"""Python manifests: golden fixtures, tricky cases, and arbitrary input."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from moxi_analyzer import analyze
from moxi_core.records import FactKind, RepoSnapshot

KINDS = [
    "package",
    "description",
    "about",
    "version",
    "bin",
    "requirement",
    "dependency",
    "extra",
    "script",
    "person",
    "link",
    "keyword",
    "doc_page",
]


@pytest.mark.parametrize("fixture", ["python_pep621", "python_poetry", "python_setup"])
def test_manifest(fixture: str, golden_facts: Callable[..., RepoSnapshot]) -> None:
    golden_facts(fixture, KINDS)


@pytest.mark.parametrize("fixture", ["conda", "notebooks"])
def test_folder_of_scripts(fixture: str, golden_facts: Callable[..., RepoSnapshot]) -> None:
    golden_facts(fixture, [*KINDS, "task", "option"])


def read(folder: Path, files: dict[str, str]) -> RepoSnapshot:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return analyze(folder)


def values(snapshot: RepoSnapshot, kind: FactKind) -> list[str]:
    return [fact.value for fact in snapshot.of(kind)]


def test_an_application_with_requirements_only_is_no_package(tmp_path: Path) -> None:
    snapshot = read(tmp_path, {"requirements.txt": "flask>=3\n", "app.py": "import flask\n"})
    assert values(snapshot, "package") == []
    assert values(snapshot, "dependency") == ["flask"]


@pytest.mark.parametrize(
    ("extra", "registry", "private"),
    [
        ('classifiers = ["Private :: Do Not Upload"]\n', None, "true"),
        ('classifiers = ["Topic :: Utilities"]\n', "pypi", None),
        ("", None, None),
        ('readme = "README.md"\n[tool.uv]\npackage = false\n', None, "true"),
    ],
)
def test_registry_needs_evidence(
    tmp_path: Path, extra: str, registry: str | None, private: str | None
) -> None:
    text = f'[build-system]\nrequires = []\n[project]\nname = "whelk"\n{extra}'
    package = read(tmp_path, {"pyproject.toml": text}).first("package")
    assert package is not None
    assert package.detail.get("registry") == registry
    assert package.detail.get("private") == private


@pytest.mark.parametrize(
    ("tool", "files", "place"),
    [
        (
            '[tool.setuptools.dynamic]\nversion = { attr = "whelk.__version__" }\n',
            {"whelk/__init__.py": '"""Doc."""\n__version__ = "1.5"\n'},
            "whelk/__init__.py:2",
        ),
        (
            '[tool.setuptools.dynamic]\nversion = { attr = "whelk.__version__" }\n',
            {
                "whelk/__init__.py": "from ._version import __version__\n",
                "whelk/_version.py": '__version__ = "1.5"\n',
            },
            "whelk/_version.py:1",
        ),
        (
            '[tool.setuptools.dynamic]\nversion = { file = ["VERSION"] }\n',
            {"VERSION": "1.5\n"},
            "VERSION:1",
        ),
        (
            '[tool.pdm.version]\nsource = "file"\npath = "src/whelk/about.py"\n',
            {"src/whelk/about.py": 'VERSION: str = "1.5"\n'},
            "src/whelk/about.py:1",
        ),
        (
            '[build-system]\nbuild-backend = "flit_core.buildapi"\n',
            {"whelk.py": '"""Doc."""\n\n__version__ = "1.5"\n'},
            "whelk.py:3",
        ),
    ],
)
def test_dynamic_version_is_followed_to_a_literal(
    tmp_path: Path, tool: str, files: dict[str, str], place: str
) -> None:
    text = f'[project]\nname = "whelk"\ndynamic = ["version"]\n{tool}'
    version = read(tmp_path, {"pyproject.toml": text, **files}).first("version")
    assert version is not None
    assert (version.value, str(version.evidence)) == ("1.5", place)


def test_computed_version_is_left_out(tmp_path: Path) -> None:
    text = '[project]\nname = "whelk"\ndynamic = ["version"]\n[tool.setuptools_scm]\n'
    files = {"pyproject.toml": text, "whelk/__init__.py": "__version__ = get()\n"}
    assert values(read(tmp_path, files), "version") == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ('license = "MIT OR Apache-2.0"', ["MIT OR Apache-2.0"]),
        ('license = { text = "MIT License" }', ["MIT"]),
        ('license = { file = "LICENSE" }', []),
        ('license = "see the file"', []),
        (
            'classifiers = ["License :: OSI Approved :: ISC License (ISCL)"]',
            ["ISC"],
        ),
        (
            'classifiers = ["License :: OSI Approved :: MIT License", '
            '"License :: OSI Approved :: The Unlicense (Unlicense)"]',
            [],
        ),
    ],
)
def test_license_only_when_certain(tmp_path: Path, fields: str, expected: list[str]) -> None:
    snapshot = read(tmp_path, {"pyproject.toml": f'[project]\nname = "whelk"\n{fields}\n'})
    assert values(snapshot, "license") == expected


@pytest.mark.parametrize(
    ("name", "tool", "files", "expected"),
    [
        ("python-whelk", "", ["src/whelk/__init__.py"], "whelk"),
        ("whelk.shell", "", ["src/whelk/shell/__init__.py"], "whelk.shell"),
        ("mollusc", "", ["whelk/__init__.py", "tests/__init__.py"], "whelk"),
        ("mollusc", "", ["whelk/__init__.py", "limpet/__init__.py"], None),
        ("whelk", "", ["whelk.py"], "whelk"),
        ("w", '[tool.maturin]\nmodule-name = "whelk._core"\n', ["whelk/__init__.py"], "whelk"),
    ],
)
def test_import_name_comes_from_the_tree(
    tmp_path: Path, name: str, tool: str, files: list[str], expected: str | None
) -> None:
    text = f'[project]\nname = "{name}"\nversion = "1"\n{tool}'
    package = read(tmp_path, {"pyproject.toml": text, **dict.fromkeys(files, "x = 1\n")}).first(
        "package"
    )
    assert package is not None
    assert package.detail.get("import") == expected


@pytest.mark.parametrize(
    ("doc", "expected"),
    [
        ("Whelk keeps track of every whelk in the bay, day and night.", 1),
        ("Copyright 2020 Somebody, who keeps track of every whelk in the bay.", 0),
        ("Whelk!", 0),
        ("keeps = track({of: every}, whelk[in], the_bay) -> day.", 0),
    ],
)
def test_about_is_prose(tmp_path: Path, doc: str, expected: int) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "whelk"\n',
        "whelk/__init__.py": f'"""{doc}"""\n',
    }
    assert len(values(read(tmp_path, files), "about")) == expected


@pytest.mark.parametrize(
    "setup",
    [
        'setup(name="whelk", entry_points="""\n[console_scripts]\nwhelk = whelk.app:run\n""")',
        'setup(name="whelk", entry_points={"console_scripts": ("whelk=whelk.app:run",)})',
        'print "Python 2"\nsetup(name="whelk", entry_points={"console_scripts": SCRIPTS})\n',
        'config = {"name": "whelk", "entry_points": {"console_scripts": SCRIPTS}}\nsetup(**config)',
        "def main():\n    scripts = SCRIPTS\n"
        '    setup(name="whelk", entry_points=dict(), **{"scripts": ["bin/whelk"]})\n',
    ],
)
def test_entry_points_of_setup_py(tmp_path: Path, setup: str) -> None:
    text = f'from setuptools import setup\nSCRIPTS = ["whelk = whelk.app:run"]\n{setup}\n'
    assert values(read(tmp_path, {"setup.py": text}), "bin") == ["whelk"]


def test_extras_added_key_by_key(tmp_path: Path) -> None:
    text = (
        "from setuptools import setup\nextras = {}\n"
        'extras["test"] = ["pytest>=8"]\nextras["all"] = extras["test"] + ["rich"]\n'
        'setup(name="whelk", extras_require=extras)\n'
    )
    found = {f.value: f.detail["packages"] for f in read(tmp_path, {"setup.py": text}).of("extra")}
    assert found == {"test": "pytest", "all": "pytest, rich"}


def test_broken_manifests_are_recorded(tmp_path: Path) -> None:
    snapshot = read(tmp_path, {"pyproject.toml": "[project", "setup.cfg": "no section\n"})
    assert {problem.path for problem in snapshot.problems} == {"pyproject.toml", "setup.cfg"}


def test_compiled_requirements_give_way_to_their_source(tmp_path: Path) -> None:
    compiled = "# This file is autogenerated by pip-compile\nflask==3.0\njinja2==3.1\n"
    files = {"requirements.txt": compiled, "requirements.in": "flask\n"}
    assert values(read(tmp_path, files), "dependency") == ["flask"]


def test_workspace_members_have_scopes_and_the_lock_of_the_root(tmp_path: Path) -> None:
    member = '[project]\nname = "{0}"\nversion = "1"\n[build-system]\nrequires = []\n'
    snapshot = read(
        tmp_path,
        {
            "pyproject.toml": '[tool.uv.workspace]\nmembers = ["packages/*"]\n',
            "uv.lock": "",
            "packages/whelk/pyproject.toml": member.format("whelk"),
            "packages/limpet/pyproject.toml": member.format("limpet"),
        },
    )
    found = {(f.value, f.scope, f.detail["manager"]) for f in snapshot.of("package")}
    assert found == {("whelk", "packages/whelk", "uv"), ("limpet", "packages/limpet", "uv")}


def test_a_compiled_module_is_what_is_imported(tmp_path: Path) -> None:
    setup = 'from setuptools import setup, Extension\nsetup(name="tide", ext_modules=[Extension("tide", ["tide.pyx"])])\n'
    for name, text in {"setup.py": setup, "tide.pyx": "", "timing.py": ""}.items():
        (tmp_path / name).write_text(text, "utf-8")
    package = analyze(tmp_path).first("package")
    assert package is not None and package.detail["import"] == "tide"
