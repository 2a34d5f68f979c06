"""Planted claims: what `readme-gen check` and its rivals find of claims broken on purpose.

The rivals go into environments of their own; the commands for them:

    for rival in docproof==0.2.4 claimlint==0.1.1 driftcheck-py==0.1.54; do
      python -m venv benchmarks/.cache/rivals/${rival%%=*} &&
      benchmarks/.cache/rivals/${rival%%=*}/bin/pip install $rival; done
    npm install --prefix benchmarks/.cache/rivals/markdown-link-check markdown-link-check@3.15.0

    python benchmarks/check.py --set dev --only ours              # recall by kind, every miss
    python benchmarks/check.py --set held-out                     # the table, all checkers
    python benchmarks/check.py --set held-out --only ours         # once held out, now looked at
    python benchmarks/check.py --set all [--repo NAME] [--git-dirs TEMPLATE] [--seed 0] [--seeds 1]

A run of all checkers over a whole set writes benchmarks/results/check.json and .md. What was
flagged on untouched READMEs and stands in no file of benchmarks/judged/ is written to the cache
(unjudged-SET.toml).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from check_report import OURS, Case, judge_untouched, print_development, save
from checkout import (
    DEFAULT_CACHE,
    GIT_ENVIRONMENT,
    HERE,
    Repo,
    full_checkout,
    git,
    git_directory,
    load_repos,
    write_tree,
)
from rivals import Rival, docproof_checked, rivals
from write import LIMIT, Run
from write_quality import find_readme_gen

from moxi_core.errors import MoxiError
from moxi_eval.checkable import checkables
from moxi_eval.evidence import read_history
from moxi_eval.ours import own_checker
from moxi_eval.page import parse
from moxi_eval.planted import Check, Finding, Outcome, Score, judged_share, score, with_judged
from moxi_eval.plants import Plant, plant_repository

# Each set was held out until its first measurement; since then its misses are looked at.
SETS = {
    "held-out": HERE / "held_out.toml",
    "tenth": HERE / "held_out_10.toml",
    "tenth-dev": HERE / "held_out_10_dev.toml",
    "eleventh": HERE / "held_out_11.toml",
    "twelfth": HERE / "held_out_12.toml",
    "thirteenth": HERE / "held_out_13.toml",
    "fourteenth": HERE / "held_out_14.toml",
    "fifteenth": HERE / "held_out_15.toml",
    "sixteenth": HERE / "held_out_16.toml",
    "seventeenth": HERE / "held_out_17.toml",
    "validation": HERE / "validation.toml",
}
CHECKERS = ("ours", "docproof", "claimlint", "driftcheck-py", "markdown-link-check")


def repositories(which: str, names: list[str] | None) -> list[Repo]:
    """The repositories of a set; of these only those whose name has one of `names` in it."""
    found = load_repos() if which in {"dev", "all"} else []
    blank = {"files": 0, "language": "", "registry": "", "package": "", "awesome": False}
    for name, file in SETS.items():
        if which in {name, "all"}:
            entries = tomllib.loads(file.read_text("utf-8"))["repo"]
            found += [Repo(**blank, use="check", **entry) for entry in entries]
    words = [name.lower() for name in names or []]
    return [r for r in found if not words or any(word in r.name.lower() for word in words)]


def prepare(repo: Repo, options: argparse.Namespace) -> Case:
    """Check out a repository and plant its README."""
    tree = full_checkout(repo, options.git_dirs, options.cache / "check")
    history = read_history(git_directory(repo, options.git_dirs, options.cache), "README.md")
    readme, sown = "", list[list[Plant]]()
    for seed in range(options.seed, options.seed + options.seeds):
        readme, plants = plant_repository(
            tree,
            name=repo.name,
            ecosystem=repo.ecosystem,
            seed=seed,
            url=repo.url,
            history=history,
        )
        sown.append([plant for plant in plants if not any(plant in before for before in sown)])
    text = (tree / readme).read_bytes().decode("utf-8", "replace") if readme else ""
    return Case(repo, tree, readme, text, sown)


def scored(case: Case, check: Check, *, together: bool) -> Score:
    """The score of a checker over the plants of all seeds."""
    whole = Score()
    for plants in case.sown:
        part = score(case.repo.name, case.text, plants, check, together=together)
        whole.outcomes += part.outcomes
        whole.untouched = part.untouched
        whole.stray += part.stray
    return whole


def run_ours(case: Case, readme_gen: str) -> None:
    """Our checker: its findings in this process, time and memory of the command."""
    page = parse(case.text, rst=case.readme.endswith(".rst"))
    judged: list[Finding] = []
    try:
        with own_checker(case.tree, case.readme) as checker:
            case.scores[OURS] = scored(case, checker.findings, together=False)
            judged = checker.judged(case.text)
            case.scores[OURS] = with_judged(case.scores[OURS], judged)
    except MoxiError as error:  # all its plants count as missed
        case.error = str(error)
        case.scores[OURS] = Score([Outcome(case.repo.name, p, False, False) for p in case.plants])
    case.share = judged_share(checkables(page), judged)
    if readme_gen:
        with tempfile.TemporaryDirectory() as place:
            command = [readme_gen, "check", str(case.tree), "--format", "json"]
            case.runs[OURS] = run(command, Path(place, "out"))


def run(command: list[str], output: Path) -> Run:
    """One process, measured by a small one."""
    measuring = [sys.executable, "-I", "-S", str(HERE / "measure.py"), str(LIMIT)]
    done = subprocess.run(
        [*measuring, str(output), f"{output}.log", *command],
        capture_output=True,
        check=True,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": ""},
    )
    return Run(**json.loads(done.stdout))


def working_copy(case: Case, options: argparse.Namespace, place: Path) -> Path:
    """A clone look-alike with the history that the git directory has: some rivals ask for it."""
    source = git_directory(case.repo, options.git_dirs, options.cache).resolve()
    tree = place / case.repo.name.rpartition("/")[2]
    write_tree(source, case.repo.commit, tree, place / "index")
    git("init", "--quiet", "--template=", cwd=tree)
    (tree / ".git/objects/info").mkdir(parents=True, exist_ok=True)
    (tree / ".git/objects/info/alternates").write_text(f"{source}/objects\n", "utf-8")
    git("update-ref", "HEAD", case.repo.commit, cwd=tree)
    git("reset", "--quiet", "--mixed", cwd=tree)
    git("remote", "add", "origin", case.repo.url, cwd=tree)
    return tree


def run_rival(case: Case, rival: Rival, tree: Path, place: Path) -> None:
    """A rival over the untouched README and each planted copy, in a copy of the repository."""
    output = place / "output"

    def check(text: str) -> list[Finding]:
        (tree / case.readme).write_bytes(text.encode("utf-8", "replace"))
        done = run(rival.command(tree, case.readme), output)
        if text == case.text:
            case.runs[rival.name] = done
        said = output.read_text("utf-8", "replace")
        return rival.findings(said, text, case.readme)

    case.scores[rival.name] = scored(case, check, together=True)
    if rival.name == "docproof":
        # It tells only how many claims of all documents it judged: those of the README are missing without it.
        counts = []
        for text in (case.text, ""):
            check(text)
            counts.append(docproof_checked(output.read_text("utf-8", "replace")))
        case.docproof_judged = max(0, counts[0] - counts[1])
    (tree / case.readme).write_bytes(case.text.encode("utf-8", "replace"))


def wanted_rivals(options: argparse.Namespace) -> list[Rival]:
    return [r for r in rivals(options.cache) if not options.only or r.name in options.only]


def measure(repo: Repo, options: argparse.Namespace) -> Case:
    """All of one repository."""
    case = prepare(repo, options)
    if not case.readme:
        return case
    chosen = wanted_rivals(options)
    if not options.only or "ours" in options.only:
        run_ours(case, options.readme_gen if chosen else "")
    if chosen:
        place = Path(tempfile.mkdtemp(prefix="check-"))
        try:
            tree = working_copy(case, options, place)
            for rival in chosen:
                run_rival(case, rival, tree, place)
        finally:
            shutil.rmtree(place)
    return case


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--set", choices=(*SETS, "dev", "all"), default="held-out", dest="which")
    parser.add_argument("--only", action="append", choices=CHECKERS, help="repeatable")
    parser.add_argument("--repo", action="append", metavar="NAME", help="part of a name")
    parser.add_argument("--git-dirs", default=os.environ.get("MOXI_BENCH_GIT_DIRS"))
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    parser.add_argument("--readme-gen", metavar="PATH")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=1, help="how many, from --seed on")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    lacking = [rival.name for rival in wanted_rivals(options) if not rival.program.exists()]
    if lacking:  # else each would seem to find nothing
        sys.exit(f"not installed: {', '.join(lacking)}; see the commands at the top of {__file__}")
    options.readme_gen = find_readme_gen(options.readme_gen)
    os.environ.update({k: v for k, v in GIT_ENVIRONMENT.items() if k.startswith("GIT_")})
    chosen = repositories(options.which, options.repo)
    cases: list[Case] = []
    with ProcessPoolExecutor(options.jobs) as pool:
        for case in pool.map(measure, chosen, [options] * len(chosen)):
            cases.append(case)
            print(f"{case.repo.name}: {len(case.plants)} plants", file=sys.stderr, flush=True)
    if options.only and OURS in cases[0].scores:
        print_development(cases)
    verdicts = judge_untouched(
        cases, HERE / "judged", options.cache / f"unjudged-{options.which}.toml"
    )
    save(cases, verdicts, HERE / "results", write=not options.only and not options.repo)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
