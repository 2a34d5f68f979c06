"""The model card of a run, with what Llama's license asks of those who pass a model on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moxi_core.files import write_whole
from moxi_train.recipe import Recipe
from moxi_train.run_dir import RunDir

NOTICE = (
    "Llama 3.2 is licensed under the Llama 3.2 Community License, Copyright © Meta Platforms, Inc. "
    "All Rights Reserved.\n"
)


def is_llama(name: str) -> bool:
    """Whether a base is one of Meta's, by its name, so that its license binds what is made of it."""
    return "llama" in name.lower()


def write_card(run: RunDir, recipe: Recipe, record: dict[str, Any]) -> None:
    """Write README.md, and NOTICE where the license asks for it."""
    write_whole(run.folder / "README.md", "\n".join(_lines(run, recipe, record)).encode())
    if is_llama(recipe.model.name):
        write_whole(run.folder / "NOTICE", NOTICE.encode())


def _lines(run: RunDir, recipe: Recipe, record: dict[str, Any]) -> Iterator[str]:
    base = recipe.model.name
    yield "---"
    if is_llama(base):
        yield from ("license: llama3.2", f"base_model: {base}")
    if recipe.lora.r:
        yield from ("library_name: peft", "pipeline_tag: text-generation")
    yield from ("tags:", "- readme", "- moxi", *(["- lora"] if recipe.lora.r else []), "---", "")
    yield from (f"# {title(run, recipe)}", "")
    yield from (_what(recipe), "")
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


def title(run: RunDir, recipe: Recipe) -> str:
    """The model's name: what is made of Llama begins with Llama, as its license asks."""
    name = run.folder.name
    is_named = name.lower().startswith("llama") or not is_llama(recipe.model.name)
    return name if is_named else f"Llama-{name}"


def _what(recipe: Recipe) -> str:
    if recipe.model.random:
        return "A Llama with random weights, trained to try the path. It writes no README worth reading."
    way = "QLoRA" if recipe.model.load_in_4bit else "LoRA"
    return (
        f"A {way} adapter of {recipe.model.name} that writes sections of READMEs from the files of a "
        "repository."
    )


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
