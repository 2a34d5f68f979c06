"""Which engine trains a recipe on this machine, and why."""

from __future__ import annotations

from moxi_core.errors import SettingsError
from moxi_train.engines.base import Engine
from moxi_train.engines.transformers import TransformersEngine
from moxi_train.engines.unsloth import UnslothEngine
from moxi_train.machine import has_gpu, has_module
from moxi_train.recipe import Recipe


def choose(recipe: Recipe) -> tuple[Engine, str]:
    """The engine for this recipe on this machine, and a line that says why.

    Raises SettingsError where what the recipe asks for cannot run here.
    """
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
