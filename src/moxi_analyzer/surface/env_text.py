"""Environment variables read by languages of which we carry no grammar: one pattern each."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from itertools import islice

from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.syntax import Source
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_NAME = r"(?P<name>[A-Z][A-Z0-9_]{1,63})"
_STRING = r"\"(?P<default>[^\"\\\n#]*)\""

# language -> what reads a variable; `default` is a literal beside it
_READS = {
    "elixir": re.compile(
        rf"System\.(?:get_env|fetch_env!?)\(\s*\"{_NAME}\"(?:\s*\)\s*\|\||\s*,)?(?:\s*{_STRING})?"
    ),
    "haskell": re.compile(rf"\b(?:lookupEnv|getEnv)\s*\(?\s*\"{_NAME}\""),
    "clojure": re.compile(rf"\(System/getenv\s+\"{_NAME}\"\)(?:\s*{_STRING}\s*\))?"),
    "swift": re.compile(rf"processInfo\.environment\[\s*\"{_NAME}\"\s*\](?:\s*\?\?\s*{_STRING})?"),
    "dart": re.compile(
        rf"(?:Platform\.environment\[|(?:String|int|bool)\.fromEnvironment\()\s*['\"]{_NAME}['\"]"
        r"(?:\s*\]\s*\?\?\s*|\s*,\s*defaultValue:\s*)?(?:['\"](?P<default>[^'\"\\\n$]*)['\"])?"
    ),
    "shell": re.compile(
        rf"\$\{{{_NAME}:?(?P<operator>[-=?])(?:(?P<default>[^{{}}$`\"'\n]*)\}}|(?P<computed>[$`\"']))"
    ),
}
_WORD = re.compile(r"[A-Z][A-Z0-9_]{1,63}")
_SET = re.compile(
    r"(?<!\w)[A-Z][A-Z0-9_]{1,63}\+?=|\bfor [A-Z]\w* in\b"
    r"|\b(?:read|local|declare|mapfile|printf -v)\b[^\n;$]{1,120}"
)
_MAX_PROGRAMS = 200
_BARE = re.compile(r"\$\{?([A-Z][A-Z0-9_]{1,63})\b")
_LANGUAGES = {
    ".ex": "elixir", ".exs": "elixir", ".hs": "haskell", ".clj": "clojure", ".cljc": "clojure",
    ".bb": "clojure", ".swift": "swift", ".dart": "dart", ".sh": "shell", ".bash": "shell",
}  # fmt: skip
_SUFFIXES = tuple(_LANGUAGES)
_COMMENTS = {"elixir": "#", "haskell": "--", "clojure": ";", "swift": "//", "dart": "//"}
# Where maintainers keep what users never run.
_TOOLS = frozenset(
    "scripts script contrib ci tools hack dev completions completion auto-completion".split()
)
# What a project ships for writing tests with it, or keeps for its own.
_TEST_SUPPORT = lazy_pattern(
    r"(?:^|/)(?:[Tt]est|\w*Test(?:Helpers?|Support|Utils?|Utilities|Kit|ing))/"
)
# Set by every system or shell: nobody configures a project with them.
_SYSTEM = lazy_pattern(
    r"HOME|PATH|PWD|OLDPWD|USER|LOGNAME|SHELL|TERM|IFS|PS[1-4]|UID|EUID|RANDOM|LINENO|HOSTNAME"
    r"|OSTYPE|OPTARG|OPTIND|LANG|LC_\w+|BASH\w*|ZSH_\w+|FUNCNAME|REPLY|TMPDIR|CI|MIX_ENV|COLUMNS|LINES"
)


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    scripts: dict[str, str] = {}
    known: list[Fact] = []
    for source in sources:
        text = repo.text(source.path) or ""
        language = _LANGUAGES[posixpath.splitext(source.path)[1]]
        found = list(_read_in(text, source.path, language))
        yield from found
        if language == "shell":
            scripts[source.path] = text
            known += found
    yield from _relatives(repo, scripts, {fact.value for fact in known})


def _relatives(repo: Repository, scripts: dict[str, str], known: set[str]) -> Iterator[Fact]:
    """Variables that scripts read bare (`$DEMO_KEY`) and nothing sets, beside `${DEMO_DIR:-…}` of theirs."""
    families = {name.partition("_")[0] for name in known if name.count("_") > 1}
    seen = set(known)
    found: list[Fact] = []
    for path, text in scripts.items() if families else ():
        for match in _BARE.finditer(text):
            name = match[1]
            kin = name.count("_") > 1 and name.partition("_")[0] in families
            if name in seen or not kin or _SYSTEM.fullmatch(name):
                continue
            start = text.rfind("\n", 0, match.start()) + 1
            if not _is_comment(text[start : match.start()].lstrip(), "shell"):
                seen.add(name)
                at = Evidence(path=path, line=text.count("\n", 0, match.start()) + 1)
                found.append(Fact(kind="env_var", value=name, evidence=at))
    set_here = _set_in([*scripts.values(), *_programs(repo)]) if found else set()
    yield from (fact for fact in found if fact.value not in set_here)


def _programs(repo: Repository) -> Iterator[str]:
    """Texts of files that may be shell programs though no suffix says so."""
    own = (path for path, entry in repo.files.items() if entry.role == "source")
    plain = (path for path in own if posixpath.splitext(path)[1] in {"", ".zsh", ".sh", ".bash"})
    return (repo.text(path) or "" for path in islice(plain, _MAX_PROGRAMS))


def _set_in(texts: Iterable[str]) -> set[str]:
    """The variables that scripts give any value."""
    return {
        name for text in texts for match in _SET.finditer(text) for name in _WORD.findall(match[0])
    }


def _read_in(text: str, path: str, language: str) -> Iterator[Fact]:
    seen: set[str] = set()
    for found in _READS[language].finditer(text):
        name = found["name"]
        start = text.rfind("\n", 0, found.start()) + 1
        before = text[start : found.start()].lstrip()
        if name in seen or _SYSTEM.fullmatch(name) or _is_comment(before, language):
            continue
        groups = found.groupdict()
        if _is_no_setting(text, found, language):
            continue
        seen.add(name)
        default = (groups.get("default") or "").strip()
        if groups.get("operator") == "?":
            default = ""
        yield Fact(
            kind="env_var",
            value=name,
            evidence=Evidence(path=path, line=text.count("\n", 0, found.start()) + 1),
            detail={"default": default} if default else {},
        )


def _is_no_setting(text: str, found: re.Match[str], language: str) -> bool:
    """Whether a match is no setting: text that is generated, a guard, a script's own variable."""
    if language == "elixir":
        return bool(text.count('"""', 0, found.start()) % 2)
    if language != "shell":
        return False
    # `${NAME:-}` only keeps an unset variable from being an error.
    given = found["computed"] or found["default"].strip()
    guard = found["operator"] != "?" and not given
    return guard or _is_internal(found["name"], text)


def _is_comment(before: str, language: str) -> bool:
    return before.startswith(_COMMENTS.get(language, "#"))


def _is_internal(name: str, text: str) -> bool:
    """Whether a script gives the variable a value of its own, not one built on the caller's."""
    assigned = re.compile(
        rf"(?m)^[ \t]*(?:export |local |readonly |declare (?:-\w+ )*)?{name}=(?!\"?\$\{{{name}\b)"
        rf"|\bfor {name} in\b|\bread (?:-\w+ )*{name}\b"
    )
    return bool(assigned.search(text))


def _select(repo: Repository, _framework: Framework) -> Iterable[str]:
    for path, entry in repo.files.items():
        if entry.role != "source" or not path.endswith(_SUFFIXES) or path.startswith("."):
            continue
        if posixpath.splitext(path)[1] not in _LANGUAGES:
            continue
        if _TOOLS.isdisjoint(path.split("/")[:-1]) and not _TEST_SUPPORT.search(path):
            yield path


FRAMEWORKS = (
    Framework(
        "env_text",
        (),
        re.compile(rb"System\.(get_env|fetch_env)|lookupEnv|getEnv|System/getenv"
                   rb"|\.environment\[|fromEnvironment\(|\$\{[A-Z][A-Z0-9_]*:?[-=?]"),
        _facts,
        _select,
    ),
)  # fmt: skip
