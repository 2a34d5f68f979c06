"""`readme-gen --model` as its user calls it: streams, exit codes, files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.moxi_cli.test_readme_gen import readme_gen
from tests.moxi_core.model_server import ModelServer, failed, said, serving
from tests.moxi_infer.drafting import demo

ABOUT = "Wordy reads a text from a file and tells how often each word stands in it."
LIE = "It is built on the fastwords library."


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return demo.make(tmp_path / "wordy")


def flags(server: ModelServer) -> list[str]:
    return ["--model", "m", "--base-url", server.url]


def test_says_who_writes_and_where_text_goes_first(project: Path, tmp_path: Path) -> None:
    with serving(demo.telling({"about": f"{ABOUT} {LIE}"})) as server:
        done = readme_gen(project, *flags(server), cwd=tmp_path, HOME=str(tmp_path))
    first, *more = done.stderr.splitlines()
    assert server.url in first
    assert "'m'" in first
    assert any("about: 1 sentences kept, 1 cut" in line for line in more)
    assert (done.returncode, done.stdout) == (0, "")
    text = (project / "README.md").read_text()
    assert ABOUT in text
    assert "fastwords" not in text


def test_the_environment_names_a_model_and_offline_overrides_it(
    project: Path, tmp_path: Path
) -> None:
    with serving(demo.telling({"about": ABOUT})) as server:
        named = {
            "MOXI_MODEL": "m",
            "MOXI_BASE_URL": server.url,
            "MOXI_API_KEY": "k1",
            "HOME": str(tmp_path),
        }
        assert ABOUT in readme_gen(project, "-o", "-", cwd=tmp_path, **named).stdout
        assert set(server.keys) == {"Bearer k1"}
        asked = len(server.requests)
        assert (
            ABOUT not in readme_gen(project, "-o", "-", "--offline", cwd=tmp_path, **named).stdout
        )
        assert len(server.requests) == asked


def test_a_key_alone_or_a_file_sends_nothing(project: Path, tmp_path: Path) -> None:
    with serving(demo.telling({"about": ABOUT})) as server:
        (project / ".env").write_text(f"MOXI_MODEL=m\nMOXI_BASE_URL={server.url}\n")
        done = readme_gen(".", "-o", "-", cwd=project, OPENAI_API_KEY="k", MOXI_BASE_URL=server.url)
        assert done.returncode == 0
        assert not server.requests
        (project / ".env").unlink()
        (project / "moxi.toml").write_text('model = "m"\n')
        done = readme_gen(".", "-o", "-", cwd=project)
        assert "Unknown key 'model'" in done.stderr
        assert not server.requests


def test_a_server_that_fails_is_told_in_a_line(project: Path, tmp_path: Path) -> None:
    with serving(lambda _: failed(401)) as server:
        done = readme_gen(project, "-o", "-", *flags(server), cwd=tmp_path, HOME=str(tmp_path))
        assert done.returncode == 0
        assert done.stdout == readme_gen(project, "-o", "-", cwd=tmp_path).stdout
        assert "refuses the key" in done.stderr.splitlines()[-1]
        required = readme_gen(
            project, *flags(server), "--require-model", cwd=tmp_path, HOME=str(tmp_path)
        )
    assert required.returncode == 2
    assert required.stderr.splitlines()[-1].startswith("error: ")
    assert not (project / "README.md").exists()


def test_explain_and_json_tell_what_was_cut(project: Path, tmp_path: Path) -> None:
    with serving(demo.telling({"about": f"{ABOUT} {LIE}"})) as server:
        shown = readme_gen(
            project, "--explain", *flags(server), cwd=tmp_path, HOME=str(tmp_path)
        ).stdout
        told = json.loads(
            readme_gen(project, "--json", *flags(server), cwd=tmp_path, HOME=str(tmp_path)).stdout
        )
    assert LIE in shown
    assert "'fastwords' is not in the repository" in shown
    about = next(one for one in told["writer"]["sections"] if one["kind"] == "about")
    assert [cut["text"] for cut in about["cut"]] == [LIE]


def test_update_writes_with_a_model_too(project: Path, tmp_path: Path) -> None:
    readme_gen(project, cwd=tmp_path)
    with serving(
        demo.telling({"license": "Everybody may use wordy under the MIT license."})
    ) as server:
        done = readme_gen(
            project,
            "--update",
            "--section",
            "license",
            *flags(server),
            cwd=tmp_path,
            HOME=str(tmp_path),
        )
    assert done.returncode == 0, done.stderr
    assert "Everybody may use wordy under the MIT license." in (project / "README.md").read_text()


def test_a_list_of_paths_gives_a_draft_that_says_so(project: Path, tmp_path: Path) -> None:
    (tmp_path / "paths").write_text("src/app.py\nREADME.md\nLICENSE\n")
    draft = f"{ABOUT} The code is in `src/app.py`, and [more](docs/none.md) is told elsewhere."
    with serving(
        demo.telling({"about": draft, "install": "Install it with:\n\n```sh\npip install x\n```\n"})
    ) as server:
        done = readme_gen(
            project, "--file-tree", tmp_path / "paths", "--project-type", "cli", *flags(server),
            cwd=tmp_path, HOME=str(tmp_path),
        )  # fmt: skip
        sent = server.requests[0]["messages"][-1]["content"]
    assert done.returncode == 0, done.stderr
    assert "nothing in it was checked against the code" in done.stdout
    assert ABOUT in done.stdout
    assert "docs/none.md" not in done.stdout
    assert "pip install x" in done.stdout
    assert "Project type: cli" in sent
    assert "wordy/cli.py" not in sent
    assert not (project / "README.md").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--require-model"], "--require-model needs a model"),
        (["--base-url", "http://127.0.0.1:9/v1"], "--base-url needs a model"),
        (["--file-tree", "-"], "--file-tree needs a model"),
        (["--model", "m", "--offline"], "exclude each other"),
        (["--model", "m", "--prompt-style", "verse"], "choose chat or alpaca"),
        (["--model", "m", "--context", "0"], "give a number from 1 up"),
        (["--model", "m", "--file-tree", "none.txt"], "cannot be read"),
        (["--model", "m", "--file-tree", "/dev/null"], "is empty"),
        (["--model", "m", "--file-tree", "paths", "--project-type", "spaceship"], "choose from"),
        (["--model", "nowhere", "--require-model"], "There is no folder 'nowhere'"),
    ],
)
def test_bad_input(project: Path, tmp_path: Path, arguments: list[str], words: str) -> None:
    (tmp_path / "paths").write_text("a.py\n")
    done = readme_gen(project, *arguments, cwd=tmp_path, HOME=str(tmp_path))
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (project / "README.md").exists()


def test_answers_are_kept_for_a_second_run(project: Path, tmp_path: Path) -> None:
    with serving(lambda _: said(ABOUT)) as server:
        for _ in range(2):
            readme_gen(
                project,
                "-o",
                "-",
                *flags(server),
                cwd=tmp_path,
                HOME=str(tmp_path),
                XDG_CACHE_HOME=str(tmp_path),
            )
            asked = len(server.requests)
        readme_gen(
            project, "-o", "-", "--no-cache", *flags(server), cwd=tmp_path, HOME=str(tmp_path)
        )
        assert len(server.requests) == 2 * asked
    assert (tmp_path / "moxi/answers.sqlite3").is_file()
