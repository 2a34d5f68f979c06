"""Evaluation: loss and perplexity by kind of section, and the truth of generated sections."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from moxi_core.samples import SftSample
from moxi_train.encode import IGNORED, Encoder
from moxi_train.truth import Judged, Truth, generator, judge

_MOST = 20.0  # the loss above which exp() says nothing


def losses(model: Any, rows: Iterable[Mapping[str, Any]]) -> dict[str, tuple[float, int]]:
    """(mean loss of an answer token, tokens) by section, and under "" for all.

    Rows hold input_ids, labels and section. Only the logits of the answer are computed.
    """
    import torch
    from torch.nn.functional import cross_entropy

    sums: dict[str, float] = defaultdict(float)
    tokens: dict[str, int] = defaultdict(int)
    with calm(model), torch.no_grad():
        for row in rows:
            ids = torch.tensor([row["input_ids"]], device=model.device)
            answer = sum(label != IGNORED for label in row["labels"])
            logits = model(
                input_ids=ids, attention_mask=torch.ones_like(ids), logits_to_keep=answer + 1
            ).logits[0, :-1]
            loss = cross_entropy(logits.float(), ids[0, -answer:], reduction="sum")
            for name in ("", row["section"]):
                sums[name] += loss.item()
                tokens[name] += answer
    return {name: (sums[name] / tokens[name], tokens[name]) for name in sums}


def truth(
    model: Any, encoder: Encoder, sections: Iterable[SftSample], new_tokens: int
) -> Iterator[Judged]:
    """Sections written by the model as it stands, each judged."""
    write = generator(model, encoder, new_tokens)
    with calm(model):
        for sample in sections:
            yield judge(sample, write(sample), encoder)


def figures(found: Mapping[str, tuple[float, int]], told: Truth | None) -> dict[str, Any]:
    """What is written into metrics: losses and perplexities, all and by section, and the truth."""
    made: dict[str, Any] = {}
    if "" in found:
        made |= {"validation_loss": found[""][0], "perplexity": perplexity(found[""][0])}
        made["by_section"] = {
            name: {"loss": loss, "perplexity": perplexity(loss), "tokens": tokens}
            for name, (loss, tokens) in sorted(found.items())
            if name
        }
    if told is not None:
        made["truth"] = told.figures()
    return made


def perplexity(loss: float) -> float:
    """exp(loss), infinite where that says nothing."""
    return math.exp(loss) if loss < _MOST else math.inf


@contextmanager
def calm(model: Any) -> Iterator[None]:
    """The model in evaluation, as it was afterwards; random states are left alone by greedy work."""
    was_training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(was_training)
