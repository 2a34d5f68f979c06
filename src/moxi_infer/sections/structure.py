"""Project structure: a short tree, annotated with what facts tell of its folders and files."""

from __future__ import annotations

from collections import Counter

from moxi_analyzer.languages import NOT_PROGRAMMING, language_of
from moxi_analyzer.repository import folder_of
from moxi_analyzer.roles import role_of
from moxi_core.records import Evidence
from moxi_infer.document import Body, Section
from moxi_infer.subject import Subject

MAX_LINES = 28
MAX_SIBLINGS = 9
_MIN_FILES = 4

_FILES = {
    "Dockerfile": "container image",
    "Makefile": "make targets",
    "justfile": "just recipes",
    "Taskfile.yml": "tasks",
    "docker-compose.yml": "services",
    "docker-compose.yaml": "services",
    "compose.yaml": "services",
    "compose.yml": "services",
    "action.yml": "the action's definition",
    "action.yaml": "the action's definition",
    "CMakeLists.txt": "build definition",
    "meson.build": "build definition",
    "configure.ac": "build definition",
    "tox.ini": "test environments",
    "noxfile.py": "test sessions",
}
_MANIFESTS = frozenset(
    "pyproject.toml setup.py setup.cfg package.json Cargo.toml go.mod pom.xml build.gradle "
    "build.gradle.kts composer.json Package.swift pubspec.yaml mix.exs project.clj deps.edn".split()
)
_ROLES = {
    "test": "tests",
    "example": "examples",
    "vendored": "third-party code",
    "doc": "documentation",
}


def structure(subject: Subject) -> Section | None:
    """The folders of the first levels and the files that matter at the root."""
    if len(subject.paths) < _MIN_FILES:
        return None
    notes = _notes(subject)
    tree = _folders(subject)
    lines = _lines(subject, tree, notes)
    if len(lines) < 3:
        return None
    width = max(len(text) for text, _, _ in lines) + 2
    body = Body()
    rows = [
        (f"{text:<{width}}# {note}" if note else text, [Evidence(path=path)])
        for text, note, path in lines
    ]
    body.code("text", [(f"{subject.repository_name}/", []), *rows])
    return body.section("structure", "Project structure")


def _notes(subject: Subject) -> dict[str, str]:
    """What facts say of folders and files."""
    notes: dict[str, str] = {}
    for fact in subject.of("package"):
        if fact.scope:
            notes.setdefault(fact.scope, f"package {fact.value}")
        if fact.evidence.path.rpartition("/")[2] in _MANIFESTS:
            notes.setdefault(fact.evidence.path, "package manifest")
    for fact in subject.of("bin"):
        target = fact.detail.get("target", "").removeprefix("./")
        if target and not fact.scope:
            notes.setdefault(target, f"the {fact.value} command")
    if subject.main and subject.main.detail.get("import"):
        name = subject.main.detail["import"].replace(".", "/")
        for folder in (name, f"src/{name}"):
            notes.setdefault(folder, "the package")
    if subject.of("workflow"):
        notes.setdefault(".github/workflows", "CI workflows")
    for fact in (f for f in subject.of("license") if f.detail.get("from") == "text"):
        notes.setdefault(fact.evidence.path, "license")
    return notes


def _folders(subject: Subject) -> Counter[str]:
    """How many files stand below each folder down to the wanted depth."""
    counts: Counter[str] = Counter()
    for folder, files in Counter(map(folder_of, subject.paths)).items():
        parts = folder.split("/") if folder else []
        for depth in range(1, min(len(parts), subject.tree_depth) + 1):
            counts["/".join(parts[:depth])] += files
    return counts


def _lines(
    subject: Subject, folders: Counter[str], notes: dict[str, str]
) -> list[tuple[str, str, str]]:
    """(tree line, note, path): folders first, sub-folders only while there is room."""
    top = sorted(f for f in folders if "/" not in f and _is_shown(f, folders, notes))
    files = sorted(p for p in subject.paths if "/" not in p and _file_note(p, notes))
    room = MAX_LINES - len(top) - len(files)
    crowded = Counter(f.rpartition("/")[0] for f in folders if f not in notes)
    below: dict[str, list[str]] = {}
    for folder in sorted(folders, key=lambda f: (f.count("/"), -folders[f], f)):
        parent = folder.rpartition("/")[0]
        has_place = parent in top or parent in {f for fs in below.values() for f in fs}
        fits = folder in notes or crowded[parent] <= MAX_SIBLINGS
        if parent and has_place and fits and room > 0 and _is_detail(folder, notes):
            below.setdefault(parent, []).append(folder)
            room -= 1
    entries: list[tuple[str, str, str]] = []
    _branch([*top, *files][:MAX_LINES], "", below, subject, notes, entries)
    return entries


def _branch(
    items: list[str],
    prefix: str,
    below: dict[str, list[str]],
    subject: Subject,
    notes: dict[str, str],
    entries: list[tuple[str, str, str]],
) -> None:
    for position, item in enumerate(items):
        last = position == len(items) - 1
        is_file = item in subject.paths
        name = item.rpartition("/")[2] + ("" if is_file else "/")
        note = _file_note(item, notes) if is_file else _folder_note(subject, item, notes)
        entries.append((f"{prefix}{'└── ' if last else '├── '}{name}", note, item))
        children = sorted(below.get(item, []))
        _branch(children, prefix + ("    " if last else "│   "), below, subject, notes, entries)


def _is_shown(folder: str, folders: Counter[str], notes: dict[str, str]) -> bool:
    hidden = folder.startswith(".") and folder != ".github"
    return not hidden or folder in notes


def _is_detail(folder: str, notes: dict[str, str]) -> bool:
    """Sub-folders are worth a line when they are source or carry a note."""
    if folder in notes:
        return True
    role = role_of(f"{folder}/file")
    return role == "source" and not any(p.startswith(".") for p in folder.split("/"))


def _is_code(path: str) -> bool:
    language = language_of(path)
    return language is not None and language.name not in NOT_PROGRAMMING


def _folder_note(subject: Subject, folder: str, notes: dict[str, str]) -> str:
    if folder in notes:
        return notes[folder]
    role = role_of(f"{folder}/file.txt")
    name = folder.rpartition("/")[2].lower()
    known = _ROLES.get(role, "")
    if role == "test" and not any(_is_code(p) for p in subject.paths if p.startswith(f"{folder}/")):
        return ""  # `specs` may hold specifications
    plain = known.rstrip("s") == name.rstrip("s") or name in {"doc", "docs"}
    return "" if plain or "/" in folder else known


def _file_note(path: str, notes: dict[str, str]) -> str:
    return notes.get(path, "") or _FILES.get(path, "")
