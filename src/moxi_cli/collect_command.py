"""`moxi collect`: repositories of awesome lists become samples in the store."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from moxi_core.config import load_store_settings
from moxi_core.console import note, printable
from moxi_core.errors import CollectError

if TYPE_CHECKING:
    from moxi_collect.collect import Report, Request
    from moxi_collect.filters import Rules
    from moxi_collect.github import GitHub

app = typer.Typer(
    help="Collect the repositories of awesome lists: README, file tree, key files, facts.",
    invoke_without_command=True,
)

_Source = Annotated[
    list[str] | None,
    typer.Option(
        "--source", "-s", metavar="LIST",
        help="A list: owner/name, an address, a Markdown file, a text file with an address a line, "
        "or a folder of repositories (repeatable; default: matiassingers/awesome-readme).",
    ),
]  # fmt: skip
_Base = Annotated[
    str,
    typer.Option(
        metavar="TEMPLATE",
        help="Read from a mirror: an address with {owner}, {name} and {host}.",
    ),
]
_Host = Annotated[
    list[str] | None,
    typer.Option("--host", metavar="HOST", help="Also follow links to this host (repeatable)."),
]
_License = Annotated[
    list[str] | None,
    typer.Option(
        "--license", metavar="SPDX",
        help="Keep only samples under these licenses; `any` keeps all (repeatable).",
    ),
]  # fmt: skip
_Language = Annotated[
    list[str] | None,
    typer.Option(
        "--language", metavar="NAME",
        help="Keep only samples of these programming languages (repeatable).",
    ),
]  # fmt: skip
_Archived = Annotated[bool, typer.Option("--archived", help="Keep archived repositories too.")]
_Forks = Annotated[bool, typer.Option("--forks", help="Keep forks too.")]
_AnyTongue = Annotated[
    bool, typer.Option("--any-tongue", help="Keep READMEs that are not in English too.")
]
_FalseShare = Annotated[
    float,
    typer.Option(
        min=0, max=1, metavar="SHARE",
        help="Drop READMEs of whose judged claims the code contradicts a larger share.",
    ),
]  # fmt: skip
_Json = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]


@app.callback()
def collect(
    context: typer.Context,
    source: _Source = None,
    git_base: _Base = "",
    host: _Host = None,
    exclude_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Who wants out: an address, owner/name or owner a line."),
    ] = None,
    jobs: Annotated[
        int,
        typer.Option(
            "--jobs", "-j", min=1, max=64, metavar="N", help="How many repositories at a time."
        ),
    ] = 4,
    workers_from_store: Annotated[
        bool,
        typer.Option("--workers-from-store", help="Only help with the work that is in the store."),
    ] = False,
    api: Annotated[str, typer.Option(metavar="URL", help="GitHub's API; `none` asks no API.")] = "",
    timeout: Annotated[
        float, typer.Option(min=1, metavar="SECONDS", help="How long one repository may take.")
    ] = 300.0,
    tries: Annotated[
        int, typer.Option(min=1, max=20, metavar="N", help="How often a server is asked.")
    ] = 4,
    lease: Annotated[
        float,
        typer.Option(min=1, metavar="SECONDS", help="When the work of a killed worker is free."),
    ] = 60.0,
    licenses: _License = None,
    language: _Language = None,
    archived: _Archived = False,
    forks: _Forks = False,
    any_tongue: _AnyTongue = False,
    false_share: _FalseShare = 0.25,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    as_json: _Json = False,
) -> None:
    """Collect what the lists name into the store, filter it, and write data/collection/.

    Stopped at any moment it goes on where it was; run again it takes only what has changed.
    GITHUB_TOKEN is for stars, topics and moves; it works without.
    """
    if context.invoked_subcommand is not None:
        return
    from moxi_collect.collect import DEFAULT_LIST, Request, collect
    from moxi_collect.progress import watcher
    from moxi_collect.sample import Origin
    from moxi_collect.sources import HOSTS
    from moxi_collect.worker import Manner

    request = Request(
        sources=tuple(source or [DEFAULT_LIST]),
        excluded=_lines(exclude_file),
        hosts=(*HOSTS, *(host or ())),
        manner=Manner(origin=Origin(git_base, timeout), lease_s=lease, tries=tries),
        rules=_rules(licenses, language, archived, forks, any_tongue, false_share),
        jobs=jobs,
        workers_only=workers_from_store,
    )
    with _github(request, api) as github, watcher(quiet=quiet or as_json) as watch:
        report = collect(
            request,
            load_store_settings(Path()),
            github=github,
            begin=watch.begin,
            tell=watch.tell,
        )
    _show(report, as_json=as_json)
    if report.failures and not (report.outcomes["collected"] or report.outcomes["unchanged"]):
        raise typer.Exit(1)


@app.command()
def crawl(
    source: Annotated[str, typer.Argument(metavar="LIST")] = "matiassingers/awesome-readme",
    git_base: _Base = "",
    host: _Host = None,
    as_json: _Json = False,
) -> None:
    """Print the repositories that a list names, an address a line."""
    from moxi_collect.collect import gather
    from moxi_collect.sample import Origin
    from moxi_collect.sources import HOSTS

    found = gather([source], Origin(git_base), (*HOSTS, *(host or ())))
    if as_json:
        rows = [{"repo_url": one.url, "line": one.line} for one in found.listed]
        answer = {"repositories": rows, "refused": dict(found.refused)}
        typer.echo(json.dumps(answer, indent=2, ensure_ascii=False))
        return
    for one in found.listed:
        typer.echo(printable(one.url))
    for reason, count in found.refused.most_common():
        note(f"refused: {count} {reason}")


@app.command("validate")
def validate_(
    licenses: _License = None,
    language: _Language = None,
    archived: _Archived = False,
    forks: _Forks = False,
    any_tongue: _AnyTongue = False,
    false_share: _FalseShare = 0.25,
    as_json: _Json = False,
) -> None:
    """Filter again what is stored, and write data/collection/ anew; nothing is fetched."""
    from moxi_collect.collect import Report
    from moxi_collect.filters import validate
    from moxi_collect.publish import publish
    from moxi_core.scratch import scratch
    from moxi_core.store import open_store

    settings = load_store_settings(Path())
    report = Report()
    with scratch(settings.data_dir), open_store(settings) as store:
        report.samples = validate(
            store, _rules(licenses, language, archived, forks, any_tongue, false_share)
        )
        report.files = publish(store, settings.data_dir / "collection")
    _show(report, as_json=as_json)


@app.command()
def summarize(
    model: Annotated[str, typer.Option(metavar="NAME", help="The model that is asked.")],
    base_url: Annotated[
        str, typer.Option(metavar="URL", help="An OpenAI-compatible server.")
    ] = "https://api.openai.com/v1",
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=1, max=64, metavar="N", help="Requests at a time.")
    ] = 4,
) -> None:
    """Have a model say what each key file does; the key is OPENAI_API_KEY. Asked once, then kept."""
    from moxi_cli.model_options import cache_of
    from moxi_collect.summarize import summarize
    from moxi_core.llm import Endpoint, Llm
    from moxi_core.store import open_store

    settings = load_store_settings(Path())
    endpoint = Endpoint(
        model=model, base_url=base_url, api_key=os.environ.get("OPENAI_API_KEY", "")
    )
    note(f"{model} at {base_url} is shown the key files of the samples in the store")
    with open_store(settings) as store, Llm(endpoint, cache_of(settings.data_dir)) as llm:
        done = summarize(
            store, llm, jobs=jobs, tell=lambda sample: note(f"{sample.owner}/{sample.repo}")
        )
        typer.echo(
            f"{done.files:,} files of {done.samples:,} samples; {llm.asked:,} requests, "
            f"{done.failed:,} without an answer"
        )
    if done.failed:
        note(f"error: {done.last_error}")
        raise typer.Exit(1)


def _rules(
    licenses: list[str] | None,
    language: list[str] | None,
    archived: bool,
    forks: bool,
    any_tongue: bool,
    false_share: float,
) -> Rules:
    from moxi_collect.filters import LICENSES, Rules

    named = frozenset(licenses or LICENSES)
    return Rules(
        licenses=frozenset() if "any" in named else named,
        languages=frozenset(name.lower() for name in language or ()),
        archived=archived,
        forks=forks,
        english_only=not any_tongue,
        max_false_share=false_share,
    )


def _lines(file: Path | None) -> tuple[str, ...]:
    if file is None:
        return ()
    try:
        text = file.read_text("utf-8", "replace")
    except OSError as error:
        raise CollectError(f"{str(file)!r} cannot be read: {error.strerror}.") from error
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return tuple(line for line in lines if line)


@contextmanager
def _github(request: Request, api: str) -> Iterator[GitHub | None]:
    """The API's client; None where it is not wanted, or where a mirror stands for the forge."""
    if request.workers_only or api == "none" or (request.manner.origin.base and not api):
        yield None
        return
    try:
        from moxi_collect.github import GitHub
    except ImportError as error:
        raise CollectError(
            "Asking GitHub needs httpx; run: pip install 'moxi-readme[collect]', or give --api none"
        ) from error
    cache = load_store_settings(Path()).data_dir / "collection" / "github-etags.json"
    token = os.environ.get("GITHUB_TOKEN", "")
    with GitHub(token=token, cache=cache, api=api or "https://api.github.com") as github:
        yield github


def _show(report: Report, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(report.as_dict(), indent=2, ensure_ascii=False))
        return
    for line in _told(report):
        typer.echo(printable(line))


def _told(report: Report) -> Iterator[str]:
    from moxi_collect.progress import sized

    if report.listed:
        yield f"{report.listed:,} repositories listed" + (
            f", {report.moved} of them moved" if report.moved else ""
        )
    for reason, count in report.refused.most_common():
        yield f"  not followed: {count:,} {reason}"
    if report.outcomes:
        counts = ", ".join(f"{n:,} {what}" for what, n in sorted(report.outcomes.items()))
        yield f"{counts}; {sized(report.received_bytes)} in {report.seconds:.1f} s"
    if report.samples:
        yield f"{report.samples.get('', 0):,} samples kept"
    for reason, count in report.samples.items():
        if reason:
            yield f"  dropped: {count:,} {reason}"
    for file in report.files:
        yield f"written: {file}"
