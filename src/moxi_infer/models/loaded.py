"""A model loaded into this process through transformers: no server, one section after the other."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from moxi_core.errors import LlmError
from moxi_core.prompt import Counter, PromptStyle, Rendered, plain_ids, prompt_ids
from moxi_infer.drafting.model import Drafted
from moxi_infer.models.style import fitted_style, style_of

_REMEMBERED = 2_000  # texts whose tokens were counted


@dataclass(slots=True)
class LoadedModel:
    """Weights and tokenizer of a folder; drafts are greedy, one at a time."""

    model: Any
    tokenizer: Any
    style: PromptStyle
    new_tokens: int
    name: str
    where: str
    count: Counter | None
    jobs: int = 1
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def size(self, prompt: Rendered) -> int:
        """The tokens of a prompt."""
        return len(prompt_ids(self.tokenizer, prompt))

    def draft(self, prompt: Rendered) -> Drafted:
        """What the model writes. Raises LlmError where the machine cannot."""
        import torch

        ids = prompt_ids(self.tokenizer, prompt)
        asked = torch.tensor([ids], device=self.model.device)
        try:
            with self._lock, torch.no_grad():
                made = self.model.generate(
                    input_ids=asked, attention_mask=torch.ones_like(asked), max_new_tokens=self.new_tokens,
                    do_sample=False, temperature=None, top_p=None, pad_token_id=self.tokenizer.pad_token_id,
                )  # fmt: skip
        except (
            RuntimeError,
            MemoryError,
        ) as error:  # torch has no kind of its own for too little memory on CPUs
            raise LlmError(
                f"{self.name!r} cannot write on this machine: {str(error)[:200]}"
            ) from error
        new = made[0, len(ids) :]
        text = self.tokenizer.decode(new, skip_special_tokens=True)
        return Drafted(text, len(new) >= self.new_tokens, len(ids), len(new))

    def warm(self, prompt: Rendered) -> None:
        """Nothing: sections come one after the other."""


def loaded_model(
    folder: Path, *, new_tokens: int, context: int, style: Literal["", "chat", "alpaca"] = ""
) -> LoadedModel:
    """The model of a run directory, whole, merged or an adapter on its base. Raises LlmError with the mend."""
    try:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
    except ImportError as error:
        raise LlmError(
            f"Loading {str(folder)!r} needs transformers; run: pip install 'moxi-readme[train]', or serve it "
            "and name the server with --base-url."
        ) from error
    from dataclasses import replace

    place = folder / "merged" if (folder / "merged" / "config.json").is_file() else folder
    try:
        tokenizer = AutoTokenizer.from_pretrained(place)
        model = AutoModelForCausalLM.from_pretrained(place)  # an adapter brings its base along
    except (OSError, ValueError, ImportError) as error:
        raise LlmError(
            f"{str(place)!r} cannot be loaded: {' '.join(str(error).split())[:200]}"
        ) from error
    if torch.cuda.is_available():
        model = model.to("cuda")
    model.eval()
    asked = style_of(folder) or PromptStyle(style="chat" if tokenizer.chat_template else "alpaca")
    if style:
        asked = replace(asked, style=style)
    limit = context or getattr(model.config, "max_position_embeddings", 0)
    where = f"Writing with {str(folder)!r}, loaded here; nothing leaves this machine"
    return LoadedModel(
        model,
        tokenizer,
        fitted_style(asked, limit, new_tokens),
        new_tokens,
        folder.name,
        where,
        lru_cache(_REMEMBERED)(lambda text: len(plain_ids(tokenizer, text))),
    )
