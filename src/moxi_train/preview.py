"""A batch as the model sees it: decoded from the very tokens, what carries loss apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from moxi_core.console import printable
from moxi_train.encode import IGNORED
from moxi_train.prepare import TRAIN, dataset
from moxi_train.recipe import Recipe
from moxi_train.rows import Rows
from moxi_train.run_dir import RunDir
from moxi_train.train import encode, tokenizer_of
from moxi_train.trainer import packed_rows


def preview(run: RunDir, recipe: Recipe, rows: Rows, say: Callable[[str], None]) -> Iterator[str]:
    """The rows of the first step, prompt and answer. Raises SettingsError."""
    tokenizer = tokenizer_of(recipe, run, rows)
    encode(run, recipe, rows, tokenizer, say)
    packed = packed_rows(dataset(run.encoded, TRAIN), recipe)
    wanted = min(len(packed), recipe.train.batch_size * recipe.train.gradient_accumulation)
    for number, row in enumerate(packed.select(range(wanted)), 1):
        yield f"{'=' * 80}\nrow {number}: {len(row['input_ids']):,} of {recipe.row_tokens:,} tokens\n"
        at = 0
        for length in row["seq_lengths"]:
            yield from _sample(
                tokenizer, row["input_ids"][at : at + length], row["labels"][at : at + length]
            )
            at += length


def _sample(tokenizer: Any, ids: list[int], labels: list[int]) -> Iterator[str]:
    at = sum(label == IGNORED for label in labels)
    yield f"{'-' * 30} prompt, {at:,} tokens without loss\n"
    yield _safe(tokenizer.decode(ids[:at]))
    yield f"\n{'-' * 30} answer, {len(ids) - at:,} tokens with loss\n"
    yield _safe(tokenizer.decode(ids[at:])) + "\n"


def _safe(text: str) -> str:
    return "\n".join(map(printable, text.split("\n")))
