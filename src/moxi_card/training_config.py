"""The training's configuration with our sample prompts in it, in the forms that trainers read."""

from __future__ import annotations

import json
import shlex
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import yaml

from moxi_card.bases import Family
from moxi_card.job import Job
from moxi_card.template import fill, read_template
from moxi_core.errors import CardError, TemplateError

SEED = 42
_DATASET = "dataset"  # where the images are, if the job does not say


def configs(job: Job, prompts: Sequence[str]) -> dict[str, str]:
    """The files of the training's configuration, by name.

    Raises CardError for a base whose family is not known, TemplateError for a broken template.
    """
    if job.config_template:
        return _from_template(job, prompts)
    family = job.base.family
    if family is None:
        raise CardError(
            f"How to train on {job.base_model!r} is not known; set family in the job, such as "
            'family = "sdxl", or a configTemplate.'
        )
    if job.trainer == "ai-toolkit":
        return {"training_config.yaml": _as_yaml(_ai_toolkit(job, family, prompts))}
    if job.trainer == "simpletuner":
        return _simpletuner(job, family, prompts)
    return {"train_diffusers.sh": _diffusers(job, family, prompts)}


def _sampling(job: Job, family: Family) -> tuple[float, int]:
    """Guidance and steps that samples are drawn with."""
    guidance, steps = job.base.settings.get("sample", (family.sample_guidance, family.sample_steps))
    return (int(guidance) if guidance == int(guidance) else guidance), int(steps)


def _ai_toolkit(job: Job, family: Family, prompts: Sequence[str]) -> dict[str, Any]:
    process = {
        "type": "sd_trainer",
        "training_folder": "output",
        "device": "cuda:0",
        "trigger_word": job.trigger_word,
        "network": {"type": "lora", "linear": 16, "linear_alpha": 16},
        "save": {
            "dtype": "float16",
            "save_every": min(250, job.steps),
            "max_step_saves_to_keep": 4,
            "push_to_hub": False,
        },
        "datasets": [
            {
                "folder_path": job.dataset or _DATASET,
                "caption_ext": "txt",
                "caption_dropout_rate": 0.05,
                "shuffle_tokens": False,
                "cache_latents_to_disk": True,
                "resolution": [512, 768, 1024] if family.resolution >= 1024 else [512],
            }
        ],
        "train": {
            "batch_size": 1,
            "steps": job.steps,
            "gradient_accumulation_steps": 1,
            "train_unet": True,
            "train_text_encoder": False,
            "gradient_checkpointing": True,
            "noise_scheduler": _sampler(family),
            "optimizer": "adamw8bit",
            "lr": 0.0001,
            "ema_config": {"use_ema": True, "ema_decay": 0.99},
            "dtype": "bf16",
        },
        "model": {"name_or_path": job.base_model, **family.ai_toolkit, **job.base.model},
        "sample": _samples(job, family, prompts),
    }
    return {
        "job": "extension",
        "config": {"name": job.slug, "process": [process]},
        "meta": {"name": "[name]", "version": "1.0"},
    }


def _samples(job: Job, family: Family, prompts: Sequence[str]) -> dict[str, Any]:
    """How ai-toolkit draws the samples: once, after the last step."""
    guidance, steps = _sampling(job, family)
    return {
        "sampler": _sampler(family),
        "sample_every": job.steps,
        "width": family.resolution,
        "height": family.resolution,
        "prompts": list(prompts),
        "neg": "",
        "seed": SEED,
        "walk_seed": True,
        "guidance_scale": guidance,
        "sample_steps": steps,
    }


def _sampler(family: Family) -> str:
    return "flowmatch" if family.flow else "ddpm"


def _simpletuner(job: Job, family: Family, prompts: Sequence[str]) -> dict[str, str]:
    if not family.simpletuner:
        raise CardError(
            f'SimpleTuner\'s name for {job.base.title} is not known; set trainer = "ai-toolkit", or a '
            "configTemplate."
        )
    size = family.resolution
    guidance, steps = _sampling(job, family)
    config = {
        "model_type": "lora",
        "model_family": family.simpletuner,
        "pretrained_model_name_or_path": job.base_model,
        "output_dir": f"output/{job.slug}",
        "data_backend_config": "config/multidatabackend.json",
        "user_prompt_library": "config/user_prompt_library.json",
        "lora_rank": 16,
        "train_batch_size": 1,
        "max_train_steps": job.steps,
        "num_train_epochs": 0,
        "learning_rate": 0.0001,
        "optimizer": "adamw_bf16",
        "mixed_precision": "bf16",
        "gradient_checkpointing": True,
        "seed": SEED,
        "validation_prompt": prompts[0],
        "validation_seed": SEED,
        "validation_steps": job.steps,
        "validation_resolution": f"{size}x{size}",
        "validation_guidance": guidance,
        "validation_num_inference_steps": steps,
    }
    library = {f"sample_{number:03}": prompt for number, prompt in enumerate(prompts, 1)}
    tables = {
        "config": config,
        "multidatabackend": _backend(job, size),
        "user_prompt_library": library,
    }
    return {f"config/{name}.json": f"{_as_json(table)}\n" for name, table in tables.items()}


def _backend(job: Job, size: int) -> list[dict[str, object]]:
    """Where SimpleTuner finds images and captions."""
    return [
        {
            "id": job.slug,
            "type": "local",
            "instance_data_dir": job.dataset or _DATASET,
            "caption_strategy": "textfile",
            "resolution": size,
            "resolution_type": "pixel_area",
            "cache_dir_vae": f"cache/vae/{job.slug}",
        },
        {
            "id": "text-embeds",
            "type": "local",
            "dataset_type": "text_embeds",
            "default": True,
            "cache_dir": "cache/text",
        },
    ]


def _diffusers(job: Job, family: Family, prompts: Sequence[str]) -> str:
    """A command of diffusers' own script, which draws one prompt only."""
    options = {
        "pretrained_model_name_or_path": job.base_model,
        "instance_data_dir": job.dataset or _DATASET,
        "instance_prompt": job.trigger_word,
        "output_dir": f"output/{job.slug}",
        "resolution": family.resolution,
        "rank": 16,
        "train_batch_size": 1,
        "learning_rate": "1e-4",
        "max_train_steps": job.steps,
        "seed": SEED,
        "validation_prompt": prompts[0],
        "num_validation_images": 4,
    }
    lines = [f"accelerate launch {family.diffusers_script}"]
    lines += [f"  --{name}={shlex.quote(str(value))}" for name, value in options.items()]
    return "#!/bin/sh\n" + " \\\n".join(lines) + "\n"


def _from_template(job: Job, prompts: Sequence[str]) -> dict[str, str]:
    """A user's configuration with the placeholders filled; each value is written as JSON is."""
    place = job.path(job.config_template)
    values: dict[str, object] = {
        "SAMPLE_PROMPTS_ARRAY": list(prompts),
        "TRAINING_STEPS": job.steps,
        "MODEL_NAME": job.model_name,
        "TRIGGER_WORD": job.trigger_word,
        "BASE_MODEL": job.base_model,
    }
    written = {name: json.dumps(value, ensure_ascii=False) for name, value in values.items()}
    made = fill(read_template(place), written, repr(job.config_template))
    _must_parse(made, place)
    return {f"training_config{place.suffix}": made}


def _must_parse(text: str, place: Path) -> None:
    readers: dict[str, Callable[[str], object]] = {
        ".yaml": yaml.safe_load, ".yml": yaml.safe_load, ".json": json.loads, ".toml": tomllib.loads,
    }  # fmt: skip
    read = readers.get(place.suffix.lower())
    try:
        if read is not None:
            read(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        first = str(error).split("\n")[0]
        raise TemplateError(
            f"{str(place)!r} is no {place.suffix[1:].upper()} once it is filled ({first}); placeholders "
            "bring their own quotes and brackets."
        ) from error


def _as_yaml(table: object) -> str:
    return yaml.safe_dump(table, sort_keys=False, allow_unicode=True, width=1_000)


def _as_json(table: object) -> str:
    return json.dumps(table, ensure_ascii=False, indent=2)
