"""Pages and sections that tell of another time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check.claim import Claim
from moxi_check.markdown import read_markdown
from moxi_check.past import Past

PAGE = """# Upgrading made easy

Now.

## Migrating from 1.x

Then.

### In detail

Then.

## 1.0.0 to 2.0 guide

Then.

## Writing release notes

Now.
"""


def verdict(path: str, line: int, kind: str = "option") -> str:
    claim = Claim(kind, "x", line, 1, "false", "it is not")
    return Past(read_markdown(PAGE, path)).settled(claim).verdict


@pytest.mark.parametrize(
    ("line", "expected"),
    [(3, "false"), (7, "not_judged"), (11, "not_judged"), (15, "not_judged"), (19, "false")],
)
def test_sections_end_with_the_next_of_their_level(line: int, expected: str) -> None:
    assert verdict("README.md", line) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("docs/migration.md", "not_judged"),
        ("docs/v2-UPGRADE-GUIDE.md", "not_judged"),
        ("docs/ChangeLog-old.md", "not_judged"),
        ("docs/usage.md", "false"),
        ("docs/planning.md", "false"),
    ],
)
def test_pages_by_their_name(path: str, expected: str) -> None:
    assert verdict(path, 3) == expected


def test_links_lead_where_they_lead_today() -> None:
    assert verdict("docs/migration.md", 7, "link") == "false"


def test_what_is_true_stays_true() -> None:
    claim = Claim("option", "x", 7, 1, "true")
    assert Past(read_markdown(PAGE, "README.md")).settled(claim) is claim


def test_items_of_a_list_of_versions() -> None:
    past = Past(read_markdown("# A\n\n- Version 1.9.4: then\n- 3.10 of it\n- Now\n", "README.md"))
    found = [past.settled(Claim("name", "x", line, 1, "false")).verdict for line in (3, 4, 5)]
    assert found == ["not_judged", "false", "false"]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Prior versions of it would raise `Old`.", "not_judged"),
        ("It was renamed: `Old` is gone.", "not_judged"),
        ("- **v4 (Sep 2024):** requires `Old`", "not_judged"),
        ("**v4.0.0** (Released 04/2020) supports `Old`", "not_judged"),
        ("Now `Old` is raised.", "false"),
        ("Previously, `Old` was raised.", "not_judged"),
        ("If you have previously started it, halt `Old`.", "false"),
    ],
)
def test_sentences_on_what_was(sentence: str, expected: str) -> None:
    claim = Claim("api", "Old", 3, 1, "false", "it is not")
    document = read_markdown(f"# Demo\n\n{sentence}\n", "README.md")
    assert Past(document).settled(claim).verdict == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [("For `demo` v1", "not_judged"), ("v1.x", "not_judged"), ("Demo of v1 and v2", "false")],
)
def test_sections_on_another_version(title: str, expected: str) -> None:
    document = read_markdown(f"# Demo\n\n## {title}\n\nx\n", "README.md")
    assert Past(document).settled(Claim("install", "x", 5, 1, "false")).verdict == expected


@pytest.mark.parametrize(("box", "expected"), [("[x]", "false"), ("[ ]", "not_judged")])
def test_what_is_done_of_a_road_map_is_there(box: str, expected: str) -> None:
    document = read_markdown(f"# Demo\n\n## Roadmap\n\n- {box} `demo guards`\n", "README.md")
    assert Past(document).settled(Claim("command", "guards", 5, 9, "false")).verdict == expected


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("- `DEMO_PROT` (not used yet)", "not_judged"),
        ("- `DEMO_PROT`, for historical reasons", "not_judged"),
        ("- `DEMO_PROT`, the port of historical prices", "false"),
    ],
)
def test_what_is_said_right_behind_a_name(
    checked: Callable[..., dict[str, Claim]], line: str, verdict: str
) -> None:
    code = 'import os\n\nPORT = os.environ["DEMO_PORT"]\nHOST = os.environ["DEMO_HOST"]\n'
    page = f"# Demo\n\nVariables of the environment:\n\n- `DEMO_PORT`\n- `DEMO_HOST`\n{line}\n"
    assert checked({"demo.py": code}, page, "env_var")["DEMO_PROT"].verdict == verdict
