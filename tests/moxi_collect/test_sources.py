"""Lists of repositories: what is taken from them, and what is refused."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moxi_collect.sources import (
    Address,
    Gathered,
    address_of,
    in_folder,
    in_markdown,
    in_text,
    list_address,
    read_local,
)
from moxi_core.errors import SourceError


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://github.com/owner/name", "https://github.com/owner/name"),
        ("https://github.com/owner/name#readme", "https://github.com/owner/name"),
        ("https://github.com/owner/name/", "https://github.com/owner/name"),
        ("https://www.github.com/owner/name.git", "https://github.com/owner/name"),
        ("http://github.com/owner/name", "https://github.com/owner/name"),
        (
            "https://github.com/owner/na.me/blob/main/README.md?plain=1",
            "https://github.com/owner/na.me",
        ),
        ("https://gitlab.com/group/sub/name/-/tree/main", "https://gitlab.com/group/sub/name"),
        ("https://codeberg.org/owner/name/src/branch/main", "https://codeberg.org/owner/name"),
        ("https://github.com:443/owner/name", "https://github.com/owner/name"),
    ],
)
def test_addresses_of_repositories(url: str, expected: str) -> None:
    assert address_of(url).url == expected


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/owner",
        "https://github.com/sponsors/owner",
        "https://github.com/topics/cli",
        "https://github.com/owner/..",
        "https://github.com/../name",
        "https://github.com/-owner/name",
        "https://github.com/ow ner/name",
        "https://github.com:8443/owner/name",
        "https://example.org/owner/name",
        "https://github.com.evil.org/owner/name",
        "ext::sh -c touch% /tmp/x",
        "file:///etc/passwd/x",
        "git://github.com/owner/name",
        "ssh://git@github.com/owner/name",
        "git@github.com:owner/name",
        "https://[::1/owner/name",
        "https://github.com/owner/na\nme\x00",
        "",
    ],
)
def test_what_is_no_repository_is_refused(url: str) -> None:
    with pytest.raises(SourceError):
        address_of(url)


def test_a_password_is_refused_and_not_repeated() -> None:
    with pytest.raises(SourceError, match="login") as caught:
        address_of("https://user:hunter2hunter2@github.com/owner/name")
    assert "hunter2" not in str(caught.value)


@given(st.text(max_size=60))
def test_addresses_are_refused_in_a_sentence_or_lead_to_an_allowed_host(text: str) -> None:
    try:
        found = address_of(text)
    except SourceError:
        return
    assert found.host in {"github.com", "gitlab.com", "codeberg.org"}
    assert ".." not in found.url.split("/")
    assert address_of(found.url) == found


LIST = """# Awesome [![Awesome](https://badge.example/badge.svg)](https://github.com/own/list)

- [One](https://github.com/a/one#readme) - first
- [One again](https://github.com/A/One)
- <a href="https://gitlab.com/group/two">Two</a>
- [a site](https://example.org/x/y)
- ![picture](https://github.com/a/picture)
- [bad](ext::sh) [local](file:///etc/x) [login](https://u:p@github.com/a/secret)
- [broken](https://github.com/a/three
- [ref][three]

[three]: https://codeberg.org/c/three
"""


def test_links_of_a_list() -> None:
    found = Gathered()
    own = Address("github.com", "own", "list")
    found.add(in_markdown(LIST, "readme.md", "own/list", own))
    assert [(one.url, one.line) for one in found.listed] == [
        ("https://github.com/a/one", 3),
        ("https://gitlab.com/group/two", 5),
        ("https://codeberg.org/c/three", 12),
    ]
    assert found.refused == {"named twice": 1, "not https": 2, "carries a login": 1}


def test_lines_of_a_text_file() -> None:
    text = "# mine\nhttps://github.com/a/one\n\nowner/two  # why\nfile:///x\nnonsense\n"
    found = list(in_text(text, "urls.txt"))
    urls = [one if isinstance(one, str) else one.url for one in found]
    assert urls[:2] == ["https://github.com/a/one", "https://github.com/owner/two"]
    assert [str(u).partition(":")[0] for u in urls[2:]] == ["line 5", "line 6"]


def test_opting_out() -> None:
    found = Gathered()
    found.add(in_text("a/one\nb/two\nc/three\nc/four\nd/five", "urls.txt"))
    found.leave_out(["https://github.com/A/one.git", "b/two", "https://github.com/c"])
    assert [one.url for one in found.listed] == ["https://github.com/d/five"]
    assert found.refused["opted out"] == 4


def repository(place: Path, remote: str = "") -> None:
    subprocess.run(["git", "init", "-q", place], check=True)
    if remote:
        subprocess.run(["git", "-C", place, "remote", "add", "origin", remote], check=True)


def test_a_folder_of_repositories(tmp_path: Path) -> None:
    repository(tmp_path / "one", "https://user:pw12345678@github.com/a/one.git")
    repository(tmp_path / "two")
    (tmp_path / "three").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "one")
    found = list(in_folder(tmp_path))
    assert found[1] == "no repository"
    assert len(found) == 3
    urls = [one.url for one in found if not isinstance(one, str)]
    assert urls == ["https://github.com/a/one", f"local://localhost/{tmp_path.name}/two"]


def test_sources_on_disk(tmp_path: Path) -> None:
    (tmp_path / "list.md").write_text(LIST)
    (tmp_path / "urls").write_bytes(b"\xef\xbb\xbfa/one\xff\n")
    listed = read_local(str(tmp_path / "list.md"))
    assert listed is not None
    assert len([one for one in listed if not isinstance(one, str)]) == 5
    assert read_local(str(tmp_path / "nothing")) is None
    assert read_local("owner/name") is None
    assert list_address("owner/name") == Address("github.com", "owner", "name")
    assert list_address("no list") is None
