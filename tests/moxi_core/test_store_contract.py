"""What every backend of the store does alike."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from operator import attrgetter
from pathlib import Path
from typing import Any, Protocol

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from moxi_core import store as store_module
from moxi_core.config import StoreSettings
from moxi_core.errors import RecordError, StoreError
from moxi_core.records import Evidence, Fact, KeyFile
from moxi_core.samples import ReadmeChunk, ReadmeSample, RunMeta, SftInput, SftSample, StoredRecord
from moxi_core.store import Store, WorkCounts, open_store
from moxi_core.stores import mongo, sqlite
from moxi_core.stores.backend import Document

NAMES = st.text(min_size=1) | st.text("a.$%02E4\0", min_size=1)
TEXTS = st.text()
KEY_FILES = st.lists(
    st.builds(KeyFile, path=NAMES, content=TEXTS, truncated=st.booleans(), summary=TEXTS),
    max_size=2,
).map(tuple)
TREES = st.lists(NAMES, max_size=3).map(tuple)
INTEGERS = st.integers(-(2**63), 2**63 - 1)
FACTS = st.builds(
    Fact,
    kind=st.sampled_from(["bin", "option"]),
    value=TEXTS,
    evidence=st.builds(Evidence, path=NAMES, line=st.integers(0, 10**6)),
    detail=st.dictionaries(NAMES, TEXTS, max_size=2),
)
SAMPLES = st.builds(
    ReadmeSample,
    repo_url=NAMES,
    owner=TEXTS,
    repo=TEXTS,
    readme=TEXTS,
    file_tree=TREES,
    key_files=KEY_FILES,
    languages=st.dictionaries(NAMES | st.just("ASP.NET"), INTEGERS, max_size=3),
    stars=st.none() | INTEGERS,
    facts=st.lists(FACTS, max_size=2).map(tuple),
    quality=st.dictionaries(NAMES, st.floats(allow_nan=False, allow_infinity=False), max_size=3),
    drop_reason=st.none() | NAMES,
)
CHUNKS = st.builds(
    ReadmeChunk, id=NAMES, repo_url=TEXTS, section=TEXTS, text=TEXTS, heading_path=TREES
)
TAUGHT = st.builds(
    SftSample,
    id=NAMES,
    instruction=TEXTS,
    input=st.builds(SftInput, file_tree=TREES, description=TEXTS, key_files=KEY_FILES),
    content=TEXTS,
    repo_url=TEXTS,
    section=TEXTS,
    split=st.sampled_from(["train", "validation", "test"]),
)
RUNS = st.builds(
    RunMeta,
    id=NAMES,
    stage=TEXTS,
    started_at=INTEGERS,
    settings=st.dictionaries(NAMES, TEXTS, max_size=2),
    counts=st.dictionaries(NAMES, INTEGERS, max_size=2),
)


class Clock(Protocol):
    """A clock that is moved by hand."""

    now: float


def sample(name: str, **fields: object) -> ReadmeSample:
    url = f"https://github.com/o/{name}"
    made = ReadmeSample(repo_url=url, owner="o", repo=name, readme=f"# {name}\n")
    return replace(made, **fields)  # type: ignore[arg-type]


def names(samples: list[ReadmeSample]) -> str:
    return "".join(map(attrgetter("repo"), samples))


@examples(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(record=SAMPLES | CHUNKS | TAUGHT | RUNS)
@example(RunMeta(id="%2E", stage="", started_at=0, counts={"%2E": 1, ".": 2, "%": 3, "$x": 4}))
def test_any_record_comes_back_as_it_was(store: Store, record: StoredRecord) -> None:
    store.upsert([record])
    assert store.get(type(record), record.key) == record
    (found,) = (r for r in store.stream(type(record), with_dropped=True) if r.key == record.key)
    assert found == record


def test_upserting_again_changes_nothing(store: Store) -> None:
    samples = [sample(name) for name in "abc"]
    assert store.upsert(samples) == 3
    assert store.upsert(samples) == 3
    assert list(store.stream(ReadmeSample)) == samples


def test_a_record_replaces_the_one_of_its_key(store: Store) -> None:
    newer = sample("a", commit="2", drop_reason="too_short")
    store.upsert([sample("a", commit="1"), sample("b")])
    store.upsert([newer])
    assert store.get(ReadmeSample, newer.key) == newer
    assert names(list(store.stream(ReadmeSample))) == "b"
    assert store.count(ReadmeSample, with_dropped=True) == 2


def test_of_two_with_one_key_the_later_counts(store: Store) -> None:
    assert store.upsert([sample("a", commit="1"), sample("b"), sample("a", commit="2")]) == 2
    assert [s.commit for s in store.stream(ReadmeSample)] == ["2", ""]


def test_kinds_are_kept_apart(store: Store) -> None:
    chunk = ReadmeChunk(id="a", repo_url="u", section="about", text="x")
    run = RunMeta(id="a", stage="chunk", started_at=1)
    store.upsert([chunk, run])
    assert (store.get(ReadmeChunk, "a"), store.get(RunMeta, "a")) == (chunk, run)
    assert store.get(SftSample, "a") is None


@pytest.mark.parametrize("batch_size", [1, 2, 3, 100])
def test_pages_of_any_size_give_the_same(store: Store, batch_size: int) -> None:
    wanted = [sample(f"{number:02}") for number in range(10)]
    store.upsert(reversed(wanted), batch_size=batch_size)
    assert list(store.stream(ReadmeSample, batch_size=batch_size)) == wanted
    assert list(store.stream(ReadmeSample, batch_size=batch_size, skip=3)) == wanted[3:]


def test_keys_are_in_the_order_of_their_characters(store: Store) -> None:
    keys = ["B", "a", "b", "ä", "ﬀ", "😀"]
    store.upsert(RunMeta(id=key, stage="", started_at=0) for key in reversed(keys))
    assert [run.id for run in store.stream(RunMeta, batch_size=2)] == keys


def test_batches_and_pages_end_where_memory_would_fill(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (store_module, sqlite, mongo):
        monkeypatch.setattr(module, "PAGE_BYTES", 10_000)
    wanted = [sample(name, readme=name * 6_000) for name in "abcde"]
    sizes: dict[str, list[int]] = {"write": [], "page": []}

    def counted(call: Callable[..., Any], name: str, of: int) -> Callable[..., Any]:
        def wrapped(*given: Any) -> Any:
            found = call(*given)
            sizes[name].append(len(found if found is not None else given[of]))
            return found

        return wrapped

    for name in sizes:
        monkeypatch.setattr(
            store._backend, name, counted(getattr(store._backend, name), name, of=1)
        )
    store.upsert(wanted)
    assert list(store.stream(ReadmeSample)) == wanted
    assert sizes == {"write": [2, 2, 1], "page": [2, 2, 1, 0]}


def test_a_stream_goes_on_while_others_write(store: Store) -> None:
    store.upsert(sample(name) for name in "bdf")
    seen = ""
    for found in store.stream(ReadmeSample, batch_size=1):
        seen += found.repo
        store.upsert([sample("a"), sample("e"), sample("f", commit=seen)])
    assert seen == "bdef"


def test_dropped_samples_are_told_only_when_asked(store: Store) -> None:
    store.upsert([sample("a"), sample("b", drop_reason="too_short"), sample("c")])
    assert names(list(store.stream(ReadmeSample))) == "ac"
    assert names(list(store.stream(ReadmeSample, with_dropped=True))) == "abc"
    assert names(list(store.stream(ReadmeSample, batch_size=1))) == "ac"
    assert (store.count(ReadmeSample), store.count(ReadmeSample, with_dropped=True)) == (2, 3)


def test_the_records_of_one_repository(store: Store) -> None:
    chunks = [
        ReadmeChunk(id=f"{number}", repo_url="uv"[number % 2], section="about", text="x")
        for number in range(6)
    ]
    store.upsert(chunks)
    found = store.stream(ReadmeChunk, repo_url="v", batch_size=2)
    assert [chunk.id for chunk in found] == ["1", "3", "5"]
    assert store.remove(ReadmeChunk, "v") == 3
    assert store.remove(ReadmeChunk, "v") == 0
    assert list(store.stream(ReadmeChunk)) == chunks[::2]


def test_what_is_too_large_is_refused_by_name(store: Store) -> None:
    with pytest.raises(RecordError, match=r"github\.com/o/vast takes 17\.0 MB"):
        store.upsert([sample("a"), sample("vast", readme="ä" * 8_912_896)])
    assert store.count(ReadmeSample) == 0  # nothing of its batch


def test_what_is_just_small_enough_is_kept(store: Store) -> None:
    large = sample("large", readme="x" * (16 * 2**20 - 2_000))
    store.upsert([large])
    assert store.get(ReadmeSample, large.key) == large


@pytest.mark.parametrize("wrong", [{"readme": "\udcff"}, {"stars": "1"}, {"repo_url": ""}])
def test_what_no_store_can_hold_is_refused(store: Store, wrong: dict[str, object]) -> None:
    with pytest.raises(RecordError, match=r"cannot be stored") as told:
        store.upsert([sample("a"), sample("odd", **wrong)])
    assert wrong.get("repo_url") == "" or "github.com/o/odd" in str(told.value)
    assert store.count(ReadmeSample) == 0


def test_what_another_moxi_wrote_is_told(store: Store) -> None:
    store._backend.write("runs", [Document("7", json.dumps({"id": "7", "mood": "x"}))])
    with pytest.raises(StoreError, match=r"'7' in runs of .* is no RunMeta of this Moxi"):
        store.get(RunMeta, "7")


def test_a_store_is_found_again(settings: StoreSettings) -> None:
    with open_store(settings) as first:
        first.upsert([sample("a")])
        first.enqueue("q", ["1"])
    with open_store(settings) as second:
        assert names(list(second.stream(ReadmeSample))) == "a"
        assert second.lease("q", "me", 60)


def test_many_open_a_new_store_at_once(settings: StoreSettings) -> None:
    def add(number: int) -> None:
        with open_store(settings) as opened:
            opened.upsert([sample(f"{number}")])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(8)))
    with open_store(settings) as opened:
        assert names(list(opened.stream(ReadmeSample))) == "01234567"


def test_work_is_leased_once(store: Store, clock: Clock) -> None:
    store.enqueue("q", "ab")
    first, second = store.lease("q", "me", 60), store.lease("q", "you", 60)
    assert first and second
    assert (first.key, first.owner, first.tries, first.reason) == ("a", "me", 1, "")
    assert (second.key, second.owner) == ("b", "you")
    assert store.lease("q", "me", 60) is None
    assert store.lease("other", "me", 60) is None


def test_a_lease_that_ran_out_is_somebody_elses(store: Store, clock: Clock) -> None:
    store.enqueue("q", "a")
    mine = store.lease("q", "me", 60)
    clock.now += 59.999
    assert store.lease("q", "you", 60) is None
    clock.now += 0.001
    yours = store.lease("q", "you", 60)
    assert mine and yours and (yours.key, yours.tries) == ("a", 2)
    assert not store.renew(mine, 60)
    assert not store.release(mine)
    assert not store.finish(mine, [sample("mine")])
    assert store.finish(yours, [sample("yours")])
    assert names(list(store.stream(ReadmeSample))) == "yours"


def test_a_lease_can_be_renewed(store: Store, clock: Clock) -> None:
    store.enqueue("q", "a")
    lease = store.lease("q", "me", 60)
    clock.now += 50
    assert lease and store.renew(lease, 60)
    clock.now += 50
    assert store.lease("q", "you", 60) is None
    clock.now += 10
    assert store.renew(lease, 60)  # nobody took it in the meantime
    assert store.lease("q", "you", 60) is None


def test_released_work_waits_and_tells_why(store: Store, clock: Clock) -> None:
    store.enqueue("q", "ab")
    lease = store.lease("q", "me", 60)
    assert lease and store.release(lease, "timeout", delay=30)
    assert not store.renew(lease, 60)
    other = store.lease("q", "you", 600)
    assert other and other.key == "b"
    assert store.lease("q", "you", 60) is None
    clock.now += 30
    again = store.lease("q", "you", 60)
    assert again and (again.key, again.tries, again.reason) == ("a", 2, "timeout")


def test_what_waits_longest_comes_first(store: Store, clock: Clock) -> None:
    store.enqueue("q", "b")
    lease = store.lease("q", "me", 60)
    assert lease and store.release(lease)
    store.enqueue("q", "za")
    got = [store.lease("q", "me", 60) for _ in range(3)]
    assert [lease.key for lease in got if lease] == ["a", "z", "b"]


def test_finished_work_is_done_for_good(store: Store, clock: Clock) -> None:
    store.enqueue("q", "a")
    lease = store.lease("q", "me", 60)
    assert lease and store.finish(lease, [sample("a"), sample("a", commit="2")])
    clock.now += 10**6
    store.enqueue("q", "a")
    assert store.lease("q", "me", 60) is None
    assert not store.release(lease)
    assert [s.commit for s in store.stream(ReadmeSample)] == ["2"]


def test_done_work_is_opened_again_when_asked(store: Store, clock: Clock) -> None:
    store.enqueue("q", "ab")
    lease = store.lease("q", "me", 60)
    assert lease and store.finish(lease)
    assert store.lease("q", "me", 60)
    store.enqueue("q", "ab", again=True)
    opened = store.lease("q", "you", 60)
    assert opened and (opened.key, opened.tries) == ("a", 1)
    assert store.lease("q", "you", 60) is None  # b is somebody's, and stays so


def test_a_result_that_is_refused_leaves_the_work_open(store: Store, clock: Clock) -> None:
    store.enqueue("q", "a")
    lease = store.lease("q", "me", 60)
    assert lease
    with pytest.raises(RecordError):
        store.finish(lease, [sample("a"), sample("odd", readme="\udcff")])
    assert store.count(ReadmeSample) == 0
    assert store.finish(lease, [sample("a")])


def test_stats(store: Store, clock: Clock) -> None:
    store.upsert([sample("a"), sample("b", drop_reason="short"), sample("c", drop_reason="short")])
    store.enqueue("q", "abcd")
    done, back, _kept = (store.lease("q", "me", 60) for _ in range(3))
    assert done and store.finish(done)
    assert back and store.release(back, delay=60)
    found = store.stats()
    assert found.address == store.address
    assert found.records == {"readme_samples": 3, "readme_chunks": 0, "sft_samples": 0, "runs": 0}
    assert found.dropped == {"short": 2}
    assert found.work == {"q": WorkCounts(waiting=2, leased=1, done=1)}


def test_threads_share_a_store(store: Store) -> None:
    store.enqueue("q", map(str, range(60)))

    def work(owner: int) -> list[str]:
        mine = []
        while lease := store.lease("q", f"{owner}", 600):
            assert store.finish(lease, [sample(f"{int(lease.key):02}")])
            mine.append(lease.key)
        return mine

    with ThreadPoolExecutor(4) as pool:
        keys = [key for mine in pool.map(work, range(4)) for key in mine]
    assert Counter(keys) == Counter(map(str, range(60)))
    assert store.count(ReadmeSample) == 60


def test_the_short_way(
    settings: StoreSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in vars(settings).items():
        monkeypatch.setenv("MOXI_DATA_DIR" if name == "data_dir" else name.upper(), str(value))
    samples = [sample(f"{n}", drop_reason="short" if n == 3 else None) for n in range(6)]
    assert store_module.insert_readme_samples(samples) == 6
    find: Callable[..., list[ReadmeSample]] = store_module.find_readme_samples
    assert names(find()) == "01245"
    assert names(find(1, 3)) == "124"
    assert names(find(skip=2, limit=2, with_dropped=True)) == "23"
    assert find(limit=0) == find(skip=9) == []
    taught = [
        SftSample(
            id=f"{n}",
            instruction="Write.",
            input=SftInput(),
            content=f"# {n}",
            repo_url="u",
            section="about",
            split="train",
        )
        for n in range(5)
    ]
    assert store_module.insert_sft_samples(iter(taught)) == 5
    assert list(store_module.stream_sft_samples(batch_size=2)) == taught
    assert [row["content"] for row in store_module.export_sft_to_list()] == [
        f"# {n}" for n in range(5)
    ]
    with open_store(settings) as given:
        assert names(store_module.find_readme_samples(store=given)) == "01245"
        assert given.count(ReadmeSample) == 5  # a store that is given stays open
