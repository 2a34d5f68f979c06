"""Templates of .env files: the variables with their comments, and the file to copy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from moxi_analyzer.formats import one_line
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.repository import Repository, folder_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_ASSIGNMENT = lazy_pattern(
    r"(?P<off>#\s?)?(?:export\s+)?(?P<name>[A-Z][A-Z0-9_]{1,63})\s?=\s?(?P<value>.*)$"
)
_VALUE = lazy_pattern(
    r"\s*(?:\"(?P<double>(?:\\.|[^\"\\])*)\"|'(?P<single>[^']*)'|(?P<bare>[^#\n]*?))\s*"
    r"(?:(?:^|\s)#\s*(?P<comment>.*))?$"
)
_RULER = lazy_pattern(r"^[\W_]*$|[-=#*]{4,}")
_UNFILLED = lazy_pattern(
    r"(?i)your|change[-_ ]?(?:me|this)|replace|<[^>]*>|x{4,}|\.\.\.|\btodo\b|placeholder|example|\$|^\*+$"
)
_SUFFIX = lazy_pattern(r"[._-](?:example|sample|dist|template|tmpl|tpl|defaults?)(?=$|\.)", re.I)


@dataclass
class _Variable:
    name: str
    value: str
    line: int
    above: str
    beside: str


@dataclass
class _Block:
    """Lines between empty ones."""

    variables: list[_Variable] = field(default_factory=list)


def _read(repo: Repository, path: str) -> Iterator[Fact]:
    text = repo.text(path) or ""
    scope = folder_of(path)
    blocks = [block for block in _blocks(text) if block.variables]
    if not blocks:
        return
    name = _SUFFIX.sub("", path.rpartition("/")[2])
    target = f".{name.lstrip('.')}"
    yield Fact(
        kind="config_file",
        value=path,
        evidence=Evidence(path=path),
        scope=scope,
        detail={"copy_to": f"{scope}/{target}" if scope else target},
    )
    for block in blocks:
        for variable in block.variables:
            help_ = variable.beside or ("" if _is_heading(block, variable) else variable.above)
            yield Fact(
                kind="env_var",
                value=variable.name,
                evidence=Evidence(path=path, line=variable.line),
                scope=scope,
                text=one_line(help_),
                detail=_default(variable.value),
            )


def _is_heading(block: _Block, variable: _Variable) -> bool:
    """Whether the comment above is the title of a group rather than help for the variable."""
    if any(not v.above and not v.beside for v in block.variables):
        return True
    return len(variable.above.split()) < 3 and not variable.above.endswith(".")


def _default(value: str) -> dict[str, str]:
    # An example address or "your-key-here" is there to be replaced: no default.
    if not value or _UNFILLED.search(value):
        return {}
    return {"default": value}


def _blocks(text: str) -> Iterator[_Block]:
    block, comments = _Block(), list[str]()
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped:
            yield block
            block, comments = _Block(), []
            continue
        found = _ASSIGNMENT.match(stripped)
        if found and not (found["off"] and " " in found["value"].partition("#")[0].strip("\"' ")):
            parsed = _VALUE.match(found["value"])
            value = (
                next((parsed[k] for k in ("double", "single", "bare") if parsed[k]), "")
                if parsed
                else ""
            )
            beside = (parsed["comment"] or "") if parsed else ""
            above = " ".join(comments)
            block.variables.append(_Variable(found["name"], value.strip(), number, above, beside))
            comments = []
        elif stripped.startswith("#"):
            comment = stripped.lstrip("#").strip()
            if _RULER.search(comment):
                comments = []
            else:
                comments.append(comment)
        else:
            comments = []
    yield block


MANIFESTS: tuple[Manifest, ...] = (
    manifest(
        r"\.?env(?:\.[\w-]+)?[._-](?:example|sample|dist|template|tmpl|tpl|defaults?)(?:\.[\w-]+)?"
        r"|\.env(?:rc)?[._-]?(?:example|sample)|(?:example|sample)\.env",
        _read,
    ),
)
