"""Texts made to break or delay their readers, each found by a fuzzer or in the wild."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from moxi_analyzer.facts import snapshot_of
from moxi_analyzer.formats import load_toml
from moxi_analyzer.guard import INTERNAL
from moxi_analyzer.repository import Repository
from moxi_analyzer.walk import is_nameable
from moxi_core.errors import ManifestError
from moxi_core.records import RepoSnapshot, to_json

SECONDS = 15.0


class ByteTree:
    """A FileTree of given bytes."""

    name = "demo"
    url = commit = default_branch = ""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files

    def list(self) -> list[tuple[str, int]]:
        return sorted((path, len(content)) for path, content in self._files.items())

    def links(self) -> set[str]:
        return set()

    def read(self, path: str) -> bytes | None:
        return self._files.get(path)


def read(files: dict[str, bytes]) -> RepoSnapshot:
    """The snapshot of these files; no reader fails, and all are done in time."""
    started = time.process_time()
    snapshot = snapshot_of(Repository(ByteTree(files)))
    assert time.process_time() - started < SECONDS
    assert not [p for p in snapshot.problems if INTERNAL in p.reason]
    to_json(snapshot)
    return snapshot


def test_sources_in_other_encodings() -> None:
    program = (
        "import argparse\n"
        "parser = argparse.ArgumentParser('demo')\n"
        "parser.add_argument('--gr\u00f6\u00dfe', '--size', help='die Gr\u00f6\u00dfe')\n"
        "parser.parse_args()\n"
    )
    for encoding in ("latin-1", "utf-8"):
        options = read({"demo.py": program.encode(encoding)}).of("option")
        assert "--size" in " ".join(f"{f.value} {f.detail.get('forms', '')}" for f in options)


def test_half_surrogates_are_replaced() -> None:
    found = read(
        {
            "package.json": b'{"name": "demo", "description": "a \\ud800 b"}',
            "Dockerfile": b'FROM x\nCMD ["\\ud800"]\nEXPOSE 80\n',
        }
    )
    assert next(found.of("package")).value == "demo"


@pytest.mark.parametrize(
    "text", ["x = 1" + "0" * 5000, "a" + ".a" * 200_000 + " = 1", "x = " + "[" * 50_000]
)
def test_toml_that_takes_too_much(text: str) -> None:
    started = time.process_time()
    with pytest.raises(ManifestError):
        load_toml(text)
    assert time.process_time() - started < 2


def test_keys_of_real_files_are_not_too_long() -> None:
    text = f'"a.b.c" = 1\n[{".".join("abcdefgh")}]\nx.y.z = "{"www.example.org." * 3}"\n'
    assert load_toml(text)["a.b.c"] == 1


NESTED: dict[str, Callable[[int], str]] = {
    "build.gradle": lambda n: "a {\n" * n,
    "src/a.cpp": lambda n: (
        '#include <getopt.h>\nint main(int c, char **argv) { cout << "-a x"'
        + ' << "usage: x"' * n
        + "; }"
    ),
    "src/a.cs": lambda n: (
        "using System.CommandLine;\nclass A { void B() { " + 'new Option<int>("--a", () => {' * n
    ),
    "src/a.js": lambda n: (
        "const { program } = require('commander');\nprogram" + ".option('-a, --all <x>', 'All')" * n
    ),
    "src/A.java": lambda n: "package a;\npublic class A { int f() { " + "<a>{(" * 8 * n,
    "main_test.go": lambda n: "package main\n" + "\n" * 60 * n + "const Version = 1",
    "version/version.go": lambda n: "package version\n" + "\n" * 60 * n,
    "configure.ac": lambda n: "AC_INIT(" * 5 * n,
    "justfile": lambda n: "a " + "b" * n + " !\n" + "c " + "d=" * n,
    "app.py": lambda n: "import argparse\n" + "f(" * n + "argparse.ArgumentParser(" * n,
    "lib.rs": lambda n: "use clap::Parser;\n" + "mod a { " * n,
    "main.go": lambda n: "package main\nfunc main() {" + "if x {" * n,
}


@pytest.mark.parametrize("path", NESTED)
def test_deep_and_long_texts_end(path: str) -> None:
    read({path: NESTED[path](4_000)[:300_000].encode()})


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("src/a.py", True), ("ünïcode näme (1)/[id].tsx", True), ("emoji 👩\u200d💻.md", True),
        ("", False), ("../a", False), ("a/../b", False), ("/etc/passwd", False), (".git/config", False),
        ("a\nb", False), ("a\x1b[31m", False), ("a\u202eb", False), ("a\udcff", False),
    ],
)  # fmt: skip
def test_which_names_can_be_told(path: str, expected: bool) -> None:
    assert is_nameable(path) is expected
