"""Pages that a site's generator reads too: what it makes of their links and headings."""

from __future__ import annotations

import posixpath

from moxi_check.document import Document
from moxi_check.ground import Ground
from moxi_check.kinds.path import FILE_SUFFIXES
from moxi_core.patterns import lazy_pattern

_FOLDERS = frozenset(
    "doc docs documentation website site book guide guides www web content pages".split()
)
# Of these, Jekyll makes a site of the whole repository.
_WHOLE = ("_config.yml", "_config.yaml")
_SOURCES = (
    ".md", ".mdx", ".rst", ".markdown", ".adoc", ".ipynb", ".py", ".txt", ".html", "/index.md", "/index.mdx", "/README.md",
    "/_index.md",
)  # fmt: skip
# A page that documentation of code is put in: `::: module.name`, `{eval-rst}`, `.. autoclass`.
_DIRECTIVE = lazy_pattern(r"(?m)^(?::{3,} ?\S|`{3}\{eval-rst\}|\.\. auto)")
_LANGUAGE = lazy_pattern(r"(?P<name>.+)\.[a-z]{2}(?:[-_]\w{2,4})?\.(?:mdx?|rst|markdown)")
_ENDING = lazy_pattern(r"\.[A-Za-z]\w{0,5}$")


def is_page(document: Document, ground: Ground) -> bool:
    """Whether a page is one of a site, by the folder it stands in or the site's settings."""
    first, _, rest = document.path.partition("/")
    return bool(rest and first in _FOLDERS) or any(map(ground.has, _WHOLE))


def is_put_into_others(document: Document) -> bool:
    """Whether a page is read as a part of other pages, from whose folders its links lead: `_parts/note.md`."""
    names = document.path.split("/")
    return any(name.startswith("_") and not name.startswith("_index.") for name in names)


def makes_anchors(document: Document) -> bool:
    """Whether the page has the generator put in headings of its own."""
    return bool(_DIRECTIVE.search(document.source))


def doubt(path: str, normal: str, ground: Ground) -> str:
    """Why a link to no file of the repository may still lead to a page; "" for no reason."""
    stem = normal.removesuffix(".html").removesuffix("/index")
    source = next((stem + end for end in _SOURCES if ground.has(stem + end)), "")
    if source and (stem != normal or not _ENDING.search(normal)):
        return f"a page that the site's generator makes of {source}"
    source = _in_a_language(stem, ground)
    if source:
        return f"a page that the site's generator makes of {source}"
    if normal.endswith(".html") or path.endswith("/"):
        return "a page that the site's generator may make"
    is_route = path.startswith("/") and not _ENDING.search(normal)
    if is_route or (path.startswith("/") and normal.partition("/")[0] not in ground.repo.folders):
        return "a path from the root of the site"
    is_ours = "/" in path and normal.rpartition("/")[0] in ground.repo.folders
    if not is_ours and path.rpartition(".")[2].lower() not in FILE_SUFFIXES:
        return "a name that the site's generator may know"
    return ""


def _in_a_language(stem: str, ground: Ground) -> str:
    """The page of a name in some language: `faq.en-US.md` for `faq`; "" for none."""
    folder, name = posixpath.split(stem)
    return next((p for p in ground.repo.inside(folder) if _is_in_a_language(p, name)), "")


def _is_in_a_language(path: str, name: str) -> bool:
    found = _LANGUAGE.fullmatch(posixpath.basename(path))
    return found is not None and found["name"] == name
