"""Key files: manifests and entry points first, redacted, bounded."""

from __future__ import annotations

from pathlib import Path

from moxi_analyzer import analyze
from moxi_analyzer.context import MAX_KEY_FILE_CHARS, MAX_KEY_FILES

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
