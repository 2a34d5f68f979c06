"""People and citation: AUTHORS, MAINTAINERS, CODEOWNERS, CITATION.cff, codemeta.json."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from moxi_analyzer.formats import (
    Lines,
    as_dict,
    as_list,
    as_str,
    load_json,
    load_yaml,
    one_line,
)
from moxi_analyzer.repository import Repository
from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_MAX_PEOPLE = 10
_LIST = lazy_pattern(
    r"(?P<role>AUTHORS?|CONTRIBUTORS?|MAINTAINERS?|CREDITS)"
    r"(?:\.(?:md|txt|rst|adoc))?",
    re.IGNORECASE,
)
_CODEOWNERS = ("CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS")
_BULLET = lazy_pattern(r"\s*(?:[-*+•]|\d+[.)])\s")
_PERSON = lazy_pattern(
    r"\s*(?P<bullet>[-*+•]\s+|\d+[.)]\s+)?(?:\[(?P<linked>[^\]\[]+)\]\((?P<link>[^)\s]*)\)|(?P<name>[^<(\[@,:|]+?))"
    r"\s*(?P<mail><[^>]*@[^>]*>|<https?://[^>]*>)?\s*(?P<more>[(,:@\-–—[<].*)?$"
)
_NAME = lazy_pattern(
    r"[^\W\d_a-z][\w.'’-]*(?: (?:[^\W\d_a-z][\w.'’-]*|d[aeiou]|van|von|der|den|del|dos|la|le|bin|al|y)){0,5}"
)
_NOT_NAMES = lazy_pattern(
    r"(?i)\b(?:authors?|contributors?|maintainers?|the|and|list|team|thanks|project|license|copyright"
    r"|these|following|people|please|file|see|github|code|all|other|many|contributions?|core|current"
    r"|former|emeritus|lead|developers?|docs?|documentation|special|inc|corp|ltd|llc|gmbh)\b"
)
_HANDLE = lazy_pattern(r"(?<![\w.+-])@(?P<handle>[A-Za-z0-9][A-Za-z0-9-]{0,38})(?![\w/-])")


def read(repo: Repository) -> Iterator[Fact]:
    """Facts on the people behind the project and on how to cite it."""
    for reader, path in (
        (_citation, "CITATION.cff"),
        (_codemeta, "codemeta.json"),
    ):
        if repo.has(path):
            try:
                yield from reader(repo, path)
            except ManifestError as error:
                repo.problem(path, str(error))
    for path in [*repo.inside(""), *repo.inside(".github")]:
        found = _LIST.fullmatch(path.removeprefix(".github/"))
        if found:
            yield from _listed(repo, path, found["role"].lower().rstrip("s"))
    yield from _owners(repo)


def _person(name: str, role: str, evidence: Evidence, url: str = "") -> Fact:
    detail = {"role": role} | ({"url": url} if re.fullmatch(r"https?://\S+", url) else {})
    return Fact(kind="person", value=name, evidence=evidence, detail=detail)


def _listed(repo: Repository, path: str, role: str) -> Iterator[Fact]:
    """The people of a list, one a line; none if the lines are not plainly names."""
    role = {"credit": "contributor"}.get(role, role)
    people, entries = [], 0
    for number, line in enumerate((repo.text(path) or "").splitlines(), 1):
        found = _PERSON.match(line)
        entries += bool(_BULLET.match(line) or (found and found["mail"]))
        if not found:
            continue
        name = " ".join((found["linked"] or found["name"] or "").strip("*_` ").split())
        more = found["more"] or ""
        marked = (
            (found["bullet"] and " " in name) or found["mail"] or found["linked"] or "@" in more
        )
        if marked and _NAME.fullmatch(name) and not _NOT_NAMES.search(name) and len(name) <= 40:
            handle = _HANDLE.search(more)
            url = found["link"] or (f"https://github.com/{handle['handle']}" if handle else "")
            people.append(_person(name, role, Evidence(path=path, line=number), url))
    # The first ten of hundreds who once sent a patch say nothing.
    if len(people) < 0.6 * entries or (role == "contributor" and len(people) > _MAX_PEOPLE):
        return
    yield from people[:_MAX_PEOPLE]


def _owners(repo: Repository) -> Iterator[Fact]:
    """Accounts, not teams, that own every file."""
    path = next((p for p in _CODEOWNERS if repo.has(p)), "")
    for number, line in enumerate((repo.text(path) or "").splitlines() if path else (), 1):
        if re.match(r"\*\s", line):
            for match in list(_HANDLE.finditer(line.partition("#")[0]))[:_MAX_PEOPLE]:
                handle = match["handle"]
                place = Evidence(path=path, line=number)
                yield _person(f"@{handle}", "code owner", place, f"https://github.com/{handle}")


def _citation(repo: Repository, path: str) -> Iterator[Fact]:
    text = repo.text(path) or ""
    data, lines = as_dict(load_yaml(text)), Lines(text)

    def at(key: str, after: int = 1) -> Evidence:
        return Evidence(path=path, line=lines.find(rf"^\s*-?\s*{re.escape(key)}\s*:", after) or 1)

    yield from _summary(as_str(data.get("abstract")), at("abstract"))
    line = 1
    for author in as_list(data.get("authors"))[:_MAX_PEOPLE]:
        name = _full_name(as_dict(author))
        if name:
            last = name.split()[-1]
            line = lines.find(re.escape(last), line) or line
            yield _person(name, "author", Evidence(path=path, line=line))
    doi = as_str(data.get("doi"))
    if re.fullmatch(r"10\.\d{4,9}/\S+", doi):
        yield _link(f"https://doi.org/{doi}", at("doi"), "citation", as_str(data.get("title")))
    for key, rel in (("url", "homepage"), ("repository-code", "repository")):
        yield from _web(as_str(data.get(key)), at(key), rel)
    for word in as_list(data.get("keywords")):
        if as_str(word):
            yield Fact(kind="keyword", value=as_str(word), evidence=at("keywords"))


def _full_name(author: dict[str, Any]) -> str:
    parts = ("given-names", "name-particle", "family-names", "name-suffix")
    name = " ".join(filter(None, (as_str(author.get(part)) for part in parts)))
    return one_line(name or as_str(author.get("name")), 80)


def _codemeta(repo: Repository, path: str) -> Iterator[Fact]:
    text = repo.text(path) or ""
    data, lines = as_dict(load_json(text)), Lines(text)
    yield from _summary(
        as_str(data.get("description")), Evidence(path=path, line=lines.json("description"))
    )
    author = data.get("author")
    for raw in (author if isinstance(author, list) else [author])[:_MAX_PEOPLE]:
        person = as_dict(raw)
        given = f"{as_str(person.get('givenName'))} {as_str(person.get('familyName'))}".strip()
        name = one_line(given or as_str(person.get("name")), 80)
        if name:
            yield _person(name, "author", Evidence(path=path, line=lines.json("author")))
    for key, rel in (
        ("codeRepository", "repository"),
        ("issueTracker", "issues"),
        ("softwareHelp", "documentation"),
    ):
        yield from _web(as_str(data.get(key)), Evidence(path=path, line=lines.json(key)), rel)


def _summary(text: str, evidence: Evidence) -> Iterator[Fact]:
    """An abstract: one line is a description, a longer one is about the project."""
    folded = " ".join(text.split())
    if not folded or re.search(r"[<>]|\$\{", folded):
        return
    if 40 <= len(folded) <= 700 and folded.endswith("."):
        yield Fact(kind="about", value=folded, evidence=evidence, detail={"from": "citation"})
    elif len(folded) < 200:
        detail = {"from": "citation"}
        yield Fact(kind="description", value=folded, evidence=evidence, detail=detail)


def _web(url: str, evidence: Evidence, rel: str) -> Iterator[Fact]:
    if re.fullmatch(r"https?://\S+", url):
        yield _link(url, evidence, rel)


def _link(url: str, evidence: Evidence, rel: str, text: str = "") -> Fact:
    return Fact(kind="link", value=url, evidence=evidence, text=one_line(text), detail={"rel": rel})
