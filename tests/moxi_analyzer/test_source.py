"""Sources: directories, git objects and URLs, whole and broken, of any shape."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
from pathlib import Path

import pytest

from moxi_analyzer import analyze
from moxi_analyzer.opening import open_source
from moxi_analyzer.source import MAX_FILE_BYTES, is_url, without_password
from moxi_core.errors import SourceError
from moxi_core.records import RepoSnapshot, to_json


def git(folder: Path, *arguments: str) -> str:
    """Run git in `folder` as a person of no particular name."""
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", "-C", str(folder), *identity, *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_ALLOW_PROTOCOL": "file"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small Python project, committed."""
    root = tmp_path / "demo"
    (root / "src").mkdir(parents=True)
    (root / "pyproject.toml").write_text(
        '[project]\nname = "demo"\ndescription = "Counts the words of a text."\nversion = "1.2.0"\n'
    )
    (root / "src" / "demo.py").write_text(
        '"""Counts words."""\n\ndef count(text: str) -> int: ...\n'
    )
    git(root, "init", "-q", "-b", "trunk")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "first")
    return root


def paths(snapshot: RepoSnapshot) -> set[str]:
    return {entry.path for entry in snapshot.files}


def test_directory_with_git(project: Path) -> None:
    (project / "new.py").write_text("x = 1\n")
    (project / ".gitignore").write_text("*.log\n")
    (project / "big.log").write_text("noise\n")
    git(project, "remote", "add", "origin", "https://user:secret@example.org/a/demo.git")
    snapshot = analyze(project)
    assert paths(snapshot) == {".gitignore", "new.py", "pyproject.toml", "src/demo.py"}
    assert snapshot.default_branch == "trunk"
    assert snapshot.commit == git(project, "rev-parse", "HEAD")
    assert snapshot.url == "https://example.org/a/demo.git"


def test_directory_without_git_honours_ignore_files(tmp_path: Path) -> None:
    root = tmp_path / "plain"
    (root / "deep" / "er").mkdir(parents=True)
    (root / "node_modules" / "x").mkdir(parents=True)
    (root / ".gitignore").write_text("*.tmp\n/top.txt\n")
    (root / "deep" / ".gitignore").write_text("er/\n")
    for name in ("a.py", "b.tmp", "top.txt", "deep/c.py", "deep/er/d.py", "node_modules/x/e.js"):
        (root / name).write_text("x\n")
    assert paths(analyze(root)) == {".gitignore", "a.py", "deep/.gitignore", "deep/c.py"}


def test_bare_repository_equals_its_work_tree(project: Path, tmp_path: Path) -> None:
    bare = tmp_path / "demo.git"
    git(tmp_path, "clone", "-q", "--bare", str(project), str(bare))
    one, two = analyze(project), analyze(bare)
    assert paths(one) == paths(two)
    assert [f.value for f in one.facts] == [f.value for f in two.facts]
    assert two.name == "demo"


def test_url_is_cloned_without_a_checkout(project: Path) -> None:
    git(project, "config", "uploadpack.allowFilter", "true")
    git(project, "config", "uploadpack.allowAnySHA1InWant", "true")
    snapshot = analyze(f"file://{project}")
    assert paths(snapshot) == {"pyproject.toml", "src/demo.py"}
    assert next(snapshot.of("package")).value == "demo"


def test_detached_head_and_shallow_clone(project: Path, tmp_path: Path) -> None:
    git(project, "commit", "-q", "--allow-empty", "-m", "second")
    git(project, "checkout", "-q", "--detach", "HEAD")
    assert analyze(project).commit
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{project}", str(shallow))
    assert paths(analyze(shallow)) == {"pyproject.toml", "src/demo.py"}


def test_partial_clone_with_missing_blobs_reads_what_is_there(
    project: Path, tmp_path: Path
) -> None:
    git(project, "config", "uploadpack.allowFilter", "true")
    partial = tmp_path / "partial.git"
    url = f"file://{project}"
    git(tmp_path, "clone", "-q", "--bare", "--filter=blob:none", url, str(partial))
    project.rename(tmp_path / "gone")
    snapshot = analyze(partial)
    assert paths(snapshot) == {"pyproject.toml", "src/demo.py"}
    assert snapshot.files_read == ()
    assert snapshot.facts == ()


def test_links_are_never_followed(project: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.toml"
    secret.write_text('[project]\nname = "stolen"\n')
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "package.json").write_text('{"name": "stolen"}')
    (project / "setup.cfg").symlink_to(secret)
    (project / "dangling.py").symlink_to("nowhere")
    (project / "loop").symlink_to("loop")
    (project / "web").symlink_to(outside)
    for git_folder in (True, False):
        if not git_folder:
            (project / ".git").rename(tmp_path / "git-away")
        snapshot = analyze(project)
        assert paths(snapshot) == {"pyproject.toml", "src/demo.py"}
        assert "stolen" not in to_json(snapshot)


def test_folder_replaced_by_a_link_after_commit(project: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "demo.py").write_text("SECRET = 1\n")
    (project / "src" / "demo.py").unlink()
    (project / "src").rmdir()
    (project / "src").symlink_to(outside)
    assert paths(analyze(project)) == {"pyproject.toml"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs on this system")
def test_fifo_and_socket_do_not_hang(project: Path) -> None:
    os.mkfifo(project / "pipe.py")
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(project / "s.py"))
    try:
        assert paths(analyze(project)) == {"pyproject.toml", "src/demo.py"}
    finally:
        server.close()


def test_odd_names_are_left_out_or_kept_whole(tmp_path: Path) -> None:
    root = tmp_path / "odd"
    root.mkdir()
    (root / "good.py").write_text("x = 1\n")
    (root / "new\nline.py").write_text("x = 1\n")
    (root / "ünïcode name.py").write_text("x = 1\n")
    with contextlib.suppress(OSError):  # some file systems refuse such names
        Path(os.fsdecode(os.fsencode(root) + b"/bad\xff.py")).write_text("x = 1\n")
    found = paths(analyze(root))
    assert {"good.py", "ünïcode name.py"} <= found
    assert not any("\udcff" in path for path in found)


def test_huge_binary_and_unreadable_files(project: Path) -> None:
    with (project / "huge.py").open("wb") as file:
        file.truncate(1_000_000_000)
    (project / "data.py").write_bytes(b"\0\1\2" * 1000)
    (project / "long.py").write_bytes(b"x" * (MAX_FILE_BYTES + 1))
    (project / "latin.py").write_bytes("print('é')\n".encode("latin-1"))
    locked = project / "locked.toml"
    locked.write_text("x = 1\n")
    locked.chmod(0)
    snapshot = analyze(project)
    assert next(snapshot.of("package")).value == "demo"
    assert not {"huge.py", "data.py", "long.py"} & set(snapshot.files_read)


def test_repository_configuration_runs_nothing(project: Path, tmp_path: Path) -> None:
    trap = tmp_path / "trapped"
    hook = tmp_path / "trap.sh"
    hook.write_text(f"#!/bin/sh\ntouch {trap}\n")
    hook.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "core.sshCommand", "diff.external"):
        git(project, "config", key, str(hook))
    (project / ".git" / "hooks" / "post-index-change").write_text(hook.read_text())
    analyze(project)
    assert not trap.exists()


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda root: root / "missing", "No such directory"),
        (lambda root: root / "file.txt", "Not a directory"),
        (lambda root: root / "empty", "holds no files"),
        (lambda root: "bad\0name", "No such directory"),
        (lambda root: f"file://{root}/nothing-here", "Cannot clone"),
        (lambda root: "http://example.org/a/b.git", "not encrypted"),
        (lambda root: "git://example.org/a/b.git", "not encrypted"),
    ],
)
def test_nothing_to_read_is_one_sentence(tmp_path: Path, make: object, told: str) -> None:
    (tmp_path / "file.txt").write_text("x")
    (tmp_path / "empty").mkdir()
    assert callable(make)
    with pytest.raises(SourceError, match=told) as caught:
        analyze(make(tmp_path))
    assert "\n" not in str(caught.value)


def test_bare_repository_without_a_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", str(tmp_path / "new.git"))
    with pytest.raises(SourceError, match="no commit"):
        analyze(tmp_path / "new.git")


def test_work_tree_without_a_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", str(tmp_path / "new"))
    (tmp_path / "new" / "a.py").write_text("x = 1\n")
    snapshot = analyze(tmp_path / "new")
    assert paths(snapshot) == {"a.py"}
    assert snapshot.commit == ""


def test_include_and_exclude(project: Path) -> None:
    assert paths(analyze(project, include=["src/"])) == {"src/demo.py"}
    assert paths(analyze(project, exclude=["*.py"])) == {"pyproject.toml"}


def test_only_listed_paths_are_read(project: Path) -> None:
    with open_source(str(project)) as tree:
        tree.list()
        assert tree.read("pyproject.toml")
        assert tree.read("../secret.toml") is None
        assert tree.read(".git/config") is None


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("https://github.com/a/b", True),
        ("git@github.com:a/b.git", True),
        ("./a", False),
        ("C:\\work\\repo", False),
        ("a:b", False),
        ("/work/a", False),
    ],
)
def test_what_counts_as_url(target: str, expected: bool) -> None:
    assert is_url(target) is expected


def test_passwords_are_not_shown() -> None:
    assert without_password("https://u:p@host/a.git") == "https://host/a.git"
    assert without_password("git@host:a/b.git") == "git@host:a/b.git"


@pytest.mark.parametrize(
    ("rules", "inner", "seen"),
    [
        ("*\n!app\n!app/**/*\n!.github\n!.gitignore\n", "", {"app/core/run.py", "app/main.py"}),
        (".*\nmain.py\n", "!main.py\n", {"app/core/run.py", "app/main.py"}),
        ("app/\n", "!main.py\n", set()),
        ("*\n!app/\n", "", set()),  # the folder itself is taken, nothing in it is
    ],
)
def test_the_last_and_nearest_pattern_decides(
    tmp_path: Path, rules: str, inner: str, seen: set[str]
) -> None:
    files = {
        ".gitignore": rules, "app/.gitignore": inner, "app/main.py": "", "app/core/run.py": "",
        ".github/workflows/test.yml": "name: test\non: push\njobs: {a: {runs-on: any, steps: [{run: pytest}]}}\n",
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    found = analyze(tmp_path)
    assert {p for p in (entry.path for entry in found.files) if p.endswith(".py")} == seen
    assert [fact.value for fact in found.of("workflow")] == ["test"]  # whatever the rules say
