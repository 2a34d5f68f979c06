"""No mail address and no secret stays in a sample."""

from __future__ import annotations

import pytest

from moxi_analyzer.mail import STAND_IN, without_mail
from moxi_collect.privacy import private
from moxi_core.records import Evidence, Fact, KeyFile
from moxi_core.samples import ReadmeSample


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("write to jane.doe+x@corp.co.uk.", f"write to {STAND_IN}."),
        ("<jane@corp.io>", f"<{STAND_IN}>"),
        ("[me](mailto:jane@corp.io?subject=x)", f"[me](mailto:{STAND_IN}?subject=x)"),
        ('authors = ["J <j@corp.io>"]', f'authors = ["J <{STAND_IN}>"]'),
        ("git clone git@github.com:owner/name.git", None),
        ("git+ssh://git@github.com/owner/name", None),
        ("uses: actions/checkout@v4", None),
        ("npm i @types/node@20 react@next", None),
        ("https://cdn.example/npm/lib@1.2.3/x.js", None),
        ("user@example.com", None),
        ("@decorator.of.mine", None),
        ("https://user@host.org/path", None),
        ("pkg@latest.tgz/", None),
    ],
)
def test_mail_addresses(text: str, expected: str | None) -> None:
    assert without_mail(text) == (expected or text)


def test_every_text_of_a_sample_is_cleaned() -> None:
    key = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    dirty = f"jane@corp.io {key}"
    fact = Fact(
        kind="person",
        value="Jane",
        text=dirty,
        evidence=Evidence(path="a"),
        detail={"email": "jane@corp.io"},
    )
    sample = ReadmeSample(
        repo_url="https://github.com/a/b",
        owner="a",
        repo="b",
        readme=dirty,
        description=dirty,
        key_files=(KeyFile(path="x", content=dirty, summary=dirty),),
        facts=(fact,),
    )
    told = str(private(sample))
    assert "jane@" not in told
    assert key not in told
    assert "Jane" in told
