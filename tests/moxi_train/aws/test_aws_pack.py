"""What leaves the machine for a job: exactly what is needed, the same bytes each time, no secrets."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moxi_core.errors import SettingsError, TrainError
from moxi_train.aws.pack import archive, as_toml, pack
from moxi_train.aws.source import _requirements, is_packed, source_files
from moxi_train.recipe import load_recipe, names, resolve
from tests.moxi_train.aws.aws_world import training_set

ROOT = Path(__file__).parents[3]


def clone(folder: Path) -> Path:
    """A small clone of Moxi with what must not leave it."""
    for name, content in {
        "pyproject.toml": "[project]\n",
        "README.md": "# Moxi\n",
        "LICENSE": "Apache\n",
        ".env": "OPENAI_API_KEY=sk-1\n",
        "notes.txt": "mine\n",
        "data/sft/train.jsonl": "{}\n",
        "recipes/tiny.toml": "x = 1\n",
        "src/moxi_train/__init__.py": "",
        "src/moxi_train/.env": "HF_TOKEN=hf_1\n",
        "src/moxi_train/.env.local": "HF_TOKEN=hf_1\n",
        "src/moxi_train/server.pem": "-----BEGIN\n",
        "src/moxi_train/aws_credentials": "[default]\n",
        "src/moxi_train/__pycache__/recipe.cpython-311.pyc": "x",
        "src/moxi_readme.egg-info/PKG-INFO": "x",
        ".git/config": "[remote]\n",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder


def test_no_secret_and_no_cache_is_packed(tmp_path: Path) -> None:
    assert list(source_files(clone(tmp_path))) == [
        "LICENSE", "README.md", "pyproject.toml", "recipes/tiny.toml", "src/moxi_train/__init__.py",
    ]  # fmt: skip


def test_all_that_a_build_needs_is_packed() -> None:
    """Whatever is added to the source later must not be dropped for its name."""
    call = ["git", "ls-files", "-z", "src", "recipes"]
    done = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=True)
    wanted = {name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()}
    assert wanted
    assert wanted | {"pyproject.toml", "README.md", "LICENSE"} <= set(source_files())


@pytest.mark.parametrize(
    "name", [".env", "x.pem", "id_rsa", "Credentials", "a.pyc", "store.sqlite3"]
)
def test_names_that_stay(name: str) -> None:
    assert not is_packed(name)


def test_links_in_the_source_are_refused(tmp_path: Path) -> None:
    folder = clone(tmp_path / "clone")
    (tmp_path / "outside.py").write_text("SECRET = 1\n")
    (folder / "src/moxi_train/inside.py").symlink_to(tmp_path / "outside.py")
    with pytest.raises(TrainError, match=r"inside.py' is a link"):
        source_files(folder)
    (folder / "src/moxi_train/inside.py").unlink()
    (folder / "src/moxi_more").symlink_to(tmp_path)
    with pytest.raises(TrainError, match=r"moxi_more' is a link"):
        source_files(folder)


def test_the_same_files_are_the_same_bytes(tmp_path: Path) -> None:
    first = archive({"src/b.py": b"2", "a.toml": b"1"})
    assert first == archive({"a.toml": b"1", "src/b.py": b"2"})
    assert first != archive({"a.toml": b"1", "src/b.py": b"3"})
    recipe, data = load_recipe("tiny-cpu"), training_set(tmp_path / "sft")
    keys = []
    for number in range(2):
        scratch = tmp_path / str(number)
        scratch.mkdir()
        keys.append([part.folder_key for part in pack(recipe, data, scratch).parts])
    assert keys[0] == keys[1]
    (data / "train.jsonl").write_text('{"id": "other"}\n')
    scratch = tmp_path / "other"
    scratch.mkdir()
    changed = [part.folder_key for part in pack(recipe, data, scratch).parts]
    assert changed[0] != keys[0][0]
    assert changed[1:] == keys[0][1:]


def test_entries_tell_nothing_of_this_machine() -> None:
    with tarfile.open(fileobj=io.BytesIO(archive({"src/a.py": b"x"}))) as tar:
        (entry,) = tar.getmembers()
    assert entry.name == "moxi/src/a.py"
    assert (entry.mtime, entry.uid, entry.gid, entry.uname, entry.mode) == (0, 0, 0, "", 0o644)


def test_the_packed_code_can_be_installed_anywhere(tmp_path: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(archive(source_files()))) as tar:
        tar.extractall(tmp_path / "job", filter="data")
    target = tmp_path / "target"
    call = [
        sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target),
        str(tmp_path / "job/moxi"),
    ]  # fmt: skip
    done = subprocess.run(call, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (target / "moxi_train/aws/entry.py").is_file()
    assert (target / "moxi_train/recipes/tiny-cpu.toml").is_file()
    assert (target / "bin/moxi").is_file()
    _packed_again(target, tmp_path)


def _packed_again(target: Path, tmp_path: Path) -> None:
    """What is installed, with no clone around, is packed into a tree that installs the same."""
    script = (
        "import io, sys, tarfile\n"
        "from moxi_train.aws.pack import archive\n"
        "from moxi_train.aws.source import source_files\n"
        "sys.stdout.buffer.write(archive(source_files()))\n"
    )
    call = [sys.executable, "-S", "-c", script]
    environ = {"PYTHONPATH": f"{target}:{_site_packages()}"}
    done = subprocess.run(call, capture_output=True, check=False, cwd=tmp_path, env=environ)
    assert done.returncode == 0, done.stderr.decode()
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as tar:
        tar.extractall(tmp_path / "again", filter="data")
    made = tomllib.loads((tmp_path / "again/moxi/pyproject.toml").read_text())
    known = tomllib.loads((ROOT / "pyproject.toml").read_text())

    def bare(lines: list[str]) -> set[str]:
        return {re.sub(r"[\s'\"]", "", line.split("#")[0]) for line in lines}

    def names_of(lines: list[str]) -> set[str]:
        return {re.split(r"[^\w.-]", line)[0].lower().replace("_", "-") for line in bare(lines)}

    assert names_of(made["project"]["dependencies"]) == names_of(known["project"]["dependencies"])
    extras = known["project"]["optional-dependencies"]
    assert set(made["project"]["optional-dependencies"]) == set(extras)
    for extra, wanted in made["project"]["optional-dependencies"].items():
        assert names_of(wanted) == names_of(extras[extra])
    again = tmp_path / "target-again"
    call = [
        sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(again),
        str(tmp_path / "again/moxi"),
    ]  # fmt: skip
    done_again = subprocess.run(call, capture_output=True, text=True, check=False, timeout=300)
    assert done_again.returncode == 0, done_again.stdout + done_again.stderr

    def code(folder: Path) -> dict[str, bytes]:
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.glob("moxi_*/**/*")
            if path.is_file() and path.suffix != ".pyc" and ".dist-info/" not in path.as_posix()
        }

    assert code(again) == code(target)


def _site_packages() -> str:
    import pydantic

    return str(Path(pydantic.__file__).parents[1])


def test_requirements_of_an_extra_keep_their_other_conditions() -> None:
    plain, extras = _requirements(
        [
            "typer>=0.20",
            "tomli>=2; python_version < '3.11'",
            "torch>=2.13; extra == 'train'",
            'triton>=3; (sys_platform == "linux") and extra == "train"',
        ]
    )
    assert plain == ["typer>=0.20", "tomli>=2; python_version < '3.11'"]
    assert extras == {"train": ["torch>=2.13", 'triton>=3; (sys_platform == "linux")']}


@pytest.mark.parametrize("name", names())
def test_a_recipe_goes_as_it_was_resolved(name: str) -> None:
    recipe = load_recipe(name, ['track.project="a \\"b\\" é"'])
    assert resolve(tomllib.loads(as_toml(recipe.model_dump(mode="json"))), name) == recipe


texts = st.text(st.characters(codec="utf-8"))
values = st.one_of(
    texts, st.integers(-(2**63), 2**63 - 1), st.booleans(), st.floats(allow_nan=False, allow_infinity=False),
    st.lists(texts),
)  # fmt: skip
tables: Any = st.dictionaries(st.from_regex(r"\A[a-z_]{1,8}\Z"), values)


@given(st.dictionaries(st.from_regex(r"\A[a-z_]{1,8}\Z"), st.one_of(values, tables)))
def test_toml_reads_back_as_it_was(table: dict[str, Any]) -> None:
    assert tomllib.loads(as_toml(table)) == table


def test_the_training_set_must_be_there(tmp_path: Path) -> None:
    recipe = load_recipe("tiny-cpu")
    with pytest.raises(SettingsError, match=r"has no train.jsonl; make a training set"):
        pack(recipe, tmp_path, tmp_path)
    data = training_set(tmp_path / "sft")
    (data / "validation.jsonl").unlink()
    with pytest.raises(SettingsError, match=r"has no validation.jsonl"):
        pack(recipe, data, tmp_path)
    (data / "validation.jsonl").write_text("")
    (data / "train.jsonl").write_text("")
    with pytest.raises(SettingsError, match=r"train.jsonl' is empty"):
        pack(recipe, data, tmp_path)


def test_links_in_the_training_set_are_refused(tmp_path: Path) -> None:
    data = training_set(tmp_path / "sft")
    (data / "train.jsonl").unlink()
    (data / "train.jsonl").symlink_to("/etc/passwd")
    with pytest.raises(TrainError, match=r"train.jsonl' is a link"):
        pack(load_recipe("tiny-cpu"), data, tmp_path)
