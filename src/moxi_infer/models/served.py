"""A model on a server that speaks OpenAI's protocol: vLLM, llama.cpp, Ollama, OpenAI."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from moxi_core.errors import LlmError, LlmKeyError, LlmServerError, LlmStopError
from moxi_core.prompt import CHAT_TEMPLATE_KWARGS, Counter, PromptStyle, Rendered, estimated_tokens
from moxi_infer.drafting.model import Drafted

if TYPE_CHECKING:
    import httpx

    from moxi_core.llm import Llm
    from moxi_core.llm_endpoint import Question

_PROBE_S = 10.0


@dataclass(frozen=True, slots=True)
class Served:
    """What a server tells of one of its models. `context` is in tokens, 0 where it is not told."""

    name: str
    root: str = ""
    context: int = 0
    is_vllm: bool = False


@dataclass(slots=True)
class ServedModel:
    """Asks for sections over HTTP; answers are kept by the client."""

    llm: Llm
    served: Served
    style: PromptStyle
    new_tokens: int
    jobs: int
    name: str
    where: str
    tokenizer: Tokenizer | None = None
    count: Counter | None = None
    _sizes: dict[str, int] = field(default_factory=dict)

    def size(self, prompt: Rendered) -> int:
        """The tokens of a prompt: the server's count where it tells one, else an estimate."""
        text = prompt.text or "\0".join(m["content"] for m in prompt.messages)
        if text not in self._sizes:
            told = self.tokenizer.count(prompt) if self.tokenizer else None
            self._sizes[text] = told if told is not None else estimated_tokens(text) + 32
        return self._sizes[text]

    def draft(self, prompt: Rendered) -> Drafted:
        """What the model writes. Raises LlmError in one sentence."""
        answer = self.llm.said(self._question(prompt, self.new_tokens))
        return Drafted(
            answer.text, answer.ending == "length", answer.prompt_tokens, answer.completion_tokens
        )

    def warm(self, prompt: Rendered) -> None:
        """Have vLLM compute the common beginning; others charge for it and keep nothing."""
        question = self._question(prompt, self.new_tokens)
        if self.served.is_vllm and not self.llm.is_kept(self.llm.endpoint.key(question)):
            self.llm.said(self._question(prompt, 1))

    def _question(self, prompt: Rendered, max_tokens: int) -> Question:
        from moxi_core.llm_endpoint import Question

        extra = (
            {"chat_template_kwargs": dict(CHAT_TEMPLATE_KWARGS)}
            if self.served.is_vllm and prompt.messages
            else {}
        )
        return Question(
            messages=tuple(prompt.messages), prompt=prompt.text, max_tokens=max_tokens, extra=extra
        )


class Tokenizer:
    """vLLM's own count of tokens; it stops asking after a failure."""

    def __init__(self, client: httpx.Client, root: str, model: str) -> None:
        self._client = client
        self._url = f"{root}/tokenize"
        self._model = model
        self._works = True

    def count(self, prompt: Rendered) -> int | None:
        """The tokens of a prompt; None where the server does not tell."""
        if not self._works:
            return None
        asked: dict[str, Any] = {"model": self._model}
        if prompt.messages:
            asked |= {
                "messages": [dict(message) for message in prompt.messages],
                "add_generation_prompt": True, "chat_template_kwargs": dict(CHAT_TEMPLATE_KWARGS),
            }  # fmt: skip
        else:
            asked["prompt"] = prompt.text
        found = _json(self._client, "POST", self._url, asked)
        count = found.get("count") if isinstance(found, Mapping) else None
        self._works = isinstance(count, int) or bool(prompt.messages)  # a chat may have no template
        return count if isinstance(count, int) else None


def probe(client: httpx.Client, base_url: str, model: str) -> Served:
    """What the server tells of a model. Raises LlmError, naming those that it has."""
    import httpx

    where = f"{model!r} at {base_url}"
    try:
        answer = client.get(f"{base_url}/models", timeout=_PROBE_S)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise LlmServerError(f"{where} cannot be reached; is the server running?") from error
    if answer.status_code in {401, 403}:
        raise LlmKeyError(f"{where} refuses the key; set MOXI_API_KEY to a valid one.")
    entries = _entries(answer)
    if answer.status_code >= 500:
        raise LlmServerError(f"{where} answers with status {answer.status_code}.")
    names = [str(entry.get("id", "")) for entry in entries]
    found = next((entry for entry in entries if entry.get("id") == model), None)
    if entries and found is None:
        raise LlmStopError(f"{where} is not there; the server has {', '.join(names[:8])}.")
    found = found or {}
    limit = found.get("max_model_len") or found.get("context_length") or found.get("context_window")
    return Served(
        name=model,
        root=str(found.get("root") or ""),
        context=limit if isinstance(limit, int) else _parent_limit(found, entries),
        is_vllm=found.get("owned_by") == "vllm",
    )


def _entries(answer: httpx.Response) -> list[dict[str, Any]]:
    try:
        data = answer.json()["data"]
    except (ValueError, LookupError, TypeError):
        return []  # servers that have no such list answer whatever is asked
    return [entry for entry in data if isinstance(entry, dict)] if isinstance(data, list) else []


def _parent_limit(found: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> int:
    """The context of the model that an adapter sits on."""
    parent = next((entry for entry in entries if entry.get("id") == found.get("parent")), {})
    limit = parent.get("max_model_len")
    return limit if isinstance(limit, int) else 0


def _json(client: httpx.Client, method: str, url: str, body: object) -> Any:
    import httpx

    try:
        answer = client.request(method, url, json=body, timeout=_PROBE_S)
        return answer.json() if answer.status_code == 200 else None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return None


def checked_base(base_url: str) -> str:
    """The address without a slash at its end. Raises LlmError where it is none."""
    base = base_url.rstrip("/")
    if not base.startswith(("http://", "https://")):
        raise LlmError(
            f"{base_url!r} is no address of a server; give one such as http://127.0.0.1:8000/v1."
        )
    return base
