"""What a project says of itself in the stores: fastlane's metadata, a description for the App Store."""

from __future__ import annotations

from collections.abc import Iterator

from moxi_analyzer.formats import one_line
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.repository import Repository
from moxi_core.records import Evidence, Fact

_LONGEST = 160


def _one_line(repo: Repository, path: str) -> Iterator[Fact]:
    """The first line, where it is a line and not the beginning of a paragraph."""
    lines = (repo.text(path) or "").splitlines()
    number = next((n for n, line in enumerate(lines, 1) if line.strip()), 0)
    alone = number and not "".join(lines[number : number + 1]).strip()
    text = one_line(lines[number - 1]) if alone else ""
    if 15 <= len(text) <= _LONGEST and not text.startswith("#"):
        place = Evidence(path=path, line=number)
        yield Fact(kind="description", value=text, evidence=place, detail={"from": "store"})


MANIFESTS: tuple[Manifest, ...] = (
    manifest(
        r"(?:app[-_]?store[-_])?(?:short[-_])?description\.txt"
        r"|(?:fastlane/)?metadata/(?:android/)?(?:en-US|en-GB|en|default)/(?:short_description|subtitle|summary)\.txt",
        _one_line,
        folder="",
    ),
)
