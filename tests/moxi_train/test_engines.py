"""Real QLoRA steps on a CPU: nf4 weights, the label mask, packing, and two engines that agree."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from moxi_core.errors import SettingsError
from moxi_train.engines.base import refusal
from moxi_train.engines.choose import choose
from moxi_train.machine import has_gpu, has_module
from moxi_train.recipe import load_recipe
from tests.moxi_train.conftest import lora_recipe, make_base
from tests.moxi_train.test_train import FILES, MOXI, moxi

ROOT = Path(__file__).parents[2]


def steps(engine: str, recipe: str, sft: Path, folder: Path, *changes: str) -> dict[str, Any]:
    """What engine_losses.py prints; a process each, since Unsloth patches what the other uses."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.moxi_train.engine_losses", engine, recipe, str(sft), str(folder), *changes],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.slow
def test_qlora_on_nf4_learns_answers_only_and_packing_changes_no_loss(
    sft: Path, tmp_path: Path
) -> None:
    recipe = lora_recipe(tmp_path, make_base(tmp_path / "base"), in_4bit=True)
    # All rows in each step, so that the same samples are in it however they are packed.
    alone = steps("transformers", recipe, sft, tmp_path / "alone",
                  "train.packing=false", "train.batch_size=20", "train.gradient_accumulation=1")  # fmt: skip
    assert alone["quantised"] == 14  # 7 linear layers in each of 2 blocks
    assert alone["losses"][-1] < alone["losses"][0]
    assert alone["learned"].startswith("## Usage\n\nRun `tool")
    assert alone["learned"].endswith("<|end_of_text|>")
    assert "### Instruction:" in alone["shown"]
    assert "## Usage" not in alone["shown"]
    packed = steps("transformers", recipe, sft, tmp_path / "packed",
                   "train.batch_size=20", "train.gradient_accumulation=1", "train.row_tokens=1024")  # fmt: skip
    assert packed["packed"] < 20
    assert packed["losses"] == pytest.approx(alone["losses"], abs=5e-4)


@pytest.mark.slow
@pytest.mark.skipif(not has_module("unsloth"), reason="needs the extra `unsloth`")
def test_both_engines_agree_to_three_decimals(sft: Path, tmp_path: Path) -> None:
    recipe = lora_recipe(tmp_path, make_base(tmp_path / "base"), in_4bit=True)
    changes = ("train.packing=false", "train.gradient_checkpointing=false")
    ours, theirs = (
        steps(engine, recipe, sft, tmp_path / engine, *changes)
        for engine in ("transformers", "unsloth")
    )
    assert theirs["learned"] == ours["learned"]
    assert theirs["losses"] == pytest.approx(ours["losses"], abs=5e-4)


@pytest.mark.slow
@pytest.mark.skipif(not has_module("unsloth"), reason="needs the extra `unsloth`")
def test_a_run_by_unsloth_is_the_same_kind_of_folder(sft: Path, tmp_path: Path) -> None:
    recipe = lora_recipe(tmp_path, make_base(tmp_path / "base"), in_4bit=True)
    line = [
        *MOXI,
        "train",
        "--recipe",
        recipe,
        "--set",
        "model.engine=unsloth",
        "--dataset",
        str(sft),
    ]
    done = moxi(tmp_path, [*line, "--name", "one"])
    assert done.returncode == 0, done.stderr
    assert "should be imported before" not in done.stderr
    run = tmp_path / "models" / "one"
    assert FILES - {"model.safetensors", "config.json"} <= {f.name for f in run.iterdir()}
    assert (run / "adapter_model.safetensors").is_file()
    assert json.loads((run / "moxi.json").read_text())["engine"] == "unsloth"
    exported = moxi(tmp_path, [*MOXI, "export", "one", "--merged"])
    assert exported.returncode == 0, exported.stderr


@pytest.mark.skipif(has_gpu(), reason="has a GPU")
def test_a_recipe_for_a_gpu_says_what_would_run_here() -> None:
    with pytest.raises(SettingsError, match=r"needs a GPU.*tiny-cpu.*--aws"):
        choose(load_recipe("llama-3.2-3b-qlora"))
    engine, why = choose(load_recipe("llama-3.2-3b-qlora", ["model.needs_gpu=false"]))
    assert engine.name == "transformers"
    assert "no GPU is here" in why


@pytest.mark.skipif(has_module("unsloth"), reason="unsloth is here")
def test_unsloth_where_it_is_not_names_its_extra() -> None:
    with pytest.raises(SettingsError, match=r"moxi-readme\[unsloth\]"):
        choose(load_recipe("llama-3.2-3b-qlora", ["model.engine=unsloth", "model.needs_gpu=false"]))


def test_what_a_hub_refuses_is_told_with_the_way_to_get_it() -> None:
    gated = type("GatedRepoError", (OSError,), {})("403")
    assert "ask for access at https://huggingface.co/meta-llama/x" in str(
        refusal("meta-llama/x", gated)
    )
    assert "unsloth/Llama-3.2-3B-Instruct" in str(refusal("meta-llama/x", gated))
    lost = type("RepositoryNotFoundError", (OSError,), {})("404")
    assert "There is no model 'a/b'" in str(refusal("a/b", lost))
    assert "Is there a network" in str(refusal("a/b", OSError("timed out\nmore")))
