"""Reports: what people, programs and GitHub are told of checked READMEs."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from moxi_check.check import Report
from moxi_check.claim import Claim
from moxi_check.report import as_github, as_json, as_text, summary
from moxi_check.sarif import as_sarif
from moxi_core.records import Evidence

SOURCE = "# demo\n\n\tSee [a](docs/guid.md), it is good.\n"
FALSE = Claim(
    "link", "docs/guid.md", 3, 10, "false", "there is no `docs/guid.md`; did you mean `docs/guide.md`?",
    "docs/guide.md", Evidence(path="docs/guide.md"), True,
)  # fmt: skip
TRUE = Claim("anchor", "#demo", 1, 1, "true", evidence=Evidence(path="README.md", line=1))
OPEN = Claim("link", "{x}", 2, 1, "not_judged", "the target is a template")
REPORT = Report("README.md", (TRUE, OPEN, FALSE), SOURCE)


def text_of(report: Report, **options: bool) -> str:
    return "".join(text for text, _ in as_text([report], **options))


def test_json_is_as_documented() -> None:
    told = json.loads(as_json([REPORT]))
    assert list(told) == ["readme", "claims", "summary"]
    assert told["readme"] == "README.md"
    assert told["claims"][2] == {
        "kind": "link", "text": "docs/guid.md", "line": 3, "column": 10, "verdict": "false",
        "reason": FALSE.reason, "suggestion": "docs/guide.md",
        "evidence": {"path": "docs/guide.md", "line": 0},
    }  # fmt: skip
    assert told["claims"][1]["evidence"] is None
    assert told["summary"] == {"claims": 3, "true": 1, "false": 1, "not_judged": 1}
    assert [one["readme"] for one in json.loads(as_json([REPORT, REPORT]))] == ["README.md"] * 2


def test_text_underlines_the_claim() -> None:
    assert text_of(REPORT) == (
        "README.md:3:10 link\n"
        "  |\n"
        "3 |     See [a](docs/guid.md), it is good.\n"
        "  |             ^^^^^^^^^^^^ there is no `docs/guid.md`; did you mean `docs/guide.md`?\n"
        "  = see docs/guide.md\n"
        "  = write `docs/guide.md` (--fix writes it)\n\n"
    )
    assert "README.md:2:1 link (not judged)\n" in text_of(REPORT, verbose=True)


def test_paths_are_seen_from_where_the_user_stands() -> None:
    told = text_of(replace(REPORT, base="../demo"))
    assert told.startswith("../demo/README.md:3:10 ")
    assert "see ../demo/docs/guide.md" in told


def test_wide_characters_and_long_lines_keep_the_mark_in_place() -> None:
    line = "日本語 " + "x" * 300 + " docs/guid.md " + "y" * 300
    claim = replace(FALSE, line=1, column=line.index("docs") + 1)
    shown, mark = text_of(Report("README.md", (claim,), line)).split("\n")[2:4]
    assert len(shown) < 140
    assert shown.index("docs/guid.md") == mark.index("^")
    claim = replace(FALSE, line=1, column=5)
    shown, mark = text_of(Report("README.md", (claim,), "日本語 docs/guid.md")).split("\n")[2:4]
    assert mark.index("^") == shown.index("docs") + 3  # three characters of two columns


def test_nothing_in_a_page_is_obeyed() -> None:
    claim = Claim("link", "a\x1b[31m\u202e", 1, 1, "false", "no\n::error::x\x1b]0;t\x07", "\x9b2J")
    report = Report("\x1b[2J.md", (claim,), "a\x1b[31m\u202e")
    for told in (text_of(report), as_github([report])):
        assert told.replace("\n", "").isprintable()
        assert told.count("\n::") == 0
    assert "".join(text for text, _ in summary([report], 0.1)).rstrip("\n").isprintable()


def test_github_commands_are_escaped() -> None:
    claim = replace(FALSE, reason="100% wrong,\r\nreally: yes")
    told = as_github([Report("a,b:c.md", (claim, TRUE), SOURCE)])
    assert told == (
        "::error file=a%2Cb%3Ac.md,line=3,col=10,endColumn=22,title=readme-gen%3A link"
        "::100%25 wrong,%0D%0Areally: yes (docs/guide.md)\n"
    )


def test_summary_counts() -> None:
    told = "".join(text for text, _ in summary([REPORT, REPORT], 1.234))
    assert told == "README.md, README.md: 6 claims: 2 true, 2 false, 2 not judged (1.2 s)\n"


KINDS = {"link": "a link leads somewhere", "anchor": "an anchor is there"}


def sarif(*reports: Report) -> Any:
    return json.loads(as_sarif(reports, KINDS))


def test_sarif_has_rules_places_and_fixes() -> None:
    log = sarif(REPORT)
    run = log["runs"][0]
    assert (log["version"], run["columnKind"]) == ("2.1.0", "unicodeCodePoints")
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["anchor", "link"]
    (result,) = run["results"]
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == "link"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "README.md", "uriBaseId": "%SRCROOT%"}
    region = {"startLine": 3, "startColumn": 10, "endLine": 3, "endColumn": 22}
    assert place["region"] == region
    assert result["fixes"][0]["artifactChanges"][0]["replacements"] == [
        {"deletedRegion": region, "insertedContent": {"text": "docs/guide.md"}}
    ]
    related = result["relatedLocations"][0]["physicalLocation"]
    assert related == {"artifactLocation": {"uri": "docs/guide.md", "uriBaseId": "%SRCROOT%"}}
    assert sarif(Report("my docs/ü.md", (FALSE,)))["runs"][0]["results"][0]["locations"][0][
        "physicalLocation"
    ]["artifactLocation"]["uri"] == "my%20docs/%C3%BC.md"  # fmt: skip
    assert "fixes" not in sarif(Report("README.md", (replace(FALSE, certain=False),)))["runs"][0][
        "results"
    ][0]  # fmt: skip


def test_sarif_fingerprints_outlive_moved_lines() -> None:
    def prints(*claims: Claim) -> list[str]:
        results = sarif(Report("README.md", claims))["runs"][0]["results"]
        return [result["partialFingerprints"]["claim/v1"] for result in results]

    twice = prints(FALSE, replace(FALSE, line=9))
    assert len(set(twice)) == 2
    assert prints(replace(FALSE, line=40), replace(FALSE, line=90, column=2)) == twice
    assert prints(replace(FALSE, text="docs/other.md")) != twice[:1]


# What the standard (OASIS SARIF 2.1.0, section 3) requires and allows of the objects that are used.
OBJECTS = {
    "log": ({"version", "runs"}, {"$schema"}),
    "run": ({"tool"}, {"results", "columnKind"}),
    "driver": ({"name"}, {"version", "rules"}),
    "rule": ({"id"}, {"shortDescription", "fullDescription", "defaultConfiguration"}),
    "result": (
        {"message"},
        {"ruleId", "ruleIndex", "level", "locations", "relatedLocations", "partialFingerprints", "fixes"},
    ),
    "location": (set(), {"id", "physicalLocation", "message"}),
    "place": ({"artifactLocation"}, {"region"}),
    "region": ({"startLine"}, {"startColumn", "endLine", "endColumn"}),
    "fix": ({"artifactChanges"}, {"description"}),
    "change": ({"artifactLocation", "replacements"}, set()),
    "replacement": ({"deletedRegion"}, {"insertedContent"}),
}  # fmt: skip


def is_of(name: str, told: dict[str, Any]) -> bool:
    required, allowed = OBJECTS[name]
    return required <= set(told) <= required | allowed


@pytest.mark.parametrize("report", [REPORT, Report("README.md", ()), replace(REPORT, base="/x y")])
def test_sarif_holds_to_the_standard(report: Report) -> None:
    log = sarif(report)
    assert is_of("log", log)
    (run,) = log["runs"]
    assert is_of("run", run)
    assert is_of("driver", run["tool"]["driver"])
    assert all(is_of("rule", rule) for rule in run["tool"]["driver"]["rules"])
    for result in run["results"]:
        assert is_of("result", result)
        assert result["level"] in {"none", "note", "warning", "error"}
        assert set(result["message"]) == {"text"}
        for location in [*result["locations"], *result.get("relatedLocations", ())]:
            assert is_of("location", location)
            assert is_of("place", location["physicalLocation"])
            region = location["physicalLocation"].get("region")
            assert region is None or (is_of("region", region) and min(region.values()) >= 1)
        for fix in result.get("fixes", ()):
            assert is_of("fix", fix)
            for change in fix["artifactChanges"]:
                assert is_of("change", change)
                assert all(is_of("replacement", one) for one in change["replacements"])
