"""`moxi analyze`: what the analyzer sees of a repository."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from moxi_core.console import printable

if TYPE_CHECKING:
    from moxi_core.records import RepoSnapshot

_MAX_VALUES = 6  # of a kind that are shown


def analyze(
    repository: Annotated[str, typer.Argument(metavar="PATH|URL", help="A folder or an address.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="The whole snapshot, every fact with its place.")
    ] = False,
) -> None:
    """Show what a repository says of itself: type, languages, facts, key files. Nothing is run."""
    from moxi_analyzer import analyze as look
    from moxi_core.records import to_json

    snapshot = look(repository)
    if as_json:
        typer.echo(to_json(snapshot, indent=2))
        return
    for line in _told(snapshot):
        typer.echo(printable(line))


def _told(snapshot: RepoSnapshot) -> list[str]:
    places = ", ".join(str(place) for place in snapshot.project_type.evidence[:3])
    sizes = sorted(snapshot.languages.items(), key=lambda pair: -pair[1])
    total = sum(snapshot.languages.values()) or 1
    lines = [
        f"{snapshot.name}  {snapshot.url}".rstrip(),
        f"type       {snapshot.project_type.name.replace('_', ' ')}"
        + f"  ({places})" * bool(places),
        f"files      {len(snapshot.files):,}",
        "languages  " + ", ".join(f"{name} {size / total:.0%}" for name, size in sizes[:5]),
        "",
    ]
    counts = Counter(fact.kind for fact in snapshot.facts)
    for kind, count in counts.most_common():
        values = list(dict.fromkeys(fact.value for fact in snapshot.of(kind)))
        more = ", ..." if len(values) > _MAX_VALUES else ""
        lines.append(f"{kind:13}{count:5}  {', '.join(values[:_MAX_VALUES])[:110]}{more}")
    lines += ["", "key files  " + ", ".join(file.path for file in snapshot.key_files)]
    lines += [f"not read   {one.path}: {one.reason}" for one in snapshot.problems[:10]]
    return lines
