"""Job files: keys, defaults, what is wrong told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from moxi_card.job import Job, job_of, load_job
from moxi_core.errors import SettingsError
from tests.moxi_card.jobs import JOB


def job(**changes: object) -> Job:
    return job_of({key: value for key, value in (JOB | changes).items() if value is not None})


def test_defaults(tmp_path: Path) -> None:
    place = tmp_path / "job.toml"
    place.write_text('modelName = "Pepe"\ntriggerWord = "pepe"\nsteps = 10\nhfOrg = "org"\n')
    made = load_job(place)
    assert made.base_model == "black-forest-labs/FLUX.1-dev"
    assert made.lora_strength == (0.8, 1.0)
    assert made.setting("guidance") == (3.5, 4.0)
    assert made.setting("steps") == (20, 30)
    assert (made.repo_id, made.weights_name) == ("org/pepe", "pepe.safetensors")


@pytest.mark.parametrize(
    ("base", "guidance", "steps"),
    [
        ("stabilityai/stable-diffusion-xl-base-1.0", (5.0, 7.5), (25, 35)),
        ("stable-diffusion-v1-5/stable-diffusion-v1-5", (7.0, 8.0), (25, 35)),
        ("Tongyi-MAI/Z-Image-Turbo", (0.0, 0.0), (8, 9)),
        ("black-forest-labs/FLUX.1-schnell", (0.0, 0.0), (1, 4)),
        ("someone/unknown", None, None),
    ],
)
def test_settings_follow_the_base(base: str, guidance: object, steps: object) -> None:
    made = job(baseModel=base)
    assert (made.setting("guidance"), made.setting("steps")) == (guidance, steps)
    assert job(baseModel=base, guidance=[1, 2]).setting("guidance") == (1, 2)


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Pepe Frog", "pepe-frog"), ("A -- b..c_", "a-b-c"), ("Été 2024!", "t-2024"), ("x.git", None)],
)
def test_the_repository_is_named_after_the_model(name: str, slug: str | None) -> None:
    if slug is None:
        with pytest.raises(SettingsError, match="is no model's name"):
            job(modelName=name)
    else:
        assert job(modelName=name).slug == slug


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stepz": 5}, r"there is no key stepz \(did you mean steps\)"),
        ({"nothing": 5}, r"there is no key nothing \(it knows modelName, "),
        (
            {"steps": 0, "modelName": None},
            "modelName: field required; steps: input should be greater",
        ),
        ({"steps": "many"}, "steps: input should be a valid integer"),
        ({"triggerWord": "a`b"}, "triggerWord: it may hold none of"),
        ({"triggerWord": "a\nb"}, "triggerWord: it must be one line"),
        ({"triggerWord": "  "}, "triggerWord: it is empty"),
        ({"triggerWord": "a\u202eb"}, "it must be one line of plain characters"),
        ({"baseModel": "./here/there/x"}, "is no base model's name"),
        ({"hfOrg": "a b"}, "'a b/pepe-frog' is no model's name"),
        ({"repo": "a--b"}, "is no model's name"),
        ({"modelName": "青蛙"}, 'set repo = "my-lora"'),
        ({"guidance": [4, 3]}, "guidance: the first number is the larger one"),
        ({"license": "other"}, "needs licenseName and licenseLink"),
        ({"licenseName": "x"}, 'licenseName needs license = "other"'),
        (
            {"trainer": "kohya"},
            "trainer: input should be 'ai-toolkit', 'simpletuner' or 'diffusers'",
        ),
        ({"__folder__": "/"}, "is no table"),
    ],
)
def test_what_is_wrong_is_told(changes: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        job(**changes)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("job.toml", b"modelName = ", "cannot be read as TOML"),
        ("job.json", b"{", "cannot be read as JSON"),
        ("job.json", b"[1]", "is no table"),
        ("job.toml", b"\xff", "cannot be read as TOML"),
        ("job.json", b"[" * 100_000, "cannot be read as JSON"),
        ("job.toml", b" " * 2_000_000, "too large"),
    ],
)
def test_a_broken_file(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SettingsError, match=message):
        load_job(tmp_path / name)
