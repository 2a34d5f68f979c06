"""Small repositories for a street without network: `python street_repos.py FOLDER`.

Each is a little program or library with a README that holds against its code, since both are written
from the same description. The same folder gets the same repositories, commit for commit.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

# Splits follow a hash of the owner: milo's repositories are for validation, emil's for the test.
OWNERS = ("ada", "ben", "cleo", "dora", "finn", "hana", "emil", "milo")
NOUNS = (
    "log", "recipe", "ticket", "invoice", "track", "photo", "word", "order", "contact", "event", "branch",
    "packet", "measure", "letter", "answer", "visit", "sample", "record", "payment", "chapter", "station",
    "reading", "coupon", "address", "journey", "ballot", "parcel", "lecture", "harvest", "rumour", "comment",
    "signal", "voucher", "receipt", "message", "session", "booking", "fixture", "caption", "mission",
    "tide", "star", "garden", "bridge", "engine", "anchor", "lantern", "compass",
)  # fmt: skip
UNSEEN = "lighthouse"


@dataclass(frozen=True)
class Action:
    """What a program does to the lines of a text, in words and in each language."""

    verb: str
    told: str
    why: str
    python: str
    javascript: str


ACTIONS = (
    Action(
        "count", "counts how often each line occurs", "to see what repeats itself",
        '[f"{lines.count(line)} {line}" for line in dict.fromkeys(lines)]',
        "[...new Set(lines)].map((line) => `${lines.filter((other) => other === line).length} ${line}`)",
    ),
    Action(
        "sort", "puts lines into alphabetical order", "to compare two versions of a list",
        "sorted(lines)", "[...lines].sort()",
    ),
    Action(
        "unique", "keeps the first of lines that are equal", "to clean up what was collected twice",
        "list(dict.fromkeys(lines))", "[...new Set(lines)]",
    ),
    Action(
        "measure", "tells the length of each line", "to find what is too long for a column",
        '[f"{len(line)} {line}" for line in lines]', "lines.map((line) => `${line.length} ${line}`)",
    ),
    Action(
        "number", "puts a number before each line", "to talk about single lines of a long text",
        '[f"{number} {line}" for number, line in enumerate(lines, 1)]',
        "lines.map((line, index) => `${index + 1} ${line}`)",
    ),
    Action(
        "reverse", "turns the order of lines around", "to read the newest entries first",
        "lines[::-1]", "[...lines].reverse()",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Switch:
    """An option: its help, its default ("" for a flag), and what it does in each language."""

    name: str
    told: str
    default: str
    python: str
    javascript: str


SWITCHES = (
    Switch(
        "top", "how many lines are shown at most", "20", "lines[: int(value)]",
        "lines.slice(0, Number(value))",
    ),
    Switch(
        "width", "cut each line after so many characters", "80", "[line[: int(value)] for line in lines]",
        "lines.map((line) => line.slice(0, Number(value)))",
    ),
    Switch(
        "lower", "compare lines without regard to case", "", "[line.lower() for line in lines]",
        "lines.map((line) => line.toLowerCase())",
    ),
    Switch(
        "strip", "remove blanks around each line", "", "[line.strip() for line in lines]",
        "lines.map((line) => line.trim())",
    ),
    Switch(
        "skip", "leave out so many lines at the beginning", "0", "lines[int(value) :]",
        "lines.slice(Number(value))",
    ),
    Switch(
        "filled", "leave out lines that are empty", "", "[line for line in lines if line]",
        "lines.filter((line) => line)",
    ),
)  # fmt: skip

LICENSE = """\
Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is
hereby granted.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE
INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR
ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE,
DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN
CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.
"""


@dataclass(frozen=True)
class Project:
    """One repository: what it is about, what it does, with which options, in which language."""

    owner: str
    noun: str
    action: Action
    switches: tuple[Switch, ...]
    kind: str  # python, library or node
    chance: random.Random

    @property
    def name(self) -> str:
        return f"{self.noun}-{self.action.verb}"

    @property
    def module(self) -> str:
        return self.name.replace("-", "_")

    @property
    def description(self) -> str:
        return f"Reads {self.noun} lists and {self.action.told}"

    def files(self) -> Mapping[str, str]:
        """All files, by path."""
        made = {"python": python_program, "library": library, "node": node_program}[self.kind]
        return {"LICENSE": LICENSE, **made(self), "README.md": "\n".join(readme(self)) + "\n"}


def python_program(project: Project) -> Mapping[str, str]:
    steps = ""
    options = ""
    for switch in project.switches:
        how = f'default="{switch.default}"' if switch.default else 'action="store_true"'
        options += f'    parser.add_argument("--{switch.name}", {how}, help="{switch.told}")\n'
        steps += (
            f"    value = options.{switch.name}\n    if value:\n        lines = {switch.python}\n"
        )
    program = (
        f'"""{project.description}."""\n\nimport argparse\nimport sys\n\n\ndef main() -> None:\n'
        f'    parser = argparse.ArgumentParser(description="{project.description}")\n'
        f'    parser.add_argument("file", help="a text file, a {project.noun} a line")\n{options}'
        "    options = parser.parse_args()\n    with open(options.file) as file:\n"
        f"        lines = file.read().splitlines()\n{steps}    lines = {project.action.python}\n"
        '    sys.stdout.write("\\n".join(lines) + "\\n")\n\n\nif __name__ == "__main__":\n    main()\n'
    )
    return {
        "pyproject.toml": pyproject(project, f'[project.scripts]\n{project.name} = "{project.module}.cli:main"\n'),
        f"src/{project.module}/__init__.py": "",
        f"src/{project.module}/cli.py": program,
        "Makefile": f"test:\n\tpython -m unittest discover tests\n\nrun:\n\tpython -m {project.module}.cli\n",
        "tests/test_cli.py": f"import unittest\n\nimport {project.module}.cli\n\n\nclass Test(unittest.TestCase):\n"
        f"    def test_it_is_there(self):\n        self.assertTrue({project.module}.cli.main)\n",
    }  # fmt: skip


def library(project: Project) -> Mapping[str, str]:
    functions = ""
    for switch in project.switches:
        given = f', value: str = "{switch.default}"' if switch.default else ""
        functions += (
            f"\n\ndef {switch.name}(lines: list[str]{given}) -> list[str]:\n"
            f'    """{switch.told.capitalize()}."""\n    return {switch.python}\n'
        )
    return {
        "pyproject.toml": pyproject(project, ""),
        f"src/{project.module}/__init__.py": f'"""{project.description}."""\n\n\n'
        f"def {project.action.verb}(lines: list[str]) -> list[str]:\n"
        f'    """{project.action.told.capitalize()}."""\n    return {project.action.python}\n{functions}',
        "Makefile": "test:\n\tpython -m unittest discover tests\n",
        "tests/test_lines.py": f"import unittest\n\nfrom {project.module} import {project.action.verb}\n\n\n"
        f"class Test(unittest.TestCase):\n    def test_nothing(self):\n"
        f"        self.assertEqual({project.action.verb}([]), [])\n",
    }


def node_program(project: Project) -> Mapping[str, str]:
    options = ""
    steps = ""
    for switch in project.switches:
        what = (
            f'{{ type: "string", default: "{switch.default}" }}'
            if switch.default
            else '{ type: "boolean" }'
        )
        options += f"    {switch.name}: {what}, // {switch.told}\n"
        steps += f"value = values.{switch.name};\nif (value) lines = {switch.javascript};\n"
    program = (
        f'#!/usr/bin/env node\n// {project.description}.\nimport {{ readFileSync }} from "node:fs";\n'
        f'import {{ parseArgs }} from "node:util";\n\nconst {{ values, positionals }} = parseArgs({{\n'
        f"  allowPositionals: true,\n  options: {{\n{options}  }},\n}});\n"
        'let lines = readFileSync(positionals[0], "utf8").trimEnd().split("\\n");\nlet value;\n'
        f'{steps}console.log({project.action.javascript}.join("\\n"));\n'
    )
    return {
        "package.json": f'{{\n  "name": "{project.name}",\n  "version": "1.0.0",\n'
        f'  "description": "{project.description}",\n  "type": "module",\n  "license": "0BSD",\n'
        f'  "bin": {{ "{project.name}": "cli.js" }},\n  "engines": {{ "node": ">=18.11" }},\n'
        '  "scripts": { "test": "node --test", "check": "node --check cli.js" }\n}\n',
        "cli.js": program,
        "test/cli.test.js": 'import { test } from "node:test";\nimport assert from "node:assert";\n\n'
        'test("lines", () => assert.deepEqual("a\\nb".split("\\n"), ["a", "b"]));\n',
    }


def pyproject(project: Project, more: str) -> str:
    return (
        f'[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n\n[project]\n'
        f'name = "{project.name}"\nversion = "1.0"\ndescription = "{project.description}"\n'
        f'license = "0BSD"\nrequires-python = ">=3.11"\n\n{more}'
    )


def readme(project: Project) -> Iterator[str]:
    """A README in one of several manners, of what the files above hold."""
    pick, noun, action = project.chance.choice, project.noun, project.action
    yield from (f"# {project.name}", "", f"{project.description}, {action.why}.", "")
    yield pick(("## About", "## What it does", "## Overview"))
    yield ""
    yield pick((
        f"A {noun} list is a plain text with one {noun} a line. `{project.name}` {action.told}, and leaves the "
        "file itself as it is.",
        f"Whoever keeps a {noun} list as a text file wants {action.why} now and then. This "
        f"{'library' if project.kind == 'library' else 'program'} {action.told}; nothing is changed in place.",
        f"`{project.name}` {action.told}. It needs no database and no network: a text with one {noun} a line is "
        "enough.",
    ))  # fmt: skip
    yield pick((
        "It is small on purpose, so that it can be read in one sitting.",
        f"It was written {action.why}, and does nothing else.",
        "Everything happens in memory, so a file of some million lines is the most that one should give it.",
    ))  # fmt: skip
    yield from ("", pick(("## Installation", "## Install", "## Getting started")), "")
    yield from _install(project)
    yield from ("", pick(("## Usage", "## How to use it", "## Use")), "")
    yield from _usage(project)
    yield from ("", pick(("## Development", "## Tests", "## Contributing")), "")
    command = "npm test" if project.kind == "node" else "make test"
    yield pick((
        f"Run `{command}` before you send a change; a change of {noun} lists comes with a test.",
        f"`{command}` runs the tests. Small changes are welcome, large ones are better talked about first.",
    ))  # fmt: skip
    yield from ("", "## License", "", "0BSD, see [LICENSE](LICENSE).")


def _install(project: Project) -> Iterator[str]:
    needs = "Node.js 18.11" if project.kind == "node" else "Python 3.11"
    yield project.chance.choice((f"{needs} or later is needed.", f"Requires {needs} or later."))
    line = "npm install --global ." if project.kind == "node" else "pip install ."
    yield from ("", "From a clone of this repository:", "", "```sh", line, "```")


def _usage(project: Project) -> Iterator[str]:
    first = project.switches[0]
    if project.kind == "library":
        verb = project.action.verb
        yield from ("```python", f"from {project.module} import {first.name}, {verb}", "")
        yield f'lines = open("{project.noun}s.txt").read().splitlines()'
        yield from (f"for line in {verb}({first.name}(lines)):", "    print(line)", "```", "")
        yield f"`{verb}` {project.action.told}. Before it, lines can be prepared:"
        yield ""
        for switch in project.switches:
            yield f"- `{switch.name}`: {switch.told}"
        return
    shown = f"--{first.name} {first.default}".strip()
    yield from ("```sh", f"{project.name} {shown} {project.noun}s.txt", "```", "")
    if project.chance.random() < 0.5:
        yield from ("| Option | What it does |", "| --- | --- |")
        for switch in project.switches:
            yield f"| `--{switch.name}` | {switch.told} |"
    else:
        yield f"The {project.noun} list is the only argument. These options change what is shown:"
        yield ""
        for switch in project.switches:
            yield f"- `--{switch.name}`: {switch.told}"


def projects(count: int) -> Iterator[Project]:
    """The first so many; no two have the same name."""
    for number in range(count):
        chance = random.Random(number)  # noqa: S311
        yield Project(
            owner=OWNERS[number % len(OWNERS)],
            noun=NOUNS[number % len(NOUNS)],
            action=ACTIONS[
                (number * 5 + number // len(OWNERS) + number // len(NOUNS)) % len(ACTIONS)
            ],
            switches=tuple(chance.sample(SWITCHES, chance.randint(2, 5))),
            kind=("python", "library", "node")[(number + number // 3) % 3],
            chance=chance,
        )


def write(project: Project, folder: Path, *, with_readme: bool = True) -> None:
    """A git repository with one commit, the same one whenever it is made; one that is there is left."""
    if (folder / ".git" / "refs" / "heads" / "main").exists():
        return
    for path, text in project.files().items():
        if path != "README.md" or with_readme:
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, "utf-8")
    who = {
        "NAME": project.owner,
        "EMAIL": f"{project.owner}@example.com",
        "DATE": "2026-01-01T00:00:00Z",
    }
    given = {f"GIT_{r}_{key}": v for r in ("AUTHOR", "COMMITTER") for key, v in who.items()}
    # What a user has set up of hooks and signatures is for his own commits.
    given |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    for line in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "All of it"]):
        subprocess.run(["git", *line], cwd=folder, env={**os.environ, **given}, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Make small repositories.")
    parser.add_argument("folder", type=Path, help="where they go, a folder an owner")
    parser.add_argument("--count", type=int, default=48, help="how many")
    parser.add_argument("--unseen", type=Path, help="where one more goes, which has no README")
    given = parser.parse_args()
    made = [*projects(given.count)]
    for project in made:
        write(project, given.folder / project.owner / project.name)
    if given.unseen:
        more = replace(made[0], owner="zoe", noun=UNSEEN, kind="python")
        write(more, given.unseen / more.name, with_readme=False)
    print(f"{len(made)} repositories of {len(OWNERS)} owners in {given.folder}")


if __name__ == "__main__":
    main()
