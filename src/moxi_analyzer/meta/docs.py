"""Documentation: pages with their titles, community files, sites, and a paragraph about the project.

A README is never read, at any depth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from moxi_analyzer.formats import as_dict, as_str, load_yaml, one_line
from moxi_analyzer.meta.pages import first_paragraph, title
from moxi_analyzer.repository import Repository
from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_MAX_PAGES = 30
_PAGE = lazy_pattern(
    r"(?P<root>(?:docs?|documentation|guide|manual|book|(?:website|site|docs)/(?:docs|content|src|source|guide))/)"
    r"(?P<rest>.*\.(?:md|mdx|markdown|rst|adoc|asciidoc|ipynb))",
    re.IGNORECASE,
)
_NOT_PAGES = lazy_pattern(
    r"(?i)(?:^|/)(?:[._][^/]*|i18n|locales?|translations?|versioned_docs|archive[sd]?|old|legacy|blog|posts"
    r"|news|adrs?|rfcs?|proposals?|internal|includes?|snippets?|partials|templates?|changelogs?"
    r"|release[-_]?notes?|releases|[a-z]{2}(?:[-_][a-z]{2,4})?|examples?|node_modules|components|next|plans)/"
    r"|(?:^|/)(?:readme[^/]*|license[^/]*|(?:pull_request|issue)_template[^/]*|_[^/]*|404\.\w+|summary\.md|nav\.adoc|change-?log[^/]*|genindex\.\w+|search\.\w+)$"
)
# What a reader looks for first; the place in this list is the rank.
_WANTED = tuple(
    re.compile(pattern)
    for pattern in (
        r"index|introduction|intro|overview|about|home|what[-_]is[-_].*",
        r"(?:\d+[-_])?(?:getting[-_]?started|quick[-_]?start|tutorial|start|first[-_]steps)",
        r"(?:\d+[-_])?(?:install(?:ation|ing)?|setup)",
        r"(?:\d+[-_])?(?:usage|using.*|user[-_]?guide|guide|cli|commands?)",
        r"(?:\d+[-_])?(?:config(?:uration|uring)?|settings|options|environment.*)",
        r"(?:\d+[-_])?(?:api|reference|api[-_]reference)",
        r"(?:\d+[-_])?(?:faq|troubleshooting)",
        r"(?:\d+[-_])?(?:architecture|design|internals|development|deploy(?:ment|ing)?)",
    )
)
_ROLES = (
    ("contributing", re.compile(r"contributing|how[-_]to[-_]contribute|hacking")),
    ("conduct", re.compile(r"code[-_]of[-_]conduct|conduct")),
    ("security", re.compile(r"security")),
    ("changelog", re.compile(r"change[-_]?log|changes|history|news|release[-_]?notes|releases")),
    ("support", re.compile(r"support")),
    ("governance", re.compile(r"governance")),
    ("roadmap", re.compile(r"roadmap")),
    ("upgrade", re.compile(r"upgrad(?:e|ing)|migrat(?:e|ion|ing)|migration[-_]guide")),
)
_COMMUNITY_FOLDERS = ("", ".github", "docs", "doc")
_TEXT_FILE = lazy_pattern(r"(?P<stem>[\w-]+?)(?:\.(?:md|markdown|rst|txt|adoc|asciidoc|org))?")
_ABOUT = lazy_pattern(
    r"(?:docs?|documentation|website|site)/(?:(?:docs|content|src|source|en|guide)/){0,2}"
    r"(?:\d+[-_])?(?:index|intro|introduction|overview|about|what-is(?:-[\w-]+)?)\.(?:md|mdx|rst|adoc)",
    re.IGNORECASE,
)
_HOST = lazy_pattern(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)
_SITE_URL = lazy_pattern(r"https?://[^\s\"'`,}]+")
# Site generators: where the address stands in their configuration.
_SITES = (
    (
        r"(?:docs/|website/|site/)?mkdocs\.ya?ml",
        r"^site_url\s*:\s*[\"']?(?P<url>https?://[^\s\"'#]+)",
    ),
    (
        r"(?:docs/|website/|site/)?docusaurus\.config\.[cm]?[jt]s",
        r"^\s*url\s*:\s*[\"'`](?P<url>https?://[^\"'`]+)[\"'`]",
    ),
    (
        r"(?:docs/|website/|site/)?\.vitepress/config\.[cm]?[jt]s",
        r"hostname\s*:\s*[\"'`](?P<url>https?://[^\"'`]+)[\"'`]",
    ),
    (r"(?:docs?/)(?:source/)?conf\.py", r"^html_baseurl\s*=\s*[\"'](?P<url>https?://[^\"']+)[\"']"),
    (
        r"(?:docs/|website/|site/)astro\.config\.[cm]?[jt]s",
        r"^\s*site\s*:\s*[\"'`](?P<url>https?://[^\"'`]+)[\"'`]",
    ),
)


def read(repo: Repository) -> Iterator[Fact]:
    """Community files, documentation pages, sites, and one `about` paragraph."""
    community = list(_community(repo))
    yield from community
    yield from _pages(repo, {fact.value for fact in community})
    yield from _sites(repo)
    yield from _about(repo)


def _community(repo: Repository) -> Iterator[Fact]:
    taken: set[str] = set()
    for folder in _COMMUNITY_FOLDERS:
        for path in repo.inside(folder):
            found = _TEXT_FILE.fullmatch(path.rpartition("/")[2])
            stem = found["stem"].lower() if found else ""
            role = next((role for role, pattern in _ROLES if pattern.fullmatch(stem)), "")
            if role and role not in taken and not (folder == "docs" and role == "security"):
                taken.add(role)
                yield _page(repo, path, role)


def _page(repo: Repository, path: str, role: str = "") -> Fact:
    text = repo.text(path) or ""
    heading, line = title(text, path)
    if heading == "NAME":  # a man page: what stands below says which
        after = text.splitlines()[line:]
        heading = next((words.strip() for words in after if words.strip()), heading)
    return Fact(
        kind="doc_page",
        value=path,
        evidence=Evidence(path=path, line=line),
        text=one_line(heading, 120),
        detail={"role": role} if role else {},
    )


def _pages(repo: Repository, taken: set[str]) -> Iterator[Fact]:
    found = []
    for path, entry in repo.files.items():
        match = _PAGE.fullmatch(path) if entry.role == "doc" else None
        if match and path not in taken and not _NOT_PAGES.search(match["rest"]):
            found.append((_rank(match["rest"]), path))
    for _, path in sorted(found)[:_MAX_PAGES]:
        yield _page(repo, path)


def _rank(rest: str) -> tuple[int, int, str]:
    stem = rest.rpartition("/")[2].partition(".")[0].lower()
    wanted = next((n for n, pattern in enumerate(_WANTED) if pattern.fullmatch(stem)), len(_WANTED))
    depth = rest.count("/")
    # An index of a sub-folder is not the first page of the whole.
    return (len(_WANTED) if wanted == 0 and depth > 1 else wanted, depth, rest)


def _sites(repo: Repository) -> Iterator[Fact]:
    for path in ("CNAME", "docs/CNAME", "website/static/CNAME", "docs/public/CNAME"):
        host = (repo.text(path) or "").strip() if repo.has(path) else ""
        if _HOST.fullmatch(host):
            rel = "homepage" if path == "CNAME" else "documentation"
            yield _link(f"https://{host}/", Evidence(path=path, line=1), rel)
    for file_pattern, pattern in _SITES:
        for path in repo.find(file_pattern):
            text = repo.text(path) or ""
            found = re.search(pattern, text, re.MULTILINE)
            if found and "localhost" not in found["url"] and "example." not in found["url"]:
                line = text.count("\n", 0, found.start("url")) + 1
                url = found["url"].rstrip("/") + "/" + _base(text)
                yield _link(url, Evidence(path=path, line=line), "documentation")
    if repo.has("_config.yml"):
        yield from _jekyll(repo)


def _base(text: str) -> str:
    """The path below the host that Docusaurus keeps beside its `url`."""
    found = re.search(r"^\s*baseUrl\s*:\s*[\"'`]/(?P<base>[\w./-]*)[\"'`]", text, re.MULTILINE)
    return found["base"] if found else ""


def _jekyll(repo: Repository) -> Iterator[Fact]:
    try:
        config = as_dict(load_yaml(repo.text("_config.yml") or ""))
    except ManifestError as error:
        repo.problem("_config.yml", str(error))
        return
    url = as_str(config.get("url"))
    if _SITE_URL.fullmatch(url) and "localhost" not in url:
        base = as_str(config.get("baseurl")).strip("/")
        address = url.rstrip("/") + (f"/{base}/" if base else "/")
        yield _link(address, repo.evidence("_config.yml", r"^url\s*:"), "homepage")


def _link(url: str, evidence: Evidence, rel: str) -> Fact:
    return Fact(kind="link", value=url, evidence=evidence, detail={"rel": rel})


def _about(repo: Repository) -> Iterator[Fact]:
    places = sorted(
        (p for p in repo.files if _ABOUT.fullmatch(p)), key=lambda p: (p.count("/"), _order(p), p)
    )
    for path in places[:4]:
        found = first_paragraph(repo.text(path) or "", path)
        if found:
            paragraph, line = found
            yield Fact(
                kind="about",
                value=paragraph,
                evidence=Evidence(path=path, line=line),
                detail={"from": "docs"},
            )
            return


def _order(path: str) -> int:
    return 0 if re.search(r"index\.\w+$", path) else 1
