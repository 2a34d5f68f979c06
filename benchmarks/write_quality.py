"""Truth, coverage and size of what `readme-gen` writes for the benchmark repositories.

    python benchmarks/write_quality.py [--only NAME] [--git-dirs TEMPLATE] [--readme-gen PATH]

Writes benchmarks/results/write_quality.json and .md; the READMEs stay in the cache for reading.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from checkout import HERE, Checkout, add_arguments, checkout, load_repos
from oracle import Oracle

RESULTS = HERE / "results"
LIMIT = 120.0


@dataclass
class Row:
    """What is reported of one repository."""

    name: str
    language: str
    ecosystem: str
    files: int
    written: bool
    seconds: float
    error: str = ""
    bytes: int = 0
    true: int = 0
    false: int = 0
    unknown: int = 0
    placeholders: int = 0
    broken_links: int = 0
    install_asked: bool = False
    install_right: bool | None = None
    license_right: bool | None = None
    coverage: float | None = None
    stated: dict[str, int] = field(default_factory=dict)
    covered: dict[str, int] = field(default_factory=dict)
    misses: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)


def find_readme_gen(given: str | None) -> str:
    beside = Path(sys.executable).with_name("readme-gen")
    found = given or shutil.which("readme-gen") or (str(beside) if beside.exists() else None)
    if not found:
        raise SystemExit("readme-gen is not on PATH; give --readme-gen PATH")
    return found


def generate(readme_gen: str, made: Checkout, target: Path) -> tuple[str, float]:
    """Run readme-gen; the error text ("" when it went well) and its seconds."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    start = time.perf_counter()
    try:
        done = subprocess.run(
            [readme_gen, str(made.tree), "-o", "-"], capture_output=True, timeout=LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        return f"longer than {LIMIT:.0f} s", LIMIT
    seconds = time.perf_counter() - start
    if done.returncode or not done.stdout.strip():
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        return f"exit {done.returncode}: {said[-1] if said else 'nothing written'}", seconds
    target.write_bytes(done.stdout)
    return "", seconds


def measure(readme_gen: str, made: Checkout, cache: Path) -> Row:
    repo = made.repo
    target = cache / "generated" / f"{repo.folder}.md"
    error, seconds = generate(readme_gen, made, target)
    row = Row(
        repo.name, repo.language, repo.ecosystem, repo.files, not error, round(seconds, 2), error
    )
    if error:
        return row
    report = Oracle(made.tree).judge(target, made.human, repo.registry, repo.package, strict=True)
    data = report.as_dict()
    for name in ("bytes", "true", "false", "unknown", "placeholders", "broken_links", "findings"):
        setattr(row, name, data[name])
    row.license_right = report.license_right
    row.install_asked = bool(report.install.get("named_by_human"))
    row.install_right = report.install.get("right")
    if report.coverage:
        row.coverage, row.misses = report.coverage.share, report.coverage.misses
        row.stated, row.covered = report.coverage.stated, report.coverage.covered
    return row


def percent(part: float, whole: float) -> str:
    return f"{part / whole:.1%}" if whole else "-"


def targets(rows: list[Row]) -> list[tuple[str, str, str, bool]]:
    """(what, target, seen, reached) for each target of the benchmark."""
    written = [r for r in rows if r.written]
    asked = [r for r in written if r.install_asked]
    licensed = [r for r in written if r.license_right is not None]
    shares = [r.coverage for r in written if r.coverage is not None]
    true, false = sum(r.true for r in written), sum(r.false for r in written)
    installs = sum(bool(r.install_right) for r in asked)
    rights = sum(bool(r.license_right) for r in licensed)
    gaps = sum(r.placeholders for r in written)
    broken = sum(r.broken_links for r in written)
    median = statistics.median(r.bytes for r in written) if written else 0
    mean = statistics.mean(shares) if shares else 0.0
    return [
        ("READMEs written", "all", f"{len(written)} of {len(rows)}", len(written) == len(rows)),
        ("placeholders", "0", str(gaps), gaps == 0),
        ("broken relative links and anchors", "0", str(broken), broken == 0),
        ("false statements", "0", f"{false} of {true + false} judged", false == 0),
        (
            "install command right",
            "≥ 95 %",
            f"{installs} of {len(asked)} ({percent(installs, len(asked))})",
            installs >= 0.95 * len(asked),
        ),
        ("license right", "all", f"{rights} of {len(licensed)}", rights == len(licensed)),
        (
            "facts of the human README stated, mean",
            "≥ 70 %",
            f"{mean:.1%} over {len(shares)}",
            mean >= 0.7,
        ),
        ("median size", "≤ 12 KB", f"{median / 1000:.1f} KB", median <= 12_000),
    ]


def by_kind(rows: list[Row]) -> list[tuple[str, int, int]]:
    kinds = sorted({kind for row in rows for kind in row.stated})
    return [
        (k, sum(r.covered.get(k, 0) for r in rows), sum(r.stated.get(k, 0) for r in rows))
        for k in kinds
    ]


def mark(value: bool | None, asked: bool = True) -> str:
    return "-" if value is None or not asked else "yes" if value else "NO"


def cells(row: Row) -> list[str]:
    share = f"{row.coverage:.0%}" if row.coverage is not None else "-"
    return [
        row.name,
        row.language,
        str(row.files),
        "yes" if row.written else f"NO ({row.error})",
        str(row.bytes),
        f"{row.seconds:.2f}",
        str(row.true),
        str(row.false),
        str(row.unknown),
        str(row.placeholders),
        str(row.broken_links),
        mark(row.install_right, row.install_asked),
        mark(row.license_right),
        share,
    ]


HEADERS = [
    "repository",
    "language",
    "files",
    "written",
    "bytes",
    "s",
    "true",
    "false",
    "unknown",
    "gaps",
    "broken",
    "install",
    "license",
    "coverage",
]


def markdown(rows: list[Row]) -> str:
    lines = [
        "# READMEs written by readme-gen, judged by oracle.py",
        "",
        "| measure | target | seen | |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| {what} | {goal} | {seen} | {'✓' if ok else '✗'} |"
        for what, goal, seen, ok in targets(rows)
    ]
    lines += [
        "",
        "Facts of human READMEs that the code confirms, by kind:",
        "",
        "| kind | stated by ours | of |",
        "| --- | --- | --- |",
    ]
    lines += [
        f"| {kind} | {ours} ({percent(ours, all_)}) | {all_} |"
        for kind, ours, all_ in by_kind(rows)
    ]
    lines += ["", f"| {' | '.join(HEADERS)} |", f"|{' --- |' * len(HEADERS)}"]
    lines += [f"| {' | '.join(cells(row))} |" for row in rows]
    false = [(row, item) for row in rows for item in row.findings if item["verdict"] == "false"]
    if false:
        lines += ["", "## False statements, gaps and broken links", ""]
        lines += [
            f"- {row.name}:{i['line']} {i['kind']} `{i['text']}`: {i['why']}" for row, i in false
        ]
    return "\n".join(lines) + "\n"


def save(rows: list[Row], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    summary = [
        {"measure": w, "target": g, "seen": s, "reached": ok} for w, g, s, ok in targets(rows)
    ]
    data = {"targets": summary, "repositories": [asdict(row) for row in rows]}
    text = json.dumps(data, indent=1, ensure_ascii=False)
    (folder / "write_quality.json").write_text(text + "\n", "utf-8")
    (folder / "write_quality.md").write_text(markdown(rows), "utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add_arguments(parser)
    parser.add_argument("--readme-gen", metavar="PATH")
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args()
    readme_gen = find_readme_gen(options.readme_gen)
    rows: list[Row] = []
    for repo in load_repos(options.only):
        row = measure(readme_gen, checkout(repo, options.git_dirs, options.cache), options.cache)
        rows.append(row)
        print("  ".join(f"{h}={c}" for h, c in zip(HEADERS, cells(row), strict=True)), flush=True)
    for what, goal, seen, ok in targets(rows):
        print(f"{'ok  ' if ok else 'MISS'} {what}: {seen} (target {goal})")
    if options.only:
        print(f"a part of the repositories: {options.results} is left as it was")
    else:
        save(rows, options.results)
    return 0 if all(ok for *_, ok in targets(rows)) else 1


if __name__ == "__main__":
    raise SystemExit(main())
