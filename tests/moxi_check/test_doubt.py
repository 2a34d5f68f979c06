"""What a page as a whole tells of its findings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from moxi_check.claim import Claim
from moxi_check.doubt import doubted
from moxi_check.markdown import read_markdown
from moxi_core.records import Evidence

Checked = Callable[..., dict[str, Claim]]
PAGE = "# Demo\n\n```python\n# demo.far()\ndemo.near()\n```\n"


def verdicts(*claims: Claim, strict: bool = True) -> list[str]:
    page = read_markdown(PAGE, "README.md")
    return [claim.verdict for claim in doubted(claims, page, strict=strict)]


def claim(
    text: str, kind: str = "api", line: int = 5, suggestion: str = "", path: str = "demo.py"
) -> Claim:
    evidence = Evidence(path=path, line=1)
    return Claim(kind, text, line, 1, "false", "it is not", suggestion, evidence)


def true(text: str) -> Claim:
    return Claim("api", text, 5, 1, "true", evidence=Evidence(path="demo.py", line=1))


def test_what_a_page_says_throughout_is_not_judged() -> None:
    assert verdicts(*[claim("--x", "option")] * 3) == ["not_judged"] * 3
    assert verdicts(*[claim("--x", "option")] * 2) == ["false"] * 2
    assert verdicts(*[claim("X_Y", "env_var")] * 3) == ["not_judged"] * 3
    assert verdicts(*[claim("#x", "anchor")] * 3) == ["false"] * 3


def test_more_unknown_names_than_known_ones_are_a_gap_of_ours() -> None:
    unknown = [claim(name) for name in ("one", "two", "three")]
    assert verdicts(*unknown) == ["not_judged"] * 3
    assert verdicts(*unknown, true("a"), true("b"), true("c"))[:3] == ["false"] * 3
    assert verdicts(*unknown, claim("nears", suggestion="near"))[3] == "false"


@pytest.mark.parametrize(
    ("path", "suggestion", "verdict"),
    [("a.rb", "", "not_judged"), ("a.rb", "near", "false"), ("a.go", "", "false")],
)
def test_names_that_may_be_made_while_code_runs(path: str, suggestion: str, verdict: str) -> None:
    assert verdicts(claim("x", path=path, suggestion=suggestion)) == [verdict]


@pytest.mark.parametrize("kind", ["api", "command", "env_var", "import", "input", "option"])
def test_a_name_that_is_like_nothing_is_false_only_where_that_is_asked_for(kind: str) -> None:
    assert verdicts(claim("far", kind), strict=False) == ["not_judged"]
    assert verdicts(claim("far", kind)) == ["false"]
    assert verdicts(claim("nears", kind, suggestion="near"), strict=False) == ["false"]


@pytest.mark.parametrize(
    ("text", "suggestion", "verdict"),
    [
        ("colour", "color", "false"),
        ("types", "type", "false"),
        ("CodecJson", "JsonCodec", "false"),
        ("demo_cli", "demo", "false"),
        ("local_file", "sort_files", "not_judged"),
    ],
)
def test_what_is_hardly_like_the_nearest_is_like_nothing(
    text: str, suggestion: str, verdict: str
) -> None:
    assert verdicts(claim(text, "argument", suggestion=suggestion), strict=False) == [verdict]
    assert verdicts(claim(text, "argument", suggestion=suggestion)) == ["false"]


@pytest.mark.parametrize("kind", ["script", "make_target", "path", "link", "anchor", "setting"])
def test_what_a_manifest_or_the_tree_lists_whole_is_never_doubted_for_that(kind: str) -> None:
    assert verdicts(claim("far", kind), strict=False) == ["false"]


def test_remarks_and_placeholders_are_not_judged() -> None:
    assert verdicts(claim("far", line=4), claim("functionName"), claim("n", suggestion="m")) == [
        "not_judged",
        "not_judged",
        "false",
    ]


@pytest.mark.parametrize("kind", ["script", "make_target"])
def test_a_line_of_several_that_are_not_there_is_an_example(kind: str) -> None:
    scripts = [claim(name, kind, line=3) for name in ("build:css", "build:js", "build:html")]
    assert verdicts(*scripts) == ["not_judged"] * 3
    assert verdicts(*scripts[:2]) == ["false"] * 2


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("import demo\n\ndemo.nears()", "false"),
        ("import demo\n\ndemo.hears()", "not_judged"),  # it stands in a file that is not of demo
        ("from demo import hears", "not_judged"),
    ],
)
def test_a_name_that_stands_in_the_code_may_be_had_from_there(
    checked: Checked, code: str, verdict: str
) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "demo"\nversion = "1"\n',
        "demo/__init__.py": "def near(): ...\n\n\ndef hear(): ...\n",
        "build/made.py": "def hears(): ...\n",
    }
    page = f"# Demo\n\n```python\n{code}\n```\n"
    word = code.rpartition("(")[0].rpartition(".")[2] or "hears"
    found = {
        **checked(files, page, "api", strict=False),
        **checked(files, page, "import", strict=False),
    }
    assert found[word].verdict == verdict


def test_nothing_like_it_in_a_closed_list_is_false() -> None:
    other = claim("far", "import")
    assert verdicts(other, strict=False) == ["not_judged"]
    assert verdicts(replace(other, closed=True), strict=False) == ["false"]


@pytest.mark.parametrize(
    ("files", "code", "word"),
    [
        (
            {
                "go.mod": "module github.com/o/demo\n\ngo 1.22\n",
                "a.go": "package demo\n\nfunc Initialize() {}\n",
            },
            'go\nimport "github.com/o/demo"\n\nfunc main() { demo.Close() }',
            "Close",
        ),
        (
            {
                "package.json": '{"name": "demo", "main": "index.js", "type": "module"}',
                "index.js": "export function useForm() {}\n",
            },
            "js\nimport { Link } from 'demo'",
            "Link",
        ),
        (
            {
                "Cargo.toml": '[package]\nname = "demo"\nversion = "1.0.0"\n',
                "src/lib.rs": "pub struct Settings;\n",
            },
            "rust\nuse demo::Graph;",
            "Graph",
        ),
        (
            {
                "Cargo.toml": '[package]\nname = "demo"\nversion = "1.0.0"\n',
                "src/lib.rs": "pub struct Settings;\n",
            },
            "rust\nuse demo_cli::Settings;",
            "demo_cli",
        ),
    ],
)
def test_what_modules_hand_out_is_a_closed_list(
    checked: Checked, files: dict[str, str], code: str, word: str
) -> None:
    page = f"# Demo\n\n```{code}\n```\n"
    found = [checked(files, page, kind, strict=False).get(word) for kind in ("api", "import")]
    assert [claim.verdict for claim in found if claim] == ["false"]
    there = {**files, "tools/other.txt": f"{word}\n"}
    found = [checked(there, page, kind, strict=False).get(word) for kind in ("api", "import")]
    assert "false" not in [claim.verdict for claim in found if claim]


def test_a_lock_file_tells_of_no_import(checked: Checked) -> None:
    files = {
        "go.mod": "module github.com/o/demo\n\ngo 1.22\n",
        "a.go": "package demo\n",
        "go.sum": "github.com/o/demo/v2 v2.0.0 h1:x=\n",
    }
    page = '# Demo\n\n```go\nimport "github.com/o/demo/v2"\n```\n'
    claims = checked(files, page, "import", strict=False)
    assert claims["github.com/o/demo/v2"].verdict == "false"


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("// x := demo.Nwe(demo.WithKey())", "false"),  # all else of the line is there
        ("// x := demo.Nwe(demo.WithDoor())", "not_judged"),
        ("// demo.Nwe is called first", "not_judged"),
        ("// demo.New instead of demo.Nwe", "not_judged"),
        ("// wrong: demo.Nwe(demo.WithKey())", "not_judged"),
        ("// demo.Nwe(demo.WithKey()) does not compile", "not_judged"),
    ],
)
def test_code_that_is_commented_out_is_code(checked: Checked, code: str, verdict: str) -> None:
    files = {
        "go.mod": "module example.com/demo\n\ngo 1.22\n",
        "demo.go": "package demo\n\nfunc News() {}\n\nfunc Newer() {}\n\nfunc New() {}\n\nfunc WithKey() {}\n",
    }
    page = f'# Demo\n\n```go\nimport "example.com/demo"\n\n{code}\ny := demo.New()\n```\n'
    found = checked(files, page, "api", strict=False)
    assert ("Nwe" not in found and verdict == "not_judged") or found["Nwe"].verdict == verdict


@pytest.mark.parametrize(
    ("path", "verdict"),
    [("example.com/demo", "false"), ("example.com/demo/v4", "not_judged")],
)
def test_the_begin_of_a_longer_path_is_no_mention(
    checked: Checked, path: str, verdict: str
) -> None:
    files = {
        "go.mod": "module example.com/demo/v5\n\ngo 1.22\n",
        "demo.go": "package demo\n\nfunc New() {}\n",
        "tools/a.txt": "example.com/demo/v5/inner and example.com/demo/v4\n",
    }
    page = f'# Demo\n\n```go\nimport "{path}"\n\nx := demo.New()\n```\n'
    assert checked(files, page, "import", strict=False)[path].verdict == verdict
