"""The license that a README names, held against its text and the manifests."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from moxi_check.claim import Claim, false, not_judged, true, undecided
from moxi_check.document import Document, Prose, Span
from moxi_check.ground import Ground
from moxi_check.kinds.elsewhere import is_of_others, is_of_web
from moxi_check.kinds.told import is_elsewhere, own_names
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

_OTHER_SUBJECT = "the sentence may speak of something else"
KINDS = {"license": "the license named is the one of the license file or manifest"}

_NAMES: tuple[tuple[str, str], ...] = (
    (r"AGPL(?:[-\s]?v?3(?:\.0)?)?|(?:GNU )?Affero (?:GPL|General Public License)", "AGPL"),
    (r"LGPL(?:[-\s]?v?[23](?:\.[01])?)?|(?:GNU )?(?:Lesser|Library) (?:GPL|General Public License)", "LGPL"),
    (r"(?:GNU )?GPL[-\s]?v?3(?:\.0)?|(?:GNU )?General Public License,?\s*(?:version|v)?\s*3(?:\.0)?", "GPL-3"),
    (r"(?:GNU )?GPL[-\s]?v?2(?:\.0)?|(?:GNU )?General Public License,?\s*(?:version|v)?\s*2(?:\.0)?", "GPL-2"),
    (r"(?:GNU )?GPL|(?:GNU )?General Public License", "GPL"),
    (r"Apache(?!\s+(?:(?!Licen|Version|Public)[A-Z]\w|web\b|HTTP|server|document|at\b)(?!oftware\s+Licen))(?:[-\s]+(?:Software\s+)?Licen[cs]e)?(?:,?[-\s]+(?:version|v)?\s*2(?:\.0)?)?|ASL[-\s]?2(?:\.0)?", "Apache-2.0"),
    (r"(?:the\s+)?MIT(?!\s+(?!Licen|Public|Style|Open)[A-Z]\w*[a-z])(?:[-\s]+Licen[cs]ed?)?|Expat", "MIT"),
    (r"(?:BSD[-\s]?3(?:[-\s]Clause)?|3[-\s]Clause BSD|(?:New|Modified|Revised) BSD)(?:[-\s]+Licen[cs]e)?", "BSD-3-Clause"),
    (r"(?:BSD[-\s]?2(?:[-\s]Clause)?|2[-\s]Clause BSD|Simplified BSD)(?:[-\s]+Licen[cs]e)?", "BSD-2-Clause"),
    (r"BSD", "BSD"),
    (r"MPL[-\s]?(?:v?2(?:\.0)?)?|Mozilla Public Licen[cs]e(?:,?\s*(?:version|v)?\s*2(?:\.0)?)?", "MPL-2.0"),
    (r"ISC", "ISC"),
    (r"Unlicen[cs]e", "Unlicense"),
    (r"EPL[-\s]?(?:v?[12](?:\.0)?)?|Eclipse Public Licen[cs]e", "EPL"),
    (r"BSL[-\s]?1(?:\.0)?|Boost Software Licen[cs]e", "BSL-1.0"),
    (r"WTFPL", "WTFPL"),
    (r"Zlib", "Zlib"),
    (r"CC0(?:[-\s]1\.0)?", "CC0-1.0"),
    (r"0BSD", "0BSD"),
    (r"EUPL[-\s]?(?:1\.2)?", "EUPL"),
    (r"Artistic(?:[-\s]2\.0|\s+Licen[cs]e(?:\s+2\.0)?)", "Artistic-2.0"),
)  # fmt: skip
_NAME = lazy_pattern(
    "|".join(
        rf"(?P<n{i}>(?<![\w./-])(?:{pattern})(?![\w/]))" for i, (pattern, _) in enumerate(_NAMES)
    )
)
_SAYS = lazy_pattern(
    r"(?i)\b(?:licen[cs]ed (?:under|with|by)|(?:released|distributed|available|published|provided|covered|"
    r"made available|open[- ]?sourced?(?: software)?(?: licensed)?)\s+(?:\w+\s+){0,3}(?:under|by)|licen[cs]e\s*[:=|-]|"
    r"is (?:\w+ )?licensed|under the (?:terms of )?|free (?:and open[- ]source )?software:)"
)
_CHOSE = lazy_pattern(r"(?i)\bwe chose the [^.\n]{0,40}\blicen[cs]e\b")
# Of what else than the whole project a sentence may name the license.
_PARTS = lazy_pattern(
    r"(?i)\b(?:except|docs?|documentation|fonts?|icons?|images?|logos?|artwork|assets?|data(?:set)?s?|models?|weights|"
    r"third[- ]part\w+|depend\w+|vendor\w*|bundled|formerly|previous(?:ly)?|prior|older|earlier|before|until|unlike|compatible|standalone|"
    r"librar(?:y|ies) (?:which|that)|(?:which|that) (?:is|are)|(?:contains?|has|includ\w+|bundles?|embeds?) (?:(?:a|an|the|some) )?(?:\w+ )?(?:copy|sources?|code|ports?|fork|version|implementation)|ports? of|ships? with|links? (?:to|against)|makes? use of|alternative to|wrapped|relicen\w+|versions? \d|another|"
    r"(?:changed|switched|moved) (?:\w+ ){0,3}(?:from|to)|inspired|relies|includes?|based on|fork|derived|originally|since|because|instead|rather|used (?:by|in|for|as|here)|uses|forced|along with|contributions?|portions?|parts? of|some)\b"
)
_OTHERS = lazy_pattern(
    r"(?i)\b(?:which is|choose|example|generated|templates?|plugins?|(?<!\bthis )library is|"
    r"library is(?! (?:open[- ]source and )?(?:available|licensed|released|distributed) under the\b)|using|snippets?|files?|"
    r"by default|if you)\b"
)
_SECTION = lazy_pattern(
    r"(?i)\W*(?:the )?(?:copyright (?:and|&) )?licen[cs](?:e|es|ing)\W*(?:information|&? ?copyright)?\W*"
)
_HEADING = lazy_pattern(r"(?i)licen[cs]e\W{1,3}(?P<name>\w.{1,60})")
_TARGET = lazy_pattern(
    r"(?:\s+[Ll]icen[cs]e)?\)?\]\((?:\./)?(?P<path>[\w./-]+)(?:\s+\"[^\"\n]*\")?\)"
)
_TITLED = lazy_pattern(r"(?i)\W*licen[cs]e\s*(?:and|&|/)\s.*")  # `License and credits`
# A badge tells ours, but no section that it is the one to have told it.
_PICTURE = lazy_pattern(r"!\[|<img\b|img\.shields\.io")
# Where texts of licenses stand for all to link to.
_SITES = lazy_pattern(
    r"(?i)https?://(?:[\w-]+\.)*(?:opensource|choosealicense|spdx|gnu|fsf|apache|mozilla|creativecommons|eclipse|unlicense|"
    r"mit-license|tldrlegal|boost|isc|wikipedia|wtfpl|zlib|nuget|shields|oss-watch|artlibre|cecill|europa|openfontlicense|sil|"
    r"perlfoundation|postgresql|php|python|opendatacommons|polyformproject|mariadb|elastic|0bsd|fossa|snyk)\.\w+(?:/|$)"
)
_LINKED = lazy_pattern(r"[^\]\n]{0,40}\]\(\s*(?P<url>https?://[^\s()]+)")
_SHIELD = lazy_pattern(
    r"img\.shields\.io/badge/licen[cs]e-([^\s?)]+?)-[A-Za-z0-9]+(?:\.svg|\.png)?(?:[?\s)]|$)", re.I
)


_OF_PART = lazy_pattern(
    r"(?i)\W*(?:data(?:set)?|models?|docs?|documentation|content|fonts?|icons?|assets?|weights?)\b"
)
_SHOWS = lazy_pattern(r"/github/license/(?P<slug>[\w.-]+/[\w.-]+?)(?:\.svg|[?#]|$)")
# Another project that a sentence tells of: `GEOS is available under …`.
_SUBJECT = lazy_pattern(
    r"(?:^|\s)[*_`\[]{0,3}(?P<who>(?:[A-Z]|(?<=`)[a-z])[\w.+-]*)(?:\]\([^()]*\))?[*_`\]]{0,3} (?:is|are|itself is) (?:\w+ )?"
    r"(?:licen[cs]ed|released|distributed|available|published|provided|covered|made available)\b"
)
# `The go-demo package, …`: one of several, by its name.
_THE = lazy_pattern(
    r"\W*[Tt]he [*_`\[]{0,3}(?!source|core|main|whole|entire|complete|full|rest|actual|python|rust|ruby|node)(?P<who>[\w.@/-]+)[*_`\]]{0,3}"
    r"(?:\([^()]*\))? (?:package|library|module|crate|gem|plugin|tool|font|theme|model|extension|binary|parser|engine|compiler|project)\b"
)
OWN_WORDS = frozenset(
    "it this that all everything code software project content library package program tool app application "
    "framework module source work repository plugin material".split()
)
# Words before `licensed under` that leave the project for what is licensed: `Copyright 2020 Demo, released under …`.
_OWN_BESIDE = frozenset(
    "we our us here copyright license licence licensing sources codebase free open".split()
)
_MADE = lazy_pattern(r"(?i)(?:built|made|written|created|developed|maintained|designed)$")
_NO_SUBJECT = frozenset("is are was also and or the a an both freely being been have has".split())
_ITEM = lazy_pattern(r"\s*(?:[-*+]|\d+[.)])\s+(?P<lead>\S.*)")
_CODE = frozenset(".json .toml .yml .yaml .lock .cfg .xml .py .js .go .rs .svg .png".split())
_CLAUSE = lazy_pattern(r"\s[-\u2013\u2014]\s|[:.](?=\s)")
_THROUGHOUT = 3  # lines that name another license: more likely of others than all wrong

# `MIT or Apache-2.0`, `dual-licensed`: which of them has its text in the repository is another matter.
_CHOICE = lazy_pattern(
    r"(?i)\b(?:dual(?:ly)?|either|at your option|(?:your|of) choice|multi-?licen[cs]ed)\b|\b(?:MIT|BSD|Apache|GPL|MPL|ISC)\b"
    r"[^.\n]{0,40}?\s(?:or|and/or)\s[^.\n]{0,20}\b(?:MIT|BSD|Apache|\w?GPL|MPL|ISC)\b"
)
_ITEM_OF_LINK = lazy_pattern(r"\s*[-*+|]\s+\**`?\[[^\]\n]*\]\((?P<url>[^()\s]+)\)")


def claims(document: Document, ground: Ground) -> Iterator[Claim]:
    """Licenses named where the README says which one the project has, and on badges."""
    known = ground.facts("license")
    if _has_own(document, ground, known):
        return  # the license of a part of the repository, of which there is no fact
    beside = _in_names_of_files(ground, known)
    for claim in _named(document, ground, known):
        word = next(iter(re.findall(r"[A-Z][A-Za-z]+", claim.text)), "").upper()
        is_doubtful = claim.verdict == "false" and word in beside
        yield undecided(claim, _OTHER_SUBJECT) if is_doubtful else claim


def _in_names_of_files(ground: Ground, known: list[Fact]) -> frozenset[str]:
    """Words in the names of files at the root that may be texts of licenses, but were not recognised."""
    told = {fact.evidence.path for fact in known}
    names = (path for path in ground.repo.inside("") if path not in told)
    texts = (name for name in names if posixpath.splitext(name)[1] not in _CODE)
    return frozenset(w.upper() for name in texts for w in re.findall(r"[A-Za-z]+", name))


def _named(document: Document, ground: Ground, known: list[Fact]) -> Iterator[Claim]:
    lines = document.source.split("\n")
    for claim in (*_badges(document, known), *_labels(document, ground, known)):
        item = _ITEM_OF_LINK.match(lines[claim.line - 1])
        is_other = item is not None and is_of_others(item["url"], ground)
        doubtful = claim.verdict == "false" and is_other
        yield undecided(claim, _OTHER_SUBJECT) if doubtful else claim
    yield from _headings(document, known)
    told = [*_told(document, ground, known)]
    yield from _not_throughout([*_of_two(document, told)])


def _badges(document: Document, known: list[Fact]) -> Iterator[Claim]:
    """What badges show: `license-MIT-blue`."""
    for link in document.links:
        badge = _SHIELD.search(link.text)
        if badge:
            label = badge[1].replace("--", "-").replace("_", " ").replace("%20", " ")
            found = _NAME.search(label)
            if found:
                span = Span(badge[1], link.line, link.column + badge.start(1))
                yield _judge(span, _family(found), known, sure=True)


def _told(document: Document, ground: Ground, known: list[Fact]) -> Iterator[Claim]:
    """Licenses named in prose."""
    own = _own_words(document, ground)
    before, last = "", 0
    of_others = _headings_of_others(document, ground)
    told = False  # whether the page has said which license ours is
    files = {_from(document.folder, fact.evidence.path): fact for fact in known}
    # Elsewhere a title such as "License" may be of a key or a command.
    is_readme = posixpath.basename(document.path).lower().startswith(("readme", "contributing"))
    for line in document.prose:
        in_section = is_readme and bool(line.section) and bool(_SECTION.fullmatch(line.section[-1]))
        if line.line > last + 1 and not _leads_on(before):  # a paragraph of its own
            before = ""
        leads = any(link["path"] in files for link in _TARGET.finditer(line.text))
        if in_section or leads or _SAYS.search(f"{before} {line.text}"):
            for claim in _line(line, before, known, files, ground, in_section):
                told = told or (claim.verdict == "true" and not _PICTURE.search(line.text))
                other = (
                    not of_others.isdisjoint(line.section)
                    or _links_to_other(line, claim, ground)
                    or not (
                        _leads_to(_after(line, claim), files)
                        or (
                            not _is_of_another(line, before, claim, own)
                            and (
                                (in_section and not told)
                                or _is_of_project(line, before, claim, own)
                            )
                        )
                    )
                )
                yield (
                    undecided(claim, _OTHER_SUBJECT)
                    if claim.verdict == "false" and other
                    else claim
                )
        before, last = "" if line.text.startswith("#") else line.text, line.line


def _leads_on(before: str) -> bool:
    """Whether a paragraph tells of what the next one is about."""
    return before.endswith(":") or bool(_SAYS.search(before) or _PARTS.search(before))


def _of_two(document: Document, claims: list[Claim]) -> Iterator[Claim]:
    """The claims; a bare name beside a line that tells ours is of something else with its own license.

    So is one that stands with ours for a choice: of two licenses, one may have no file.
    """
    shown = {line.line for line in document.prose if _PICTURE.search(line.text)}
    ours = {claim.line for claim in claims if claim.verdict == "true"}
    says = {
        line.line for line in document.prose if _SAYS.search(line.text) or _CHOSE.search(line.text)
    }
    chosen = {line.line for line in document.prose if _CHOICE.search(line.text)} & ours
    lines = document.source.split("\n")
    held = [claim for claim in claims if claim.verdict == "true"]
    for claim in claims:
        is_bare = claim.line not in says and bool(ours - shown - {claim.line})
        is_parted = any(_is_parted(other, claim, lines) for other in held)
        doubtful = claim.verdict == "false" and (is_bare or claim.line in chosen or is_parted)
        yield undecided(claim, _OTHER_SUBJECT) if doubtful else claim


def _is_parted(ours: Claim, other: Claim, lines: list[str]) -> bool:
    """Whether a line names ours, and another license in another sentence or clause: of something else."""
    if ours.line != other.line:
        return False
    first, last = sorted((ours, other), key=lambda claim: claim.column)
    between = lines[first.line - 1][first.column - 1 + len(first.text) : last.column - 1]
    return bool(re.search(r"[.;]\s|,\s(?:the|but|while|its|code|data)\b", between))


def _not_throughout(claims: list[Claim]) -> Iterator[Claim]:
    """The claims; where several lines name licenses that are not ours, they tell of other things."""
    false = [claim for claim in claims if claim.verdict == "false"]
    is_throughout = len({claim.line for claim in false}) >= _THROUGHOUT
    is_of_several = len({_family(found) for c in false if (found := _NAME.search(c.text))}) > 1
    for claim in claims:
        doubtful = claim.verdict == "false" and (is_throughout or is_of_several)
        yield undecided(claim, _OTHER_SUBJECT) if doubtful else claim


def _headings(document: Document, known: list[Fact]) -> Iterator[Claim]:
    """Headings that name it: `## License: MIT`."""
    lines = document.source.split("\n")
    for heading in document.headings:
        found = _HEADING.fullmatch(heading.text.strip())
        name = _NAME.fullmatch(found["name"].rstrip(" )")) if found else None
        at = lines[heading.line - 1].rfind(name[0]) if name else -1
        if name and at >= 0:
            # Deeper down, it may be of what a section above tells of.
            sure = heading.level < 3
            yield _judge(Span(name[0], heading.line, at + 1), _family(name), known, sure=sure)


def _has_own(document: Document, ground: Ground, known: list[Fact]) -> bool:
    """Whether beside a page, between it and the root, or there, stands a license that no fact tells of."""
    told = {fact.evidence.path for fact in known}
    folder = document.folder
    # Without a fact of the root, what its own text says is not known, whatever the parts say.
    while folder or not any(fact.scope == "" for fact in known):
        for path in ground.repo.inside(folder):
            stem = posixpath.basename(path).partition(".")[0].lower()
            if stem in {"license", "licence", "copying"} and path not in told:
                return True
        if not folder:
            break
        folder = posixpath.dirname(folder)
    return False


def _line(
    line: Prose,
    before: str,
    known: list[Fact],
    files: dict[str, Fact],
    ground: Ground,
    in_section: bool,
) -> Iterator[Claim]:
    """Names in a line that tells of a license; `before` is the line before it, `files` what it may link to."""
    for found in _NAME.finditer(line.text):
        head = line.text[: found.start()]
        if "](" in head and head.rfind("](") > head.rfind(")"):
            continue  # inside a link's target
        if line.text[found.end() :].startswith(("-compatible", "-like", "-style")):
            continue
        sentence = _sentence(f"{before[-80:]} {head}")
        file = _leads_to(line.text[found.end() :], files)
        is_link = file is not None
        if not (in_section or is_link or _SAYS.search(sentence)):
            continue
        sure = not _PARTS.search(sentence) and (in_section or not _OTHERS.search(sentence))
        sure = sure and not _is_on_others(line.section)
        sure = sure or is_link
        span = Span(found[0], line.line, line.column + found.start())
        claim = _judge(span, _family(found), known, sure=sure)
        if claim.verdict == "true" and file is not None and _denies(file, found, line, ground):
            whole = [fact for fact in known if fact.scope in {"", file.scope}]
            claim = _judge(span, _family(found), whole, sure=True)
        yield claim


def _headings_of_others(document: Document, ground: Ground) -> frozenset[str]:
    """Titles below the first that are nothing but a link to another project: `### [Other](https://…)`."""
    titles = {(h.line, h.text.strip()): h.text for h in document.headings if h.level > 1}
    linked = ((titles.get((link.line, link.label.strip())), link) for link in document.links)
    return frozenset(
        title for title, link in linked
        if title and not link.image and not _SITES.match(link.text) and is_of_web(link.text, ground)
    )  # fmt: skip


def _is_on_others(section: tuple[str, ...]) -> bool:
    """Whether titles tell of other projects; `License and credits` tells of ours as well."""
    if section and _TITLED.fullmatch(section[-1]):
        section = section[:-1]
    return is_elsewhere(section)


def _own_words(document: Document, ground: Ground) -> frozenset[str]:
    """Words that stand for the project in a sentence: its names, its title, `it`, `this library`."""
    names = {*own_names(ground), *(fact.value.lower() for fact in ground.facts("package"))}
    titles = " ".join(heading.text for heading in document.headings[:1])
    parts = re.findall(r"[^\W_]+", f"{' '.join(names)} {titles}".lower())
    return frozenset({*OWN_WORDS, *names, *parts} - _NO_SUBJECT)


def _links_to_other(line: Prose, claim: Claim, ground: Ground) -> bool:
    """Whether the name is a link to the license of another project."""
    link = _LINKED.match(_after(line, claim))
    item = _ITEM_OF_LINK.match(line.text)  # - [Other](https://…): BSD
    if link is not None and not _SITES.match(link["url"]) and is_of_web(link["url"], ground):
        return True
    return any(found is not None and is_of_others(found["url"], ground) for found in (link, item))


def _is_of_another(line: Prose, before: str, claim: Claim, own: frozenset[str]) -> bool:
    """Whether the sentence has another project for its subject."""
    sentence = _sentence(f"{before[-80:]} {_head(line, claim)}")
    found = _SUBJECT.search(sentence) or _THE.match(sentence)
    if found is None:
        return False
    who = found["who"].lower()
    lead = _words(sentence[: found.start("who")])[-1:]  # of `Dear Demo`, which is `deardemo`
    return who not in own and "".join((*lead, who)) not in own


def _is_of_project(line: Prose, before: str, claim: Claim, own: frozenset[str]) -> bool:
    """Whether the sentence has the project for its subject, or none; that of an item is what it begins with."""
    sentence = _sentence(f"{before[-80:]} {_head(line, claim)}")
    says = _SAYS.search(sentence)
    words = _words(sentence[: says.start()]) if says else []
    if words:
        known = own | _OWN_BESIDE
        is_name = len(words) == 2 and "".join(words) in known  # `Dear Demo`, which is `deardemo`
        return is_name or any(word in known or _MADE.match(word) for word in words)
    item = _ITEM.match(line.text)
    if item is None or _SAYS.match(item["lead"]):
        return True
    lead = _words(_CLAUSE.split(item["lead"])[0])
    return not lead or any(word in own | _OWN_BESIDE for word in lead)


def _head(line: Prose, claim: Claim) -> str:
    return line.text[: claim.column - line.column]


def _after(line: Prose, claim: Claim) -> str:
    return line.text[claim.column - line.column + len(claim.text) :]


def _words(text: str) -> list[str]:
    """The words of a text that may be its subject, lower-case, without targets of links."""
    shown = re.sub(r"\]\([^()]*\)", "]", text)
    return [word for word in re.findall(r"[^\W_]+", shown.lower()) if word not in _NO_SUBJECT]


def _from(folder: str, path: str) -> str:
    """A path of the repository as a page in a folder of it writes it in a link."""
    return posixpath.relpath(path, folder or ".")


def _leads_to(after: str, files: dict[str, Fact]) -> Fact | None:
    """The license whose file a name links to: `[MIT License](LICENSE)`."""
    link = _TARGET.match(after)
    return files.get(link["path"]) if link else None


def _denies(file: Fact, found: re.Match[str], line: Prose, ground: Ground) -> bool:
    """Whether the file that a name links to is of another license, whatever parts of the repository have.

    Not where its text names that one too, or the line one more: then both are meant.
    """
    others = [named for named in _NAME.finditer(line.text) if _family(named) != _family(found)]
    text = ground.repo.text(file.evidence.path) or ""
    return not others and not any(_family(n) == _family(found) for n in _NAME.finditer(text))


def _sentence(text: str) -> str:
    """What of a text belongs to the sentence that its end is in."""
    return re.split(r"[.!?](?=\s)", text)[-1]


def _labels(document: Document, ground: Ground, known: list[Fact]) -> Iterator[Claim]:
    """Labels of badges: `License: MIT`."""
    lines = document.source.split("\n")
    for link in document.links:
        if not link.image or not re.search(r"(?i)licen[cs]e", link.label):
            continue
        if _OF_PART.match(link.label) or lines[link.line - 1].lstrip().startswith("|"):
            continue
        shows = _SHOWS.search(link.text)
        if shows and shows["slug"].lower() not in ground.slugs:
            continue
        found = _NAME.search(link.label)
        # Of a link by reference, or a tag over several lines, the label stands on another line than the target.
        shown = (f"![{link.label}]", f'alt="{link.label}"')
        rows = [
            link.line - 1,
            *(n for n, line in enumerate(lines) if any(s in line for s in shown)),
        ]
        row = next((n for n in rows if link.label in lines[n]), None) if found else None
        if found and row is not None:
            at = lines[row].find(link.label)
            span = Span(found[0], row + 1, at + found.start() + 1)
            yield _judge(span, _family(found), known, sure=True)


def named_licenses(text: str, facts: list[Fact]) -> Iterator[tuple[str, bool]]:
    """Each license that a text names, and whether it is one of those that the facts tell."""
    for found in _NAME.finditer(text):
        family = _family(found)
        yield found[0], any(_agrees(family, fact.value) for fact in facts)


def _family(found: re.Match[str]) -> str:
    return _NAMES[int(str(found.lastgroup)[1:])][1]


def _judge(span: Span, family: str, facts: list[Fact], *, sure: bool) -> Claim:
    if not facts:
        return not_judged("license", span, "no license file or manifest says which it is")
    for fact in facts:
        if _agrees(family, fact.value):
            return true("license", span, fact.evidence)
    if not sure or any(fact.value.startswith(("LicenseRef", "NOASSERTION")) for fact in facts):
        return not_judged("license", span, _OTHER_SUBJECT)
    told = " and ".join(dict.fromkeys(f"`{fact.value}`" for fact in facts))
    return false(
        "license", span, f"the license of this repository is {told}",
        suggestion=facts[0].value, evidence=facts[0].evidence,
    )  # fmt: skip


def _agrees(family: str, expression: str) -> bool:
    """Whether a name such as GPL fits one license of an SPDX expression."""
    parts = re.split(r"\s+(?:OR|AND|WITH)\s+|[()/]", expression)
    return any(_fits(family, part.strip()) for part in parts)


def _fits(family: str, identifier: str) -> bool:
    if family == "GPL":
        return identifier.removeprefix("GNU ").startswith("GPL")
    if family == "BSD":
        return "BSD" in identifier
    if identifier == family or identifier.startswith((family + "-", family + ".")):
        return True
    if (family, identifier) == ("MIT", "X11"):  # what the text was first called
        return True
    # What is no expression stands as it was written: `MIT, see the file`, `gpl`.
    wanted, given = (re.findall(r"\d+", each)[:1] for each in (family, identifier))
    if wanted and given and wanted != given:
        return False
    named = _NAME.search(identifier)
    ours, theirs = (re.sub(r"[^a-z0-9]", "", each.lower()) for each in (family, identifier))
    return (named is not None and _family(named) == family) or (
        len(theirs) > 2 and ours.startswith(theirs)
    )
