"""Judges of words: options, environment variables, paths, links, anchors, placeholders."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote

from .document import Document, Span, tree_paths
from .statement import Case, Statement, Verdict
from .tree import README, Tree

OPTION_TEXT = re.compile(r"(?<![\w\-/.=\"'])(--?[A-Za-z][\w-]*)")
ENV_NAME = re.compile(r"\$?\{?([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\}?(?:=\S*)?")
ENV_FOREIGN = re.compile(
    r"^(?:PATH|HOME|NODE_ENV|NODE_OPTIONS|PYTHON\w+|GIT_\w+|GITHUB_\w+|CI|CI_\w+|AWS_\w+|LD_\w+|"
    r"LC_\w+|XDG_\w+|CUDA_\w+|DOCKER_\w+|COMPOSE_\w+|JAVA_\w+|GO[A-Z]+|CARGO_\w+|RUST_\w+|CMAKE_\w+|"
    r"NPM_\w+|HTTPS?_PROXY|NO_PROXY|NO_COLOR|FORCE_COLOR|SSH_\w+|ANDROID_\w+|CGO_ENABLED)$"
)
FILE_ENDING = re.compile(
    r"\.(?:py|pyi|ipynb|js|mjs|cjs|jsx|ts|tsx|vue|svelte|go|rs|java|kt|kts|scala|rb|php|cs|csproj|sln|fs|"
    r"c|h|cc|cpp|hpp|m|swift|dart|ex|exs|hs|clj|cljs|lua|vim|el|sh|bash|zsh|fish|ps1|bat|sql|r|jl|pl|"
    r"md|rst|txt|adoc|json|json5|jsonc|toml|ya?ml|xml|ini|cfg|conf|env|properties|gradle|cabal|lock|"
    r"html|css|scss|less|png|svg|gif|jpe?g|ico|webp|proto|graphql|tf|mk|cmake|nix|csv|gemspec)$"
)
FILE_NAMES = {
    "Makefile",
    "Dockerfile",
    "Gemfile",
    "Rakefile",
    "Procfile",
    "Vagrantfile",
    "Justfile",
    "justfile",
    "CMakeLists.txt",
    "LICENSE",
    "COPYING",
    "NOTICE",
    ".env",
    ".env.example",
}
PATH_TEXT = re.compile(r"(?:\./)?[\w.+@-]+(?:/[\w.+@-]+)*/?")
STRUCTURE = re.compile(r"structure|layout|project files|directory|folders", re.IGNORECASE)
PLACEHOLDERS = re.compile(
    r"REPLACE[-_ ]ME|❯\s*REPLACE|\[INSERT[^\]]*\]|lorem ipsum|<\s*your[-_ ][^>]*>|"
    r"\byour[-_](?:username|user|name|project|repo|repository|org|organization|email)\b|"
    r"\bYOUR_[A-Z_]+\b|\[TODO[^\]]*\]|^\s*(?:[-*] )?TODO\b:?|\bTBD\b|\bFIXME\b|\bXXX\b|"
    r"(?<![\w$\{])\{[a-z][a-z_]*\}(?!\})",
    re.IGNORECASE | re.MULTILINE,
)
BLANKS = re.compile(r"\{(?:entrypoint|executable|repository|project|package|username|version)\w*\}")
CASED = re.compile(r"^(?:tbd|fixme|xxx|todo|your_[a-z_]+|replace[-_ ]me)\b")


def spellings(name: str) -> set[str]:
    parts = [part for part in re.split(r"[-_]", name) if part]
    camel = parts[0] + "".join(part.capitalize() for part in parts[1:]) if parts else name
    pascal = "".join(part.capitalize() for part in parts)
    return {name, "_".join(parts), "-".join(parts), camel, pascal, "_".join(parts).upper()}


def option_verdict(tree: Tree, option: str, strict: bool) -> tuple[Verdict, str]:
    """A literal in source is proof; a long name may stand as a word in parser code."""
    data = option.encode()
    if data in tree.source.options:
        return "true", "literal in source"
    name = option.lstrip("-")
    positive = name.removeprefix("no-")
    if option in {"--help", "--version", "-h"} and tree.parser.words:
        return "true", "every parser has it"
    if option == "-V" and tree.parser.words & {b"commander", b"clap"}:
        return "true", "the parser's own"
    if len(name) == 1:
        return _short_verdict(tree, name, strict)
    forms = {f"--{positive}", f"--[no-]{positive}", f"-{name}", f"--{name.replace('-', '_')}"}
    if any(form.encode() in tree.source.options for form in forms):
        return "true", "literal of another form in source"
    spelled = {form.encode() for form in spellings(name) | spellings(positive)}
    if spelled & tree.parser.words:
        return "true", "name in parser code"
    if spelled & tree.source.words:
        return (
            ("true", "name in source") if "-" in name else ("unknown", "only as a word in source")
        )
    if tree.anywhere(option) or any(tree.anywhere(form.decode()) for form in spelled):
        return "unknown", "only in tests or documentation"
    return ("false", "not in any file") if strict else ("unknown", "not in any file")


def _short_verdict(tree: Tree, name: str, strict: bool) -> tuple[Verdict, str]:
    if name.encode() in tree.short_names:
        return "true", "short name in parser code"
    if tree.anywhere(f"-{name}") or tree.parser.words & {b"short", b"getopts", b"getopt", b"shift"}:
        return "unknown", "no literal short name"
    return (
        ("false", "not in any file") if strict and tree.parser.words else ("unknown", "no literal")
    )


def option_statement(case: Case, option: str, line: int, strict: bool) -> Statement:
    verdict, why = option_verdict(case.tree, option, strict or case.strict)
    return Statement("option", option, option, line, verdict, why)


def options(case: Case) -> Iterator[Statement]:
    """Options in inline code, tables and printed help; those of shell commands come elsewhere."""
    for span in case.document.inline:
        if re.match(r"--?[A-Za-z]", span.text) and not re.match(
            r"-[A-Z][\w.]{3,}|-[a-z]+=", span.text
        ):
            for match in OPTION_TEXT.finditer(span.text):
                yield option_statement(case, match[1], span.line, strict=span.table)
    for span in case.document.prose:
        cell = re.match(r"\s*\|\s*((?:--?[A-Za-z][\w-]*[ ,/|=\w<>\[\]]*)+)\|", span.text)
        for name in OPTION_TEXT.findall(cell[1]) if cell else ():
            yield option_statement(case, name, span.line, strict=True)
    for block in case.document.blocks:
        body = "\n".join(block.lines)
        if block.language not in {
            "",
            "text",
            "txt",
            "plaintext",
            "console",
            "sh",
            "bash",
            "shell",
            "help",
        }:
            continue
        if not re.search(r"^\s*(?:usage|options|flags)\b", body, re.IGNORECASE | re.MULTILINE):
            continue
        own = any(
            re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", body) for name in case.own_commands
        )
        for number, line in enumerate(block.lines, block.line):
            help_line = re.match(r"\s+((?:-\w\b,?[ /|]*)?(?:--?[\w-]+)?)", line)
            for name in OPTION_TEXT.findall(" " + help_line[1]) if help_line else ():
                yield option_statement(case, name, number, strict=own)


def env_statement(case: Case, name: str, line: int, strict: bool) -> Statement:
    verdict: Verdict = "unknown"
    why = "not in any file"
    if case.tree.in_source(name):
        verdict, why = "true", "word in source"
    elif _prefixed(case.tree, name):
        verdict, why = "true", "prefix and name in source"
    elif case.tree.anywhere(name):
        why = "only in tests or documentation"
    elif (strict or case.strict) and not ENV_FOREIGN.match(name):
        verdict = "false"
    return Statement("env", name, name, line, verdict, why)


def _prefixed(tree: Tree, name: str) -> bool:
    """`env_prefix="APP_"` with a field `port` makes `APP_PORT`."""
    parts = name.split("_")
    for cut in range(1, len(parts)):
        prefix, rest = "_".join(parts[:cut]), "_".join(parts[cut:]).lower()
        known = tree.in_source(prefix + "_") or tree.in_source(prefix.lower() + "_")
        if known and any(tree.in_source(form) for form in spellings(rest)):
            return True
    return False


def environment(case: Case) -> Iterator[Statement]:
    for span in case.document.inline:
        match = ENV_NAME.fullmatch(span.text)
        about = re.search(r"environ|env\b|variables", span.heading, re.IGNORECASE)
        if match:
            yield env_statement(case, match[1], span.line, strict=bool(span.table and about))


@lru_cache(maxsize=8)
def ignore_patterns(tree: Tree) -> tuple[str, ...]:
    found = []
    for path in tree.named(".gitignore"):
        folder = path.rpartition("/")[0]
        for line in tree.read(path).splitlines():
            pattern = line.strip().strip("/").removeprefix("**/")
            if pattern and line[0] not in "#!" and pattern != "*":
                found.append(f"{folder}/{pattern}".lstrip("/"))
    return tuple(found)


def made_later(tree: Tree, path: str) -> bool:
    """Build output, or a submodule that is not in this tree."""
    parts = [part for part in path.strip("/").split("/") if part not in {".", ""}]
    prefixes = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
    if any(f"path = {prefix}" in tree.read(".gitmodules") for prefix in prefixes):
        return True
    names = [*parts, *prefixes]
    return any(
        fnmatch.fnmatch(name, pattern) for pattern in ignore_patterns(tree) for name in names
    )


def path_verdict(case: Case, path: str, strict: bool) -> tuple[Verdict, str]:
    tree, clean = case.tree, path.removeprefix("./").rstrip("/")
    if tree.exists(clean) or (tree.ends_with(clean) and FILE_ENDING.search(clean)):
        return "true", "in the file list"
    last = clean.rsplit("/", 1)[-1]
    if tree.ends_with(clean) or last in tree.basenames:
        return "unknown", "elsewhere in the tree"
    if README.search(clean):
        return "unknown", "READMEs are taken out"
    if made_later(tree, clean):
        return "unknown", "ignored by git: made later"
    if (
        clean in case.defined_here
        or tree.anywhere(last)
        or tree.anywhere(last.strip(".").rsplit(".", 1)[0])
    ):
        return "unknown", "made or named by the code"
    return ("false" if strict or case.strict else "unknown"), "no such file"


def paths(case: Case) -> Iterator[Statement]:
    for span in case.document.inline:
        text = span.text.rstrip(":,")
        if not PATH_TEXT.fullmatch(text) or text.startswith(("@", "-")) or text.endswith(".."):
            continue
        parts = text.removeprefix("./").rstrip("/").split("/")
        known = bool(FILE_ENDING.search(text)) or parts[-1] in FILE_NAMES
        rooted = len(parts) > 1 and parts[0] in case.tree.folders
        if not (known or rooted or (text.endswith("/") and case.tree.exists(text))):
            continue
        structure = bool(STRUCTURE.search(span.heading))
        strict = (rooted and (known or text.endswith("/"))) or (structure and known)
        verdict, why = path_verdict(case, text, strict)
        if verdict != "true" and len(parts) == 1 and not structure and text[0] != ".":
            why = f"{why}; a bare name may be the reader's own file"
        yield Statement("path", text.removeprefix("./").rstrip("/"), text, span.line, verdict, why)


def diagrams(case: Case) -> Iterator[Statement]:
    """Tree diagrams: judged only when half of their entries are in the repository."""
    for block in case.document.blocks:
        entries = [
            span for span in tree_paths(block) if re.fullmatch(r"[\w.+@/\[\]() -]+", span.text)
        ]
        entries = [span for span in entries if not span.text.rsplit("/", 1)[-1].startswith("...")]
        if not entries:
            continue
        found = [_in_tree(case.tree, span.text) for span in entries]
        ours = case.strict or sum(found) * 2 >= len(found)
        for span, there in zip(entries, found, strict=True):
            later = README.search(span.text) or made_later(case.tree, span.text)
            verdict: Verdict = "true" if there else "false" if ours and not later else "unknown"
            yield Statement("tree", span.text, span.text, span.line, verdict, "tree diagram")


def _in_tree(tree: Tree, path: str) -> bool:
    names = [part.strip() for part in path.split("/")]
    return tree.exists("/".join(names)) or tree.ends_with("/".join(names))


def links(case: Case, remote: str) -> Iterator[Statement]:
    for span in case.document.links:
        target = re.split(r"\s+\d+(?:\.\d+)?[wx](?:,|$)|,\s", span.text)[0].strip()
        kind = "image" if span.image else "link"
        if target.startswith("#"):
            yield _anchor(case.document, target, span)
            continue
        own = re.match(
            r"https?://github\.com/([\w.-]+/[\w.-]+)/(?:blob|tree|raw)/([^/]+)/([^?#]+)", target
        )
        if own and own[1].lower() == remote:
            there = case.tree.exists(unquote(own[3]))
            verdict: Verdict = "true" if there else "false" if own[2] == "HEAD" else "unknown"
            yield Statement(kind, unquote(own[3]), target, span.line, verdict, "own repository")
        elif not re.match(r"[a-zA-Z][\w+.-]*:|//|\{|<|\$", target) and target:
            yield _relative(case, kind, target, span)


def _anchor(document: Document, target: str, span: Span) -> Statement:
    name = unquote(target[1:]).removeprefix("user-content-")
    verdict: Verdict = "false"
    if name in document.anchors or name.lower() in {"", "top", "readme"}:
        verdict = "true"
    elif name.lower() in {anchor.lower() for anchor in document.anchors}:
        verdict = "unknown"
    return Statement("anchor", name, target, span.line, verdict, "headings and ids of this file")


def _relative(case: Case, kind: str, target: str, span: Span) -> Statement:
    path = unquote(re.split(r"[?#]", target)[0])
    parts: list[str] = []
    above = False
    for part in path.split("/"):
        if part == "..":
            above = above or not parts
            parts = parts[:-1]
        elif part not in {"", "."}:
            parts.append(part)
    clean = "/".join(parts)
    verdict: Verdict = "false"
    why = "no such file"
    if above:
        verdict, why = "unknown", "above the root"
    elif case.tree.exists(clean) or not clean:
        verdict, why = "true", "in the file list"
    elif README.search(clean) or made_later(case.tree, clean):
        verdict, why = "unknown", "READMEs are taken out, or made later"
    return Statement(kind, clean, target, span.line, verdict, why)


def placeholders(case: Case) -> Iterator[Statement]:
    """Text left to fill in. What the repository itself says with the same words is a quotation."""
    code = {
        block.line + offset
        for block in case.document.blocks
        for offset, line in enumerate(block.lines)
        if not BLANKS.search(line)
    }
    for number, line in enumerate(case.document.text.split("\n"), 1):
        for match in PLACEHOLDERS.finditer(line):
            text = match[0].strip()
            if CASED.match(text) or "](" in line[max(0, match.start() - 1) : match.end() + 2]:
                continue  # lower-case `todo` is a word, not a gap
            if text.startswith("{") and (number in code or "`" in line):
                continue  # braces mean something in code
            yield Statement("placeholder", text, text, number, "false", "left to fill in")
