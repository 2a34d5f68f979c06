"""The first lines: badges, the one-line description, and what the project is."""

from __future__ import annotations

import re
from urllib.parse import quote

from moxi_analyzer.languages import language_of
from moxi_core.project_types import TYPE_WORDS
from moxi_core.records import Evidence, Fact
from moxi_infer.document import Body, Section
from moxi_infer.markdown import code, codes, listing, plain, prose, sentence
from moxi_infer.registries import maven_coordinates
from moxi_infer.subject import Subject, short_name, simple

MAX_BADGES = 4
_SAME_WORDS = 0.8  # of a paragraph, from which on it says the line above it again
_ABOUT_CHARS = 700

_REGISTRY_BADGES = {
    "pypi": ("PyPI", "pypi/v/{}", "https://pypi.org/project/{}/"),
    "npm": ("npm", "npm/v/{}", "https://www.npmjs.com/package/{}"),
    "crates.io": ("crates.io", "crates/v/{}", "https://crates.io/crates/{}"),
    "nuget": ("NuGet", "nuget/v/{}", "https://www.nuget.org/packages/{}"),
    "rubygems": ("Gem", "gem/v/{}", "https://rubygems.org/gems/{}"),
    "packagist": ("Packagist", "packagist/v/{}", "https://packagist.org/packages/{}"),
    "hex": ("Hex", "hexpm/v/{}", "https://hex.pm/packages/{}"),
    "hackage": ("Hackage", "hackage/v/{}", "https://hackage.haskell.org/package/{}"),
    "pub.dev": ("pub", "pub/v/{}", "https://pub.dev/packages/{}"),
    "maven-central": (
        "Maven Central",
        "maven-central/v/{}",
        "https://central.sonatype.com/artifact/{}",
    ),
    "clojars": ("Clojars", "clojars/v/{}", "https://clojars.org/{}"),
}


def badges(subject: Subject) -> Section | None:
    """At most four badges whose sources the repository has: CI, registry, documentation, license."""
    if not subject.badges:
        return None
    rows = [row for row in (_ci(subject), _registry(subject), _reference(subject)) if row]
    license_row = _license(subject)
    if license_row and rows:
        rows.append(license_row)
    body = Body()
    for position, (text, facts) in enumerate(rows[:MAX_BADGES]):
        if position:
            body.join_line(text, *facts)
        else:
            body.paragraph(text, *facts)
    return body.section("badges", "Badges")


def _ci(subject: Subject) -> tuple[str, list[Fact]] | None:
    found = (f for f in subject.of("workflow") if f.detail.get("file"))
    tests = [f for f in found if _tests(f)]
    workflow = min(tests, key=_ci_rank, default=None)
    if workflow is None or subject.host is None or subject.host.name != "github.com":
        return None
    page = f"{subject.host.url}/actions/workflows/{quote(workflow.detail['file'])}"
    return f"[![CI]({page}/badge.svg)]({page})", [workflow]


def _tests(workflow: Fact) -> bool:
    """Whether a workflow tests: by what it runs, or by its name where it releases as well."""
    stem = workflow.detail["file"].rpartition(".")[0].lower()
    return workflow.detail.get("purpose") == "test" or stem in {"ci", "test", "tests"}


def _ci_rank(workflow: Fact) -> tuple[int, int]:
    """Of several test workflows, the one a maintainer would show."""
    stem = workflow.detail["file"].rpartition(".")[0].lower()
    named = [n for n, word in enumerate(("ci", "test", "tests", "build", "main")) if stem == word]
    parts = [5 + n for n, word in enumerate(("ci", "test", "build")) if word in stem]
    return (named or parts or [9])[0], len(stem)


def _registry(subject: Subject) -> tuple[str, list[Fact]] | None:
    main = subject.main
    known = _REGISTRY_BADGES.get(main.detail.get("registry", "")) if main else None
    if main is None or known is None:
        return None
    label, image, page = known
    name = main.value
    if label == "Maven Central":
        name = maven_coordinates(main).replace(":", "/")
    if not name:
        return None
    name = quote(name, safe="@/:")
    return (
        f"[![{label}](https://img.shields.io/{image.format(name)})]({page.format(name)})",
        [main],
    )


def _reference(subject: Subject) -> tuple[str, list[Fact]] | None:
    main = subject.main
    if main is None:
        return None
    registry, role = main.detail.get("registry"), main.detail.get("role")
    if registry == "crates.io" and role in {"library", "both"}:
        page = f"https://docs.rs/{quote(main.value)}"
        image = f"https://img.shields.io/docsrs/{quote(main.value)}"
        return f"[![docs.rs]({image})]({page})", [main]
    if registry == "go" and role in {"library", "both"}:
        page = f"https://pkg.go.dev/{quote(main.value)}"
        image = f"https://pkg.go.dev/badge/{quote(main.value)}.svg"
        return f"[![Go Reference]({image})]({page})", [main]
    return None


def _license(subject: Subject) -> tuple[str, list[Fact]] | None:
    fact = next(iter(subject.licenses), None)
    if fact is None:
        return None
    label = quote(fact.value.replace("-", "--").replace("_", "__"))
    target = next((f.evidence.path for f in subject.licenses if is_text(f)), "")
    image = f"![License](https://img.shields.io/badge/license-{label}-blue)"
    return (f"[{image}]({quote(target)})" if target else image), [fact]


def is_text(fact: Fact) -> bool:
    """Whether a license fact comes from the license's own text."""
    return fact.detail.get("from") == "text"


def tagline(subject: Subject) -> Section | None:
    """One sentence: the manifest's description, else what kind of thing this is."""
    body = Body()
    description = _description(subject)
    if description is not None:
        text = prose(said_by(description), 400)
        # A program's name keeps its case.
        named = text.split(" ")[0] in {subject.title, *(f.value for f in subject.of("bin"))}
        said = sentence(text)
        body.paragraph(text[:1] + said[1:] if named else said, description)
    elif (paragraph := _about(subject)) is not None:
        body.paragraph(prose(paragraph.value, _ABOUT_CHARS), paragraph)
    else:
        _say_kind(subject, body)
    return body.section("tagline", "Description")


def _description(subject: Subject) -> Fact | None:
    scope = subject.main.scope if subject.main else ""
    names = {f.value for f in subject.of("bin")}
    programs = [p for p in subject.installed_programs if p.name in names and "" in p.commands]
    roots = [p.commands[""] for p in programs[:1]]
    main = [subject.main] if subject.main and subject.main.text else []
    candidates = [*subject.of("description", scope), *main, *subject.of("description", "")]
    candidates += [*_namesakes(subject), *roots]
    for fact in candidates:
        words = plain(said_by(fact))
        if len(words) >= 10 and simple(words) != simple(subject.title):
            return fact
    return None


def _namesakes(subject: Subject) -> list[Fact]:
    """Packages of the main one's name in other registries, which describe the same thing."""
    main = subject.main
    if main is None or main.detail.get("manager") == "xcode":
        return []
    name = simple(short_name(main.value))
    same = [f for f in subject.packages if simple(short_name(f.value)) == name and f is not main]
    return [f for f in same if f.text and f.detail.get("registry")]


def said_by(fact: Fact) -> str:
    """The words of a description; packages and root commands carry them as their text."""
    return fact.value if fact.kind == "description" else fact.text


def _say_kind(subject: Subject, body: Body) -> None:
    kind = TYPE_WORDS.get(subject.snapshot.project_type.name)
    if kind is None:
        _say_language(subject, body)
        return
    language = subject.language if kind != "collection of documents" else ""
    platforms = subject.main.detail.get("platforms", "") if subject.main else ""
    if platforms:
        kind = f"application for {listing(platforms.split(', '))}"
    if kind == TYPE_WORDS["scripts"] and language:
        kind, language = f"collection of {language} scripts", ""
    article = "An" if (language or kind)[0] in "AEIOU" else "A"
    places = subject.snapshot.project_type.evidence
    body.paragraph(f"{article} {language} {kind}.".replace("  ", " "), *places[:1])


def _say_language(subject: Subject, body: Body) -> None:
    files = (f.path for f in subject.snapshot.files)
    written = (p for p in files if (found := language_of(p)) and found.name == subject.language)
    first = next(written, None)
    if first is not None:
        article = "An" if subject.language[0] in "AEIOU" else "A"
        body.paragraph(f"{article} {subject.language} project.", Evidence(path=first))


def about(subject: Subject) -> Section | None:
    """What it is, in the words of the package's own documentation, and what it installs."""
    body = Body()
    paragraph = _about(subject)
    if paragraph is not None and _description(subject) is not None:
        body.paragraph(prose(paragraph.value, _ABOUT_CHARS), paragraph)
    _say_programs(subject, body)
    return body.section("about", "About")


def _about(subject: Subject) -> Fact | None:
    said = _description(subject)
    told = [f for f in subject.of_main("about") if not (said and _within(f, said))]
    return told[0] if told and (said is None or _adds(told[0], said)) else None


def _within(about_fact: Fact, description: Fact) -> bool:
    return simple(plain(about_fact.value)) in simple(plain(said_by(description)))


def _adds(about_fact: Fact, description: Fact) -> bool:
    """Whether a paragraph says more than the line above it, in these words or others of them."""
    told, line = plain(about_fact.value), plain(said_by(description))
    words, known = (re.findall(r"[a-z0-9]+", text.lower()) for text in (told, line))
    again = sum(word in known for word in words) >= _SAME_WORDS * len(words)
    return not ((simple(line) in simple(told) or again) and len(told) < 1.5 * len(line))


def _say_programs(subject: Subject, body: Body) -> None:
    # What is started through its build tool is no command that anyone could type.
    bins = [f for f in subject.of_main("bin") if f.value and not f.detail.get("run")]
    names = list(dict.fromkeys(f.value for f in bins))
    if not names or (len(names) == 1 and names[0] == subject.title):
        return
    if len(names) == 1:
        body.paragraph(f"The command is {code(names[0])}.", bins[0])
    elif len(names) <= 8:
        body.paragraph(f"It provides the commands {listing([code(n) for n in names])}.", *bins)
    else:
        body.paragraph(f"It provides {len(names)} commands, among them {codes(names[:6])}.", *bins)
