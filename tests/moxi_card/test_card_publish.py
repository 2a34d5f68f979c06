"""plan, publish, finish, against a Hub that its own client speaks to."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from moxi_card.metadata import split
from tests.moxi_card.jobs import card, picture, safetensors, write_job, write_trained
from tests.moxi_core.hub import READER, Hub

NAME = "org/pepe-frog"
FLUX_NAME = "flux-1-dev-non-commercial-license"
FLUX_LINK = "https://huggingface.co/black-forest-labs/FLUX.1-dev/blob/main/LICENSE.md"
BASE = {
    "base_model": "black-forest-labs/FLUX.1-dev",
    "library_name": "diffusers",
    "license": "other",
    "license_name": FLUX_NAME,
    "license_link": FLUX_LINK,
    "pipeline_tag": "text-to-image",
    "tags": ["text-to-image", "lora", "diffusers", "template:sd-lora", "flux"],
    "base_model_relation": "adapter",
    "instance_prompt": "pepe",
}


def published(server: Hub, name: str = NAME) -> tuple[dict[str, Any], str]:
    return split(server.files[name]["README.md"].decode())


def test_the_whole_way_of_a_flux_job(server: Hub, known: dict[str, str], tmp_path: Path) -> None:
    job = write_job(tmp_path)
    weights, samples = write_trained(tmp_path)
    planned = card("plan", job, **known)
    assert planned.returncode == 0, planned.stderr
    assert server.repos == {}
    prompts = (tmp_path / "sample_prompts.txt").read_text().splitlines()
    assert len(prompts) == 4
    config = yaml.safe_load((tmp_path / "training_config.yaml").read_text())
    assert config["config"]["process"][0]["sample"]["prompts"] == prompts

    first = card("publish", job, **known)
    assert (first.returncode, first.stdout) == (0, f"{server.url}/{NAME}\n"), first.stderr
    assert server.repos[NAME]["visibility"] == "private"
    assert set(server.files[NAME]) == {"README.md", "LICENSE.md"}
    data, body = published(server)
    assert data == BASE
    assert "weights are being trained" in body and "Sample images coming soon" in body

    done = card("finish", job, "--weights", weights, "--samples", samples, **known)
    assert (done.returncode, done.stdout) == (0, f"{server.url}/{NAME}\n"), done.stderr
    assert "%|" not in done.stderr  # no bars in a pipe
    pictures = [f"samples/sample_{number:03}.png" for number in (1, 2, 3, 4)]
    assert set(server.files[NAME]) == {
        "README.md", "LICENSE.md", "pepe-frog.safetensors", *pictures,
    }  # fmt: skip
    package = tmp_path / "upload_package"
    for name, content in server.files[NAME].items():
        assert content == (package / name).read_bytes(), name
    assert server.files[NAME]["pepe-frog.safetensors"] == weights.read_bytes()
    assert server.files[NAME][pictures[0]] == (samples / "0.png").read_bytes()
    data, body = published(server)
    assert data == BASE | {
        "widget": [
            {"text": prompt, "output": {"url": path}}
            for prompt, path in zip(prompts, pictures, strict=True)
        ]
    }
    assert yaml.safe_load(yaml.safe_dump(data)) == data
    assert "weights are being trained" not in body and "coming soon" not in body
    assert all(f"]({path})" in body for path in pictures)
    assert "| Steps | 1,800 |" in body and "| Learning rate | 0.0001 |" in body
    assert len(server.commits[NAME]) == 2
    checked = card("check", package / "README.md")
    assert checked.returncode == 0, checked.stdout


def test_the_files_come_back_as_they_were_sent(
    server: Hub, known: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import HfApi

    job = write_job(tmp_path)
    weights, samples = write_trained(tmp_path)
    assert card("publish", job, **known).returncode == 0
    assert card("finish", job, "--weights", weights, "--samples", samples, **known).returncode == 0
    api = HfApi(endpoint=server.url, token=known["HF_TOKEN"])
    for name in server.files[NAME]:
        got = Path(api.hf_hub_download(NAME, name, local_dir=tmp_path / "back"))
        assert got.read_bytes() == (tmp_path / "upload_package" / name).read_bytes()


def test_run_again_it_sends_nothing_twice(
    server: Hub, known: dict[str, str], tmp_path: Path
) -> None:
    job = write_job(tmp_path)
    weights, samples = write_trained(tmp_path)
    for _ in range(2):
        assert card("publish", job, **known).returncode == 0
    for _ in range(2):
        done = card("finish", job, "--weights", weights, "--samples", samples, **known)
        assert done.returncode == 0, done.stderr
    assert len(server.commits[NAME]) == 2
    assert set(server.puts.values()) == {1}
    again = card("publish", job, **known)
    assert again.returncode == 2 and "has its weights already" in again.stderr


def test_fewer_samples_leave_none_of_the_former(
    server: Hub, known: dict[str, str], tmp_path: Path
) -> None:
    job = write_job(tmp_path)
    assert card("publish", job, **known).returncode == 0
    weights, samples = write_trained(tmp_path)
    assert card("finish", job, "--weights", weights, "--samples", samples, **known).returncode == 0
    (samples / "3.png").unlink()
    assert card("finish", job, "--weights", weights, "--samples", samples, **known).returncode == 0
    assert {name for name in server.files[NAME] if name.startswith("samples/")} == {
        f"samples/sample_{number:03}.png" for number in (1, 2, 3)
    }
    assert len(published(server)[0]["widget"]) == 3


def test_public_is_asked_for(server: Hub, known: dict[str, str], tmp_path: Path) -> None:
    assert card("publish", write_job(tmp_path), "--public", **known).returncode == 0
    assert server.repos[NAME]["visibility"] == "public"


def test_the_base_license_comes_along(server: Hub, known: dict[str, str], tmp_path: Path) -> None:
    server.add("black-forest-labs/FLUX.1-dev", {"LICENSE.md": b"# The whole text\n" + b"x" * 4000})
    done = card("publish", write_job(tmp_path), **known)
    assert done.returncode == 0, done.stderr
    license_ = server.files[NAME]["LICENSE.md"].decode()
    assert (
        license_.startswith("# The whole text")
        and "IN NO EVENT SHALL BLACK FOREST LABS" in license_
    )


@pytest.mark.parametrize("is_gated", [False, True])
def test_without_its_text_the_license_is_linked(
    server: Hub, known: dict[str, str], tmp_path: Path, is_gated: bool
) -> None:
    if is_gated:
        server.add("black-forest-labs/FLUX.1-dev", {"LICENSE.md": b"x" * 4000})
        server.gated.add("black-forest-labs/FLUX.1-dev")
    done = card("publish", write_job(tmp_path), **known)
    assert done.returncode == 0, done.stderr
    assert "cannot be had; LICENSE.md links it" in done.stderr
    license_ = server.files[NAME]["LICENSE.md"].decode()
    assert FLUX_LINK in license_ and "IN NO EVENT SHALL BLACK FOREST LABS" in license_


# What a person changes on the Hub


def test_what_a_person_changed_on_the_hub_is_kept(
    server: Hub, known: dict[str, str], tmp_path: Path
) -> None:
    job = write_job(tmp_path)
    assert card("publish", job, **known).returncode == 0
    text = server.files[NAME]["README.md"].decode()
    text = text.replace("A LoRA trained on custom images.", "My own words.")
    text = text.replace("## Trigger word", "## Thanks\n\nTo my frog.\n\n## Trigger word")
    text = text.replace("\ninstance_prompt: pepe", "\ninstance_prompt: pepe\nlanguage: en")
    text = text.replace("- flux\n", "- flux\n- frog\n")
    server.files[NAME]["README.md"] = text.encode()
    weights, samples = write_trained(tmp_path)
    done = card("finish", job, "--weights", weights, "--samples", samples, **known)
    assert done.returncode == 0, done.stderr
    assert "changed by hand, and kept: tags " in done.stderr
    data, body = published(server)
    assert "My own words." in body and "## Thanks\n\nTo my frog." in body
    assert data["language"] == "en" and "frog" in data["tags"] and len(data["widget"]) == 4
    assert "weights are being trained" not in body
    # Nor is it lost by the next run.
    assert card("finish", job, "--weights", weights, "--samples", samples, **known).returncode == 0
    data, body = published(server)
    assert "My own words." in body and data["language"] == "en" and "frog" in data["tags"]
    assert card(
        "finish", job, "--weights", weights, "--samples", samples, "--force", **known
    ).returncode == 0  # fmt: skip
    data, body = published(server)
    assert "My own words." not in body and "To my frog." in body and "frog" not in data["tags"]


def test_what_a_person_changed_here_goes_up(
    server: Hub, known: dict[str, str], tmp_path: Path
) -> None:
    job = write_job(tmp_path)
    assert card("publish", job, **known).returncode == 0
    here = tmp_path / "upload_package" / "README.md"
    here.write_text(here.read_text().replace("## Settings", "## My settings"))
    assert card("publish", job, **known).returncode == 0
    assert "## My settings" in published(server)[1]


def test_changed_here_and_there(server: Hub, known: dict[str, str], tmp_path: Path) -> None:
    job = write_job(tmp_path)
    assert card("publish", job, **known).returncode == 0
    here = tmp_path / "upload_package" / "README.md"
    here.write_text(here.read_text().replace("## Settings", "## My settings"))
    there = server.files[NAME]["README.md"].replace(b"## Usage", b"## How to")
    server.files[NAME]["README.md"] = there
    done = card("publish", job, **known)
    assert "the Hub's counts" in done.stderr, done.stderr
    assert "## How to" in published(server)[1] and "## My settings" not in published(server)[1]
    assert "## My settings" in (tmp_path / "README.yours.md").read_text()


def test_a_license_changed_by_hand_is_refused(
    server: Hub, known: dict[str, str], tmp_path: Path
) -> None:
    job = write_job(tmp_path)
    assert card("publish", job, **known).returncode == 0
    text = server.files[NAME]["README.md"].decode()
    server.files[NAME]["README.md"] = text.replace("license: other", "license: mit").encode()
    weights, _ = write_trained(tmp_path)
    done = card("finish", job, "--weights", weights, **known)
    assert done.returncode == 2
    assert "what is made of black-forest-labs/FLUX.1-dev is under" in done.stderr
    assert len(server.commits[NAME]) == 1


# What the Hub refuses, and what breaks


@pytest.mark.parametrize(
    ("token", "message"),
    [
        ("", "it knows no such token; set HF_TOKEN"),
        ("hf_bad", "it knows no such token; set HF_TOKEN"),
        (READER, "HF_TOKEN must be a token that may write there"),
    ],
)
def test_a_token_that_may_not_write(
    server: Hub, known: dict[str, str], tmp_path: Path, token: str, message: str
) -> None:
    done = card("publish", write_job(tmp_path), **known | {"HF_TOKEN": token})
    assert done.returncode == 2
    last = done.stderr.splitlines()[-1]
    assert last.startswith(f"error: The Hub does not take {NAME!r}: ") and message in last
    assert token not in done.stderr or not token
    assert server.commits == {}
    assert (tmp_path / "upload_package" / "README.md").is_file()


def test_a_namespace_of_others(server: Hub, known: dict[str, str], tmp_path: Path) -> None:
    done = card("publish", write_job(tmp_path, hfOrg="others"), **known)
    assert done.returncode == 2 and "You don't have the rights" in done.stderr


@pytest.mark.parametrize(
    "files",
    [{"README.md": b"# My own\n"}, {"model.safetensors": b"x"}, {"README.md": b"", "a.txt": b""}],
)
def test_a_name_that_is_taken(
    server: Hub, known: dict[str, str], tmp_path: Path, files: dict[str, bytes]
) -> None:
    server.add(NAME, dict(files))
    done = card("publish", write_job(tmp_path), **known)
    assert done.returncode == 2 and f"{NAME!r} is taken" in done.stderr
    assert server.files[NAME] == files
    assert card("publish", write_job(tmp_path), "--force", **known).returncode == 0


def test_a_repository_that_is_gated(server: Hub, known: dict[str, str], tmp_path: Path) -> None:
    server.add(NAME, {"README.md": b"---\n---\n"})
    server.gated.add(NAME)
    done = card("publish", write_job(tmp_path), **known)
    assert done.returncode == 2 and "access to it must be asked for" in done.stderr


def test_finish_without_publish(server: Hub, known: dict[str, str], tmp_path: Path) -> None:
    weights, samples = write_trained(tmp_path)
    done = card("finish", write_job(tmp_path), "--weights", weights, "--samples", samples, **known)
    assert done.returncode == 2
    assert "run `moxi card publish` first" in done.stderr
    assert (tmp_path / "upload_package" / "pepe-frog.safetensors").is_file()


@pytest.mark.parametrize("answers", [[503], [502, 429, 0]])
def test_the_last_step_is_tried_again(
    server: Hub, known: dict[str, str], tmp_path: Path, answers: list[int]
) -> None:
    server.faults.answers["commit"] = answers
    done = card("publish", write_job(tmp_path), **known)
    assert done.returncode == 0, done.stderr
    assert len(server.commits[NAME]) == 1


def test_an_answer_that_is_lost_makes_no_second_commit(
    server: Hub, known: dict[str, str], tmp_path: Path
) -> None:
    server.faults.after_commit = True
    done = card("publish", write_job(tmp_path), **known)
    assert done.returncode == 0, done.stderr
    assert len(server.commits[NAME]) == 1


def test_no_hub_and_no_storage(known: dict[str, str], tmp_path: Path) -> None:
    gone = known | {"HF_ENDPOINT": "http://127.0.0.1:9"}
    done = card("publish", write_job(tmp_path), **gone)
    assert done.returncode == 2
    last = done.stderr.splitlines()[-1]
    assert "The Hub cannot be reached" in last and "nothing new is on the Hub" in last
    assert "MOXI_CARD_BUCKET" in last
    assert (tmp_path / "upload_package" / "README.md").is_file()


# What comes in


def test_weights_of_another_base(server: Hub, known: dict[str, str], tmp_path: Path) -> None:
    job = write_job(tmp_path)
    assert card("publish", job, **known).returncode == 0
    weights = tmp_path / "x.safetensors"
    weights.write_bytes(safetensors({"ss_base_model_version": "sdxl_base_v1-0"}))
    done = card("finish", job, "--weights", weights, **known)
    assert done.returncode == 2 and "are of the family sdxl" in done.stderr
    assert len(server.commits[NAME]) == 1


def test_a_broken_sample_stops_before_anything_is_sent(
    server: Hub, known: dict[str, str], tmp_path: Path
) -> None:
    job = write_job(tmp_path)
    assert card("publish", job, **known).returncode == 0
    weights, samples = write_trained(tmp_path)
    (samples / "2.png").write_bytes(picture()[:60])
    done = card("finish", job, "--weights", weights, "--samples", samples, **known)
    assert done.returncode == 2 and "is a broken image" in done.stderr
    assert len(server.commits[NAME]) == 1 and done.stderr.count("error: ") == 1


def test_without_samples_the_card_says_that_they_come(
    server: Hub, known: dict[str, str], tmp_path: Path
) -> None:
    job = write_job(tmp_path)
    assert card("publish", job, **known).returncode == 0
    weights, _ = write_trained(tmp_path)
    done = card("finish", job, "--weights", weights, **known)
    assert done.returncode == 0 and "there are no samples" in done.stderr
    data, body = published(server)
    assert "Sample images coming soon" in body and "widget" not in data


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("finish", "job.json"), "Say where the weights are"),
        (("plan", "none.toml"), "Job 'none.toml' cannot be read"),
        (("check", "none.md"), "There is no card 'none.md'"),
        (("plan", "job.json", "--dataset", "none"), "Dataset 'none' cannot be read"),
        (("plan", "job.json", "--base-url", "http://x"), "--base-url needs a model"),
        (("finish", "job.json", "--from", "http://x/y"), "is no address to fetch from"),
    ],
)
def test_bad_input_gets_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], message: str
) -> None:
    write_job(tmp_path)
    monkeypatch.chdir(tmp_path)
    done = card(*arguments)
    assert done.returncode == 2
    assert re.fullmatch(r"error: [^\n]+\n", done.stderr), done.stderr
    assert message in done.stderr
