"""What collecting costs: bytes and time beside git's own clones, and memory by number of samples.

    python benchmarks/collect.py [--only NAME] [--git-dirs TEMPLATE] [--runs 2] [--counts 1000,10000,100000]

Repositories of repos.toml whose whole history is at hand are served by a git daemon on this machine,
behind a port that counts; each is cloned in full, at depth 1, and read as `moxi collect` reads it.
Then generated samples are filtered and published by `moxi collect validate`, each number of them by
a process of its own. Writes benchmarks/results/collect.json and .md; `--counts ""` or `--runs 0`
leave a part out.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from unittest import mock

from checkout import GIT_ENVIRONMENT, HERE, Repo, add_arguments, git, load_repos
from collect_memory import Published, publishing, publishing_report
from counted_server import Counter, served

from moxi_analyzer import collected as transport
from moxi_collect.sample import Origin, collected, stub
from moxi_collect.sources import Listed
from moxi_core.errors import SourceError

RESULTS = HERE / "results"
MBIT, ROUND_TRIP_S = 50.0, 0.04  # of the slower line


@dataclass(frozen=True)
class Transfer:
    """One way of one repository: bytes on the wire, bytes of packs on disk, seconds."""

    wire_bytes: int
    pack_bytes: int
    seconds: float


@dataclass(frozen=True)
class Row:
    """One repository, three ways. `ours_s` includes the analysis, `ours.seconds` does not."""

    name: str
    head: str
    commits: int
    files: int
    full: Transfer
    shallow: Transfer
    ours: Transfer
    ours_s: float
    connections: int
    files_read: int
    readme: bool
    line_s: tuple[float, float, float]  # full, depth 1, ours with analysis, on the slower line

    @property
    def by_full(self) -> float:
        return self.full.wire_bytes / self.ours.wire_bytes

    @property
    def by_shallow(self) -> float:
        return self.shallow.wire_bytes / self.ours.wire_bytes


def whole(repos: list[Repo], template: str | None, cache: Path) -> dict[str, Path]:
    """Git directories with all their history, by name; those that lack an object are left out."""
    found: dict[str, Path] = {}
    for repo in repos:
        owner, name = repo.name.split("/")
        if template:
            place = Path(template.format(owner=owner, name=name, repo=repo.name))
        else:
            place = cache / "whole" / f"{repo.folder}.git"
            if not place.is_dir():
                git("clone", "--quiet", "--bare", "--template=", repo.url, str(place))
        if place.is_dir() and is_whole(place):
            found[repo.name] = place
        else:
            print(f"{repo.name}: left out, its history is not whole here", file=sys.stderr)
    return found


def is_whole(place: Path) -> bool:
    if (place / "shallow").exists():
        return False
    walk = ("rev-list", "--objects", "--all", "--missing=print", "--quiet")
    walked = subprocess.run(
        ["git", "-c", "safe.directory=*", "-C", str(place), *walk],
        env=GIT_ENVIRONMENT | {"GIT_NO_LAZY_FETCH": "1"},
        capture_output=True,
    )
    return walked.returncode == 0 and not walked.stdout.strip()


def packs_of(place: Path) -> int:
    return sum(file.stat().st_size for file in (place / "objects").rglob("*") if file.is_file())


def cloned(url: str, counter: Counter, *options: str) -> Transfer:
    """One call of `git clone --bare` with these options."""
    with tempfile.TemporaryDirectory() as folder:
        counter.reset()
        start = time.perf_counter()
        git("clone", "--quiet", "--bare", "--template=", *options, url, f"{folder}/x.git")
        seconds = time.perf_counter() - start
        return Transfer(counter.received, packs_of(Path(folder, "x.git")), seconds)


def ours(url: str, base: str, counter: Counter) -> tuple[Transfer, float, int, int, bool]:
    """A sample as `moxi collect` makes it: transfer, seconds in all, connections, files, README."""
    arrived: list[float] = []
    analysed = transport.snapshot_of

    def stamped(repo: transport.Repository) -> transport.RepoSnapshot:
        arrived.append(time.perf_counter())
        return analysed(repo)

    counter.reset()
    with mock.patch.object(transport, "snapshot_of", stamped):
        start = time.perf_counter()
        sample, size = collected(stub(Listed(url=url, source="")), Origin(base))
        seconds = time.perf_counter() - start
    moved = Transfer(counter.received, size, arrived[0] - start)
    return moved, seconds, counter.connections, len(sample.files_read), bool(sample.readme)


def measured(repo: Repo, place: Path, base: str, counter: Counter, runs: int) -> Row:
    """All ways in turns; the quickest run of each counts, and the bytes of the last."""
    owner, name = repo.name.split("/")
    address = base.format(owner=owner, name=name)
    full, shallow, own = [], [], []
    for _ in range(runs):
        full.append(cloned(address, counter))
        shallow.append(cloned(address, counter, "--depth", "1"))
        own.append(ours(repo.url, base, counter))
    counter.mbit, counter.round_trip_s = MBIT, ROUND_TRIP_S
    line = (
        round(cloned(address, counter).seconds, 3),
        round(cloned(address, counter, "--depth", "1").seconds, 3),
        round(ours(repo.url, base, counter)[1], 3),
    )
    counter.mbit = counter.round_trip_s = 0.0
    at = ("-C", str(place))
    return Row(
        name=repo.name,
        head=git("-c", "safe.directory=*", *at, "rev-parse", "HEAD").strip(),
        commits=int(git("-c", "safe.directory=*", *at, "rev-list", "--count", "HEAD")),
        files=git("-c", "safe.directory=*", *at, "ls-tree", "-r", "HEAD").count("\n"),
        full=best(full),
        shallow=best(shallow),
        ours=best([one[0] for one in own]),
        ours_s=min(one[1] for one in own),
        connections=own[-1][2],
        files_read=own[-1][3],
        readme=own[-1][4],
        line_s=line,
    )


def best(ways: list[Transfer]) -> Transfer:
    """Noise only adds to seconds; bytes hardly differ."""
    quickest = min(one.seconds for one in ways)
    return Transfer(ways[-1].wire_bytes, ways[-1].pack_bytes, round(quickest, 3))


def transfers(options: argparse.Namespace) -> list[Row]:
    """Each repository that is whole, measured."""
    repos = load_repos(options.only, ("write", "speed") if options.large else ("write",))
    places = whole(repos, options.git_dirs, options.cache)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, served(places, Path(folder)) as (base, counter):
        for repo in [repo for repo in repos if repo.name in places]:
            try:
                row = measured(repo, places[repo.name], base, counter, options.runs)
            except (RuntimeError, SourceError) as error:
                print(f"{repo.name}: {error}", file=sys.stderr)
                continue
            rows.append(row)
            print("  ".join(cells(row)), flush=True)
    return rows


def cells(row: Row) -> list[str]:
    return [
        row.name,
        f"{row.commits:,}",
        f"{row.files:,}",
        *(sized(one.wire_bytes) for one in (row.full, row.shallow, row.ours)),
        f"{row.by_full:.1f}",
        f"{row.by_shallow:.1f}",
        f"{1 - row.ours.wire_bytes / row.full.wire_bytes:.1%}",
        *(f"{one.seconds:.2f}" for one in (row.full, row.shallow, row.ours)),
        f"{row.ours_s:.2f}",
        *(f"{seconds:.2f}" for seconds in row.line_s),
    ]


def sized(count: int) -> str:
    return f"{count / 1000:,.0f}"


def summary(rows: list[Row]) -> dict[str, float]:
    """Medians over repositories, and totals."""
    if not rows:
        return {}

    def middle(value: Callable[[Row], float]) -> float:
        return round(statistics.median(map(value, rows)), 3)

    def total(value: Callable[[Row], int]) -> int:
        return sum(map(value, rows))

    ours = total(lambda r: r.ours.wire_bytes)
    return {
        "repositories": len(rows),
        "commits": total(lambda r: r.commits),
        "bytes vs full clone, median": middle(lambda r: r.by_full),
        "bytes vs --depth 1, median": middle(lambda r: r.by_shallow),
        "bytes vs full clone, all together": round(total(lambda r: r.full.wire_bytes) / ours, 2),
        "bytes vs --depth 1, all together": round(total(lambda r: r.shallow.wire_bytes) / ours, 2),
        "left out of a full clone, median": middle(
            lambda r: 1 - r.ours.wire_bytes / r.full.wire_bytes
        ),
        "left out of --depth 1, median": middle(
            lambda r: 1 - r.ours.wire_bytes / r.shallow.wire_bytes
        ),
        "time vs full clone, transport only, median": middle(
            lambda r: r.full.seconds / r.ours.seconds
        ),
        "time vs full clone, with analysis, median": middle(lambda r: r.full.seconds / r.ours_s),
        "time vs --depth 1, transport only, median": middle(
            lambda r: r.shallow.seconds / r.ours.seconds
        ),
        "time on the slower line vs full clone, with analysis, median": middle(
            lambda r: r.line_s[0] / r.line_s[2]
        ),
        "time on the slower line vs full clone, with analysis, all together": round(
            sum(r.line_s[0] for r in rows) / sum(r.line_s[2] for r in rows), 2
        ),
        "connections, median": middle(lambda r: r.connections),
    }


def report(rows: list[Row], published: list[Published]) -> Iterator[str]:
    """The page of results."""
    yield "# What collecting costs"
    yield ""
    yield f"`python benchmarks/collect.py`, git {git('version').split()[2]}, Python {platform.python_version()}."
    if rows:
        yield from transfer_report(rows)
    if published:
        yield from publishing_report(published)


def transfer_report(rows: list[Row]) -> Iterator[str]:
    """Bytes and seconds of each repository."""
    yield ""
    yield "## Bytes and time beside git's own clones"
    yield ""
    yield "Served by a git daemon on the same machine: kB that the server sent, counted on the wire, for"
    yield "`git clone --bare`, `git clone --bare --depth 1` and `moxi collect`. On this line bytes cost no"
    yield "time, so the seconds show the work of both sides alone; `analysed` includes facts, checks and"
    yield "key files, which neither clone gives. `line` is the same (ours analysed) where the port lets"
    yield f"{MBIT:.0f} Mbit/s through, and each wait of one side for the other takes {ROUND_TRIP_S * 1000:.0f} ms longer."
    yield "Repositories of repos.toml that lack an object here were left out."
    yield ""
    yield from (f"- {name}: {value:,}" for name, value in summary(rows).items())
    yield ""
    heads = "repository|commits|files|full kB|depth 1 kB|ours kB|full ÷ ours|depth 1 ÷ ours"
    heads += "|left out of full|full s|depth 1 s|ours s|analysed s|full line s|depth 1 line s|ours line s"
    yield f"| {' | '.join(heads.split('|'))} |"
    yield f"| --- |{' --: |' * heads.count('|')}"
    for row in sorted(rows, key=lambda r: r.by_full):
        yield f"| {' | '.join(cells(row))} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add_arguments(parser)
    parser.add_argument("--runs", type=int, default=2, help="of each way; 0 leaves transfers out")
    parser.add_argument("--large", action="store_true", help="the large repositories too")
    parser.add_argument("--counts", default="1000,10000,100000", help="of generated samples")
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args()
    rows = transfers(options) if options.runs else []
    counts = [int(count) for count in options.counts.split(",") if count]
    published = [publishing(count) for count in counts]
    if options.only:
        return 0
    options.results.mkdir(parents=True, exist_ok=True)
    place = options.results / "collect.json"
    data = json.loads(place.read_text("utf-8")) if place.exists() else {}
    if rows:
        data |= {"summary": summary(rows), "repositories": [asdict(row) for row in rows]}
    if published:
        data["publishing"] = [asdict(one) for one in published]
    place.write_text(json.dumps(data, indent=1) + "\n", "utf-8")
    text = "\n".join(report(read_rows(data), read_published(data))) + "\n"
    place.with_suffix(".md").write_text(text, "utf-8")
    return 0


def read_rows(data: dict[str, list[dict[str, object]]]) -> list[Row]:
    """The rows of a results file, so that a part may be measured anew."""
    ways = ("full", "shallow", "ours")
    return [
        Row(**{k: Transfer(**v) if k in ways else v for k, v in row.items()})  # type: ignore[arg-type]
        for row in data.get("repositories", [])
    ]


def read_published(data: dict[str, list[dict[str, object]]]) -> list[Published]:
    return [Published(**one) for one in data.get("publishing", [])]  # type: ignore[arg-type]


if __name__ == "__main__":
    raise SystemExit(main())
