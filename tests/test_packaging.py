"""What is shipped: the wheel carries its data files, and the source distribution builds the same."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src"
PACKAGES = "moxi_analyzer moxi_card moxi_check moxi_chunk moxi_cli moxi_collect moxi_core moxi_eval moxi_infer moxi_train".split()


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel built from it."""
    folder = tmp_path_factory.mktemp("dist")
    call = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(call, capture_output=True, text=True, check=False, timeout=300)
    if "hatchling" in done.stderr + done.stdout and done.returncode:
        call.remove("--no-isolation")  # without the backend at hand, build fetches it
        done = subprocess.run(call, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.mark.slow
def test_the_wheel_carries_all_it_needs(dist: Path) -> None:
    (wheel,) = dist.glob("*.whl")
    assert wheel.stat().st_size < 2_000_000
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        entry_points = next(n for n in names if n.endswith("entry_points.txt"))
        assert "readme-gen = moxi_cli.readme_gen:main" in archive.read(entry_points).decode()
    wanted = {
        path.relative_to(SOURCE).as_posix()
        for package in PACKAGES
        for path in (SOURCE / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    wanted |= {f"moxi_train/{p.relative_to(ROOT)}" for p in (ROOT / "recipes").rglob("*.*ml")}
    assert wanted <= names
    for suffix in (".scm", ".j2", "licenses.json", "py.typed", "recipes/tiny-cpu.toml"):
        assert any(name.endswith(suffix) for name in wanted), suffix
    assert not [n for n in names - wanted if ".dist-info/" not in n]
    assert any(n.endswith("licenses/LICENSE") for n in names)


@pytest.mark.slow
def test_the_source_distribution_is_whole(dist: Path) -> None:
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for name in ("Makefile", "README.md", "requirements-dev.txt", "tests/conftest.py", "LICENSE"):
        assert name in names
    assert {p.relative_to(ROOT).as_posix() for p in SOURCE.rglob("*.scm")} <= names
