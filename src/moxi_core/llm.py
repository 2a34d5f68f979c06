"""The one client of OpenAI-compatible servers: retries are the library's, answers are kept.

An answer is kept by all that decides it (model, parameters, messages), in one SQLite file: asking the
same again costs nothing, in this process or any other. A key is sent to the named server only.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from moxi_core.errors import LlmError

if TYPE_CHECKING:
    from openai import OpenAI

OPENAI = "https://api.openai.com/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A model on a server. Without a key none is sent, as local servers want it."""

    model: str
    base_url: str = OPENAI
    api_key: str = ""
    timeout_s: float = 120.0
    retries: int = 5

    def __repr__(self) -> str:
        return f"Endpoint(model={self.model!r}, base_url={self.base_url!r})"


class Llm:
    """Asks one model; safe to use from several threads. A context manager."""

    def __init__(self, endpoint: Endpoint, cache: Path | None = None) -> None:
        self._endpoint = endpoint
        self._client = _client(endpoint)
        self._kept = _Kept(cache) if cache else None
        self.asked = 0  # requests that were not answered from what is kept

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
        if self._kept:
            self._kept.close()

    def complete(self, messages: Sequence[Mapping[str, str]], *, max_tokens: int) -> str:
        """The answer to some messages, at temperature 0. Raises LlmError in one sentence."""
        request = {
            "model": self._endpoint.model,
            "messages": [dict(message) for message in messages],
            "max_tokens": max_tokens,
            "temperature": 0.0,
        }
        key = hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
        if self._kept and (kept := self._kept.get(key)) is not None:
            return kept
        answer = self._ask(request)
        if self._kept:
            self._kept.put(key, answer)
        return answer

    def _ask(self, request: dict[str, object]) -> str:
        import openai

        where = f"{self._endpoint.model!r} at {self._endpoint.base_url}"
        try:
            self.asked += 1
            found = self._client.chat.completions.create(**request)  # type: ignore[call-overload]
            choice = found.choices[0]
            text = choice.message.content or ""
        except openai.AuthenticationError as error:
            raise LlmError(
                f"{where} refuses the key; set OPENAI_API_KEY to a valid one."
            ) from error
        except openai.NotFoundError as error:
            raise LlmError(
                f"{where} is not there; check the model's name and --base-url."
            ) from error
        except openai.RateLimitError as error:
            raise LlmError(f"{where} allows no more requests now; run it again later.") from error
        except openai.APIStatusError as error:
            raise LlmError(f"{where} answers with status {error.status_code}.") from error
        except openai.APIConnectionError as error:
            raise LlmError(f"{where} cannot be reached; is the server running?") from error
        except (AttributeError, IndexError, TypeError, ValueError, openai.OpenAIError) as error:
            raise LlmError(f"{where} answers in a form that is none of its kind.") from error
        if not text.strip():
            raise LlmError(f"{where} gives an empty answer.")
        return text


def _client(endpoint: Endpoint) -> OpenAI:
    try:
        from openai import OpenAI
    except ImportError as error:
        raise LlmError(
            "Asking a model needs the openai package; run: pip install 'moxi-readme[llm]'"
        ) from error
    return OpenAI(
        base_url=endpoint.base_url,
        api_key=endpoint.api_key or "none",
        timeout=endpoint.timeout_s,
        max_retries=endpoint.retries,
    )


class _Kept:
    """Answers by key, in a file that several processes may share."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=30, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, text TEXT)")
            self._db.commit()
        except (OSError, sqlite3.Error) as error:
            raise LlmError(f"{str(path)!r} cannot keep answers: {error}; remove it.") from error

    def get(self, key: str) -> str | None:
        with self._lock:
            row = self._db.execute("SELECT text FROM answers WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def put(self, key: str, text: str) -> None:
        with self._lock, self._db:
            self._db.execute("INSERT OR REPLACE INTO answers VALUES (?, ?)", (key, text))

    def close(self) -> None:
        with self._lock:
            self._db.close()
