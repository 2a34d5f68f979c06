"""Key files: manifests and entry points first, redacted, bounded."""

from __future__ import annotations

from pathlib import Path

from moxi_analyzer import analyze
from moxi_analyzer.context import MAX_KEY_FILE_BYTES, MAX_KEY_FILE_CHARS, MAX_KEY_FILES

# In two parts, so that no scanner takes it for a real one.
TOKEN = "ghp_" + "x7Kd92mQpLr4Tz8WvN3bYc6HsJ1fGa5eUiOx"


def test_key_files(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "demo"\nversion = "1"\n[project.scripts]\ndemo = "demo.cli:main"\n'
    )
    package = tmp_path / "demo"
    package.mkdir()
    (package / "cli.py").write_text(f'KEY = "{TOKEN}"\n' + "def main() -> None: ...\n" * 20)
    (package / "long.py").write_text("x = 1\n" * 5000)
    for number in range(20):
        (package / f"part{number}.py").write_text("x = 1\n" * 100)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_x.py").write_text("def test_x() -> None: ...\n")
    found = analyze(tmp_path).key_files
    assert [f.path for f in found[:2]] == ["pyproject.toml", "demo/cli.py"]
    assert len(found) == MAX_KEY_FILES
    assert not any(f.path.startswith("tests/") for f in found)
    assert all(len(f.content) <= MAX_KEY_FILE_CHARS for f in found)
    assert not any(TOKEN in f.content for f in found)


def test_files_that_say_nothing_are_passed_over(tmp_path: Path) -> None:
    for name in ("main.py", "cli.py", "app.py", "lib.py"):
        (tmp_path / name).write_text("x = 1\n")
    (tmp_path / "main.py").write_text(" \n\n")
    (tmp_path / "cli.py").write_bytes(b"\0\1")
    (tmp_path / "app.py").write_text("x = 1\n" * MAX_KEY_FILE_BYTES)
    assert [f.path for f in analyze(tmp_path).key_files] == ["lib.py"]


def test_what_is_never_a_key_file(tmp_path: Path) -> None:
    for path in (
        "README", "readme.py", "README.md", "tests/main.py", "vendor/main.go", "dist/index.js",
        "main.pb.go", "package-lock.json", "docs/main.py", "node_modules/x/index.js",
    ):  # fmt: skip
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x = 1\n")
    (tmp_path / "x.py").write_text("x = 1\n")
    assert [f.path for f in analyze(tmp_path).key_files] == ["x.py"]


def test_programs_that_a_manifest_names_come_next(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "demo"\nversion = "1"\n[project.scripts]\ndemo = "demo.deep.words:run"\n'
    )
    for path in ("src/demo/__init__.py", "src/demo/deep/words.py", "src/demo/cli.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x = 1\n")
    found = [f.path for f in analyze(tmp_path).key_files]
    assert found[:2] == ["pyproject.toml", "src/demo/deep/words.py"]


def test_no_half_of_a_secret_stands_at_an_edge(tmp_path: Path) -> None:
    for at in range(MAX_KEY_FILE_CHARS - len(TOKEN) - 10, MAX_KEY_FILE_CHARS + 2):
        (tmp_path / "main.py").write_text("#" * at + f" {TOKEN}\n" + "x = 1\n" * 300)
        content = analyze(tmp_path).key_files[0].content
        assert TOKEN[:8] not in content
        assert len(content) <= MAX_KEY_FILE_CHARS
    signature = f'def run(key="{TOKEN}"): ...\n'
    (tmp_path / "main.py").write_text(
        "x = 1\n" * 2_000 + f"def {'a' * 170}(key='{TOKEN}'): ...\n" + signature
    )
    content = analyze(tmp_path).key_files[0].content
    assert "def run(key=" in content
    assert TOKEN[:8] not in content
