"""Answers of models, kept in one SQLite file that several processes may share."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from moxi_core.errors import LlmError

Ending = Literal["stop", "length", "refusal"]
# Added to files of earlier versions; what those kept was whole.
_COLUMNS = {"prompt_tokens": "INTEGER", "completion_tokens": "INTEGER", "ending": "TEXT"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a model said, what it took, and how it ended. Tokens are 0 where a server tells none."""

    text: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    ending: Ending = "stop"


class AnswerCache:
    """Answers by key; safe to use from several threads and processes."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=30, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._migrate()
        except (OSError, sqlite3.Error) as error:
            raise LlmError(f"{str(path)!r} cannot keep answers: {error}; remove it.") from error

    def _migrate(self) -> None:
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")  # another process may be doing the same
            self._db.execute("CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, text TEXT)")
            there = {row[1] for row in self._db.execute("PRAGMA table_info(answers)")}
            for name, sort in _COLUMNS.items():
                if name not in there:
                    self._db.execute(f"ALTER TABLE answers ADD COLUMN {name} {sort}")

    def get(self, key: str) -> Answer | None:
        """The answer that is kept, if any."""
        with self._lock:
            row = self._db.execute(
                "SELECT text, prompt_tokens, completion_tokens, ending FROM answers WHERE key = ?",
                (key,),
            ).fetchone()
        if row is None:
            return None
        return Answer(
            text=row[0],
            prompt_tokens=row[1] or 0,
            completion_tokens=row[2] or 0,
            ending=row[3] or "stop",
        )

    def put(self, key: str, answer: Answer) -> None:
        """Keep an answer; it is on the disk when this returns."""
        row = (key, answer.text, answer.prompt_tokens, answer.completion_tokens, answer.ending)
        with self.writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO answers (key, text, prompt_tokens, completion_tokens, ending)"
                " VALUES (?, ?, ?, ?, ?)",
                row,
            )

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The file, for one transaction."""
        with self._lock, self._db:
            yield self._db

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()
