"""Sample images: which, in what order, and brought into PNG."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from moxi_card.samples import find_samples, place_samples
from moxi_core.errors import CardError
from tests.moxi_card.jobs import picture

PROMPTS = ["one", "two", "three"]


def test_of_a_trainer_the_last_step_counts(tmp_path: Path) -> None:
    for step in (0, 250, 2000):
        for number in (1, 0, 10):
            (tmp_path / f"17{step:05}__{step:09}_{number}.jpg").write_bytes(picture(kind="JPEG"))
    names = [place.name for place in find_samples(tmp_path)]
    assert names == [f"1702000__000002000_{number}.jpg" for number in (0, 1, 10)]


def test_all_become_png(tmp_path: Path) -> None:
    for name, kind in (("a.png", "PNG"), ("b.jpg", "JPEG"), ("c.webp", "WEBP")):
        (tmp_path / name).write_bytes(picture(kind=kind))
    (tmp_path / "b.txt").write_text("a prompt of its own\n")
    package = tmp_path / "package"
    made = place_samples(find_samples(tmp_path), PROMPTS, package)
    assert [(s.path, s.prompt) for s in made] == [
        ("samples/sample_001.png", "one"),
        ("samples/sample_002.png", "a prompt of its own"),
        ("samples/sample_003.png", "three"),
    ]
    assert (package / made[0].path).read_bytes() == (tmp_path / "a.png").read_bytes()
    for sample in made:
        with Image.open(BytesIO((package / sample.path).read_bytes())) as image:
            assert (image.format, image.size) == ("PNG", (32, 32))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.gif", picture(kind="GIF"), "'a.gif' in .* is no image that a card shows"),
        ("a.svg", b"<svg/>", "is no image that a card shows"),
        ("a.png", b"<svg/>", "is no PNG, JPEG or WebP image, whatever its name says"),
        ("a.png", picture(kind="GIF"), "is no PNG, JPEG or WebP image"),
        ("a.jpg", picture(kind="JPEG", size=64)[:400], "is a broken image"),
        ("a.png", b"", "is no PNG, JPEG or WebP image"),
    ],
)
def test_wrong_types(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CardError, match=message):
        place_samples(find_samples(tmp_path), PROMPTS, tmp_path / "package")
    assert not (tmp_path / "package").exists()


def test_a_picture_that_is_far_too_large(tmp_path: Path) -> None:
    made = BytesIO()
    Image.new("1", (9_000, 9_000)).save(made, "PNG")
    (tmp_path / "a.png").write_bytes(made.getvalue())
    with pytest.raises(CardError, match="has too many pixels"):
        place_samples(find_samples(tmp_path), PROMPTS, tmp_path / "package")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CardError, match="cannot be read"):
        find_samples(tmp_path / "none")
    assert find_samples(tmp_path) == []
