"""Repositories that are nothing but Python scripts."""

from __future__ import annotations

from pathlib import Path

from moxi_infer import write_readme


def test_scripts_are_run_in_their_folder_and_in_their_order(tmp_path: Path) -> None:
    folder = tmp_path / "spam filter"
    folder.mkdir()
    (folder / "words.py").write_text("def count(path): ...\n")
    (folder / "test.py").write_text("import words\nwords.count('a')\n")
    (folder / "train.py").write_text('"""Learns the words."""\nimport words\nwords.count("b")\n')
    text = write_readme(tmp_path).markdown
    assert "```sh\ncd 'spam filter'\npython train.py\npython test.py\n```" in text
    assert "words.py" not in text
    assert text.count("python train.py") == 1


def test_a_manifest_speaks_instead_of_scripts(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n')
    (tmp_path / "train.py").write_text("print(1)\n")
    assert "python train.py" not in write_readme(tmp_path).markdown
