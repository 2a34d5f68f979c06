"""Pages held against a repository of which files were not read: nothing is false for that."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from moxi_analyzer.collected import open_collected
from moxi_analyzer.facts import open_repository
from moxi_check.check import Report, check_text
from tests.conftest import FIXTURES, GOLDEN
from tests.moxi_analyzer import served as make

LOCAL = ("file",)


def reports(repo: Path, page: str) -> tuple[Report, Report]:
    """The same page held against a part and against the whole."""
    with (
        open_collected(f"file://{repo}", protocols=LOCAL) as (one, part),
        open_repository(repo) as (other, whole),
    ):
        return check_text(page, one, part), check_text(page, other, whole)


def false_of(report: Report) -> set[tuple[int, str, str]]:
    return {(claim.line, claim.kind, claim.text) for claim in report.false}


def slips(page: str) -> str:
    """A page with a letter too many in all sorts of names."""
    page = re.sub(r"(--\w+)", r"\1z", page)
    page = re.sub(r"(\w{4,})\.(py|js|ts|toml|json|md|rs|go)\b", r"\1x.\2", page)
    page = re.sub(r"\b(import|from|run|install) (\w+)", r"\1 \2q", page)
    return (
        page + "\n[a](docs/no-such-page.md) [b](#no-such-heading)\n\n```text\n├── README.md\n```\n"
    )


@pytest.mark.parametrize(
    ("fixture", "page"),
    [
        ("click", "python-cli"), ("clap_derive", "rust-workspace"), ("cargo", "rust-workspace"),
        ("npm_app", "js-library"), ("npm_workspace", "js-library"), ("web_service", "web-app"),
        ("cobra", "go-tool"), ("argparse", "python-cli"), ("python_pep621", "python-cli"),
    ],
)  # fmt: skip
def test_no_page_is_falser_of_a_part(tmp_path: Path, fixture: str, page: str) -> None:
    golden = (GOLDEN / "readme" / f"{page}.md").read_text("utf-8")
    own = snapshot_page(fixture)
    repo = make.served(
        tmp_path / "demo.git", {"README.md": b"# It\n"} | make.files_of(FIXTURES / fixture)
    )
    for text in (own, slips(own), golden, slips(golden)):
        part, whole = reports(repo, text)
        assert false_of(part) <= false_of(whole)
    assert {kind for _, kind, _ in false_of(part)} >= {"anchor", "link"}


def snapshot_page(fixture: str) -> str:
    """A page that says what the fixture's facts say."""
    with open_repository(FIXTURES / fixture) as (_, snapshot):
        lines = ["# It", ""]
        for fact in snapshot.facts:
            lines += {
                "option": [f"`{fact.detail.get('program', '')} {fact.scope} {fact.value}`", ""],
                "script": [f"`npm run {fact.value}`", ""],
                "make_target": [f"`make {fact.value}`", ""],
                "env_var": [f"Set `{fact.value}`.", ""],
            }.get(fact.kind, [])
        lines += [f"- `{entry.path}`" for entry in snapshot.files]
    return "\n".join(lines) + "\n"


PAGE = """# Demo

`demo --colour` and [the guide](docs/guide.md), [more](#usage).

```python
from demo import counted
```

<!-- moxi: ignore option -- they come from a plugin -->
`demo --plugged`

Copy `config/app.ini` to `config/local.ini`, see [local](config/local.ini).
"""
DEMO = {
    "README.md": PAGE.encode(),
    "pyproject.toml": b'[project]\nname = "demo"\nversion = "1"\n[project.scripts]\ndemo = "demo.main:run"\n',
    ".gitignore": b"config/local.ini\n",
    "config/app.ini": b"[x]\n",
    "demo/__init__.py": b"from demo.words import count\n",
    "demo/main.py": b"from demo.parser import made\n\n\ndef run(): made().parse_args()\n",
    "demo/parser.py": b"import argparse\n\n\ndef made():\n    parser = argparse.ArgumentParser('demo')\n"
    b"    parser.add_argument('--color', help='x')\n    return parser\n",
    "demo/words.py": b"def count(text): ...\n",
}


def test_what_was_not_read_makes_nothing_false(tmp_path: Path) -> None:
    far = {f"demo/a/b{n:02}.py": b"x = 1\n" for n in range(30)}
    moved = {
        (
            path.replace("demo/", "src/one/two/three/demo/") if path.endswith("parser.py") else path
        ): c
        for path, c in DEMO.items()
    }
    for files in (DEMO | far, moved | far, DEMO):
        part, whole = reports(
            make.served(tmp_path / str(len(list(tmp_path.iterdir()))), files), PAGE
        )
        assert ("link", "docs/guide.md") in {(c.kind, c.text) for c in part.false}
        assert ("anchor", "#usage") in {(c.kind, c.text) for c in part.false}
        assert false_of(part) <= false_of(whole)
        assert {c.kind for c in part.false} <= {"link", "anchor"}
        assert "config/local.ini" not in {c.text for c in part.false}
        option = next(c for c in part.claims if c.text == "--colour")
        assert option.verdict == "not_judged"


def test_paths_that_an_unread_ignore_file_may_name(tmp_path: Path) -> None:
    deep = {f"a{n:03}/.gitignore": b"made.txt\n%d\n" % n for n in range(130)}
    page = "[made](a129/made.txt) [none](no.md)\n"
    files: Mapping[str, bytes] = deep | {"README.md": page.encode(), "x.py": b"x = 1\n"}
    part, whole = reports(make.served(tmp_path / "demo.git", files), page)
    assert [c.text for c in whole.false] == ["no.md"]
    assert part.false == []
