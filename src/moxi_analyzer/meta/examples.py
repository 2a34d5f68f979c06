"""Real code of the repository's own that shows it in use: the few examples a reader wants to see."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moxi_analyzer.formats import one_line
from moxi_analyzer.meta.example_sources import (
    Found,
    comment_examples,
    doc_pages,
    elixir_examples,
    example_files,
    go_examples,
    python_examples,
    rust_examples,
)
from moxi_analyzer.meta.public_names import PublicNames
from moxi_analyzer.repository import Repository, folder_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

_MAX_EXAMPLES = 6
_MAX_PER_FILE = 2
_MAX_LINES = 40
_BASE = {"examples": 0.0, "doctest": 4.0, "comment": 4.0, "docs": 6.0}
_PLAIN_NAME = lazy_pattern(
    r"(?i)basic|simple|quick|hello|usage|getting|minimal|intro|readme|main|overview|^example$|start"
)
_OUTDATED = lazy_pattern(r"(?i)\b(?:removed|deprecat|legacy|obsolete|migrat|upgrad|breaking)")
_IMPORT = lazy_pattern(
    r"^\s*(?:import\b|from\s+\S+\s+import|use\s+|using\s+|#\s*include|require\b|const .*require\()",
    re.M,
)
_INERT = lazy_pattern(
    r"\s*(?:import\b|from\s.*\bimport\b|use\s|using\s|#\s*include|//|#|package\s|[\s(){}\[\];]*$|[\"'][^\"']*[\"']\s*(?://.*)?$)"
)
_SECRET = lazy_pattern(
    r"(?i)(?:api[_-]?key|secret|token|passw(?:or)?d)\w*['\"]?\s*[=:]\s*['\"][A-Za-z0-9/+_-]{16,}['\"]"
    r"|\bAKIA[0-9A-Z]{16}\b|-----BEGIN|\bgh[pousr]_\w{20,}"
)
_LOCAL = lazy_pattern(
    r"sys\.path|__dirname|/Users/|/home/\w|[A-Z]:\\\\|TODO|FIXME|XXX|pytest|unittest|describe\(|monkeypatch|mock"
)
# What is beside the file, or in the example folders themselves, a reader does not have.
_RELATIVE = lazy_pattern(
    r"(?:from|import|require\(?|require_relative|include)\s*\(?\s*['\"<]\.{1,2}/|^\s*from\s+\.|require_relative"
    r"|/_?examples?/",
    re.M,
)


def read(repo: Repository) -> Iterator[Fact]:
    """At most six `example` facts, the best first."""
    names = PublicNames(repo)
    seen: set[str] = set()
    best: list[tuple[float, int, Found]] = []
    for found in _all(repo):
        if found.code not in seen and _is_fit(repo, found, names):
            seen.add(found.code)
            best.append((_score(found, names), len(best), found))
    taken: dict[str, int] = {}
    for _, _, found in sorted(best, key=lambda entry: entry[:2]):
        path = found.at.path
        if taken.get(path, 0) < _MAX_PER_FILE and sum(taken.values()) < _MAX_EXAMPLES:
            taken[path] = taken.get(path, 0) + 1
            yield _fact(found)


def _all(repo: Repository) -> Iterator[Found]:
    yield from example_files(repo)
    yield from go_examples(repo)
    yield from rust_examples(repo)
    yield from python_examples(repo)
    yield from elixir_examples(repo)
    yield from comment_examples(repo)
    yield from doc_pages(repo)


def _is_fit(repo: Repository, found: Found, names: PublicNames) -> bool:
    """Whether the code can stand in a README: whole, short, free of secrets, and about this project."""
    code = found.code
    if _OUTDATED.search(f"{found.heading} {found.at.path.rpartition('/')[2]}"):
        return False
    if not code.strip() or code.count("\n") > _MAX_LINES or len(code) > 3_000:
        return False
    if max(map(len, code.splitlines())) > 120 or _SECRET.search(code) or _LOCAL.search(code):
        return False
    if len([n for n in code.splitlines() if n.strip() and not _INERT.match(n)]) < 2:
        return False
    if found.origin == "examples" and not _stands_alone(repo, found):
        return False
    if found.origin in {"examples", "docs"} or found.language in {
        "javascript",
        "typescript",
    }:
        return names.used(found.language, code)
    # A documentation comment speaks of the package that it stands in.
    return names.known(found.language) and len(code.split()) >= 4


def _stands_alone(repo: Repository, found: Found) -> bool:
    """Whether a file needs none of those around it."""
    folder = folder_of(found.at.path)
    if _RELATIVE.search(found.code):
        return False
    if found.language == "go":
        beside = [p for p in repo.inside(folder) if p.endswith(".go")]
        return found.origin == "examples" and len(beside) == 1
    if found.language == "dart":
        while folder and not repo.has(f"{folder}/pubspec.yaml"):
            folder = folder_of(folder)
        own = re.search(r"^name:\s*(\w+)", repo.text(f"{folder}/pubspec.yaml") or "", re.M)
        return own is None or f"package:{own[1]}/" not in found.code
    return True


def _score(found: Found, names: PublicNames) -> float:
    """The lower, the better an example for someone who sees the project for the first time."""
    lines = found.code.count("\n")
    stem = found.at.path.rpartition("/")[2].partition(".")[0]
    folder = found.at.path.rpartition("/")[0].rpartition("/")[2]
    score = _BASE[found.origin] + 2.0 * found.at.path.count("/")
    if found.origin == "comment" and found.language == "java":
        score -= 2.0 * found.at.path.count("/")  # packages are folders there
        score += min(8.0, found.at.line / 50)
        score -= 12 if names.is_named("java", stem) else 0  # the class the library is named for
    short = 0.4 if found.origin == "comment" else 0.8
    score += abs(lines - 14) * (0.5 if lines > 14 else short)
    score += 1.5 * max(0, len(_IMPORT.findall(found.code)) - 2)
    if _PLAIN_NAME.search(f"{stem} {found.heading}") or _PLAIN_NAME.search(folder):
        score -= 8
    if names.used(found.language, found.code):
        score -= 5
    return score


def _fact(found: Found) -> Fact:
    detail = {
        "language": found.language,
        "from": found.origin,
        "path": found.at.path,
    }
    return Fact(
        kind="example",
        value=found.code.rstrip("\n"),
        evidence=found.at,
        text=_caption(found),
        detail=detail,
    )


def _caption(found: Found) -> str:
    """What the example shows, in the repository's own words; else from the name of its file."""
    if found.heading:
        return one_line(re.split(r"(?<=[.!?])\s", found.heading.strip())[0], 120)
    said = _leading_comment(found)
    if said:
        return said
    if found.origin in {"doctest", "comment"}:
        return ""
    parts = found.at.path.split("/")
    stem = parts[-1].partition(".")[0]
    if (
        stem.lower()
        in {
            "main",
            "index",
            "app",
            "example",
            "program",
            "test",
            "__init__",
            "make",
            "run",
            "mod",
            "lib",
        }
        and len(parts) > 1
    ):
        folders = [part for part in parts[:-1] if part not in {"lib", "src", "cmd", "bin", "app"}]
        stem = folders[-1] if folders else stem
    words = re.sub(r"[_-]+|(?<=[a-z])(?=[A-Z])", " ", stem).strip()
    return words[:1].upper() + words[1:]


def _leading_comment(found: Found) -> str:
    code = found.code.lstrip("\n")
    if found.language == "python":
        docstring = re.match(
            r"(?:#![^\n]*\n)?\s*[rR]?(\"\"\"|''')\s*(.+?)(?:\1|\n\s*\n)", code, re.DOTALL
        )
        if docstring:
            return _first_sentence(docstring[2])
    comment = re.match(r"(?:#![^\n]*\n)?((?:(?://[/!]?|#(?![!\w]))[ \t]+[^\n]*\n)+)", code)
    if comment:
        lines = [re.sub(r"^(?://[/!]?|#)\s?", "", n) for n in comment[1].splitlines()]
        return _first_sentence(" ".join(lines))
    return ""


def _first_sentence(text: str) -> str:
    folded = " ".join(text.split())
    sentence = re.split(r"(?<=[.!?:])\s", folded)[0]
    is_prose = len(sentence) <= 120 and re.match(r"[A-Z]", sentence) and " " in sentence
    return (
        sentence if is_prose and not re.search(r"go:build|eslint|@ts-|coding[:=]", sentence) else ""
    )
