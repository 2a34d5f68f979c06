"""The license that a README names."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim
from tests.conftest import FIXTURES

Checked = Callable[..., dict[str, Claim]]
MIT = {"package.json": '{"name": "demo", "license": "MIT"}'}
ISC = """ISC License

Copyright (c) 2020 Demo

Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby
granted, provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING
ALL IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL,
DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS,
WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE
OR PERFORMANCE OF THIS SOFTWARE.
"""
DUAL = {
    "Cargo.toml": '[package]\nname = "demo"\nversion = "1.0.0"\nlicense = "MIT OR Apache-2.0"\n'
}


@pytest.mark.parametrize(
    ("files", "readme", "text", "verdict"),
    [
        (MIT, "## License\n\nMIT\n", "MIT", "true"),
        (MIT, "Released under the MIT License.\n", "the MIT License", "true"),
        (MIT, "## License\n\nApache 2.0\n", "Apache 2.0", "false"),
        (MIT, "demo is licensed under the GPLv3.\n", "GPLv3", "false"),
        (MIT, "The fonts are licensed under the GPLv3.\n", "GPLv3", "not_judged"),
        (DUAL, "## License\n\nApache-2.0 or MIT.\n", "Apache-2.0", "true"),
        (
            MIT,
            "Folder `x` holds code of y, which is licensed under the GPLv3.\n",
            "GPLv3",
            "not_judged",
        ),
        ({"a.txt": ""}, "## License\n\nMIT\n", "MIT", "not_judged"),
    ],
)
def test_names(
    checked: Checked, files: dict[str, str], readme: str, text: str, verdict: str
) -> None:
    claims = checked(files, readme, "license")
    assert claims[text].verdict == verdict


def test_names_elsewhere_are_no_claims(checked: Checked) -> None:
    assert checked(MIT, "MIT taught us; see the Apache web server.\n", "license") == {}


def test_badge(checked: Checked) -> None:
    badge = "![l](https://img.shields.io/badge/license-Apache%202.0-blue.svg)\n"
    claim = checked(MIT, badge, "license")["Apache%202.0"]
    assert (claim.verdict, claim.suggestion) == ("false", "MIT")


def test_the_title_of_another_page_may_be_of_a_key(checked: Checked) -> None:
    page = "# Settings\n\n## license\n\n- Apache-2.0\n"
    assert checked(MIT, page, "license", path="docs/settings.md") == {}


def test_a_part_with_a_license_of_its_own_is_left_alone(checked: Checked) -> None:
    files = {**MIT, "vendor-fork/LICENSE": "GPL, in words of its own\n"}
    page = "## License\n\nGPLv3\n"
    assert checked(files, page, "license", path="vendor-fork/README.md") == {}
    assert checked(MIT, page, "license", path="part/README.md")["GPLv3"].verdict == "false"


def test_what_the_project_is_compared_with(checked: Checked) -> None:
    page = "# demo\n\n## Comparison\n\nOther is like it. It is licensed under the GPLv3.\n"
    assert checked(MIT, page, "license")["GPLv3"].verdict == "not_judged"


def test_what_versions_before_had(checked: Checked) -> None:
    page = "# demo\n\n## License\n\nIt is licensed under MIT. {} versions were GPL-licensed.\n"
    for word in ("Older", "Earlier", "Previous"):
        found = checked(MIT, page.format(word), "license")
        assert "false" not in {claim.verdict for claim in found.values()}


@pytest.mark.parametrize(("name", "verdict"), [("MIT", "true"), ("BSD-3-Clause", "false")])
def test_a_heading_that_names_it(checked: Checked, name: str, verdict: str) -> None:
    files = {"pyproject.toml": '[project]\nname = "demo"\nlicense = "MIT"\n'}
    assert checked(files, f"# A\n\n## License: {name}\n", "license")[name].verdict == verdict


def test_a_link_to_the_license_itself_speaks_of_it(checked: Checked) -> None:
    said = "The scripts and documentation are released under the [ISC License]({})\n"
    assert checked(MIT, said.format("package.json"), "license")["ISC"].verdict == "false"
    assert checked(MIT, said.format("docs/LICENSE"), "license")["ISC"].verdict == "not_judged"


@pytest.mark.parametrize(("name", "verdict"), [("MIT", "true"), ("ISC", "false")])
def test_the_label_of_a_badge_by_reference(checked: Checked, name: str, verdict: str) -> None:
    page = f"# A\n\n[![{name} license][badge]](LICENSE)\n\n[badge]: https://img.shields.io/npm/l/demo.svg\n"
    claims = checked(MIT, page, "license")
    assert [claim.verdict for text, claim in claims.items() if text.startswith(name)] == [verdict]


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("Other is available under the terms of the LGPL.", "not_judged"),
        ("Demo is available under the terms of the LGPL.", "false"),
        ("It is licensed under the LGPL.", "false"),
        ("- [Other](https://github.com/o/other): LGPL", "not_judged"),
        ("(The standalone tool is under the LGPL.)", "not_judged"),
    ],
)
def test_licenses_of_other_projects(checked: Checked, line: str, verdict: str) -> None:
    files = {"pyproject.toml": '[project]\nname = "demo"\nlicense = "MIT"\n'}
    page = f"# Demo\n\n## License\n\nDemo is MIT licensed.\n{line}\n"
    assert checked(files, page, "license")["LGPL"].verdict == verdict


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("* [other](https://example.com) - Reads pictures. Licensed under GPLv3", "not_judged"),
        ("* Other or another one. Both licensed under GPLv3", "not_judged"),
        ("Pictures are read by Other, licensed under the GPLv3.", "not_judged"),
        ("Licensed under the [GPLv3](https://github.com/o/other/blob/main/LICENSE).", "not_judged"),
        ("Licensed under the [GPLv3](https://github.com/me/demo/blob/main/LICENSE).", "false"),
        ("A reader of pictures. Released under the GPLv3.", "false"),
        ("* Free and open source: released under the GPLv3", "false"),
        ("* License: GPLv3", "false"),
        ("* Demo is released under the GPLv3", "false"),
        ("Made by Jo and released under the GPLv3.", "false"),
        ("This library is open source and available under the GPLv3.", "false"),
        ("Its library is open source and available under the GPLv3.", "not_judged"),
    ],
)
def test_outside_its_section_a_sentence_tells_of_the_project(
    checked: Checked, line: str, verdict: str
) -> None:
    claims = checked(MIT, f"# Demo\n\n{line}\n", "license", url="https://github.com/me/demo")
    assert claims["GPLv3"].verdict == verdict


def test_a_page_with_many_other_licenses_tells_of_others(checked: Checked) -> None:
    said = [f"This package is licensed under the {name}.\n" for name in ("GPLv3", "ISC", "WTFPL")]
    assert checked(MIT, said[1], "license")["ISC"].verdict == "false"
    assert checked(MIT, "\n".join(said[:2]), "license")["ISC"].verdict == "not_judged"
    assert checked(MIT, "\n".join(said), "license")["ISC"].verdict == "not_judged"


@pytest.mark.parametrize(
    ("name", "verdict"),
    [("epl-v10.html", "not_judged"), ("license.epl", "not_judged"), ("other.html", "false")],
)
def test_a_file_that_is_named_after_a_license_may_be_its_text(
    checked: Checked, name: str, verdict: str
) -> None:
    page = "[![License](https://img.shields.io/badge/license-EPL-blue.svg)](x)\n"
    assert checked({**MIT, name: "Terms.\n"}, page, "license")["EPL"].verdict == verdict


def test_once_the_page_has_told_ours_its_section_tells_of_others_too(checked: Checked) -> None:
    parts = "The clients are open-source under the GPLv3.\n\n- `a.h` is dual-licensed under\n  the Zlib license\n"
    claims = checked(
        MIT, f"# Demo\n\n## License\n\nDemo is under the MIT license.\n\n{parts}", "license"
    )
    assert {claims["GPLv3"].verdict, claims["Zlib"].verdict} == {"not_judged"}
    claims = checked(MIT, "# Demo\n\n## License\n\nThe clients are under the GPLv3.\n", "license")
    assert claims["GPLv3"].verdict == "false"


def test_a_license_that_is_told_as_the_reason_is_of_others(checked: Checked) -> None:
    for aside in ("since nobody should be forced to adopt the GPL", "along with the GPL Promise"):
        said = f"Demo is licensed under the MIT license {aside}."
        claims = checked(MIT, f"# Demo\n\n## License\n\n{said}\n", "license")
        assert claims["GPL"].verdict == "not_judged"


def test_a_page_that_names_ours_too_may_give_another_part_another_license(
    checked: Checked,
) -> None:
    page = "# Demo\n\n## License\n\n[![CC0](https://x.example/cc0.png)](https://x.example/cc0)\n\nThe code that shows it is licensed under the MIT license.\n"
    assert "false" not in {claim.verdict for claim in checked(MIT, page, "license").values()}
    both = "# Demo\n\n## License\n\nMIT and Apache-2.0\n"
    assert checked(MIT, both, "license")["Apache-2.0"].verdict == "false"


@pytest.mark.parametrize(
    ("readme", "text", "verdict"),
    [
        ("Dual-licensed under MIT or Apache-2.0.\n", "Apache-2.0", "not_judged"),
        ("Licensed under the MIT or BSD license.\n", "BSD", "not_judged"),
        ("Licensed under the BSD license.\n", "BSD", "false"),
        ("It is licensed under BSD.\n\nThe code is licensed under GPLv3.\n", "BSD", "not_judged"),
        ("It is licensed under BSD.\n\nThe code is licensed under BSD.\n", "BSD", "false"),
    ],
)
def test_a_page_of_several_licenses(checked: Checked, readme: str, text: str, verdict: str) -> None:
    assert checked(MIT, f"# Demo\n\n{readme}", "license")[text].verdict == verdict


@pytest.mark.parametrize(
    ("target", "verdict"), [("LICENSE", "false"), ("https://a.example/LICENSE", "not_judged")]
)
def test_a_name_that_leads_to_our_license_is_told_of_us_in_any_section(
    checked: Checked, target: str, verdict: str
) -> None:
    page = f"# Demo\n\n## Credits\n\nCode released under [the MIT license]({target}).\n"
    assert checked({"LICENSE": ISC}, page, "license")["the MIT"].verdict == verdict


@pytest.mark.parametrize(
    ("target", "verdict"), [("LICENSE", "false"), ("https://a.example/LICENSE", None)]
)
def test_a_name_alone_that_leads_to_our_license(
    checked: Checked, target: str, verdict: str | None
) -> None:
    page = f"# Demo\n\n## Copyright\n\n[MIT licence]({target}) - Demo and others\n"
    claims = checked({"LICENSE": ISC}, page, "license")
    assert [claim.verdict for claim in claims.values()] == ([verdict] if verdict else [])


@pytest.mark.parametrize(
    ("line", "name", "verdict"),
    [
        ("We chose the GPLv3 license for you.", "GPLv3", "false"),
        ("We chose the BSD sockets API, as it is everywhere.", "BSD", "not_judged"),
        (
            "\n## Systems\n\nThis library is available under Linux, BSD and more.",
            "BSD",
            "not_judged",
        ),
    ],
)
def test_the_license_that_we_chose(checked: Checked, line: str, name: str, verdict: str) -> None:
    page = f"# Demo\n\nReleased under the MIT license.\n\n## License\n\n{line}\n"
    assert checked(MIT, page, "license")[name].verdict == verdict


def test_a_badge_of_another_repository(checked: Checked) -> None:
    image = "https://img.shields.io/github/license/x/other"
    page = f'# Demo\n\n<img\n alt="License: GPL"\n src="{image}">\n'
    claims = checked(MIT, page, "license", "https://github.com/o/demo")
    assert all(claim.verdict == "not_judged" for claim in claims.values())


def test_a_label_on_a_line_of_its_own(checked: Checked) -> None:
    page = '# Demo\n\n<img src="https://img.shields.io/badge/License-MIT-blue"\n     alt="License: ISC">\n'
    claim = checked(MIT, page, "license")["ISC"]
    assert (claim.verdict, claim.line) == ("false", 4)


BADGE = (
    "[![License: ISC](https://img.shields.io/badge/License-ISC-blue.svg)](https://a.example/isc)"
)


@pytest.mark.parametrize(
    ("lead", "verdict"), [(BADGE, "false"), ("It is licensed under ISC.", "not_judged")]
)
def test_a_badge_leaves_the_section_to_say_it_again(
    checked: Checked, lead: str, verdict: str
) -> None:
    page = f"# Demo\n\n{lead}\n\n## License\n\nBSD-3-Clause License.\n"
    assert checked({"LICENSE": ISC}, page, "license")["BSD-3-Clause License"].verdict == verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Parsing is done by Tiny. The library is licensed under MIT.", "not_judged"),
        ("By [A](https://a.example)\n\nDistributed under the terms of MIT.", "false"),
        ("By [A](https://a.example)\nDistributed under the terms of MIT.", "not_judged"),
        ("Icons by [A](https://a.example)\n\nDistributed under the terms of MIT.", "not_judged"),
        ("Code in `vendor/`:\n\nDistributed under the terms of MIT.", "not_judged"),
    ],
)
def test_of_whom_a_section_of_thanks_tells(checked: Checked, text: str, verdict: str) -> None:
    title = "Credits" if "Tiny" in text else "License and credits"
    claims = checked({"LICENSE": ISC}, f"# Demo\n\n## {title}\n\n{text}\n", "license")
    assert [claim.verdict for claim in claims.values()] == [verdict]


@pytest.mark.parametrize(
    ("declared", "named", "verdict"),
    [
        ("apache2", "Apache License Version 2.0", "true"),
        ("MIT License", "MIT license", "true"),
        ("gpl", "GPLv3", "true"),
        ("GPL-2.0", "GPLv3", "false"),
        ("apache2", "MIT license", "false"),
        ("AGPL-3.0", "GPLv3", "false"),
        ("GNU GPLv3", "GPL", "true"),
        ("New BSD", "BSD", "true"),
        ("MPL-1.1", "MPL 2.0", "false"),
    ],
)
def test_manifests_name_licenses_as_people_do(
    checked: Checked, declared: str, named: str, verdict: str
) -> None:
    files = {"package.json": f'{{"name": "demo", "license": "{declared}"}}'}
    claims = checked(files, f"# Demo\n\n## License\n\nLicensed under the {named}.\n", "license")
    assert [claim.verdict for claim in claims.values()] == [verdict]


def test_where_the_text_at_the_root_is_not_known_parts_tell_nothing(checked: Checked) -> None:
    files = {"LICENSE": "Do as you like.\n", "web/package.json": MIT["package.json"]}
    readme = "# Demo\n\n## License\n\n[BSD-3-clause](./LICENSE)\n"
    assert checked(files, readme, "license") == {}
    (claim,) = checked(files | MIT, readme, "license").values()  # the root's manifest does
    assert claim.verdict == "false"


def test_a_text_with_a_gap_left_unfilled_is_known(checked: Checked) -> None:
    text = ISC.replace("Demo", "{{ organization }}")
    claims = checked({"LICENSE": text}, "# Demo\n\n## License\n\nISC\n", "license")
    assert claims["ISC"].verdict == "true"


def test_a_section_under_the_link_of_another_project_tells_of_that(checked: Checked) -> None:
    page = "# Demo\n\n## Thanks\n\n### [Other](https://other.example)\n\nLicense: BSD 3\n"
    assert [claim.verdict for claim in checked(MIT, page, "license").values()] == ["not_judged"]


@pytest.mark.parametrize(
    ("url", "verdict"),
    [
        ("https://other.example/license", "not_judged"),
        ("https://opensource.org/licenses/X", "false"),
    ],
)
def test_a_link_to_the_page_of_another_project(checked: Checked, url: str, verdict: str) -> None:
    page = f"# Demo\n\nDemo is licensed under the\n[BSD-3-Clause]({url})\n"
    assert [claim.verdict for claim in checked(MIT, page, "license").values()] == [verdict]


@pytest.mark.parametrize(
    "title",
    [
        "## [License](https://opensource.org/licenses/Apache-2.0)",
        "## License [![License](https://img.example/x.svg)](https://opensource.org/x)",
        "## [![npm](https://img.example/x.svg)](https://www.npmjs.com/package/demo)\n\n### License",
    ],
)
def test_a_link_in_a_title_leaves_the_section_ours(checked: Checked, title: str) -> None:
    claims = checked(MIT, f"# Demo\n\n{title}\n\nApache License 2.0\n", "license")
    assert "false" in {claim.verdict for claim in claims.values()}


def test_the_text_of_a_template_is_no_license(checked: Checked) -> None:
    files = {"LICENSE.jinja": ISC.replace("2020", "{{ year }}")}
    claims = checked(files, "# Demo\n\n## License\n\nApache License 2.0\n", "license")
    assert "false" not in {claim.verdict for claim in claims.values()}


@pytest.mark.parametrize(
    "line",
    [
        'The scripts are under the [MPL License](LICENSE "License of demo").',
        "Other.NET is licensed under the [MPL license](LICENSE), and free.",
    ],
)
def test_a_name_that_leads_to_our_text_is_ours_whatever_the_subject(
    checked: Checked, line: str
) -> None:
    files = {"LICENSE": ISC}
    assert checked(files, f"# Demo\n\n## License\n\n{line}\n", "license")["MPL"].verdict == "false"


@pytest.mark.parametrize(
    ("page", "text", "verdict"),
    [
        ("Released under the [MIT License](LICENSE).", "MIT License", "false"),
        ("Released under the [ISC License](./LICENSE).", "ISC", "true"),
        ("Part b is released under the [Zlib License](b/LICENSE).", "Zlib", "not_judged"),
        ("Part b is released under the [ISC License](b/LICENSE).", "ISC", "true"),
        ("[LICENSE (MIT)](./LICENSE)", "MIT", "false"),
        ("## License (MIT)", "MIT", "false"),
        ("## License (ISC)", "ISC", "true"),
    ],
)
def test_a_linked_license_is_that_of_the_file(
    checked: Checked, page: str, text: str, verdict: str
) -> None:
    files = {"LICENSE": ISC, "b/LICENSE": ISC, "a/package.json": MIT["package.json"]}
    claims = checked(files, f"# Demo\n\n{page}\n", "license")
    assert {name.removeprefix("the "): c.verdict for name, c in claims.items()} == {text: verdict}


def test_the_project_in_two_words(checked: Checked) -> None:
    files = {"pyproject.toml": '[project]\nname = "deardemo"\nlicense = "MIT"\n'}
    page = "# ![logo](logo.png)\n\nDear Demo is licensed under the GPLv3.\n"
    assert checked(files, page, "license")["GPLv3"].verdict == "false"
    page = "# ![logo](logo.png)\n\nDear Other is licensed under the GPLv3.\n"
    assert checked(files, page, "license")["GPLv3"].verdict == "not_judged"


@pytest.mark.parametrize(
    "page",
    [
        "``other`` is licensed under the GPLv3 and it brings demo more.",
        "Demo contains a C port of the [Other](https://other.example/) library, published under the GPLv3 license.",
        "Demo bundles the implementation of other, released under the GPLv3.",
    ],
)
def test_the_license_of_what_is_brought_along(checked: Checked, page: str) -> None:
    claims = checked(MIT, f"# Demo\n\n{page}\n", "license")
    assert {claim.verdict for claim in claims.values()} == {"not_judged"}


PARTS = {
    "LICENSE": ISC,
    "packages/ui/package.json": '{"name": "ui", "version": "1.0.0", "license": "MIT"}',
    "packages/ui/LICENSE": (FIXTURES / "web_service" / "LICENSE").read_text("utf-8"),
}


@pytest.mark.parametrize(
    ("path", "page", "text", "verdict"),
    [
        ("packages/ui/README.md", "## License\n\n[MIT](LICENSE)", "MIT", "true"),
        ("packages/ui/README.md", "## License\n\n[ISC](../../LICENSE)", "ISC", "true"),
        ("README.md", "## License\n\n[MIT](LICENSE)", "MIT", "false"),
        ("README.md", "Under the [ISC](LICENSE) or the [MIT](LICENSE).", "MIT", "true"),
        ("README.md", "## Third-party\n\n### Other\n\n#### License (Zlib)", "Zlib", "not_judged"),
    ],
)
def test_licenses_of_parts(checked: Checked, path: str, page: str, text: str, verdict: str) -> None:
    claims = checked(PARTS, f"# Demo\n\n{page}\n", "license", path=path)
    assert claims[text].verdict == verdict


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("goother", "Other is licensed under the GPLv3."),
        ("reactacme", "The react acme parts are released under the GPLv3."),
    ],
)
def test_what_is_wrapped_is_not_the_project(checked: Checked, name: str, page: str) -> None:
    files = {"pyproject.toml": f'[project]\nname = "{name}"\nlicense = "MIT"\n'}
    claims = checked(files, f"# ![logo](logo.png)\n\n{page}\n", "license")
    assert claims["GPLv3"].verdict == "not_judged"


@pytest.mark.parametrize(
    "page",
    [
        "Sounds of demo are GPLv3. The game is MIT licensed.",
        "Released under the MIT License. Apache Kafka is a trademark of the Apache Software Foundation.",
        "Demo runs under the Apache web server.",
        "Demo is published by the MIT Media Lab.",
        "Demo ships with other, licensed under the GPLv3.",
        "Demo is licensed under a BSD-style license.",
        "Demo was relicensed from GPLv3 under the MIT license.",
        "![Data License: CC0-1.0](https://x.example/a.svg)",
        "| tiny | ![License: ISC](https://x.example/b.svg) |",
    ],
)
def test_licenses_of_other_things(checked: Checked, page: str) -> None:
    claims = checked(MIT, f"# Demo\n\n## License\n\n{page}\n", "license")
    assert "false" not in {claim.verdict for claim in claims.values()}


def test_a_lesser_license_by_its_other_names(checked: Checked) -> None:
    files = {"package.json": '{"name": "demo", "license": "LGPL-2.1"}'}
    for name in ("GNU Lesser GPL", "GNU Library General Public License"):
        claims = checked(files, f"# Demo\n\nDemo is licensed under the {name}.\n", "license")
        assert {claim.verdict for claim in claims.values()} == {"true"}
