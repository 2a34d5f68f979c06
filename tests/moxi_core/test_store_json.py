"""README samples as JSON: all of a file comes in, or nothing; what goes out comes in again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from moxi_core import store_json
from moxi_core.config import StoreSettings
from moxi_core.errors import StoreError
from moxi_core.samples import ReadmeSample
from moxi_core.store import Store, open_store
from moxi_core.store_json import array_of, import_samples, lines_of

Import = Callable[[str | bytes], int]


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Store]:
    """An embedded store."""
    with open_store(StoreSettings(data_dir=tmp_path)) as store:
        yield store


@pytest.fixture
def load(kept: Store, tmp_path: Path) -> Import:
    """load(text): import a file of this text."""

    def call(content: str | bytes) -> int:
        file = tmp_path / "rows.json"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return import_samples(kept, file)

    return call


def row(name: str, **fields: object) -> dict[str, Any]:
    return {"repo_url": name, "owner": "o", "repo": name, "readme": f"# {name}"} | fields


def test_rows_of_others_are_understood(kept: Store, load: Import) -> None:
    rows = [
        row(
            "a",
            file_tree="src/a.py\n\nREADME.md\n",
            language="Python",
            stars=None,
            _id={"$oid": "7"},
        ),
        row("b", file_tree=["b.go"], languages={"ASP.NET": 3}, license=None, topics=["x"], stars=4),
    ]
    assert load("\ufeff " + json.dumps(rows, indent=2) + "\n\n") == 2
    first, second = kept.stream(ReadmeSample)
    assert (first.file_tree, first.language, first.stars) == (
        ("src/a.py", "README.md"),
        "Python",
        None,
    )
    assert (second.file_tree, second.stars, second.topics) == (("b.go",), 4, ("x",))
    assert (second.languages, second.license) == ({"ASP.NET": 3}, "")


def test_every_bad_row_is_named_and_nothing_imported(kept: Store, load: Import) -> None:
    rows = [
        row("a"),
        row("b", repo=3, mood="x"),
        7,
        row("c", readme="\ud800"),
        {"repo_url": "d"},
        row(""),
        row("e", quality={"length": float("nan")}),
        row("vast", readme="x" * 17_000_000),
    ]
    with pytest.raises(StoreError, match=r"^Nothing was imported: 7 of 8 rows") as told:
        load(json.dumps(rows))
    message = str(told.value)
    for part in (
        "[1] b: repo: Input should be a valid string, mood: Unexpected keyword argument;",
        "[2] int: it is no object;",
        "[3] c: Invalid JSON",
        "[4] d: owner: Field required, repo: Field required",
        "[5] A ReadmeSample without repo_url cannot be stored",
        "[6] e: quality.length: Input should be a finite number",
        "[7] The record of vast takes 16.2 MB; a store takes at most 16 MB",
    ):
        assert part in message
    assert kept.count(ReadmeSample) == 0


def test_of_many_bad_rows_ten_are_told(load: Import) -> None:
    with pytest.raises(StoreError, match=r"15 of 15 rows .*\[9\] int: [^;]*; and 5 more\.$"):
        load(json.dumps([1] * 15))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "does not begin with"),
        ("{}", "does not begin with"),
        ('{"repo_url": "a"}\n{"repo_url": "b"}\n', "does not begin with"),
        ("[", r"broken at \[0\]"),
        ("[{}", r"\[1\]: a comma or the end"),
        ("[{} {}]", r"\[1\]: a comma or the end"),
        ("[{},]", r"broken at \[1\]: Expecting value"),
        ('[{}, {"repo_url": "a', r"broken at \[1\]: Unterminated string"),
        ("[] []", "goes on after the end"),
        ("[" * 100_000, r"\[0\]: it is nested too deeply"),
        (b'["\xff"]', "not UTF-8"),
    ],
)
def test_what_is_no_array_is_refused(
    kept: Store, load: Import, text: str | bytes, why: str
) -> None:
    with pytest.raises(StoreError, match=why):
        load(text)
    assert kept.count(ReadmeSample) == 0


def test_an_empty_array_is_one(load: Import) -> None:
    assert load(" [ ] ") == 0


def test_a_row_that_never_ends_does_not_fill_the_memory(
    load: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_json, "_MAX_ROW", 1_000)
    monkeypatch.setattr(store_json, "_CHUNK", 100)
    with pytest.raises(StoreError, match=r"broken at \[0\]"):
        load('["' + "x" * 100_000)


@examples(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    values=st.lists(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=5,
        ),
        max_size=5,
    ),
    indent=st.sampled_from([None, 0, 2]),
    chunk=st.integers(1, 40),
)
def test_any_array_is_read_whatever_the_pieces(
    values: list[object], indent: int | None, chunk: int, tmp_path: Path
) -> None:
    file = tmp_path / "any.json"
    file.write_text(json.dumps(values, indent=indent, ensure_ascii=False), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store_json, "_CHUNK", chunk)
        assert list(store_json._rows(file)) == list(enumerate(values))


def test_what_goes_out_comes_in_again(kept: Store, load: Import, tmp_path: Path) -> None:
    load(json.dumps([row("a", readme="# ä\n😀\0"), row("b", drop_reason="short", stars=3)]))
    exported = b"".join(array_of(kept.stream(ReadmeSample, with_dropped=True)))
    (tmp_path / "out.json").write_bytes(exported)
    with open_store(StoreSettings(data_dir=tmp_path / "other")) as other:
        assert import_samples(other, tmp_path / "out.json") == 2
        assert b"".join(array_of(other.stream(ReadmeSample, with_dropped=True))) == exported
    lines = b"".join(lines_of(kept.stream(ReadmeSample, with_dropped=True)))
    assert list(map(json.loads, lines.splitlines())) == json.loads(exported)
    assert b"".join(array_of([])) == b"[]\n"
