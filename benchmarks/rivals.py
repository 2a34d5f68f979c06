"""The rivals of `readme-gen check`: how each is called, and its output as findings."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moxi_eval.planted import Finding

# Other sites are asked by nobody here: without a network every such link would be dead.
OFFLINE_LINKS = {"ignorePatterns": [{"pattern": "^(https?:)?//"}, {"pattern": "^(mailto|tel):"}]}
# Of driftcheck's detectors those that ask a registry, or judge workflows: not the README.
ASKING = "python-freshness,actions-outdated,actions-node20,typosquat,external"


@dataclass(frozen=True)
class Rival:
    """A checker on the command line."""

    name: str
    version: str
    program: Path
    arguments: Callable[[Path, str], list[str]]
    read: Callable[[str, str, str], Iterator[Finding]]

    def command(self, tree: Path, readme: str) -> list[str]:
        return [str(self.program), *self.arguments(tree, readme)]

    def findings(self, output: str, text: str, readme: str) -> list[Finding]:
        """What it flags in the README; what it says of other files is left out."""
        return list(self.read(output, text, readme))


def rivals(cache: Path) -> list[Rival]:
    """All of them, each in its own environment under the cache."""
    home = cache / "rivals"
    settings = cache / "rivals" / "markdown-link-check.json"
    if home.is_dir():
        settings.write_text(json.dumps(OFFLINE_LINKS), "utf-8")
    return [
        Rival(
            "docproof", "0.2.4", home / "docproof/bin/docproof",
            lambda tree, readme: [str(tree)], read_docproof,
        ),
        Rival(
            "claimlint", "0.1.1", home / "claimlint/bin/claimlint",
            lambda tree, readme: ["check", "--format", "json", str(tree)], read_claimlint,
        ),
        Rival(
            "driftcheck-py", "0.1.54", home / "driftcheck-py/bin/driftcheck",
            lambda tree, readme: ["--json", "--exclude", ASKING, str(tree)], read_driftcheck,
        ),
        Rival(
            "markdown-link-check", "3.15.0",
            home / "markdown-link-check/node_modules/.bin/markdown-link-check",
            lambda tree, readme: ["-q", "-c", str(settings), str(tree / readme)], read_link_check,
        ),
    ]  # fmt: skip


def read_docproof(output: str, text: str, readme: str) -> Iterator[Finding]:
    """Blocks of `  README.md:12  [kind]`, `    says   …` and `    but    …`."""
    pattern = r"^  (\S+):(\d+)  \[([^\]\n]+)\]\n\s+says\s+([^\n]*)\n\s+but\s+([^\n]*)"
    for match in re.finditer(pattern, output, re.MULTILINE):
        if match[1] == readme:
            yield Finding(int(match[2]), match[3], match[4].strip("` "), match[5])


def docproof_checked(output: str) -> int:
    """How many claims it says that it judged."""
    match = re.search(r"(\d+) (?:claims )?checked, \d+ not judged", output)
    return int(match[1]) if match else 0


def read_claimlint(output: str, text: str, readme: str) -> Iterator[Finding]:
    """JSON with a line for each finding."""
    for entry in parsed(output).get("findings", []):
        if entry.get("doc_file") == readme:
            claim = (entry.get("evidence") or {}).get("claim") or ""
            yield Finding(entry.get("doc_line") or 0, entry["check"], str(claim), entry["message"])


def read_driftcheck(output: str, text: str, readme: str) -> Iterator[Finding]:
    """JSON with a list for each detector; a place is an offset into the file."""
    for kind, entries in parsed(output).items():
        for entry in entries if isinstance(entries, list) else []:
            if isinstance(entry, dict) and entry.get("file") == readme:
                line = text.count("\n", 0, entry.get("pos") or 0) + 1
                yield Finding(line, kind, str(entry.get("doc_version") or ""), json.dumps(entry))


def read_link_check(output: str, text: str, readme: str) -> Iterator[Finding]:
    """`[✖] target → Status`, without a line: every line with that target counts."""
    lines = text.split("\n")
    for match in re.finditer(r"\[✖\] (\S+)", output):
        for number, line in enumerate(lines, 1):
            if re.search(rf"[(\"'<:\s]{re.escape(match[1])}[)\"'>\s]?", line):
                yield Finding(number, "link", match[1], "dead")


def parsed(output: str) -> dict[str, Any]:
    """The JSON object in an output; {} where the program had nothing to say."""
    try:
        value = json.loads(output[output.index("{") :])
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
