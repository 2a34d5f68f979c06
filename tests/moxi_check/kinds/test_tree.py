"""Tree diagrams."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]
FILES = {"src/app.py": "", "src/io.py": "", "docs/index.md": "", ".gitignore": "dist/\n"}


def test_lines_of_our_own_diagram(checked: Checked) -> None:
    diagram = (
        "demo/\n├── src/          # the code\n│   ├── app.py\n│   ├── ios.py\n│   └── ...\n"
        "├── dist/\n└── docs\n    └── index.md\n"
    )
    claims = checked(FILES, f"```\n{diagram}```\n", "tree")
    assert {text: claim.verdict for text, claim in claims.items()} == {
        "src/": "true",
        "app.py": "true",
        "ios.py": "false",
        "dist/": "not_judged",
        "docs": "true",
        "index.md": "true",
    }
    assert claims["ios.py"].suggestion == "io.py"


def test_another_projects_diagram_is_not_judged(checked: Checked) -> None:
    claims = checked(FILES, "```\n|-- lib\n|   |-- a.js\n`-- package.json\n```\n", "tree")
    assert {claim.verdict for claim in claims.values()} == {"not_judged"}


def test_a_diagram_of_a_folder_below_the_root(checked: Checked) -> None:
    files = {"packages/core/src/a.js": "", "packages/core/src/b.js": "", "packages/core/p.json": ""}
    claims = checked(
        files, "```\ncore\n├── src\n│   ├── a.js\n│   └── b.js\n└── p.json\n```\n", "tree"
    )
    assert {claim.verdict for claim in claims.values()} == {"true"}


def test_differences_and_tables_are_no_diagrams(checked: Checked) -> None:
    assert checked(FILES, "```diff\n- a\n+ b\n- c\n+ d\n```\n", "tree") == {}
    assert checked(FILES, "```\n| a | b |\n| c | d |\n| e | f |\n```\n", "tree") == {}


def test_names_with_leading_underscores(checked: Checked) -> None:
    files = {"src/__tests__/a.js": "", "src/_b.js": "", "src/c.js": ""}
    diagram = "src\n├── __tests__/\n├── _b.js\n└── c.js\n"
    claims = checked(files, f"```\n{diagram}```\n", "tree")
    assert set(claims) == {"__tests__/", "_b.js", "c.js"}
    assert {claim.verdict for claim in claims.values()} == {"true"}


def test_below_a_root_of_another_name_nearly_all_must_be_ours(checked: Checked) -> None:
    files = {"src/x.py": "", "tests/__init__.py": "", "demo.toml": ""}
    drawn = "├── src\n│   └── other_one\n│       └── a.py\n├── tests\n│   └── __init__.py\n└── demo.toml\n"
    named = checked(files, f"```\nother-one\n{drawn}```\n", "tree")
    assert named["other_one"].verdict == "not_judged"
    plain = checked(files, f"```\n.\n{drawn}```\n", "tree")
    assert plain["other_one"].verdict == "false"


def test_a_folder_below_is_guessed_only_where_nearly_all_is_there(checked: Checked) -> None:
    files = {
        f"examples/app/src/{n}": "" for n in ("app.rs", "app/api.rs", "app/a/b.rs", "app/a.rs")
    }
    lines = (
        "├── app.rs",
        "└── app/",
        "    ├── about.rs",
        "    ├── posts.rs",
        "    ├── a.rs",
        "    └── a/",
    )
    page = "# Demo\n\n```text\nsrc/\n" + "\n".join(lines) + "\n```\n"
    found = {text: claim.verdict for text, claim in checked(files, page, "tree").items()}
    assert found["about.rs"] == found["posts.rs"] == "not_judged"


@pytest.mark.parametrize(
    ("drawn", "verdict"),
    [
        ("├── web_client/   # Auto-generated client\n", "false"),
        ("├── web-client/\n├── web_client/   # Auto-generated client\n", "not_judged"),
        ("├── mail_client/  # Auto-generated client\n", "not_judged"),
    ],
)
def test_what_is_made_and_is_there_in_another_spelling(
    checked: Checked, drawn: str, verdict: str
) -> None:
    files = {"web-client/a.py": "", **FILES}
    diagram = f"demo/\n├── src/\n│   ├── app.py\n│   └── io.py\n{drawn}└── docs/\n"
    claims = checked(files, f"```\n{diagram}```\n", "tree")
    name = drawn.splitlines()[-1].split()[1]
    assert claims[name].verdict == verdict


@pytest.mark.parametrize(("root", "verdict"), [("ui_tests/", "not_judged"), (".", "true")])
def test_files_of_the_same_names_in_a_folder_that_is_made(
    checked: Checked, root: str, verdict: str
) -> None:
    files = dict.fromkeys(("pytest.ini", "setup.cfg", "requirements.txt", "README.rst"), "")
    diagram = f"{root}\n├── pytest.ini\n├── requirements.txt\n└── setup.cfg\n"
    claims = checked(files, f"`demo mkdir` makes it:\n\n```\n{diagram}```\n", "tree")
    assert {claim.verdict for claim in claims.values()} == {verdict}


def test_of_a_known_root_some_lines_may_be_wrong(checked: Checked) -> None:
    diagram = "demo/\n├── src/\n├── lib/\n├── bin.py\n└── conf/\n"
    claims = checked(FILES, f"```\n{diagram}```\n", "tree")
    assert claims["src/"].verdict == "true"
    assert claims["lib/"].verdict == "not_judged"


LIST = "src/app.py     the program\nsrc/{}      what it reads\ndocs/          # pages\ndocs/index.md\n\nREADME.md      this file\n"


def test_a_list_of_files(checked: Checked) -> None:
    page = "# Demo\n\n```\n" + LIST.format("ios.py") + "```\n"
    claims = checked(FILES, page, "tree")
    assert {text for text, claim in claims.items() if claim.verdict == "true"} == {
        "src/app.py", "docs/", "docs/index.md", "README.md",
    }  # fmt: skip
    assert (claims["src/ios.py"].verdict, claims["src/ios.py"].suggestion) == ("false", "io.py")


@pytest.mark.parametrize(
    "block",
    [
        "```sh\n" + LIST.format("ios.py") + "```",  # commands
        "```\n" + LIST.format("ios.py") + "and more\n```",  # not all of it lists files
        "```\nsrc/app.py\nsrc/ios.py\n```",  # too few to be sure
        "```\na.py\nb.py\nc.py\nd.py\ne.py\n```",  # names without a folder
        "```\nlib/a.py\nlib/b.py\nsrc/app.py\nlib/c.py\nlib/d.py\n```",  # of another project
        "It creates:\n\n```\n" + LIST.format("ios.py") + "```",
    ],
)
def test_what_is_no_list_of_our_files(checked: Checked, block: str) -> None:
    claims = checked(FILES, f"# Demo\n\n{block}\n", "tree")
    assert not [claim for claim in claims.values() if claim.verdict == "false"]


def test_what_is_in_a_folder_that_is_made(checked: Checked) -> None:
    diagram = (
        "demo/\n├── src/\n│   ├── app.py\n│   └── io.py\n├── docs/\n│   └── index.md\n"
        "├── figures/     # generated by app.py\n│   └── loss.png\n├── loss.txt\n└── etc.\n"
    )
    claims = checked(FILES, f"# Demo\n\n```\n{diagram}```\n", "tree")
    assert claims["loss.png"].verdict == "not_judged"
    assert claims["loss.txt"].verdict == "false"
    assert "etc" not in claims
