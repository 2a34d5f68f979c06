"""Tables of check.py: recall by kind and ecosystem, precision, the share judged, time and memory."""

from __future__ import annotations

import json
import statistics
import tomllib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from checkout import Repo
from write import Run

from moxi_eval.planted import Finding, Outcome, Recall, Score, misses, recall
from moxi_eval.plants import Plant

OURS = "readme-gen"
Verdicts = dict[str, Counter[str]]


@dataclass
class Case:
    """A repository, its README, the claims planted into it, and what the checkers made of them.

    `sown` are the plants of each seed; none is there twice.
    """

    repo: Repo
    tree: Path
    readme: str
    text: str
    sown: list[list[Plant]]
    scores: dict[str, Score] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    share: dict[str, tuple[int, int]] = field(default_factory=dict)
    docproof_judged: int = 0
    error: str = ""

    @property
    def plants(self) -> list[Plant]:
        """All of them."""
        return [plant for plants in self.sown for plant in plants]


def outcomes(cases: list[Case], checker: str) -> list[Outcome]:
    return [o for c in cases if checker in c.scores for o in c.scores[checker].outcomes]


def checkers(cases: list[Case]) -> list[str]:
    return list(dict.fromkeys(name for case in cases for name in case.scores))


def by_kind(outcome: Outcome) -> str:
    return outcome.plant.kind


def by_ecosystem(outcome: Outcome) -> str:
    return outcome.plant.ecosystem


def total_share(cases: list[Case]) -> dict[str, tuple[int, int]]:
    """Kind -> (judged, all) over all READMEs; `all` leaves out links to other sites."""
    found: dict[str, tuple[int, int]] = {}
    for case in cases:
        for kind, (judged, whole) in case.share.items():
            for name in (kind,) if kind == "external_link" else (kind, "all"):
                old = found.get(name, (0, 0))
                found[name] = (old[0] + judged, old[1] + whole)
    return found


def print_development(cases: list[Case]) -> None:
    """Every miss, and every finding where none was planted."""
    print("Misses:", *misses(outcomes(cases, OURS)), sep="\n")
    print("\nFindings on untouched READMEs:")
    for case in cases:
        for f in case.scores[OURS].untouched if OURS in case.scores else ():
            print(f"{case.repo.name}:{f.line} {f.kind} {f.text}  ({f.message})")
    print("\nNew findings on lines without a plant:")
    for case in cases:
        for f in case.scores[OURS].stray if OURS in case.scores else ():
            print(f"{case.repo.name}:{f.line} {f.kind} {f.text}")
    print(
        *(f"{case.repo.name}: not checked: {case.error}" for case in cases if case.error), sep="\n"
    )


def judge_untouched(cases: list[Case], judged: Path, left: Path) -> Verdicts:
    """Verdicts of people on what was flagged, by checker; what nobody judged is written to `left`."""
    known: dict[tuple[str, str, int, str], str] = {}
    for file in sorted(judged.glob("*.toml")):
        for entry in tomllib.loads(file.read_text("utf-8")).get("finding", []):
            key = (entry.get("checker", OURS), entry["repository"], entry["line"], entry["text"])
            known[key] = entry["verdict"]
    verdicts: Verdicts = {name: Counter() for name in checkers(cases)}
    unjudged: list[str] = []
    for case in cases:
        for name, score in case.scores.items():
            for f in score.untouched:
                verdict = known.get((name, case.repo.name, f.line, f.text or f.message))
                verdicts[name][verdict or "unjudged"] += 1
                if verdict is None:
                    unjudged.append(entry_of(name, case, f))
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_text("\n".join(unjudged), "utf-8")
    return verdicts


def entry_of(checker: str, case: Case, finding: Finding) -> str:
    """A finding as an entry of a judged file, its verdict to be filled in."""
    values = {
        "checker": checker,
        "repository": case.repo.name,
        "line": finding.line,
        "text": finding.text or finding.message,
        "verdict": "",
        "why": finding.message,
    }
    rows = (f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items())
    return "[[finding]]\n" + "\n".join(rows) + "\n"


def table(cases: list[Case], key: Callable[[Outcome], str], title: str) -> list[str]:
    """Recall of each checker, a row a kind (or ecosystem)."""
    names = checkers(cases)
    recalls: dict[str, dict[str, Recall]] = {
        name: recall(outcomes(cases, name), key) | recall(outcomes(cases, name)) for name in names
    }
    rows = list(dict.fromkeys(row for name in names for row in recalls[name]))
    rows = [row for row in rows if row != "all"] + ["all"]
    lines = [
        f"| {title} | plants | {' | '.join(names)} | exact (ours) | confirmed before | of these |",
        "| --- " * (len(names) + 5) + "|",
    ]
    for row in rows:
        found = [recalls[name].get(row, Recall(0, 0, 0)) for name in names]
        ours = recalls.get(OURS, {}).get(row, Recall(0, 0, 0))
        shares = " | ".join(f"{r.share:.0%}" for r in found)
        exact = f"{ours.exact / ours.plants:.0%}" if ours.plants else "-"
        of_judged = f"{ours.judged_caught / ours.judged:.0%}" if ours.judged else "-"
        plants = found[0].plants if found else 0
        lines.append(f"| {row} | {plants} | {shares} | {exact} | {ours.judged} | {of_judged} |")
    return lines


def ratios(cases: list[Case]) -> dict[str, dict[str, float]]:
    """Each rival's time and memory over ours, the median of repositories where both went well."""
    found: dict[str, dict[str, float]] = {}
    for name in checkers(cases):
        both = [
            (c.runs[name], c.runs[OURS])
            for c in cases
            if name in c.runs and OURS in c.runs and c.runs[OURS].exit_code in (0, 1)
        ]
        if both and name != OURS:
            found[name] = {
                "time": round(statistics.median(r.seconds / o.seconds for r, o in both), 2),
                "memory": round(statistics.median(r.memory_mb / o.memory_mb for r, o in both), 2),
            }
    return found


def summary(cases: list[Case], verdicts: Verdicts) -> dict[str, Any]:
    """All figures; of single repositories none, so that nobody tunes to held-out ones."""
    whole = sum(share[1] for kind, share in total_share(cases).items() if kind == "all")
    return {
        "repositories": len(cases),
        "ecosystems": len({case.repo.ecosystem for case in cases}),
        "recall": {
            name: {
                title: {k: r.__dict__ | {"share": round(r.share, 4)} for k, r in groups.items()}
                for title, groups in (
                    ("kind", recall(outcomes(cases, name), by_kind)),
                    ("ecosystem", recall(outcomes(cases, name), by_ecosystem)),
                    ("all", recall(outcomes(cases, name))),
                )
            }
            for name in checkers(cases)
        },
        "untouched": {name: dict(counts) for name, counts in verdicts.items()},
        "judged": {kind: list(share) for kind, share in sorted(total_share(cases).items())},
        "docproof_judged": [sum(case.docproof_judged for case in cases), whole],
        "ratios": ratios(cases),
    }


def _places(case: Case) -> int:
    """How many claims of a README are broken; one may be in several ways."""
    return len({(plant.line, plant.column, plant.original) for plant in case.plants})


def markdown(cases: list[Case], verdicts: Verdicts) -> str:
    names = checkers(cases)
    lines = [
        "# Planted claims: readme-gen check and its rivals, side by side",
        "",
        f"{len(cases)} repositories, {len({c.repo.ecosystem for c in cases})} ecosystems, "
        f"{sum(len(c.plants) for c in cases)} plants at {sum(_places(c) for c in cases)} places. Recall: the share of plants that was found.",
        "",
        *table(cases, by_kind, "kind"),
        "",
        *table(cases, by_ecosystem, "ecosystem"),
        "",
        "Findings on the untouched READMEs; precision is the share of the judged ones that is right:",
        "",
        "| checker | findings | right | wrong | unjudged | precision |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name in names:
        counts = verdicts[name]
        right, wrong = counts["right"], counts["wrong"]
        precision = f"{right / (right + wrong):.1%}" if right + wrong else "-"
        lines.append(
            f"| {name} | {counts.total()} | {right} | {wrong} | {counts['unjudged']} | {precision} |"
        )
    lines += ["", "| checkable | judged | of | share |", "| --- | --- | --- | --- |"]
    for kind, (judged, whole) in sorted(total_share(cases).items()):
        lines.append(f"| {kind} | {judged} | {whole} | {judged / whole if whole else 0:.1%} |")
    all_ = total_share(cases).get("all", (0, 0))[1]
    docproof = sum(case.docproof_judged for case in cases)
    if "docproof" in names and all_:
        lines.append(f"| all, by docproof | {docproof} | {all_} | {docproof / all_:.1%} |")
    lines += ["", "| rival over ours, median | time | memory |", "| --- | --- | --- |"]
    lines += [f"| {n} | {r['time']} | {r['memory']} |" for n, r in ratios(cases).items()]
    return "\n".join(lines) + "\n"


def save(cases: list[Case], verdicts: Verdicts, folder: Path, *, write: bool) -> None:
    """Print the tables, and write them where all was measured."""
    text = markdown(cases, verdicts)
    print(text)
    if write:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "check.md").write_text(text, "utf-8")
        data = json.dumps(summary(cases, verdicts), indent=1, ensure_ascii=False)
        (folder / "check.json").write_text(data + "\n", "utf-8")
