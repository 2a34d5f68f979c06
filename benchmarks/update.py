"""What `readme-gen --update` does to READMEs that people wrote: our sections change, nothing else.

    python benchmarks/update.py [--only NAME] [--count 30] [--git-dirs TEMPLATE] [--readme-gen PATH]

Uses nothing of Moxi but the command. Writes benchmarks/results/update.md.
"""

from __future__ import annotations

import argparse
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

from checkout import HERE, add_arguments, full_checkout, load_repos, shown_readmes
from write_quality import find_readme_gen

RESULT = HERE / "results" / "update.md"
_MARKER = re.compile(rb"<!-- (/?)moxi:([a-z]+)(?: [0-9a-f]+)? -->")
_TOP = re.compile(rb"(#{1,6})\s|<h([1-6])[\s>]")
_RULE = re.compile(rb"(?:=+|-+)\s*")


@dataclass
class Row:
    """What one README went through; `wrong` names what did not hold."""

    name: str
    written: int = 0
    wrong: list[str] = field(default_factory=list)

    def hold(self, what: str, holds: bool) -> None:
        if not holds:
            self.wrong.append(what)


class Page:
    """A README in the tree of its repository, and the command that updates it."""

    def __init__(self, readme_gen: str, tree: Path, path: Path) -> None:
        self._command = [readme_gen, str(tree), "-o", str(path), "--update", "--quiet"]
        self.path = path

    def update(self, *flags: str) -> int:
        done = subprocess.run(
            [*self._command, *flags], capture_output=True, check=False, timeout=120
        )
        return done.returncode

    @property
    def lines(self) -> list[bytes]:
        return self.path.read_bytes().splitlines(keepends=True)

    def put(self, lines: list[bytes]) -> None:
        self.path.write_bytes(b"".join(lines))


def regions(lines: list[bytes]) -> list[tuple[int, int, bytes]]:
    """(first line, line after, kind) of what stands between markers, markers included."""
    found, opened = [], {}
    for number, line in enumerate(lines):
        marker = _MARKER.fullmatch(line.strip())
        if marker and not marker[1]:
            opened[marker[2]] = number
        elif marker and marker[2] in opened:
            found.append((opened.pop(marker[2]), number + 1, marker[2]))
    return found


def outside(lines: list[bytes]) -> list[bytes]:
    """The lines that stand in no region and are not blank."""
    inner = {n for start, end, _ in regions(lines) for n in range(start, end)}
    return [line for n, line in enumerate(lines) if n not in inner and line.strip()]


def is_part_of(some: list[bytes], all_lines: list[bytes]) -> bool:
    """Whether lines stand in others in the same order."""
    rest = iter(all_lines)
    return all(any(line == other for other in rest) for line in some)


def taken_out(old: list[bytes], new: list[bytes]) -> set[int]:
    """Numbers of the lines that are gone."""
    gone: set[int] = set()
    for what, start, end, _, _ in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what != "equal":
            gone |= set(range(start, end))
    return gone


def try_update(row: Row, page: Page) -> None:
    """Two sections of a page of a person, twice."""
    before = page.lines
    row.hold("exit code", page.update("--section", "install,usage") in {0, 1})
    after = page.lines
    row.written = len(regions(after))
    # So no line that is new stands outside of our sections, either.
    # A last line without an end gets one where a section comes behind it.
    ended = [line if line.endswith(b"\n") else line + b"\n" for line in before]
    kept = [line if line.endswith(b"\n") else line + b"\n" for line in outside(after)]
    row.hold("kept lines as they were", is_part_of(kept, ended))
    row.hold("what is gone stood under our headings", _gone_is_ours(before, after))
    page.update("--section", "install,usage")
    row.hold("twice changes nothing", page.lines == after)
    page.update()
    row.hold("without a name, too", page.lines == after)


def _gone_is_ours(before: list[bytes], after: list[bytes]) -> bool:
    """Whether each run of lines that is gone has a heading above it that is now in a region."""
    gone = taken_out(before, after)
    ours = {line.strip() for start, end, _ in regions(after) for line in after[start:end]}
    for start, _, _ in regions(after):  # a person's heading stays in front of what is ours
        ours |= {line.strip() for line in [x for x in after[:start] if x.strip()][-2:]}
    for number in sorted(n for n in gone if before[n].strip()):
        above = [before[n] for n in range(number, -1, -1) if _is_heading(before, n)]
        if not any(line.strip() in ours for line in above):
            return False
    return True


def _is_heading(lines: list[bytes], number: int) -> bool:
    under = lines[number + 1] if number + 1 < len(lines) else b""
    line = lines[number].strip()
    return bool(_TOP.match(line)) or bool(line and _RULE.fullmatch(under.strip()))


def moved(lines: list[bytes]) -> list[bytes]:
    """The first region at the end of the page."""
    start, end, _ = regions(lines)[0]
    return lines[:start] + lines[end:] + [b"\n", *lines[start:end]]


def edited(lines: list[bytes]) -> list[bytes]:
    """A line of a person's within the first region."""
    start, _, _ = regions(lines)[0]
    return [*lines[: start + 1], b"\n", b"Written by hand.\n", *lines[start + 1 :]]


def deleted(lines: list[bytes]) -> list[bytes]:
    """The first region without the marker that ends it."""
    _, end, _ = regions(lines)[0]
    return lines[: end - 1] + lines[end:]


def try_disturbed(row: Row, page: Page, what: str, disturb: Callable[..., list[bytes]]) -> None:
    """Update a page whose markers a person has moved, edited or deleted: nothing is lost."""
    kept = page.lines
    if not regions(kept):
        return
    page.put(disturb(kept))
    before = page.lines
    for flags in ((), ("--section", "install,usage")):
        code = page.update(*flags)
        after = page.lines
        lost = not is_part_of(outside(before), after)
        row.hold(f"{what} {' '.join(flags)}: lines of a person stay".replace("  ", " "), not lost)
        if what != "moved":
            row.hold(f"{what}: told", code == 1)
        page.update(*flags)
        row.hold(f"{what}: twice changes nothing", page.lines == after)
    if what == "edited":
        row.hold("edited: what was written by hand stays", b"Written by hand.\n" in page.lines)
    page.put(kept)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    add_arguments(parser)
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--readme-gen")
    options = parser.parse_args()
    readme_gen = find_readme_gen(options.readme_gen)
    rows: list[Row] = []
    for repo in load_repos(options.only):
        if len(rows) == options.count:
            break
        tree = full_checkout(repo, options.git_dirs, options.cache)
        human = next((p for p in shown_readmes(tree) if p.suffix.lower() == ".md"), None)
        if human is None:
            continue
        content = human.read_bytes()
        row = Row(repo.name)
        try:
            page = Page(readme_gen, tree, human)
            try_update(row, page)
            for what, disturb in (("moved", moved), ("edited", edited), ("deleted", deleted)):
                try_disturbed(row, page, what, disturb)
        finally:
            human.write_bytes(content)
        rows.append(row)
        print(
            f"{row.name}: {row.written} sections; {'; '.join(row.wrong) or 'all holds'}", flush=True
        )
    held = sum(not row.wrong for row in rows)
    lines = [
        "# `readme-gen --update` on READMEs that people wrote", "",
        "`--update --section install,usage`, twice; then `--update` after markers were moved, edited "
        "and deleted. Held: new lines only between our markers, all others as they were and in their "
        "order, a second run without effect, what a person wrote between markers never lost.", "",
        f"{held} of {len(rows)} hold.", "", "| repository | sections written | what did not hold |",
        "| --- | --: | --- |",
        *(f"| {row.name} | {row.written} | {'; '.join(row.wrong)} |" for row in rows), "",
    ]  # fmt: skip
    if not options.only:
        RESULT.write_text("\n".join(lines), "utf-8")
    print(f"{held} of {len(rows)} hold")
    return int(held < len(rows))


if __name__ == "__main__":
    raise SystemExit(main())
