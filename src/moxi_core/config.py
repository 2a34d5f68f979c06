"""Settings: flag > environment > .env > moxi.toml or [tool.moxi] > default.

Files count only where the user stands: a stranger's repository never sets anything. Paths that
files set stay inside that folder; flags and the environment may lead anywhere.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints

from moxi_core.errors import SettingsError

PREFIX = "MOXI_"
MAX_FILE_BYTES = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a user wants always. Environment variables carry the prefix `MOXI_`.

    A plain dataclass, checked by pydantic only where something is set; metadata is the bounds.
    """

    output: Path | None = None  # where to write, relative to the repository
    section: list[str] = field(default_factory=list)  # write only these sections
    skip: list[str] = field(default_factory=list)  # leave these sections out
    include: list[str] = field(default_factory=list)  # look only at these files
    exclude: list[str] = field(default_factory=list)  # do not look at these files
    template: Path | None = None  # a Jinja template of your own
    badges: bool = True  # write badges
    markers: bool = True  # mark each section in a file, so that --update finds it again
    tree_depth: int = field(default=2, metadata={"ge": 1, "le": 6})  # of the project structure
    timeout: float = field(default=300.0, metadata={"gt": 0, "le": 86_400})  # seconds, of a clone


@dataclass(frozen=True, kw_only=True)
class Ignore:
    """False claims to be kept: all that match what is given. `file` may be a pattern."""

    kind: str = ""
    text: str = ""
    file: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class CheckSettings:
    """The table `[check]` of moxi.toml, or `[tool.moxi.check]`."""

    readmes: tuple[str, ...] = ()  # pages to check where none is named
    skip_kinds: tuple[str, ...] = ()  # kinds of claims that are not judged
    strict: bool = False  # names of code that nothing is like are false too
    ignore: tuple[Ignore, ...] = ()  # false claims to be kept


@dataclass(frozen=True, kw_only=True)
class StoreSettings:
    """Where the store is: MongoDB if an address is given, else a file in the data folder."""

    mongodb_uri: str = field(default="", repr=False)  # it holds a password
    mongodb_db_name: str = ""  # else the one of the address, else `moxi`
    data_dir: Path = Path("data")


@dataclass(frozen=True, kw_only=True)
class AwsSettings:
    """Where training on AWS runs, as far as the environment says it; nothing secret is among it."""

    role: str = ""  # the ARN of the role that a job takes
    bucket: str = ""
    region: str = ""


def load_store_settings(folder: Path | None) -> StoreSettings:
    """`MONGODB_URI`, `MONGODB_DB_NAME` and `MOXI_DATA_DIR` of the environment, else of .env.

    These names are those of other tools too, so they carry no prefix. `folder` holds .env, and
    paths start there; None reads no file.
    """
    names = ("MONGODB_URI", "MONGODB_DB_NAME", "MOXI_DATA_DIR")
    from_file = env_file_values(folder, names) if folder else {}
    if folder:
        _stay_inside(folder, {"MOXI_DATA_DIR": from_file.get("MOXI_DATA_DIR")})

    def value(name: str) -> str:
        return os.environ.get(name) or from_file.get(name, "")

    return StoreSettings(
        mongodb_uri=value("MONGODB_URI"),
        mongodb_db_name=value("MONGODB_DB_NAME"),
        data_dir=(folder or Path()) / (value("MOXI_DATA_DIR") or "data"),
    )


def load_aws_settings(folder: Path | None) -> AwsSettings:
    """`MOXI_AWS_ROLE`, `MOXI_AWS_BUCKET` and `AWS_REGION` of the environment, else of .env."""
    names = ("MOXI_AWS_ROLE", "MOXI_AWS_BUCKET", "AWS_REGION", "AWS_DEFAULT_REGION")
    from_file = env_file_values(folder, names) if folder else {}
    role, bucket, region, default = (os.environ.get(n) or from_file.get(n, "") for n in names)
    return AwsSettings(role=role, bucket=bucket, region=region or default)


def env_file_values(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Those of these variables that the .env file of a folder sets."""
    if not _content(folder / ".env"):
        return {}
    from dotenv import dotenv_values  # late: few have such a file

    found = dotenv_values(folder / ".env")
    return {name: value for name in names if (value := found.get(name))}


def load_settings(folder: Path | None, **flags: Any) -> Settings:
    """Settings for a run. `folder` holds moxi.toml, pyproject.toml and .env; None reads no files.

    Raises SettingsError naming every wrong key or value at once.
    """
    given = {name: value for name, value in flags.items() if value not in (None, [], ())}
    files = _from_files(folder) if folder else {}
    files.pop("check", None)
    env_file = _env_file(folder) if folder else None
    if not given and not files and not env_file and not _in_environment():
        return Settings()
    known = [known.name for known in fields(Settings)]
    unknown = sorted(set(files) - set(known))
    if unknown:
        raise SettingsError(
            f"Unknown key {unknown[0]!r} in moxi.toml; it knows {', '.join(known)}, check."
        )
    return _layered(given, env_file, files, folder)


def _in_environment() -> bool:
    """Whether a variable sets one of ours; others that begin alike are not asked for."""
    ours = {PREFIX + known.name.upper() for known in fields(Settings)}
    return any(name.upper() in ours for name in os.environ)


def load_check_settings(folder: Path | None) -> CheckSettings:
    """Settings of `readme-gen check`; None reads no files.

    Raises SettingsError for what is not understood.
    """
    table = (_from_files(folder) if folder else {}).get("check", {})
    if not isinstance(table, dict):
        raise SettingsError("check in moxi.toml is not a table; write [check].")
    known = {known.name.replace("_", "-"): known.name for known in fields(CheckSettings)}
    for key in table:
        if key not in known:
            raise SettingsError(f"Unknown key {key!r} in [check]; it knows {', '.join(known)}.")
    return CheckSettings(
        readmes=_strings("readmes", table.get("readmes", [])),
        skip_kinds=_strings("skip-kinds", table.get("skip-kinds", [])),
        strict=_switch("strict", table.get("strict", False)),
        ignore=tuple(_ignore(entry) for entry in _list("ignore", table.get("ignore", []))),
    )


def _switch(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise SettingsError(f"{name} in [check] is neither true nor false; write {name} = true.")
    return value


def _list(name: str, value: object) -> list[object]:
    if not isinstance(value, list):
        raise SettingsError(f"{name} in [check] is not a list; write {name} = [...].")
    return value


def _strings(name: str, value: object) -> tuple[str, ...]:
    found = tuple(item for item in _list(name, value) if isinstance(item, str))
    if len(found) != len(_list(name, value)):
        raise SettingsError(f'{name} in [check] holds what is no text; write {name} = ["..."].')
    return found


def _ignore(entry: object) -> Ignore:
    example = 'write {kind = "link", text = "dist/app.js", reason = "made by the build"}'
    if not isinstance(entry, dict) or not all(isinstance(v, str) for v in entry.values()):
        raise SettingsError(f"An entry of ignore in [check] is no table of texts; {example}.")
    known = [known.name for known in fields(Ignore)]
    for key in entry:
        if key not in known:
            raise SettingsError(
                f"Unknown key {key!r} in ignore of [check]; it knows {', '.join(known)}."
            )
    if not entry.get("reason", "").strip():
        raise SettingsError(f"An entry of ignore in [check] gives no reason; {example}.")
    if not any(entry.get(name) for name in ("kind", "text", "file")):
        raise SettingsError(f"An entry of ignore in [check] names no claim; {example}.")
    return Ignore(**entry)


def _layered(
    given: dict[str, Any], env_file: Path | None, files: dict[str, Any], folder: Path | None
) -> Settings:
    """Flags over environment over .env over files over defaults."""
    # Imported late: they take longer than reading a small repository.
    from pydantic import Field, ValidationError, create_model
    from pydantic_settings import BaseSettings, InitSettingsSource, SettingsConfigDict

    class Layered(BaseSettings):
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
            _stay_inside(folder, files)
            _stay_inside(folder, dotenv_settings())
            own = InitSettingsSource(settings_cls, files)
            return init_settings, env_settings, dotenv_settings, own

    types = get_type_hints(Settings)
    checked: dict[str, Any] = {
        known.name: (types[known.name], Field(default, **known.metadata))
        for known, default in zip(fields(Settings), vars(Settings()).values(), strict=True)
    }
    try:
        model = create_model("Settings", __base__=Layered, **checked)
        return Settings(**dict(model(_env_file=env_file, **given)))  # type: ignore[call-arg]
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise SettingsError(f"Wrong settings: {told}.") from error
    except ValueError as error:  # what pydantic-settings says of text that is no JSON
        raise SettingsError(
            f'Wrong settings in the environment or .env: {error}; a list is written ["install", "usage"].'
        ) from error


def _stay_inside(folder: Path | None, given: dict[str, Any]) -> None:
    """Refuse paths that lead out of `folder`: a stranger's clone may be what one stands in."""
    for name in ("output", "template", "MOXI_DATA_DIR"):
        value = given.get(name)
        if folder is None or not isinstance(value, str | Path):
            continue
        try:
            is_inside = (folder / value).resolve().is_relative_to(folder.resolve())
        except (OSError, ValueError, RuntimeError):
            is_inside = False
        if not is_inside:
            raise SettingsError(
                f"{name} leads out of {str(folder)!r}: {str(value)!r}; set it by flag instead."
            )


def _env_file(folder: Path) -> Path | None:
    """The .env file where it sets something here; others' .env files may hold what they like."""
    content = _content(folder / ".env")
    return folder / ".env" if content and PREFIX.encode() in content.upper() else None


def _from_files(folder: Path) -> dict[str, Any]:
    """The table of moxi.toml, else `[tool.moxi]` of pyproject.toml."""
    own = folder / "moxi.toml"
    if own.is_file():
        content = _content(own)
        if content is None:
            raise SettingsError(f"{str(own)!r} cannot be read, or is too large for settings.")
        try:
            table = _toml(content)
        except (ValueError, RecursionError) as error:
            raise SettingsError(f"{str(own)!r} cannot be read as TOML: {error}.") from error
    else:
        table = _tool_table(_content(folder / "pyproject.toml") or b"")
    if isinstance(table.get("template"), str):
        table["template"] = str(folder / table["template"])
    return table


def _tool_table(pyproject: bytes) -> dict[str, Any]:
    if b"moxi" not in pyproject:
        return {}
    try:
        table = _toml(pyproject).get("tool", {})
    except (ValueError, RecursionError):  # the analyzer tells of it
        return {}
    found = table.get("moxi", {}) if isinstance(table, dict) else {}
    if not isinstance(found, dict):
        raise SettingsError("tool.moxi in pyproject.toml is not a table; write [tool.moxi].")
    return found


def _toml(content: bytes) -> dict[str, Any]:
    import tomllib  # late: few have settings in a file

    return tomllib.loads(content.decode("utf-8"))


def _content(path: Path) -> bytes | None:
    """The bytes of a regular file; None where there is none to read, or one far too large."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError:
        return None
    return content if len(content) <= MAX_FILE_BYTES else None
