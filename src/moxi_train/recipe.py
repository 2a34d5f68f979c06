"""Recipes: every setting of a training run, typed, read from TOML, all errors told at once.

A recipe is `recipes/NAME.toml` or a file of one's own; `--set table.key=value` changes any of it.
The resolved one is written beside the weights, and later stages read it from there.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from moxi_core.errors import SettingsError
from moxi_core.prompt import PromptStyle, Style

DEFAULT = "llama-3.2-3b-qlora"
# In a wheel recipes lie inside the package, in a clone at its root.
_FOLDERS = (Path(__file__).parent / "recipes", Path(__file__).parents[2] / "recipes")


# The linear layers of a Llama.
Module = Literal["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
Optimizer = Literal[
    "adamw_torch", "adamw_torch_fused", "adamw_8bit", "paged_adamw_8bit", "adafactor", "sgd"
]
# What rows and weights were made by: a run that is resumed cannot change it.
FIXED = (
    "model.",
    "prompt.",
    "lora.",
    "data.",
    "gpus.",
    "train.packing",
    "train.row_tokens",
    "train.seed",
)


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RandomModel(_Table):
    """Shape of a Llama with random weights, and of the tokenizer trained on the data."""

    vocabulary: int = Field(default=4_096, ge=300)
    hidden: int = Field(default=256, ge=16)
    layers: int = Field(default=4, ge=1)
    heads: int = Field(default=4, ge=1)
    kv_heads: int = Field(default=2, ge=1)

    @model_validator(mode="after")
    def _divides(self) -> Self:
        if self.hidden % self.heads or self.heads % self.kv_heads:
            raise ValueError("hidden must be a multiple of heads, and heads one of kv_heads")
        return self


class ModelTable(_Table):
    """Which model is adapted, and how its weights are held.

    `name` is a Hub id or a folder; with `random` there is none, and all weights are made.
    """

    name: str = ""
    random: RandomModel | None = None
    engine: Literal["auto", "unsloth", "transformers"] = "auto"
    load_in_4bit: bool = True
    dtype: Literal["auto", "bfloat16", "float16", "float32"] = "auto"
    needs_gpu: bool = True  # whether the recipe is of no use without one

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if bool(self.name) == (self.random is not None):
            raise ValueError("give either name, or a table [model.random]")
        return self


class PromptTable(_Table):
    """Style and budgets of the prompt, in tokens; see moxi_core.prompt.PromptStyle."""

    style: Style = "chat"
    context_tokens: int = Field(default=6_144, ge=512)
    answer_tokens: int = Field(default=1_536, ge=32)
    tree_share: float = Field(default=0.25, gt=0, lt=1)

    def resolved(self) -> PromptStyle:
        """The style as prompt.py takes it."""
        return PromptStyle(**self.model_dump())


class LoraTable(_Table):
    """The adapter; `r` of 0 trains all weights, which only a random model allows."""

    r: int = Field(default=16, ge=0)
    alpha: int = Field(default=16, ge=1)
    dropout: float = Field(default=0.0, ge=0, lt=1)
    target_modules: tuple[Module, ...] = (
        "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj",
    )  # fmt: skip


class DataTable(_Table):
    """Which general instructions are mixed in, and how much is kept for validation."""

    merge_public: bool = True
    public_name: str = "mlabonne/FineTome-Alpaca-100k"
    public_size: int = Field(default=10_000, ge=1)
    validation_share: float = Field(
        default=0.1, gt=0, lt=0.5
    )  # of owners, where there is no such split


class TrainTable(_Table):
    """The optimizer, its schedule, and when a checkpoint is written. Steps are optimizer steps."""

    epochs: float = Field(default=3.0, gt=0)
    max_steps: int = Field(default=-1, ge=-1)  # -1: as many as the epochs take
    batch_size: int = Field(default=1, ge=1)  # rows of max_tokens a device and forward pass
    gradient_accumulation: int = Field(default=8, ge=1)
    learning_rate: float = Field(default=2e-4, gt=0, le=1)
    scheduler: Literal["linear", "cosine", "constant_with_warmup"] = "linear"
    warmup_share: float = Field(default=0.03, ge=0, lt=1)
    weight_decay: float = Field(default=0.01, ge=0)
    max_grad_norm: float = Field(default=1.0, gt=0)
    optimizer: Optimizer = "adamw_8bit"
    packing: bool = True
    row_tokens: int = Field(
        default=0, ge=0
    )  # of a packed row; 0: as many as the longest sample may have
    gradient_checkpointing: bool = True
    save_steps: int = Field(default=50, ge=1)
    checkpoints_kept: int = Field(default=2, ge=2)  # a broken one falls back to the one before
    logging_steps: int = Field(default=1, ge=1)
    seed: int = Field(default=3407, ge=0)


class EvaluateTable(_Table):
    """Validation loss, and the truth of what is generated for sections that are not trained on."""

    every_steps: int = Field(default=50, ge=0)  # 0: only at the end
    rows: int = Field(default=200, ge=1)  # of the validation set, for the loss
    sections: int = Field(default=16, ge=0)  # generated and judged; 0: none
    new_tokens: int = Field(default=512, ge=8)  # of a generated section
    patience: int = Field(
        default=0, ge=0
    )  # evaluations without more truth, then it stops; 0: never


class TrackTable(_Table):
    """Comet: not at all, online (COMET_API_KEY), or into an archive that can be sent later."""

    comet: Literal["off", "online", "offline"] = "off"
    project: str = "moxi"
    workspace: str = ""


class GpuTable(_Table):
    """How several devices share the work: each holds a copy (ddp), or a part (fsdp)."""

    strategy: Literal["ddp", "fsdp"] = "ddp"


class Recipe(_Table):
    """A training run, whole."""

    description: str = ""
    model: ModelTable
    prompt: PromptTable = PromptTable()
    lora: LoraTable = LoraTable()
    data: DataTable = DataTable()
    train: TrainTable = TrainTable()
    evaluate: EvaluateTable = EvaluateTable()
    track: TrackTable = TrackTable()
    gpus: GpuTable = GpuTable()

    @property
    def max_tokens(self) -> int:
        """Tokens of the longest sample: prompt and answer."""
        return self.prompt.context_tokens + self.prompt.answer_tokens

    @property
    def row_tokens(self) -> int:
        """Tokens of a row that the device sees: several samples, where they are packed."""
        return max(self.max_tokens, self.train.row_tokens * self.train.packing)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        wrong = []
        if self.lora.r == 0 and self.model.random is None:
            wrong.append("lora.r is 0, but only [model.random] trains all its weights")
        if self.lora.r == 0 and self.model.load_in_4bit:
            wrong.append("weights held in 4 bit cannot be trained; say model.load_in_4bit=false")
        if self.lora.r == 0 and self.model.engine == "unsloth":
            wrong.append("unsloth trains adapters only; say model.engine=transformers")
        if self.gpus.strategy == "fsdp" and self.model.engine == "unsloth":
            wrong.append("unsloth does not shard; say model.engine=transformers for fsdp")
        if self.evaluate.patience and not self.evaluate.sections:
            wrong.append("evaluate.patience needs evaluate.sections, whose truth it watches")
        if wrong:
            raise ValueError("; ".join(wrong))
        return self


def folders() -> tuple[Path, ...]:
    """Where recipes, and what belongs to them, may lie."""
    return _FOLDERS


def names() -> list[str]:
    """The recipes that come with Moxi."""
    return sorted({file.stem for folder in _FOLDERS for file in folder.glob("*.toml")})


def short_name(name: str) -> str:
    """What a recipe is called, without its folder and ending."""
    return Path(name).name.removesuffix(".toml")


def load_recipe(name: str = DEFAULT, changes: Iterable[str] = ()) -> Recipe:
    """A recipe by its name or file, with `table.key=value` changes.

    Raises SettingsError that tells of all that is wrong at once.
    """
    table = _read(_place(name))
    for change in changes:
        _change(table, change)
    return resolve(table, name)


def changed(recipe: Recipe, changes: Iterable[str], name: str) -> Recipe:
    """The recipe of a run with `table.key=value` changes. Raises SettingsError for what is fixed."""
    changes = list(changes)
    for change in changes:
        if change.strip().startswith(FIXED):
            raise SettingsError(
                f"--set {change!r} cannot change on --resume: rows and weights were made by it; train anew."
            )
    table = recipe.model_dump(mode="json", exclude_none=True)
    for change in changes:
        _change(table, change)
    return resolve(table, name)


def resolve(table: dict[str, Any], name: str) -> Recipe:
    """A recipe of tables as TOML or JSON hold them. Raises SettingsError, with all errors."""
    try:
        return Recipe.model_validate(table)
    except ValidationError as error:
        told = "; ".join(
            f"{'.'.join(map(str, e['loc'])) or 'recipe'}: {_worded(e)}"
            for e in error.errors(include_url=False)
        )
        raise SettingsError(f"Recipe {name!r} is wrong: {told}.") from error


def _worded(error: Any) -> str:
    if error["type"] == "extra_forbidden":
        return "there is no such key"
    return str(error["msg"]).removeprefix("Value error, ")


def _place(name: str) -> Path:
    if name.endswith(".toml") or "/" in name:
        if not Path(name).is_file():
            raise SettingsError(
                f"There is no recipe {name!r}; known by name: {', '.join(names())}."
            )
        return Path(name)
    for folder in _FOLDERS:
        if (folder / f"{name}.toml").is_file():
            return folder / f"{name}.toml"
    raise SettingsError(
        f"There is no recipe {name!r}; there are {', '.join(names())}, or a .toml file."
    )


def _read(place: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(place.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise SettingsError(f"Recipe {str(place)!r} cannot be read as TOML: {error}.") from error


def _change(table: dict[str, Any], change: str) -> None:
    path, equals, value = change.partition("=")
    *tables, key = path.strip().split(".")
    if not equals or not key or not tables:
        raise SettingsError(
            f"--set {change!r} is no change; write table.key=value, such as train.learning_rate=1e-4."
        )
    for part in tables:
        table = table.setdefault(part, {})
        if not isinstance(table, dict):
            raise SettingsError(f"--set {change!r}: {part!r} is no table of the recipe.")
    try:
        table[key] = tomllib.loads(f"value = {value}")["value"]
    except ValueError:  # words need no quotes on a command line
        table[key] = value
