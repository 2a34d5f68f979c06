"""`moxi eval write`: READMEs by us, by people and by others, measured alike on real repositories.

A repository is analysed with its READMEs left out, and all of its READMEs are held against one
ground, of which no README is a part.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from moxi_analyzer.facts import snapshot_of
from moxi_analyzer.model_input import input_of
from moxi_analyzer.opening import open_source
from moxi_analyzer.readmes import readmes
from moxi_analyzer.repository import Repository
from moxi_analyzer.source import is_url
from moxi_check.check import check_page, parse
from moxi_check.claim import Claim
from moxi_check.ground import Ground
from moxi_core.errors import LlmError, SettingsError, SourceError
from moxi_core.records import RepoSnapshot
from moxi_core.section_names import kinds_of
from moxi_eval.drafted import ModelWriter, Usage
from moxi_eval.judged import ReadmeJudge
from moxi_eval.metrics import defined_names, need_libraries, readme_scores
from moxi_eval.targets import folder_of_entry, read_entries, read_list
from moxi_infer import compose

OURS, HUMAN = "moxi", "human"

_README = re.compile(
    r"(?:(?:\.github|docs)/)?(?:readme(?:[._-][\w.-]*)?\.(?:md|markdown|mdx|rst|txt|adoc|org)|readme)",
    re.IGNORECASE,
)
_SLUG = re.compile(r"([\w.-]+/[\w.-]+?)(?:\.git)?/?$")


@dataclass(frozen=True)
class Target:
    """A repository of the list: a path or URL, and its name where the list tells it."""

    place: str
    name: str = ""


@dataclass(frozen=True)
class Measure:
    """One README: its claims, what it says of what the human one says, and its size.

    `facts` are the human README's confirmed ones, of which it has `stated`; `headed` the kinds of
    section that the human one has, of which it has `sections`; `kinds` tells (stated, facts) of
    each kind of claim. `seconds` is None where others wrote, `usage` where no model did; `judged`
    are the scores of the judge, if there is one.
    """

    true: int
    false: int
    not_judged: int
    stated: int
    facts: int
    sections: int
    headed: int
    size: int
    seconds: float | None
    wrong: tuple[Claim, ...]
    kinds: Mapping[str, tuple[int, int]]
    scores: Mapping[str, float] = field(default_factory=dict)
    usage: Usage | None = None
    judged: Mapping[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "wrong": [
                {
                    "kind": c.kind,
                    "text": c.text,
                    "line": c.line,
                    "column": c.column,
                    "reason": c.reason,
                }
                for c in self.wrong
            ],
        }


@dataclass(frozen=True)
class Written:
    """One repository and the measures of its READMEs by writer; `problem` tells why some are missing."""

    name: str
    commit: str = ""
    readmes: Mapping[str, Measure] = field(default_factory=dict)
    problem: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "commit": self.commit,
            "problem": self.problem,
            "readmes": {writer: measure.as_dict() for writer, measure in self.readmes.items()},
        }


def read_targets(file: Path, trees: str | None = None) -> list[Target]:
    """The repositories of a list: TOML with [[repo]] entries, or a path or URL on each line.

    An entry is found by the template `trees`, else by its `path` or `url`. Paths are relative to
    the file. Raises SettingsError, with the mend.
    """
    if file.suffix != ".toml":
        lines = [line.strip() for line in read_list(file).splitlines()]
        places = [line for line in lines if line and not line.startswith("#")]
        return [Target(p if is_url(p) else str(file.parent / p)) for p in places]
    found = []
    for entry in read_entries(file):
        place = folder_of_entry(file, entry, trees) or entry.get("url")
        if not place:
            raise SettingsError(f"An entry of {str(file)!r} has neither path nor url; give one.")
        found.append(Target(str(place), str(entry.get("name", ""))))
    return found


@dataclass(frozen=True)
class _Plan:
    """Who writes beside the offline writer and people, and what is measured."""

    rivals: Mapping[str, Path]
    models: Sequence[ModelWriter]
    metrics: bool
    judge: ReadmeJudge | None
    tell: Callable[[str], None]


@dataclass
class _Texts:
    """The READMEs of a repository by writer, with what is known of their making.

    `analysis` are the seconds that all of ours begin with.
    """

    analysis: float
    pages: dict[str, tuple[str, str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    usage: dict[str, Usage] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def write_all(
    targets: Iterable[Target],
    *,
    rivals: Mapping[str, Path] | None = None,
    metrics: bool = False,
    models: Sequence[ModelWriter] = (),
    judge: ReadmeJudge | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> list[Written]:
    """Write and measure for every repository; one that cannot be read is a problem, not an end.

    `rivals` are folders of READMEs named `owner+name.md`; `tell` hears when a model has written one.
    Raises MoxiError where `metrics` are asked for and their libraries are missing, and LlmError
    where there is no such model.
    """
    if metrics:
        need_libraries()
    plan = _Plan(rivals or {}, models, metrics, judge, tell)
    return [_write_one(target, plan) for target in targets]


def _write_one(target: Target, plan: _Plan) -> Written:
    try:
        with open_source(target.place) as tree:
            whole = Repository(tree)
            name = target.name or _name_of(whole)
            started = time.perf_counter()
            blind = Repository(tree, lambda path: not _README.fullmatch(path))
            is_shown = bool(plan.models or plan.judge)
            snapshot = snapshot_of(blind, key_files=is_shown)
            made = _Texts(analysis=time.perf_counter() - started)
            made.pages[OURS] = (compose(snapshot).markdown, "README.md")
            made.seconds[OURS] = time.perf_counter() - started
            _add_human(made, whole)
            _add_models(made, plan, name, blind, snapshot)
            for rival, folder in plan.rivals.items():
                file = folder / f"{name.replace('/', '+')}.md"
                if file.is_file():
                    made.pages[rival] = (file.read_text("utf-8", "replace"), "README.md")
            ground = Ground(
                whole, snapshot, {path for path in whole.files if _README.fullmatch(path)}
            )
            names = defined_names(blind) if plan.metrics else frozenset()
            measured = _measure(made, ground, names if plan.metrics else None)
            if plan.judge:
                measured = _judged(made, measured, plan.judge, snapshot)
            return Written(name, whole.commit, measured, "; ".join(made.problems))
    except SourceError as error:
        return Written(target.name or target.place, problem=str(error))


def _add_human(made: _Texts, whole: Repository) -> None:
    """The README that people wrote, if it is in a format that somebody reads."""
    shown = next(readmes(whole), "")
    if not shown:
        return
    text = whole.text(shown) or ""
    try:
        parse(text, shown)
    except SourceError as error:  # the others are measured alone
        made.problems.append(str(error))
    else:
        made.pages[HUMAN] = (text, shown)


def _add_models(
    made: _Texts, plan: _Plan, name: str, blind: Repository, snapshot: RepoSnapshot
) -> None:
    """The READMEs of the models; one that could not be asked to the end is a problem."""
    for writer in plan.models:
        drafted = writer.write(name, blind, snapshot)
        made.pages[writer.name] = (drafted.markdown, "README.md")
        made.seconds[writer.name] = made.analysis + drafted.seconds
        made.usage[writer.name] = drafted.usage
        if drafted.problem:
            made.problems.append(f"{writer.name}: {drafted.problem}")
        plan.tell(f"{name}: {writer.name}, {drafted.seconds:.1f} s")


def _judged(
    made: _Texts, measured: Mapping[str, Measure], judge: ReadmeJudge, snapshot: RepoSnapshot
) -> dict[str, Measure]:
    """The measures with the judge's scores, where it gives any."""
    given = input_of(snapshot)
    found = dict(measured)
    for writer, (text, _) in made.pages.items():
        try:
            found[writer] = replace(found[writer], judged=judge.scores(text, given))
        except LlmError as error:
            made.problems.append(str(error))
    return found


def _name_of(repo: Repository) -> str:
    found = _SLUG.search(repo.url)
    return found[1] if found else repo.name


def _measure(made: _Texts, ground: Ground, names: frozenset[str] | None) -> dict[str, Measure]:
    """Each README by the checker, and beside the human one. Raises SourceError."""
    texts = made.pages
    claims = {
        writer: check_page(text, path, ground, strict=True).claims
        for writer, (text, path) in texts.items()
    }
    facts = _facts(claims.get(HUMAN, ()))
    human_sections = _sections(*texts[HUMAN]) if HUMAN in texts else set()
    found: dict[str, Measure] = {}
    for writer, (text, path) in texts.items():
        own = claims[writer]
        kinds = _by_kind(facts, own)
        verdicts = [claim.verdict for claim in own]
        has_scores = names is not None and HUMAN in texts
        found[writer] = Measure(
            true=verdicts.count("true"),
            false=verdicts.count("false"),
            not_judged=verdicts.count("not_judged"),
            stated=sum(stated for stated, _ in kinds.values()),
            facts=len(facts),
            sections=len(human_sections & _sections(text, path)),
            headed=len(human_sections),
            size=len(text.encode()),
            seconds=round(made.seconds[writer], 2) if writer in made.seconds else None,
            wrong=tuple(claim for claim in own if claim.verdict == "false"),
            kinds=kinds,
            scores=readme_scores(text, texts[HUMAN][0], names or frozenset()) if has_scores else {},
            usage=made.usage.get(writer),
        )
    return found


def _facts(claims: Iterable[Claim]) -> dict[tuple[str, str], set[tuple[str, str, int]]]:
    """(kind, words) of what is confirmed -> the lines of the repository that confirm it.

    An anchor of the page itself is no fact of the repository.
    """
    found: dict[tuple[str, str], set[tuple[str, str, int]]] = {}
    for claim in claims:
        if claim.verdict == "true" and claim.kind != "anchor":
            proofs = found.setdefault((claim.kind, _normal(claim.text)), set())
            if claim.evidence and claim.evidence.line:
                proofs.add((claim.kind, claim.evidence.path, claim.evidence.line))
    return found


def _normal(text: str) -> str:
    return " ".join(text.lower().split()).removeprefix("$ ").removeprefix("./").rstrip("/")


def _by_kind(
    facts: Mapping[tuple[str, str], set[tuple[str, str, int]]], claims: Iterable[Claim]
) -> dict[str, tuple[int, int]]:
    """Kind -> (stated, all) of the facts: stated in the same words, or proven by the same line."""
    own = _facts(claims)
    proofs = set().union(*own.values())
    found: dict[str, tuple[int, int]] = {}
    for fact, places in facts.items():
        stated, whole = found.get(fact[0], (0, 0))
        has = fact in own or not proofs.isdisjoint(places)
        found[fact[0]] = (stated + has, whole + 1)
    return dict(sorted(found.items()))


def _sections(text: str, path: str) -> set[str]:
    """The kinds of section that a README's headings announce."""
    headings = parse(text, path).headings
    title = headings[0].text if headings else ""
    return {kind for heading in headings for kind in kinds_of(heading.text, title)}
