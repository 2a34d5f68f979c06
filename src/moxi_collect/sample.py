"""One repository becomes one sample: README, file tree, key files, facts, and where it is from."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from moxi_analyzer import git, open_repository
from moxi_analyzer.clone import SAFE, remote_head
from moxi_analyzer.collected import open_collected
from moxi_analyzer.model_input import shown_tree
from moxi_analyzer.readmes import readmes
from moxi_analyzer.repository import Repository
from moxi_analyzer.source import is_bare
from moxi_collect.filters import PENDING
from moxi_collect.measure import Measured, measured
from moxi_collect.privacy import private
from moxi_collect.sources import Listed
from moxi_core.errors import CollectError, SourceError
from moxi_core.records import RepoSnapshot
from moxi_core.samples import ReadmeSample


@dataclass(frozen=True, slots=True)
class Origin:
    """Where repositories are read from. `base` is a template of addresses, typed by the user.

    It holds {owner} and {name}, and {host} if need be: https://mirror.example/{owner}/{name}.git.
    """

    base: str = ""
    timeout_s: float = 300.0
    places: Mapping[str, str] = field(default_factory=dict)  # folders on this disk, by address

    def __post_init__(self) -> None:
        """Refuse a template that leads all repositories to one place."""
        try:
            told = self.base.format(host="1", owner="2", name="3") if self.base else "2 3"
        except (KeyError, IndexError, ValueError) as error:
            raise CollectError(
                f"--git-base {self.base!r} has a part that is unknown: {error}; it takes {{host}}, "
                "{owner} and {name}."
            ) from error
        if not {"2", "3"} <= set(told) or (self.base and "://" not in self.base):
            raise CollectError(
                f"--git-base {self.base!r} is no template of addresses; write it like "
                "https://mirror.example/{owner}/{name}.git."
            )

    def address(self, url: str) -> str:
        """Where the repository of an address is read."""
        host, _, path = url.partition("://")[2].partition("/")
        owner, _, name = path.rpartition("/")
        if not self.base:
            return url
        return self.base.format(host=host, owner=owner, name=name)

    @property
    def protocols(self) -> tuple[str, ...]:
        """What may be spoken: https, and what the user typed."""
        return tuple(dict.fromkeys((*SAFE, *filter(None, (self.base.partition("://")[0],)))))

    def head(self, url: str) -> str:
        """The newest commit of a repository, asked without cloning it."""
        if url in self.places:
            return git.ask(Path(self.places[url]), "rev-parse", "--verify", "-q", "HEAD")
        return remote_head(
            self.address(url), timeout_s=min(60.0, self.timeout_s), protocols=self.protocols
        )[0]

    @contextmanager
    def opened(self, url: str) -> Iterator[tuple[Repository, RepoSnapshot]]:
        """The repository of an address, as far as a sample needs it; one on disk as a whole."""
        if url in self.places:
            with open_repository(committed_place(Path(self.places[url]))) as (repo, snapshot):
                yield repo, replace(snapshot, url=url)
            return
        with open_collected(
            self.address(url), timeout_s=self.timeout_s, protocols=self.protocols, known_as=url
        ) as opened:
            yield opened


def committed_place(place: Path) -> Path:
    """Where what is committed in a folder is read; a folder without commits is read as it lies."""
    git_dir = place / ".git"
    return git_dir if git_dir.is_dir() and is_bare(git_dir) else place


def stub(listed: Listed) -> ReadmeSample:
    """What is known of a repository before it is read."""
    _, _, path = listed.url.partition("://")[2].partition("/")
    owner, _, name = path.rpartition("/")
    return ReadmeSample(
        repo_url=listed.url,
        owner=owner,
        repo=name,
        readme="",
        drop_reason=PENDING,
        listed_in=f"{listed.source}:{listed.line}" if listed.line else listed.source,
    )


def collected(known: ReadmeSample, origin: Origin) -> tuple[ReadmeSample, int]:
    """The sample of a repository of which `known` is known, and how many bytes it took to read.

    Raises SourceError where there is nothing to read.
    """
    with origin.opened(known.repo_url) as (repo, snapshot):
        path = next(iter(readmes(repo)), "")
        text = (repo.text(path) or "") if path else ""
        sample = _described(known, snapshot)
        found = measured(text, path, repo, snapshot) if text else Measured()
        sample = replace(
            sample,
            readme=text,
            readme_path=path,
            file_tree=shown_tree(repo.files),
            quality=found.scores,
            contradicted=found.contradicted,
            drop_reason=None,
            collected_at=round(time.time() * 1000),
        )
        return private(sample), repo.received_bytes


def _described(known: ReadmeSample, snapshot: RepoSnapshot) -> ReadmeSample:
    """What the code says of the project; what a forge has told before stands where the code is silent."""
    languages = known.languages or snapshot.languages
    description = snapshot.first("description")
    license_fact = snapshot.first("license")
    return replace(
        known,
        default_branch=snapshot.default_branch or known.default_branch,
        commit=snapshot.commit,
        key_files=snapshot.key_files,
        languages=languages,
        language=known.language or max(languages, key=lambda name: languages[name], default=""),
        topics=known.topics or tuple(f.value for f in snapshot.of("keyword", ""))[:20],
        license=(license_fact.value if license_fact else "") or known.license,
        project_type=snapshot.project_type.name,
        description=known.description or (description.value if description else ""),
        facts=snapshot.facts,
        files_read=snapshot.files_read,
    )


def list_text(url: str, origin: Origin) -> tuple[str, str]:
    """(text, path) of the README of a repository that is a list."""
    with origin.opened(url) as (repo, _):
        path = next(iter(readmes(repo)), "")
        text = repo.text(path) if path else None
    if text is None:
        raise SourceError(f"There is no README in {url!r}; name the list's file or repository.")
    return text, path
