"""THE prompt: what a model is shown of a repository, and asked, in training and in use.

Training and use render the same tokens: what is rendered for use is the beginning of what is rendered
for training. Context first, the instruction last, so that all sections of one README share a long
beginning that a server computes once. The style and the version are saved beside the weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from moxi_core.patterns import lazy_pattern
from moxi_core.project_types import type_words, with_article
from moxi_core.records import KeyFile, Record
from moxi_core.samples import SftInput

VERSION = "1"

Style = Literal["alpaca", "chat"]
Counter = Callable[[str], int]

# What chat templates would otherwise fill in by themselves: Llama 3.2's writes today's date.
CHAT_TEMPLATE_KWARGS = {"date_string": "26 Jul 2024"}

# Markers of the text style; base models learn where the answer begins from them.
_INSTRUCTION, _INPUT, _RESPONSE = "### Instruction:", "### Input:", "### Response:"
_PREAMBLE = (
    "Below is a repository, and an instruction for a section of its README. Write that section in "
    "Markdown. State only what the repository shows."
)
STANDARD_SECTIONS = ("About", "Built With", "Getting Started", "Usage", "License")
OPTIONAL_SECTIONS = ("Roadmap", "Contributing", "Contact")
_MORE = lazy_pattern(r"\.\.\. and (\d+) more files")
_CONTROL = lazy_pattern(r"<\|(\w{1,40})\|>")
_SET_ASIDE = 300  # tokens of the preamble, the markers and the instruction
_DESCRIPTION = 500  # characters
_TRIES = 4  # until a prompt fits its budget
_CHARS_A_TOKEN = 3.0  # a safe estimate where no tokenizer is at hand: code takes about 3.3


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptStyle(Record):
    """How a model is asked; saved as part of `moxi.json` beside its weights.

    Budgets are in tokens: of all that is sent, and of what is answered.
    """

    style: Style = "chat"
    version: str = VERSION
    context_tokens: int = 6_144
    answer_tokens: int = 1_536
    tree_share: float = 0.25  # of the context, at most, for the file tree


@dataclass(frozen=True, slots=True)
class Rendered:
    """A prompt as a model gets it: one text, or messages for the model's own chat template."""

    text: str = ""
    messages: tuple[Mapping[str, str], ...] = ()

    def completion(self, content: str, end: str = "") -> str | list[dict[str, str]]:
        """What training adds to the prompt: the answer, and for texts the end of it."""
        if self.messages:
            return [{"role": "assistant", "content": content}]
        return content + end


def get_readme_structure_prompt_suffix() -> str:
    """The reminder of the standard sections that ends every instruction."""
    return (
        f"A README has these sections: {', '.join(STANDARD_SECTIONS)}; "
        f"optionally {', '.join(OPTIONAL_SECTIONS)}."
    )


def instruction_for(section: str, project: str = "", kind: str = "") -> str:
    """The instruction by which a section is asked for in use.

    `section` is a heading's words or a section kind; `project` the name, `kind` the project type.
    """
    what = f" of {project}" if project else ""
    words = type_words(kind)
    sort = f", {with_article(words)}" if words else ""
    return f"Write the {section.replace('_', ' ')} section of the README{what}{sort}."


def render(
    given: SftInput, instruction: str, style: PromptStyle, count: Counter | None = None
) -> Rendered:
    """The prompt for one section. `count` tells the tokens of a text; without it an estimate does.

    What does not fit the budget is left out of the end of the key files, then of the tree.
    """
    asked = f"{inert(instruction.strip())} {get_readme_structure_prompt_suffix()}"
    shown = context(given, style, count)
    if style.style == "chat":
        return Rendered(
            messages=(
                {"role": "system", "content": _PREAMBLE},
                {"role": "user", "content": f"{shown}\n\n{asked}"},
            )
        )
    return Rendered(
        text=f"{_PREAMBLE}\n\n{_INPUT}\n{shown}\n\n{_INSTRUCTION}\n{asked}\n\n{_RESPONSE}\n"
    )


def render_within(
    given: SftInput,
    instruction: str,
    style: PromptStyle,
    size: Callable[[Rendered], int],
    count: Counter | None = None,
) -> Rendered | None:
    """The prompt for one section, of at most `style.context_tokens` as `size` tells them; None where none fits.

    In training and in use: joined texts may take more tokens than their parts, and instructions be long.
    Without `count` the parts are estimated, and what was wrong with the estimate shows in the whole.
    """
    inner = style
    for _ in range(_TRIES):
        prompt = render(given, instruction, inner, count)
        found = size(prompt)
        if found <= style.context_tokens:
            return prompt
        less = found - style.context_tokens
        if count is None:
            less = max(less // 4, inner.context_tokens * less // found + 1)
        inner = replace(inner, context_tokens=inner.context_tokens - less)
        if inner.context_tokens <= 0:
            break
    return None


def prompt_ids(tokenizer: Any, prompt: Rendered) -> list[int]:
    """The tokens of a prompt, as a server makes them of the same text or messages.

    `tokenizer` is one of transformers.
    """
    if prompt.messages:
        return plain_ids(tokenizer, templated(tokenizer, prompt.messages))
    ids: list[int] = tokenizer(prompt.text)["input_ids"]
    return ids[:-1] if ids and ids[-1] == tokenizer.eos_token_id else ids


def templated(tokenizer: Any, messages: Sequence[Mapping[str, str]], *, asks: bool = True) -> str:
    """Messages in the words of a model's own chat template."""
    text: str = tokenizer.apply_chat_template(
        list(messages), tokenize=False, add_generation_prompt=asks, **CHAT_TEMPLATE_KWARGS
    )
    return text


def plain_ids(tokenizer: Any, text: str) -> list[int]:
    """The tokens of a text, with nothing put before or after it."""
    ids: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    return ids


def render_general(instruction: str, given: str, style: PromptStyle) -> Rendered:
    """The prompt of a general instruction, which a training set may mix in; no README is asked for."""
    asked = inert(f"{instruction.strip()}\n\n{given.strip()}".strip())
    if style.style == "chat":
        return Rendered(messages=({"role": "user", "content": asked},))
    return Rendered(text=f"{_INSTRUCTION}\n{asked}\n\n{_RESPONSE}\n")


def context(given: SftInput, style: PromptStyle, count: Counter | None = None) -> str:
    """Project type, description, file tree and key files, within the budget."""
    shown = fitted(given, style, count)
    parts = [*_head(shown), "", "Files:", *shown.file_tree]
    for file in shown.key_files:
        parts += ["", f"{_fence(file)}{file.path}", _body(file), _fence(file)]
    return inert("\n".join(parts))


def inert(text: str) -> str:
    """A stranger's text without what a tokenizer takes for control tokens, such as <|eot_id|>."""
    return _CONTROL.sub(r"<| \1 |>", text)


def fitted(given: SftInput, style: PromptStyle, count: Counter | None = None) -> SftInput:
    """What of an input is shown to a model: what fits is the same when it is fitted again.

    The budget is the whole prompt's; what instruction and markers take of it is set aside.
    """
    tell = count or estimated_tokens
    budget = style.context_tokens - tell("\n".join(_head(given))) - _SET_ASIDE
    tree_budget = int(style.context_tokens * style.tree_share)
    tree = fitting_tree(given.file_tree, tree_budget, tell)
    files = fitting_files(given.key_files, budget - tree_budget, tell)
    return replace(given, file_tree=tuple(tree), key_files=tuple(files))


def _head(given: SftInput) -> list[str]:
    head = [f"Project type: {given.project_type.replace('_', ' ')}"]
    if given.description:
        head.append(f"Description: {' '.join(given.description.split())[:_DESCRIPTION]}")
    return head


def fitting_tree(paths: Sequence[str], budget: int, count: Counter) -> list[str]:
    """Paths of a tree within a budget: shallow ones first, then in their own order.

    What is left out is told in the last line, so that a model does not take the list for whole.
    """
    if count("\n".join(paths)) <= budget:
        return list(paths)
    told = _MORE.fullmatch(paths[-1])  # a tree that was fitted before
    left_out = int(told[1]) if told else 0
    paths = paths[:-1] if told else paths
    ranked = sorted(range(len(paths)), key=lambda i: (paths[i].count("/"), i))
    kept: list[int] = []
    used = count(f"... and {len(paths) + left_out} more files")
    for index in ranked:
        used += count(paths[index]) + 1
        if used > budget:
            break
        kept.append(index)
    left_out += len(paths) - len(kept)
    return [*(paths[i] for i in sorted(kept)), f"... and {left_out} more files"]


def is_whole(paths: Sequence[str]) -> bool:
    """Whether a tree names all files: its last line does not tell of more."""
    return not (paths and _MORE.fullmatch(paths[-1]))


def fitting_files(files: Iterable[KeyFile], budget: int, count: Counter) -> list[KeyFile]:
    """Key files within a budget, best first; the last one may be cut at the end of a line."""
    kept: list[KeyFile] = []
    for file in files:
        cost = count(_body(file)) + count(file.path) + 8
        if cost <= budget:
            kept.append(file)
            budget -= cost
            continue
        if budget > 200 and (part := _cut(_body(file), budget - 50, count)):
            kept.append(replace(file, content=part, summary="", truncated=True))
            break
    return kept


def _cut(text: str, budget: int, count: Counter) -> str:
    lines = text.splitlines()
    low, high = 0, len(lines)
    while low < high:
        middle = (low + high + 1) // 2
        if count("\n".join(lines[:middle])) <= budget:
            low = middle
        else:
            high = middle - 1
    return "\n".join(lines[:low])


def estimated_tokens(text: str) -> int:
    """Tokens of a text, rather too many than too few."""
    wide = sum(1 for char in text if ord(char) > 0x2000) if not text.isascii() else 0
    return int(len(text) / _CHARS_A_TOKEN) + wide + 1


def _body(file: KeyFile) -> str:
    return (file.content or file.summary).rstrip("\n") + ("\n..." if file.truncated else "")


def _fence(file: KeyFile) -> str:
    """A fence that the file itself does not hold."""
    fence = "```"
    while fence in file.content:
        fence += "`"
    return fence


def as_json(style: PromptStyle) -> dict[str, Any]:
    """The style as it is saved beside the weights."""
    made: dict[str, Any] = {name: getattr(style, name) for name in style.__slots__}
    return made
