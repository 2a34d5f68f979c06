"""Haskell: .cabal files and hpack's package.yaml, projects of several packages, the compiler."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from moxi_analyzer.formats import Lines, as_dict, as_list, as_str, load_yaml, one_line
from moxi_analyzer.manifests import manifest
from moxi_analyzer.manifests.cabal_format import CabalField, CabalSection, parse_cabal
from moxi_analyzer.meta.spdx import stated
from moxi_analyzer.prose import about, first_sentence
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_MAX_MODULES = 150
_NAME = lazy_pattern(r"[A-Za-z0-9][A-Za-z0-9-]*")
_DEPENDENCY = lazy_pattern(r"([A-Za-z0-9][A-Za-z0-9-]*)(?::[\w-]+|:\{[^}]*\})?\s*(.*)")
_SPDX = {
    "BSD3": "BSD-3-Clause",
    "BSD2": "BSD-2-Clause",
    "GPL": "",
    "GPL-2": "GPL-2.0-only",
    "GPL-3": "GPL-3.0-only",
    "LGPL-2.1": "LGPL-2.1-only",
    "LGPL-3": "LGPL-3.0-only",
    "AGPL-3": "AGPL-3.0-only",
    "Apache-2.0": "Apache-2.0",
    "PublicDomain": "",
    "AllRightsReserved": "",
    "OtherLicense": "",
    "NONE": "",
}
_GROUPS = {"library": "runtime", "executable": "runtime", "common": "runtime", "test-suite": "dev",
           "benchmark": "dev", "custom-setup": "build", "foreign-library": "runtime"}  # fmt: skip
_MODULE_HEADER = lazy_pattern(r"(?m)^module\s+([\w.]+)")


def _fact(path: str, kind: Any, value: str, line: int, text: str = "", **detail: str) -> Fact:
    """A fact in the manifest's scope; empty details are left out."""
    return Fact(
        kind=kind,
        value=value,
        evidence=Evidence(path=path, line=line),
        scope=folder_of(path),
        text=one_line(text),
        detail={key: value for key, value in detail.items() if value},
    )


def _read_cabal(repo: Repository, path: str) -> Iterator[Fact]:
    sections = parse_cabal(repo.text(path) or "")
    package = CabalSection("", "", 1)
    for section in sections:
        if not section.kind:
            package.fields += section.fields
    name = package.get("name")
    if name is None or not _NAME.fullmatch(name.text):
        return
    libraries = [s for s in sections if s.kind == "library" and not s.name]
    programs = [s for s in sections if s.kind == "executable" and _builds(s)]
    role = _role(bool(libraries), bool(programs))
    described = package.get("synopsis")
    yield _fact(
        path, "package", name.text, name.line, package.text("synopsis"),
        ecosystem="haskell",
        # Hackage takes no package without these.
        registry="hackage" if package.get("version") and package.get("synopsis") else "",
        manager="cabal",
        role=role,
    )  # fmt: skip
    if described is not None:
        line = next((n for n, text in described.lines if text), described.line)
        yield _fact(path, "description", one_line(described.text), line, **{"from": "manifest"})
    yield from _metadata(path, package, sections)
    for section in programs:
        yield _fact(
            path, "bin", section.name, section.line,
            target=_main(repo, path, section), ecosystem="haskell",
        )  # fmt: skip
    yield from _flags(path, sections)
    yield from _dependencies(path, sections, name.text)
    for section in libraries:
        yield from _modules(repo, path, section)


def _role(library: bool, program: bool) -> str:
    if library and program:
        return "both"
    return "library" if library else "binary" if program else ""


def _builds(section: CabalSection) -> bool:
    """Whether an executable is built unasked: not where it is switched off for most."""
    return not any(f.text.lower() == "false" for f in section.all("buildable")) and bool(
        re.fullmatch(r"[\w.-]+", section.name)
    )


def _main(repo: Repository, path: str, section: CabalSection) -> str:
    main = section.text("main-is")
    folders = [word for f in section.all("hs-source-dirs") for word, _ in f.words()] or ["."]
    scope = folder_of(path)
    for folder in folders:
        place = join(scope, f"{folder}/{main}")
        if main and repo.has(place):
            return place.removeprefix(scope + "/")
    return ""


def _metadata(path: str, package: CabalSection, sections: list[CabalSection]) -> Iterator[Fact]:
    """Version, license, links, people, category, compilers, description."""
    version = package.get("version")
    if version is not None:
        yield _fact(path, "version", version.text, version.line)
    license_ = package.get("license")
    if license_ is not None:
        spdx = _SPDX.get(license_.text, stated(license_.text))
        if spdx:
            yield _fact(path, "license", spdx, license_.line, **{"from": "manifest"})
    for key, rel in (("homepage", "homepage"), ("bug-reports", "issues")):
        link = package.get(key)
        if link is not None and link.text.startswith("http"):
            yield _fact(path, "link", link.text, link.line, rel=rel)
    for section in sections:
        location = section.get("location") if section.kind == "source-repository" else None
        if location is not None:
            url = re.sub(r"^git://", "https://", location.text).removesuffix(".git")
            yield _fact(path, "link", url, location.line, rel="repository")
    for key in ("author", "maintainer"):
        people = package.get(key)
        for person, line in people.entries() if people is not None else ():
            name = re.sub(r"\s*[<(][^>)]*[>)]\s*", " ", person).strip()
            if name and "@" not in name:
                yield _fact(path, "person", name, line, role=key)
    category = package.get("category")
    for word, line in category.entries() if category is not None else ():
        yield _fact(path, "keyword", word, line)
    tested = package.get("tested-with")
    if tested is not None:
        compilers = (
            entry for entry, _ in tested.entries() if not re.match(r"(?!GHC\b)[A-Z]", entry)
        )
        found = [v for e in compilers for v in re.findall(r"(?:[=^>]=|\{|^)\s*(\d+(?:\.\d+)+)", e)]
        versions = found if not re.search(r"(?<!\^)>|<", tested.text) else []
        if versions:
            yield _fact(
                path, "requirement", "GHC", tested.line, **{"from": "tested-with"},
                version=", ".join(dict.fromkeys(versions)),
            )  # fmt: skip
    yield from _about(path, package.get("description"))


def _about(path: str, described: CabalField | None) -> Iterator[Fact]:
    """The first prose paragraph of a description, Haddock's marks taken off."""
    if described is None:
        return
    lines = [text if text != "." else "" for _, text in described.lines]
    paragraph = about(_unmarked("\n".join(lines)))
    if paragraph is not None:
        line = described.lines[min(paragraph.offset, len(lines) - 1)][0]
        yield replace(_fact(path, "about", paragraph.text, line), detail={"from": "manifest"})


def _unmarked(haddock: str) -> str:
    """Haddock markup as Markdown: `@code@`, 'identifier', "Module", <url label>."""
    text = re.sub(r"@([^@\n]+)@", r"`\1`", haddock)
    text = re.sub(r"(?<!\w)'([A-Za-z][\w.']*)'(?!\w)", r"`\1`", text)
    text = re.sub(r"\"([A-Z]\w*(?:\.[A-Z]\w*)+)\"", r"`\1`", text)
    return re.sub(r"<(https?://[^\s>]+)\s+([^>]+)>", r"\2", text)


def _flags(path: str, sections: list[CabalSection]) -> Iterator[Fact]:
    for section in sections:
        if section.kind == "flag" and section.name:
            description = _unmarked(re.sub(r" \. ", "\n\n", section.text("description")))
            default = section.text("default").lower()
            yield _fact(
                path, "extra", section.name, section.line, first_sentence(description),
                ecosystem="haskell", default="" if default == "false" else "true",
            )  # fmt: skip


def _dependencies(path: str, sections: list[CabalSection], own: str) -> Iterator[Fact]:
    seen: set[str] = set()
    # What the package itself needs comes before what its tests need.
    for section in sorted(sections, key=lambda s: _GROUPS.get(s.kind, "") != "runtime"):
        group = _GROUPS.get(section.kind)
        for found in (*section.all("build-depends"), *section.all("setup-depends")):
            for entry, line in found.entries() if group else ():
                match = _DEPENDENCY.fullmatch(entry)
                if match and match[1] not in seen | {own}:
                    seen.add(match[1])
                    yield _fact(
                        path, "dependency", match[1], line,
                        version=match[2].strip(), group=group or "", ecosystem="haskell",
                    )  # fmt: skip


def _modules(repo: Repository, path: str, section: CabalSection) -> Iterator[Fact]:
    """The modules that a library exposes, with the first sentence of each one's header."""
    folders = [word for f in section.all("hs-source-dirs") for word, _ in f.words()] or ["."]
    listed = [pair for f in section.all("exposed-modules") for pair in f.words()]
    shallowest = min((name.count(".") for name, _ in listed), default=0)
    for name, line in listed[:_MAX_MODULES]:
        if not re.fullmatch(r"[A-Z][\w']*(\.[A-Z][\w']*)*", name):
            continue
        internal = bool(re.search(r"\.Internals?(\.|$)", name))
        place = name.replace(".", "/")
        files = (join(folder_of(path), f"{f}/{place}.hs") for f in folders)
        source = next((f for f in files if repo.has(f)), "")
        yield _fact(
            path, "api_symbol", name, line, _header(repo.text(source) or "") if source else "",
            symbol="module", language="haskell", rank=str(name.count(".") - shallowest + internal),
            **{"import": f"import {name}"},
        )  # fmt: skip


def _header(source: str) -> str:
    """The first sentence of a module's Haddock comment."""
    found = _MODULE_HEADER.search(source)
    head = source[: found.start()] if found else source[:4000]
    block = re.search(r"\{-\s*\|(.*?)-\}", head, re.DOTALL)
    if block:
        lines = block[1].splitlines()
    else:
        start = re.search(r"(?m)^--\s*\|(.*(?:\n--.*)*)", head)
        lines = re.sub(r"(?m)^--\s?", "", start[1]).splitlines() if start else []
    # Fields such as `Copyright : (c) …` come before the prose.
    blocks = re.split(r"\n\s*\n", "\n".join(line.strip() for line in lines).strip())
    prose = [block for block in blocks if not re.match(r"[A-Z][\w-]*\s*:\s", block)]
    return first_sentence(_unmarked("\n\n".join(prose)).strip())


def _read_hpack(repo: Repository, path: str) -> Iterator[Fact]:
    text = repo.text(path) or ""
    data, lines = as_dict(load_yaml(text)), Lines(text)
    name = as_str(data.get("name"))
    # package.yaml is a common name: only hpack's has targets or Haskell dependencies.
    hpack = {"library", "executables", "executable", "ghc-options", "tests", "internal-libraries"}
    if not _NAME.fullmatch(name) or not hpack & data.keys():
        return

    def at(key: str) -> int:
        return lines.find(rf"^\s*{re.escape(key)}\s*:")

    executables = as_dict(data.get("executables"))
    if "executable" in data:
        executables = {name: data["executable"]}
    synopsis = as_str(data.get("synopsis"))
    yield _fact(
        path, "package", name, at("name"), synopsis,
        ecosystem="haskell",
        registry="hackage" if data.get("version") and synopsis else "",
        manager="stack",
        role=_role("library" in data, bool(executables)),
    )  # fmt: skip
    if synopsis:
        place = at("synopsis")
        yield _fact(path, "description", one_line(synopsis), place, **{"from": "manifest"})
    if as_str(data.get("version")):
        yield _fact(path, "version", as_str(data["version"]), at("version"))
    license_ = _SPDX.get(as_str(data.get("license")), stated(as_str(data.get("license"))))
    if license_:
        yield _fact(path, "license", license_, at("license"), **{"from": "manifest"})
    if re.fullmatch(r"[\w.-]+/[\w.-]+(/.*)?", as_str(data.get("github"))):
        slug = "/".join(as_str(data["github"]).split("/")[:2])
        yield _fact(path, "link", f"https://github.com/{slug}", at("github"), rel="repository")
    for program, value in executables.items():
        folders = as_dict(value).get("source-dirs")
        folder = as_str(folders) or as_str(next(iter(as_list(folders)), ""))
        main = f"{folder}/{as_str(as_dict(value).get('main'))}".strip("/")
        target = main if repo.has(join(folder_of(path), main)) else ""
        if re.fullmatch(r"[\w.-]+", program):
            yield _fact(path, "bin", program, at(program), target=target, ecosystem="haskell")
    yield from _hpack_dependencies(path, data, lines)


def _hpack_dependencies(path: str, data: dict[str, Any], lines: Lines) -> Iterator[Fact]:
    tables = [("runtime", data), ("runtime", as_dict(data.get("library")))]
    for key, group in (("executables", "runtime"), ("tests", "dev"), ("benchmarks", "dev")):
        tables += [(group, as_dict(value)) for value in as_dict(data.get(key)).values()]
    seen = {as_str(data.get("name"))}
    for group, table in tables:
        given = table.get("dependencies")
        entries = [as_str(v) or as_str(as_dict(v).get("name")) for v in as_list(given)]
        entries += [f"{name} {as_str(version)}" for name, version in as_dict(given).items()]
        for entry in entries:
            match = _DEPENDENCY.fullmatch(entry.strip())
            if match and match[1] not in seen:
                seen.add(match[1])
                line = lines.find(rf"^\s*(-\s*)?{re.escape(match[1])}\b")
                yield _fact(
                    path, "dependency", match[1], line,
                    version=match[2].strip(), group=group, ecosystem="haskell",
                )  # fmt: skip


def _read_project(repo: Repository, path: str) -> Iterator[Fact]:
    """cabal.project and stack.yaml: a root that only holds packages, and the compiler they name."""
    text = repo.text(path) or ""
    folder = folder_of(path)
    compiler = re.search(
        r"(?m)^(?:with-compiler|compiler|resolver|snapshot)\s*:\s*ghc-([\d.]+)", text
    )
    if compiler:
        line = text.count("\n", 0, compiler.start()) + 1
        yield _fact(path, "requirement", "GHC", line, version=compiler[1])
    alone = not any(p.endswith((".cabal", "package.yaml")) for p in repo.inside(folder))
    below = any(p.endswith((".cabal", "/package.yaml")) for p in repo.under(folder))
    if alone and below and re.search(r"(?m)^packages\s*:", text):
        line = text[: text.index("packages")].count("\n") + 1
        yield _fact(
            path, "package", repo.name, line,
            ecosystem="haskell", manager="stack" if path.endswith(".yaml") else "cabal", role="workspace", private="true",
        )  # fmt: skip


MANIFESTS = (
    manifest(r"[^/]+\.cabal", _read_cabal),
    manifest(r"package\.yaml", _read_hpack),
    manifest(r"cabal\.project|stack\.yaml", _read_project),
)
