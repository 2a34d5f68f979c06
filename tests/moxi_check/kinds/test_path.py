"""Paths in code spans."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from moxi_check import Claim, check_readme

Checked = Callable[..., dict[str, Claim]]
FILES = {
    "src/app/main.py": "",
    "docs/config.md": "# C\n",
    "setup.cfg": "",
    "Makefile": "all:\n",
    ".gitignore": "build/\n",
    "src/app/writer.py": "open('report.html')\n",
}


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("src/app/main.py", "true"),
        ("./src/app/", "true"),
        ("src/app/main.py:12", "true"),
        ("main.py", "true"),
        ("app/main.py", "true"),
        ("src/**/*.py", "true"),
        ("Makefile", "true"),
        ("src/app/core.py", "false"),
        ("docs/configs.md", "false"),
        ("setups.cfg", "false"),
        ("setup.ini", "not_judged"),
        ("build/out.js", "not_judged"),
        ("report.html", "not_judged"),
        ("path/to/file.py", "not_judged"),
        ("theirs/x.py", "not_judged"),
    ],
)
def test_paths(checked: Checked, text: str, verdict: str) -> None:
    claims = checked(FILES, f"# A\n\nRead `{text}` first.\n", "path")
    assert claims[text.partition(":")[0]].verdict == verdict


@pytest.mark.parametrize(
    "text",
    ["1.2.3", "https://a.b/c", "-P/--pcre", "@scope/pkg", "/usr/bin/env", ".txt", "a b/c", "or"],
)
def test_what_is_no_path(checked: Checked, text: str) -> None:
    assert checked(FILES, f"See `{text}`.\n", "path") == {}


def test_what_the_reader_makes_is_not_judged(checked: Checked) -> None:
    claims = checked(FILES, "Create `src/app/mine.py` for your code.\n", "path")
    assert claims["src/app/mine.py"].verdict == "not_judged"


def test_of_several_files_each_run_names_the_same(checked: Checked) -> None:
    files = {f"{folder}/init.lua": "" for folder in "zyxwvutsrqponmlkjihgfedcba"}
    assert str(checked(files, "See `init.lua`.\n", "path")["init.lua"].evidence) == "a/init.lua"


def test_a_moved_file_has_one_certain_mend(checked: Checked) -> None:
    claim = checked(FILES, "See `src/main.py`.\n", "path")["src/main.py"]
    assert (claim.verdict, claim.suggestion, claim.certain) == ("false", "src/app/main.py", True)


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("and in `src/app/mine.py`:", "not_judged"),
        ("Then (`src/app/mine.py`)::", "not_judged"),
        ("It is found in `src/app/mine.py`.", "false"),
        ("`src/{app,lib}/x.py` gives `src/app/mine.py`.", "not_judged"),
        ("With `src/**/*.py` it finds `src/app/mine.py` too.", "not_judged"),
    ],
)
def test_shown_files_and_examples_of_patterns(
    checked: Checked, sentence: str, verdict: str
) -> None:
    assert checked(FILES, sentence + "\n", "path")["src/app/mine.py"].verdict == verdict


def test_the_folder_of_settings_in_a_project_of_the_reader(checked: Checked) -> None:
    files = {
        **FILES,
        ".demo/rules/a.yml": "",
        "package.json": '{"name": "demo", "version": "1.0.0"}',
    }
    claims = checked(files, "Rules stand in `.demo/rules/b.yml` of it.\n", "path")
    assert claims[".demo/rules/b.yml"].verdict == "not_judged"


def test_a_part_that_stands_for_a_version(checked: Checked) -> None:
    claims = checked(FILES, "See `src/app/0.MINOR.x.py` of it.\n", "path")
    assert claims["src/app/0.MINOR.x.py"].verdict == "not_judged"


def test_the_name_of_another_project_is_no_path(checked: Checked) -> None:
    page = "Or use [`setups.cfg`](https://github.com/acme/setups.cfg). See [`setups.cfg`](docs/config.md).\n"
    claims = checked(FILES, page, "path", url="https://github.com/demo/demo")
    assert claims["setups.cfg"].verdict == "not_judged"
    own = "See [`setups.cfg`](https://github.com/demo/demo).\n"
    claims = checked(FILES, own, "path", url="https://github.com/demo/demo")
    assert claims["setups.cfg"].verdict == "false"


def test_a_folder_like_ours_may_be_anybodys(checked: Checked) -> None:
    files = FILES | {"lib/a.js": ""}
    assert (
        checked(files, "It watches `./libs` for you.\n", "path")["./libs"].verdict == "not_judged"
    )


@pytest.mark.parametrize(
    ("page", "path", "verdict"),
    [
        ("It is built from [`./doc`](./docs).", "./doc", "false"),
        ("It is built from `./doc`.", "./doc", "not_judged"),
        ("It is built from [`./guide`](./docs).", "./guide", "not_judged"),
        ("You can use `src/blob-store.py` as well.", "src/blob-store.py", "false"),
        ("You can use `src/blob-stores.py` as well.", "src/blob-stores.py", "not_judged"),
    ],
)
def test_the_target_of_a_link_and_another_spelling(
    checked: Checked, page: str, path: str, verdict: str
) -> None:
    files = {"docs/index.md": "Hello.\n", "src/blob_store.py": "", "src/other.py": ""}
    assert checked(files, f"# Demo\n\n{page}\n", "path")[path].verdict == verdict


@pytest.mark.parametrize(
    ("below", "verdict"),
    [("\n```py\nx = 1\n```\n", "not_judged"), ("\nMore.\n", "false")],
)
def test_a_file_whose_content_follows_is_for_the_reader_to_write(
    checked: Checked, below: str, verdict: str
) -> None:
    files = {"api/users.py": "x = 1\n"}
    page = f"# Demo\n\n**1. The class** (`api/hello.py`)\n{below}"
    assert checked(files, page, "path")["api/hello.py"].verdict == verdict


@pytest.mark.parametrize(
    ("page", "verdict"),
    [
        ("An example workflow `.github/workflows/pages.yml` with our action.", "not_judged"),
        ("The workflow `.github/workflows/pages.yml` runs all tests.", "false"),
        ("An example script `.github/examples/pages.yml` with our action.", "false"),
    ],
)
def test_an_example_of_a_file_is_the_readers(checked: Checked, page: str, verdict: str) -> None:
    files = {".github/workflows/test.yml": "", ".github/examples/all.yml": ""}
    assert [c.verdict for c in checked(files, f"{page}\n", "path").values()] == [verdict]


@pytest.mark.parametrize(
    ("page", "path", "verdict"),
    [
        ("It is generated from `parts/all.x` and `parts/part.x`.", "parts/part.x", "false"),
        ("It generates `parts/all.x` and `parts/part.x`.", "parts/part.x", "not_judged"),
        ("**The parts** (from `parts/subs/`):\n\n```\nx\n```", "parts/subs/", "false"),
        ("**The parts** (`parts/subs.x`):\n\n```\nx\n```", "parts/subs.x", "not_judged"),
        ("See [`./parts/all.y`](./parts/all.x).", "./parts/all.y", "false"),
    ],
)
def test_what_stands_beside_it_is_meant(
    checked: Checked, page: str, path: str, verdict: str
) -> None:
    files = {
        "parts/all.x": "",
        "parts/sub/a.x": "",
        "parts/parts.x": "",
        "more/all.y": "all.y",
    }
    assert checked(files, f"# Demo\n\n{page}\n", "path")[path].verdict == verdict


def test_a_path_that_leads_out_of_the_repository_is_of_another(checked: Checked) -> None:
    page = "Edit `../tap/pkg/demo.rb` and `pkg/demo.rb`; not `./pkg/demos.rb`.\n"
    claims = checked({"pkg/demo.rb": ""}, page, "path")
    assert claims["../tap/pkg/demo.rb"].verdict == "not_judged"
    assert claims["./pkg/demos.rb"].verdict == "false"


def test_a_name_in_code_with_a_capital_is_no_path(checked: Checked) -> None:
    claims = checked(
        {"demo.go": "", "DEMO.MD": ""}, "Of `demo.In` and `demo.mg`, `DEMO.MD`.\n", "path"
    )
    assert set(claims) == {"DEMO.MD"}


def test_a_manifest_that_readers_have_too_may_be_theirs(checked: Checked) -> None:
    page = "In `requirements.in` or `requirements.txt` format; see `requirements-devs.txt`.\n"
    files = {"requirements.txt": "", "requirements-dev.txt": ""}
    claims = checked(files, page, "path")
    assert claims["requirements.in"].verdict == "not_judged"
    assert claims["requirements.txt"].verdict == "true"


def test_a_path_of_folders_that_are_not_here_is_made_up(checked: Checked) -> None:
    page = "It takes `sample/folder/with/test.sh`, `scripts/tests/test.sh`.\n"
    claims = checked({"tests/all/test.sh": ""}, page, "path")
    assert claims["sample/folder/with/test.sh"].verdict == "not_judged"
    assert claims["scripts/tests/test.sh"].verdict == "false"


def test_a_workflow_that_the_reader_is_to_make(checked: Checked) -> None:
    files = {".github/workflows/main.yml": ""}
    path = ".github/workflows/mains.yml"
    claim = checked(files, f"To use it, make a file `{path}`.\n", "path")[path]
    assert claim.verdict == "not_judged"
    claim = checked(files, f"The tests are in `{path}`.\n", "path")[path]
    assert (claim.verdict, claim.suggestion) == ("false", ".github/workflows/main.yml")


@pytest.mark.parametrize(
    ("page", "path", "verdict"),
    [
        ("Run `tools/sync.zsh` to generate the pages.", "tools/sync.zsh", "false"),
        ("Run `tools/other.zsh` to generate the pages.", "tools/other.zsh", "not_judged"),
        ("Generate `tools/sync.zsh` with it.", "tools/sync.zsh", "not_judged"),
        ("For new tests, add them in `test/runtest.jl`.", "test/runtest.jl", "false"),
        ("For new tests, add `test/runtest.jl`.", "test/runtest.jl", "not_judged"),
        ("When you add anything in `docs` or `test/unit`.", "test/unit", "false"),
        ("For new tests, add them in `test/mine.jl`.", "test/mine.jl", "not_judged"),
        ("Copy `include/demo.hpp` to your project.", "include/demo.hpp", "false"),
        ("Add a `demo.rake` in the `lib/task` folder.", "lib/task", "false"),
        ("Add a `demo.rake` in the `lib/jobs` folder.", "lib/jobs", "not_judged"),
        ("See `assets/site.css`, which is generated.", "assets/site.css", "not_judged"),
    ],
)
def test_what_is_told_of_as_being_there(
    checked: Checked, page: str, path: str, verdict: str
) -> None:
    files = {"tools/sync.sh": "", "test/runtests.jl": "", "assets/site.scss": ""}
    files |= {"docs/a.txt": "", "test/units/a.jl": "", "include/demo.h": "", "lib/tasks/a.rake": ""}
    assert checked(files, f"# Demo\n\n{page}\n", "path")[path].verdict == verdict


@pytest.mark.parametrize(
    ("importer", "verdict"), [("src/cli.ts", "false"), ("build.mjs", "not_judged")]
)
def test_typescript_is_imported_by_the_name_of_its_javascript(
    checked: Checked, importer: str, verdict: str
) -> None:
    files = {"src/core/tiers.ts": "", importer: "import { tiers } from './core/tiers.js'\n"}
    claims = checked(files, "The truth is in `src/core/tiers.js`.\n", "path")
    assert claims["src/core/tiers.js"].verdict == verdict


@pytest.mark.parametrize(
    ("others", "verdict"),
    [
        (("tasks.json", "launch.json", "settings.json"), "false"),
        (("tasks.json", "launch.json", "theirs.json"), "not_judged"),
        (("tasks.json", "launch.json"), "not_judged"),
    ],
)
def test_a_list_of_the_files_of_a_folder(
    checked: Checked, others: tuple[str, ...], verdict: str
) -> None:
    files = {f".vscode/{name}.json": "" for name in ("tasks", "launch", "settings")}
    items = "".join(
        f"- `.vscode/{name}` for it\n" for name in (*others[:2], "config.json", *others[2:])
    )
    claims = checked(files, f"These are here:\n\n{items}\nMore.\n", "path")
    assert claims[".vscode/config.json"].verdict == verdict


@pytest.mark.parametrize(
    ("label", "verdict"), [("docs/config", "true"), ("docs/config.rst", "false")]
)
def test_a_label_may_leave_out_the_ending_of_what_it_leads_to(
    checked: Checked, label: str, verdict: str
) -> None:
    page = f"See [`{label}`](docs/config.md) for more.\n"
    assert checked(FILES, page, "path")[label].verdict == verdict


MACROS = {
    "macros/grammar.peg": "",
    "macros/tests/a.rs": "compile_fail(1)\n",
    "macros/compile-fail/b.rs": "",
    "guide/api.md": "",
    "src/macro.rs": "",
}


@pytest.mark.parametrize(
    ("page", "path", "verdict"),
    [
        ("It is written in `{}`.", "macros/grammars.peg", "false"),
        ("Save your own as `{}`.", "src/macros.rs", "not_judged"),  # a folder of all projects
        ("The words of `{}`:\n\n```\na\n```", "macros/grammars.peg", "not_judged"),
        ("It is `macros/grammar.peg` (formerly `{}`).", "macros/grammars.peg", "not_judged"),
        ("Results are written to `{}`.", "macros/grammars.peg", "not_judged"),
        ("The tests are run from `{}`.", "macros/test/", "false"),
        ("See `{}`.", "macros/compile_fail", "false"),  # a plain word in code is no path
        ("See `{}`.", "guide/api", "not_judged"),  # its ending is left out
        ("See [`{}`](guide/apis.md).", "guide/apis.md", "false"),
    ],
)
def test_one_of_ours_but_for_a_slip(checked: Checked, page: str, path: str, verdict: str) -> None:
    claims = checked(MACROS, f"# Demo\n\n{page.format(path)}\n", "path")
    assert claims[path].verdict == verdict


@pytest.mark.parametrize(
    ("page", "path", "verdict"),
    [
        ("In your own project, `{}` is run.", "bin/setup", "not_judged"),
        ("`{}` has what was made.", "todo/api", "not_judged"),
        ("See `{}`.", "bin/api.md", "false"),  # a file of ours in another folder
    ],
)
def test_a_plain_word_that_stands_elsewhere(
    checked: Checked, page: str, path: str, verdict: str
) -> None:
    files = {"setup": "", "guide/api.md": "", "guide/api/a.md": "", "bin/a.sh": ""}
    assert checked(files, f"# Demo\n\n{page.format(path)}\n", "path")[path].verdict == verdict


def test_a_readme_in_other_letters_is_one_of_the_readers(checked: Checked) -> None:
    page = "# Demo\n\nA new project has:\n\n- `Gemfile`: what it needs\n- `Readme.md`: a start\n"
    files = {**FILES, "README.md": "# Demo\n"}
    assert checked(files, page, "path")["Readme.md"].verdict == "not_judged"


@pytest.mark.parametrize(
    ("page", "path", "verdict"),
    [
        ("It reads `{}`.", "inputs/brad-pitt.jpg", "false"),
        ("It reads `{}`.", "inputs/brad_pitts.jpg", "not_judged"),
        ("It reads `{}`.", "inputs/tom_hanks.jpg", "not_judged"),
        ("For more, which you may want, see `{}`.", "inputs/words.rst", "false"),
        ("See `{}`, which you export.", "inputs/words.rst", "not_judged"),
        ("Once you have run it, check `{}`.", "inputs/names.html", "not_judged"),
        ("Add the new name to the list in `{}`.", "inputs/names.json5", "not_judged"),
        ("Add your list as `{}`.", "inputs/names.json5", "not_judged"),
        ("In your `{}` folder, create a file.", ".github/workflow", "false"),
        ("It prints `{}:12`.", "inputs/core.py", "not_judged"),
    ],
)
def test_what_an_ignore_file_or_the_reader_may_have(
    checked: Checked, page: str, path: str, verdict: str
) -> None:
    files = {".gitignore": "*.jpg\n!inputs/brad_pitt.jpg\n", "inputs/brad_pitt.jpg": ""}
    files |= {
        "inputs/names.json": "{}",
        "inputs/words.md": "",
        "inputs/a.py": "",
        ".github/workflows/ci.yml": "on: push\n",
    }
    assert checked(files, f"# Demo\n\n{page.format(path)}\n", "path")[path].verdict == verdict


def test_a_label_and_the_address_that_it_leads_to(checked: Checked) -> None:
    url = "https://github.com/acme/demo"
    files = {"completions/demo.bash": "", "a.py": ""}
    page = (
        f"# Demo\n\nPut [`completions/demos.bash`]({url}/blob/main/completions/demo.bash) in it.\n"
    )
    claim = checked(files, page, "path", url)["completions/demos.bash"]
    assert (claim.verdict, claim.suggestion) == ("false", "completions/demo.bash")


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("With `--format txt`, the result is saved in `{}`.", "reports/summary.txt"),
        ("The larger model, `{}`, is slower.", "weights/yolov8s.pt"),
        ("It leaves its scores at `{}`.", "reports/result.json"),
    ],
)
def test_what_is_made_beside_what_is_there(checked: Checked, line: str, path: str) -> None:
    files = {".gitignore": "weights/*.pt\nreports/*.json\n", "weights/yolov8n.pt": ""}
    files |= {"reports/summary.md": "", "reports/results.json": ""}
    claims = checked(files, f"# Demo\n\n{line.format(path)}\n", "path")
    assert claims[path].verdict == "not_judged"


def test_a_label_of_an_address_may_be_of_the_readers(checked: Checked) -> None:
    url = "https://github.com/acme/demo"
    page = (
        f"# Demo\n\nMake your [`tsconfig.json`]({url}/blob/main/tsconfig.base.json) extend ours.\n"
    )
    claims = checked({"tsconfig.base.json": "{}"}, page, "path", url)
    assert claims["tsconfig.json"].verdict == "not_judged"


def test_what_an_archive_has_is_not_of_the_repository(checked: Checked) -> None:
    page = "# A\n\n1. thing-1.2f.tar.gz: `src/app/mail.py`\n2. Read `src/app/mails.py` first.\n"
    claims = checked(FILES, page, "path")
    assert [claims[f"src/app/{name}.py"].verdict for name in ("mail", "mails")] == [
        "not_judged",
        "false",
    ]


def test_what_a_diagram_of_another_project_has_is_not_judged(checked: Checked) -> None:
    page = (
        "# A\n\nThis makes:\n\n```\n├── Package.swift\n└── src\n    ├── remote.py\n    └── root.py\n```\n\n"
        "We edit `src/remote.py`, then `src/rooted.py`; settings are in `src/apps/root.py`.\n"
    )
    claims = checked(FILES, page, "path")
    assert claims["src/remote.py"].verdict == "not_judged"
    assert claims["src/rooted.py"].verdict == "false"
    assert claims["src/apps/root.py"].verdict == "false"


def test_a_file_at_the_root_of_a_site_is_not_judged(checked: Checked) -> None:
    page = "# A\n\nIt serves `/index.html` and `/src/app/core.py`; see `/src/app/mian.py`.\n"
    claims = checked({**FILES, "index.md": ""}, page, "path")
    assert claims["/index.html"].verdict == "not_judged"
    assert claims["/src/app/core.py"].verdict == "not_judged"
    assert claims["/src/app/mian.py"].verdict == "false"


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("You can look at `src/old/report_writer_test.py` for more", "false"),
        ("You are to create `src/old/report_writer_test.py` first", "not_judged"),
        ("You can look at `theirs/old/report_writer_test.py` for more", "not_judged"),
        ("You can look at `src/old/main.py` for more", "not_judged"),
    ],
)
def test_a_file_that_was_moved(checked: Checked, sentence: str, verdict: str) -> None:
    files = {**FILES, "src/app/report_writer_test.py": ""}
    claims = checked(files, f"# A\n\n{sentence}.\n", "path")
    assert [claim.verdict for claim in claims.values()] == [verdict]


def test_a_folder_of_submodules_is_there(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(
        "# A\n\n[libs](extlibs) and `extlibs/lib`, not [x](extlib)\n"
    )
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b.c"]
    subprocess.run([*git, "init", "--quiet"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    link = f"160000,{'1' * 40},extlibs/lib"
    subprocess.run([*git, "update-index", "--add", "--cacheinfo", link], check=True)
    (tmp_path / "extlibs" / "lib").mkdir(parents=True)
    found = check_readme(tmp_path).claims
    assert {c.text: c.verdict for c in found} == {
        "extlibs": "true",
        "extlibs/lib": "true",
        "extlib": "false",
    }


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("Register the plugin in `vite.config.js`", "not_judged"),  # ours is vite.config.ts
        ("The changes are in `CHANGES.rst`", "false"),  # ours is CHANGES.md
        ("It is set in `android/app/build.gradle`", "not_judged"),
        ("It is set in `android/settings.gradle`", "false"),
        ("See `config/environments/production.rb`", "not_judged"),
        ("Views are published to `src/app/views.py`", "not_judged"),
        ("| Cursor | `.cursor/mcp.json` |", "not_judged"),
        ("Copy it to `settings.js`", "not_judged"),  # ours is settings.example.js
        ("As in [other](https://github.com/other/one), see `src/app/ledgers.py`", "not_judged"),
        ("As it is here, see `src/app/ledgers.py`", "false"),
    ],
)
def test_files_of_readers_and_hosts(checked: Checked, sentence: str, verdict: str) -> None:
    files = {
        **FILES,
        "vite.config.ts": "",
        "CHANGES.md": "",
        "android/build.gradle": "",
        "android/setting.gradle": "",
        "config/routes.rb": "",
        "settings.example.js": "",
        ".cursor/rules/a.md": "",
    }
    claims = checked(files, f"# A\n\n{sentence}.\n", "path", url="https://github.com/acme/a")
    assert [claim.verdict for claim in claims.values()] == [verdict]
