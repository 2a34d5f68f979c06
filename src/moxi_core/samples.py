"""Records of the training street: what is collected, cut and taught, and the runs that did it.

Each has a collection in the store, and a key there. A field that is added needs a default, so that
what is stored still reads.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from moxi_core.records import SCHEMA_VERSION, Fact, KeyFile, Record

Split = Literal["train", "validation", "test"]


class StoredRecord(Record):
    """Base of the records that the store keeps: the name of their collection, and of their key."""

    __slots__ = ()
    collection: ClassVar[str]
    key_field: ClassVar[str] = "id"

    @property
    def key(self) -> str:
        """What tells this record from all others of its collection."""
        key: str = getattr(self, self.key_field)
        return key


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction(Record):
    """What a README says, on a line that counts from 1, and the code contradicts."""

    line: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadmeSample(StoredRecord):
    """A README that people wrote, with the code that it describes.

    `quality` holds the scores of the filters; a sample that they refuse stays, with `drop_reason`.
    `contradicted` is what the code denied at `commit`; it is not to be taught.
    `listed_in` is the source that named the repository. Times count milliseconds since 1970.
    """

    collection: ClassVar[str] = "readme_samples"
    key_field: ClassVar[str] = "repo_url"

    repo_url: str
    owner: str
    repo: str
    readme: str
    default_branch: str = ""
    commit: str = ""
    readme_path: str = ""
    file_tree: tuple[str, ...] = ()
    key_files: tuple[KeyFile, ...] = ()
    language: str = ""
    languages: dict[str, int] = field(default_factory=dict)
    stars: int | None = None
    topics: tuple[str, ...] = ()
    license: str = ""
    project_type: str = "unknown"
    description: str = ""
    facts: tuple[Fact, ...] = ()
    files_read: tuple[str, ...] = ()
    quality: dict[str, float] = field(default_factory=dict)
    contradicted: tuple[Contradiction, ...] = ()
    drop_reason: str | None = None
    archived: bool = False
    fork: bool = False
    pushed_at: int | None = None
    listed_in: str = ""
    collected_at: int = 0
    schema_version: int = SCHEMA_VERSION

    def __post_init__(self) -> None:
        """Refuse scores that JSON cannot hold."""
        if not all(map(math.isfinite, self.quality.values())):
            raise ValueError(f"a score of {self.repo_url} is no finite number: {self.quality}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadmeChunk(StoredRecord):
    """One section of a sample's README: the characters from `start` to `end`.

    `id` is a hash of repo_url, commit and position. File tree and key files are the sample's.
    """

    collection: ClassVar[str] = "readme_chunks"

    id: str
    repo_url: str
    section: str
    text: str
    heading_path: tuple[str, ...] = ()
    start: int = 0
    end: int = 0
    schema_version: int = SCHEMA_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class SftInput(Record):
    """What a model is shown of a repository beside the instruction."""

    file_tree: tuple[str, ...] = ()
    project_type: str = "unknown"
    description: str = ""
    key_files: tuple[KeyFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SftSample(StoredRecord):
    """One example to teach: an instruction, what is shown with it, and the text to write.

    `split` follows the owner of the repository, so that no owner is in two of them.
    """

    collection: ClassVar[str] = "sft_samples"

    id: str
    instruction: str
    input: SftInput
    content: str
    repo_url: str
    section: str
    split: Split
    prompt_version: str = ""
    instruction_source: str = ""
    schema_version: int = SCHEMA_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class RunMeta(StoredRecord):
    """One run of a stage: its settings, what it counted, and how it ended.

    Times count milliseconds since 1970; `finished_at` is None while it runs, or where it was killed.
    """

    collection: ClassVar[str] = "runs"

    id: str
    stage: str
    started_at: int
    finished_at: int | None = None
    moxi_version: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    error: str = ""
    schema_version: int = SCHEMA_VERSION


STORED: tuple[type[StoredRecord], ...] = (ReadmeSample, ReadmeChunk, SftSample, RunMeta)
