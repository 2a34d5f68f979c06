"""The base engine: transformers, PEFT and bitsandbytes, on any device, one or many."""

from __future__ import annotations

from typing import Any

from moxi_core.errors import SettingsError
from moxi_train.engines.base import Loaded, dtype_of, refusal
from moxi_train.failures import is_of_machine
from moxi_train.machine import has_gpu, has_module, local_rank
from moxi_train.recipe import Recipe
from moxi_train.run_dir import RunDir


class TransformersEngine:
    """TRL + PEFT + bitsandbytes."""

    name = "transformers"

    def load(self, recipe: Recipe, run: RunDir) -> Loaded:
        """The base, in 4 bit where the recipe says so."""
        base = str(run.base) if recipe.model.random else recipe.model.name
        try:
            model, tokenizer = load_base(recipe, base)
        except (OSError, ValueError, ImportError, RuntimeError) as error:
            if is_of_machine(error):
                raise
            raise refusal(base, error) from error
        return Loaded(model, tokenizer, base)

    def adapt(self, loaded: Loaded, recipe: Recipe) -> None:
        """A LoRA adapter with fresh weights; with `r` of 0 there is none, and all weights train."""
        if not recipe.lora.r:
            return
        from peft import LoraConfig, get_peft_model, prepare_model_for_kbit_training

        model = loaded.model
        if recipe.model.load_in_4bit:
            model = prepare_model_for_kbit_training(
                model, use_gradient_checkpointing=recipe.train.gradient_checkpointing
            )
        elif recipe.train.gradient_checkpointing:
            model.enable_input_require_grads()
        lora = recipe.lora
        loaded.model = get_peft_model(
            model,
            LoraConfig(
                r=lora.r,
                lora_alpha=lora.alpha,
                lora_dropout=lora.dropout,
                target_modules=list(lora.target_modules),
                task_type="CAUSAL_LM",
            ),
        )


def load_base(recipe: Recipe, base: str) -> tuple[Any, Any]:
    """Model and tokenizer of a Hub id or folder, as transformers loads them."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base)
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = _padding(tokenizer)
    given: dict[str, Any] = {"dtype": dtype_of(recipe), "attn_implementation": "sdpa"}
    if recipe.model.load_in_4bit:
        given["quantization_config"] = in_4bit(recipe)
    if has_gpu():
        given["device_map"] = {"": local_rank()}
    return AutoModelForCausalLM.from_pretrained(base, **given), tokenizer


def in_4bit(recipe: Recipe) -> Any:
    """nf4 with double quantisation: QLoRA."""
    if not has_module("bitsandbytes"):
        raise SettingsError(
            "4-bit weights need bitsandbytes; run: pip install 'moxi-readme[train]'"
        )
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=dtype_of(recipe),
    )


def _padding(tokenizer: Any) -> str:
    """A token for padding that never ends a text: Llama 3 keeps some for such uses."""
    reserved = "<|finetune_right_pad_id|>"
    return reserved if reserved in tokenizer.get_vocab() else tokenizer.eos_token
