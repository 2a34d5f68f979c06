"""Which writer works: the options of `readme-gen` that name a model, and what they make."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from moxi_core.errors import SettingsError

if TYPE_CHECKING:
    from moxi_infer.models import ModelSettings

NAMES = (
    "model", "base_url", "offline", "require_model", "context", "max_new_tokens", "prompt_style", "jobs", "cache",
    "file_tree", "project_type", "description",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterOptions:
    """What the command line says of the writer; see `add_writer_options`."""

    model: str | None = None
    base_url: str | None = None
    offline: bool = False
    require_model: bool = False
    context: int | None = None
    max_new_tokens: int | None = None
    prompt_style: str | None = None
    jobs: int | None = None
    cache: bool | None = None
    file_tree: str | None = None
    project_type: str | None = None
    description: str | None = None

    def settings(self) -> ModelSettings | None:
        """The model that was named here or in the environment; None for the offline writer.

        No file names one: what a stranger's folder holds never decides where code is sent. Raises SettingsError.
        """
        name = self.model or os.environ.get("MOXI_MODEL", "")
        if self.offline or not name:
            self._refuse_alone()
            return None
        from moxi_infer.models import ModelSettings

        if self.prompt_style not in {None, "chat", "alpaca"}:
            raise SettingsError(
                f"There is no prompt style {self.prompt_style!r}; choose chat or alpaca."
            )
        for value, option in (
            (self.context, "--context"),
            (self.max_new_tokens, "--max-new-tokens"),
            (self.jobs, "--jobs"),
        ):
            if value is not None and value < 1:
                raise SettingsError(f"{option} is {value}; give a number from 1 up.")
        given: dict[str, object] = {
            "context": self.context,
            "new_tokens": self.max_new_tokens,
            "style": self.prompt_style,
            "jobs": self.jobs,
        }
        return ModelSettings(
            model=name,
            base_url=self.base_url or os.environ.get("MOXI_BASE_URL", ""),
            api_key=os.environ.get("MOXI_API_KEY") or os.environ.get("OPENAI_API_KEY", ""),
            cache=None if self.cache is False else cache_folder() / "answers.sqlite3",
            **{key: value for key, value in given.items() if value is not None},  # type: ignore[arg-type]
        )

    def _refuse_alone(self) -> None:
        """Options of a model without one are a slip worth telling."""
        if self.offline and self.model:
            raise SettingsError("--offline and --model exclude each other; leave one out.")
        if self.require_model or self.base_url or self.file_tree:
            option = (
                "--require-model"
                if self.require_model
                else "--base-url"
                if self.base_url
                else "--file-tree"
            )
            raise SettingsError(f"{option} needs a model; name it with --model or MOXI_MODEL.")


def cache_folder() -> Path:
    """Where answers of models are kept between runs, for this user."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "moxi"


def add_writer_options(parser: ArgumentParser) -> None:
    """The options that choose who writes."""
    group = parser.add_argument_group("writing with a model")
    group.add_argument(
        "--model",
        metavar="NAME",
        help="A model on a server, or a folder such as models/latest (MOXI_MODEL).",
    )
    group.add_argument(
        "--base-url",
        metavar="URL",
        help="An OpenAI-compatible server (MOXI_BASE_URL; key: MOXI_API_KEY).",
    )
    group.add_argument(
        "--offline", action="store_true", help="Ask no model, whatever MOXI_MODEL says."
    )
    group.add_argument(
        "--require-model",
        action="store_true",
        help="Fail where the model cannot be asked; write nothing then.",
    )
    group.add_argument(
        "--context",
        type=int,
        metavar="TOKENS",
        help="The model's context, where no server tells it.",
    )
    group.add_argument(
        "--max-new-tokens", type=int, metavar="N", help="Tokens of one section at most (1024)."
    )
    group.add_argument(
        "--prompt-style",
        metavar="STYLE",
        help="How it is asked: chat or alpaca (as it was trained, else chat).",
    )
    group.add_argument(
        "-j", "--jobs", type=int, metavar="N", help="Sections asked for at a time (8)."
    )
    group.add_argument(
        "--no-cache", dest="cache", action="store_false", default=None, help="Keep no answers."
    )
    group.add_argument(
        "--file-tree",
        metavar="FILE",
        help="Write from a list of paths alone, a path a line (- reads them); unchecked.",
    )
    group.add_argument(
        "--project-type",
        metavar="TYPE",
        help="With --file-tree: what it is, such as cli or library.",
    )
    group.add_argument(
        "--description", metavar="TEXT", help="With --file-tree: what it does, in one line."
    )
