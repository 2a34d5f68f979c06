"""Paths, links, images, anchors, tree lines, badges and addresses of the repository."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from moxi_eval.ground import Candidate, Ground, Word
from moxi_eval.near import closest, near_packages, near_words
from moxi_eval.page import Span

_PATH = re.compile(r"(?:\./)?[\w.@+-]+(?:/[\w.@+-]+)+/?")
_EXTENSIONS = {
    "md": ("rst", "txt"), "rst": ("md",), "yml": ("yaml",), "yaml": ("yml",), "js": ("ts", "mjs"),
    "ts": ("js", "tsx"), "tsx": ("jsx", "ts"), "mjs": ("js",), "cjs": ("js",), "py": ("pyi", "ipynb"),
    "toml": ("ini", "cfg"), "json": ("json5", "yaml"), "png": ("svg", "jpg"), "svg": ("png",),
    "jpg": ("png", "jpeg"), "jpeg": ("jpg",), "gif": ("mp4", "png"), "sh": ("bash", "zsh"),
    "webp": ("png",), "txt": ("md",), "cfg": ("toml",), "cpp": ("cc",), "h": ("hpp",), "hpp": ("h",),
    "rb": ("rake",), "html": ("md",), "php": ("inc",), "kt": ("java",), "java": ("kt",),
}  # fmt: skip
_FOLDERS = {
    "docs": "doc", "doc": "docs", "src": "lib", "lib": "src", "examples": "samples", "assets": "static",
    "example": "examples", "images": "img", "img": "images", "scripts": "bin", "bin": "scripts",
    "test": "tests", "tests": "test", "media": "assets", "screenshots": "images", "contrib": "extras",
    "completions": "completion", "sample": "samples", "samples": "examples", "static": "assets",
}  # fmt: skip


def other_paths(ground: Ground, path: str) -> Iterator[tuple[str, str]]:
    """Paths near this one that no file has: once there, elsewhere, of another ending or name."""
    clean = path.rstrip("/")
    slash = path[len(clean) :]
    for other in _path_variants(ground, clean):
        if _is_free(ground, other):
            yield other + slash, f"no such file: {other}"


def _path_variants(ground: Ground, path: str) -> Iterator[str]:
    folder, _, name = path.rpartition("/")
    prefix = f"{folder}/" if folder else ""
    stem, dot, ending = name.rpartition(".") if "." in name[1:] else (name, "", "")
    old = [p for p in ground.files.history.deleted if p.rpartition("/")[0] == folder]
    yield from closest(path, old, least=0.7)
    same = [p for p in ground.files.history.deleted if p.endswith(f"/{name}")]
    yield from sorted(same, key=len)[:1]
    for other in _EXTENSIONS.get(ending.lower(), ()):
        yield f"{prefix}{stem}.{other}"
    first, slash, rest = path.partition("/")
    if slash and first in _FOLDERS:
        yield f"{_FOLDERS[first]}/{rest}"
    for word in (
        near_words(stem) if stem.islower() and (dot or path in ground.files.folders) else ()
    ):
        yield f"{prefix}{word}{dot}{ending}"
    if "-" in stem or "_" in stem:
        yield f"{prefix}{stem.translate(str.maketrans('-_', '_-'))}{dot}{ending}"
    if not dot and stem.isupper():
        yield f"{prefix}{stem}.md"
    if stem.isupper() and ending.lower() in {"md", "txt", "rst"}:
        yield f"{prefix}{stem}"


def _is_free(ground: Ground, path: str) -> bool:
    """Whether nothing has this path, in any case, and no file speaks of such a name."""
    name = path.rpartition("/")[2]
    return (
        path.lower() not in ground.lowered
        and name not in ground.files.basenames
        and not ground.files.ignores(name)
    )


def paths(ground: Ground) -> Iterator[Candidate | None]:
    """Inline code and words of commands that are a file or folder, told with its folder."""
    for span in ground.page.of("inline"):
        if (
            _PATH.fullmatch(span.text)
            and ground.files.exists(span.text)
            and not _is_common(span.text)
        ):
            yield _path(ground, Word(span.text, span.line, span.column))
    for words in ground.commands:
        for word in words:
            if len(words) > 1 and _PATH.fullmatch(word.text) and ground.files.exists(word.text):
                yield _path(ground, word)


def _is_common(path: str) -> bool:
    """Whether a path is one that every project has: the reader's own may be meant."""
    return bool(
        re.fullmatch(r"(?:\./)?(?:src|lib|app|test|tests)/(?:(?:index|main|app|lib)\.\w+)?", path)
    )


def _path(ground: Ground, word: Word) -> Candidate | None:
    clean = word.text.removeprefix("./")
    return ground.candidate("path", word, clean, clean.rstrip("/"), other_paths(ground, clean))


def links(ground: Ground) -> Iterator[Candidate | None]:
    """Links and images to files of the repository, relative or by its own address."""
    base = ground.readme.rpartition("/")[0]
    for span in ground.page.of("link", "image"):
        own = _own_file(ground, span)
        target = own or re.split(r"[?#]", span.text)[0]
        if not own and re.match(r"[a-zA-Z][\w+.-]*:|//|#|/|\.\.|\{|<", span.text):
            continue
        inner = target.removeprefix("./").rstrip("/")
        full = f"{base}/{inner}" if base and not own else inner
        if not inner or unquote(inner) != inner or not ground.files.exists(full):
            continue
        choices = (
            (new.removeprefix(f"{base}/") if base and not own else new, why)
            for new, why in other_paths(ground, full)
            if own or not base or new.startswith(f"{base}/")
        )
        kind = "image" if span.kind == "image" else "link"
        yield ground.candidate(kind, Word(span.text, span.line, span.column), inner, full, choices)


def _own_file(ground: Ground, span: Span) -> str:
    """The path that an address of the repository itself names, on its default branch."""
    match = re.match(
        r"https?://(?:github\.com/([\w.-]+/[\w.-]+)/(?:blob|tree|raw)|raw\.githubusercontent\.com/([\w.-]+/[\w.-]+))"
        r"/([\w.-]+)/([^?#]+)$",
        span.text,
    )
    if not match or (match[1] or match[2]).lower() != ground.slug.lower():
        return ""
    return match[4] if match[3] in {"HEAD", "main", "master", ground.files.branch} else ""


def anchors(ground: Ground) -> Iterator[Candidate | None]:
    """Links to headings of this page."""
    for span in ground.page.of("link"):
        name = span.text.removeprefix("#")
        if not span.text.startswith("#") or name not in ground.page.anchors:
            continue
        lowered = {anchor.lower() for anchor in ground.page.anchors}
        words = [w for w in near_words(name) if w.lower() not in lowered]
        old = closest(name, _old_anchors(ground), least=0.55)
        choices = [(w, "no such heading") for w in [*old, *words] if w.lower() not in lowered]
        yield ground.candidate(
            "anchor", Word(span.text, span.line, span.column), name, ground.readme, choices
        )


def _old_anchors(ground: Ground) -> set[str]:
    from moxi_eval.page import parse

    texts = ground.files.history.readmes[:4]
    return {anchor for text in texts for anchor in parse(text).anchors}


def trees(ground: Ground) -> Iterator[Candidate | None]:
    """Leaves of tree diagrams that are drawn after this repository."""
    spans = list(ground.page.of("tree"))
    paths_ = [s.path for s in spans]
    for span in spans:
        full = next((p for p in _tree_readings(span.path) if ground.files.exists(p)), "")
        leaf = not any(other.startswith(f"{span.path}/") for other in paths_)
        if not full or not leaf or "/" in span.text:
            continue
        choices = (
            (new.rpartition("/")[2], why)
            for new, why in other_paths(ground, full)
            if new.rpartition("/")[0] == full.rpartition("/")[0]
        )
        yield ground.candidate(
            "tree", Word(span.text, span.line, span.column), span.text, full, choices
        )


def _tree_readings(path: str) -> Iterator[str]:
    """A diagram starts at the root, or at a folder that stands for it."""
    yield path
    if "/" in path:
        yield path.partition("/")[2]


def badges(ground: Ground) -> Iterator[Candidate | None]:
    """Workflow files and packages in the addresses of badges."""
    for span in ground.page.of("link", "image"):
        word = Word(span.text, span.line, span.column)
        workflow = re.search(
            r"/workflows/(?:status/)?(?:[\w.-]+/[\w.-]+/)?([\w.-]+\.ya?ml)\b", span.text
        )
        status = re.search(r"/workflow/status/[\w.-]+/[\w.-]+/([\w.-]+\.ya?ml)\b", span.text)
        match = status or workflow
        if match and ground.slug.lower() in span.text.lower():
            path = f".github/workflows/{match[1]}"
            if ground.files.exists(path):
                choices = (
                    (new.rpartition("/")[2], why)
                    for new, why in other_paths(ground, path)
                    if new.startswith(".github/workflows/")
                )
                yield ground.candidate("badge", word, match[1], path, choices)
            continue
        package = re.search(
            r"(?:shields\.io|badge\.fury\.io|badgen\.net)/(?:py|js|rb|nu|npm|pypi|crates|gem|hexpm|nuget|packagist|pub)"
            r"/(?:(?:v|vpre|d\w|l|pyversions|version|license|dm|dt|dw|node)/)?((?:@[\w.-]+/)?[\w-]+(?:/[\w-]+)?)",
            span.text,
        )
        name = package[1] if package else ""
        if name in ground.packages:
            registry, place = ground.packages[name]
            near = near_packages(name, dashes=registry not in {"pypi", "cargo"})
            choices = ((n, f"{place} declares {name}") for n in near if n not in ground.packages)
            yield ground.candidate("badge", word, name, place, choices)


def clones(ground: Ground) -> Iterator[Candidate | None]:
    """The owner in `git clone` of this very repository."""
    owner, _, name = ground.slug.partition("/")
    if not owner:
        return
    for words in ground.commands:
        if [w.text for w in words[:2]] != ["git", "clone"]:
            continue
        for word in words[2:]:
            if re.search(rf"github\.com[:/]{re.escape(ground.slug)}(?:\.git)?/?$", word.text, re.I):
                shown = re.search(rf"{re.escape(owner)}(?=/)", word.text, re.I)
                old = {
                    m
                    for text in ground.files.history.readmes
                    for m in re.findall(rf"github\.com[:/]([\w-]+)/{re.escape(name)}\b", text)
                }
                others = [o for o in sorted(old) if o.lower() != owner.lower()]
                others += [name, *sorted(_mentioned_owners(ground))]
                choices = [
                    (o, f"origin is {ground.slug}") for o in others if o.lower() != owner.lower()
                ]
                if shown:
                    yield ground.candidate("clone", word, shown[0], ground.slug, choices)


def _mentioned_owners(ground: Ground) -> set[str]:
    """Other owners of repositories that the manifests name."""
    manifests = ground.files.own_named(
        "package.json", "pyproject.toml", "Cargo.toml", "composer.json"
    )
    texts = [
        ground.files.text(path) for path in [*manifests, *ground.files.named("CHANGELOG.md")[:1]]
    ]
    return {m for text in texts for m in re.findall(r"github\.com/([\w-]{3,39})/[\w.-]", text)}


FINDERS = (paths, links, anchors, trees, badges, clones)
