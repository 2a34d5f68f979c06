"""Models are unpacked as a stranger's: plain files within one folder, or nothing."""

from __future__ import annotations

import gzip
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moxi_core.errors import TrainError
from moxi_train.aws.fetch import unpack
from tests.moxi_train.aws.aws_world import tarball


def entry(name: str, kind: bytes, target: str = "", size: int = 0) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.size = kind, target, size
    return made


def packed(folder: Path, content: bytes) -> Path:
    place = folder / "model.tar.gz"
    place.write_bytes(content)
    return place


def test_files_and_folders(tmp_path: Path) -> None:
    content = tarball(
        {"moxi.json": b"{}", "./adapter/a.bin": b"1"}, entry(".", tarfile.DIRTYPE), entry("empty/", tarfile.DIRTYPE)
    )  # fmt: skip
    unpack(packed(tmp_path, content), tmp_path / "model")
    assert (tmp_path / "model/adapter/a.bin").read_bytes() == b"1"
    assert (tmp_path / "model/empty").is_dir()


@pytest.mark.parametrize(
    "bad",
    [
        entry("link", tarfile.SYMTYPE, "/etc/passwd"),
        entry("link", tarfile.SYMTYPE, "moxi.json"),
        entry("hard", tarfile.LNKTYPE, "moxi.json"),
        entry("/etc/moxi", tarfile.REGTYPE),
        entry("../out", tarfile.REGTYPE),
        entry("a/../../out", tarfile.REGTYPE),
        entry("a\\..\\out", tarfile.REGTYPE),
        entry("C:/out", tarfile.REGTYPE),
        entry("pipe", tarfile.FIFOTYPE),
        entry("device", tarfile.CHRTYPE),
        entry("sparse", tarfile.GNUTYPE_SPARSE),
        entry("../folder", tarfile.DIRTYPE),
    ],
    ids=lambda bad: f"{bad.name}-{bad.type!r}",
)
def test_what_is_no_plain_file_inside_is_refused(tmp_path: Path, bad: tarfile.TarInfo) -> None:
    (tmp_path / "in").mkdir()
    place = packed(tmp_path, tarball({"moxi.json": b"{}"}, bad))
    with pytest.raises(TrainError, match=r"model.tar.gz (holds|is no whole)"):
        unpack(place, tmp_path / "in/model")
    assert not (tmp_path / "in/out").exists()
    assert not (tmp_path / "out").exists()
    assert not any(p.is_symlink() for p in (tmp_path / "in").rglob("*"))


def test_a_path_twice_is_refused(tmp_path: Path) -> None:
    place = packed(tmp_path, tarball({"a": b"1"}, entry("a", tarfile.REGTYPE, size=3)))
    with pytest.raises(TrainError, match=r"one path twice"):
        unpack(place, tmp_path / "model")
    under = packed(tmp_path, tarball({"a": b"1", "a/b": b"2"}))
    with pytest.raises(TrainError, match=r"one path twice"):
        unpack(under, tmp_path / "other")


def test_too_much_is_refused_before_it_is_written(tmp_path: Path) -> None:
    place = packed(tmp_path, tarball({"a": b"1"}, entry("zeros", tarfile.REGTYPE, size=5_000_000)))
    assert place.stat().st_size < 10_000
    with pytest.raises(TrainError, match=r"more than 1,000,000 bytes"):
        unpack(place, tmp_path / "model", max_bytes=1_000_000)
    assert not (tmp_path / "model/zeros").exists()


def test_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moxi_train.aws.fetch.MAX_FILES", 3)
    place = packed(tmp_path, tarball({f"f{n}": b"" for n in range(4)}))
    with pytest.raises(TrainError, match=r"or 3 files"):
        unpack(place, tmp_path / "model")


@given(cut=st.integers(0, 10_000), flipped=st.integers(0, 10_000))
def test_a_broken_archive_is_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, cut: int, flipped: int
) -> None:
    whole = bytearray(tarball({"a": bytes(range(256)) * 40, "b/c": b"x" * 3_000}))
    whole[flipped % len(whole)] ^= 0x55
    folder = tmp_path_factory.mktemp("broken")
    place = packed(folder, bytes(whole[: cut % (len(whole) + 1)]))
    try:
        unpack(place, folder / "model")
    except TrainError as error:
        assert "\n" not in str(error)


def test_what_is_no_archive(tmp_path: Path) -> None:
    for content in (b"", b"<html>", gzip.compress(b"no tar" * 1_000)):
        place = packed(tmp_path, content)
        with pytest.raises(TrainError, match=r"no whole tar.gz"):
            unpack(place, tmp_path / f"model-{len(content)}")
