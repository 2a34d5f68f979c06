"""A repository brought in part and as a whole: the same key files."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from moxi_analyzer.collected import open_collected
from moxi_analyzer.facts import open_repository, snapshot_of
from moxi_analyzer.repository import Repository
from moxi_core.records import RepoSnapshot
from tests.conftest import FIXTURES
from tests.moxi_analyzer import served as make

LOCAL = ("file",)
SOME = (
    "argparse", "cac", "cargo", "clap_derive", "click", "cmake", "cobra", "dart_workspace",
    "dotnet_cli", "elixir", "go_flag", "gradle", "laravel", "maven", "npm_workspace", "oclif",
    "python_poetry", "python_setup", "ruby_optparse", "shell", "swift", "symfony_console",
    "urfave_cli", "web_service",
)  # fmt: skip


def both(repo: Path) -> tuple[RepoSnapshot, RepoSnapshot]:
    """Snapshots of a part and of the whole."""
    with (
        open_collected(f"file://{repo}", protocols=LOCAL) as (_, part),
        open_repository(repo) as (_, whole),
    ):
        return part, whole


def files_of(name: str) -> dict[str, bytes]:
    return {"README.md": b"# It\n"} | make.files_of(FIXTURES / name)


@pytest.mark.parametrize("name", SOME)
def test_part_and_whole_give_the_same_key_files(tmp_path: Path, name: str) -> None:
    part, whole = both(make.served(tmp_path / "demo.git", files_of(name)))
    assert part.key_files == whole.key_files
    assert part.key_files
    assert [f.path for f in part.files] == [f.path for f in whole.files]
    assert set(part.files_read) <= set(whole.files_read)


def test_all_fixtures_in_one_repository(tmp_path: Path) -> None:
    names = sorted(path.name for path in FIXTURES.iterdir() if path.is_dir())
    files = {
        f"packages/{name}/{path}": content
        for name in names
        for path, content in make.files_of(FIXTURES / name).items()
    }
    part, whole = both(make.served(tmp_path / "demo.git", files))
    assert part.key_files == whole.key_files
    assert len(part.files_read) < len(whole.files_read) / 2


DEMO = {
    "README.md": b"# Demo\n",
    "pyproject.toml": b'[project]\nname = "demo"\nversion = "1"\n[project.scripts]\ndemo = "demo.main:run"\n',
    ".gitignore": b"config/local.ini\n",
    "config/app.ini": b"[x]\n",
    "demo/__init__.py": b"from demo.words import count\n",
    "demo/main.py": b"from demo.parser import made\n\n\ndef run(): made().parse_args()\n",
    "demo/parser.py": b"import argparse\n\n\ndef made():\n    parser = argparse.ArgumentParser('demo')\n"
    b"    parser.add_argument('--color', help='x')\n    return parser\n",
    "demo/words.py": b"def count(text): ...\n",
}


def test_a_part_says_what_was_read(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
        repo = make.served(Path(folder) / "x.git", DEMO | {"logo.png": b"1", "dist/x.js": b"x"})
        with open_collected(f"file://{repo}", protocols=LOCAL) as (one, snapshot):
            assert isinstance(one, Repository)
            assert one.unread == {"dist/x.js", "config/app.ini"}
            assert one.text("config/app.ini") is None
            assert not {"config/app.ini", "dist/x.js"} & set(snapshot.files_read)
            assert snapshot.problems == ()
            assert snapshot.languages == {"Python": 4}
            assert snapshot_of(one).key_files == snapshot.key_files


def test_programs_that_unread_files_tell_of_change_no_order(tmp_path: Path) -> None:
    project = b'<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup></PropertyGroup></Project>\n'
    repo = make.served(
        tmp_path / "demo.git",
        {f"src/{name}/{name}.csproj": project for name in ("Aa", "Bb", "Tool")}
        | {f"src/{name}/Program.cs": b"class Program {}\n" for name in ("Aa", "Bb", "Tool")}
        | {"src/Tool/Directory.Build.props": project.replace(
            b"><P", b"><PropertyGroup><OutputType>Exe</OutputType></PropertyGroup><P", 1
        )},
    )  # fmt: skip
    part, whole = both(repo)
    assert [fact.detail["target"] for fact in whole.of("bin")] == ["src/Tool/Tool.csproj"]
    assert list(part.of("bin")) == []
    assert part.key_files == whole.key_files
