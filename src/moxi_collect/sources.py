"""Where repositories are named: awesome lists, text files of addresses, folders of repositories."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from moxi_analyzer import git
from moxi_analyzer.source import is_bare, without_password
from moxi_check.check import parse
from moxi_core.errors import SourceError

MAX_LIST_BYTES = 20_000_000
LOCAL = "local://localhost/"  # addresses of repositories that are on no forge
HOSTS = ("github.com", "gitlab.com", "codeberg.org")

_SLUG = re.compile(r"[\w.-]+/[\w.-]+")
_PART = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]{0,99}")
_PAGES = frozenset({".md", ".markdown", ".mdown", ".mkd", ".rst", ".rest"})
# First parts of addresses on GitHub that are pages of the site, not owners.
_NO_OWNERS = frozenset(
    "about account apps codespaces collections contact customer-stories dashboard enterprise events "
    "explore features issues join login logout marketplace new notifications orgs organizations "
    "pricing pulls readme search security sessions settings site sponsors stars team topics "
    "trending user-attachments users".split()
)


class Address(NamedTuple):
    """The parts of a repository's address."""

    host: str
    owner: str
    name: str

    @property
    def url(self) -> str:
        """The address as it is stored: https, without login, .git or a page below."""
        return f"https://{self.host}/{self.owner}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A repository that a source names; `place` is where it is on disk, "" for the web."""

    url: str
    source: str
    line: int = 0
    place: str = ""


@dataclass(slots=True)
class Gathered:
    """What sources name: repositories in order, each once, and what was refused, by reason."""

    listed: list[Listed] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    def add(self, found: Iterable[Listed | str]) -> None:
        """Take in what a source names; a text is the reason of a refusal."""
        known = {one.url.lower() for one in self.listed}
        for one in found:
            if isinstance(one, str):
                self.refused[one] += 1
            elif one.url.lower() in known:
                self.refused["named twice"] += 1
            else:
                known.add(one.url.lower())
                self.listed.append(one)

    def leave_out(self, excluded: Iterable[str]) -> None:
        """Drop what people do not want collected: addresses, `owner/name`, or whole owners."""
        words = opted_out(excluded)
        kept = [one for one in self.listed if words.isdisjoint(names_of(one.url))]
        if len(kept) < len(self.listed):
            self.refused["opted out"] += len(self.listed) - len(kept)
        self.listed = kept


def opted_out(excluded: Iterable[str]) -> frozenset[str]:
    """What people wrote into a list of those who want out, to be compared with `names_of`."""
    return frozenset(word.lower().rstrip("/").removesuffix(".git") for word in excluded)


def names_of(url: str) -> set[str]:
    """All that a repository may be meant by: its address, `owner/name`, and its owner's."""
    host, _, path = url.lower().partition("://")[2].partition("/")
    owner = path.partition("/")[0]
    return {url.lower(), path, owner, f"https://{host}/{owner}"}


def address_of(url: str, hosts: Iterable[str] = HOSTS) -> Address:
    """The repository that an address leads to, or into.

    Raises SourceError, which tells why it is none; a password in it is not repeated.
    """
    text = url.strip()
    shown = without_password(text)[:200]
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").removeprefix("www.")
        port = parts.port
    except ValueError as error:
        raise SourceError(f"{shown!r} is no web address: {error}.") from error
    if parts.username or parts.password:
        raise SourceError(f"{shown!r} carries a login; give the address without one.")
    if parts.scheme not in {"https", "http"} or port not in {None, 443}:
        raise SourceError(f"{shown!r} is not an https address; only those are followed.")
    if host not in set(hosts):
        raise SourceError(f"{shown!r} is on no host that is allowed: {', '.join(hosts)}.")
    names = [part for part in parts.path.split("/") if part]
    if host == "gitlab.com":  # groups may be nested; `-` begins a page of the project
        names = names[: names.index("-")] if "-" in names else names
        names = ["/".join(names[:-1]), names[-1]] if len(names) > 2 else names
    if len(names) < 2 or names[0].lower() in _NO_OWNERS:
        raise SourceError(f"{shown!r} names no repository; it is https://host/owner/name.")
    owner, name = names[0], names[1].removesuffix(".git")
    if not all(map(_is_name, [*owner.split("/"), name])):
        raise SourceError(f"{shown!r} names no repository; it is https://host/owner/name.")
    return Address(host, owner, name)


def _is_name(part: str) -> bool:
    return bool(_PART.fullmatch(part)) and part not in {".", ".."}


def list_address(source: str, hosts: Iterable[str] = HOSTS) -> Address | None:
    """The repository whose README is the list, where a source is one: `owner/name` or an address."""
    if "://" in source:
        return address_of(source, hosts)
    return Address("github.com", *source.split("/")) if _SLUG.fullmatch(source) else None


def in_markdown(
    text: str, path: str, source: str, own: Address | None, hosts: Iterable[str] = HOSTS
) -> Iterator[Listed | str]:
    """The repositories that a page links to, but its own.

    Links to other sites are no repositories, and no refusals either.
    """
    for link in parse(text, path if Path(path).suffix.lower() in _PAGES else path + ".md").links:
        if link.image or ":" not in link.text:
            continue
        try:
            found = address_of(link.text, hosts)
        except SourceError:
            yield from _refusal(link.text, hosts)
            continue
        if own is None or found.url.lower() != own.url.lower():
            yield Listed(url=found.url, source=source, line=link.line)


def _refusal(target: str, hosts: Iterable[str]) -> Iterator[str]:
    """Why a link that looks like one to a repository is not followed."""
    if re.match(r"https?://[^/?#]*@", target):
        yield "carries a login"
    elif target.startswith(("ext::", "file://", "git://", "ssh://")) or any(
        f"//{host}:" in target for host in hosts
    ):
        yield "not https"


def in_text(text: str, source: str, hosts: Iterable[str] = HOSTS) -> Iterator[Listed | str]:
    """The repositories of a text file, an address a line; `#` begins a comment."""
    for number, line in enumerate(text.splitlines(), 1):
        word = line.partition(" #")[0].strip()
        if not word or word.startswith("#"):
            continue
        try:
            found = address_of(
                f"https://github.com/{word}" if _SLUG.fullmatch(word) else word, hosts
            )
        except SourceError as error:
            yield f"line {number}: {error}".rstrip(".")
        else:
            yield Listed(url=found.url, source=source, line=number)


def in_folder(folder: Path, hosts: Iterable[str] = HOSTS) -> Iterator[Listed | str]:
    """The repositories in a folder, or the one that it is; each by the address it was cloned from."""
    is_one = (folder / ".git").exists() or is_bare(folder)
    for place in [folder] if is_one else sorted(folder.iterdir()):
        if place.is_symlink() or not place.is_dir():
            continue
        if not ((place / ".git").exists() or is_bare(place)):
            yield "no repository"
            continue
        url = without_password(git.ask(place, "config", "--get", "remote.origin.url"))
        try:
            url = address_of(url, hosts).url
        except SourceError:
            url = f"{LOCAL}{place.parent.resolve().name}/{place.name}"
        yield Listed(url=url, source=str(folder), place=str(place.resolve()))


def read_local(source: str, hosts: Iterable[str] = HOSTS) -> Iterator[Listed | str] | None:
    """What a file or folder names; None where there is none of that name.

    A page of Markdown or reStructuredText is a list; any other file has an address a line.
    """
    place = Path(source).expanduser()
    try:
        if place.is_dir():
            return in_folder(place, hosts)
        if not place.is_file():
            return None
        content = place.read_bytes()
    except OSError as error:
        raise SourceError(f"{source!r} cannot be read: {error.strerror}.") from error
    if len(content) > MAX_LIST_BYTES:
        raise SourceError(f"{source!r} is larger than {MAX_LIST_BYTES:,} bytes; split it.")
    text = content.decode("utf-8", "replace").removeprefix("\ufeff")
    if place.suffix.lower() in _PAGES:
        return in_markdown(text, place.name, source, None, hosts)
    return in_text(text, source, hosts)
