"""Model cards for image LoRAs: written before training, finished after it."""

from moxi_card.captions import extract_captions
from moxi_card.card import ModelCardGenerator

__all__ = ["ModelCardGenerator", "extract_captions"]
