"""How a Python project lies on disk: its importable package, its manager, its version literal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from moxi_analyzer.formats import load_toml, one_line
from moxi_analyzer.repository import Repository, join
from moxi_analyzer.roles import role_of
from moxi_analyzer.surface.python.names import names_of
from moxi_analyzer.surface.python.values import docstring_of
from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_ROOTS = ("src", "", "python", "lib", "Lib")
_SIDE = frozenset(
    "test tests testing doc docs example examples script scripts tool tools benchmark benchmarks "
    "bench build dist ci data notebooks demo demos samples setup conftest utils src ext contrib".split()
)
_VERSION = lazy_pattern(
    r"^(?:__version__|version|VERSION|_version)\s*(?::\s*[\w.\[\]]+\s*)?=\s*"
    r"[\"'](\d[\w.+!-]*)[\"']",
    re.MULTILINE,
)
_PUBLIC = lazy_pattern(
    r"^(__all__\b|from\s+\S+\s+import\b|def\s+[a-z]|class\s+[A-Z])", re.MULTILINE
)
_LOCKS = (("uv.lock", "uv"), ("poetry.lock", "poetry"), ("pdm.lock", "pdm"), ("Pipfile", "pipenv"))
_PUBLISHES = lazy_pattern(
    r"gh-action-pypi-publish|twine\s+upload|poetry\s+publish|flit\s+publish|uv\s+publish"
    r"|pdm\s+publish|hatch\s+publish|maturin\s+(publish|upload)"
)
_NOT_PROSE = lazy_pattern(
    r"[_=~^|#*-]{4,}|[{}<>;\\$]|copyright|licen[sc]e|coding[:=]|@author", re.I
)
# Names that many private projects share: nobody installs `src` from a registry.
_TOO_PLAIN = frozenset("src app project package my-package example test main backend api".split())


def normalized(name: str) -> str:
    """A distribution name as a module would be called."""
    return re.sub(r"[-_.]+", "_", name).lower()


def import_name(
    repo: Repository, scope: str, name: str, packages: list[str]
) -> tuple[str, str] | None:
    """(dotted import name, file) of the package that a distribution brings; None if unclear."""
    for explicit in packages:
        found = _at(repo, scope, explicit)
        if found:
            return found
    candidates = dict(_candidates(repo, scope, name))
    wanted = normalized(name)
    for dotted, path in candidates.items():
        if normalized(dotted) == wanted:
            return dotted, path
    without = wanted.removeprefix("python_").removesuffix("_python").removesuffix("_py")
    for dotted, path in candidates.items():
        if normalized(dotted) in {without, wanted.replace("_", "")}:
            return dotted, path
    for suffix in (".pyx", ".pyi"):  # a compiled module
        path = join(scope, wanted + suffix)
        if repo.has(path):
            return wanted, path
    main = {d: p for d, p in candidates.items() if d.lower() not in _SIDE and "." not in d}
    folders = {d: p for d, p in main.items() if p.endswith("__init__.py")}
    for found_all in (folders, main):
        if len(found_all) == 1:
            return next(iter(found_all.items()))
    return None


def _at(repo: Repository, scope: str, explicit: str) -> tuple[str, str] | None:
    """A package or module that a manifest names, as a path or dotted, below one of the roots."""
    for place in dict.fromkeys([explicit.strip("/"), explicit.strip("/").replace(".", "/")]):
        for root in ("", "src", "python", "lib"):
            base = join(scope, f"{root}/{place}".strip("/"))
            for path in (f"{base}/__init__.py", f"{base}.py"):
                if base and repo.has(path):
                    return names_of(repo).module_name(path), path
    return None


def _candidates(repo: Repository, scope: str, name: str) -> Iterator[tuple[str, str]]:
    spaced = re.sub(r"[-.]", "/", name)
    for root in _ROOTS:
        base = join(scope, root) if root else scope
        prefix = f"{base}/" if base else ""
        if repo.has(f"{prefix}{spaced}/__init__.py"):
            yield spaced.replace("/", "."), f"{prefix}{spaced}/__init__.py"
        for path in repo.inside(base):
            stem = path.rpartition("/")[2].removesuffix(".py")
            if path.endswith(".py") and stem.isidentifier() and stem not in {"setup", "__init__"}:
                yield stem, path
        for folder in sorted(_folders_in(repo).get(base, ())):
            path = f"{folder}/__init__.py"
            if repo.has(path) and role_of(path) == "source":
                yield folder.rpartition("/")[2], path
        if root == "src" and base in repo.folders and _folders_in(repo).get(base):
            return


@lru_cache(maxsize=1)
def _folders_in(repo: Repository) -> dict[str, list[str]]:
    """The direct sub-folders of each folder."""
    found: dict[str, list[str]] = {}
    for folder in repo.folders:
        if folder:
            found.setdefault(folder.rpartition("/")[0], []).append(folder)
    return found


def has_public_names(repo: Repository, path: str) -> bool:
    """Whether a package's root module offers names to importers."""
    return bool(_PUBLIC.search(repo.text(path) or ""))


def pyproject(repo: Repository, scope: str) -> dict[str, object]:
    """The parsed pyproject.toml of a folder; {} if there is none that can be read."""
    text = repo.text(f"{scope}/pyproject.toml" if scope else "pyproject.toml")
    try:
        return load_toml(text) if text else {}
    except ManifestError:
        return {}


def manager_of(repo: Repository, scope: str) -> str:
    """The tool that a project's lock file, or else its tool tables, show it is managed with."""
    folder = scope
    while True:
        for lock, manager in _LOCKS:
            if repo.has(f"{folder}/{lock}" if folder else lock):
                return manager
        if not folder:
            break
        folder = folder.rpartition("/")[0]
    table = pyproject(repo, scope)
    tool = table.get("tool")
    build = table.get("build-system")
    backend = str(build.get("build-backend", "")) if isinstance(build, dict) else ""
    tools = tool if isinstance(tool, dict) else {}
    if "poetry" in backend or "poetry" in tools:
        return "poetry"
    if "pdm" in tools and "pdm" in backend:
        return "pdm"
    hatch = tools.get("hatch")
    return "hatch" if isinstance(hatch, dict) and "envs" in hatch else "pip"


def published(repo: Repository, name: str, described: bool) -> bool:
    """Whether the repository shows that a distribution is meant for the registry."""
    if normalized(name).replace("_", "-") in _TOO_PLAIN:
        return False
    return described or _publishes(repo)


@lru_cache(maxsize=1)
def _publishes(repo: Repository) -> bool:
    places = [*repo.inside(".github/workflows"), ".gitlab-ci.yml", ".travis.yml", "Makefile"]
    return any(_PUBLISHES.search(repo.text(path) or "") for path in places if repo.has(path))


def version_in(repo: Repository, path: str) -> tuple[str, Evidence] | None:
    """A version assigned as a literal in a file, or the whole text of a version file."""
    text = repo.text(path) or ""
    if not path.endswith(".py"):
        plain = text.strip()
        if re.fullmatch(r"v?\d[\w.+!-]{0,40}", plain):
            return plain, Evidence(path=path, line=1)
    found = _VERSION.search(text)
    if not found:
        return None
    return found[1], Evidence(path=path, line=text.count("\n", 0, found.start()) + 1)


def version_of_attribute(
    repo: Repository, scope: str, attribute: str
) -> tuple[str, Evidence] | None:
    """The literal behind `package.module.__version__`, as setuptools' `attr:` names it."""
    dotted = attribute.rpartition(".")[0]
    for root in ("", "src", "lib", "python"):
        base = join(scope, f"{root}/{dotted.replace('.', '/')}".strip("/")) if dotted else ""
        for path in (f"{base}.py", f"{base}/__init__.py"):
            if base and repo.has(path):
                found = version_in(repo, path)
                return found or _imported_version(repo, path, attribute.rpartition(".")[2])
    return None


def _imported_version(repo: Repository, path: str, name: str) -> tuple[str, Evidence] | None:
    names = names_of(repo)
    module = names.at(path)
    symbol = names.symbol(module, name) if module else None
    return version_in(repo, symbol.module.path) if symbol else None


def about_of(repo: Repository, path: str, scope: str) -> Iterator[Fact]:
    """The first paragraph of the package's docstring that is prose."""
    module = names_of(repo).at(path)
    doc = docstring_of(module.source.root) if module else ""
    for paragraph in doc.split("\n\n")[:4]:
        text = " ".join(paragraph.split())
        letters = sum(c.isalpha() or c == " " for c in text)
        if not 40 <= len(text) <= 700 or _NOT_PROSE.search(paragraph):
            continue
        if letters < 0.88 * len(text) or not re.search(r"[a-z)`\"']\.(\s|$)", text):
            continue
        if text.count(" ") < 5 or not text[:1].isalpha() or not text.rstrip("`\"')").endswith("."):
            continue
        line = (repo.text(path) or "").partition(paragraph.splitlines()[0].strip())[0].count("\n")
        yield Fact(
            kind="about",
            value=one_line(text, 700),
            evidence=Evidence(path=path, line=line + 1),
            scope=scope,
            detail={"from": "module"},
        )
        return
