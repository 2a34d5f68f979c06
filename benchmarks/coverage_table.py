"""How much of real command lines, APIs and manifests the analyzer finds, framework by framework.

    python benchmarks/coverage_table.py                                   # clones from the network
    python benchmarks/coverage_table.py --git-dirs '/mirror/{owner}+{name}/repo'

`benchmarks/coverage/*.toml` names, for each framework and ecosystem, a repository not written for
this project and what a careful person found in it (from its help text, documentation or by
reading; `source` says where). This script looks how much of that `moxi_analyzer` finds and writes
`docs/coverage.md`.
"""

from __future__ import annotations

import argparse
import os
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checkout import DEFAULT_CACHE, HERE, Repo, git_directory, write_tree

from moxi_analyzer import analyze
from moxi_core.records import Fact, RepoSnapshot

LISTS = HERE / "coverage"
TABLE = HERE.parent / "docs" / "coverage.md"
FIXTURES = HERE.parent / "tests" / "fixtures"
TARGET = 0.9
HEAD = """# Coverage

What the analyzer reads, and how much of it it finds in a repository that was not written for Moxi.
Each row has a golden fixture under `tests/fixtures/` and a list of names that a person took from
the project's own help, documentation or source (`benchmarks/coverage/`). This page is written by
`python benchmarks/coverage_table.py`.

| Framework or ecosystem | Facts | Repository | Found | Missing | Fixture |
|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Row:
    """One framework on one repository: which of the expected names were found."""

    area: str
    kind: str
    repo: str
    expected: list[str]
    missing: list[str]
    fixture: str

    @property
    def share(self) -> float:
        return 1 - len(self.missing) / len(self.expected)


def entries(only: list[str]) -> Iterator[dict[str, Any]]:
    """The lists, in the order of their files."""
    for file in sorted(LISTS.glob("*.toml")):
        for entry in tomllib.loads(file.read_text("utf-8")).get("real", []):
            if not only or any(word in entry["area"] or word in entry["repo"] for word in only):
                yield entry


def tree_of(entry: dict[str, Any], git_dirs: str | None, cache: Path) -> Path:
    """The files of the repository at the commit that the list was made for."""
    name, commit = entry["repo"], entry["commit"]
    url = entry.get("url", f"https://github.com/{name}")
    repo = Repo(name, url, commit, 0, "", "", "", "", awesome=False, use="coverage")
    place = cache / "coverage" / f"{repo.folder}@{commit[:12]}"
    if not place.is_dir():
        part = place.with_suffix(".part")
        write_tree(git_directory(repo, git_dirs, cache), commit, part, place.with_suffix(".index"))
        part.rename(place)
    return place


def names_of(fact: Fact) -> set[str]:
    """All names a person may call a fact by; an example is called by its file."""
    if fact.kind == "example":
        return {fact.evidence.path}
    forms = {part.strip() for part in fact.detail.get("forms", "").split(",")}
    return ({fact.value, fact.detail.get("short", ""), fact.detail.get("run", "")} | forms) - {""}


def measure(entry: dict[str, Any], snapshot: RepoSnapshot) -> Row:
    """Which expected names the snapshot holds."""
    program, under = entry.get("program", ""), entry.get("under", "")
    found: set[str] = set()
    for fact in snapshot.facts:
        fits = fact.kind == entry["kind"] and fact.evidence.path.startswith(under)
        if fits and program in {"", fact.detail.get("program"), fact.detail.get("prog")}:
            found |= names_of(fact)
    expected = list(dict.fromkeys(entry["expected"]))
    missing = [name for name in expected if name not in found]
    fixture = entry["fixture"]
    if not (FIXTURES / fixture).is_dir():
        raise SystemExit(f"{entry['area']}: there is no fixture {fixture!r}")
    return Row(entry["area"], entry["kind"], entry["repo"], expected, missing, fixture)


def table(rows: list[Row]) -> str:
    """The Markdown page."""
    lines = []
    for row in sorted(rows, key=lambda r: (r.area.lower(), r.kind, r.repo)):
        missing = ", ".join(f"`{name}`" for name in row.missing[:8])
        more = f" and {len(row.missing) - 8} more" if len(row.missing) > 8 else ""
        share = f"{len(row.expected) - len(row.missing)} of {len(row.expected)} ({row.share:.0%})"
        link = f"[{row.repo}](https://github.com/{row.repo})"
        lines.append(
            f"| {row.area} | `{row.kind}` | {link} | {share} | {missing}{more} | `{row.fixture}` |"
        )
    return HEAD + "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--git-dirs", default=os.environ.get("MOXI_BENCH_GIT_DIRS"))
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    parser.add_argument("--only", nargs="*", default=[], help="words of areas or repositories")
    options = parser.parse_args()
    snapshots: dict[Path, RepoSnapshot] = {}
    rows: list[Row] = []
    for entry in entries(options.only):
        tree = tree_of(entry, options.git_dirs, options.cache)
        if tree not in snapshots:
            snapshots = {tree: analyze(tree)}  # one at a time: some are large
        row = measure(entry, snapshots[tree])
        rows.append(row)
        mark = " " if row.share >= TARGET else "!"
        print(f"{mark} {row.share:6.1%}  {row.area:22} {row.kind:12} {row.repo}  {row.missing[:6]}")
    if not options.only:
        TABLE.write_text(table(rows), "utf-8")
    low = [row for row in rows if row.share < TARGET]
    print(f"{len(rows)} rows, {len(low)} below {TARGET:.0%}")
    sys.exit(1 if low else 0)


if __name__ == "__main__":
    main()
