"""The training set: splits, near-duplicates, what is held back, files, runs that were stopped."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pyarrow import parquet

from moxi_chunk.dataset import Recipe, build
from moxi_chunk.held_back import HeldBack, read_names
from moxi_chunk.instruct import Failure, Instruction, Request, template
from moxi_chunk.report import Report
from moxi_chunk.splits import split_of
from moxi_core.config import StoreSettings
from moxi_core.errors import LlmQuotaError, SettingsError
from moxi_core.prompt import PromptStyle, fitted, render
from moxi_core.records import KeyFile, to_json
from moxi_core.samples import ReadmeSample, SftInput, SftSample
from moxi_core.sft_set import SPLITS, read_samples
from moxi_core.store import Store, open_store
from tests.moxi_chunk.samples import sample


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(StoreSettings(data_dir=tmp_path)) as opened:
        yield opened


def patterns(requests: Iterable[Request]) -> Iterator[Instruction | Failure]:
    return map(template, requests)


def made(store: Store, folder: Path, **more: object) -> Report:
    return build(store, folder, patterns, Recipe(**more))  # type: ignore[arg-type]


def rows(folder: Path) -> dict[str, list[SftSample]]:
    return {split: list(read_samples(folder / "sft" / f"{split}.jsonl")) for split in SPLITS}


def many(count: int, start: int = 0) -> list[ReadmeSample]:
    return [sample(f"owner{n // 2}", f"tool{n}", seed=n) for n in range(start, start + count)]


def test_files_and_store_hold_the_same(store: Store, tmp_path: Path) -> None:
    store.upsert(many(60))
    report = made(store, tmp_path, as_array=True)
    found = rows(tmp_path)
    everything = [one for split in SPLITS for one in found[split]]
    assert report.splits == {split: len(found[split]) for split in SPLITS if found[split]}
    assert len(everything) == 240
    assert sorted(map(to_json, store.stream(SftSample))) == sorted(map(to_json, everything))
    array = json.loads((tmp_path / "sft" / "sft_dataset.json").read_text())
    assert {row["id"] for row in array} == {one.id for one in everything}
    for split in SPLITS:
        table = parquet.read_table(tmp_path / "sft" / f"{split}.parquet")
        assert table.to_pylist() == [json.loads(to_json(one)) for one in found[split]]
    assert "| train |" in (tmp_path / "sft" / "README.md").read_text()
    assert sorted(p.name for p in tmp_path.glob("scratch/*")) == []


def test_what_load_dataset_sees(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    datasets = pytest.importorskip("datasets")
    store.upsert(many(40))
    made(store, tmp_path)
    loaded = datasets.load_dataset(str(tmp_path / "sft"), cache_dir=str(tmp_path / "cache"))
    assert {split: loaded[split].num_rows for split in loaded} == {
        split: len(found) for split, found in rows(tmp_path).items()
    }
    assert loaded["train"][0]["input"]["file_tree"]


def test_no_owner_and_no_like_texts_are_in_two_splits(store: Store, tmp_path: Path) -> None:
    copies = [replace(one, owner=f"fork{n}", repo_url=f"https://github.com/fork{n}/{one.repo}")
              for n, one in enumerate(many(30))]  # fmt: skip
    store.upsert([*many(30), *copies])
    report = made(store, tmp_path)
    assert report.dropped["nearly the same as another one"] == 120
    owners = [
        {one.repo_url.split("/")[3].lower() for one in found} for found in rows(tmp_path).values()
    ]
    assert not owners[0] & owners[1] and not owners[0] & owners[2] and not owners[1] & owners[2]
    texts = [one.content for found in rows(tmp_path).values() for one in found]
    assert len(set(texts)) == len(texts) == 120


def test_newcomers_move_nobody(store: Store, tmp_path: Path) -> None:
    store.upsert(many(100))
    made(store, tmp_path)
    before = {one.id: one.split for found in rows(tmp_path).values() for one in found}
    store.upsert(many(100, start=100))
    made(store, tmp_path)
    after = {one.id: one.split for found in rows(tmp_path).values() for one in found}
    assert {name: after[name] for name in before} == before
    assert len(after) == 2 * len(before)


def test_splits_are_by_owner_whatever_its_case() -> None:
    counts = {"train": 0, "validation": 0, "test": 0}
    for number in range(4_000):
        counts[split_of(f"owner{number}")] += 1
        assert split_of(f"OWNER{number}") == split_of(f"owner{number} ")
    assert 3_500 < counts["train"] < 3_700
    assert 150 < counts["validation"] < 250 and 150 < counts["test"] < 250


def test_what_is_kept_for_measuring_is_not_taught(store: Store, tmp_path: Path) -> None:
    kept, other = sample("eval", "tool", seed=1), sample("me", "thing", seed=2)
    shares = replace(
        other, readme=other.readme.replace("## Sponsors", kept.readme.split("## Usage")[1][:400])
    )
    store.upsert([kept, shares, sample("you", "more", seed=3)])
    report = build(store, tmp_path, patterns, Recipe(), ["Eval/Tool"])
    assert report.dropped["kept for measuring"] == 1
    assert report.dropped["shares words with what is kept for measuring"] >= 1
    urls = {one.repo_url for found in rows(tmp_path).values() for one in found}
    assert kept.repo_url not in urls and len(urls) == 2


def test_lists_of_what_is_kept(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('[[repo]]\nname = "a/b"\n')
    (tmp_path / "b.txt").write_text("# ours\nhttps://github.com/c/d.git\ne/f  # x\n")
    assert read_names(tmp_path / "a.toml") == ["a/b"]
    assert read_names(tmp_path / "b.txt") == ["c/d", "e/f"]
    assert HeldBack(["C/d"]).is_held_back("https://gitlab.com/c/D")
    (tmp_path / "c.txt").write_text("no repository\n")
    for name in ("c.txt", "none.txt"):
        with pytest.raises(SettingsError, match=name):
            read_names(tmp_path / name)


def test_failures_are_counted_and_named_and_the_rest_is_written(
    store: Store, tmp_path: Path
) -> None:
    store.upsert(many(10))

    def every_third_fails(requests: Iterable[Request]) -> Iterator[Instruction | Failure]:
        for number, request in enumerate(requests):
            yield Failure(id=request.id, reason="refused") if number % 3 == 0 else template(request)

    report = build(store, tmp_path, every_third_fails, Recipe(worded_share=0.3))
    taught = sum(len(found) for found in rows(tmp_path).values())
    assert report.failed["refused"] > 5
    assert taught + report.failed["refused"] == 40
    assert len(report.failures) == report.failed["refused"]
    assert report.sources["prompt"] > 0


def test_a_quota_that_ends_leaves_the_former_files(store: Store, tmp_path: Path) -> None:
    store.upsert(many(10))
    made(store, tmp_path)
    before = rows(tmp_path)
    store.upsert(many(10, start=10))

    def ends(requests: Iterable[Request]) -> Iterator[Instruction | Failure]:
        for number, request in enumerate(requests):
            if number == 20:
                raise LlmQuotaError("The quota has ended.")
            yield template(request)

    with pytest.raises(LlmQuotaError):
        build(store, tmp_path, ends, Recipe())
    assert rows(tmp_path) == before
    assert not list((tmp_path / "scratch").iterdir())


def test_what_is_no_longer_taught_is_forgotten(store: Store, tmp_path: Path) -> None:
    store.upsert(many(4))
    made(store, tmp_path)
    store.upsert([replace(many(4)[0], drop_reason="no license")])
    made(store, tmp_path)
    urls = {one.repo_url for one in store.stream(SftSample)}
    assert urls == {one.repo_url for one in many(4)[1:]}


def test_what_was_fitted_is_shown_as_it_is(store: Store, tmp_path: Path) -> None:
    tree = tuple(f"src/part{n}/file{n}.py" for n in range(3_000))
    files = tuple(KeyFile(path=f"f{n}.py", content=f"line {n}\n" * 900) for n in range(9))
    given = SftInput(file_tree=tree, key_files=files, project_type="cli", description="d " * 600)
    style = PromptStyle()
    once = fitted(given, style)
    assert fitted(once, style) == once
    assert once.file_tree[-1].startswith("... and ")
    assert render(given, "Write.", style) == render(once, "Write.", style)
    smaller = fitted(once, PromptStyle(context_tokens=2_000))
    left = int(smaller.file_tree[-1].split()[2])
    assert left + len(smaller.file_tree) - 1 == 3_000
