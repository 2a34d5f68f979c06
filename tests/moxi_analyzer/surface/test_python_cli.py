"""Python command lines in forms that the fixtures do not show."""

from __future__ import annotations

from pathlib import Path

import pytest

from moxi_analyzer import analyze
from moxi_core.records import Fact, RepoSnapshot

PROJECT = '[project]\nname = "kiosk"\nscripts = { kiosk = "kiosk.cli:main" }\n'


def read(folder: Path, files: dict[str, str], project: str = PROJECT) -> RepoSnapshot:
    for name, text in {"pyproject.toml": project, "kiosk/__init__.py": "", **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return analyze(folder)


def options(snapshot: RepoSnapshot, scope: str = "", program: str = "kiosk") -> dict[str, Fact]:
    found = (f for f in snapshot.of("option", scope) if f.detail.get("program") == program)
    return {fact.value: fact for fact in found}


def commands(snapshot: RepoSnapshot) -> set[str]:
    return {fact.value for fact in snapshot.of("command") if fact.value}


def help_of(snapshot: RepoSnapshot) -> str:
    root = snapshot.first("command")
    return root.detail.get("help", "") if root else ""


def test_programs_on_one_base_class_keep_their_options_apart(tmp_path: Path) -> None:
    base = (
        "import argparse\n"
        "def make(name):\n    p = argparse.ArgumentParser(prog=name)\n"
        '    p.add_argument("--version", action="version")\n    return p\n'
        "class Base:\n    name = ''\n    def init_parser(self):\n"
        "        self.parser = make(self.name)\n        self.extend()\n"
        "    @classmethod\n    def start(cls):\n        cls().init_parser()\n"
    )
    one = (
        "from .base import Base\nclass {0}(Base):\n    def extend(self):\n"
        '        self.parser.add_argument("--{1}")\n        # ArgumentParser\n'
        "def main():\n    {0}.start()\n"
    )
    snapshot = read(
        tmp_path,
        {
            "kiosk/base.py": base,
            "kiosk/buy.py": one.format("Buy", "price"),
            "kiosk/sell.py": one.format("Sell", "offer"),
        },
        '[project]\nname = "kiosk"\n[project.scripts]\nbuy = "kiosk.buy:main"\n'
        'sell = "kiosk.sell:main"\n',
    )
    assert set(options(snapshot, program="buy")) == {"--version", "--price"}
    assert set(options(snapshot, program="sell")) == {"--version", "--offer"}


@pytest.mark.parametrize(
    "body",
    [
        "    add(p.add_argument_group('x'))\n",
        "    options = p\n    add(options)\n",
        "    with open('f') as f:\n        add(p)\n",
        "    def inner(q):\n        add(q)\n    inner(p)\n",
        "    for parser in (p,):\n        add(parser)\n",
        "    add(parser=p)\n",
        "    other.add(p)\n",
        "    other.Adder(p).go()\n",
    ],
)
def test_parsers_are_followed_into_functions(tmp_path: Path, body: str) -> None:
    cli = (
        "import argparse\nfrom . import other\nfrom .other import add\n"
        f"def main():\n    p = argparse.ArgumentParser()\n{body}    p.parse_args()\n"
    )
    other = (
        "def add(parser):\n    parser.add_argument('--found')\n"
        "class Adder:\n    def __init__(self, parser):\n        self.parser = parser\n"
        "    def go(self):\n        self.parser.add_argument('--found')\n"
    )
    snapshot = read(tmp_path, {"kiosk/cli.py": cli, "kiosk/other.py": other})
    assert set(options(snapshot)) == {"--found"}


def test_optparse(tmp_path: Path) -> None:
    cli = (
        "from optparse import OptionParser, OptionGroup\n"
        "def main():\n    parser = OptionParser(usage='%prog [options]')\n"
        "    parser.add_option('-n', '--name', default='x', help='a name [default: %default]')\n"
        "    parser.parse_args()\n"
    )
    found = options(read(tmp_path, {"kiosk/cli.py": cli}))["--name"]
    assert found.text == "a name [default: x]"
    assert found.detail["short"] == "-n"


def test_a_group_of_optparse_adds_to_its_parser(tmp_path: Path) -> None:
    cli = (
        "import optparse\nfrom optparse import OptionGroup as Group\n"
        "class Parser(optparse.OptionParser): ...\n"
        "def main():\n    parser = Parser()\n"
        "    general = optparse.OptionGroup(parser, 'General')\n"
        "    general.add_option('-v', '--verbose', action='store_true')\n"
        "    more = Group(parser, 'More')\n    more.add_option('--name')\n"
        "    parser.add_option_group(general)\n    parser.parse_args()\n"
    )
    assert set(options(read(tmp_path, {"kiosk/cli.py": cli}))) == {"--verbose", "--name"}


def test_private_parser_that_nothing_starts_is_left_out(tmp_path: Path) -> None:
    inner = (
        "import argparse\ndef _parse(text):\n    p = argparse.ArgumentParser()\n"
        "    p.add_argument('--inner')\n    return p.parse_args(text.split())\n"
    )
    snapshot = read(tmp_path, {"kiosk/cli.py": "def main(): ...\n", "kiosk/inner.py": inner})
    assert list(snapshot.of("option")) == []


def test_click_lazy_and_constructed_groups(tmp_path: Path) -> None:
    cli = (
        "import click\nfrom .lazy import LazyGroup\nfrom .sub import one\n"
        "@click.group(cls=LazyGroup, lazy_subcommands={'two': 'kiosk.sub.two'})\n"
        "def main(): ...\n"
        "more = click.Group('more', commands={'uno': one}, help='More of it.')\n"
        "main.add_command(more)\n"
    )
    sub = (
        "import click\n@click.command()\n@click.option('--a')\ndef one(a): ...\n"
        "@click.command()\ndef two(): ...\n"
    )
    snapshot = read(tmp_path, {"kiosk/cli.py": cli, "kiosk/sub.py": sub})
    assert commands(snapshot) == {"two", "more", "more uno"}
    assert set(options(snapshot, "more uno")) == {"--a"}


def test_click_groups_within_each_other_end(tmp_path: Path) -> None:
    names = [f"g{n}" for n in range(9)]
    lines = ["import click", *(f"@click.group()\ndef {name}(): ..." for name in ["main", *names])]
    lines += [f"{a}.add_command({b})" for a in ["main", *names] for b in names]
    snapshot = read(tmp_path, {"kiosk/cli.py": "\n".join(lines)})
    assert len(list(snapshot.of("command"))) <= 5_001


def test_click_wrapper_of_option(tmp_path: Path) -> None:
    cli = (
        "import click\n"
        "def option(*args, **kwargs):\n    return click.option(*args, show_envvar=True, **kwargs)\n"
        "verbose = option('--verbose', is_flag=True, envvar=['A_B', 'C_D'])\n"
        "@click.command()\n@verbose\n@option('--name', help='A ' 'name.')\n"
        'def main(**kwargs):\n    "Run."\n'
    )
    found = options(read(tmp_path, {"kiosk/cli.py": cli}))
    assert found["--verbose"].detail["env"] == "A_B, C_D"
    assert found["--name"].text == "A name."


def test_typer_with_one_command_is_the_program(tmp_path: Path) -> None:
    cli = (
        "import typer\napp = typer.Typer()\n"
        "@app.command()\ndef go(where: str, fast: bool = False):\n    'Go there.'\n"
        "def main():\n    app()\n"
    )
    snapshot = read(tmp_path, {"kiosk/cli.py": cli})
    assert commands(snapshot) == set()
    assert set(options(snapshot)) == {"where", "--fast"}
    assert next(snapshot.of("command")).text == "Go there."


def test_module_run_with_dash_m(tmp_path: Path) -> None:
    files = {
        "kiosk/__main__.py": "from .app import run\nrun()\n",
        "kiosk/app.py": "import click\n@click.command()\n@click.option('--x')\ndef run(x): ...\n",
    }
    snapshot = read(tmp_path, files, '[project]\nname = "kiosk"\n')
    assert set(options(snapshot, program="python -m kiosk")) == {"--x"}


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ("Usage: kiosk [-v] <file>", {"-v", "file"}),
        ("usage:\n  kiosk [--level=<n>] FILE...\n", {"--level", "FILE"}),
        ("No such section here.", set()),
    ],
)
def test_docopt_usage(tmp_path: Path, usage: str, expected: set[str]) -> None:
    cli = f"import docopt\nUSAGE = '''{usage}'''\ndef main():\n    docopt.docopt(USAGE)\n"
    assert set(options(read(tmp_path, {"kiosk/cli.py": cli}))) == expected


def test_code_of_python_two_is_read(tmp_path: Path) -> None:
    cli = (
        "import argparse\ndef main():\n    print 'hello'\n    p = argparse.ArgumentParser()\n"
        "    p.add_argument('--old', help=u'still \\u2013 here')\n    exec 'x = 1'\n"
    )
    assert options(read(tmp_path, {"kiosk/cli.py": cli}))["--old"].text == "still – here"


def test_a_parser_class_of_the_projects_own(tmp_path: Path) -> None:
    spec = (
        "class Group:\n    def add_argument(self, *names, **settings): ...\n"
        "class Spec:\n    def add_group(self, title): ...\n"
    )
    cli = (
        "from .spec import Spec\noptions = Spec('kiosk')\n"
        "network = options.add_group('Network')\n"
        "network.add_argument('--proxy', short_help='Where through.')\n"
        "def main():\n    options.run()\n"
    )
    snapshot = read(tmp_path, {"kiosk/cli.py": cli, "kiosk/spec.py": spec})
    assert options(snapshot)["--proxy"].text == "Where through."


def test_click_names_its_help_options(tmp_path: Path) -> None:
    cli = (
        "import click\nSETTINGS = dict(help_option_names=['-h', '-help'])\n"
        "@click.command(context_settings=SETTINGS)\n@click.option('-quick', is_flag=True)\n"
        "def main(quick): ...\n"
    )
    snapshot = read(tmp_path, {"kiosk/cli.py": cli})
    assert options(snapshot)["-h"].detail["forms"] == "-h, -help"
    assert help_of(snapshot) == "-h, -help"


@pytest.mark.parametrize(
    "cli",
    [
        "import click\n@click.command(add_help_option=False)\n@click.option('--a')\ndef main(a): ...\n",
        "import argparse\ndef main():\n    p = argparse.ArgumentParser(add_help=False)\n"
        "    p.add_argument('--a')\n    p.parse_args()\n",
    ],
)
def test_programs_without_help_are_known(tmp_path: Path, cli: str) -> None:
    assert help_of(read(tmp_path, {"kiosk/cli.py": cli})) == "none"


def test_commands_in_a_table_of_classes(tmp_path: Path) -> None:
    cli = (
        "import sys\nfrom argparse import ArgumentParser\n"
        "class Command:\n    def execute(self):\n        p = ArgumentParser(description=self.description)\n"
        "        self.add_arguments(p)\n        p.parse_args(sys.argv[2:])\n"
        "class Open(Command):\n    description = 'Opens a door.'\n    def add_arguments(self, p):\n        p.add_argument('door')\n"
        "class Close(Command):\n    def add_arguments(self, p):\n        p.add_argument('--all')\n"
        "TABLE = {'open': Open(), 'close': Close()}\n"
        "def main():\n    TABLE[sys.argv[1]].execute()\n"
    )
    snapshot = read(tmp_path, {"kiosk/cli.py": cli})
    assert commands(snapshot) == {"open", "close"}
    assert {f.text for f in snapshot.of("command")} == {"", "Opens a door."}
    assert set(options(snapshot)) == set()
    assert set(options(snapshot, "open")) == {"door"}
    assert set(options(snapshot, "close")) == {"--all"}


def test_a_lone_module_that_an_entry_point_starts_has_no_api(tmp_path: Path) -> None:
    project = '[project]\nname = "kiosk"\nscripts = { kiosk = "kiosk:main" }\n'
    for name, text in {"pyproject.toml": project, "kiosk.py": "def main(): ...\n"}.items():
        (tmp_path / name).write_text(text, "utf-8")
    assert not list(analyze(tmp_path).of("api_symbol"))
    (tmp_path / "kiosk.py").write_text('__all__ = ["buy"]\ndef buy(): ...\ndef main(): ...\n')
    assert [f.value for f in analyze(tmp_path).of("api_symbol")] == ["kiosk.buy"]


def test_an_empty_list_of_names_hides_nothing(tmp_path: Path) -> None:
    root = "__all__ = ()\nfrom .ask import ask\n"
    ask = "def ask(text):\n    '''Asks.'''\n"
    snapshot = read(tmp_path, {"kiosk/__init__.py": root, "kiosk/ask.py": ask})
    assert [f.value for f in snapshot.of("api_symbol")] == ["kiosk.ask"]
