"""Time and memory of readme-gen beside readmeai offline, on the same checkouts, start-up included.

readmeai goes into an environment of its own; the one command for it:

    python -m venv benchmarks/.cache/readmeai && benchmarks/.cache/readmeai/bin/pip install readmeai==0.6.3

    python benchmarks/write.py [--only NAME] [--min-files N] [--git-dirs TEMPLATE] [--runs 3]
        [--sizes 1000,3000]

Writes benchmarks/results/write.json and .md, unless only some repositories are measured: `--only NAME`
those of a name, `--min-files 3001` the large ones. `--sizes ""` leaves the scaling curve out.
Memory is the peak of the largest process; what a second one of ours takes besides is not in it.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from checkout import DEFAULT_CACHE, HERE, add_arguments, checkout, load_repos
from write_quality import find_readme_gen

RESULTS = HERE / "results"
SIZES = "1000,3000,10000,30000,100000"
LIMIT = 180
LARGE = 3000


@dataclass(frozen=True)
class Run:
    """One process: wall seconds, peak resident memory in MB, bytes written."""

    seconds: float
    memory_mb: float
    bytes: int
    exit_code: int

    @property
    def ok(self) -> bool:
        return self.exit_code == 0 and self.bytes > 0


@dataclass
class Pair:
    """Both programs on one repository."""

    name: str
    files: int
    ours: Run
    theirs: Run | None


@dataclass
class Curve:
    """Seconds by number of files, and the exponent of the fitted power."""

    points: list[tuple[int, Run]] = field(default_factory=list)

    def exponent(self, least: int = 0) -> float:
        usable = [(n, r) for n, r in self.points if n >= least and r.ok]
        if len(usable) < 2:
            return math.nan
        xs = [math.log(n) for n, _ in usable]
        ys = [math.log(r.seconds) for _, r in usable]
        return statistics.linear_regression(xs, ys).slope


def run(arguments: list[str], output: Path, to_stdout: bool, log: Path) -> Run:
    """Spawn, wait with wait4: its resource use is that of this very process tree."""
    output.unlink(missing_ok=True)
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": ""}
    with (output if to_stdout else log).open("wb") as stream, log.open("ab") as errors:
        actions = [
            (os.POSIX_SPAWN_DUP2, stream.fileno(), 1),
            (os.POSIX_SPAWN_DUP2, errors.fileno(), 2),
        ]
        command = (
            ["/usr/bin/timeout", str(LIMIT), *arguments] if shutil.which("timeout") else arguments
        )
        start = time.perf_counter()
        pid = os.posix_spawnp(command[0], command, environment, file_actions=actions)
        _, status, usage = os.wait4(pid, 0)
        seconds = time.perf_counter() - start
    scale = 1 / 1_000_000 if sys.platform == "darwin" else 1 / 1000
    size = output.stat().st_size if output.exists() else 0
    code = os.waitstatus_to_exitcode(status)
    return Run(round(seconds, 3), round(usage.ru_maxrss * scale, 1), size, code)


def best(runs: list[Run]) -> Run:
    """The quickest run that went well stands for the program; noise only adds."""
    return min(runs, key=lambda r: (not r.ok, r.seconds))


def ours(readme_gen: str, tree: Path, work: Path) -> Run:
    return run([readme_gen, str(tree), "-o", "-"], work / "ours.md", True, work / "ours.log")


def theirs(readmeai: str, tree: Path, work: Path) -> Run:
    output = work / "theirs.md"
    arguments = [readmeai, "--repository", str(tree), "--api", "offline", "--output", str(output)]
    return run(arguments, output, False, work / "theirs.log")


def synthetic(folder: Path, files: int) -> Path:
    """A Python and TypeScript project of many files, as real ones are spread over folders."""
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "demo"\nversion = "1.0"\nrequires-python = ">=3.11"\n'
        '[project.scripts]\ndemo = "demo.cli:main"\n'
    )
    (folder / "package.json").write_text('{"name": "demo", "scripts": {"build": "tsc"}}\n')
    python = '"""Part {n}."""\n\nimport os\n\n\ndef part_{n}(value: int) -> int:\n    """Adds {n}."""\n    return value + {n}\n'
    script = "export function part{n}(value: number): number {{\n  return value + {n};\n}}\n"
    for n in range(files - 2):
        base = folder / ("demo" if n % 2 else "web") / f"p{n // 1000:03}" / f"m{n // 50 % 20:02}"
        if n % 50 < 2:
            base.mkdir(parents=True, exist_ok=True)
        suffix, text = (".py", python) if n % 2 else (".ts", script)
        (base / f"part_{n}{suffix}").write_text(text.format(n=n))
    return folder


def curve(readme_gen: str, sizes: list[int], work: Path) -> Curve:
    result = Curve()
    for size in sizes:
        tree = synthetic(work / f"synthetic-{size}", size)
        point = best([ours(readme_gen, tree, work) for _ in range(2 if size <= 10_000 else 1)])
        result.points.append((size, point))
        print(
            f"synthetic {size:>7} files: {point.seconds:7.2f} s {point.memory_mb:7.0f} MB",
            flush=True,
        )
        shutil.rmtree(tree)
    return result


def ratios(pairs: list[Pair]) -> dict[str, float]:
    """Their figure over ours where both went well: the median, and for large repositories."""
    found: dict[str, float] = {}
    for label, least in (("all", 0), ("large", LARGE + 1)):
        both = [
            (p.ours, p.theirs)
            for p in pairs
            if p.files >= least and p.theirs and p.theirs.ok and p.ours.ok
        ]
        if both:
            found[f"time_{label}"] = round(
                statistics.median(t.seconds / o.seconds for o, t in both), 2
            )
            found[f"memory_{label}"] = round(
                statistics.median(t.memory_mb / o.memory_mb for o, t in both), 2
            )
            found[f"n_{label}"] = len(both)
    return found


def markdown(pairs: list[Pair], scaling: Curve) -> str:
    lines = [
        "# readme-gen and readmeai 0.6.3 offline, side by side",
        "",
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; "
        "a process each, start-up included. Memory is the peak of its largest process.",
        "",
        "| measure | target | seen |",
        "| --- | --- | --- |",
    ]
    seen = ratios(pairs)
    goals = {"time_all": "≥ 3", "time_large": "≥ 8"}
    names = {"time": "time ratio, median", "memory": "memory ratio, median"}
    for key, value in seen.items():
        kind, _, label = key.partition("_")
        if kind in names:
            scope = f"over {LARGE} files" if label == "large" else "all"
            lines.append(
                f"| {names[kind]} ({scope}, {seen[f'n_{label}']:.0f}) | {goals.get(key, '')} | {value} |"
            )
    if scaling.points:
        lines.append(f"| exponent, 1,000 files and more | ≤ 1.1 | {scaling.exponent():.2f} |")
        lines.append(
            f"| exponent, 10,000 files and more | ≤ 1.1 | {scaling.exponent(10_000):.2f} |"
        )
    lines += [
        "",
        "| repository | files | ours s | theirs s | ratio | ours MB | theirs MB | ours B | theirs B |",
        f"|{' --- |' * 9}",
    ]
    for pair in sorted(pairs, key=lambda p: p.files):
        lines.append(f"| {' | '.join(pair_cells(pair))} |")
    if scaling.points:
        lines += ["", "| synthetic files | s | MB | ms a file |", "| --- | --- | --- | --- |"]
        lines += [
            f"| {n} | {r.seconds:.2f} | {r.memory_mb:.0f} | {1000 * r.seconds / n:.2f} |"
            for n, r in scaling.points
        ]
    return "\n".join(lines) + "\n"


def pair_cells(pair: Pair) -> list[str]:
    mine, other = pair.ours, pair.theirs
    good = bool(other and other.ok and mine.ok)
    return [
        pair.name,
        str(pair.files),
        f"{mine.seconds:.2f}" if mine.ok else f"failed ({mine.exit_code})",
        f"{other.seconds:.2f}"
        if other and other.ok
        else f"failed ({other.exit_code})"
        if other
        else "-",
        f"{other.seconds / mine.seconds:.1f}" if good and other else "-",
        f"{mine.memory_mb:.0f}",
        f"{other.memory_mb:.0f}" if other else "-",
        str(mine.bytes),
        str(other.bytes) if other else "-",
    ]


def save(pairs: list[Pair], scaling: Curve, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    data = {
        "ratios": ratios(pairs),
        "exponent": scaling.exponent() if len(scaling.points) > 1 else None,
        "repositories": [asdict(pair) for pair in pairs],
        "curve": [{"files": n} | asdict(r) for n, r in scaling.points],
    }
    (folder / "write.json").write_text(json.dumps(data, indent=1) + "\n", "utf-8")
    (folder / "write.md").write_text(markdown(pairs, scaling), "utf-8")


def side_by_side(options: argparse.Namespace, readme_gen: str, work: Path) -> list[Pair]:
    pairs: list[Pair] = []
    for repo in load_repos(options.only, ("write", "speed")):
        if repo.files < options.min_files:
            continue
        made = checkout(repo, options.git_dirs, options.cache)
        mine, other = [], []
        for _ in range(options.runs):  # in turns, so that both see the same load of the machine
            mine.append(ours(readme_gen, made.tree, work))
            if options.readmeai:
                other.append(theirs(options.readmeai, made.tree, work))
        pair = Pair(repo.name, repo.files, best(mine), best(other) if other else None)
        pairs.append(pair)
        print("  ".join(pair_cells(pair)), flush=True)
    return pairs


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add_arguments(parser)
    parser.add_argument("--readme-gen", metavar="PATH")
    parser.add_argument("--readmeai", default=str(DEFAULT_CACHE / "readmeai" / "bin" / "readmeai"))
    parser.add_argument("--min-files", type=int, default=0, metavar="N", help="leave smaller out")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--sizes", default=SIZES, help="files of the synthetic repositories")
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args()
    readme_gen = find_readme_gen(options.readme_gen)
    if not shutil.which(options.readmeai):
        print(f"no {options.readmeai}: readme-gen runs alone (see the docstring)", file=sys.stderr)
        options.readmeai = ""
    with tempfile.TemporaryDirectory() as place:
        pairs = side_by_side(options, readme_gen, Path(place))
        sizes = [int(size) for size in options.sizes.split(",") if size]
        scaling = curve(readme_gen, sizes, Path(place))
    for key, value in ratios(pairs).items():
        print(f"{key}: {value}")
    if scaling.points:
        print(f"exponent: {scaling.exponent():.2f}")
    if not options.only and not options.min_files:
        save(pairs, scaling, options.results)
    return 0 if all(pair.ours.ok for pair in pairs) else 1


if __name__ == "__main__":
    raise SystemExit(main())
