"""Lines of blocks that stand in a file."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]
FILES = {
    "demo/cli.py": 'HELP = """\n  Paints each line\n\n  in its own colour\n"""\n',
    "demo.toml": "[paint]\nwidth = 80\ncolour = 'red'\n",
    "far.toml": "alpha = 1\n\n\n\n\n\n\n\n\nomega = 2\n",
    "NEWS.txt": "first words\nsecond words\n",
    ".github/workflows/ci.yml": "jobs:\n  test:\n    runs-on: ubuntu-latest\n",
}


def test_lines_that_follow_each_other_in_a_file(checked: Checked) -> None:
    found = checked(FILES, "```\nPaints each line\nin its own colour\n```\n", "excerpt")
    assert [str(c.evidence) for c in found.values()] == ["demo/cli.py:2", "demo/cli.py:4"]


def test_a_line_of_many_words_stands_by_itself(checked: Checked) -> None:
    files = FILES | {"demo/run.py": "# Every line of the input is painted at once\n"}
    readme = "```\nEvery line of the input is painted at once\n```\n"
    assert str(next(iter(checked(files, readme, "excerpt").values())).evidence) == "demo/run.py:1"


@pytest.mark.parametrize(
    "block",
    [
        "```toml\nwidth = 80\n```",  # alone
        "```toml\nwidth = 80\nheight = 2\n```",  # the other one is not there
        "```toml\nalpha = 1\nomega = 2\n```",  # far from each other
        "```\nfirst words\nsecond words\n```",  # a text is no proof
        "```yaml\njobs:\n  test:\n    runs-on: ubuntu-latest\n```",  # nor a workflow
        "```toml\nidth = 80\nolour = 'red'\n```",  # parts of words
        "```python\nPaints each line\nin its own colour\n```",  # judged by what it uses
    ],
)
def test_what_shows_no_file(checked: Checked, block: str) -> None:
    assert checked(FILES, block + "\n", "excerpt") == {}
