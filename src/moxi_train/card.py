"""The model card of a run, with what Llama's license asks of those who pass a model on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from moxi_core.files import write_whole
from moxi_train.recipe import Recipe

NOTICE = (
    "Llama 3.2 is licensed under the Llama 3.2 Community License, Copyright © Meta Platforms, Inc. "
    "All Rights Reserved.\n"
)


def is_llama(name: str) -> bool:
    """Whether a base is one of Meta's, by its name, so that its license binds what is made of it."""
    return "llama" in name.lower()


def write_card(
    folder: Path, recipe: Recipe, record: dict[str, Any], *, merged: bool = False
) -> None:
    """Write README.md into a folder, of the adapter or merged, and NOTICE where the license asks for it."""
    lines = "\n".join(_lines(recipe, record, merged=merged))
    write_whole(folder / "README.md", lines.encode())
    if is_llama(recipe.model.name):
        write_whole(folder / "NOTICE", NOTICE.encode())


def _lines(recipe: Recipe, record: dict[str, Any], *, merged: bool) -> Iterator[str]:
    is_adapter = bool(recipe.lora.r) and not merged
    base = recipe.model.name
    yield "---"
    if is_llama(base):
        yield "license: llama3.2"
    if _is_of_hub(base):
        yield f"base_model: {base}"
    yield f"library_name: {'peft' if is_adapter else 'transformers'}"
    yield "pipeline_tag: text-generation"
    yield from ("tags:", "- readme", "- moxi", *(["- lora"] if is_adapter else []), "---", "")
    yield from (f"# {title(record['run'], recipe)}", "")
    yield from (_what(recipe, merged=merged), "")
    if is_llama(base):
        yield from ("**Built with Llama.**", "")
    yield from ("## Use", "", *_use(recipe), "")
    yield from ("## Training", "", *_training(recipe, record), "")
    yield from ("## Limits", "", *_limits(), "")
    if is_llama(base):
        yield from ("## License", "")
        yield (
            "The [Llama 3.2 Community License](https://www.llama.com/llama3_2/license/) and its "
            "[Acceptable Use Policy](https://www.llama.com/llama3_2/use-policy) bind whoever uses "
            "this model; see NOTICE."
        )
        yield ""


def title(name: str, recipe: Recipe) -> str:
    """The model's name: what is made of Llama begins with Llama, as its license asks."""
    is_named = name.lower().startswith("llama") or not is_llama(recipe.model.name)
    return name if is_named else f"Llama-{name}"


def _is_of_hub(name: str) -> bool:
    """Whether a base is named as on the Hub, and is no folder of this disk."""
    return name.count("/") == 1 and not name.startswith((".", "/")) and not Path(name).exists()


def _what(recipe: Recipe, *, merged: bool) -> str:
    if recipe.model.random:
        return "A Llama with random weights, trained to try the path. It writes no README worth reading."
    way = "QLoRA" if recipe.model.load_in_4bit else "LoRA"
    kind = (
        f"{recipe.model.name}, adapted by {way},"
        if merged
        else f"A {way} adapter of {recipe.model.name}"
    )
    return f"{kind} that writes sections of READMEs from the files of a repository."


def _use(recipe: Recipe) -> Iterator[str]:
    prompt = recipe.prompt
    yield (
        "Ask it in the words it was trained on: `moxi.json` holds the version and style of the "
        f"prompt ({prompt.style}, {prompt.context_tokens:,} tokens of code, {prompt.answer_tokens:,} of "
        "answer)."
    )


def _training(recipe: Recipe, record: dict[str, Any]) -> Iterator[str]:
    data, outcome = record["data"], record["outcome"]
    yield "| | |"
    yield "|---|---|"
    yield f"| rows | {data['rows']:,}, of them {data['general']:,} general instructions |"
    yield f"| tokens | {data['tokens']:,}, of them {data['answer_tokens']:,} with loss |"
    yield f"| steps | {outcome['steps']:,} |"
    yield f"| epochs | {recipe.train.epochs:g} |"
    yield f"| learning rate | {recipe.train.learning_rate:g}, {recipe.train.scheduler} |"
    if recipe.lora.r:
        yield f"| LoRA | r {recipe.lora.r}, alpha {recipe.lora.alpha}, dropout {recipe.lora.dropout:g} |"
    for name in ("loss", "validation_loss"):
        if outcome[name] is not None:
            yield f"| {name.replace('_', ' ')} | {outcome[name]:.3f} |"
    if outcome["truth"] is not None:
        yield f"| true statements in generated sections | {outcome['truth']:.0%} |"
    yield f"| engine | {record['engine']}, Moxi {record['moxi']} |"
    yield ""
    yield "![loss](loss.png)"


def _limits() -> Iterator[str]:
    yield (
        "It states things that the code does not show. Use it where every statement is checked "
        "afterwards: `readme-gen` does so, and leaves out what does not hold."
    )
