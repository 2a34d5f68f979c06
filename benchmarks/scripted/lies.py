"""Inventions about one repository: plausible names that it does not know, by literal search."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from scripted.known import Known, is_code
from scripted.saying import Truth
from scripted.wording import Hand

POOLS: dict[str, Any] = tomllib.loads(
    (Path(__file__).parent / "inventions.toml").read_text("utf-8")
)
_WORDS, _PAIRS = POOLS["words"], POOLS["pairs"]
_JVM = {"maven", "gradle", "sbt"}
_COUNTED = re.compile(r"port|size|time|limit|max|min|count|width|height|depth|jobs|threads|level")


@dataclass(frozen=True)
class Invention:
    """One lie: `value` is what it is about, `needle` what to look for in a README.

    `form` names its sentences, `words` fill them in. `row` is what a list or table says of it,
    `command` a line of code that holds it, `picture` its Markdown.
    """

    kind: str
    value: str
    needle: str
    form: str = ""
    words: dict[str, str] = field(default_factory=dict)
    row: str = ""
    command: str = ""
    picture: str = ""
    truth: Truth = "lie"
    is_name: bool = False  # whether it is written as code may be


Inventor = Callable[[Known, Hand], Iterator[Invention]]


def _shuffled(hand: Hand, given: Iterable[Any]) -> list[Any]:
    found = list(given)
    hand.dice.shuffle(found)
    return found


def _named(known: Known, text: str) -> str:
    """A text with the repository's owner and name in it."""
    name = re.sub(r"[^a-z0-9-]", "", known.name.lower())
    return text.replace("{owner}", known.owner.lower()).replace("{name}", name)


def options(known: Known, hand: Hand) -> Iterator[Invention]:
    """Options of other programs, and near names of its own."""
    own = [f.value for f in known.of("option") if f.value.startswith("--") and len(f.value) > 4]
    if not own and not known.program:
        return
    near = []
    for value in _shuffled(hand, own)[:8]:
        bare = value.removeprefix("--").removeprefix("no-")
        near += [(o.format(bare), w.format(bare.replace("-", " "))) for o, w in _WORDS["near"]]
    for value, what in _shuffled(hand, [*_PAIRS["options"], *_shuffled(hand, near)[:20]]):
        if not known.corpus.has_name(value):
            command = f"{known.program} {value}" if known.program else ""
            words = {"w": what}
            yield Invention("option", value, value, "option", words, what, command, is_name=True)


def defaults(known: Known, hand: Hand) -> Iterator[Invention]:
    """Defaults that real options do not have."""
    found = [f for f in known.of("option") if f.detail.get("takes") == "value"]
    pools = {name: _shuffled(hand, _WORDS[name]) for name in ("counted", "defaults")}
    for fact in _shuffled(hand, [f for f in found if f.value.startswith("--")]):
        is_counted = fact.detail.get("default", "").isdigit() or _COUNTED.search(fact.value)
        pool = pools["counted" if is_counted else "defaults"]
        value = pool.pop() if pool else ""
        if value and not known.corpus.has_word(value):
            yield Invention("default", value, value, "default", {"o": hand.code(fact.value)})


def paths(known: Known, hand: Hand) -> Iterator[Invention]:
    """Files that others have, and siblings of its own."""
    near = []
    sources = [p for p in known.files if is_code(p) and 0 < p.count("/") < 4 and len(p) < 60]
    for path in _shuffled(hand, sources)[:14]:
        place = PurePosixPath(path)
        stem, what = hand.dice.choice(_PAIRS["stems"])
        stem = stem.capitalize() if place.stem[:1].isupper() else stem
        near.append((str(place.with_name(stem + place.suffix)), what))
        near.append((f"{place.parent}/{stem}/", what))
    for value, what in _shuffled(hand, [*_PAIRS["files"], *near]):
        bare = value.strip("/")
        if not known.corpus.has_path(bare):
            command = f"ls {value}" if value.endswith("/") else f"cat {value}"
            yield Invention("path", value, bare, "path", {"w": what}, what, command, is_name=True)


def libraries(known: Known, hand: Hand) -> Iterator[Invention]:
    """Libraries of its ecosystem that it does not use."""
    ecosystem = "jvm" if known.ecosystem in _JVM else known.ecosystem.replace("nuget", "dotnet")
    pools = POOLS["libraries"]
    for value, what in _shuffled(hand, pools.get(ecosystem, pools["other"])):
        if not known.corpus.has_name(value):
            words = {"w": what}
            yield Invention("dependency", value, value, "dependency", words, what, is_name=True)


def packages(known: Known, hand: Hand) -> Iterator[Invention]:
    """Names that it is not published under, at registries that do not have it."""
    for registry, template, install in _shuffled(hand, _WORDS["published"]):
        value = _named(known, template)
        if not known.corpus.has(value):
            command = install.format(value)
            words, row = {"r": registry, "c": command}, f"from {registry}"
            yield Invention("package", value, value, "package", words, row, command, is_name=True)


def versions(known: Known, hand: Hand) -> Iterator[Invention]:
    """Runtimes of versions that it does not ask for."""
    asked = {f.value: f.detail.get("version", "") for f in known.of("requirement")}
    usual = POOLS["runtime_of"].get(known.ecosystem)
    for runtime in dict.fromkeys([*asked, *([usual] if usual else [])]):
        for number in _shuffled(hand, POOLS["runtimes"].get(runtime, [])):
            name = re.escape(runtime.lower().removesuffix(".js"))
            near = rf"{name}[^\n]{{0,40}}(?<![\d.]){re.escape(number)}(?!\d)"
            if number not in asked.get(runtime, "") and not known.corpus.matches(near):
                value = f"{runtime} {number}"
                yield Invention("version", value, value, "runtime", row="required")


def since(known: Known, hand: Hand) -> Iterator[Invention]:
    """Releases that there are none of."""
    for value in _shuffled(hand, _WORDS["releases"]):
        if not known.corpus.matches(rf"(?<![\d.]){re.escape(value)}(?!\d)"):
            yield Invention("version", value, value, "since")


def links(known: Known, hand: Hand) -> Iterator[Invention]:
    """Addresses and pages that nothing in it names."""
    for what, template in _shuffled(hand, _WORDS["links"]):
        value = _named(known, template)
        bare = value.removeprefix("https://")
        if not known.corpus.has(bare.strip("/")):
            words = {"w": what, "u": value if bare != value else f"`{value}`"}
            yield Invention("link", value, bare, "link", words, what)


def pictures(known: Known, hand: Hand) -> Iterator[Invention]:
    """Images that there are none of, and badges of services that it does not use."""
    for kind, label, template in _shuffled(hand, _WORDS["pictures"]):
        value = _named(known, template)
        bare = value.removeprefix("https://")
        if not known.corpus.has(bare.partition("/")[0] if kind == "badge" else bare):
            shown = f"![{label}]({value})"
            picture = f"[{shown}]({value})" if kind == "badge" else shown
            yield Invention(kind, value, bare, picture=picture)


def licenses(known: Known, hand: Hand) -> Iterator[Invention]:
    """Licenses that it is not under."""
    told = " ".join(known.corpus.licenses).lower()
    for family, names in _shuffled(hand, POOLS["licenses"].items()):
        if told and family.partition("-")[0].lower() not in told:
            value = hand.dice.choice(names)
            yield Invention("license", value, value, "license", {"n": known.name})


def commands(known: Known, hand: Hand) -> Iterator[Invention]:
    """Subcommands of a program that it does not have."""
    program = known.program
    for value, what in _shuffled(hand, _PAIRS["commands"]) if program else ():
        if not known.corpus.has_word(value):
            words = {"p": program, "w": what, "b": f"`{value}`"}
            command = f"{program} {value}"
            yield Invention("command", value, value, "command", words, what, command)


def scripts(known: Known, hand: Hand) -> Iterator[Invention]:
    """Scripts and targets that it does not define."""
    runners = [run for run, file in _WORDS["runners"] if known.corpus.tree.exists(file)]
    for value, what in _shuffled(hand, _PAIRS["scripts"]) if runners else ():
        if not known.corpus.has_name(value):
            command = f"{hand.dice.choice(runners)} {value}"
            yield Invention("script", command, command, "script", {"w": what}, what, command)


def variables(known: Known, hand: Hand) -> Iterator[Invention]:
    """Environment variables that nothing reads."""
    own = [f.value for f in known.of("env_var") if "_" in f.value]
    prefix = own[0].partition("_")[0] if own else re.sub(r"\W+", "_", known.name.upper())
    for value, what in _shuffled(hand, _PAIRS["variables"]):
        name = f"{prefix}_{value}"
        if not known.corpus.has(name):
            command, words = f"export {name}=1", {"w": what}
            yield Invention("env", name, name, "env", words, what, command, is_name=True)


def ports(known: Known, hand: Hand) -> Iterator[Invention]:
    """Ports that nothing listens on."""
    for value in _shuffled(hand, _WORDS["ports"]):
        if not known.corpus.has_word(value):
            command = f"curl http://localhost:{value}/"
            yield Invention("port", value, value, "port", command=command)


def _of_words(kind: str, pool: str, row: str) -> Inventor:
    def invent(known: Known, hand: Hand) -> Iterator[Invention]:
        for value in _shuffled(hand, _WORDS[pool]):
            if not known.corpus.has_word(value):
                yield Invention(kind, value, value, kind, {"n": known.name}, row)

    return invent


stores = _of_words("service", "stores", "supported as a backend")
platforms = _of_words("platform", "platforms", "supported")
integrations = _of_words("integration", "integrations", "integration")
organisations = _of_words("used by", "organisations", "uses it in production")
people = _of_words("person", "people", "maintainer")


def symbols(known: Known, hand: Hand) -> Iterator[Invention]:
    """Functions and methods that it does not define, named as its own are."""
    own = [f.value for f in known.of("api_symbol") if re.fullmatch(r"[\w.:]+", f.value)]
    pairs = zip(_shuffled(hand, own), _shuffled(hand, _PAIRS["symbols"]), strict=False)
    for near, (value, what) in pairs:
        parent, dot, last = near.rpartition(".")
        first, *others = value.split("_")
        styled = value
        if "_" not in last and known.ecosystem not in {"python", "rust", "ruby"}:
            is_type = last[:1].isupper() and not parent
            styled = (first.capitalize() if is_type else first) + "".join(
                map(str.capitalize, others)
            )
        if not known.corpus.has_name(value):
            shown = f"{parent}{dot}{styled}()"
            yield Invention("api", shown, styled, "api", {"w": what}, what, is_name=True)


def numbers(known: Known, hand: Hand) -> Iterator[Invention]:
    """Counts that nothing in it tells."""
    for what in _shuffled(hand, _WORDS["things"]):
        value = hand.dice.choice(_WORDS["amounts"])
        needle = f"{value} {what}"
        if not known.corpus.has(needle):
            yield Invention("number", value, needle, "number", {"n": value, "what": what})


def features(known: Known, hand: Hand) -> Iterator[Invention]:
    """What it is said to have, and has no word of."""
    for value, needle in _shuffled(hand, _PAIRS["features"]):
        if not known.corpus.has(needle):
            yield Invention("feature", value, needle, "feature", {"w": value}, truth="feature")


def praise(known: Known, hand: Hand) -> Iterator[Invention]:
    """What nobody can check."""
    for form in _shuffled(hand, _WORDS["praise"]):
        text = form.format(n=known.name)
        yield Invention("praise", text, text.rstrip("."), truth="praise")


# Which lies belong into which section; a section that is not named gets some of all.
SECTIONS: dict[str, tuple[Inventor, ...]] = {
    "about": (
        numbers, organisations, libraries, platforms, integrations, since, people, stores, pictures,
    ),
    "features": (options, numbers, integrations, stores, platforms, commands, since),
    "built_with": (libraries, versions, stores),
    "packages": (packages, libraries, paths),
    "requirements": (versions, stores, platforms, libraries),
    "install": (packages, versions, platforms, links, libraries, commands, pictures, scripts),
    "usage": (options, commands, defaults, since, paths, pictures, ports, numbers, symbols),
    "configuration": (variables, ports, defaults, paths, options, stores),
    "api": (symbols, libraries, since, numbers),
    "structure": (paths,),
    "development": (scripts, paths, libraries, integrations, versions, ports),
    "documentation": (links, paths, pictures),
    "contributing": (links, people, paths, organisations, scripts),
    "license": (licenses, people),
    "authors": (people, organisations, links),
}  # fmt: skip
EVERYTHING: tuple[Inventor, ...] = (
    options, paths, libraries, numbers, integrations, versions, links,
)  # fmt: skip
