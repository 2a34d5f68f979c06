"""GitHub: workflows, action.yml and funding links."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from moxi_analyzer.formats import Lines, as_dict, as_list, as_str, load_yaml, one_line
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.meta.ci_steps import parsed, triggers
from moxi_analyzer.meta.commands import commands
from moxi_analyzer.repository import Repository, folder_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

# What publishes, by the commands and actions that do it.
_PUBLISHES = lazy_pattern(
    r"pypa/gh-action-pypi-publish|goreleaser/goreleaser-action|softprops/action-gh-release"
    r"|changesets/action|semantic-release|release-drafter|googleapis/release-please-action"
    r"|google-github-actions/release-please-action|ncipollo/release-action|actions/create-release"
    r"|\b(?:npm|yarn|pnpm|cargo|uv|poetry|hatch|flit|lerna|vsce|dart pub|mix hex\.)\s*publish\b"
    r"|\btwine upload\b|\bgem push\b|\bgh release (?:create|upload)\b|\bdotnet nuget push\b"
    r"|\bmvn\b.*\bdeploy\b|\bmaven-release\b|\bpublish(?:Plugin|ToSonatype|ToMavenCentral|AllPub\w+)\b"
)
_PURPOSE_BY_ACTION = (
    (
        "docs",
        re.compile(r"actions/deploy-pages@|peaceiris/actions-gh-pages@|jamesives/github-pages"),
    ),
    (
        "security",
        re.compile(r"github/codeql-action|ossf/scorecard-action|dependency-review-action"),
    ),
    ("security", re.compile(r"zizmorcore/|aquasecurity/trivy-action|snyk/actions|\bcargo audit\b")),
    ("stale", re.compile(r"actions/stale@")),
    ("labels", re.compile(r"actions/labeler@")),
    (
        "deploy",
        re.compile(r"\b(?:fly|flyctl|vercel|netlify|kubectl|helm) (?:deploy|apply|upgrade)\b"),
    ),
)
_PURPOSE_BY_NAME = (
    ("release", re.compile(r"release|publish")),
    ("deploy", re.compile(r"deploy")),
    ("docs", re.compile(r"\bdocs?\b|pages|documentation")),
    ("security", re.compile(r"codeql|security|audit|scorecard")),
    ("test", re.compile(r"\btests?\b|\bci\b")),
    ("lint", re.compile(r"lint|format|spell|typos")),
    ("build", re.compile(r"build")),
)
_MAX_USES = 100
_IMPORTANCE = ("test", "lint", "typecheck", "format", "build", "docs")
_FUNDING = {
    "github": "https://github.com/sponsors/{}",
    "patreon": "https://www.patreon.com/{}",
    "open_collective": "https://opencollective.com/{}",
    "ko_fi": "https://ko-fi.com/{}",
    "liberapay": "https://liberapay.com/{}",
    "tidelift": "https://tidelift.com/funding/github/{}",
    "issuehunt": "https://issuehunt.io/r/{}",
    "polar": "https://polar.sh/{}",
    "buy_me_a_coffee": "https://www.buymeacoffee.com/{}",
    "thanks_dev": "https://thanks.dev/{}",
    "community_bridge": "https://funding.communitybridge.org/projects/{}",
}


def _workflow(repo: Repository, path: str) -> Iterator[Fact]:
    text = repo.text(path) or ""
    document = dict(parsed(text))
    events = triggers(document)
    if not events or not as_dict(document.get("jobs")):
        return
    file = path.rpartition("/")[2]
    name = one_line(as_str(document.get("name"))) or file
    detail = {"file": file, "triggers": ", ".join(events)}
    purpose = _purpose(document, text, f"{name} {file}".lower())
    if purpose:
        detail["purpose"] = purpose
    line = Lines(text).find(r"^name\s*:") or 1
    yield Fact(kind="workflow", value=name, evidence=Evidence(path=path, line=line), detail=detail)


def _purpose(document: dict[str, Any], text: str, label: str) -> str:
    """What a workflow is for, by what it runs; by its name only where that tells nothing."""
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    events = triggers(document)
    if _PUBLISHES.search(code):
        return "release"
    for purpose, pattern in _PURPOSE_BY_ACTION:
        if pattern.search(code.lower()):
            return purpose
    if "schedule" in events and "nightly" in label:
        return "nightly"
    found: Counter[str] = Counter()
    for job in as_dict(document.get("jobs")).values():
        for item in as_list(as_dict(job).get("steps")):
            run = re.sub(r"\$\{\{[^}]*\}\}", "", as_str(as_dict(item).get("run")))
            found.update(command.purpose for command in commands(run))
    for purpose in _IMPORTANCE:
        if found[purpose]:
            return purpose
    return next((purpose for purpose, pattern in _PURPOSE_BY_NAME if pattern.search(label)), "")


def _action(repo: Repository, path: str) -> Iterator[Fact]:
    text = repo.text(path) or ""
    document = as_dict(load_yaml(text))
    runs = as_str(as_dict(document.get("runs")).get("using"))
    name = one_line(as_str(document.get("name")))
    if not runs or not name or path.startswith(".github/"):
        return  # an action for the project's own workflows is not for its users
    lines, scope = Lines(text), folder_of(path)
    description = one_line(as_str(document.get("description")))
    slug = _slug(repo)
    used_as = f"{slug}/{scope}".rstrip("/") if slug else name
    place = Evidence(path=path, line=lines.find(r"^name\s*:") or 1)
    detail = {"ecosystem": "github_action", "runs": runs}
    if used_as != name:
        detail["title"] = name
    ref = _ref(repo, slug) if not scope else ""
    if ref:
        detail["ref"] = ref
    yield Fact(
        kind="package", value=used_as, evidence=place, scope=scope, text=description, detail=detail
    )
    if description:
        line = lines.find(r"^description\s*:") or 1
        yield Fact(
            kind="description",
            value=description,
            evidence=Evidence(path=path, line=line),
            scope=scope,
            detail={"from": "action"},
        )
    yield from _parameters(document, lines, path)


def _ref(repo: Repository, slug: str) -> str:
    """The version that the repository's own workflows and examples use the action by; "" if none."""
    if not slug:
        return ""
    uses = re.compile(rf"uses:\s*[\"']?{re.escape(slug)}@(v\d+(?:\.\d+)*)\b")
    paths = (p for p in repo.files if p.endswith((".yml", ".yaml")))
    found: Counter[str] = Counter()
    for path in list(paths)[:_MAX_USES]:
        found.update(uses.findall(repo.text(path) or ""))
    return max(
        found, key=lambda ref: ([int(n) for n in ref[1:].split(".")], found[ref]), default=""
    )


def _parameters(document: dict[str, Any], lines: Lines, path: str) -> Iterator[Fact]:
    for kind, section in (("input", "inputs"), ("output", "outputs")):
        line = lines.find(rf"^{section}\s*:") or 1
        for name, raw in as_dict(document.get(section)).items():
            given = as_dict(raw)
            if as_str(given.get("deprecationMessage")):
                continue
            line = lines.find(rf"^\s+[\"']?{re.escape(name)}[\"']?\s*:", line) or line
            detail = {}
            if kind == "input" and given.get("default") is not None:
                detail["default"] = _plain(given["default"])
            if kind == "input" and given.get("required") in (True, "true"):
                detail["required"] = "true"
            yield Fact(
                kind="input" if kind == "input" else "output",
                value=name,
                evidence=Evidence(path=path, line=line),
                scope=folder_of(path),
                text=one_line(as_str(given.get("description"))),
                detail={key: value for key, value in detail.items() if value},
            )


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return one_line(as_str(value))


def _slug(repo: Repository) -> str:
    found = re.search(r"github\.com[/:]([\w.-]+)/([\w.-]+?)(?:\.git)?/?$", repo.url)
    return f"{found[1]}/{found[2]}" if found else ""


def _funding(repo: Repository, path: str) -> Iterator[Fact]:
    text = repo.text(path) or ""
    lines = Lines(text)
    for platform, raw in as_dict(load_yaml(text)).items():
        line = lines.find(rf"^\s*{re.escape(platform)}\s*:") or 1
        for account in raw if isinstance(raw, list) else [raw]:
            url = _funding_url(platform, as_str(account))
            if url:
                yield Fact(
                    kind="link",
                    value=url,
                    evidence=Evidence(path=path, line=line),
                    text="Sponsor",
                    detail={"rel": "funding"},
                )


def _funding_url(platform: str, account: str) -> str:
    if platform == "custom":
        if re.fullmatch(r"https?://\S+", account):
            return account
        return f"https://{account}" if re.fullmatch(r"[\w-]+(\.[\w-]+)+(/\S*)?", account) else ""
    known = platform in _FUNDING and re.fullmatch(r"[\w@./+-]+", account)
    return _FUNDING[platform].format(account) if known else ""


MANIFESTS: tuple[Manifest, ...] = (
    manifest(r"[^/]+\.ya?ml", _workflow, folder=r"\.github/workflows/"),
    manifest(r"action\.ya?ml", _action),
    manifest(r"FUNDING\.ya?ml", _funding, folder=r"(?:\.github/|docs/)?"),
)
