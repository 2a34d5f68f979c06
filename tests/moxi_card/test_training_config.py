"""Configurations of training: the prompts in them, in the forms that trainers read."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

from moxi_card.job import job_of
from moxi_card.training_config import configs
from moxi_core.errors import CardError, TemplateError
from tests.moxi_card.jobs import JOB
from tests.moxi_card.test_job import job

PROMPTS = [
    "pepe: a frog, 'quoted' \"twice\"",
    "pepe # not a comment",
    "pepe \\ 青い蛙 $(touch x)",
    "yes",
]
SDXL = "stabilityai/stable-diffusion-xl-base-1.0"
SD15 = "stable-diffusion-v1-5/stable-diffusion-v1-5"


def test_ai_toolkit_for_flux() -> None:
    table = yaml.safe_load(configs(job(), PROMPTS)["training_config.yaml"])
    process = table["config"]["process"][0]
    assert process["sample"] == {
        "sampler": "flowmatch", "sample_every": 2000, "width": 1024, "height": 1024,
        "prompts": PROMPTS, "neg": "", "seed": 42, "walk_seed": True, "guidance_scale": 4,
        "sample_steps": 20,
    }  # fmt: skip
    assert process["train"]["steps"] == 2000
    assert process["model"]["is_flux"] and process["trigger_word"] == "pepe"
    assert table["config"]["name"] == "pepe-frog"


@pytest.mark.parametrize(
    ("base", "sampler", "size", "guidance", "steps"),
    [
        (SDXL, "ddpm", 1024, 6, 25),
        (SD15, "ddpm", 512, 7, 25),
        ("Tongyi-MAI/Z-Image-Turbo", "flowmatch", 1024, 1, 8),
        ("black-forest-labs/FLUX.1-schnell", "flowmatch", 1024, 1, 4),
    ],
)
def test_ai_toolkit_for_others(
    base: str, sampler: str, size: int, guidance: int, steps: int
) -> None:
    table = yaml.safe_load(configs(job(baseModel=base), PROMPTS)["training_config.yaml"])
    process = table["config"]["process"][0]
    sample = process["sample"]
    assert process["train"]["noise_scheduler"] == sample["sampler"] == sampler
    assert (sample["width"], sample["height"]) == (size, size)
    assert (sample["guidance_scale"], sample["sample_steps"]) == (guidance, steps)


def test_simpletuner() -> None:
    files = configs(job(trainer="simpletuner", baseModel=SDXL), PROMPTS)
    config = json.loads(files["config/config.json"])
    assert config["model_family"] == "sdxl" and config["validation_prompt"] == PROMPTS[0]
    assert config["validation_steps"] == config["max_train_steps"] == 2000
    assert list(json.loads(files["config/user_prompt_library.json"]).values()) == PROMPTS
    assert json.loads(files["config/multidatabackend.json"])[0]["caption_strategy"] == "textfile"
    with pytest.raises(CardError, match="SimpleTuner's name for Z-Image is not known"):
        configs(job(trainer="simpletuner", baseModel="Tongyi-MAI/Z-Image"), PROMPTS)


def test_diffusers(tmp_path: Path) -> None:
    script = configs(job(trainer="diffusers"), [PROMPTS[2]])["train_diffusers.sh"]
    place = tmp_path / "train.sh"
    place.write_text(script.replace("accelerate launch", "printf '%s\\n'"), "utf-8")
    done = subprocess.run(["sh", place], cwd=tmp_path, capture_output=True, text=True, check=True)
    arguments = done.stdout.splitlines()
    assert arguments[0] == "train_dreambooth_lora_flux.py"
    assert f"--validation_prompt={PROMPTS[2]}" in arguments
    assert not (tmp_path / "x").exists()
    assert "--max_train_steps=2000" in shlex.split(script)


@pytest.mark.parametrize(
    ("name", "template", "read"),
    [
        (
            "c.yaml",
            "sample:\n  prompts: {{SAMPLE_PROMPTS_ARRAY}}\n  every: {{TRAINING_STEPS}}\n",
            yaml.safe_load,
        ),
        (
            "c.json",
            '{"sample": {"prompts": {{SAMPLE_PROMPTS_ARRAY}}, "every": {{TRAINING_STEPS}}}}',
            json.loads,
        ),
    ],
)
def test_a_template_of_ones_own(tmp_path: Path, name: str, template: str, read: object) -> None:
    (tmp_path / name).write_text(template)
    made = job_of(JOB | {"configTemplate": name, "baseModel": "someone/unknown"}, folder=tmp_path)
    (text,) = configs(made, PROMPTS).values()
    assert read(text) == {"sample": {"prompts": PROMPTS, "every": 2000}}  # type: ignore[operator]


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("steps: {{STEPS}}", "unknown placeholder {{STEPS}}; did you mean {{TRAINING_STEPS}}"),
        ('prompts: "{{SAMPLE_PROMPTS_ARRAY}}"', "is no YAML once it is filled"),
    ],
)
def test_a_template_that_is_wrong(tmp_path: Path, template: str, message: str) -> None:
    (tmp_path / "c.yaml").write_text(template)
    with pytest.raises(TemplateError, match=message):
        configs(job_of(JOB | {"configTemplate": "c.yaml"}, folder=tmp_path), PROMPTS)


def test_an_unknown_base() -> None:
    with pytest.raises(CardError, match="set family in the job"):
        configs(job(baseModel="someone/unknown"), PROMPTS)
    assert configs(job(baseModel="someone/unknown", family="sdxl"), PROMPTS)
