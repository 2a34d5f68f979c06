"""clap and structopt: Rust command lines, from derived types and from builder calls alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.surface.rust.clap_builder import Builders
from moxi_analyzer.surface.rust.clap_derive import read_types
from moxi_analyzer.syntax import Source
from moxi_core.records import Fact


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    files = list(sources)
    builders = Builders(repo, files)
    crate, derived = read_types(files, builders.augment)
    builders.known(crate.constants, crate.choices)
    yield from derived
    yield from builders.facts()


_GATE = Gate(
    patterns={
        b"derive": (
            rb"derive[^\]]{0,300}\b(Parser|Args|Subcommand|ValueEnum|ArgEnum|StructOpt|Clap)\b"
        ),
        b"impl ": rb"impl (clap::)?(ValueEnum|ArgEnum|Args) for",
        b"Arg::": rb"\bArg::(new|with_name|from_usage)\(",
        b"Command::": rb"\b(clap::Command|SubCommand)::\w+\(",
        b"App::": rb"\bApp::\w+\(",
        b"arg!(": rb"\barg!\(",
        b"clap": rb"\buse clap\b|\bclap::\{",
        b"->": rb"->[^;{]{0,40}(Command|App|Arg)\b",
    }
)
FRAMEWORKS = (
    Framework(
        "clap",
        ("rust",),
        _GATE,
        _facts,
    ),
)
