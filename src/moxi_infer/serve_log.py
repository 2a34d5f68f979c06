"""What vLLM's log tells: which stage of starting it is at, and why it has ended."""

from __future__ import annotations

import re

# Parts of lines that begin a stage, and what a person is told; the last that is found counts.
_STAGES = (
    ("non-default args", "reading the model's configuration"),
    ("Initializing a V1 LLM engine", "starting the engine"),
    ("Starting to load model", "loading weights"),
    ("Warming up model", "compiling"),
    ("KV cache size", "warming up"),
    ("Starting vLLM server", "opening the port"),
)
# Why it ends, by what the log says, and the mend. The first that is found counts.
_CAUSES = tuple(
    (re.compile(pattern, re.IGNORECASE), mend)
    for pattern, mend in (
        (r"address already in use", "give another --port"),
        (
            r"out of memory|cannot allocate memory|no available memory for the cache|free memory on device"
            r"|KV cache is needed|not enough memory|DefaultCPUAllocator|decrease --kv-cache-memory",
            "it needs more memory than there is: lower --max-model-len, take a smaller model, or spread it "
            "over GPUs by --tensor-parallel",
        ),
        (
            r"gated repo|401 client error|repositorynotfound|not a valid model identifier|LocalEntryNotFound"
            r"|offline mode|couldn't connect to|Name or service not known",
            "the Hub does not give the model: check its name and the network, and set HF_TOKEN for one that "
            "is gated",
        ),
        (r"greater than the derived max_model_len", "lower --max-model-len"),
        (r"unrecognized arguments|error: argument", "leave out the argument after `--`"),
        (r"No module named|cannot open shared object", "install vLLM anew: make serve"),
    )
)
_PREFIX = re.compile(
    r"^(\(.{1,60} pid=\d+\)\s*)?((ERROR|CRITICAL|INFO|WARNING) [\d:\- ]+ \[[^\]]+\]\s?)?"
)
_ERROR = re.compile(r"^\s*(?:[\w.]+: )?(?:[\w.]*(?:Error|Exception)|error|Value error)[:,] *(.+)")
_SECOND_HAND = ("see root cause above", "initialization failed due to", "leaked s")
_LAST = 12  # lines that may tell of the cause without being an error
_KILLED = -9
_LONGEST = 300


def stage_of(line: str) -> str:
    """The stage that a line of the log begins, "" for none."""
    return next((told for part, told in reversed(_STAGES) if part in line), "")


def reason(log: str, code: int | None) -> str:
    """One sentence, without its end: how the server has ended, by what, and the mend."""
    lines = [line for text in log.splitlines() if (line := _PREFIX.sub("", text)).strip()]
    errors = [m[1] for line in lines if (m := _ERROR.match(line)) and not _is_echo(line)]
    # Of errors the last is mostly the cause; pydantic writes its own on a line after the error's name.
    candidates = [*reversed(errors), *reversed(lines[-_LAST:])]
    told = candidates[0] if candidates else "it said nothing"
    mend = ""
    for text in candidates:
        if found := next((mend for pattern, mend in _CAUSES if pattern.search(text)), ""):
            told, mend = text, found
            break
    if code == _KILLED and not mend:
        told, mend = "it was killed", "it may need more memory than there is"
    told = " ".join(told.split())[:_LONGEST].rstrip(".")
    return f"vLLM has ended with code {code}: {told}" + f" ({mend})" * bool(mend)


def _is_echo(line: str) -> bool:
    return any(words in line.lower() for words in _SECOND_HAND)
