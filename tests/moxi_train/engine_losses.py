"""A program: losses of some training steps by one engine, from adapters that are the same for all.

python -m tests.moxi_train.engine_losses ENGINE RECIPE ROWS FOLDER
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

if sys.argv[1] == "unsloth":
    import unsloth  # noqa: F401 - before transformers and TRL, which it patches


def same_adapters(model: Any) -> None:
    """The same A for each layer whatever engine made it; B is 0, as LoRA begins."""
    import torch

    for number, (name, weight) in enumerate(sorted(model.named_parameters())):
        if "lora_A" in name:
            made = torch.Generator().manual_seed(number)
            weight.data.copy_(torch.randn(weight.shape, generator=made) * 0.05)
        elif "lora_B" in name:
            weight.data.zero_()


def main(engine_name: str, recipe_file: str, rows_folder: str, folder: str) -> None:
    """Train, and print losses, trained weights and how the first row is labelled, as JSON."""
    from moxi_train.engines.base import Engine
    from moxi_train.engines.transformers import TransformersEngine
    from moxi_train.engines.unsloth import UnslothEngine
    from moxi_train.prepare import TRAIN, dataset
    from moxi_train.recipe import load_recipe
    from moxi_train.rows import rows_of
    from moxi_train.run_dir import RunDir
    from moxi_train.train import begin
    from moxi_train.trainer import make_trainer

    engine: Engine = UnslothEngine() if engine_name == "unsloth" else TransformersEngine()
    recipe = load_recipe(recipe_file, sys.argv[5:])
    run = RunDir(Path(folder))
    begin(run, recipe, rows_of(rows_folder, Path()), engine, print)
    loaded = engine.load(recipe, run)
    engine.adapt(loaded, recipe)
    same_adapters(loaded.model)
    rows = dataset(run.encoded, TRAIN)
    trainer = make_trainer(loaded, rows, recipe, run.checkpoints, [])
    batch = next(iter(trainer.get_train_dataloader()))
    trainer.train()
    logs = [line["loss"] for line in trainer.state.log_history if "loss" in line]
    ids, labels = batch["input_ids"][0].tolist(), batch["labels"][0].tolist()
    quantised = [type(w).__name__ for w in loaded.model.parameters() if "4bit" in type(w).__name__]
    learned = [i for i, label in zip(ids, labels, strict=True) if label != -100]
    result = {
        "losses": logs,
        "learned": loaded.tokenizer.decode(learned),
        "shown": loaded.tokenizer.decode(
            [i for i, y in zip(ids, labels, strict=True) if y == -100]
        ),
        "quantised": len(quantised),
        "packed": len(trainer.train_dataset),
    }
    print("\n" + json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:5])
