"""Container images in commands: those that the repository builds, publishes or names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moxi_check.claim import Claim, false, true
from moxi_check.document import Document
from moxi_check.ground import Ground
from moxi_check.kinds.names import is_slip
from moxi_check.kinds.told import is_foreign, part_of, told
from moxi_check.literal import place_in
from moxi_check.shell import Word
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

KINDS = {"container": "a container image that is run or pulled is one that the repository names"}

_TOOLS = frozenset({"docker", "podman", "nerdctl"})
_VERBS = frozenset({"run", "pull", "push", "create", "image", "container"})
_IMAGE = lazy_pattern(
    r"(?P<host>[\w-]+(?:\.[\w-]+)+(?::\d+)?/)?(?P<name>[a-z0-9][\w.-]*(?:/[a-z0-9][\w.-]*){0,3})"
    r"(?::[\w.-]+)?(?:@sha256:\w+)?"
)
_NO_PROOF = frozenset({"doc", "vendored", "asset"})
_DEFAULT = "docker.io/"


def claims(document: Document, ground: Ground) -> Iterator[Claim]:
    """Images of commands, held against facts and what files other than pages name."""
    known: dict[str, Evidence] = {}
    for fact in ground.facts("image"):
        known.setdefault(_bare(fact.value), fact.evidence)
    for said in told(document):
        words = said.words
        if len(words) < 3 or words[0].text not in _TOOLS or words[1].text not in _VERBS:
            continue
        for word in words[2:]:
            found = _IMAGE.fullmatch(word.text)
            if (
                found is None
                or not word.is_plain
                or ("/" not in word.text and word.text not in known)
            ):
                continue
            image = part_of(word, f"{found['host'] or ''}{found['name']}")
            yield from _judge(image, known, ground, elsewhere=is_foreign(said, ground))


def _bare(image: str) -> str:
    """An image without its tag and the host that is taken for none."""
    return re.sub(r"(?<=\w):[\w.-]+$", "", image).removeprefix(_DEFAULT)


def _judge(
    image: Word, known: dict[str, Evidence], ground: Ground, *, elsewhere: bool
) -> Iterator[Claim]:
    name = _bare(image.text)
    # An address of a forge may have the same words; an image has no host, or that of a registry.
    named = re.compile(rf"(?<![\w./-])(?:docker\.io/)?{re.escape(name)}(?![\w/-]|\.\w)".encode())
    files = (path for path, entry in ground.repo.files.items() if entry.role not in _NO_PROOF)
    place = known.get(name) or place_in(named, files, ground)
    if place is not None:
        yield true("container", image, place)
        return
    best = next((other for other in known if "/" in other and is_slip(name, other)), "")
    if best and not elsewhere and ground.mention(name) is None:
        yield false(
            "container", image, f"the image is `{best}`", suggestion=best, evidence=known[best],
            certain=True,
        )  # fmt: skip
