"""How much of what a lying model writes gets into a README, and how much of what is true.

    python benchmarks/liar.py [--faithful] [--only NAME] [--git-dirs TEMPLATE] [--seed N] [--write]

A scripted writer stands behind a local server that speaks as OpenAI's. For each section that
`readme-gen --model` asks for, it composes prose from facts of the repository, with inventions among
them: names that neither the texts of the tree nor the offline README hold. Sent back with what is
contradicted, it is honest in half of the cases; else it tells the same lies again, or others.
The writer's own rules played no part in making the sentences; only facts and trees did.

A lie is gone where neither its sentence nor what is invented in it stands in the final README.
A true sentence is kept where its words stand there in their order, code marks and blanks aside. The
same fact in other words of the offline writer does not count, but where the sentence is nothing but
the repository's own description, that is enough; of a list item, a table row or a command, one line
of the README has to hold all cells. No fact is told twice in one README. A true sentence that a lie
was hung on is a lie; praise and invented features are counted apart.

With --faithful the same writer tells no lies: what is measured is the share of its sentences cut.
--write keeps the tables under benchmarks/results/, unless only some repositories are measured.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from checkout import HERE, Checkout, Repo, add_arguments, checkout, load_repos
from scripted import tables
from scripted.author import Author
from scripted.known import Known
from scripted.outcome import Row, fates, total
from scripted.saying import words_of
from scripted.server import MODEL, Server, Talk, serving
from write_quality import find_readme_gen

RESULTS = HERE / "results"
LIMIT_S = 300.0
FEWEST_LIES = 300
REPOSITORIES = (
    "simonw/sqlite-utils", "PyCQA/bandit", "faressoft/terminalizer", "release-it/release-it",
    "charmbracelet/vhs", "sharkdp/hyperfine", "google/gson", "xnbox/DeepfakeHTTP",
    "athityakumar/colorls", "DenverCoder1/readme-typing-svg", "Martinsos/edlib",
    "koalaman/shellcheck", "felangel/mason", "Abblix/Oidc.Server", "cicirello/user-statistician",
)  # fmt: skip


def run(readme_gen: str, tree: Path, home: Path, *flags: str) -> str:
    """What readme-gen prints; nothing of an earlier run answers for the model. Raises RuntimeError."""
    kept_out = {"MOXI_API_KEY", "OPENAI_API_KEY", "MOXI_MODEL", "MOXI_BASE_URL"}
    own = {name: value for name, value in os.environ.items() if name not in kept_out}
    own |= {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home),
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }
    try:
        done = subprocess.run(
            [readme_gen, str(tree.resolve()), "-o", "-", *flags],
            capture_output=True, timeout=LIMIT_S, check=False, cwd=home, env=own,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"longer than {LIMIT_S:.0f} s") from error
    if done.returncode or not done.stdout.strip():
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise RuntimeError(f"exit {done.returncode}: {said[-1] if said else 'nothing written'}")
    return done.stdout.decode("utf-8", "replace")


def measure(readme_gen: str, made: Checkout, server: Server, options: argparse.Namespace) -> Row:
    """One README by the scripted writer, and what became of its sentences."""
    row = Row(made.repo.name, made.repo.ecosystem)
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        try:
            offline = run(readme_gen, made.tree, home)
            known = Known(made.tree, made.repo.name)
            author = Author(known, offline, seed=options.seed, faithful=options.faithful)
            server.talk = Talk(author)
            started = time.perf_counter()
            flags = ("--model", MODEL, "--base-url", server.url, "--json")
            told = json.loads(run(readme_gen, made.tree, home, *flags))
            row.seconds = round(time.perf_counter() - started, 1)
        except RuntimeError as error:
            row.error = str(error)
            return row
    talk = server.talk
    row.error = "" if talk.drafts else "the model was not asked"
    row.sections = len(talk.drafts)
    row.repairs = sum(len(answers) > 1 for answers in talk.drafts.values())
    row.replaced = [s["kind"] for s in told["writer"]["sections"] if s["replaced"]]
    row.fates = fates(talk.drafts, told["markdown"], reasons_of(told["writer"]))
    keep(options.cache / "scripted" / ("faithful" if options.faithful else "liar"), made.repo, told)
    return row


def reasons_of(writer: dict[str, Any]) -> dict[str, str]:
    """Of the writer's own record, why something was cut, by the words cut: of sentences and sections."""
    found = {}
    for section in writer["sections"]:
        if section["replaced"]:
            found[words_of(section["draft"])] = f"section replaced: {section['replaced']}"
        found |= {words_of(cut["text"]): cut["reason"] for cut in section["cut"]}
    return found


def keep(folder: Path, repo: Repo, told: dict[str, Any]) -> None:
    """The README and the record, to be read by eye."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{repo.folder}.md").write_text(told["markdown"], "utf-8")
    (folder / f"{repo.folder}.json").write_text(json.dumps(told["writer"], indent=1), "utf-8")


def chosen(only: list[str] | None) -> list[Repo]:
    """The repositories of the list, or those of repos.toml that were named."""
    repos = load_repos(only)
    return repos if only else [repo for repo in repos if repo.name in REPOSITORIES]


def measured(options: argparse.Namespace) -> Iterator[Row]:
    readme_gen = find_readme_gen(options.readme_gen)
    with serving() as server:
        for repo in chosen(options.only):
            row = measure(
                readme_gen, checkout(repo, options.git_dirs, options.cache), server, options
            )
            gone, lies = total(row.of("lie"), standing=False)
            kept, true = total(row.of("true"), standing=True)
            print(
                f"{repo.name}: {gone} of {lies} lies gone, {kept} of {true} true sentences kept {row.error}",
                flush=True,
            )
            yield row


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add_arguments(parser)
    parser.add_argument("--readme-gen", metavar="PATH")
    parser.add_argument("--faithful", action="store_true", help="tell no lies")
    parser.add_argument("--seed", type=int, default=0, help="another seed tells other lies")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--write", action="store_true", help="keep the tables")
    parser.add_argument(
        "--examples", action="store_true", help="print the tables, and whole sentences"
    )
    options = parser.parse_args()
    rows = list(measured(options))
    if options.faithful:
        targets = tables.faithful_targets(rows)
        lines, name = tables.faithful_report(rows, targets), "faithful"
    else:
        targets = tables.liar_targets(rows, FEWEST_LIES)
        lines, name = tables.liar_report(rows, targets), "liar"
    text = "\n".join(lines) + "\n"
    if options.examples:
        print(text, *tables.examples(rows), sep="\n")
    for what, goal, seen, reached in targets:
        print(f"{'ok  ' if reached else 'MISS'} {what}: {seen} (target {goal})")
    if options.write and not options.only:
        save(options.results, name, text, rows, targets)
    return 0 if all(reached for *_, reached in targets) else 1


def save(folder: Path, name: str, text: str, rows: list[Row], targets: list[tables.Target]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    seen = [{"measure": w, "target": g, "seen": s, "reached": ok} for w, g, s, ok in targets]
    data = {"targets": seen, "repositories": [row.as_dict() for row in rows]}
    (folder / f"{name}.md").write_text(text, "utf-8")
    (folder / f"{name}.json").write_text(
        json.dumps(data, indent=1, ensure_ascii=False) + "\n", "utf-8"
    )


if __name__ == "__main__":
    raise SystemExit(main())
