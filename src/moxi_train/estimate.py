"""What a run would take: steps, tokens, memory and time, before anything large is loaded."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from moxi_core.errors import SettingsError
from moxi_core.prompt import estimated_tokens
from moxi_train.machine import Device, device
from moxi_train.prepare import DataReport
from moxi_train.recipe import Recipe
from moxi_train.report import lines as data_lines
from moxi_train.rows import Rows
from moxi_train.run_dir import RunDir
from moxi_train.train import encode, tokenizer_of
from moxi_train.trainer import steps_of

_GB = 1 << 30
_OVERHEAD = 1.5 * _GB  # the libraries, the allocator's gaps, kernels
_OVERHEAD_CPU = 0.7 * _GB
_LAYER_S = 2e-3  # a token that is written waits so long for each layer to be called


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a Llama's configuration decides its size."""

    hidden: int
    layers: int
    heads: int
    kv_heads: int
    inner: int
    vocabulary: int
    tied: bool = True

    @property
    def embedding(self) -> int:
        """Weights of the embedding (and of the head, where it has its own)."""
        return self.vocabulary * self.hidden * (1 if self.tied else 2)

    @property
    def linear(self) -> int:
        """Weights of all linear layers: those that 4 bit and LoRA are for."""
        kv = self.hidden * self.kv_heads // self.heads
        attention = 2 * self.hidden * (self.hidden + kv)
        return self.layers * (attention + 3 * self.hidden * self.inner)

    def adapter(self, r: int) -> int:
        """Weights of a LoRA adapter on all linear layers."""
        kv = self.hidden * self.kv_heads // self.heads
        pairs = [(self.hidden, self.hidden)] * 2 + [(self.hidden, kv)] * 2
        pairs += [(self.hidden, self.inner)] * 3
        return self.layers * r * sum(a + b for a, b in pairs)


# By their configurations on the Hub: so that an estimate needs neither network nor permission.
_KNOWN = {
    "llama-3.2-3b": Shape(3_072, 28, 24, 8, 8_192, 128_256),
    "llama-3.2-1b": Shape(2_048, 16, 32, 8, 8_192, 128_256),
}


@dataclass(slots=True)
class Estimate:
    """What a run would take; memory in bytes a device, time in seconds, evaluation included."""

    data: DataReport
    steps: int
    tokens: int
    weights: int
    trained: int
    memory: int
    has: int
    seconds: float
    evaluation_seconds: float
    device: str
    devices: int


def estimate(
    run: RunDir, recipe: Recipe, rows: Rows, gpus: int, say: Callable[[str], None]
) -> Estimate:
    """Encode the rows, and count. Raises SettingsError as a run would."""
    try:
        tokenizer = tokenizer_of(recipe, run, rows)
    except SettingsError as error:
        say(f"tokens are estimated from characters: {error}")
        tokenizer = EstimatedTokenizer()
    report = encode(run, recipe, rows, tokenizer, say)
    return of(recipe, report, device(), gpus)


class EstimatedTokenizer:
    """Stands in where a model's own tokenizer is not at hand: as many tokens as its texts may take."""

    chat_template = "estimated"
    eos_token, eos_token_id = "", 0

    def __call__(self, text: str, **_: Any) -> dict[str, list[int]]:
        """Zeros, one a token."""
        return {"input_ids": [0] * estimated_tokens(text)}

    def apply_chat_template(self, messages: list[dict[str, str]], **_: Any) -> str:
        """The messages, with about as much around them as a template takes."""
        return "".join(f"<|{m['role']}|>\n\n{m['content']}\n" for m in messages)


def of(recipe: Recipe, report: DataReport, on: Device, gpus: int = 1) -> Estimate:
    """What the encoded rows would take on a device."""
    shape = shape_of(recipe)
    count = report.packed_rows if recipe.train.packing else report.rows
    steps = steps_of(count, recipe, gpus)
    a_step = recipe.train.batch_size * recipe.train.gradient_accumulation * gpus
    tokens = int(steps * a_step * report.tokens / max(1, count))
    weights = shape.embedding + shape.linear
    trained = shape.adapter(recipe.lora.r) if recipe.lora.r else weights
    training = tokens * flops_a_token(recipe, shape) / (on.flops * gpus)
    evaluation = evaluation_seconds(recipe, report, on, steps, gpus)
    return Estimate(
        data=report,
        steps=steps,
        tokens=tokens,
        weights=weights,
        trained=trained,
        memory=memory(recipe, shape, on, report.longest, gpus),
        has=on.memory,
        seconds=training + evaluation,
        evaluation_seconds=evaluation,
        device=on.name,
        devices=gpus,
    )


def memory(recipe: Recipe, shape: Shape, on: Device, longest: int, gpus: int = 1) -> int:
    """Bytes that a device needs at most: weights, optimizer, activations, logits."""
    number = 4 if on.name == "CPU" or recipe.model.dtype == "float32" else 2
    linear = shape.linear * (0.56 if recipe.model.load_in_4bit else number)
    # Made ready for 4 bit, embeddings are lifted to float32.
    held = linear + shape.embedding * (4 if recipe.model.load_in_4bit else number)
    if gpus > 1 and recipe.gpus.strategy == "fsdp":
        held /= gpus
    trained = shape.adapter(recipe.lora.r) if recipe.lora.r else shape.embedding + shape.linear
    states = 2 if "8bit" in recipe.train.optimizer and on.name != "CPU" else 8
    row = recipe.row_tokens if recipe.train.packing else longest
    tokens = recipe.train.batch_size * row
    kept = shape.layers if recipe.train.gradient_checkpointing else shape.layers * 14
    activations = tokens * number * (shape.hidden * kept + 6 * shape.inner)
    if recipe.train.packing and on.name == "CPU":
        activations += row * row * shape.heads * 4 * 2  # attention as a whole matrix
    logits = tokens * shape.vocabulary * 4 * 0.25  # of answers only, a chunk at a time
    overhead = _OVERHEAD_CPU if on.name == "CPU" else _OVERHEAD
    return int(held + trained * (4 + 4 + states) + activations + logits + overhead)


def flops_a_token(recipe: Recipe, shape: Shape, *, learns: bool = True) -> float:
    """Forward, and to learn also backward to activations, and again forward where they are not kept."""
    linear = shape.linear + shape.embedding / 4
    attention = 2 * shape.layers * shape.hidden * recipe.max_tokens / 2
    if not learns:
        return 2 * linear + attention
    passes = (
        2 + 2 + (2 if recipe.train.gradient_checkpointing else 0) + (2 if not recipe.lora.r else 0)
    )
    return passes * linear + 3 * attention


def evaluation_seconds(
    recipe: Recipe, report: DataReport, on: Device, steps: int, gpus: int
) -> float:
    """Time of all evaluations, if each section is written to its last token and none stops the run.

    Each device does the whole of it: more of them are no quicker.
    """
    shape, wanted = shape_of(recipe), recipe.evaluate
    looks = math.ceil(steps / wanted.every_steps) if wanted.every_steps else 1
    rows = min(wanted.rows, report.validation)
    read = report.validation_tokens * rows / max(1, report.validation)
    is_sharded = gpus > 1 and recipe.gpus.strategy == "fsdp"
    sections = 0 if is_sharded else min(wanted.sections, report.validation)
    forward = flops_a_token(recipe, shape, learns=False) / on.flops
    written = wanted.new_tokens * (shape.layers * _LAYER_S + forward)
    # Before the first step losses are measured, but nothing is written.
    return (looks + 1) * read * forward + looks * sections * (
        recipe.prompt.context_tokens * forward + written
    )


def shape_of(recipe: Recipe) -> Shape:
    """The model's shape: of the recipe, of a table, or of its configuration. Raises SettingsError."""
    made = recipe.model.random
    if made:
        return Shape(
            made.hidden, made.layers, made.heads, made.kv_heads, made.hidden * 4, made.vocabulary
        )
    name = recipe.model.name.lower()
    for known, shape in _KNOWN.items():
        if known in name:
            return shape
    from transformers import AutoConfig

    from moxi_train.engines.base import refusal

    try:
        config = AutoConfig.from_pretrained(recipe.model.name)
        return Shape(
            config.hidden_size, config.num_hidden_layers, config.num_attention_heads,
            config.num_key_value_heads, config.intermediate_size, config.vocab_size,
            config.tie_word_embeddings,
        )  # fmt: skip
    except (OSError, ValueError) as error:
        raise refusal(recipe.model.name, error) from error
    except AttributeError as error:
        raise SettingsError(f"Model {recipe.model.name!r} is no Llama: {error}.") from error


def refuse_too_large(found: Estimate) -> None:
    """Raise SettingsError where the device has far too little memory, before it is filled."""
    if found.has and found.memory > found.has:
        raise SettingsError(
            f"This run needs about {found.memory / _GB:.1f} GB, and {found.device} has "
            f"{found.has / _GB:.1f} GB: lower prompt.context_tokens or train.batch_size, or take the "
            "1B recipe."
        )


def lines(found: Estimate, recipe: Recipe) -> Iterator[str]:
    """What users read of it."""
    yield from data_lines(found.data, recipe.row_tokens)
    yield f"{found.steps:,} steps, {found.tokens:,} tokens"
    yield f"{found.trained:,} of {found.weights:,} weights are trained"
    yield f"about {found.memory / _GB:.1f} GB of memory, {found.device} has {found.has / _GB:.1f} GB"
    yield (
        f"about {duration(found.seconds)}, {duration(found.evaluation_seconds)} of it evaluation, on "
        f"{found.devices} x {found.device}"
    )


def duration(seconds: float) -> str:
    """Seconds as people say them."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5_400 else f"{seconds / 3600:.1f} h"
