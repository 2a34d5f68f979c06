"""A README and the files it speaks of, in memory, checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from moxi_analyzer.facts import snapshot_of
from moxi_analyzer.repository import Repository
from moxi_check import Claim, check_text

Checked = Callable[..., dict[str, Claim]]


@pytest.fixture(scope="session")
def checked(repository: Callable[..., Repository]) -> Checked:
    """check(files, readme, kind, url="", path="README.md", strict=True): the claims of a kind by their text.

    Strictly judged unless told: what a kind finds, whether or not anything is like it.
    """

    def check(
        files: Mapping[str, str], readme: str, kind: str, url: str = "", path: str = "README.md",
        *, strict: bool = True,
    ) -> dict[str, Claim]:  # fmt: skip
        repo = repository({**files, path: readme}, url)
        report = check_text(readme, repo, snapshot_of(repo), path=path, strict=strict)
        lines = readme.split("\n")
        for claim in report.claims:
            assert lines[claim.line - 1][claim.column - 1 :].startswith(claim.text.split("\n")[0])
        return {claim.text: claim for claim in report.claims if claim.kind == kind}

    return check
