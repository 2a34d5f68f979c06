"""Tricky cases of the files around the code, one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module

import pytest

from moxi_analyzer.meta import docs
from moxi_analyzer.repository import Repository
from moxi_analyzer.roles import is_own
from moxi_core.records import Fact

MakeRepository = Callable[..., Repository]


def _facts(repo: Repository, module: str) -> Iterator[Fact]:
    for entry in import_module(f"moxi_analyzer.manifests.{module}").MANIFESTS:
        for path in repo.files:
            if entry.pattern.fullmatch(path) and is_own(path):
                yield from entry.read(repo, path)


@pytest.mark.parametrize(
    ("makefile", "expected"),
    [
        ("test: ## Run them\n\tx\n", {"test": "Run them"}),
        ("## Run them\ntest:\n\tx\n", {"test": "Run them"}),
        ("# Run them\n.PHONY: test\ntest:\n\tx\n", {"test": "Run them"}),
        ("# Run them\ntest:\n\tx\n", {"test": "Run them"}),
        ("## test: Run them\ntest:\n\tx\n", {"test": "Run them"}),
        ("#? test - Run them\ntest:\n\tx\n", {"test": "Run them"}),
        (".PHONY: test ## Run them\ntest:\n\tx\n", {"test": "Run them"}),
        ("test:: dep\n\tx\ntest:: other\n", {"test": ""}),
        ("a b: dep\n\tx\n", {"a": "", "b": ""}),
        ("VERSION := 1\nA ?= b\nexport C = d\n", {}),
        ("test: export A = b\ntest: A := c\ntest:\n\tx\n", {"test": ""}),
        ("out/app: main.c\n\tcc\napp.o: app.c\n\tcc\n", {}),
        ("%.o: %.c\n\tcc\n.SUFFIXES:\n$(OUT): x\n\tcc\n", {}),
        ("#################\n# Section\n#################\ntest:\n\tx\n", {"test": ""}),
        ("# OLD := 1\ntest:\n\tx\n", {"test": ""}),
        ("# Also, it may fail on old systems.\ntest:\n\tx\n", {"test": ""}),
        (
            "# See https://x\n# https://y\n# the source of them. Then more.\ntest:\n\tx\n",
            {"test": ""},
        ),
        (
            "# lower case, but a name for it\ntest:\n\tx\n",
            {"test": "lower case, but a name for it"},
        ),
    ],
)
def test_make_targets(repository: MakeRepository, makefile: str, expected: dict[str, str]) -> None:
    found = {f.value: f.text for f in _facts(repository({"Makefile": makefile}), "makefile")}
    assert found == expected


def test_make_takes_a_folder_for_a_finished_target(repository: MakeRepository) -> None:
    files = {"Makefile": "docs:\n\tx\n", "docs/index.md": ""}
    assert list(_facts(repository(files), "makefile")) == []
    files["Makefile"] = ".PHONY: docs\n" + files["Makefile"]
    assert [f.value for f in _facts(repository(files), "makefile")] == ["docs"]


def test_gnumakefile_shadows_makefile(repository: MakeRepository) -> None:
    files = {"Makefile": "b:\n\tx\n", "GNUmakefile": "a:\n\tx\n"}
    assert [f.value for f in _facts(repository(files), "makefile")] == ["a"]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("ghcr.io/nimbus/weather:latest", ["ghcr.io/nimbus/weather"]),
        ("ghcr.io/${{ github.repository }}:${{ github.sha }}", ["ghcr.io/nimbus/weather"]),
        ("${{ env.REGISTRY }}/nimbus/weather", ["ghcr.io/nimbus/weather"]),
        ("docker.io/nimbus/weather", ["nimbus/weather"]),
        ("${{ secrets.USER }}/weather:latest", []),
        ("weather:test", []),
    ],
)
def test_published_images(repository: MakeRepository, tags: str, expected: list[str]) -> None:
    text = (
        "on: push\nenv: {REGISTRY: ghcr.io}\njobs:\n  a:\n    steps:\n"
        f"    - uses: docker/build-push-action@v6\n      with:\n        push: true\n        tags: {tags}\n"
    )
    repo = repository(
        {".github/workflows/a.yml": text}, url="https://github.com/nimbus/weather.git"
    )
    found = list(_facts(repo, "docker"))
    assert [f.value for f in found] == expected
    assert all(f.evidence.line == 9 for f in found)


def test_action_is_called_by_its_repository(repository: MakeRepository) -> None:
    files = {"action.yml": "name: Weather\nruns: {using: docker}\n"}
    repo = repository(files, url="git@github.com:nimbus/weather.git")
    (fact,) = _facts(repo, "github")
    assert (fact.value, fact.detail["title"]) == ("nimbus/weather", "Weather")


@pytest.mark.parametrize(
    "path",
    [
        ".devcontainer/Dockerfile",
        "ci/Dockerfile",
        "Dockerfile.test",
        "tests/Dockerfile",
        "Dockerfile.j2",
    ],
)
def test_dockerfiles_of_developers_are_left_out(repository: MakeRepository, path: str) -> None:
    assert list(_facts(repository({path: "FROM a\nEXPOSE 80\n"}), "docker")) == []


@pytest.mark.parametrize(
    ("page", "about"),
    [
        (
            "# T\n\nDemo is a tool that *counts* [words](x.md) of books.\n",
            "Demo is a tool that counts words of books.",
        ),
        ("# T\n\n- Demo is a list that nobody would read as prose.\n", ""),
        ("# T\n\nThis page is about how to get the tool installed.\n", ""),
        ("# T\n\n```\nDemo is a tool that stands in a block of code.\n```\n", ""),
        ("# T\n\n{% include x %} is a directive of some template engine.\n", ""),
        ("# T\n\nIs Demo a tool that you could be looking for today?\n", ""),
        ("# T\n\nDemo is short.\n", ""),
        (
            "Title\n=====\n\nDemo is a tool which reads ``files`` with care.\n",
            "Demo is a tool which reads `files` with care.",
        ),
    ],
)
def test_about_from_docs(repository: MakeRepository, page: str, about: str) -> None:
    name = "docs/index.rst" if "=====" in page else "docs/index.md"
    found = [f.value for f in docs.read(repository({name: page})) if f.kind == "about"]
    assert found == ([about] if about else [])


def test_readmes_are_never_read(repository: MakeRepository) -> None:
    text = "# Demo\n\nDemo is a tool that was described in a README alone.\n"
    repo = repository(dict.fromkeys(["README.md", "docs/README.md", "docs/readme.rst"], text))
    assert list(docs.read(repo)) == []
    assert not repo.read_paths


def test_actions_are_used_by_the_version_that_their_own_examples_use(
    repository: MakeRepository,
) -> None:
    files = {
        "action.yml": "name: Tide\nruns:\n  using: docker\n",
        "examples/one.yml": "on: push\njobs:\n  a:\n    steps:\n      - uses: ann/tide@v2\n",
        "examples/two.yml": "on: push\njobs:\n  a:\n    steps:\n      - uses: ann/tide@main\n",
    }
    found = list(_facts(repository(files, url="https://github.com/ann/tide"), "github"))
    assert [f.detail.get("ref") for f in found if f.kind == "package"] == ["v2"]
