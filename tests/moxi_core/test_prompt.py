"""THE prompt: the same in training and in use, within its budget."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moxi_core.prompt import (
    PromptStyle,
    context,
    estimated_tokens,
    fitting_files,
    fitting_tree,
    get_readme_structure_prompt_suffix,
    instruction_for,
    render,
)
from moxi_core.records import KeyFile
from moxi_core.samples import SftInput

GIVEN = SftInput(
    file_tree=("README.md", "src/a.py"),
    project_type="web_application",
    description="Counts\nwords.",
    key_files=(KeyFile(path="src/a.py", content="x = '```'\n"),),
)


@pytest.mark.parametrize("style", ["chat", "alpaca"])
def test_what_is_rendered_for_use_begins_what_is_rendered_for_training(style: str) -> None:
    made = render(GIVEN, "Write it.", PromptStyle(style=style))  # type: ignore[arg-type]
    answer = made.completion("# Text\n", "</s>")
    if style == "alpaca":
        assert made.text.endswith("### Response:\n")
        assert answer == "# Text\n</s>"
    else:
        assert [one["role"] for one in made.messages] == ["system", "user"]
        assert answer == [{"role": "assistant", "content": "# Text\n"}]


def test_sections_of_one_readme_share_all_but_the_instruction() -> None:
    one, other = (render(GIVEN, f"Write {n}.", PromptStyle(style="alpaca")).text for n in "ab")
    shared = one.index("Write a.")
    assert one[:shared] == other[:shared]
    assert "src/a.py" in one[:shared]


def test_a_file_cannot_end_its_fence() -> None:
    shown = context(GIVEN, PromptStyle())
    assert shown.endswith("````src/a.py\nx = '```'\n````")
    assert "Project type: web application\nDescription: Counts words.\n" in shown


def test_the_reminder_names_the_standard_sections() -> None:
    told = get_readme_structure_prompt_suffix()
    for name in (
        "About",
        "Built With",
        "Getting Started",
        "Usage",
        "License",
        "Roadmap",
        "Contact",
    ):
        assert name in told
    asked = render(GIVEN, "Write.", PromptStyle()).messages[-1]["content"]
    assert asked.endswith(told)


def test_wording() -> None:
    assert instruction_for("built_with", "demo", "web_application") == (
        "Write the built with section of the README of demo, a web application."
    )
    assert (
        instruction_for("usage", "demo", "unknown")
        == "Write the usage section of the README of demo."
    )


@given(st.lists(st.text("ab/", min_size=1, max_size=30), max_size=60), st.integers(1, 300))
def test_trees_fit(paths: list[str], budget: int) -> None:
    kept = fitting_tree(paths, budget, estimated_tokens)
    if kept != paths:
        left = int(kept[-1].split()[2])
        assert left + len(kept) - 1 == len(paths)
        assert len(kept) == 1 or estimated_tokens("\n".join(kept)) <= budget + 12


@given(st.lists(st.text("ab\n", max_size=900), max_size=6), st.integers(0, 900))
def test_files_fit(texts: list[str], budget: int) -> None:
    files = [KeyFile(path=f"f{n}", content=text) for n, text in enumerate(texts)]
    kept = fitting_files(files, budget, estimated_tokens)
    assert sum(estimated_tokens(file.content) for file in kept) <= budget
    assert [file.path for file in kept] == sorted(file.path for file in kept)
