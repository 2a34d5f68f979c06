"""Records that stages exchange. Frozen dataclasses; their JSON is the contract.

No pydantic models: building those would be a third of the time that a small repository takes.
Pydantic reads and writes their JSON, and is imported only then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar, get_args

if TYPE_CHECKING:
    from pydantic import TypeAdapter

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
FACT_KINDS: tuple[FactKind, ...] = get_args(FactKind)
_KINDS = frozenset(FACT_KINDS)

FileRole = Literal[
    "source", "test", "example", "doc", "config", "asset", "generated", "vendored", "template"
]


class Record:
    """Base of all records: immutable dataclasses, in whose JSON unknown fields are refused."""

    __slots__ = ()
    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "allow_inf_nan": False}


AnyRecord = TypeVar("AnyRecord", bound=Record)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence(Record):
    """The place that proves a fact. `line` counts from 1; 0 means the file as a whole."""

    path: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass(frozen=True, slots=True, kw_only=True)
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
    detail: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Own the detail, and refuse what is no text while the reader's guard can still tell of it.

        A manifest holds numbers and lists where a reader may expect a word.
        """
        object.__setattr__(self, "detail", dict(self.detail))
        # The quickest way to look at them all: it raises TypeError at what is no string.
        "".join((self.value, self.scope, self.text, *self.detail, *self.detail.values()))
        if self.kind not in _KINDS:
            raise ValueError(f"{self.kind!r} is no kind of fact")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry(Record):
    """One file of the repository: posix path from its root, and size in bytes."""

    path: str
    size: int
    role: FileRole = "source"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFile(Record):
    """A file worth showing to a reader or a model, redacted; `truncated` tells if it was cut.

    `summary` is what a model says of it, where one was asked; it may then stand for the content.
    """

    path: str
    content: str = ""
    truncated: bool = False
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem(Record):
    """Something that could not be read or parsed, and why; analysis went on without it."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectType(Record):
    """What kind of project this is, and the places that decided it."""

    name: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RepoSnapshot(Record):
    """All that the analyzer found in one repository, read without running any of it."""

    name: str
    url: str = ""
    commit: str = ""
    default_branch: str = ""
    files: tuple[FileEntry, ...] = ()
    languages: dict[str, int] = field(default_factory=dict)
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


def to_json(record: Record, indent: int | None = None) -> str:
    """The JSON of a record. Raises ValueError where a field holds another type than it should."""
    made = _adapter(type(record)).dump_json(record, indent=indent, warnings="error")
    return made.decode("utf-8")


def from_json(kind: type[AnyRecord], text: str | bytes) -> AnyRecord:
    """The record of a kind that JSON holds.

    Raises ValueError where it is no JSON, a field is unknown or missing, or holds another type.
    """
    record: AnyRecord = _adapter(kind).validate_json(text, strict=True)
    return record


_adapters: dict[type[Record], TypeAdapter[Any]] = {}


def _adapter(kind: type[Record]) -> TypeAdapter[Any]:
    """What reads and writes the JSON of a kind of record, built once."""
    if kind not in _adapters:
        from pydantic import TypeAdapter

        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]
