"""Links to other projects and tools of others that a page shows: what stands beside them is often theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moxi_check.document import Document, Link
from moxi_check.ground import Ground
from moxi_check.kinds.told import own_programs, told
from moxi_core.patterns import lazy_pattern

_REPOSITORY = lazy_pattern(
    r"https?://(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org)/(?P<slug>[\w.-]+/[\w.-]+)"
)

_HOST = lazy_pattern(r"https?://(?:www\.)?(?P<host>[^/?#\s]+)")
# A file of a repository by its address: owner/name, branch, path.
_BLOB = lazy_pattern(
    r"https?://(?:www\.)?github\.com/([\w.-]+/[\w.-]+)/(?:blob|tree|raw|edit)/([\w.-]+)/([^?#]+)"
)
_RAW = lazy_pattern(
    r"https?://raw\.githubusercontent\.com/([\w.-]+/[\w.-]+)/(?:refs/heads/)?([\w.-]+)/([^?#]+)"
)
_INSTALLS = frozenset({"install", "add", "i", "get", "tap", "upgrade"})


def links_to_others(document: Document, ground: Ground) -> Iterator[Link]:
    """The links of a page that lead to repositories of other projects."""
    for link in document.links:
        if is_of_others(link.text, ground):
            yield link


def is_of_web(url: str, ground: Ground) -> bool:
    """Whether an address is of the web, and neither of this repository nor of a site that its manifests name."""
    site = _HOST.match(url)
    if site is None or any(f"/{slug}" in url.lower() for slug in ground.slugs):
        return False
    if _REPOSITORY.match(url):
        return is_of_others(url, ground)
    homes = (_HOST.match(fact.value) for fact in ground.facts("link"))
    return site["host"].lower() not in {home["host"].lower() for home in homes if home}


def file_of_ours(url: str, ground: Ground) -> tuple[str, str] | None:
    """The branch, and the path as it is written, of a file of this repository that an address leads to."""
    found = _BLOB.match(url) or _RAW.match(url)
    if found is None or found[1].lower().removesuffix(".git") not in ground.slugs:
        return None
    return found[2], found[3]


def is_of_others(url: str, ground: Ground) -> bool:
    """Whether an address leads to the repository of another project."""
    found = _REPOSITORY.match(url)
    return found is not None and found["slug"].lower().removesuffix(".git") not in ground.slugs


def is_other_tool(name: str, document: Document, ground: Ground) -> bool:
    """Whether a page links to a tool of this name, installs it or shows what it prints of itself."""
    if name in own_programs(ground):
        return False
    slugs = (_REPOSITORY.match(link.text) for link in links_to_others(document, ground))
    if any(slug and slug["slug"].rpartition("/")[2].lower() == name.lower() for slug in slugs):
        return True
    installed = (
        word.text.rpartition("/")[2].partition("@")[0]
        for said in told(document)
        if _INSTALLS & {word.text for word in said.words[1:3]}
        for word in said.words[2:]
    )
    released = re.compile(rf"(?<![\w./-]){re.escape(name)}(?:@|\s)v?\d+\.\d")
    return name in installed or any(released.search(block.text) for block in document.blocks)
