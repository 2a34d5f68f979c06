"""Processes that share the work are killed at random moments: nothing is lost, nothing done twice."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from moxi_core.config import StoreSettings
from moxi_core.samples import ReadmeSample, RunMeta
from moxi_core.store import open_store
from tests.moxi_collect.forge import Forge

REPOSITORIES = 24
KILLS = 30
_FINISHED = re.compile(r"^\d+/\d+ (\S+)  [\d.]+ [kM]B  ", re.MULTILINE)


class Process:
    """`moxi collect` as a process group of its own, started again whenever it was killed."""

    def __init__(self, folder: Path, base: str, name: str, *arguments: str) -> None:
        self.log = folder / f"{name}.log"
        self._command = [
            sys.executable, "-m", "moxi_collect", "--git-base", base, "-j", "1", "--lease", "1.5",
            "--tries", "9", *arguments,
        ]  # fmt: skip
        self._folder = folder
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command,
                cwd=self._folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={**os.environ, "MOXI_DATA_DIR": str(self._folder / "data"), "MONGODB_URI": ""},
            )
        return self.process

    def kill(self) -> None:
        """End it with all its workers, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    @property
    def has_ended(self) -> bool:
        return self.process.poll() is not None


def stored(folder: Path) -> dict[str, ReadmeSample]:
    with open_store(StoreSettings(data_dir=folder / "data")) as store:
        found = store.stream(ReadmeSample, with_dropped=True)
        return {sample.repo_url: replace(sample, collected_at=0) for sample in found}


def listed(forge: Forge, folder: Path) -> str:
    """A list of repositories of the forge, and of one that is not there."""
    folder.mkdir()
    slugs = [f"owner{i % 5}/word{i}" for i in range(REPOSITORIES)]
    for number, slug in enumerate(slugs):
        forge.put(slug, more=f"Number {number}. " + " ".join(f"w{number}x{i}" for i in range(150)))
    list_file = folder / "urls.txt"
    list_file.write_text("\n".join([*slugs, "owner/gone"]))
    return str(list_file)


@pytest.mark.slow
def test_killed_collections_end_as_an_undisturbed_one(tmp_path: Path) -> None:
    forge = Forge(tmp_path / "forge")
    source = listed(forge, tmp_path / "killed")
    (tmp_path / "calm").mkdir()
    draw = random.Random(11)  # noqa: S311
    with forge.daemon() as base:
        calm = Process(tmp_path / "calm", base, "calm", "--source", source)
        assert calm.process.wait(120) == 0, calm.log.read_text()
        folder = tmp_path / "killed"
        main = Process(folder, base, "main", "--source", source)
        helper = Process(folder, base, "helper", "--workers-from-store")
        for _ in range(KILLS):
            time.sleep(draw.uniform(0.2, 1.6))
            victim = draw.choice([main, helper])
            victim.kill()
            victim.start()
        until = time.monotonic() + 240
        while not (main.has_ended and helper.has_ended):
            assert time.monotonic() < until, main.log.read_text()[-2000:]
            time.sleep(0.2)
    assert main.process.returncode == 0, main.log.read_text()[-2000:]
    assert stored(folder) == stored(tmp_path / "calm")
    with open_store(StoreSettings(data_dir=folder / "data")) as store:
        assert all(run.finished_at for run in store.stream(RunMeta))
    text = main.log.read_text() + helper.log.read_text()
    finished = Counter(_FINISHED.findall(text))
    assert finished
    assert max(finished.values()) == 1, finished
    assert not list((folder / "data" / "scratch").iterdir())


def test_a_worker_that_is_killed_is_replaced(tmp_path: Path) -> None:
    forge = Forge(tmp_path / "forge")
    source = listed(forge, tmp_path / "run")
    process = Process(tmp_path / "run", forge.base, "main", "--source", source)
    until = time.monotonic() + 60
    while not _FINISHED.search(process.log.read_text()):
        assert time.monotonic() < until
        time.sleep(0.05)
    found = subprocess.run(
        ["pgrep", "-g", str(process.process.pid), "-f", "spawn_main"],
        check=True,
        capture_output=True,
        text=True,
    )
    os.kill(int(found.stdout.split()[-1]), signal.SIGKILL)
    assert process.process.wait(120) == 0, process.log.read_text()
    assert len(stored(tmp_path / "run")) == REPOSITORIES + 1


def test_ctrl_c_ends_it_and_the_next_run_goes_on(tmp_path: Path) -> None:
    forge = Forge(tmp_path / "forge")
    source = listed(forge, tmp_path / "run")
    process = Process(tmp_path / "run", forge.base, "main", "--source", source)
    until = time.monotonic() + 60
    while not _FINISHED.search(process.log.read_text()):
        assert time.monotonic() < until
        time.sleep(0.05)
    os.killpg(process.process.pid, signal.SIGINT)
    assert process.process.wait(30) == 130, process.log.read_text()
    assert "Traceback" not in process.log.read_text()
    before = set(_FINISHED.findall(process.log.read_text()))
    process.start()
    assert process.process.wait(120) == 0, process.log.read_text()
    finished = Counter(_FINISHED.findall(process.log.read_text()))
    assert before
    assert max(finished.values()) == 1
    assert len(stored(tmp_path / "run")) == REPOSITORIES + 1
