"""One splitter over a file of READMEs: its chunks, and the CPU time that splitting took.

    python benchmarks/splitters.py NAME FOLDER READMES.jsonl CHUNKS.jsonl ROUNDS

Runs in the environment of the splitter (benchmarks/chunk.py says which), so it imports nothing
beyond the standard library and that splitter. Bounds are 1,000 to 2,000 characters where a splitter
knows both; a switch that keeps white space is set where there is one.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

LEAST, MOST = 1_000, 2_000
Splitter = Callable[[str, bool], list[str]]


def moxi() -> Splitter:
    from moxi_chunk.split import split

    def chunks(text: str, rst: bool) -> list[str]:
        pieces = split(text, min_length=LEAST, max_length=MOST, rst=rst)
        return [text[piece.start : piece.end] for piece in pieces]

    return chunks


def moxi_with_headings() -> Splitter:
    """Moxi, where the headings above each chunk are asked for, too."""
    from moxi_chunk.split import split

    def chunks(text: str, rst: bool) -> list[str]:
        pieces = split(text, min_length=LEAST, max_length=MOST, rst=rst)
        found = [(text[piece.start : piece.end], piece.heading_path) for piece in pieces]
        return [chunk for chunk, _ in found]

    return chunks


def llm_twin() -> Splitter:
    """The splitter of its training set, `chunk_documents`, from the copy of its file in FOLDER."""
    from chunk_documents import chunk_documents

    return lambda text, rst: chunk_documents([text], min_length=LEAST, max_length=MOST)


def langchain() -> Splitter:
    from langchain_text_splitters import (
        MarkdownTextSplitter,
        RecursiveCharacterTextSplitter,
    )

    sizes = {"chunk_size": MOST, "chunk_overlap": 0, "strip_whitespace": False}
    markdown = MarkdownTextSplitter(**sizes)
    other = RecursiveCharacterTextSplitter.from_language("rst", **sizes)
    return lambda text, rst: (other if rst else markdown).split_text(text)


def semantic() -> Splitter:
    from semantic_text_splitter import MarkdownSplitter, TextSplitter

    markdown = MarkdownSplitter((LEAST, MOST), trim=False)
    other = TextSplitter((LEAST, MOST), trim=False)
    return lambda text, rst: (other if rst else markdown).chunks(text)


def chonkie() -> Splitter:
    """Its recursive chunker with the levels of its own Markdown example, and by default for others."""
    from chonkie import RecursiveChunker, RecursiveLevel, RecursiveRules

    headings = [f"\n{'#' * level} " for level in range(1, 7)]
    levels = [
        RecursiveLevel(delimiters=headings, include_delim="next"),
        RecursiveLevel(delimiters=["\n\n", "\r\n\r\n"], include_delim="prev"),
        RecursiveLevel(delimiters=["\n", "\r"], include_delim="prev"),
        RecursiveLevel(delimiters=[". ", "! ", "? "], include_delim="prev"),
        RecursiveLevel(whitespace=True, include_delim="prev"),
        RecursiveLevel(),
    ]
    markdown = RecursiveChunker(
        tokenizer="character", chunk_size=MOST, rules=RecursiveRules(levels=levels)
    )
    other = RecursiveChunker(tokenizer="character", chunk_size=MOST)
    return lambda text, rst: [chunk.text for chunk in (other if rst else markdown).chunk(text)]


SPLITTERS: dict[str, Callable[[], Splitter]] = {
    "moxi": moxi,
    "moxi-with-headings": moxi_with_headings,
    "llm-twin-course": llm_twin,
    "langchain-text-splitters": langchain,
    "semantic-text-splitter": semantic,
    "chonkie": chonkie,
}


def main() -> int:
    name, folder, source, output, rounds = sys.argv[1:]
    sys.path.insert(0, folder)
    split = SPLITTERS[name]()
    with Path(source).open(encoding="utf-8") as lines:
        readmes = [(entry["text"], entry["rst"]) for entry in map(json.loads, lines)]
    chunks = [split(text, rst) for text, rst in readmes]  # also warms up
    times = []
    for _ in range(int(rounds)):
        begun = time.process_time()
        for text, rst in readmes:
            split(text, rst)
        times.append(time.process_time() - begun)
    with Path(output).open("w", encoding="utf-8") as file:
        for parts in chunks:
            file.write(json.dumps(parts) + "\n")
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        version = ""
    print(json.dumps({"seconds": statistics.median(times), "version": version}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
