"""How true a model's sections are: generated for samples it was not trained on, judged by the checker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from moxi_analyzer.shown import open_shown
from moxi_check import check_text
from moxi_check.ground import LISTED
from moxi_core.prompt import fitted, is_whole
from moxi_core.samples import SftInput, SftSample
from moxi_train.encode import Encoder


@dataclass(frozen=True, slots=True)
class Judged:
    """A generated section, and how many of its statements hold."""

    id: str
    section: str
    text: str
    true: int
    false: int
    not_judged: int


@dataclass(slots=True)
class Truth:
    """Statements of all sections together. `share` is of those that can be judged."""

    sections: int = 0
    true: int = 0
    false: int = 0
    not_judged: int = 0

    @property
    def share(self) -> float | None:
        """The share of true statements; None where none can be judged."""
        judged = self.true + self.false
        return self.true / judged if judged else None

    def add(self, one: Judged) -> None:
        """Count one section."""
        self.sections += 1
        self.true += one.true
        self.false += one.false
        self.not_judged += one.not_judged

    def figures(self) -> dict[str, Any]:
        """What is written into metrics."""
        return {**asdict(self), "share": self.share}


def generator(model: Any, encoder: Encoder, new_tokens: int) -> Callable[[SftSample], str]:
    """What writes the section of a sample, greedily, asked in the words of training."""
    import torch

    tokenizer = encoder.tokenizer

    def write(sample: SftSample) -> str:
        prompt = encoder.prompt(sample.input, sample.instruction)
        if prompt is None:
            return ""
        ids = encoder.prompt_ids(prompt)
        asked = torch.tensor([ids], device=model.device)
        with torch.no_grad():
            made = model.generate(
                input_ids=asked,
                attention_mask=torch.ones_like(asked),
                max_new_tokens=new_tokens,
                do_sample=False,
                temperature=None,
                top_p=None,
                pad_token_id=tokenizer.pad_token_id,
            )
        text: str = tokenizer.decode(made[0, len(ids) :], skip_special_tokens=True)
        return text

    return write


def judge(sample: SftSample, text: str, encoder: Encoder | None = None) -> Judged:
    """Hold a section against what the model was shown of the repository: all, or what `encoder` fits."""
    shown: SftInput = sample.input
    if encoder:
        shown = fitted(shown, encoder.style, encoder.count)
    paths = shown.file_tree if is_whole(shown.file_tree) else shown.file_tree[:-1]
    contents = {file.path: file.content for file in shown.key_files if file.content}
    cut = {file.path for file in shown.key_files if file.truncated}
    name = sample.repo_url.rstrip("/").rpartition("/")[2] or "repository"
    repo, snapshot = open_shown(name, paths, contents, cut)
    claims = check_text(text, repo, snapshot, strict=True).claims
    if not is_whole(shown.file_tree):  # what is not listed may be there
        claims = tuple(c for c in claims if not (c.verdict == "false" and c.kind in LISTED))
    counts = {verdict: sum(c.verdict == verdict for c in claims) for verdict in _VERDICTS}
    return Judged(sample.id, sample.section, text, *(counts[verdict] for verdict in _VERDICTS))


_VERDICTS = ("true", "false", "not_judged")
