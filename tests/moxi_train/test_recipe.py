"""Recipes: typed, all errors at once, every shipped one loads."""

from __future__ import annotations

from pathlib import Path

import pytest

from moxi_core.errors import SettingsError
from moxi_train.launch import command, config_file
from moxi_train.recipe import DEFAULT, changed, load_recipe, names, resolve
from moxi_train.run_dir import RunDir


def test_every_recipe_that_is_shipped_loads_and_comes_back_from_its_record() -> None:
    assert DEFAULT in names()
    assert {"llama-3.2-1b-qlora", "llama-3.2-3b-lora-multi-gpu", "tiny-cpu"} < set(names())
    for name in names():
        recipe = load_recipe(name)
        assert recipe.description
        assert resolve(recipe.model_dump(mode="json"), name) == recipe


def test_all_errors_are_told_at_once() -> None:
    wrong = ["train.lr=1", "train.epochs=-1", "extra.x=1", "model.engine=magic"]
    with pytest.raises(SettingsError) as told:
        load_recipe("tiny-cpu", wrong)
    for part in ("train.lr: there is no such key", "train.epochs", "extra", "model.engine"):
        assert part in str(told.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("lora.r=0", "only .model.random. trains all"),
        ("evaluate.sections=0", "patience needs"),
        ("model.random={}", "either name"),
        ("gpus.strategy=fsdp", "unsloth does not shard"),
        ("train.optimizer=adamm", "train.optimizer"),
        ("lora.target_modules=['qq_proj']", "lora.target_modules"),
    ],
)
def test_what_does_not_go_together_is_refused(change: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        load_recipe(DEFAULT, ["model.engine=unsloth", change])


def test_values_are_toml_or_plain_words() -> None:
    recipe = load_recipe(
        "tiny-cpu",
        ["train.learning_rate=1e-4", "train.scheduler=linear", "lora.target_modules=['q_proj']"],
    )
    assert recipe.train.learning_rate == 1e-4
    assert recipe.train.scheduler == "linear"
    assert recipe.lora.target_modules == ("q_proj",)
    assert changed(recipe, ["train.epochs=2"], "x").train.epochs == 2


@pytest.mark.parametrize("change", ["epochs=3", "train.epochs", "=", "description.x=1"])
def test_a_change_that_is_none_says_how_to_write_one(change: str) -> None:
    with pytest.raises(SettingsError, match="--set"):
        load_recipe("tiny-cpu", [change])


def test_an_unknown_recipe_names_the_known_ones(tmp_path: Path) -> None:
    for name in ("llama-9", str(tmp_path / "none.toml")):
        with pytest.raises(SettingsError, match="tiny-cpu"):
            load_recipe(name)
    broken = tmp_path / "broken.toml"
    broken.write_text("[model\n")
    with pytest.raises(SettingsError, match="cannot be read as TOML"):
        load_recipe(str(broken))


def test_settings_of_accelerate_are_shipped_and_load() -> None:
    load_config = pytest.importorskip(
        "accelerate.commands.config.config_args"
    ).load_config_from_file
    for strategy, kind in (("ddp", "MULTI_GPU"), ("fsdp", "FSDP")):
        settings = load_config(str(config_file(strategy)))
        assert settings.distributed_type == kind
    assert settings.fsdp_config["fsdp_version"] == 2
    line = command(RunDir(Path("models/x")), load_recipe("llama-3.2-3b-lora-multi-gpu"), 4)
    assert line[line.index("--num_processes") + 1] == "4"
    assert line[-7:] == ["moxi_cli", "train", "--resume", "--name", "x", "--output", "models"]
    assert "fsdp.yaml" in line[line.index("--config_file") + 1]
