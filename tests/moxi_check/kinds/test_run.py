"""Files, modules and Cargo targets that commands run or read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from moxi_check import Claim

Checked = Callable[..., dict[str, Claim]]

FILES = {
    "train.py": "",
    "manage.py": "",
    "requirements-dev.txt": "rich\n",
    "scripts/setup.sh": "",
    "docs/guide.md": "",
    "demo/__init__.py": "",
    "demo/__main__.py": "",
    "demo/server.py": "",
    "pyproject.toml": '[project]\nname = "demo"\nversion = "1"\n',
    ".env.example": "A=1\n",
    "compose.yml": "services: {}\n",
    "cmd/tool/main.go": "package main\n",
    "tests/test_a.py": "",
    ".gitignore": "generated/\n",
}
CARGO = {
    "Cargo.toml": '[package]\nname = "demo"\nversion = "1.0.0"\n',
    "src/main.rs": "",
    "examples/simple.rs": "",
    "tests/parse/main.rs": "",
}


def page(code: str) -> str:
    return f"# Demo\n\n## Development\n\n```sh\n{code}\n```\n"


@pytest.mark.parametrize(
    ("code", "text", "verdict"),
    [
        ("python train.py --epochs 3", "train.py", "true"),
        ("uv run python train.py", "train.py", "true"),
        ("python trains.py", "trains.py", "false"),
        ("python hello.py", "hello.py", "not_judged"),
        ("python manage.py migrate", "manage.py", "true"),
        ("python setup.py install", "setup.py", "false"),
        ("bash scripts/setup.sh", "scripts/setup.sh", "true"),
        ("./scripts/setup.sh", "./scripts/setup.sh", "true"),
        ("./scripts/install.sh", "./scripts/install.sh", "false"),
        ("./demo-binary", "./demo-binary", None),
        ("pip install -r requirements-dev.txt", "requirements-dev.txt", "true"),
        ("pip install -r requirements.txt", "requirements.txt", "false"),
        ("cp .env.example .env", ".env.example", "true"),
        ("cp .env.sample .env", ".env.sample", "false"),
        ("docker compose -f compose.yml up", "compose.yml", "true"),
        ("docker compose -f compose.prod.yml up", "compose.prod.yml", "false"),
        ("go run ./cmd/tool", "./cmd/tool", "true"),
        ("go run ./cmd/tools", "./cmd/tools", "false"),
        ("pytest tests/test_a.py::test_x", "tests/test_a.py", "true"),
        ("python -m pytest tests/test_b.py", "tests/test_b.py", "false"),
        ("python -m demo", "demo", "true"),
        ("python -m demo.server", "demo.server", "true"),
        ("python -m demo.servr", "demo.servr", "false"),
        ("python -m http.server", "http.server", None),
        ("uvicorn demo.server:app", "demo.server", "true"),
        ("cd docs", "docs", "true"),
        ("cd docs && cat guide.md", "docs", "true"),
        ("cd somewhere", "somewhere", None),
        ("cat docs/guides.md", "docs/guides.md", "false"),
        ("demo convert docs/guide.md -o docs/guides.html", "docs/guides.html", None),
        ("bash generated/x.sh", "generated/x.sh", "not_judged"),
        ("curl -O https://x.example/get.sh\nbash get.sh", "get.sh", "not_judged"),
        ("touch scripts/new.sh\nbash scripts/new.sh", "scripts/new.sh", "not_judged"),
        ("git clone https://github.com/other/thing\nbash scripts/x.sh", "scripts/x.sh", None),
        ("python /opt/x.py", "/opt/x.py", None),
        ("python ~/x.py", "~/x.py", None),
        ("bash -c 'scripts/x.sh'", "scripts/x.sh", "not_judged"),
        ("source .venv/bin/activate", ".venv/bin/activate", None),
    ],
)
def test_files_and_modules(checked: Checked, code: str, text: str, verdict: str | None) -> None:
    claim = checked(FILES, page(code), "run").get(text)
    assert (claim.verdict if claim else None) == verdict


@pytest.mark.parametrize(
    ("code", "text", "verdict"),
    [
        ("cargo run --example simple", "simple", "true"),
        ("cargo run --example=simple -- --bin x", "simple", "true"),
        ("cargo run --example simpel", "simpel", "false"),
        ("cargo test --test parse", "parse", "true"),
        ("cargo build -p demo", "demo", "true"),
        ("cargo run --bin other", "other", "false"),
        ("cargo install --bin other elsewhere", "other", None),
        ("cargo run -- --bin x", "x", None),
    ],
)
def test_targets_of_cargo(checked: Checked, code: str, text: str, verdict: str | None) -> None:
    claim = checked(CARGO, page(code), "run").get(text)
    assert (claim.verdict if claim else None) == verdict


def test_a_page_in_a_folder_speaks_from_there(checked: Checked) -> None:
    files = {"tools/run.py": "", "top.py": ""}
    text = page("python run.py\npython top.py\npython tools/run.py")
    claims = checked(files, text, "run", path="tools/README.md")
    assert {claim.verdict for claim in claims.values()} == {"true"}
    assert len(claims) == 3


def test_a_clone_and_a_made_up_folder_are_the_root(checked: Checked) -> None:
    url = "https://github.com/acme/demo"
    for line in (f"git clone {url} && cd demo", "cd /path/to/demo", "cd demo"):
        claims = checked(FILES, page(f"{line}\npython trains.py"), "run", url=url)
        assert claims["trains.py"].verdict == "false", line


def test_the_mend_is_written_as_the_wrong_one_was(checked: Checked) -> None:
    claim = checked(FILES, page("./scripts/setups.sh"), "run")["./scripts/setups.sh"]
    assert (claim.suggestion, claim.certain) == ("./scripts/setup.sh", True)
    assert claim.evidence is not None
    assert claim.evidence.path == "scripts/setup.sh"


NODE = {"package.json": '{"name": "demo"}', "scripts/check.js": "", "test/support/env.ts": ""}


@pytest.mark.parametrize(
    ("code", "text", "verdict"),
    [
        ("node scripts/check", "scripts/check", "true"),
        ("mocha -r test/support/env", "test/support/env", "true"),
        ("node scripts/chek", "scripts/chek", "false"),
        ("bash scripts/check", "scripts/check", "false"),
    ],
)
def test_node_adds_endings(checked: Checked, code: str, text: str, verdict: str) -> None:
    assert checked(NODE, page(code), "run")[text].verdict == verdict


@pytest.mark.parametrize(
    "code",
    [
        "pytest tests/tests_filename.py",
        "cd scripts/new-one",
        "pytest tests/dir_name",
        "cd tests/name",
        "dotnet run --project .\\docs\\ -c x",
    ],
)
def test_what_stands_for_a_file_is_never_false(checked: Checked, code: str) -> None:
    claims = checked(FILES, page(code), "run")
    assert "false" not in {claim.verdict for claim in claims.values()}


def test_a_file_shown_on_the_page_is_the_readers(checked: Checked) -> None:
    text = "# A\n\nPut in `tests/test_b.py`:\n\n```py\nx = 1\n```\n\n" + page(
        "pytest tests/test_b.py"
    )
    assert checked(FILES, text, "run")["tests/test_b.py"].verdict == "not_judged"


def test_settings_of_a_user_are_named_after_the_program(checked: Checked) -> None:
    files = {"package.json": '{"name": "demo"}', "demo.config.js": "", "other.config.js": ""}
    told = page("demo --config demo.config.ts\ndemo --config other.config.ts")
    claims = checked(files, told, "run", url="https://github.com/acme/demo")
    verdicts = [claims[name].verdict for name in ("demo.config.ts", "other.config.ts")]
    assert verdicts == ["not_judged", "false"]


def test_files_that_our_own_program_is_given_are_the_readers(checked: Checked) -> None:
    files = {"package.json": '{"name": "demo", "bin": {"demo": "lib/cli.js"}}', "lib/cli.js": ""}
    claims = checked(files, "```sh\ndemo --ignore lib/app.js\n```\n", "run")
    assert all(claim.verdict != "false" for claim in claims.values())


@pytest.mark.parametrize(
    ("commands", "text", "verdict"),
    [
        ("git clone https://github.com/acme/painter\ncd painter", "painter", "true"),
        ("git clone https://github.com/acme/painter\ncd paintr", "paintr", "false"),
        ("git clone https://github.com/acme/painter paintr\ncd paintr", "paintr", None),
        ("cd elsewhere", "elsewhere", None),
    ],
)
def test_the_folder_of_a_clone(
    checked: Checked, commands: str, text: str, verdict: str | None
) -> None:
    url = "https://github.com/acme/painter"
    claim = checked({"a.py": ""}, f"```sh\n{commands}\n```\n", "run", url=url).get(text)
    assert (claim.verdict if claim else None) == verdict


@pytest.mark.parametrize(
    ("command", "text", "verdict"),
    [
        ("demo read tests/data/targets.fa", "tests/data/targets.fa", "false"),
        ("demo read tests/data/mine.fa", "tests/data/mine.fa", "not_judged"),
        ("demo read tests/targets.fa", "tests/targets.fa", "not_judged"),
        (
            "demo turn tests/data/target.fa tests/data/targets.fa",
            "tests/data/targets.fa",
            "not_judged",
        ),
    ],
)
def test_a_slip_of_a_file_of_ours_that_our_program_is_given(
    checked: Checked, command: str, text: str, verdict: str
) -> None:
    files = {"package.json": '{"name": "demo", "bin": {"demo": "lib/cli.js"}}', "lib/cli.js": ""}
    files |= {"tests/data/target.fa": "", "tests/target.fa": ""}
    assert checked(files, f"```sh\n{command}\n```\n", "run")[text].verdict == verdict


@pytest.mark.parametrize(
    ("lead", "verdict"),
    [("Download the [demo archive](https://a.example/z) and start it:", "not_judged"), ("Start the demo:", "false")],
)  # fmt: skip
def test_what_comes_with_an_archive(checked: Checked, lead: str, verdict: str) -> None:
    page = f"# Demo\n\nClone it.\n\n{lead}\n\n* `$ docker compose -f docker-compose-two.yml up`\n"
    claims = checked({"a.py": ""}, page, "run")
    assert claims["docker-compose-two.yml"].verdict == verdict


@pytest.mark.parametrize(
    ("path", "verdict"),
    [("inputs/brad-pitt.jpg", "false"), ("inputs/tom_hanks.jpg", "not_judged")],
)
def test_a_slip_of_a_file_that_an_ignore_file_would_have(
    checked: Checked, path: str, verdict: str
) -> None:
    files = {".gitignore": "*.jpg\n!inputs/brad_pitt.jpg\n", "inputs/brad_pitt.jpg": "", "a.py": ""}
    claims = checked(files, f"```sh\npython a.py {path}\n```\n", "run")
    assert claims[path].verdict == verdict


def test_a_path_to_something_stands_for_any(checked: Checked) -> None:
    files = {"tests/a.py": "", "setup.py": ""}
    claims = checked(files, "```sh\npytest tests/path/to/test_file.py\n```\n", "run")
    assert claims["tests/path/to/test_file.py"].verdict == "not_judged"


@pytest.mark.parametrize(("name", "verdict"), [("mains", "false"), ("foo", "not_judged")])
def test_a_folder_that_is_there_is_no_placeholder(
    checked: Checked, name: str, verdict: str
) -> None:
    files = {"example/main.go": "package main\n", "go.mod": "module a.b/c\n"}
    claims = checked(files, f"```sh\ngo run example/{name}.go\n```\n", "run")
    assert claims[f"example/{name}.go"].verdict == verdict


@pytest.mark.parametrize(
    ("command", "text", "verdict"),
    [
        ("cd demo/docs", "demo/docs", "true"),  # the clone's, though a package is called so
        ("python main.py", "main.py", "not_judged"),  # ours is main.go
        ("sass docs/main.scss docs/main.css", "docs/main.css", "not_judged"),
        ("./src/calc 1+1", "./src/calc", "not_judged"),  # made of src/calc.c
        ("pytest tests/test_something.py", "tests/test_something.py", "not_judged"),
        ("pip install -r requirements.txt", "requirements.txt", "not_judged"),
        ("bash docs/maek.sh", "docs/maek.sh", "false"),
    ],
)
def test_files_that_may_be_made_or_the_readers(
    checked: Checked, command: str, text: str, verdict: str
) -> None:
    files = {
        "demo/a.py": "", "docs/main.scss": "", "main.go": "", "src/calc.c": "", "tests/test_a.py": "",
        "docs/make.sh": "", "pyproject.toml": '[project]\nname = "demo"\n',
    }  # fmt: skip
    claims = checked(files, page(command), "run", url="https://github.com/acme/demo")
    assert claims[text].verdict == verdict
