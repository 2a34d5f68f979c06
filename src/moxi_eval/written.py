"""What `moxi eval write` tells: one table of all writers, and every false statement of ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from statistics import mean, median
from typing import Any

from moxi_eval.judged import CRITERIA
from moxi_eval.metrics import WEIGHTS
from moxi_eval.writing import HUMAN, OURS, Measure, Written

Table = tuple[list[str], list[list[str]]]

_HEADERS = [
    "writer", "READMEs", "true", "false", "hold", "facts of human", "sections of human", "bytes", "s",
]  # fmt: skip

_USED = {
    "sections": "sections", "sent back": "repaired", "replaced": "replaced", "kept": "kept",
    "cut": "cut", "against code": "false", "requests": "requests", "tokens in": "prompt_tokens",
    "tokens out": "completion_tokens",
}  # fmt: skip


def by_writer(results: Sequence[Written]) -> dict[str, list[Measure]]:
    """The measures of each writer: ours, the human one, the others."""
    found: dict[str, list[Measure]] = {OURS: [], HUMAN: []}
    for result in results:
        for writer, measure in result.readmes.items():
            found.setdefault(writer, []).append(measure)
    return {writer: measures for writer, measures in found.items() if measures}


def summary(measures: Sequence[Measure]) -> dict[str, Any]:
    """One writer over all repositories; shares are None where nothing was to be had.

    Facts and sections are means over the repositories whose human README has any: a long README is
    not worth more than a short one.
    """
    true, false = sum(m.true for m in measures), sum(m.false for m in measures)
    seconds = [m.seconds for m in measures if m.seconds is not None]
    scored = [m.scores for m in measures if m.scores]
    return {
        "readmes": len(measures),
        "true": true,
        "false": false,
        "not_judged": sum(m.not_judged for m in measures),
        "hold": true / (true + false) if true + false else None,
        "facts": _mean(m.stated / m.facts for m in measures if m.facts),
        "kinds": _sums(measures),
        "sections": _mean(m.sections / m.headed for m in measures if m.headed),
        "bytes": median(m.size for m in measures),
        "seconds": median(seconds) if seconds else None,
        "scores": {name: mean(s[name] for s in scored) for name in scored[0]} if scored else {},
    }


def _mean(shares: Iterator[float]) -> float | None:
    found = list(shares)
    return mean(found) if found else None


def _sums(measures: Iterable[Measure]) -> dict[str, tuple[int, int]]:
    stated: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for measure in measures:
        for kind, (ours, all_) in measure.kinds.items():
            stated[kind] += ours
            whole[kind] += all_
    return {kind: (stated[kind], whole[kind]) for kind in sorted(whole)}


def as_dict(results: Sequence[Written]) -> dict[str, Any]:
    """All that was measured, for programs."""
    return {
        "writers": {writer: summary(measures) for writer, measures in by_writer(results).items()},
        "weights": WEIGHTS,
        "repositories": [result.as_dict() for result in results],
    }


def truth_table(results: Sequence[Written]) -> Table:
    """Headers and a row a writer: what holds, what is covered, how long it is, how long it took."""
    rows = []
    for writer, measures in by_writer(results).items():
        told = summary(measures)
        rows.append(
            [
                writer, str(told["readmes"]), str(told["true"]), str(told["false"]),
                _percent(told["hold"]), _percent(told["facts"]), _percent(told["sections"]),
                f"{told['bytes']:.0f}", "-" if told["seconds"] is None else f"{told['seconds']:.2f}",
            ]
        )  # fmt: skip
    return _HEADERS, rows


def score_table(results: Sequence[Written]) -> Table | None:
    """Headers and a row a writer: the metrics of generate-readme-eval, of 100; None without them."""
    told = {writer: summary(m)["scores"] for writer, m in by_writer(results).items()}
    told = {writer: scores for writer, scores in told.items() if scores}
    if not told:
        return None
    rows = [
        [writer, *(f"{100 * scores[name]:.2f}" for name in ("score", *WEIGHTS))]
        for writer, scores in told.items()
    ]
    return ["writer", "score", *WEIGHTS], rows


def model_table(results: Sequence[Written]) -> Table | None:
    """Headers and a row a model: what became of its drafts and what they took, per README; None without one.

    `against code` are sentences that the code contradicts, among those cut.
    """
    rows = []
    for writer, measures in by_writer(results).items():
        used = [measure.usage for measure in measures if measure.usage]
        if used:
            means = {name: mean(getattr(one, name) for one in used) for name in _USED.values()}
            rows.append(
                [writer, str(len(used)), *(f"{means[name]:.1f}" for name in _USED.values())]
            )
    return (["model", "READMEs", *_USED], rows) if rows else None


def judge_table(results: Sequence[Written]) -> Table | None:
    """Headers and a row a writer: the judge's mean scores, from 1 to 5; None without a judge."""
    rows = []
    for writer, measures in by_writer(results).items():
        scores = [measure.judged for measure in measures if measure.judged]
        if scores:
            means = [f"{mean(one[name] for one in scores):.2f}" for name in CRITERIA]
            rows.append([writer, str(len(scores)), *means])
    return (["judged", "READMEs", *CRITERIA], rows) if rows else None


def tables(results: Sequence[Written]) -> list[Table]:
    """All tables that there are figures for."""
    made = (
        truth_table(results), model_table(results), judge_table(results), kind_table(results),
        score_table(results),
    )  # fmt: skip
    return [table for table in made if table]


def kind_table(results: Sequence[Written]) -> Table | None:
    """Headers and a row a kind: facts of the human READMEs that each other writer states, in number."""
    told = {w: summary(m)["kinds"] for w, m in by_writer(results).items()}
    if not any(told.values()):
        return None
    others = [writer for writer in told if writer != HUMAN]
    rows = [
        [kind, str(whole), *(str(told[writer].get(kind, (0, 0))[0]) for writer in others)]
        for kind, (_, whole) in told[HUMAN].items()
    ]
    return ["kind of fact", HUMAN, *others], rows


def remarks(results: Sequence[Written]) -> Iterator[str]:
    """A line for each of our false statements, and each repository with a README that was not measured."""
    for result in results:
        if result.problem:
            yield f"not all measured: {result.name}: {result.problem}"
        for claim in result.readmes[OURS].wrong if OURS in result.readmes else ():
            yield f"false: {result.name}:{claim.line} {claim.kind} {claim.text}: {claim.reason}"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"
