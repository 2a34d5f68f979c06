"""Where a repository speaks of a package that a page installs: it may be meant then."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]
NODE = {
    "package.json": '{"name": "root", "private": true, "workspaces": ["packages/*"]}',
    "packages/css-kit/package.json": '{"name": "@acme/css-kit", "version": "1.0.0", "publishConfig": {"access": "public"}}',
    "packages/css-kit/index.js": "export const css = 1\n",
}
PYTHON = {
    "setup.py": "from setuptools import setup\nsetup(name='answers', version='1')\n",
    "answers/__init__.py": "def get(url):\n    answer = url\n    return {'answer': answer}\n",
}


def _page(command: str) -> str:
    return f"# Demo\n\n## Installation\n\n```sh\n{command}\n```\n"


@pytest.mark.parametrize(
    ("path", "line", "verdict"),
    [
        ("notes.md", "We have `@acme/css-kit`.", "false"),
        ("notes.md", "See packages/css-kit for more.", "false"),
        ("a.json", '{"home": "https://github.com/acme/css-kit#readme"}', "false"),
        ("a.json", '{"home": "https://example.com/other/css-kit#readme"}', "not_judged"),
        (".github/FUNDING.yml", "github: css-kit", "false"),
        ("notes.md", "See node_modules/css-kit for more.", "not_judged"),
        ("notes.md", "Install `css-kit`, too.", "not_judged"),
        ("yarn.lock", 'css-kit@^1.0.0:\n  version "1.0.0"', "not_judged"),
    ],
)
def test_the_end_of_a_longer_name_is_none(
    checked: Checked, path: str, line: str, verdict: str
) -> None:
    files = {**NODE, path: f"{line}\n"}
    page, url = _page("npm install css-kit"), "https://github.com/acme/css-kit"
    assert checked(files, page, "install", url)["css-kit"].verdict == verdict


@pytest.mark.parametrize(
    ("path", "line", "verdict"),
    [
        ("docs/a.md", "It gives an `answer`.", "false"),
        ("docs/a.md", "Then `pip install answer`.", "not_judged"),
        ("docs/a.md", "See https://pypi.org/project/answer/.", "not_judged"),
        ("tests/test_a.py", "assert get('x')['answer']", "false"),
        ("tests/test_a.py", "from answer import get", "not_judged"),
        (".mise.toml", "answer = 1", "not_judged"),
    ],
)
def test_a_word_of_our_own_code_is_a_package_only_where_it_is_used_as_one(
    checked: Checked, path: str, line: str, verdict: str
) -> None:
    files = {**PYTHON, path: f"{line}\n"}
    assert checked(files, _page("pip install answer"), "install")["answer"].verdict == verdict


def test_another_package_of_the_same_hand(checked: Checked) -> None:
    files = {**PYTHON, "docs/a.md": "The client is at https://github.com/o/answer-client.\n"}
    page = _page("pip install answer-client")
    claim = checked(files, page, "install", "https://github.com/o/answers").get("answer-client")
    assert claim is None or claim.verdict == "not_judged"
