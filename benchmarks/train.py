"""Speed of training: our loop beside plain TRL, packing beside padding, peak memory.

python benchmarks/train.py [--data data/sft] [--steps 30] [--rounds 3] [--gpu]

Each measurement is a process of its own, the kinds by turns; tokens are those without padding. With
--gpu the engines are held against each other at 2k and 8k tokens of context.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def main() -> None:
    options = arguments()
    if options.kind:
        print("\n" + json.dumps(measure(options)))
        return
    with tempfile.TemporaryDirectory(prefix="moxi-bench-") as scratch:
        kinds = ["ours", "trl", "padded"] if not options.gpu else gpu_kinds()
        found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in kinds}
        for number in range(options.rounds):
            # Each is first, in the middle and last as often: a machine is not as fast in each place.
            for kind in kinds[number % len(kinds) :] + kinds[: number % len(kinds)]:
                found[kind].append(process(kind, scratch, options))
                print(f"{kind}: {found[kind][-1]}", file=sys.stderr)
    text = report(found, options)
    print(text)
    if options.write:
        name = "train_gpu" if options.gpu else "train"
        (RESULTS / f"{name}.md").write_text(text, "utf-8")
        (RESULTS / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")


def gpu_kinds() -> list[str]:
    return [f"{engine}-{size}" for size in ("2k", "8k") for engine in ("transformers", "unsloth")]


def process(kind: str, scratch: str, options: argparse.Namespace) -> dict[str, Any]:
    """One measurement in a process of its own."""
    line = [
        sys.executable,
        __file__,
        "--kind",
        kind,
        "--data",
        str(options.data),
        "--scratch",
        scratch,
    ]
    line += ["--steps", str(options.steps), "--model", options.model]
    done = subprocess.run(line, capture_output=True, text=True, check=False, env=os.environ)
    if done.returncode:
        sys.exit(f"{kind} failed:\n{done.stderr[-3000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Tokens a second and peak memory of some steps."""
    kind = options.kind
    if kind.startswith("unsloth"):
        import unsloth  # noqa: F401 - before transformers and TRL, which it patches
    from moxi_train.engines.base import Engine
    from moxi_train.engines.transformers import TransformersEngine
    from moxi_train.engines.unsloth import UnslothEngine
    from moxi_train.recipe import load_recipe
    from moxi_train.rows import rows_of
    from moxi_train.run_dir import RunDir
    from moxi_train.train import begin

    recipe = load_recipe(*chosen(kind, options))
    size = kind.rpartition("-")[2]
    run = RunDir(Path(options.scratch) / (size if options.kind[-1] == "k" else "tiny"))
    engine: Engine = UnslothEngine() if kind.startswith("unsloth") else TransformersEngine()
    report = begin(run, recipe, rows_of(str(options.data), Path()), engine, lambda _: None)
    loaded = engine.load(recipe, run)
    engine.adapt(loaded, recipe)
    trainer = plain(loaded, recipe, run) if kind == "trl" else ours(loaded, recipe, run)
    begun = time.perf_counter()
    trainer.train()
    seconds = time.perf_counter() - begun
    rows = trainer.train_dataset
    tokens = counted(trainer, rows, recipe)
    return {
        "tokens_a_second": tokens / seconds,
        "seconds": seconds,
        "tokens": tokens,
        "rows": len(rows),
        "packing": report.tokens / (len(rows) * recipe.row_tokens),
        "loss": trainer.state.log_history[0].get("loss"),
        "peak_mb": peak_mb(),
    }


def chosen(kind: str, options: argparse.Namespace) -> tuple[str, list[str]]:
    """The recipe of a kind: the same settings, but for what is compared."""
    common = [
        f"train.max_steps={options.steps}",
        "train.save_steps=100000",
        "evaluate.every_steps=0",
    ]
    if kind[-1] == "k":
        size = {"2k": 2_048, "8k": 8_192}[kind[-2:]]
        return "llama-3.2-1b-qlora", [
            *common, f"model.name={options.model}", f"prompt.context_tokens={size - 512}",
            "prompt.answer_tokens=512", "data.merge_public=false", f"model.engine={kind.split('-')[0]}",
            "train.gradient_accumulation=2",
        ]  # fmt: skip
    if kind == "padded":  # as many samples a step as a packed row holds, each padded to the longest
        return "tiny-cpu", [
            *common,
            "train.packing=false",
            "train.batch_size=4",
            "train.gradient_accumulation=1",
        ]
    return "tiny-cpu", [*common, "train.row_tokens=1792", "train.gradient_accumulation=1"]


def ours(loaded: Any, recipe: Any, run: Any) -> Any:
    """Our trainer with all its callbacks but evaluation."""
    from moxi_train.callbacks import Keep
    from moxi_train.prepare import TRAIN, dataset
    from moxi_train.trainer import make_trainer

    keep = Keep(run, lambda _: None, lambda *_: None)
    return make_trainer(loaded, dataset(run.encoded, TRAIN), recipe, run.checkpoints, [keep])


def plain(loaded: Any, recipe: Any, run: Any) -> Any:
    """TRL's trainer as its documentation sets it up, with the same settings and rows."""
    from trl import SFTTrainer

    from moxi_train.prepare import TRAIN, dataset
    from moxi_train.trainer import config

    rows = dataset(run.encoded, TRAIN).select_columns(["input_ids", "labels"])
    return SFTTrainer(
        model=loaded.model, args=config(recipe, run.checkpoints), train_dataset=rows,
        processing_class=loaded.tokenizer,
    )  # fmt: skip


def counted(trainer: Any, rows: Any, recipe: Any) -> int:
    """Tokens of the rows of the steps taken, padding not counted: by the average of all rows."""
    taken = trainer.state.global_step * recipe.train.batch_size * recipe.train.gradient_accumulation
    lengths = [len(row["input_ids"]) for row in rows]
    return int(taken * sum(lengths) / len(lengths))


def peak_mb() -> float:
    import torch

    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def report(found: dict[str, list[dict[str, Any]]], options: argparse.Namespace) -> str:
    """The figures as Markdown."""
    speed = {
        k: statistics.median(one["tokens_a_second"] for one in runs) for k, runs in found.items()
    }
    lines = [
        "# Training: speed, packing, memory",
        "",
        f"`python benchmarks/train.py{' --gpu' if options.gpu else ''}`: {options.rounds} rounds of "
        f"{options.steps} steps, medians; {platform.machine()}, {os.cpu_count()} cores. Tokens without padding.",
        "",
        "| kind | tokens a second | peak MB | rows | full |",
        "|---|--:|--:|--:|--:|",
    ]
    for kind, runs in found.items():
        peak = statistics.median(one["peak_mb"] for one in runs)
        lines.append(
            f"| {kind} | {speed[kind]:,.0f} | {peak:,.0f} | {runs[0]['rows']:,} | {runs[0]['packing']:.1%} |"
        )
    lines.append("")
    if options.gpu:
        for size in ("2k", "8k"):
            ratio = speed[f"unsloth-{size}"] / speed[f"transformers-{size}"]
            lines.append(
                f"Unsloth beside transformers at {size}: {ratio:.2f} times as many tokens a second."
            )
    else:
        lines += [
            f"Our loop beside plain TRL: {speed['ours'] / speed['trl']:.3f} (target 0.97 or more).",
            f"Packing beside padding: {speed['ours'] / speed['padded']:.2f} times as many tokens a second; "
            f"packed rows are {found['ours'][0]['packing']:.1%} full (target 95 %). On a CPU attention over a packed "
            "row costs the square of its length, samples apart or not; flash attention on a GPU does not.",
        ]
    return "\n".join(lines) + "\n"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, default=Path("data/sft"), help="a training set")
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--model", default="meta-llama/Llama-3.2-1B-Instruct", help="with --gpu")
    parser.add_argument("--gpu", action="store_true", help="engines beside each other")
    parser.add_argument("--write", action="store_true", help="also into benchmarks/results/")
    parser.add_argument("--kind", help=argparse.SUPPRESS)
    parser.add_argument("--scratch", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
