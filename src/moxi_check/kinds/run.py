"""Files, folders and targets that commands run or read: `python app.py`, `cargo run --example x`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from moxi_check.claim import Claim, false, not_judged, true
from moxi_check.code.clojure import namespaces_of
from moxi_check.document import Document
from moxi_check.ground import Ground
from moxi_check.kinds import cargo, modules, namespaces
from moxi_check.kinds.files import Named, named_files
from moxi_check.kinds.names import is_slip
from moxi_check.kinds.path import SCRIPTS, TEXTS, is_caption, respelt_beside, unknown_parts
from moxi_check.kinds.told import Told, is_foreign, own_names, scopes, told, unwrapped
from moxi_check.shell import is_placeholder
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

KINDS = {
    "run": "a file, folder, module or target that a command runs or reads is in the repository"
}

# Made by building, installing or running; nothing of it is in a repository.
_MADE = frozenset(
    "node_modules venv .venv env target dist build out bin obj output outputs tmp temp _build cmake-build logs "
    "coverage cache .cache results data datasets checkpoints models weights downloads vendor".split()
)
# Names by which only a repository's own file can be meant.
_OWN = lazy_pattern(
    r"(?:setup\.py|gradlew(?:\.bat)?|mvnw(?:\.cmd)?|[\w.-]*requirements[\w.-]*\.(?:txt|in)|environment\.ya?ml"
    r"|(?:docker-)?compose[\w.-]*\.ya?ml|\.env[.-](?:example|sample|template|dist)[\w.-]*|[\w.-]*\.(?:env\.)?"
    r"(?:example|sample|template|dist))$"
)
# Endings that Node and those who take after it add to what they are told to load.
_ADDED = (".js", ".mjs", ".cjs", ".ts", ".mts", ".json", "/index.js", "/index.ts")
_NODES = frozenset(
    "node nodemon electron mocha tsx ts-node ts-node-esm bun nyc c8 jest ava tap".split()
)
# Endings of which one may have become the other.
_KINDRED = (
    SCRIPTS,
    frozenset({".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"}),
    frozenset({".yml", ".yaml"}),
    frozenset({".json", ".jsonc", ".json5"}),
    TEXTS,
)
_COMPILED = (".c", ".cc", ".cpp", ".rs", ".go", ".hs", ".swift", ".nim", ".zig")
_SETTINGS = lazy_pattern(r"[\w-]+\.(?:(?:config|conf|rc)\.\w+|ya?ml|toml|json5?|ini|conf|cfg)")
# Files that many a project has: ours are meant where one has cloned it.
_OF_ALL = lazy_pattern(r"requirements\.txt|(?:docker-)?compose[\w.-]*\.ya?ml")
_CLONE = lazy_pattern(r"(?i)\bclon(?:e|ed|ing)\b|\bcheck ?out\b|\bfrom source\b|\bdownload\b")
# What a reader's own file is called, as often as not.
_USUAL = lazy_pattern(
    r"(?i)(?:index|main|app|server|client|script|test|tests|example|sample|demo|input|output|in|out|file|data|program|hello|foo|"
    r"config|train|run|bot|worker|page|image|video|audio|doc|document)\d?\.\w+$"
)
_EXAMPLE = lazy_pattern(r"(?i)\b(?:for example|for instance|e\.g|such as|like|say)\b")
# A file that comes with what is downloaded, not with the repository.
_FETCHED = lazy_pattern(
    r"(?i)\bdownload\w*\b[^.]{0,60}\b(?:archive|bundle|zip|tarball|\.zip|\.tar\.gz|\.tgz)\b"
)
_STANDS_FOR = lazy_pattern(
    r"(?i)(?:.*[_.-])?(?:file|dir|directory|folder|path|script|project|module|class|test)_?name(?:\.\w+)?$|name$|new[-_]|"
    r"test_(?:foo|bar|something|file|module|name|my\w*)(?:\.\w+)?$"
)
_PATTERN = lazy_pattern(r"[$`*<>{}\[\]]")
_PATH_TO = lazy_pattern(r"(?i)(?:^|/)path/to(?:/|$)")
_MAKES = frozenset(
    {"touch", "mkdir", "tee", "vim", "nano", "vi", "code", "wget", "unzip", "nvim", "emacs"}
)


def claims(document: Document, ground: Ground) -> Iterator[Claim]:
    """What commands run or read, held against paths, modules and the targets of Cargo."""
    made = _made(document)
    for said in told(document):
        words = unwrapped(said.words)
        for named in named_files(words):
            claim = _judge(said, named, made, document, ground)
            if claim is not None:
                yield claim
        for module in modules.named(words):
            claim = modules.judge(module, scopes(said, document, ground), ground)
            if claim is not None:
                yield claim
        for word in namespaces.named(words):
            claim = namespaces.judge(word, words, namespaces_of(ground))
            if claim is not None:
                yield claim
        if not is_foreign(said, ground):
            yield from cargo.claims(words, ground)


def _made(document: Document) -> frozenset[str]:
    """Names of files that the page has its reader make, download or write."""
    made: set[str] = set()
    for said in told(document):
        texts = [word.text for word in said.words]
        made.update(word.text.lstrip(">") for word in said.command.redirected)
        plain = [text for text in texts[1:] if not text.startswith("-")]
        if texts[:1] and texts[0] in _MAKES:
            made.update(plain)
        elif texts[:1] and texts[0] in {"cp", "mv", "ln", "copy", "rename"}:
            made.update(plain[-1:])
        elif texts[:2] == ["git", "clone"]:
            made.update(plain[2:])
        elif texts[:1] == ["curl"]:
            made.update(plain)
        for number, text in enumerate(texts[:-1]):
            if text in {"-o", "-O", "--output", "-out", "--out"}:
                made.add(texts[number + 1])
    made.update(
        code.text.partition(":")[0] for code in document.codes if is_caption(code, document)
    )
    for block in document.blocks:
        first = block.text.split("\n", 1)[0].strip()
        if first.startswith(("#", "//", "<!--", "--", "/*")):
            made.update(re.findall(r"[\w./-]+\.\w+", first[:200]))
    return frozenset(posixpath.basename(name.rstrip("/")) for name in made)


def _judge(
    said: Told, named: Named, made: frozenset[str], document: Document, ground: Ground
) -> Claim | None:
    word = named.word
    raw = word.text.replace("\\", "/") if "\\" in word.raw else word.text
    if raw.startswith(("/", "~", "-")) or "://" in raw or re.match(r"[A-Za-z]:", raw):
        return None
    path = posixpath.normpath(raw)
    if "\\ " in word.raw:  # a folder of Windows, of which a shell takes the last mark for an escape
        return None
    if path == ".":
        return None
    top, _, rest = path.partition("/")
    if top.lower() in own_names(ground) and (named.is_folder or rest) and ground.has(rest):
        return true("run", word, Evidence(path=rest or "."), "the folder of a clone")
    is_misspelt = said.cloned in own_names(ground) and is_slip(path, said.cloned)
    if named.is_folder and is_misspelt and path not in made and not ground.ending_in(path):
        return false(
            "run", word, f"the folder that is cloned is `{said.cloned}`", suggestion=said.cloned,
            evidence=Evidence(path="."), certain=True,
        )  # fmt: skip
    here = scopes(said, document, ground)
    for folder in here or [""]:
        full = posixpath.normpath(posixpath.join(folder, path))
        full = "" if full == "." else full
        if not full.startswith("..") and ground.has(full):
            return true("run", word, Evidence(path=full or "."))
        loaded = _loaded(said, full, ground)
        if loaded:
            return true("run", word, Evidence(path=loaded))
    if path.startswith("..") or is_foreign(said, ground):
        return None
    is_given = bool(said.words and ground.named("bin", posixpath.basename(said.words[0].text)))
    if is_given and not _is_slip_of_file(path, said, here, ground):
        return not_judged("run", word, "a file that the program is given may be the reader's own")
    if named.is_any and not _known_folder(path, here, ground):
        return None
    if (
        named.is_doubtful
        and "/" not in path
        and "." not in path
        and not _is_slip_of_folder(path, here, ground)
    ):
        return None  # a folder or program of the reader's
    doubt = _doubt(path, made, here, ground)
    best = "" if doubt else _nearest(path, here, ground)
    doubt = doubt or _doubt_of_reader(said, named, path, best, here, document, ground)
    if doubt:
        return not_judged("run", word, doubt)
    hint = f"; did you mean `{best}`?" if best else ""
    lead = "./" if raw.startswith("./") and best else ""
    return false(
        "run", word, f"there is no `{path}` in the repository{hint}",
        suggestion=lead + best if best else "", evidence=Evidence(path=best) if best else None,
        certain=bool(best) and _is_near(path, best),
    )  # fmt: skip


def _doubt_of_reader(
    said: Told,
    named: Named,
    path: str,
    best: str,
    here: list[str],
    document: Document,
    ground: Ground,
) -> str:
    """Why a missing file may be the reader's own; "" for no reason. `best` is ours most like it."""
    word, name = named.word, posixpath.basename(path)
    others = (posixpath.normpath(each.text) for each in said.words[1:] if each is not word)
    if any(
        each != path and _stem(each)[0] == _stem(path)[0] and ground.has(each) for each in others
    ):
        return "it is made of the file beside it"
    if _OF_ALL.fullmatch(path) and not _speaks_of_clone(path, document, ground):
        return "it may be a file of the reader's own"
    inside = _known_folder(path, here, ground) and not named.is_any
    near = bool(best) and _is_near(path, best)
    if not near and (_USUAL.match(name) or (said.is_inline and _EXAMPLE.search(said.lead))):
        return "it may be a file of the reader's own"
    if not inside and not _OWN.match(name) and not near:
        return "it may be a file of the reader's own"
    is_own = name.partition(".")[0].lower() in own_names(ground)
    if not inside and _SETTINGS.fullmatch(name) and is_own:
        return "the settings of a user's project"
    parts = unknown_parts(path, ground)
    is_made_up = any(is_placeholder(p) or _STANDS_FOR.match(p) for p in parts)
    is_pattern = _PATTERN.search(word.text) is not None
    if is_pattern or is_made_up or _PATH_TO.search(path):
        return "a placeholder"
    is_brought = not near and _is_fetched(said, document)
    return "it may be in the archive that the page has one fetch" if is_brought else ""


def _speaks_of_clone(path: str, document: Document, ground: Ground) -> bool:
    """Whether the page has its reader clone the project, or the repository has another file of that sort."""
    sort = posixpath.splitext(path)[0].rpartition("compose")[1] or "requirements"
    kin = any(sort in posixpath.basename(known) for known in ground.repo.inside(""))
    return kin or _CLONE.search(document.source) is not None


def _is_fetched(said: Told, document: Document) -> bool:
    """Whether the section has the reader fetch an archive before the command."""
    line = said.words[0].line
    before = (p for p in document.prose if p.section == said.section and p.line <= line)
    return any(_FETCHED.search(prose.text) for prose in before)


def _loaded(said: Told, path: str, ground: Ground) -> str:
    """The file that Node takes a path without its ending for; "" for none."""
    if _NODES.isdisjoint(word.text for word in said.words):
        return ""
    return next((path + end for end in _ADDED if ground.has(path + end)), "")


def _is_slip_of_folder(path: str, here: list[str], ground: Ground) -> bool:
    """Whether a lone word is the name of a folder in which it is used, with a slip."""
    folders = (f for f in ground.repo.folders if f and posixpath.dirname(f) in here)
    return any(is_slip(path, posixpath.basename(folder)) for folder in folders)


def _is_slip_of_file(path: str, said: Told, here: list[str], ground: Ground) -> bool:
    """Whether a path is one of ours with a slip in its name: no reader has such folders.

    Where the command names ours as well, the other is what is made of it.
    """
    best = _nearest(path, here, ground)
    if any(posixpath.normpath(word.text) == best for word in said.words):
        return False
    (stem, suffix), (other, other_suffix) = _stem(path), _stem(best)
    is_beside = posixpath.dirname(path) == posixpath.dirname(best) and path.count("/") > 1
    return is_beside and suffix == other_suffix and is_slip(stem, other)


def _doubt(path: str, made: frozenset[str], here: list[str], ground: Ground) -> str:
    """Why a missing file may still be right; "" for no reason."""
    name = posixpath.basename(path)
    if not here:
        return "it is run in a folder that is not known"
    if name in made or path.partition("/")[0] in made:
        return "the page has the reader make it"
    tops = {posixpath.join(folder, path.partition("/")[0]) for folder in here}
    if path.partition("/")[0] in _MADE and not tops & ground.repo.folders:
        return "made by building or running"
    full = [posixpath.normpath(posixpath.join(folder, path)) for folder in here]
    if any(ground.ignored(each) or ground.through_link(each) for each in full) and not any(
        respelt_beside(each, ground) for each in full if posixpath.splitext(each)[1]
    ):
        return "made by building or by users, says an ignore file"
    if ground.ending_in(path):
        return "the file is in another folder than the command may be run in"
    made_from = (".in", ".ac", ".am", ".tmpl", ".erb", *_COMPILED)
    if any(ground.has(each + suffix) for each in full for suffix in made_from):
        return "made from a template or a source"
    return ""


def _known_folder(path: str, here: list[str], ground: Ground) -> bool:
    """Whether the folder of a missing file is the repository's own."""
    parent = posixpath.dirname(path)
    top = path.partition("/")[0]
    return bool(parent) and any(
        posixpath.normpath(posixpath.join(folder, top)) in ground.repo.folders for folder in here
    )


def _nearest(path: str, here: list[str], ground: Ground) -> str:
    """The nearest path, from the folder in which the command is run."""
    folder = here[0] if here else ""
    best = ground.nearest_path(posixpath.normpath(posixpath.join(folder, path)))
    (stem, suffix), (other, other_suffix) = _stem(path), _stem(best)
    if best and suffix != other_suffix and stem != other:
        return ""
    return best.removeprefix(folder + "/") if folder else best


def _stem(path: str) -> tuple[str, str]:
    return posixpath.splitext(posixpath.basename(path))


def _is_near(path: str, best: str) -> bool:
    """Whether two paths differ by a slip, an ending or an underscore in one name."""
    if posixpath.dirname(path) != posixpath.dirname(best):
        return False
    (stem, ending), (other, other_ending) = _stem(path), _stem(best)
    if stem == other:
        return any({ending, other_ending} <= kin for kin in _KINDRED)
    return is_slip(posixpath.basename(path), posixpath.basename(best))
