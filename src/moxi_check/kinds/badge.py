"""Badges: the workflow and the package that they show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import unquote

from moxi_check.claim import Claim, false, not_judged, true
from moxi_check.document import Document, Link, Span
from moxi_check.ground import Ground, nearest
from moxi_check.kinds.names import is_slip
from moxi_check.kinds.told import own_programs
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

KINDS = {"badge": "a badge shows a workflow or a package that this repository has"}

# What is switched on in a repository's settings.
_OF_FORGE = frozenset({"codeql", "dependabot updates", "pages-build-deployment"})
_OWNER = r"(?P<slug>[\w.-]+/[\w.-]+)"
_BY_FILE = lazy_pattern(
    rf"github\.com/{_OWNER}/actions/workflows/(?P<file>[\w.@ %-]+?\.ya?ml)(?:[/?#]|$)"
    rf"|/github/(?:actions/)?workflow/status/(?P<slug2>[\w.-]+/[\w.-]+)/(?:\.github/workflows/)?(?P<file2>[\w.-]+\.ya?ml)"
)
_BY_NAME = lazy_pattern(rf"github\.com/{_OWNER}/workflows/(?P<name>[^/?#]+)/badge\.svg")
_SHIELDS = {
    "pypi": "pypi", "npm": "npm", "crates": "crates.io", "gem": "rubygems", "packagist": "packagist",
    "nuget": "nuget", "pub": "pub.dev", "hexpm": "hex", "hackage": "hackage", "clojars": "clojars",
    "cocoapods": "cocoapods", "jsr": "jsr", "conda": "conda",
}  # fmt: skip
_ECOSYSTEMS = {
    "pypi": "python", "npm": "javascript", "jsr": "javascript", "crates.io": "rust", "rubygems": "ruby",
    "packagist": "php", "pub.dev": "dart", "hex": "elixir", "hackage": "haskell", "clojars": "clojure",
    "cocoapods": "swift",
}  # fmt: skip
_SHIELD = lazy_pattern(
    r"img\.shields\.io/(?P<registry>pypi|npm|crates|gem|packagist|nuget|pub|hexpm|hackage|clojars|cocoapods|jsr)"
    r"/(?:v|vpre|dm|dw|dt|dd|d|l|pyversions|wheel|status|implementation|format|php-v|unpacked-size|size|msrv|types|"
    r"likes|points|popularity|dv|collaborators|node)/(?P<name>@?[\w.-]+(?:/[\w.-]+)?)"
)
_OTHER = (
    (lazy_pattern(r"badge\.fury\.io/(?P<registry>py|js|rb|nu)/(?P<name>[\w.%@-]+?)(?:\.svg|\.png|$)"),
     {"py": "pypi", "js": "npm", "rb": "rubygems", "nu": "nuget"}),
    (lazy_pattern(r"badgen\.net/(?P<registry>npm|pypi|crates|rubygems|packagist|nuget|pub|hackage)/[a-z-]+/(?P<name>@?[\w.-]+(?:/[\w.-]+)?)"), {
        **{name: name for name in ("npm", "pypi", "rubygems", "packagist", "nuget", "hackage")},
        "crates": "crates.io", "pub": "pub.dev",
    }),
    (lazy_pattern(r"(?P<registry>docs\.rs)/(?P<name>[\w-]+)/badge\.svg"), {"docs.rs": "crates.io"}),
    (lazy_pattern(r"(?:static\.)?(?P<registry>pepy)\.tech/(?:personalized-)?badge/(?P<name>[\w.-]+)"), {"pepy": "pypi"}),
    (lazy_pattern(r"(?P<registry>poser)\.pugx\.org/(?P<name>[\w.-]+/[\w.-]+)/"), {"poser": "packagist"}),
)  # fmt: skip


# Between where a link leads and the image in it.
_INSIDE = lazy_pattern(r"[\"'][^<>\n]{0,200}>\s{0,20}<img\b[^<>\n]{0,200}=[\"']")
_OPENS = lazy_pattern(r"(?i)<a\b[^<>]*>\s*$")
_ALONE = lazy_pattern(r"(?i)\s*<img\b")
# The page of a package on its registry.
_PAGE = lazy_pattern(
    r"://(?:www\.)?(?:npmjs\.(?:com|org)/(?:package/)?|pypi\.(?:org|python\.org)/(?:p|project|pypi)/|crates\.io/crates/"
    r"|rubygems\.org/gems/|packagist\.org/packages/|nuget\.org/packages/|pub\.(?:dev|dartlang\.org)/packages/|hex\.pm/packages/"
    r"|badge\.fury\.io/(?:py|js|rb|nu)/)(?P<name>@?[\w.-]+(?:/[\w.-]+)?)/?$"
)


# `[![npm][badge]][page]`: what a link by reference shows.
_REFERRED = lazy_pattern(r"!\[(?P<label>[^\[\]]+)\](?:\[[^\[\]]*\])?$")
_ALIKE = 0.8


def claims(document: Document, ground: Ground) -> Iterator[Claim]:
    """Badge images and the pages that they lead to."""
    lines = document.source.split("\n")
    leading: dict[int, list[Link]] = defaultdict(list)
    for link in document.links:
        if not link.image:
            leading[link.line].append(link)
    around = _around(document)
    # Behind the head of a page, badges are of what it lists: siblings, plugins, ports.
    later = sorted(heading.line for heading in document.headings)[2:3]
    for link in document.links:
        text = link.text
        if not text.startswith(("http://", "https://", "//")):
            continue
        workflow = _BY_FILE.search(text)
        named = _BY_NAME.search(text)
        if workflow:
            group = "file" if workflow["file"] else "file2"
            slug = workflow["slug"] or workflow["slug2"]
            yield _workflow_file(ground, _part(link, workflow.span(group)), slug)
        elif named:
            yield _workflow_name(ground, _part(link, named.span("name")), named["slug"])
        elif link.image:
            page = _target(link, leading[link.line], lines[link.line - 1])
            page = page or _above(link, leading[link.line - 1], lines)
            is_listed = any(link.line > line for line in later)
            yield from _package(ground, link, page or around.get(link.label), is_listed=is_listed)


def _part(link: Link, place: tuple[int, int]) -> Span:
    start, end = place
    return Span(link.text[start:end], link.line, link.column + start)


def _around(document: Document) -> dict[str, Span]:
    """The package whose page a badge by reference leads to, by what is said in place of the image."""
    found: dict[str, Span | None] = {}
    for link in document.links:
        said = _REFERRED.search(link.label) if not link.image else None
        page = _PAGE.search(link.text) if said else None
        if said and page:
            again = said["label"] in found  # of several, which one is meant is not known
            found[said["label"]] = None if again else _part(link, page.span("name"))
    return {label: span for label, span in found.items() if span is not None}


def _target(image: Link, beside: list[Link], line: str) -> Span | None:
    """The package whose page on a registry a badge leads to, if it leads to one."""
    start, end = image.column - 1, image.column - 1 + len(image.text)
    for link in beside:
        at = link.column - 1
        is_behind = line[end:at] == ")]("
        if is_behind or _INSIDE.fullmatch(line, at + len(link.text), max(start, 0)):
            found = _PAGE.search(link.text)
            return _part(link, found.span("name")) if found else None
    return None


def _above(image: Link, links: list[Link], lines: list[str]) -> Span | None:
    """The package whose page the link leads to that a line of HTML above a badge opens."""
    above, line = lines[image.line - 2], lines[image.line - 1]
    if image.line < 2 or not links or not _OPENS.search(above) or not _ALONE.match(line):
        return None
    found = _PAGE.search(links[-1].text)
    return _part(links[-1], found.span("name")) if found else None


def _is_ours(ground: Ground, slug: str) -> bool:
    """Whether a repository is this one; of one that was never cloned, only names are known."""
    if ground.slugs:
        return slug.lower() in ground.slugs
    plain = slug.lower().partition("/")[2].replace("_", "-")
    return plain in {name.lower().replace("_", "-") for name in own_programs(ground)}


def _unseen(ground: Ground, slug: str) -> str:
    """Why the workflows of a repository cannot be seen here; "" where they can."""
    if not _is_ours(ground, slug):
        return f"a workflow of {slug}"
    return "a source distribution has no workflows" if ground.is_release else ""


def _workflow_file(ground: Ground, span: Span, slug: str) -> Claim:
    name = unquote(span.text)
    for fact in ground.facts("workflow"):
        if fact.detail.get("file") == name:
            return true("badge", span, fact.evidence)
    if ground.has(f".github/workflows/{name}"):
        return true("badge", span)
    if doubt := _unseen(ground, slug):
        return not_judged("badge", span, doubt)
    known = [path.rpartition("/")[2] for path in ground.repo.inside(".github/workflows")]
    best = nearest(name, known)
    hint = f"; did you mean `{best}`?" if best else ""
    return false("badge", span, f"there is no workflow `{name}`{hint}", suggestion=best)


def _workflow_name(ground: Ground, span: Span, slug: str) -> Claim:
    name = unquote(span.text)
    workflows = ground.facts("workflow")
    for fact in workflows:
        if fact.value.lower() == name.lower():
            return true("badge", span, fact.evidence)
    if doubt := _unseen(ground, slug):
        return not_judged("badge", span, doubt)
    if name.lower() in _OF_FORGE:
        return not_judged("badge", span, "the forge can run this one without a file")
    if ground.mention(f"name: {name}") or ground.has(unquote(name)):
        return true("badge", span)
    best = nearest(name, [fact.value for fact in workflows])
    hint = f"; did you mean `{best}`?" if best else ""
    return false("badge", span, f"no workflow is called `{name}`{hint}", suggestion=best)


def _package(
    ground: Ground, link: Link, target: Span | None, *, is_listed: bool
) -> Iterator[Claim]:
    found, registry = _SHIELD.search(link.text), ""
    if found:
        registry = _SHIELDS[found["registry"]]
    else:
        for pattern, registries in _OTHER:
            found = pattern.search(link.text)
            if found:
                registry = registries[found["registry"]]
                break
    if not found:
        return
    start, end = found.span("name")
    if registry == "npm" and not link.text.startswith("@", start):  # `demo/next`: a tag of it
        end = start + len(found["name"].partition("/")[0])
    text = link.text[start:end]
    for suffix in (".svg", ".png"):
        end -= len(suffix) if text.endswith(suffix) else 0
    span = _part(link, (start, end))
    own = [
        fact
        for fact in ground.facts("package")
        if fact.detail.get("registry", registry) == registry
        and fact.detail.get("ecosystem") == _ECOSYSTEMS.get(registry, registry)
    ]
    claim = _judge_package(span, registry, own, target.text if target else "", ground)
    name = _normal(unquote(span.text), registry)
    if claim.verdict == "false" and is_listed and not is_slip(name, claim.suggestion):
        claim = not_judged("badge", span, "it may be of another package that the page lists")
    yield claim
    if claim.verdict == "true" and target:
        yield from _judge_target(target, span, registry, claim)


def _judge_target(target: Span, shown: Span, registry: str, claim: Claim) -> Iterator[Claim]:
    """Where the badge of a package of ours leads."""
    name, ours = _normal(target.text, registry), _normal(unquote(shown.text), registry)
    if name == ours:
        yield true("badge", target, claim.evidence)
    elif _contains(name, ours, shortest=2) or is_slip(name, ours):
        yield false(
            "badge", target, f"the badge shows `{shown.text}` and leads to another package",
            suggestion=shown.text, evidence=claim.evidence,
        )  # fmt: skip


def _judge_package(span: Span, registry: str, own: list[Fact], page: str, ground: Ground) -> Claim:
    name = _normal(unquote(span.text), registry)
    for fact in own:
        known = _normal(fact.value, registry)
        if name in {known, known.partition("/")[0]} or known.startswith(name + "/"):
            return true("badge", span, fact.evidence)
    if registry == "nuget" and ground.mention(f"{unquote(span.text)}</PackageId>", docs=False):
        return not_judged("badge", span, "a project may be packed under this name")
    best = nearest(span.text, [fact.value for fact in own])
    slips = (fact.value for fact in own if is_slip(name, _normal(fact.value, registry)))
    best = best or next(slips, "")
    if (
        page
        and name == _normal(page, registry)
        and not (best and is_slip(name, _normal(best, registry)))
    ):
        return not_judged(
            "badge", span, "it shows and leads to the same package: of others, or a sibling"
        )
    if best and len(own) > 1 and not is_slip(name, _normal(best, registry)):
        best = ""  # one of several may have a sibling that is built elsewhere
    if not best and len(own) == 1 and _contains(name, _normal(own[0].value, registry)):
        best = own[0].value
    if not best and page and _is_like(name, _normal(page, registry)):
        # It shows one package and leads to another, which is ours.
        leads = (f.value for f in own if _normal(f.value, registry) == _normal(page, registry))
        best = next(leads, "")
    if not best:
        return not_judged("badge", span, f"a package on {registry} that is not of this repository")
    fact = next(f for f in own if f.value == best)
    return false(
        "badge",
        span,
        f"the package on {registry} is `{best}`",
        suggestion=best,
        evidence=fact.evidence,
    )


def _contains(one: str, other: str, shortest: int = 4) -> bool:
    """Whether one name is the other with something before or after it."""
    short, long = sorted((one, other), key=len)
    return len(short) >= shortest and (long.startswith(short + "-") or long.endswith("-" + short))


def _is_like(name: str, page: str) -> bool:
    """Whether two names are most likely meant to be the same: a word more, no scope, a slip."""
    inner = page.endswith("/" + name) or name.endswith("/" + page)
    return inner or _contains(name, page, shortest=2) or bool(nearest(name, [page], cutoff=_ALIKE))


def _normal(name: str, registry: str) -> str:
    """A name as its registry compares it: only two of them take `_` for `-`."""
    lower = name.lower()
    if registry == "pypi":
        return lower.replace("_", "-").replace(".", "-")
    return lower.replace("_", "-") if registry == "crates.io" else lower
