"""The job file: what is known of a LoRA before it is trained, typed, all errors told at once."""

from __future__ import annotations

import json
import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

from moxi_card.bases import Base, FamilyName, Range, base_of
from moxi_core.errors import SettingsError
from moxi_core.hub import check_name
from moxi_infer.markdown import visible

DEFAULT_BASE = "black-forest-labs/FLUX.1-dev"
MAX_BYTES = 1_000_000
_NOT_IN_NAMES = re.compile(r"[^a-z0-9._-]+")
Trainer = Literal["ai-toolkit", "simpletuner", "diffusers"]


def _one_line(value: str) -> str:
    text = " ".join(visible(value).split())
    if not text:
        raise ValueError("it is empty")
    if text != value.strip():
        raise ValueError("it must be one line of plain characters")
    return text


def _plain_word(value: str) -> str:
    if any(char in value for char in '`"\\<>{}'):
        raise ValueError('it may hold none of ` " \\ < > { }')
    return _one_line(value)


def _ordered(value: Range) -> Range:
    if value[0] > value[1]:
        raise ValueError("the first number is the larger one")
    return value


Line = Annotated[str, Field(max_length=96), AfterValidator(_one_line)]
Word = Annotated[str, Field(max_length=96), AfterValidator(_plain_word)]
Span = Annotated[tuple[float, float], AfterValidator(_ordered)]


class Job(BaseModel):
    """A LoRA to be trained. Keys of the file are in camelCase; paths start at the file's folder."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, str_strip_whitespace=True
    )

    model_name: Line
    trigger_word: Word
    steps: int = Field(ge=1, le=1_000_000)
    base_model: str = DEFAULT_BASE
    hf_org: Annotated[str, Field(min_length=1)]
    repo: str = ""  # the repository's name; else made of the model's
    family: FamilyName | None = None  # the base model's, where the base is not known
    license: str = ""  # an identifier of the Hub; else the base decides
    license_name: str = ""
    license_link: str = ""
    description: str = ""  # a person's own
    lora_strength: Span = (0.8, 1.0)
    guidance: Span | None = None
    inference_steps: tuple[int, int] | None = None
    dataset: str = ""  # a manifest, a metadata.jsonl, or a folder of images
    trainer: Trainer = "ai-toolkit"
    config_template: str = ""  # of the training's configuration
    template: str = ""  # of the card
    folder: Path = Field(default=Path(), exclude=True, alias="__folder__")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if not self.slug:
            raise ValueError('modelName makes no repository\'s name; set repo = "my-lora"')
        check_name(self.base_model, "base model")
        check_name(self.repo_id, "model")
        if self.license_name and not self.license:
            raise ValueError('licenseName needs license = "other"')
        if self.license == "other" and not (self.license_name and self.license_link):
            raise ValueError('license "other" needs licenseName and licenseLink')
        if re.search(r"\s", self.license_link):
            raise ValueError("licenseLink is no address")
        return self

    @property
    def slug(self) -> str:
        """The repository's name, which the weights bear too."""
        made = _NOT_IN_NAMES.sub("-", self.model_name.lower())
        return self.repo or re.sub(r"[-.]{2,}", "-", made).strip("-._")

    @property
    def repo_id(self) -> str:
        """Where it is published."""
        return f"{self.hf_org}/{self.slug}"

    @property
    def weights_name(self) -> str:
        """What the file of weights is called on the Hub."""
        return f"{self.slug}.safetensors"

    @property
    def base(self) -> Base:
        """What is known of the base model."""
        return base_of(self.base_model, self.family or "")

    def setting(self, name: Literal["guidance", "steps"]) -> Range | None:
        """The range that is advised for use; None where neither job nor base tells one."""
        own = self.guidance if name == "guidance" else self.inference_steps
        if own is not None:
            return own
        base = self.base
        known: Range | None = getattr(base.family, name) if base.family else None
        return base.settings.get(name, known)

    def path(self, name: str) -> Path:
        """A path that the file names."""
        return self.folder / name


def load_job(place: Path) -> Job:
    """The job in a TOML or JSON file. Raises SettingsError that tells of all that is wrong."""
    try:
        with place.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise SettingsError(f"Job {str(place)!r} cannot be read: {error.strerror}.") from error
    kind = "JSON" if place.suffix.lower() == ".json" else "TOML"
    try:
        if len(content) > MAX_BYTES:
            raise ValueError("it is too large for a job")
        text = content.decode("utf-8")
        table = json.loads(text) if kind == "JSON" else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"Job {str(place)!r} cannot be read as {kind}: {error}.") from error
    return job_of(table, str(place), place.parent)


def job_of(table: object, name: str = "job", folder: Path = Path()) -> Job:
    """A job of the keys that a file holds. Raises SettingsError, with all errors."""
    if not isinstance(table, dict) or "__folder__" in table:
        raise SettingsError(f"Job {name!r} is no table of keys and values.")
    try:
        return Job.model_validate({**table, "__folder__": folder})
    except ValidationError as error:
        told = "; ".join(_worded(one) for one in error.errors(include_url=False))
        raise SettingsError(f"Job {name!r} is wrong: {told}.") from error


def _worded(error: Any) -> str:
    key = ".".join(map(str, error["loc"]))
    if error["type"] == "extra_forbidden":
        known = [to_camel(field) for field in Job.model_fields if field != "folder"]
        near = get_close_matches(key, known, 1)
        mend = f"did you mean {near[0]}" if near else f"it knows {', '.join(known)}"
        return f"there is no key {key} ({mend})"
    said = str(error["msg"]).removeprefix("Value error, ")
    return f"{key}: {said[:1].lower()}{said[1:]}" if key else said
