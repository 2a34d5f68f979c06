"""Samples as token ids with a label mask: what the prompt module renders, and the answer to learn.

Prompt and answer are tokenized one after the other, so that what is asked in use is, token for token,
the beginning of what was trained on; and the end of an answer is never cut off.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from moxi_core.errors import SettingsError
from moxi_core.prompt import (
    PromptStyle,
    Rendered,
    fitted,
    inert,
    plain_ids,
    prompt_ids,
    render_general,
    render_within,
    templated,
)
from moxi_core.samples import SftInput, SftSample

IGNORED = -100  # the label of a token without loss
_REMEMBERED = 2_000  # texts whose tokens were counted


@dataclass(frozen=True, slots=True)
class Encoded:
    """A row to train on: the first `prompt_tokens` of `input_ids` carry no loss."""

    id: str
    section: str
    input_ids: list[int]
    prompt_tokens: int
    shortened: bool = False  # whether code was left out of the prompt, for its budget

    @property
    def labels(self) -> list[int]:
        """`input_ids`, with IGNORED for those of the prompt."""
        return [IGNORED] * self.prompt_tokens + self.input_ids[self.prompt_tokens :]


@dataclass(frozen=True, slots=True)
class Refused:
    """A sample that is not trained on, and why."""

    id: str
    reason: str


class Encoder:
    """Encodes for one tokenizer (of transformers) and one style of prompt."""

    def __init__(self, tokenizer: Any, style: PromptStyle) -> None:
        if style.style == "chat" and not getattr(tokenizer, "chat_template", None):
            raise SettingsError(
                "The tokenizer of this model has no chat template; take an instruct model, or "
                "--set prompt.style=alpaca."
            )
        self.tokenizer = tokenizer
        self.style = style
        # Samples of one repository show the same code, which is fitted again for each.
        self._counted = lru_cache(_REMEMBERED)(lambda text: len(self._ids(text)))

    def count(self, text: str) -> int:
        """Tokens of a text."""
        return self._counted(text)

    def sample(self, sample: SftSample) -> Encoded | Refused:
        """A sample as a row, its code cut to the budget; refused where the answer is too long."""
        answer_budget = self.style.answer_tokens
        prompt = self.prompt(sample.input, sample.instruction)
        if prompt is None:
            return Refused(sample.id, "instruction longer than the context budget")
        answer = self._answer(prompt, sample.content)
        if len(answer) > answer_budget:
            return Refused(sample.id, f"answer longer than {answer_budget} tokens")
        ids = self.prompt_ids(prompt)
        shortened = fitted(sample.input, self.style, self.count) != sample.input
        return Encoded(sample.id, sample.section, ids + answer, len(ids), shortened)

    def general(self, name: str, instruction: str, given: str, answer: str) -> Encoded | Refused:
        """A general instruction as a row."""
        prompt = render_general(instruction, given, self.style)
        ids, told = self.prompt_ids(prompt), self._answer(prompt, answer)
        if not answer.strip():
            return Refused(name, "general instruction without an answer")
        if len(ids) + len(told) > self.style.context_tokens + self.style.answer_tokens:
            return Refused(name, "general instruction longer than a row")
        return Encoded(name, "general", ids + told, len(ids))

    def prompt_ids(self, prompt: Rendered) -> list[int]:
        """The tokens of a prompt, as a server makes them of the same text or messages."""
        return prompt_ids(self.tokenizer, prompt)

    def prompt(self, given: SftInput, instruction: str) -> Rendered | None:
        """The prompt of a section within its budget, in training and in use; None where none fits."""
        return render_within(
            given, instruction, self.style, lambda made: len(self.prompt_ids(made)), self.count
        )

    def _answer(self, prompt: Rendered, content: str) -> list[int]:
        made = prompt.completion(inert(content))
        if isinstance(made, str):
            return [*self._ids(made), self.tokenizer.eos_token_id]
        whole = templated(self.tokenizer, [*prompt.messages, *made], asks=False)
        asked = templated(self.tokenizer, prompt.messages)
        if not whole.startswith(asked):
            raise SettingsError(
                "The chat template of this model renders a question alone differently; "
                "--set prompt.style=alpaca."
            )
        return self._ids(whole[len(asked) :])

    def _ids(self, text: str) -> list[int]:
        return plain_ids(self.tokenizer, text)
