"""sbt: what build.sbt says in plain settings of a Scala project and its modules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from moxi_analyzer.formats import one_line
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.manifests.jvm import CENTRAL, is_product
from moxi_analyzer.meta.spdx import expression
from moxi_analyzer.repository import Repository, folder_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact, FactKind

_COMMENT = lazy_pattern(
    r'("""(?:[^"]|"(?!""))*"""|"(?:\\.|[^"\\\n])*")|//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z)'
)
_TEXT = r'(?:"""(?P<raw>(?:[^"]|"(?!"")){0,2000})"""|"(?P<text>[^"\n]*)")'
_PUBLISHER = lazy_pattern(r"\"sbt-(?:ci-release|sonatype|typelevel[\w-]*|tpolecat-release)\"")
_MODULE = lazy_pattern(
    r"^lazy val (`[\w-]+`|\w+)(?:\s*:\s*\w+)?\s*=\s*"
    r"(?:\(?\s*project\b(?:\s+in\s+file\(\"([^\"]+)\"\)|\.in\(\s*file\(\"([^\"]+)\"\)\s*\))?|(cross[Pp]roject)\b)",
    re.MULTILINE,
)
_TOP = lazy_pattern(
    r"^(?:lazy )?val \w|^\w[\w/ ]*:=|^inThisBuild\b|^addCommandAlias\b", re.MULTILINE
)
_DEPENDENCY = lazy_pattern(
    r"\"([\w.-]+)\"\s*%%?%?\s*\"([\w.-]+)\"\s*%\s*(?:\"([\w.+-]+)\"|[\w.]+)(?:\s*%\s*(?:\"([\w>,;-]+)\"|(\w+)))?"
)
_GROUPS = {"test": "dev", "provided": "peer", "it": "dev"}
_DEVELOPER = lazy_pattern(
    r"\bDeveloper\(\s*(?:id\s*=\s*)?\"[^\"]*\",\s*(?:name\s*=\s*)?\"([^\"]+)\""
)
_LICENSE = lazy_pattern(r"\blicenses\s*\+?\+?:=[^\n\"]*(?:\n\s+[^\n\"]*){0,3}?\"([^\"]+)\"\s*(?:->|,)|\bLicense\.(\w+)\b")  # fmt: skip
_URL = lazy_pattern(
    r"\bhomepage\s*:=\s*Some\(\s*(?:url|uri|URI\.create)\(\s*\"(https?://[^\"\s]+)\""
)
_SCALA = lazy_pattern(r"\"(\d+\.\d+)[\w.-]*\"")
_SKIPPED = lazy_pattern(
    r"\bpublish\s*/\s*skip\s*:=\s*true|\bskip\s+in\s+publish\s*:=\s*true|NoPublishPlugin"
)


@dataclass(frozen=True)
class _Part:
    """A piece of the build: the whole file without its modules, or one module."""

    text: str
    start: int
    folder: str
    name: str = ""


class _Build:
    """build.sbt without comments; lines stay where they are."""

    def __init__(self, repo: Repository, path: str) -> None:
        self.repo, self.path, self.scope = repo, path, folder_of(path)
        text = repo.text(path) or ""
        self.text = _COMMENT.sub(lambda m: m[1] or re.sub(r"[^\n]", " ", m[0]), text[:400_000])
        starts = list(_MODULE.finditer(self.text))
        self.modules: list[_Part] = []
        rest, end = [], 0
        for found in starts:
            stop = _TOP.search(self.text, found.end())
            rest.append(self.text[end : found.start()])
            end = stop.start() if stop else len(self.text)
            name = found[1].strip("`")
            folder = (found[2] or found[3] or name).removeprefix("./").strip("/")
            place = "" if folder == "." else folder
            text = self.text[found.start() : end]
            rest.append(re.sub(r"[^\n]", " ", text))
            self.modules.append(_Part(text, found.start(), place, name))
        self.root = _Part("".join([*rest, self.text[end:]]), 0, "")

    def at(self, part: _Part, offset: int) -> Evidence:
        return Evidence(path=self.path, line=self.text.count("\n", 0, part.start + offset) + 1)

    def setting(self, key: str, *parts: _Part) -> tuple[str, Evidence] | None:
        """The text that a setting is given in the first part that gives it one."""
        pattern = re.compile(
            rf"(?<![\w.\"/])(?:ThisBuild\s*/\s*)?{key}\s*(?:in ThisBuild\s*)?:=\s*{_TEXT}"
        )
        for part in parts:
            found = pattern.search(part.text)
            if found and (value := one_line(found["text"] or found["raw"] or "")):
                return value, self.at(part, found.start())
        return None

    @property
    def publishes(self) -> bool:
        """Whether the build has what publishing to Maven Central needs."""
        places = [
            p for p in self.repo.under(f"{self.scope}/project".lstrip("/")) if p.endswith(".sbt")
        ]
        plugins = "\n".join(self.repo.text(p) or "" for p in places)
        return bool(
            _PUBLISHER.search(plugins) or CENTRAL.search(plugins) or CENTRAL.search(self.text)
        )


def read_build(repo: Repository, path: str) -> Iterator[Fact]:
    """Facts of one build.sbt: its root and the modules in folders of their own."""
    build = _Build(repo, path)
    whole = [m for m in build.modules if not m.folder]
    members = [m for m in build.modules if m.folder and is_product(f"{m.folder}/x")]
    members = [m for m in members if f"{build.scope}/{m.folder}".strip("/") in repo.folders]
    root = whole[0] if whole else build.root
    yield from _package(build, root, is_root=True, has_members=bool(members))
    for member in members:
        yield from _package(build, member, is_root=False, has_members=False)
    yield from _about_all(build)
    for purpose, goal in (("build", "compile"), ("test", "test")):
        detail = {"purpose": purpose, "from": "convention"}
        place = Evidence(path=path)
        yield Fact(kind="test_command", value=f"sbt {goal}", evidence=place, scope=build.scope, detail=detail)  # fmt: skip


def _package(build: _Build, part: _Part, *, is_root: bool, has_members: bool) -> Iterator[Fact]:
    scope = f"{build.scope}/{part.folder}".strip("/")
    places = (part, build.root) if is_root else (part,)
    named = build.setting("name", *places) or build.setting("moduleName", *places)
    name, at = named or (part.name, build.at(part, 0))
    has_code = any(p.startswith(f"{scope}/src/main/".lstrip("/")) for p in build.repo.under(scope))
    if not name or not (has_code or (is_root and has_members)):
        return
    group = build.setting("organization", part, build.root)
    skipped = _SKIPPED.search(part.text) or (is_root and _SKIPPED.search(build.root.text))
    published = has_code and not skipped and group is not None and build.publishes
    scala = _scala(build, part)
    described = build.setting("description", *places)
    detail = {
        "ecosystem": "sbt",
        "registry": "maven-central" if published else "",
        "manager": "sbt",
        "role": "library" if has_code else "workspace",
        "private": "true" if skipped else "",
        "group": group[0] if group else "",
        "artifact": f"{_normal(name)}_{scala[0]}" if scala else "",
    }
    words = described[0] if described else ""
    yield _fact(build, scope, "package", name, at, words, **detail)
    if described:
        yield _fact(build, scope, "description", words, described[1], **{"from": "manifest"})
    version = build.setting("version", part, build.root)
    if version and re.match(r"\d", version[0]):
        yield _fact(build, scope, "version", version[0], version[1])
    yield from _dependencies(build, part, scope)


def _scala(build: _Build, part: _Part) -> list[str]:
    """Binary versions of Scala: the one it is built with first."""
    one = build.setting("scalaVersion", part, build.root)
    found = [one[0]] if one else []
    for place in (part, build.root):
        several = re.search(r"\bcrossScalaVersions\s*:=\s*(?:Seq|List)\(([^()]*)\)", place.text)
        if several:
            found += re.findall(r"\"([\d.]+)\"", several[1])
            break
    binary = [v.split(".")[0] if v.startswith("3") else ".".join(v.split(".")[:2]) for v in found]
    return list(dict.fromkeys(binary))


def _normal(name: str) -> str:
    """A project's name as sbt makes an artifact of it."""
    return re.sub(r"\W+", "-", name.lower())


def _dependencies(build: _Build, part: _Part, scope: str) -> Iterator[Fact]:
    for found in _DEPENDENCY.finditer(part.text):
        kind = (found[4] or found[5] or "").lower()
        detail = {
            "ecosystem": "sbt",
            "version": found[3] or "",
            "group": _GROUPS.get(kind, "runtime"),
        }
        at = build.at(part, found.start())
        yield _fact(build, scope, "dependency", f"{found[1]}:{found[2]}", at, **detail)


def _about_all(build: _Build) -> Iterator[Fact]:
    whole = _Part(build.text, 0, "")
    versions = _scala(build, build.root) or next(filter(None, (_scala(build, m) for m in build.modules)), [])  # fmt: skip
    if versions:
        found = re.search(r"\b(?:crossScalaVersions|scalaVersion)\b", build.text)
        at = build.at(whole, found.start() if found else 0)
        yield _fact(build, build.scope, "requirement", "Scala", at, version=" or ".join(versions))
    home = _URL.search(build.text)
    if home:
        rel = "repository" if re.match(r"https://(?:github|gitlab)\.com/[^/]+/[^/]+/?$", home[1]) else "homepage"  # fmt: skip
        yield _fact(build, build.scope, "link", home[1], build.at(whole, home.start()), rel=rel)
    licence = _LICENSE.search(build.text)
    name = expression(licence[1] or licence[2] or "") if licence else ""
    if licence and name:
        at = build.at(whole, licence.start())
        yield _fact(build, build.scope, "license", name, at, **{"from": "manifest"})
    for person in _DEVELOPER.finditer(build.text):
        at = build.at(whole, person.start())
        yield _fact(build, build.scope, "person", person[1], at, role="developer")


def _fact(
    build: _Build,
    scope: str,
    kind: FactKind,
    value: str,
    at: Evidence,
    text: str = "",
    **detail: str,
) -> Fact:
    kept = {key: word for key, word in detail.items() if word}
    return Fact(kind=kind, value=value, evidence=at, scope=scope, text=text, detail=kept)


MANIFESTS: tuple[Manifest, ...] = (manifest(r"build\.sbt", read_build),)
