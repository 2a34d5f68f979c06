"""Every fixture, broken in many ways: readers record a problem or read on; none fails, none hangs."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from moxi_analyzer.facts import snapshot_of
from moxi_analyzer.guard import INTERNAL
from moxi_analyzer.repository import Repository
from moxi_core.records import to_json
from moxi_infer import compose

FIXTURES = Path(__file__).parent.parent / "fixtures"
ROUNDS = 3
SECONDS = 20.0
ODD = (
    b"null", b"[]", b"{}", b"true", b"-1", b"1e999", b"9" * 5000, b'""', b"[[]]", b'{"a": 1}',
    b'"\\ud800"', b"\xff\xfe", b"\xed\xa0\x80", b"'''", b'"""', b"\x1b[31m", b"<!--", b"*a", b"&a ",
    b"!!python/object:os.system", b"- ", b": ", b"\t", b"\n", b"${a}", b"\\", b"(", b")", b"{", b"}",
    b"[", b"]", b"<", b">", b"\0", b"=", b",", b"|", b"`", b"::", b"@", b"..", b"../../x", b"/etc",
)  # fmt: skip
NESTED = (b"[", b"{", b"(", b"<a>", b'{"a":', b"- ", b"f(", b"!", b"a.", b"x{", b"::a", b'"')
VALUE = re.compile(rb'"[^"\n]*"|\'[^\'\n]*\'|\b\d[\d.]*\b|\btrue\b|\bfalse\b|>[^<]+<|\[[^\]]*\]')


def _cut(rng: random.Random, text: bytes) -> bytes:
    return text[: rng.randrange(len(text))]


def _drop_bytes(rng: random.Random, text: bytes) -> bytes:
    gone = {rng.randrange(len(text)) for _ in range(rng.randint(1, 9))}
    return bytes(b for place, b in enumerate(text) if place not in gone)


def _flip_bytes(rng: random.Random, text: bytes) -> bytes:
    flipped = bytearray(text)
    for _ in range(rng.randint(1, 9)):
        flipped[rng.randrange(len(text))] = rng.randrange(256)
    return bytes(flipped)


def _insert(rng: random.Random, text: bytes) -> bytes:
    place = rng.randrange(len(text))
    return text[:place] + rng.choice(ODD) + text[place:]


def _retype(rng: random.Random, text: bytes) -> bytes:
    """Other values in place of some: a list for a table, null for a string."""
    return VALUE.sub(lambda m: rng.choice(ODD) if rng.random() < 0.2 else m[0], text)


def _repeat_line(rng: random.Random, text: bytes) -> bytes:
    lines = text.splitlines(keepends=True)
    place = rng.randrange(len(lines))
    return b"".join([*lines[:place], *[lines[place]] * rng.choice([2, 300]), *lines[place:]])


def _repeat_piece(rng: random.Random, text: bytes) -> bytes:
    place = rng.randrange(len(text))
    piece = text[place : place + rng.randint(1, 12)]
    return text[:place] + piece * rng.choice([3, 3000]) + text[place:]


def _nest(rng: random.Random, text: bytes) -> bytes:
    place = rng.randrange(len(text))
    return text[:place] + rng.choice(NESTED) * rng.choice([50, 3000]) + text[place:]


def _shuffle(rng: random.Random, text: bytes) -> bytes:
    lines = text.splitlines(keepends=True)
    rng.shuffle(lines)
    return b"".join(lines)


MUTATIONS: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    _cut, _drop_bytes, _flip_bytes, _insert, _retype, _repeat_line, _repeat_piece, _nest, _shuffle,
)  # fmt: skip


def mutated(rng: random.Random, files: dict[str, bytes]) -> dict[str, bytes]:
    """Some of the files, each changed once or a few times."""
    changed = dict(files)
    for path in rng.sample(sorted(files), rng.randint(1, max(1, len(files) // 2))):
        for _ in range(rng.choice([1, 1, 2, 4])):
            if changed[path]:
                changed[path] = rng.choice(MUTATIONS)(rng, changed[path])[:400_000]
    return changed


class ByteTree:
    """A FileTree of given bytes."""

    name = "demo"
    url = "https://github.com/a/demo"
    commit = ""
    default_branch = "main"

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files

    def list(self) -> list[tuple[str, int]]:
        return sorted((path, len(content)) for path, content in self._files.items())

    def links(self) -> set[str]:
        return set()

    def read(self, path: str) -> bytes | None:
        return self._files.get(path)


@pytest.mark.parametrize("name", sorted(p.name for p in FIXTURES.iterdir() if p.is_dir()))
def test_broken_fixtures_are_read_as_far_as_they_go(name: str) -> None:
    folder = FIXTURES / name
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    for seed in range(ROUNDS):
        broken = mutated(random.Random(f"{name} {seed}"), files)  # noqa: S311
        started = time.process_time()
        snapshot = snapshot_of(Repository(ByteTree(broken)))
        compose(snapshot).markdown.encode("utf-8")
        to_json(snapshot)
        assert time.process_time() - started < SECONDS, f"{name}, seed {seed}"
        assert not [p for p in snapshot.problems if INTERNAL in p.reason], f"{name}, seed {seed}"
