"""Whole READMEs of small repositories: reviewed by eye, kept as golden files."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from moxi_core.anchors import slug
from moxi_infer import write_readme

FIXTURES = Path(__file__).parent.parent / "fixtures" / "readme"
NAMES = sorted(p.name for p in FIXTURES.iterdir())
# What the repositories are called where they are hosted.
REMOTES = {
    "python-cli": "tally",
    "js-library": "steps",
    "go-tool": "lens",
    "rust-workspace": "weave",
    "web-app": "pantry",
    "action": "label-by-size",
}


@pytest.fixture
def checkout(tmp_path: Path) -> Callable[[str], Path]:
    """A copy of a fixture in a git repository of its own, with a remote on GitHub."""

    def make(name: str) -> Path:
        root = tmp_path / name
        shutil.copytree(FIXTURES / name, root)
        for arguments in (
            ("init", "-q", "-b", "main"),
            ("remote", "add", "origin", f"git@github.com:example/{REMOTES.get(name, name)}.git"),
        ):
            subprocess.run(["git", "-C", str(root), *arguments], check=True)
        return root

    return make


@pytest.mark.parametrize("name", NAMES)
def test_readme(
    name: str, checkout: Callable[[str], Path], golden: Callable[[str, str], None]
) -> None:
    golden(f"readme/{name}.md", write_readme(checkout(name)).markdown)


@pytest.mark.parametrize("name", NAMES)
def test_links_and_anchors_hold(name: str, checkout: Callable[[str], Path]) -> None:
    root = checkout(name)
    text = write_readme(root).markdown
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    headings = {
        slug(tokens[i + 1].content) for i, t in enumerate(tokens) if t.type == "heading_open"
    }
    for token in tokens:
        for child in token.children or ():
            target = str(child.attrs.get("href", child.attrs.get("src", "")))
            if target.startswith("#"):
                assert target[1:] in headings
            elif target and "://" not in target:
                assert (root / target).exists(), target


@pytest.mark.parametrize("name", NAMES)
def test_every_statement_has_evidence_that_exists(
    name: str, checkout: Callable[[str], Path]
) -> None:
    root = checkout(name)
    places = [e for sec in write_readme(root).sections for s in sec.statements for e in s.evidence]
    for place in places:
        file = root / place.path
        assert file.exists()
        if file.is_file():
            assert place.line <= len(file.read_text("utf-8").splitlines())
    assert places


def test_no_section_is_empty_or_repeated(checkout: Callable[[str], Path]) -> None:
    for name in NAMES:
        sections = write_readme(checkout(name)).sections
        kinds = [s.kind for s in sections]
        assert len(kinds) == len(set(kinds))
        assert all(s.body.strip() for s in sections)


def test_writing_twice_gives_the_same(checkout: Callable[[str], Path]) -> None:
    root = checkout("python-cli")
    assert write_readme(root).markdown == write_readme(root).markdown
