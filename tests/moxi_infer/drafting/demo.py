"""A small repository that a model writes about, and what it is asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.moxi_core.model_server import Reply, said

FILES = {
    "pyproject.toml": """[project]
name = "wordy"
version = "2.3.0"
description = "Counts the words of texts and tells the longest."
requires-python = ">=3.11"
license = "MIT"
dependencies = ["rich"]
authors = [{ name = "Ada Example" }]

[project.scripts]
wordy = "wordy.cli:main"

[project.urls]
Documentation = "https://wordy.example.org/docs"

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
""",
    "LICENSE": (Path(__file__).parents[2] / "fixtures/readme/python-cli/LICENSE").read_text(
        "utf-8"
    ),
    "wordy/__init__.py": "",
    "wordy/cli.py": '''"""The command line."""

import argparse
import os

LIMIT = os.environ.get("WORDY_LIMIT", "50")


def main() -> None:
    """Count the words of a file."""
    parser = argparse.ArgumentParser("wordy")
    parser.add_argument("file", help="The text to count.")
    parser.add_argument("--top", type=int, default=10, help="How many words to show.")
    parser.add_argument("--ignore-case", action="store_true", help="Count words whatever their case.")
    parser.parse_args()
''',
    "Makefile": "test: ## Run the tests\n\tpytest\n\nlint: ## Look at the style\n\truff check .\n",
    "docs/usage.md": "# Using wordy\n\nCount the words of any text.\n",
    "tests/test_cli.py": "def test_main() -> None:\n    assert True\n",
}


_ASKED = r"Write the ([\w ]+?) section of the README"


def make(root: Path, **more: str) -> Path:
    """The repository in a folder, with `more` files, in whose names `__` stands for a slash and `_dot_` for a dot."""
    named = {name.replace("_dot_", ".").replace("__", "/"): text for name, text in more.items()}
    for path, text in {**FILES, **named}.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    return root


def section_asked(request: Mapping[str, Any]) -> str:
    """The kind of section that a request is for, of a chat or a text."""
    texts = [m["content"] for m in request.get("messages", ())] or [request["prompt"]]
    found = [m[1] for text in texts for m in re.finditer(_ASKED, text)]
    return str(found[-1]).replace(" ", "_")


def is_repair(request: Mapping[str, Any]) -> bool:
    """Whether a request tells what spoke against a draft."""
    texts = [m["content"] for m in request.get("messages", ())] or [request["prompt"]]
    return "The code does not confirm these statements" in texts[-1]


def telling(drafts: Mapping[str, str], otherwise: str = "") -> Callable[[dict[str, Any]], Reply]:
    """A model that has a draft for some kinds of section."""
    return lambda request: said(drafts.get(section_asked(request), otherwise))
