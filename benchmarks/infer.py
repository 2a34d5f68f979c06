"""What the shared prefix is worth: one README of 8 sections, asked of vLLM in four ways.

    python benchmarks/infer.py --vllm-python PYTHON [--rounds 3] [--port 8300] [--write]

The requests are those that `readme-gen --model` sends: this repository's context first, the
section's instruction last. One after the other or all at once, by a server with its prefix cache or
one without, and by `generate` of transformers in this process. The model is a Llama of random
weights, large enough that reading a prompt costs more than writing an answer; answers are cut at
the same length. Each round begins with words of its own, so that no round finds another's prefix.
PYTHON is that of an environment with vLLM; this one needs moxi-readme[train,llm].
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from checkout import HERE

from moxi_analyzer import analyze
from moxi_analyzer.model_input import input_of
from moxi_core.prompt import PromptStyle, instruction_for, render
from moxi_core.records import RepoSnapshot
from moxi_train.recipe import RandomModel
from moxi_train.tiny import make_model, make_tokenizer

RESULTS = HERE / "results"
SECTIONS = (
    "about", "install", "usage", "api", "configuration", "structure", "development", "license",
)  # fmt: skip
SHAPE = RandomModel(vocabulary=8_192, hidden=512, layers=8, heads=8, kv_heads=4)
NAME = "random"
START_S = 900.0
SLOW, QUICK = "one after the other, no prefix cache", "all at once, prefix cache"
BETWEEN = ("one after the other, prefix cache", "all at once, no prefix cache")
IN_PROCESS = "transformers generate, one after the other"
COUNTED = {
    "queries": "prefix_cache_queries_total", "hits": "prefix_cache_hits_total",
    "sent": "prompt_tokens_total", "written": "generation_tokens_total",
}  # fmt: skip


@dataclass
class Way:
    """One way of asking: seconds of each round, and the tokens of all of them by vLLM's counters."""

    name: str
    seconds: list[float] = field(default_factory=list)
    sent: int = 0
    hits: int = 0
    written: int = 0

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def computed(self) -> int:
        """Tokens of prompts that were computed, and not found in the cache."""
        return self.sent - self.hits


class Prompts:
    """The eight prompts of a README, within a budget of tokens."""

    def __init__(
        self, snapshot: RepoSnapshot, style: PromptStyle, count: Callable[[str], int]
    ) -> None:
        self._snapshot, self._style, self._count = snapshot, style, count

    def of_round(self, words: str) -> list[str]:
        """The prompts, whose shared beginning has words of its own."""
        shown = input_of(self._snapshot)
        given = replace(shown, description=f"{words}: {shown.description}")
        kind = shown.project_type
        asked = [instruction_for(section, self._snapshot.name, kind) for section in SECTIONS]
        return [render(given, one, self._style, self._count).text for one in asked]


def make(folder: Path, positions: int) -> Callable[[str], int]:
    """A model and its tokenizer in a folder; what counts tokens."""
    texts = [p.read_text("utf-8") for p in sorted((HERE.parent / "src").rglob("*.py"))]
    texts += [p.read_text("utf-8") for p in sorted((HERE.parent / "docs").glob("*.md"))]
    tokenizer = make_tokenizer(texts, SHAPE.vocabulary)
    make_model(SHAPE, tokenizer, positions, 1, folder)
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False))


@contextmanager
def serving(options: argparse.Namespace, folder: Path, port: int, *flags: str) -> Iterator[str]:
    """A vLLM server for a while; its address."""
    command = [
        options.vllm_python, "-m", "vllm.entrypoints.openai.api_server", "--model", str(folder),
        "--served-model-name", NAME, "--host", "127.0.0.1", "--port", str(port),
        "--dtype", options.dtype, "--max-model-len", str(options.context + options.answer), *flags,
    ]  # fmt: skip
    own = os.environ | {
        "VLLM_CPU_KVCACHE_SPACE": "1",
        "HF_HUB_OFFLINE": "1",
        "VLLM_NO_USAGE_STATS": "1",
    }
    own.pop("PYTHONPATH", None)
    command += ["--enforce-eager"] if options.eager else []
    with (folder / f"{port}.log").open("wb") as log:
        process = subprocess.Popen(command, env=own, stdout=log, stderr=log, start_new_session=True)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(address, process, folder / f"{port}.log")
        yield address
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    import httpx

    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        with suppress(httpx.HTTPError):
            if httpx.get(f"{address}/health", timeout=5, trust_env=False).status_code == 200:
                return
        time.sleep(1)
    raise SystemExit(f"vLLM did not start:\n{log.read_text('utf-8', 'replace')[-3000:]}")


def ask(
    address: str, prompts: Sequence[str], answer: int, at_once: int, *, warm: bool = False
) -> float:
    """Seconds until all prompts are answered; to `warm` the cache, the first one is read alone before."""
    import httpx

    with httpx.Client(timeout=900, trust_env=False) as client, ThreadPoolExecutor(at_once) as pool:

        def one(prompt: str, tokens: int = answer) -> None:
            body = {"model": NAME, "prompt": prompt, "max_tokens": tokens, "temperature": 0.0}
            client.post(
                f"{address}/v1/completions", json=body | {"ignore_eos": True}
            ).raise_for_status()

        started = time.perf_counter()
        if warm:
            one(prompts[0], 1)
        list(pool.map(one, prompts))
        return time.perf_counter() - started


def counted(address: str) -> dict[str, int]:
    """The server's own counters of tokens."""
    import httpx

    text = httpx.get(f"{address}/metrics", timeout=30, trust_env=False).text
    found = {}
    for key, name in COUNTED.items():
        values = re.findall(rf"^vllm:{name}(?:\{{[^}}]*\}})? ([\d.e+]+)$", text, re.MULTILINE)
        found[key] = int(sum(map(float, values)))
    return found


def measure(way: Way, address: str, prompts: Sequence[str], answer: int, at_once: int) -> None:
    """One round of a way."""
    before = counted(address)
    way.seconds.append(ask(address, prompts, answer, at_once, warm=way.name == QUICK))
    after = counted(address)
    way.sent += after["sent"] - before["sent"]
    way.written += after["written"] - before["written"]
    way.hits += after["hits"] - before["hits"]
    print(f"{way.name}: {way.seconds[-1]:.1f} s", flush=True)


def by_servers(options: argparse.Namespace, folder: Path, prompts: Prompts) -> list[Way]:
    """The four ways, in turns, so that all see the same load of the machine."""
    ways = {name: Way(name) for name in (SLOW, *BETWEEN, QUICK)}
    with ExitStack() as stack:
        plain = stack.enter_context(
            serving(options, folder, options.port, "--no-enable-prefix-caching")
        )
        cached = stack.enter_context(
            serving(options, folder, options.port + 1, "--enable-prefix-caching")
        )
        places = (
            (SLOW, plain, 1),
            (BETWEEN[0], cached, 1),
            (BETWEEN[1], plain, 8),
            (QUICK, cached, 8),
        )
        for address in (plain, cached):
            ask(address, prompts.of_round("warming up")[:2], 8, 2)
        for number in range(options.rounds):
            for name, address, at_once in places:
                own = prompts.of_round(f"{number} {name}")
                measure(ways[name], address, own, options.answer, at_once)
    return list(ways.values())


def in_process(options: argparse.Namespace, folder: Path, prompts: Prompts) -> Way:
    """By transformers, one prompt after the other, as without a server."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    way = Way(IN_PROCESS)
    for number in range(options.rounds):
        started = time.perf_counter()
        for prompt in prompts.of_round(f"{number} {IN_PROCESS}"):
            given = tokenizer(prompt, return_tensors="pt", return_token_type_ids=False)
            length = {"max_new_tokens": options.answer, "min_new_tokens": options.answer}
            with torch.inference_mode():
                made = model.generate(**given, **length, do_sample=False)
            way.sent += given["input_ids"].shape[1]
            way.written += made.shape[1] - given["input_ids"].shape[1]
        way.seconds.append(time.perf_counter() - started)
        print(f"{way.name}: {way.seconds[-1]:.1f} s", flush=True)
    return way


def targets(ways: Sequence[Way]) -> list[tuple[str, str, str, bool]]:
    """(what, target, seen, reached)."""
    by_name = {way.name: way for way in ways}
    slow, quick = by_name[SLOW], by_name[QUICK]
    found = [(f"{QUICK}, against {SLOW}", "≥ 3 ×", slow.median / quick.median, 3.0)]
    if IN_PROCESS in by_name:
        found.append(
            (
                f"{QUICK}, against {IN_PROCESS}",
                "> 1 ×",
                by_name[IN_PROCESS].median / quick.median,
                1.0,
            )
        )
    rows = [(what, goal, f"{ratio:.1f} ×", ratio >= least) for what, goal, ratio, least in found]
    share = quick.computed / quick.sent
    rows.append(
        (
            "tokens of prompts computed, of those sent",
            "≤ 25 %",
            f"{quick.computed:,} of {quick.sent:,} ({share:.1%})",
            share <= 0.25,
        )
    )
    return rows


def report(ways: Sequence[Way], options: argparse.Namespace) -> str:
    lines = [
        "# One README of 8 sections through vLLM",
        "",
        f"{platform.machine()}, {os.cpu_count()} cores, {options.dtype}{', eager' if options.eager else ''}, Llama of random weights (hidden {SHAPE.hidden}, "
        f"{SHAPE.layers} layers), at most {options.context:,} tokens of prompt and {options.answer} of answer; "
        f"medians of {options.rounds} rounds, in turns. Load of the machine before: {options.load:.1f}, after: {os.getloadavg()[0]:.1f}.",
        "",
        "| measure | target | seen | |",
        "| --- | --- | --- | --- |",
    ]
    lines += [f"| {w} | {g} | {s} | {'✓' if ok else '✗'} |" for w, g, s, ok in targets(ways)]
    lines += [
        "",
        "| way | s a README | all rounds | tokens sent | computed | written |",
        "| --- | --: | --- | --: | --: | --: |",
    ]
    for way in ways:
        rounds = ", ".join(f"{second:.1f}" for second in way.seconds)
        lines.append(
            f"| {way.name} | {way.median:.1f} | {rounds} | {way.sent:,} | {way.computed:,} | {way.written:,} |"
        )
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--vllm-python", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--port", type=int, default=8300, help="and the one after it")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--context", type=int, default=4_096, help="tokens of a prompt, at most")
    parser.add_argument("--answer", type=int, default=128, help="tokens of an answer")
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--eager", action="store_true", help="vLLM compiles nothing: a quick start")
    parser.add_argument("--no-generate", action="store_true", help="leave transformers out")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--write", action="store_true", help="keep the tables")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # servers end with this program
    options.load = os.getloadavg()[0]
    snapshot = analyze(HERE.parent, exclude=("tests/", "benchmarks/"))
    with tempfile.TemporaryDirectory(prefix="moxi-infer-") as place:
        folder = Path(place)
        count = make(folder, options.context + options.answer)
        prompts = Prompts(
            snapshot, PromptStyle(style="alpaca", context_tokens=options.context), count
        )
        ways = by_servers(options, folder, prompts)
        if not options.no_generate:
            ways.append(in_process(options, folder, prompts))
    text = report(ways, options)
    print(text)
    if options.write:
        save(ways, text, options.results)
    return 0 if all(reached for *_, reached in targets(ways)) else 1


def save(ways: Sequence[Way], text: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    seen = [{"measure": w, "target": g, "seen": s, "reached": ok} for w, g, s, ok in targets(ways)]
    data: dict[str, Any] = {"targets": seen, "ways": [asdict(way) for way in ways]}
    (folder / "infer.md").write_text(text, "utf-8")
    (folder / "infer.json").write_text(
        json.dumps(data, indent=1, ensure_ascii=False) + "\n", "utf-8"
    )


if __name__ == "__main__":
    raise SystemExit(main())
