"""Surface: what users of a project touch, read from its source code without running it.

One module and one query file per framework; `engine.py` finds the files worth parsing.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator

from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework, scan
from moxi_core.records import Fact

_JAVASCRIPT = ".js .mjs .cjs .jsx .ts .mts .cts .tsx"
_PYTHON = ".py .pyi .pyw"
_JVM = ".java .kt .kts"
_RUBY = ".rb .rake .gemspec"
_C = ".c .h .cc .cpp .cxx .hpp .hh .hxx .ipp .cu .cuh"

# Module -> endings of the files that could concern it ("*": any); as for manifests, a module is
# imported only where there is such a file.
MODULES = {
    "api_javascript": _JAVASCRIPT,
    "picocli": _JVM,
    "jvm_cli": _JVM,
    "clikt": ".kt .kts",
    "api_jvm": _JVM,
    "api_csharp": ".cs",
    "dotnet_cli": ".cs",
    "spectre_cli": ".cs",
    "system_commandline": ".cs",
    "api_go": ".go",
    "api_python": _PYTHON,
    "argparse": _PYTHON,
    "cac": _JAVASCRIPT,
    "api_rust": ".rs",
    "clap": ".rs",
    "click": _PYTHON,
    "clojure_cli": ".clj .cljs .cljc",
    "elixir_cli": ".ex .exs",
    "haskell_cli": ".hs .lhs",
    "env_text": ".ex .exs .hs .lhs .clj .cljs .cljc .swift .dart .sh .bash .zsh .fish *",
    "typer": _PYTHON,
    "django_commands": _PYTHON,
    "docopt": _PYTHON,
    "fire": _PYTHON,
    "python_main": _PYTHON,
    "commander": _JAVASCRIPT,
    "cobra": ".go",
    "env": f"{_PYTHON} {_JAVASCRIPT} {_RUBY} {_C} {_JVM} .php .cs .rs",
    "go_env": ".go",
    "go_flag": ".go",
    "go_usage": ".go",
    "kong": ".go",
    "meow": _JAVASCRIPT,
    "nodeargs": _JAVASCRIPT,
    "oclif": _JAVASCRIPT,
    "swift_argument_parser": ".swift",
    "dart_args": ".dart",
    "api_swift": ".swift",
    "api_dart": ".dart",
    "urfave_cli": ".go",
    "yargs": _JAVASCRIPT,
    "optparse": _RUBY,
    "thor": _RUBY,
    "symfony_console": ".php",
    "getopt": _C,
    "cpp_options": _C,
    "shell_cli": "*",
    "api_ruby": _RUBY,
    "api_php": ".php",
    "api_c": _C,
    "manpages": "*",
    "completions": "*",
}


def frameworks(repo: Repository) -> Iterator[Framework]:
    """The frameworks that the repository's files could use."""
    for module, files in MODULES.items():
        if repo.has_any(files):
            yield from importlib.import_module(f"{__name__}.{module}").FRAMEWORKS


def read_surface(repo: Repository) -> Iterator[Fact]:
    """Facts of all frameworks found in the repository's own source files."""
    yield from scan(repo, list(frameworks(repo)))
