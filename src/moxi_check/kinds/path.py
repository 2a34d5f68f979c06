"""Paths that a README names in code spans."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from fnmatch import fnmatchcase
from urllib.parse import unquote

from moxi_check.claim import Claim, false, not_judged, true
from moxi_check.document import Document, InlineCode, Span
from moxi_check.ground import Ground
from moxi_check.kinds.elsewhere import file_of_ours, is_of_others, links_to_others
from moxi_check.kinds.names import is_slip
from moxi_check.shell import is_placeholder
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

KINDS = {"path": "a file or folder named in a code span is in the repository"}

# `src/app.py`, `docs/`, `setup.cfg`, `.github/workflows/*.yml`, `Makefile`; with `:12` a line.
_PATH = lazy_pattern(r"(?:\./|/)?(?:[\w.@+*{}-]+/)*[\w.@+*{}-]*[\w+*}]/?(?::\d+(?:-\d+)?)?")
_SUFFIX = lazy_pattern(r"\.[A-Za-z][A-Za-z0-9]{0,9}$")
_SYSTEM = lazy_pattern(
    r"/(?:usr|bin|etc|var|opt|tmp|dev|home|root|proc|sys|lib|mnt|srv|run|sbin)(?:/|$)"
)
_ARITY = lazy_pattern(r"\.[a-z_]\w*[?!]?/\d{1,2}$")  # `Demo.fetch/2`: a function
_LINE = lazy_pattern(r":\d+(?:-\d+)?\s*$")
_VERSION = lazy_pattern(r"v?\d+(?:\.\d+)*(?:\.x)?$")
FILE_NAMES = frozenset(
    "makefile dockerfile justfile license licence copying readme changelog contributing authors notice "
    "gemfile rakefile procfile jenkinsfile vagrantfile brewfile codeowners".split()
)
# Names of things, not of files: `example.com`, `Node.js`, `std.io`, `obj.method`.
FILE_SUFFIXES = frozenset(
    "py pyi pyx ipynb js mjs cjs jsx ts tsx mts cts vue svelte go rs java kt kts scala groovy gradle rb php "
    "c h cc cpp cxx hpp cs fs vb csproj sln swift m mm dart ex exs hs clj cljs cljc edn lua sh bash zsh fish "
    "ps1 bat cmd md mdx rst txt adoc toml yml yaml json json5 jsonc ini cfg conf env xml html htm css scss "
    "sass less svg png jpg jpeg gif webp ico pdf lock sql proto graphql tf hcl cmake in am ac mk nix el vim "
    "service plist csv tsv parquet j2 tmpl tpl erb haml slim rake gemspec podspec cabal dockerfile example "
    "template sample dist properties map wasm".split()
)
# What a reader is told to make, or what stands in a project of their own.
_THEIRS = lazy_pattern(
    r"(?i)\b(?:creat\w+|mak(?:e|ing) (?:an?|the)|add\w*|new|generat\w+(?! from\b)|writ\w+|sav\w+|put|plac\w+|your(?:self)?|you|user'?s|output|outputs|"
    r"produc\w+|export\w*|e\.g|for example|such as|like|named|called|if (?:present|it exists)|will be|rename\w*|"
    r"defaults? to|download\w*|cache\w*|log\w*|my|delete\w*|remov\w+|replac\w+|instead of|formerly|old|legacy|"
    r"install(?:ed|s)? (?:to|in|into)|skip\w*|match\w*|ignor\w+|publish\w*|copied|overrid\w+|goes? in(?:to)?|belongs? in|emit\w*|compil\w+|ends? up|"
    r"translat\w+|bundl\w+|given|for instance|upstream|adapted from|unzip\w*|extract\w*|exclud\w+|import\w*|path to|stor\w+)\b"
)

# What is told of as made, or of another time: not even a slip of one of ours is one for sure.
_NOT_THERE = lazy_pattern(
    r"(?i)\b(?:creat|generat|produc|output|export|download|sav(?:e|ed|es|ing)|mak(?:e|es|ing)|writes?\b|written to|add|renam|former|"
    r"old\b|legacy|remov|delet|replac|instead of|put\b|plac|your|new\b|stor|log|cach|named|called)\w*"
)

# What shows the reader how theirs may look: "an example workflow `.github/workflows/x.yml`".
_SHOWN = lazy_pattern(r"(?i)\ban? (?:[\w-]+ )?(?:example|sample)(?: [\w-]+){0,2}\W*$")
_SHOWING = lazy_pattern(r"(?i)(?:^|/)(?:examples?|samples?|demos?)/")
# What is said of a file that is there: "run `scripts/x.sh`", "add them in `test/all.jl`".
_OF_THERE = lazy_pattern(
    r"(?i)\b(?:run(?:ning)?|execut\w+|see|read|copy(?:ing)?|includ(?:e|ing)|consult|refer to|look at|edit|extend|"
    r"add(?:ed|ing)? (?:[\w']+ ){0,4}(?:in|to|into)|(?:part|content|defined|found|listed|implemented) (?:of|in)|(?:in(?:to|side)?|under|within)(?: the)?)"
    r"(?: `[^`\n]+`(?:,| and| or))?\W*$"
)
# What a file is in: "in demo-1.0.tar.gz: `src/x.c`".
_IN_ARCHIVE = lazy_pattern(
    r"(?i)[\w.-]+\.(?:tar\.\w+|tgz|zip|jar)\b(?:[^.\w,;]|\b(?:in|and|of|contains|has|the)\b)*$"
)
_HEADERS = frozenset({".h", ".hh", ".hpp", ".hxx"})
SCRIPTS = frozenset(".sh .bash .zsh .fish .ps1 .bat .cmd .py .rb .pl".split())
TEXTS = frozenset({".md", ".markdown", ".mdx", ".rst", ".txt", ".adoc"})
_TO_READ = lazy_pattern(r"(?i)\b(?:see|read|consult|refer to|look at)(?: the)?\W*$")
# A module of TypeScript is imported by the name of the JavaScript that is made of it.
_TYPED = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}
_IMPORTERS = (".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte")
_LONG_NAME = 12  # letters, with the ending: `OptionParserTest.php`
_NO_WORKFLOWS = ".github/workflow"
_LISTED = 3  # other items of a list of files in one folder, all of which are there
# Manifests that readers have of their own: one that is not here may well be theirs.
_OF_READERS = lazy_pattern(
    r"(?i)(?:requirements\.\w+|package\.json|pyproject\.toml|cargo\.toml|go\.mod|gemfile|podfile|cartfile|composer\.json|"
    r"pubspec\.yaml|mix\.exs|pom\.xml|build\.gradle(?:\.kts)?)"
)
_README = lazy_pattern(r"(?i)readme\b")
_USUAL = lazy_pattern(
    r"(?i)(?:index|main|app|lib|mod|__init__|config|settings|setup|utils?|helpers?|server|client|test|example|types?|styles?|"
    r"global|globals|routes?|models?|views?)(?:\.[\w.]+)?$"
)
# Folders that readers' projects have as well.
_OF_MANY = lazy_pattern(
    r"(?i)(?:(?:src|source|sources|app|apps|lib|libs|config|conf|test|tests|spec|docs?|public|static|assets|resources|bin|scripts?|"
    r"data|images?|img|include|web|www|db|pages|components|views|templates|layouts|content|packages|main|java|kotlin|res|"
    r"models|controllers|routes|services|handlers|migrations|hooks|plugins|locales|prompts|themes|utils|helpers|middlewares?|cmd|"
    r"internal|pkg|modules|styles|store|types|api|server|client|core|common|settings|fixtures|results?|logs?|outputs?|"
    r"\.?github|workflows|\.\w+)(?:/|$))+"
)
# Files that the project of a reader has where ours is a part of it: an app, a site, a host of plugins.
_OF_HOST = lazy_pattern(
    r"(?:android/)?app/(?:src/.+|build\.gradle(?:\.kts)?|proguard-rules\.pro)|(?:ios|macos)/(?:Runner/.+|Podfile.*)|"
    r"(?:.+/)?(?:AndroidManifest\.xml|Info\.plist|AppDelegate\.\w+)|"
    r"config/(?:(?:environments|initializers|locales|packages|routes)/.+|(?:application|routes|boot|environment|puma|importmap|"
    r"sidekiq|database|storage|cable|services|filesystems|app|auth|logging|queue|mail|session|bundles|runtime|dev|prod|test)\.\w+)|"
    r"(?:spec|test)/(?:rails|spec|test)_helper\.rb|tests/(?:Pest|TestCase|bootstrap)\.php|routes/(?:web|api|console|channels)\.php|"
    r"app/(?:controllers|models|views|helpers|jobs|mailers|javascript|assets|channels|Http|Providers|Models|Console)/.+|"
    r"database/(?:migrations|seeders|factories)/.+|lib/\w+_web/.+|resources/views/vendor/.+|"
    r"src/main/resources/(?:application|bootstrap|logback).*|gradle/libs\.versions\.toml|lua/plugins/.+|(?:after/)?ftplugin/.+|"
    r"_(?:data|includes|layouts|posts|sass)/.+|src/(?:hooks|environments|theme)(?:[./].+)|docs/conf\.py|"
    r"\.(?:cursor|vscode|claude|idea|codex|gemini)/.+|\.github/[\w-]+\.ya?ml"
)
_GLOB = lazy_pattern(r"\*\.\w|/\*|\*/|\{[\w.-]+,[\w.,-]+\}")
_STANDS_FOR = lazy_pattern(r"(?:^|.*[._-])(?:MAJOR|MINOR|PATCH|VERSION|X)(?:[._-]|$)")
_ENDS = lazy_pattern(r"[\s)*_.]*")
_CAPTION = lazy_pattern(r"[\s)*_]*:{1,2}\s*")
# `configure` of autotools, `.env` of `.env.example`.
_SHOWN_AS = ("example", "sample", "template", "dist", "default")  # `config.example.js`
_MADE_FROM = (".in", ".ac", ".example", ".sample", ".template", ".dist")


def claims(document: Document, ground: Ground) -> Iterator[Claim]:
    """Code spans that have the form of a path."""
    for code in document.codes:
        span = _path_in(code)
        if span is not None:
            yield _judge(code, span, document, ground)


def _path_in(code: InlineCode) -> Span | None:
    text = code.text.strip()
    if not 1 < len(text) < 200 or not _PATH.fullmatch(text) or _VERSION.match(text):
        return None
    bare = text.partition(":")[0]
    if bare.startswith(("-", "@")) or "//" in bare or _SYSTEM.match(bare) or _ARITY.search(bare):
        return None
    name = bare.rstrip("/").rpartition("/")[2]
    suffix = name.rpartition(".")[2]
    # `demo.In` is a name in code; endings are written in small letters, or all in capitals.
    has_suffix = "." in name and suffix.lower() in FILE_SUFFIXES and suffix != suffix.title()
    if "/" not in bare.strip("/") and not bare.endswith("/") and not has_suffix:
        return Span(bare, code.line, code.column) if name.lower() in FILE_NAMES else None
    if name.startswith(".") and name[1:].lower() in FILE_SUFFIXES - {"env"} and "/" not in bare:
        return None  # an ending: `.txt`
    return Span(bare, code.line, code.column)


def _judge(code: InlineCode, span: Span, document: Document, ground: Ground) -> Claim:
    raw = span.text
    path = posixpath.normpath(raw.removeprefix("./").lstrip("/")) if raw.strip("./") else ""
    if path.startswith(".."):
        path = posixpath.normpath(posixpath.join(document.folder, raw))
        if path.startswith(".."):
            return not_judged("path", span, "it leads out of the repository")
    if "*" in path or "{" in path:
        found = next((p for p in sorted(ground.repo.files) if _matches(p, path)), "")
        if found:
            return true("path", span, Evidence(path=found))
        return not_judged("path", span, "a pattern that no file matches")
    for base in dict.fromkeys(("", document.folder)):
        full = posixpath.normpath(posixpath.join(base, path)) if path else ""
        if ground.has(full):
            return true("path", span, Evidence(path=full or "."))
    tail = next(iter(ground.ending_in(path)), "")
    if tail:
        return true("path", span, Evidence(path=tail))
    if code.text.strip() != span.text and _LINE.search(code.text):
        return not_judged("path", span, "a line that some output tells of")
    if any(code.text in link.label for link in links_to_others(document, ground)):
        return not_judged("path", span, "the name of another project")
    line = document.source.split("\n")[code.line - 1]
    return _missing(code, span, path, line, document, ground)


def _matches(path: str, pattern: str) -> bool:
    plain = pattern.replace("**/", "*").replace("**", "*")
    return fnmatchcase(path, plain) or fnmatchcase(path.rpartition("/")[2], plain)


def _missing(
    code: InlineCode, span: Span, path: str, line: str, document: Document, ground: Ground
) -> Claim:
    """The verdict on what is not there; `line` is where on the page it stands."""
    meant = _target_of(code, ground, document)
    if meant and is_slip(path, meant):
        return _false(span, path, meant, ground)
    made_up = unknown_parts(path, ground)
    said = made_up if len(made_up) <= path.count("/") else [span.text, *made_up]
    if any(is_placeholder(part) or _STANDS_FOR.match(part) for part in said):
        return not_judged("path", span, "a placeholder")
    if (ground.through_link(path) or ground.ignored(path)) and not respelt_beside(path, ground):
        return not_judged("path", span, "made by building or by users, says an ignore file")
    stem, ending = posixpath.splitext(path)
    made_from = (path + end for end in _MADE_FROM)
    shown = (f"{stem}{mark}{word}{ending}" for mark in ".-_" for word in _SHOWN_AS)
    source = next((each for each in (*made_from, *shown) if ground.has(each)), "")
    if source:
        return not_judged("path", span, f"it is made from {source}")
    top = path.partition("/")[0]
    if top.startswith(".") and top[1:].lower() in {
        fact.value.lower() for fact in ground.facts("bin", "package")
    }:
        return not_judged("path", span, "the folder of the program's settings in a user's project")
    if is_caption(code, document) and not span.text.endswith("/"):
        return not_judged("path", span, "the page shows what is in the file")
    if _GLOB.search(line):
        return not_judged("path", span, "an example of what a pattern matches")
    best = ground.nearest_path(path)
    if meant and posixpath.splitext(meant)[0] == path:
        return true("path", span, Evidence(path=meant), "its link leads to the file")
    if meant and (meant == best or _is_twin(path, meant)):
        return _false(span, path, meant, ground)
    doubt = _doubt(code, path, best, document, ground)
    return not_judged("path", span, doubt) if doubt else _false(span, path, best, ground)


def _doubt(code: InlineCode, path: str, best: str, document: Document, ground: Ground) -> str:
    """Why a path that is not there may be right; "" for no reason. `best` is ours most like it."""
    folder, name = posixpath.split(path)
    if path == _NO_WORKFLOWS and ground.has(f"{path}s"):  # which GitHub never reads, in any project
        return ""
    is_sure = _is_slip_of_own(path, best)
    if "." not in name and posixpath.splitext(best)[0] == path:
        return f"it may be {best} without its ending"
    if code.text.strip().startswith("/") and not (
        _is_respelt(path, best) or is_slip_beside(path, best)
    ):
        return "it may be a path of a site"
    beside = (link for link in document.links if link.line == code.line and not is_sure)
    if any(is_of_others(link.text, ground) for link in beside):
        return "it may be a file of the project that is linked"
    is_ours = is_sure or _is_respelt(path, best) or _is_listed(code, path, document, ground)
    if _OF_HOST.fullmatch(path) and not is_ours:
        return "the project of a reader has such a file"
    if _IN_ARCHIVE.search(code.before):
        return "a file of an archive"
    if _SHOWN.search(code.before) and not _SHOWING.search(path):
        return "an example of a file of the reader's"
    sentence = f"{code.before[-50:]} {code.after[:25]}"
    is_there = (is_sure and not _NOT_THERE.search(sentence)) or (
        bool(best) and (_is_respelt(path, best) or _is_told_of(code, path, best))
    )
    is_read = _is_read(code, path, best) or _is_moved(path, ground)
    is_there = is_there or (is_read and not _NOT_THERE.search(sentence))
    if _THEIRS.search(sentence) and not is_there:
        return "it may be a file that the reader is to make"
    if _OF_READERS.fullmatch(path) or (
        "/" not in path and path.lower() == best.lower() and _README.match(path)
    ):
        return "it may be of the reader's own project"
    if _is_made_up(path.split("/")[:-1], ground):
        return "no folder in it is one of ours"
    deep = bool(folder) and path.partition("/")[0] in ground.repo.folders
    near = bool(best) and (is_sure or _differ_little(path, best))
    sibling = bool(best) and posixpath.dirname(best) == folder
    if not (deep and (_SUFFIX.search(path) or sibling)) and not near:
        return "it may be a file of somewhere else"
    if _USUAL.match(name) and not near and not _is_listed(code, path, document, ground):
        return "a name that files of readers have as well"
    seen = _named_in(path, best, ground)
    return f"no such file, but {seen} names it" if seen else ""


def _is_made_up(folders: list[str], ground: Ground) -> bool:
    """Whether a path leads through several folders, and the repository has none of their names."""
    return len(folders) > 1 and not any(map(ground.ending_in, folders))


def _false(span: Span, path: str, best: str, ground: Ground) -> Claim:
    name = path.rpartition("/")[2]
    hint = f"; did you mean `{best}`?" if best else ""
    lead = next((mark for mark in ("./", "/") if span.text.startswith(mark)), "") if best else ""
    moved = bool(best) and best.rpartition("/")[2] == name
    return false(
        "path", span, f"there is no `{path}` in the repository{hint}",
        suggestion=lead + best if best else "", evidence=Evidence(path=best) if best else None,
        certain=moved and len(ground.ending_in(name)) == 1,
    )  # fmt: skip


def _target_of(code: InlineCode, ground: Ground, document: Document) -> str:
    """The path of ours that a link leads to whose label is just this code span."""
    for link in document.links:
        if code.text.strip() == link.label.strip("` ") and link.line == code.line:
            found = file_of_ours(link.text, ground)
            if found is not None:  # by its address, a label may well tell of more than the file
                full = posixpath.normpath(unquote(found[1]))
                is_now = found[0] in {"HEAD", ground.snapshot.default_branch or "main"}
                return full if is_now and ground.has(full) and is_slip(code.text, full) else ""
            full = posixpath.normpath(posixpath.join(document.folder, link.text))
            return full if full != "." and ground.has(full) else ""
    return ""


def _is_respelt(path: str, best: str) -> bool:
    """Whether a path below a folder is one of ours but for case, hyphens and underscores."""
    return "/" in path and _plain(path) == _plain(best)


def _is_slip_of_own(path: str, best: str) -> bool:
    """Whether a path is one of ours but for a slip, in a folder that no project of a reader's has."""
    return is_slip_beside(path, best) and not _OF_MANY.fullmatch(posixpath.dirname(path))


def respelt_beside(path: str, ground: Ground) -> str:
    """The file of ours in the same folder that is called so but for case, hyphens and underscores; ""."""
    folder = posixpath.dirname(path)
    beside = ground.repo.inside(folder) if folder else ()
    return next((p for p in beside if p != path and _plain(p) == _plain(path)), "")


def is_slip_beside(path: str, best: str) -> bool:
    """Whether a path is another one in the same folder, of the same ending, but for a slip in its name."""
    (folder, name), (beside, other) = posixpath.split(path), posixpath.split(best)
    is_alike = folder == beside and posixpath.splitext(name)[1] == posixpath.splitext(other)[1]
    return bool(folder) and is_alike and is_slip(name, other)


def _is_told_of(code: InlineCode, path: str, best: str) -> bool:
    """Whether a page speaks of a file as one that is there, and it is one beside it but for a slip or an ending."""
    if not _OF_THERE.search(code.before):
        return False
    endings = {posixpath.splitext(each)[1] for each in (path, best)}
    is_kindred = _is_twin(path, best) and any(endings <= kind for kind in (SCRIPTS, _HEADERS))
    return is_kindred or is_slip_beside(path, best)


def _is_read(code: InlineCode, path: str, best: str) -> bool:
    """Whether a page has its reader look at a file that is ours but for its ending."""
    endings = {posixpath.splitext(each)[1] for each in (path, best)}
    is_of_many = _OF_MANY.fullmatch(posixpath.dirname(path)) and _USUAL.match(
        posixpath.basename(path)
    )
    is_twin = _is_twin(path, best) and endings <= TEXTS
    return bool(_TO_READ.search(code.before)) and is_twin and not is_of_many


def _is_moved(path: str, ground: Ground) -> bool:
    """Whether the one file of ours that is called so, by a name that hardly any other has, is near by."""
    name = posixpath.basename(path)
    known = ground.ending_in(name) if len(name) > _LONG_NAME and "/" in path else []
    is_near = len(known) == 1 and known[0].partition("/")[0] == path.partition("/")[0]
    return is_near and not _USUAL.match(name) and bool(_SUFFIX.search(name))


def _is_listed(code: InlineCode, path: str, document: Document, ground: Ground) -> bool:
    """Whether it stands in a list of the files of one folder of ours, line by line, and the others are there."""
    folder = posixpath.dirname(path)
    items = {
        c.line: c.text.strip().removeprefix("./") for c in document.codes if c.column == code.column
    }
    beside: list[str] = []
    for step in (-1, 1):
        at = code.line + step
        while at in items:
            beside.append(items[at])
            at += step
    own = [item for item in beside if posixpath.dirname(item) == folder and ground.has(item)]
    return bool(folder) and len(own) == len(beside) >= _LISTED


def _named_in(path: str, best: str, ground: Ground) -> Evidence | None:
    """Where a file names what is not there; what imports the TypeScript that is there names that."""
    stem, ending = posixpath.splitext(path)
    name = posixpath.basename(path)
    is_typed = any(ground.has(stem + other) for other in _TYPED.get(ending, ()))
    if "." not in name and is_slip_beside(path, best):
        name = "/".join(path.split("/")[-2:])  # a plain word may mean anything
    places = ground.mentions(name)
    return next((p for p in places if not (is_typed and p.path.endswith(_IMPORTERS))), None)


def _is_twin(path: str, other: str) -> bool:
    """Whether two paths are the same but for their ending."""
    return "/" in path and posixpath.splitext(path)[0] == posixpath.splitext(other)[0]


def _plain(path: str) -> str:
    return path.lower().replace("-", "").replace("_", "")


def unknown_parts(path: str, ground: Ground) -> list[str]:
    """The parts of a path behind the folders that are there: `example` may be one, and no placeholder."""
    parts = path.split("/")
    known = 0
    while known < len(parts) - 1 and "/".join(parts[: known + 1]) in ground.repo.folders:
        known += 1
    return parts[known:]


def is_caption(code: InlineCode, document: Document) -> bool:
    """Whether a file's name ends a paragraph, and its content follows, for the reader to write."""
    if _CAPTION.fullmatch(code.after):
        return True
    if not _ENDS.fullmatch(code.after):
        return False
    lines = document.source.split("\n")
    following = next((line for line in lines[code.line : code.line + 3] if line.strip()), "")
    return following.lstrip().startswith(("```", "~~~"))


def _differ_little(path: str, best: str) -> bool:
    """Whether two names are the same but for their ending, their folder or a letter or two."""
    name, other = path.rpartition("/")[2], best.rpartition("/")[2]
    if name.lower() == other.lower():
        return "." in name or "/" not in path  # `bin/setup` may be of any project
    stem, other_stem = name.partition(".")[0].lower(), other.partition(".")[0].lower()
    same_folder = path.rpartition("/")[0] == best.rpartition("/")[0]
    if "/" not in path and stem == other_stem:  # `vite.config.js` may be the reader's
        return {posixpath.splitext(each)[1] for each in (name, other)} <= TEXTS
    return (
        same_folder
        and len(stem) > 3
        and "." in name  # a folder may be any project's: `libs`
        and (stem == other_stem or stem.strip("s") == other_stem.strip("s"))
    )
