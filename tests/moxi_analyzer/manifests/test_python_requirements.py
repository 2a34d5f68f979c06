"""Requirements: the quick pattern for plain ones says what the library says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement

from moxi_analyzer.manifests.python_metadata import PLAIN_REQUIREMENT, requirements


@given(st.from_regex(PLAIN_REQUIREMENT.pattern, fullmatch=True))
def test_a_plain_requirement_is_what_the_library_reads(text: str) -> None:
    plain, known = PLAIN_REQUIREMENT.fullmatch(text), Requirement(text)
    assert plain is not None
    assert (plain["name"], bool(plain["versions"])) == (known.name, bool(known.specifier))
    assert not (known.extras or known.marker or known.url)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("click", [("click", "")]),
        ("click>=6.7", [("click", ">=6.7")]),
        ("click >= 6.7, <9  # pinned", [("click", ">=6.7,<9")]),
        ("click~=6.7", [("click", "~=6.7")]),
        ("click[extra]==8.*; python_version > '3'", [("click", "==8.*")]),
        ("click (>=6)", [("click", ">=6")]),
        ("click @ https://example.org/click.zip", [("click", "")]),
        ("click; python_version > '3'", [("click", "")]),
        ("click>=", []),
        ("-r other.txt", []),
        ("./local", []),
    ],
)
def test_requirements_of_every_form(text: str, expected: list[tuple[str, str]]) -> None:
    assert list(requirements([text])) == expected
