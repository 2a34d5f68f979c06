"""--update keeps every byte that a person wrote, and settles: twice in a row changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from moxi_core.errors import OutputError, TemplateError
from moxi_infer.document import Readme, Section, Statement
from moxi_infer.markers import sealed, wrapped
from moxi_infer.outline import Outline
from moxi_infer.update import Update, update_readme

TITLES = {"install": "Installation", "usage": "Usage", "license": "License"}
BODIES = {
    "tagline": "Counts words.",
    "install": "```sh\npip install demo\n```",
    "usage": "```text\ndemo <file>\n```\n\n### `demo count`\n\nCounts – fast.",
    "license": "MIT. See [`LICENSE`](LICENSE).",
}


def ours(**changes: str) -> Readme:
    """What we would write; `changes` gives sections another body."""
    bodies = BODIES | changes
    texts = {k: f"## {TITLES[k]}\n\n{b}" if k in TITLES else b for k, b in bodies.items()}
    sections = tuple(
        Section(kind=k, title=TITLES.get(k, k), statements=(Statement(text=b),))
        for k, b in bodies.items()
    )
    markdown = "# demo\n\n" + "\n\n".join(wrapped(k, t) for k, t in texts.items()) + "\n"
    return Readme(title="demo", markdown=markdown, sections=sections)


def without(*kinds: str) -> Readme:
    """What we would write with no evidence for some kinds."""
    readme = ours()
    text = readme.markdown
    for kind in kinds:
        text = re.sub(f"<!-- moxi:{kind} .*?<!-- /moxi:{kind} -->\n*", "", text, flags=re.S)
    sections = tuple(s for s in readme.sections if s.kind not in kinds)
    return Readme(title="demo", markdown=text, sections=sections)


def update(text: str, readme: Readme | None = None, *only: str, force: bool = False) -> Update:
    return update_readme(text.encode(), readme or ours(), only=only, force=force)


def settled(text: str, *only: str, markers: bool = True) -> str:
    """The updated text, which a second update must not change."""
    once = update_readme(text.encode(), ours(), only=only, markers=markers)
    again = update_readme(once.content, ours(), only=only, markers=markers)
    assert again.content == once.content
    return once.content.decode()


def marked(kind: str, heading: bool = True) -> str:
    body = f"## {TITLES[kind]}\n\n{BODIES[kind]}" if heading else BODIES[kind]
    return wrapped(kind, body)


def test_marked_sections_follow_the_code_and_nothing_else_changes() -> None:
    old = ours(install="```sh\npip install old\n```").markdown + "\n## Thanks\n\nTo all.\n"
    new = update(old)
    assert new.content.decode() == ours().markdown + "\n## Thanks\n\nTo all.\n"
    assert (new.written, new.conflicts) == (("install",), ())
    lines = new.content.decode().split("\n")
    kept = {lines[n - 1] for n in new.kept}
    assert {"# demo", "## Thanks", "To all."} <= kept
    assert not {"## Installation", "pip install demo", "## Usage", "Counts words."} & kept


def test_stale_sections_of_ours_count_as_kept_where_others_were_asked_for() -> None:
    old = ours(install="old", usage="stale").markdown
    new = update(old, None, "install")
    lines = new.content.decode().split("\n")
    assert new.written == ("install",)
    assert "stale" in {lines[n - 1] for n in new.kept}


@pytest.mark.parametrize("section", ["install", "usage"])
def test_text_changed_by_hand_is_a_conflict_until_forced(section: str) -> None:
    old = ours().markdown.replace("pip install demo", "pipx install demo")
    old = old.replace("Counts – fast.", "Counts – slowly.")
    for only in ((), (section,)):
        new = update(old, None, *only)
        assert new.content.decode() == old
        line = old[: old.index(f"<!-- moxi:{section}")].count("\n") + 1
        assert (line, f"`{section}` was changed by hand") in [
            (c.line, c.reason[12:][: len(f"`{section}` was changed by hand")])
            for c in new.conflicts
        ]
    assert update(old, None, force=True).content.decode() == ours().markdown


def test_one_conflict_does_not_stop_the_others() -> None:
    old = ours(install="old", usage="old").markdown.replace("## Usage\n", "## Usage!\n")
    new = update(old)
    assert (new.written, len(new.conflicts)) == (("install",), 1)
    assert "pip install demo" in new.content.decode()
    assert "## Usage!\n\nold\n" in new.content.decode()


def test_a_check_sum_that_was_lost_costs_nothing_where_the_text_is_ours() -> None:
    old = re.sub(r"moxi:install \w+", "moxi:install 00000000", ours().markdown)
    new = update(old)
    assert (new.content.decode(), new.conflicts) == (ours().markdown, ())


def test_markers_without_check_sum_give_a_place_when_asked() -> None:
    old = "# demo\n\n<!-- moxi:install -->\nOurs to write.\n<!-- /moxi:install -->\n\nEnd\n"
    assert update(old).content.decode() == old
    assert "--section install" in update(old).conflicts[0].reason
    assert settled(old, "install") == f"# demo\n\n{marked('install')}\n\nEnd\n"


INSTALL = marked("install")
START, _, REST = INSTALL.partition("\n")
INNER, _, END = REST.rpartition("\n")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f"{START}\n{INNER}\n", [1]),
        (f"{INNER}\n{END}\n", [8]),
        (f"{INSTALL}\n\n{INSTALL}\n", [11]),
        (f"{START}\n{START}\n{INNER}\n{END}\n", [1]),
        (f"{INSTALL}\n{END}\n", [10]),
        (f"{START}\n{marked('usage')}\n{INNER}\n{END}\n", [2]),
        (f"{START}\n{marked('usage')[:30]}\n{END}\n{marked('usage')[-20:]}\n", [2]),
    ],
    ids=[
        "end deleted",
        "start deleted",
        "doubled",
        "start twice",
        "end twice",
        "nested",
        "crossed",
    ],
)
@pytest.mark.parametrize("only", [(), ("install",)])
def test_broken_markers_are_told_and_nothing_in_them_changes(
    text: str, lines: list[int], only: tuple[str, ...]
) -> None:
    readme = ours(install="new", usage="new", license="new")
    for force in (False, True):
        new = update_readme(text.encode(), readme, only=only, force=force)
        assert new.content.decode() == text
        assert new.conflicts
    if lines != [1] or not only:
        assert {c.line for c in update(text, readme, *only).conflicts} >= set(lines) or only


def test_moved_sections_are_rewritten_where_they_stand() -> None:
    stale = wrapped("install", "## Installation\n\nold")
    old = f"{marked('usage')}\n\nBetween.\n\n{stale}\n"
    assert settled(old) == f"{marked('usage')}\n\nBetween.\n\n{INSTALL}\n"


def test_moved_markers_are_a_conflict() -> None:
    for text in (f"{START}\nMine.\n{INNER}\n{END}\n", f"{START}\n{INNER}\n\nMine.\n{END}\n"):
        new = update(text, ours(install="new"))
        assert new.content.decode() == text
        assert [c.line for c in new.conflicts] == [1]


def test_markers_in_code_are_text() -> None:
    text = f"# demo\n\n```html\n{INSTALL.replace('```', '~~~')}\n```\n\n    {START}\n\nA `{START}` word.\n"
    new = update(text, ours(install="new"))
    assert new.content.decode() == text
    assert "no section here is marked" in new.conflicts[0].reason


def test_what_we_would_no_longer_write_is_left_and_told() -> None:
    text = ours().markdown
    new = update(text, without("usage"))
    assert new.content.decode() == text
    assert "`usage`" in new.conflicts[0].reason
    asked = update("# demo\n\n## Usage\n\nMine.\n", without("usage"), "usage")
    assert asked.content == b"# demo\n\n## Usage\n\nMine.\n"
    assert "`usage`" in asked.conflicts[0].reason


def test_skipped_kinds_are_not_looked_at() -> None:
    text = ours().markdown.replace("demo <file>", "mine")
    assert update_readme(text.encode(), without("usage"), skip=["usage"]).conflicts == ()


@pytest.mark.parametrize(
    "heading",
    [
        "## Installation", "## Install", "# Setup", "### Getting Started", "## 🚀 Installation Guide ##",
        "Installing demo\n---------------", "<h2 align=\"center\">Install</h2>", "## 1. [Installation](#x)",
        "## How to install", "## <a name=\"x\"></a>Install", "<div align=\"center\">\n<h2>Install</h2>\n</div>",
        "## :rocket: Install", "## **Installation:**",
    ],
)  # fmt: skip
def test_sections_are_found_by_their_heading_which_stays(heading: str) -> None:
    text = f"# demo\n\nIntro.\n\n{heading}\n\nOld words.\n\n#### More\n\nOld.\n\n# Next\n\nEnd.\n"
    got = settled(text, "install")
    assert got == f"# demo\n\nIntro.\n\n{heading}\n\n{marked('install', False)}\n\n# Next\n\nEnd.\n"
    plain = settled(text, "install", markers=False)
    assert plain == f"# demo\n\nIntro.\n\n{heading}\n\n{BODIES['install']}\n\n# Next\n\nEnd.\n"


@pytest.mark.parametrize(
    "tail",
    [
        "\n## Next\n", "\n---\n\n# Next", "\n<a name=\"next\"></a>\n## Next\n", "\n<!-- note -->\n\n## Next\n",
        "\n[pypi]: https://pypi.org\n[x]: y 'z'\n", "\n\n\n", "", "\n[⬆ back to top](#demo)\n\n## Next\n",
        "\n</details>\n\n## Next\n", "\n<div align=\"center\">\n\n## Next\n\n</div>\n", "\n[^1]: A note.\n",
        "\n### Requirements\n\nA brain.\n", "\n### Configuration\n\nIt.\n\n[x]: y\n",
        f"\n{marked('license')}\n",
    ],
)  # fmt: skip
def test_what_is_not_of_the_section_stays(tail: str) -> None:
    text = f"# demo\n\n## Install\n\nOld.\n{tail}"
    got = settled(text, "install")
    end = "\n" if tail.startswith("\n") or not tail else ""
    assert got == f"# demo\n\n## Install\n\n{marked('install', False)}{end}{tail}"


def test_other_sections_within_are_kept_in_their_order() -> None:
    text = (
        "# demo\n\n## Install\n\nOld.\n\n### Requirements\n\nA brain.\n\n### With pip\n\nOld.\n"
        "\n### Usage\n\nMine.\n\n### From source\n\nOld.\n\n## Next\n"
    )
    got = settled(text, "install")
    assert got == (
        f"# demo\n\n## Install\n\n{marked('install', False)}\n\n### Requirements\n\nA brain.\n\n"
        "### Usage\n\nMine.\n\n## Next\n"
    )
    both = settled(text, "install", "usage")
    assert "A brain." in both
    assert "Mine." not in both


def test_a_new_section_follows_one_that_loses_its_end() -> None:
    text = "# demo\n\n## Install\n\nOld.\n\n### Requirements\n\nA brain.\n\n### More\n\nOld.\n\n## FAQ\n"
    assert settled(text, "install", "usage") == (
        f"# demo\n\n## Install\n\n{marked('install', False)}\n\n### Requirements\n\nA brain.\n\n"
        f"{marked('usage')}\n\n## FAQ\n"
    )


def test_headings_of_ours_keep_their_depth() -> None:
    got = settled("# demo\n\n## Guide\n\n### Usage\n\nOld.\n", "usage")
    assert "\n#### `demo count`\n" in got
    assert "\n## `demo count`\n" in settled("# A\n\n# B\n\n# Usage\n\nOld.\n", "usage")


@pytest.mark.parametrize(
    ("text", "only", "told"),
    [
        ("# a\n\n## Usage\n\nx\n\n# b\n\n## Usage\n\ny\n", "usage", "line 9 could both be"),
        ("# a\n\n## Installation and usage\n\nx\n", "usage", "is `install` as well"),
        ("# a\n\nWords.\n", "tagline", "no heading to be found by"),
    ],
)
def test_what_cannot_be_told_apart_is_left(text: str, only: str, told: str) -> None:
    new = update(text, None, only)
    assert new.content.decode() == text
    assert told in new.conflicts[0].reason
    assert f"<!-- /moxi:{only} -->" in new.conflicts[0].reason


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# demo\n\n## Usage\n\nx\n\n## License\n\ny\n", "# demo\n\n{}\n\n## Usage\n\nx\n\n## License\n\ny\n"),
        ("# demo\n\n## License\n\ny", "# demo\n\n{}\n\n## License\n\ny"),
        ("# demo\n\n## Requirements\n\nx\n\n## FAQ\n", "# demo\n\n## Requirements\n\nx\n\n{}\n\n## FAQ\n"),
        ("# demo\n\nWords.", "# demo\n\nWords.\n\n{}"),
        ("# demo\n\nWords.\n\n[x]: y\n", "# demo\n\nWords.\n\n{}\n\n[x]: y\n"),
        ("", "{}\n"),
        ("## Usage\n\nx\n", "{}\n\n## Usage\n\nx\n"),
        ("# demo\n\n---\n<a id='u'></a>\n## Usage\n", "# demo\n\n{}\n\n---\n<a id='u'></a>\n## Usage\n"),
        (f"# demo\n\n{marked('usage')}\n", f"# demo\n\n{{}}\n\n{marked('usage')}\n"),
        (
            "# demo\n\n<details>\n\n## Requirements\n\nx\n\n</details>\n\n## FAQ\n",
            "# demo\n\n<details>\n\n## Requirements\n\nx\n\n</details>\n\n{}\n\n## FAQ\n",
        ),
    ],
)  # fmt: skip
def test_new_sections_come_where_our_order_puts_them(before: str, after: str) -> None:
    assert settled(before, "install") == after.format(INSTALL)
    plain = f"## Installation\n\n{BODIES['install']}"
    assert settled(before, "install", markers=False) == after.format(plain)


@pytest.mark.parametrize(
    ("text", "markers"),
    [
        ("# demo\n\n```\nnever closed\n", True),
        ("# demo\n\n```\nnever closed\n", False),
        ("# demo\n\n<!-- never closed\n\ntext\n", False),
    ],
)
def test_nothing_is_done_inside_of_what_is_never_closed(text: str, markers: bool) -> None:
    new = update_readme(text.encode(), ours(), only=["install"], markers=markers)
    assert new.content.decode() == text
    assert new.written == ()
    assert "told from" in new.conflicts[0].reason


def test_without_markers_nothing_is_written_that_later_text_would_belong_to() -> None:
    text = f"{INSTALL}\n\nNot of any section.\n"
    new = update_readme(text.encode(), ours(), only=["usage"], markers=False)
    assert (new.content.decode(), new.written) == (text, ())
    assert new.conflicts
    assert "## Usage" in settled(text, "usage")


def test_line_ends_marks_and_foreign_bytes_stay() -> None:
    text = (
        b"\xef\xbb\xbf# demo\r\n\r\n## Install\r\n\r\nold\r\n\r\n## Caf\xe9\r\n\nmixed\r\n\r\nlast"
    )
    new = update_readme(text, ours(), only=["install"])
    block = marked("install", False).replace("\n", "\r\n").encode()
    assert new.content == text.replace(b"old", block)
    assert update_readme(new.content, ours(), only=["install"]).content == new.content
    refused = update_readme(text, ours(), only=["usage"])  # holds a dash that is no ASCII
    assert refused.content == text
    assert "UTF-8" in refused.conflicts[0].reason


def test_check_sums_hold_when_line_ends_are_converted() -> None:
    text = ours(install="old").markdown.replace("\n", "\r\n")
    new = update(text)
    assert (new.content.decode(), new.conflicts) == (ours().markdown.replace("\n", "\r\n"), ())


def test_front_matter_is_no_heading() -> None:
    text = "---\nInstallation\n---\n\n# demo\n\n## Install\n\nold\n"
    assert settled(text, "install") == text.replace("old", marked("install", False))


def test_our_table_of_contents_follows_the_headings() -> None:
    toc = wrapped("contents", "[Installation](#installation)")
    text = f"# demo\n\n{toc}\n\n{INSTALL}\n\n## FAQ\n\nWhy?\n"
    got = settled(text)
    assert "[Installation](#installation) · [FAQ](#faq)" in got
    assert "· [Usage](#usage) · [FAQ](#faq)" in settled(text, "usage")


def test_without_markers_what_is_rewritten_loses_them() -> None:
    new = update_readme(f"{INSTALL}\n## End\n".encode(), ours(), markers=False)
    assert new.content.decode() == f"## Installation\n\n{BODIES['install']}\n\n## End\n"


def test_no_text_and_no_markers_in_a_template_are_refused() -> None:
    with pytest.raises(OutputError):
        update_readme("# demo".encode("utf-16"), ours())
    bare = Readme(title="demo", markdown="# demo\n", sections=ours().sections)
    with pytest.raises(TemplateError, match="moxi:"):
        update_readme(b"# demo\n", bare)


def test_markers_get_their_check_sums_outside_of_code() -> None:
    text = "<!-- moxi:usage -->\n\n```\n<!-- moxi:install -->\n<!-- /moxi:install -->\n```\n\n<!-- /moxi:usage -->\n"
    assert re.fullmatch(r"<!-- moxi:usage [0-9a-f]{8} -->", sealed(text).split("\n")[0])
    assert sealed(text).split("\n")[1:] == text.split("\n")[1:]


PIECES = st.sampled_from(
    [
        "# demo", "## Install", "## Usage", "### Options", "### Requirements", "### License", "Setup\n=====", "Usage\n---", "<h3>Usage</h3>",
        "## License", "## Installation & Usage", "words", "- item\n  more", "1. one\n\n   two", "> quote\n> ## Usage",
        "```sh\nrun\n```", "```\n## Usage\n<!-- moxi:install -->", "~~~", "    indented", "---", "***", "| a |\n|---|\n| b |",
        "[x]: https://example.org", "[^1]: note", "<details>\n<summary>More</summary>", "</details>", "<div>", "</div>",
        "<!-- comment -->", "<!--", "-->", "<a name=\"x\"></a>", "[back to top](#top)", START, END, INSTALL,
        marked("usage"), marked("license", False), "<!-- moxi:usage -->", "<!-- /moxi:usage -->", "<!-- moxi:nothing 1 -->",
        wrapped("install", "old"), wrapped("contents", "old"), "\\", "`", "é – 😀", "\t", " ",
    ]
)  # fmt: skip
TEXTS = st.builds(
    lambda pieces, ends, last: "".join(
        piece + end for piece, end in zip(pieces, ends[: len(pieces)], strict=True)
    )
    + last,
    st.lists(PIECES, max_size=12),
    st.lists(st.sampled_from(["\n", "\n\n", "\n\n\n", "\r\n", "\r\n\r\n"]), min_size=12, max_size=12),
    st.sampled_from(["", "end", "\n"]),
)  # fmt: skip
ONLY = st.sampled_from([(), ("install",), ("usage",), ("install", "usage"), ("license", "tagline")])


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, only=ONLY, markers=st.booleans(), force=st.booleans())
@example(
    text="# a\n# b\n## Install\nx\n<div>\n\n</details>\n",
    only=("install", "usage"),
    markers=False,
    force=False,
)
@example(text="## Install\n", only=("install",), markers=False, force=False)
@example(text="Setup\n=====\n", only=("install",), markers=True, force=False)
def test_any_text_settles_and_keeps_what_is_not_ours(
    text: str, only: tuple[str, ...], markers: bool, force: bool
) -> None:
    def again(content: bytes) -> Update:
        return update_readme(content, ours(), only=only, markers=markers, force=force)

    old = text.encode()
    new = again(old)
    assert again(new.content).content == new.content
    if not new.written:
        assert new.content == old
    for line in new.kept:  # what is kept was there before, byte for byte, in this order
        assert line >= 1
    lines = re.findall(rb"[^\r\n]*(?:\r\n?|\n|\Z)", new.content)
    rest = re.findall(rb"[^\r\n]*(?:\r\n?|\n|\Z)", old)
    at = 0
    for number in sorted(new.kept):
        wanted = lines[number - 1].rstrip(b"\r\n")
        while at < len(rest) and rest[at].rstrip(b"\r\n") != wanted:
            at += 1
        assert at < len(rest), wanted
        at += 1


@settings(max_examples=150, deadline=None)
@given(head=TEXTS, tail=TEXTS)
def test_text_around_a_marked_section_stays_byte_for_byte(head: str, tail: str) -> None:
    stale = wrapped("license", "## License\n\nold")
    old = f"{head}\n\n{stale}\n\n{tail}".encode()
    new = update_readme(old, ours(), only=["license"])
    kinds = {region.kind for region in Outline(old.decode()).regions}
    assume("license" in kinds and "contents" not in kinds)
    block = marked("license").encode()
    ends = (block, block.replace(b"\n", b"\r\n"))
    assert new.content in {old, *(old.replace(stale.encode(), end) for end in ends)}


MUTATIONS: dict[str, Callable[[str], str]] = {
    "text edited": lambda text: text.replace("pip install demo", "pip install --user demo", 1),
    "start deleted": lambda text: re.sub(r"<!-- moxi:install \w+ -->\n", "", text, count=1),
    "end deleted": lambda text: text.replace("<!-- /moxi:install -->\n", "", 1),
    "doubled": lambda text: text + "\n" + INSTALL + "\n",
    "end moved": lambda text: text.replace(f"{END}\n", "", 1).replace("pip install", f"{END}\npip install", 1),
    "end moved over the other": lambda text: text.replace(f"{END}\n", "", 1) + END + "\n",
    "start moved": lambda text: re.sub(r"(<!-- moxi:install \w+ -->)\n((?s:.*?))(```sh)", r"\2\1\n\3", text, count=1),
}  # fmt: skip


@pytest.mark.parametrize("mutation", MUTATIONS)
@pytest.mark.parametrize("only", [(), ("install", "usage")])
def test_after_a_person_handled_the_markers(mutation: str, only: tuple[str, ...]) -> None:
    human = "# demo\n\n## Install\n\nold\n\n## Usage\n\nold\n\n## Thanks\n\nTo all.\n"
    text = MUTATIONS[mutation](settled(human, "install", "usage"))
    readme = ours(install="new", usage="new")
    new = update(text, readme, *only)
    assert new.conflicts
    assert new.written == (() if mutation == "end moved over the other" else ("usage",))
    usage = re.compile(r"<!-- moxi:usage .*?<!-- /moxi:usage -->", re.S)
    assert usage.sub("", new.content.decode()) == usage.sub("", text)
    assert update_readme(new.content, readme, only=only).content == new.content


def test_a_section_that_begins_with_a_part_settles_under_a_persons_heading() -> None:
    readme = ours(usage="### `demo count`\n\nCounts – fast.")
    once = update("# demo\n\n## Use demo\n\nOld words.\n", readme, "usage").content
    assert b"## Use demo\n\n<!-- moxi:usage" in once
    assert b"### Usage" not in once
    for only in ((), ("usage",)):
        assert update(once.decode(), readme, *only).content == once
