"""The command line of vLLM's server: budgets of the prompt, structured output, what a CPU wants."""

from __future__ import annotations

import ipaddress
import json
import os
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from moxi_core.errors import SettingsError
from moxi_core.prompt import CHAT_TEMPLATE_KWARGS, PromptStyle
from moxi_infer.serve_python import Vllm

PORT = 8000
KEY = "VLLM_API_KEY"  # vLLM reads it, so that the key is not in the list of processes

_GIB = 1 << 30
_SECTIONS = 8  # of a README are asked for at a time; they share their context
_RANKS = (8, 16, 32, 64, 128, 256, 320, 512)  # of adapters, that vLLM knows
# By the default backend two of eight answers of a model without sense keep to their schema, so eight.
_STRUCTURED = {"backend": "guidance", "disable_any_whitespace": True}
_OURS = ("--host", "--port", "--api-key", "--model", "--served-model-name", "--lora-modules")


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What is served, and where. `max_tokens` of prompt and answer; None as the model was trained."""

    name: str
    model: str
    adapter: Path | None = None
    rank: int = 0
    prompt: PromptStyle | None = None
    host: str = "127.0.0.1"
    port: int = PORT
    api_key: str = field(default="", repr=False)
    max_tokens: int | None = None
    tensor_parallel: int = 1
    more: tuple[str, ...] = ()  # arguments for vLLM; they win over ours

    @property
    def address(self) -> str:
        """What a client of OpenAI's takes as its base address, on this machine."""
        return f"http://{self.bracketed}:{self.port}/v1"

    @property
    def near(self) -> str:
        """The host by which this machine itself reaches the server."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104

    @property
    def bracketed(self) -> str:
        """`near`, as an address of the web has it."""
        return f"[{self.near}]" if ":" in self.near else self.near


@dataclass(frozen=True, slots=True)
class CommandLine:
    """What is run, and what it gets beside our own environment."""

    arguments: list[str]
    environment: dict[str, str] = field(repr=False)

    def __str__(self) -> str:
        """As one would type it; a key is not shown."""
        given = [
            f'{name}="$MOXI_API_KEY"' if name == KEY else f"{name}={shlex.quote(value)}"
            for name, value in self.environment.items()
        ]
        return " ".join([*given, shlex.join(self.arguments)])


def command_line(serving: Serving, vllm: Vllm) -> CommandLine:
    """How vLLM is started. Raises SettingsError for what would be unsafe or cannot be."""
    _refuse(serving)
    config = _config(serving.model)
    environment = {"VLLM_NO_USAGE_STATS": "1", "VLLM_LOGGING_COLOR": "0"}
    if serving.api_key:
        environment[KEY] = serving.api_key
    if vllm.is_cpu:
        space = os.environ.get("VLLM_CPU_KVCACHE_SPACE") or str(cache_gib(serving, config))
        environment["VLLM_CPU_KVCACHE_SPACE"] = space
    line = [vllm.python, "-m", "vllm.entrypoints.openai.api_server"]
    return CommandLine([*line, *_arguments(serving, vllm, config), *serving.more], environment)


def _arguments(serving: Serving, vllm: Vllm, config: Mapping[str, Any]) -> Iterator[str]:
    yield from ("--model", serving.model)
    if serving.adapter:
        module = {"name": serving.name, "path": str(serving.adapter)}
        rank = next((rank for rank in _RANKS if rank >= serving.rank), _RANKS[-1])
        yield from ("--served-model-name", f"{serving.name}-base", "--enable-lora")
        yield from ("--lora-modules", json.dumps(module), "--max-lora-rank", str(rank))
    else:
        yield from ("--served-model-name", serving.name)
    yield from ("--host", serving.host, "--port", str(serving.port))
    yield from ("--max-model-len", _length(serving, config))
    yield from ("--enable-prefix-caching", "--structured-outputs-config", json.dumps(_STRUCTURED))
    yield from ("--default-chat-template-kwargs", json.dumps(CHAT_TEMPLATE_KWARGS))
    yield "--disable-uvicorn-access-log"
    if serving.tensor_parallel > 1:
        yield from ("--tensor-parallel-size", str(serving.tensor_parallel))
    if vllm.is_cpu:  # bfloat16 is slower without AVX512; compiling takes longer than a README does
        yield from ("--dtype", "float32", "--enforce-eager")


def _refuse(serving: Serving) -> None:
    if not is_loopback(serving.host) and not serving.api_key:
        raise SettingsError(
            f"--host {serving.host} lets other machines ask this one: set MOXI_API_KEY to a key that they "
            "must know, or leave --host out."
        )
    for word in serving.more:
        name = word.partition("=")[0].replace("_", "-")
        if name in _OURS:
            raise SettingsError(f"{name} is decided before `--`: give it to `moxi serve` itself.")


def is_loopback(host: str) -> bool:
    """Whether a host can be reached from this machine only."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _length(serving: Serving, config: Mapping[str, Any]) -> str:
    """Tokens of prompt and answer: as trained, as the model can; `auto` lets vLLM see what fits."""
    if serving.max_tokens:
        return str(serving.max_tokens)
    known = _whole(config, "max_position_embeddings")
    if not serving.prompt and not known:
        return "auto"
    style = serving.prompt or PromptStyle()
    wanted = style.context_tokens + style.answer_tokens
    return str(min(wanted, known or wanted))


def cache_gib(serving: Serving, config: Mapping[str, Any]) -> int:
    """GiB of keys and values in float32: of one README's sections, asked for at the same time."""
    layers, heads = (
        _whole(config, name) or 32 for name in ("num_hidden_layers", "num_attention_heads")
    )
    size = _whole(config, "head_dim") or (_whole(config, "hidden_size") or 4_096) // heads
    a_token = 2 * 4 * layers * size * (_whole(config, "num_key_value_heads") or heads)
    style = serving.prompt or PromptStyle()
    tokens = style.context_tokens + _SECTIONS * style.answer_tokens
    tokens = max(tokens, 2 * (serving.max_tokens or 0))
    return max(1, -(-tokens * a_token // _GIB))


def _whole(config: Mapping[str, Any], name: str) -> int:
    """A number of the configuration; 0 where it has none, or none that can be."""
    found = config.get(name)
    return found if isinstance(found, int) and found > 0 else 0


def _config(model: str) -> Mapping[str, Any]:
    """config.json of a model in a folder; {} for one of the Hub, which vLLM fetches."""
    try:
        found = json.loads((Path(model) / "config.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    inner = found.get("text_config") if isinstance(found, dict) else {}
    return inner if isinstance(inner, dict) else found
