"""Evaluation: the loss of answers by kind of section, truth of what is written, the end in time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from moxi_train import evaluate
from moxi_train.callbacks import Keep, Watch
from moxi_train.encode import Encoded, Encoder
from moxi_train.recipe import load_recipe
from moxi_train.run_dir import RunDir
from moxi_train.truth import Truth, judge
from tests.moxi_train.conftest import TINY, make_base, sample

TEXT = "## Usage\n\nSee [the code](tool1/cli.py), [the guide](docs/guide.md) and `--print`.\n"


def test_a_section_is_held_against_what_the_model_was_shown() -> None:
    judged = judge(sample(1), TEXT)
    assert judged.true >= 1
    assert judged.false == 1  # docs/guide.md is not in the listing
    total = Truth()
    total.add(judged)
    total.add(judge(sample(1), "## Usage\n\nNothing to be checked.\n"))
    assert total.sections == 2
    assert total.share == judged.true / (judged.true + 1)
    assert Truth().share is None


def test_where_the_listing_is_cut_a_path_may_be_there() -> None:
    one = sample(1)
    tree = (*one.input.file_tree, "... and 40 more files")
    assert judge(replace(one, input=replace(one.input, file_tree=tree)), TEXT).false == 0


def test_losses_are_those_of_the_model_by_section(tmp_path: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    base = make_base(tmp_path / "base")
    model = AutoModelForCausalLM.from_pretrained(base)
    recipe = load_recipe("tiny-cpu", TINY)
    encoder = Encoder(AutoTokenizer.from_pretrained(base), recipe.prompt.resolved())
    made = [row for n in range(4) if isinstance(row := encoder.sample(sample(n)), Encoded)]
    rows = [{"input_ids": r.input_ids, "labels": r.labels, "section": r.section} for r in made]
    found = evaluate.losses(model, rows)
    assert set(found) == {"", "usage", "install"}
    assert found[""][1] == sum(len(r.input_ids) - r.prompt_tokens for r in made)
    for given, one in zip(rows, made, strict=True):
        with torch.no_grad():
            whole = model(
                input_ids=torch.tensor([one.input_ids]), labels=torch.tensor([one.labels])
            ).loss.item()
        assert evaluate.losses(model, [given])[""][0] == pytest.approx(whole, abs=1e-4)
    assert evaluate.perplexity(0.0) == 1.0
    assert evaluate.perplexity(50.0) == float("inf")


def watched(folder: Path, shares: list[float | None], patience: int) -> list[int]:
    """The steps that were evaluated until it stopped."""
    said = iter(shares)

    def look(step: int) -> dict[str, Any]:
        return {"truth": {"share": next(said)}} if step else {"validation_loss": 1.0}

    folder.mkdir()
    run = RunDir(folder)
    watch = Watch(Keep(run, lambda _: None, lambda *_: None), look, 2, patience)
    control = SimpleNamespace(should_training_stop=False)
    state = SimpleNamespace(global_step=0, max_steps=2 * len(shares), epoch=0.0)
    watch.on_train_begin(None, state, control)
    while not control.should_training_stop and state.global_step < state.max_steps:
        state.global_step += 1
        watch.on_step_end(None, state, control)
    watch.on_train_end(None, state, control)
    return [line["step"] for line in run.metrics()]


def test_it_stops_when_truth_no_longer_grows(tmp_path: Path) -> None:
    shares: list[float | None] = [0.2, 0.5, 0.4, 0.5, 0.3, 0.9]
    assert watched(tmp_path / "a", shares, 0) == [0, 2, 4, 6, 8, 10, 12]
    assert watched(tmp_path / "b", shares, 2) == [0, 2, 4, 6, 8]
    assert watched(tmp_path / "c", [None, None, None], 1) == [0, 2, 4, 6]
