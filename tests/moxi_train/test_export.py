"""A run passed on: merged exactly, card and notice with it, pushed to a Hub."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from moxi_core.errors import SettingsError, TrainError
from moxi_train.export import merge, to_gguf
from moxi_train.run_dir import RunDir
from tests.moxi_core.hub import hub
from tests.moxi_train.conftest import lora_recipe, make_base
from tests.moxi_train.test_train import MOXI, moxi, train_line


@pytest.fixture(scope="module")
def qlora(tmp_path_factory: pytest.TempPathFactory) -> RunDir:
    """A finished QLoRA run on a base in a folder."""
    from tests.moxi_train.conftest import sample, write_set

    place = tmp_path_factory.mktemp("qlora")
    sft = write_set(place / "sft", [sample(n) for n in range(20)])
    recipe = lora_recipe(place, make_base(place / "llama-tiny"), in_4bit=True)
    done = moxi(place, [*MOXI, "train", "--recipe", recipe, "--dataset", str(sft), "--name", "one"])
    assert done.returncode == 0, done.stderr
    return RunDir(place / "models" / "one")


def logits(model: Any, folder: Path) -> Any:
    import torch
    from transformers import AutoTokenizer

    ids = AutoTokenizer.from_pretrained(folder)(
        "## Usage\n\nRun it to count words.", return_tensors="pt"
    )
    with torch.no_grad():
        return model(input_ids=ids["input_ids"]).logits


@pytest.mark.slow
def test_merged_weights_answer_as_the_adapter_on_its_4_bit_base(qlora: RunDir) -> None:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    said: list[str] = []
    merged = merge(qlora, said.append)
    assert "logits differ by" in said[0]
    plain = (qlora.folder / "moxi.json").stat().st_mode
    for place in (merged / "model.safetensors", qlora.folder / "adapter_model.safetensors"):
        assert place.stat().st_mode == plain  # a server is often another user
    whole = AutoModelForCausalLM.from_pretrained(merged)
    base = AutoModelForCausalLM.from_pretrained(qlora.folder / "merged-base")
    untrained = logits(base, merged)
    adapted = logits(PeftModel.from_pretrained(base, str(qlora.folder)), merged)
    assert (logits(whole, merged) - adapted).abs().max() <= 1e-4
    assert (adapted - untrained).abs().max() > 1e-2  # else nothing was compared
    # The base that was trained on is what 4 bit made of the original one.
    original = AutoModelForCausalLM.from_pretrained(qlora.record["recipe"]["model"]["name"])
    assert (logits(original, merged) - untrained).abs().max() > 1e-3


@pytest.mark.slow
def test_card_and_notice_go_with_what_is_made_of_llama(qlora: RunDir) -> None:
    merged = merge(qlora, lambda _: None)
    for folder in (qlora.folder, merged):
        card = (folder / "README.md").read_text()
        assert "**Built with Llama.**" in card
        assert "# Llama-one" in card
        assert "license: llama3.2" in card
        assert "Copyright © Meta Platforms" in (folder / "NOTICE").read_text()
        assert json.loads((folder / "moxi.json").read_text())["prompt"]["version"]


@pytest.mark.slow
def test_all_weights_trained_is_merged_already(sft: Path, tmp_path: Path) -> None:
    assert moxi(tmp_path, train_line(sft, "full", "--set", "train.max_steps=1")).returncode == 0
    done = moxi(tmp_path, [*MOXI, "export", "full", "--merged"])
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "models" / "full"
    assert done.stdout.strip().endswith("models/full/merged")
    for name in ("model.safetensors", "tokenizer.json", "config.json"):
        assert (folder / "merged" / name).read_bytes() == (folder / name).read_bytes()


@pytest.mark.slow
def test_gguf_is_made_by_the_converter_of_a_clone_and_nothing_is_installed(
    qlora: RunDir, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=r"clone https://github\.com/ggml-org/llama\.cpp"):
        to_gguf(qlora, None, "f16", print)
    script = tmp_path / "convert_hf_to_gguf.py"
    script.write_text(
        "import sys,pathlib\na=sys.argv\nassert pathlib.Path(a[1],'model.safetensors').is_file()\n"
        "pathlib.Path(a[a.index('--outfile')+1]).write_bytes(b'GGUF')\n"
    )
    assert to_gguf(qlora, tmp_path, "f16", print).read_bytes() == b"GGUF"
    script.write_text("import sys\nsys.exit('no such architecture')\n")
    with pytest.raises(TrainError, match="no such architecture"):
        to_gguf(qlora, tmp_path, "q8_0", print)
    assert not list(qlora.folder.glob("*q8_0*"))


@pytest.mark.slow
def test_the_adapter_goes_to_the_hub_with_its_card_and_nothing_that_made_it(
    qlora: RunDir,
) -> None:
    with hub() as server:
        place = qlora.folder.parents[1]
        done = moxi(
            place, [*MOXI, "export", "one", "--push", "org/Llama-readme"],
            **{"HF_HUB_OFFLINE": "0", "HF_ENDPOINT": server.url, "HF_TOKEN": "hf_good"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == f"{server.url}/org/Llama-readme"
        files = server.files["org/Llama-readme"]
        assert server.repos["org/Llama-readme"]["visibility"] == "private"
    assert {
        "adapter_model.safetensors",
        "adapter_config.json",
        "moxi.json",
        "NOTICE",
        "README.md",
    } <= set(files)
    assert not [name for name in files if "/" in name or name.startswith(".")]


def test_a_run_that_is_not_finished_is_not_passed_on(tmp_path: Path) -> None:
    run = RunDir(tmp_path / "one")
    run.folder.mkdir()
    run.write_record({"state": "running"})
    with pytest.raises(SettingsError, match=r"is not finished.*--resume --name one"):
        merge(run, print)
