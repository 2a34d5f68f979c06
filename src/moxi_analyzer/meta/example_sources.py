"""Where examples are written: files of their own, doc comments, documentation pages."""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from moxi_analyzer.golang.comments import doc_comment
from moxi_analyzer.languages import language_of
from moxi_analyzer.repository import Repository
from moxi_analyzer.syntax import source_of, text_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

_MAX_EXAMPLE_BYTES = 4_000
_MAX_FILES = 200
_FENCES = {
    "Python": "python",
    "JavaScript": "javascript",
    "TypeScript": "typescript",
    "Go": "go",
    "Rust": "rust",
    "Java": "java",
    "Kotlin": "kotlin",
    "Ruby": "ruby",
    "PHP": "php",
    "C#": "csharp",
    "C": "c",
    "C++": "cpp",
    "Swift": "swift",
    "Dart": "dart",
    "Elixir": "elixir",
    "Scala": "scala",
}
_GUIDE = lazy_pattern(
    r"(?i)(?:.*/)?(?:index|intro\w*|getting[-_]?started|get[-_]?started|quick[-_]?start|usage|tutorial|"
    r"basics?|basic[-_]usage|examples?|overview|guide|(?:\w+[-_])?api|library)\.(?:mdx?|rst)"
)
_FENCE = lazy_pattern(
    r"^(?P<indent>[ \t]*)(?P<mark>```+|~~~+)[ \t]*\{?\.?(?P<info>[\w+-]*)[^\n`]*$"
)
_DIRECTIVE = lazy_pattern(r"^\.\.\s+(?:code-block|code|sourcecode)::\s*(\w+)\s*$")
_RUST_DOC = lazy_pattern(r"^//! ?(.*)$")
_PROMPT = lazy_pattern(r"^(?:>>> |\.\.\. |>>>$|\.\.\.$)")
_JSDOC = lazy_pattern(r"/\*\*(?:(?!\*/).)*?@example\b(?:(?!\*/).)*?\*/", re.DOTALL)
_JAVADOC_PRE = lazy_pattern(r"<pre>\s*(?:\{@code)?(.*?)\}?\s*</pre>", re.DOTALL)
# `com/example` is a Java package, not a folder of examples.
_JAVA_TREE = lazy_pattern(
    r"(?:(?!(?:[^/]*examples?|samples?|demos?|tutorials?)/)[^/]+/)*src/(?:main|test)/"
)
_LICENSE = lazy_pattern(r"(?i)copyright|licensed? under|spdx-license|all rights reserved")


@dataclass(frozen=True)
class Found:
    """An example as it stands in the repository. `heading` is what stands above it, if anything."""

    code: str
    language: str
    origin: str
    at: Evidence
    heading: str = ""


def example_files(repo: Repository) -> Iterator[Found]:
    """Small files of example folders, whole, without the license above them."""
    paths = sorted(
        (
            p
            for p, f in repo.files.items()
            if f.role == "example" and f.size <= _MAX_EXAMPLE_BYTES and not _JAVA_TREE.match(p)
        ),
        key=lambda p: (p.count("/"), p),
    )
    for path in paths[:_MAX_FILES]:
        yield from _whole_file(repo, path, "examples")


def _whole_file(repo: Repository, path: str, origin: str) -> Iterator[Found]:
    language = language_of(path)
    fence = _FENCES.get(language.name) if language else None
    text = repo.text(path) if fence else None
    if text is None or fence is None:
        return
    code, line = without_license(text)
    yield Found(code, fence, origin, Evidence(path=path, line=line))


def without_license(text: str) -> tuple[str, int]:
    """A file's text without a license header, and the line on which it then begins."""
    header = re.match(r"\s*(?:/\*.*?\*/|(?:(?://|#(?!!))[^\n]*\n)+)", text, re.DOTALL)
    start = header.end() if header and _LICENSE.search(header[0]) else 0
    rest = text[start:]
    start += len(rest) - len(rest.lstrip("\n"))
    return text[start:].rstrip() + "\n", text.count("\n", 0, start) + 1


def go_examples(repo: Repository) -> Iterator[Found]:
    """Bodies of `func ExampleX` in tests, with the output that they promise."""
    paths = [p for p, f in repo.files.items() if p.endswith("_test.go") and f.role == "test"]
    for path in paths[: _MAX_FILES * 3]:
        content = repo.read(path)
        if content is None or b"\nfunc Example" not in content:
            continue
        source = source_of(path, "go", content)
        name = re.search(rb"^package (\w+)_test\b", content, re.MULTILINE)
        for node in source.root.named_children if name else ():
            called = text_of(node.child_by_field_name("name"))
            body = node.child_by_field_name("body")
            if (
                node.type == "function_declaration"
                and called.startswith("Example")
                and body
                and name
            ):
                code = textwrap.dedent(text_of(body)[1:-1].strip("\n")).rstrip() + "\n"
                if re.search(rf"\b{name[1].decode()}\.[A-Z]", code):
                    heading = doc_comment(node) or _example_name(called.removeprefix("Example"))
                    at = source.at(body)
                    yield Found(code, "go", "doctest", at, heading)


def _example_name(name: str) -> str:
    """`Client_Get_withRetry` as `Client.Get: with retry`."""
    parts = name.split("_")
    said = parts.pop() if len(parts) > 1 and parts[-1][:1].islower() else ""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", said).lower()
    return ": ".join(part for part in (".".join(filter(None, parts)), words) if part)


def rust_examples(repo: Repository) -> Iterator[Found]:
    """Code blocks of a crate's own documentation."""
    for path in repo.files:
        is_root = path == "src/lib.rs" or path.endswith("/src/lib.rs")
        if not is_root or repo.files[path].role != "source":
            continue
        lines = (repo.text(path) or "").splitlines()
        docs = [(n, m[1]) for n, text in enumerate(lines, 1) if (m := _RUST_DOC.match(text))]
        for language, block, line, heading in _fenced(docs):
            if language in {"", "rust", "no_run", "should_panic"}:
                shown = [text for text in block if not re.match(r"\s*#(?:\s|$)", text)]
                at = Evidence(path=path, line=line)
                yield Found("\n".join(shown).strip("\n") + "\n", "rust", "comment", at, heading)


def doc_pages(repo: Repository) -> Iterator[Found]:
    """Code blocks of the pages that a reader of the documentation opens first."""
    pages = [
        p
        for p, f in repo.files.items()
        if f.role == "doc" and _GUIDE.fullmatch(p) and "readme" not in p.lower() and "/" in p
    ]
    for path in sorted(pages, key=lambda p: (p.count("/"), p))[:40]:
        lines = list(enumerate((repo.text(path) or "").splitlines(), 1))
        blocks = _fenced(lines) if not path.endswith(".rst") else _directives(lines)
        for language, block, line, heading in blocks:
            code = textwrap.dedent("\n".join(block)).strip("\n") + "\n"
            at = Evidence(path=path, line=line)
            yield Found(code, language.lower(), "docs", at, heading)


def _fenced(lines: list[tuple[int, str]]) -> Iterator[tuple[str, list[str], int, str]]:
    """(language, lines, first line number, heading) of each fenced block."""
    heading, inside, info, start = "", "", "", 0
    block: list[str] = []
    for number, line in lines:
        mark = _FENCE.match(line)
        if inside:
            if mark and mark["mark"].startswith(inside) and not mark["info"]:
                yield info, block, start, heading
                inside = ""
            else:
                block.append(line)
        elif mark:
            inside, info, block, start = mark["mark"], mark["info"], [], number + 1
        elif line.startswith("#"):
            heading = re.sub(r"^#+\s*|\s+#+\s*$", "", line).strip()


def _directives(lines: list[tuple[int, str]]) -> Iterator[tuple[str, list[str], int, str]]:
    """The same of reStructuredText: `.. code-block:: language` and what is indented below it."""
    heading, previous = "", ""
    index = 0
    while index < len(lines):
        line = lines[index][1]
        found = _DIRECTIVE.match(line)
        index += 1
        if re.fullmatch(r"([=\-~^\"'#*])\1{2,}", line) and previous:
            heading = previous.strip()
        previous = line
        if not found:
            continue
        while index < len(lines) and re.match(r"\s+:\w+", lines[index][1]):
            index += 1
        start = index
        while index < len(lines) and (not lines[index][1].strip() or lines[index][1][:1] in " \t"):
            index += 1
        block = [text for _, text in lines[start:index]]
        while block and not block[0].strip():
            block.pop(0)
            start += 1
        if block:
            yield found[1], block, lines[start][0], heading


def python_examples(repo: Repository) -> Iterator[Found]:
    """Doctests and code blocks in the docstring of a package, and doctests of its functions."""
    paths = [
        p
        for p, f in repo.files.items()
        if p.endswith(".py") and f.role == "source" and p.removeprefix("src/").count("/") <= 1
    ]
    for path in sorted(paths, key=lambda p: (not p.endswith("__init__.py"), p))[:40]:
        content = repo.read(path) or b""
        if b">>> " in content or (path.endswith("__init__.py") and b"```" in content):
            lines = list(enumerate((repo.text(path) or "").splitlines(), 1))
            yield from _doctests(path, lines)
            for language, block, line, heading in _fenced(lines):
                if language in {"python", "py"}:
                    code = textwrap.dedent("\n".join(block)).strip("\n") + "\n"
                    yield Found(code, "python", "comment", Evidence(path=path, line=line), heading)


def _doctests(path: str, lines: list[tuple[int, str]]) -> Iterator[Found]:
    block: list[str] = []
    start = 0
    for number, line in [*lines, (len(lines) + 1, "")]:
        stripped = line.strip()
        if not block and not stripped.startswith(">>> "):
            continue
        closed = stripped.endswith(('"""', "'''")) and not _PROMPT.match(stripped)
        if not stripped or closed:
            text = textwrap.dedent("\n".join(block)) + "\n"
            yield Found(text, "pycon", "doctest", Evidence(path=path, line=start))
            block = []
        else:
            start = start if block else number
            block.append(line)


def elixir_examples(repo: Repository) -> Iterator[Found]:
    """`iex>` sessions in the documentation of modules."""
    paths = [p for p in repo.under("lib") if p.endswith(".ex") and repo.files[p].role == "source"]
    for path in sorted(paths, key=lambda p: (p.count("/"), p))[:40]:
        block: list[str] = []
        start = 0
        lines = (repo.text(path) or "").splitlines()
        for number, line in enumerate([*lines, ""], 1):
            if re.match(r"\s+(?:iex|\.\.\.)(?:\(\d+\))?>", line) or (
                block and line.strip() and '"""' not in line
            ):
                start = start if block else number
                block.append(line)
            elif block:
                text = textwrap.dedent("\n".join(block)) + "\n"
                yield Found(text, "elixir", "doctest", Evidence(path=path, line=start))
                block = []


def comment_examples(repo: Repository) -> Iterator[Found]:
    """`@example` of JSDoc and `<pre>` of Javadoc, in the files nearest to a package's root."""
    paths = [
        p
        for p, f in repo.files.items()
        if f.role == "source" and p.endswith((".js", ".ts", ".mjs", ".tsx", ".java"))
    ]
    for path in sorted(paths, key=lambda p: (p.count("/"), p))[:_MAX_FILES]:
        content = repo.read(path) or b""
        if path.endswith(".java"):
            if b"<pre>" in content:
                yield from _javadoc(path, repo.text(path) or "")
        elif b"@example" in content:
            yield from _jsdoc(path, repo.text(path) or "")


def _jsdoc(path: str, text: str) -> Iterator[Found]:
    fence = "typescript" if path.endswith((".ts", ".tsx")) else "javascript"
    for comment in _JSDOC.finditer(text):
        lines = [re.sub(r"^\s*\*? ?", "", line) for line in comment[0][3:-2].split("\n")]
        for number, line in enumerate(lines):
            if not line.startswith("@example"):
                continue
            rest = [line.removeprefix("@example").strip()]
            for following in lines[number + 1 :]:
                if following.startswith("@"):
                    break
                rest.append(following)
            body = "\n".join(rest).strip("\n")
            fenced = re.search(r"```(\w*)\n(.*?)```", body, re.DOTALL)
            code = fenced[2] if fenced else body
            caption = re.search(r"<caption>(.*?)</caption>", code)
            code = re.sub(r"<caption>.*?</caption>", "", code).strip("\n") + "\n"
            at = Evidence(path=path, line=text.count("\n", 0, comment.start()) + 1 + number)
            language = (fenced[1] if fenced else "") or fence
            yield Found(code, language, "comment", at, caption[1] if caption else "")


def _javadoc(path: str, text: str) -> Iterator[Found]:
    for found in _JAVADOC_PRE.finditer(text[:60_000]):
        lines = [re.sub(r"^\s*\* ?", "", line) for line in found[1].split("\n")]
        code = textwrap.dedent("\n".join(lines)).strip("\n") + "\n"
        stem = path.rpartition("/")[2].removesuffix(".java")
        is_code = stem in code and ";" in code and not code.startswith(("{", "["))
        code = html.unescape(code)
        if is_code and not re.search(r"</[a-z]+>|<(?:a|b|i|br|em|li|p|strong)\b|\{@|&#?\w+;", code):
            at = Evidence(path=path, line=text.count("\n", 0, found.start()) + 1)
            yield Found(code, "java", "comment", at)
