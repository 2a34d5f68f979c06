"""Arbitrary and damaged Python files: nothing but a recorded problem, and soon."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moxi_analyzer.manifests.python import MANIFESTS
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import scan
from moxi_analyzer.surface.python import api as api_python
from moxi_analyzer.surface.python import argparse, click, django_commands, docopt, fire, typer
from moxi_analyzer.walk import Listing
from moxi_core.errors import ManifestError
from moxi_core.records import Fact

FRAMEWORKS = [
    framework
    for module in (api_python, argparse, click, django_commands, docopt, fire, typer)
    for framework in module.FRAMEWORKS
]
PATHS = [
    "pyproject.toml",
    "setup.cfg",
    "setup.py",
    "Pipfile",
    "environment.yml",
    "requirements.txt",
    "notes.ipynb",
]
QUICK = settings(max_examples=60, deadline=2000, suppress_health_check=list(HealthCheck))


class Files:
    """A tree in memory."""

    name, url, commit, default_branch = "demo", "", "", ""

    def __init__(self, files: dict[str, str]) -> None:
        self._files = {path: text.encode("utf-8", "replace") for path, text in files.items()}

    def list(self) -> Listing:
        return [(path, len(content)) for path, content in self._files.items()]

    def links(self) -> set[str]:
        return set()

    def read(self, path: str) -> bytes | None:
        return self._files.get(path)


def manifest_facts(path: str, text: str) -> list[Fact]:
    repo = Repository(Files({path: text}))
    try:
        return [
            fact
            for entry in MANIFESTS
            if entry.pattern.fullmatch(path)
            for fact in entry.read(repo, path)
        ]
    except ManifestError:
        return []


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 99)
    | st.floats(allow_nan=False)
    | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                "name version scripts urls dependencies license authors readme dynamic packages "
                "extras group python poetry hatch envs cmd optional-dependencies".split()
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def toml(value: object) -> str:
    """A value as inline TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return '""' if value is None else json.dumps(value)


@pytest.mark.parametrize("path", PATHS)
@QUICK
@given(text=st.text(max_size=300))
def test_any_text(path: str, text: str) -> None:
    manifest_facts(path, text)


@QUICK
@given(
    table=st.sampled_from(
        "project tool.poetry tool.flit.metadata tool.hatch tool.pdm.scripts tool.poe tool.setuptools "
        "build-system dependency-groups tool.uv tool.maturin".split()
    ),
    fields=st.dictionaries(
        st.sampled_from(
            "name version scripts urls dependencies license authors keywords classifiers "
            "optional-dependencies entry-points dynamic packages extras group envs tasks".split()
        ),
        plain,
        max_size=6,
    ),
)
def test_any_structure(table: str, fields: dict[str, object]) -> None:
    lines = [f"{key} = {toml(value)}" for key, value in fields.items()]
    manifest_facts("pyproject.toml", f"[{table}]\n" + "\n".join(lines) + "\n")


WORDS = (
    "import click|import argparse|import typer|import fire|from docopt import docopt|"
    "from x import *|from . import a as b|a = a|b = a|def f(p=1, *, q: int = 2):|class A(A):|"
    "class Command(A):|    p = argparse.ArgumentParser(prog=a)|    f(p)|    p.add_argument('--x', **a)|"
    "p = argparse.ArgumentParser(parents=[p])|s = p.add_subparsers()|s.add_parser(f'{a}')|"
    "@click.group()|@click.option('--x', default=a)|@a.command()|a.add_command(a)|"
    "app = typer.Typer()|app.add_typer(app)|@app.command()|def g(x: A = typer.Option(1)): ...|"
    "fire.Fire(a)|docopt(__doc__)|__all__ = __all__ + ['a']|    return f(f)|for a in [a, b]:|"
    "'''Usage: x (a|b) [--x=<y>]...\n\nOptions:\n  -x  y'''|    self.p = self.f(self)|(|)|if"
).split("|")


@QUICK
@given(lines=st.lists(st.sampled_from(WORDS), max_size=25))
def test_any_program(lines: list[str]) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "a"\nscripts = { a = "a:f" }\n',
        "a/__init__.py": "\n".join(lines),
        "a/__main__.py": "from a import f\nf()\n",
        "b.py": "from a import *\n",
    }
    list(scan(Repository(Files(files)), FRAMEWORKS))


def test_long_files_stay_linear() -> None:
    options = "".join(f"parser.add_argument('--option-{n}')\n" for n in range(3000))
    files = {"a.py": f"import argparse\nparser = argparse.ArgumentParser()\n{options}"}
    found = [f for f in scan(Repository(Files(files)), FRAMEWORKS) if f.kind == "option"]
    assert len(found) == 3000
