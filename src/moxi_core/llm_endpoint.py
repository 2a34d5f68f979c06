"""Which model is asked where, and what: the request as it is kept, and as it is sent."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from moxi_core.llm_prices import DEFAULT_MODEL, OPENAI, Price, least_effort, price_of
from moxi_core.prompt import estimated_tokens

_OF_OPENAI = re.compile(r"(?:.*/)?(?:gpt-(?!oss)|chatgpt-|o\d)")
_TAKES_TEMPERATURE = re.compile(r"(?:.*/)?gpt-[34]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a model is asked: messages, or the beginning of a text that it goes on with.

    With a JSON schema, the answer keeps to it where the server can. `extra` are fields that only
    some servers know.
    """

    messages: tuple[Mapping[str, str], ...] = ()
    max_tokens: int
    prompt: str = ""
    schema: Mapping[str, object] | None = None
    extra: Mapping[str, object] = field(default_factory=dict)

    def parameters(self) -> dict[str, object]:
        """All that decides the answer beside the model, whatever a server calls it."""
        asked: dict[str, object] = {"max_tokens": self.max_tokens, "temperature": 0.0, **self.extra}
        if self.messages:
            asked["messages"] = [dict(message) for message in self.messages]
        else:
            asked["prompt"] = self.prompt
        if self.schema is not None:
            schema = {"name": "answer", "strict": True, "schema": self.schema}
            asked["response_format"] = {"type": "json_schema", "json_schema": schema}
        return asked

    def prompt_tokens(self) -> int:
        """What sending it takes, rather too much than too little."""
        texts = [message["content"] for message in self.messages] or [self.prompt]
        texts += [json.dumps(self.schema)] if self.schema is not None else []
        return sum(estimated_tokens(text) + 8 for text in texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A model on a server. Without a key none is sent, as local servers want it.

    `effort` is how much a model thinks before it answers; the least that it can, unless told.
    `price` is what the user knows of it, else OpenAI's list. `weights` tells which weights answer
    under the name, where that is known: other ones are another model.
    """

    model: str = DEFAULT_MODEL
    base_url: str = OPENAI
    api_key: str = field(default="", repr=False)
    timeout_s: float = 120.0
    retries: int = 5
    effort: str = ""
    price: Price | None = None
    weights: str = ""

    def key(self, question: Question) -> str:
        """What an answer is kept by."""
        asked = {"model": self.model} | question.parameters()
        if self.effort:
            asked["reasoning_effort"] = self.effort
        if self.weights:
            asked["weights"] = self.weights
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()

    def body(self, question: Question) -> dict[str, object]:
        """The request as it is sent. Models of OpenAI that think take no temperature."""
        asked = {"model": self.model} | question.parameters()
        effort = self.effort
        if _OF_OPENAI.match(self.model):
            asked["max_completion_tokens"] = asked.pop("max_tokens")
            effort = effort or least_effort(self.model)
            if not _TAKES_TEMPERATURE.match(self.model):
                del asked["temperature"]
        if effort:
            asked["reasoning_effort"] = effort
        return asked

    def price_of_tokens(self) -> Price | None:
        """What its tokens cost; None where that is not known."""
        return self.price or price_of(self.model, self.base_url)
