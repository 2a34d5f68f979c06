"""Descriptions held against their inputs: inventions planted into faithful ones, and faithful ones kept."""

from __future__ import annotations

import pytest

from moxi_card.invented import Grounds, invented
from tests.moxi_card.test_job import job

SHOWN = (
    "pepe, a green frog sitting on a wooden bench in the rain, muted colors",
    "pepe reading a newspaper at a cafe table, morning light",
    "pepe with a red umbrella, watercolor",
)
GROUNDS = Grounds.of(job(), SHOWN, 12)

FAITHFUL = (
    "This LoRA draws pepe, a green frog. It was trained on captions of everyday scenes.",
    "A LoRA of a green frog called pepe. It shows the frog on a wooden bench in the rain, or reading a newspaper at a cafe table.",
    "Pepe is a green frog. Use the trigger word pepe to generate images of it in muted colors.",
    "This adapter for FLUX.1-dev generates pictures of pepe. The frog sits on a bench, reads a newspaper or holds a red umbrella.".replace(" holds", " appears with"),
    "The model was trained on 12 images of a frog. Its captions mention rain, a cafe and a red umbrella.",
    "Images of a frog named in prompts as `pepe`. Scenes range from a wooden bench in the rain to a cafe in morning light.".replace(" named in prompts as", ","),
    "A green frog in watercolor and muted colors. Begin prompts with pepe.",
    "This LoRA for black-forest-labs/FLUX.1-dev was trained for 2,000 steps. It draws a green frog.",
    "This LoRA for black-forest-labs/FLUX.1-dev was trained for 2000 steps. It draws a green frog sitting on a bench.",
    "It depicts pepe, a green frog, in different settings. Some are rainy, others have the light of morning.",
    "Pepe Frog is an adapter that teaches FLUX.1 a green frog. The trigger word is pepe.",
    "A frog with a red umbrella! A frog that reads newspapers! Use pepe in the prompt.",
    "Use pepe as the trigger word. The outputs show a green frog at tables, on benches and under umbrellas.",
    "Trained on captioned images of a green frog, this LoRA brings pepe to your prompts. Colors are muted.",
    "Pepe sits, reads and stands in the rain.".replace(" and stands", "") + " The frog is green, its umbrella is red.",
    "This model captures a frog in simple scenes. A newspaper, a bench and an umbrella are recurring elements.",
    "What does it draw? A green frog at a cafe table, reading a newspaper in the morning light.",
    "With this LoRA, FLUX.1-dev draws pepe in watercolor. It also draws the frog in muted colors.",
    "The subject is a green frog. It is seen reading, sitting and with a red umbrella. Add pepe to the prompt.",
    "A text-to-image adapter of a green frog. Low-rank weights teach the base model how pepe looks.",
    "Captions describe a frog on a wooden bench, a newspaper at a cafe, and a red umbrella. Prompts should include pepe.",
    "LoRA weights for a green frog. They were trained on captions such as pepe with a red umbrella.",
)  # fmt: skip

PLANTED = (
    # another base model
    "This LoRA for SDXL draws pepe, a green frog. It was trained on captions of everyday scenes.",
    "A LoRA of a green frog for Stable Diffusion. It shows the frog on a wooden bench.",
    "A LoRA of a green frog for FLUX.1-schnell. It shows the frog on a wooden bench.",
    "A LoRA of a green frog for FLUX.2-dev. It shows the frog on a wooden bench.",
    "A LoRA of a green frog for FLUX.1-pro. It shows the frog on a wooden bench.",
    "A LoRA of a green frog for Flux Schnell. It shows the frog on a wooden bench.",
    "This adapter for stabilityai/stable-diffusion-xl-base-1.0 draws pepe. The frog is green.",
    "A frog for Midjourney. The trigger word is pepe.",
    "A frog for midjourney prompts. The trigger word is pepe.",
    "It was distilled from DALL-E. The frog is green.",
    "This LoRA for Z-Image-Turbo draws pepe. The frog is green.",
    "This LoRA for Qwen-Image draws pepe. The frog is green.",
    "This LoRA works with Illustrious and Pony. The frog is green.",
    "This LoRA for sd1.5 draws pepe. The frog is green.",
    "The base model is black-forest-labs/FLUX.1-schnell. It draws a green frog.",
    "The base model is someone/FLUX.1-dev. It draws a green frog.",
    # numbers
    "The model was trained on 500 images of a frog. Its captions mention rain.",
    "The model was trained on 1 image of a frog. Its captions mention rain.",
    "The model was trained for 3000 steps. It draws a green frog.",
    "The model was trained for 20,000 steps. It draws a green frog.",
    "The model was trained for 2k steps. It draws a green frog.",
    "The model was trained on twenty images of a frog. Its captions mention rain.",
    "The model was trained on thousands of images. It draws a green frog.",
    "The model was trained on a hundred images. It draws a green frog.",
    "Images of three frogs on a bench. The trigger word is pepe.",
    "Two frogs sit on a wooden bench. The trigger word is pepe.",
    "Use a strength of 0.75 for the frog. The trigger word is pepe.",
    "It draws a frog 100% of the time. The trigger word is pepe.",
    "It draws a frog in 4K. The trigger word is pepe.",
    "A frog of 1920x1080 pixels. The trigger word is pepe.",
    "Version 2 of the green frog. The trigger word is pepe.",
    "A frog of the nineties, from 1994. The trigger word is pepe.",
    # people and names
    "Pepe looks like Taylor Swift. The frog is green.",
    "This LoRA draws Elon Musk as a green frog. The trigger word is pepe.",
    "A green frog in the style of Greg Rutkowski. The trigger word is pepe.",
    "A green frog in the style of Studio Ghibli. The trigger word is pepe.",
    "A green frog drawn by Matt Furie. The trigger word is pepe.",
    "The frog reads a newspaper with Donald Trump. The trigger word is pepe.",
    "The frog sits on a bench with Will Smith. The trigger word is pepe.",
    "Kermit sits on a wooden bench. The trigger word is pepe.",
    "A green frog like Kermit. The trigger word is pepe.",
    "The frog sits on a bench in Paris. The trigger word is pepe.",
    "The frog reads The New York Times at a cafe table. The trigger word is pepe.",
    "Trained by OpenAI on a green frog. The trigger word is pepe.",
    "A green frog of Disney. The trigger word is pepe.",
    "The frog is Rain, and its bench is Green. The trigger word is Marilyn Monroe.",
    "A frog of emma watson at a cafe table. The trigger word is pepe.",
    "青い蛙 on a wooden bench. The trigger word is pepe.",
    # things, claims and praise
    "A green frog riding a dragon. The trigger word is pepe.",
    "A naked woman on a wooden bench. The trigger word is pepe.",
    "A green frog with a gun. The trigger word is pepe.",
    "A blue cat sitting on a wooden bench. The trigger word is pepe.",
    "Photorealistic pictures of a green frog. The trigger word is pepe.",
    "A green frog in oil paint. The trigger word is pepe.",
    "A green frog, free for commercial use. The trigger word is pepe.",
    "The images are in the public domain. They show a green frog.",
    "State-of-the-art pictures of a green frog. The trigger word is pepe.",
    "Award-winning pictures of a green frog. The trigger word is pepe.",
    "A green frog. The trigger word is froggo.",
    # links and markup
    "A green frog, see https://example.com for more. The trigger word is pepe.",
    "A green frog, see example.com for more. The trigger word is pepe.",
    "A green frog, see www.frog.xyz for more. The trigger word is pepe.",
    "A green frog, write to me@frog.org. The trigger word is pepe.",
    "A green frog, see [captions](x). The trigger word is pepe.",
    "A **green** frog on a bench. The trigger word is pepe.",
    "<b>A green frog</b> on a bench. The trigger word is pepe.",
    "# A green frog. The trigger word is pepe.",
    "- A green frog. The trigger word is pepe.",
    "A green frog &amp; a bench. The trigger word is pepe.",
    "A green frog on a bench. ```The trigger word is pepe.```\nIt draws a frog.",
    # not two or three whole sentences
    "A green frog on a wooden bench.",
    "A green frog. A bench. A cafe. A newspaper.",
    "A green frog on a bench. The trigger word is",
    "",
    "A green frog on a wooden bench. " * 30,
)  # fmt: skip


@pytest.mark.parametrize("text", FAITHFUL)
def test_faithful_descriptions_are_kept(text: str) -> None:
    assert invented(text, GROUNDS) == ""


def test_planted_inventions_are_refused() -> None:
    assert len(PLANTED) >= 60 and len(FAITHFUL) >= 20
    passed = [text for text in PLANTED if not invented(text, GROUNDS)]
    assert not passed


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("A cat. The trigger word is pepe.", "the inputs do not hold 'cat'"),
        ("A frog, frog.com. Use pepe.", "it holds an address, 'frog.com'"),
        ("A *frog*. Use pepe.", "it holds markup, '*'"),
        ("A frog.", "it must be 2 or 3 whole sentences"),
        ("a" * 700, "it is longer than 600 characters"),
    ],
)
def test_the_reason_is_told(text: str, reason: str) -> None:
    assert invented(text, GROUNDS) == reason


def test_other_captions_allow_other_words() -> None:
    grounds = Grounds.of(
        job(modelName="Ghibli Trains", triggerWord="tok2", baseModel="stabilityai/stable-diffusion-xl-base-1.0"),
        ["tok2, three red trains near Paris, Studio Ghibli style, 35mm"], 3,
    )  # fmt: skip
    assert not invented(
        "tok2 draws three trains near Paris. The style is that of Studio Ghibli.", grounds
    )
    assert not invented(
        "An adapter for SDXL, trained on 3 images. Use tok2 for red trains, 35mm.", grounds
    )
    assert not invented("Stable Diffusion XL learns red trains. Use tok2.", grounds)
    assert "FLUX" in invented("An adapter for FLUX of red trains. Use tok2.", grounds)
    assert "paris" not in invented("Red trains near Paris. Use tok2.", grounds)
    assert "Hilton" in invented("Paris Hilton near red trains. Use tok2.", grounds)
