"""Addresses of the repository in commands and snippets: `git clone`, `pip install git+…`, `uses:`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from moxi_check.claim import Claim, false, not_judged, true
from moxi_check.document import Document, Span
from moxi_check.ground import Ground
from moxi_check.kinds.names import is_slip
from moxi_check.kinds.told import own_names, told
from moxi_check.shell import SHELLS, Word, is_placeholder
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

KINDS = {
    "clone_url": "an address that is cloned or installed from is the repository's own",
    "uses": "an action or hook of the repository is called by its own name and path",
}

_ADDRESS = lazy_pattern(
    r"(?:(?:git\+)?(?:https?|ssh|git)://(?:[\w.-]+@)?(?:www\.)?|git@|gh:)?(?:github\.com|gitlab\.com|codeberg\.org|bitbucket\.org)"
    r"[/:](?P<owner>[\w.-]+)/(?P<name>[\w.-]+?)(?:\.git)?(?=$|[/#@?\"'),;\s])"
)
_DECLARES = lazy_pattern(r"(?:\.package\(|\brepo:\s|\bgit\s*[=:]|\burl:\s|\btap\s)")
_USES = lazy_pattern(
    r"\buses:\s*[\"']?(?P<slug>(?P<owner>[\w.-]+)/(?P<name>[\w.-]+))(?P<path>(?:/[\w.-]+)*)(?:@(?P<ref>[\w./-]+))?"
)
_READER = frozenset(
    {"you", "me", "fork", "yourself", "owner", "yourname", "octocat", "contributor", "uname"}
)
_STANDS_FOR = lazy_pattern(
    r"(?i)(?:tu|seu|su|votre|ton|dein|ihr|il-tuo)[-_].*|(?:john|jane)[-_]?doe|.*(?:usuario|benutzer|utilisateur).*"
)
_CLONES = frozenset({"clone", "submodule"})
_RELATIONS = frozenset({"repository", "issues"})


def claims(document: Document, ground: Ground) -> Iterator[Claim]:
    """Addresses in commands, build snippets and workflow steps."""
    own = _Own(ground, document)
    for said in told(document):
        words = said.words
        names = [word.text for word in words]
        if names[:1] == ["git"]:
            addressed = words[2:] if not _CLONES.isdisjoint(names[:3]) else ()
        elif names[:3] == ["gh", "repo", "clone"]:
            claim = own.judge(words[3]) if len(words) > 3 and "/" in words[3].text else None
            if claim is not None:
                yield claim
            continue
        else:
            with_git = "--git" in names
            addressed = tuple(w for w in words if with_git or "git+" in w.text or ".git" in w.text)
        for word in addressed:
            yield from _addresses(Span(word.raw, word.line, word.column), own)
    for block in document.blocks:
        for line in block.lines():
            used = _USES.search(line.text)
            if used:
                yield from _action(used, line, own)
            elif block.language not in SHELLS and _DECLARES.search(line.text):
                yield from _addresses(line, own)


def _addresses(span: Span, own: _Own) -> Iterator[Claim]:
    """Every address of a forge in a text; the claim stands at `owner/name`."""
    for found in _ADDRESS.finditer(span.text):
        text = f"{found['owner']}/{found['name']}"
        claim = own.judge(Word(text, span.line, span.column + found.start("owner"), text))
        if claim is not None:
            yield claim


class _Own:
    """The addresses that manifests and the remote give the repository."""

    def __init__(self, ground: Ground, document: Document) -> None:
        self.ground = ground
        self._page = document.source.lower()
        self.places: dict[str, tuple[str, Evidence | None]] = {}
        urls: list[tuple[str, Evidence | None]] = [(ground.snapshot.url, None)]
        urls += [
            (f.value, f.evidence) for f in ground.facts("link") if f.detail.get("rel") in _RELATIONS
        ]
        urls += [
            (f.value, f.evidence)
            for f in ground.facts("package")
            if f.detail.get("ecosystem") == "go"
        ]
        for url, place in urls:
            found = _ADDRESS.match(url)
            if found:
                slug = f"{found['owner']}/{found['name']}"
                self.places.setdefault(slug.lower(), (slug, place))

    def judge(self, word: Word, kind: str = "clone_url") -> Claim | None:
        """The verdict on an `owner/name`; None for one of another project."""
        slug = word.text.removesuffix(".git").lower()
        owner, _, name = slug.partition("/")
        if slug in self.places:
            return true(kind, word, self.places[slug][1])
        if slug in self.ground.slugs:
            return true(kind, word)
        is_fork = owner.startswith("your") and "fork" in self._page
        if (
            is_placeholder(owner)
            or owner in _READER
            or _STANDS_FOR.fullmatch(owner)
            or is_fork
            or not word.is_plain
        ):
            return not_judged(kind, word, "the owner is a placeholder")
        best = self._meant(owner, name)
        if not best:
            if name not in own_names(self.ground):
                return None
            return not_judged(kind, word, "nothing but the page tells who owns the repository")
        if self._times(slug) > max(1, self._times(best.lower())):
            return not_judged(
                kind, word, f"the page says so throughout, the manifest says `{best}`"
            )
        seen = self._named(word.text)
        if seen is not None:
            return not_judged(kind, word, f"not the address in the manifest, but {seen} names it")
        return false(
            kind, word, f"the repository is `{best}`, not `{word.text}`", suggestion=best,
            evidence=self.places[best.lower()][1], certain=len(self.places) == 1,
        )  # fmt: skip

    def _times(self, slug: str) -> int:
        """How often the page has an address, right behind its host."""
        return len(re.findall(rf"\.(?:com|org)[/:]{re.escape(slug)}(?![\w-])", self._page))

    def _named(self, slug: str) -> Evidence | None:
        """Where a file names an address: behind its host, or by itself."""
        hosts = ("github.com", "gitlab.com", "codeberg.org", "bitbucket.org")
        forms = [f"{host}{mark}{slug}" for host in hosts for mark in "/:"]
        forms += [f'"{slug}"', f"'{slug}'", f" {slug}@"]
        return next((seen for form in forms if (seen := self.ground.mention(form))), None)

    def _meant(self, owner: str, name: str) -> str:
        """The own address that is meant; "" where several owners are named, or another project."""
        ours = [slug.partition("/") for slug in self.places]
        same_name = {o for o, _, n in ours if n == name}
        same_owner = [n for o, _, n in ours if o == owner and is_slip(name, n)]
        if len(same_name) == 1:
            return self.places[f"{same_name.pop()}/{name}"][0]
        return self.places[f"{owner}/{same_owner[0]}"][0] if same_owner else ""


def _action(used: re.Match[str], line: Span, own: _Own) -> Iterator[Claim]:
    """A step that uses an action: the repository's own has a file of it at that path."""
    slug, path = used["slug"], used["path"].strip("/")
    word = Word(slug, line.line, line.column + used.start("slug"), slug)
    ground = own.ground
    claim = own.judge(word, "uses")
    if claim is None or claim.verdict != "true":
        # Other actions are what a workflow is made of.
        if claim is not None and claim.verdict == "false" and _has_action(ground, ""):
            yield claim
        return
    if not path or path.endswith((".yml", ".yaml")) or _has_action(ground, path):
        if not path and not _has_action(ground, ""):
            yield not_judged("uses", word, "the repository has no action at its root")
        elif path and not _has_action(ground, path) and not ground.has(path):
            yield _no_action(word, used, line, ground)
        else:
            yield claim
        return
    yield _no_action(word, used, line, ground)


def _no_action(word: Word, used: re.Match[str], line: Span, ground: Ground) -> Claim:
    path = used["path"].strip("/")
    span = Word(path, line.line, line.column + used.start("path") + 1, path)
    best = ground.nearest_path(path)
    best = best if best and (_has_action(ground, best) or best.endswith((".yml", ".yaml"))) else ""
    hint = f"; did you mean `{best}`?" if best else ""
    return false(
        "uses", span, f"the repository has no action or workflow `{path}`{hint}", suggestion=best,
        evidence=Evidence(path=best) if best else None,
    )  # fmt: skip


def _has_action(ground: Ground, folder: str) -> bool:
    return any(
        ground.has(posixpath.join(folder, name))
        for name in ("action.yml", "action.yaml", "Dockerfile")
    )
