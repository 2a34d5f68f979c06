"""check_readme() and check_text(): pages are found, read by their format, and our own writer holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from moxi_analyzer import open_repository
from moxi_check import check_readme, check_text
from moxi_check.check import parse
from moxi_core.errors import SourceError
from moxi_infer import compose

FIXTURES = Path(__file__).parents[1] / "fixtures"


@pytest.mark.parametrize("name", sorted(p.name for p in FIXTURES.iterdir() if p.is_dir()))
def test_what_the_writer_writes_is_never_false(name: str) -> None:
    with open_repository(FIXTURES / name) as (repo, snapshot):
        report = check_text(compose(snapshot).markdown, repo, snapshot, strict=True)
    assert [(claim.line, claim.kind, claim.text, claim.reason) for claim in report.false] == []


def test_the_readme_is_the_one_a_forge_shows(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "README.md").write_text("[a](x.md)\n")
    assert check_readme(tmp_path).readme == "docs/README.md"
    (tmp_path / "readme.rst").write_text("`a <x.rst>`_\n")
    found = check_readme(tmp_path)
    assert (found.readme, [claim.text for claim in found.false]) == ("readme.rst", ["x.rst"])
    (tmp_path / "README").write_text("[a](y.md)\n")
    (tmp_path / "Readme.md").write_text("[a](docs/README.md)\n")
    assert check_readme(tmp_path).readme == "Readme.md"
    assert check_readme(tmp_path, readme="README").false[0].text == "y.md"


def test_what_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    with pytest.raises(SourceError, match=r"no README in .*--readme FILE"):
        check_readme(tmp_path)
    with pytest.raises(SourceError, match=r"'missing\.md' cannot be read"):
        check_readme(tmp_path, readme="missing.md")
    with pytest.raises(SourceError, match="AsciiDoc"):
        parse("= Demo", "README.adoc")


def test_a_claim_of_a_code_span_over_lines_is_where_its_text_is(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text("")
    (tmp_path / "README.md").write_text("Read `src/app.py\nsrc/ap.py` and [x](src/apq.py).\n")
    report = check_readme(tmp_path)
    lines = report.source.split("\n")
    for claim in report.claims:
        assert lines[claim.line - 1].startswith(claim.text, claim.column - 1)


def test_an_unpacked_source_distribution_lacks_much(tmp_path: Path) -> None:
    page = (
        "# Demo\n\n![ci](https://github.com/acme/demo/actions/workflows/ci.yml/badge.svg)\n\n"
        "[a](docs/a.md) ![b](b.png)\n\nClone it:\n\n```sh\npip install -r requirements.txt\npip install demos\n```\n"
    )
    (tmp_path / "README.md").write_text(page)
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "demo"\nurls.Source = "https://github.com/acme/demo"\n'
    )
    whole = {claim.kind for claim in check_readme(tmp_path).false}
    (tmp_path / "PKG-INFO").write_text("Metadata-Version: 2.4\nName: demo\n")
    assert whole == {"badge", "link", "image", "run", "install"}
    assert {claim.kind for claim in check_readme(tmp_path).false} == {"install"}
