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
    "javascript.api": _JAVASCRIPT,
    "typed.picocli": _JVM,
    "typed.jvm": _JVM,
    "typed.clikt": ".kt .kts",
    "typed.api_jvm": _JVM,
    "typed.api_csharp": ".cs",
    "typed.dotnet": ".cs",
    "typed.spectre": ".cs",
    "typed.system_commandline": ".cs",
    "go.api": ".go",
    "python.api": _PYTHON,
    "python.argparse": _PYTHON,
    "javascript.cac": _JAVASCRIPT,
    "rust.api": ".rs",
    "rust.clap": ".rs",
    "python.click": _PYTHON,
    "functional.clojure": ".clj .cljs .cljc",
    "functional.elixir": ".ex .exs",
    "functional.haskell": ".hs .lhs",
    "env_text": ".ex .exs .hs .lhs .clj .cljs .cljc .swift .dart .sh .bash .zsh .fish *",
    "python.typer": _PYTHON,
    "python.django_commands": _PYTHON,
    "python.docopt": _PYTHON,
    "python.fire": _PYTHON,
    "python.main_modules": _PYTHON,
    "javascript.commander": _JAVASCRIPT,
    "go.cobra": ".go",
    "env": f"{_PYTHON} {_JAVASCRIPT} {_RUBY} {_C} {_JVM} .php .cs .rs",
    "go.env": ".go",
    "go.flag": ".go",
    "go.usage": ".go",
    "go.kong": ".go",
    "javascript.meow": _JAVASCRIPT,
    "javascript.nodeargs": _JAVASCRIPT,
    "javascript.oclif": _JAVASCRIPT,
    "swift.argument_parser": ".swift",
    "dart.args": ".dart",
    "swift.api": ".swift",
    "dart.api": ".dart",
    "go.urfave_cli": ".go",
    "javascript.yargs": _JAVASCRIPT,
    "ruby.optparse": _RUBY,
    "ruby.thor": _RUBY,
    "php.symfony_console": ".php",
    "c.getopt": _C,
    "c.cpp_options": _C,
    "shell.scripts": "*",
    "ruby.api": _RUBY,
    "php.api": ".php",
    "c.api": _C,
    "shell.manpages": "*",
    "shell.completions": "*",
}


def frameworks(repo: Repository) -> Iterator[Framework]:
    """The frameworks that the repository's files could use."""
    for module, files in MODULES.items():
        if repo.has_any(files):
            yield from importlib.import_module(f"{__name__}.{module}").FRAMEWORKS


def read_surface(repo: Repository) -> Iterator[Fact]:
    """Facts of all frameworks found in the repository's own source files."""
    yield from scan(repo, list(frameworks(repo)))
