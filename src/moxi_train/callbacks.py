"""What happens while a model trains: metrics, checkpoints sealed, evaluation, an end in time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from moxi_core.errors import TrainError
from moxi_train.machine import is_launched, is_main
from moxi_train.run_dir import RunDir

Tell = Callable[[str, int, int], None]
Track = Callable[[dict[str, Any]], None]


class Keep(TrainerCallback):  # type: ignore[misc]
    """Writes each measurement to metrics.jsonl and the tracker; a loss that is no number ends it."""

    def __init__(self, run: RunDir, track: Track, tell: Tell) -> None:
        self.run, self.track, self.tell = run, track, tell

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        logs = logs or {}
        loss = logs.get("loss")
        if loss is None:
            return
        norm = float(logs.get("grad_norm") or 0.0)
        # With float16 the scaler skips the first steps, whose gradients overflow.
        if not math.isfinite(loss) or not (math.isfinite(norm) or args.fp16):
            raise TrainError(
                f"The loss is no number at step {state.global_step}: what was saved before is whole; "
                "go on from there with `moxi train --resume --set train.learning_rate=...`, a smaller one."
            )
        line = {name: logs[name] for name in ("loss", "learning_rate", "grad_norm") if name in logs}
        self.measured(state.global_step, line | {"epoch": state.epoch})

    def measured(self, step: int, line: dict[str, Any]) -> None:
        """Keep one line of metrics."""
        if is_main():
            line = {"step": step, "time": round(time.time(), 3), **line}
            self.run.add_metrics(line)
            self.track(line)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if is_main():
            self.tell("train", state.global_step, state.max_steps)

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Seal the checkpoint: one without its seal was cut short."""
        if is_launched():  # each process writes a part of it
            import torch

            torch.distributed.barrier()
        if is_main():
            self.run.seal(Path(args.output_dir) / f"checkpoint-{state.global_step}")


class Watch(TrainerCallback):  # type: ignore[misc]
    """Evaluates every so many steps and at the end, and stops when truth no longer grows.

    `look(step)` gives the figures of an evaluation.
    """

    def __init__(
        self, keep: Keep, look: Callable[[int], dict[str, Any]], every: int, patience: int
    ) -> None:
        self.keep, self.look, self.every, self.patience = keep, look, every, patience
        self.seen: list[float] = []
        self.last = -1
        self.stopped = False

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """A resumed run knows what it saw before; a new one is measured before its first step."""
        self.recall()
        if state.global_step == 0:
            self._evaluate(state, control)

    def recall(self) -> None:
        """What earlier evaluations of the run have shown."""
        self.seen = []
        for line in self.keep.run.metrics():
            self._remember(line)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if self.every and state.global_step % self.every == 0:
            self._evaluate(state, control)

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if self.last != state.global_step:
            self._evaluate(state, control)

    def _evaluate(self, state: Any, control: Any) -> None:
        line = self.look(state.global_step)
        self.last = state.global_step
        if line:
            self.keep.measured(state.global_step, line)
            self._remember({"step": state.global_step, **line})
        if self.is_spent() and state.global_step < state.max_steps:
            self.stopped = control.should_training_stop = True

    def _remember(self, line: dict[str, Any]) -> None:
        share = (line.get("truth") or {}).get("share")
        if share is not None and line.get("step"):
            self.seen.append(share)

    def is_spent(self) -> bool:
        """Whether the best share of true statements is `patience` evaluations old."""
        if not self.patience:
            return False
        best = max(self.seen, default=0.0)
        return len(self.seen) - 1 - (self.seen.index(best) if self.seen else 0) >= self.patience
