"""What of a run a server loads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from moxi_core.errors import SettingsError
from moxi_train.recipe import load_recipe
from moxi_train.run_dir import RunDir
from moxi_train.servable import servable

LORA = ["lora.r=8", "model.random={vocabulary = 400, hidden = 32, layers = 2, heads = 2}"]


def a_run(
    models: Path, *files: str, recipe: str = "tiny-cpu", changes: list[str] | None = None
) -> RunDir:
    """A finished run `one` with these files, as training and export leave them."""
    run = RunDir(models / "one")
    for name in files:
        place = run.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps({"r": 8}))
    made = load_recipe(recipe, changes or [])
    run.folder.mkdir(parents=True, exist_ok=True)
    table = made.model_dump(mode="json", exclude_none=True)
    run.write_record({"run": "one", "state": "finished", "recipe": table})
    return run


def merge(run: RunDir) -> None:
    (run.folder / "merged").mkdir()
    RunDir(run.folder / "merged").write_record(run.record)


def test_merged_weights_come_first(tmp_path: Path) -> None:
    run = a_run(tmp_path, "adapter_config.json", "merged-base/config.json")
    merge(run)
    found = servable("one", tmp_path)
    assert (found.name, found.model, found.adapter) == ("one", str(run.folder / "merged"), None)
    assert found.prompt
    assert found.prompt.context_tokens == 512
    asked = servable("one", tmp_path, as_adapter=True)
    assert (asked.model, asked.adapter) == (str(run.folder / "merged-base"), run.folder)
    assert asked.rank == 8


def test_weights_merged_before_the_run_went_on_are_not_served(tmp_path: Path) -> None:
    run = a_run(tmp_path, "adapter_config.json", "merged-base/config.json")
    merge(run)
    run.write_record(run.record | {"finished_at": 2})
    assert servable("one", tmp_path).adapter == run.folder


def test_a_whole_model_is_the_run_itself(tmp_path: Path) -> None:
    run = a_run(tmp_path, "config.json")
    assert servable("one", tmp_path).model == str(run.folder)
    with pytest.raises(SettingsError, match="has no adapter"):
        servable("one", tmp_path, as_adapter=True)


def test_an_adapter_stands_on_what_it_was_trained_on(tmp_path: Path) -> None:
    run = a_run(tmp_path, "adapter_config.json", changes=LORA)
    assert servable("one", tmp_path).model == str(run.base)


def test_an_adapter_of_4_bit_weights_needs_them_written_out(tmp_path: Path) -> None:
    a_run(tmp_path, "adapter_config.json", recipe="llama-3.2-1b-qlora")
    with pytest.raises(SettingsError, match="moxi export one --merged"):
        servable("one", tmp_path)


def test_the_newest_run_and_one_by_its_folder(tmp_path: Path) -> None:
    run = a_run(tmp_path, "config.json")
    run.make_latest()
    for target in ("", "latest", str(run.folder)):
        assert servable(target, tmp_path).model == str(run.folder.resolve())
    with pytest.raises(SettingsError, match="There is no run yet"):
        servable("", tmp_path / "none")


def test_a_run_that_is_not_finished_is_refused(tmp_path: Path) -> None:
    run = a_run(tmp_path, "config.json")
    run.write_record(run.record | {"state": "running"})
    with pytest.raises(SettingsError, match="not finished"):
        servable("one", tmp_path)


def test_folders_and_the_hub(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / "adapter_config.json").write_text('{"base_model_name_or_path": "org/base", "r": 4}')
    found = servable(str(plain), tmp_path)
    assert (found.name, found.model, found.adapter) == ("plain", "org/base", plain)
    (plain / "config.json").write_text("{}")
    assert servable(str(plain), tmp_path).model == str(plain)
    assert servable("org/name", tmp_path).model == "org/name"


@pytest.mark.parametrize("target", ["nothing", "./no/such", "/no/such", "a/b/c", "-x/y"])
def test_what_is_no_model(tmp_path: Path, target: str) -> None:
    with pytest.raises(SettingsError, match="There is no run and no model"):
        servable(target, tmp_path)


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="holds no model"):
        servable(str(tmp_path), tmp_path)
