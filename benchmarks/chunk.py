"""How READMEs are split: Moxi beside four other splitters, on the same READMEs in one run.

The rivals go into environments of their own; the commands for them:

    for rival in langchain-text-splitters==1.1.3 semantic-text-splitter==0.33.1 chonkie==1.7.0; do
      python -m venv benchmarks/.cache/rivals/${rival%%=*} &&
      benchmarks/.cache/rivals/${rival%%=*}/bin/pip install $rival; done

    python benchmarks/chunk.py --git-dirs '/mirror/{owner}+{name}/repo'   # or MOXI_BENCH_GIT_DIRS
    python benchmarks/chunk.py --only moxi                                # names each avoidable cut

llm-twin-course has no package: `chunk_documents.py`, which cuts the texts of its training set, is
taken from its repository at a commit into the cache. READMEs are all Markdown and reStructuredText
ones at the root of the repositories under the template. A run of all writes
benchmarks/results/chunk.json and .md.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from checkout import DEFAULT_CACHE, HERE, README_NAME, Repo, git, git_directory
from chunk_judge import Page, Tally
from chunk_report import save
from splitters import SPLITTERS

LLM_TWIN = Repo(
    name="decodingai-magazine/llm-twin-course",
    url="https://github.com/decodingai-magazine/llm-twin-course",
    commit="04e12f374f7f4a42bf6b848f8e99b89364fa23a6",
    files=0, language="python", ecosystem="python", registry="", package="", awesome=False, use="",
)  # fmt: skip
LLM_TWIN_FILE = "src/feature_pipeline/generate_dataset/chunk_documents.py"
COMMITS = {LLM_TWIN.name.rpartition("/")[2]: LLM_TWIN.commit[:7], "moxi": ""}
PACKAGES = ("langchain-text-splitters", "semantic-text-splitter", "chonkie")
SUFFIXES = (".md", ".markdown", ".rst")


@dataclass
class Measured:
    """One splitter: what its chunks are like, by kind of README, and its CPU times."""

    name: str
    version: str = ""
    tallies: dict[str, Tally] = field(default_factory=lambda: {"md": Tally(), "rst": Tally()})
    seconds: list[float] = field(default_factory=list)


def readmes(template: str) -> Iterator[dict[str, object]]:
    """The READMEs at the root of all repositories under a template; each text once."""
    seen: set[str] = set()
    for place in sorted(
        Path("/").glob(re.sub(r"\{\w+\}", "*", str(Path(template).resolve())).lstrip("/"))
    ):
        folder = Path(place, ".git") if Path(place, ".git").is_dir() else Path(place)
        for entry in git(f"--git-dir={folder}", "ls-tree", "-z", "HEAD").split("\0"):
            description, _, name = entry.partition("\t")
            if not README_NAME.fullmatch(name) or not name.lower().endswith(SUFFIXES):
                continue
            mode, kind, blob = description.split()
            if kind != "blob" or mode == "120000" or blob in seen:
                continue
            seen.add(blob)
            text = git(f"--git-dir={folder}", "show", blob)
            text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            where = f"{folder.parent.name}/{name}"
            yield {"name": where, "rst": name.lower().endswith(".rst"), "text": text}


def fetch_llm_twin(options: argparse.Namespace) -> None:
    target = options.cache / "rivals" / "llm-twin-course" / "chunk_documents.py"
    source = git_directory(LLM_TWIN, options.git_dirs, options.cache)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(
        git(f"--git-dir={source}", "show", f"{LLM_TWIN.commit}:{LLM_TWIN_FILE}"), "utf-8"
    )


def run(name: str, source: Path, output: Path, options: argparse.Namespace) -> tuple[float, str]:
    """One process of a splitter: median CPU seconds over the READMEs, and its version."""
    rival = options.cache / "rivals" / name
    python = rival / "bin" / "python" if name in PACKAGES else sys.executable
    command = [python, HERE / "splitters.py", name, rival, source, output, options.rounds]
    try:
        done = subprocess.run([str(word) for word in command], capture_output=True, check=True)
    except FileNotFoundError:
        raise SystemExit(
            f"{name} is not installed; the commands: {Path(__file__).name} --help"
        ) from None
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"{name}: {error.stderr.decode('utf-8', 'replace')}") from None
    said = json.loads(done.stdout)
    return said["seconds"], said["version"]


def measure(source: Path, names: list[str], options: argparse.Namespace) -> list[Measured]:
    """All splitters by turns, so that a busy machine is slow for each of them."""
    found = [Measured(name) for name in names]
    for _ in range(options.passes):
        for one in found:
            seconds, one.version = run(
                one.name, source, source.with_suffix(f".{one.name}"), options
            )
            one.seconds.append(seconds)
            print(f"{one.name}: {seconds:.3f} s", file=sys.stderr, flush=True)
    outputs = [source.with_suffix(f".{name}").open(encoding="utf-8") for name in names]
    with source.open(encoding="utf-8") as lines:
        for line, *chunked in zip(lines, *outputs, strict=True):
            readme = json.loads(line)
            page = Page(readme["text"], rst=readme["rst"])
            for one, chunks in zip(found, map(json.loads, chunked), strict=True):
                tally = one.tallies["rst" if readme["rst"] else "md"]
                for kind, place in page.add(tally, chunks):
                    if options.only:
                        print(f"{one.name}: {readme['name']}:{place}: {kind}: cut, but would fit")
    for output in outputs:
        output.close()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", action="append", choices=list(SPLITTERS), help="repeatable")
    parser.add_argument("--git-dirs", default=os.environ.get("MOXI_BENCH_GIT_DIRS"))
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    parser.add_argument("--rounds", type=int, default=3, help="timed rounds of a process")
    parser.add_argument("--passes", type=int, default=3, help="processes of each splitter")
    options = parser.parse_args()
    if not options.git_dirs:
        parser.error("--git-dirs or MOXI_BENCH_GIT_DIRS must say where the repositories are")
    options.cache = options.cache.resolve()
    names = options.only or list(SPLITTERS)
    if "llm-twin-course" in names:
        fetch_llm_twin(options)
    source = options.cache / "chunk" / "readmes.jsonl"
    source.parent.mkdir(parents=True, exist_ok=True)
    characters = size = 0
    with source.open("w", encoding="utf-8") as file:
        for readme in readmes(options.git_dirs):
            characters += len(str(readme["text"]))
            size += len(str(readme["text"]).encode())
            file.write(json.dumps(readme) + "\n")
    found = measure(source, names, options)
    rows = [
        {
            "splitter": one.name,
            "version": COMMITS.get(one.name, one.version),
            "seconds": round(statistics.median(one.seconds), 4),
            "megabytes_per_second": round(size / statistics.median(one.seconds) / 1e6, 1),
            **{kind: asdict(tally) for kind, tally in one.tallies.items()},
        }
        for one in found
    ]
    save(
        rows, {"characters": characters, "bytes": size}, None if options.only else HERE / "results"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
