"""The SPDX expression that a license field of a manifest means."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moxi_analyzer import analyze
from moxi_analyzer.meta.spdx import expression, stated


@pytest.mark.parametrize(
    ("written", "spdx"),
    [
        ("MIT", "MIT"),
        ("mit", "MIT"),
        ("The MIT License (MIT)", "MIT"),
        ("MIT/X11", "MIT"),
        ("apache2", "Apache-2.0"),
        ("Apache License, Version 2.0", "Apache-2.0"),
        ("The Apache Software License, Version 2.0", "Apache-2.0"),
        ("Apache", ""),
        ("New BSD License", "BSD-3-Clause"),
        ("BSD", ""),
        ("GNU General Public License v3", "GPL-3.0"),
        ("GNU Lesser General Public License 2.1", "LGPL-2.1"),
        ("GPLv2+", "GPL-2.0-or-later"),
        ("GPL-2.0 or later", "GPL-2.0-or-later"),
        ("GNU GPL", ""),
        ("agpl-3.0-only", "AGPL-3.0-only"),
        ("Eclipse Public License - v 2.0", "EPL-2.0"),
        ("MIT/Apache-2.0", "MIT OR Apache-2.0"),
        ("mit or (apache-2.0 and isc)", "MIT OR (Apache-2.0 AND ISC)"),
        ("Apache-2.0 WITH LLVM-exception", "Apache-2.0 WITH LLVM-exception"),
        ("ecl-2.0", "ECL-2.0"),
        ("Our own licence", ""),
        ("MIT" * 100, ""),
        ("", ""),
    ],
)
def test_expression(written: str, spdx: str) -> None:
    assert expression(written) == spdx


def test_what_is_no_expression_stays_as_it_stands() -> None:
    assert stated("Commercial,\n see the file") == "Commercial, see the file"
    assert stated("apache 2") == "Apache-2.0"


@given(st.text(alphabet="MITGPLBSD ()/+-.,23vorand", max_size=60))
def test_an_expression_means_itself(written: str) -> None:
    found = expression(written)
    assert expression(found) == found


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("package.json", json.dumps({"name": "a", "version": "1.0.0", "license": "Apache 2.0"})),
        ("composer.json", json.dumps({"name": "a/b", "license": "apache2"})),
        ("a.gemspec", "Gem::Specification.new do |s|\n  s.name = 'a'\n  s.license = 'apache2'\nend\n"),
        ("Cargo.toml", '[package]\nname = "a"\nversion = "1.0.0"\nlicense = "Apache-2"\n'),
        ("pyproject.toml", '[project]\nname = "a"\nversion = "1"\nlicense = {text = "Apache v2"}\n'),
        ("pom.xml", "<project><groupId>a</groupId><artifactId>b</artifactId><version>1</version><licenses><license>"
         "<name>The Apache License, Version 2.0</name></license></licenses></project>"),
        ("meson.build", "project('a', 'c', license: 'Apache 2')\n"),
    ],
)  # fmt: skip
def test_every_manifest_means_the_same(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    assert [fact.value for fact in analyze(tmp_path).of("license")] == ["Apache-2.0"]
