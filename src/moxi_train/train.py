"""`moxi train`: from rows and a recipe to a run directory with an adapter that writes READMEs."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from moxi_core import __version__
from moxi_core.errors import SettingsError
from moxi_core.files import readable
from moxi_train import prepare as rows_on_disk
from moxi_train.card import write_card
from moxi_train.encode import Encoder
from moxi_train.engines.base import Engine, Loaded
from moxi_train.failures import failures
from moxi_train.hub import general_rows
from moxi_train.machine import is_launched, is_main
from moxi_train.plot import draw
from moxi_train.prepare import DataReport, prepare
from moxi_train.quiet import quiet_libraries
from moxi_train.recipe import Recipe
from moxi_train.rows import Rows
from moxi_train.run_dir import RunDir
from moxi_train.tracking import Tracker
from moxi_train.trainer import steps_of
from moxi_train.truth import Truth

Say = Callable[[str], None]
Tell = Callable[[str, int, int], None]  # a stage, how much of it is done, of how much


@dataclass(slots=True)
class Outcome:
    """How a run ended."""

    folder: Path
    steps: int
    seconds: float
    loss: float | None
    validation_loss: float | None
    truth: float | None
    stopped_early: bool


def begin(run: RunDir, recipe: Recipe, rows: Rows, engine: Engine, say: Say) -> DataReport:
    """Make what training starts from: a random base where the recipe has one, encoded rows, moxi.json.

    Raises SettingsError.
    """
    quiet_libraries()
    for left in (run.encoded, run.base):  # of a run that was killed before it had begun
        shutil.rmtree(left, ignore_errors=True)
    with failures(run):
        report = encode(run, recipe, rows, tokenizer_of(recipe, run, rows), say)
    run.write_record(_record(run, recipe, report, engine))
    return report


def begun(run: RunDir) -> DataReport:
    """The report of a run's rows, as `begin` made them. Raises SettingsError where they are gone."""
    report = rows_on_disk.prepared(run.encoded)
    if report is None:
        raise SettingsError(f"The rows of run {run.folder.name!r} are gone; train anew.")
    return report


def encode(run: RunDir, recipe: Recipe, rows: Rows, tokenizer: Any, say: Say) -> DataReport:
    """Encode a set, and the general instructions of the recipe, into the run. Raises SettingsError."""
    encoder = Encoder(tokenizer, recipe.prompt.resolved())
    report = prepare(rows, encoder, recipe, general(recipe, say), run.encoded)
    for line in report.told:
        say(line)
    return report


def tokenizer_of(recipe: Recipe, run: RunDir, rows: Rows) -> Any:
    """The base's tokenizer; for a random model both are made, once."""
    from transformers import AutoTokenizer

    from moxi_train.engines.base import refusal
    from moxi_train.tiny import make_model, make_tokenizer

    shape = recipe.model.random
    if shape and not (run.base / "model.safetensors").is_file():
        tokenizer = make_tokenizer(rows_on_disk.texts(rows), shape.vocabulary)
        make_model(shape, tokenizer, recipe.row_tokens, recipe.train.seed, run.base)
    name = str(run.base) if shape else recipe.model.name
    try:
        return AutoTokenizer.from_pretrained(name)
    except (OSError, ValueError, ImportError) as error:
        raise refusal(name, error) from error


def general(recipe: Recipe, say: Say) -> Iterator[tuple[str, str, str]]:
    """General instructions to mix in; where they cannot be had, one warning and none."""
    data = recipe.data
    if not data.merge_public:
        return
    try:
        yield from list(general_rows(data.public_name, data.public_size))
    except SettingsError as error:
        say(f"warning: training goes on without general instructions: {error}")


def train(run: RunDir, recipe: Recipe, engine: Engine, say: Say, tell: Tell) -> Outcome:
    """Train on the encoded rows of a run, from its last whole checkpoint if there is one.

    Raises TrainError where it cannot go on; what was saved before stays.
    """
    begun = time.monotonic()
    quiet_libraries()
    checkpoint = run.last_checkpoint()
    tracker = Tracker(recipe, run.folder.name, say)
    with failures(run):
        loaded = engine.load(recipe, run)
        _seed(recipe)
        engine.adapt(loaded, recipe)
        trainer, watch = _trainer(run, recipe, loaded, tracker.log, tell)
        step = int(checkpoint.name.rpartition("-")[2]) if checkpoint else -1
        record = run.record | {"state": "running", "recipe": recipe.model_dump(mode="json")}
        if is_main():
            run.forget_metrics_after(step)
            run.write_record(record)
        if checkpoint:
            say(f"resumes after step {step}")
        tracker.begin(record, run)
        steps = _run(trainer, watch, recipe, checkpoint, step)
        _save(trainer, loaded, run)
        outcome = _outcome(run, steps, time.monotonic() - begun, watch.stopped)
        if is_main():
            _finish(run, recipe, record, outcome)
            tracker.end(run)
    return outcome


def _run(trainer: Any, watch: Any, recipe: Recipe, checkpoint: Path | None, step: int) -> int:
    """Train to the end; a run whose last step is in its checkpoint takes the weights from there."""
    watch.recall()
    total = steps_of(len(trainer.train_dataset), recipe, trainer.args.world_size)
    if checkpoint and (step >= total or watch.is_spent()):
        trainer._load_from_checkpoint(str(checkpoint))
        watch.stopped = step < total
        return step
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    steps: int = trainer.state.global_step
    return steps


def _trainer(
    run: RunDir, recipe: Recipe, loaded: Loaded, track: Any, tell: Tell
) -> tuple[Any, Any]:
    from moxi_train import evaluate
    from moxi_train.callbacks import Keep, Watch
    from moxi_train.trainer import make_trainer

    wanted = recipe.evaluate
    keep = Keep(run, track, tell)
    encoder = Encoder(loaded.tokenizer, recipe.prompt.resolved())
    validation = rows_on_disk.dataset(run.encoded, rows_on_disk.VALIDATION)
    held_out = validation.select(range(min(wanted.rows, len(validation))))
    # A sharded model writes too slowly to be asked while it trains.
    sections = (
        []
        if recipe.gpus.strategy == "fsdp" and is_launched()
        else rows_on_disk.sections_of(run.encoded)
    )

    def look(step: int) -> dict[str, Any]:
        model = trainer.accelerator.unwrap_model(trainer.model)
        found = evaluate.losses(model, held_out)
        if not sections or not step:  # before the first step there is nothing to hear
            return evaluate.figures(found, None)
        told = Truth()
        for one in evaluate.truth(model, encoder, sections, wanted.new_tokens):
            told.add(one)
        return evaluate.figures(found, told)

    watch = Watch(keep, look, wanted.every_steps, wanted.patience)
    rows = rows_on_disk.dataset(run.encoded, rows_on_disk.TRAIN)
    trainer = make_trainer(loaded, rows, recipe, run.checkpoints, [keep, watch])
    return trainer, watch


def _seed(recipe: Recipe) -> None:
    from transformers import set_seed

    set_seed(recipe.train.seed)


def _save(trainer: Any, loaded: Loaded, run: RunDir) -> None:
    trainer.save_model(str(run.folder))
    if is_main():
        loaded.tokenizer.save_pretrained(run.folder)
        readable(run.folder)
        (run.folder / "training_args.bin").unlink(
            missing_ok=True
        )  # a pickle, which nobody should load


def _record(run: RunDir, recipe: Recipe, report: DataReport, engine: Engine) -> dict[str, Any]:
    """moxi.json: all that is needed to know, repeat and use a run."""
    from moxi_core.prompt import as_json
    from moxi_train.versions import code, versions

    return {
        "run": run.folder.name,
        "state": "begun",
        "moxi": __version__,
        "code": code(),
        "recipe": recipe.model_dump(mode="json"),
        "prompt": as_json(recipe.prompt.resolved()),
        "engine": engine.name,
        "data": asdict(report),
        "seed": recipe.train.seed,
        "versions": versions(),
        "started_at": int(time.time() * 1000),
    }


def _outcome(run: RunDir, steps: int, seconds: float, stopped: bool) -> Outcome:
    lines = list(run.metrics())

    def last(name: str) -> Any:
        return next((line[name] for line in reversed(lines) if name in line), None)

    share = (last("truth") or {}).get("share")
    return Outcome(
        run.folder, steps, seconds, last("loss"), last("validation_loss"), share, stopped
    )


def _finish(run: RunDir, recipe: Recipe, record: dict[str, Any], outcome: Outcome) -> None:
    figures = {
        "steps": outcome.steps,
        "loss": outcome.loss,
        "validation_loss": outcome.validation_loss,
        "truth": outcome.truth,
        "stopped_early": outcome.stopped_early,
    }
    done = {"state": "finished", "finished_at": int(time.time() * 1000), "outcome": figures}
    draw(run.metrics(), run.folder / "loss.png")
    write_card(run.folder, recipe, record | done)
    run.make_latest()
    run.write_record(record | done)  # last: it says that all is there
