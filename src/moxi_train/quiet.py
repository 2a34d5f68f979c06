"""What libraries say by themselves, kept to errors: what users see is said by Moxi."""

from __future__ import annotations

import logging
import os
import warnings


def quiet_libraries() -> None:
    """Progress bars off, warnings off; MOXI_DEBUG leaves everything as it is."""
    if os.environ.get("MOXI_DEBUG"):
        return
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
    os.environ.setdefault("COMET_LOGGING_CONSOLE", "ERROR")  # transformers imports it where it is
    warnings.filterwarnings("ignore")
    import datasets
    from transformers.utils import logging as loud

    logging.getLogger("huggingface_hub.utils._http").setLevel(logging.ERROR)
    loud.set_verbosity_error()
    loud.disable_progress_bar()
    datasets.utils.logging.set_verbosity_error()
    datasets.disable_progress_bars()
    for name in ("accelerate", "trl", "peft", "bitsandbytes", "huggingface_hub", "httpx"):
        logging.getLogger(name).setLevel(logging.ERROR)
