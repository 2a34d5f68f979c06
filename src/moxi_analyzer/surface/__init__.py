"""Surface: what users of a project touch, read from its source code without running it.

One module and one query file per framework; `engine.py` finds the files worth parsing.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import cached_property
from itertools import chain

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
    "typed.usage_text": f"{_JVM} .cs",
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
    "rust.flag_tables": ".rs",
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
    "python.plain_scripts": _PYTHON,
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
    "shell.startup": "*",
    "ruby.api": _RUBY,
    "php.api": ".php",
    "c.api": _C,
    "shell.manpages": "*",
    "shell.completions": "*",
}


# Module -> words of which a file must hold one before the module is worth importing.
_WORDS = {
    "typed.picocli": "picocli",
    "typed.jvm": "jcommander args4j commons.cli",
    "typed.clikt": "clikt",
    "typed.usage_text": "Usage: usage: USAGE:",
    "typed.dotnet": "CommandLine CliFx",
    "typed.spectre": "Spectre.Console.Cli",
    "typed.system_commandline": "System.CommandLine",
    "python.argparse": "ArgumentParser OptionParser add_argument(",
    "python.click": "click cloup add_command",
    "python.typer": "yper .command(",
    "python.docopt": "docopt",
    "python.fire": "Fire(",
    "javascript.cac": "cac sade",
    "javascript.commander": "commander",
    "javascript.meow": "meow",
    "javascript.yargs": "yargs",
    "go.cobra": "spf13/cobra",
    "go.flag": '"flag" /pflag"',
    "go.kong": "alecthomas/kong jessevdk/go-flags alexflint/go-arg",
    "go.urfave_cli": "/cli",
    "rust.clap": "clap structopt StructOpt",
    "ruby.optparse": "OptionParser OptParse",
    "functional.elixir": "OptionParser",
    "functional.clojure": "tools.cli babashka.cli",
    "functional.haskell": "System.Console.GetOpt Options.Applicative",
    "swift.argument_parser": "ArgumentParser",
}


def frameworks(repo: Repository) -> Iterator[Framework]:
    """The frameworks that the repository's files could use."""
    mentioned = _Mentions(repo)
    for module, files in MODULES.items():
        words = _WORDS.get(module, "")
        if repo.has_any(files) and (not words or mentioned.any_of(words, files)):
            yield from importlib.import_module(f"{__name__}.{module}").FRAMEWORKS


class _Mentions:
    """Which of the words in `_WORDS` stand in source files, by ending; each file is read once."""

    def __init__(self, repo: Repository) -> None:
        self._repo = repo

    def any_of(self, words: str, files: str) -> bool:
        """Whether a file with one of the endings `files` holds one of `words`."""
        # A program without an ending may be of any language.
        found = (self._found.get(ending, set()) for ending in ("", *files.split()))
        return not set(words.encode().split()).isdisjoint(chain.from_iterable(found))

    @cached_property
    def _found(self) -> dict[str, set[bytes]]:
        missing: dict[str, set[bytes]] = {"": set()}  # words that no file of the ending held yet
        for module, words in _WORDS.items():
            for ending in ("", *MODULES[module].split()):
                missing.setdefault(ending, set()).update(words.encode().split())
        found: dict[str, set[bytes]] = {ending: set() for ending in missing}
        for path, entry in self._repo.files.items():
            name = path[path.rfind("/") + 1 :].lower()
            ending = name[name.rfind(".") :] if "." in name else ""
            wanted = missing.get(ending)
            if wanted and entry.role == "source" and (content := self._repo.read(path)):
                for word in [word for word in wanted if word in content]:
                    wanted.remove(word)
                    found[ending].add(word)
        return found


def read_surface(repo: Repository, *, aside: bool = False) -> Iterator[Fact]:
    """Facts of all frameworks found in the repository's own source files."""
    yield from scan(repo, list(frameworks(repo)), aside=aside)
