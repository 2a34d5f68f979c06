"""Made-up sections that want an instruction, and a model that gives them; also a process of its own.

sections.py URL CACHE COUNT     asks for instructions, prints the id of each that it gets
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from moxi_chunk.instruct import Failure, Request
from moxi_chunk.instruct_model import Instructor
from moxi_core.llm import Endpoint, Llm
from moxi_core.samples import SftInput
from tests.moxi_core.model_server import Reply, said

JOBS = 4
_ITEM = re.compile(r"^\[(\d+)\]\n.*?^<text>\n(.*?)\n</text>", re.M | re.S)


def requests(count: int, per_project: int = 3) -> Iterator[Request]:
    """Sections of projects that have a few each; their texts differ."""
    for number in range(count):
        project = f"p{number // per_project}"
        yield Request(
            id=f"s{number}",
            section="usage",
            heading_path=(project, "Usage"),
            whole=True,
            text=f"Text of section {number}. It is run with two words, and ends by itself.",
            project=project,
            input=SftInput(file_tree=("go.mod", f"{project}.go"), project_type="cli"),
        )


def asked_for(asked: dict[str, Any]) -> dict[int, str]:
    """The texts that a request shows, by index."""
    content = str(asked["messages"][-1]["content"])
    return {int(index): text for index, text in _ITEM.findall(content)}


def items(asked: dict[str, Any], **changed: object) -> list[dict[str, Any]]:
    """Good items for a request."""
    return [
        {"index": index, "instruction": f"Write the Usage section for the tool of {text[8:].partition('.')[0]}.", "score": 4}
        | changed
        for index, text in asked_for(asked).items()
    ]  # fmt: skip


def saying(rows: object) -> Reply:
    """An answer that holds these items."""
    return said(json.dumps({"items": rows}))


def good(asked: dict[str, Any]) -> Reply:
    """What a model should answer."""
    return saying(items(asked))


def main(url: str, cache: str, count: int) -> None:
    """Ask for instructions, as a run does that may be ended."""
    endpoint = Endpoint(model="m", base_url=url, retries=0, timeout_s=60)
    try:
        with Llm(endpoint, Path(cache)) as llm:
            for result in Instructor(llm, jobs=JOBS).instructions(requests(count)):
                sort = "failed" if isinstance(result, Failure) else "got"
                # In one piece: print writes the end of a line by itself, and Ctrl-C may come between.
                sys.stdout.write(f"{sort} {result.id}\n")
                sys.stdout.flush()
            print(f"asked {llm.asked}", flush=True)
    except KeyboardInterrupt:
        print("ended", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
