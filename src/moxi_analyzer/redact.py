"""Secrets never leave the repository: keys, tokens and passwords are replaced before use.

What a document plainly means as an example (`AKIAIOSFODNN7EXAMPLE`, `changeme`, `xxxx`) stays.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import replace
from functools import lru_cache

from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

REDACTED = "[redacted]"

# name -> a secret that its own form gives away. No pattern can match across lines but PEM blocks.
PREFIXED: dict[str, str] = {
    "aws_access_key": r"(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])",
    "github": r"gh[pousr]_[A-Za-z0-9]{36,255}",
    "github_fine_grained": r"github_pat_[A-Za-z0-9_]{22,255}",
    "gitlab": r"gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas)-[A-Za-z0-9_-]{20,64}",
    "slack": r"xox[abeoprs]-[A-Za-z0-9-]{10,250}",
    "slack_app": r"xapp-\d-[A-Za-z0-9-]{10,250}",
    "slack_webhook": r"hooks\.slack\.com/services/T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/[A-Za-z0-9]{16,}",
    "discord_webhook": r"discord(?:app)?\.com/api/webhooks/\d{15,}/[A-Za-z0-9_-]{40,}",
    "stripe": r"(?<![A-Za-z0-9])(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,255}",
    "stripe_webhook": r"whsec_[A-Za-z0-9+/=]{24,}",
    "anthropic": r"sk-ant-[A-Za-z0-9_-]{20,255}",
    "openai": r"(?<![A-Za-z0-9])sk-(?:proj-|svcacct-|admin-|or-v1-)[A-Za-z0-9_-]{20,255}",
    "openai_legacy": r"(?<![A-Za-z0-9-])sk-[A-Za-z0-9]{32,64}(?![A-Za-z0-9-])",
    "google_api": r"AIza[A-Za-z0-9_-]{35}",
    "google_oauth": r"GOCSPX-[A-Za-z0-9_-]{20,40}",
    "google_refresh": r"ya29\.[A-Za-z0-9_-]{30,}",
    "npm": r"(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36}",
    "pypi": r"pypi-[A-Za-z0-9_-]{32,}",
    "rubygems": r"rubygems_[a-f0-9]{48}",
    "crates": r"(?<![A-Za-z0-9])cio[A-Za-z0-9]{32}(?![A-Za-z0-9])",
    "sendgrid": r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}",
    "mailgun": r"(?<![A-Za-z0-9])key-[a-f0-9]{32}(?![A-Za-z0-9])",
    "twilio": r"(?<![A-Za-z0-9])(?:SK|AC)[a-f0-9]{32}(?![A-Za-z0-9])",
    "digitalocean": r"do[opr]_v1_[a-f0-9]{64}",
    "hugging_face": r"(?<![A-Za-z0-9])hf_[A-Za-z0-9]{30,40}(?![A-Za-z0-9_])",
    "telegram": r"(?<![A-Za-z0-9])\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])",
    "shopify": r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}",
    "databricks": r"(?<![A-Za-z0-9])dapi[a-f0-9]{32}",
    "linear": r"lin_api_[A-Za-z0-9]{40}",
    "notion": r"(?<![A-Za-z0-9])(?:secret_[A-Za-z0-9]{43}|ntn_[A-Za-z0-9]{40,})(?![A-Za-z0-9])",
    "sentry": r"sntr[yu]s_[A-Za-z0-9_=+/-]{40,}",
    "doppler": r"dp\.(?:pt|st|ct|sa)\.[A-Za-z0-9]{40,44}",
    "vault": r"(?<![A-Za-z0-9])hv[sb]\.[A-Za-z0-9_-]{24,}",
    "age": r"AGE-SECRET-KEY-1[A-Z0-9]{58}",
    # Long ones may have been cut in their second part.
    "jwt": r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]{8,})?",
    "azure_account": r"AccountKey=[A-Za-z0-9+/]{40,}={0,2}",
    "private_key": (
        r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"
        r"(?:(?:[^-]|-(?!--)){0,20000}-----END [A-Z0-9 ]{0,40}-----"
        r"|[\s\\nr\"'+]{0,10}[A-Za-z0-9+/=]{40}[A-Za-z0-9+/=\s\\]{0,20000})"
    ),
    "private_key_base64": r"LS0tLS1CRUdJTi[A-Za-z0-9+/]{40,20000}={0,2}",
}
# Cheap to look for: a text without any of these holds none of the patterns.
_HINT = lazy_pattern(
    r"AKIA|ASIA|ABIA|ACCA|gh[pousr]_|github_pat_|gl[a-z]{2,5}-|xox|xapp-|hooks\.slack|/webhooks/"
    r"|[sr]k_|whsec_|sk-|AIza|GOCSPX|ya29|npm_|pypi-|rubygems_|cio[A-Za-z0-9]|SG\.|key-|SK[a-f0-9]"
    r"|AC[a-f0-9]|_v1_|hf_|:AA|shp[a-z]{2}_|dapi|lin_api_|secret_|ntn_|sntr|dp\.|hv[sb]\.|AGE-SEC"
    r"|eyJ|AccountKey|PRIVATE KEY|LS0tLS1CRUdJTi"
)
_PREFIXED = lazy_pattern("|".join(f"(?:{pattern})" for pattern in PREFIXED.values()))

_URL_LOGIN = lazy_pattern(
    r"(?P<head>[A-Za-z][A-Za-z0-9+.-]{1,30}://)(?P<user>[^\s/:@\"'<>]{0,200})"
    r":(?P<password>[^\s/\"'<>]{1,200})@"  # up to the last @: the password may hold some
)
_CONFIDENTIAL = (
    r"(?:secret|passw(?:or)?d|passphrase|pwd|token|api[_-]?key|access[_-]?key|private[_-]?key"
    r"|auth[_-]?key|account[_-]?key|signing[_-]?key|encryption[_-]?key|master[_-]?key"
    r"|secret[_-]?key(?:[_-]?base)?|app[_-]?key|license[_-]?key|credentials?|client[_-]?secret)"
)
# After the name: how it is closed, its type, and what leads to the value.
_LEADS = (
    r"(?:\\?[\"'`])?[\])]{0,2}"
    r"(?:(?:[ \t]{0,4}:?[ \t]{0,4}(?:str|[Ss]tring|&'?\w{0,8} ?str)(?:[ \t]{0,4}\|[ \t]{0,4}\w{4,9})?)?"
    r"[ \t]{0,8}(?:=>|:=|=|:|\|\||\?\?|\bor\b|,(?=[ \t]{0,8}\\?[\"'`]))[ \t]{0,8}"
    r"|[ \t]{1,8}(?=\\?[\"'`]))"
)
_ASSIGNED = lazy_pattern(
    rf"(?i)(?P<head>(?P<name>{_CONFIDENTIAL}){_LEADS})"
    r"(?:(?P<quote>\\?[\"'`])(?P<quoted>[^\"'`\s]{8,200})(?P=quote)|(?P<bare>[^\s\"'`,;]{8,200}))"
)
# What follows without a sign between: in headers, after options, in Dockerfiles.
_PASSED = lazy_pattern(
    r"(?i)(?:(?P<head>\bbearer[ \t]{1,4}"
    rf"|(?:--[\w-]{{0,40}}|\bENV[ \t]{{1,4}}\w{{0,60}}){_CONFIDENTIAL}[ \t]{{1,8}})"
    r"(?P<value>[^\s\"'`,;<>\\-][^\s\"'`,;<>\\]{7,200})"
    r"|(?P<basic>\bbasic[ \t]{1,4})(?P<login>[A-Za-z0-9+/]{12,200}={0,2})(?![\w.-]))"
)
_PASSED_HINT = lazy_pattern(r"(?i)bearer|basic|--|\bENV\b")
_CHOSEN_NAME = lazy_pattern(r"(?i)passw(?:or)?d|passphrase|pwd")
_ASSIGNED_HINT = lazy_pattern(r"(?i)secret|passw|passphrase|pwd|token|key|credential")
_CONFIDENTIAL_NAME = lazy_pattern(rf"(?i)(?:^|[_.-]|[a-z]){_CONFIDENTIAL}$|^SECRET_|^secret$")
_GENERIC_KEY_NAME = lazy_pattern(r"(?i)[_-](?:key|salt|hash|auth|pass|cert)$")

_EXAMPLE_MARK = lazy_pattern(
    r"(?i)example|x{4,}|\*{3,}|your|change|replace|placeholder|dummy|fake|sample|insert|todo|foobar"
    r"|redacted|\.\.\.|…|<[^>]*>|\$\{|\$[A-Z(]|\{\{|%[A-Za-z_]+%|0{6,}|123456|abcdef"
)
_PLACEHOLDER_WORD = lazy_pattern(
    r"(?i)(?=.*[a-z])(?:my|the|a|some|super|default|test|dev|local|demo|very|not|so)?[\W_]*"
    r"(?:secrets?|passw(?:or)?d|pass|pwd|tokens?|keys?|api[_-]?key|user(?:name)?|admin|root|guest"
    r"|postgres|mysql|test(?:ing)?|demo|foo|bar|baz|none|null|nil|unset|empty|undefined|string)?"
    r"[\W_]*(?:here|key|token|secret|password|value)?\d{0,4}"
)
_HARMLESS = lazy_pattern(
    r"(?i)-?\d{0,6}(?:\.\d+)?[a-z]{0,2}|true|false|yes|no|on|off|none|null|nil|auto"
)
_CODE = lazy_pattern(
    r"[(){}\[\]<>$]|://|^[A-Za-z_]+(?:(?:\.|::|->)[A-Za-z_]\w*)+$|^\.{0,2}/|\.\w{2,5}$"
)
_AWS_SECRET = lazy_pattern(r"[A-Za-z0-9+/]{40}")  # it may begin like a path


def redact(text: str) -> str:
    """The text with every secret replaced by `[redacted]`."""
    if len(text) < 8:
        return text
    if _HINT.search(text):
        text = _PREFIXED.sub(_replace_key, text)
    if "://" in text:
        text = _URL_LOGIN.sub(_replace_login, text)
    if _ASSIGNED_HINT.search(text):
        text = _ASSIGNED.sub(_replace_assigned, text)
    if _PASSED_HINT.search(text):
        text = _PASSED.sub(_replace_passed, text)
    return text


# Keys, scopes, paths and many a value come with hundreds of facts.
_known = lru_cache(maxsize=8_192)(redact)


def redact_fact(fact: Fact) -> Fact:
    """The fact with secrets in all its strings replaced, and no default for what is secret."""
    detail = {_known(key): _known(value) for key, value in fact.detail.items()}
    default = detail.get("default", "")
    if fact.kind in {"env_var", "option", "input"} and _is_secret_default(fact.value, default):
        del detail["default"]
        detail |= {"secret": "true"}
    value, scope, text = map(_known, (fact.value, fact.scope, fact.text))
    path = _known(fact.evidence.path)
    # Next to all facts hold no secret: a copy of each takes longer than the look at it.
    if (value, scope, text, path) != (fact.value, fact.scope, fact.text, fact.evidence.path):
        at = Evidence(path=path, line=fact.evidence.line)
        return replace(fact, value=value, scope=scope, text=text, detail=detail, evidence=at)
    return fact if detail == fact.detail else replace(fact, detail=detail)


def is_placeholder(value: str) -> bool:
    """Whether a reader would see at once that this is no real secret."""
    if _EXAMPLE_MARK.search(value):
        return True
    if len(value) < 200 and _PLACEHOLDER_WORD.fullmatch(value):
        return True
    return len(value) > 5 and len(set(value)) <= 3


def _is_secret_default(name: str, default: str) -> bool:
    if not default or default == REDACTED or _HARMLESS.fullmatch(default):
        return REDACTED in default
    if is_placeholder(default) or default.startswith(("/", "./", "~/")):
        return False
    if _CONFIDENTIAL_NAME.search(name):
        return True
    return bool(_GENERIC_KEY_NAME.search(name)) and _is_random(default)


def _replace_key(match: re.Match[str]) -> str:
    found = match[0]
    if found.startswith("-----BEGIN"):
        return REDACTED if re.search(r"[A-Za-z0-9+/]{16}", found) else found
    # Only marks a person writes: a random key may well hold "123456" or four equal letters.
    if re.search(r"EXAMPLE|(?i:example|x{6,}|your[_-]|placeholder|\*{3,}|\.{3})", found):
        return found
    return found if len(set(found)) <= 8 else REDACTED


def _replace_login(match: re.Match[str]) -> str:
    user, password = match["user"], match["password"]
    if password.isdigit() and len(password) <= 5 and "." in user:
        return match[0]  # host:port before an "@", as in a scoped package's address
    if password == user or is_placeholder(password):
        return match[0]
    return f"{match['head']}{REDACTED}@"


def _replace_assigned(match: re.Match[str]) -> str:
    value = match["quoted"] or match["bare"]
    is_name = bool(_CHOSEN_NAME.fullmatch(match["name"]))
    is_plain = bool(match["quoted"]) or match["name"].isupper()
    if is_placeholder(value) or not (
        _is_random(value) or (is_name and _is_chosen(value, is_plain))
    ):
        return match[0]
    quote = match["quote"] or ""
    return f"{match['head']}{quote}{REDACTED}{quote}"


def _replace_passed(match: re.Match[str]) -> str:
    head, value = match["head"] or match["basic"], match["value"] or match["login"]
    return match[0] if is_placeholder(value) or not _is_random(value) else head + REDACTED


def _is_random(value: str) -> bool:
    """Whether a value looks drawn by a machine: mixed characters, high entropy, no code."""
    if len(value) < 12 or not re.search(r"\d", value) or not re.search(r"[A-Za-z]", value):
        return False
    if _CODE.search(value) and not _AWS_SECRET.fullmatch(value):
        return False
    counts = Counter(value)
    entropy = -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values())
    return entropy >= 3.2


def _is_chosen(value: str, is_plain: bool) -> bool:
    """Whether a value looks like a good password of a person; `is_plain`: it can be no variable."""
    kinds = [bool(re.search(kind, value)) for kind in ("[a-z]", "[A-Z]", r"\d", r"[!@#%^&*+?~]")]
    return sum(kinds) >= 3 and (is_plain or kinds[-1]) and not _CODE.search(value)
