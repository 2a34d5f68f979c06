"""Environment variables that Go code reads: directly, by a helper of its own, or by struct tags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from tree_sitter import Node

from moxi_analyzer.golang.packages import go_code
from moxi_analyzer.golang.tags import parse_tags
from moxi_analyzer.repository import Repository, folder_of
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.syntax import Match, Source, ancestors, literal, text_of, unquote
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

_NAME = lazy_pattern(r"[A-Z][A-Z0-9_]{1,63}")
_BACKSTAGE = lazy_pattern(r"(scripts?|hack|tools?|build|ci|magefiles|\.[^/]*)/|.*/(hack|\.[^/]*)/")
_PLAIN = lazy_pattern(r"-?\d+(\.\d+)?|true|false")
_OPTIONS = lazy_pattern(r"env\.Options\{[^}]*?\bPrefix:\s*([^,\n}]+)")
_HELPER = lazy_pattern(r"(?i)\w*env\w*")
_TAGGED = lazy_pattern(
    rb"caarlos0/env|sethvargo/go-envconfig|kelseyhightower/envconfig|ilyakaznacheev/cleanenv"
    rb"|joeshaw/envdecode|Netflix/go-env|vrischmann/envconfig"
)

_Matches = list[tuple[int, Match]]  # of queries/env_go.scm in one file


def _facts(repo: Repository, sources: Iterable[Source]) -> Iterator[Fact]:
    listed = [(source, list(source.matches("env_go"))) for source in sources]
    tagged = any(_TAGGED.search(repo.read(p) or b"") for p in repo.files if p.endswith("go.mod"))
    helpers = {name for _, matches in listed for name in _helpers(matches)}
    prefixes = _prefixes([source for source, _ in listed]) if tagged else None
    for source, matches in listed:
        read = _read_in(repo, source, matches, helpers, prefixes)
        found = [fact for fact in read if fact is not None]
        yield from sorted(found, key=lambda fact: "default" not in fact.detail)


def _helpers(matches: _Matches) -> set[str]:
    """Functions that hand one of their parameters to os.Getenv or os.LookupEnv."""
    found = set()
    for pattern, match in matches:
        name = match["name"][0] if "name" in match else None
        if pattern != 0 or name is None or name.type != "identifier":
            continue
        for around in ancestors(name):
            if around.type in {"function_declaration", "method_declaration"}:
                parameters = around.child_by_field_name("parameters")
                first = (
                    parameters.named_children[0]
                    if parameters and parameters.named_children
                    else None
                )
                named = first.child_by_field_name("name") if first is not None else None
                own = text_of(around.child_by_field_name("name"))
                if text_of(named) == text_of(name) and _HELPER.fullmatch(own):
                    found.add(own)
    return found


def _read_in(
    repo: Repository,
    source: Source,
    matches: _Matches,
    helpers: set[str],
    prefixes: dict[str, str | None] | None,
) -> Iterator[Fact | None]:
    for pattern, match in matches:
        if pattern == 4:
            yield from _tags(source, match["tag"][0], prefixes) if prefixes is not None else ()
        elif pattern < 2 or text_of(match["helper"][0]) in helpers:
            yield _variable(repo, source, match)


def _variable(repo: Repository, source: Source, match: Match) -> Fact | None:
    node = match["name"][0]
    name = literal(node) or _constant(repo, source, node)
    if not _NAME.fullmatch(name):
        return None
    default_node = match.get("default", [None])[0]
    default = literal(default_node) or ""
    if not default and _PLAIN.fullmatch(text_of(default_node)):
        default = text_of(default_node)
    return _fact(source, node, name, default)


def _constant(repo: Repository, source: Source, node: Node) -> str:
    if node.type != "identifier":
        return ""
    package = go_code(repo).package(folder_of(source.path))
    decl = package.values.get(text_of(node)) if package is not None else None
    return (literal(decl.value) if decl is not None else None) or ""


def _tags(source: Source, node: Node, prefixes: dict[str, str | None]) -> Iterator[Fact]:
    tags = dict(parse_tags(unquote(text_of(node)) or ""))
    listed = tags.get("env") or tags.get("envconfig") or ""
    name, *options = (part.strip() for part in listed.split(","))
    prefix = _prefix(node, prefixes)
    if prefix is None or not name or not _NAME.fullmatch(prefix + name):
        return
    inline = next((o.partition("=")[2] for o in options if o.startswith("default=")), "")
    default = tags.get("envDefault") or tags.get("env-default") or tags.get("default") or inline
    text = tags.get("env-description", "")
    yield replace(_fact(source, node, prefix + name, default), text=text)


def _prefix(node: Node, prefixes: dict[str, str | None]) -> str | None:
    """What stands before the names of the struct around a tag; None if that is computed."""
    found = ""
    for around in ancestors(node):
        if around.type == "field_declaration" and around != node.parent:
            found = _env_prefix(around) + found
        elif around.type == "type_spec":
            name, seen = text_of(around.child_by_field_name("name")), set()
            while name in prefixes and name not in seen:
                seen.add(name)
                outer, _, name = (prefixes[name] or "").rpartition(" ")
                found = outer + found
    general = prefixes.get("", "")
    return None if general is None else general + found


def _prefixes(sources: list[Source]) -> dict[str, str | None]:
    """Prefixes of the names in structs, by type name; "" is the one that the parser adds."""
    found: dict[str, str | None] = {}
    for source in sources:
        for options in _OPTIONS.finditer(source.content.decode("utf-8", "replace")):
            value = unquote(options[1].strip())
            found[""] = value if found.get("", value) == value else None
        for pattern, match in source.matches("env_go"):
            field = match["tag"][0].parent if pattern == 4 else None
            prefix = _env_prefix(field) if field is not None else ""
            if field is not None and prefix:
                of = text_of(field.child_by_field_name("type")).lstrip("*[]").rpartition(".")[2]
                owner = next((a for a in ancestors(field) if a.type == "type_spec"), None)
                around = text_of(owner.child_by_field_name("name")) if owner is not None else ""
                found[of] = f"{prefix} {around}"
    return found


def _env_prefix(field: Node) -> str:
    tags = dict(parse_tags(unquote(text_of(field.child_by_field_name("tag"))) or ""))
    return tags.get("envPrefix", "") or tags.get("env-prefix", "")


def _fact(source: Source, node: Node, name: str, default: str) -> Fact:
    return Fact(
        kind="env_var",
        value=name,
        evidence=source.at(node),
        detail={"default": default} if default else {},
    )


def _shipped(repo: Repository, framework: Framework) -> Iterable[str]:
    own = repo.own_sources(*framework.grammars)
    return (path for path in own if not _BACKSTAGE.match(path))


_GATE = Gate(
    b"LookupEnv",
    b"BindEnv",
    b"envPrefix",
    b"env.Options",
    b"Getenv",
    b"getenv",
    b"GetEnv",
    b"getEnv",
    patterns={b'env:"': rb"\benv:\"", b'envconfig:"': rb"\benvconfig:\""},
)

FRAMEWORKS = (Framework("env_go", ("go",), _GATE, _facts, _shipped),)
