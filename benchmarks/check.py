"""Planted claims: what `readme-gen check` and its rivals find of claims broken on purpose.

The rivals go into environments of their own; the commands for them:

    for rival in docproof==0.2.4 claimlint==0.1.1 driftcheck-py==0.1.54; do
      python -m venv benchmarks/.cache/rivals/${rival%%=*} &&
      benchmarks/.cache/rivals/${rival%%=*}/bin/pip install $rival; done
    npm install --prefix benchmarks/.cache/rivals/markdown-link-check markdown-link-check@3.14.2

    python benchmarks/check.py --set dev --only ours              # recall by kind, every miss
    python benchmarks/check.py --set held-out                     # the table, all checkers
    python benchmarks/check.py --set all [--repo NAME] [--git-dirs TEMPLATE] [--seed 0]

A run over all repositories writes benchmarks/results/check.json and .md.
"""

from __future__ import annotations

import argparse
import os
import sys
import tomllib
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from checkout import DEFAULT_CACHE, HERE, Repo, full_checkout, git_directory, load_repos

from moxi_core.errors import MoxiError
from moxi_eval.checkable import checkables
from moxi_eval.evidence import read_history
from moxi_eval.ours import own_checker
from moxi_eval.page import parse
from moxi_eval.planted import Outcome, Score, judged_share, misses, recall, score
from moxi_eval.plants import Plant, plant_repository

HELD_OUT = HERE / "held_out.toml"
OURS = "readme-gen"


@dataclass
class Case:
    """A repository, its README, and the claims planted into it."""

    repo: Repo
    tree: Path
    readme: str
    text: str
    plants: list[Plant]
    scores: dict[str, Score] = field(default_factory=dict)
    share: dict[str, tuple[int, int]] = field(default_factory=dict)
    error: str = ""


def repositories(which: str, names: list[str] | None) -> list[Repo]:
    """The repositories of a set; of these only those whose name has one of `names` in it."""
    found: list[Repo] = []
    if which in {"dev", "all"}:
        found += load_repos()
    if which in {"held-out", "all"}:
        for entry in tomllib.loads(HELD_OUT.read_text("utf-8"))["repo"]:
            found.append(
                Repo(
                    **entry,
                    files=0,
                    language="",
                    registry="",
                    package="",
                    awesome=False,
                    use="check",
                )
            )
    words = [name.lower() for name in names or []]
    return [r for r in found if not words or any(word in r.name.lower() for word in words)]


def prepare(repo: Repo, options: argparse.Namespace) -> Case:
    """Check out a repository and plant its README."""
    tree = full_checkout(repo, options.git_dirs, options.cache)
    history = read_history(git_directory(repo, options.git_dirs, options.cache), "README.md")
    readme, plants = plant_repository(
        tree,
        name=repo.name,
        ecosystem=repo.ecosystem,
        seed=options.seed,
        url=repo.url,
        history=history,
    )
    text = (tree / readme).read_bytes().decode("utf-8", "replace") if readme else ""
    return Case(repo, tree, readme, text, plants)


def run_ours(case: Case) -> None:
    """Our checker, in this process: the repository is opened once for all copies."""
    page = parse(case.text, rst=case.readme.endswith(".rst"))
    try:
        with own_checker(case.tree, case.readme) as checker:
            case.scores[OURS] = score(case.repo.name, case.text, case.plants, checker.findings)
            case.share = judged_share(checkables(page), checker.judged(case.text))
    except MoxiError as error:  # all its plants count as missed
        case.error = str(error)
        missed = [Outcome(case.repo.name, plant, False, False) for plant in case.plants]
        case.scores[OURS] = Score(missed)
        case.share = judged_share(checkables(page), [])


def measure(repo: Repo, options: argparse.Namespace) -> Case:
    """All of one repository."""
    case = prepare(repo, options)
    run_ours(case)
    return case


def report_ours(cases: list[Case]) -> str:
    """Recall by kind and ecosystem, every miss, every finding on an untouched README."""
    scores = [(case, case.scores[OURS]) for case in cases]
    outcomes = [o for _, s in scores for o in s.outcomes]
    lines = ["Misses:", *misses(outcomes), "", "Findings on untouched READMEs:"]
    lines += [
        f"{case.repo.name}:{f.line} {f.kind} {f.text}  ({f.message})"
        for case, s in scores
        for f in s.untouched
    ]
    lines += ["", "New findings on lines without a plant:"]
    lines += [f"{case.repo.name}:{f.line} {f.kind} {f.text}" for case, s in scores for f in s.stray]
    lines += ["", *(f"{case.repo.name}: not checked: {case.error}" for case in cases if case.error)]
    for title, key in (
        ("kind", lambda o: o.plant.kind),
        ("ecosystem", lambda o: o.plant.ecosystem),
    ):
        lines += ["", f"{title:16} plants caught exact recall"]
        for name, r in [*recall(outcomes, key).items(), *recall(outcomes).items()]:
            lines.append(f"{name:16} {r.plants:6} {r.caught:6} {r.exact:5} {r.share:6.1%}")
    lines += ["", "Judged of what is checkable:"]
    for name, (judged, whole) in sorted(total_share(cases).items()):
        lines.append(f"{name:16} {judged:6} of {whole:6} {judged / whole if whole else 0:6.1%}")
    return "\n".join(lines)


def total_share(cases: list[Case]) -> dict[str, tuple[int, int]]:
    """Kind -> (judged, all) over all READMEs; links to other sites are not in `all`."""
    found: dict[str, tuple[int, int]] = {}
    for case in cases:
        for kind, (judged, whole) in case.share.items():
            names = (kind,) if kind == "external_link" else (kind, "all")
            for name in names:
                old = found.get(name, (0, 0))
                found[name] = (old[0] + judged, old[1] + whole)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--set", choices=("held-out", "dev", "all"), default="held-out", dest="which"
    )
    parser.add_argument(
        "--only", action="append", metavar="CHECKER", help="ours, or a rival; repeatable"
    )
    parser.add_argument(
        "--repo", action="append", metavar="NAME", help="part of a name; repeatable"
    )
    parser.add_argument("--git-dirs", default=os.environ.get("MOXI_BENCH_GIT_DIRS"))
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    chosen = repositories(options.which, options.repo)
    cases = []
    with ProcessPoolExecutor(options.jobs) as pool:
        for case in pool.map(measure, chosen, [options] * len(chosen)):
            cases.append(case)
            caught = sum(o.caught for o in case.scores[OURS].outcomes)
            print(f"{case.repo.name}: {caught} of {len(case.plants)}", file=sys.stderr, flush=True)
    print(report_ours(cases))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
