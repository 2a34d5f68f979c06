"""Whatever facts hold, the README stays what it is: its own headings, whole tables, no raw HTML."""

from __future__ import annotations

import re
import time
from itertools import pairwise
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from moxi_core.records import (
    FACT_KINDS,
    Evidence,
    Fact,
    FactKind,
    FileEntry,
    ProjectType,
    RepoSnapshot,
)
from moxi_infer import compose
from moxi_infer.document import Readme
from moxi_infer.markdown import code, link, prose, table_row

PATHS = (
    "LICENSE", "pyproject.toml", "src/demo/cli.py", "docs/a b (c)#1.md", "docs/guide.md",
    "packages/one/package.json", "packages/two/package.json", "packages/100%/x?.md", "Dockerfile",
    "examples/run.py", "CHANGELOG.md", "web/[id]/page.tsx", "odd/`tick`/|bar|.md",
    "odd/<script>/javascript:x.md", ".github/workflows/ci.yml",
)  # fmt: skip
FOLDERS = ("", "packages/one", "packages/two", "packages/100%", "src/demo", "nowhere")
HOSTILE = (
    "<script>alert(1)</script>", "</td></tr></table>", "<!-- ", " -->", "<details open>", "&lt;b&gt;",
    "# Heading", "\n# Heading\n", "\n\n## Injected\n\n", "\n===\n", "\n---\n", "---", "===", "|", "\\|",
    "\\\\|", "| a | b |\n|---|---|\n", "`", "``", "```\n", "\n```sh\n", "~~~", "~~~ js", "\n~~~\n",
    "![x](https://evil.example/x.png)", "[a](javascript:alert(1))", "](x)", "[", "]", "[x]: http://e",
    "\x1b[31m", "\x9b2J", "\u202e", "\u2066", "\u200b", "\u2028", "\u2029", "\x85", "\x0c", "\r", "\0",
    "\ud800", "\udcff", "\ufeff", "\\", "\\`", "*", "**", "_", "__", "1. ", "1) ", "- ", "+ ", "> ",
    "    indented", "\t", "$(touch x)", "; rm -rf /", "javascript:alert(1)", "//evil.example/x",
    "https://example.org/a(b)c", "{{ title }}", "{% include 'x' %}", "%s", "{}", "{0}", "😀", ":tada:",
    "a" * 300, "",
)  # fmt: skip
WORDS = ("demo", "the tool", "counts words", "--flag", "1.2.3", ">=3.11", "value", "Reads a file.")
DETAILS: dict[str, tuple[str, ...]] = {
    "registry": tuple("pypi npm crates.io go maven-central nuget rubygems packagist".split())
    + tuple("swiftpm pub.dev hex hackage clojars".split()),
    "ecosystem": tuple("python javascript rust go maven gradle nuget ruby php c_cpp swift".split()),
    "role": ("library", "binary", "both", "workspace", "changelog", "contributing", "security", "conduct"),
    "manager": ("npm", "yarn", "uv", "poetry", "cmake", "autotools", "make", "conda", "stack"),
    "group": ("setting", "cmake_option", "configure_option"),
    "rel": ("documentation", "homepage", "repository", "issues"),
    "purpose": ("test", "lint", "build"),
    "from": ("text", "manifest"),
    "takes": ("value", "flag"),
    "positional": ("true",),
    "required": ("true",),
    "program": ("demo",),
    "language": ("Python", "sh", "C#"),
    "symbol": ("function", "class", "constant"),
    "tool": ("true",),
    "private": ("true",),
}  # fmt: skip
FREE_DETAILS = (
    "default target run import file url type signature short rank parent ports path packages "
    "installable install image homebrew env copy_to choices build aliases metavar framework version"
).split()
TYPES = (
    "cli library web_application service ml_project github_action editor_plugin game monorepo "
    "documentation website scripts unknown mobile_application"
).split()
LEAD = {"Badges", "Description", "About"}

pieces = st.one_of(st.sampled_from(HOSTILE), st.sampled_from(WORDS), st.text(max_size=12))
texts = st.lists(pieces, max_size=4).map(" ".join) | st.lists(pieces, max_size=4).map("".join)
evidence = st.builds(Evidence, path=st.sampled_from(PATHS), line=st.integers(0, 9))
details = st.fixed_dictionaries(
    {},
    optional={name: st.sampled_from(known) | texts for name, known in DETAILS.items()}
    | dict.fromkeys(FREE_DETAILS, texts),
)
facts = st.builds(
    Fact,
    kind=st.sampled_from(FACT_KINDS),
    value=texts | st.sampled_from((*PATHS, "demo", "dev", "run")),
    evidence=evidence,
    scope=st.sampled_from(FOLDERS) | texts,
    text=texts,
    detail=details,
)
# Main things to write about: without them most sections stay empty.
packages = st.builds(
    Fact,
    kind=st.sampled_from(("package", "option", "command", "bin", "doc_page", "env_var", "input")),
    value=texts | st.sampled_from(("demo", *PATHS)),
    evidence=evidence,
    scope=st.sampled_from(("", *FOLDERS)),
    text=texts,
    detail=details.map(lambda d: {"program": "demo", "registry": "pypi"} | d),
)
snapshots = st.builds(
    RepoSnapshot,
    name=texts,
    url=st.sampled_from(("", "https://github.com/a/demo.git", "https://e.org/a)](x/b")) | texts,
    default_branch=texts,
    files=st.just(tuple(FileEntry(path=path, size=1) for path in PATHS)),
    languages=st.sampled_from(({}, {"Python": 9}, {"Rust": 9}, {"TypeScript": 9}, {"Go": 5})),
    project_type=st.builds(ProjectType, name=st.sampled_from(TYPES), evidence=st.tuples(evidence)),
    facts=st.lists(facts | packages, max_size=14).map(tuple),
)
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(snapshots)
def test_any_facts_make_a_sound_readme(snapshot: RepoSnapshot) -> None:
    assert_sound(compose(snapshot))


@pytest.mark.parametrize("kind", FACT_KINDS)
@pytest.mark.parametrize("project", ["cli", "library", "github_action", "monorepo", "service"])
def test_each_kind_with_each_hostile_text(kind: FactKind, project: str) -> None:
    made = [
        Fact(
            kind=kind,
            value=f"v{number}{text}",
            text=f"{text}{text}",
            evidence=Evidence(path=PATHS[number % len(PATHS)], line=1),
            detail=dict.fromkeys(FREE_DETAILS, text) | {"program": "demo"},
        )
        for number, text in enumerate(HOSTILE)
    ]
    package = Fact(
        kind="package", value="demo", evidence=Evidence(path="pyproject.toml"),
        detail={"registry": "pypi", "ecosystem": "python"},
    )  # fmt: skip
    snapshot = RepoSnapshot(
        name="demo",
        url="https://github.com/a/demo",
        files=tuple(FileEntry(path=path, size=1) for path in PATHS),
        languages={"Python": 1},
        project_type=ProjectType(name=project, evidence=(Evidence(path="LICENSE"),)),
        facts=(package, *made),
    )
    assert_sound(compose(snapshot))


def assert_sound(readme: Readme) -> None:
    """The README is what its sections make it, whatever words stand in them."""
    text = readme.markdown
    text.encode("utf-8")
    unseen = re.findall(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", text)
    assert not unseen, unseen
    tokens = PARSER.parse(text)
    inline = [child for token in tokens for child in token.children or ()]
    raw = [t.content for t in (*tokens, *inline) if t.type in {"html_block", "html_inline"}]
    assert not raw, raw
    assert_headings(readme, tokens)
    assert_tables(text)
    assert_links(inline)


def assert_headings(readme: Readme, tokens: list[Token]) -> None:
    levels: dict[str, list[str]] = {"h1": [], "h2": [], "h3": []}
    for token, inside in pairwise(tokens):
        if token.type == "heading_open":
            levels[token.tag].append(inside.content)
            assert token.markup.startswith("#"), inside.content
    assert len(levels["h1"]) == 1
    titles = [s.title for s in readme.sections if s.title not in LEAD]
    assert [t for t in levels["h2"] if t != "Contents"] == titles
    allowed = {
        s.text[4:] for sec in readme.sections for s in sec.statements if s.text[:4] == "### "
    }
    assert set(levels["h3"]) <= allowed
    assert not [t for t in tokens if t.type in {"hr", "blockquote_open", "code_block"}]


def assert_tables(text: str) -> None:
    """Every row has the cells of its header; a bar counts unless a backslash stands before it."""
    width = 0
    fence = ""
    for line in text.split("\n"):
        # What follows a fence holds no backtick; a line with one begins with a code span.
        mark = re.match(r"(`{3,})[^`]*$", line)
        if fence or mark:
            fence = "" if fence and line.strip() == fence else fence or (mark[1] if mark else "")
            continue
        if not line.startswith("| "):
            width = 0
            continue
        bars = len(re.sub(r"\\.", "", line).split("|"))
        width = width or bars
        assert bars == width, line
    assert not fence


def assert_links(inline: list[Token]) -> None:
    folders = {"/".join(p.split("/")[:n]) for p in PATHS for n in range(1, p.count("/") + 1)}
    for token in inline:
        target = str(token.attrGet("href") or token.attrGet("src") or "")
        if token.type in {"link_open", "image"} and not target.startswith(("#", "mailto:")):
            if re.match(r"https?://[\w.-]", target, re.IGNORECASE):
                continue
            assert unquote(target).removeprefix("./") in folders.union(PATHS), target


@given(texts)
@settings(max_examples=300, deadline=None)
def test_words_stay_words(text: str) -> None:
    for markdown in (prose(text), prose(text, 20), code(text), f"- {prose(text)}"):
        tokens = PARSER.parse(markdown)
        inline = [child for token in tokens for child in token.children or ()]
        kinds = {t.type for t in (*tokens, *inline)}
        allowed = {
            "paragraph_open",
            "paragraph_close",
            "inline",
            "text",
            "code_inline",
            "text_special",
        }
        allowed |= {"bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"}
        assert kinds <= allowed | {"s_open", "s_close"}, (markdown, kinds - allowed)


@given(st.lists(texts, min_size=2, max_size=4))
@settings(max_examples=200, deadline=None)
def test_rows_keep_their_cells(cells: list[str]) -> None:
    for row in (table_row(list(map(prose, cells))), table_row(list(map(code, cells)))):
        assert "\n" not in row
        assert len(re.sub(r"\\.", "", row).split("|")) == len(cells) + 2


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("docs/a b.md", "[x](docs/a%20b.md)"),
        ("docs/100%.md", "[x](docs/100%25.md)"),
        ("docs/a#b?.md", "[x](docs/a%23b%3F.md)"),
        ("#usage", "[x](#usage)"),
        ("https://example.org/a%20b?c=(d)#e", "[x](https://example.org/a%20b?c=%28d%29#e)"),
        ("javascript:alert(1)", "x"),
        ("data:text/html,x", "x"),
        ("docs/ümlaut.md", "[x](docs/ümlaut.md)"),
    ],
)
def test_targets_of_links(target: str, expected: str) -> None:
    assert link("x", target) == expected


@pytest.mark.parametrize(
    "piece", ["`", "[", "{@link ", ":", "<a ", "a.b ", "``a", "![", "_", "\\|"]
)
def test_endless_words_end(piece: str) -> None:
    started = time.process_time()
    assert len(prose(piece * 60_000, 140)) < 2_000
    assert time.process_time() - started < 5
