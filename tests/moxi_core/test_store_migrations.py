"""A store of an older Moxi is brought up to date, one of a newer Moxi is left alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from moxi_core.config import StoreSettings
from moxi_core.errors import StoreError
from moxi_core.samples import ReadmeSample, RunMeta
from moxi_core.store import Store, open_store
from moxi_core.stores import mongo, sqlite

Ledger = Callable[..., list[str]]
SAMPLE = ReadmeSample(repo_url="https://github.com/o/r", owner="o", repo="r", readme="# r\n")
NAMES = ["collections", "work"]


@pytest.fixture
def ledger(settings: StoreSettings) -> Iterator[Ledger]:
    """ledger(): the names that the store has noted; ledger("x") notes one more."""
    if not settings.mongodb_uri:

        def of_sqlite(*more: str) -> list[str]:
            with closing(sqlite3.connect(settings.data_dir / "moxi.sqlite3")) as db, db:
                db.executemany("INSERT INTO migrations VALUES (?, 0)", [(name,) for name in more])
                return [
                    name for (name,) in db.execute("SELECT name FROM migrations ORDER BY rowid")
                ]

        yield of_sqlite
        return
    with MongoClient[dict[str, Any]](settings.mongodb_uri) as client:
        entries = client[settings.mongodb_db_name]["migrations"]

        def of_mongo(*more: str) -> list[str]:
            for name in more:
                entries.insert_one({"_id": name, "applied_at": 0})
            return sorted(entry["_id"] for entry in entries.find())

        yield of_mongo


def older(settings: StoreSettings, upto: int, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store as a Moxi left it that knew only the first migrations."""
    with monkeypatch.context() as patch:
        for module in (mongo, sqlite):
            patch.setattr(module, "MIGRATIONS", module.MIGRATIONS[:upto])
        return open_store(settings)


def test_both_backends_have_the_same_migrations() -> None:
    assert [name for name, _ in sqlite.MIGRATIONS] == NAMES
    assert [name for name, _ in mongo.MIGRATIONS] == NAMES


@pytest.mark.parametrize("known", range(1, len(NAMES) + 1))
def test_an_older_store_is_brought_up_to_date(
    settings: StoreSettings, ledger: Ledger, known: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with older(settings, known, monkeypatch) as store:
        store.upsert([SAMPLE])
    assert ledger() == NAMES[:known]
    with open_store(settings) as store:
        assert list(store.stream(ReadmeSample)) == [SAMPLE]
        store.enqueue("q", "a")
        assert store.lease("q", "me", 60)
    assert ledger() == NAMES


def test_what_each_migration_makes(
    settings: StoreSettings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    with older(settings, 1, monkeypatch) as store:
        assert "work" not in indexes(settings)
        store.upsert([SAMPLE, RunMeta(id="1", stage="collect", started_at=0)])
    with open_store(settings):
        assert set(indexes(settings)) >= {"readme_samples", "readme_chunks", "sft_samples", "work"}


def indexes(settings: StoreSettings) -> list[str]:
    """The collections that have an index of ours."""
    if settings.mongodb_uri:
        with MongoClient[dict[str, Any]](settings.mongodb_uri) as client:
            db = client[settings.mongodb_db_name]
            return [n for n in db.list_collection_names() if len(db[n].index_information()) > 1]
    with closing(sqlite3.connect(settings.data_dir / "moxi.sqlite3")) as file:
        wanted = "SELECT tbl_name FROM sqlite_master WHERE type = 'index' AND sql <> ''"
        return [str(name) for (name,) in file.execute(wanted)]


def test_opening_again_applies_nothing(settings: StoreSettings, ledger: Ledger) -> None:
    for _ in range(3):
        open_store(settings).close()
    assert ledger() == NAMES


def test_a_store_of_the_future_is_refused(settings: StoreSettings, ledger: Ledger) -> None:
    open_store(settings).close()
    ledger("zstd_bodies")
    with pytest.raises(StoreError, match=r"newer Moxi \('zstd_bodies'\); upgrade this one"):
        open_store(settings)


def test_a_migration_that_fails_leaves_the_old_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = StoreSettings(data_dir=tmp_path)
    with open_store(settings) as store:
        store.upsert([SAMPLE])
    broken = (*sqlite.MIGRATIONS, ("broken", ("CREATE TABLE more (x)", "CREATE TABEL y")))
    with monkeypatch.context() as patch:
        patch.setattr(sqlite, "MIGRATIONS", broken)
        with pytest.raises(StoreError, match="syntax error"):
            open_store(settings)
    with open_store(settings) as store:
        assert list(store.stream(ReadmeSample)) == [SAMPLE]
    with closing(sqlite3.connect(tmp_path / "moxi.sqlite3")) as db:
        assert not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'more'").fetchall()
