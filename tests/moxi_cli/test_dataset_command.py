"""`moxi chunk`, `moxi analyze` and `moxi dataset` as their user calls them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from moxi_core.config import StoreSettings
from moxi_core.store import open_store
from tests.moxi_chunk.samples import sample
from tests.moxi_chunk.sections import asked_for, items, saying
from tests.moxi_core.hub import hub
from tests.moxi_core.model_server import ModelServer, Reply, serving

Moxi = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def moxi(tmp_path: Path) -> Moxi:
    """moxi(*arguments, NAME=value): run the command in a folder with ten collected samples."""
    with open_store(StoreSettings(data_dir=tmp_path / "data")) as store:
        store.upsert(sample(f"owner{n}", f"tool{n}", seed=n) for n in range(10))

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        left_out = ("MOXI_", "MONGODB_", "OPENAI_", "HF_")
        clean = {k: v for k, v in os.environ.items() if not k.startswith(left_out)}
        return subprocess.run(
            [Path(sys.executable).parent / "moxi", *arguments],
            cwd=tmp_path,
            env=clean | environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
        )

    return run


@pytest.fixture
def model() -> Iterator[ModelServer]:
    def answer(asked: dict[str, Any]) -> Reply:
        rows = items(asked)
        for row, text in zip(rows, asked_for(asked).values(), strict=True):
            row["instruction"] = f"Write part {crc32(text.encode())} of the README for its readers."
        return saying(rows)

    with serving(answer) as server:
        yield server


def test_chunks(moxi: Moxi, tmp_path: Path) -> None:
    done = moxi("chunk", "--flat", "--json", "--min-length", "200", "--max-length", "500")
    report = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert report["readmes"] == 10
    assert (
        len(json.loads((tmp_path / "data/chunks/readme_chunks.json").read_text()))
        == report["chunks"]
    )


def test_chunks_of_a_file(moxi: Moxi, tmp_path: Path) -> None:
    rows = [
        {
            "repo_url": "https://github.com/a/b",
            "owner": "a",
            "repo": "b",
            "readme": "# b\n\nText.\n",
        }
    ]
    (tmp_path / "rows.json").write_text(json.dumps(rows))
    done = moxi("chunk", "rows.json")
    assert (done.returncode, "1 chunks of 1 READMEs" in done.stderr) == (0, True), done.stderr
    (tmp_path / "rows.json").write_text('[{"readme": 1}]')
    done = moxi("chunk", "rows.json")
    assert done.returncode == 2
    assert done.stderr.startswith("error: 'rows.json' is no array of README samples: [0]")


def test_bounds_the_wrong_way_round(moxi: Moxi) -> None:
    done = moxi("chunk", "--min-length", "900", "--max-length", "500")
    assert (done.returncode, done.stderr) == (
        2, "error: --min-length 900 is more than --max-length 500; make it smaller.\n",
    )  # fmt: skip


def test_a_set_is_made_shown_and_counted(moxi: Moxi, tmp_path: Path) -> None:
    done = moxi("dataset", "build", "--json")
    assert done.returncode == 0, done.stderr
    assert "40 samples of 10 repositories, of 50 sections" in done.stderr
    assert "dropped: 10 not to be known from code" in done.stderr
    assert len(json.loads((tmp_path / "data/sft/sft_dataset.json").read_text())) == 40
    shown = moxi("dataset", "show", "-n", "2", "--section", "install")
    assert shown.stdout.count("- assistant") == 2
    assert "State only what the repository shows." in shown.stdout
    assert "## Installation" in shown.stdout
    assert "### Response:" in moxi("dataset", "show", "-n", "1", "--style", "alpaca").stdout
    counted = json.loads(moxi("dataset", "stats", "--json", "--plot", "h.png").stdout)
    assert sum(counted["splits"].values()) == sum(counted["characters"].values()) == 40
    assert (tmp_path / "h.png").read_bytes().startswith(b"\x89PNG")
    assert "install      10 " in moxi("dataset", "stats").stdout


def test_a_model_writes_and_is_asked_once(moxi: Moxi, model: ModelServer) -> None:
    asked = ("dataset", "build", "--provider", "openai", "--model", "m", "--base-url", model.url)
    planned = moxi(*asked, "--dry-run")
    assert "requests of m" in planned.stderr and "cost unknown" in planned.stderr
    first = moxi(*asked)
    assert "model:m" in first.stderr, first.stderr
    count = len(model.requests)
    assert count
    second = moxi(*asked)
    assert "asked 0 times" in second.stderr
    assert len(model.requests) == count


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("dataset", "build", "--provider", "openai"), "OPENAI_API_KEY is not set"),
        (("dataset", "build", "--hold-back", "none.toml"), "'none.toml' cannot be read"),
        (("dataset", "show"), "make the training set with `moxi dataset build`"),
        (("dataset", "stats"), "is no split of a training set"),
        (("dataset", "show", "--split", "tset"), "--split 'tset' is not known; say train"),
        (("dataset", "show", "--style", "x"), "--style 'x' is not known"),
        (("dataset", "push", "x"), "'x' is no dataset's name"),
        (("dataset", "push", "a/b"), "There is no training set in"),
        (("analyze", "nowhere"), "nowhere"),
    ],
)
def test_bad_input_gets_one_sentence(moxi: Moxi, arguments: tuple[str, ...], message: str) -> None:
    done = moxi(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1


def test_an_empty_store(moxi: Moxi, tmp_path: Path) -> None:
    for verb in (("chunk",), ("dataset", "build")):
        done = moxi(*verb, MOXI_DATA_DIR=str(tmp_path / "empty"))
        assert (done.returncode, "There are no README samples" in done.stderr) == (2, True)


def test_a_set_goes_to_the_hub_whole(moxi: Moxi, tmp_path: Path) -> None:
    moxi("dataset", "build")
    with hub() as server:
        known = {
            "HF_ENDPOINT": server.url,
            "HF_HUB_DISABLE_XET": "1",
            "HF_HOME": str(tmp_path / "hf"),
        }
        done = moxi("dataset", "push", "org/set", **known, **{"HF_TOKEN": "hf_good"})
        assert (done.returncode, done.stdout) == (0, f"{server.url}/datasets/org/set\n"), (
            done.stderr
        )
        given = server.repos["org/set"]
        assert (given["type"], given["visibility"]) == ("dataset", "private"), given
        assert set(server.files["org/set"]) == {
            "README.md", "train.parquet", "validation.parquet", "test.parquet",
        }  # fmt: skip
        for name, content in server.files["org/set"].items():
            assert content == (tmp_path / "data" / "sft" / name).read_bytes()
        refused = moxi("dataset", "push", "org/set", **known, **{"HF_TOKEN": "hf_bad"})
        assert refused.returncode == 2
        assert refused.stderr.startswith("error: The Hub does not take 'org/set': ")
        assert refused.stderr.count("\n") == 1


def test_analyze(moxi: Moxi, tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "pyproject.toml").write_text('[project]\nname = "demo"\nversion = "1.0"\n')
    told = moxi("analyze", "demo").stdout
    assert "key files  pyproject.toml" in told
    snapshot = json.loads(moxi("analyze", "demo", "--json").stdout)
    assert {fact["value"] for fact in snapshot["facts"]} >= {"demo", "1.0"}
