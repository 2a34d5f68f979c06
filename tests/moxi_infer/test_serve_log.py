"""What a log of vLLM tells of its end; the texts have the shape of those of vLLM 0.32."""

from __future__ import annotations

import pytest

from moxi_infer.serve_log import reason, stage_of

CORE = "(EngineCore pid=12) ERROR 11-29 16:23:41 [core.py:133] "
API = "(APIServer pid=8) INFO 11-29 16:23:07 [model.py:733] "
ENDS = "\nRuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}\n"
LENGTH = """\
pydantic_core._pydantic_core.ValidationError: 1 validation error for ModelConfig
  Value error, User-specified max_model_len (5000) is greater than the derived max_model_len (896). [x]
    For further information visit https://errors.pydantic.dev/2.14/v/value_error
"""


@pytest.mark.parametrize(
    ("log", "told"),
    [
        (
            f"{CORE}torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB.\n{CORE}{ENDS}",
            "CUDA out of memory. Tried to allocate 2 GiB (it needs more memory than there is",
        ),
        (
            f"{CORE}ValueError: To serve at least one request, 9 GiB KV cache is needed.{ENDS}",
            "To serve at least one request, 9 GiB KV cache is needed (it needs more memory",
        ),
        (
            LENGTH,
            "(5000) is greater than the derived max_model_len (896). [x] (lower --max-model-len)",
        ),
        (
            "usage: api_server.py [-h]\napi_server.py: error: unrecognized arguments: --colour\n",
            "unrecognized arguments: --colour (leave out the argument after `--`)",
        ),
        (
            "OSError: [Errno 98] Address already in use\n",
            "[Errno 98] Address already in use (give another --port)",
        ),
        (
            "ModuleNotFoundError: No module named 'torch'\n",
            "No module named 'torch' (install vLLM anew: make serve)",
        ),
        (f"{CORE}KeyError: 'lm_head.weight'{ENDS}", "code 1: 'lm_head.weight'"),
        (f"{API}Resolved architecture\nSegmentation fault\n\n", "code 1: Segmentation fault"),
        ("", "code 1: it said nothing"),
    ],
)
def test_the_cause_and_its_mend_in_one_sentence(log: str, told: str) -> None:
    found = reason(log, 1)
    assert told in found
    assert found.startswith("vLLM has ended with code 1: ")
    assert "\n" not in found


def test_a_warning_of_long_ago_is_not_the_cause() -> None:
    early = f"{API}WARNING: No module named 'triton'\n" + f"{API}fine\n" * 30
    assert "triton" not in reason(f"{early}ValueError: no such head\n", 1)


def test_a_server_that_was_killed() -> None:
    assert "it was killed (it may need more memory" in reason(f"{API}Resolved architecture\n", -9)


def test_stages() -> None:
    assert stage_of(f"{CORE}Starting to load model tiny...") == "loading weights"
    assert stage_of(f"{API}Available routes are:") == ""
