"""Headers of weights: what trainers write there, and what is none."""

from __future__ import annotations

import json
import pickle
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moxi_card.weights import read_weights
from moxi_core.errors import CardError
from tests.moxi_card.jobs import safetensors

KOHYA = {
    "ss_network_dim": "16", "ss_network_alpha": "8.0", "ss_steps": "1200", "ss_num_epochs": "10",
    "ss_num_train_images": "24", "ss_learning_rate": "0.0001", "ss_network_module": "networks.lora",
    "ss_optimizer": "bitsandbytes.optim.adamw.AdamW8bit(weight_decay=0.1)",
    "ss_resolution": "(1024, 768)", "ss_base_model_version": "sdxl_base_v1-0",
    "modelspec.trigger_phrase": "pepe", "ss_sd_model_name": "/home/me/secret/model.safetensors",
}  # fmt: skip


def read(tmp_path: Path, content: bytes) -> object:
    place = tmp_path / "x.safetensors"
    place.write_bytes(content)
    return read_weights(place)


def test_kohya(tmp_path: Path) -> None:
    place = tmp_path / "x.safetensors"
    place.write_bytes(safetensors(KOHYA, {"lora_unet_a.lora_down.weight": (16, 8)}))
    told = read_weights(place)
    assert (told.rank, told.alpha, told.steps, told.epochs, told.images) == (16, 8.0, 1200, 10, 24)
    assert (told.learning_rate, told.optimizer) == ("0.0001", "AdamW8bit")
    assert (told.resolution, told.family, told.trigger) == ("1024×768", "sdxl", "pepe")
    assert (told.trainer, told.dtype, told.tensors) == ("sd-scripts", "F32", 1)
    assert "secret" not in repr(told)


def test_diffusers_and_peft(tmp_path: Path) -> None:
    inner = json.dumps({"unet.r": 4, "unet.lora_alpha": 8, "unet.target_modules": ["to_q"]})
    place = tmp_path / "x.safetensors"
    place.write_bytes(safetensors({"lora_adapter_metadata": inner, "format": "pt"}))
    told = read_weights(place)
    assert (told.rank, told.alpha, told.trainer) == (4, 8.0, "diffusers")


@pytest.mark.parametrize(
    ("metadata", "family"),
    [
        ({"modelspec.architecture": "stable-diffusion-xl-v1-base/lora"}, "sdxl"),
        ({"modelspec.architecture": "stable-diffusion-v1/lora"}, "sd15"),
        ({"modelspec.architecture": "flux-1-dev/lora"}, "flux"),
        ({"ss_base_model_version": "sd_v1"}, "sd15"),
        ({"ss_base_model_version": "zimage"}, "zimage"),
        ({}, "flux"),
    ],
)
def test_families(tmp_path: Path, metadata: dict[str, str], family: str) -> None:
    place = tmp_path / "x.safetensors"
    place.write_bytes(safetensors(metadata))
    assert read_weights(place).family == family


def test_the_rank_is_read_from_shapes(tmp_path: Path) -> None:
    place = tmp_path / "x.safetensors"
    place.write_bytes(safetensors())
    assert read_weights(place).rank == 4


@pytest.mark.parametrize("cut", [0, 4, 8, 60, 200, -1])
def test_truncated(tmp_path: Path, cut: int) -> None:
    with pytest.raises(CardError, match=r"are cut off|no safetensors header"):
        read(tmp_path, safetensors()[:cut])


def test_pickles(tmp_path: Path) -> None:
    for protocol in (2, 4, 5):
        with pytest.raises(CardError, match="are a pickle, which runs code"):
            read(tmp_path, pickle.dumps({"lora_A": [1]}, protocol))
    place = tmp_path / "archive.safetensors"
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("data.pkl", b"x")
    with pytest.raises(CardError, match="are a pickle"):
        read_weights(place)


def test_what_is_no_lora(tmp_path: Path) -> None:
    with pytest.raises(CardError, match="hold no LoRA"):
        read(tmp_path, safetensors(tensors={"model.weight": (2, 2)}))
    with pytest.raises(CardError, match="cannot be read"):
        read_weights(tmp_path / "none.safetensors")


@given(st.binary(max_size=400))
def test_whatever_bytes(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    with pytest.raises(CardError):
        read(tmp_path_factory.getbasetemp(), content)


@given(st.integers(0, 350), st.integers(0, 255))
def test_one_byte_changed(tmp_path_factory: pytest.TempPathFactory, at: int, byte: int) -> None:
    whole = bytearray(safetensors({"ss_steps": "5"}))
    whole[at] = byte
    try:
        read(tmp_path_factory.getbasetemp(), bytes(whole))
    except CardError as error:
        assert "\n" not in str(error)
