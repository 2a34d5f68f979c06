"""Public API of JavaScript and TypeScript packages."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from moxi_analyzer import analyze
from moxi_core.records import RepoSnapshot


def test_exports_of_the_entry_points(golden_facts: Callable[..., RepoSnapshot]) -> None:
    snapshot = golden_facts("api_javascript", ["api_symbol", "about"])
    names = {fact.value for fact in snapshot.of("api_symbol")}
    assert not names & {"secret", "_private", "Clock.tick", "cog", "unknown.x"}


def test_private_packages_and_apps_have_no_api(tmp_path: Path) -> None:
    manifest = {"name": "app", "private": True, "main": "index.js"}
    (tmp_path / "package.json").write_text(json.dumps(manifest), "utf-8")
    (tmp_path / "index.js").write_text("export const a = 1", "utf-8")
    assert not list(analyze(tmp_path).of("api_symbol"))


def test_re_exports_in_a_circle_end(tmp_path: Path) -> None:
    manifest = {"name": "lib", "version": "1.0.0", "exports": "./a.js"}
    (tmp_path / "package.json").write_text(json.dumps(manifest), "utf-8")
    (tmp_path / "a.js").write_text("export * from './b.js'\nexport { x } from './b.js'", "utf-8")
    (tmp_path / "b.js").write_text("export * from './a.js'\nexport { x } from './a.js'", "utf-8")
    assert len(list(analyze(tmp_path).of("api_symbol"))) <= 1
