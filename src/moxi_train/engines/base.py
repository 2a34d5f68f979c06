"""What an engine is: it loads a model and its tokenizer, and makes the model ready to be trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from moxi_core.errors import SettingsError
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


def choose(recipe: Recipe) -> tuple[Engine, str]:
    """The engine for this recipe on this machine, and a line that says why.

    Raises SettingsError where what the recipe asks for cannot run here.
    """
    from moxi_train.engines.transformers import TransformersEngine
    from moxi_train.engines.unsloth import UnslothEngine
    from moxi_train.machine import has_gpu, has_module

    if recipe.model.needs_gpu and not has_gpu():
        raise SettingsError(
            "This recipe needs a GPU, and there is none here: `--recipe tiny-cpu` runs on a CPU, "
            "`--aws` rents a GPU, and --set model.needs_gpu=false tries it anyway, slowly."
        )
    wanted = recipe.model.engine
    if wanted == "unsloth":
        if not has_module("unsloth"):
            raise SettingsError("Unsloth is not installed; run: pip install 'moxi-readme[unsloth]'")
        return UnslothEngine(), "engine: unsloth, as the recipe says"
    if wanted == "transformers" or recipe.model.random:
        return TransformersEngine(), "engine: transformers (TRL + PEFT), as the recipe says"
    if has_gpu() and has_module("unsloth"):
        return UnslothEngine(), "engine: unsloth, since a GPU is here"
    lacking = "no GPU is here" if not has_gpu() else "unsloth is not installed"
    return TransformersEngine(), f"engine: transformers (TRL + PEFT), since {lacking}"


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
