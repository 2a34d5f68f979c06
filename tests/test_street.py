"""The street as its user walks it, as far as an environment of tests has it: the server stands in for vLLM."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest

from moxi_chunk.splits import split_of

ROOT = Path(__file__).parent.parent
REPOS = ROOT / "runs" / "street_repos.py"
FAKE = Path(__file__).parent / "moxi_infer" / "fake_vllm"

Street = Callable[[], "subprocess.CompletedProcess[str]"]


def contents(folder: Path) -> Mapping[str, bytes]:
    """All files of a folder but what git keeps of times and places."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and ".git" not in file.parts
    }


def commit(repository: Path) -> str:
    line = ["git", "-C", str(repository), "rev-parse", "HEAD"]
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout


def make(folder: Path, *more: str) -> list[Path]:
    line = [sys.executable, str(REPOS), str(folder), "--count", "24", *more]
    subprocess.run(line, check=True, capture_output=True)
    return sorted(folder.glob("*/*"))


def test_repositories_are_the_same_whenever_they_are_made(tmp_path: Path) -> None:
    one, other = make(tmp_path / "one"), make(tmp_path / "two")
    assert len(one) == 24
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert [*map(commit, one)] == [*map(commit, other)]
    before = commit(one[0])
    make(tmp_path / "one")  # again into the same folder
    assert commit(one[0]) == before


def test_their_owners_fill_every_split(tmp_path: Path) -> None:
    owners = {folder.parent.name for folder in make(tmp_path / "repos")}
    assert {split_of(owner) for owner in owners} == {"train", "validation", "test"}


def test_what_their_readmes_say_holds(tmp_path: Path) -> None:
    made = make(tmp_path / "repos", "--unseen", str(tmp_path / "unseen"))
    line = [sys.executable, "-c", "from moxi_cli.readme_gen import main; main()", "check"]
    done = subprocess.run([*line, *map(str, made)], capture_output=True, text=True)
    assert (done.returncode, "0 false" in done.stderr) == (0, True), done.stdout
    assert not (tmp_path / "unseen" / "lighthouse-count" / "README.md").exists()


@pytest.fixture
def street(tmp_path: Path) -> Street:
    """run(): the script, with these tests' own Python, everything else in a folder of its own."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, module in (("moxi", "moxi"), ("readme-gen", "readme_gen")):
        body = f'from moxi_cli.{module} import main\nif __name__ == "__main__":\n    main()\n'
        text = f"#!{sys.executable}\n{body}"  # guarded: workers import it again
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    (programs / "python").symlink_to(sys.executable)
    vllm = tmp_path / "vllm-python"  # only the server sees the stand-in
    vllm.write_text(f'#!/bin/sh\nPYTHONPATH={FAKE} exec {sys.executable} "$@"\n')
    vllm.chmod(0o755)
    given = {
        "MOXI_BIN": programs, "MOXI_VLLM_PYTHON": vllm, "STREET": tmp_path / "street", "STEPS": 2,
        "PORT": 8_299, "XDG_CACHE_HOME": tmp_path / "cache",
    }  # fmt: skip
    environment = {**os.environ, **{name: str(value) for name, value in given.items()}}

    def run() -> subprocess.CompletedProcess[str]:
        line = [str(ROOT / "runs" / "street.sh")]
        return subprocess.run(line, env=environment, capture_output=True, text=True, timeout=900)

    return run


@pytest.mark.slow
@pytest.mark.skipif(not find_spec("trl"), reason="the extra `train` is not installed")
def test_the_whole_street_and_again_for_next_to_nothing(street: Street, tmp_path: Path) -> None:
    done = street()
    assert done.returncode == 0, done.stderr
    assert "48 samples kept" in done.stdout
    assert "serves street: readme-gen PATH --model street" in done.stdout
    assert " 0 false" in done.stderr
    run = tmp_path / "street" / "models" / "street"
    assert json.loads((run / "moxi.json").read_text())["state"] == "finished"
    readme = tmp_path / "street" / "unseen" / "lighthouse-count" / "README.md"
    assert readme.read_text().startswith("# ")

    before = {file: file.stat().st_mtime_ns for file in run.rglob("*")} | {readme: 0}
    written = readme.read_bytes()
    again = street()
    assert again.returncode == 0, again.stderr
    assert "nothing is left to do" in again.stderr
    assert "serve: vLLM" not in again.stdout
    assert readme.read_bytes() == written
    assert {file: file.stat().st_mtime_ns for file in run.rglob("*")} | {readme: 0} == before
