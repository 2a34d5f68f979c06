"""`readme-gen check` as its user calls it: a process, its streams, its exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.moxi_cli.test_readme_gen import readme_gen

README = "# demo\n\nSee [the guide](docs/guid.md) and [the license](LICENSE).\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project whose README has one true and one false link."""
    root = tmp_path / "demo"
    (root / "docs").mkdir(parents=True)
    (root / "docs" / "guide.md").write_text("# Guide\n\n[back](../README.md)\n")
    (root / "LICENSE").write_text("All rights are ours.\n")
    (root / "README.md").write_text(README)
    return root


def test_exit_codes(project: Path, tmp_path: Path) -> None:
    found = readme_gen("check", project, cwd=tmp_path)
    assert found.returncode == 1
    assert "demo/README.md:3:17 link\n" in found.stdout
    assert "1 false" in found.stderr
    assert readme_gen("check", project, "--exit-zero", cwd=tmp_path).returncode == 0
    (project / "README.md").write_text(README.replace("guid.md", "guide.md"))
    assert readme_gen("check", project, cwd=tmp_path).returncode == 0
    missing = readme_gen("check", "nowhere", cwd=tmp_path)
    assert (missing.returncode, missing.stderr.count("\n")) == (2, 1)
    assert "'nowhere'" in missing.stderr


def test_a_page_is_checked_in_its_own_repository(project: Path) -> None:
    (project / ".git").mkdir()
    done = readme_gen("check", "guide.md", "--format", "json", cwd=project / "docs")
    assert done.returncode == 0
    told = json.loads(done.stdout)
    assert told["readme"] == "docs/guide.md"
    assert [claim["verdict"] for claim in told["claims"]] == ["true"]


def test_pages_by_name_and_from_the_root(project: Path) -> None:
    by_name = readme_gen("check", "README.md", "docs/guide.md", "--format", "json", cwd=project)
    by_root = readme_gen(
        "check",
        "--readme",
        "README.md",
        "--readme",
        "docs/guide.md",
        "--format",
        "json",
        cwd=project,
    )
    assert by_name.stdout == by_root.stdout
    assert [report["readme"] for report in json.loads(by_name.stdout)] == [
        "README.md", "docs/guide.md",
    ]  # fmt: skip


def test_a_folder_named_check(project: Path, tmp_path: Path) -> None:
    project.rename(tmp_path / "check")
    done = readme_gen("./check", "--diff", cwd=tmp_path)
    assert (done.returncode, "+++" in done.stdout) == (0, True)


def test_kinds_are_chosen_by_name(project: Path) -> None:
    assert readme_gen("check", "--skip-kind", "link", cwd=project).returncode == 0
    assert readme_gen("check", "--kind", "anchor", cwd=project).returncode == 0
    wrong = readme_gen("check", "--kind", "lnk", cwd=project)
    assert wrong.returncode == 2
    assert "did you mean 'link'?" in wrong.stderr
    assert readme_gen("check", "--list-kinds", cwd=project).stdout.startswith("anchor ")


def test_help_names_the_verb_and_is_light(tmp_path: Path) -> None:
    assert "readme-gen check" in readme_gen("--help", cwd=tmp_path).stdout
    code = (
        "import sys; sys.argv = ['readme-gen', 'check', '--help']\n"
        "from moxi_cli.readme_gen import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "heavy = {'rich', 'docutils', 'markdown_it', 'jinja2', 'tree_sitter', 'pydantic'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "--baseline" in done.stdout
    assert done.stdout.endswith("[]\n")
