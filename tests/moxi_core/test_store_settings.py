"""Where the store is: the environment over .env over data/ where one stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from moxi_core.config import StoreSettings, load_store_settings
from moxi_core.errors import SettingsError

NAMES = ("MONGODB_URI", "MONGODB_DB_NAME", "MOXI_DATA_DIR")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_without_settings_it_is_in_the_data_folder(tmp_path: Path) -> None:
    assert load_store_settings(None) == StoreSettings()
    assert load_store_settings(tmp_path) == StoreSettings(data_dir=tmp_path / "data")


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text(
        "MONGODB_PASSWORD=s3\nMONGODB_URI=mongodb://moxi:${MONGODB_PASSWORD}@h\n"
        "MONGODB_DB_NAME=mine\nMOXI_DATA_DIR=store\nOTHER=1\n"
    )
    found = load_store_settings(tmp_path)
    assert found == StoreSettings(
        mongodb_uri="mongodb://moxi:s3@h", mongodb_db_name="mine", data_dir=tmp_path / "store"
    )
    assert "s3" not in repr(found)
    monkeypatch.setenv("MONGODB_DB_NAME", "theirs")
    monkeypatch.setenv("MOXI_DATA_DIR", "/elsewhere")
    found = load_store_settings(tmp_path)
    assert (found.mongodb_db_name, found.data_dir) == ("theirs", Path("/elsewhere"))
    assert load_store_settings(None).mongodb_uri == ""


def test_a_file_does_not_lead_out_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("MOXI_DATA_DIR=../elsewhere\n")
    with pytest.raises(SettingsError, match="MOXI_DATA_DIR leads out of"):
        load_store_settings(tmp_path)
