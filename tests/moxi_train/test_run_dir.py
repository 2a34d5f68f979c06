"""The run directory: sealed checkpoints, metrics that a kill cut, one run at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from moxi_core.errors import SettingsError
from moxi_train.run_dir import RunDir, newest, open_run


def checkpoint(run: RunDir, step: int) -> Path:
    folder = run.checkpoints / f"checkpoint-{step}"
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"x" * 1_000)
    run.seal(folder)
    return folder


def test_the_newest_whole_checkpoint_is_taken_and_broken_ones_go(tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    assert run.last_checkpoint() is None
    good, cut, unsealed = (checkpoint(run, step) for step in (2, 4, 10))
    (cut / "model.safetensors").write_bytes(b"x" * 999)
    (unsealed / "moxi-seal.json").unlink()
    assert run.last_checkpoint() == good
    assert not cut.exists()
    assert not unsealed.exists()


def test_a_flipped_byte_is_seen(tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    (checkpoint(run, 2) / "model.safetensors").write_bytes(b"x" * 999 + b"y")
    assert run.last_checkpoint() is None


def test_metrics_that_a_kill_cut_are_read_and_measured_again(tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    for step in range(5):
        run.add_metrics({"step": step, "loss": 1.0})
    with (tmp_path / "metrics.jsonl").open("a") as file:
        file.write('{"step": 5, "lo')
    assert [line["step"] for line in run.metrics()] == [0, 1, 2, 3, 4]
    run.forget_metrics_after(2)
    run.add_metrics({"step": 3})
    assert [line["step"] for line in run.metrics()] == [0, 1, 2, 3]


@pytest.mark.parametrize("shared", [False, True])
def test_two_runs_in_one_folder_are_refused(tmp_path: Path, shared: bool) -> None:
    holder = (
        "import sys,time\nfrom pathlib import Path\nfrom moxi_train.run_dir import RunDir\n"
        f"with RunDir(Path(sys.argv[1])).locked(shared={shared}):\n"
        " print('held', flush=True)\n time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(tmp_path)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with (
            pytest.raises(SettingsError, match="Another run is at work"),
            RunDir(tmp_path).locked(),
        ):
            pass
        if shared:
            with RunDir(tmp_path).locked(shared=True):  # processes of one run
                pass
        process.kill()
    with RunDir(tmp_path).locked():  # it was killed: nothing is left to clear away
        pass


def test_runs_are_found_by_name_by_folder_and_as_the_newest(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no run yet"):
        open_run("", tmp_path)
    run = RunDir(tmp_path / "one")
    run.folder.mkdir()
    run.write_record({"run": "one"})
    run.make_latest()
    for name in ("", "one", str(tmp_path / "one")):
        assert open_run(name, tmp_path).record == {"run": "one"}
    assert newest(tmp_path) == "one"
    with pytest.raises(SettingsError, match="no run 'two'"):
        open_run("two", tmp_path)
    (run.folder / "moxi.json").write_text("{")
    with pytest.raises(SettingsError, match="cannot be read"):
        _ = run.record
