"""Environment variables, defaults, required versions and the license."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moxi_eval.evidence import Place
from moxi_eval.ground import Candidate, Ground, Word
from moxi_eval.near import closest, near_versions, near_words

_VARIABLE = re.compile(r"(?<![\w$])\$?\{?([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b")
_READS = r"(?:env|ENV|Env|environ\w*|getenv|export|envvar|setting_name)(?:\b|[._(\[])"
_ASSIGNS = r"\$\{{?{name}\b|^\s*(?:-\s*)?[\"']?{name}[\"']?\s*[?:]?[=:]|^(?:ENV|ARG)\s+{name}\b"


# Read by every other program too: what one does with them is not the repository's to say.
_FOREIGN = re.compile(
    r"XDG_|LC_|NO_COLOR|FORCE_COLOR|CLICOLOR|GITHUB_|GH_TOKEN|CI_|HTTPS?_PROXY|NO_PROXY|PYTHON|NODE_|AWS_|LD_|"
    r"JAVA_|CARGO_|RUST_|GIT_|DOCKER_|COMPOSE_|SSH_|CMAKE_|NPM_|GOOGLE_"
)
_ASSIGNING = re.compile(
    r"(?:^|/)\.env[^/]*$|\.(?:sh|zsh|bash|ya?ml|mk)$|(?:^|/)(?:Makefile|Dockerfile)[^/]*$"
)


def variables(ground: Ground) -> Iterator[Candidate | None]:
    """Environment variables that source reads."""
    for span in ground.page.of("inline", "code"):
        for match in _VARIABLE.finditer(span.text):
            place = None if _FOREIGN.match(match[1]) else _read_at(ground, match[1])
            if place:
                word = Word(match[1], span.line, span.column + match.start(1))
                yield ground.candidate(
                    "env", word, match[1], place, _other_variables(ground, match[1])
                )


def _read_at(ground: Ground, name: str) -> Place | None:
    """Where a line of source both names the variable and speaks of the environment."""
    reads, assigns = re.compile(_READS), re.compile(_ASSIGNS.format(name=re.escape(name)))
    for path in ground.files.sources_with(name)[:30]:
        pattern = assigns if _ASSIGNING.search(path) else reads
        for number, line in enumerate(ground.files.text(path).split("\n"), 1):
            if name in line and len(line) < 500 and pattern.search(line):
                return Place(path, number)
    return None


def _other_variables(ground: Ground, name: str) -> Iterator[tuple[str, str]]:
    old = [
        w for w in ground.files.history.words if re.fullmatch(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+", w)
    ]
    first, _, rest = name.partition("_")
    near = [w.upper() for w in near_words(name.lower())]
    if "_" in rest:
        near.append(rest)
    for other in [*closest(name, old, least=0.7), *near]:
        if "_" in other and not ground.files.mentions(other) and first:
            yield other, f"{other} stands in no file"


_DEFAULT = re.compile(
    r"\bdefaults?(?:\s+(?:value|is|to|of))?\s{0,2}[:=]?\s{0,2}[`\"'*(]{0,3}([\w./:-]{1,40})",
    re.IGNORECASE,
)
_OPTION = re.compile(
    r"--([a-z][a-z0-9-]{2,})|\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b|`([a-z][\w-]{2,})`"
)
_VALUE = re.compile(r"\d{1,6}|[a-z][\w.-]{1,}")
_AROUND = 5


def defaults(ground: Ground) -> Iterator[Candidate | None]:
    """Defaults told beside an option or variable, which source has near its name."""
    for span in ground.page.of("prose", "code"):
        for value in _DEFAULT.finditer(span.text):
            original = value[1].rstrip(".:,")
            names = list(_OPTION.finditer(span.text, 0, value.start(1)))
            if names and _VALUE.fullmatch(original):
                name = names[-1]
                near = _lines_near(ground, name[1] or name[2] or name[3])
                word = Word(value[1], span.line, span.column + value.start(1))
                yield _default(ground, word, original, name[0], near)


def _default(
    ground: Ground, word: Word, value: str, name: str, near: list[tuple[Place, str]]
) -> Candidate | None:
    holds = next((place for place, text in near if _stands_in(value, text)), None)
    if holds is None or not _states_default(near, value):
        return None
    text = "\n".join(text for _, text in near).lower()
    choices = (
        (other, f"not beside {name} in source")
        for other in _other_values(value)
        if not _stands_in(other, text)
    )
    return ground.candidate("default", word, value, holds, choices)


def _stands_in(value: str, text: str) -> bool:
    return bool(re.search(rf"(?<![\w.-]){re.escape(value)}(?![\w.-])", text))


def _states_default(near: list[tuple[Place, str]], value: str) -> bool:
    """Whether a line of source says that the value is a default, or assigns it."""
    pattern = rf"(?i:default)[^\n]{{0,60}}(?<![\w.-]){re.escape(value)}(?![\w.-])|[=:(,]\s*[\"']?{re.escape(value)}[\"']?\s*[,;)\n]"
    return any(re.search(pattern, text) for _, text in near)


def _lines_near(ground: Ground, name: str) -> list[tuple[Place, str]]:
    """The lines of source around each mention of a name."""
    found: list[tuple[Place, str]] = []
    parts = name.split("-")
    forms = {name, "_".join(parts), parts[0] + "".join(p.capitalize() for p in parts[1:])}
    for form in sorted(forms):
        for path in [*ground.files.sources_with(form), *ground.files.sources_with(f"--{form}")][:8]:
            lines = ground.files.text(path).split("\n")
            hits = [
                n
                for n, line in enumerate(lines)
                if re.search(rf"(?<!\w){re.escape(form)}(?!\w)", line)
            ]
            for hit in hits[:40]:
                text = "\n".join(line[:300] for line in lines[max(0, hit - 1) : hit + _AROUND])
                found.append((Place(path, hit + 1), text))
    return found


# Values that stand for each other in defaults.
_VALUES = """true false|yes no|on off|auto always never|light dark|left right center|json yaml xml|asc desc|
info debug warn error|master main develop|localhost 127.0.0.1|mit apache|npm yarn pnpm|http https|top bottom|
utf-8 latin1|postgres mysql sqlite|tcp udp|none all|public private|enabled disabled|small medium large|
red blue green|sha256 sha1 md5|row column|first last|ascii unicode|name size|html markdown"""


def _other_values(value: str) -> Iterator[str]:
    if value.isdigit():
        number = int(value)
        yield str(number * 2 if 0 < number < 100 else number + 10)
        yield str(number + 1)
        if number % 10 == 0 and number:
            yield str(number // 10 or 5)
    for group in _VALUES.replace("\n", "").split("|"):
        if value in group.split():
            yield from (other for other in group.split() if other != value)


_RUNTIMES: tuple[tuple[str, str, str, str], ...] = (
    ("Python", r"Python", r"(?:^|/)(?:pyproject\.toml|setup\.py|setup\.cfg)$", r"(?:requires-python|python_requires|^python)\s*=\s*[\"']?[>^~=]{1,2}\s*(\d+(?:\.\d+)?)"),
    ("Node", r"Node(?:\.?js)?", r"(?:^|/)package\.json$", r"\"node\"\s*:\s*\"[>^~= v]*(\d+(?:\.\d+)*)"),
    ("Go", r"Go(?:lang)?", r"(?:^|/)go\.mod$", r"^go\s+(\d+\.\d+)"),
    ("Rust", r"Rust|rustc|MSRV", r"(?:^|/)Cargo\.toml$", r"^rust-version\s*=\s*\"(\d+\.\d+)"),
    ("PHP", r"PHP", r"^composer\.json$", r"\"php(?:-64bit)?\"\s*:\s*\"[>^~= ]*(\d+\.\d+)"),
    ("Ruby", r"Ruby", r"\.gemspec$", r"required_ruby_version\s*=\s*[^\d\n]*(\d+\.\d+)"),
    ("Elixir", r"Elixir", r"(?:^|/)mix\.exs$", r"elixir:\s*\"[>~= ]*(\d+\.\d+)"),
    ("Swift", r"Swift", r"^Package\.swift$", r"swift-tools-version:\s*(\d+\.\d+)"),
    ("C++", r"C\+\+", r"(?:^|/)CMakeLists\.txt$", r"CXX_STANDARD\s+(\d+)|cxx_std_(\d+)"),
    ("CMake", r"CMake", r"^CMakeLists\.txt$", r"(?i:cmake_minimum_required)\s*\(\s*VERSION\s+(\d+\.\d+)"),
    (".NET", r"\.NET(?: Core)?", r"\.(?:cs|fs)proj$|Directory\.Build\.props$", r"<TargetFrameworks?>[^<]*?net(\d+\.\d)"),
    ("Dart", r"Dart(?: SDK)?", r"(?:^|/)pubspec\.yaml$", r"^\s+sdk:\s*[\"']?[>^= ]*(\d+\.\d+)"),
    ("Java", r"Java|JDK", r"(?:^|/)(?:pom\.xml|build\.gradle(?:\.kts)?)$", r"<(?:maven\.compiler\.(?:release|source|target)|java\.version|release)>(?:1\.)?(\d+)<|JavaVersion\.VERSION_(?:1_)?(\d+)|languageVersion[^\n]*of\((\d+)\)"),
)  # fmt: skip


def versions(ground: Ground) -> Iterator[Candidate | None]:
    """The least version of a language, as its manifest says."""
    for name, spelled, file_pattern, pattern in _RUNTIMES:
        required = list(_required(ground, file_pattern, pattern))
        if not required:
            continue
        shown = re.compile(
            rf"\b(?:{spelled})\s{{0,2}}(?:version\s|[>=≥]{{1,2}}\s?|v)?(\d+(?:\.\d+){{0,2}})(?![\d.]*[-/]\d)",
            re.I,
        )
        if name in {".NET", "C++"}:
            shown = re.compile(shown.pattern.removeprefix(r"\b"), re.IGNORECASE)
        for span in ground.page.of("prose"):
            for match in shown.finditer(span.text):
                place = next((p for v, p in required if _same(v, match[1])), None)
                others = {v for v, _ in required}
                if place and not re.search(
                    r"older|before|drop|prior|until|up to|below", span.text, re.I
                ):
                    choices = (
                        (other, f"{place} requires {', '.join(sorted(others))}")
                        for other in _near(name, match[1])
                        if not any(_same(v, other) for v in others)
                    )
                    word = Word(match[1], span.line, span.column + match.start(1))
                    candidate = ground.candidate("version", word, f"{match[1]}", place, choices)
                    if candidate or len(match[1]) > 1:
                        yield candidate


def _requires(text: str, end: int) -> bool:
    """Whether a line states a least version there, and not one among several, or an old one."""
    if re.search(r"\b(?:older|before|drop|prior|until|up to|below|deprecat)", text, re.IGNORECASE):
        return False
    after = re.match(
        r"\s?(?:\+|or (?:later|newer|higher|above|greater|up)|and (?:later|newer|above|up))",
        text[end:],
    )
    before = re.search(
        r"requir|at least|minimum|need|must|prerequisit|>=|≥|installed", text[:end], re.IGNORECASE
    )
    return bool(after or (before and not re.match(r"\s?(?:,|and|or|-|–|to)\s?\d", text[end:])))


def _near(name: str, version: str) -> Iterator[str]:
    fixed = {"C++": ["11", "14", "17", "20", "23"], "Java": ["8", "11", "17", "21"]}.get(name)
    if fixed and version in fixed:
        index = fixed.index(version)
        yield from fixed[index + 1 : index + 2] + fixed[max(0, index - 1) : index]
    else:
        yield from near_versions(version)


def _same(one: str, other: str) -> bool:
    """Whether two versions agree as far as both go: 3.8 and 3.8.0 do."""
    return all(a == b for a, b in zip(one.split("."), other.split("."), strict=False))


def _required(ground: Ground, file_pattern: str, pattern: str) -> Iterator[tuple[str, Place]]:
    for path in ground.files.source_paths:
        if re.search(file_pattern, path):
            text = ground.files.text(path)
            for match in re.finditer(pattern, text, re.MULTILINE):
                version = next(group for group in match.groups() if group)
                yield version, Place(path, text.count("\n", 0, match.start()) + 1)


_LICENSES = {
    "MIT": (r"Permission is hereby granted, free of charge, to any person obtaining a copy", ("Apache-2.0", "BSD-3-Clause", "ISC")),
    "Apache-2.0": (r"Apache License\s+Version 2\.0", ("MIT", "BSD-3-Clause")),
    "Apache 2.0": (r"Apache License\s+Version 2\.0", ("MIT", "BSD-3-Clause")),
    "Apache License 2.0": (r"Apache License\s+Version 2\.0", ("MIT License",)),
    "Apache License, Version 2.0": (r"Apache License\s+Version 2\.0", ("MIT License", "BSD 3-Clause License")),
    "BSD-3-Clause": (r"Neither the name", ("BSD-2-Clause", "MIT")),
    "BSD": (r"Redistribution and use in source and binary forms", ("MIT", "Apache-2.0")),
    "ISC": (r"Permission to use, copy, modify, and/or distribute", ("MIT",)),
    "GPL-3.0": (r"GNU GENERAL PUBLIC LICENSE\s+Version 3", ("LGPL-3.0", "GPL-2.0", "MIT")),
    "GPLv3": (r"GNU GENERAL PUBLIC LICENSE\s+Version 3", ("GPLv2", "LGPLv3")),
    "GPLv2": (r"GNU GENERAL PUBLIC LICENSE\s+Version 2", ("GPLv3", "MIT")),
    "MPL-2.0": (r"Mozilla Public License,? (?:Version|version) 2\.0", ("MIT", "Apache-2.0")),
    "Apache": (r"Apache License\s+Version 2\.0", ("MIT", "BSD")),
}  # fmt: skip


def licenses(ground: Ground) -> Iterator[Candidate | None]:
    """The license in prose, where the only license file of the root has its text."""
    names = [
        p
        for p in ground.files.listing
        if re.fullmatch(r"(?i)(?:un)?(?:licen[sc]e|copying)[\w.-]*", p)
    ]
    if len(names) != 1:
        return
    text = ground.files.text(names[0])
    for span in ground.page.of("prose"):
        if not re.search(r"licen[sc]e", span.text, re.IGNORECASE) or len(span.text) > 600:
            continue
        bare = re.sub(r"\]\([^)\n]*\)|https?://\S+", lambda m: " " * len(m[0]), span.text)
        for name, (pattern, others) in sorted(_LICENSES.items(), key=lambda item: -len(item[0])):
            match = re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", bare)
            if match and re.search(pattern, text):
                choices = ((o, f"{names[0]} is no {o}") for o in others)
                word = Word(name, span.line, span.column + match.start())
                yield ground.candidate("license", word, name, names[0], choices)
                break


FINDERS = (variables, defaults, versions, licenses)
