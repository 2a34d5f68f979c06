"""What `readme-gen check` does: find the pages and their repositories, judge, and report."""

from __future__ import annotations

import difflib
import posixpath
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from moxi_analyzer import open_repository
from moxi_analyzer.readmes import readmes
from moxi_analyzer.repository import Repository
from moxi_analyzer.source import is_bare, is_url, local_path
from moxi_check.baseline import Baseline, read_baseline, write_baseline
from moxi_check.check import Finder, Report, check_page, readme_of
from moxi_check.fix import fixed
from moxi_check.ground import Ground
from moxi_check.report import as_github, as_json, as_text, styled, summary
from moxi_check.sarif import as_sarif
from moxi_check.suppress import ALL_KINDS, Ignores
from moxi_cli.check_options import CheckRequest
from moxi_cli.write_command import difference, old_content, own_folder, show
from moxi_core.config import load_check_settings
from moxi_core.console import note, status
from moxi_core.errors import SettingsError, SourceError
from moxi_core.files import write_whole


@dataclass(slots=True)
class Job:
    """One repository and its pages to check; none named means its README. `folder` is a local one."""

    target: str
    folder: Path | None = None
    pages: list[str] = field(default_factory=list)


def run_check(request: CheckRequest) -> int:
    """Judge, report, and tell the exit code. Raises MoxiError with a sentence for the user."""
    started = time.monotonic()
    if request.list_kinds:
        _put("".join(f"{name:<18} {told}\n" for name, told in sorted(ALL_KINDS.items())))
        return 0
    run = _Run(request)
    reports = [report for job in _jobs(request) for report in run.reports(job)]
    if request.update_baseline:
        run.write_baseline(reports)
        return 0
    reports = run.without_known(reports)
    if request.diff:
        _put("".join(run.diffs))
    elif request.format == "text":
        styled(as_text(reports, verbose=request.verbose), _put)
    else:
        _put(_rendered(reports, request.format))
    if not request.quiet and (request.format == "text" or request.diff):
        note("".join(text for text, _ in summary(reports, time.monotonic() - started)).rstrip())
    return int(not request.exit_zero and any(report.false for report in reports))


def _online() -> list[Finder]:
    """What asks the web; one for all pages, so that each address is asked once."""
    from moxi_check.online import Asker  # with ssl and http, a tenth of a small repository's time

    return [Asker().claims]


def _known(names: Iterable[str]) -> frozenset[str]:
    """Names of kinds as a set. Raises SettingsError for one that is none."""
    known = sorted(ALL_KINDS)
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = (
                f"did you mean {near[0]!r}?"
                if near
                else "readme-gen check --list-kinds shows them."
            )
            raise SettingsError(f"There is no kind of claim {name!r}; {hint}")
    return frozenset(names)


def _jobs(request: CheckRequest) -> list[Job]:
    """The repositories that the arguments name, each once, with the pages named in it."""
    found: dict[tuple[str, bool], Job] = {}
    for target in request.targets or ["."]:
        job = _job(target, request.readme)
        known = found.setdefault((job.target, bool(job.pages)), job)
        if known is not job:
            known.pages += [page for page in job.pages if page not in known.pages]
    return list(found.values())


def _job(target: str, readme: list[str]) -> Job:
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


class _Run:
    """What the repositories of one call have in common."""

    def __init__(self, request: CheckRequest) -> None:
        self.request = request
        self.kinds = _known(request.kind) or frozenset(ALL_KINDS)
        self.kinds -= _known(request.skip_kind)
        if not request.online:
            if "url" in request.kind:
                raise SettingsError("The kind 'url' asks the web; add --online.")
            self.kinds -= {"url"}
        if request.update_baseline and not request.baseline:
            raise SettingsError("--update-baseline needs a file; name it with --baseline FILE.")
        self.more = _online() if request.online else []
        self.baseline = self._read_baseline()
        self.diffs: list[str] = []

    def reports(self, job: Job) -> Iterator[Report]:
        """The pages of one repository, judged; mended where that is asked for."""
        if job.folder is None and (self.request.fix or self.request.diff):
            raise SettingsError(f"--fix and --diff want a folder, which {job.target!r} is not.")
        settings = load_check_settings(own_folder(job.target))
        ignores = Ignores(settings.ignore)
        _known(entry.kind for entry in settings.ignore if entry.kind)
        kinds = self.kinds - _known(settings.skip_kinds)
        with (
            status(f"Reading {job.target}", quiet=self.request.quiet),
            open_repository(job.target, key_files=False, aside=True) as (repo, snapshot),
        ):
            named = [posixpath.normpath(page) for page in job.pages or settings.readmes]
            pages = named or [readme_of(repo)]
            ground = Ground(repo, snapshot, {*pages, *readmes(repo)})
            check = partial(
                check_page,
                ground=ground,
                kinds=kinds,
                ignores=ignores,
                more=self.more if "url" in kinds else [],
                strict=self.request.strict or settings.strict,
            )
            for page in pages:
                yield self._page(job, page, _text(repo, job, page), check)
            if self.request.verbose:
                for problem in snapshot.problems:
                    note(f"not read: {problem.path}: {problem.reason}")
        if not job.pages and not self.request.kind:
            for entry in settings.ignore:
                if entry not in ignores.used and entry.kind in {"", *kinds}:
                    told = " ".join(filter(None, (entry.kind, entry.text, entry.file)))
                    note(f"not needed: the entry for {told!r} in ignore of [check]")

    def _page(self, job: Job, page: str, text: str, check: Callable[[str, str], Report]) -> Report:
        report = replace(check(text, page), base=_base(job.folder))
        if job.folder is None or not (self.request.fix or self.request.diff):
            return report
        content = old_content(job.folder / page)
        mended, claims = fixed(content, report.claims)
        if self.request.diff:
            old, new = (part.decode("utf-8", "replace") for part in (content, mended))
            self.diffs.append(difference(str(job.folder / page), old, new))
        elif claims:
            write_whole(job.folder / page, mended)
            note(f"Mended {len(claims)} in {job.folder / page}")
            again = check(mended.decode("utf-8", "replace"), page)
            return replace(again, base=report.base)
        return report

    def _read_baseline(self) -> Baseline | None:
        name = self.request.baseline
        if name is None:
            return None
        try:
            return read_baseline(Path(name).read_bytes(), name)
        except FileNotFoundError:
            if self.request.update_baseline:
                return None
            raise SettingsError(
                f"There is no baseline {name!r}; write it with --update-baseline."
            ) from None
        except OSError as error:
            raise SettingsError(f"{name!r} cannot be read: {error.strerror}.") from error

    def without_known(self, reports: list[Report]) -> list[Report]:
        """The reports without what the baseline knows; what it knows in vain is told."""
        if self.baseline is None:
            return reports
        reports = self.baseline.without_known(reports)
        if not self.request.quiet:
            for readme, kind, text in self.baseline.gone(reports, self.kinds):
                note(f"no longer there: {readme}: {kind} {text!r} (--update-baseline drops it)")
        return reports

    def write_baseline(self, reports: list[Report]) -> None:
        """Write the false claims of now to the baseline."""
        name = self.request.baseline or ""
        write_whole(Path(name), write_baseline(reports, self.kinds, self.baseline).encode())
        count = sum(len(report.false) for report in reports)
        note(f"Wrote {name}: {count} false claims are known from now on")


def _text(repo: Repository, job: Job, page: str) -> str:
    """The text of a page: of a repository's file, or of one that git does not know."""
    text = repo.text(page)
    is_inside = not page.startswith(("/", "../"))
    if text is None and is_inside and job.folder is not None and (job.folder / page).is_file():
        text = old_content(job.folder / page).decode("utf-8", "replace")
    if text is None:
        raise SourceError(f"{page!r} cannot be read in {job.target!r}; name a text file of it.")
    return text


def _base(folder: Path | None) -> str:
    """The repository's folder as seen from where the user stands."""
    if folder is None:
        return ""
    try:
        return folder.absolute().relative_to(Path.cwd()).as_posix().removeprefix(".")
    except ValueError:
        return folder.as_posix()


def _rendered(reports: list[Report], form: str) -> str:
    if form == "sarif":
        return as_sarif(reports, ALL_KINDS)
    return as_json(reports) if form == "json" else as_github(reports)


def _put(text: str) -> None:
    if text:
        show(text)
