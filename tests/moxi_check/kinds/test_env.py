"""Environment variables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from moxi_check import Claim, check_readme

Checked = Callable[..., dict[str, Claim]]

FILES = {
    "pyproject.toml": '[project]\nname = "demo"\n',
    "demo/settings.py": (
        'import os\n\nHOST = os.environ.get("DEMO_HOST", "localhost")\nPORT = os.environ["DEMO_PORT"]\n'
        'KEY = os.getenv("ACME_API_KEY")\n'
    ),
    "docs/old.md": "Set `DEMO_LEGACY`.\n",
    "Dockerfile": "FROM scratch\nARG BUILD_REVISION\n",
}


@pytest.mark.parametrize(
    ("page", "text", "verdict"),
    [
        ("Set `DEMO_HOST`.", "DEMO_HOST", "true"),
        ("Set `$DEMO_HOST`.", "DEMO_HOST", "true"),
        ("```sh\nexport DEMO_PORT=80\n```", "DEMO_PORT", "true"),
        ("```sh\nDEMO_PORT=80 demo\n```", "DEMO_PORT", "true"),
        ("```sh\ndocker run -e DEMO_PORT demo\n```", "DEMO_PORT", "true"),
        ("```env\nDEMO_PORT=80\n```", "DEMO_PORT", "true"),
        ("Pass `BUILD_REVISION`.", "BUILD_REVISION", "true"),
        ("Put it in `$DEMO_FOLDER/demo.toml`.", "DEMO_FOLDER", "false"),
        ("```sh\nexport DEMO_ADDRESS=::\n```", "DEMO_ADDRESS", "false"),
        ("```sh\nexport ACME_API=x\n```", "ACME_API", "false"),  # the beginning of one
        ("The environment variable `DEMO_PROT`.", "DEMO_PROT", "false"),
        ("```sh\nexport OTHER_FOLDER=x\n```", "OTHER_FOLDER", "not_judged"),
        ("`DEMO_HOST` (their native variable is `DEMO_PROT`).", "DEMO_PROT", "not_judged"),
        ("`DEMO_HOST` (native: `DEMO_PROT`).", "DEMO_PROT", "not_judged"),
        ("It is native. Set the variable `DEMO_PROT`.", "DEMO_PROT", "false"),
        ("Set the upstream address, the variable is `DEMO_PROT`.", "DEMO_PROT", "false"),
        ("```sh\nexport GITHUB_TOKEN=x\n```", "GITHUB_TOKEN", "not_judged"),
        ("The constant `DEMO_MAXIMUM`.", "DEMO_MAXIMUM", "not_judged"),
        ("Set `DEMO_LEGACY`.", "DEMO_LEGACY", "not_judged"),
        ("```python\nDEMO_ADDRESS = 1\n```", "DEMO_ADDRESS", None),
        ("Set `NAME`.", "NAME", None),
    ],
)
def test_variables(checked: Checked, page: str, text: str, verdict: str | None) -> None:
    claim = checked(FILES, f"# Demo\n\n{page}\n", "env_var").get(text)
    assert (claim.verdict if claim else None) == verdict


def test_names_made_of_a_prefix_are_not_judged(checked: Checked) -> None:
    code = "class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='DEMO_')\n    address: str\n"
    page = "# Demo\n\n```sh\nexport DEMO_ADDRESS=::\n```\n"
    claims = checked({**FILES, "demo/more.py": code}, page, "env_var")
    assert claims["DEMO_ADDRESS"].verdict != "false"


def test_a_slip_is_mended(checked: Checked) -> None:
    claim = checked(FILES, "# Demo\n\n```sh\nexport DEMO_HOTS=x\n```\n", "env_var")["DEMO_HOTS"]
    assert (claim.suggestion, claim.certain) == ("DEMO_HOST", True)


@pytest.mark.parametrize(
    ("code", "text", "verdict"),
    [
        ("DEMO_TAG=$(curl -s example.com)\nwget example.com/${DEMO_TAG}.deb", "DEMO_TAG", None),
        ("export DEMO_TAG=1\ndemo run", "DEMO_TAG", "false"),
        ("DEMO_TAG=1 demo run $DEMO_TAG", "DEMO_TAG", "false"),  # set for the program
    ],
)
def test_what_a_block_sets_for_its_own_lines(
    checked: Checked, code: str, text: str, verdict: str | None
) -> None:
    claim = checked(FILES, f"# Demo\n\n```sh\n{code}\n```\n", "env_var").get(text)
    assert (claim.verdict if claim else None) == verdict


def test_variables_of_other_programs_beside_known_ones(checked: Checked) -> None:
    code = "import os\n\nA = os.environ['DOCKER_HOST']\nB = os.environ['DOCKER_CONFIG']\n"
    page = "# Demo\n\n```sh\nDOCKER_HOST=a DOCKER_API_VERSION=1 demo\nDOCKER_HSOT=a demo\n```\n"
    claims = checked({**FILES, "demo/docker.py": code}, page, "env_var")
    verdicts = [claims[n].verdict for n in ("DOCKER_HOST", "DOCKER_API_VERSION", "DOCKER_HSOT")]
    assert verdicts == ["true", "not_judged", "false"]


def test_a_variable_beside_a_link_to_another_project(checked: Checked) -> None:
    page = "# Demo\n\nWith [more](https://github.com/acme/demo-more) set `DEMO_AUTO=1`.\n\nSet `DEMO_AUTOS=1`.\n"
    claims = checked(FILES, page, "env_var", url="https://github.com/demo/demo")
    assert (claims["DEMO_AUTO"].verdict, claims["DEMO_AUTOS"].verdict) == ("not_judged", "false")


def test_a_name_without_our_own_word_before_it(checked: Checked) -> None:
    files = {
        "app.py": "import os\nos.environ['DEMO_PROXY_USER_NAME']\nos.environ['DEMO_MODE']\n",
    }
    claim = checked(files, "Set `PROXY_USER_NAME`, or `DEMO_MODE`.\n", "env_var")["PROXY_USER_NAME"]
    assert (claim.verdict, claim.suggestion) == ("false", "DEMO_PROXY_USER_NAME")


def test_a_unit_of_systemd_sets_variables(checked: Checked) -> None:
    files = {"app.py": "import os\nos.environ['DEMO_MODE']\nos.environ['DEMO_PROXY_TYPE']\n"}
    page = "```ini\n[Service]\nEnvironment=DEMO_MODE=1\nEnvironment=PROXY_TYPE=http\n```\n"
    assert checked(files, page, "env_var")["PROXY_TYPE"].suggestion == "DEMO_PROXY_TYPE"


@pytest.mark.parametrize(
    ("path", "code", "verdict"),
    [
        ("a.js", "Object.keys(process.env).filter(k => /^demo_/i.test(k))\n", "not_judged"),
        ("a.go", 'for _, e := range os.Environ() {\n\tstrings.HasPrefix(e, "DEMO_")\n}\n', "not_judged"),
        ("a.py", 'x = [k for k in os.environ if k.startswith("DEMO_")]\n', "not_judged"),
        ("a.py", 'x = [k for k in os.environ if k.startswith("OTHER_")]\n', "false"),
        ("a.py", 'x = [k for k in headers if k.startswith("DEMO_")]\n', "false"),
    ],
)  # fmt: skip
def test_a_prefix_may_be_read_as_a_whole(
    checked: Checked, path: str, code: str, verdict: str
) -> None:
    page = "```sh\nexport DEMO_HIDDEN=1\n```\n"
    assert checked({**FILES, path: code}, page, "env_var")["DEMO_HIDDEN"].verdict == verdict


@pytest.mark.parametrize(
    ("tool", "verdict"),
    [("https://github.com/acme/demox", "not_judged"), ("https://github.com/acme/x", "false")],
)
def test_what_is_set_for_a_tool_of_others_is_theirs(
    checked: Checked, tool: str, verdict: str
) -> None:
    page = f"See [it]({tool}).\n\nSet `DEMO_PRIVATE=1`.\n\n```sh\nDEMO_PRIVATE=1 demox run -- app\n```\n"
    assert checked(FILES, page, "env_var")["DEMO_PRIVATE"].verdict == verdict


@pytest.mark.parametrize(
    ("name", "verdict"),
    [("PYENV_ROOT", "true"), ("PYENV_FOLDER", "false"), ("RBENV_FOLDER", "not_judged")],
)
def test_our_own_name_is_no_other_program(checked: Checked, name: str, verdict: str) -> None:
    files = {"libexec/init": "#!/bin/sh\necho ${PYENV_ROOT:-here}\necho ${RBENV_ROOT:-there}\n"}
    page = f"# Pyenv\n\nThe environment variable `{name}`, `PYENV_ROOT` or `RBENV_ROOT`.\n"
    claim = checked(files, page, "env_var", url="https://github.com/pyenv/pyenv")[name]
    assert claim.verdict == verdict


_LISTED = {
    "app.py": "import os\n" + "".join(f"os.environ['{n}_IT']\n" for n in ("RUN", "SEE", "TAKE"))
}


@pytest.mark.parametrize(
    ("names", "verdict"),
    [
        (("RUN_IT", "SEE_IT", "TAKE_IT", "LOSE_IT"), "false"),
        (("RUN_IT", "SEE_IT", "LOSE_IT"), "not_judged"),  # too few to tell
        (("RUN_IT", "SEE_IT", "TAKE_IT", "LOSE_IT", "MISS_IT"), "not_judged"),
        (("RUN_IT", "SEE_IT", "TAKE_IT", "AWS_IT"), "not_judged"),
    ],
)
def test_the_only_one_of_a_list_that_the_code_does_not_know(
    checked: Checked, names: tuple[str, ...], verdict: str
) -> None:
    lines = "".join(f"- `{name}` - words on it,\n  and more\n" for name in names)
    page = f"# Demo\n\n## Environment variables\n\n{lines}"
    claims = checked(_LISTED, page, "env_var")
    assert claims[names[-1]].verdict == verdict
    rows = "".join(f"| `{name.lower()}` | `{name}` | of a column |\n" for name in names)
    table = f"# Demo\n\n| key | variable | |\n|---|---|---|\n{rows}"
    claims = checked(_LISTED, table, "env_var")
    assert claims[names[-1]].verdict == verdict


def test_a_list_of_other_things_is_no_list_of_variables(checked: Checked) -> None:
    lines = "".join(f"- `{name}_IT` - words\n" for name in ("RUN", "SEE", "TAKE", "LOSE"))
    claims = checked(_LISTED, f"# Demo\n\n## Events\n\n{lines}", "env_var")
    assert claims["LOSE_IT"].verdict == "not_judged"


@pytest.mark.parametrize(
    "code", ["'DEMO_COLOR_%s' % key", "f'DEMO_COLOR_{key}'", '"DEMO_COLOR_" + key']
)
def test_variables_whose_names_are_made_from_a_prefix(checked: Checked, code: str) -> None:
    files = {
        "app.py": f"import os\nos.environ['DEMO_ONE'], os.environ['DEMO_TWO']\nos.getenv({code})\n"
    }
    page = "```sh\nexport DEMO_COLOR_RED=1\nexport DEMO_SHADE=1\n```\n"
    claims = checked(files, page, "env_var")
    assert claims["DEMO_COLOR_RED"].verdict == "not_judged"
    assert claims["DEMO_SHADE"].verdict == "false"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("entrypoint.sh", '#!/bin/sh\nif [ -n "${DEMO_SETUP:-}" ]; then eval "$DEMO_SETUP"; fi\n'),
        ("build.config.script", 'case os:getenv("DEMO_SETUP") of\n'),
        ("server/.env.sample", "DEMO_SETUP=1\n"),
        ("Dockerfile", 'FROM scratch\nENV DEMO_SETUP=""\n'),
        ("docker-compose.yml", "services:\n  a:\n    environment:\n      - DEMO_SETUP=1\n"),
    ],
)
def test_a_slip_of_what_some_file_reads_or_sets(checked: Checked, path: str, code: str) -> None:
    page = "```sh\ndocker run -e DEMO_SETUPS=1 demo\n```\n"
    claim = checked({path: code}, page, "env_var", strict=False)["DEMO_SETUPS"]
    assert (claim.verdict, claim.suggestion) == ("false", "DEMO_SETUP")
    assert claim.evidence is not None
    assert claim.evidence.path == path


def test_what_code_only_calls_so_is_no_variable_to_be_meant(checked: Checked) -> None:
    files = {"app.py": "DEMO_SETUP = 1\n"}
    page = "```sh\ndocker run -e DEMO_SETUPS=1 demo\n```\n"
    claims = checked(files, page, "env_var", strict=False)
    assert claims["DEMO_SETUPS"].verdict == "not_judged"


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("DATABASE_ENDPOINT", "false"),  # the same in another word
        ("DATABASE_URLS", "false"),
        ("DATABASE_OWNER", "not_judged"),  # something else, maybe of the image
        ("KEYCLOAK_URL", "not_judged"),
        ("POSTGRES_ENDPOINT", "not_judged"),
    ],
)
def test_the_same_in_another_word(checked: Checked, name: str, verdict: str) -> None:
    files = {"config.js": "a(process.env.DATABASE_URL, process.env.POSTGRES_URL)\n"}
    page = f"If you use your own database, edit `{name}` in `server/.env`.\n"
    claim = checked(files, page, "env_var", strict=False)[name]
    assert claim.verdict == verdict


def test_variables_around_tell_that_one_is_of_the_environment(checked: Checked) -> None:
    files = {
        "config.js": "a(process.env.SECRET_KEY, process.env.BASE_PATH, process.env.SITE_NAME)\n"
    }
    page = "Edit `SECRET_TOKEN`.\\\nEdit `BASE_PATH`.\\\n{}\n"
    known = checked(files, page.format("Edit `SITE_NAME`."), "env_var", strict=False)
    assert known["SECRET_TOKEN"].suggestion == "SECRET_KEY"
    few = checked(files, page.format(""), "env_var", strict=False)
    assert few["SECRET_TOKEN"].verdict == "not_judged"


def test_the_beginning_of_a_variable(checked: Checked) -> None:
    files = {"tool": "#!/usr/bin/env python3\nimport os\nos.getenv('HIDE_LONG_ADDRESSES')\n"}
    page = "Set the environment variable `HIDE_LONG`.\n"
    assert checked(files, page, "env_var")["HIDE_LONG"].suggestion == "HIDE_LONG_ADDRESSES"
    page = "All environment variables that begin with `HIDE_LONG`.\n"
    assert checked(files, page, "env_var")["HIDE_LONG"].verdict == "not_judged"


def test_a_slip_is_no_flag_of_a_compiler(checked: Checked) -> None:
    files = {"build.config.script": 'case os:getenv("DEMO_USE_SYSTEM") of\n'}
    page = "Compile with the `{}` environment flag.\n"
    slip = checked(files, page.format("DEMO_USE_SYSTEMS"), "env_var")["DEMO_USE_SYSTEMS"]
    assert slip.verdict == "false"
    other = checked(files, page.format("DEMO_USE_THREADS"), "env_var")["DEMO_USE_THREADS"]
    assert other.verdict == "not_judged"


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "AWS_REGION", "AWS_PROFILES"])
def test_variables_of_others_that_are_like_one_in_a_file(checked: Checked, name: str) -> None:
    files = {
        "app.py": "import os\nos.environ['HTTP_PROXY']\n",
        "deploy/prod.env": "AWS_REGION_NAME=eu\nAWS_PROFILE=a\n",
    }
    claims = checked(files, f"```sh\nexport {name}=x\n```\n", "env_var", strict=False)
    assert claims[name].verdict == "not_judged"


def test_names_are_made_of_settings_that_stand_near_the_prefix(checked: Checked) -> None:
    settings = "class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='DEMO_')\n    address: str\n"
    files = {**FILES, "demo/settings.py": settings, "web/routes.py": "hostname = 'x'\n"}
    page = "# Demo\n\n```sh\nexport DEMO_ADDRESS=::\nexport DEMO_HOSTNAME=x\n```\n"
    claims = checked(files, page, "env_var")
    assert claims["DEMO_ADDRESS"].verdict == "not_judged"
    assert claims["DEMO_HOSTNAME"].verdict == "false"


def test_settings_in_a_block_of_ini(checked: Checked) -> None:
    page = "# Demo\n\n```dosini\n# where\n#DEMO_HOTS=x\n```\n"
    assert checked(FILES, page, "env_var")["DEMO_HOTS"].verdict == "false"


ACTION = {
    "action.yml": "name: demo\nruns:\n  using: docker\n  image: Dockerfile\n",
    "run.sh": 'test -n "$FIREBASE_TOKEN" && title=$(get RELEASE_TITLE_TEXT)\n',
}


@pytest.mark.parametrize(
    ("uses", "name", "verdict"),
    [
        ("acme/demo@v1", "FIREBASE_TOKENS", "false"),
        ("acme/demo@v1", "FIREBASE_TOKEN", "true"),
        ("acme/demo@v1", "TITLE_TEXT", "false"),  # of RELEASE_TITLE_TEXT, which the page shows
        ("other/tool@v1", "TITLE_TEXT", "not_judged"),
        ("other/tool@v1", "FIREBASE_TOKENS", "not_judged"),
    ],
)
def test_what_a_step_gives_to_our_action(
    checked: Checked, uses: str, name: str, verdict: str
) -> None:
    page = f"# Demo\n\n```yaml\n- uses: {uses}\n  with:\n    a: b\n  env:\n    {name}: x\n```\n"
    url = "https://github.com/acme/demo"
    shown = "Needs `FIREBASE_TOKEN`, takes `RELEASE_TITLE_TEXT`.\n"
    assert checked(ACTION, page + shown, "env_var", url)[name].verdict == verdict


@pytest.mark.parametrize(
    ("steps", "name"),
    [
        ("- uses: acme/demo@v1\n- run: deploy\n  env:\n    {}: x\n", "FIREBASE_TOKENS"),
        ("- uses: acme/demo@v1\nenv:\n  {}: x\n", "FIREBASE_TOKENS"),
        ("- uses: acme/demo@v1\n  env:\n    {}: x\n", "FIREBASE_ACCOUNT_ID"),  # an SDK reads it
    ],
)
def test_what_other_steps_are_given(checked: Checked, steps: str, name: str) -> None:
    files = {**ACTION, "more.sh": 'echo "$FIREBASE_TOKEN" "$FIREBASE_REGION"\n'}
    page = f"# Demo\n\nNeeds `FIREBASE_TOKEN`.\n\n```yaml\n{steps.format(name)}```\n"
    claims = checked(files, page, "env_var", "https://github.com/acme/demo")
    assert claims[name].verdict == "not_judged"


def test_a_variable_of_make_in_another_word(checked: Checked) -> None:
    files = {"Makefile": "install:\n\tcp demo $(INSTALL_PREFIX)/bin\n"}
    page = "# Demo\n\n```sh\nmake install SETUP_PREFIX=/opt\n```\n"
    claim = checked(files, page, "env_var", strict=False)["SETUP_PREFIX"]
    assert (claim.verdict, claim.suggestion) == ("false", "INSTALL_PREFIX")


def test_a_prefix_and_a_key_in_quotes_are_read_together(checked: Checked) -> None:
    code = (
        'package demo\n\nfunc setup() {\n\tviper.SetEnvPrefix("demo")\n\tviper.AutomaticEnv()\n'
        '\tviper.BindEnv("apiKey", "DEMO_API_KEY")\n}\n'
    )
    page = "# Demo\n\nSet `DEMO_API_KEY`, or `DEMO_APIKEY`, never `DEMO_API_KYE`, in the environment.\n"
    claims = checked({"go.mod": "module example.org/demo\n", "demo.go": code}, page, "env_var")
    verdicts = [claims[f"DEMO_{key}"].verdict for key in ("API_KEY", "APIKEY", "API_KYE")]
    assert verdicts == ["true", "not_judged", "false"]


def test_what_is_not_used_yet_is_not_judged(checked: Checked) -> None:
    page = "# Demo\n\n- `DEMO_HOST`\n- `DEMO_PORT`\n- `DEMO_PROT` (not used yet)\n"
    assert checked(FILES, page, "env_var")["DEMO_PROT"].verdict == "not_judged"


def test_a_dependency_reads_variables_of_its_own(checked: Checked) -> None:
    manifest = '[project]\nname = "demo"\nversion = "1"\ndependencies = ["sendlib"]\n'
    code = 'import os\n\nKEY = os.environ["SENDLIB_AUTH_KEY"]\nHOST = os.environ["DEMO_HOST"]\n'
    page = "# Demo\n\n```sh\nexport SENDLIB_AUTH=x\nexport DEMO_HOTS=x\n```\n"
    claims = checked({"pyproject.toml": manifest, "demo/__init__.py": code}, page, "env_var")
    assert claims["SENDLIB_AUTH"].verdict == "not_judged"
    assert claims["DEMO_HOTS"].verdict == "false"


def test_variables_of_a_project_named_after_a_dependency_are_its_own(tmp_path: Path) -> None:
    root = tmp_path / "sendlib-exporter"
    root.mkdir()
    (root / "pyproject.toml").write_text(
        '[project]\nname = "sendlib-exporter"\nversion = "1"\ndependencies = ["sendlib"]\n', "utf-8"
    )
    (root / "main.py").write_text(
        'import os\n\nA = os.environ["SENDLIB_EXPORTER_BROKER"]\nB = os.environ["SENDLIB_EXPORTER_PORT_NUMBER"]\n',
        "utf-8",
    )
    (root / "README.md").write_text("# X\n\n```sh\nexport SENDLIB_EXPORTER_PORT=1\n```\n", "utf-8")
    claims = {claim.text: claim for claim in check_readme(root, kinds=["env_var"]).claims}
    assert claims["SENDLIB_EXPORTER_PORT"].verdict == "false"


@pytest.mark.parametrize(
    ("page", "name", "suggestion"),
    [
        ("Set the `DEMO_NO_ALLIASES` flag.", "DEMO_NO_ALLIASES", "DEMO_NO_ALIASES"),
        ("Set the `DEMO_NO_ALIASE` flag.", "DEMO_NO_ALIASE", ""),  # one of several may be
        ("Set the `DEMO_NO_COLORS` flag.", "DEMO_NO_COLORS", ""),
        (
            "```sh\nexport DEMO_HUB=x\n```\n\nIt reads `DEMO_HUB_TOKEN`.",
            "DEMO_HUB",
            "DEMO_HUB_TOKEN",
        ),
        (
            "- `DEMO_NO_ALIASES`: none\n- `DEMO_ROOT`: where\n- `STAGE_CLOSED`: what",
            "STAGE_CLOSED",
            "DEMO_STAGE_CLOSED",
        ),
        (
            "- `DEMO_NO_ALIASES`: none\n- `DEMO_ROOT`: where\n\nThe image has a `STAGE_CLOSED` of its own.",
            "STAGE_CLOSED",
            "",
        ),
        ("Set `STAGE_CLOSED`.", "STAGE_CLOSED", ""),
    ],
)
def test_a_part_or_a_slip_of_one_that_is_read(
    checked: Checked, page: str, name: str, suggestion: str
) -> None:
    files = {
        "demo.py": "import os\nos.environ['DEMO_NO_ALIASES'], os.environ['DEMO_ROOT']\n"
        "os.environ['DEMO_STAGE_CLOSED']\n",
        "Main.cs": 'class Main { const string Token = "DEMO_HUB_TOKEN"; }\n',
    }
    claim = checked(files, f"# Demo\n\n{page}\n", "env_var", strict=False)[name]
    assert (claim.suggestion if claim.verdict == "false" else "") == suggestion


@pytest.mark.parametrize(
    ("page", "name"),
    [
        (
            "- `DEMO_GITHUB_TOKEN`: a key\n- `DEMO_LOG_LEVEL`: how much\n\nElse `GITHUB_TOKEN` is used.",
            "GITHUB_TOKEN",
        ),
        ("```sh\nexport GRAAL_JAVA_HOME=/x\nexport JAVA_HOME=/y\n```", "JAVA_HOME"),
        ("```sh\nexport DEMO_GITHUB_TOKEN=$HUB_TOKEN\n```", "HUB_TOKEN"),
    ],
)
def test_the_end_of_one_of_ours_may_be_another_programs(
    checked: Checked, page: str, name: str
) -> None:
    files = {
        "demo.py": "import os\nos.environ['DEMO_GITHUB_TOKEN'], os.environ['DEMO_LOG_LEVEL']\n",
        "compose.yml": "services:\n  a:\n    environment:\n      GRAAL_JAVA_HOME: /x\n",
    }
    assert checked(files, f"# Demo\n\n{page}\n", "env_var", strict=False)[name].verdict != "false"


@pytest.mark.parametrize(
    ("page", "text", "verdict"),
    [
        ("export ACME_API_KEY=x", "ACME_API_KEY", "not_judged"),  # the SDK of acme reads it
        ("docker run -e QUEUE_DEFAULT_USER=x queue:3", "QUEUE_DEFAULT_USER", "not_judged"),
        ("docker run -e QUEUE_DEFAULT_USER=x acme/demo", "QUEUE_DEFAULT_USER", "false"),
        (
            "curl https://demo.example/x | QUEUE_DEFAULT_USER=x sh",
            "QUEUE_DEFAULT_USER",
            "not_judged",
        ),
    ],
)
def test_variables_that_others_read(checked: Checked, page: str, text: str, verdict: str) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "demo"\ndependencies = ["langchain-acme"]\n',
        "demo.py": (
            "import os\nA = os.environ['ACME_INDEX']\nB = os.environ['ACME_SPACE']\n"
            "C = os.environ['QUEUE_USER']\nD = os.environ['QUEUE_HOST']\n"
        ),
    }
    page = f"# Demo\n\n```sh\n{page}\n```\n"
    assert (
        checked(files, page, "env_var", url="https://github.com/acme/demo")[text].verdict == verdict
    )
