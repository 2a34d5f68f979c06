"""`readme-gen`: the command that writes a README, and `readme-gen check`, which judges one."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys

# Not typer: with the pydantic that it imports, it would take a third of the time of a small repository.
from argparse import ArgumentParser, BooleanOptionalAction
from collections.abc import Callable

from moxi_cli.writer_options import NAMES, WriterOptions, add_writer_options
from moxi_core import __version__
from moxi_core.console import note
from moxi_core.errors import MoxiError

_SETTINGS = (
    "section",
    "skip",
    "badges",
    "markers",
    "tree_depth",
    "template",
    "include",
    "exclude",
    "timeout",
)


def parser() -> ArgumentParser:
    """The command line of `readme-gen`."""
    made = ArgumentParser(
        "readme-gen",
        usage="%(prog)s [options] [PATH|URL]\n       %(prog)s check [options] [PATH|URL|FILE ...]",
        description="Write a README in which every statement is traced to a file and line. "
        "The repository is read, never run. The README goes to PATH/README.md, "
        "for a URL to the terminal.",
        epilog="`readme-gen check` holds a README against the code (readme-gen check --help); a folder "
        "of that name is ./check.",
        allow_abbrev=False,
    )
    made.add_argument(
        "target", metavar="PATH|URL", nargs="?", default=".", help="A repository (this folder)."
    )
    made.add_argument("-o", "--output", metavar="FILE", help="Where to write; - is the terminal.")
    made.add_argument("--force", action="store_true", help="Overwrite a README that exists.")
    made.add_argument("--diff", action="store_true", help="Show what would change; write nothing.")
    made.add_argument(
        "--update",
        action="store_true",
        help="Rewrite our sections of a README, or those of --section; keep all else.",
    )
    for name, told in (("section", "Write only this section"), ("skip", "Leave this section out")):
        made.add_argument(
            f"--{name}",
            action="extend",
            type=_names,
            metavar="NAME",
            help=f"{told} (repeatable, or NAME,NAME).",
        )
    made.add_argument(
        "--json",
        action="store_true",
        dest="as_json",
        help="Print snapshot, sections and README as JSON.",
    )
    made.add_argument(
        "--explain", action="store_true", help="Print each statement with its file and line."
    )
    made.add_argument("--badges", action=BooleanOptionalAction, help="Write badges.")
    made.add_argument(
        "--markers",
        action=BooleanOptionalAction,
        help="Mark each section with a comment, so that --update finds it again.",
    )
    made.add_argument(
        "--tree-depth", type=int, metavar="N", help="Levels of the project structure."
    )
    made.add_argument("--template", metavar="FILE", help="A Jinja template of your own.")
    made.add_argument(
        "--include",
        action="append",
        metavar="PATTERN",
        help="Look only at files that match (repeatable).",
    )
    made.add_argument(
        "--exclude",
        action="append",
        metavar="PATTERN",
        help="Do not look at files that match (repeatable).",
    )
    made.add_argument("--timeout", type=float, metavar="SECONDS", help="How long a clone may take.")
    add_writer_options(made)
    made.add_argument("-q", "--quiet", action="store_true", help="Say nothing but errors.")
    made.add_argument("-v", "--verbose", action="store_true", help="Tell what could not be read.")
    made.add_argument(
        "--completion",
        choices=("bash", "zsh", "fish"),
        help="Print a completion script: eval it in the shell's start file.",
    )
    made.add_argument(
        "--version", action="version", version=f"readme-gen {__version__}", help="Show the version."
    )
    return made


def _names(value: str) -> list[str]:
    """`install,usage` as two names."""
    return [name.strip() for name in value.split(",") if name.strip()]


def readme_gen() -> None:
    """Do what the command line asks for."""
    if sys.argv[1:2] == ["check"]:
        sys.exit(_check(sys.argv[2:]))
    given = vars(parser().parse_args())
    shell = given.pop("completion")
    if shell:
        from moxi_cli import check_options
        from moxi_cli.completion import completion

        print(completion(shell, parser(), check_options.parser()), end="")
        return
    from moxi_cli.write_command import WriteRequest, run_write

    flags = {name: given.pop(name) for name in _SETTINGS}
    is_update = given.pop("update")
    writer = WriterOptions(**{name: given.pop(name) for name in NAMES})
    request = WriteRequest(**given, flags=flags, writer=writer)
    if is_update:
        from moxi_cli.update_command import run_update

        sys.exit(run_update(request))
    run_write(request)


def _check(arguments: list[str]) -> int:
    from moxi_cli import check_options

    request = check_options.CheckRequest(**vars(check_options.parser().parse_args(arguments)))
    from moxi_cli.check_command import run_check

    return run_check(request)


def _end(number: int, _frame: object) -> None:
    sys.exit(128 + number)


def main() -> None:
    """Entry point of `readme-gen`."""
    run_app(readme_gen)


def run_app(program: Callable[[], object]) -> None:
    """Run a command: expected errors are one line and exit code 2, never a traceback."""
    for name in ("SIGTERM", "SIGHUP"):  # so that no temporary file or folder is left
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)
    # A short run that keeps what it makes: looking for cycles at every 700 objects finds next to none.
    gc.set_threshold(100_000, 50, 100)
    # Nor need they be looked for when all ends: that takes a tenth of a middling run.
    atexit.register(gc.freeze)
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
