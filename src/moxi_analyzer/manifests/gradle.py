"""Gradle: modules of a build with what their scripts, settings and properties say of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moxi_analyzer.formats import one_line
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.manifests.gradle_module import (
    LOGIC_FOLDER,
    Module,
    group_of,
    is_included,
    is_published,
    project_name,
    published_name,
)
from moxi_analyzer.manifests.gradle_project import BUILD_NAMES, build_of
from moxi_analyzer.manifests.jvm import (
    is_product,
    java_version,
    root_package,
    wrapper,
)
from moxi_analyzer.meta.spdx import expression
from moxi_analyzer.repository import Repository, folder_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_JAVA_KEYS = ("sourceCompatibility", "jvmTarget", "release", "languageVersion", "jvmToolchain")
# Blocks whose Java version is that of one task or of the tests.
_OTHER_TASK = lazy_pattern(r"sourceSets|\b(?:register|create|creating|getting|fun|def)\b|[tT]est")
_CONFIGURATION = lazy_pattern(
    r"(?:(?P<dev>(?:\w*[tT]est(?!Fixtures)|debug|developmentOnly|testFixtures)\w*)"
    r"|(?P<build>annotationProcessor|kapt|ksp)"
    r"|(?P<peer>compileOnly|compileOnlyApi|provided|providedCompile)"
    r"|(?P<runtime>\w*[iI]mplementation|\w*[aA]pi|compile|runtime|runtimeOnly))"
)
_COORDINATES = lazy_pattern(r"['\"]([\w.-]+):([\w.-]+)(?::([^'\"@:]*))?(?:@\w+)?['\"]")
_MAP_NOTATION = lazy_pattern(
    r"group\s*[:=]\s*['\"]([\w.-]+)['\"]\s*,\s*name\s*[:=]\s*['\"]([\w.-]+)['\"]"
    r"(?:\s*,\s*version\s*[:=]\s*['\"]([^'\"]*)['\"])?"
)
_TASK_HEAD = lazy_pattern(
    r"(?:(?:tasks\.)?(?:register|create)\s*(?:<[\w.<>]+>)?\(?\s*['\"]([\w-]+)['\"]"
    r"|task\s*\(?\s*['\"]?([\w-]+)|(?:val|def)\s+(\w+)\s+by\s+(?:tasks\.)?(?:registering|creating))"
)
_POM_LINKS = {"POM_URL": "homepage", "POM_SCM_URL": "repository"}


def read_build(repo: Repository, path: str) -> Iterator[Fact]:
    """Facts of one build.gradle or build.gradle.kts."""
    if LOGIC_FOLDER.fullmatch(folder_of(path)) or not is_product(path):
        return  # build logic, tests and samples are for those who work on the project
    build = build_of(repo, path)
    root = build.root_script
    script = root if root is not None and root.path == path else build.script(path)
    module = Module(repo, build, script)
    if not module.is_root and not is_included(module):
        return
    yield from _package(module)
    yield from _requirements(module)
    yield from _dependencies(module)
    yield from _programs(module)
    yield from _tasks(module)
    if module.is_root and build.is_outermost:
        yield from _commands(module)
        yield from _links(module)


def _package(module: Module) -> Iterator[Fact]:
    name, place = published_name(module)
    modules = module.is_root and bool(module.build.modules)
    if not name or not (module.kind or modules):
        return
    evidence = place or Evidence(path=module.script.path, line=1)
    published = is_published(module) and module.kind in {
        "library",
        "android_library",
        "application",
    }
    runs = module.kind in {"android_app", "application", "spring"}
    role = "both" if runs and published else "binary" if runs else "library"
    detail = {
        "ecosystem": "gradle",
        "registry": "maven-central" if published else "",
        "manager": "gradle",
        "role": role if module.kind else "workspace",
        "group": group_of(module),
        "import": root_package(module.repo, module.folder),
        "platform": "android" if module.kind.startswith("android") else "",
        "wrapper": wrapper(module.repo, module.folder, "gradlew", "") if module.is_root else "",
    }
    words, where = _description(module)
    yield Fact(
        kind="package",
        value=name,
        evidence=evidence,
        scope=module.folder,
        text=words,
        detail={key: value for key, value in detail.items() if value},
    )
    if words:
        yield Fact(
            kind="description",
            value=words,
            evidence=where,
            scope=module.folder,
            detail={"from": "manifest"},
        )
    yield from _version(module)


def _description(module: Module) -> tuple[str, Evidence]:
    """The module's own description; what the build says of all modules counts for its root."""
    described = module.top("description")
    if described and (module.is_root or described[1].path == module.script.path):
        return one_line(described[0]), described[1]
    place = _property_place(module, "POM_DESCRIPTION")
    own = module.is_root or place.path != module.build.properties_path
    words = one_line(module.properties.get("POM_DESCRIPTION", "")) if own else ""
    return (words, place) if words else _pom_description(module)


def _pom_description(module: Module) -> tuple[str, Evidence]:
    """What the published POM says: the module's own, or for the root that of all modules."""
    scripts = [module.script, *(module.build.conventions if module.is_root else ())]
    for script in scripts:
        for statement in script.statements:
            if statement.key == "description" and statement.names[-1:] == ("pom",):
                value = script.value(statement.call[1])
                if value and statement.certain:
                    return one_line(value), Evidence(path=script.path, line=statement.line)
    return "", Evidence(path=module.script.path)


def _property_place(module: Module, key: str) -> Evidence:
    own = f"{module.folder}/gradle.properties".lstrip("/")
    pattern = rf"^\s*{re.escape(key)}\s*[=:]"
    found = module.repo.evidence(own, pattern)
    return found if found.line else module.repo.evidence(module.build.properties_path, pattern)


def _version(module: Module) -> Iterator[Fact]:
    found = None
    if module.kind == "android_app":
        named = next(module.assigned("versionName"), None)
        found = (named[1], Evidence(path=named[2], line=named[0].line)) if named else None
    found = found or module.top("version")
    if not found:
        keys = ("VERSION_NAME", "version", "POM_VERSION")
        key = next((k for k in keys if module.properties.get(k)), "")
        found = (module.properties[key], _property_place(module, key)) if key else None
    if found and re.match(r"v?\d", found[0]):
        yield Fact(kind="version", value=found[0], evidence=found[1], scope=module.folder)


def _requirements(module: Module) -> Iterator[Fact]:
    places = ((key, *hit) for key in _JAVA_KEYS for hit in module.assigned(key))
    for key, statement, value, path in places:
        version = java_version(value)
        if any(_OTHER_TASK.search(block) for block in statement.blocks):
            continue
        inside = statement.names[-1:] if key == "languageVersion" else ("toolchain",)
        if version and "toolchain" in (statement.call[0] + "".join(inside)):
            yield _requirement("Java", version, Evidence(path=path, line=statement.line), module)
            break
    if module.kind.startswith("android"):
        for key, runtime in (("minSdk", "Android API level"), ("compileSdk", "Android SDK")):
            for statement, value, path in module.assigned(key, f"{key}Version"):
                if value.isdecimal():
                    place = Evidence(path=path, line=statement.line)
                    yield _requirement(runtime, value, place, module)
                    break


def _requirement(runtime: str, version: str, evidence: Evidence, module: Module) -> Fact:
    return Fact(
        kind="requirement",
        value=runtime,
        evidence=evidence,
        scope=module.folder,
        detail={"version": version},
    )


def _dependencies(module: Module) -> Iterator[Fact]:
    for statement in module.script.statements:
        if statement.names[-1:] and statement.names[-1].endswith("dependencies"):
            if "buildscript" in statement.names or not statement.certain:
                continue
            configuration = _CONFIGURATION.fullmatch(statement.call[0])
            if configuration and configuration.lastgroup:
                for name, version in _libraries(module, statement.call[1]):
                    detail = {"ecosystem": "gradle", "group": configuration.lastgroup}
                    if version:
                        detail["version"] = version
                    yield Fact(
                        kind="dependency",
                        value=name,
                        evidence=Evidence(path=module.script.path, line=statement.line),
                        scope=module.folder,
                        detail=detail,
                    )


def _libraries(module: Module, expression: str) -> Iterator[tuple[str, str]]:
    """(group:artifact, version) of every library that a dependency's expression names."""
    if re.match(r"(?:enforcedPlatform|platform|project|files|fileTree|projects\b)", expression):
        return
    catalogue = module.build.catalogue
    named = re.match(r"libs\.([\w.]+)", expression)
    if named:
        alias = re.sub(r"[-_]", ".", named[1]).lower()
        bundle = catalogue.bundles.get(alias.removeprefix("bundles."), [])
        for name in bundle if alias.startswith("bundles.") else [alias]:
            if name in catalogue.libraries:
                yield catalogue.libraries[name]
        return
    kotlin = re.match(r"kotlin\(\s*['\"]([\w-]+)['\"]", expression)
    if kotlin:
        yield f"org.jetbrains.kotlin:kotlin-{kotlin[1]}", ""
        return
    for pattern in (_MAP_NOTATION, _COORDINATES):
        found = pattern.search(expression)
        if found:
            version = module.script.value(f'"{found[3]}"') if found[3] else ""
            yield f"{found[1]}:{found[2]}", version
            return


def _programs(module: Module) -> Iterator[Fact]:
    tool = wrapper(module.repo, module.build.folder, "gradlew", "gradle")
    starts = {"application": "run", "spring": "bootRun"}.get(module.kind)
    if not starts:
        return
    main = next(module.assigned("mainClass", "mainClassName"), None)
    named = next(module.assigned("applicationName"), None)
    evidence = (
        Evidence(path=main[2], line=main[0].line)
        if main
        else Evidence(path=module.script.path, line=1)
    )
    run = f"{tool} {module.task_path}{starts}"
    yield Fact(
        kind="task",
        value=starts,
        evidence=evidence,
        scope=module.build.folder,
        detail={"tool": "gradle", "run": run},
    )
    name = named[1] if named else project_name(module)
    if name and module.kind == "application" and main:
        yield Fact(
            kind="bin",
            value=name,
            evidence=evidence,
            scope=module.folder,
            detail={"target": main[1], "ecosystem": "gradle", "run": run},
        )


def _tasks(module: Module) -> Iterator[Fact]:
    """Tasks that the script makes and describes; Gradle lists those, so they are for people."""
    tool = wrapper(module.repo, module.build.folder, "gradlew", "gradle")
    for statement in module.script.statements:
        if statement.key != "description" or not statement.blocks:
            continue
        head = _TASK_HEAD.match(statement.blocks[-1])
        words = module.script.value(statement.call[1])
        if head and words:
            name = head[1] or head[2] or head[3]
            yield Fact(
                kind="task",
                value=name,
                evidence=Evidence(path=module.script.path, line=statement.line),
                scope=module.build.folder,
                text=one_line(words),
                detail={"tool": "gradle", "run": f"{tool} {module.task_path}{name}"},
            )


def _commands(module: Module) -> Iterator[Fact]:
    repo, folder = module.repo, module.folder
    tool = wrapper(repo, folder, "gradlew", "gradle")
    has_tests = any(re.search(r"(?:^|/)src/\w*[tT]est/", path) for path in repo.under(folder))
    android = any(
        re.search(r"android[.-]application", repo.text(path) or "")
        for place in {folder, *module.build.modules}
        for name in BUILD_NAMES
        if place != folder and repo.has(path := f"{place}/{name}".lstrip("/")) and is_product(path)
    )
    build_goal = "assembleDebug" if android else "build"
    for purpose, goal, wanted in (("build", build_goal, True), ("test", "test", has_tests)):
        if wanted:
            yield Fact(
                kind="test_command",
                value=f"{tool} {goal}",
                evidence=Evidence(path=module.script.path),
                scope=folder,
                detail={"purpose": purpose, "from": "convention"},
            )


def _links(module: Module) -> Iterator[Fact]:
    for key, rel in _POM_LINKS.items():
        url = module.properties.get(key, "")
        if re.fullmatch(r"https?://\S+", url):
            place = _property_place(module, key)
            yield Fact(
                kind="link", value=url, evidence=place, scope=module.folder, detail={"rel": rel}
            )
    licence = expression(
        next((v for k, v in module.properties.items() if re.match(r"POM_LICEN[CS]E_NAME", k)), "")
    )
    if licence:
        place = _property_place(module, "POM_LICENSE_NAME")
        yield Fact(
            kind="license",
            value=licence,
            evidence=place,
            scope=module.folder,
            detail={"from": "manifest"},
        )


def read_settings(repo: Repository, path: str) -> Iterator[Fact]:
    """The workspace of a build that has no build script in its root."""
    build = build_of(repo, path)
    name, line = build.root_name
    if (
        build.root_script is None
        and name
        and build.modules
        and not LOGIC_FOLDER.fullmatch(build.folder)
    ):
        detail = {"ecosystem": "gradle", "manager": "gradle", "role": "workspace"}
        script = wrapper(repo, build.folder, "gradlew", "")
        yield Fact(
            kind="package",
            value=name,
            evidence=Evidence(path=path, line=line),
            scope=build.folder,
            detail=detail | ({"wrapper": script} if script else {}),
        )


MANIFESTS: tuple[Manifest, ...] = (
    manifest(r"build\.gradle(?:\.kts)?", read_build),
    manifest(r"settings\.gradle(?:\.kts)?", read_settings),
)
