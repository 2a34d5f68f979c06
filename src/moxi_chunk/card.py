"""The card of a training set: what is in it, where it is from, and what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from moxi_chunk.report import Report
from moxi_core import __version__
from moxi_core.prompt import VERSION

_HEAD = """---
task_categories:
- text-generation
language:
- en
tags:
- readme
- code
size_categories:
- {size}
configs:
- config_name: default
  data_files:
  - split: train
    path: train{shards}.parquet
  - split: validation
    path: validation{shards}.parquet
  - split: test
    path: test{shards}.parquet
---

# README sections with the code that they describe

{total:,} sections of READMEs from {repositories:,} public repositories. Each has an instruction, the
repository's file tree and key files as a model sees them, and the section as its maintainers wrote it.
Made by Moxi {version}, prompt version {prompt}.

```python
from datasets import load_dataset

load_dataset("path/to/this/folder")
```

A sample is `instruction`, `input` (`file_tree`, `project_type`, `description`, `key_files`), `content`,
and where it is from: `repo_url`, `section`, `split`. A split follows a hash of the owner's name, so no
owner is in two of them, and a new repository moves no other.
"""


def card(report: Report, *, shards: bool = False) -> str:
    """The card as Markdown, with the metadata that the Hugging Face Hub reads.

    `shards` tells that there are many files a split, `train-00000-of-00008.parquet` and so on.
    """
    total = sum(report.splits.values())
    head = _HEAD.format(
        size=_size(total), total=total, repositories=report.repositories, version=__version__,
        prompt=VERSION, shards="-*" if shards else "",
    )  # fmt: skip
    parts = [head]
    parts += _table("Splits", "split", report.splits)
    parts += _table("Sections", "kind", report.sections)
    parts += _table("Project types", "type", report.types)
    parts += _table("Instructions", "written by", report.sources)
    parts += _table("Licenses of the repositories", "license", report.licenses)
    parts += [
        "The text of each section stays under the license of its repository; `repo_url` names it.\n",
        *_left_out(report),
    ]
    return "\n".join(parts)


def _left_out(report: Report) -> Iterator[str]:
    looked = sum(report.looked_at.values())
    yield f"## Left out\n\nOf {looked:,} sections that were looked at:\n"
    yield from _rows("reason", report.dropped + report.failed)
    total = sum(report.splits.values())
    if total:
        share = report.shortened / total
        yield f"Of {share:.0%} of the samples the code was more than fits a prompt, and is shortened.\n"


def _table(title: str, name: str, counts: Counter[str]) -> Iterator[str]:
    yield f"## {title}\n"
    yield from _rows(name, counts)


def _rows(name: str, counts: Counter[str]) -> Iterator[str]:
    rows = [f"| {key} | {count:,} |" for key, count in counts.most_common() if count]
    yield "\n".join([f"| {name} | samples |", "| --- | --: |", *rows]) + "\n"


def _size(total: int) -> str:
    for least, name in ((1_000_000, "1M<n<10M"), (100_000, "100K<n<1M"), (10_000, "10K<n<100K")):
        if total >= least:
            return name
    return "1K<n<10K" if total >= 1_000 else "n<1K"
