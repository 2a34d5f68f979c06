"""`moxi collect` as its user calls it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.moxi_collect.forge import Forge

Collect = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def collect(tmp_path: Path) -> Collect:
    """collect(*arguments): run the command in a folder of its own."""
    folder = tmp_path / "here"
    folder.mkdir()

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("MOXI_", "MONGODB_"))}
        return subprocess.run(
            [sys.executable, "-m", "moxi_collect", *arguments],
            cwd=folder,
            env=clean,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
        )

    return run


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    forge = Forge(tmp_path / "forge")
    forge.put("owner/wordy")
    forge.put(
        "own/list",
        {
            "README.md": "# Awesome\n\n- [a](https://github.com/owner/wordy) - counts\n"
            "- [b](https://github.com/owner/gone)\n- [c](https://u:p@github.com/o/secret)\n"
        },
    )
    return forge


def test_a_list_from_a_mirror(collect: Collect, forge: Forge, tmp_path: Path) -> None:
    done = collect("-s", "own/list", "--git-base", forge.base, "-j", "1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:5] == [
        "2 repositories listed",
        "  not followed: 1 carries a login",
        *[line for line in done.stdout.splitlines() if line.startswith("1 collected, 1 failed; ")],
        "1 samples kept",
        "  dropped: 1 failed: gone or private",
    ]
    assert "1/2 " in done.stderr
    assert "github.com/owner/gone  failed: Cannot clone" in done.stderr
    assert (tmp_path / "here/data/collection/awesome_readme_clean.parquet").is_file()

    again = collect("validate", "--license", "GPL-3.0-only", "--json")
    assert json.loads(again.stdout)["dropped"] == {
        "failed: gone or private": 1,
        "license not allowed": 1,
    }


def test_the_report_as_json(collect: Collect, forge: Forge) -> None:
    done = collect("-s", "own/list", "--git-base", forge.base, "-j", "1", "--json")
    report = json.loads(done.stdout)
    assert (report["listed"], report["kept"]) == (2, 1)
    assert report["refused"] == {"carries a login": 1}
    assert report["failures"][0]["repo_url"] == "https://github.com/owner/gone"
    assert done.stderr == ""


def test_crawling_prints_addresses_only(collect: Collect, forge: Forge, tmp_path: Path) -> None:
    done = collect("crawl", "own/list", "--git-base", forge.base)
    assert done.stdout == "https://github.com/owner/wordy\nhttps://github.com/owner/gone\n"
    assert done.stderr == "refused: 1 carries a login\n"
    assert not (tmp_path / "here/data").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["-s", "no such list"], "There is no source 'no such list'"),
        (["-s", "owner/gone"], "Cannot clone"),
        (["-s", "ext::sh -c id"], "There is no source"),
        (["-s", "https://user:secretword1@github.com/a/b"], "carries a login"),
        (["--git-base", "https://mirror/all"], "is no template of addresses"),
        (["--exclude-file", "nothing.txt"], "'nothing.txt' cannot be read"),
    ],
)
def test_wrong_input_is_one_sentence(
    collect: Collect, forge: Forge, tmp_path: Path, arguments: list[str], told: str
) -> None:
    base = [] if "--git-base" in arguments else ["--git-base", forge.base]
    done = collect(*arguments, *base)
    assert done.returncode == 2
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert "secretword1" not in done.stderr


def test_nothing_collected_at_all_is_an_error(collect: Collect, tmp_path: Path) -> None:
    (tmp_path / "here/urls.txt").write_text("owner/gone\n")
    done = collect("-s", "urls.txt", "--git-base", f"file://{tmp_path}/{{owner}}/{{name}}")
    assert done.returncode == 1
    assert "1 failed" in done.stdout
