"""`readme-gen` as its user calls it: a process, its streams, its exit code, its file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def readme_gen(
    *arguments: str | Path, cwd: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("MOXI_")}
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from moxi_cli.readme_gen import main; main()",
            *map(str, arguments),
        ],
        cwd=cwd,
        env=clean | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small Python project."""
    root = tmp_path / "demo"
    (root / "demo").mkdir(parents=True)
    (root / "demo" / "__init__.py").write_text("")
    (root / "pyproject.toml").write_text(
        '[project]\nname = "demo"\nversion = "1.0"\ndescription = "Counts the words of a text."\n'
        'requires-python = ">=3.11"\n'
    )
    (root / "LICENSE").write_text("All rights are ours.\n")
    return root


def test_writes_into_the_repository(project: Path, tmp_path: Path) -> None:
    done = readme_gen(project, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith(f"Wrote {project / 'README.md'}: ")
    text = (project / "README.md").read_text("utf-8")
    assert text.startswith("# demo\n\n<!-- moxi:tagline ")
    assert "\n\nCounts the words of a text.\n\n<!-- /moxi:tagline -->\n" in text
    assert sorted(p.name for p in project.iterdir()) == [
        "LICENSE", "README.md", "demo", "pyproject.toml",
    ]  # fmt: skip


def test_the_folder_one_stands_in_is_the_default(project: Path) -> None:
    assert readme_gen("-q", cwd=project).returncode == 0
    assert (project / "README.md").exists()


@pytest.mark.parametrize("name", ["README.md", "readme.md"])
def test_never_overwrites_unasked(project: Path, tmp_path: Path, name: str) -> None:
    (project / name).write_text("mine\n")
    done = readme_gen(project, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    for mend in ("--force", "--diff", "-o", str(project / name)):
        assert mend in done.stderr
    assert done.stderr.count("\n") == 1
    assert (project / name).read_text() == "mine\n"


def test_force_diff_and_output(project: Path, tmp_path: Path) -> None:
    file = project / "README.md"
    file.write_text("mine\n")
    shown = readme_gen(project, "--diff", cwd=tmp_path)
    assert shown.returncode == 0
    assert "-mine" in shown.stdout
    assert "+# demo" in shown.stdout
    assert file.read_text() == "mine\n"
    assert readme_gen(project, "-o", "other.md", "--no-markers", cwd=tmp_path).returncode == 0
    assert (tmp_path / "other.md").read_text().startswith("# demo")
    printed = readme_gen(project, "-o", "-", cwd=tmp_path)
    assert printed.stdout == (tmp_path / "other.md").read_text()
    assert printed.stderr == ""
    assert "moxi:" not in printed.stdout
    (project / "moxi.toml").write_text("markers = false\n")
    assert readme_gen("--force", cwd=project).returncode == 0
    assert file.read_text() == printed.stdout


def test_json_and_explain(project: Path, tmp_path: Path) -> None:
    told = json.loads(readme_gen(project, "--json", cwd=tmp_path).stdout)
    assert set(told) == {"snapshot", "sections", "markdown", "writer"}
    assert told["snapshot"]["name"] == "demo"
    assert told["markdown"].startswith("# demo")
    explained = readme_gen(project, "--explain", cwd=tmp_path).stdout
    assert "Counts the words of a text.\n      pyproject.toml:4" in explained
    assert "Python 3.11 or later\n      pyproject.toml:5" in explained
    assert not (project / "README.md").exists()


def test_sections_are_chosen_by_name(project: Path, tmp_path: Path) -> None:
    only = readme_gen(project, "-o", "-", "--section", "requirements", cwd=tmp_path).stdout
    assert "## Requirements" in only
    assert "## Installation" not in only
    without = readme_gen(project, "-o", "-", "--skip", "requirements", cwd=tmp_path).stdout
    assert "## Requirements" not in without
    wrong = readme_gen(project, "--section", "instal", cwd=tmp_path)
    assert wrong.returncode == 2
    assert "did you mean 'install'?" in wrong.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere"], "No such directory: 'nowhere'"),
        (["demo/LICENSE"], "Not a directory"),
        (["demo", "-o", "no/such/folder.md"], "There is no folder"),
        (["demo", "-o", "demo"], "is a directory"),
        (["demo", "--template", "missing.j2"], "missing.j2"),
        (["demo", "--tree-depth", "99"], "tree_depth"),
        (["file:///nowhere/at/all"], "Cannot clone"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_2(
    project: Path, tmp_path: Path, arguments: list[str], told: str
) -> None:
    done = readme_gen(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (project / "README.md").exists()


def test_own_settings_count_only_where_the_user_stands(project: Path, tmp_path: Path) -> None:
    (project / "moxi.toml").write_text('skip = ["requirements"]\n')
    assert "## Requirements" in readme_gen(project, "-o", "-", cwd=tmp_path).stdout
    assert "## Requirements" not in readme_gen(".", "-o", "-", cwd=project).stdout
    told = readme_gen(".", "-o", "-", "--skip", "install", cwd=project).stdout
    assert "## Requirements" in told


def test_settings_layers(project: Path) -> None:
    (project / "pyproject.toml").open("a").write('[tool.moxi]\nskip = ["license"]\nbadges = true\n')
    (project / ".env").write_text('MOXI_SKIP=["install"]\nDATABASE_URL=x\n')
    from_env_file = readme_gen("-o", "-", cwd=project).stdout
    assert "## Requirements" in from_env_file
    assert "## Installation" not in from_env_file
    from_environment = readme_gen("-o", "-", cwd=project, MOXI_SKIP='["requirements"]').stdout
    assert "## Installation" in from_environment
    assert "## Requirements" not in from_environment


def test_wrong_settings_are_named(project: Path) -> None:
    (project / "moxi.toml").write_text('skipp = ["license"]\n')
    done = readme_gen(cwd=project)
    assert done.returncode == 2
    assert "'skipp'" in done.stderr
    (project / "moxi.toml").write_text("skip = [\n")
    assert "moxi.toml" in readme_gen(cwd=project).stderr


def test_own_template_in_a_sandbox(project: Path, tmp_path: Path) -> None:
    template = tmp_path / "mine.j2"
    template.write_text("# {{ title }}\n{% for s in sections %}{{ s.kind }} {% endfor %}\n")
    done = readme_gen(project, "-o", "-", "--template", template, cwd=tmp_path)
    assert done.stdout.startswith("# demo\ntagline")
    template.write_text("{{ ''.__class__.__mro__[1].__subclasses__() }}")
    assert readme_gen(project, "--template", template, cwd=tmp_path).returncode == 2
    template.write_text("{{ nothing }}")
    done = readme_gen(project, "--template", template, cwd=tmp_path)
    assert (done.returncode, "nothing" in done.stderr) == (2, True)


def test_a_link_in_place_of_the_readme_is_not_followed(project: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text("keep\n")
    (project / "README.md").symlink_to(outside)
    assert readme_gen(project, cwd=tmp_path).returncode == 2
    assert readme_gen(project, "--force", cwd=tmp_path).returncode == 0
    assert outside.read_text() == "keep\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names on this system")
def test_devices_and_pipes_are_written_to_not_replaced(project: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        done = readme_gen(project, "-o", pipe, "--force", cwd=tmp_path)
        assert done.returncode == 0
        assert os.read(reader, 1 << 16).startswith(b"# demo")
    finally:
        os.close(reader)
    assert pipe.is_fifo()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder nobody can write to")
def test_a_folder_that_cannot_be_written(project: Path, tmp_path: Path) -> None:
    done = readme_gen(project, "-o", "/proc/README.md", cwd=tmp_path)
    assert done.returncode == 2
    assert "Cannot write '/proc/README.md'" in done.stderr


def test_help_version_and_lightness(tmp_path: Path) -> None:
    assert readme_gen("--version", cwd=tmp_path).stdout.startswith("readme-gen ")
    told = readme_gen("--help", cwd=tmp_path)
    assert "--explain" in told.stdout
    code = (
        "import sys; sys.argv = ['readme-gen', '--help']\n"
        "from moxi_cli.readme_gen import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(sorted({'torch', 'tree_sitter', 'jinja2', 'yaml', 'pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")


def test_a_plain_run_does_without_pydantic(project: Path) -> None:
    code = (
        "import sys; sys.argv = ['readme-gen', '-o', '-']\n"
        "from moxi_cli.readme_gen import main\n"
        "main()\n"
        "print(sorted({'typer', 'pydantic', 'pydantic_settings', 'asyncio'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("# demo")
    assert done.stdout.endswith("[]\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--sect", "install"], "--sect"),
        (["--tree-depth", "deep"], "--tree-depth"),
        (["one", "two"], "two"),
        (["--output"], "--output"),
    ],
)
def test_a_wrong_command_line_is_told(tmp_path: Path, arguments: list[str], told: str) -> None:
    done = readme_gen(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: readme-gen")
    assert told in done.stderr.splitlines()[-1]


def test_a_closed_pipe_is_no_error(project: Path) -> None:
    script = f"{sys.executable} -c 'from moxi_cli.readme_gen import main; main()' -o - | true"
    done = subprocess.run(script, shell=True, cwd=project, capture_output=True, text=True)  # noqa: S602
    assert "Traceback" not in done.stderr
