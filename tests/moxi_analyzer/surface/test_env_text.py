"""Environment variables of languages without a grammar."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from moxi_analyzer import analyze
from moxi_core.records import RepoSnapshot


def test_golden(golden_facts: Callable[..., RepoSnapshot]) -> None:
    golden_facts("env_text", ["env_var"])


def test_what_serves_tests_is_no_setting(tmp_path: Path) -> None:
    for path in ("lib/demo/test/case.ex", "lib/demo/sources.ex"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        name = path.rpartition("/")[2][:4].upper()
        (tmp_path / path).write_text(f'System.get_env("DEMO_{name}")\n')
    helper = tmp_path / "Sources/DemoTestHelpers/Record.swift"
    helper.parent.mkdir(parents=True)
    helper.write_text('let on = ProcessInfo.processInfo.environment["RECORD"]\n')
    assert [f.value for f in analyze(tmp_path).of("env_var")] == ["DEMO_SOUR"]
