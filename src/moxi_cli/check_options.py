"""The command line of `readme-gen check`; light, so that --help comes at once."""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import dataclass

FORMATS = ("text", "json", "sarif", "github")


@dataclass(frozen=True)
class CheckRequest:
    """One call of `readme-gen check`."""

    targets: list[str]
    readme: list[str]
    format: str
    kind: list[str]
    skip_kind: list[str]
    list_kinds: bool
    strict: bool
    baseline: str | None
    update_baseline: bool
    online: bool
    fix: bool
    diff: bool
    exit_zero: bool
    quiet: bool
    verbose: bool


def parser() -> ArgumentParser:
    """The command line of `readme-gen check`."""
    made = ArgumentParser(
        "readme-gen check",
        usage="%(prog)s [options] [PATH|URL|FILE ...]",
        description="Hold every claim of a README against the code: links, paths, commands, options "
        "and more. PATH is a repository, FILE a page such as docs/usage.md. A folder named check "
        "is ./check.",
        epilog="Exit codes: 0 all is well, 1 false claims, 2 could not run.",
        allow_abbrev=False,
    )
    made.add_argument(
        "targets", metavar="PATH|URL|FILE", nargs="*", help="Repositories and pages (this folder)."
    )
    made.add_argument(
        "--readme",
        action="append",
        default=[],
        metavar="FILE",
        help="A page, seen from the repository's root (repeatable).",
    )
    made.add_argument("--format", choices=FORMATS, default="text", help="How to report (text).")
    made.add_argument(
        "--kind", action="append", default=[], help="Judge only this kind (repeatable)."
    )
    made.add_argument(
        "--skip-kind",
        action="append",
        default=[],
        metavar="KIND",
        help="Do not judge this kind (repeatable).",
    )
    made.add_argument("--list-kinds", action="store_true", help="Show the kinds of claims.")
    made.add_argument(
        "--strict",
        action="store_true",
        help="Names of code that are like nothing that was read are false, too.",
    )
    made.add_argument(
        "--baseline", metavar="FILE", help="False claims that are known: only new ones count."
    )
    made.add_argument(
        "--update-baseline", action="store_true", help="Write the false claims of now there."
    )
    made.add_argument("--online", action="store_true", help="Ask the web for links to it.")
    made.add_argument("--fix", action="store_true", help="Rewrite what has one certain mend.")
    made.add_argument(
        "--diff", action="store_true", help="Show what --fix would change; write nothing."
    )
    made.add_argument("--exit-zero", action="store_true", help="Exit with 0 for false claims too.")
    made.add_argument("-q", "--quiet", action="store_true", help="Leave out the summary.")
    made.add_argument(
        "-v", "--verbose", action="store_true", help="Tell what was not judged or not read, too."
    )
    return made
