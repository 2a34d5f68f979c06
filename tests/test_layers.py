"""The layers of DESIGN: imports go down, never up, never sideways, never in a circle."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SRC = Path(__file__).parent.parent / "src"
LAYERS = ("moxi_core", "moxi_analyzer", "moxi_check", "moxi_infer", "moxi_eval", "moxi_cli")


def imported_packages(file: Path) -> set[str]:
    """Top-level Moxi packages that a file imports, lazily or not."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        names = (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        found |= {name.split(".")[0] for name in names if name.startswith("moxi_")}
    return found


def test_every_package_has_a_layer() -> None:
    assert {p.name for p in SRC.iterdir() if p.name.startswith("moxi_")} == set(LAYERS)


@pytest.mark.parametrize("package", LAYERS)
def test_imports_go_down(package: str) -> None:
    allowed = set(LAYERS[: LAYERS.index(package) + 1])
    for file in (SRC / package).rglob("*.py"):
        assert imported_packages(file) <= allowed, file


def test_core_and_command_line_import_nothing_heavy() -> None:
    heavy = {"torch", "transformers", "tree_sitter", "jinja2", "yaml", "pymongo", "bson"}
    light = [*(SRC / "moxi_core").glob("*.py"), SRC / "moxi_cli" / "readme_gen.py"]
    for file in light:
        tree = ast.parse(file.read_text("utf-8"))
        names = {
            name.split(".")[0]
            for node in ast.walk(tree)
            for name in (
                [a.name for a in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
        }
        assert not names & heavy, file
