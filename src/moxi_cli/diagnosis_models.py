"""What of models is here: the environment that serves them, an endpoint, keys, recipes that fit."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moxi_cli.diagnosis import Finding, install_line, missing_packages
from moxi_core.config import env_file_values
from moxi_core.errors import MoxiError, SettingsError

if TYPE_CHECKING:
    from moxi_train.machine import Device

_KEYS = {
    "MOXI_API_KEY": "the server of MOXI_BASE_URL",
    "OPENAI_API_KEY": "OpenAI and servers like it",
    "HF_TOKEN": "gated models, uploads",
    "GITHUB_TOKEN": "stars and topics while collecting",
    "COMET_API_KEY": "tracking of training",
}
_ALSO_IN_FILE = ("HF_TOKEN", "COMET_API_KEY")  # of .env; the others count in the environment only
_PATIENCE_S = 5.0
_GB = 1 << 30


def vllm() -> Finding:
    """The environment that `moxi serve` would use."""
    from moxi_infer.serve_python import VARIABLE, find_vllm

    try:
        found = find_vllm()
    except SettingsError as error:
        told = str(error) if os.environ.get(VARIABLE) else "neither here nor in .venv-vllm"
        return Finding("vLLM", "missing", told, "make serve")
    kind = "for CPUs" if found.is_cpu else "for GPUs"
    return Finding("vLLM", "ok", f"{found.package} {found.version} {kind}, {found.python}")


def endpoint() -> Finding:
    """Whether the server that the environment names answers, and which models it has."""
    address, model, key, other = (
        os.environ.get(name, "")
        for name in ("MOXI_BASE_URL", "MOXI_MODEL", "MOXI_API_KEY", "OPENAI_API_KEY")
    )
    if not address:
        told = "MOXI_BASE_URL is not set: readme-gen writes without a model"
        return Finding("model", "missing", told, "moxi serve")
    try:
        names = _models(address, key or other)
    except (OSError, ValueError) as error:
        refused = isinstance(error, urllib.error.HTTPError) and error.code in (401, 403)
        mend = "set MOXI_API_KEY to the key of that server" if refused else "moxi serve"
        return Finding("model", "wrong", f"{address} does not answer as one should: {error}", mend)
    told = f"{address} has {', '.join(names[:8]) or 'no model'}"
    if model and model not in names:
        mend = f"set MOXI_MODEL to {names[0]}" if names else "moxi serve"
        return Finding("model", "wrong", f"{told}, not {model}", mend)
    return Finding("model", "ok", told)


def _models(address: str, key: str) -> list[str]:
    """The names that /models tells. Raises OSError and ValueError for what is no such server."""
    if not address.startswith(("http://", "https://")):
        raise ValueError("it is no http address")
    asked = urllib.request.Request(f"{address.rstrip('/')}/models")  # noqa: S310
    if key:
        asked.add_header("Authorization", f"Bearer {key}")
    with urllib.request.urlopen(asked, timeout=_PATIENCE_S) as answer:  # noqa: S310
        found: Any = json.loads(answer.read(1_000_000))
    try:
        return [str(model["id"]) for model in found["data"]]
    except (KeyError, TypeError) as error:
        raise ValueError("it tells no models") from error


def keys() -> Iterator[Finding]:
    """Which keys are set; their values are never told."""
    in_file = env_file_values(Path(), _ALSO_IN_FILE)
    for name, use in _KEYS.items():
        if os.environ.get(name) or name in in_file:
            yield Finding(name, "ok", f"set: {use}")
        else:
            yield Finding(name, "missing", f"not set: {use}")


def recipes(gpu: Device | None) -> Iterator[Finding]:
    """Which recipes of training could run on this machine."""
    from moxi_train.estimate import memory as needed
    from moxi_train.estimate import shape_of
    from moxi_train.machine import Device, memory
    from moxi_train.recipe import load_recipe, names

    lacks_libraries = missing_packages("train") != []
    here = gpu or Device("CPU", 1, memory(), 0.0)
    for name in names():
        try:
            recipe = load_recipe(name)
            shape = shape_of(recipe)
        except (MoxiError, ImportError) as error:
            yield Finding(f"recipe {name}", "wrong", str(error))
            continue
        takes = needed(recipe, shape, here, recipe.row_tokens, here.count)
        told = f"about {takes / _GB:.1f} GB of {here.memory / _GB:.0f} GB"
        if recipe.model.needs_gpu and not gpu:
            rented = f"moxi train --aws --recipe {name}"
            yield Finding(f"recipe {name}", "missing", "needs a GPU, and there is none", rented)
        elif here.memory and takes > here.memory:
            smaller = f"moxi train --recipe {name} --set prompt.context_tokens=..."
            yield Finding(f"recipe {name}", "missing", f"{told}: too much", smaller)
        elif lacks_libraries:
            told += ", once the extra train is installed"
            yield Finding(f"recipe {name}", "missing", told, install_line("train"))
        else:
            yield Finding(f"recipe {name}", "ok", told)
