"""License and required runtime versions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .project import Project, as_dict
from .statement import Case, Statement, Verdict
from .tree import Tree

# Phrases that stand in one license text only, the more particular ones first.
TEXTS: tuple[tuple[str, str], ...] = (
    ("AGPL-3.0", "gnu affero general public license"),
    ("LGPL-3.0", "gnu lesser general public license version 3"),
    ("LGPL-2.1", "gnu lesser general public license version 2.1"),
    ("GPL-3.0", "gnu general public license version 3"),
    ("GPL-2.0", "gnu general public license version 2"),
    ("Apache-2.0", "apache license version 2.0"),
    ("MPL-2.0", "mozilla public license version 2.0"),
    ("EPL-2.0", "eclipse public license - v 2.0"),
    ("EPL-1.0", "eclipse public license - v 1.0"),
    ("BSL-1.0", "boost software license - version 1.0"),
    ("Unlicense", "this is free and unencumbered software released into the public domain"),
    ("CC0-1.0", "cc0 1.0 universal"),
    ("CC-BY-4.0", "creative commons attribution 4.0 international"),
    ("WTFPL", "do what the fuck you want to"),
    ("ISC", "permission to use, copy, modify, and/or distribute this software"),
    (
        "ISC",
        "permission to use, copy, modify, and distribute this software for any purpose with or without fee",
    ),
    ("MIT", "permission is hereby granted, free of charge, to any person obtaining a copy"),
    ("BSD-3-Clause", "neither the name of"),
    ("BSD-3-Clause", "may be used to endorse or promote products"),
    ("BSD-2-Clause", "redistributions in binary form must reproduce the above copyright"),
    ("Zlib", "this software is provided 'as-is', without any express or implied warranty"),
    ("OFL-1.1", "sil open font license"),
)
NAMES: tuple[tuple[str, str], ...] = (
    ("AGPL-3.0", r"\bAGPL|Affero"),
    ("LGPL", r"\bLGPL|Lesser General Public"),
    ("GPL-2.0", r"\bGPL(?:v| |-|_|--)*2|General Public License,? (?:v|version )?2"),
    ("GPL-3.0", r"\bGPL(?:v| |-|_|--)*3|General Public License,? (?:v|version )?3"),
    ("GPL", r"\bGPL\b|(?<!Lesser )(?<!Affero )General Public License"),
    (
        "Apache-2.0",
        r"\bApache(?:[ -]?(?:Software )?Licen[sc]e|[ -]?(?:v|version )?2|[_-]2)|Apache-2",
    ),
    ("MIT", r"\bMIT\b"),
    ("BSD", r"\bBSD\b"),
    ("MPL-2.0", r"\bMPL|Mozilla Public"),
    ("EPL", r"\bEPL\b|Eclipse Public"),
    ("ISC", r"\bISC\b"),
    ("Unlicense", r"\bUnlicen[sc]e\b"),
    ("CC0-1.0", r"\bCC0|Creative Commons Zero"),
    ("CC-BY", r"\bCC[- ]BY|Creative Commons Attribution"),
    ("BSL-1.0", r"\bBoost Software"),
    ("WTFPL", r"\bWTFPL"),
    ("Zlib", r"\bzlib licen"),
)
FILE = re.compile(r"(?:licen[sc]e|copying|unlicense)[^/]*", re.IGNORECASE)


def license_of_text(text: str) -> set[str]:
    flat = re.sub(r"[\s,;:*#>/]+", " ", text.lower()).replace("and or", "and/or")
    for name, phrase in TEXTS:
        wanted = re.sub(r"[\s,;:*#>/]+", " ", phrase).replace("and or", "and/or")
        # A GPL text speaks of the AGPL and LGPL at its end: only its head counts.
        if wanted in (flat[:600] if "gpl" in name.lower() or name.startswith("CC") else flat):
            return {name}
    return set()


def licenses(tree: Tree, project: Project) -> set[str]:
    """SPDX-like names from license files of the root, else from manifest fields."""
    found: set[str] = set()
    for path in tree.files:
        if "/" not in path and FILE.fullmatch(path):
            found |= license_of_text(tree.read(path))
        elif path.startswith(("LICENSES/", "licenses/")) and path.count("/") == 1:
            found |= names_in(path.rsplit("/", 1)[-1])
    return found or manifest_licenses(tree, project) or _nested(tree)


def _nested(tree: Tree) -> set[str]:
    """A repository of packages may keep one license file in each."""
    if any("/" not in path and FILE.fullmatch(path) for path in tree.files):
        return set()  # a text of its own at the root
    files = [p for p in tree.files if p.count("/") <= 2 and FILE.fullmatch(p.rsplit("/", 1)[-1])]
    return set().union(*(license_of_text(tree.read(path)) for path in files[:20]))


def manifest_licenses(tree: Tree, project: Project) -> set[str]:
    fields = [str(project.npm.get("", {}).get("license", ""))]
    table = as_dict(project.pyproject.get("", {}).get("project"))
    fields.append(str(table.get("license", "")))
    fields.append(str(as_dict(project.cargo.get("", {}).get("package")).get("license", "")))
    patterns = {
        "setup.py": r"license\s*=\s*[\"']([^\"']+)",
        "setup.cfg": r"^license\s*=\s*(.+)$",
        "composer.json": r"\"license\":\s*\"([^\"]+)",
        "pom.xml": r"<license>\s*<name>([^<]+)",
    }
    for name, pattern in patterns.items():
        if tree.exists(name) and (match := re.search(pattern, tree.read(name), re.MULTILINE)):
            fields.append(match[1])
    field = re.compile(r"licen[sc]es?\w*\s*[=:>]+\s*\[?[\"']?([\w.+-]+)", re.IGNORECASE)
    files = tree.suffixed(".gemspec", ".cabal", "Directory.Build.props")
    fields += [match[1] for path in files if (match := field.search(tree.read(path)))]
    return {name for text in fields for name in names_in(text)}


def names_in(text: str) -> set[str]:
    return {name for name, pattern in NAMES if re.search(pattern, text)}


def agree(stated: set[str], known: set[str]) -> bool:
    """`BSD` agrees with `BSD-3-Clause`, and one of two licenses is enough."""
    return any(a.startswith(b) or b.startswith(a) for a in stated for b in known)


def license_statements(case: Case) -> Iterator[Statement]:
    known = licenses(case.tree, case.project)
    stated: set[str] = set()
    first = 0
    for span in case.document.prose:
        about = re.fullmatch(r".*\blicen[sc](?:e|es|ing)\b.*", span.heading, re.IGNORECASE)
        says = re.search(
            r"licen[sc]ed under|licen[sc]e\W+(?:is|:)|released under|img\.shields\.io/\S*licen[sc]e"
            r"|badge/licen[sc]e",
            span.text,
            re.IGNORECASE,
        )
        names = names_in(span.text) if about or says else set()
        first = first or (span.line if names else 0)
        stated |= names
    for span in case.document.inline:
        if re.search(r"\blicen[sc]", span.heading, re.IGNORECASE) and (
            names := names_in(span.text)
        ):
            stated |= names
            first = first or span.line
    if stated:
        verdict: Verdict = "true" if agree(stated, known) else "false" if known else "unknown"
        text = " or ".join(sorted(stated))
        yield Statement(
            "license", "license", text, first, verdict, f"the repository: {sorted(known)}"
        )


RUNTIMES: tuple[tuple[str, str], ...] = (
    ("python", r"Python"),
    ("node", r"Node(?:\.?js)?"),
    ("go", r"Go(?:lang)?"),
    ("rust", r"Rust"),
    ("php", r"PHP"),
    ("ruby", r"Ruby"),
    ("java", r"(?:Java|JDK)"),
    ("swift", r"Swift"),
    ("elixir", r"Elixir"),
)
MINIMUM = {
    "python": (
        ("pyproject.toml", r"(?:requires-python|^python)\s*=\s*[\"'][^\d\"']*(\d[\d.]*)"),
        ("setup.cfg", r"python_requires\s*=\s*[^\d\n]*([\d.]+)"),
        ("setup.py", r"python_requires\s*=\s*[\"'][^\d\"']*([\d.]+)"),
    ),
    "node": (("package.json", r"\"node\":\s*\"[^\d\"]*(\d[\d.]*)"),),
    "go": (("go.mod", r"^go\s+([\d.]+)"),),
    "rust": (("Cargo.toml", r"^rust-version\s*=\s*\"([\d.]+)"),),
    "php": (("composer.json", r"\"php\":\s*\"[^\d\"]*([\d.]+)"),),
    "ruby": ((".gemspec", r"required_ruby_version\s*=\s*[\"'\[ ]*[^\d\n]*([\d.]+)"),),
    "java": (("pom.xml", r"<(?:maven\.compiler\.\w+|java\.version|release|source)>\s*([\d.]+)"),),
    "swift": (("Package.swift", r"swift-tools-version:\s*([\d.]+)"),),
    "elixir": (("mix.exs", r"elixir:\s*\"[^\d\"]*([\d.]+)"),),
}


def minimum(tree: Tree, runtime: str) -> tuple[int, ...]:
    """The version the manifest nearest to the root asks for; () when it says none."""
    for suffix, pattern in MINIMUM[runtime]:
        for path in tree.suffixed(suffix)[:1]:
            if match := re.search(pattern, tree.read(path), re.MULTILINE):
                return _version(match[1])
    return ()


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.strip(".").split(".")[:2] if part.isdigit())


def versions(case: Case) -> Iterator[Statement]:
    """`Python 3.9+`, `Node.js >= 18`, `Go 1.22 or later`."""
    for span in case.document.prose:
        for runtime, name in RUNTIMES:
            pattern = (
                rf"\b{name}\b[^\w\n<>≥=^]{{0,3}}(?:version )?(?P<mark>[<>≥=^v]*)\s*"
                r"(?P<v>\d+(?:\.\d+)*)(?P<after>\+| ?(?:or|and) (?:later|higher|newer|above|up|greater))?"
            )
            for match in re.finditer(pattern, span.text):
                if match["after"] or ">" in match["mark"] or "≥" in match["mark"]:
                    verdict, why = version_verdict(case.tree, runtime, match["v"])
                    key = f"{runtime} {match['v']}"
                    yield Statement("version", key, match[0].strip(), span.line, verdict, why)


def version_verdict(tree: Tree, runtime: str, stated: str) -> tuple[Verdict, str]:
    wanted, said = minimum(tree, runtime), _version(stated)
    if not wanted:
        return "unknown", "no manifest says"
    why = f"the manifest: {'.'.join(map(str, wanted))}"
    size = min(len(wanted), len(said))
    if wanted[:size] == said[:size] and not any(wanted[size:] + said[size:]):
        return "true", why
    if wanted[:size] == said[:size] or said > wanted:
        return "unknown", why
    return "false", why
