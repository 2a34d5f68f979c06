"""What became of a model's drafts: for `--explain`, `--json` and measurements."""

from __future__ import annotations

from dataclasses import dataclass

from moxi_core.records import Evidence, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut(Record):
    """A sentence of a draft that did not stay. `false` tells that the code contradicts it."""

    text: str
    reason: str
    evidence: Evidence | None = None
    false: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionDraft(Record):
    """One section's way from draft to README.

    `replaced` is why nothing of the model's is in it, "" where something is; `repaired` tells that the
    draft was asked for again, with what spoke against it.
    """

    kind: str
    draft: str = ""
    kept: int = 0
    cut: tuple[Cut, ...] = ()
    repaired: bool = False
    replaced: str = ""
    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterRecord(Record):
    """Who wrote a README: `model` and `where` are "" for the offline writer alone."""

    model: str = ""
    where: str = ""
    sections: tuple[SectionDraft, ...] = ()
    problem: str = ""  # why the model could not be asked, or not to the end

    @property
    def written(self) -> int:
        """Sections that have something of the model's in them."""
        return sum(not one.replaced for one in self.sections)

    @property
    def cuts(self) -> int:
        """Sentences of the model that did not stay."""
        return sum(len(one.cut) for one in self.sections)
