"""Records of the training street: their JSON reads back, and what cannot be in it is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from moxi_core.records import from_json, to_json
from moxi_core.samples import STORED, ReadmeSample, RunMeta, SftInput, SftSample

SAMPLE = ReadmeSample(repo_url="https://github.com/o/r", owner="o", repo="r", readme="# r\n")
TAUGHT = SftSample(
    id="1",
    instruction="Write.",
    input=SftInput(file_tree=("a.py",)),
    content="# r",
    repo_url=SAMPLE.repo_url,
    section="about",
    split="train",
)


@pytest.mark.parametrize(
    "wrong",
    [
        {"stars": "12"},
        {"file_tree": "a.py"},
        {"quality": {"length": None}},
        {"languages": {"C": 1.5}},
        {"repo_url": None},
        {"stargazers": 3},
    ],
)
def test_what_breaks_the_contract_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        from_json(ReadmeSample, json.dumps(json.loads(to_json(SAMPLE)) | wrong))


def test_only_three_splits() -> None:
    with pytest.raises(ValueError, match="split"):
        from_json(SftSample, to_json(TAUGHT).replace('"train"', '"dev"'))


@pytest.mark.parametrize("score", [float("nan"), float("inf")])
def test_scores_are_finite(score: float) -> None:
    with pytest.raises(ValueError, match="no finite number"):
        replace(SAMPLE, quality={"length": score})
    with pytest.raises(ValueError, match="finite"):
        from_json(ReadmeSample, to_json(SAMPLE).replace('"quality":{}', '"quality":{"length":NaN}'))


@pytest.mark.parametrize("wrong", [{"stars": "12"}, {"file_tree": ["a.py"]}, {"readme": "\ud800"}])
def test_what_would_not_read_back_is_not_written(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"Expected|surrogates"):
        to_json(replace(SAMPLE, **wrong))


def test_keys() -> None:
    run = RunMeta(id="7", stage="collect", started_at=1)
    assert [record.key for record in (SAMPLE, TAUGHT, run)] == [SAMPLE.repo_url, "1", "7"]
    assert len({kind.collection for kind in STORED}) == len(STORED) == 4
