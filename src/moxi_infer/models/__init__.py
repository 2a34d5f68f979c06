"""Models that write sections: on a server that speaks OpenAI's protocol, or loaded here."""

from moxi_infer.models.choose import ModelSettings, opened_model

__all__ = ["ModelSettings", "opened_model"]
