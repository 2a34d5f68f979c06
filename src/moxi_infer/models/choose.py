"""From what a user named to a model that writes: a server, or a folder here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from moxi_core.errors import LlmError
from moxi_core.prompt import PromptStyle, Rendered
from moxi_infer.drafting.model import NEW_TOKENS, SectionModel
from moxi_infer.models.style import fitted_style, style_of, weights_of

if TYPE_CHECKING:
    from moxi_infer.models.served import Tokenizer

_LEAST_CONTEXT = 400  # tokens below which no repository can be shown


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """Which model writes. Without `base_url`, `model` is a folder that is loaded here.

    `context` is the model's context in tokens, 0 for what the server tells; `style` how it is asked, "" for
    what moxi.json tells, else as a chat. `cache` is where answers are kept; None keeps none.
    """

    model: str
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    context: int = 0
    new_tokens: int = NEW_TOKENS
    style: Literal["", "chat", "alpaca"] = ""
    jobs: int = 8
    timeout_s: float = 300.0
    retries: int = 2
    cache: Path | None = None


@contextmanager
def opened_model(given: ModelSettings) -> Iterator[SectionModel]:
    """The model, ready to be asked. Raises LlmError in one sentence with the mend."""
    if given.base_url:
        with _served(given) as model:
            _check(model)
            yield model
        return
    folder = Path(given.model)
    if not folder.is_dir():
        raise LlmError(
            f"There is no folder {given.model!r} to load a model from; name a server with --base-url, or a run such as models/latest."
        )
    from moxi_infer.models.loaded import loaded_model

    loaded = loaded_model(
        folder, new_tokens=given.new_tokens, context=given.context, style=given.style
    )
    _check(loaded)
    yield loaded


@contextmanager
def _served(given: ModelSettings) -> Iterator[SectionModel]:
    try:
        import httpx
    except ImportError as error:
        raise LlmError(
            "Asking a model needs httpx and openai; run: pip install 'moxi-readme[llm]'"
        ) from error
    from moxi_core.llm import Llm
    from moxi_core.llm_endpoint import Endpoint
    from moxi_infer.models.served import ServedModel, Tokenizer, checked_base, probe

    base = checked_base(given.base_url)
    headers = {"Authorization": f"Bearer {given.api_key}"} if given.api_key else {}
    with httpx.Client(headers=headers) as client:
        served = probe(client, base, given.model)
        folder = Path(served.root) if served.root and Path(served.root).is_dir() else None
        tokenizer = (
            Tokenizer(client, base.removesuffix("/v1"), given.model) if served.is_vllm else None
        )
        style = (style_of(folder) if folder else None) or PromptStyle(style=_way(tokenizer))
        if given.style:
            style = replace(style, style=given.style)
        endpoint = Endpoint(
            model=given.model, base_url=base, api_key=given.api_key, timeout_s=given.timeout_s,
            retries=given.retries, weights=f"{base} {weights_of(folder) if folder else ''}",
        )  # fmt: skip
        with Llm(endpoint, given.cache) as llm:
            yield ServedModel(
                llm=llm,
                served=served,
                style=fitted_style(style, given.context or served.context, given.new_tokens),
                new_tokens=given.new_tokens,
                jobs=given.jobs,
                name=given.model,
                where=f"Writing with {given.model!r}; the text of key files goes to {base}",
                tokenizer=tokenizer,
            )


def _way(tokenizer: Tokenizer | None) -> Literal["chat", "alpaca"]:
    """How a model is asked of which no moxi.json tells: as a text, where it has no template of a chat."""
    asked = Rendered(messages=({"role": "user", "content": "Hello"},))
    return "alpaca" if tokenizer and tokenizer.count(asked) is None else "chat"


def _check(model: SectionModel) -> None:
    if model.style.context_tokens < _LEAST_CONTEXT:
        raise LlmError(
            f"The context of {model.name!r} is too small for a prompt and an answer; serve it with a larger one, or ask "
            "for less with --max-new-tokens."
        )
