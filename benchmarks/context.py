"""Does code help? The same sections learned with four contexts, held-out loss side by side.

python benchmarks/context.py [--data data/sft] [--steps 100] [--seeds 1 2 3] [--write] [--resume]

none: project type only; tree: and the file tree; code: and key files; other: those of another
repository. Same samples, same steps, the same answer tokens in each step: rows are not packed.
Each finished run is kept in benchmarks/.cache/context.json until a run of the next command ends there:
`--resume` goes on after an interruption with those of the same data, steps and commit.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from moxi_core.samples import SftInput, SftSample
from moxi_train.engines.transformers import TransformersEngine
from moxi_train.recipe import Recipe, load_recipe
from moxi_train.rows import Rows, checked, rows_of
from moxi_train.run_dir import RunDir
from moxi_train.train import begin, tokenizer_of
from moxi_train.train import train as run_training

CONTEXTS = ("none", "tree", "code", "other")
RESULTS = Path(__file__).parent / "results"
DOC = Path(__file__).parent.parent / "docs" / "context.md"
KEPT = Path(__file__).parent / ".cache" / "context.json"
MOST_ANSWER = 600  # characters more would not fit the tiny recipe's answers in every context


def main() -> None:
    options = arguments()
    kept = Kept(options)
    found = kept.runs
    with tempfile.TemporaryDirectory(prefix="moxi-context-") as scratch:
        folder = Path(scratch)
        for (
            seed
        ) in options.seeds:  # the same weights and the same tokenizer in all contexts of a seed
            tokenizer_of(
                recipe_for(seed, options.steps),
                RunDir(folder / f"seed-{seed}"),
                rows_of(options.data, Path()),
            )
        work = [
            (context, seed, options, folder)
            for seed in options.seeds
            for context in CONTEXTS
            if f"{context}-{seed}" not in found
        ]
        spawned = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(options.jobs, mp_context=spawned) as pool:
            for (context, seed, *_), one in zip(
                work, pool.map(train, *zip(*work, strict=True)), strict=True
            ):
                found[f"{context}-{seed}"] = one
                kept.write()
                told = {k: v for k, v in one.items() if k != "by_section"}
                print(f"{context} {seed}: {told}", file=sys.stderr)
    if len({(one["rows"], one["answer_tokens"]) for one in found.values()}) > 1:
        sys.exit("The contexts were not trained on the same answers: their losses tell nothing.")
    text = report(found, options)
    print(text)
    if options.write:
        DOC.write_text(text, "utf-8")
        (RESULTS / "context.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")


class Kept:
    """Finished runs by context and seed, in a file that holds for one set of data, steps and commit."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.key = _key(Path(options.data), options.steps)
        self.runs: dict[str, dict[str, Any]] = {}
        if options.resume and KEPT.is_file():
            kept = json.loads(KEPT.read_text("utf-8"))
            if kept["key"] != self.key:
                sys.exit(f"{KEPT} holds runs of other data, steps or code: leave out --resume.")
            wanted = {f"{context}-{seed}" for seed in options.seeds for context in CONTEXTS}
            self.runs = {name: one for name, one in kept["runs"].items() if name in wanted}
            print(f"kept from before: {', '.join(self.runs) or 'nothing'}", file=sys.stderr)

    def write(self) -> None:
        KEPT.parent.mkdir(parents=True, exist_ok=True)
        part = KEPT.with_suffix(".part")
        part.write_text(json.dumps({"key": self.key, "runs": self.runs}), "utf-8")
        part.replace(KEPT)


def _key(data: Path, steps: int) -> str:
    """What makes runs comparable: the rows, the steps and the commit."""
    here = Path(__file__).parent
    told = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=here, capture_output=True, text=True, check=False
    )  # fmt: skip
    hashed = hashlib.sha256(f"{told.stdout.strip()} {steps}".encode())
    for file in sorted(data.glob("*.jsonl")) if data.is_dir() else [data]:
        hashed.update(file.read_bytes())
    return hashed.hexdigest()


def train(context: str, seed: int, options: argparse.Namespace, scratch: Path) -> dict[str, Any]:
    """One run; its last validation loss, all and by section, and the first one."""
    import torch

    # Runs beside each other wait for one another's threads where all of them use every core.
    torch.set_num_threads(max(1, (os.cpu_count() or 1) // options.jobs))
    rows = rows_of(options.data, Path())
    recipe = recipe_for(seed, options.steps)
    # Of a random model, a run would make weights and a tokenizer from what its own context shows.
    base = RunDir(scratch / f"seed-{seed}").base
    model = recipe.model.model_copy(update={"name": str(base), "random": None})
    recipe = recipe.model_copy(update={"model": model})
    run = RunDir(scratch / f"{context}-{seed}")
    shown = Rows(f"{rows.name} ({context})", lambda: iter(with_context(rows, context)))
    report = begin(run, recipe, shown, TransformersEngine(), lambda _: None)
    run_training(run, recipe, TransformersEngine(), lambda _: None, lambda *_: None)
    looked = [line for line in run.metrics() if "validation_loss" in line]
    result = {
        "first": looked[0]["validation_loss"],
        "last": looked[-1]["validation_loss"],
        "by_section": {k: v["loss"] for k, v in looked[-1]["by_section"].items()},
        "rows": report.rows,
        "answer_tokens": report.answer_tokens,
        "prompt_tokens": report.tokens - report.answer_tokens,
        "validation": report.validation,
    }
    shutil.rmtree(run.folder)
    return result


def recipe_for(seed: int, steps: int) -> Recipe:
    """The tiny recipe, unpacked, so that each step has the same samples whatever they show."""
    return load_recipe(
        "tiny-cpu",
        [
            "train.packing=false", "train.row_tokens=0", "train.batch_size=2", "train.gradient_accumulation=2",
            f"train.max_steps={steps}", "train.save_steps=1000000", "prompt.answer_tokens=256", "prompt.context_tokens=768",
            "evaluate.every_steps=0", "evaluate.rows=100", "evaluate.sections=0", f"train.seed={seed}",
        ],
    )  # fmt: skip


def with_context(rows: Rows, context: str) -> Iterator[SftSample]:
    """The samples with what a context shows; those whose answers are long are left out everywhere."""
    samples = [s for s in checked(rows) if len(s.content) <= MOST_ANSWER]
    shown = {s.repo_url: s.input for s in samples}
    urls = sorted(shown)
    others = urls[:]
    random.Random(0).shuffle(others)  # noqa: S311 - who is shown instead of whom, always the same
    other = {url: shown[others[(others.index(url) + 1) % len(others)]] for url in urls}
    for sample in samples:
        yield replace(sample, input=_seen(sample.input, other[sample.repo_url], context))


def _seen(own: SftInput, other: SftInput, context: str) -> SftInput:
    none = replace(own, file_tree=(), key_files=(), description="")
    if context == "none":
        return none
    if context == "tree":
        return replace(none, file_tree=own.file_tree)
    source = other if context == "other" else own
    return replace(none, file_tree=source.file_tree, key_files=source.key_files)


def report(found: dict[str, dict[str, Any]], options: argparse.Namespace) -> str:
    """The table, whatever it says."""
    a = next(iter(found.values()))
    lines = [
        "# Does code context help?",
        "",
        f"`python benchmarks/context.py`: the recipe `tiny-cpu` (a random Llama of 4 million weights) on the same "
        f"{a['rows']:,} sections, {options.steps} steps of 4 samples, {len(options.seeds)} seeds; loss of an answer "
        f"token on {a['validation']} held-out sections of other owners (lower is better). All contexts of a seed begin "
        "with the same weights and see the same samples in the same order, so the same answer tokens.",
        "",
        "| context | prompt tokens | "
        + " | ".join(f"seed {s}" for s in options.seeds)
        + " | mean | beside none |",
        "|---|--:|" + "--:|" * (len(options.seeds) + 2),
    ]
    names = {
        "none": "project type only", "tree": "file tree", "code": "file tree and key files",
        "other": "tree and key files of another repository",
    }  # fmt: skip
    means = {c: statistics.mean(found[f"{c}-{s}"]["last"] for s in options.seeds) for c in CONTEXTS}
    for context in CONTEXTS:
        losses = [found[f"{context}-{s}"]["last"] for s in options.seeds]
        lines.append(
            f"| {names[context]} | {found[f'{context}-{options.seeds[0]}']['prompt_tokens']:,} | "
            + " | ".join(f"{loss:.4f}" for loss in losses)
            + f" | {means[context]:.4f} | {means[context] - means['none']:+.4f} |"
        )
    by_context = [[found[f"{c}-{s}"]["last"] for s in options.seeds] for c in CONTEXTS]
    spread = max(max(losses) - min(losses) for losses in by_context)
    wins = sum(found[f"code-{s}"]["last"] < found[f"other-{s}"]["last"] for s in options.seeds)
    lines += [
        "",
        f"The means differ by {max(means.values()) - min(means.values()):.3f}, the seeds of one context by up to "
        f"{spread:.3f}: a difference smaller than that says nothing.",
        "",
        f"One's own code beside another repository's: {means['code'] - means['other']:+.4f}, better in {wins} of "
        f"{len(options.seeds)} seeds.",
        "",
        "By kind of section, means over the seeds:",
        "",
        "| section | " + " | ".join(CONTEXTS) + " |",
        "|---|" + "--:|" * len(CONTEXTS),
    ]
    for section in sorted(a["by_section"]):
        row = [
            statistics.mean(found[f"{c}-{s}"]["by_section"][section] for s in options.seeds)
            for c in CONTEXTS
        ]
        lines.append(f"| {section} | " + " | ".join(f"{loss:.3f}" for loss in row) + " |")
    lines += [
        "",
        "A model of this size learns words and shapes of sections more than it learns to look things up, so this "
        "says little of a model of 3 billion weights; the same command on a GPU, with another recipe, would.",
    ]
    return "\n".join(lines) + "\n"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", default="data/sft", help="a training set")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument(
        "--write", action="store_true", help="also into docs/ and benchmarks/results/"
    )
    parser.add_argument(
        "--resume", action="store_true", help="go on with the runs that an earlier command finished"
    )
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time")
    return parser.parse_args()


if __name__ == "__main__":
    main()
