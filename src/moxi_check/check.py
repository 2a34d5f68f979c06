"""check_readme(): a README in, every claim of it judged out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from moxi_analyzer import open_repository
from moxi_analyzer.readmes import readmes
from moxi_analyzer.repository import Repository
from moxi_check import suppress
from moxi_check.claim import Claim, undecided
from moxi_check.document import Document
from moxi_check.doubt import doubted, standing
from moxi_check.ground import Ground
from moxi_check.kinds import KINDS, find_claims
from moxi_check.markdown import read_markdown
from moxi_check.past import Past
from moxi_check.suppress import Ignores
from moxi_core.errors import SourceError
from moxi_core.records import RepoSnapshot

Finder = Callable[[Document], Iterable[Claim]]


@dataclass(frozen=True, slots=True)
class Report:
    """All claims of one README, in the order in which they stand there.

    `source` is its text with \\n as line ends; `base` is the folder that leads from where the user
    stands to the repository, "" where that is the same or there is none.
    """

    readme: str
    claims: tuple[Claim, ...]
    source: str = ""
    base: str = ""

    @property
    def false(self) -> list[Claim]:
        """The claims that the repository contradicts."""
        return [claim for claim in self.claims if claim.verdict == "false"]


def check_readme(
    target: str | os.PathLike[str] = ".",
    *,
    readme: str | os.PathLike[str] | None = None,
    kinds: Iterable[str] = (),
    strict: bool = False,
) -> Report:
    """Hold a README against the repository it stands in.

    `target` is a repository's path or URL; `readme` is a path relative to its root (default: the
    README there). With `kinds`, only these are judged; with `strict`, names of code that are like
    nothing that was read are false too. Raises SourceError, with the mend.
    """
    with open_repository(target, key_files=False) as (repo, snapshot):
        path = os.fspath(readme) if readme is not None else readme_of(repo)
        text = repo.text(path)
        if text is None:
            raise SourceError(f"{path!r} cannot be read in {os.fspath(target)!r}.")
        return check_text(text, repo, snapshot, path=path, kinds=kinds, strict=strict)


def check_text(
    text: str,
    repo: Repository,
    snapshot: RepoSnapshot,
    *,
    path: str = "README.md",
    kinds: Iterable[str] = (),
    strict: bool = False,
) -> Report:
    """Hold a text that stands at `path`, or would stand there, against an opened repository."""
    ground = Ground(repo, snapshot, {path, *readmes(repo)})
    return check_page(text, path, ground, kinds, strict=strict)


def check_page(
    text: str,
    path: str,
    ground: Ground,
    kinds: Iterable[str] = (),
    *,
    ignores: Ignores | None = None,
    more: Iterable[Finder] = (),
    strict: bool = False,
) -> Report:
    """Hold one of several pages against a common ground.

    `ignores` are false claims to be kept, `more` finds claims of kinds that need more than a
    repository.
    """
    document = parse(text, path)
    judged = frozenset(kinds) or frozenset(KINDS) | frozenset(suppress.KINDS)
    claims = [*judge(document, ground, judged, strict=strict)]
    claims += [claim for finder in more for claim in finder(document)]
    if ground.repo.unread:  # whether a comment is needed is not known either
        judged -= suppress.KINDS.keys()
    claims = suppress.ignored(document, claims, judged, ignores or Ignores())
    return Report(path, in_order(claims), document.source)


def judge(
    document: Document, ground: Ground, kinds: Iterable[str] = (), *, strict: bool = False
) -> tuple[Claim, ...]:
    """All claims of a parsed document, in order; each place has one claim of a kind."""
    wanted = frozenset(kinds) or frozenset(KINDS)
    lines = document.source.split("\n")
    past = Past(document)
    found: dict[tuple[int, int, str, str], Claim] = {}
    for claim in find_claims(document, ground, wanted):
        if claim.verdict == "false" and ground.may_lack(claim.kind):
            claim = undecided(claim, "its evidence may stand in a file that is not here")
        if claim.verdict == "false" and ground.numbered(claim.text) is not None:
            claim = undecided(claim, "it stands for names with numbers")
        if not strict and (place := standing(claim, ground)):
            claim = undecided(claim, f"the name stands in {place}; --strict calls it false")
        placed = past.settled(_placed(claim, lines))
        found.setdefault((placed.line, placed.column, claim.kind, claim.text), placed)
    return in_order(doubted(found.values(), document, strict=strict))


def _placed(claim: Claim, lines: list[str]) -> Claim:
    """The claim where its text stands: of code spans over lines, kinds know the first line only."""
    head = claim.text.split("\n")[0]
    row, column = claim.line - 1, claim.column - 1
    if not 0 <= row < len(lines) or lines[row].startswith(head, column):
        return claim
    for number in range(row, min(row + 3, len(lines))):
        at = lines[number].find(head, column if number == row and column <= len(lines[row]) else 0)
        if at >= 0:
            return replace(claim, line=number + 1, column=at + 1)
    return claim


def in_order(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Claims as they stand on the page."""
    return tuple(sorted(claims, key=lambda c: (c.line, c.column, c.kind)))


def parse(text: str, path: str) -> Document:
    """Parse a page by its name's ending. Raises SourceError for formats that cannot be read."""
    suffix = PurePosixPath(path).suffix.lower()
    if suffix in {".rst", ".rest"}:
        from moxi_check.rst import read_rst  # late: docutils is needed for these pages only

        return read_rst(text, path)
    if suffix in {".adoc", ".asciidoc"}:
        raise SourceError(
            f"{path!r} is AsciiDoc, for which there is no finished Python parser (asciidoctrine is an "
            "alpha); name a Markdown or reStructuredText page instead."
        )
    return read_markdown(text, path)


def readme_of(repo: Repository) -> str:
    """The README that a forge would show. Raises SourceError when there is none."""
    for path in readmes(repo):
        return path
    raise SourceError(
        f"There is no README in {repo.name!r}; name the page with --readme FILE, or write one first."
    )
