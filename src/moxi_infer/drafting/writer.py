"""Sections written with a model: drafted at the same time, judged, repaired once, joined with facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from moxi_core.errors import LlmError, LlmRateError, LlmServerError, LlmStopError
from moxi_infer.document import Section
from moxi_infer.drafting.ask import DRAFTED, Asker
from moxi_infer.drafting.draft import Piece, pieces
from moxi_infer.drafting.faults import fault_of, is_cut_off
from moxi_infer.drafting.judge import Judge, Judged, Part
from moxi_infer.drafting.merge import Merger, sentences_of
from moxi_infer.drafting.model import Drafted
from moxi_infer.drafting.record import Cut, SectionDraft

Progress = Callable[[SectionDraft, int, int], None]
_LEAST_KEPT = 0.34  # of a draft's sentences; of a worse one none is believed
_TOO_LITTLE = "too little of it holds"
_WARM_TOKENS = 1_500


@dataclass(slots=True)
class _Outcome:
    """The best that came of one section's drafts."""

    record: SectionDraft
    parts: list[Part]


class DraftWriter:
    """Writes the sections of one README with a model; ours stand in where its drafts fail."""

    def __init__(self, asker: Asker, judge: Judge, progress: Progress | None = None) -> None:
        self._asker = asker
        self._judge = judge
        self._progress = progress
        self._problem: LlmError | None = None

    @property
    def problem(self) -> str:
        """Why the model could not be asked, or not to the end; "" if it could."""
        return str(self._problem) if self._problem else ""

    def write(
        self, sections: Sequence[Section], told: Sequence[str], *, with_code: bool = False
    ) -> tuple[list[Section], list[SectionDraft]]:
        """The sections, with what holds of the model's drafts in them, and what became of each draft.

        `told` is text that stands in the README already, and is not to be said again. With `with_code`
        the code of drafts stays as well: for drafts that nothing can be held against.
        """
        asked = [section for section in sections if section.kind in DRAFTED]
        self._warm(asked)
        found: dict[str, _Outcome] = {}
        with ThreadPoolExecutor(max_workers=max(1, self._asker.model.jobs)) as pool:
            for section, outcome in zip(asked, pool.map(self._outcome, asked), strict=True):
                found[section.kind] = outcome
                if self._progress:
                    self._progress(outcome.record, len(found), len(asked))
        merger = Merger(told, with_code=with_code)
        made = [
            merger.merge(section, found[section.kind].parts) if section.kind in found else section
            for section in sections
        ]
        return made, [outcome.record for outcome in found.values()]

    def _warm(self, asked: Sequence[Section]) -> None:
        """Have the common beginning computed once, where it is long enough to be worth a request."""
        if len(asked) < 2:
            return
        prompt = self._asker.section(asked[0].kind)
        if prompt is None or self._asker.model.size(prompt) < _WARM_TOKENS:
            return
        try:
            self._asker.model.warm(prompt)
        except LlmError as error:
            self._note(error)

    def _note(self, error: LlmError) -> None:
        """Keep what went wrong with the server; what is wrong with one answer concerns its section only."""
        if isinstance(error, LlmStopError | LlmServerError | LlmRateError):
            self._problem = error

    def _outcome(self, section: Section) -> _Outcome:
        record = SectionDraft(kind=section.kind)
        if isinstance(self._problem, LlmStopError):
            return _failed(record, str(self._problem))
        prompt = self._asker.section(section.kind)
        if prompt is None:
            return _failed(record, "the context of the model is too small")
        try:
            drafted = self._asker.model.draft(prompt)
        except LlmError as error:
            self._note(error)
            return _failed(replace(record, requests=1), str(error))
        first = self._judged(section, drafted, _counted(record, drafted))
        cut = [s for s in sentences_of(first.parts) if s.doubt]
        if not cut or (first.record.replaced and first.record.replaced != _TOO_LITTLE):
            return first
        return self._again(section, drafted, first, cut)

    def _again(
        self, section: Section, drafted: Drafted, first: _Outcome, cut: list[Judged]
    ) -> _Outcome:
        """The section once more, told what speaks against it; the first draft's rest where that is better."""
        prompt = self._asker.again(section.kind, drafted.text, cut)
        if prompt is None:
            return first
        try:
            second = self._asker.model.draft(prompt)
        except LlmError as error:
            self._note(error)
            return first
        record = replace(_counted(first.record, second), repaired=True, replaced="")
        outcome = self._judged(section, second, record)
        if outcome.record.replaced or _kept(outcome) < _kept(first):
            first.record = replace(
                outcome.record, draft=first.record.draft, cut=first.record.cut, kept=first.record.kept,
                replaced=first.record.replaced,
            )  # fmt: skip
            return first
        return outcome

    def _judged(self, section: Section, drafted: Drafted, record: SectionDraft) -> _Outcome:
        record = replace(record, draft=drafted.text)
        parts = pieces(drafted.text, self._judge.names)
        fault = fault_of(drafted.text, parts)
        if fault:
            return _failed(record, fault)
        if drafted.cut_off:
            parts = _without_end(parts)
        judged = self._judge.judge(section.title, parts)
        sentences = list(sentences_of(judged))
        cuts = tuple(
            Cut(text=s.text, reason=s.doubt.reason, evidence=s.doubt.evidence, false=s.doubt.false)
            for s in sentences
            if s.doubt
        )
        kept = len(sentences) - len(cuts)
        record = replace(record, cut=cuts, kept=kept)
        if not sentences:
            return _failed(record, "it has no sentence")
        if kept < _LEAST_KEPT * len(sentences):
            return _Outcome(replace(record, kept=0, replaced=_TOO_LITTLE), _none_of(judged))
        return _Outcome(record, judged)


def _none_of(parts: Sequence[Part]) -> list[Part]:
    """The parts of a draft of which nothing is believed; their doubts are still told to the model."""
    return [replace(part, sentences=tuple(s for s in part.sentences if s.doubt)) for part in parts]


def _without_end(parts: list[Piece]) -> list[Piece]:
    """The pieces of a draft that was cut off, without the sentence in which it ends."""
    if not parts or not parts[-1].sentences:
        return parts[:-1]
    last = parts[-1]
    if is_cut_off(last.sentences[-1]) or last.mark:
        last = replace(last, sentences=last.sentences[:-1])
    return [*parts[:-1], last]


def _failed(record: SectionDraft, reason: str) -> _Outcome:
    return _Outcome(replace(record, replaced=reason, kept=0), [])


def _counted(record: SectionDraft, drafted: Drafted) -> SectionDraft:
    return replace(
        record,
        requests=record.requests + 1,
        prompt_tokens=record.prompt_tokens + drafted.prompt_tokens,
        completion_tokens=record.completion_tokens + drafted.completion_tokens,
    )


def _kept(outcome: _Outcome) -> int:
    return sum(1 for sentence in sentences_of(outcome.parts) if not sentence.doubt)
