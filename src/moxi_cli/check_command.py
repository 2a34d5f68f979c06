"""What `readme-gen check` does: find the pages and their repositories, judge, and report."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from moxi_core.errors import SettingsError, SourceError

if TYPE_CHECKING:
    from moxi_check.check import Report

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


@dataclass(slots=True)
class Job:
    """One repository and its pages to check; none named means its README. `folder` is a local one."""

    target: str
    folder: Path | None = None
    pages: list[str] = field(default_factory=list)


def run_check(request: CheckRequest) -> int:
    """Judge, report, and tell the exit code. Raises MoxiError with a sentence for the user."""
    # Imported late, so that --help comes at once.
    from moxi_check.report import summary
    from moxi_core.console import note

    started = time.monotonic()
    if request.list_kinds:
        _put("".join(f"{name:<18} {told}\n" for name, told in known_kinds().items()))
        return 0
    wanted = _wanted(request)
    reports = [report for job in _jobs(request) for report in _reports(job, request, wanted)]
    _put(_rendered(reports, request))
    if request.format == "text" and not request.quiet:
        note("".join(text for text, _ in summary(reports, time.monotonic() - started)).rstrip())
    return int(not request.exit_zero and any(report.false for report in reports))


def known_kinds() -> dict[str, str]:
    """The kinds of claims by name, with what each says."""
    from moxi_check.kinds import KINDS

    return dict(sorted(KINDS.items()))


def _wanted(request: CheckRequest) -> frozenset[str]:
    import difflib

    known = known_kinds()
    for name in [*request.kind, *request.skip_kind]:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = (
                f"did you mean {near[0]!r}?"
                if near
                else "readme-gen check --list-kinds shows them."
            )
            raise SettingsError(f"There is no kind of claim {name!r}; {hint}")
    return frozenset(request.kind or known) - frozenset(request.skip_kind)


def _jobs(request: CheckRequest) -> list[Job]:
    """The repositories that the arguments name, each once, with the pages named in it."""
    found: dict[str, Job] = {}
    for target in request.targets or ["."]:
        job = _job(target, request.readme)
        known = found.setdefault(job.target, job)
        if known is not job:
            known.pages += [page for page in job.pages if page not in known.pages]
    return list(found.values())


def _job(target: str, readme: list[str]) -> Job:
    from moxi_analyzer.source import is_bare, is_url, local_path

    if is_url(target):
        return Job(target, None, list(readme))
    path = local_path(target)
    try:
        if path.is_dir():
            return Job(target, None if is_bare(path) else path, list(readme))
        if path.is_file():
            root = _root_of(path)
            page = path.absolute().relative_to(root.absolute()).as_posix()
            return Job(str(root), root, [page])
    except (OSError, ValueError) as error:
        raise SourceError(f"{target!r} cannot be read: {error}.") from error
    raise SourceError(
        f"No such file or directory: {target!r}; name a repository's folder, a URL, or a page."
    )


def _root_of(page: Path) -> Path:
    """The repository that a page stands in: up to .git, else the folder one stands in, or its own."""
    here = Path.cwd()
    folder = page.absolute().parent
    for parent in (folder, *folder.parents):
        if (parent / ".git").exists():
            return Path() if parent == here else parent
    return Path() if folder.is_relative_to(here) else folder


def _reports(job: Job, request: CheckRequest, kinds: frozenset[str]) -> Iterator[Report]:
    from moxi_analyzer import open_repository
    from moxi_check.check import check_page, readme_of, readmes
    from moxi_check.ground import Ground
    from moxi_core.console import note, status

    with (
        status(f"Reading {job.target}", quiet=request.quiet),
        open_repository(job.target) as (repo, snapshot),
    ):
        pages = job.pages or [readme_of(repo)]
        ground = Ground(repo, snapshot, {*pages, *readmes(repo)})
        for page in pages:
            text = repo.text(page)
            if text is None:
                raise SourceError(
                    f"{page!r} cannot be read in {job.target!r}; name a text file of it."
                )
            base = _base(job.folder)
            yield replace(check_page(text, page, ground, kinds), base=base)
        if request.verbose:
            for problem in snapshot.problems:
                note(f"not read: {problem.path}: {problem.reason}")


def _base(folder: Path | None) -> str:
    """The repository's folder as seen from where the user stands."""
    if folder is None:
        return ""
    try:
        return folder.absolute().relative_to(Path.cwd()).as_posix().removeprefix(".")
    except ValueError:
        return folder.as_posix()


def _rendered(reports: list[Report], request: CheckRequest) -> str:
    from moxi_check.report import as_github, as_json, as_text

    if request.format == "json":
        return as_json(reports)
    if request.format == "github":
        return as_github(reports)
    return "".join(text for text, _ in as_text(reports, verbose=request.verbose))


def _put(text: str) -> None:
    from moxi_cli.write_command import show

    show(text)
