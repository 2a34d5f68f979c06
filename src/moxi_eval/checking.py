"""`moxi eval check`: planted claims over a list of repositories on disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from moxi_core.errors import SettingsError, SourceError
from moxi_eval.checkable import checkables
from moxi_eval.evidence import read_history
from moxi_eval.ours import own_checker
from moxi_eval.page import parse
from moxi_eval.planted import Outcome, Recall, Score, judged_share, misses, recall, score
from moxi_eval.plants import plant_repository
from moxi_eval.targets import folder_of_entry, read_entries


@dataclass(frozen=True)
class Target:
    """A repository of the list: its name, its folder and its ecosystem."""

    name: str
    path: Path
    ecosystem: str = ""
    url: str = ""


@dataclass
class Result:
    """What the measure found over all repositories."""

    scores: dict[str, Score] = field(default_factory=dict)
    judged: dict[str, tuple[int, int]] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def outcomes(self) -> list[Outcome]:
        return [outcome for score_ in self.scores.values() for outcome in score_.outcomes]

    def as_dict(self) -> dict[str, Any]:
        return {
            "recall": {
                "kind": _shares(recall(self.outcomes, lambda o: o.plant.kind)),
                "ecosystem": _shares(recall(self.outcomes, lambda o: o.plant.ecosystem)),
                "all": _shares(recall(self.outcomes)).get("all", {}),
            },
            "judged": {kind: list(share) for kind, share in self.judged.items()},
            "repositories": {name: score_.as_dict() for name, score_ in self.scores.items()},
            "problems": self.problems,
        }


def _shares(groups: dict[str, Recall]) -> dict[str, Any]:
    return {
        name: {
            "plants": r.plants,
            "caught": r.caught,
            "exact": r.exact,
            "recall": round(r.share, 4),
        }
        for name, r in groups.items()
    }


def read_targets(file: Path, trees: str | None = None) -> list[Target]:
    """The `[[repo]]` entries of a TOML file: `name`, `ecosystem`, and `path` unless `trees` tells.

    `trees` is a template with `{owner}` and `{name}`; paths are relative to the file.
    Raises SettingsError, with the mend.
    """
    found: list[Target] = []
    for entry in read_entries(file):
        name, path = str(entry.get("name", "")), folder_of_entry(file, entry, trees)
        if not name or not path:
            raise SettingsError(
                f"An entry of {str(file)!r} has no {'path' if name else 'name'}; "
                "write `[[repo]]` with name and path, or give --trees."
            )
        found.append(Target(name, path, entry.get("ecosystem", ""), entry.get("url", "")))
    return found


def check_all(targets: list[Target], *, seed: int = 0) -> Result:
    """Plant and check every repository; one that cannot be read is a problem, not an end."""
    result = Result()
    for target in targets:
        try:
            _check_one(target, seed, result)
        except SourceError as error:
            result.problems[target.name] = str(error)
    return result


def _check_one(target: Target, seed: int, result: Result) -> None:
    history = read_history(target.path, "README.md")
    readme, plants = plant_repository(
        target.path,
        name=target.name,
        ecosystem=target.ecosystem,
        seed=seed,
        url=target.url,
        history=history,
    )
    if not readme:
        result.problems[target.name] = "There is no README."
        return
    text = (target.path / readme).read_bytes().decode("utf-8", "replace")
    page = parse(text, rst=readme.endswith(".rst"))
    with own_checker(target.path, readme) as checker:
        result.scores[target.name] = score(
            target.name, text, plants, checker.findings, together=False
        )
        for kind, (hit, whole) in judged_share(checkables(page), checker.judged(text)).items():
            old = result.judged.get(kind, (0, 0))
            result.judged[kind] = (old[0] + hit, old[1] + whole)


def report(result: Result) -> Iterator[str]:
    """The result as lines: recall by kind and ecosystem, what was missed, what was flagged."""
    outcomes = result.outcomes
    for title, groups in (
        ("kind", recall(outcomes, lambda o: o.plant.kind)),
        ("ecosystem", recall(outcomes, lambda o: o.plant.ecosystem)),
    ):
        yield f"{title:16} plants caught exact recall"
        for name, r in [*groups.items(), *recall(outcomes).items()]:
            yield f"{name:16} {r.plants:6} {r.caught:6} {r.exact:5} {r.share:6.1%}"
        yield ""
    yield from misses(outcomes)
    for repository, score_ in result.scores.items():
        for finding in score_.untouched:
            yield f"untouched {repository}:{finding.line} {finding.kind} {finding.text}"
    for kind, (hit, whole) in sorted(result.judged.items()):
        yield f"judged {kind}: {hit} of {whole}"
    for repository, problem in result.problems.items():
        yield f"not checked: {repository}: {problem}"
