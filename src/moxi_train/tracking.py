"""Comet: online, or as an archive that can be sent later. It never makes a run fail."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from moxi_train.machine import has_module, is_main
from moxi_train.recipe import Recipe
from moxi_train.run_dir import RunDir

_FIGURES = ("loss", "validation_loss", "perplexity", "learning_rate", "grad_norm", "epoch")


class Tracker:
    """Passes metrics on; what fails is told once, and the run goes on without it."""

    def __init__(self, recipe: Recipe, name: str, say: Callable[[str], None]) -> None:
        self._table, self._name, self._say = recipe.track, name, say
        self._experiment: Any = None
        self._is_online = False

    def begin(self, record: dict[str, Any], run: RunDir) -> None:
        """Open the experiment, where one is wanted."""
        if self._table.comet == "off" or not is_main():
            return
        if not has_module("comet_ml"):
            self._say("warning: no tracking: run pip install 'moxi-readme[comet]'")
            return
        self._is_online = self._table.comet == "online" and bool(os.environ.get("COMET_API_KEY"))
        if self._table.comet == "online" and not self._is_online:
            self._say("warning: COMET_API_KEY is not set: metrics go into an archive instead")
        with self._kept_going():
            self._experiment = self._open(run)
            self._experiment.log_parameters(
                _flat({k: record[k] for k in ("recipe", "data", "engine")})
            )

    def _open(self, run: RunDir) -> Any:
        # Nothing but what is said here leaves: no source code, environment or output.
        import comet_ml

        settings = comet_ml.ExperimentConfig(
            name=self._name,
            offline_directory=str(run.folder / "comet"),
            log_code=False,
            log_git_metadata=False,
            log_git_patch=False,
            log_env_details=False,
            auto_output_logging=False,
            auto_histogram_weight_logging=False,
            display_summary_level=0,
        )
        return comet_ml.start(
            project_name=self._table.project,
            workspace=self._table.workspace or None,
            online=self._is_online,
            experiment_config=settings,
        )

    def log(self, line: dict[str, Any]) -> None:
        """One line of metrics."""
        if self._experiment is None:
            return
        figures = {name: line[name] for name in _FIGURES if line.get(name) is not None}
        truth = (line.get("truth") or {}).get("share")
        if truth is not None:
            figures["truth"] = truth
        for section, found in (line.get("by_section") or {}).items():
            figures[f"validation_loss/{section}"] = found["loss"]
        with self._kept_going():
            self._experiment.log_metrics(figures, step=line["step"])

    def end(self, run: RunDir) -> None:
        """Send the adapter and the record of the data, where it is online, and close."""
        if self._experiment is None:
            return
        with self._kept_going():
            if self._is_online:
                self._send(run)
            self._experiment.end()
            self._experiment = None

    def _send(self, run: RunDir) -> None:
        import comet_ml

        model = comet_ml.Artifact(name=self._name, artifact_type="model")
        for file in sorted(run.folder.iterdir()):
            if file.is_file() and not file.name.startswith("."):
                model.add(str(file))
        data = comet_ml.Artifact(name=f"{self._name}-data", artifact_type="dataset")
        data.add(str(run.encoded / "report.json"))
        for artifact in (model, data):
            self._experiment.log_artifact(artifact)

    @contextmanager
    def _kept_going(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever a tracker does, the run goes on
            self._experiment = None
            told = str(error).splitlines()[0][:160] if str(error) else type(error).__name__
            self._say(f"warning: Comet: {told}; training goes on without it")


def _flat(table: dict[str, Any], before: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in table.items():
        name = f"{before}{key}"
        found |= _flat(value, f"{name}.") if isinstance(value, dict) else {name: value}
    return found
