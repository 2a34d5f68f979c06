"""The table of benchmarks/chunk.py."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Row = dict[str, Any]
TIMED_ONLY = "moxi-with-headings"  # the same chunks


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def lines(rows: list[Row], size: dict[str, int]) -> Iterator[str]:
    """The report."""
    first = rows[0]
    yield "# Splitting READMEs, side by side"
    yield ""
    yield (
        f"`python benchmarks/chunk.py`: {first['md']['readmes']} Markdown and "
        f"{first['rst']['readmes']} reStructuredText READMEs, {size['characters']:,} characters; "
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}."
    )
    yield ""
    for kind, title in (("md", "Markdown"), ("rst", "reStructuredText")):
        yield f"## {title}"
        yield ""
        yield (
            "| splitter | without chunk | lossless | text kept | chunks | within 1,000–2,000 "
            "| longer | cut a block | avoidably | fence | table | list item | HTML | HTML undivided |"
        )
        yield "| --- |" + " --: |" * 13
        for row in rows:
            if row["splitter"] != TIMED_ONLY:
                yield table_row(row, row[kind])
        yield ""
    yield from speed(rows)
    yield ""
    yield from NOTES.strip().splitlines()


def table_row(row: Row, t: dict[str, Any]) -> str:
    kinds = [f"{n:,}" for n in t["avoidably_cut"].values()]
    cells = [
        f"{row['splitter']} {row['version']}".strip(),
        f"{t['without_chunk']}",
        percent(t["lossless"], t["readmes"]),
        percent(t["kept"], t["characters"]),
        f"{t['chunks']:,}",
        percent(t["within_of_large"], t["chunks_of_large"]),
        percent(t["too_long"], t["chunks"]),
        percent(t["cutting"], t["chunks"]),
        f"{t['avoidable']:,} ({100 * t['avoidable'] / max(1, t['chunks']):.2f} %)",
        *kinds,
        f"{t['avoidable_undivided']:,}",
    ]
    return "| " + " | ".join(cells) + " |"


def speed(rows: list[Row]) -> Iterator[str]:
    yield "## Speed"
    yield ""
    yield "| splitter | CPU seconds | MB/s | beside Moxi |"
    yield "| --- | --: | --: | --: |"
    for row in rows:
        ratio = row["megabytes_per_second"] / rows[0]["megabytes_per_second"]
        yield (
            f"| {row['splitter']} | {row['seconds']:.2f} | {row['megabytes_per_second']:.1f} "
            f"| {ratio:.2f}× |"
        )


NOTES = """
## What is counted

- **Lossless**: READMEs whose chunks, joined, are the text to the last character. **Text kept**: the
  share of characters other than white space that stands in some chunk.
- **Within 1,000–2,000**: of all chunks of READMEs of 1,000 characters or more, last chunks too. A
  shorter README is one chunk that no lossless splitter can lengthen (the JSON has both counts).
  llm-twin-course drops what is shorter than 1,000; its other misses are longer than 2,000.
- **Cut a block**: chunks that begin or end inside a fence, a table, a list item or a run of HTML, as
  markdown-it-py (docutils for reStructuredText) sees them; **avoidably**: one that would have fitted
  into 2,000 characters. Four columns say of which kind; a chunk may count in several. A run of HTML
  is taken apart where no element is open: between `</details>` and a `<details>` right below it
  nothing is cut. CommonMark itself runs on to the next blank line; **HTML undivided** is the number
  of chunks with an avoidable cut by that rule.
- **Speed**: CPU time of the splitter's own process for all READMEs, imports and a first round not
  counted; the median of processes run by turns.

## How each is called

- llm-twin-course: `chunk_documents` of its training set, from its repository; no model is needed. Its
  other splitter, for retrieval, cuts at 500 characters and then by the tokens of an embedding model;
  that is another task.
- langchain: `MarkdownTextSplitter` (for reStructuredText its language `rst`), 2,000 characters, no
  overlap, white space kept.
- semantic-text-splitter: `MarkdownSplitter` (`TextSplitter`), 1,000 to 2,000 characters, not trimmed.
- chonkie: `RecursiveChunker`, 2,000 characters, with headings, paragraphs, lines, sentences and words
  as levels (its own Markdown recipe is fetched from a hub); its defaults for reStructuredText.
- Moxi: `split`, 1,000 to 2,000 characters. The headings above each chunk, which none of the others
  gives, are looked up when they are asked for: "moxi-with-headings" is the time with them.
"""


def save(rows: list[Row], size: dict[str, int], results: Path | None) -> None:
    """Print the report; write it, and the figures, where all were run."""
    report = "\n".join(lines(rows, size)) + "\n"
    print(report)
    if results:
        (results / "chunk.md").write_text(report, "utf-8")
        figures = json.dumps({"readmes": size, "splitters": rows}, indent=1) + "\n"
        (results / "chunk.json").write_text(figures, "utf-8")
