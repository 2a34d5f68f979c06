"""What a server loads of a run: its merged weights, the whole model, or the adapter on a base."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moxi_core.errors import SettingsError
from moxi_core.prompt import PromptStyle
from moxi_train.export import BASE, MERGED, recipe_of
from moxi_train.run_dir import RECORD, RunDir, open_run

_ADAPTER, _CONFIG = "adapter_config.json", "config.json"
_OF_HUB = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Servable:
    """Weights by a folder or a name of the Hub; an `adapter` of some `rank` stands on them.

    `prompt` is how the model was trained to be asked; None for one that was not trained by Moxi.
    """

    name: str
    model: str
    adapter: Path | None = None
    rank: int = 0
    prompt: PromptStyle | None = None


def servable(target: str, models: Path, *, as_adapter: bool = False) -> Servable:
    """A run by its folder or name, any folder that holds a model, or a name of the Hub.

    "" is the newest run. `as_adapter` leaves merged weights aside. Raises SettingsError.
    """
    folder = Path(target).expanduser()
    if not target or (models / target / RECORD).is_file():
        return _of_run(open_run(target, models), as_adapter=as_adapter)
    if (folder / RECORD).is_file():
        return _of_run(RunDir(folder.resolve()), as_adapter=as_adapter)
    if folder.is_dir():
        return _of_folder(folder.resolve())
    if _OF_HUB.fullmatch(target) and not folder.exists():
        return Servable(name=target, model=target)
    raise SettingsError(
        f"There is no run and no model {target!r}: give a run in {str(models)!r}, a folder that holds a "
        "model, or ORG/NAME of the Hub."
    )


def _of_run(run: RunDir, *, as_adapter: bool) -> Servable:
    recipe, record = recipe_of(run), run.record
    name, prompt = str(record.get("run") or run.folder.name), recipe.prompt.resolved()
    merged = run.folder / MERGED
    if not as_adapter and RunDir(merged).record == record:  # else of an earlier end of the run
        return Servable(name=name, model=str(merged), prompt=prompt)
    if (run.folder / _CONFIG).is_file():
        if as_adapter:
            raise SettingsError(f"Run {name!r} has no adapter: all its weights were trained.")
        return Servable(name=name, model=str(run.folder), prompt=prompt)
    if (run.folder / BASE / _CONFIG).is_file():
        base = str(run.folder / BASE)
    elif recipe.model.load_in_4bit:  # on the original weights its adapter is another model
        raise SettingsError(
            f"Run {name!r} was trained on 4-bit weights; write out what it can be served with: "
            f"`moxi export {name} --merged`."
        )
    else:
        base = str(run.base) if recipe.model.random else recipe.model.name
    adapter = _json(run.folder / _ADAPTER)
    return Servable(
        name=name, model=base, adapter=run.folder, rank=adapter.get("r", 0), prompt=prompt
    )


def _of_folder(folder: Path) -> Servable:
    if (folder / _CONFIG).is_file():
        return Servable(name=folder.name, model=str(folder))
    if not (folder / _ADAPTER).is_file():
        raise SettingsError(
            f"{str(folder)!r} holds no model: there is no {_CONFIG} and no {_ADAPTER}."
        )
    adapter = _json(folder / _ADAPTER)
    base = adapter.get("base_model_name_or_path")
    if not base:
        raise SettingsError(f"{str(folder / _ADAPTER)!r} names no base to put the adapter on.")
    return Servable(name=folder.name, model=str(base), adapter=folder, rank=adapter.get("r", 0))


def _json(file: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{str(file)!r} cannot be read: {error}.") from error
    return found
