"""Ant: targets of a build.xml, and the main class of a jar's manifest."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moxi_analyzer.formats import one_line
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.manifests.xml_document import XmlDocument
from moxi_analyzer.repository import Repository, folder_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_MAIN = lazy_pattern(r"Main-Class:\s*([A-Za-z_][\w.$]*)\s*")
_JAR = lazy_pattern(r"[\w./-]*?([\w-]+)\.jar")


def read_build(repo: Repository, path: str) -> Iterator[Fact]:
    """The targets that Ant lists: those with a description, else the default one."""
    document = XmlDocument(path, repo.text(path) or "")
    root = document.root
    if root.tag != "project" or root.find("target") is None:
        return
    scope, name = folder_of(path), path.rpartition("/")[2]
    call = "ant" if path == "build.xml" else f"ant -f {path}"
    default = root.get("default", "")
    for target in root.findall("target"):
        title = target.get("name", "")
        words = one_line(target.get("description") or "")
        if re.fullmatch(r"[\w.]+[\w.-]*", title) and (words or title == default):
            yield Fact(
                kind="task",
                value=title,
                evidence=document.at(target),
                scope=scope,
                text=words,
                detail={"tool": "ant", "run": call if title == default else f"{call} {title}"},
            )
    if name.startswith("build") and default:
        yield Fact(
            kind="test_command",
            value=call,
            evidence=document.at(root),
            scope=scope,
            detail={"purpose": "build", "from": "manifest"},
        )


def read_manifest(repo: Repository, path: str) -> Iterator[Fact]:
    """The program that a jar with this manifest starts."""
    for number, line in enumerate((repo.text(path) or "").splitlines(), 1):
        main = _MAIN.fullmatch(line)
        name = _jar_name(repo, folder_of(folder_of(path)))
        if main and name:
            yield Fact(
                kind="bin",
                value=name,
                evidence=Evidence(path=path, line=number),
                scope=folder_of(folder_of(path)),
                detail={"target": main[1], "ecosystem": "ant"},
            )


def _jar_name(repo: Repository, folder: str) -> str:
    """The name of the one jar that the build files beside make."""
    found: set[str] = set()
    for path in repo.inside(folder):
        if re.fullmatch(r"build[\w.-]*\.xml", path.rpartition("/")[2]):
            text = repo.text(path) or ""
            for value in re.findall(r"<jar\s[^<>]*?(?:destfile|jarfile)=\"([^\"]+)\"", text):
                jar = _JAR.fullmatch(value.rpartition("/")[2])
                found |= {jar[1]} if jar else set()
    return found.pop() if len(found) == 1 else ""


MANIFESTS: tuple[Manifest, ...] = (
    manifest(r"build[\w.-]*\.xml", read_build),
    manifest(r"MANIFEST\.MF", read_manifest, folder=r"(.*/)?META-INF/"),
)
