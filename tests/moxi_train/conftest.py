"""A small training set, and a recipe so small that a run takes seconds."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from moxi_core.records import KeyFile, to_json
from moxi_core.samples import SftInput, SftSample, Split
from moxi_train.recipe import Recipe, load_recipe

# Without the extra `train` only jobs on AWS can be tested: they need nothing heavy.
collect_ignore_glob = [] if find_spec("trl") else ["test_[!a]*.py"]

WORDS = (
    "count print words file option text top notes list show line path name list read write".split()
)


def sample(number: int, split: Split = "train", **more: object) -> SftSample:
    """A sample of its own owner; its words depend on its number only."""
    rnd = random.Random(number)  # noqa: S311
    name = f"tool{number}"
    said = " ".join(rnd.choices(WORDS, k=20))
    code = f'import argparse\nparser.add_argument("--{WORDS[number % 5]}")\n# {said}\n'
    given: dict[str, object] = {
        "id": f"s{number}",
        "instruction": f"Write the usage section of the README of {name}.",
        "input": SftInput(
            file_tree=("README.md", f"{name}/cli.py", "pyproject.toml"),
            project_type="cli",
            description=f"{name} counts words",
            key_files=(KeyFile(path=f"{name}/cli.py", content=code),),
        ),
        "content": f"## Usage\n\nRun `{name} --{WORDS[number % 5]}` to {said}.\n",
        "repo_url": f"https://github.com/owner{number}/{name}",
        "section": "usage" if number % 2 else "install",
        "split": split,
    }
    return SftSample(**{**given, **more})  # type: ignore[arg-type]


@pytest.fixture
def sft(tmp_path: Path) -> Path:
    """A folder as `moxi dataset build` writes it: 24 rows, 4 of them for validation."""
    return write_set(tmp_path / "sft", [sample(n) for n in range(20)])


def write_set(
    folder: Path, train: list[SftSample], validation: list[SftSample] | None = None
) -> Path:
    folder.mkdir(parents=True)
    kept = [sample(n, "validation") for n in range(100, 104)] if validation is None else validation
    for split, samples in (("train", train), ("validation", kept), ("test", [])):
        lines = "".join(to_json(one) + "\n" for one in samples)
        (folder / f"{split}.jsonl").write_text(lines, "utf-8")
    return folder


TINY = (
    "model.random={vocabulary = 400, hidden = 32, layers = 2, heads = 2, kv_heads = 1}",
    "prompt.answer_tokens=128",
    "train.row_tokens=0",
    "train.max_steps=6",
    "train.save_steps=2",
    "evaluate.every_steps=3",
    "evaluate.rows=4",
    "evaluate.sections=1",
    "evaluate.new_tokens=8",
)


@pytest.fixture
def recipe() -> Callable[..., Recipe]:
    """make(*changes): the recipe tiny-cpu, made tinier still."""
    return lambda *changes: load_recipe("tiny-cpu", [*TINY, *changes])


def make_base(folder: Path, weights: Callable[[Any], Any] = lambda weight: weight) -> Path:
    """A random Llama in a folder, as one that was downloaded; `weights` changes its last norm."""
    from moxi_train.recipe import RandomModel
    from moxi_train.tiny import make_model, make_tokenizer

    shape = RandomModel(vocabulary=400, hidden=64, layers=2, heads=2, kv_heads=1)
    tokenizer = make_tokenizer([sample(n).content for n in range(9)], shape.vocabulary)
    model = make_model(shape, tokenizer, 1_024, 1, folder)
    model.model.norm.weight.data = weights(model.model.norm.weight.data)
    model.save_pretrained(folder)
    return folder


def lora_recipe(folder: Path, base: Path, *, in_4bit: bool = False, more: str = "") -> str:
    """A recipe file that adapts a base by LoRA on a CPU."""
    place = folder / "lora.toml"
    place.write_text(
        f"""
[model]
name = "{base}"
engine = "transformers"
load_in_4bit = {str(in_4bit).lower()}
needs_gpu = false
[prompt]
style = "alpaca"
context_tokens = 512
answer_tokens = 128
[lora]
r = 4
alpha = 8
[data]
merge_public = false
[train]
max_steps = 4
gradient_accumulation = 2
learning_rate = 1e-2
optimizer = "adamw_torch"
save_steps = 2
[evaluate]
every_steps = 0
rows = 4
sections = 1
new_tokens = 8
{more}
""",
        "utf-8",
    )
    return str(place)


@pytest.fixture
def array(tmp_path: Path) -> Callable[[object], str]:
    """write(value): a JSON file, by its path."""

    def write(value: object) -> str:
        place = tmp_path / "rows.json"
        place.write_text(json.dumps(value), "utf-8")
        return str(place)

    return write
