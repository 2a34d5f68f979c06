"""Base models that are known: how a LoRA of each is used, and which terms bind what is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from moxi_core.patterns import lazy_pattern

FamilyName = Literal["flux", "sdxl", "sd15", "sd35", "zimage", "qwen"]
Range = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """What models of one architecture share. `dtype` is what diffusers loads them in.

    `sample_*` is how a trainer draws its samples; `webui` names the program of AUTOMATIC1111's kind
    that runs it.
    """

    name: FamilyName
    guidance: Range
    steps: tuple[int, int]
    resolution: int
    dtype: str
    flow: bool  # trained and sampled by flow matching
    sample_guidance: float
    sample_steps: int
    webui: str
    ai_toolkit: Mapping[str, object]  # how ai-toolkit's `model` table names it
    simpletuner: str
    diffusers_script: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the license of a base asks of a LoRA of it.

    `binds`: a derivative keeps this license. `notice` must stand where people see it.
    """

    license: str  # an identifier of the Hub
    name: str = ""  # with `other`
    link: str = ""
    title: str = ""
    binds: bool = True
    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A base model as far as it is known; `family` and `terms` are None where nothing is."""

    id: str
    title: str
    gated: bool = False  # its terms must be accepted on the Hub before it can be downloaded
    family: Family | None = None
    terms: Terms | None = None
    settings: Mapping[str, Range] = field(default_factory=dict)  # where it departs from its family
    model: Mapping[str, object] = field(default_factory=dict)  # likewise, for ai-toolkit

    @property
    def names(self) -> tuple[str, ...]:
        """What a text may call it."""
        return (self.id, self.id.partition("/")[2], self.title)


_FLOW: Mapping[str, object] = MappingProxyType({"quantize": True})
FAMILIES: Mapping[str, Family] = {
    family.name: family
    for family in (
        Family(
            name="flux", guidance=(3.5, 4.0), steps=(20, 30), resolution=1024, dtype="bfloat16",
            flow=True, sample_guidance=4, sample_steps=20, webui="Forge",
            ai_toolkit={"is_flux": True, **_FLOW}, simpletuner="flux",
            diffusers_script="train_dreambooth_lora_flux.py", tags=("flux",),
        ),
        Family(
            name="sdxl", guidance=(5.0, 7.5), steps=(25, 35), resolution=1024, dtype="float16",
            flow=False, sample_guidance=6, sample_steps=25, webui="AUTOMATIC1111, Forge",
            ai_toolkit={"is_xl": True}, simpletuner="sdxl",
            diffusers_script="train_dreambooth_lora_sdxl.py", tags=("stable-diffusion-xl",),
        ),
        Family(
            name="sd15", guidance=(7.0, 8.0), steps=(25, 35), resolution=512, dtype="float16",
            flow=False, sample_guidance=7, sample_steps=25, webui="AUTOMATIC1111, Forge",
            ai_toolkit={}, simpletuner="sd1x",
            diffusers_script="train_dreambooth_lora.py", tags=("stable-diffusion",),
        ),
        Family(
            name="sd35", guidance=(3.5, 5.0), steps=(28, 40), resolution=1024, dtype="bfloat16",
            flow=True, sample_guidance=4, sample_steps=25, webui="Forge",
            ai_toolkit={"arch": "sd3", **_FLOW}, simpletuner="sd3",
            diffusers_script="train_dreambooth_lora_sd3.py", tags=("sd3.5",),
        ),
        Family(
            name="zimage", guidance=(3.0, 5.0), steps=(28, 50), resolution=1024, dtype="bfloat16",
            flow=True, sample_guidance=4, sample_steps=30, webui="",
            ai_toolkit={"arch": "zimage", **_FLOW}, simpletuner="",
            diffusers_script="train_dreambooth_lora_z_image.py", tags=("z-image",),
        ),
        Family(
            name="qwen", guidance=(3.0, 4.0), steps=(30, 50), resolution=1024, dtype="bfloat16",
            flow=True, sample_guidance=4, sample_steps=25, webui="",
            ai_toolkit={"arch": "qwen_image", **_FLOW}, simpletuner="qwen_image",
            diffusers_script="train_dreambooth_lora_qwen_image.py", tags=("qwen-image",),
        ),
    )
}  # fmt: skip

FLUX_DEV = Terms(
    license="other",
    name="flux-1-dev-non-commercial-license",
    link="https://huggingface.co/black-forest-labs/FLUX.1-dev/blob/main/LICENSE.md",
    title="FLUX.1 [dev] Non-Commercial License",
    notice=(
        "The FLUX.1 [dev] Model is licensed by Black Forest Labs. Inc. under the FLUX.1 [dev] "
        "Non-Commercial License. Copyright Black Forest Labs. Inc.\n\n"
        "IN NO EVENT SHALL BLACK FOREST LABS, INC. BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER "
        "LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR "
        "IN CONNECTION WITH USE OF THIS MODEL."
    ),
)
_APACHE = Terms(license="apache-2.0", title="Apache License 2.0", binds=False)
_OPENRAIL_PLUS = Terms(
    license="openrail++",
    title="CreativeML Open RAIL++-M License",
    link="https://huggingface.co/stabilityai/stable-diffusion-xl-base-1.0/blob/main/LICENSE.md",
)
_OPENRAIL = Terms(
    license="creativeml-openrail-m",
    title="CreativeML OpenRAIL-M License",
    link="https://huggingface.co/spaces/CompVis/stable-diffusion-license",
)
_STABILITY = Terms(
    license="other",
    name="stabilityai-ai-community",
    link="https://huggingface.co/stabilityai/stable-diffusion-3.5-large/blob/main/LICENSE.md",
    title="Stability AI Community License",
    notice=(
        "This Stability AI Model is licensed under the Stability AI Community License, Copyright © "
        "Stability AI Ltd. All Rights Reserved.\n\nPowered by Stability AI"
    ),
)
_TURBO: Mapping[str, Range] = {"guidance": (0.0, 0.0), "steps": (8, 9), "sample": (1, 8)}
_TURBO_ADAPTER = "ostris/zimage_turbo_training_adapter/zimage_turbo_training_adapter_v2.safetensors"


def _base(name: str, title: str, family: FamilyName, terms: Terms, **more: object) -> Base:
    return Base(id=name, title=title, family=FAMILIES[family], terms=terms, **more)  # type: ignore[arg-type]


_KNOWN = (
    _base("black-forest-labs/FLUX.1-dev", "FLUX.1 [dev]", "flux", FLUX_DEV, gated=True),
    _base("black-forest-labs/FLUX.1-Krea-dev", "FLUX.1 Krea [dev]", "flux", FLUX_DEV, gated=True),
    _base(
        "black-forest-labs/FLUX.1-schnell", "FLUX.1 [schnell]", "flux", _APACHE,
        settings={"guidance": (0.0, 0.0), "steps": (1, 4), "sample": (1, 4)},
        model={"assistant_lora_path": "ostris/FLUX.1-schnell-training-adapter"},
    ),
    _base("stabilityai/stable-diffusion-xl-base-1.0", "Stable Diffusion XL (SDXL)", "sdxl", _OPENRAIL_PLUS),
    _base("stable-diffusion-v1-5/stable-diffusion-v1-5", "Stable Diffusion 1.5", "sd15", _OPENRAIL),
    _base("runwayml/stable-diffusion-v1-5", "Stable Diffusion 1.5", "sd15", _OPENRAIL),
    _base("CompVis/stable-diffusion-v1-4", "Stable Diffusion 1.4", "sd15", _OPENRAIL),
    _base("stabilityai/stable-diffusion-3.5-large", "Stable Diffusion 3.5 Large", "sd35", _STABILITY, gated=True),
    _base("stabilityai/stable-diffusion-3.5-medium", "Stable Diffusion 3.5 Medium", "sd35", _STABILITY, gated=True),
    _base("Tongyi-MAI/Z-Image", "Z-Image", "zimage", _APACHE),
    _base(
        "Tongyi-MAI/Z-Image-Turbo", "Z-Image Turbo", "zimage", _APACHE,
        settings=_TURBO, model={"assistant_lora_path": _TURBO_ADAPTER},
    ),
    _base("Qwen/Qwen-Image", "Qwen-Image", "qwen", _APACHE),
)  # fmt: skip
_BY_ID = {base.id.casefold(): base for base in _KNOWN}
# A copy of a bound model under another name is bound as well.
_FLUX_DEV_COPY = lazy_pattern(r"(?i).*/flux[._-]?1?[._-]dev(?:[._-].*)?")


def base_of(name: str, family: str = "") -> Base:
    """What is known of a base model, by its id on the Hub. `family` is what the user knows of it."""
    known = _BY_ID.get(name.casefold())
    if known is not None:
        return known
    if _FLUX_DEV_COPY.fullmatch(name):
        return Base(id=name, title=name.partition("/")[2], family=FAMILIES["flux"], terms=FLUX_DEV)
    return Base(id=name, title=name.partition("/")[2], family=FAMILIES.get(family))
