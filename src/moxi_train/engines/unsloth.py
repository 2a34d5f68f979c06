"""The Unsloth engine: faster on one GPU, in less memory; on a CPU only to see that it is right."""

from __future__ import annotations

from typing import Any

from moxi_train.engines.base import Loaded, dtype_of, refusal
from moxi_train.failures import is_of_machine
from moxi_train.machine import has_gpu
from moxi_train.recipe import Recipe
from moxi_train.run_dir import RunDir


class UnslothEngine:
    """Unsloth's FastLanguageModel."""

    name = "unsloth"

    def __init__(self) -> None:
        _fast()

    def load(self, recipe: Recipe, run: RunDir) -> Loaded:
        """The base, in 4 bit where the recipe says so."""
        fast = _fast()
        base = str(run.base) if recipe.model.random else recipe.model.name
        try:
            model, tokenizer = fast.from_pretrained(
                model_name=base,
                max_seq_length=recipe.row_tokens,
                dtype=dtype_of(recipe),
                load_in_4bit=recipe.model.load_in_4bit,
                # Else it takes a copy in 4 bit of its own making, which an export would not stand on.
                use_exact_model_name=True,
            )
        except (OSError, ValueError, ImportError, RuntimeError) as error:
            if is_of_machine(error):
                raise
            raise refusal(base, error) from error
        return Loaded(model, tokenizer, base)

    def adapt(self, loaded: Loaded, recipe: Recipe) -> None:
        """A LoRA adapter with fresh weights."""
        lora = recipe.lora
        checkpointing = recipe.train.gradient_checkpointing
        loaded.model = _fast().get_peft_model(
            loaded.model,
            r=lora.r,
            lora_alpha=lora.alpha,
            lora_dropout=lora.dropout,
            target_modules=list(lora.target_modules),
            # Its own way keeps activations in the CPU's memory.
            use_gradient_checkpointing=("unsloth" if has_gpu() else True)
            if checkpointing
            else False,
            random_state=recipe.train.seed,
        )


def _fast() -> Any:
    """Unsloth patches transformers and TRL when it is imported: only here, and before them."""
    import unsloth

    return unsloth.FastLanguageModel
