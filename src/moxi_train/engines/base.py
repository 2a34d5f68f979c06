"""What an engine is: it loads a model and its tokenizer, and makes the model ready to be trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from moxi_core.errors import SettingsError
from moxi_train.machine import has_gpu
from moxi_train.recipe import Recipe
from moxi_train.run_dir import RunDir

_MIRRORS = "ungated copies are unsloth/Llama-3.2-3B-Instruct and unsloth/Llama-3.2-1B-Instruct"


@dataclass(slots=True)
class Loaded:
    """A model (of transformers, or PEFT around it), its tokenizer, and where its base lies."""

    model: Any
    tokenizer: Any
    base: str


class Engine(Protocol):
    """One way to train. Both give a model that TRL's trainer takes, and the same files."""

    name: str

    def load(self, recipe: Recipe, run: RunDir) -> Loaded:
        """The base with its tokenizer, from a hub, a folder, or `run.base`. Raises SettingsError."""
        ...

    def adapt(self, loaded: Loaded, recipe: Recipe) -> None:
        """Put a new LoRA adapter on the model."""
        ...


def refusal(name: str, error: Exception) -> SettingsError:
    """What is told where a model cannot be loaded."""
    kinds = {kind.__name__ for kind in type(error).__mro__} | {type(error.__cause__).__name__}
    told = str(error)
    if "GatedRepoError" in kinds or "gated" in told.lower():
        return SettingsError(
            f"Model {name!r} is gated: ask for access at https://huggingface.co/{name} and set "
            f"HF_TOKEN; {_MIRRORS} (--set model.name=...)."
        )
    if "RepositoryNotFoundError" in kinds or "not a valid model identifier" in told:
        return SettingsError(
            f"There is no model {name!r} on the Hub or on this disk; --set model.name=... another."
        )
    first = told.strip().splitlines()[0][:200] if told.strip() else type(error).__name__
    return SettingsError(
        f"Model {name!r} cannot be loaded: {first} (Is there a network, or a copy in the cache?)"
    )


def dtype_of(recipe: Recipe) -> Any:
    """The type of weights and activations: bfloat16 where the device has it, float32 on a CPU."""
    import torch

    if recipe.model.dtype != "auto":
        return getattr(torch, recipe.model.dtype)
    if not has_gpu():
        return torch.float32
    return (
        torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    )
