"""What is shown before anything is trained: estimate, preview, and general instructions mixed in."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from moxi_core.errors import SettingsError
from moxi_train.estimate import Estimate, Shape, memory, of, refuse_too_large, shape_of
from moxi_train.machine import Device
from moxi_train.prepare import DataReport, packed_rows
from moxi_train.recipe import load_recipe
from tests.moxi_train.test_train import MOXI, moxi, train_line

GB = 1 << 30
L4 = Device("NVIDIA L4", 1, 23 * GB, 40e12)


def test_a_dry_run_says_what_it_would_take_and_leaves_nothing(sft: Path, tmp_path: Path) -> None:
    done = moxi(tmp_path, train_line(sft, "x", "--dry-run", "--json"))
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["steps"] == 6
    assert found["data"]["rows"] == 20
    assert found["trained"] == found["weights"] > 0
    assert found["data"]["validation_tokens"] > 4 * 128
    assert 0 < found["evaluation_seconds"] < found["seconds"]
    assert not (tmp_path / "models").exists()
    plain = moxi(tmp_path, train_line(sft, "x", "--dry-run"))
    assert "6 steps" in plain.stdout
    assert "GB of memory" in plain.stdout


def test_a_preview_is_decoded_from_the_tokens_that_are_trained_on(
    sft: Path, tmp_path: Path
) -> None:
    done = moxi(tmp_path, train_line(sft, "x", "--preview"))
    assert done.returncode == 0, done.stderr
    prompt, answer = done.stdout.split("answer, ")[0], done.stdout.split("answer, ")[1]
    assert "### Input:\nProject type: cli" in prompt
    assert "## Usage" not in prompt
    assert "## Usage\n\nRun `tool" in answer
    assert "<|end_of_text|>" in answer


def test_general_instructions_of_a_file_are_mixed_in_by_env_file(sft: Path, tmp_path: Path) -> None:
    rows = [{"instruction": f"Add {n}.", "input": "", "output": f"{n}"} for n in range(9)]
    place = tmp_path / "general.jsonl"
    place.write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / ".env").write_text("PUBLIC_DATASET_NAME=general.jsonl\nPUBLIC_DATASET_SIZE=7\n")
    line = train_line(sft, "x", "--dry-run", "--json", "--set", "data.merge_public=true")
    done = moxi(tmp_path, line)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["data"]["general"] == 7
    left_out = moxi(tmp_path, [*line[:-2], "--no-public-dataset"])
    assert json.loads(left_out.stdout)["data"]["general"] == 0


def test_where_none_can_be_had_it_warns_once_and_goes_on(sft: Path, tmp_path: Path) -> None:
    more = ("--dry-run", "--json", "--set", "data.merge_public=true")
    done = moxi(tmp_path, train_line(sft, "x", *more, "--public-dataset", "nobody/nothing"))
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("warning: training goes on without general instructions") == 1
    assert json.loads(done.stdout)["data"]["general"] == 0
    place = tmp_path / "shape.jsonl"
    place.write_text('{"question": "a"}\n')
    done = moxi(tmp_path, train_line(sft, "x", *more, "--public-dataset", "shape.jsonl"))
    assert "general instructions need instruction and output" in done.stderr


def test_memory_of_the_known_models_is_what_people_see() -> None:
    """QLoRA of 3B is known to fit 16 GB, 1B fits 8; the 3B in bfloat16 needs more than 8."""
    for name, least, most in (("llama-3.2-3b-qlora", 4, 16), ("llama-3.2-1b-qlora", 2.5, 8.5)):
        recipe = load_recipe(name)
        assert least * GB < memory(recipe, shape_of(recipe), L4, recipe.max_tokens) < most * GB
    sharded = load_recipe("llama-3.2-3b-lora-multi-gpu")
    shape = shape_of(sharded)
    assert memory(sharded, shape, L4, 7_680) > 8 * GB
    assert memory(sharded, shape, L4, 7_680, gpus=4) < memory(sharded, shape, L4, 7_680) - 4 * GB


def test_shapes_have_the_weights_that_their_names_say() -> None:
    shape = shape_of(load_recipe("llama-3.2-3b-qlora"))
    assert 3.1e9 < shape.embedding + shape.linear < 3.3e9
    assert Shape(2, 1, 1, 1, 4, 10).adapter(1) == 2 * 4 + 2 * 4 + 3 * 6


def test_a_run_that_cannot_fit_is_refused_before_it_loads() -> None:
    recipe = load_recipe("llama-3.2-3b-qlora", ["train.batch_size=64"])
    report = DataReport(rows=10, tokens=10_000, packed_rows=8, longest=7_000)
    with pytest.raises(SettingsError, match=r"needs about .* GB, and NVIDIA L4 has 23\.0 GB"):
        refuse_too_large(of(recipe, report, L4))


def test_time_counts_each_evaluation() -> None:
    """3B with the recipe's evaluation, beside the same rows with none to evaluate on."""
    rows = DataReport(rows=400, tokens=400_000, packed_rows=60, longest=4_000)
    held_out = replace(rows, validation=50, validation_tokens=50_000)

    def took(
        *changes: str,
        gpus: int = 1,
        recipe: str = "llama-3.2-3b-qlora",
        report: DataReport = held_out,
    ) -> Estimate:
        return of(load_recipe(recipe, ["train.max_steps=100", *changes]), report, L4, gpus)

    whole, never = took(), took(report=rows)
    assert never.evaluation_seconds == 0
    assert whole.seconds == pytest.approx(never.seconds + whole.evaluation_seconds)
    # 2 evaluations write 16 sections of 512 tokens, at 10 to 40 tokens a second.
    assert 2 * 16 * 512 / 40 < whole.evaluation_seconds < 2 * 16 * 512 / 10
    assert took("evaluate.every_steps=25").evaluation_seconds > 1.9 * whole.evaluation_seconds
    assert 0 < took("evaluate.every_steps=0").evaluation_seconds < 0.6 * whole.evaluation_seconds
    assert took(gpus=4).evaluation_seconds == whole.evaluation_seconds
    sharded = took(gpus=4, recipe="llama-3.2-3b-lora-multi-gpu")  # writes nothing while it trains
    assert 0 < sharded.evaluation_seconds < whole.evaluation_seconds / 10


def test_packing_is_counted_as_trl_packs() -> None:
    from datasets import Dataset
    from trl import pack_dataset

    lengths = [700, 300, 512, 512, 1000, 24, 500, 480]
    rows = Dataset.from_dict(
        {"input_ids": [[1] * n for n in lengths], "labels": [[1] * n for n in lengths]}
    )
    assert packed_rows(lengths, 1_024) == len(pack_dataset(rows, 1_024, "bfd"))


def test_training_without_its_libraries_names_the_extra(sft: Path, tmp_path: Path) -> None:
    lacking = "raise ModuleNotFoundError('no', name='transformers')\n"
    (tmp_path / "transformers.py").write_text(lacking)
    line = [*MOXI, "train", "--recipe", "tiny-cpu", "--dataset", str(sft)]
    done = moxi(tmp_path, line, PYTHONPATH=str(tmp_path))
    assert done.returncode == 2
    assert "pip install 'moxi-readme[train]' (transformers is missing)" in done.stderr
