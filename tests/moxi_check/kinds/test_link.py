"""Relative links, images and anchors."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

FILES = {"docs/guide.md": "# Guide\n", "img/logo.png": "x", "src/a.py": "", ".gitignore": "dist/\n"}
Checked = Callable[..., dict[str, Claim]]


@pytest.mark.parametrize(
    ("target", "verdict"),
    [
        ("docs/guide.md", "true"),
        ("./docs/guide.md#part", "true"),
        ("/docs/", "true"),
        ("docs/guides.md", "false"),
        ("Docs/guide.md", "false"),
        ("dist/bundle.js", "not_judged"),
        ("../../issues", "not_judged"),
        ("{{base}}/x", "not_judged"),
    ],
)
def test_relative_links(checked: Checked, target: str, verdict: str) -> None:
    claims = checked(FILES, f"# A\n\nSee [it]({target}).\n", "link")
    assert claims[target].verdict == verdict


@pytest.mark.parametrize("anchor", ["top", "readme", "start-of-content", "user-content-a"])
def test_anchors_of_the_page_around(checked: Checked, anchor: str) -> None:
    assert checked(FILES, f"# A\n\n[up](#{anchor})\n", "anchor")[f"#{anchor}"].verdict == "true"


def test_links_to_elsewhere_are_no_claims(checked: Checked) -> None:
    text = "[a](https://x.example/y) [b](mailto:a@b.c) [c](//x.example/y)\n"
    assert checked(FILES, text, "link") == {}


def test_a_moved_image_has_one_certain_mend(checked: Checked) -> None:
    claim = checked(FILES, '<p><img src="logo.png"></p>\n', "image")["logo.png"]
    assert (claim.verdict, claim.suggestion, claim.certain) == ("false", "img/logo.png", True)
    assert claim.evidence is not None
    assert claim.evidence.path == "img/logo.png"


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("## Getting started", "getting-started"),
        ("## 🚀 Los geht's", "-los-gehts"),
        ("## Über `uns` & mehr", "über-uns--mehr"),
        ("## 使い方", "使い方"),
        ('<a name="odd"></a>', "odd"),
        ("<h3>In HTML</h3>", "in-html"),
        ("<h2>\nPart A<br>\nOptions\n</h2>", "part-aoptions"),
        ("Setext\n------", "setext"),
        ("## A\n\n## A", "a-1"),
    ],
)
def test_anchors_as_github_makes_them(checked: Checked, heading: str, anchor: str) -> None:
    claims = checked(FILES, f"# T\n\n[x](#{anchor}) [y](#{anchor}-not)\n\n{heading}\n", "anchor")
    assert claims[f"#{anchor}"].verdict == "true"
    assert claims[f"#{anchor}-not"].verdict == "false"


def test_headings_in_code_are_none(checked: Checked) -> None:
    claims = checked(FILES, "[x](#no)\n\n```sh\n# no\n```\n", "anchor")
    assert claims["#no"].verdict == "false"


def test_a_link_without_a_scheme(checked: Checked) -> None:
    claim = checked(FILES, "[x](www.example.com/a)\n", "link")["www.example.com/a"]
    assert (claim.verdict, claim.suggestion) == ("false", "https://www.example.com/a")


@pytest.mark.parametrize(
    ("path", "target", "verdict"),
    [
        ("docs/use.md", "guide.html", "not_judged"),
        ("docs/use.md", "./guide#part", "not_judged"),
        ("docs/use.md", "/img/none.svg", "false"),
        ("docs/use.md", "/static/none.svg", "not_judged"),
        ("docs/use.md", "some-reference", "not_judged"),
        ("docs/use.md", "labels/of-a-part", "not_judged"),
        ("docs/use.md", "../src/of-a-part", "false"),
        ("docs/use.md", "guides.md", "false"),
        ("docs/use.md", "/docs/faq", "not_judged"),
        ("docs/use.md", "/docs/no-such-page", "not_judged"),
        ("docs/use.md", "faq#part", "not_judged"),
        ("docs/use.md", "../src/fr/", "not_judged"),
        ("README.md", "/docs/faq", "false"),
        ("docs/_parts/note.md", "guide.md", "not_judged"),
        ("docs/_index.md", "guides.md", "false"),
        ("README.md", "docs/guide.html", "false"),
    ],
)
def test_pages_of_a_site_name_what_is_made_of_a_file(
    checked: Checked, path: str, target: str, verdict: str
) -> None:
    files = {**FILES, "docs/faq.en-US.md": "# FAQ\n"}
    claims = checked(files, f"# A\n\nSee [it]({target}).\n", "link", path=path)
    assert claims[target].verdict == verdict


def test_jekyll_makes_a_site_of_the_readme_too(checked: Checked) -> None:
    files = {**FILES, "_config.yml": "theme: plain\n"}
    claim = checked(files, "[it](docs/guide.html)\n", "link")["docs/guide.html"]
    assert claim.verdict == "not_judged"


@pytest.mark.parametrize(
    ("target", "verdict"),
    [("demo_samples", "false"), ("demo-sample", "not_judged"), ("demo-pages", "not_judged")],
)
def test_a_slip_of_a_folder_is_no_route_of_a_site(
    checked: Checked, target: str, verdict: str
) -> None:
    files = {**FILES, "_config.yml": "theme: plain\n", "demo-samples/a.py": ""}
    assert checked(files, f"[it]({target})\n", "link")[target].verdict == verdict


@pytest.mark.parametrize(("end", "verdict"), [("src/a.py", "true"), ("src/b.py", "false")])
def test_an_address_without_its_host_is_of_the_forge(
    checked: Checked, end: str, verdict: str
) -> None:
    target = f"/acme/demo/blob/main/{end}"
    claims = checked(FILES, f"[it]({target})\n", "link", "https://github.com/acme/demo")
    assert claims[target].verdict == verdict


@pytest.mark.parametrize(
    ("path", "anchor", "verdict"),
    [
        ("README.md", "#readme", "true"),
        ("README.md", "#made_up", "false"),
        ("README.md", "#own-id", "true"),
        ("README.md", "#with-a-name", "true"),
        ("README.md", "#no_dev", "false"),
        ("docs/use.md", "#no_dev", "not_judged"),
        ("docs/use.md", "#made_up", "false"),
        ("docs/use.md", "#in:text", "true"),
    ],
)
def test_anchors_of_forges_and_sites(
    checked: Checked, path: str, anchor: str, verdict: str
) -> None:
    page = f"# A\n\n## With a name {{#own-id}}\n\n## No dev\n\n[A word]{{#in:text}}\n\n[it]({anchor})\n"
    assert checked(FILES, page, "anchor", path=path)[anchor].verdict == verdict


def test_a_page_that_code_is_put_into_may_have_any_anchor(checked: Checked) -> None:
    page = "# A\n\n[it](#fetch)\n\n::: demo.fetch\n"
    assert checked(FILES, page, "anchor", path="docs/api.md")["#fetch"].verdict == "not_judged"


@pytest.mark.parametrize(
    ("path", "page", "verdict"),
    [
        ("docs/part.md", "## Part\n\n[a](#one) [b](#two) [c](#three) [d](#part)\n", "not_judged"),
        ("docs/part.md", "## Part\n\n[a](#one) [b](#two) [d](#part)\n", "false"),
        ("docs/part.md", "## Part\n\n[a](#one) [b](#core/two)\n", "not_judged"),
        ("docs/part.md", "See [a](#one).\n", "not_judged"),
        ("README.md", "## Part\n\n[a](#one) [b](#two) [c](#three)\n", "false"),
    ],
)
def test_a_part_of_a_page_has_the_anchors_of_the_other_parts(
    checked: Checked, path: str, page: str, verdict: str
) -> None:
    assert checked(FILES, page, "anchor", path=path)["#one"].verdict == verdict


def test_blanks_between_pictures_of_a_heading_are_in_its_anchor(checked: Checked) -> None:
    page = "# Demo ![a](img/logo.png) ![b](img/logo.png)\n\n[x](#demo--) [y](#demo) [z](#demo-)\n"
    claims = checked(FILES, page, "anchor")
    assert [claims[name].verdict for name in ("#demo--", "#demo", "#demo-")] == [
        "true",
        "true",
        "false",
    ]


def test_tables_of_contributors_have_anchors_that_lead_nowhere(checked: Checked) -> None:
    page = (
        "# Demo\n\n<!-- ALL-CONTRIBUTORS-LIST:START - Do not remove -->\n<table><tr><td>"
        '<a href="#platform-ann" title="Packaging">x</a></td></tr></table>\n'
        "<!-- ALL-CONTRIBUTORS-LIST:END -->\n\n[x](#platform-bob)\n"
    )
    claims = checked(FILES, page, "anchor")
    verdicts = [claims[name].verdict for name in ("#platform-ann", "#platform-bob")]
    assert verdicts == ["not_judged", "false"]


def test_an_ignored_picture_beside_one_of_its_name_is_missing(checked: Checked) -> None:
    files = {"media/show.gif": "", "a.py": "", ".gitignore": "*.mp4\n"}
    page = "![a](media/show.mp4) ![b](media/other.mp4)\n"
    claims = checked(files, page, "image")
    assert claims["media/show.mp4"].suggestion == "media/show.gif"
    assert claims["media/other.mp4"].verdict == "not_judged"


@pytest.mark.parametrize(
    "target",
    ["`Demo.run/2`", "t:Demo.options/0", "Demo.Client.run/2", "crate::Client", "demo::run()"],
)
def test_names_that_documentation_links_are_no_files(checked: Checked, target: str) -> None:
    claim = checked({"src/a.rs": ""}, f"# Demo\n\n[run]({target})\n", "link").get(target)
    assert claim is None or claim.verdict == "not_judged"  # with a colon it may be an address


def test_a_file_of_the_root_is_nearest_to_one_there(checked: Checked) -> None:
    files = {"LICENSE.md": "x", "test/lib/LICENSE": "x"}
    claim = checked(files, "# Demo\n\n[MIT](LICENSE)\n", "link")["LICENSE"]
    assert (claim.verdict, claim.suggestion) == ("false", "LICENSE.md")


def test_a_link_that_only_shows_a_hint_is_no_claim(checked: Checked) -> None:
    assert checked(FILES, '[kbps](## "1000 bits a second") [up](#)\n', "anchor").keys() == {"#"}


def test_an_anchor_with_the_mark_of_the_forge_is_one_without_it(checked: Checked) -> None:
    page = '# A\n\n[go](#safe-part)\n\n<h4><a name="user-content-safe-part"></a>safe</h4>\n'
    assert checked(FILES, page, "anchor")["#safe-part"].verdict == "true"


@pytest.mark.parametrize("target", ["/posts/", "/project/", "project"])
def test_routes_of_a_site_are_called_as_its_folders_nearly_are(
    checked: Checked, target: str
) -> None:
    files = {**FILES, "_config.yml": "theme: plain\n", "_posts/a.md": "", "projects/a.md": ""}
    assert checked(files, f"[it]({target})\n", "link")[target].verdict == "not_judged"


def test_a_picture_leads_nowhere(checked: Checked) -> None:
    page = '<img src="docs/gone.png" href="none">\n\n<a href="gone.md">it</a>\n'
    found = {**checked(FILES, page, "image"), **checked(FILES, page, "link")}
    assert {text: claim.verdict for text, claim in found.items()} == {
        "docs/gone.png": "false",
        "gone.md": "false",
    }
