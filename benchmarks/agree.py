"""Where the oracle and `readme-gen check` judge the same statements differently.

    python benchmarks/agree.py [--human] [--only NAME] [--git-dirs TEMPLATE] [--readme-gen PATH]

Both judge the READMEs that `readme-gen` writes, or with --human those that people wrote. What one
calls false and the other does not is listed in benchmarks/results/agree.md, or agree_human.md.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from checkout import HERE, Checkout, add_arguments, checkout, full_checkout, load_repos
from evidence.statement import Statement
from oracle import Oracle
from write_quality import find_readme_gen, generate

from moxi_check.claim import Claim
from moxi_eval.ours import own_checker

SILENT = "silent"
OUTCOMES = ("true", "false", "undecided", SILENT)
UNDECIDED = ("not_judged", "unknown")


@dataclass(frozen=True)
class Judged:
    """What a judge says of a place, in words common to both."""

    kind: str
    line: int
    text: str
    verdict: str
    why: str


@dataclass(frozen=True)
class Difference:
    """A statement that `judge` calls false and the other one does not."""

    repository: str
    judge: str
    said: Judged
    other: str


def by_checker(claims: Iterable[Claim]) -> list[Judged]:
    """The claims of `readme-gen check`."""
    return [Judged(c.kind, c.line, c.text, shared(c.verdict), c.reason) for c in claims]


def by_oracle(statements: Iterable[Statement]) -> list[Judged]:
    """The oracle's statements; a placeholder is a gap, and no claim."""
    return [
        Judged(s.kind, s.line, s.text, shared(s.verdict), s.why)
        for s in statements
        if s.kind != "placeholder"
    ]


def shared(verdict: str) -> str:
    """The one word for what either judge leaves open."""
    return "undecided" if verdict in UNDECIDED else verdict


def verdict_on(said: Judged, others: Iterable[Judged]) -> str:
    """What the other judge says of the same words on the same line; `silent` if nothing."""
    found = {o.verdict for o in others if o.line == said.line and overlap(o.text, said.text)}
    return next((word for word in OUTCOMES if word in found), SILENT)


def overlap(one: str, other: str) -> bool:
    """Whether two texts speak of the same: one has the other's words in it."""
    one, other = (re.sub(r"^[\s`./$]+|[\s`/]+$", "", text) for text in (one, other))
    return bool(one and other) and (one in other or other in one)


def differences(repository: str, checker: list[Judged], oracle: list[Judged]) -> list[Difference]:
    """What one calls false, and the other does not."""
    pairs = (("checker", checker, oracle), ("oracle", oracle, checker))
    return [
        Difference(repository, judge, said, other)
        for judge, own, others in pairs
        for said in own
        if said.verdict == "false" and (other := verdict_on(said, others)) != "false"
    ]


def page_of(made: Checkout, options: argparse.Namespace) -> tuple[Path, Path, str] | None:
    """The tree, the README to judge and the path where it stands; None where there is none."""
    if options.human:
        if made.human is None:
            return None
        # READMEs link to one another: here they are in the tree.
        tree = full_checkout(made.repo, options.git_dirs, options.cache)
        return tree, made.human, made.human.name.partition("-")[2].replace("__", "/")
    target = options.cache / "generated" / f"{made.repo.folder}.md"
    failed, _ = generate(options.readme_gen, made, target)
    return None if failed else (made.tree, target, "README.md")


def judge(tree: Path, page: Path, path: str, human: bool) -> tuple[list[Judged], list[Judged]]:
    """Both judges on one README."""
    with own_checker(tree, path, strict=True) as checker:
        claims = checker.claims(page.read_text("utf-8", "replace"))
    report = Oracle(tree).judge(page, strict=not human)
    return by_checker(claims), by_oracle(report.statements)


def markdown(
    title: str, counts: Counter[tuple[str, str, str]], found: list[Difference]
) -> Iterator[str]:
    """The report: what the oracle says of the checker's claims, then every difference."""
    yield from (f"# {title}", "")
    yield "What the oracle says of the claims of `readme-gen check`, by kind:"
    yield ""
    yield f"| kind | checker | {' | '.join(f'oracle {word}' for word in OUTCOMES)} |"
    yield f"|{' --- |' * (len(OUTCOMES) + 2)}"
    for kind, verdict in sorted({key[:2] for key in counts}):
        cells = [str(counts[kind, verdict, word]) for word in OUTCOMES]
        yield f"| {kind} | {verdict} | {' | '.join(cells)} |"
    yield from ("", f"## False by one, and not by the other: {len(found)}", "")
    for item in found:
        said = item.said
        yield (
            f"- {item.repository}:{said.line} {said.kind} `{' '.join(said.text.split())}`: false by "
            f"the {item.judge} ({said.why}); {item.other} by the other"
        )


def measure(options: argparse.Namespace) -> tuple[Counter[tuple[str, str, str]], list[Difference]]:
    """All repositories."""
    counts: Counter[tuple[str, str, str]] = Counter()
    found: list[Difference] = []
    for repo in load_repos(options.only):
        made = checkout(repo, options.git_dirs, options.cache)
        page = page_of(made, options)
        if page is None:
            continue
        checker, oracle = judge(*page, options.human)
        counts.update((c.kind, c.verdict, verdict_on(c, oracle)) for c in checker)
        for item in differences(repo.name, checker, oracle):
            found.append(item)
            print(item, flush=True)
    return counts, found


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add_arguments(parser)
    parser.add_argument("--human", action="store_true", help="judge what people wrote")
    parser.add_argument("--readme-gen", metavar="PATH")
    options = parser.parse_args()
    options.readme_gen = find_readme_gen(options.readme_gen)
    counts, found = measure(options)
    who = "people" if options.human else "readme-gen"
    text = "\n".join(markdown(f"Oracle and checker on READMEs by {who}", counts, found)) + "\n"
    place = HERE / "results" / ("agree_human.md" if options.human else "agree.md")
    if options.only:
        print(f"a part of the repositories: {place} is left as it was")
    else:
        place.parent.mkdir(exist_ok=True)
        place.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
