"""Filters: each drops for its own reason, whatever the order in which samples came."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from moxi_collect.filters import FAILED, PENDING, Rules, drop_reason, is_allowed, validate
from moxi_core.config import StoreSettings
from moxi_core.samples import ReadmeSample
from moxi_core.store import Store, open_store

GOOD: Mapping[str, float] = {
    "words": 200, "readable": 1, "link_share": 0.1, "latin_share": 1, "english_share": 0.3,
    "judged_claims": 10, "false_share": 0,
}  # fmt: skip
WORDS = "the quick brown fox jumps over a lazy dog and runs to its den for more of that".split()


def prose(seed: int, count: int = 300) -> str:
    draw = random.Random(seed)  # noqa: S311
    return " ".join(f"{draw.choice(WORDS)}{draw.randint(0, 99)}" for _ in range(count))


def sample(name: str = "good", *, scores: Mapping[str, float] = {}, **fields: Any) -> ReadmeSample:
    given = {
        "repo_url": f"https://github.com/owner/{name}", "owner": "owner", "repo": name,
        "readme": prose(sum(map(ord, name))), "license": "MIT", "language": "Go",
        "quality": {**GOOD, **scores},
    } | fields  # fmt: skip
    return ReadmeSample(**given)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (sample(), ""),
        (sample(readme="  \n"), "no README"),
        (sample(readme="", drop_reason=PENDING), PENDING),
        (sample(readme="", drop_reason=FAILED + "unreachable"), FAILED + "unreachable"),
        (sample(drop_reason=PENDING), ""),
        (sample(readme="short"), "too short"),
        (sample(scores={"words": 10}), "too short"),
        (sample(readme="long " * 20_000), "too long"),
        (sample(scores={"readable": 0}), "format not read"),
        (sample(scores={"link_share": 0.9}), "mostly links"),
        (sample(scores={"latin_share": 0.2}), "not in English"),
        (sample(scores={"english_share": 0.01}), "not in English"),
        (sample(license=""), "no license"),
        (sample(license="LicenseRef-Own"), "license not allowed"),
        (sample(license="GPL-3.0-only OR MIT"), ""),
        (sample(archived=True), "archived"),
        (sample(fork=True), "fork"),
        (sample(scores={"false_share": 0.5}), "contradicted by the code"),
        (sample(scores={"false_share": 0.5, "judged_claims": 2}), ""),
    ],
)
def test_each_filter_has_its_reason(made: ReadmeSample, reason: str) -> None:
    assert drop_reason(made, Rules()) == reason


def test_rules_can_be_widened() -> None:
    assert drop_reason(sample(license=""), Rules(licenses=frozenset())) == ""
    assert drop_reason(sample(archived=True), Rules(archived=True)) == ""
    assert drop_reason(sample(fork=True), Rules(forks=True)) == ""
    foreign = sample(scores={"latin_share": 0.0})
    assert drop_reason(foreign, Rules(english_only=False)) == ""
    assert drop_reason(sample(), Rules(languages=frozenset({"rust"}))) == "another language"
    assert drop_reason(sample(), Rules(languages=frozenset({"go"}))) == ""


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("MIT", True),
        ("mit", True),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("MIT OR GPL-3.0-only", True),
        ("GPL-3.0-only OR AGPL-3.0-only", False),
        ("MIT AND GPL-3.0-only", False),
        ("(MIT AND Apache-2.0)", True),
        ("", False),
        ("WITH", False),
    ],
)
def test_license_expressions(expression: str, expected: bool) -> None:
    assert is_allowed(expression, {"MIT", "Apache-2.0"}) is expected


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(StoreSettings(data_dir=tmp_path))


def reasons(store: Store) -> dict[str, str | None]:
    found = store.stream(ReadmeSample, with_dropped=True)
    return {one.repo: one.drop_reason for one in found}


def test_of_near_duplicates_the_one_with_more_stars_stays(store: Store) -> None:
    text = prose(1)
    nearly = text.replace("fox", "wolf", 3)
    store.upsert(
        [
            sample("a", readme=text, stars=1),
            sample("b", readme=nearly, stars=50),
            sample("c", readme=text, license=""),
            sample("d"),
        ]
    )
    counts = validate(store, Rules())
    assert reasons(store) == {"a": "near-duplicate", "b": None, "c": "no license", "d": None}
    assert counts == {"": 2, "near-duplicate": 1, "no license": 1}


def test_the_result_does_not_depend_on_the_order(tmp_path: Path) -> None:
    made = [sample(f"n{i}", readme=prose(i // 3), stars=i % 2) for i in range(30)]
    results = []
    for seed in (1, 2):
        random.Random(seed).shuffle(made)  # noqa: S311
        with open_store(StoreSettings(data_dir=tmp_path / str(seed))) as store:
            for one in made:
                store.upsert([one])
                validate(store, Rules())
            results.append(reasons(store))
    assert results[0] == results[1]
    assert list(results[0].values()).count(None) == 10


def test_validating_again_changes_what_other_rules_say(store: Store) -> None:
    store.upsert([sample("a", license=""), sample("b", drop_reason="too short")])
    validate(store, Rules())
    assert reasons(store) == {"a": "no license", "b": None}
    validate(store, Rules(licenses=frozenset()))
    assert reasons(store) == {"a": None, "b": None}


def test_what_could_not_be_collected_keeps_its_reason(store: Store) -> None:
    gone = replace(sample("gone"), readme="", drop_reason=FAILED + "gone or private")
    store.upsert([gone])
    assert validate(store, Rules()) == {FAILED + "gone or private": 1}
