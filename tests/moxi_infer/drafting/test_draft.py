"""A draft taken apart, and what is wrong with it as a whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moxi_infer.drafting.draft import pieces
from moxi_infer.drafting.faults import fault_of, slip_of


def sorts(text: str) -> list[tuple[str, str]]:
    return [(piece.sort, piece.mark) for piece in pieces(text)]


def test_blocks_and_their_marks() -> None:
    text = (
        "## Title\n\nProse here.\n\n```sh\nrun\n```\n\n- one\n- `--x`: an option\n  1. two\n\n> quoted\n\n"
        "| a |\n|---|\n| b |\n\n<div>x</div>\n"
    )
    assert sorts(text) == [
        ("heading", "h2"), ("prose", ""), ("code", ""), ("item", "-"), ("definition", "-"), ("item", "1."),
        ("prose", ""), ("table", ""), ("html", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "around",
    ["```markdown\n{}\n```", "```md\n{}\n```", "<think>I wonder. Yes.</think>\n{}", "\n\n{}\n\n"],
)
def test_what_models_put_around_an_answer_is_taken_off(around: str) -> None:
    assert [piece.text for piece in pieces(around.format("It counts words."))] == [
        "It counts words."
    ]


def test_a_thought_without_an_end_leaves_nothing() -> None:
    assert pieces("<think>First I look at the code") == []


@given(st.text(alphabet="ab#`|-> \n*1.<[]()!:", max_size=120))
def test_any_text_can_be_taken_apart(text: str) -> None:
    for piece in pieces(text):
        assert piece.text.strip()
        assert "".join("".join(piece.sentences).split()) in {"", "".join(piece.text.split())}


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        ("", "it is empty"),
        ("```sh\nls\n```", "it has no sentence"),
        ("### Instruction:\nWrite it.", "it repeats the prompt"),
        ("Project type: cli\n\nFiles:\na.py\n", "it repeats the prompt"),
        ("It is good. It is good. It is good. It is bad.", "it repeats itself"),
        ("Broken \ufffd text here.", "it is no text"),
        ("It counts words.", ""),
    ],
)
def test_faults(draft: str, reason: str) -> None:
    assert fault_of(draft, pieces(draft)) == reason


@pytest.mark.parametrize(
    "sentence",
    [
        "the words are counted.",
        "It counts words",
        "It counts counts words.",
        "This is the of a tool.",
        "It is made for and.",
        "Words `are counted.",
        "A b c. a b c a b c a b c.",
        "Wow!!!!! It counts.",
        "It counts (words.",
        "Words.",
    ],
)
def test_slips(sentence: str) -> None:
    assert slip_of(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "It counts the words of a text.",
        "`wordy` counts words.",
        "Run the tests with `make test`:",
        "[The docs](docs/usage.md) tell more.",
        "Counting stops at the limit (see `WORDY_LIMIT`).",
        "What it says is that words had had a meaning.",
        "Use it as a library, or from the command line.",
    ],
)
def test_sound_sentences(sentence: str) -> None:
    assert slip_of(sentence) == ""
