"""Prompts from captions: even, distinct, of the right length, with the trigger word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moxi_card.prompts import (
    LEAST_WORDS,
    MOST_WORDS,
    example_prompts,
    has_word,
    sample_prompts,
    short_prompt,
)
from tests.moxi_card.jobs import CAPTIONS


@pytest.mark.parametrize("count", range(13))
def test_samples_of_few_captions(count: int) -> None:
    made = sample_prompts(CAPTIONS[:count], "pepe")
    assert len(made) == (min(count, 4) or 1)
    assert len(set(made)) == len(made)
    assert all(has_word(prompt, "pepe") for prompt in made)


def test_samples_are_spread_evenly() -> None:
    captions = [f"pepe number {n}" for n in range(100)]
    assert sample_prompts(captions, "pepe") == [f"pepe number {n}" for n in (0, 25, 50, 75)]


def test_no_two_alike() -> None:
    assert sample_prompts(["a frog", "A  Frog", "pepe, a frog", "", " "], "pepe") == [
        "pepe, a frog"
    ]


@pytest.mark.parametrize(
    ("caption", "prompt"),
    [
        ("a frog", "pepe, a frog"),
        ("pepe sits", "pepe sits"),
        ("peperoni pizza", "pepe, peperoni pizza"),
        ("a pepe-like frog", "pepe, a pepe-like frog"),
        ("[trigger] sits", "pepe sits"),
        ("look: pepe!", "look: pepe!"),
    ],
)
def test_the_trigger_is_a_whole_word(caption: str, prompt: str) -> None:
    assert sample_prompts([caption], "pepe") == [prompt]


def test_a_trigger_of_signs() -> None:
    assert sample_prompts(["a #tok frog", "#token"], "#tok") == ["a #tok frog", "#tok, #token"]


@pytest.mark.parametrize("count", range(13))
@pytest.mark.parametrize("trigger", ["pepe", "sks green frog"])
def test_examples(count: int, trigger: str) -> None:
    made = example_prompts(CAPTIONS[:count], trigger)
    assert 3 <= len(made) <= 4 and len(set(made)) == len(made)
    for prompt in made:
        assert prompt.startswith(f"{trigger}, ")
        assert LEAST_WORDS <= len(prompt.split()) <= MOST_WORDS, prompt
        assert not set('<>[]`"\\*') & set(prompt) and "http" not in prompt


def test_examples_end_where_a_phrase_does() -> None:
    long = "a green frog standing quietly beside the old well of a farm with many colored tiles"
    assert example_prompts([long], "pepe")[0] == (
        "pepe, a green frog standing quietly beside the old well of a farm"
    )


@given(st.lists(st.text(max_size=200), max_size=8))
def test_of_whatever_captions(captions: list[str]) -> None:
    examples = example_prompts(captions, "tok")
    assert examples and all(e.startswith("tok, ") and "\n" not in e for e in examples)
    short = short_prompt(captions, "tok")
    assert short.startswith("tok") and not set('"\\`<>{}\n') & set(
        short.replace("{", "").replace("}", "")
    )
    assert all(has_word(prompt, "tok") for prompt in sample_prompts(captions, "tok"))


def test_the_short_prompt() -> None:
    assert short_prompt(CAPTIONS, "pepe") == "pepe, a green frog sitting"
    assert short_prompt([], "pepe") == "pepe"


def test_no_example_is_part_of_another() -> None:
    captions = [
        "a red house",
        "a blue boat",
        "a green frog",
        "an old oak",
        "a stone path",
        "a pond",
    ]
    made = example_prompts(captions, "pepe")
    assert len(made) == 4
    assert all(sum(caption in prompt for prompt in made) <= 1 for caption in captions)
