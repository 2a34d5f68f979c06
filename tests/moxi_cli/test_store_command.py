"""`moxi store` as its user calls it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Moxi = Callable[..., subprocess.CompletedProcess[str]]
ROWS = [
    {
        "repo_url": f"https://github.com/o/{name}",
        "owner": "o",
        "repo": name,
        "readme": f"# {name}\n",
        "file_tree": ["a.py"],
        "language": "Python",
    }
    for name in ("one", "two", "ä")
]


@pytest.fixture
def moxi(tmp_path: Path) -> Moxi:
    """moxi(*arguments): run the command in an empty folder."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("MOXI_", "MONGODB_"))}
        return subprocess.run(
            [sys.executable, "-c", "from moxi_cli.moxi import main; main()", "store", *arguments],
            cwd=tmp_path,
            env=clean | environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
        )

    return run


def test_in_and_out(moxi: Moxi, tmp_path: Path) -> None:
    default = tmp_path / "data" / "collection" / "awesome_readme_clean.json"
    default.parent.mkdir(parents=True)
    default.write_text(json.dumps([*ROWS, ROWS[0] | {"repo_url": "bad", "drop_reason": "short"}]))
    done = moxi("import")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "4 README samples are in data/moxi.sqlite3.\n"

    assert [row["repo"] for row in json.loads(moxi("export", "--json").stdout)] == [
        "one",
        "two",
        "ä",
    ]
    assert len(moxi("export", "--with-dropped").stdout.splitlines()) == 4
    assert moxi("export", "--json", "--with-dropped", "-o", "out.json").returncode == 0
    done = moxi("import", "out.json", MOXI_DATA_DIR="copy")
    assert done.stderr == "4 README samples are in copy/moxi.sqlite3.\n"
    assert moxi("export", "--with-dropped", MOXI_DATA_DIR="copy").stdout == (
        moxi("export", "--with-dropped").stdout
    )


def test_stats(moxi: Moxi, tmp_path: Path) -> None:
    (tmp_path / "rows.json").write_text(
        json.dumps([ROWS[0], ROWS[1] | {"drop_reason": "a\x1b[2J"}])
    )
    moxi("import", "rows.json")
    done = moxi("stats")
    assert done.stdout.splitlines()[:2] == [
        "Store: data/moxi.sqlite3",
        "readme_samples           2",
    ]
    assert "  dropped: 1 a\\u001b[2J\n" in done.stdout
    assert json.loads(moxi("stats", "--json").stdout) == {
        "address": "data/moxi.sqlite3",
        "records": {"readme_samples": 2, "readme_chunks": 0, "sft_samples": 0, "runs": 0},
        "dropped": {"a\x1b[2J": 1},
        "work": {},
    }


def test_what_goes_wrong_is_one_line(moxi: Moxi, tmp_path: Path) -> None:
    (tmp_path / "rows.json").write_text(json.dumps([ROWS[0], {"repo_url": "odd\n"}]))
    for arguments, told in (
        (["import", "rows.json"], "error: Nothing was imported: 1 of 2 rows"),
        (["import", "missing.json"], "error: 'missing.json' cannot be read: No such file"),
        (["import"], "error: 'data/collection/awesome_readme_clean.json' cannot be read"),
        (["export", "-o", "no/such/out.json"], "error: Cannot write 'no/such/out.json'"),
    ):
        done = moxi(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(told)
        assert done.stderr.count("\n") == 1
    assert json.loads(moxi("stats", "--json").stdout)["records"]["readme_samples"] == 0


def test_a_failed_export_leaves_the_file_that_was_there(moxi: Moxi, tmp_path: Path) -> None:
    import sqlite3

    (tmp_path / "rows.json").write_text(json.dumps(ROWS))
    moxi("import", "rows.json")
    with sqlite3.connect(tmp_path / "data" / "moxi.sqlite3") as db:
        db.execute("""UPDATE readme_samples SET body = '{"mood": 1}' WHERE key LIKE '%two'""")
    db.close()
    (tmp_path / "out.json").write_text("old")
    done = moxi("export", "--json", "-o", "out.json")
    assert done.returncode == 2
    assert (
        "'https://github.com/o/two' in readme_samples of data/moxi.sqlite3 is no ReadmeSample"
        in done.stderr
    )
    assert (tmp_path / "out.json").read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["data", "out.json", "rows.json"]
