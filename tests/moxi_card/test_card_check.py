"""`moxi card check`: one thing broken at a time in a card that is right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from moxi_card import ModelCardGenerator
from moxi_card.check import check_card
from moxi_card.package import Place, put_weights, write_card
from moxi_card.samples import find_samples, place_samples
from moxi_card.weights import read_weights
from moxi_core.errors import CardError
from tests.moxi_card.jobs import CAPTIONS, card, safetensors, write_trained
from tests.moxi_card.test_job import job


@pytest.fixture
def readme(tmp_path: Path) -> Path:
    """A finished card with all that belongs to it."""
    from dataclasses import replace

    weights, pictures = write_trained(tmp_path)
    place = Place(tmp_path)
    material = ModelCardGenerator().material(job(), CAPTIONS)
    samples = place_samples(find_samples(pictures), material.prompts, place.package)
    put_weights(weights, place.package / "pepe-frog.safetensors")
    whole = replace(material, weights=read_weights(weights), samples=tuple(samples))
    write_card(whole, place, None)
    return place.card


def test_a_card_of_ours_is_right(readme: Path) -> None:
    assert check_card(readme) == []
    done = card("check", readme)
    assert (done.returncode, done.stdout) == (0, "")


Break = Callable[[str], str]


def swap(old: str, new: str) -> Break:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (swap("license: other", "license: mit"), "the license is flux-1-dev"),
        (swap("license: other", "license: nonsense"), "license 'nonsense' is none that the Hub knows"),
        (swap("license_name: flux-1-dev-non-commercial-license\n", ""), "so license_name is needed"),
        (swap("license_name: flux-1-dev-non-commercial-license", "license_name: my-own"), "the license is my-own"),
        (swap("base_model: black-forest-labs/FLUX.1-dev", "base_model: flux"), "base_model is no model of the Hub"),
        (swap("base_model: black-forest-labs/FLUX.1-dev", "base_model: a/b"), "the code loads the base model"),
        (swap("base_model_relation: adapter\n", ""), "base_model_relation is not adapter"),
        (swap("pipeline_tag: text-to-image", "pipeline_tag: text-generation"), "pipeline_tag is not"),
        (swap("library_name: diffusers\n", ""), "library_name is missing"),
        (swap("- lora\n", ""), "tags do not hold lora"),
        (swap("instance_prompt: pepe", "instance_prompt: yes"), "instance_prompt is True, no text"),
        (swap("instance_prompt: pepe", "instance_prompt: {x}"), "instance_prompt is {'x': None}, no text"),
        (swap("instance_prompt: pepe", "instance_prompt: kermit"), "does not name the trigger word 'kermit'"),
        (swap("instance_prompt: pepe", "instance_prompt: pepe: frog"), "is no YAML in line"),
        (swap("url: samples/sample_002.png", "url: samples/none.png"), "shows 'samples/none.png', which is no image"),
        (swap("url: samples/sample_002.png", "url: LICENSE.md"), "shows 'LICENSE.md', which is no image"),
        (swap("](samples/sample_003.png)", "](samples/x.png)"), "'samples/x.png' is no image here"),
        (swap("[LICENSE.md](LICENSE.md)", "[LICENSE.md](LIZENZ.md)"), "'LIZENZ.md' is not there"),
        (swap("](https://huggingface.co/black", "](https:/huggingface.co/black"), "is no address"),
        (swap("IN NO EVENT SHALL", "IN EVENT SHALL"), "the notice that the FLUX.1 [dev]"),
        (swap('weight_name="pepe-frog.safetensors"', 'weight_name="x.safetensors"'), "the code loads 'x.safetensors', but here is pepe-frog.safetensors"),
        (swap("# Pepe Frog", "# {{MODEL_NAME}}"), "{{MODEL_NAME}} was never filled"),
        (lambda text: text.split("---\n", 2)[2], "there is no metadata"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(readme: Path, change: Break, message: str) -> None:
    readme.write_text(change(readme.read_text("utf-8")), "utf-8")
    found = check_card(readme)
    assert any(message in problem.message for problem in found), found
    done = card("check", readme)
    assert done.returncode == 1 and message in done.stdout


def test_lines_are_those_of_the_file(readme: Path) -> None:
    lines = readme.read_text("utf-8").split("\n")
    number = lines.index("# Pepe Frog") + 1
    lines[number - 1] = "# [x](none.md) {{X}}"
    readme.write_text("\n".join(lines), "utf-8")
    assert {problem.line for problem in check_card(readme)} == {number}


def test_files_that_are_gone(readme: Path) -> None:
    (readme.parent / "LICENSE.md").unlink()
    (readme.parent / "pepe-frog.safetensors").write_bytes(safetensors()[:-9])
    told = " ".join(problem.message for problem in check_card(readme))
    assert "LICENSE.md is missing" in told and "are cut off" in told


def test_weights_of_another_trigger(readme: Path) -> None:
    place = readme.parent / "pepe-frog.safetensors"
    place.unlink()
    place.write_bytes(safetensors({"modelspec.trigger_phrase": "kermit"}))
    assert "names the trigger word 'kermit'" in check_card(readme)[0].message


def test_a_link_out_of_the_folder(readme: Path) -> None:
    (readme.parent.parent / "secret.png").write_bytes(b"\x89PNG")
    text = readme.read_text("utf-8").replace("url: samples/sample_001.png", "url: ../secret.png")
    readme.write_text(text, "utf-8")
    assert any("'../secret.png', which is no image here" in p.message for p in check_card(readme))


def test_no_card(tmp_path: Path) -> None:
    with pytest.raises(CardError, match="There is no card"):
        check_card(tmp_path / "README.md")
    (tmp_path / "README.md").write_bytes(b"\xff\xfe")
    with pytest.raises(CardError, match="not in UTF-8"):
        check_card(tmp_path / "README.md")
