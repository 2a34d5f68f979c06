"""Helm charts and Terraform modules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moxi_analyzer.formats import Lines, as_dict, as_str, load_yaml, one_line
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.repository import Repository, folder_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_MAX_BLOCK = 400  # lines
_BLOCK = lazy_pattern(r"^(?P<kind>variable|output)\s+\"(?P<name>[\w-]+)\"\s*\{", re.MULTILINE)
_STRING = r"\"(?P<text>(?:\\.|[^\"\\])*)\""
_DESCRIPTION = lazy_pattern(rf"^\s*description\s*=\s*{_STRING}", re.MULTILINE)
_HEREDOC = lazy_pattern(
    r"^\s*description\s*=\s*<<-?(?P<end>\w+)\n(?P<text>.*?)^\s*(?P=end)\s*$",
    re.MULTILINE | re.DOTALL,
)
_DEFAULT = lazy_pattern(r"^\s*default\s*=\s*(?P<value>[^\n]+)", re.MULTILINE)
_SENSITIVE = lazy_pattern(r"^\s*sensitive\s*=\s*true\b", re.MULTILINE)


def _chart(repo: Repository, path: str) -> Iterator[Fact]:
    text = repo.text(path) or ""
    chart, lines, scope = as_dict(load_yaml(text)), Lines(text), folder_of(path)
    name = as_str(chart.get("name"))
    if not name or "{{" in name:
        return
    place = Evidence(path=path, line=lines.find(r"^name\s*:") or 1)
    detail = {"ecosystem": "helm", "manager": "helm"}
    description = one_line(as_str(chart.get("description")))
    yield Fact(
        kind="package", value=name, evidence=place, scope=scope, text=description, detail=detail
    )
    version = as_str(chart.get("version"))
    if version:
        place = Evidence(path=path, line=lines.find(r"^version\s*:") or 1)
        yield Fact(kind="version", value=version, evidence=place, scope=scope)


def _terraform(repo: Repository, path: str) -> Iterator[Fact]:
    text = repo.text(path) or ""
    for match in _BLOCK.finditer(text):
        body = _body(text, match.end())
        line = text.count("\n", 0, match.start()) + 1
        place, scope = Evidence(path=path, line=line), folder_of(path)
        help_ = _description(body)
        if match["kind"] == "output":
            yield Fact(
                kind="output",
                value=match["name"],
                evidence=place,
                scope=scope,
                text=help_,
                detail={"group": "terraform_output"},
            )
            continue
        yield Fact(
            kind="input",
            value=match["name"],
            evidence=place,
            scope=scope,
            text=help_,
            detail={"group": "terraform_variable"} | _variable(body),
        )


def _body(text: str, start: int) -> str:
    """What stands between the brace before `start` and the one that closes its block."""
    lines = text[start:].split("\n", _MAX_BLOCK)[:_MAX_BLOCK]
    for number, line in enumerate(lines):
        if line.startswith("}") or (number == 0 and line.rstrip().endswith("}")):
            return "\n".join(lines[:number] or [line.rstrip().removesuffix("}")])
    return "\n".join(lines)


def _description(body: str) -> str:
    found = _DESCRIPTION.search(body) or _HEREDOC.search(body)
    return one_line(found["text"].replace('\\"', '"').replace("\\n", " ")) if found else ""


def _variable(body: str) -> dict[str, str]:
    found = _DEFAULT.search(body)
    if not found:
        return {"required": "true"}
    if _SENSITIVE.search(body):
        return {"secret": "true"}
    value = re.sub(r"\s+(?:#|//).*$", "", found["value"]).strip()
    literal = re.fullmatch(rf"{_STRING}|(?P<plain>-?[\d.]+|true|false|null|\[\]|\{{\}})", value)
    if not literal or "${" in value:
        return {}
    return {"default": literal["plain"] or literal["text"] or '""'}


MANIFESTS: tuple[Manifest, ...] = (
    manifest(r"Chart\.ya?ml", _chart),
    manifest(r"[^/]+\.tf", _terraform),
)
