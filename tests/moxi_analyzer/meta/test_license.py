"""Licenses by their texts: the plain ones are known, changed ones are not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moxi_analyzer.meta.fingerprints import recognise, templates
from moxi_analyzer.meta.license import read
from moxi_analyzer.repository import Repository

MakeRepository = Callable[..., Repository]
APACHE = (Path(__file__).parents[3] / "LICENSE").read_text("utf-8")
MIT = (Path(__file__).parents[2] / "fixtures" / "web_service" / "LICENSE").read_text("utf-8")
BSD3 = """Copyright 2019 The Demo Authors

Redistribution and use in source and binary forms, with or without modification, are permitted
provided that the following conditions are met:

   * Redistributions of source code must retain the above copyright notice, this list of
conditions and the following disclaimer.
   * Redistributions in binary form must reproduce the above copyright notice, this list of
conditions and the following disclaimer in the documentation and/or other materials provided with
the distribution.
   * Neither the name of Demo Inc. nor the names of its contributors may be used to endorse or
promote products derived from this software without specific prior written permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR
IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND
FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT OWNER OR
CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE,
DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER
IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT
OF THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
"""
NEITHER = BSD3[BSD3.index("   * Neither") : BSD3.index("THIS SOFTWARE")]
GRANT = MIT[MIT.index("The above copyright") : MIT.index("THE SOFTWARE IS")]


def _values(make: MakeRepository, files: dict[str, str]) -> list[tuple[str, str, str]]:
    return [(f.value, f.scope, f.evidence.path) for f in read(make(files))]


@pytest.mark.parametrize(
    ("text", "spdx"),
    [
        (MIT, "MIT"),
        (MIT.replace("\n", "\r\n").upper(), "MIT"),
        (MIT.partition("Permission")[1] + MIT.partition("Permission")[2], "MIT"),
        ("> " + MIT.replace("\n", "\n> "), "MIT"),
        (MIT.replace(GRANT, ""), "MIT-0"),
        (BSD3, "BSD-3-Clause"),
        (BSD3.replace(NEITHER, ""), "BSD-2-Clause"),
        (APACHE, "Apache-2.0"),
        (APACHE.partition("APPENDIX")[0], "Apache-2.0"),
    ],
)
def test_plain_texts_are_recognised(text: str, spdx: str) -> None:
    assert recognise(text) == spdx


@pytest.mark.parametrize(
    "text",
    [
        MIT + "\nThe Software may not be used by companies with more than one hundred employees.",
        MIT.replace("without restriction", "for any purpose that is not commercial or military"),
        MIT + BSD3,
        '"Commons Clause" License Condition v1.0. The Software is provided except that.\n\n'
        + APACHE,
        APACHE + "\nAdditional terms. " + "You shall pay the authors for every copy made. " * 8,
        APACHE.replace("Grant of Patent License.", "Patents. No license is granted. " * 12),
        "All rights reserved. Do not copy.",
        "",
    ],
)
def test_changed_texts_are_not(text: str) -> None:
    assert recognise(text) == ""


def test_common_licenses_are_known() -> None:
    common = (
        "MIT MIT-0 Apache-2.0 BSD-2-Clause BSD-3-Clause 0BSD ISC GPL-2.0 GPL-3.0 LGPL-2.1 LGPL-3.0 "
        "AGPL-3.0 MPL-2.0 EPL-2.0 Unlicense CC0-1.0 CC-BY-4.0 CC-BY-SA-4.0 CC-BY-NC-4.0 Zlib BSL-1.0 "
        "Artistic-2.0 WTFPL EUPL-1.2 OFL-1.1 PostgreSQL BUSL-1.1 SSPL-1.0 Elastic-2.0 Python-2.0 "
        "MS-PL NCSA"
    )
    assert set(common.split()) <= {template.spdx for template in templates()}


def test_two_texts_are_a_choice_only_if_a_manifest_offers_it(repository: MakeRepository) -> None:
    texts = {"LICENSE-MIT": MIT, "LICENSE-APACHE": APACHE}
    assert [v for v, _, _ in _values(repository, texts)] == ["Apache-2.0", "MIT"]
    manifest = {"Cargo.toml": '[package]\nlicense = "MIT/Apache-2.0"\n'}
    assert _values(repository, texts | manifest) == [("MIT OR Apache-2.0", "", "LICENSE-MIT")]


def test_packages_repeat_no_license_of_the_root(repository: MakeRepository) -> None:
    files = {"LICENSE": MIT, "packages/a/LICENSE": MIT, "packages/b/COPYING": BSD3}
    assert _values(repository, files) == [
        ("MIT", "", "LICENSE"),
        ("BSD-3-Clause", "packages/b", "packages/b/COPYING"),
    ]


def test_texts_of_others_do_not_count(repository: MakeRepository) -> None:
    files = {
        "vendor/x/LICENSE": MIT,
        "examples/LICENSE": MIT,
        "licenses/Other-LICENSE.txt": MIT,
        "licenses/Third.txt": MIT,
        "LICENSE-THIRD-PARTY": MIT,
        "license.go": MIT,
        "template/LICENSE": MIT,
    }
    assert _values(repository, files) == []


def test_reuse_folder_with_one_text(repository: MakeRepository) -> None:
    assert _values(repository, {"LICENSES/MIT.txt": MIT}) == [("MIT", "", "LICENSES/MIT.txt")]


def test_notices_of_others_may_follow(repository: MakeRepository) -> None:
    text = MIT + "\n---\n\nPortions of this code come from elsewhere:\n\n" + BSD3
    assert [v for v, _, _ in _values(repository, {"LICENSE.md": text})] == ["MIT"]


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        (
            "The manual (in docs/) is for all.\n\n\nIt incorporates the parser of Ann Other.",
            ["MIT"],
        ),
        ("It incorporates a parser, except where the Commons Clause forbids it.", []),
        ("It may be used on Sundays only.", []),
    ],
)
def test_what_follows_two_empty_lines_is_of_parts(
    repository: MakeRepository, tail: str, expected: list[str]
) -> None:
    found = list(read(repository({"COPYING": f"{MIT}\n\n\n{tail}\n\nCopyright (c) 1991 Other\n"})))
    assert [f.value for f in found] == expected
    assert "Other" not in {f.detail.get("holder") for f in found}


def test_runtime_library_exception(repository: MakeRepository) -> None:
    exception = (
        "\n## Runtime Library Exception to the Apache 2.0 License: ##\n\n"
        "    As an exception, if you use this Software to compile your source code and\n"
        "    portions of this Software are embedded into the binary product as a result,\n"
        "    you may redistribute such product without providing attribution as would\n"
        "    otherwise be required by Sections 4(a), 4(b) and 4(d) of the License.\n"
    )
    expected = "Apache-2.0 WITH Swift-exception"
    text = APACHE + exception
    assert [v for v, _, _ in _values(repository, {"LICENSE.txt": text})] == [expected]
    assert _values(repository, {"LICENSE.txt": text + "    And more.\n"}) == []


def test_a_choice_names_all_its_texts(repository: MakeRepository) -> None:
    texts = {
        "LICENSE-MIT": MIT,
        "LICENSE-APACHE": APACHE,
        "Cargo.toml": 'license = "MIT/Apache-2.0"',
    }
    (fact,) = read(repository(texts))
    assert fact.detail["files"] == "LICENSE-MIT, LICENSE-APACHE"


@pytest.mark.parametrize(
    ("line", "holder"),
    [
        (
            "Copyright (c) 2021-2024 Ada Lovelace <ada@example.org>. All rights reserved.",
            "Ada Lovelace",
        ),
        ("Copyright © 2020, 2022 Nimbus Inc.", "Nimbus Inc."),
        ("Copyright 2019-present, The Demo Authors", "The Demo Authors"),
        ("(c) 2020", ""),
        ("Copyright (c) [year] [fullname]", ""),
        ("Copyright (C) 2007 Free Software Foundation, Inc.", ""),
    ],
)
def test_holder(repository: MakeRepository, line: str, holder: str) -> None:
    text = MIT.replace(MIT.splitlines()[2], line)
    (fact,) = read(repository({"LICENSE": text}))
    assert fact.detail.get("holder", "") == holder


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    assert isinstance(recognise(text), str)


def test_the_exception_of_llvm(repository: MakeRepository) -> None:
    exception = (
        "\n--- LLVM Exceptions to the Apache 2.0 License ----\n\n"
        "As an exception, if, as a result of your compiling your source code, portions\n"
        "of this Software are embedded into an Object form of such source code, you\n"
        "may redistribute such embedded portions in such Object form without complying\n"
        "with the conditions of Sections 4(a), 4(b) and 4(d) of the License.\n\n"
        "In addition, if you combine or link compiled forms of this Software with\n"
        'software that is licensed under the GPLv2 ("Combined Software") and if a\n'
        "court of competent jurisdiction determines that the patent provision (Section\n"
        "3), the indemnity provision (Section 9) or other Section of the License\n"
        "conflicts with the conditions of the GPLv2, you may retroactively and\n"
        "prospectively choose to deem waived or otherwise exclude such Section(s) of\n"
        "the License, but only in their entirety and only with respect to the Combined\n"
        "Software.\n"
    )
    text = APACHE + exception
    found = _values(repository, {"LICENSE-Apache2-LLVM": text})
    assert [v for v, _, _ in found] == ["Apache-2.0 WITH LLVM-exception"]
    assert _values(repository, {"LICENSE": text + "And more.\n"}) == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [("apache-2.0.txt", ["Apache-2.0"]), ("notes/apache-2.0.txt", []), ("apache.txt", [])],
)
def test_a_text_under_the_name_of_its_license(
    repository: MakeRepository, path: str, expected: list[str]
) -> None:
    assert [v for v, _, _ in _values(repository, {path: APACHE})] == expected


def test_the_notice_of_a_file_before_the_whole_text(repository: MakeRepository) -> None:
    notice = APACHE[APACHE.index("Licensed under the Apache License, Version") :]
    text = f"Copyright 2019 Demo Ltd.\n\n{notice}\n\n\n{APACHE}"
    assert [value for value, *_ in _values(repository, {"LICENSE": text})] == ["Apache-2.0"]
