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


def test_fix_and_diff(project: Path, tmp_path: Path) -> None:
    page = project / "README.md"
    page.write_bytes(
        b"\xef\xbb\xbf# demo\r\n\r\nSee [the guide](guide.md).\r\n[x](nowhere/at/all.md)"
    )
    shown = readme_gen("check", project, "--diff", cwd=tmp_path)
    assert (shown.returncode, "+See [the guide](docs/guide.md)." in shown.stdout) == (1, True)
    assert page.read_bytes().startswith(b"\xef\xbb\xbf# demo\r\n\r\nSee [the guide](guide.md).\r\n")
    done = readme_gen("check", project, "--fix", cwd=tmp_path)
    assert done.returncode == 1
    assert "Mended 1" in done.stderr
    assert "nowhere/at/all.md" in done.stdout
    assert "guide.md" not in done.stdout
    assert page.read_bytes() == (
        b"\xef\xbb\xbf# demo\r\n\r\nSee [the guide](docs/guide.md).\r\n[x](nowhere/at/all.md)"
    )


def test_baseline(project: Path) -> None:
    missing = readme_gen("check", "--baseline", "known.json", cwd=project)
    assert (missing.returncode, "--update-baseline" in missing.stderr) == (2, True)
    assert readme_gen("check", "--update-baseline", cwd=project).returncode == 2
    written = readme_gen("check", "--baseline", "known.json", "--update-baseline", cwd=project)
    assert (written.returncode, "1 false" in written.stderr) == (0, True)
    assert readme_gen("check", "--baseline", "known.json", cwd=project).returncode == 0
    (project / "README.md").write_text("New text.\n\n[a](docs/other.md)\n")
    new = readme_gen("check", "--baseline", "known.json", cwd=project)
    assert (new.returncode, new.stdout.count(":3:5 link")) == (1, 1)
    assert "no longer there: README.md: link 'docs/guid.md'" in new.stderr


def test_settings_count_where_the_user_stands(project: Path, tmp_path: Path) -> None:
    (project / "moxi.toml").write_text(
        '[check]\nreadmes = ["README.md", "docs/guide.md"]\n'
        'ignore = [{kind = "link", text = "docs/guid.md", reason = "why"}]\n'
    )
    assert readme_gen("check", project, cwd=tmp_path).returncode == 1
    done = readme_gen("check", "--format", "json", cwd=project)
    assert (done.returncode, len(json.loads(done.stdout))) == (0, 2)
    (project / "README.md").write_text("# demo\n")
    assert (
        "not needed: the entry for 'link docs/guid.md'" in readme_gen("check", cwd=project).stderr
    )


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("skip_kinds = []", "'skip_kinds'"),
        ('skip-kinds = ["lnk"]', "did you mean 'link'?"),
        ("readmes = 1", "readmes"),
        ('strict = "yes"', "strict = true"),
        ("readmes = [1]", "readmes"),
        ('ignore = [{kind = "link"}]', "no reason"),
        ('ignore = [{reason = "r"}]', "names no claim"),
        ('ignore = [{kin = "link", reason = "r"}]', "'kin'"),
        ('ignore = ["link"]', "no table"),
        ('ignore = [{kind = "lnk", reason = "r"}]', "did you mean 'link'?"),
    ],
)
def test_wrong_settings_are_one_sentence(project: Path, table: str, told: str) -> None:
    (project / "moxi.toml").write_text(f"[check]\n{table}\n")
    done = readme_gen("check", cwd=project)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert told in done.stderr


def test_what_is_like_nothing_is_false_where_it_is_asked_for(project: Path) -> None:
    (project / "pyproject.toml").write_text('[project]\nname = "demo"\n')
    (project / "demo.py").write_text("def near():\n    return 1\n")
    (project / "README.md").write_text(
        "# demo\n\n```python\nimport demo\n\ndemo.near()\ndemo.unlike_anything()\n```\n"
    )
    assert readme_gen("check", cwd=project).returncode == 0
    assert "nothing that was read is like it" in readme_gen("check", "-v", cwd=project).stdout
    assert readme_gen("check", "--strict", cwd=project).returncode == 1
    (project / "moxi.toml").write_text("[check]\nstrict = true\n")
    assert readme_gen("check", cwd=project).returncode == 1


def test_settings_of_check_do_not_trouble_the_writer(project: Path) -> None:
    (project / "moxi.toml").write_text('[check]\nskip-kinds = ["badge"]\n')
    assert readme_gen("-o", "-", cwd=project).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--kind", "url"], "--online"),
        (["--readme", "docs"], "'docs'"),
        (["--readme", "../outside.md"], "'../outside.md'"),
        (["README.adoc"], "AsciiDoc"),
        (["file:///nowhere/at/all"], "Cannot clone"),
        (["file:///nowhere/at/all", "--fix"], "--fix"),
        (["--baseline", "docs"], "'docs'"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_2(
    project: Path, tmp_path: Path, arguments: list[str], told: str
) -> None:
    (tmp_path / "outside.md").write_text("[a](b.md)\n")
    (project / "README.adoc").write_text("= demo\n")
    done = readme_gen("check", *arguments, cwd=project)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert told in done.stderr


def test_a_link_out_of_the_repository_is_not_shown(project: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("[secret](secret.md)\n")
    (project / "LINK.md").symlink_to(tmp_path / "secret")
    done = readme_gen("check", "LINK.md", cwd=project)
    assert "secret.md" not in done.stdout + done.stderr


def test_a_bare_repository(project: Path, tmp_path: Path) -> None:
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", "-C", str(project)]
    for call in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *call], check=True)
    subprocess.run(["git", "clone", "-q", "--bare", project, tmp_path / "demo.git"], check=True)
    done = readme_gen("check", tmp_path / "demo.git", "--format", "github", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith("::error file=README.md,line=3,col=17,")


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("readme-gen --exp", "--explain"),
        ("readme-gen check --bas", "--baseline"),
        ("readme-gen check --format sa", "sarif"),
        ("readme-gen che", "check"),
    ],
)
def test_completion_in_bash(tmp_path: Path, line: str, wanted: str) -> None:
    script = readme_gen("--completion", "bash", cwd=tmp_path).stdout
    words = line.split()
    ask = (
        f"{script}\nCOMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; "
        '_readme_gen; echo "${COMPREPLY[@]}"'
    )
    done = subprocess.run(["bash", "-c", ask], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.split() == [wanted]


def test_completion_for_other_shells(tmp_path: Path) -> None:
    assert "bashcompinit" in readme_gen("--completion", "zsh", cwd=tmp_path).stdout
    fish = readme_gen("--completion", "fish", cwd=tmp_path).stdout
    assert "-l update-baseline" in fish
    assert "-xa 'text json sarif github'" in fish
