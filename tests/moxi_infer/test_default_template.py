"""Without a template the same is written as with the one that is shipped to begin with."""

from __future__ import annotations

import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

from moxi_analyzer import analyze
from moxi_core.records import RepoSnapshot
from moxi_infer import compose, write
from moxi_infer.document import Section, Statement
from tests.conftest import FIXTURES

TEMPLATE = str(resources.files("moxi_infer") / "templates" / "README.md.j2")


@pytest.mark.parametrize("markers", [False, True])
@pytest.mark.parametrize("folder", sorted(FIXTURES.iterdir()), ids=lambda p: p.name)
def test_fixtures(folder: Path, markers: bool) -> None:
    snapshot = analyze(folder, key_files=False)
    plain = compose(snapshot, markers=markers)
    assert plain.markdown == compose(snapshot, markers=markers, template=TEMPLATE).markdown


@pytest.mark.parametrize("toc", ["", "[Usage](#usage)"])
def test_as_long_before_it_is_tidied(toc: str) -> None:
    """So that a table of contents begins at the same length."""
    kinds = ("badges", "about", "install", "usage")
    sections = [
        Section(kind=k, title=k.title(), statements=(Statement(text=f"one\n\n{k}"),)) for k in kinds
    ]
    values: write._Values = {
        "title": "Demo",
        "sections": sections,
        "section": {s.kind: s for s in sections},
        "snapshot": RepoSnapshot(name="demo"),
        "toc": toc,
        "markers": False,
    }
    assert write._default(values) == write._of_template(TEMPLATE)(values)


def test_jinja_is_not_imported_for_it(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("print(1)\n")
    program = (
        "import sys\n"
        "from moxi_infer import write_readme\n"
        f"write_readme({str(tmp_path)!r})\n"
        "print('jinja2' in sys.modules)\n"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert told.stdout.split() == [b"False"]
