"""Relative links, images and anchors."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from moxi_check.claim import Claim, false, not_judged, true, undecided
from moxi_check.document import Document, Link, Span
from moxi_check.ground import Ground, nearest
from moxi_check.kinds import site
from moxi_check.kinds.elsewhere import file_of_ours
from moxi_check.kinds.path import is_slip_beside
from moxi_core.anchors import slug
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

KINDS = {
    "link": "a relative link leads to a file or folder of the repository",
    "image": "a relative image is a file of the repository",
    "anchor": "a link to a heading or anchor of the same page leads to one",
}
_MANY = 3
_BRANCHES = frozenset({"main", "master", "HEAD", "trunk"})
_SCHEME = lazy_pattern(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_HOST = lazy_pattern(r"(?:www\.[\w-]+\.\w{2,}|(?:[\w-]+\.)+(?:com|org|net|io|dev))(?:/|$)")
_TEMPLATE = lazy_pattern(r"[{}<>$|*]|%[sd]")
# Pages of the forge itself, which relative links reach: `../../issues`, `../../wiki`.
_FORGE = frozenset(
    "issues pulls pull wiki releases actions discussions commits compare graphs tree blob raw stargazers "
    "network security projects tags labels milestones fork archive commit".split()
)
# What rustdoc and ExDoc make links of: `Client::open`, `t:Demo.options/0`.
_OF_DOCS = lazy_pattern(
    r"`[^`]+`|(?:[tcme]:)?[A-Z]\w*(?:\.\w+)*/\d+|(?:crate|self|super)?(?:::\w+)+(?:\(\)|!)?|\w+(?:::\w+)+(?:\(\)|!)?"
)
# Anchors of the page in which a forge shows the README.
_OF_FORGES = frozenset({"top", "readme", "start-of-content"})


def claims(document: Document, ground: Ground) -> Iterator[Claim]:
    """Links and images that name something in the repository."""
    found = list(_linked(document, ground))
    anchors = [claim for claim in found if claim.kind == "anchor"]
    is_part = site.is_page(document, ground) and _is_part(document, anchors)
    for claim in found:
        doubtful = is_part and claim.kind == "anchor" and claim.verdict == "false"
        yield undecided(claim, "the page may be put together with others") if doubtful else claim


def _is_part(document: Document, anchors: list[Claim]) -> bool:
    """Whether a site's generator makes one page of this and others: most anchors lead to those."""
    right = {claim.text for claim in anchors if claim.verdict == "true"}
    wrong = {claim.text for claim in anchors if claim.verdict == "false"}
    is_most = len(wrong) >= _MANY and len(wrong) > len(right)
    return is_most or not document.headings or any("/" in text for text in wrong)


def _linked(document: Document, ground: Ground) -> Iterator[Claim]:
    for link in document.links:
        target = link.text.strip()
        if not target:
            continue
        if _SCHEME.match(target):
            yield from _absolute(ground, link, target)
        elif target.startswith("/") and _of_forge(ground, target):
            yield from _absolute(ground, link, f"https://github.com{target}")
        elif target.startswith("##") and not target.strip("#"):
            continue  # a link that leads nowhere, only to show a hint
        elif target.startswith("#"):
            yield _anchor(document, ground, link, target[1:])
        else:
            yield _relative(document, ground, link)


def _of_forge(ground: Ground, target: str) -> bool:
    """Whether a path from the root is an address of the repository without its host."""
    return "/".join(target.lower().split("/")[1:3]) in ground.slugs


def _anchor(document: Document, ground: Ground, link: Link, name: str) -> Claim:
    wanted = unquote(name)
    known = {_plain(anchor).removeprefix("user-content-") for anchor in document.anchors}
    if not wanted or wanted.lower() in _OF_FORGES:
        return true(
            "anchor", link, reason="the top of the page, or of the README as a forge shows it"
        )
    if _plain(wanted).removeprefix("user-content-") in known:
        return true("anchor", link, _heading_evidence(document, wanted))
    if document.format != "markdown":
        return not_judged("anchor", link, "anchors of this format are made by its renderer")
    if any(link.line in lines for lines in _contributors(document)):
        return not_judged(
            "anchor", link, "all-contributors writes anchors that are not meant to lead on"
        )
    if wanted.startswith(("/", "!", "?")):
        return not_judged("anchor", link, "a page of a site that one script shows")
    alike = _same_words(wanted, document)
    if site.is_page(document, ground) and (alike or site.makes_anchors(document)):
        return not_judged("anchor", link, "the site's generator may make such an anchor")
    best = nearest(wanted, sorted(document.anchors)) or alike
    hint = f"; did you mean `#{best}`?" if best else ""
    return false(
        "anchor", link, f"no heading or anchor of this page is `#{wanted}`{hint}",
        suggestion=f"#{best}" if best else "",
        evidence=_heading_evidence(document, best) if best else None,
        certain=bool(best) and slug(wanted).replace("-", "") == best.replace("-", ""),
    )  # fmt: skip


def _contributors(document: Document) -> Iterator[range]:
    """The lines of the tables that the all-contributors bot writes."""
    start = 0
    for comment in sorted(document.comments, key=lambda span: span.line):
        mark = comment.text.partition(" ")[0]
        if mark == "ALL-CONTRIBUTORS-LIST:START":
            start = comment.line
        elif mark == "ALL-CONTRIBUTORS-LIST:END":
            yield range(start, comment.line)


def _plain(anchor: str) -> str:
    """An anchor without what browsers and editors treat in different ways."""
    return anchor.lower().replace("\ufe0f", "")


def _same_words(wanted: str, document: Document) -> str:
    squeezed = _squeezed(slug(wanted))
    return next((a for a in sorted(document.anchors) if _squeezed(a) == squeezed), "")


def _squeezed(anchor: str) -> str:
    return anchor.replace("-", "").replace("_", "")


def _heading_evidence(document: Document, name: str) -> Evidence | None:
    for heading in document.headings:
        if heading.anchor == name.lower():
            return Evidence(path=document.path, line=heading.line)
    return None


def _relative(document: Document, ground: Ground, link: Link) -> Claim:
    kind = "image" if link.image else "link"
    raw = link.text.strip()
    if _TEMPLATE.search(raw):
        return not_judged(kind, link, "the target is a template")
    if _OF_DOCS.fullmatch(raw):
        return not_judged(kind, link, "a name that a generator of documentation links")
    path = unquote(urlsplit(raw).path)
    if not path:
        return not_judged(kind, link, "the target is a query")
    folder = "" if path.startswith("/") else document.folder
    normal = posixpath.normpath(posixpath.join(folder, path.lstrip("/")))
    if normal.startswith(".."):
        return _outside(kind, link, normal)
    normal = "" if normal == "." else normal
    if ground.has(normal):
        return true(kind, link, Evidence(path=normal or "."))
    if ground.through_link(normal):
        return not_judged(kind, link, "the path leads through a symbolic link or a submodule")
    best = ground.nearest_path(normal)
    # A forge shows what is in the repository: beside a picture of that name, none will be made.
    is_beside = link.image and bool(best) and _stem(best) == _stem(normal)
    if ground.ignored(normal) and not is_beside:
        return not_judged(kind, link, "an ignore file says that this path is made later")
    if site.is_page(document, ground):
        is_part = site.is_put_into_others(document)
        reason = "the page is a part of others" if is_part else site.doubt(path, normal, ground)
        is_folder = best in ground.repo.folders and not is_part
        if reason and not (is_folder and _is_slip_of_folder(path, normal, best)):
            return not_judged(kind, link, reason)
    if _HOST.match(path):
        return false(
            kind, link, "without `https://` a link leads to a file of the repository",
            suggestion=f"https://{raw}", certain=True,
        )  # fmt: skip
    certain = bool(best) and posixpath.basename(best) == posixpath.basename(normal)
    written = _written(best, document.folder, raw) if best else ""
    hint = f"; did you mean `{written}`?" if written else ""
    return false(
        kind, link, f"there is no `{normal}` in the repository{hint}", suggestion=written,
        evidence=Evidence(path=best) if best else None, certain=certain,
    )  # fmt: skip


def _is_slip_of_folder(path: str, normal: str, best: str) -> bool:
    """Whether a bare name is that of a folder or file at the root but for a slip: no route of a site.

    Sites leave out what a folder's name begins with, and one page is of several: `/docs/` of `_docs`.
    """
    is_bare = path == normal and "/" not in path and not best.startswith("_")
    is_plural = normal.lower().rstrip("s") == best.lower().rstrip("s")
    return is_bare and not is_plural and is_slip_beside(f"./{normal}", f"./{best}")


def _stem(path: str) -> str:
    return posixpath.splitext(path)[0]


def _absolute(ground: Ground, link: Link, url: str) -> Iterator[Claim]:
    """A file of this repository named by its address on the forge, on the default branch."""
    found = file_of_ours(url, ground)
    if found is None:
        return
    branch, written = found
    kind = "image" if link.image else "link"
    path = posixpath.normpath(unquote(written))
    span = Span(link.text, link.line, link.column)
    if branch not in _BRANCHES | {ground.snapshot.default_branch} or _TEMPLATE.search(link.text):
        yield not_judged(kind, span, f"a file of the branch or tag {branch}")
    elif ground.has(path):
        yield true(kind, span, Evidence(path=path))
    elif ground.through_link(path):
        yield not_judged(kind, span, "the path leads through a symbolic link or a submodule")
    else:
        best = ground.nearest_path(path)
        hint = f"; did you mean `{best}`?" if best else ""
        yield false(
            kind, span, f"there is no `{path}` in the repository{hint}",
            suggestion=link.text.replace(written, best) if best else "",
            evidence=Evidence(path=best) if best else None,
            certain=bool(best) and posixpath.basename(best) == posixpath.basename(path),
        )  # fmt: skip


def _outside(kind: str, link: Link, normal: str) -> Claim:
    parts = [part for part in normal.split("/") if part != ".."]
    if parts and parts[0] in _FORGE:
        return not_judged(kind, link, "a page of the forge")
    return not_judged(kind, link, "the path leads out of the repository")


def _written(path: str, folder: str, raw: str) -> str:
    """A path as a link from `folder` would name it, in the manner of the wrong one."""
    if raw.startswith("/"):
        return "/" + path
    relative = posixpath.relpath(path, folder or ".")
    fragment = urlsplit(raw).fragment
    lead = "./" if raw.startswith("./") and not relative.startswith(".") else ""
    return lead + relative.replace(" ", "%20") + (f"#{fragment}" if fragment else "")
