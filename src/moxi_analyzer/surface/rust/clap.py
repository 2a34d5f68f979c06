"""clap and structopt: Rust command lines, from derived types and from builder calls alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework
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


FRAMEWORKS = (
    Framework(
        "clap",
        ("rust",),
        re.compile(
            rb"derive[^\]]{0,300}\b(Parser|Args|Subcommand|ValueEnum|ArgEnum|StructOpt|Clap)\b"
            rb"|impl (clap::)?(ValueEnum|ArgEnum|Args) for"
            rb"|\bArg::(new|with_name|from_usage)\(|\b(clap::Command|App|SubCommand)::\w+\("
            rb"|\barg!\(|\buse clap\b|\bclap::\{|->[^;{]{0,40}(Command|App|Arg)\b"
        ),
        _facts,
    ),
)
