"""Clones of strangers: what is brought, what is refused, and what is left behind (nothing)."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from moxi_analyzer import git as analyzer_git
from moxi_analyzer.clone import open_clone, remote_head
from moxi_analyzer.collected import open_collected
from moxi_analyzer.facts import open_repository
from moxi_analyzer.opening import open_source
from moxi_analyzer.source import GitTree
from moxi_analyzer.walk import is_nameable
from moxi_core.errors import (
    SourceError,
    SourceGoneError,
    SourceTimeoutError,
    SourceTooLargeError,
    SourceUnreachableError,
)
from moxi_core.records import RepoSnapshot, to_json
from tests.moxi_analyzer import served as make

LOCAL = ("file", "git", "http")
FILES = {
    "README.md": b"# Demo\n\nCounts words.\n",
    "pyproject.toml": b'[project]\nname = "demo"\nversion = "1.2.0"\n',
    "src/demo.py": b'"""Counts words."""\n\n\ndef count(text: str) -> int: ...\n',
}


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where clones lie; after each test it is empty, and nothing else was written."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert not list(folder.iterdir())
    assert not (tmp_path / "trapped").exists()


def collected(url: str | Path, timeout_s: float = 60.0) -> RepoSnapshot:
    address = f"file://{url}" if isinstance(url, Path) else url
    with open_collected(address, timeout_s=timeout_s, protocols=LOCAL) as (_, snapshot):
        return snapshot


def paths(snapshot: RepoSnapshot) -> set[str]:
    return {entry.path for entry in snapshot.files}


def test_only_what_is_asked_for_is_brought(tmp_path: Path) -> None:
    repo = make.served(tmp_path / "demo.git", FILES, {"data/words.sql": bytes(200_000_000)})
    with open_clone(f"file://{repo}", protocols=LOCAL) as tree:
        assert [path for path, _ in tree.list()] == sorted([*FILES, "data/words.sql"])
        assert tree.lacking() == {*FILES, "data/words.sql"}
        assert tree.read("README.md") is None
        before = tree.received_bytes
        tree.bring(["README.md", "src/demo.py", "no/such.file"])
        sizes = dict(tree.list())
        assert tree.lacking() == {"pyproject.toml", "data/words.sql"}
        assert tree.read("README.md") == FILES["README.md"]
        assert sizes["README.md"] == len(FILES["README.md"])
        assert tree.read("pyproject.toml") is None
        assert 0 < before < tree.received_bytes < 10_000
        assert (tree.name, tree.default_branch) == ("demo", "trunk")
    snapshot = collected(repo)
    assert set(snapshot.files_read) == {"pyproject.toml", "src/demo.py"}
    assert [f.path for f in snapshot.key_files] == ["pyproject.toml", "src/demo.py"]


def test_whole_url_equals_its_repository(tmp_path: Path) -> None:
    repo = make.served(tmp_path / "demo.git", FILES | {"logo.png": b"x" * 99})
    with open_repository(f"file://{repo}") as (one, far), open_repository(repo) as (_, near):
        assert not one.unread
        assert far.facts == near.facts
        assert far.key_files == near.key_files
        assert far.problems == ()


def test_a_key_file_too_large_to_fetch_is_left_out_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = random.Random(1).randbytes(60_000_000)  # noqa: S311
    more = FILES | {"cli.py": b"x = 1\n"}
    repo = make.served(tmp_path / "demo.git", more, {"main.py": noise})
    monkeypatch.setattr(analyzer_git, "_LOOK_EVERY_S", 0.01)
    with open_collected(f"file://{repo}", protocols=LOCAL) as (one, snapshot):
        assert one.has("main.py")
        assert "main.py" in one.unread
        assert one.received_bytes < 50_000_000
        keys = snapshot.key_files
    with open_repository(repo) as (_, near):
        assert keys == near.key_files
        assert {f.path for f in keys} == {"pyproject.toml", "cli.py", "src/demo.py"}


def test_a_limit_of_bytes(tmp_path: Path) -> None:
    many = {f"{n:05}{'x' * 200}.py": b"x\n" for n in range(9_000)}
    repo = make.served(tmp_path / "demo.git", many)
    with (
        pytest.raises(SourceTooLargeError, match="larger than 1,000 bytes"),
        open_collected(f"file://{repo}", protocols=LOCAL, max_bytes=1_000),
    ):
        pass
    with open_collected(f"file://{repo}", protocols=LOCAL) as (one, _):
        assert 1_000 < one.received_bytes < 5_000_000


def test_known_as_is_what_is_told(tmp_path: Path) -> None:
    repo = make.served(tmp_path / "mirror" / "repo", FILES)
    known = "https://me:secret@example.org/a/words"
    with open_collected(f"file://{repo}", protocols=LOCAL, known_as=known) as (one, snapshot):
        assert (one.name, snapshot.url) == ("words", "https://example.org/a/words")


# What a server calls HEAD


def test_remote_head(tmp_path: Path) -> None:
    repo = make.served(tmp_path / "demo.git", FILES)
    head = make.git(repo, "rev-parse", "HEAD")
    assert remote_head(f"file://{repo}", protocols=LOCAL) == (head, "trunk")
    make.git(repo, "update-ref", "--no-deref", "HEAD", head)
    (repo / "HEAD").write_text(f"{head}\n")
    assert remote_head(f"file://{repo}", protocols=LOCAL) == (head, "")


@pytest.mark.parametrize("ask", [remote_head, open_collected])
def test_repositories_without_a_head(tmp_path: Path, ask: Callable[..., Any]) -> None:
    bare = make.empty(tmp_path / "empty.git")
    lost = make.served(tmp_path / "lost.git", FILES)
    (lost / "HEAD").write_text("ref: refs/heads/nowhere\n")
    tags = make.served(tmp_path / "tags.git", FILES)
    make.git(tags, "tag", "v1", "trunk")
    make.git(tags, "update-ref", "-d", "refs/heads/trunk")
    for repo in (bare, lost, tags):
        with pytest.raises(SourceError, match="no commit"):
            opened(ask, f"file://{repo}", protocols=LOCAL)


def opened(ask: Callable[..., Any], url: str, **more: Any) -> None:
    """Ask, and go through what it opens, if it does."""
    found = ask(url, **more)
    if hasattr(found, "__enter__"):
        with found:
            pass


# Addresses


@pytest.mark.parametrize(
    "url",
    [
        "ext::sh -c touch% {trap}",
        "ext::touch {trap}",
        "fd::7",
        "file://{repo}",
        "file:{repo}",
        "{repo}",
        "https::file://{repo}",
        "git://127.0.0.1/{repo}",
        "http://127.0.0.1/a/b",
        "ssh://-oProxyCommand=touch%20{trap}/x",
        "git@host:a/b",
        "--upload-pack=touch {trap}",
        "-uhttps://example.org",
        "https://",
        "https:///a/b",
        "https://[::1/x",
        "https://example.org/a b",
        "https://example.org/a\nb",
        "https://example.org/\x1b[2J",
        "",
    ],
)
def test_addresses_that_a_stranger_may_not_give(tmp_path: Path, url: str) -> None:
    repo = make.served(tmp_path / "demo.git", FILES)
    url = url.format(trap=tmp_path / "trapped", repo=repo)
    for ask in (remote_head, open_collected, open_clone):
        with pytest.raises(SourceError) as caught:
            opened(ask, url)
        assert "\n" not in str(caught.value)
        assert "\x1b" not in str(caught.value)


def test_passwords_in_addresses_are_nowhere(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    make.served(tmp_path / "demo.git", FILES)
    with make.http(tmp_path) as base:
        url = base.replace("http://", "http://me:hunter2x@") + "/demo.git"
        snapshot = collected(url)
        assert snapshot.url == f"{base}/demo.git"
        assert snapshot.commit == remote_head(url, protocols=LOCAL)[0]
        with pytest.raises(SourceGoneError) as caught:
            collected(url.replace("demo", "gone"))
    assert set(snapshot.files_read) == {"pyproject.toml", "src/demo.py"}
    told = to_json(snapshot) + str(caught.value) + repr(caught.value.__cause__)
    assert "hunter2x" not in told + "".join(capfd.readouterr())


# Servers


@pytest.mark.parametrize("status", [401, 403, 404, 410, 451])
def test_gone_or_private(tmp_path: Path, status: int) -> None:
    with make.http(tmp_path, status) as base:
        for ask in (remote_head, open_collected):
            with pytest.raises(SourceGoneError, match="does not exist, or is not public"):
                opened(ask, f"{base}/a/b", protocols=LOCAL)
    with pytest.raises(SourceGoneError):
        collected(tmp_path / "nothing-here")


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_servers_out_of_order(tmp_path: Path, status: int) -> None:
    with make.http(tmp_path, status) as base:
        for ask in (remote_head, open_collected):
            with pytest.raises(SourceUnreachableError):
                opened(ask, f"{base}/a/b", protocols=LOCAL)


def test_no_server_and_no_git(tmp_path: Path) -> None:
    with make.listening(make.stall) as port:
        pass
    for ask in (remote_head, open_collected):
        with pytest.raises(SourceUnreachableError) as caught:
            opened(ask, f"git://127.0.0.1:{port}/a/b", protocols=LOCAL)
        assert not isinstance(caught.value, SourceTimeoutError)
    with make.http(tmp_path, 200, Content_Type="text/html") as base, pytest.raises(SourceError):
        collected(f"{base}/a/b")


def test_redirects_lead_to_no_other_protocol(tmp_path: Path) -> None:
    repo = make.served(tmp_path / "demo.git", FILES)
    with make.http(tmp_path, 302, Location=f"file://{repo}") as base, pytest.raises(SourceError):
        collected(f"{base}/a/b")


@pytest.mark.parametrize("answer", [make.stall, make.dribble])
def test_slow_servers_take_no_longer_than_allowed(answer: Callable[..., None]) -> None:
    with make.listening(answer) as port:
        for ask in (remote_head, open_collected):
            start = time.monotonic()
            with pytest.raises(SourceTimeoutError, match="longer than"):
                opened(ask, f"git://127.0.0.1:{port}/a/b", protocols=LOCAL, timeout_s=0.8)
            assert time.monotonic() - start < 5


def test_time_is_for_all_that_is_fetched(tmp_path: Path) -> None:
    repo = make.served(tmp_path / "demo.git", FILES)
    with open_clone(f"file://{repo}", protocols=LOCAL, timeout_s=2.0) as tree:
        time.sleep(2.1)
        with pytest.raises(SourceTimeoutError):
            tree.bring(["README.md"])


def test_servers_that_break_off(tmp_path: Path) -> None:
    repo = make.served(tmp_path / "demo.git", FILES)
    for answer in (make.break_off, make.pack_half(repo)):
        with make.listening(answer) as port, pytest.raises(SourceUnreachableError) as caught:
            collected(f"git://127.0.0.1:{port}/a/b")
        assert not isinstance(caught.value, SourceTimeoutError)


# Forged repositories


@pytest.mark.parametrize(
    "name",
    [b"..", b".", b".git", b".GIT", b"a\nb.py", b"/etc/passwd", b"../x.py", b"a/../../x.py", b"a//b",
     b"C:\\x.py", b"\\\\host\\x.py", b"..\\x.py", b"bad\xff.py", b"\x1b[2J.py", b"", b".g\xe2\x80\x8cit"],
)  # fmt: skip
def test_forged_names(tmp_path: Path, name: bytes) -> None:
    repo = make.empty(tmp_path / "demo.git")
    text = make.blob(repo, b"# Stolen\n")
    folder = make.forged_tree(repo, [("100644", b"x.py", text)])
    for mode, oid in (("100644", text), ("40000", folder)):
        entries = [("100644", b"README.md", text), (mode, name, oid)]
        make.commit(repo, make.forged_tree(repo, sorted(entries, key=lambda entry: entry[1])))
        for target in (f"file://{repo}", str(repo)):
            try:
                opening = (
                    open_collected(target, protocols=LOCAL) if "://" in target
                    else open_repository(target)
                )  # fmt: skip
                with opening as (one, _):
                    harmless(one.files)
            except SourceError as error:
                assert "\n" not in str(error)
    assert not (tmp_path / "x.py").exists()


def harmless(names: object) -> None:
    assert isinstance(names, dict)
    for name in names:
        assert is_nameable(name)
        assert not {"", ".", "..", ".git"}.intersection(name.split("/"))


def test_submodules_and_links_are_not_followed(tmp_path: Path) -> None:
    repo = make.empty(tmp_path / "demo.git")
    secret = tmp_path / "secret.toml"
    secret.write_text('[project]\nname = "stolen"\n')
    trap = tmp_path / "trapped"
    modules = f'[submodule "x"]\n\tpath = -u\n\turl = --upload-pack=touch {trap}\n'
    tree = make.forged_tree(repo, [
        ("100644", b".gitmodules", make.blob(repo, modules.encode())),
        ("100644", b"README.md", make.blob(repo, FILES["README.md"])),
        ("160000", b"evil", "1" * 40),
        ("120000", b"outside", make.blob(repo, b"../..")),
        ("120000", b"pyproject.toml", make.blob(repo, str(secret).encode())),
        ("100644", b"x.py", make.blob(repo, b"x = 1\n")),
    ])  # fmt: skip
    make.commit(repo, tree)
    with open_collected(f"file://{repo}", protocols=LOCAL) as (one, snapshot):
        assert one.links() == {"evil", "outside", "pyproject.toml"}
        assert set(snapshot.files_read) == {"x.py"}
        assert one.read("README.md") == FILES["README.md"]
        assert "stolen" not in to_json(snapshot)
    with open_repository(f"file://{repo}") as (one, snapshot):
        assert set(snapshot.files_read) == {"x.py"}
        assert one.read("README.md") == FILES["README.md"]


def test_a_tree_that_holds_itself_many_times_over(tmp_path: Path) -> None:
    repo = make.empty(tmp_path / "demo.git")
    mode, oid = "100644", make.blob(repo, b"x\n")
    for _ in range(10):
        entries = [(mode, b"%02d" % n, oid) for n in range(10)]
        mode, oid = "40000", make.forged_tree(repo, entries)
    make.commit(repo, oid)
    start = time.monotonic()
    for target in (f"file://{repo}", str(repo)):
        with (
            pytest.raises(SourceError, match="more than any repository holds"),
            open_source(target) as tree,
        ):
            tree.list()
    assert time.monotonic() - start < 25


def test_a_hundred_thousand_files(tmp_path: Path) -> None:
    repo = make.empty(tmp_path / "demo.git")
    folders = []
    for folder in range(100):
        text = make.blob(repo, b"x = %d\n" % folder)
        entries = [("100644", b"part%03d.py" % n, text) for n in range(1_000)]
        folders.append(("40000", b"d%02d" % folder, make.forged_tree(repo, entries)))
    readme = ("100644", b"README.md", make.blob(repo, b"# Many\n"))
    make.commit(repo, make.forged_tree(repo, [readme, *folders]))
    with open_collected(f"file://{repo}", protocols=LOCAL, timeout_s=60) as (one, snapshot):
        assert len(one.files) == 100_001
        assert len(one.unread) == 99_000  # a folder of files that are all the same is known
        assert one.text("README.md") == "# Many\n"
        assert [f.content for f in snapshot.key_files] == ["x = 0\n"] * 12


def test_interrupted_clones_leave_nothing(tmp_path: Path, scratch: Path) -> None:
    code = (
        "import sys\nfrom moxi_analyzer.collected import open_collected\n"
        "with open_collected(sys.argv[1], protocols=('git',)): pass\n"
    )
    with make.listening(make.stall) as port:
        url = f"git://127.0.0.1:{port}/a/b"
        process = subprocess.Popen(
            [sys.executable, "-c", code, url], stderr=subprocess.PIPE,
            env=os.environ | {"TMPDIR": str(scratch)},
        )  # fmt: skip
        for _ in range(200):
            if list(scratch.glob("moxi-*/clone.git")):
                break
            time.sleep(0.05)
        assert list(scratch.iterdir())
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=15)
    assert b"KeyboardInterrupt" in said
    assert process.returncode != 0


def test_a_damaged_local_clone_is_told_of(tmp_path: Path) -> None:
    repo = make.served(tmp_path / "demo.git", FILES)
    part = tmp_path / "part.git"
    make.git(tmp_path, "clone", "-q", "--bare", "--filter=blob:none", f"file://{repo}", str(part))
    with open_repository(part) as (one, snapshot):
        assert one.unread == set(FILES)
        assert ["3 files" in problem.reason for problem in snapshot.problems] == [True]
    tree = GitTree(part, name="part")
    assert tree.entries().keys() == FILES.keys()
