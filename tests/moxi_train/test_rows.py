"""Where rows come from, and what must not be trained on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from moxi_core.config import StoreSettings
from moxi_core.errors import SettingsError
from moxi_core.records import to_json
from moxi_core.store import insert_sft_samples, open_store
from moxi_train.rows import checked, owner_of, rows_of, rows_of_store, with_validation
from tests.moxi_train.conftest import sample, write_set

Write = Callable[[object], str]


def test_a_folder_gives_training_and_validation_rows(sft: Path) -> None:
    found = list(checked(rows_of("", sft)))
    assert [s.split for s in found].count("train") == 20
    assert [s.split for s in found].count("validation") == 4


def test_a_plain_array_is_enough(array: Write) -> None:
    rows = [
        {"instruction": "Write it.", "input": {"file_tree": ["a.py"]}, "content": "# A"},
        {"instruction": "Write it.", "input": "a library", "content": "# B"},
        {"instruction": "Write it.", "input": "", "content": "# C", "more": 1},
    ]
    found = list(checked(rows_of(array(rows), Path())))
    assert [s.content for s in found] == ["# A", "# B", "# C"]
    assert found[0].input.file_tree == ("a.py",)
    assert found[1].input.description == "a library"
    assert len({s.id for s in found}) == 3


def test_the_store_gives_its_samples(tmp_path: Path) -> None:
    settings = StoreSettings(data_dir=tmp_path)
    with open_store(settings) as store:
        insert_sft_samples([sample(1), sample(2), sample(3, "test")], store)
    found = list(checked(rows_of_store(settings)))
    assert [s.id for s in found] == ["s1", "s2"]


def test_a_dataset_of_the_hub_may_lie_on_this_disk(tmp_path: Path) -> None:
    from moxi_train.hub import dataset_of

    place = tmp_path / "rows.jsonl"
    place.write_text("".join(to_json(sample(n)) + "\n" for n in range(3)))
    assert [row["id"] for row in dataset_of(str(place))["train"]] == ["s0", "s1", "s2"]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ({}, "is no array"),
        ([], "has no samples: too little"),
        ([{"instruction": "a", "input": "b", "content": "c"}], "has 1 sample: too little"),
        ([{"text": "a"}], r"item 1 .*another shape \(text\); it needs instruction, input, content"),
        (["a"], r"another shape \(str\)"),
        ([{"instruction": 3, "input": "", "content": "c"}], "is no training sample"),
        ([{"instruction": "a", "input": "b", "content": " "}] * 2, "has no content"),
        ([{"instruction": "", "input": "b", "content": "c"}] * 2, "has no instruction"),
        ([{"instruction": "a", "input": "b", "content": "c"}] * 2, "has two samples"),
    ],
)
def test_bad_rows_are_one_sentence(array: Write, rows: object, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        list(checked(rows_of(array(rows), Path())))


def test_a_set_that_is_not_there_names_the_mend(tmp_path: Path) -> None:
    for given in ("", str(tmp_path / "none"), "none.json"):
        with pytest.raises(SettingsError, match="moxi dataset build"):
            rows_of(given, tmp_path / "sft")
    folder = write_set(tmp_path / "sft", [sample(1), sample(2)])
    (folder / "validation.jsonl").unlink()
    with pytest.raises(SettingsError, match=r"has no validation\.jsonl"):
        rows_of("", folder)
    (tmp_path / "broken.json").write_text("[{")
    with pytest.raises(SettingsError, match="cannot be read as JSON"):
        list(rows_of(str(tmp_path / "broken.json"), Path()).read())


def test_owners_are_kept_aside_whole_and_newcomers_move_nobody() -> None:
    few = [replace(sample(n), repo_url=f"https://github.com/o{n // 3}/r{n}") for n in range(120)]
    many = [
        *few,
        *(replace(sample(n), repo_url=f"https://github.com/p{n}/r") for n in range(120, 300)),
    ]
    before = {s.id: s.split for s in with_validation(few, 0.2)}
    after = {s.id: s.split for s in with_validation(many, 0.2)}
    assert before == {i: after[i] for i in before}
    assert 0 < list(before.values()).count("validation") < 60
    for owner in {owner_of(s) for s in few}:
        assert len({before[s.id] for s in few if owner_of(s) == owner}) == 1


def test_rows_without_an_address_are_kept_together_by_what_they_show(array: Write) -> None:
    rows = [
        {"instruction": f"Write {n}.", "input": {"file_tree": [f"{n % 2}.py"]}, "content": f"# {n}"}
        for n in range(6)
    ]
    found = list(rows_of(array(json.loads(json.dumps(rows))), Path()).read())
    assert len({owner_of(s) for s in found}) == 2
