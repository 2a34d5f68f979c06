"""Comet: an archive without a key and without a network, and never the end of a run."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.moxi_train.test_train import MOXI, moxi, train_line


def archived(run: Path) -> tuple[list[dict[str, Any]], set[str]]:
    """The messages of the one archive of a run, and the names of its files."""
    (place,) = (run / "comet").glob("*.zip")
    with zipfile.ZipFile(place) as archive:
        names = set(archive.namelist())
        lines = archive.read("messages.json").decode().splitlines()
    return [json.loads(line) for line in lines if line.strip()], names


@pytest.mark.slow
def test_without_a_key_metrics_go_into_an_archive_and_nothing_else_does(
    sft: Path, tmp_path: Path
) -> None:
    done = moxi(tmp_path, train_line(sft, "one", "--comet", "online"))
    assert done.returncode == 0, done.stderr
    assert "COMET_API_KEY is not set: metrics go into an archive" in done.stderr
    assert "COMET" not in done.stderr.replace("COMET_API_KEY", "")
    messages, names = archived(tmp_path / "models" / "one")
    logged = {
        (m["payload"]["metric"]["metricName"], m["payload"]["metric"].get("step"))
        for m in messages
        if m.get("payload", {}).get("metric")
    }
    assert {("loss", step) for step in range(1, 7)} <= logged
    assert {("validation_loss", 0), ("validation_loss", 6), ("validation_loss/usage", 6)} <= logged
    assert "train.learning_rate" in json.dumps(messages)
    assert not [name for name in names if name.endswith(".py") or "git" in name]


@pytest.mark.slow
def test_a_tracker_that_fails_is_told_once_and_the_run_goes_on(sft: Path, tmp_path: Path) -> None:
    (tmp_path / "models" / "one").mkdir(parents=True)
    (tmp_path / "models" / "one" / "comet").write_text("a file where the archive should go")
    done = moxi(tmp_path, train_line(sft, "one", "--comet", "offline"))
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("warning: Comet:") == 1
    assert (tmp_path / "models" / "one" / "model.safetensors").is_file()


@pytest.mark.slow
def test_no_tracker_is_the_default(sft: Path, tmp_path: Path) -> None:
    assert moxi(tmp_path, train_line(sft, "one", "--set", "train.max_steps=1")).returncode == 0
    assert not (tmp_path / "models" / "one" / "comet").exists()
    done = moxi(tmp_path, [*MOXI, "train", "--recipe", "tiny-cpu", "--comet", "perhaps"])
    assert done.returncode == 2
    assert "'off', 'online' or 'offline'" in done.stderr
