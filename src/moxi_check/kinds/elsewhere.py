"""Links to other projects: what stands in or beside them is often theirs."""

from __future__ import annotations

from collections.abc import Iterator

from moxi_check.document import Document, Link
from moxi_check.ground import Ground
from moxi_core.patterns import lazy_pattern

_REPOSITORY = lazy_pattern(
    r"https?://(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org)/(?P<slug>[\w.-]+/[\w.-]+)"
)


def links_to_others(document: Document, ground: Ground) -> Iterator[Link]:
    """The links of a page that lead to repositories of other projects."""
    for link in document.links:
        found = _REPOSITORY.match(link.text)
        if found and found["slug"].lower().removesuffix(".git") not in ground.slugs:
            yield link
