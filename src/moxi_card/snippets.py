"""How the LoRA is used: diffusers, ComfyUI, AUTOMATIC1111."""

from __future__ import annotations

import json
from collections.abc import Iterator

from moxi_card.bases import Range
from moxi_card.job import Job
from moxi_infer.markdown import code


def middle(span: Range) -> float:
    """A number in the middle of a range, as one would type it."""
    return round((span[0] + span[1]) / 2, 2)


def usage(job: Job, prompt: str) -> str:
    """The section on use. `prompt` is short, and may stand between double quotes."""
    return "\n\n".join(
        ["### diffusers", diffusers(job, prompt), *_comfyui(job), *_webui(job, prompt)]
    )


def diffusers(job: Job, prompt: str) -> str:
    """A program that draws one image, in a fenced block."""
    base = job.base
    dtype = base.family.dtype if base.family else "bfloat16"
    arguments = [json.dumps(prompt, ensure_ascii=False)]
    steps, guidance = job.setting("steps"), job.setting("guidance")
    if steps:
        arguments.append(f"num_inference_steps={int(steps[1])}")
    if guidance:
        arguments.append(f"guidance_scale={guidance[0]:g}")
    lines = [
        "```python",
        "import torch",
        "from diffusers import DiffusionPipeline",
        "",
        'device = "cuda" if torch.cuda.is_available() else "cpu"',
        "pipeline = DiffusionPipeline.from_pretrained(",
        f'    "{job.base_model}",',
        f'    torch_dtype=torch.{dtype} if device == "cuda" else torch.float32,',
        ").to(device)",
        "pipeline.load_lora_weights(",
        f'    "{job.repo_id}",',
        f'    weight_name="{job.weights_name}",',
        '    adapter_name="lora",',
        ")",
        f'pipeline.set_adapters("lora", adapter_weights={middle(job.lora_strength):g})',
        "",
        "image = pipeline(",
        *(f"    {argument}," for argument in arguments),
        ").images[0]",
        'image.save("image.png")',
        "```",
    ]
    needs = "pip install -U diffusers transformers accelerate peft"
    if base.gated:
        needs += f"\nhf auth login  # {job.base_model} asks you to accept its license on the Hub"
    return f"```sh\n{needs}\n```\n\n" + "\n".join(lines)


def _download(job: Job, folder: str) -> str:
    return f"```sh\nhf download {job.repo_id} {job.weights_name} --local-dir {folder}\n```"


def _comfyui(job: Job) -> Iterator[str]:
    yield "### ComfyUI"
    yield _download(job, "ComfyUI/models/loras")
    yield (
        f"Put a `LoraLoaderModelOnly` node between the model and the sampler, choose {code(job.weights_name)}, "
        f"and set `strength_model` to {middle(job.lora_strength):g}."
    )


def _webui(job: Job, prompt: str) -> Iterator[str]:
    family = job.base.family
    name = family.webui if family else ""
    if not name:
        return
    yield f"### {'A1111' if 'AUTOMATIC1111' in name else name}"
    if "AUTOMATIC1111" not in name:
        yield f"AUTOMATIC1111 itself does not run {job.base.title.replace('[', '').replace(']', '')}; {name}, which grew out of it, does."
    yield _download(job, "models/Lora")
    yield "Then write into the prompt:"
    yield f"```text\n{prompt} <lora:{job.slug}:{middle(job.lora_strength):g}>\n```"
