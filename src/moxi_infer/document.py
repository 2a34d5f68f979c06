"""What a writer produces: statements with their evidence, gathered in sections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

from moxi_core.records import Evidence, Fact, Record
from moxi_infer.drafting.record import WriterRecord
from moxi_infer.markdown import fence, table_row

Proof = Fact | Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Record):
    """One or more lines of Markdown, and the places that prove what they say."""

    text: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section(Record):
    """A part of a README. `kind` is its stable name (`install`), `title` its heading."""

    kind: str
    title: str
    statements: tuple[Statement, ...]

    @property
    def body(self) -> str:
        """The section's Markdown without its heading."""
        return "\n".join(s.text for s in self.statements).strip("\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Readme(Record):
    """A written README: its Markdown, the sections it was assembled from, and who wrote it."""

    title: str
    markdown: str
    sections: tuple[Section, ...]
    writer: WriterRecord = field(default_factory=WriterRecord)


class Body:
    """Builds the statements of a section, keeping blank lines between blocks."""

    def __init__(self) -> None:
        self._statements: list[Statement] = []

    def __bool__(self) -> bool:
        return bool(self._statements)

    def _open(self) -> None:
        if self._statements:
            self._statements.append(Statement(text=""))

    def _add(self, text: str, proofs: Iterable[Proof]) -> None:
        places = dict.fromkeys(p.evidence if isinstance(p, Fact) else p for p in proofs)
        self._statements.append(Statement(text=text, evidence=tuple(places)))

    def heading(self, title: str) -> None:
        """A heading of the third level."""
        self._open()
        self._add(f"### {title}", ())

    def paragraph(self, text: str, *proofs: Proof) -> None:
        """A paragraph of Markdown."""
        self._open()
        self._add(text, proofs)

    def join_line(self, text: str, *proofs: Proof) -> None:
        """A further line of the paragraph before."""
        self._add(text, proofs)

    def bullets(self, rows: Iterable[tuple[str, Sequence[Proof]]]) -> None:
        """A list, one statement an item."""
        self._open()
        for text, facts in rows:
            self._add(f"- {text}", facts)

    def code(self, language: str, rows: Sequence[tuple[str, Sequence[Proof]]]) -> None:
        """A fenced block, one statement for each (lines, facts)."""
        self._open()
        mark = fence("\n".join(text for text, _ in rows))
        self._add(f"{mark}{language}", ())
        for text, facts in rows:
            self._add(text, facts)
        self._add(mark, ())

    def table(
        self,
        headers: Sequence[str],
        rows: Sequence[tuple[Sequence[str], Sequence[Proof]]],
        *,
        head: str = "",
    ) -> None:
        """A table under the line `head`, without columns that are empty in every row.

        Where only the first column says anything, the rows become a sentence instead.
        """
        used = [i for i in range(len(headers)) if any(cells[i] for cells, _ in rows)]
        if len(used) == 1:
            words = ", ".join(cells[used[0]] for cells, _ in rows)
            self.paragraph(f"{head} {words}.".lstrip(), *(p for _, proofs in rows for p in proofs))
            return
        if head:
            self.paragraph(head)
        self._open()
        self._add(table_row([headers[i] for i in used]), ())
        self._add(table_row(["---"] * len(used)), ())
        for cells, proofs in rows:
            self._add(table_row([cells[i] for i in used]), proofs)

    def extend(self, other: Body) -> None:
        """Another body's blocks, after a blank line."""
        if other:
            self._open()
            self._statements.extend(other._statements)

    def section(self, kind: str, title: str) -> Section | None:
        """The finished section; None if nothing was added."""
        if not self._statements:
            return None
        return Section(kind=kind, title=title, statements=tuple(self._statements))


def evidence_of(sections: Iterable[Section]) -> set[Evidence]:
    """All places that the sections rest on."""
    return set(chain.from_iterable(s.evidence for sec in sections for s in sec.statements))
