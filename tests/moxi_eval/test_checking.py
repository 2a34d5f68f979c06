"""`moxi eval check`: a list of repositories in, recall out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from moxi_cli.moxi import app
from moxi_core.errors import SettingsError
from moxi_eval.checking import read_targets


def test_the_verb(repository: Path, tmp_path: Path) -> None:
    listing = tmp_path / "repos.toml"
    listing.write_text(
        '[[repo]]\nname = "acme/demo"\npath = "demo"\necosystem = "python"\n'
        '[[repo]]\nname = "acme/none"\npath = "none"\n'
    )
    done = CliRunner().invoke(app, ["eval", "check", "--repos", str(listing), "--json"])
    assert done.exit_code == 0, done.output
    data = json.loads(done.stdout)
    assert data["recall"]["all"]["plants"] == len(data["repositories"]["acme/demo"]["outcomes"]) > 9
    assert data["recall"]["kind"]["link"]["recall"] == 1.0
    assert set(data["problems"]) == {"acme/none"}
    assert data["judged"]["link"][0] > 0
    told = CliRunner().invoke(app, ["eval", "check", "--repos", str(listing)])
    assert "not checked: acme/none" in told.stdout


def test_a_template_names_the_folders(tmp_path: Path) -> None:
    listing = tmp_path / "repos.toml"
    listing.write_text('[[repo]]\nname = "acme/demo"\n')
    (target,) = read_targets(listing, "/x/{owner}+{name}")
    assert target.path == Path("/x/acme+demo")


@pytest.mark.parametrize("text", ['[[repo]]\npath = "x"', '[[repo]]\nname = "a/b"', "[[", ""])
def test_a_list_that_is_wrong(tmp_path: Path, text: str) -> None:
    listing = tmp_path / "repos.toml"
    listing.write_text(text)
    if text:
        with pytest.raises(SettingsError):
            read_targets(listing)
    else:
        assert read_targets(listing) == []
