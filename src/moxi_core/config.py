"""Settings: flag > environment > .env > moxi.toml or [tool.moxi] > default.

Files count only where the user stands: a stranger's repository never sets anything.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from moxi_core.errors import SettingsError

PREFIX = "MOXI_"
_FILES = ("moxi.toml", "pyproject.toml", ".env")


class Settings(BaseModel):
    """What a user wants always. Environment variables carry the prefix `MOXI_`."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    output: Path | None = Field(None, description="where to write, relative to the repository")
    section: list[str] = Field(default_factory=list, description="write only these sections")
    skip: list[str] = Field(default_factory=list, description="leave these sections out")
    include: list[str] = Field(default_factory=list, description="look only at these files")
    exclude: list[str] = Field(default_factory=list, description="do not look at these files")
    template: Path | None = Field(None, description="a Jinja template of your own")
    badges: bool = Field(True, description="write badges")
    tree_depth: int = Field(2, ge=1, le=6, description="levels of the project structure")
    timeout: float = Field(300.0, gt=0, description="seconds a clone may take")


def load_settings(folder: Path | None, **flags: Any) -> Settings:
    """Settings for a run. `folder` holds moxi.toml, pyproject.toml and .env; None reads no files.

    Raises SettingsError naming every wrong key or value at once.
    """
    given = {name: value for name, value in flags.items() if value not in (None, [], ())}
    try:
        if not _is_anything_set(folder):
            return Settings(**given)
        fields = _from_files(folder) if folder else {}
        unknown = sorted(set(fields) - set(Settings.model_fields))
        if unknown:
            known = ", ".join(Settings.model_fields)
            raise SettingsError(f"Unknown key {unknown[0]!r} in moxi.toml; it knows {known}.")
        return _layered(given, _env_file(folder), fields)
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise SettingsError(f"Wrong settings: {told}.") from error


def _is_anything_set(folder: Path | None) -> bool:
    in_files = folder is not None and any((folder / name).is_file() for name in _FILES)
    return in_files or any(name.startswith(PREFIX) for name in os.environ)


def _layered(given: dict[str, Any], env_file: Path | None, fields: dict[str, Any]) -> Settings:
    """Flags over environment over .env over files over defaults."""
    # Imported late: it brings asyncio, which costs a tenth of a small run.
    from pydantic_settings import BaseSettings, InitSettingsSource, SettingsConfigDict

    class Layered(Settings, BaseSettings):
        model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: Any,
            env_settings: Any,
            dotenv_settings: Any,
            file_secret_settings: Any,
        ) -> tuple[Any, ...]:
            files = InitSettingsSource(settings_cls, fields)
            return init_settings, env_settings, dotenv_settings, files

    return Layered(_env_file=env_file, **given)  # type: ignore[call-arg]


def _env_file(folder: Path | None) -> Path | None:
    file = folder / ".env" if folder else None
    return file if file is not None and file.is_file() else None


def _from_files(folder: Path) -> dict[str, Any]:
    """The table of moxi.toml, else `[tool.moxi]` of pyproject.toml."""
    own = folder / "moxi.toml"
    if own.is_file():
        return _read(own)
    pyproject = folder / "pyproject.toml"
    if not pyproject.is_file():
        return {}
    table = _read(pyproject).get("tool", {})
    found = table.get("moxi", {}) if isinstance(table, dict) else {}
    return found if isinstance(found, dict) else {}


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        if path.name == "pyproject.toml":
            return {}
        raise SettingsError(f"{str(path)!r} cannot be read as TOML: {error}") from error
