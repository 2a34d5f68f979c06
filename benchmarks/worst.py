"""What a model that knows nothing does to READMEs: each as true as the offline one, with none of its debris.

    python benchmarks/worst.py --model NAME --base-url URL [--only NAME] [--git-dirs TEMPLATE] [--write]

Serve an untrained model (`moxi serve DIR`) and name it here. For each repository the README is written offline
and with the model; `readme-gen check` and the oracle judge both. Every sentence of the model that stayed is
listed, to be read by eye. --write keeps the table in results/worst.md.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from checkout import HERE, Checkout, add_arguments, checkout, load_repos
from oracle import Oracle
from write_quality import find_readme_gen

from moxi_eval.ours import own_checker

LIMIT_S = 900.0
REPOSITORIES = (
    "simonw/sqlite-utils", "PyCQA/bandit", "faressoft/terminalizer", "release-it/release-it", "charmbracelet/vhs",
    "sharkdp/hyperfine", "google/gson", "xnbox/DeepfakeHTTP", "athityakumar/colorls", "DenverCoder1/readme-typing-svg",
    "Martinsos/edlib", "koalaman/shellcheck", "felangel/mason", "Abblix/Oidc.Server", "cicirello/user-statistician",
    "alichtman/stronghold", "borkdude/jet", "folke/which-key.nvim", "jaredpalmer/tsdx", "ivanperez-keera/Yampa",
)  # fmt: skip


@dataclass
class Row:
    """One repository: false statements offline and with the model, by each judge, and what became of the drafts."""

    name: str
    seconds: float
    false_offline: tuple[int, int]
    false_model: tuple[int, int]
    drafts: int
    kept: list[str]
    cut: int
    replaced: Counter[str] = field(default_factory=Counter)

    @property
    def is_worse(self) -> bool:
        """Whether either judge finds more that is false than offline."""
        return any(new > old for new, old in zip(self.false_model, self.false_offline, strict=True))


def told(readme_gen: str, tree: Path, *flags: str) -> dict[str, Any]:
    """What `readme-gen --json` prints. Raises RuntimeError."""
    done = subprocess.run(
        [readme_gen, str(tree), "--json", "-q", "--no-cache", *flags],
        capture_output=True, text=True, timeout=LIMIT_S, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{tree.name}: exit {done.returncode}: {done.stderr.strip()[-300:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def false_of(tree: Path, markdown: str) -> tuple[int, int]:
    """False statements in a README, by the checker and by the oracle."""
    with own_checker(tree, "README.md", strict=True) as checker:
        by_checker = sum(claim.verdict == "false" for claim in checker.claims(markdown))
    with tempfile.NamedTemporaryFile("w", suffix=".md", encoding="utf-8") as page:
        page.write(markdown)
        page.flush()
        statements = Oracle(tree).judge(Path(page.name), strict=True).statements
    return by_checker, sum(one.verdict == "false" for one in statements)


def measure(readme_gen: str, made: Checkout, options: argparse.Namespace) -> Row:
    """One repository, offline and with the model."""
    offline = told(readme_gen, made.tree, "--offline")["markdown"]
    begun = time.monotonic()
    with_model = told(
        readme_gen, made.tree, "--model", options.model, "--base-url", options.base_url,
        "--max-new-tokens", str(options.max_new_tokens), "--require-model",
    )  # fmt: skip
    seconds = time.monotonic() - begun
    sections = with_model["writer"]["sections"]
    ours = set(offline.splitlines())
    kept = [line for line in with_model["markdown"].splitlines() if line and line not in ours]
    return Row(
        made.repo.name, seconds, false_of(made.tree, offline), false_of(made.tree, with_model["markdown"]),
        len(sections), kept, sum(len(s["cut"]) for s in sections), Counter(s["replaced"] for s in sections if s["replaced"]),
    )  # fmt: skip


def report(rows: Sequence[Row], model: str) -> Iterator[str]:
    """The table, why drafts were not taken, and each line of the model's that stands in a README."""
    yield f"# READMEs with a model that knows nothing ({model})"
    yield ""
    worse = [row for row in rows if row.is_worse]
    reasons = sum((row.replaced for row in rows), Counter[str]())
    yield f"{len(rows)} READMEs; less true than offline: {len(worse)}. Drafts: {sum(r.drafts for r in rows)}; sentences cut: {sum(r.cut for r in rows)};"
    yield f"lines of the model that stayed: {sum(len(r.kept) for r in rows)}. Why drafts were not taken:"
    yield ""
    yield from (f"- {reason}: {count}" for reason, count in reasons.most_common())
    yield ""
    yield "| repository | s | false offline (checker, oracle) | false with the model | drafts | lines kept | sentences cut |"
    yield "| --- | --: | --: | --: | --: | --: | --: |"
    for row in rows:
        yield (
            f"| {row.name} | {row.seconds:.1f} | {row.false_offline[0]}, {row.false_offline[1]} | "
            f"{row.false_model[0]}, {row.false_model[1]} | {row.drafts} | {len(row.kept)} | {row.cut} |"
        )
    yield ""
    yield "## Lines of the model that stayed"
    yield ""
    yield from (f"- {row.name}: {line}" for row in rows for line in row.kept)


def main() -> int:
    """All repositories; 1 where a README is less true than the offline one."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser)
    parser.add_argument("--model", required=True)
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--max-new-tokens", type=int, default=160)
    parser.add_argument("--readme-gen", metavar="PATH")
    parser.add_argument("--write", action="store_true", help="keep the table")
    options = parser.parse_args()
    readme_gen = find_readme_gen(options.readme_gen)
    rows = []
    for repo in load_repos(options.only or list(REPOSITORIES)):
        made = checkout(repo, options.git_dirs, options.cache)
        rows.append(measure(readme_gen, made, options))
        print(
            f"{repo.name}: false {rows[-1].false_offline} -> {rows[-1].false_model}, {len(rows[-1].kept)} lines kept",
            flush=True,
        )
    text = "\n".join(report(rows, options.model)) + "\n"
    print(text)
    if options.write:
        (HERE / "results" / "worst.md").write_text(text, "utf-8")
    return int(any(row.is_worse for row in rows))


if __name__ == "__main__":
    raise SystemExit(main())
