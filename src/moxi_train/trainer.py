"""TRL's trainer, set up by a recipe: the one loop, whichever engine made the model."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moxi_train.engines.base import Loaded, dtype_of
from moxi_train.machine import has_gpu, is_launched
from moxi_train.recipe import Recipe

if TYPE_CHECKING:
    from trl import SFTConfig, SFTTrainer

# Whose states of 8 bit need a GPU; on a CPU the same optimizer runs with whole ones.
_ON_CPU = {"adamw_8bit": "adamw_torch", "paged_adamw_8bit": "adamw_torch"}


def make_trainer(
    loaded: Loaded, rows: Any, recipe: Recipe, checkpoints: Path, callbacks: list[Any]
) -> SFTTrainer:
    """A trainer for encoded rows (`input_ids` and `labels`), which it packs and nothing else."""
    import torch
    from transformers.trainer_callback import PrinterCallback, ProgressCallback
    from trl import SFTTrainer

    trainer = SFTTrainer(
        model=loaded.model,
        args=config(recipe, checkpoints),
        train_dataset=rows.select_columns(["input_ids", "labels"]),
        processing_class=loaded.tokenizer,
        callbacks=callbacks,
    )
    for own in (PrinterCallback, ProgressCallback):  # what users see is ours to say
        trainer.remove_callback(own)
    # Made in bfloat16, adapters come back from a checkpoint in float32: a resumed run would differ.
    for weight in trainer.model.parameters():
        if weight.requires_grad and weight.dtype != torch.float32:
            weight.data = weight.data.float()
    return trainer


def config(recipe: Recipe, checkpoints: Path) -> SFTConfig:
    """The recipe as TRL takes it."""
    from trl import SFTConfig

    train = recipe.train
    dtype = str(dtype_of(recipe)).removeprefix("torch.")
    optimizer = train.optimizer if has_gpu() else _ON_CPU.get(train.optimizer, train.optimizer)
    made = SFTConfig(
        output_dir=str(checkpoints),
        max_length=recipe.row_tokens,
        packing=train.packing,
        packing_strategy="bfd",  # the one that keeps samples apart
        num_train_epochs=train.epochs,
        max_steps=train.max_steps,
        per_device_train_batch_size=train.batch_size,
        gradient_accumulation_steps=train.gradient_accumulation,
        learning_rate=train.learning_rate,
        lr_scheduler_type=train.scheduler,
        warmup_steps=train.warmup_share,  # below 1 it is a share
        weight_decay=train.weight_decay,
        max_grad_norm=train.max_grad_norm,
        optim=optimizer,
        gradient_checkpointing=train.gradient_checkpointing,
        bf16=has_gpu() and dtype == "bfloat16",
        fp16=has_gpu() and dtype == "float16",
        use_cpu=not has_gpu(),
        save_strategy="steps",
        save_steps=train.save_steps,
        save_total_limit=train.checkpoints_kept,
        logging_steps=train.logging_steps,
        logging_nan_inf_filter=False,  # a loss that is no number ends the run
        eval_strategy="no",  # moxi_train.evaluate does it
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=has_gpu(),
        accelerator_config=_several_on_a_cpu() if is_launched() and not has_gpu() else None,
        seed=train.seed,
        data_seed=train.seed,
    )
    if not is_launched():
        made._n_gpu = min(1, made.n_gpu)  # more are used in a process each, or not at all
    return made


def _several_on_a_cpu() -> dict[str, bool]:
    """Settings of processes that share a CPU: accelerate's name for it, `cpu:0`, no checkpoint is read to."""
    import torch
    from accelerate import PartialState

    PartialState(cpu=True).device = torch.device("cpu")
    return {"use_configured_state": True}


def packed_rows(rows: Any, recipe: Recipe) -> Any:
    """The rows as the trainer packs them, with `seq_lengths` of the samples in each."""
    from trl import pack_dataset

    return pack_dataset(rows.select_columns(["input_ids", "labels"]), recipe.row_tokens, "bfd")


def steps_of(rows: int, recipe: Recipe, devices: int = 1) -> int:
    """Optimizer steps that so many packed rows take."""
    train = recipe.train
    if train.max_steps > 0:
        return train.max_steps
    batches = -(-rows // (train.batch_size * devices))
    return max(1, math.ceil(-(-batches // train.gradient_accumulation) * train.epochs))
