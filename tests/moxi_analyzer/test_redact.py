"""No planted secret survives; ordinary text stays as it is."""

from __future__ import annotations

import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moxi_analyzer.redact import PREFIXED, REDACTED, redact, redact_fact
from moxi_core.records import Evidence, Fact, FactKind, to_json
from tests.effort import little_effort

_ALNUM = string.ascii_letters + string.digits
_HEX = "0123456789abcdef"


def _key(prefix: str, alphabet: str, length: int) -> st.SearchStrategy[str]:
    random = st.text(alphabet, min_size=length, max_size=length)
    return random.filter(lambda s: len(set(s)) > 9 and "xxxx" not in s.lower()).map(prefix.__add__)


_BASE32 = string.ascii_uppercase + "234567"
_SECRETS: dict[str, st.SearchStrategy[str]] = {
    "aws_access_key": _key("AKIA", _BASE32, 16),
    "github": _key("ghp_", _ALNUM, 36),
    "github_fine_grained": _key("github_pat_", _ALNUM, 60),
    "gitlab": _key("glpat-", _ALNUM, 20),
    "slack": _key("xoxb-", _ALNUM, 40),
    "slack_app": _key("xapp-1-", _ALNUM, 40),
    "slack_webhook": _key("hooks.slack.com/services/T0AB12CD3/B0AB12CD3/", _ALNUM, 24),
    "discord_webhook": _key("discord.com/api/webhooks/123456789012345678/", _ALNUM, 60),
    "stripe": _key("sk_live_", _ALNUM, 24),
    "stripe_webhook": _key("whsec_", _ALNUM, 32),
    "anthropic": _key("sk-ant-api03-", _ALNUM, 40),
    "openai": _key("sk-proj-", _ALNUM, 40),
    "openai_legacy": _key("sk-", _ALNUM, 48),
    "google_api": _key("AIza", _ALNUM, 35),
    "google_oauth": _key("GOCSPX-", _ALNUM, 28),
    "google_refresh": _key("ya29.", _ALNUM, 40),
    "npm": _key("npm_", _ALNUM, 36),
    "pypi": _key("pypi-", _ALNUM, 80),
    "rubygems": _key("rubygems_", _HEX, 48),
    "crates": _key("cio", _ALNUM, 32),
    "sendgrid": st.builds("{}.{}".format, _key("SG.", _ALNUM, 22), _key("", _ALNUM, 43)),
    "mailgun": _key("key-", _HEX, 32),
    "twilio": _key("SK", _HEX, 32),
    "digitalocean": _key("dop_v1_", _HEX, 64),
    "hugging_face": _key("hf_", _ALNUM, 34),
    "telegram": _key("123456789:AA", _ALNUM, 33),
    "shopify": _key("shpat_", _HEX, 32),
    "databricks": _key("dapi", _HEX, 32),
    "linear": _key("lin_api_", _ALNUM, 40),
    "notion": _key("ntn_", _ALNUM, 46),
    "sentry": _key("sntrys_", _ALNUM, 60),
    "doppler": _key("dp.pt.", _ALNUM, 43),
    "vault": _key("hvs.", _ALNUM, 30),
    "age": _key("AGE-SECRET-KEY-1", string.ascii_uppercase + string.digits, 58),
    "jwt": st.builds(
        "{}.{}.{}".format, _key("eyJ", _ALNUM, 20), _key("eyJ", _ALNUM, 30), _key("", _ALNUM, 40)
    ),
    "azure_account": _key("AccountKey=", _ALNUM, 86),
    "private_key": _key("", _ALNUM, 64).map(
        lambda body: f"-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----"
    ),
    "private_key_base64": _key("LS0tLS1CRUdJTi", _ALNUM, 80),
}
_FORMS = ('password = "{}"', "token: {}", "API_KEY={}", "'secret' => '{}'", "client_secret := `{}`")
_random = st.text(_ALNUM, min_size=24, max_size=40).filter(
    lambda s: len(set(s)) > 14 and any(c.isdigit() for c in s) and any(c.isalpha() for c in s)
)
_surroundings = st.text(alphabet=" \n.,;()[]{}<>\"'=|äé", max_size=12)
_positions = st.sampled_from(["value", "text", "scope", "path", "detail", "detail key", "default"])


def test_every_pattern_has_a_planted_secret() -> None:
    assert set(_SECRETS) == set(PREFIXED)


def _planted(position: str, text: str) -> Fact:
    fact = Fact(kind="env_var", value="NAME", evidence=Evidence(path="a.py", line=3))
    if position == "value":
        return replace(fact, value=text)
    if position == "text":
        return replace(fact, text=text)
    if position == "scope":
        return replace(fact, scope=text)
    if position == "path":
        return replace(fact, evidence=Evidence(path=text, line=3))
    return replace(fact, detail={text: "x"} if position == "detail key" else {position: text})


@given(st.data(), st.sampled_from(sorted(_SECRETS)), _positions, _surroundings, _surroundings)
def test_no_planted_secret_survives(
    data: st.DataObject, name: str, position: str, before: str, after: str
) -> None:
    secret = data.draw(_SECRETS[name])
    shown = to_json(redact_fact(_planted(position, before + secret + after)))
    body = secret.splitlines()[1] if name == "private_key" else secret
    assert body not in shown


@given(st.sampled_from(_FORMS), _random, _positions)
def test_assigned_random_values_do_not_survive(form: str, secret: str, position: str) -> None:
    if not any(mark in secret.lower() for mark in ("test", "demo", "123456", "abcdef", "0000")):
        shown = to_json(redact_fact(_planted(position, form.format(secret))))
        assert secret not in shown or _marked(secret)


def _marked(secret: str) -> bool:
    """Letters that happen to spell a word that placeholders are known by."""
    words = ("your", "fake", "todo", "xxxx", "change", "sample", "dummy", "insert")
    return any(word in secret.lower() for word in words)


@given(st.text(_ALNUM + "-_", min_size=12, max_size=30).filter(lambda s: len(set(s)) > 6))
def test_passwords_in_urls_do_not_survive(password: str) -> None:
    shown = redact(f"postgres://app:{password}@db.internal:5432/app")
    assert f":{password}@" not in shown or _is_documented(password)


def _is_documented(password: str) -> bool:
    return redact(f"x://u:{password}@h") == f"x://u:{password}@h"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("--token {}", "q8Zr2LmX0vTb7KcY"),
        ("ENV APP_SECRET {}", "q8Zr2LmX0vTb7KcY"),
        ('api_key: str = "{}"', "q8Zr2LmX0vTb7KcY"),
        ('const token: string | null = "{}"', "q8Zr2LmX0vTb7KcY"),
        ('os.getenv("API_KEY", "{}")', "q8Zr2LmX0vTb7KcY"),
        ("ENV['API_KEY'] || '{}'", "q8Zr2LmX0vTb7KcY"),
        ('"source": ["h = {{\\"X-Api-Token\\": \\"{}\\"}}"]', "q8Zr2LmX0vTb7KcY"),
        ('#define API_KEY "{}"', "q8Zr2LmX0vTb7KcY"),
        ("Authorization: Bearer {}", "q8Zr2LmX0vTb7KcY"),
        ("Authorization: Basic {}", "YWRtaW46cThacjJMbVgw"),
        ("aws_secret_access_key = {}", "/whMHB/1h4aPuU8HWdQhDveVfqfQtcboGabQHiti"),
        ("https://up:{}@index.test", "p@q8Zr2LmX"),
        ("POSTGRES_PASSWORD: {}", "Kr4ck3nWave"),
        ("DB_PASSWORD={}", "kR9!vb2Q"),
        ('password = "{}"', "Kr4ck3n!Wave"),
        ("spring.password: {}", "Kr4ck3n!Wave"),
    ],
)
def test_forms_that_secrets_are_written_in(text: str, secret: str) -> None:
    shown = redact(text.format(secret))
    assert shown == text.replace("up:{}", "{}").format(REDACTED)


@pytest.mark.parametrize(
    "text",
    [
        "password = newPassw1",
        "passwordEncoder: PBKDF2WithHmacSHA1",
        "--password-file /run/secrets/db2_password_v1",
        "the token is read or made by oauth2-proxy-8",
        "token: str = Field(default=None)",
        'secret_key: str = "/run/secrets/key1"',
        "basic usage-of-the-v2-api",
        "AKIAIOSFODNN7EXAMPLE",
        "password: changeme",
        'api_key = "your-api-key"',
        "token: ${{ secrets.GITHUB_TOKEN }}",
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "postgres://postgres:postgres@localhost:5432/app",
        "redis://:password@localhost",
        "https://user:<password>@example.org",
        'token = os.environ["API_TOKEN"]',
        "token: process.env.TOKEN_VALUE_2",
        "const apiKey = getApiKey2(options)",
        "tokens: 128000",
        "keyboard: qwertz",
        "commit 3f2a9c1d5e7b8a6f4c2d1e0f9a8b7c6d5e4f3a2b",
        "sha256:28bd5fe8b56d1bd048e5babf5b10710ebe0bae67db86916198a6eec434943f8b",
        "https://github.com/nimbus/weather.git",
        "task-force-on-disk-usage-and-networking-for-2024",
        'if text.startswith("-----BEGIN PRIVATE KEY-----"):',
        "The password is read from the terminal: type it twice.",
        "git@github.com:nimbus/weather.git",
        "npm_config_registry",
        "--token <token>  The access token to use",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    assert redact(text) == text


@given(st.text(alphabet=string.ascii_lowercase + " .,\n", max_size=300))
def test_prose_stays(text: str) -> None:
    assert redact(text) == text


@given(st.text(max_size=400))
def test_redacting_twice_changes_nothing(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@pytest.mark.parametrize(
    ("kind", "name", "default", "kept"),
    [
        ("env_var", "DB_PASSWORD", "s3cr3tPa55", False),
        ("env_var", "API_TOKEN", "abcd", False),
        ("env_var", "SECRET_KEY_BASE", "d41d8cd98f00b204", False),
        ("env_var", "STRIPE_KEY", "9f8e7d6c5b4a3f2e1d0c", False),
        ("option", "--client-secret", "hunter22", False),
        ("env_var", "DB_PASSWORD", "changeme", True),
        ("env_var", "DB_PASSWORD", "postgres", True),
        ("env_var", "TOKEN_TTL", "3600", True),
        ("env_var", "MAX_TOKENS", "4096", True),
        ("env_var", "SORT_KEY", "created_at", True),
        ("env_var", "PASSWORD_FILE", "/run/secrets/password", True),
        ("option", "--key", "ctrl-a", True),
        ("option", "--token-type", "bearer", True),
    ],
)
def test_defaults_of_secret_names(kind: FactKind, name: str, default: str, kept: bool) -> None:
    fact = Fact(kind=kind, value=name, evidence=Evidence(path="a"), detail={"default": default})
    shown = redact_fact(fact)
    assert shown.detail == ({"default": default} if kept else {"secret": "true"})


def test_long_text_takes_little_time() -> None:
    hostile = ("token=" + "a1" * 90 + " ") * 3_000 + "-----BEGIN PRIVATE KEY-----" * 3_000
    with little_effort():
        redact(hostile)


def test_replacement_cannot_be_taken_for_a_value() -> None:
    assert redact('password = "q8Zr2LmX0vTb7KcY"') == f'password = "{REDACTED}"'
