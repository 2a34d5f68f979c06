"""`readme-gen`: the command that writes a README."""

from __future__ import annotations

import os
import signal
import sys
from typing import Annotated

import typer

from moxi_core import __version__
from moxi_core.console import note
from moxi_core.errors import MoxiError

app = typer.Typer(add_completion=True, rich_markup_mode=None, pretty_exceptions_enable=False)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"readme-gen {__version__}")
        raise typer.Exit


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def readme_gen(
    target: Annotated[str, typer.Argument(metavar="PATH|URL", help="A repository.")] = ".",
    output: Annotated[
        str | None,
        typer.Option("-o", "--output", metavar="FILE", help="Where to write; - is the terminal."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a README that exists.")] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show what would change; write nothing.")
    ] = False,
    section: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Write only this section (repeatable).")
    ] = None,
    skip: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Leave this section out (repeatable).")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print snapshot, sections and README as JSON.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Print each statement with its file and line.")
    ] = False,
    badges: Annotated[
        bool | None, typer.Option("--badges/--no-badges", help="Write badges.")
    ] = None,
    tree_depth: Annotated[
        int | None, typer.Option(metavar="N", help="Levels of the project structure.")
    ] = None,
    template: Annotated[
        str | None, typer.Option(metavar="FILE", help="A Jinja template of your own.")
    ] = None,
    include: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help="Look only at files that match (repeatable)."),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help="Do not look at files that match (repeatable)."),
    ] = None,
    timeout: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="How long a clone may take.")
    ] = None,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing but errors.")] = False,
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Tell what could not be read.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Write a README in which every statement is traced to a file and line.

    The repository is read, never run. The README goes to PATH/README.md, for a URL to the terminal.
    """
    from moxi_cli.write_command import WriteRequest, run_write

    run_write(
        WriteRequest(
            target=target, output=output, force=force, diff=diff, as_json=as_json, explain=explain,
            quiet=quiet, verbose=verbose,
            flags={
                "section": section, "skip": skip, "badges": badges, "tree_depth": tree_depth,
                "template": template, "include": include, "exclude": exclude, "timeout": timeout,
            },
        )
    )  # fmt: skip


def _end(number: int, _frame: object) -> None:
    sys.exit(128 + number)


def main() -> None:
    """Entry point of `readme-gen`."""
    run_app(app)


def run_app(program: typer.Typer) -> None:
    """Run a command: expected errors are one line and exit code 2, never a traceback."""
    for name in ("SIGTERM", "SIGHUP"):  # so that no temporary file or folder is left
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)
    # Looking for plugins of pydantic costs more than analysing a small repository.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        program()
    except MoxiError as error:
        note(f"error: {error}")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our pipe has left; keep the interpreter from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except Exception as error:
        if os.environ.get("MOXI_DEBUG"):
            raise
        note(f"internal error: {type(error).__name__}: {error} (MOXI_DEBUG=1 shows where)")
        sys.exit(70)
