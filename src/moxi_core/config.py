"""Settings: flag > environment > .env > moxi.toml or [tool.moxi] > default.

Files count only where the user stands: a stranger's repository never sets anything.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from moxi_core.errors import SettingsError


class Settings(BaseSettings):
    """What a user wants always. Environment variables carry the prefix `MOXI_`."""

    model_config = SettingsConfigDict(env_prefix="MOXI_", extra="ignore", frozen=True)

    output: Path | None = Field(None, description="where to write, relative to the repository")
    section: list[str] = Field(default_factory=list, description="write only these sections")
    skip: list[str] = Field(default_factory=list, description="leave these sections out")
    include: list[str] = Field(default_factory=list, description="look only at these files")
    exclude: list[str] = Field(default_factory=list, description="do not look at these files")
    template: Path | None = Field(None, description="a Jinja template of your own")
    badges: bool = Field(True, description="write badges")
    tree_depth: int = Field(2, ge=1, le=6, description="levels of the project structure")
    timeout: float = Field(300.0, gt=0, description="seconds a clone may take")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, environment and .env; files follow in `load_settings`."""
        return init_settings, env_settings, dotenv_settings


def load_settings(folder: Path | None, **flags: Any) -> Settings:
    """Settings for a run. `folder` holds moxi.toml, pyproject.toml and .env; None reads no files.

    Raises SettingsError naming every wrong key or value at once.
    """
    given = {name: value for name, value in flags.items() if value not in (None, [], ())}
    try:
        fields = _from_files(folder) if folder else {}
        known = {name: value for name, value in fields.items() if name in Settings.model_fields}
        unknown = sorted(set(fields) - set(known))
        if unknown:
            raise SettingsError(
                f"Unknown key {unknown[0]!r} in moxi.toml; it knows {', '.join(Settings.model_fields)}."
            )
        layered = _layered(known)
        return layered(_env_file=_env_file(folder), **given)  # type: ignore[call-arg]
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise SettingsError(f"Wrong settings: {told}.") from error


def _layered(file_values: dict[str, Any]) -> type[Settings]:
    """Settings with the values of files as their lowest layer above the defaults."""

    class Layered(Settings):
        @classmethod
        def settings_customise_sources(
            cls, settings_cls: type[BaseSettings], *sources: Any, **named: Any
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            upper = super().settings_customise_sources(settings_cls, *sources, **named)
            return *upper, InitSettingsSource(settings_cls, file_values)

    return Layered


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
