"""Plain words, endings, settings and pieces of code in code spans."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]
FILES = {
    "package.json": '{"name": "demo", "version": "1.0.0", "dependencies": {"chokidar": "^3"}}',
    "lib/index.js": "const defaults = {\n  passes: 1,\n  ext: '.mjs',\n};\n"
    "function watch(files) {\n  run('git fetch --all');\n}\nclass Queue {\n  take(n) {\n  }\n}\n",
    "test/index.test.js": "parse('>=1.2.7 <2.0.0');\nconst sample = 'onlyTested';\nlet unheard = 1;\n",
    "docs/api.md": "`settle` is planned.\n",
    "notes.txt": "settle = 1\n",
}


@pytest.mark.parametrize(
    ("code", "text", "place"),
    [
        ("passes", "passes", "lib/index.js:2"),
        ("passes: 2", "passes", "lib/index.js:2"),
        ("watch", "watch", "lib/index.js:5"),
        ("Queue", "Queue", "lib/index.js:8"),
        ("->take(n)", "take", "lib/index.js:9"),
        (".mjs", ".mjs", "lib/index.js:3"),
        ("chokidar", "chokidar", "package.json:1"),
        (">=1.2.7 <2.0.0", ">=1.2.7 <2.0.0", "test/index.test.js:1"),
        ("git fetch", "git fetch", "lib/index.js:6"),
    ],
)
def test_what_the_code_has(checked: Checked, code: str, text: str, place: str) -> None:
    claim = checked(FILES, f"Set `{code}` there.\n", "word")[text]
    assert (claim.verdict, str(claim.evidence)) == ("true", place)


@pytest.mark.parametrize(
    "code", ["settle", "unheard", "true", "git push", "files", "your-name", ".cts", "x", "2016"]
)
def test_what_the_code_has_not_is_no_claim(checked: Checked, code: str) -> None:
    assert checked(FILES, f"Set `{code}` there.\n", "word") == {}


def test_another_kind_comes_first(checked: Checked) -> None:
    assert checked(FILES, "See `lib/index.js`, `onlyTested`.\n", "word") == {}
