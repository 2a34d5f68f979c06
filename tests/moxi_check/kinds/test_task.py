"""Make targets and the tasks of task runners."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]

MAKE = {
    "Makefile": "NAMES = alpha beta\n\n.PHONY: build clean\nbuild: ## Build it\n\tcc a.c\n\n"
    "_hidden:\n\ttrue\n\n$(NAMES): build\n\ttrue\n",
    "docs/Makefile": "html:\n\ttrue\n",
}


def page(code: str) -> str:
    return f"# Demo\n\n## Development\n\n```sh\n{code}\n```\n"


def verdict(claims: dict[str, Claim], text: str) -> str | None:
    return claims[text].verdict if text in claims else None


@pytest.mark.parametrize(
    ("code", "text", "wanted"),
    [
        ("make build", "build", "true"),
        ("make -j4 clean _hidden", "_hidden", "true"),
        ("make alpha DEBUG=1", "alpha", "true"),
        ("make -C docs html", "html", "true"),
        ("make biuld", "biuld", "false"),
        ("make deploy", "deploy", "false"),
        ("sudo make DESTDIR=/usr instal", "instal", "false"),
        ("make -C other deploy", "deploy", "not_judged"),
        (
            "git clone https://github.com/some/other\ncd other && make deploy",
            "deploy",
            "not_judged",
        ),
        ("make <target>", "<target>", None),
        ("make", "make", None),
    ],
)
def test_make(checked: Checked, code: str, text: str, wanted: str | None) -> None:
    assert verdict(checked(MAKE, page(code), "make_target"), text) == wanted


@pytest.mark.parametrize(
    "makefile",
    [
        "include $(EXTRA)\n",
        "include missing.inc\n",
        "$(TARGETS): x\n",
        "$(eval $(call rule,x))\n",
        "dep%:\n",
    ],
)
def test_targets_made_while_make_runs_are_not_judged(checked: Checked, makefile: str) -> None:
    files = {"Makefile": makefile + "build:\n\ttrue\n"}
    assert verdict(checked(files, page("make deploy"), "make_target"), "deploy") == "not_judged"


def test_an_included_file_belongs_to_the_makefile(checked: Checked) -> None:
    files = {"Makefile": "include more.inc\n", "more.inc": "deploy:\n\ttrue\n"}
    assert verdict(checked(files, page("make deploy"), "make_target"), "deploy") == "true"
    assert verdict(checked(files, page("make undeploy"), "make_target"), "undeploy") == "false"


def test_generated_makefiles_have_the_usual_targets(checked: Checked) -> None:
    files = {"Makefile.am": "bin_PROGRAMS = demo\n", "configure.ac": "AC_INIT\n"}
    claims = checked(files, page("./configure\nmake distclean\nmake other"), "make_target")
    assert verdict(claims, "distclean") == "true"
    assert verdict(claims, "other") == "not_judged"


JUST = {"justfile": "alias b := build\n\n# Build\nbuild:\n  cc\n\n_private:\n  x\n"}
TASKFILE = {"Taskfile.yml": "version: '3'\ntasks:\n  lint:\n    cmds: [x]\n"}
TOX = {"tox.ini": "[tox]\nenvlist = py310,docs\n[testenv:lint]\ncommands = ruff\n"}
NOX = {"noxfile.py": "import nox\n\n@nox.session\ndef tests(session):\n    pass\n"}
RAKE = {"Rakefile": "desc 'Build docs'\ntask :documents do\nend\ntask :hidden\n"}
GRADLE = {"build.gradle": "task runDemo { }\n", "settings.gradle": "rootProject.name = 'demo'\n"}


@pytest.mark.parametrize(
    ("files", "code", "text", "wanted"),
    [
        (JUST, "just build", "build", "true"),
        (JUST, "just b", "b", "true"),
        (JUST, "just _private", "_private", "true"),
        (JUST, "just bild", "bild", "false"),
        (JUST, "just build-one/two/three", "build-one/two/three", None),
        (TASKFILE, "task lint", "lint", "true"),
        (TASKFILE, "task format", "format", "false"),
        (TASKFILE, "just lint", "lint", None),
        (TOX, "tox -e lint,docs", "docs", "true"),
        (TOX, "tox run -e linter", "linter", "false"),
        (TOX, "tox -e py312", "py312", "not_judged"),
        (NOX, "nox -s tests", "tests", "true"),
        (NOX, "nox -s testss", "testss", "false"),
        (NOX, "nox -s coverage", "coverage", "not_judged"),
        (RAKE, "bundle exec rake documents", "documents", "true"),
        (RAKE, "rake hidden", "hidden", "true"),
        (RAKE, "rake release", "release", "true"),
        (RAKE, "rake document", "document", "false"),
        (RAKE, "rake db:setup", "db:setup", "not_judged"),
        (GRADLE, "./gradlew build", "build", "true"),
        (GRADLE, "./gradlew :app:runDemo", ":app:runDemo", None),
        (GRADLE, "gradle unknownTask", "unknownTask", "not_judged"),
    ],
)
def test_runners(
    checked: Checked, files: dict[str, str], code: str, text: str, wanted: str | None
) -> None:
    assert verdict(checked(files, page(code), "task"), text) == wanted


def test_a_runners_own_page_shows_other_projects(checked: Checked) -> None:
    files = {
        **JUST,
        "Cargo.toml": '[package]\nname = "just"\nversion = "1.0.0"\n',
        "src/main.rs": "",
    }
    assert checked(files, page("just serve"), "task") == {}


@pytest.mark.parametrize(
    ("name", "verdict"),
    [("cov", "not_judged"), ("deps-cov", "not_judged"), ("deps-cow", "false"), ("lints", "false")],
)
def test_tox_makes_environments_of_factors(checked: Checked, name: str, verdict: str) -> None:
    text = "[tox]\nenvlist = lint,\n    {deps,bare}-plain\n[testenv]\ncommands =\n    cov: coverage run\n"
    claims = checked({"tox.ini": text}, page(f"tox -e {name}"), "task")
    assert claims[name].verdict == verdict


@pytest.mark.parametrize(
    ("makefile", "target", "wanted"),
    [
        ("PROGS = alpha\nPROGS += gamma\n\n$(PROGS): a.c\n\ttrue\n", "gamma", "true"),
        ("all:\n\ttrue\n", "hello", "not_judged"),  # a rule that make knows by itself
        ("all:\n\ttrue\n\n.DEFAULT:\n\ttrue\n", "other", "not_judged"),
        ("all:\n\ttrue\n", "other", "false"),
    ],
)
def test_lists_of_targets_that_go_on(
    checked: Checked, makefile: str, target: str, wanted: str
) -> None:
    files = {"Makefile": makefile, "hello.c": ""}
    assert verdict(checked(files, page(f"make {target}"), "make_target"), target) == wanted


@pytest.mark.parametrize(("target", "wanted"), [("menuconfig", "not_judged"), ("menus", "false")])
def test_targets_of_a_kernel(checked: Checked, target: str, wanted: str) -> None:
    assert verdict(checked(MAKE, page(f"make {target}"), "make_target"), target) == wanted
