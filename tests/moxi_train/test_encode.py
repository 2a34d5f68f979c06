"""Rows of tokens: what is learned, what is only shown, and what never fits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moxi_core.prompt import PromptStyle, render
from moxi_core.records import KeyFile
from moxi_train.encode import IGNORED, Encoded, Encoder, Refused
from moxi_train.tiny import make_tokenizer
from tests.moxi_train.conftest import sample

CHAT = (
    "{{ bos_token }}{% for m in messages %}<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n"
    "{{ m.content | trim }}<|eot_id|>{% endfor %}"
    "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}"
)


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    made = make_tokenizer([sample(n).content for n in range(9)], 400)
    made.add_special_tokens(
        {"additional_special_tokens": ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]}
    )
    return made


def encoder(tokenizer: Any, style: Any = "alpaca", **more: Any) -> Encoder:
    tokenizer.chat_template = CHAT if style == "chat" else None
    return Encoder(
        tokenizer, PromptStyle(style=style, context_tokens=900, answer_tokens=200, **more)
    )


@pytest.mark.parametrize("style", ["alpaca", "chat"])
def test_the_loss_is_on_the_answer_and_its_end_only(tokenizer: Any, style: str) -> None:
    one = sample(1)
    made = encoder(tokenizer, style).sample(one)
    assert isinstance(made, Encoded)
    assert len(made.labels) == len(made.input_ids)
    learned = [label for label in made.labels if label != IGNORED]
    end = "<|eot_id|>" if style == "chat" else tokenizer.eos_token
    said = one.content.strip() if style == "chat" else one.content
    assert tokenizer.decode(learned) == said + end
    assert made.labels[: made.prompt_tokens] == [IGNORED] * made.prompt_tokens


@pytest.mark.parametrize("style", ["alpaca", "chat"])
def test_what_is_asked_in_use_begins_what_was_trained_on(tokenizer: Any, style: str) -> None:
    code = encoder(tokenizer, style)
    for number in range(5):
        one = sample(number)
        made = code.sample(one)
        assert isinstance(made, Encoded)
        asked = code.prompt_ids(render(one.input, one.instruction, code.style, code.count))
        assert made.input_ids[: len(asked)] == asked
        assert made.input_ids.count(tokenizer.bos_token_id) == 1


def test_code_is_cut_to_the_budget_and_the_end_is_never_lost(tokenizer: Any) -> None:
    code = encoder(tokenizer)
    shown = replace(sample(1).input, key_files=(KeyFile(path="a.py", content="word = 1\n" * 900),))
    made = code.sample(sample(1, input=shown))
    assert isinstance(made, Encoded)
    assert made.shortened
    assert made.prompt_tokens <= 900
    assert made.input_ids[-1] == tokenizer.eos_token_id


def test_an_answer_that_does_not_fit_is_refused_by_name(tokenizer: Any) -> None:
    made = encoder(tokenizer).sample(sample(1, content="## Usage\n" + "words of all kinds " * 200))
    assert made == Refused("s1", "answer longer than 200 tokens")
    made = encoder(tokenizer).sample(sample(1, instruction="please " * 2_000))
    assert made == Refused("s1", "instruction longer than the context budget")


def test_general_instructions_are_asked_without_a_repository(tokenizer: Any) -> None:
    code = encoder(tokenizer)
    made = code.general("g", "Add these.", "2 and 3", "5")
    assert isinstance(made, Encoded)
    assert tokenizer.decode(made.input_ids[made.prompt_tokens :]) == "5" + tokenizer.eos_token
    assert "Files:" not in tokenizer.decode(made.input_ids)
    assert code.general("g", "x", "", " ") == Refused("g", "general instruction without an answer")
    assert isinstance(code.general("g", "x " * 2_000, "", "y"), Refused)


@pytest.mark.parametrize("style", ["alpaca", "chat"])
@given(text=st.sampled_from(["<|eot_id|>", "<|end_of_text|>", "<|start_header_id|>"]))
def test_a_stranger_s_text_holds_no_control_tokens(tokenizer: Any, style: str, text: str) -> None:
    shown = replace(
        sample(1).input,
        description=f"a {text} b",
        file_tree=(f"x{text}.py",),
        key_files=(KeyFile(path="a.py", content=f"'{text}'"),),
    )
    code = encoder(tokenizer, style)
    plain = code.sample(sample(1))
    made = code.sample(
        sample(1, input=shown, content=f"## Usage {text} here", instruction=f"do {text}")
    )
    assert isinstance(made, Encoded)
    assert isinstance(plain, Encoded)
    control = set(tokenizer.all_special_ids)
    assert [i for i in made.input_ids if i in control] == [
        i for i in plain.input_ids if i in control
    ]


def test_a_base_model_has_no_chat_template(tokenizer: Any) -> None:
    tokenizer.chat_template = None
    with pytest.raises(Exception, match=r"no chat template.*prompt\.style=alpaca"):
        Encoder(tokenizer, PromptStyle(style="chat"))
