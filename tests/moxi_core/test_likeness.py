from __future__ import annotations

import os
import random
import subprocess
from itertools import combinations
from pathlib import Path

import pytest
from rensa import RMinHash, RMinHashLSH

from moxi_core.errors import StoreError
from moxi_core.likeness import BANDS, PERMUTATIONS, SEED, Likeness, NearDuplicate
from moxi_core.scratch import scratch, sweep

WORDS = (
    "the quick brown fox jumps over one lazy dog while many small birds sing in tall trees".split()
)


def prose(seed: int, length: int = 120) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=length))  # noqa: S311


def found(texts: dict[str, str], similarity: float = 0.8) -> list[NearDuplicate]:
    with Likeness() as likeness:
        for name, text in texts.items():
            likeness.add(name, text)
        return list(likeness.near_duplicates(similarity))


def signature(text: str) -> RMinHash:
    words = text.lower().split()
    made = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    made.update(sorted({" ".join(words[at : at + 5]) for at in range(max(1, len(words) - 4))}))
    return made


def test_what_stays_is_as_with_an_index_in_memory() -> None:
    texts = {f"t{seed:02}": prose(seed) for seed in range(60)}
    texts |= {
        f"u{n}": t.replace("fox", "wolf", n % 7) for n, t in enumerate([*texts.values()][:40])
    }
    index = RMinHashLSH(threshold=0.8, num_perm=PERMUTATIONS, num_bands=BANDS)
    kept: list[RMinHash] = []
    expected = set()
    for name in sorted(texts):
        made = signature(texts[name])
        if any(kept[n].jaccard(made) >= 0.8 for n in index.query(made)):
            expected.add(name)
        else:
            index.insert(len(kept), made)
            kept.append(made)
    assert {one.name for one in found(texts)} == expected
    assert 10 < len(expected) < 40


def test_none_that_stay_are_alike() -> None:
    base = prose(1, 300).split()
    rnd = random.Random(3)  # noqa: S311
    texts = {}
    for number in range(80):
        words = list(base)
        for _ in range(rnd.randint(0, 12)):
            words[rnd.randrange(len(words))] = f"w{rnd.randrange(1000)}"
        texts[f"n{number:02}"] = " ".join(words)
    dropped = {one.name: one.kept for one in found(texts, 0.9)}
    assert 0 < len(dropped) < 80
    assert not set(dropped.values()) & set(dropped)
    signatures = {name: signature(text) for name, text in texts.items() if name not in dropped}
    close = [1 for a, b in combinations(signatures.values(), 2) if a.jaccard(b) >= 0.9]
    assert not close


def test_the_highest_priority_stays_whatever_came_first() -> None:
    with Likeness() as likeness:
        for name, priority in (("b", 1), ("c", 7), ("a", 1)):
            likeness.add(name, prose(1), priority)
        assert list(likeness.near_duplicates(0.8)) == [
            NearDuplicate("a", "c"),
            NearDuplicate("b", "c"),
        ]


def test_short_and_empty_texts_are_texts_too() -> None:
    assert found({"a": "", "b": "MIT", "c": "MIT", "d": ""}) == [
        NearDuplicate("d", "a"),
        NearDuplicate("c", "b"),
    ]


def test_the_scratch_file_is_gone_afterwards(tmp_path: Path) -> None:
    with scratch(tmp_path) as place, Likeness() as likeness:
        likeness.add("a", "text")
        assert list(place.iterdir())
    assert not list((tmp_path / "scratch").iterdir())


def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    child = subprocess.Popen(["true"])
    child.wait()
    for number in (child.pid, os.getpid()):
        (tmp_path / "scratch" / str(number)).mkdir(parents=True)
    sweep(tmp_path)
    assert [place.name for place in (tmp_path / "scratch").iterdir()] == [str(os.getpid())]


def test_a_full_disk_is_told_of() -> None:
    with Likeness() as likeness:
        likeness._tables.db.execute("PRAGMA max_page_count=3")
        for number in range(100):
            likeness.add(str(number), prose(number))
        with pytest.raises(StoreError, match="make room there"):
            list(likeness.near_duplicates(0.8))
