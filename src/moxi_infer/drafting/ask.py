"""What a model is asked for one section: the prompt of training, and what to mend in a draft."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from moxi_core.prompt import Rendered, inert, instruction_for, render_within
from moxi_core.samples import SftInput
from moxi_infer.drafting.judge import Judged
from moxi_infer.drafting.model import SectionModel

# Sections that a model may write; the others are lists that only facts can fill.
DRAFTED = (
    "about", "requirements", "install", "usage", "api", "configuration", "structure", "development", "documentation",
    "contributing", "license",
)  # fmt: skip
_MOST_TOLD = 12


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks one model for the sections of one repository's README."""

    model: SectionModel
    given: SftInput
    project: str

    def section(self, kind: str) -> Rendered | None:
        """The prompt for a section; None where not even the instruction fits the model's context."""
        return self._rendered(self._instruction(kind))

    def again(self, kind: str, draft: str, cut: Iterable[Judged]) -> Rendered | None:
        """The prompt for a section whose draft was doubted, with what speaks against it.

        A chat goes on where all of it fits; otherwise the instruction says it.
        """
        told = complaint(cut)
        first = self.section(kind)
        if first is not None and first.messages:
            longer = Rendered(
                messages=(
                    *first.messages,
                    {"role": "assistant", "content": inert(draft)},
                    {"role": "user", "content": inert(told)},
                )
            )
            if self.model.size(longer) <= self.model.style.context_tokens:
                return longer
        return self._rendered(f"{self._instruction(kind)} {told}")

    def _instruction(self, kind: str) -> str:
        return instruction_for(kind, self.project, self.given.project_type)

    def _rendered(self, instruction: str) -> Rendered | None:
        model = self.model
        return render_within(self.given, instruction, model.style, model.size, model.count)


def complaint(cut: Iterable[Judged]) -> str:
    """What is told of sentences that do not hold, with the evidence."""
    lines = [
        "Write the section again. The code does not confirm these statements; leave them out or state what it shows:"
    ]
    for sentence in list(cut)[:_MOST_TOLD]:
        doubt = sentence.doubt
        place = f" ({doubt.evidence})" if doubt and doubt.evidence else ""
        lines.append(f'- "{sentence.text[:200]}": {doubt.reason if doubt else ""}{place}')
    return "\n".join(lines)
