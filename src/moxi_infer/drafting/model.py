"""What a writer needs of a model, wherever it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from moxi_core.prompt import Counter, PromptStyle, Rendered

NEW_TOKENS = 1_024  # of one section, unless told otherwise


@dataclass(frozen=True, slots=True)
class Drafted:
    """What a model wrote for one prompt. Tokens are 0 where nobody counted them."""

    text: str
    cut_off: bool = False
    prompt_tokens: int = 0
    completion_tokens: int = 0


class SectionModel(Protocol):
    """A model that writes sections; safe to use from several threads."""

    name: str
    where: str  # for the user: which model, and where the text goes
    style: PromptStyle  # context_tokens is what fits beside the answer
    jobs: int  # drafts at a time that are worth asking for
    count: Counter | None  # the tokens of a text, where they are known without asking

    def size(self, prompt: Rendered) -> int:
        """The tokens of a prompt, rather too many than too few."""

    def draft(self, prompt: Rendered) -> Drafted:
        """What the model writes. Raises LlmError in one sentence."""

    def warm(self, prompt: Rendered) -> None:
        """Have the beginning of a prompt computed before all sections ask for it at once."""
