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


SETTINGS = (
    "application:\n  port: ${DEMO_API_PORT:-80}\n\n  host: ${DEMO_HOST:-::1}\n  max_width: 80\n"
)


@pytest.mark.parametrize(
    ("old", "new"), [("DEMO_HOST", "DEMO_HOSTNAME"), ("DEMO_API_PORT", "DEMO_PORT")]
)
def test_a_variable_that_the_file_shown_has_otherwise(checked: Checked, old: str, new: str) -> None:
    readme = "```yaml\n" + SETTINGS.replace(old, new) + "```\n"
    found = checked({"config/app.yaml": SETTINGS}, readme, "excerpt")[new]
    assert (found.verdict, found.suggestion) == ("false", old)
    assert found.evidence is not None and found.evidence.path == "config/app.yaml"


def test_a_key_that_the_file_shown_has_otherwise(checked: Checked) -> None:
    files = {"demo.toml": "colour = 'red'\nmax_width = 80\nheight = 2\n"}
    readme = "```toml\ncolour = 'red'\nmaximal_width = 80\nheight = 2\n```\n"
    found = checked(files, readme, "excerpt")["maximal_width"]
    assert found.verdict == "false"
    assert found.reason == ("demo.toml:2 has `max_width` here, and nothing has `maximal_width`")


@pytest.mark.parametrize(
    "block",
    [
        SETTINGS.replace("max_width: 80", "max_width: 120"),  # the reader's own value
        SETTINGS.replace("::1", "demo_host"),
        SETTINGS.replace("host:", "hostname:"),  # one word alone is the reader's own as well
        SETTINGS.replace("DEMO_HOST", "ZORK_PLACE"),  # like nothing in that line
        SETTINGS.replace("DEMO_HOST", "DEMO_HOSTED"),  # which something else has
        SETTINGS.replace("host", "seat").replace(
            "port", "gate"
        ),  # lines that the file does not have
    ],
)
def test_what_may_be_the_readers_own(checked: Checked, block: str) -> None:
    files = {"config/app.yaml": SETTINGS, "main.go": 'package main\n\nvar a = "DEMO_HOSTED"\n'}
    found = checked(files, f"```yaml\n{block}```\n", "excerpt")
    assert not [c.text for c in found.values() if c.verdict == "false"]
