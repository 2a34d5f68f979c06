"""The training set in shards: the same as in one piece, whatever is killed, on executors of datatrove."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from moxi_chunk.chunk import all_chunks
from moxi_chunk.dataset import Recipe, build
from moxi_chunk.instruct import template
from moxi_chunk.scale import begin, chained, run_here, stages
from moxi_chunk.shards import Input, Part, shares
from moxi_core.config import StoreSettings
from moxi_core.errors import SettingsError, StoreError
from moxi_core.records import to_json
from moxi_core.samples import ReadmeSample, SftSample
from moxi_core.sft_set import SPLITS
from moxi_core.store import open_store
from moxi_core.store_parquet import write_parquet
from tests.moxi_chunk.samples import sample

MOXI = Path(sys.executable).parent / "moxi"
KEPT = "owner3/tool7"  # for measuring


def collected(count: int) -> list[ReadmeSample]:
    """READMEs of which some are near-duplicates across the whole, some dropped, one kept."""
    made = []
    for n in range(count):
        seed = n if n % 9 else (n * 7) % count
        one = sample(f"owner{n // 2}", f"tool{n}", seed=seed, stars=n % 50)
        shares_words = n == 40
        made.append(
            replace(
                one,
                drop_reason="fork" if n % 13 == 5 else None,
                readme=sample("x", "tool7", seed=7).readme if shares_words else one.readme,
            )
        )
    return sorted(made, key=lambda one: one.repo_url)


def files_of(samples: Sequence[ReadmeSample], folder: Path, count: int) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    size = -(-len(samples) // count)
    names = [folder / f"{n}.parquet" for n in range(count)]
    for number, name in enumerate(names):
        write_parquet(name, samples[number * size : (number + 1) * size])
    return list(map(str, names))


def sft(folder: Path) -> dict[str, list[Any]]:
    """The rows of each split, in order."""
    return {
        split: [
            row
            for file in sorted(folder.glob(f"{split}*.parquet"))
            for row in parquet.read_table(file).to_pylist()
        ]
        for split in SPLITS
    }


def in_one_piece(samples: Sequence[ReadmeSample], folder: Path, kept: Sequence[str] = ()) -> Any:
    """What `moxi dataset build` makes of them."""
    with open_store(StoreSettings(data_dir=folder)) as store:
        store.upsert(samples)
        report = build(store, folder, partial(map, template), Recipe(), kept)
        assert sum(report.splits.values()) == store.count(SftSample)
    return report, sft(folder / "sft")


@pytest.mark.slow
def test_shards_hold_what_one_piece_holds(tmp_path: Path) -> None:
    samples = collected(700)
    expected, rows = in_one_piece(samples, tmp_path / "store", [KEPT])
    files = files_of(samples, tmp_path / "in", 3)
    job = begin(files, str(tmp_path / "out"), 4, held_back=[KEPT])
    report = run_here(job, workers=2)
    assert sft(tmp_path / "out" / "sft") == rows
    assert report.dropped == expected.dropped
    assert report.dropped["nearly the same as another one"] > 30
    assert report.dropped["shares words with what is kept for measuring"] >= 1
    for name in ("splits", "sections", "types", "licenses", "sources", "looked_at", "repositories"):
        assert getattr(report, name) == getattr(expected, name), name
    chunks = [
        row
        for file in sorted((tmp_path / "out" / "chunks").iterdir())
        for row in parquet.read_table(file).to_pylist()
    ]
    taken = [one for one in samples if one.drop_reason is None]
    assert chunks == [json.loads(to_json(chunk)) for chunk in all_chunks(taken)]


def test_what_load_dataset_sees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    datasets = pytest.importorskip("datasets")
    files = files_of(collected(60), tmp_path / "in", 3)
    run_here(begin(files, str(tmp_path / "out"), 5), workers=1)  # some shards have nothing
    folder = tmp_path / "out" / "sft"
    loaded = datasets.load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))
    assert {split: loaded[split].num_rows for split in loaded} == {
        split: len(rows) for split, rows in sft(folder).items()
    }


def killed_in(stage: str, folder: Path, files: Sequence[str]) -> set[Path]:
    """Run two workers, kill all processes in the middle of a stage; the tables that were done."""
    call: list[str | Path] = [
        MOXI,
        "dataset",
        "shard",
        *files,
        "-o",
        folder,
        "--tasks",
        "8",
        "--workers",
        "2",
    ]
    log = folder.with_suffix(".log").open("w")
    running = subprocess.Popen(call, start_new_session=True, stderr=log, cwd=folder.parent)
    done = folder / "logs" / stage / "completions"
    limit = time.monotonic() + 120
    try:
        while not (done.is_dir() and 2 <= len(list(done.iterdir())) < 8):
            assert running.poll() is None and time.monotonic() < limit
            time.sleep(0.002)
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
    ranks = {file.name for file in done.iterdir()}
    assert 2 <= len(ranks) < 8
    tables = folder / ("sft" if stage == "samples" else "candidates")
    return {file for file in tables.iterdir() if any(f"{rank}" in file.name[:16] for rank in ranks)}


@pytest.mark.slow
def test_a_killed_run_goes_on_and_does_nothing_twice(tmp_path: Path) -> None:
    samples = collected(2_400)
    _, rows = in_one_piece(samples, tmp_path / "store")
    files = files_of(samples, tmp_path / "in", 4)
    for stage in ("sections", "samples"):
        folder = tmp_path / stage
        kept = {file: file.stat().st_mtime_ns for file in killed_in(stage, folder, files)}
        assert kept and not (folder / "sft" / "README.md").exists()
        call: list[str | Path] = [
            MOXI,
            "dataset",
            "shard",
            *files,
            "-o",
            folder,
            "--tasks",
            "8",
            "--workers",
            "2",
        ]
        again = subprocess.run(call, capture_output=True, text=True, cwd=tmp_path, check=False)
        assert again.returncode == 0, again.stderr[-2000:]
        assert f"Skipping {len(kept)} already" in again.stderr or stage == "samples"
        assert {file: file.stat().st_mtime_ns for file in kept} == kept
        assert sft(folder / "sft") == rows
        assert "| train |" in (folder / "sft" / "README.md").read_text()


SBATCH = """#!/bin/bash
# Runs an array job at once, one task after another, on this machine.
file="${@: -1}"
tasks=$(grep -oP '(?<=--array=0-)\\d+' "$file" || echo 0)
for task in $(seq 0 "$tasks"); do
  SLURM_ARRAY_TASK_ID=$task SLURM_NODELIST=here bash "$file" >> "$(dirname "$0")/log" 2>&1
done
echo "Submitted batch job 7"
"""
SRUN = '#!/bin/bash\nwhile [ "$1" != launch_pickled_pipeline ]; do shift; done\nexec "$@"\n'


@pytest.fixture
def slurm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand-ins for the commands of Slurm."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, text in (
        ("sbatch", SBATCH),
        ("srun", SRUN),
        ("scontrol", "#!/bin/sh\necho here\n"),
        ("merge_stats", "#!/bin/sh\n"),
    ):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    path = os.pathsep.join([str(folder), str(MOXI.parent), os.environ["PATH"]])
    monkeypatch.setenv("PATH", path)
    monkeypatch.setenv("RUN_OFFSET", "0")
    return folder


@pytest.mark.slow
def test_slurm_gets_the_same_pipeline(tmp_path: Path, slurm: Path) -> None:
    from datatrove.executor import SlurmPipelineExecutor

    samples = collected(60)
    _, rows = in_one_piece(samples, tmp_path / "store")
    job = begin(files_of(samples, tmp_path / "in", 2), str(tmp_path / "out"), 2)
    make = partial(SlurmPipelineExecutor, time="01:00:00", partition="cpu", mem_per_cpu_gb=4)
    chained(job, make).run()
    assert sft(tmp_path / "out" / "sft") == rows, (slurm / "log").read_text()[-3000:]
    script = (tmp_path / "out" / "logs" / "sections" / "launch_script.slurm").read_text()
    assert "--array=0-1" in script and "--partition=cpu" in script


def test_addresses_of_fsspec_are_folders_too(tmp_path: Path) -> None:
    from fsspec import filesystem

    files = files_of(collected(30), tmp_path / "in", 2)
    remote = filesystem("memory")
    names = [f"memory://in/{Path(file).name}" for file in files]
    for file, name in zip(files, names, strict=True):
        remote.pipe(name, Path(file).read_bytes())
    run_here(begin(names, "memory://out", 3), workers=1)
    run_here(begin(files, str(tmp_path / "out"), 3), workers=1)
    made = [name for name in remote.find("/out/sft") if name.endswith(".parquet")]
    assert len(made) == 9
    for name in made:
        here = tmp_path / "out" / "sft" / Path(name).name
        assert remote.cat(name) == here.read_bytes()


def test_ray_gets_the_same_pipeline(tmp_path: Path) -> None:
    from datatrove.executor import RayPipelineExecutor

    job = begin(files_of(collected(20), tmp_path / "in", 1), str(tmp_path / "out"), 3)
    last = chained(job, partial(RayPipelineExecutor, workers=2))
    names = []
    while last is not None:
        names.append((last.tasks, [type(step).__name__ for step in last.pipeline]))
        last = last.depends
    assert names[::-1] == [
        (stage.tasks, [type(step).__name__ for step in stage.steps]) for stage in stages(job)
    ]


def test_shares_are_even_and_in_order() -> None:
    rnd = random.Random(3)  # noqa: S311
    for tasks in (1, 2, 7, 40):
        rows = [tuple(rnd.randint(1, 200) for _ in range(rnd.randint(0, 9))) for _ in range(5)]
        inputs = [Input(str(n), 1, groups) for n, groups in enumerate(rows)]
        made = shares(inputs, tasks)
        assert len(made) == tasks
        flat = [
            (part.file, n) for share in made for part in share for n in range(part.first, part.end)
        ]
        assert flat == [(str(n), g) for n, groups in enumerate(rows) for g in range(len(groups))]
        total = sum(map(sum, rows))
        for share in made:
            mine = sum(rows[int(p.file)][n] for p in share for n in range(p.first, p.end))
            assert mine <= total / tasks + 200
    assert shares([], 2) == ((), ())
    assert shares([Input("a", 1, (5, 5))], 1) == ((Part("a", 0, 2),),)


def test_what_cannot_be_begun_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = files_of(collected(40), tmp_path / "in", 2)
    out = str(tmp_path / "out")
    with pytest.raises(SettingsError, match="came before"):
        begin([first, second, first], out, 2)
    (tmp_path / "x.parquet").write_text("no table")
    for name in ("x.parquet", "none.parquet"):
        with pytest.raises(StoreError, match=name):
            begin([str(tmp_path / name)], out, 2)
    assert begin([first], out, 2) == begin([first], out, 2)
    for other in (
        partial(begin, [first, second], out, 2),
        partial(begin, [first], out, 3),
        partial(begin, [first], out, 2, Recipe(worded_share=0.5)),
        partial(begin, [first], out, 2, held_back=[KEPT]),
    ):
        with pytest.raises(SettingsError, match="another folder"):
            other()
    monkeypatch.setitem(sys.modules, "datatrove.io", None)
    with pytest.raises(StoreError, match=r"moxi-readme\[scale\]"):
        begin([first], out, 2)


def test_the_verb(tmp_path: Path) -> None:
    samples = collected(30)
    (tmp_path / "data" / "collection").mkdir(parents=True)
    write_parquet(tmp_path / "data" / "collection" / "awesome_readme_data.parquet", samples)
    call: list[str | Path] = [MOXI, "dataset", "shard", "--tasks", "2", "--workers", "1"]
    done = subprocess.run(call, capture_output=True, text=True, cwd=tmp_path, check=True)
    assert "samples of" in done.stderr and "dropped: " in done.stderr
    assert len(sft(tmp_path / "data" / "shards" / "sft")["train"]) > 50
    again = subprocess.run(
        [*call, "--similarity", "0.5"], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert again.returncode == 2 and "name another folder" in again.stderr
