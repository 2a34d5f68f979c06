"""Captions: manifests, sidecars, metadata.jsonl; a stranger's text as one visible line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from moxi_card import extract_captions
from moxi_card.captions import MAX_CAPTION, load_captions
from moxi_core.errors import CardError
from tests.moxi_card.jobs import picture


def test_a_manifest(tmp_path: Path) -> None:
    table = {"images": [{"caption": "a  frog\n on a\tbench"}, {"file": "x.png"}, {"caption": None}]}
    place = tmp_path / "manifest.json"
    place.write_text(json.dumps(table))
    assert extract_captions(table) == extract_captions(place) == ["a frog on a bench"]
    found = load_captions(place)
    assert (found.texts, found.images, found.missing) == (("a frog on a bench",), 3, 2)


def test_sidecars_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for number in (1, 2, 10):
        (tmp_path / f"img{number}.JPG").write_bytes(b"")
        (tmp_path / f"img{number}.txt").write_text(f"frog {number}\r\n", newline="")
    (tmp_path / "img3.png").write_bytes(b"")
    (tmp_path / "notes.md").write_text("x")
    found = load_captions(tmp_path)
    assert found.texts == ("frog 1", "frog 2", "frog 10")
    assert found.images == 4


@pytest.mark.parametrize("key", ["text", "caption", "prompt"])
def test_metadata_rows(tmp_path: Path, key: str) -> None:
    rows = [{"file_name": "1.png", key: "one"}, {"file_name": "2.png"}]
    place = tmp_path / "metadata.jsonl"
    place.write_text("\n".join(map(json.dumps, rows)) + "\n\n")
    assert load_captions(tmp_path) == load_captions(place)
    assert load_captions(place).texts == ("one",)


def test_what_cannot_be_seen_is_dropped() -> None:
    wild = "Ａ frog\u202e evil\u200b \x1b[31mred\ud800 e\u0301 🐸"
    (text,) = extract_captions({"images": [{"caption": wild}]})
    assert text == "Ａ frog evil [31mred é 🐸"
    (long,) = extract_captions({"images": [{"caption": "word " * 10_000}]})
    assert len(long) <= MAX_CAPTION


def test_ten_thousand_images(tmp_path: Path) -> None:
    table = {"images": [{"caption": f"frog number {n}"} for n in range(10_000)]}
    assert len(extract_captions(table)) == 10_000


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "cannot be read as JSON"),
        ("[" * 100_000, "cannot be read as JSON"),
        ("[]", 'has no list "images"'),
        ('{"images": {}}', 'has no list "images"'),
        ('{"images": []}', "names no image"),
        ('{"images": [1]}', r"The caption of images\[0\]"),
        ('{"images": [{"caption": ["x"]}]}', r"The caption of images\[0\]"),
    ],
)
def test_a_broken_manifest(tmp_path: Path, content: str, message: str) -> None:
    place = tmp_path / "manifest.json"
    place.write_text(content)
    with pytest.raises(CardError, match=message):
        load_captions(place)


def test_broken_folders_and_rows(tmp_path: Path) -> None:
    with pytest.raises(CardError, match="There are no images"):
        load_captions(tmp_path)
    with pytest.raises(CardError, match="cannot be read"):
        load_captions(tmp_path / "none.json")
    (tmp_path / "a.png").write_bytes(picture())
    (tmp_path / "a.txt").write_text("one\ntwo\n")
    with pytest.raises(CardError, match="more than one line"):
        load_captions(tmp_path)
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(CardError, match="not in UTF-8"):
        load_captions(tmp_path)
    rows = tmp_path / "metadata.jsonl"
    for line, message in (("{", "Line 1 of"), ('{"text": "x"}', "give it file_name")):
        rows.write_text(line)
        with pytest.raises(CardError, match=message):
            load_captions(tmp_path)
