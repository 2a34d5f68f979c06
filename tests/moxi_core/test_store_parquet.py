"""README samples as Parquet: what was written is read again."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyarrow import parquet, table

from moxi_core.errors import StoreError
from moxi_core.records import Evidence, Fact, KeyFile
from moxi_core.samples import Contradiction, ReadmeSample
from moxi_core.store_parquet import read_parquet, write_parquet

FULL = ReadmeSample(
    repo_url="https://github.com/me/tool",
    owner="me",
    repo="tool",
    readme="# Tool\n\n\u2603 \u0000 and \U0001f600\n",
    default_branch="main",
    commit="c0ffee",
    readme_path="README.md",
    file_tree=("a.py", "b/c.py"),
    key_files=(KeyFile(path="a.py", content="x = 1\n", truncated=True, summary="One."),),
    language="Python",
    languages={"Python": 10, "C": 1},
    stars=7,
    topics=("words",),
    license="MIT",
    project_type="cli",
    description="Counts.",
    facts=(Fact(kind="bin", value="tool", evidence=Evidence(path="a.py", line=3)),),
    files_read=("a.py",),
    quality={"words": 12.5},
    contradicted=(Contradiction(line=3, kind="option", text="--old"),),
    drop_reason="fork",
    archived=True,
    fork=True,
    pushed_at=5,
    listed_in="me/list",
    collected_at=6,
)
BARE = ReadmeSample(repo_url="https://github.com/me/bare", owner="me", repo="bare", readme="")


def test_what_was_written_is_read(tmp_path: Path) -> None:
    made = [FULL, BARE] * 300
    write_parquet(tmp_path / "a.parquet", made)
    assert list(read_parquet(tmp_path / "a.parquet")) == made
    assert parquet.ParquetFile(tmp_path / "a.parquet").metadata.num_row_groups == 3
    assert list(read_parquet(tmp_path / "a.parquet", [1, 2])) == made[200:]


def test_a_file_of_something_else_is_named(tmp_path: Path) -> None:
    (tmp_path / "text.parquet").write_text("no table")
    parquet.write_table(table({"repo_url": ["x"], "size": [1]}), tmp_path / "other.parquet")
    for name in ("text", "other", "none"):
        with pytest.raises(StoreError, match=name):
            list(read_parquet(tmp_path / f"{name}.parquet"))
