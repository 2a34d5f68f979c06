"""Secrets planted where projects leave them: none reaches the store, or what is published of it."""

from __future__ import annotations

import base64
import json
import random
import re
import string
from collections.abc import Mapping
from pathlib import Path

import pytest
from pyarrow import parquet

from moxi_analyzer import redact
from moxi_analyzer.context import MAX_KEY_FILE_CHARS
from moxi_collect.collect import Request, collect
from moxi_collect.filters import Rules
from moxi_collect.sample import Origin, collected, stub
from moxi_collect.sources import Listed
from moxi_collect.worker import Manner
from moxi_core.config import StoreSettings
from moxi_core.records import to_json
from tests.moxi_collect.forge import FILES, README, Forge

_ALNUM = string.ascii_letters + string.digits
_HEX = "0123456789abcdef"
_BASE32 = string.ascii_uppercase + "234567"
_B64 = _ALNUM + "+/"
_draw = random.Random(20)  # noqa: S311


def some(length: int, alphabet: str = _ALNUM) -> str:
    """Characters as a machine draws them: with letters and digits, and no word that marks examples."""
    while True:
        text = "".join(_draw.choices(alphabet, k=length))
        if any(map(str.isdigit, text)) and len(set(text)) > min(7, length // 3):
            return text


def jwt() -> str:
    def part(data: dict[str, str]) -> str:
        return base64.urlsafe_b64encode(json.dumps(data).encode()).decode().rstrip("=")

    head = part({"alg": "HS256", "typ": "JWT"})
    return f"{head}.{part({'sub': some(12), 'name': some(8)})}.{some(43)}"


def pem(line: str) -> str:
    return "\n".join(
        ["-----BEGIN RSA " + "PRIVATE KEY-----", *[line] * 3, "-----END RSA " + "PRIVATE KEY-----"]
    )


# kind -> what makes one; the beginnings stand in pieces, so that no scanner trips over this file.
KINDS: Mapping[str, list[str]] = {
    "aws": ["AK" + "IA" + some(16, _BASE32), some(40, _B64), "/" + some(39, _B64)],
    "github": ["gh" + "p_" + some(36), "github" + "_pat_" + some(22) + "_" + some(59), some(40, _HEX)],
    "slack": ["xo" + "xb-" + some(12, "0123456789") + "-" + some(24),
              "hooks.slack" + ".com/services/T" + some(9, _BASE32) + "/B" + some(9, _BASE32) + "/" + some(24)],
    "stripe": ["sk" + "_live_" + some(24), "rk" + "_live_" + some(99), "wh" + "sec_" + some(32)],
    "openai": ["sk" + "-proj-" + some(48), "sk" + "-" + some(48), "sk" + "-proj-" + some(120)],
    "google": ["AI" + "za" + some(35), "GOC" + "SPX-" + some(28)],
    "npm": ["np" + "m_" + some(36), f"{some(8, _HEX)}-{some(4, _HEX)}-4{some(3, _HEX)}-{some(12, _HEX)}"],
    "pypi": ["py" + "pi-AgEIcHlwaS5vcmc" + some(140), "py" + "pi-AgEIcHlwaS5vcmc" + some(100)],
    "jwt": [jwt(), jwt(), jwt()],
    "pem": [some(64, _B64), some(64, _B64), some(64, _B64), some(64, _B64)],
    "url": [some(16), "Tr0ub4d" + "or&3", "p@" + some(12), some(20)],
    "env": [some(32, _HEX), "S3cr3t" + "Hors3!", "kR9" + "!vb2Q", some(24), some(32), some(28), some(22)],
    "header": [some(40), base64.b64encode(f"admin:{some(12)}".encode()).decode(), some(36)],
}  # fmt: skip


def of(kind: str, number: int) -> str:
    return KINDS[kind][number]


def python_project() -> dict[str, str]:
    """A command line with its secrets in sources, manifests and an example of settings."""
    half = f'settings = {{"a": "{"x, " * 1_978}", "github": "{of("github", 1)}"}}\n'
    assert half.index(of("github", 1)) < MAX_KEY_FILE_CHARS
    assert half.index(of("github", 1)) + 80 > MAX_KEY_FILE_CHARS
    readme = README.format(
        name="secretive",
        more=f"Export `AWS_SECRET_ACCESS_KEY={of('aws', 1)}` and run\n\n"
        f'    curl -H "Authorization: Bearer {of("header", 0)}" https://api.test/v1\n\n'
        f"    secretive --token {of('env', 3)} notes.txt\n\nDeploys use `{of('slack', 0)}`.\n\n"
        f"[Board](https://bob:{of('url', 0)}@board.test/x)\n\n```\n{pem(of('pem', 0))}\n```\n",
    )
    return {
        "README.md": readme,
        "LICENSE": FILES["LICENSE"],
        "pyproject.toml": '[project]\nname = "secretive"\nversion = "1.0"\nlicense = "MIT"\n'
        f'description = "Counts words, {of("stripe", 0)} and all"\n'
        '[project.scripts]\nsecretive = "secretive.cli:main"\n[tool.up]\n'
        f'pypi_token = "{of("pypi", 0)}"\n[project.urls]\n'
        f'Index = "https://up:{of("url", 2)}@index.test/simple"\n',
        "src/secretive/cli.py": "import argparse\nimport os\n\n\ndef main() -> None:\n"
        f'    """Counts; the key is {of("openai", 0)}."""\n'
        "    parser = argparse.ArgumentParser()\n"
        f'    parser.add_argument("--token", default="{of("github", 0)}", help="as {of("google", 0)}")\n'
        f'    parser.add_argument("--api-key", default=os.getenv("WORDS_API_KEY", "{of("env", 4)}"))\n'
        "    parser.parse_args()\n",
        "src/secretive/__init__.py": f'"""Counts words."""\n\napi_key: str = "{of("env", 5)}"\n'
        f'HEADERS = {{"Authorization": "Basic {of("header", 1)}"}}\n',
        "src/secretive/main.py": half,
        "src/secretive/core.py": f'KEY = """{pem(of("pem", 1))}"""\nTOKEN = "{of("jwt", 0)}"\n',
        "Makefile": f"deploy:\n\ttwine upload -u __token__ -p {of('pypi', 1)} dist/*\n",
        "Dockerfile": f"FROM python:3.12\nENV APP_SECRET {of('env', 6)}\n"
        f"ENV GOOGLE_CLIENT_SECRET={of('google', 1)}\n",
        "setup.cfg": f"[aws]\naws_access_key_id = {of('aws', 0)}\naws_secret_access_key = {of('aws', 2)}\n",
    }


def web_project() -> dict[str, str]:
    """A service with its secrets in compose files, workflows, notebooks and dot files."""
    cells = [
        {"cell_type": "code", "source": [f'os.environ["OPENAI_API_KEY"] = "{of("openai", 1)}"\n']},
        {"cell_type": "code", "source": [f'headers = {{"X-Api-Token": "{of("header", 2)}"}}\n']},
        {"cell_type": "code", "source": pem(of("pem", 2)).splitlines(keepends=True)},
    ]
    package = {
        "name": "worded",
        "version": "1.0.0",
        "license": "MIT",
        "bin": {"worded": "src/index.js"},
        "scripts": {
            "start": f"TOKEN={of('jwt', 1)} node src/index.js",
            "deploy": f"npm publish --//registry.test/:_authToken={of('npm', 1)}",
        },
        "repository": f"https://bot:{of('github', 2)}@github.com/owner/worded.git",
    }
    return {
        "README.md": README.format(name="worded", more=""),
        "LICENSE": FILES["LICENSE"],
        "package.json": json.dumps(package, indent=2),
        ".npmrc": f"//registry.npmjs.org/:_authToken={of('npm', 0)}\n",
        ".env.example": f"DB_PASSWORD={of('env', 1)}\nSESSION_SECRET={of('env', 0)}\n"
        f"REDIS_PASSWORD='{of('env', 2)}'\nSTRIPE_HOOK={of('stripe', 2)}\n"
        f"KEY_FILE={base64.b64encode(pem(of('pem', 3)).encode()).decode()}\n",
        "docker-compose.yml": "services:\n  web:\n    image: node:22\n    environment:\n"
        f"      DATABASE_URL: postgres://app:{of('url', 1)}@db:5432/app\n"
        f"      POSTGRES_PASSWORD: {of('env', 1)}\n      STRIPE_KEY: {of('stripe', 1)}\n      SLACK: https://{of('slack', 1)}\n",
        ".github/workflows/ci.yml": "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    env:\n"
        f"      SESSION: {of('jwt', 2)}\n    steps:\n      - run: npm test\n",
        "src/index.js": f"const url = process.env.URL || 'mongodb+srv://root:{of('url', 3)}@c.test'\n"
        f"export const key = '{of('openai', 2)}'\n",
        "notebooks/use.ipynb": json.dumps({"cells": cells, "nbformat": 4}, indent=1),
        "app.ipynb": json.dumps({"cells": cells, "nbformat": 4}, indent=1),
        "main.ipynb": json.dumps({"cells": cells, "nbformat": 4}, indent=1),
    }


PLANTED = sorted({(kind, secret) for kind, all_ in KINDS.items() for secret in all_})


def leaked(text: str) -> list[str]:
    """The secrets of which a text has the first or last third at least."""
    text = text.replace("\\/", "/").replace('\\"', '"')
    found = []
    for kind, secret in PLANTED:
        part = max(8, len(secret) // 3)
        if any(secret[at : at + part] in text for at in (0, len(secret) - part)):
            found.append(f"{kind}: {secret}")
    if base64.b64encode(pem(of("pem", 3)).encode()).decode()[:120] in text:
        found.append("pem: in base64")
    return found


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    forge = Forge(tmp_path / "forge")
    forge.put("owner/secretive", python_project())
    forge.put("owner/worded", web_project())
    return forge


def test_forty_secrets_of_ten_kinds() -> None:
    assert len(PLANTED) >= 40
    assert len(KINDS) >= 10
    whole = "".join([*python_project().values(), *web_project().values()])
    assert len(leaked(whole)) == len(PLANTED), "one is there in base64 only"


def test_no_secret_reaches_store_or_files(forge: Forge, tmp_path: Path) -> None:
    urls = tmp_path / "urls.txt"
    urls.write_text("owner/secretive\nowner/worded\n")
    settings = StoreSettings(data_dir=tmp_path / "data")
    manner = Manner(origin=Origin(forge.base, timeout_s=60), backoff_s=0.1, tries=1)
    request = Request(sources=(str(urls),), manner=manner, jobs=1, rules=Rules(similarity=1.0))
    report = collect(request, settings)
    assert report.outcomes == {"collected": 2}
    assert report.samples == {"": 2}, "as samples that are kept, they are in all files"
    files = [file for file in settings.data_dir.rglob("*") if file.is_file()]
    assert {file.suffix for file in files} >= {".jsonl", ".parquet", ".sqlite3"}
    for file in files:
        assert leaked(file.read_bytes().decode("utf-8", "replace")) == [], file.name
        if file.suffix == ".parquet":
            rows = parquet.read_table(file).to_pylist()
            assert len(rows) == 2
            assert leaked(json.dumps(rows, ensure_ascii=False)) == [], file.name


def test_without_redaction_most_of_them_would(
    forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the other test proves: its secrets stand where a sample is made from."""

    def as_it_is(match: re.Match[str]) -> str:
        return match[0]

    for name in ("_replace_key", "_replace_login", "_replace_assigned", "_replace_passed"):
        monkeypatch.setattr(redact, name, as_it_is)
    monkeypatch.setattr(redact, "_is_secret_default", lambda name, default: False)
    text = ""
    for name in ("secretive", "worded"):
        known = stub(Listed(url=f"https://github.com/owner/{name}", source=""))
        text += to_json(collected(known, Origin(forge.base))[0])
    assert len(leaked(text)) >= 36, "not all: some files are never key files"
