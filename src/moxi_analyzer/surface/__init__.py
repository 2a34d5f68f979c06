"""Surface: what users of a project touch, read from its source code without running it.

One module and one query file per framework; `engine.py` finds the files worth parsing.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator

from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework, scan
from moxi_core.records import Fact

MODULES: tuple[str, ...] = (
    "api_javascript",
    "picocli",
    "jvm_cli",
    "clikt",
    "api_jvm",
    "api_csharp",
    "dotnet_cli",
    "spectre_cli",
    "system_commandline",
    "api_go",
    "api_python",
    "argparse",
    "cac",
    "api_rust",
    "clap",
    "click",
    "clojure_cli",
    "elixir_cli",
    "haskell_cli",
    "env_text",
    "typer",
    "django_commands",
    "docopt",
    "fire",
    "python_main",
    "commander",
    "cobra",
    "env",
    "go_env",
    "go_flag",
    "go_usage",
    "kong",
    "meow",
    "nodeargs",
    "oclif",
    "swift_argument_parser",
    "dart_args",
    "api_swift",
    "api_dart",
    "urfave_cli",
    "yargs",
    "optparse",
    "thor",
    "symfony_console",
    "getopt",
    "cpp_options",
    "shell_cli",
    "api_ruby",
    "api_php",
    "api_c",
    "manpages",
    "completions",
)


def frameworks() -> Iterator[Framework]:
    """Every framework that this version reads."""
    for module in MODULES:
        yield from importlib.import_module(f"{__name__}.{module}").FRAMEWORKS


def read_surface(repo: Repository) -> Iterator[Fact]:
    """Facts of all frameworks found in the repository's own source files."""
    yield from scan(repo, list(frameworks()))
