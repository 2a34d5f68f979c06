"""Ruby's `ENV`, found by its name."""

from __future__ import annotations

import pytest

from moxi_analyzer.surface.ruby.environment import reads
from moxi_analyzer.syntax import Source, text_of


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('port = ENV["PORT"] || "80"', [('"PORT"', "")]),
        ('ENV.fetch("HOST", "localhost")', [('"HOST"', '"localhost"')]),
        ('ENV.key?("DEBUG")', [('"DEBUG"', "")]),
        ('"#{ENV["INNER"]}"', [('"INNER"', "")]),
        ('ENV.fetch("A", ENV["B"])', [('"A"', 'ENV["B"]'), ('"B"', "")]),
        ('ENV.delete("GONE")', []),
        ("ENV[name]", []),
        ('# ENV["COMMENT"]', []),
        ('settings["ENV"]; Other::ENV["X"]; MY_ENV["Y"]', []),
    ],
)
def test_reads_of_the_environment(code: str, expected: list[tuple[str, str]]) -> None:
    source = Source("a.rb", "ruby", code.encode())

    found = [
        (text_of(match["name"][0]), text_of(match.get("default", [None])[0]))
        for match in reads(source)
    ]

    assert found == expected
