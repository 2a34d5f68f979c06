"""License facts from the text of the license itself, by fingerprint.

A text with added or missing clauses is no known license: it gives no fact. The text of a GNU
license does not tell "only" from "or later": without a notice in sources or a manifest that does,
the value is the family (`GPL-3.0`), which SPDX deprecates but every reader understands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from moxi_analyzer.meta.fingerprints import recognise
from moxi_analyzer.repository import Repository, folder_of
from moxi_analyzer.roles import is_own
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_MAX_TEXTS = 60
_MAX_NOTICES = 24
_FILE = lazy_pattern(
    r"(?:.*/)?(?:(?:mit|apache|bsd|gpl|lgpl|agpl)[-_.])?(?:licen[cs]e|copying|unlicen[cs]e)"
    r"(?:[-_.](?!.*third|.*3rd|.*depend)[\w.+-]*)?",
    re.IGNORECASE,
)
# The text of a license under its own name: `epl-1.0.txt`.
_BY_NAME = lazy_pattern(
    r"(?i)(?:apache|bsd|mit|epl|mpl|gpl|lgpl|agpl|cddl|eupl|cc0|bsl)[-_.]?v?\d(?:\.\d)?(?:\.(?:txt|md))?"
)
_SUFFIX = lazy_pattern(
    r".*\.(?:md|markdown|txt|rst|adoc|\d+|[A-Z]+|lesser|mit|apache20?|gpl)", re.I
)
_RULE = lazy_pattern(r"^\s*[-=*_]{3,}\s*$", re.MULTILINE)
_THIRD_PARTY = lazy_pattern(
    r"(?i)portions? of|third[- ]party|bundled|derived from|continuation of|includes|incorporates"
)
# Two empty lines end the text of the license; what follows speaks of parts.
_GAP = lazy_pattern(r"\n[ \t]*\n[ \t]*\n+(?=\S)")
_RESTRICTION = lazy_pattern(
    r"(?i)commons clause|additional (?:term|condition|restriction)|\bexcept\b"
)
# The whole of an exception; nothing may follow it.
_EXCEPTIONS = {
    "Swift-exception": lazy_pattern(
        r"#*\s*Runtime Library Exception to the Apache 2\.0 License:?\s*#*\s+As an exception, if you use"
        r" this Software to compile your source code and\s+portions of this Software are embedded into the"
        r" binary product as a result,\s+you may redistribute such product without providing attribution as"
        r" would\s+otherwise be required by Sections 4\(a\), 4\(b\) and 4\(d\) of the License\.\s*$"
    ),
    "LLVM-exception": lazy_pattern(
        r"-*\s*LLVM Exceptions to the Apache 2\.0 License\s*-*\s+As an exception, if, as a result of your"
        r"\s+compiling your source code, portions\s+of this Software are embedded [^.]{20,260}\s+Sections 4\(a\),"
        r"\s+4\(b\)\s+and\s+4\(d\)\s+of\s+the\s+License\.\s+In addition, if you combine or link compiled forms"
        r"\s+of this Software with\s+software that is licensed under the GPLv2 [^.]{100,700}\s+Combined\s+Software\.\s*$"
    ),
}
_APACHE_NOTICE = lazy_pattern(
    r"licensed under the apache license,? version 2\.0.{0,700}limitations under the license\.?\s*",
    re.IGNORECASE | re.DOTALL,
)
_CODE_SUFFIX = lazy_pattern(
    r".*\.(?:go|py|js|ts|tsx|jsx|rb|rs|sh|php|java|kt|cs|yml|yaml|json|toml|xml|html|header|tmpl|tpl|jinja2?|j2|mustache|hbs|"
    r"erb|ejs|in|template)"
)
_STANDARD_TEXTS = frozenset("licenses licences license licence".split())
_MANIFESTS = ("Cargo.toml", "package.json", "pyproject.toml", "composer.json", "setup.cfg")
_DECLARED = lazy_pattern(r"""["']?licen[cs]e["']?\s*[:=]\s*["']([^"'\n]{2,80})["']""")
_SPDX_LINE = lazy_pattern(
    r"SPDX-License-Identifier:\s*\(?([A-Za-z0-9.+-]+(?: (?:OR|AND) [A-Za-z0-9.+-]+)*)"
)
_OR_LATER = lazy_pattern(r"\(?at\s+your\s+option\)?,?\s+any\s+later\s+version", re.IGNORECASE)
_GNU = lazy_pattern(r"(?:A|L)?GPL-\d\.\d")
_HOLDER = lazy_pattern(
    r"^\W*(?:portions )?copyright\s*(?:\(c\)|©|&copy;|:)?[ \t:,]*"
    r"(?P<years>(?:\d{4}(?:\s{0,3}(?:-|–|,|to|and)\s{0,3}(?:\d{2,4}|present|now))*)?)"
    r"(?:[ \t,-]|\.(?=\s))*(?:\(c\)|©)?(?:[ \t,-]|\.(?=\s))*(?:by\s+)?(?P<name>[^\n]{2,120})$",
    re.IGNORECASE | re.MULTILINE,
)
_NOT_NAME = lazy_pattern(
    r"\W*all rights reserved.*$|<[^>]*@[^>]*>|<http[^>]*>|\([^)]*\)|https?://\S+|\[|\]"
    r"|[\s,]*\d{4}(?:\s?-\s?(?:\d{4}|present))?\.?$|\s@[\w-]+$",
    re.IGNORECASE,
)
_NO_HOLDER = lazy_pattern(
    r"free software foundation|\[(?:name|year|yyyy|full)|<(?!http|[^>]*@)|\{|holder|owner|notice|license|statement|interest"
    r"|^\W*law|^and |creative commons|mozilla",
    re.IGNORECASE,
)


def read(repo: Repository) -> Iterator[Fact]:
    """A fact for each license text that stands for a package, nearest to the root first."""
    by_folder: dict[str, list[Fact]] = {}
    for path in texts(repo):
        fact = _license(repo, path)
        if fact is not None and fact.value not in {f.value for f in by_folder.get(fact.scope, ())}:
            by_folder.setdefault(fact.scope, []).append(fact)
    if "" not in by_folder:
        by_folder[""] = list(_reuse(repo))
    given: dict[str, str] = {}
    for folder, facts in by_folder.items():
        chosen = _dual(repo, folder, facts)
        inherited = _inherited(given, folder)
        given[folder] = ", ".join(fact.value for fact in chosen)
        if inherited != given[folder] and not inherited.startswith(given[folder] + "-"):
            yield from chosen


def texts(repo: Repository) -> list[str]:
    """Paths of the license texts that may stand for a package, nearest to the root first."""
    paths = [
        path
        for path in repo.files
        if is_own(path)
        and (_BY_NAME.fullmatch(path) or _FILE.fullmatch(path))
        and (_is_text(path.rpartition("/")[2]))
        if not _STANDARD_TEXTS.intersection(folder_of(path).lower().split("/"))
    ]
    return sorted(paths, key=lambda p: (p.count("/"), p))[:_MAX_TEXTS]


def _is_text(name: str) -> bool:
    return "." not in name or bool(_SUFFIX.fullmatch(name) and not _CODE_SUFFIX.fullmatch(name))


def _reuse(repo: Repository) -> Iterator[Fact]:
    """The one text in LICENSES/ (or license/) of a project that keeps none at its root."""
    folders = [f for f in ("LICENSES", "LICENSE", "licenses", "license") if repo.inside(f)]
    facts = [_license(repo, p, scope="") for f in folders for p in repo.inside(f)[:6]]
    if len(facts) == 1 and facts[0] is not None:
        yield facts[0]


def _license(repo: Repository, path: str, scope: str | None = None) -> Fact | None:
    text = repo.text(path)
    folder = folder_of(path) if scope is None else scope
    if not text or (folder and "{{" in text):  # a template's; at the root, one was left unfilled
        return None
    spdx = _spdx(text)
    if _GNU.fullmatch(spdx):
        spdx = _with_version_choice(repo, folder, spdx)
    if not spdx:
        return None
    gap = _GAP.search(text, 500)
    detail = {"from": "text"} | _holder(text[: gap.start()] if gap else text)
    first = next((n for n, line in enumerate(text.splitlines(), 1) if line.strip()), 0)
    return Fact(
        kind="license",
        value=spdx,
        evidence=Evidence(path=path, line=first),
        scope=folder,
        detail=detail,
    )


def _spdx(text: str) -> str:
    """The license of a text: the whole of it, or its first part before notices of others."""
    whole = recognise(text)
    if whole:
        return whole
    led = _APACHE_NOTICE.search(text, 0, 2_000)  # the notice of a file, and the license behind it
    if led and recognise(text[led.end() :]) == "Apache-2.0":
        return "Apache-2.0"
    for name, pattern in _EXCEPTIONS.items():
        exception = pattern.search(text)
        if exception and recognise(text[: exception.start()]) == "Apache-2.0":
            return f"Apache-2.0 WITH {name}"
    if len(text) < 1_000:
        stated = _SPDX_LINE.search(text)
        notice = _APACHE_NOTICE.search(text)
        if notice and not text[notice.end() :].strip():
            return "Apache-2.0"
        return stated[1] if stated else ""
    rule = _RULE.search(text, 200)
    if rule and _THIRD_PARTY.search(text[rule.end() : rule.end() + 300]):
        return recognise(text[: rule.start()])
    gap = _GAP.search(text, 500)
    tail = text[gap.end() : gap.end() + 1_500] if gap else ""
    if gap and _THIRD_PARTY.search(tail) and not _RESTRICTION.search(tail):
        return recognise(text[: gap.start()])
    return ""


def _holder(text: str) -> dict[str, str]:
    for match in _HOLDER.finditer(text[:6_000]):
        name = _NOT_NAME.sub("", match["name"]).replace(" ,", ",").strip(" \t,;:*_#|-")
        dated = match["years"] or re.search(r"\(c\)|©|\d{4}", match[0], re.IGNORECASE)
        if re.search(r"[^\W\d_]", name) and dated and not _NO_HOLDER.search(match["name"]):
            return {"holder": re.sub(r"(?<!Inc)(?<!Ltd)(?<!Co)(?<!Corp)\.$", "", name).strip()}
    return {}


def _inherited(given: dict[str, str], folder: str) -> str:
    while folder:
        folder = folder_of(folder)
        if folder in given:
            return given[folder]
    return ""


def _declared(repo: Repository, folder: str) -> Iterator[str]:
    """License expressions that the manifests of a folder state."""
    for name in _MANIFESTS:
        path = f"{folder}/{name}" if folder else name
        for match in _DECLARED.finditer((repo.text(path) or "")[:20_000] if repo.has(path) else ""):
            yield re.sub(r"\s*/\s*", " OR ", match[1].strip())


def _dual(repo: Repository, folder: str, facts: list[Fact]) -> list[Fact]:
    """One fact with the whole expression if a manifest offers exactly these texts as a choice."""
    if len(facts) < 2:
        return facts
    found = {fact.value for fact in facts}
    for expression in _declared(repo, folder):
        parts = [part.strip(" ()") for part in re.split(r"\s+OR\s+", expression)]
        if len(parts) > 1 and set(parts) == found:
            by_id = {fact.value: fact for fact in facts}
            first = by_id[parts[0]]
            files = ", ".join(by_id[part].evidence.path for part in parts)
            detail = first.detail | {"files": files}
            return [replace(first, value=" OR ".join(parts), detail=detail)]
    return facts


def _with_version_choice(repo: Repository, folder: str, family: str) -> str:
    """`GPL-3.0-only` or `-or-later` where all notices that say so agree; else the family."""
    stated = set()
    exact = re.compile(rf"{re.escape(family)}-(?:only|or-later)|{re.escape(family)}\+")
    for expression in _declared(repo, folder):
        stated.update(exact.findall(expression))
    prefix = folder + "/" if folder else ""
    sources = (
        path
        for path, entry in repo.files.items()
        if entry.role == "source" and path.startswith(prefix)
    )
    for path, _ in zip(sources, range(_MAX_NOTICES), strict=False):
        head = (repo.read(path) or b"")[:2_000].decode("utf-8", "replace")
        line = _SPDX_LINE.search(head)
        if line:
            stated.update(exact.findall(line[1]))
        elif _OR_LATER.search(head):
            stated.add(f"{family}-or-later")
    normal = {value.replace("+", "-or-later") for value in stated}
    return normal.pop() if len(normal) == 1 else family
