"""`moxi serve`: a trained model behind an OpenAI-compatible address, by vLLM."""

from __future__ import annotations

import os
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from moxi_core.config import env_file_values, load_store_settings
from moxi_core.console import note, printable

if TYPE_CHECKING:
    from moxi_infer.serve_line import CommandLine, Serving

_KEYS = ("MOXI_API_KEY", "VLLM_API_KEY", "HF_TOKEN")
_PORT = 8000  # that of moxi_infer.serve_line, which --help is not to import


def serve(
    run: Annotated[
        str,
        typer.Argument(
            metavar="RUN|DIR",
            help="A run, a folder that holds a model, or ORG/NAME of the Hub (default: the newest run).",
        ),
    ] = "",
    more: Annotated[
        list[str] | None,
        typer.Argument(metavar="-- ARGS", help="Arguments for vLLM itself, after `--`."),
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FOLDER", help="Where runs are kept.")
    ] = Path("models"),
    name: Annotated[
        str, typer.Option(metavar="NAME", help="What clients ask for (default: the run's name).")
    ] = "",
    adapter: Annotated[
        bool, typer.Option("--adapter", help="The adapter on its base, even if it was merged.")
    ] = False,
    host: Annotated[
        str, typer.Option(metavar="HOST", help="Any other than this machine needs a key.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=1, max=65_535, metavar="N", help="The port of the server.")
    ] = _PORT,
    api_key: Annotated[
        str,
        typer.Option(
            metavar="KEY", help="What clients must send (default: MOXI_API_KEY, which is not seen)."
        ),
    ] = "",
    max_model_len: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Tokens of prompt and answer (default: as trained)."),
    ] = None,
    tensor_parallel: Annotated[
        int, typer.Option(min=1, metavar="N", help="Share the model among so many GPUs.")
    ] = 1,
    python: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help="The Python that has vLLM (default: MOXI_VLLM_PYTHON, this one, .venv-vllm).",
        ),
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the command line, and end.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Also what vLLM says, as it says it.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:
    """Serve a model by vLLM until Ctrl-C; one line says how to write a README with it.

    The line goes to standard output when the server answers; a script may wait for it.
    """
    from moxi_infer.serve_line import Serving, command_line
    from moxi_infer.serve_python import find_vllm
    from moxi_train.servable import servable

    if run.startswith("-"):  # what stood after `--`, with no run before it
        run, more = "", [run, *(more or ())]
    known = _variables()
    found = servable(run, output, as_adapter=adapter)
    serving = Serving(
        name=name or found.name, model=found.model, adapter=found.adapter, rank=found.rank,
        prompt=found.prompt, host=host, port=port,
        api_key=api_key or known["MOXI_API_KEY"] or known["VLLM_API_KEY"],
        max_tokens=max_model_len, tensor_parallel=tensor_parallel, more=tuple(more or ()),
    )  # fmt: skip
    line = command_line(serving, find_vllm(python))
    if dry_run:
        typer.echo(printable(str(line)))
        return
    if known["HF_TOKEN"]:
        os.environ["HF_TOKEN"] = known["HF_TOKEN"]  # where vLLM looks for it
    _serve(serving, line, quiet=quiet, said=note if verbose else lambda _: None)


def _variables() -> dict[str, str]:
    """Keys, by the environment, else by .env; "" for those that are not set."""
    found = env_file_values(Path(), _KEYS)
    return {name: os.environ.get(name) or found.get(name, "") for name in _KEYS}


def _serve(
    serving: Serving, line: CommandLine, *, quiet: bool, said: Callable[[str], None]
) -> None:
    from moxi_infer.serve import refuse_taken, started, wait_until_ready, watch

    refuse_taken(serving)
    log = load_store_settings(Path()).data_dir / f"serve-{serving.port}.log"
    with started(line, log) as child:
        with _progress(serving, log, quiet=quiet) as tell:
            wait_until_ready(child, serving, tell, said)
        typer.echo(printable(_told(serving)))
        sys.stdout.flush()
        watch(child, said)


def _told(serving: Serving) -> str:
    from moxi_infer.drafting.model import NEW_TOKENS

    key = "MOXI_API_KEY=... " if serving.api_key else ""
    use = ["--model", serving.name, "--base-url", serving.address]
    if (
        serving.prompt and serving.prompt.answer_tokens < NEW_TOKENS
    ):  # else nothing is left for a prompt
        use += ["--max-new-tokens", str(serving.prompt.answer_tokens)]
    return f"{serving.address} serves {serving.name}: {key}readme-gen PATH {shlex.join(use)}"


@contextmanager
def _progress(serving: Serving, log: Path, *, quiet: bool) -> Iterator[Callable[[str], None]]:
    """What the server is at: one moving line on a terminal, a line a stage in a pipe."""
    if quiet:
        yield lambda _: None
        return
    note(f"starting vLLM with {serving.model}; its log is {log}")
    begun = time.monotonic()
    if not sys.stderr.isatty():
        yield lambda stage: note(f"vLLM: {stage} ({time.monotonic() - begun:.0f} s)")
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("starting Python")
        yield lambda stage: progress.update(task, description=stage)
