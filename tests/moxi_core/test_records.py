"""Records: immutable values whose JSON reads back as it was written, and only then."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, replace
from pathlib import Path
from typing import Any

import pytest

from moxi_analyzer import analyze
from moxi_core.records import Evidence, Fact, RepoSnapshot, from_json, to_json

FIXTURES = sorted(p for p in (Path(__file__).parent.parent / "fixtures").iterdir() if p.is_dir())
FACT = Fact(kind="bin", value="demo", evidence=Evidence(path="setup.cfg", line=3))


@pytest.mark.parametrize("folder", FIXTURES[::5], ids=lambda p: p.name)
def test_json_of_a_snapshot_reads_back(folder: Path) -> None:
    snapshot = analyze(folder)
    assert from_json(RepoSnapshot, to_json(snapshot)) == snapshot


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "rumour"},
        {"value": 3},
        {"value": None},
        {"evidence": "setup.cfg"},
        {"evidence": {"path": "setup.cfg", "line": "3"}},
        {"evidence": {"path": "setup.cfg", "column": 1}},
        {"detail": {"required": True}},
        {"unknown": ""},
    ],
)
def test_json_that_breaks_the_contract_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="Fact"):
        from_json(Fact, json.dumps(json.loads(to_json(FACT)) | wrong))


@pytest.mark.parametrize("text", ["", "[]", "{}", "null"])
def test_what_is_no_record_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Fact"):
        from_json(Fact, text)


@pytest.mark.parametrize(
    "wrong", [{"value": 3}, {"text": None}, {"detail": {"a": ["b"]}}, {"detail": {1: "a"}}]
)
def test_a_fact_holds_only_text(wrong: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        replace(FACT, **wrong)


def test_a_fact_is_of_a_known_kind() -> None:
    with pytest.raises(ValueError, match="rumour"):
        replace(FACT, kind="rumour")  # type: ignore[arg-type]


def test_a_fact_keeps_its_detail() -> None:
    detail = {"takes": "flag"}
    fact = replace(FACT, detail=detail)
    detail["takes"] = "value"
    assert fact.detail == {"takes": "flag"}


def test_records_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        FACT.value = "other"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        FACT.evidence.line = 4  # type: ignore[misc]


def test_places_can_be_gathered_in_sets() -> None:
    assert {FACT.evidence, replace(FACT.evidence), replace(FACT.evidence, line=4)} == {
        Evidence(path="setup.cfg", line=3),
        Evidence(path="setup.cfg", line=4),
    }
