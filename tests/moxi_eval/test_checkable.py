"""The denominator: what of a README could be checked, by its form alone."""

from __future__ import annotations

from moxi_eval.checkable import checkables
from moxi_eval.page import parse


def test_kinds_by_form() -> None:
    text = (
        "# T\n\nNeeds Python 3.9 and `demo --x`, see [docs](docs/a.md) or [web](https://x.y/z).\n\n"
        "```sh\n# get it\npip install demo\n}\n```\n"
    )
    found = [(c.kind, c.text.strip(), c.line) for c in checkables(parse(text))]
    assert ("inline_code", "demo --x", 3) in found
    assert ("link", "docs/a.md", 3) in found
    assert ("external_link", "https://x.y/z", 3) in found
    assert ("version", "Python 3.9", 3) in found
    assert [entry for entry in found if entry[0] == "code_line"] == [
        ("code_line", "pip install demo", 7)
    ]
