"""Command lines declared as structs with tags: kong, go-flags and go-arg."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from moxi_analyzer.formats import one_line
from moxi_analyzer.golang.packages import go_code
from moxi_analyzer.golang.programs import programs_of
from moxi_analyzer.golang.tags import Field, StructType, fields, kebab, struct_of
from moxi_analyzer.golang.values import Parsed, Program, Struct, Value
from moxi_analyzer.repository import Repository
from moxi_analyzer.surface.engine import Framework
from moxi_analyzer.surface.gates import Gate
from moxi_analyzer.surface.go.cobra import target_of
from moxi_analyzer.syntax import Source
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_MAX_DEPTH = 8
_NAMES = {"kong": "kong", "flags": "go-flags", "arg": "go-arg"}
_VARIABLE = lazy_pattern(r"\$\{(\w+)(?:=[^}]*)?\}")


@dataclass(frozen=True)
class _Place:
    """Where in a command line a struct's fields belong."""

    scope: str
    common: dict[str, str]
    variables: dict[str, str]
    prefix: str = ""
    env_prefix: str = ""
    depth: int = 0


def _facts(repo: Repository, _sources: Iterable[Source]) -> Iterator[Fact]:
    done: set[tuple[str, str]] = set()
    for program in programs_of(repo):
        prog = go_code(repo).modules.program_name(program.folder)
        roots = {p.package: p.at for p in reversed(program.parsed)}
        emitted = set()
        for parsed in program.parsed:
            struct = struct_of(parsed.value)
            key = (str(parsed.at), program.folder)
            if struct is None or key in done:
                continue
            done.add(key)
            place = _start(parsed, roots[parsed.package], program, prog)
            if parsed.package not in emitted:
                emitted.add(parsed.package)
                yield _command(
                    "", _description(parsed.arguments), roots[parsed.package], place.common
                )
            if place.scope:
                text = parsed.arguments[1] if isinstance(parsed.arguments[1], str) else ""
                yield _command(place.scope, text, parsed.at, place.common)
            yield from _READERS[parsed.package](struct, place)


def _start(parsed: Parsed, root: Evidence, program: Program, prog: str) -> _Place:
    names = _option_values(parsed.arguments, "Name")
    common = {
        "root": f"{root.path}:{parsed.package}",
        "framework": _NAMES[parsed.package],
        "prog": names[0] if names else prog,
        "entry": target_of(program),
    }
    variables = {
        key.strip('"'): value
        for argument in parsed.arguments
        if isinstance(argument, Struct) and argument.is_a("kong", "Vars")
        for key, value in argument.fields.items()
        if isinstance(value, str)
    }
    scope = parsed.arguments[0] if parsed.package == "flags" and parsed.arguments else ""
    return _Place(scope if isinstance(scope, str) else "", common, variables)


def _option_values(arguments: list[Value], name: str) -> list[str]:
    found = [a.get(f"kong.{name}") for a in arguments if isinstance(a, dict)]
    return [value for value in found if isinstance(value, str)]


def _description(arguments: list[Value]) -> str:
    return next(iter(_option_values(arguments, "Description")), "")


def _command(scope: str, text: str, at: Evidence, detail: dict[str, str]) -> Fact:
    return Fact(
        kind="command", value=scope, evidence=at, scope=scope, text=one_line(text), detail=detail
    )


def _option(field: Field, name: str, text: str, place: _Place, given: dict[str, str]) -> Fact:
    detail = {**place.common, **{key: value for key, value in given.items() if value}}
    short = detail.get("short")
    if "positional" not in detail:
        detail.setdefault("forms", f"{short}, {name}" if short and short != name else name)
        if not place.scope:
            detail["global"] = "true"
    return Fact(
        kind="option",
        value=name,
        evidence=field.file.source.at(field.node),
        scope=place.scope,
        text=one_line(text),
        detail=detail,
    )


# kong


def _kong(struct: StructType, place: _Place) -> Iterator[Fact]:
    for field in fields(struct):
        tags = dict(field.tags)
        if not field.name[:1].isupper() or tags.get("kong") == "-" or "hidden" in tags:
            continue
        if field.struct is not None and (field.embedded or "embed" in tags):
            inner = replace(
                place,
                prefix=place.prefix + tags.get("prefix", ""),
                env_prefix=place.env_prefix + tags.get("envprefix", ""),
                depth=place.depth + 1,
            )
            if place.depth < _MAX_DEPTH:
                yield from _kong(field.struct, inner)
        elif "cmd" in tags:
            yield from _kong_command(field, tags, place)
        elif "arg" in tags:
            yield from _kong_argument(field, tags, place)
        elif not field.embedded and field.type not in {"struct{}", "kong.Plugins"}:
            yield _kong_flag(field, tags, place)


def _kong_command(field: Field, tags: dict[str, str], place: _Place) -> Iterator[Fact]:
    name = tags.get("name") or place.prefix + kebab(field.name)
    scope = f"{place.scope} {name}".strip()
    detail = dict(place.common)
    if tags.get("aliases"):
        detail["aliases"] = ", ".join(a.strip() for a in tags["aliases"].split(","))
    help_text = _filled(tags.get("help", ""), tags, place) or ""
    yield _command(scope, help_text, field.file.source.at(field.node), detail)
    if field.struct is not None and place.depth < _MAX_DEPTH:
        inner = _Place(scope, place.common, place.variables, depth=place.depth + 1)
        yield from _kong(field.struct, inner)


def _kong_argument(field: Field, tags: dict[str, str], place: _Place) -> Iterator[Fact]:
    if field.struct is not None:
        return  # a branch of commands named by their argument has no plain path
    optional = "optional" in tags or "default" in tags
    given = {
        "positional": "true",
        "takes": "value",
        "required": "" if optional else "true",
        "repeatable": "true" if field.is_list else "",
        "default": _filled(tags.get("default", ""), tags, place) or "",
        "choices": _choices(tags, place),
    }
    name = tags.get("name") or kebab(field.name)
    yield _option(field, name, _filled(tags.get("help", ""), tags, place) or "", place, given)


def _kong_flag(field: Field, tags: dict[str, str], place: _Place) -> Fact:
    name = "--" + place.prefix + (tags.get("name") or kebab(field.name))
    is_flag = field.is_bool or field.type == "kong.VersionFlag" or tags.get("type") == "counter"
    env = tags.get("env", "").split(",")[0].strip()
    default = _filled(tags.get("default", ""), tags, place) or ""
    negatable = tags.get("negatable")
    short = f"-{tags['short']}" if tags.get("short") else ""
    forms = [form for form in (short, name) if form]
    if negatable is not None:
        forms.append("--" + (negatable if negatable not in {"", "true"} else "no-" + name[2:]))
    given = {
        "takes": "flag" if is_flag else "value",
        "short": short,
        "forms": ", ".join(forms),
        "default": "" if default == "false" or "\n" in default else default,
        "choices": _choices(tags, place),
        "metavar": tags.get("placeholder", "") if not is_flag else "",
        "env": place.env_prefix + env if env else "",
        "required": "true" if "required" in tags else "",
        "repeatable": "true" if field.is_list else "",
    }
    return _option(field, name, _filled(tags.get("help", ""), tags, place) or "", place, given)


def _choices(tags: dict[str, str], place: _Place) -> str:
    listed = _filled(tags.get("enum", ""), tags, place) or ""
    return ", ".join(word.strip() for word in listed.split(",") if word.strip())


def _filled(text: str, tags: dict[str, str], place: _Place) -> str | None:
    """Text with kong's ${variables} filled in; None if one of them is computed."""
    known: dict[str, str] = {
        **{k: tags[k] for k in ("default", "enum", "env") if k in tags},
        **place.variables,
    }
    if any(name not in known for name in _VARIABLE.findall(text)):
        return None
    return _VARIABLE.sub(lambda found: known[found[1]], text)


# go-flags


def _go_flags(struct: StructType, place: _Place) -> Iterator[Fact]:
    for field in fields(struct):
        tags = dict(field.tags)
        if "no-flag" in tags or tags.get("hidden"):
            continue
        if "command" in tags and field.struct is not None:
            scope = f"{place.scope} {tags['command']}".strip()
            at = field.file.source.at(field.node)
            yield _command(scope, tags.get("description", ""), at, place.common)
            yield from _nested(_go_flags, field.struct, replace(place, scope=scope))
        elif "positional-args" in tags and field.struct is not None:
            required = bool(tags.get("required"))
            yield from (_go_flags_positional(f, place, required) for f in fields(field.struct))
        elif "group" in tags and field.struct is not None:
            prefix = place.prefix + (tags.get("namespace", "") + "." if "namespace" in tags else "")
            yield from _nested(_go_flags, field.struct, replace(place, prefix=prefix))
        elif field.embedded and field.struct is not None:
            yield from _nested(_go_flags, field.struct, place)
        elif "long" in tags or "short" in tags:
            yield _go_flags_option(field, tags, place)


def _go_flags_positional(field: Field, place: _Place, required: bool) -> Fact:
    tags = dict(field.tags)
    given = {
        "positional": "true",
        "takes": "value",
        "required": "true" if required or tags.get("required") else "",
        "repeatable": "true" if field.is_list else "",
    }
    name = tags.get("positional-arg-name") or field.name
    return _option(field, name, tags.get("description", ""), place, given)


def _go_flags_option(field: Field, tags: dict[str, str], place: _Place) -> Fact:
    short = f"-{tags['short']}" if tags.get("short") else ""
    defaults = [value for key, value in field.tags if key == "default"]
    given = {
        "takes": "flag" if field.is_bool or field.type.startswith("func()") else "value",
        "short": short,
        "default": tags.get("default-mask") or ", ".join(defaults),
        "choices": ", ".join(value for key, value in field.tags if key == "choice"),
        "metavar": tags.get("value-name", ""),
        "env": tags.get("env", ""),
        "required": "true" if tags.get("required") else "",
        "repeatable": "true" if field.is_list else "",
    }
    name = f"--{place.prefix}{tags['long']}" if tags.get("long") else short
    return _option(field, name, tags.get("description", ""), place, given)


def _nested(
    reader: Callable[[StructType, _Place], Iterator[Fact]], struct: StructType, place: _Place
) -> Iterator[Fact]:
    if place.depth < _MAX_DEPTH:
        yield from reader(struct, replace(place, depth=place.depth + 1))


# go-arg


def _go_arg(struct: StructType, place: _Place) -> Iterator[Fact]:
    for field in fields(struct):
        words = [word.strip() for word in (field.tag("arg") or "").split(",")]
        subcommand = next((w for w in words if w.startswith("subcommand")), None)
        if "-" in words or not field.name[:1].isupper():
            continue
        if field.embedded and field.struct is not None:
            yield from _nested(_go_arg, field.struct, place)
        elif subcommand is not None and field.struct is not None:
            name = subcommand.partition(":")[2].partition("|")[0] or field.name.lower()
            scope = f"{place.scope} {name}".strip()
            at = field.file.source.at(field.node)
            yield _command(scope, field.tag("help") or "", at, place.common)
            yield from _nested(_go_arg, field.struct, replace(place, scope=scope))
        else:
            yield _go_arg_option(field, words, place)


def _go_arg_option(field: Field, words: list[str], place: _Place) -> Fact:
    long = next((w[2:] for w in words if w.startswith("--") and len(w) > 2), field.name.lower())
    short = next((w for w in words if re.fullmatch(r"-[^-]", w)), "")
    env = next((w for w in words if w == "env" or w.startswith("env:")), "")
    is_positional = "positional" in words
    given = {
        "positional": "true" if is_positional else "",
        "takes": "flag" if field.is_bool else "value",
        "short": "" if is_positional else short,
        "default": field.tag("default") or "",
        "metavar": field.tag("placeholder") or "",
        "env": env.partition(":")[2] or (field.name.upper() if env else ""),
        "required": "true" if "required" in words else "",
        "repeatable": "true" if field.is_list else "",
    }
    name = long.upper() if is_positional else f"--{long}"
    if is_positional:
        name = field.tag("placeholder") or name
    return _option(field, name, field.tag("help") or "", place, given)


_READERS = {"kong": _kong, "flags": _go_flags, "arg": _go_arg}

FRAMEWORKS = (
    Framework(
        "kong", ("go",), Gate(b"alecthomas/kong", b"jessevdk/go-flags", b"alexflint/go-arg"), _facts
    ),
)
