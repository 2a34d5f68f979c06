"""The last sections: documentation, contributing, license, authors."""

from __future__ import annotations

from moxi_core.records import Fact
from moxi_infer.document import Body, Section
from moxi_infer.markdown import code, link, listing, prose
from moxi_infer.subject import Subject, first_of, simple

MAX_PAGES = 10
MAX_AUTHORS = 10


def documentation(subject: Subject) -> Section | None:
    """The documentation site and the pages that the repository holds."""
    body = Body()
    rows: list[tuple[str, list[Fact]]] = []
    for rel, label in (("documentation", "Documentation"), ("homepage", "Website")):
        site = first_of(_links(subject), rel=rel)
        if site is not None and not _is_host(subject, site.value):
            rows.append((link(label, site.value), [site]))
            break
    pages = [f for f in subject.of("doc_page") if not f.detail.get("role")][:MAX_PAGES]
    rows += [(link(_title(f), f.value), [f]) for f in pages]
    changes = first_of(subject.of("doc_page"), role="changelog")
    if changes is not None:
        rows.append((link("Changelog", changes.value), [changes]))
    if rows:
        body.bullets(rows)
    return body.section("documentation", "Documentation")


def _links(subject: Subject) -> list[Fact]:
    """Links of the project as a whole: not those of a package beside the main one."""
    return subject.of_main("link") if subject.main else subject.of("link")


def _is_host(subject: Subject, url: str) -> bool:
    """Whether a URL is only the repository's own page."""
    page = url.partition("#")[0].rstrip("/").removesuffix(".git")
    page = page.lower().replace("http://", "https://", 1)
    return subject.host is not None and page == subject.host.url.lower()


def _title(fact: Fact) -> str:
    return prose(fact.text, 80).replace("[", "").replace("]", "") or code(fact.value)


def contributing(subject: Subject) -> Section | None:
    """Where the rules for contributors stand, and where to report."""
    body = Body()
    pages = subject.of("doc_page")
    guide = first_of(pages, role="contributing")
    conduct = first_of(pages, role="conduct")
    security = first_of(pages, role="security")
    if guide is not None:
        text = f"See {link(code(guide.value), guide.value)} for how to contribute."
        body.paragraph(text, guide)
    if conduct is not None:
        text = f"Everyone taking part is held to the {link('code of conduct', conduct.value)}."
        body.paragraph(text, conduct)
    if security is not None:
        text = f"Report vulnerabilities as the {link('security policy', security.value)} says."
        body.paragraph(text, security)
    issues = first_of(subject.of("link"), rel="issues")
    if issues is not None:
        body.paragraph(f"Bugs and ideas go to the {link('issue tracker', issues.value)}.", issues)
    return body.section("contributing", "Contributing")


def license_section(subject: Subject) -> Section | None:
    """The license's name, with a link to its text."""
    facts = subject.licenses
    if not facts:
        return None
    body = Body()
    texts = [f for f in facts if f.detail.get("from") == "text"]
    declared = next((f for f in facts if f.detail.get("from") == "manifest"), None)
    name = _name(declared, texts)
    places = list(dict.fromkeys(path for f in texts for path in _files(subject, f)))
    where = f" See {listing([link(code(p), p) for p in places])}." if places else ""
    body.paragraph(f"{name}.{where}", *([declared] if declared else []), *texts)
    return body.section("license", "License")


def _files(subject: Subject, fact: Fact) -> list[str]:
    """The file of a license's text, or the files of all that one may choose from."""
    choice = [path for path in fact.detail.get("files", "").split(", ") if subject.has(path)]
    return choice or [fact.evidence.path]


def _name(declared: Fact | None, texts: list[Fact]) -> str:
    """The manifest's expression if it covers what the texts are; else the texts' names."""
    names = list(dict.fromkeys(f.value for f in texts))
    if declared is not None and (not names or all(_covers(declared.value, n) for n in names)):
        return prose(declared.value)
    return listing([prose(name) for name in names])


def _covers(expression: str, name: str) -> bool:
    family = name.removesuffix("-only").removesuffix("-or-later")
    return family.lower() in expression.lower()


def authors(subject: Subject) -> Section | None:
    """People that manifests and AUTHORS files name."""
    found = subject.of_main("person")
    if subject.main is None or subject.main.detail.get("manager") != "xcode":
        found = found or subject.of("person")
    people = list({simple(f.value) or f.value: f for f in reversed(found)}.values())[::-1]
    if not people:
        return None
    body = Body()
    shown = people[:MAX_AUTHORS]
    rows = []
    for fact in shown:
        url = fact.detail.get("url", "")
        name = prose(fact.value)
        rows.append((link(name, url) if url.startswith("https://") else name, fact))
    if len(rows) <= 3:
        body.paragraph(listing([text for text, _ in rows]) + ".", *shown)
    else:
        body.bullets([(text, [fact]) for text, fact in rows])
    return body.section("authors", "Authors")
