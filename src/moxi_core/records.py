"""Records that stages exchange. Frozen pydantic models; their JSON is the contract."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION = 1

FactKind = Literal[
    "package",
    "description",
    "about",
    "version",
    "bin",
    "command",
    "option",
    "script",
    "make_target",
    "task",
    "test_command",
    "env_var",
    "service",
    "port",
    "image",
    "workflow",
    "input",
    "output",
    "requirement",
    "dependency",
    "extra",
    "api_symbol",
    "example",
    "license",
    "config_file",
    "doc_page",
    "person",
    "link",
    "keyword",
]
FACT_KINDS: tuple[str, ...] = get_args(FactKind)

FileRole = Literal[
    "source", "test", "example", "doc", "config", "asset", "generated", "vendored", "template"
]


class Record(BaseModel):
    """Base of all records: immutable, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Evidence(Record):
    """The place that proves a fact. `line` counts from 1; 0 means the file as a whole."""

    path: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


class Fact(Record):
    """Something the repository says of itself, with the place where it says it.

    `scope` is the directory of the package the fact belongs to (posix, "" for the root);
    for `command` and `option` facts it is the subcommand path below the program ("db migrate",
    "" for the program itself). `text` is one line in the repository's own words: a help text,
    a description, a first docstring line. `docs/facts.md` lists the `detail` keys of each kind.
    """

    kind: FactKind
    value: str
    evidence: Evidence
    scope: str = ""
    text: str = ""
    detail: dict[str, str] = Field(default_factory=dict)


class FileEntry(Record):
    """One file of the repository: posix path from its root, and size in bytes."""

    path: str
    size: int
    role: FileRole = "source"


class KeyFile(Record):
    """A file worth showing to a reader or a model, redacted; `truncated` tells if it was cut."""

    path: str
    content: str
    truncated: bool = False


class Problem(Record):
    """Something that could not be read or parsed, and why; analysis went on without it."""

    path: str
    reason: str


class ProjectType(Record):
    """What kind of project this is, and the places that decided it."""

    name: str
    evidence: tuple[Evidence, ...] = ()


class RepoSnapshot(Record):
    """All that the analyzer found in one repository, read without running any of it."""

    name: str
    url: str = ""
    commit: str = ""
    default_branch: str = ""
    files: tuple[FileEntry, ...] = ()
    languages: dict[str, int] = Field(default_factory=dict)
    project_type: ProjectType = ProjectType(name="unknown")
    facts: tuple[Fact, ...] = ()
    key_files: tuple[KeyFile, ...] = ()
    files_read: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    schema_version: int = SCHEMA_VERSION

    def of(self, kind: FactKind, scope: str | None = None) -> Iterator[Fact]:
        """Facts of one kind, in the order found; with `scope`, only those of that scope."""
        return (f for f in self.facts if f.kind == kind and (scope is None or f.scope == scope))

    def first(self, kind: FactKind, scope: str | None = None) -> Fact | None:
        """The first fact of a kind, or None."""
        return next(self.of(kind, scope), None)
