"""Maven: pom.xml with the parents and properties that stand in the same repository."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from moxi_analyzer.formats import one_line
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.manifests.jvm import (
    is_product,
    java_version,
    root_package,
    spdx,
    wrapper,
)
from moxi_analyzer.manifests.maven_model import (
    SPRING_BOOT,
    Pom,
    is_kept_back,
    is_published,
    load_pom,
    main_class,
    plugins_of,
    runnable_jar,
)
from moxi_analyzer.manifests.xml_document import children, text_at
from moxi_analyzer.repository import Repository, folder_of
from moxi_core.records import Evidence, Fact

_JAVA_PROPERTIES = (
    "maven.compiler.release",
    "maven.compiler.target",
    "java.version",
    "maven.compiler.source",
)
_GROUPS = {"compile": "runtime", "runtime": "runtime", "provided": "peer", "test": "dev"}
_URL = re.compile(r"https?://[^\s<>\"]+")


def read_pom(repo: Repository, path: str) -> Iterator[Fact]:
    """Facts of one pom.xml."""
    pom = load_pom(repo, path)
    scope = folder_of(path)
    if scope and not (is_product(path) and is_product(pom.coordinate("artifactId") + "/")):
        return  # tests and samples are for those who work on the project
    yield from _package(repo, pom, scope)
    yield from _requirements(pom, scope)
    yield from _dependencies(pom, scope)
    yield from _people_and_links(pom, scope)
    yield from _programs(repo, pom, scope)
    if not any(repo.has(f"{above}/pom.xml".lstrip("/")) for above in _folders_above(scope)):
        yield from _commands(repo, pom, scope)


def _folders_above(folder: str) -> Iterator[str]:
    while folder:
        folder = folder.rpartition("/")[0]
        yield folder


def _package(repo: Repository, pom: Pom, scope: str) -> Iterator[Fact]:
    artifact = pom.coordinate("artifactId")
    if not artifact:
        return
    document, root = pom.document, pom.root
    packaging = pom.resolve(text_at(root, "packaging")) or "jar"
    modules = any(True for _ in children(root, "modules/module"))
    published = is_published(pom) and not is_kept_back(pom)
    runs = main_class(pom) is not None or packaging in {"war", "ear"}
    role = "binary" if runs and not published else "both" if runs else "library"
    detail = {
        "ecosystem": "maven",
        "registry": "maven-central" if published and packaging != "pom" else "",
        "manager": "maven",
        "role": "workspace" if modules else role,
        "private": "true" if is_kept_back(pom) else "",
        "group": pom.coordinate("groupId"),
        "import": root_package(repo, scope),
        "packaging": packaging if packaging != "jar" else "",
        "wrapper": wrapper(repo, scope, "mvnw", "") if pom.parent is None else "",
    }
    description = root.find("description")
    words = one_line(pom.resolve((description.text or "") if description is not None else ""))
    yield Fact(
        kind="package",
        value=artifact,
        evidence=document.at(root.find("artifactId")),
        scope=scope,
        text=words,
        detail={key: value for key, value in detail.items() if value},
    )
    if words:
        yield Fact(
            kind="description",
            value=words,
            evidence=document.at(description),
            scope=scope,
            detail={"from": "manifest"},
        )
    version = pom.coordinate("version")
    if version:
        own = root.find("version")
        place = own if own is not None else root.find("parent/version")
        yield Fact(kind="version", value=version, evidence=document.at(place), scope=scope)


def _requirements(pom: Pom, scope: str) -> Iterator[Fact]:
    """The Java version that the module is compiled for; inherited ones are given where they stand."""
    for name in _JAVA_PROPERTIES:
        element = pom.root.find(f"properties/{name}")
        if element is not None:
            version = java_version(pom.resolve((element.text or "").strip()))
            if version:
                yield _requirement(pom.document.at(element), scope, version)
                return
    for plugin, artifact in plugins_of(pom):
        if artifact != "maven-compiler-plugin":
            continue
        for name in ("release", "target", "source"):
            element = plugin.find(f"configuration/{name}")
            version = (
                java_version(pom.resolve((element.text or "").strip()))
                if element is not None
                else ""
            )
            if version:
                yield _requirement(pom.document.at(element), scope, version)
                return


def _requirement(evidence: Evidence, scope: str, version: str) -> Fact:
    return Fact(
        kind="requirement",
        value="Java",
        evidence=evidence,
        scope=scope,
        detail={"version": version},
    )


def _managed(pom: Pom) -> dict[str, tuple[str, str]]:
    """Versions and scopes that the chain sets for dependencies, by `group:artifact`."""
    found: dict[str, tuple[str, str]] = {}
    for link in pom.chain:
        for entry in children(link.root, "dependencyManagement/dependencies/dependency"):
            found.setdefault(
                _coordinates(pom, entry), (text_at(entry, "version"), text_at(entry, "scope"))
            )
    return found


def _coordinates(pom: Pom, entry: Element) -> str:
    group, artifact = (
        pom.resolve(text_at(entry, "groupId")),
        pom.resolve(text_at(entry, "artifactId")),
    )
    return f"{group}:{artifact}" if group and artifact else ""


def _dependencies(pom: Pom, scope: str) -> Iterator[Fact]:
    managed = _managed(pom)
    own_group = pom.coordinate("groupId")
    for entry in children(pom.root, "dependencies/dependency"):
        name = _coordinates(pom, entry)
        if not name or name.startswith(f"{own_group}:"):
            continue  # a sibling module is not something that has to be had from elsewhere
        version, use = managed.get(name, ("", ""))
        version = pom.resolve(text_at(entry, "version") or version)
        use = text_at(entry, "scope") or use or "compile"
        group = "optional" if text_at(entry, "optional") == "true" else _GROUPS.get(use, "")
        if group:
            detail = {"ecosystem": "maven", "group": group} | (
                {"version": version} if version else {}
            )
            yield Fact(
                kind="dependency",
                value=name,
                evidence=pom.document.at(entry.find("artifactId")),
                scope=scope,
                detail=detail,
            )


def _people_and_links(pom: Pom, scope: str) -> Iterator[Fact]:
    at = pom.document.at
    for entry in children(pom.root, "licenses/license"):
        identifier = spdx(text_at(entry, "name"))
        if identifier:
            where = at(entry.find("name"))
            yield Fact(
                kind="license",
                value=identifier,
                evidence=where,
                scope=scope,
                detail={"from": "manifest"},
            )
    for entry in children(pom.root, "developers/developer"):
        name, url = text_at(entry, "name"), text_at(entry, "url")
        if name and "${" not in name and "@" not in name:
            detail = {"role": "developer"} | ({"url": url} if _URL.fullmatch(url) else {})
            yield Fact(
                kind="person",
                value=name,
                evidence=at(entry.find("name")),
                scope=scope,
                detail=detail,
            )
    for place, rel in (
        ("url", "homepage"),
        ("scm/url", "repository"),
        ("issueManagement/url", "issues"),
    ):
        element = pom.root.find(place)
        url = pom.resolve((element.text or "").strip()) if element is not None else ""
        if _URL.fullmatch(url):
            yield Fact(
                kind="link", value=url, evidence=at(element), scope=scope, detail={"rel": rel}
            )


def _programs(repo: Repository, pom: Pom, scope: str) -> Iterator[Fact]:
    main = main_class(pom)
    artifact = pom.coordinate("artifactId")
    if main is None or not artifact or pom.root.find("modules") is not None:
        return
    evidence = pom.document.at(main.element)
    tool = wrapper(repo, scope, "mvnw", "mvn")
    goal = {SPRING_BOOT: "spring-boot:run", "exec-maven-plugin": "exec:java"}.get(main.plugin)
    if goal and main.always:
        yield Fact(
            kind="task",
            value=goal,
            evidence=evidence,
            scope=scope,
            detail={"tool": "maven", "run": f"{tool} {goal}"},
        )
    jar = runnable_jar(pom, main.plugin) if main.always else ""
    run = f"java -jar {scope and scope + '/'}target/{jar}" if jar else ""
    detail = {"target": main.name, "ecosystem": "maven", "run": run}
    if main.name or run:
        yield Fact(
            kind="bin",
            value=artifact,
            evidence=evidence,
            scope=scope,
            detail={key: value for key, value in detail.items() if value},
        )


def _commands(repo: Repository, pom: Pom, scope: str) -> Iterator[Fact]:
    tool = wrapper(repo, scope, "mvnw", "mvn")
    has_tests = any("/src/test/" in f"/{path}" for path in repo.under(scope))
    evidence = pom.document.at(pom.root.find("artifactId"))
    for purpose, goal, wanted in (("build", "package", True), ("test", "test", has_tests)):
        if wanted:
            yield Fact(
                kind="test_command",
                value=f"{tool} {goal}",
                evidence=evidence,
                scope=scope,
                detail={"purpose": purpose, "from": "convention"},
            )


MANIFESTS: tuple[Manifest, ...] = (manifest(r"pom\.xml", read_pom),)
