"""Chunks in the store and in files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from moxi_chunk.chunk import Bounds
from moxi_chunk.kinds import section_kind
from moxi_chunk.publish import publish_chunks
from moxi_core.config import StoreSettings
from moxi_core.records import from_json
from moxi_core.samples import ReadmeChunk
from moxi_core.store import open_store
from tests.moxi_chunk.samples import sample

READMES = [sample(f"o{n}", seed=n) for n in range(4)]


def test_chunks_joined_are_the_readmes(tmp_path: Path) -> None:
    with open_store(StoreSettings(data_dir=tmp_path)) as store:
        report = publish_chunks(lambda: READMES, tmp_path / "chunks", store=store, flat=True)
        stored = list(store.stream(ReadmeChunk))
    lines = (tmp_path / "chunks" / "readme_chunks.jsonl").read_bytes().splitlines()
    written = [from_json(ReadmeChunk, line) for line in lines]
    assert report.chunks == len(written) == len(stored)
    for one in READMES:
        own = sorted((c for c in written if c.repo_url == one.repo_url), key=lambda c: c.start)
        assert "".join(chunk.text for chunk in own) == one.readme
        assert [one.readme[c.start : c.end] for c in own] == [c.text for c in own]
    items = json.loads((tmp_path / "chunks" / "readme_chunks.json").read_text())
    assert len(items) == report.chunks
    assert items[0]["file_tree"] == list(READMES[0].file_tree)


def test_a_second_run_leaves_no_chunk_of_the_first(tmp_path: Path) -> None:
    with open_store(StoreSettings(data_dir=tmp_path)) as store:
        publish_chunks(
            lambda: READMES, tmp_path, Bounds(min_length=100, max_length=200), store=store
        )
        shorter = [replace(one, readme="# x\n") for one in READMES]
        publish_chunks(lambda: shorter, tmp_path, store=store)
        assert [chunk.text for chunk in store.stream(ReadmeChunk)] == ["# x\n"] * 4


@pytest.mark.parametrize(
    ("path", "is_first", "kind"),
    [
        (("wordy", "🚀 Getting Started"), False, "install"),
        (("wordy", "Usage", "With Docker"), False, "usage"),
        (("wordy",), True, "about"),
        (("Zebras",), False, "other"),
        (("wordy", "Key features"), False, "features"),
        (("wordy", "Frequently Asked Questions"), False, "faq"),
        (("wordy", "Props"), False, "configuration"),
        (("wordy", "Support us", "Sponsors"), False, "sponsors"),
        (("wordy", "Table of Contents"), False, "contents"),
        (("wordy", "Tech Stack"), False, "built_with"),
    ],
)
def test_kinds(path: tuple[str, ...], is_first: bool, kind: str) -> None:
    assert section_kind(path, "wordy", is_first=is_first) == kind
