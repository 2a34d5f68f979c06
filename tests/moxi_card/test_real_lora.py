"""A real LoRA, tiny: trained by diffusers and peft on this CPU, finished, loaded by the card's own code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from tests.moxi_card.jobs import card, environment, write_job
from tests.moxi_core.hub import Hub

diffusers = pytest.importorskip("diffusers")

BASE = "tests/tiny-sd"
STEPS = 30
SEEDED = "import torch\ntorch.manual_seed(0)\ntorch.set_num_threads(1)"
# The same prompt once more, and once with the LoRA switched off.
REDRAWN = """
def redrawn(name):
    torch.manual_seed(0)
    pipeline("pepe, a green frog sitting", num_inference_steps=4, guidance_scale=7).images[0].save(name)
redrawn("again.png")
pipeline.disable_lora()
redrawn("without.png")
"""


def tiny_pipeline(folder: Path) -> Any:
    """A pipeline shaped as Stable Diffusion 1.5, with random weights."""
    import torch
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

    torch.manual_seed(0)
    letters = [chr(code) for code in range(33, 127)]
    words = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    folder.mkdir(parents=True)
    (folder / "vocab.json").write_text(json.dumps({word: n for n, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    tokenizer = CLIPTokenizer(
        str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=77
    )
    text = CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(words), hidden_size=32, intermediate_size=37, num_hidden_layers=2,
            num_attention_heads=4, max_position_embeddings=77, bos_token_id=len(words) - 2,
            eos_token_id=len(words) - 1, pad_token_id=1,
        )
    )  # fmt: skip
    unet = diffusers.UNet2DConditionModel(
        block_out_channels=(32, 64), layers_per_block=1, sample_size=16, in_channels=4, out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), cross_attention_dim=32, norm_num_groups=8,
    )  # fmt: skip
    vae = diffusers.AutoencoderKL(
        block_out_channels=(32, 64), in_channels=3, out_channels=3, latent_channels=4, norm_num_groups=8,
        down_block_types=("DownEncoderBlock2D", "DownEncoderBlock2D"),
        up_block_types=("UpDecoderBlock2D", "UpDecoderBlock2D"),
    )  # fmt: skip
    scheduler = diffusers.DDIMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False
    )
    return diffusers.StableDiffusionPipeline(
        vae=vae, text_encoder=text, tokenizer=tokenizer, unet=unet, scheduler=scheduler,
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip


def train(pipeline: Any, folder: Path) -> list[float]:
    """Adapt the UNet by LoRA to one latent image; the losses."""
    import torch
    from peft import LoraConfig
    from peft.utils import get_peft_model_state_dict

    unet = pipeline.unet
    unet.requires_grad_(False)
    unet.add_adapter(
        LoraConfig(r=4, lora_alpha=4, target_modules=["to_q", "to_k", "to_v", "to_out.0"])
    )
    weights = [p for p in unet.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=1e-2)
    noise = torch.Generator().manual_seed(1)
    target = torch.randn(1, 4, 16, 16, generator=noise)
    with torch.no_grad():
        states = pipeline.encode_prompt("pepe, a green frog", "cpu", 1, False)[0]
    losses = []
    for _ in range(STEPS):
        added = torch.randn(target.shape, generator=noise)
        step = torch.randint(0, 1000, (1,), generator=noise)
        noisy = pipeline.scheduler.add_noise(target, added, step)
        loss = torch.nn.functional.mse_loss(unet(noisy, step, states).sample, added)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    pipeline.save_lora_weights(folder, unet_lora_layers=get_peft_model_state_dict(unet))
    return losses


def snippet(readme: str) -> str:
    (code,) = (
        t.content for t in MarkdownIt().parse(readme) if t.type == "fence" and t.info == "python"
    )
    return code


@pytest.mark.slow
def test_the_cards_own_code_loads_what_was_published(
    server: Hub, known: dict[str, str], tmp_path: Path
) -> None:
    import torch

    torch.set_num_threads(1)
    pipeline = tiny_pipeline(tmp_path / "tokenizer")
    pipeline.set_progress_bar_config(disable=True)
    pipeline.save_pretrained(tmp_path / "base")
    base = {
        str(file.relative_to(tmp_path / "base")): file.read_bytes()
        for file in (tmp_path / "base").rglob("*") if file.is_file()
    }  # fmt: skip
    server.add(BASE, base)
    losses = train(pipeline, tmp_path / "trained")
    assert sum(losses[-10:]) < sum(losses[:10])
    samples = tmp_path / "samples"
    samples.mkdir()
    job = write_job(
        tmp_path,
        baseModel=BASE,
        family="sd15",
        license="openrail++",
        steps=STEPS,
        inferenceSteps=[2, 4],
    )
    assert card("publish", job, "--public", **known).returncode == 0
    for number, prompt in enumerate((tmp_path / "sample_prompts.txt").read_text().splitlines()):
        drawn = pipeline(
            prompt, num_inference_steps=4, generator=torch.Generator().manual_seed(42)
        ).images[0]
        drawn.save(samples / f"{number}.png")
    weights = tmp_path / "trained" / "pytorch_lora_weights.safetensors"
    done = card("finish", job, "--weights", weights, "--samples", samples, **known)
    assert done.returncode == 0, done.stderr
    readme = server.files["org/pepe-frog"]["README.md"].decode()
    assert "| Rank | 4" in readme
    assert card("check", tmp_path / "upload_package" / "README.md").returncode == 0
    done_here = subprocess.run(
        [sys.executable, "-c", f"{SEEDED}\n{snippet(readme)}\n{REDRAWN}"], cwd=tmp_path,
        env=environment(**known), capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert done_here.returncode == 0, done_here.stderr[-3000:]
    drawn_with, again, without = (
        pixels(tmp_path / name) for name in ("image.png", "again.png", "without.png")
    )
    assert drawn_with == again != without


def pixels(place: Path) -> bytes:
    """What an image shows."""
    from PIL import Image

    with Image.open(place) as image:
        return image.tobytes()
