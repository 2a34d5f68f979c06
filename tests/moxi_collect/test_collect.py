"""From a list to the store and the files, over real git repositories."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pyarrow import parquet

from moxi_collect.collect import Report, Request, collect
from moxi_collect.filters import PENDING
from moxi_collect.sample import Origin
from moxi_collect.worker import Event, Manner
from moxi_core.config import StoreSettings
from moxi_core.errors import CollectError, SourceError
from moxi_core.samples import ReadmeSample, RunMeta
from moxi_core.store import open_store
from tests.moxi_collect.forge import FILES, README, Forge
from tests.moxi_core.conftest import WireServer, shared_wire_server

__all__ = ["shared_wire_server"]


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    return Forge(tmp_path / "forge")


@pytest.fixture
def settings(tmp_path: Path) -> StoreSettings:
    return StoreSettings(data_dir=tmp_path / "data")


def request(forge: Forge, tmp_path: Path, *slugs: str, **fields: object) -> Request:
    file = tmp_path / "urls.txt"
    file.write_text("\n".join(slugs))
    manner = Manner(origin=Origin(forge.base, timeout_s=60), backoff_s=0.1, tries=2, lease_s=5)
    return replace(Request(sources=(str(file),), manner=manner, jobs=1), **fields)  # type: ignore[arg-type]


def samples(settings: StoreSettings) -> dict[str, ReadmeSample]:
    with open_store(settings) as store:
        return {s.repo: s for s in store.stream(ReadmeSample, with_dropped=True)}


def run(given: Request, settings: StoreSettings) -> tuple[Report, list[Event]]:
    events: list[Event] = []
    return collect(given, settings, tell=events.append), events


def test_a_sample_holds_the_readme_and_the_code(
    forge: Forge, settings: StoreSettings, tmp_path: Path
) -> None:
    commit = forge.put("owner/wordy")
    report, _ = run(request(forge, tmp_path, "owner/wordy"), settings)
    sample = samples(settings)["wordy"]
    assert (sample.repo_url, sample.owner) == ("https://github.com/owner/wordy", "owner")
    assert (sample.commit, sample.default_branch) == (commit, "main")
    assert sample.readme == README.format(name="wordy", more="")
    assert sample.readme_path == "README.md"
    assert sample.file_tree == tuple(
        sorted(["README.md", *(path.replace("{name}", "wordy") for path in FILES)])
    )
    assert [file.path for file in sample.key_files] == [
        "pyproject.toml", "src/wordy/cli.py", "src/wordy/__init__.py",
    ]  # fmt: skip
    assert (sample.license, sample.language, sample.project_type) == ("MIT", "Python", "cli")
    assert sample.quality["false_share"] == 0
    assert sample.quality["judged_claims"] > 4
    assert sample.drop_reason is None
    assert sample.listed_in == f"{tmp_path / 'urls.txt'}:1"
    assert "--top" in {fact.value for fact in sample.facts}
    assert report.samples == {"": 1}


def test_what_the_code_contradicts_is_kept_with_its_place(
    forge: Forge, settings: StoreSettings, tmp_path: Path
) -> None:
    forge.put("owner/wordy", more="See [the guide](docs/guide.md).")
    run(request(forge, tmp_path, "owner/wordy"), settings)
    with open_store(settings) as store:
        sample = store.get(ReadmeSample, "https://github.com/owner/wordy")
    assert sample is not None
    [found] = sample.contradicted
    assert (found.kind, found.text) == ("link", "docs/guide.md")
    assert "docs/guide.md" in sample.readme.split("\n")[found.line - 1]


def test_what_cannot_be_collected_is_counted_and_named(
    forge: Forge, settings: StoreSettings, tmp_path: Path
) -> None:
    forge.put("owner/good")
    forge.put("owner/bare", {"main.c": "int main(void) { return 0; }\n"})
    report, events = run(
        request(forge, tmp_path, "owner/good", "owner/bare", "owner/gone"), settings
    )
    assert report.outcomes == {"collected": 2, "failed": 1}
    assert report.samples == {"": 1, "failed: gone or private": 1, "no README": 1}
    assert [url for url, _ in report.failures] == ["https://github.com/owner/gone"]
    assert "does not exist" in next(e.told for e in events if e.outcome == "failed")
    assert samples(settings)["gone"].drop_reason == "failed: gone or private"


def test_files_hold_what_the_store_holds(
    forge: Forge, settings: StoreSettings, tmp_path: Path
) -> None:
    forge.put("owner/good")
    forge.put("owner/bare", {"main.c": "int main(void) { return 0; }\n"})
    report, _ = run(request(forge, tmp_path, "owner/good", "owner/bare"), settings)
    folder = settings.data_dir / "collection"
    assert sorted(file.name for file in folder.iterdir()) == sorted(f.name for f in report.files)
    lines = [json.loads(x) for x in (folder / "awesome_readme_data.jsonl").open()]
    assert [(x["repo"], x["drop_reason"]) for x in lines] == [("bare", "no README"), ("good", None)]
    clean = parquet.read_table(folder / "awesome_readme_clean.parquet").to_pylist()
    assert [row["repo"] for row in clean] == ["good"]
    assert json.loads(clean[0]["facts"]) == lines[1]["facts"]
    assert clean[0]["key_files"] == lines[1]["key_files"]
    assert set(clean[0]) == set(lines[1])


def test_a_second_run_takes_only_what_has_changed(
    forge: Forge, settings: StoreSettings, tmp_path: Path
) -> None:
    forge.put("owner/same")
    forge.put("owner/bare", {"main.c": "int main(void) { return 0; }\n"})
    forge.put("owner/other")
    given = request(forge, tmp_path, "owner/same", "owner/other", "owner/bare")
    run(given, settings)
    before = samples(settings)
    commit = forge.put("owner/other", more="Now with more.")
    report, events = run(given, settings)
    assert {e.url.rpartition("/")[2]: e.outcome for e in events} == {
        "same": "unchanged", "other": "collected", "bare": "unchanged",
    }  # fmt: skip
    after = samples(settings)
    assert after["same"] == before["same"]
    assert after["other"].commit == commit
    assert "Now with more." in after["other"].readme
    assert report.received_bytes < 50_000


def test_a_repository_that_vanishes_keeps_its_sample(
    forge: Forge, settings: StoreSettings, tmp_path: Path
) -> None:
    forge.put("owner/good")
    given = request(forge, tmp_path, "owner/good")
    run(given, settings)
    (forge.folder / "owner/good.git").rename(forge.folder / "away")
    report, _ = run(given, settings)
    assert report.outcomes == {"failed": 1}
    assert samples(settings)["good"].drop_reason is None


def test_a_server_that_is_away_is_asked_again(
    forge: Forge, settings: StoreSettings, tmp_path: Path
) -> None:
    given = request(forge, tmp_path, "owner/good")
    away = Origin("https://127.0.0.1:9/{owner}/{name}", timeout_s=5)
    given = replace(given, manner=replace(given.manner, origin=away))
    report, events = run(given, settings)
    assert [e.outcome for e in events] == ["again", "failed"]
    assert report.samples == {"failed: unreachable": 1}


def test_who_opted_out_is_never_asked_for(
    forge: Forge, settings: StoreSettings, tmp_path: Path
) -> None:
    forge.put("owner/good")
    forge.put("shy/one")
    given = request(forge, tmp_path, "owner/good", "shy/one")
    run(given, settings)
    report, _ = run(replace(given, excluded=("shy",)), settings)
    assert list(samples(settings)) == ["good"]
    assert report.refused["opted out"] == 1


def test_the_list_itself_may_be_a_repository(
    forge: Forge, settings: StoreSettings, tmp_path: Path
) -> None:
    forge.put("owner/good")
    forge.put(
        "own/list", {"readme.md": "# Awesome\n\n- [x](https://github.com/owner/good#readme)\n"}
    )
    given = replace(request(forge, tmp_path), sources=("own/list",))
    run(given, settings)
    assert samples(settings)["good"].listed_in == "own/list:3"


def test_repositories_of_a_folder_are_read_from_it(
    forge: Forge, settings: StoreSettings, tmp_path: Path
) -> None:
    commit = forge.put("owner/good")
    given = replace(request(forge, tmp_path), sources=(str(forge.folder / "owner"),))
    run(given, settings)
    found = samples(settings)["good.git"]
    assert (found.commit, found.drop_reason) == (commit, None)
    assert found.repo_url == "local://localhost/owner/good.git"
    _, events = run(given, settings)
    assert [e.outcome for e in events] == ["unchanged"]


def test_helpers_take_what_is_in_the_store(
    forge: Forge, settings: StoreSettings, tmp_path: Path
) -> None:
    forge.put("owner/good")
    given = request(forge, tmp_path, "owner/good")
    run(given, settings)
    report, events = run(replace(given, workers_only=True), settings)
    assert (report.listed, events, report.files) == (0, [], [])


@pytest.mark.parametrize(
    "base", ["https://mirror/{owner}", "{owner}/{name}", "https://m/{x}", "a{"]
)
def test_templates_that_lead_nowhere_are_refused(base: str) -> None:
    with pytest.raises(CollectError, match="git-base"):
        Origin(base)


def test_sources_that_are_none(forge: Forge, settings: StoreSettings, tmp_path: Path) -> None:
    given = replace(request(forge, tmp_path), sources=("no such source",))
    with pytest.raises(CollectError, match="no such source"):
        run(given, settings)
    with pytest.raises(SourceError):
        run(replace(given, sources=("own/nothing",)), settings)
    with pytest.raises(CollectError, match="No repository is named"):
        run(request(forge, tmp_path), settings)


@pytest.fixture
def wire(shared_wire_server: WireServer, tmp_path: Path) -> Iterator[StoreSettings]:
    yield StoreSettings(
        mongodb_uri=shared_wire_server.uri,
        mongodb_db_name=f"collect_{tmp_path.name}"[:60],
        data_dir=tmp_path / "wire",
    )


def test_both_stores_hold_the_same(
    forge: Forge, settings: StoreSettings, wire: StoreSettings, tmp_path: Path
) -> None:
    forge.put("owner/good")
    forge.put("owner/twin", more="\n")
    given = request(forge, tmp_path, "owner/good", "owner/twin", "owner/gone")
    found = []
    for store in (settings, wire):
        run(given, store)
        found.append({n: replace(s, collected_at=0) for n, s in samples(store).items()})
    assert found[0] == found[1]
    assert len(found[0]) == 3


def test_a_finished_run_is_told_by_the_store(
    forge: Forge, settings: StoreSettings, tmp_path: Path
) -> None:
    forge.put("owner/good")
    run(request(forge, tmp_path, "owner/good"), settings)
    with open_store(settings) as store:
        (told,) = store.stream(RunMeta)
    assert told.finished_at is not None
    assert told.counts == {"kept": 1}
    assert PENDING not in {s.drop_reason for s in samples(settings).values()}
