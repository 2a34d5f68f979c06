"""The layers of DESIGN: imports go down, never up, never sideways, never in a circle."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SRC = Path(__file__).parent.parent / "src"
# Lowest first. Packages on one level meet only in records and in the store.
LEVELS = (
    {"moxi_core"},
    {"moxi_analyzer"},
    {"moxi_check"},
    {"moxi_collect", "moxi_chunk", "moxi_train", "moxi_infer"},
    {"moxi_card", "moxi_eval"},
    {"moxi_cli"},
)
PACKAGES = sorted(p.name for p in SRC.iterdir() if p.name.startswith("moxi_"))


def allowed(package: str) -> set[str]:
    """What a package may import: itself, and what stands on a lower level."""
    level = next(i for i, packages in enumerate(LEVELS) if package in packages)
    return {package}.union(*LEVELS[:level])


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
    assert set(PACKAGES) <= set().union(*LEVELS)


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_go_down(package: str) -> None:
    for file in (SRC / package).rglob("*.py"):
        assert imported_packages(file) <= allowed(package), file


def test_stages_of_one_level_do_not_know_each_other() -> None:
    assert not {"moxi_infer", "moxi_chunk", "moxi_train"} & allowed("moxi_collect")
    assert "moxi_collect" not in allowed("moxi_infer")
    assert {"moxi_core", "moxi_check"} < allowed("moxi_collect") < allowed("moxi_cli")


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
