"""The card: `ModelCardGenerator` puts job, captions, license and samples into one Markdown text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from moxi_card import metadata, snippets
from moxi_card.bases import Range
from moxi_card.captions import Captions, extract_captions
from moxi_card.describe import Describe, Description, fallback
from moxi_card.job import Job, job_of
from moxi_card.licenses import License, decide
from moxi_card.prompts import example_prompts, sample_prompts, short_prompt, shown
from moxi_card.samples import Sample
from moxi_card.template import default_template, fill_marked, read_template
from moxi_card.weights import Weights
from moxi_core.errors import TemplateError
from moxi_infer.markdown import code, link, prose, table_row

CAPTION_LIMIT = 80  # characters under an image
_COLUMNS = 2
NO_SAMPLES = "Sample images coming soon"
NO_WEIGHTS = "> **The weights are being trained and follow here.**"


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """All that a card is made of. `weights` and `samples` come after training."""

    job: Job
    captions: Captions
    license: License
    description: Description
    weights: Weights | None = None
    samples: tuple[Sample, ...] = ()

    @property
    def prompts(self) -> list[str]:
        """The prompts that samples are drawn with."""
        return sample_prompts(self.captions.texts, self.job.trigger_word)


class ModelCardGenerator:
    """Makes cards. `describe` asks a model for the description; without it one fixed sentence stands."""

    def __init__(self, describe: Describe | None = None) -> None:
        self._describe = describe

    def generate(
        self,
        job: Job | Mapping[str, Any],
        captions: Captions | Sequence[str] | Mapping[str, Any],
        *,
        weights: Weights | None = None,
        samples: Sequence[Sample] = (),
    ) -> tuple[str, list[str]]:
        """A card, and the prompts to draw samples with. `captions` may be a manifest.

        Raises SettingsError for a job that is wrong or wants a license that its base does not allow,
        CardError for a broken manifest, TemplateError for a template with unknown placeholders.
        """
        material = self.material(job, captions)
        material = replace(material, weights=weights, samples=tuple(samples))
        return render(material), material.prompts

    def material(
        self, job: Job | Mapping[str, Any], captions: Captions | Sequence[str] | Mapping[str, Any]
    ) -> Material:
        """What a card before training is made of; the description is asked for here."""
        known = job if isinstance(job, Job) else job_of(dict(job))
        if not isinstance(captions, Captions):
            texts = extract_captions(captions) if isinstance(captions, Mapping) else captions
            captions = Captions(tuple(texts), len(texts))
        license_ = decide(known)  # before a model is asked
        if known.description:
            description = Description(known.description)
        elif self._describe is not None:
            description = self._describe(known, captions)
        else:
            description = fallback(known.trigger_word)
        return Material(job=known, captions=captions, license=license_, description=description)


def render(material: Material) -> str:
    """The card of what is known, with its metadata, markers and check sums."""
    job = material.job
    name = "the card's template"
    template = default_template()
    if job.template:
        template, name = read_template(job.path(job.template)), repr(job.template)
    if template.lstrip().startswith("---\n"):
        raise TemplateError(
            f"{name} begins with metadata, which Moxi makes of the job; remove it, from --- to ---."
        )
    body = fill_marked(template, placeholders(material), name)
    data = metadata.metadata(job, material.license, material.samples)
    return metadata.joined(data, body)


def placeholders(material: Material) -> dict[str, str]:
    """What each placeholder of a card's template stands for."""
    job, trigger = material.job, material.job.trigger_word
    texts = material.captions.texts
    return {
        "MODEL_NAME": prose(job.model_name),
        "TRIGGER_WORD": trigger,
        "HF_REPO_ID": job.repo_id,
        "BASE_MODEL": job.base_model,
        "TRAINING_STEPS": f"{_steps(material):,}",
        "WEIGHTS_FILE": job.weights_name,
        "GENERATED_DESCRIPTION": prose(material.description.text),
        "SAMPLE_IMAGES_GRID": _grid(material.samples),
        "EXAMPLE_PROMPTS": "\n".join(f"- {code(p)}" for p in example_prompts(texts, trigger)),
        "EXAMPLE_PROMPT_SHORT": short_prompt(texts, trigger),
        "STATUS": "" if material.weights else NO_WEIGHTS,
        "SETTINGS": _settings(job),
        "USAGE": snippets.usage(job, short_prompt(texts, trigger)),
        "TRAINING_FACTS": _training(material),
        "LICENSE_NOTICE": license_text(material.license, job),
    }


def _steps(material: Material) -> int:
    told = material.weights.steps if material.weights else None
    return told or material.job.steps


def _grid(samples: Sequence[Sample]) -> str:
    """A table of images, two a row, each over its prompt."""
    if not samples:
        return NO_SAMPLES
    columns = min(_COLUMNS, len(samples))
    rows: list[str] = []
    for start in range(0, len(samples), columns):
        row = samples[start : start + columns]
        empty = [""] * (columns - len(row))
        rows.append(table_row([f"![{_alt(sample)}]({sample.path})" for sample in row] + empty))
        if start == 0:
            rows.append(table_row([":---:"] * columns))
        rows.append(table_row([caption(sample.prompt) for sample in row] + empty))
    return "\n".join(rows)


def caption(prompt: str) -> str:
    """A prompt under its image: what acts in it left out, cut at 80 characters, escaped."""
    text = shown(prompt)
    if len(text) > CAPTION_LIMIT:
        text = text[: CAPTION_LIMIT - 1].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"
    return prose(text)


def _alt(sample: Sample) -> str:
    return caption(sample.prompt) or "sample"


def _settings(job: Job) -> str:
    rows: list[tuple[str, str]] = [("LoRA strength", _span(job.lora_strength))]
    guidance, steps = job.setting("guidance"), job.setting("steps")
    if guidance:
        rows.append(("Guidance", _span(guidance)))
    if steps:
        rows.append(
            (
                "Inference steps",
                f"{steps[0]:g}–{steps[1]:g}" if steps[0] < steps[1] else f"{steps[1]:g}",
            )
        )
    if job.base.family:
        size = job.base.family.resolution
        rows.append(("Resolution", f"{size}×{size}"))
    return _table(("Setting", "Advised"), rows)


def _span(span: Range) -> str:
    low, high = (
        f"{number:.1f}" if number == round(number, 1) else f"{number:g}" for number in span
    )
    return low if low == high else f"{low}–{high}"


def _training(material: Material) -> str:
    return _table(("Training", "Value"), list(_facts(material)))


def _facts(material: Material) -> Iterator[tuple[str, str]]:
    job, told = material.job, material.weights
    base = link(prose(job.base.title), f"https://huggingface.co/{job.base_model}")
    yield "Base model", base
    yield "Images", f"{material.captions.images:,}"
    yield "Steps", f"{_steps(material):,}"
    if told is None:
        yield "Trainer", job.trainer
        return
    if told.rank:
        yield "Rank", f"{told.rank}" + (f", alpha {told.alpha:g}" if told.alpha else "")
    rows = (
        ("Learning rate", told.learning_rate),
        ("Optimizer", told.optimizer),
        ("Resolution", told.resolution),
        ("Epochs", f"{told.epochs}" if told.epochs else ""),
        ("Precision", told.dtype.lower()),
        ("Trainer", told.trainer or job.trainer),
    )
    for name, value in rows:
        if value:
            yield name, prose(value)


def _table(heads: tuple[str, str], rows: Sequence[tuple[str, str]]) -> str:
    return "\n".join(
        [table_row(heads), table_row(["---", "---"]), *(table_row(row) for row in rows)]
    )


def license_text(license_: License, job: Job) -> str:
    """The section on the license: what holds, why, and the notice that the base asks for."""
    name = license_.title or license_.name or license_.id
    shown_name = link(prose(name), license_.link) if license_.link else prose(name)
    parts = [f"{shown_name}."]
    if license_.binds:
        parts[0] = (
            f"{shown_name}, as for everything made of {prose(job.base.title)}; see [LICENSE.md](LICENSE.md)."
        )
    if license_.note:
        parts.append(prose(license_.note))
    if license_.notice:
        parts.append("\n>\n".join(f"> {prose(line)}" for line in license_.notice.split("\n\n")))
    return "\n\n".join(parts)


def license_file(license_: License) -> str:
    """LICENSE.md where the text of the base's license is not at hand: what holds, and where it stands."""
    parts = [
        f"# {prose(license_.title)}",
        f"These weights are a derivative under the {prose(license_.title)}. Its text, which binds who "
        f"uses or passes on these weights, stands at <{license_.link}>.",
        *(prose(line) for line in license_.notice.split("\n\n") if line),
    ]
    return "\n\n".join(parts) + "\n"
