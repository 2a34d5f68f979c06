"""Writers with a model. What one has written is kept on disk: a second run asks for what is missing only."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from moxi_analyzer.repository import Repository
from moxi_core import __version__
from moxi_core.files import write_whole
from moxi_core.prompt import VERSION
from moxi_core.records import Record, RepoSnapshot, from_json, to_json
from moxi_infer.drafting.model import SectionModel
from moxi_infer.drafting.record import WriterRecord
from moxi_infer.models import ModelSettings, opened_model
from moxi_infer.with_model import Layout, compose_with_model


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage(Record):
    """What became of one README's drafts, and what they took.

    Of `sections` drafted, `repaired` were sent back and `replaced` by the offline writer's; of the
    model's sentences `kept` stayed and `cut` did not, `false` of those against the code.
    """

    sections: int = 0
    repaired: int = 0
    replaced: int = 0
    kept: int = 0
    cut: int = 0
    false: int = 0
    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReadme(Record):
    """A README by a model. `key` is the hash of all that decided it; `problem` why drafts are missing."""

    key: str
    markdown: str
    seconds: float
    usage: Usage
    problem: str = ""


class ModelWriter:
    """Writes READMEs with one model, which is opened when it is first needed. A context manager.

    `folder` is where its READMEs are kept; None keeps none.
    """

    def __init__(self, name: str, settings: ModelSettings, folder: Path | None = None) -> None:
        self.name = name
        self._settings = settings
        self._folder = folder / _file_name(name) if folder else None
        self._stack = ExitStack()
        self._model: SectionModel | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def write(self, name: str, repo: Repository, snapshot: RepoSnapshot) -> KeptReadme:
        """The README of a repository, whose snapshot has key files; from disk if it is there.

        Raises LlmError where there is no such model.
        """
        key = self._key(snapshot)
        place = self._folder / f"{_file_name(name)}.json" if self._folder else None
        kept = _read(place) if place else None
        if kept and kept.key == key:
            return kept
        if self._model is None:
            self._model = self._stack.enter_context(opened_model(self._settings))
        started = time.perf_counter()
        readme = compose_with_model(repo, snapshot, self._model, Layout())
        made = KeptReadme(
            key=key,
            markdown=readme.markdown,
            seconds=time.perf_counter() - started,
            usage=usage_of(readme.writer),
            problem=readme.writer.problem,
        )
        if place and not made.problem:  # what went wrong is to be tried again
            place.parent.mkdir(parents=True, exist_ok=True)
            write_whole(place, to_json(made, indent=1).encode())
        return made

    def _key(self, snapshot: RepoSnapshot) -> str:
        """All that decides a README: the code, the model, how it is asked, and who asks."""
        asked = asdict(self._settings)
        del asked["api_key"], asked["cache"], asked["jobs"], asked["timeout_s"], asked["retries"]
        asked |= {"moxi": __version__, "prompt": VERSION, "weights": _weights(self._settings)}
        text = json.dumps(asked, sort_keys=True) + to_json(snapshot)
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def usage_of(record: WriterRecord) -> Usage:
    """The counts of a writer's own record."""
    sections = record.sections
    return Usage(
        sections=len(sections),
        repaired=sum(section.repaired for section in sections),
        replaced=sum(bool(section.replaced) for section in sections),
        kept=sum(section.kept for section in sections),
        cut=record.cuts,
        false=sum(cut.false for section in sections for cut in section.cut),
        requests=sum(section.requests for section in sections),
        prompt_tokens=sum(section.prompt_tokens for section in sections),
        completion_tokens=sum(section.completion_tokens for section in sections),
    )


def distinct(models: Sequence[str], taken: Sequence[str]) -> list[str]:
    """Names for the rows of a table: the last part of a path, where that is nobody else's."""
    short = [model.rstrip("/").rpartition("/")[2] for model in models]
    doubled = {name for name in short if (short + list(taken)).count(name) > 1}
    return [model if name in doubled else name for model, name in zip(models, short, strict=True)]


def _weights(settings: ModelSettings) -> list[tuple[str, int, int]]:
    """What tells the weights in a folder from those of another training; [] on a server."""
    if settings.base_url:
        return []
    files = sorted(Path(settings.model).glob("*"))
    stats = [(file.name, file.stat()) for file in files if file.is_file()]
    return [(name, stat.st_size, stat.st_mtime_ns) for name, stat in stats]


def _file_name(name: str) -> str:
    return re.sub(r"[^\w.-]+", "+", name).strip("+.") or "unnamed"


def _read(place: Path) -> KeptReadme | None:
    """What is kept at a place; None where there is nothing, or what another version wrote."""
    try:
        return from_json(KeptReadme, place.read_bytes())
    except (OSError, ValueError):
        return None
