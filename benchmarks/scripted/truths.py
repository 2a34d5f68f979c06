"""True sentences, each made from facts of a repository in one of many forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

from moxi_core.project_types import type_words, with_article
from moxi_core.records import Fact
from scripted.known import Known, is_code
from scripted.saying import Saying
from scripted.wording import Hand, clauses, listed, lower

REGISTRIES = {
    "pypi": "PyPI", "npm": "npm", "crates.io": "crates.io", "rubygems": "RubyGems",
    "nuget": "NuGet", "packagist": "Packagist", "hackage": "Hackage", "hex": "Hex",
    "pub.dev": "pub.dev", "maven-central": "Maven Central", "clojars": "Clojars",
}  # fmt: skip
_INSTALLS = {
    "pypi": "pip install {}", "npm": "npm install {}", "rubygems": "gem install {}",
    "packagist": "composer require {}",
}  # fmt: skip
_ROLES = {
    "source": "source code", "test": "tests", "example": "examples", "doc": "documentation",
}  # fmt: skip
_PAGES = {
    "contributing": "how to contribute", "changelog": "what has changed",
    "security": "how to report a vulnerability", "conduct": "the code of conduct",
}  # fmt: skip

Maker = Callable[[Known, Hand], Iterator[Saying]]


def _say(hand: Hand, kind: str, form: str, **values: str) -> Saying:
    """A sentence of the named forms; what is said in it is said once, in whatever form."""
    fact = " ".join([form, *values.values()]).replace("`", "")
    return Saying(hand.say(form, **values), kind, fact=fact)


def described(known: Known, hand: Hand) -> Iterator[Saying]:
    """What the project calls itself, its type, languages and topics."""
    for fact in [*known.of("description"), *known.of("about")]:
        if text := known.help(fact):
            said = _say(hand, "description", "described", t=text, l=lower(text))
            yield replace(said, parts=(text,))
    if kind := type_words(known.snapshot.project_type.name):
        yield Saying(f"{known.name} is {with_article(kind)}.", "description")
    for language in list(known.snapshot.languages)[:1]:
        yield _say(hand, "language", "language", v=language, n=known.name)
    topics = [fact.value for fact in known.of("keyword")][:4]
    if len(topics) > 2:
        yield _say(hand, "description", "keywords", v=listed(topics))


def packaged(known: Known, hand: Hand) -> Iterator[Saying]:
    """Its package, registry, install command, programs and extras."""
    for fact in known.of("package", ""):
        registry, name = fact.detail.get("registry", ""), hand.code(fact.value)
        if registry not in REGISTRIES or fact.detail.get("private"):
            yield _say(hand, "package", "unpublished", v=name)
            continue
        yield _say(hand, "package", "published", r=REGISTRIES[registry], v=name)
        if registry in _INSTALLS:
            command = _INSTALLS[registry].format(fact.value)
            yield Saying(command, "package", place="code", parts=(command,), fact=command)
            yield Saying(f"Run `{command}` to install it.", "package", fact=f"run {command}")
    for fact in known.of("bin")[:2]:
        yield _say(hand, "command", "executable", v=hand.code(fact.value))
    for fact in known.of("extra")[:3]:
        brought = [hand.code(p) for p in fact.detail.get("packages", "").split(", ") if p]
        if fact.detail.get("ecosystem") == "python" and 0 < len(brought) < 4:
            yield _say(hand, "package", "extra", v=hand.code(fact.value), p=listed(brought))


def required(known: Known, hand: Hand) -> Iterator[Saying]:
    """Runtimes and their least versions, and dependencies."""
    for fact in known.of("requirement", "")[:2]:
        version = fact.detail.get("version", "")
        least = version.removeprefix(">=").strip()
        if version.startswith(">=") and least.replace(".", "").isdigit():
            yield _say(hand, "version", "runtime", r=fact.value, v=least)
    names: dict[str, list[str]] = {"runtime": [], "dev": []}
    for fact in known.of("dependency", ""):
        names.setdefault(fact.detail.get("group", ""), []).append(hand.code(fact.value))
    for first, second in zip(names["runtime"][::2], names["runtime"][1::2], strict=False):
        yield _say(hand, "dependency", "depends", a=first, b=second)
    for name in names["dev"][:4]:
        yield _say(hand, "dependency", "dev_depends", v=name)
    for fact in known.of("dependency", "")[:1]:
        yield _say(hand, "path", "manifest", p=hand.code(fact.evidence.path))


def commanded(known: Known, hand: Hand) -> Iterator[Saying]:
    """Subcommands and what they do."""
    for fact in _shuffled(hand, [f for f in known.of("command") if f.value]):
        if text := known.help(fact):
            name = f"{fact.detail.get('program', '')} {fact.value}".strip()
            yield Saying(_run(hand, name, text), "command", fact=name)


def _run(hand: Hand, command: str, text: str) -> str:
    """A sentence that says what a command does."""
    forms = [form.replace("the option", "the command") for form in clauses(text, False)]
    forms = [form.replace("pass {v}", "run {v}") for form in forms]
    return hand.form(forms, {"v": hand.code(command)})


def _shuffled(hand: Hand, given: list[Fact]) -> list[Fact]:
    found = list(given)
    hand.dice.shuffle(found)
    return found


def optioned(known: Known, hand: Hand) -> Iterator[Saying]:
    """Options: what they do, their short forms, defaults and choices."""
    found = [f for f in known.of("option") if f.value.startswith("--")]
    places = Counter((f.value, f.detail.get("program")) for f in found)
    for fact in _shuffled(hand, found):
        program, name = fact.detail.get("program"), fact.value
        if places[name, program] > 1:  # it says something else elsewhere
            name = " ".join(filter(None, [program, fact.scope, name]))
        name = hand.code(name)
        if text := known.help(fact):
            forms = clauses(text, fact.detail.get("takes") == "value")
            yield Saying(hand.form(forms, {"v": name}), "option", fact=f"{fact.value} {text}")
        if short := fact.detail.get("short", ""):
            yield _say(hand, "option", "short_form", v=name, s=hand.code(short))
        default = fact.detail.get("default", "")
        if 0 < len(default) < 20 and known.corpus.proves(fact.evidence.path, default):
            yield _say(hand, "default", "default", v=name, d=f"`{default}`")
        choices = fact.detail.get("choices", "").split(", ")
        if 1 < len(choices) < 5:
            shown = listed([hand.code(choice) for choice in choices])
            yield _say(hand, "default", "choices", v=name, c=shown)


def option_items(known: Known, hand: Hand) -> Iterator[Saying]:
    """Options as items of a list."""
    places = Counter(f.value for f in known.of("option"))
    for fact in known.of("option"):
        text = known.help(fact) if fact.value.startswith("--") else ""
        if text and places[fact.value] == 1:
            told = f"`{fact.value}`: {text}"
            parts = (fact.value, text)
            yield Saying(told, "option", place="list", parts=parts, fact=" ".join(parts))


def configured(known: Known, hand: Hand) -> Iterator[Saying]:
    """Environment variables, files, ports, services and inputs."""
    for fact in known.of("env_var"):
        if fact.detail.get("group") != "test":
            yield _say(hand, "env", "variable", v=hand.code(fact.value))
            if text := known.help(fact):
                yield _say(hand, "env", "variable_help", v=hand.code(fact.value), l=lower(text))
    for fact in known.of("config_file"):
        if not fact.detail.get("copy_to"):
            yield _say(hand, "path", "config_file", v=hand.code(fact.value))
    for fact in known.of("service"):
        if file := fact.detail.get("file", ""):
            yield _say(hand, "service", "service", f=hand.code(file), v=hand.code(fact.value))
    for fact in known.of("input"):
        if not fact.detail.get("group") and (text := known.help(fact)):
            yield _say(hand, "input", "input", v=hand.code(fact.value), l=lower(text))


def documented(known: Known, hand: Hand) -> Iterator[Saying]:
    """Symbols of the public interface."""
    for fact in [f for f in known.of("api_symbol") if len(f.value) > 3][:40]:
        sort, name = fact.detail.get("symbol", "symbol"), hand.code(fact.value)
        if text := known.help(fact):
            yield _say(hand, "api", "symbol_help", v=name, s=sort, l=lower(text))
        if is_code(fact.evidence.path):
            place = hand.code(fact.evidence.path)
            yield _say(hand, "api", "symbol_place", v=name, s=sort, p=place)


def laid_out(known: Known, hand: Hand) -> Iterator[Saying]:
    """Folders and files, by their roles."""
    entries = known.snapshot.files
    tops = Counter((e.path.partition("/")[0] + "/", e.role) for e in entries if "/" in e.path)
    seen = {".github/"}
    for (folder, role), count in tops.most_common():
        if role in _ROLES and count > 2 and folder not in seen:
            seen.add(folder)  # what most of it is
            yield _say(hand, "path", "folder", v=hand.code(folder), w=_ROLES[role])
    for fact in known.of("bin")[:2]:
        target = fact.detail.get("target", "").removeprefix("./")
        if target not in {"", "."} and known.corpus.tree.exists(target):
            yield _say(hand, "path", "starts_in", v=hand.code(fact.value), p=hand.code(target))
    sources = [e.path for e in entries if e.role == "source" and e.size > 200]
    near = [path for path in sources if path.count("/") in {1, 2} and is_code(path)]
    for path in hand.dice.sample(near, min(6, len(near))):
        yield _say(hand, "path", "source_file", v=hand.code(path))


def developed(known: Known, hand: Hand) -> Iterator[Saying]:
    """Scripts, targets, tasks, test commands and workflows."""
    found = [*known.of("script", ""), *known.of("make_target", ""), *known.of("task", "")]
    for fact in _shuffled(hand, [f for f in found if f.detail.get("run")]):
        run = fact.detail["run"]
        if fact.kind != "script" and (text := known.help(fact)):
            yield Saying(_run(hand, run, text), "script", fact=run)
        elif fact.kind == "script" and 0 < len(fact.text) < 40 and "`" not in fact.text:
            yield _say(hand, "script", "script_runs", v=hand.code(run), t=f"`{fact.text}`")
        else:
            yield _say(hand, "script", "script", v=hand.code(run))
    for fact in known.of("test_command", ""):
        if fact.detail.get("purpose") == "test" and len(fact.value) < 50 and "\n" not in fact.value:
            yield _say(hand, "script", "tests", v=f"`{fact.value}`")
    for fact in known.of("workflow")[:3]:
        file = f".github/workflows/{fact.detail.get('file', '')}"
        if known.corpus.tree.exists(file):
            yield _say(hand, "path", "workflow", f=hand.code(file))


def taking_part(known: Known, hand: Hand) -> Iterator[Saying]:
    """Pages for those who take part, and where bugs are reported."""
    for fact in known.of("doc_page"):
        what = _PAGES.get(fact.detail.get("role", ""))
        if what and known.corpus.tree.exists(fact.value):
            yield _say(hand, "link", "page_role", v=fact.value, w=what)
    yield from _addresses(known, hand, "issues")


def linked(known: Known, hand: Hand) -> Iterator[Saying]:
    """Pages of documentation, and where the project lives."""
    for fact in known.of("doc_page"):
        title = "" if fact.detail.get("role", "") in _PAGES else known.help(fact)
        if title and known.corpus.tree.exists(fact.value):
            yield _say(hand, "link", "page", v=fact.value, t=title)
    yield from _addresses(known, hand, "homepage", "documentation")


def _addresses(known: Known, hand: Hand, *kinds: str) -> Iterator[Saying]:
    for fact in known.of("link"):
        rel, is_safe = fact.detail.get("rel", ""), fact.value.startswith("https://")
        if is_safe and rel in kinds:
            yield _say(hand, "link", rel, v=f"<{fact.value}>")


def licensed(known: Known, hand: Hand) -> Iterator[Saying]:
    """The license and its text."""
    facts = known.of("license", "")
    found = {fact.value for fact in facts}
    if len(found) == 1 and " " not in facts[0].value:
        yield _say(hand, "license", "license", n=known.name, v=facts[0].value)
    for fact in facts:
        if fact.detail.get("from") == "text":
            yield _say(hand, "license", "license_text", p=hand.code(fact.evidence.path))


def made_by(known: Known, hand: Hand) -> Iterator[Saying]:
    """Its authors."""
    for fact in known.of("person")[:2]:
        if fact.detail.get("role") == "author" and "<" not in fact.value:
            yield _say(hand, "person", "person", v=fact.value)


# What is said in which section; a section that is not named gets a little of all. A fact is told in
# the first of them that has room for it.
SECTIONS: dict[str, tuple[Maker, ...]] = {
    "about": (described, packaged, commanded),
    "install": (packaged,),
    "usage": (optioned, commanded, documented),
    "configuration": (configured, optioned),
    "api": (documented, laid_out),
    "requirements": (required, packaged),
    "development": (developed, required),
    "structure": (laid_out,),
    "contributing": (taking_part, developed),
    "license": (licensed, made_by),
    "documentation": (linked,),
    "authors": (made_by, taking_part),
    "features": (optioned, commanded, documented),
    "built_with": (described, required),
    "packages": (packaged, laid_out),
}
EVERYTHING: tuple[Maker, ...] = (
    described, packaged, optioned, configured, developed, laid_out, linked,
)  # fmt: skip
