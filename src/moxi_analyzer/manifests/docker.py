"""Dockerfiles: what the final stage is built on, exposes and lets its users set.

An `image` fact has the path of its Dockerfile as value; names under which images are published
come from the workflows that push them (`from: workflow`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from moxi_analyzer.formats import Lines, as_dict, as_list, as_str, one_line
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.meta.ci_steps import parsed
from moxi_analyzer.repository import Repository, folder_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_INSTRUCTION = lazy_pattern(r"\s*(?P<word>[A-Za-z]+)\s+(?P<rest>\S.*)", re.DOTALL)
_FROM = lazy_pattern(r"(?:--\S+\s+)*(?P<image>\S+)(?:\s+as\s+(?P<name>\S+))?\s*$", re.IGNORECASE)
_PAIR = lazy_pattern(r"(?P<name>[A-Za-z_]\w*)=(?P<value>\"(?:\\.|[^\"\\])*\"|'[^']*'|\S*)")
_PORT = lazy_pattern(r"(?P<port>\d{1,5})(?:/(?:tcp|udp))?$")
_VARIABLE = lazy_pattern(r"\$\{?(?P<name>\w+)(?::?-(?P<default>[^}]*))?\}?")

# Dockerfiles and compose files for the developers' own machines and pipelines.
INTERNAL = lazy_pattern(
    r"(?i)(?:^|/)(?:\.\w[\w-]*|ci|builders?|packaging|scripts?|tools?|hack|dev|misc|jreleaser"
    r"|[^/]*(?:test|template|benchmark|example)[^/]*)/|\.(?:j2|tpl|tmpl)$|(?:^|[./_-])(?:dev|devel|development|test|tests|ci|build|builder"
    r"|lint|bench|goreleaser)(?:$|[./_-])(?!.*/)"
)
# Set for the image's own sake: its system, runtime, package manager and pinned versions.
_NOT_FOR_USERS = lazy_pattern(
    r"PATH|HOME|LANG|LANGUAGE|LC_\w+|TZ|TERM|SHELL|USER|UID|GID|HOSTNAME|PWD|DEBIAN_FRONTEND|NODE_ENV"
    r"|PYTHON\w*|PIP_\w+|UV_\w+|POETRY_\w+|PIPENV_\w+|VIRTUAL_ENV|CONDA\w*|NPM_\w+|npm_\w+|YARN_\w+"
    r"|PNPM_\w+|COREPACK_\w+|NODE_\w+|GO\w*PATH|GOROOT|GOOS|GOARCH|GOFLAGS|GOPROXY|CGO_\w+|CARGO_\w+"
    r"|RUST\w*|JAVA_HOME|MAVEN_\w+|GRADLE_\w+|GEM_\w+|BUNDLE_\w+|COMPOSER_\w+|PHP_\w+|APACHE_\w+"
    r"|DOTNET_\w+|ASPNETCORE_\w+|NUGET_\w+|MIX_\w+|HEX_\w+|ERL_\w+|LD_\w+|CC|CXX|C\w*FLAGS|MAKEFLAGS"
    r"|S6_\w+|GPG_\w+|APP_HOME|APP_DIR|APP_PATH|WORKDIR|TARGET\w+|BUILD\w*|NEXT_TELEMETRY_DISABLED"
    r"|\w+_(?:VERSION|SHA\d*|SHA\d+_\w+|CHECKSUM|HOME|DIGEST|COMMIT|REVISION|ROOT|DIR|PREFIX)|VERSION"
    r"|\w+_FRONTEND|IN_DOCKER|DOCKER\w*|IS_DOCKER\w*|\w+_IN_DOCKER|CI|BASH_ENV|ENV|FORCE_COLOR|XDG_\w+"
)

_PUSHED = lazy_pattern(
    r"docker/(?:build-push-action|metadata-action)@|docker(?:\s+image)?\s+push\s+(?P<name>\S+)"
)
_IMAGE_NAME = lazy_pattern(
    r"(?:(?:ghcr\.io|docker\.io|quay\.io|registry\.gitlab\.com|public\.ecr\.aws|gcr\.io)/)?"
    r"[a-z0-9][\w.-]*/[a-z0-9][\w./-]*"
)
_EXPRESSION = lazy_pattern(r"\$\{\{\s*([\w.-]*)[^{}]*\}\}")
_DOCKER_PUSH = lazy_pattern(r"docker(?:\s+image)?\s+push\s+(?:--\S+\s+)*[\"']?(?P<name>[^\s\"']+)")


@dataclass
class _Stage:
    base: str
    line: int
    name: str = ""
    ports: list[tuple[str, int]] = field(default_factory=list)
    variables: dict[str, tuple[str, int]] = field(default_factory=dict)
    commands: dict[str, str] = field(default_factory=dict)


def _dockerfile(repo: Repository, path: str) -> Iterator[Fact]:
    if INTERNAL.search(path):
        return
    text = repo.text(path) or ""
    stages, arguments = _stages(text)
    if not stages:
        return
    last, scope, lines = stages[-1], folder_of(path), Lines(text)
    detail = {"from": "dockerfile", "file": path} | last.commands
    base = _base_of(last, stages, arguments)
    if base:
        detail["base"] = base
    place = Evidence(path=path, line=last.line)
    yield Fact(kind="image", value=path, evidence=place, scope=scope, detail=detail)
    for port, line in last.ports:
        place = Evidence(path=path, line=line)
        detail = {"from": "dockerfile"}
        yield Fact(kind="port", value=port, evidence=place, scope=scope, detail=detail)
    for name, (value, line) in last.variables.items():
        if not _NOT_FOR_USERS.fullmatch(name) and name.isupper() and "$" not in value:
            line = lines.find(rf"\b{name}[=\s]", line) or line
            place = Evidence(path=path, line=line)
            detail = {"default": value} if value else {}
            yield Fact(kind="env_var", value=name, evidence=place, scope=scope, detail=detail)


def _stages(text: str) -> tuple[list[_Stage], dict[str, str]]:
    """The stages in order, and the build arguments before the first."""
    stages: list[_Stage] = []
    arguments: dict[str, str] = {}
    for line, word, rest in _instructions(text):
        if word == "FROM":
            found = _FROM.match(rest)
            if found:
                stages.append(_Stage(found["image"], line, (found["name"] or "").lower()))
        elif word == "ARG" and not stages:
            name, _, value = rest.partition("=")
            arguments[name.strip()] = value.strip("\"' ")
        elif stages:
            _add(stages[-1], word, rest, line)
    return stages, arguments


def _instructions(text: str) -> Iterator[tuple[int, str, str]]:
    """(line, WORD, rest) of each instruction, continuation lines joined, comments left out."""
    pending, start, until = "", 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        if until:
            until = "" if line.strip() == until else until
            continue
        if line.lstrip().startswith("#"):
            continue
        start = start or number
        if line.rstrip().endswith("\\"):
            pending += line.rstrip()[:-1] + " "
            continue
        found = _INSTRUCTION.match(pending + line)
        if found:
            yield start, found["word"].upper(), found["rest"].strip()
            heredoc = re.search(r"<<-?[\"']?(\w+)", found["rest"])
            until = heredoc[1] if heredoc and found["word"].upper() in {"RUN", "COPY"} else ""
        pending, start = "", 0


def _add(stage: _Stage, word: str, rest: str, line: int) -> None:
    if word == "EXPOSE":
        for item in rest.split():
            port = _PORT.match(item)
            if port:
                stage.ports.append((port["port"], line))
    elif word == "ENV":
        pairs = {m["name"]: m["value"] for m in _PAIR.finditer(rest)}
        if not pairs or not _PAIR.match(rest):
            name, _, value = rest.partition(" ")
            pairs = {name: value.strip()}
        for name, value in pairs.items():
            stage.variables[name] = (value.strip("\"'"), line)
    elif word in {"CMD", "ENTRYPOINT"}:
        key = "command" if word == "CMD" else "entrypoint"
        stage.commands[key] = one_line(_exec_form(rest), 160)


def _exec_form(rest: str) -> str:
    if not rest.startswith("["):
        return rest
    try:
        return " ".join(as_str(part) for part in as_list(json.loads(rest)))
    except (ValueError, RecursionError):
        return rest


def _base_of(last: _Stage, stages: list[_Stage], arguments: dict[str, str]) -> str:
    """The image that the final stage stands on, through other stages and build arguments."""
    by_name = {stage.name: stage.base for stage in stages if stage.name}
    base = last.base
    for _ in stages:
        if base.lower() not in by_name:
            break
        base = by_name[base.lower()]
    resolved = _VARIABLE.sub(lambda m: arguments.get(m["name"]) or m["default"] or m[0], base)
    return "" if "$" in resolved else resolved


def _published(repo: Repository, path: str) -> Iterator[Fact]:
    """Image names that a workflow literally pushes."""
    text = repo.text(path) or ""
    if not _PUSHED.search(text):
        return
    document = dict(parsed(text))
    known = _literals(repo, document)
    seen: set[str] = set()
    for raw in as_dict(document.get("jobs")).values():
        job = as_dict(raw)
        names = known | _literals(repo, job)
        for item in as_list(job.get("steps")):
            for image in _pushed_by(as_dict(item), names):
                if image in seen:
                    continue
                seen.add(image)
                line = _line_of(text, image)
                yield Fact(
                    kind="image",
                    value=image,
                    evidence=Evidence(path=path, line=line),
                    detail={"from": "workflow", "file": path},
                )


def _literals(repo: Repository, part: dict[str, object]) -> dict[str, str]:
    found = {f"env.{k}": as_str(v) for k, v in as_dict(part.get("env")).items()}
    slug = re.search(r"github\.com[/:]([\w.-]+)/([\w.-]+?)(?:\.git)?/?$", repo.url)
    if slug:
        found["github.repository"] = f"{slug[1]}/{slug[2]}".lower()
        found["github.repository_owner"] = slug[1].lower()
    return found


def _pushed_by(step: dict[str, object], known: dict[str, str]) -> Iterator[str]:
    with_ = as_dict(step.get("with"))
    uses = as_str(step.get("uses"))
    named = ""
    if uses.startswith("docker/metadata-action@"):
        named = as_str(with_.get("images"))
    elif uses.startswith("docker/build-push-action@") and with_.get("push") not in (None, False):
        named = as_str(with_.get("tags"))
    for _ in range(3):  # a variable may be made of another
        named = _EXPRESSION.sub(lambda m: known.get(m[1], "${{}}"), named)
    run = as_str(step.get("run"))
    candidates = re.split(r"[\s,]+", named) + [m["name"] for m in _DOCKER_PUSH.finditer(run)]
    for text in candidates:
        # A tag may be computed; the name before it may not.
        name = re.match(r"(?:name=)?([^:@\s]+)(?:[:@].*)?$", re.sub(r":\$.*$", "", text))
        if name and _IMAGE_NAME.fullmatch(name[1]):
            yield name[1].removeprefix("docker.io/")


def _line_of(text: str, image: str) -> int:
    last = image.rpartition("/")[2]
    for number, line in enumerate(text.splitlines(), 1):
        if image in line or (last in line and re.search(r"tags:|images:|push|env\.", line)):
            return number
    return next(
        (n for n, s in enumerate(text.splitlines(), 1) if re.search(r"images:|tags:\s*\S", s)), 0
    )


MANIFESTS: tuple[Manifest, ...] = (
    manifest(r"(?:Dockerfile|Containerfile)(?:\.[\w.-]+)?|[\w-]+\.Dockerfile", _dockerfile),
    manifest(r"[^/]+\.ya?ml", _published, folder=r"\.github/workflows/"),
)
