"""`readme-gen --update` as its user calls it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HUMAN = b"""# demo

My own words.

## Setup

Ask a friend.

## Thanks

[Missing](docs/missing.md)
"""


def readme_gen(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process of its own."""
    code = "from moxi_cli.readme_gen import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small Python project without a README."""
    root = tmp_path / "demo"
    (root / "demo").mkdir(parents=True)
    (root / "demo" / "__init__.py").write_text("")
    (root / "pyproject.toml").write_text(
        '[project]\nname = "demo"\nversion = "1.0"\ndescription = "Counts words."\n'
        'requires-python = ">=3.11"\n'
    )
    return root


def test_what_we_wrote_follows_the_code(project: Path) -> None:
    assert readme_gen("-q", cwd=project).returncode == 0
    file = project / "README.md"
    first = file.read_bytes()
    same = readme_gen("--update", cwd=project)
    assert (same.returncode, file.read_bytes()) == (0, first)
    assert same.stderr == b"README.md stays as it is: nothing has changed\n"

    file.write_bytes(first + b"\n## Thanks\n\nTo all.\n")
    manifest = project / "pyproject.toml"
    manifest.write_text(manifest.read_text().replace("3.11", "3.12"))
    shown = readme_gen("--update", "--diff", cwd=project)
    assert shown.returncode == 0
    assert b"-- Python 3.11 or later" in shown.stdout
    assert b"+- Python 3.12 or later" in shown.stdout
    assert b"3.11" in file.read_bytes()
    done = readme_gen("--update", cwd=project)
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr == b"Updated README.md: requirements\n"
    assert b"3.12" in file.read_bytes()
    assert file.read_bytes().endswith(b"\n## Thanks\n\nTo all.\n")


def test_sections_asked_for_with_commas_or_one_by_one(project: Path) -> None:
    file = project / "README.md"
    file.write_bytes(HUMAN)
    done = readme_gen("--update", "--section", "install,requirements", cwd=project)
    assert done.returncode == 0
    text = file.read_bytes()
    head, _, tail = HUMAN.partition(b"Ask a friend.\n")
    assert text.startswith(head.partition(b"## Setup")[0])
    assert text.endswith(tail)
    assert b"friend" not in text
    assert b"pip install ." in text
    assert b"## Requirements" in text
    file.write_bytes(HUMAN)
    readme_gen("--update", "--section", "install", "--section", "requirements", cwd=project)
    assert file.read_bytes() == text


def test_false_claims_in_kept_lines_are_told(project: Path) -> None:
    (project / "README.md").write_bytes(HUMAN)
    done = readme_gen("--update", "--section", "install", cwd=project)
    line = (project / "README.md").read_bytes().split(b"\n").index(
        b"[Missing](docs/missing.md)"
    ) + 1
    assert f"README.md:{line}: false: docs/missing.md" in done.stderr.decode()
    assert done.returncode == 0


def test_a_conflict_is_exit_1_and_force_resolves_it(project: Path) -> None:
    readme_gen("-q", cwd=project)
    file = project / "README.md"
    changed = file.read_bytes().replace(b"Python 3.11", b"Python 3.11 (or PyPy)")
    file.write_bytes(changed)
    done = readme_gen("--update", "-q", cwd=project)
    assert (done.returncode, file.read_bytes()) == (1, changed)
    assert b"the section `requirements` was changed by hand" in done.stderr
    assert done.stderr.startswith(b"README.md:9: ")
    assert readme_gen("--update", "--force", cwd=project).returncode == 0
    assert b"PyPy" not in file.read_bytes()


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("", (), "There is no 'README.md' to update"),
        ("README.md", ("-o", "-"), "name the file with -o FILE"),
        ("README.md", ("--json",), "leave out --json"),
        ("README.md", ("--section", "instal"), "did you mean 'install'?"),
        ("README.rst", ("-o", "README.rst"), "is not Markdown"),
    ],
)
def test_what_cannot_be_updated_is_one_sentence(
    project: Path, name: str, arguments: tuple[str, ...], told: str
) -> None:
    if name:
        (project / name).write_bytes(HUMAN)
    done = readme_gen("--update", *arguments, cwd=project)
    assert done.returncode == 2
    assert told in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1
    assert not name or (project / name).read_bytes() == HUMAN


def test_an_own_template_with_markers(project: Path) -> None:
    template = project / "mine.j2"
    template.write_text(
        "# {{ title }}\n{% for part in sections %}\n{% if markers %}\n\n<!-- moxi:{{ part.kind }} -->\n\n"
        "{% endif %}\n## My {{ part.title }}\n\n{{ part.body }}\n{% if markers %}\n\n"
        "<!-- /moxi:{{ part.kind }} -->\n{% endif %}\n{% endfor %}\n"
    )
    assert readme_gen("-q", "--template", template, cwd=project).returncode == 0
    file = project / "README.md"
    first = file.read_bytes()
    assert b"\n\n## My Installation\n" in first
    file.write_bytes(first.replace(b"## My Requirements\n", b"## Needs\n") + b"\nMine.\n")
    assert readme_gen("--update", "--force", "--template", template, cwd=project).returncode == 0
    assert b"## Needs\n" in file.read_bytes()  # a heading that a person chose is kept
    file.write_bytes(first)
    assert readme_gen("--update", "--template", template, cwd=project).returncode == 0
    assert file.read_bytes() == first
    template.write_text("# {{ title }}\n")
    refused = readme_gen("--update", "--template", template, cwd=project)
    assert (refused.returncode, file.read_bytes()) == (2, first)
    assert b"writes no markers" in refused.stderr


def test_links_are_not_written_through(project: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.md"
    outside.write_bytes(HUMAN)
    (project / "README.md").symlink_to(outside)
    assert readme_gen("--update", "--section", "install", cwd=project).returncode == 2
    assert outside.read_bytes() == HUMAN


def test_a_readme_keeps_its_name_its_bytes_and_its_mode(project: Path) -> None:
    file = project / "readme.md"
    human = b"\xef\xbb\xbf# demo\r\n\r\n## Install\r\n\r\nold\r\n\r\n## Caf\xe9\r\n\r\nlast"
    file.write_bytes(human)
    file.chmod(0o640)
    assert readme_gen("--update", "--section", "install", cwd=project).returncode == 0
    text = file.read_bytes()
    assert text.startswith(b"\xef\xbb\xbf# demo\r\n\r\n## Install\r\n\r\n<!-- moxi:install ")
    assert text.endswith(b"<!-- /moxi:install -->\r\n\r\n## Caf\xe9\r\n\r\nlast")
    assert text.count(b"\n") == text.count(b"\r\n")
    assert file.stat().st_mode & 0o777 == 0o640
    assert [p.name for p in project.iterdir() if "eadme" in p.name.lower()] == ["readme.md"]
