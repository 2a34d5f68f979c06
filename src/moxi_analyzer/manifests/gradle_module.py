"""One module of a Gradle build: its script with all that its build adds to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from moxi_analyzer.manifests.gradle_project import Build
from moxi_analyzer.manifests.gradle_script import Script, Statement
from moxi_analyzer.manifests.jvm import CENTRAL
from moxi_analyzer.repository import Repository, folder_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

LOGIC_FOLDER = lazy_pattern(r"(?:.*/)?(?:buildSrc|build-logic|buildLogic|build-plugins)(?:/.*)?")


@dataclass(frozen=True)
class Module:
    """A build script with the build and the convention plugins around it."""

    repo: Repository
    build: Build
    script: Script

    @property
    def folder(self) -> str:
        return folder_of(self.script.path)

    @property
    def is_root(self) -> bool:
        return self.folder == self.build.folder

    @property
    def task_path(self) -> str:
        """What stands before a task's name: ":cli:" for the module `cli`, "" for the root."""
        if self.is_root:
            return ""
        return (
            self.build.modules.get(self.folder, (":" + self.folder.replace("/", ":"), ""))[0] + ":"
        )

    @cached_property
    def conventions(self) -> list[Script]:
        return list(self.build.convention_scripts(self.script))

    @cached_property
    def plugins(self) -> frozenset[str]:
        """Plugins of the script itself, of its conventions and of the root for all modules."""
        found = list(self.build.plugins_for_all)
        for script in (self.script, *self.conventions):
            found += self.build.plugins(script)
        return frozenset(name.removeprefix("org.gradle.") for name in found)

    @cached_property
    def properties(self) -> dict[str, str]:
        """gradle.properties of the module over those of the build."""
        found = {key: value for key, (value, _) in self.build.properties.items()}
        own = f"{self.folder}/gradle.properties".lstrip("/")
        for line in (self.repo.text(own) or "").splitlines() if not self.is_root else ():
            key, equals, value = line.partition("=")
            if equals and not key.lstrip().startswith("#"):
                found[key.strip()] = value.strip()
        return found

    def assigned(self, *keys: str) -> Iterator[tuple[Statement, str, str]]:
        """(statement, value, path) of unconditional assignments to `keys`: own script first."""
        root = self.build.root_script
        everyone = [root] if root is not None and not self.is_root else []
        for script in (self.script, *self.conventions, *everyone):
            for statement in script.statements:
                if statement.key not in keys or not statement.certain:
                    continue
                if script is root and not self.is_root and not _is_for_all(statement):
                    continue
                value = script.value(statement.call[1])
                if value:
                    yield statement, value, script.path

    def top(self, key: str) -> tuple[str, Evidence] | None:
        """The value of a property of the project itself, and where it is set."""
        for statement, value, path in self.assigned(key):
            inside = statement.names[-1:] in {(), ("allprojects",), ("subprojects",), ("project",)}
            if inside and statement.call[0] in {key, f"project.{key}", f"this.{key}"}:
                return value, Evidence(path=path, line=statement.line)
        return None

    @cached_property
    def kind(self) -> str:
        """android_app, android_library, application, spring, library, or "" for no code."""
        names = self.plugins
        if any("android.application" in n or "android-application" in n for n in names):
            return "android_app"
        if any("android.library" in n or "android-library" in n for n in names):
            return "android_library"
        if "org.springframework.boot" in names:
            return "spring"
        if any(n == "application" or n.endswith(".application") for n in names):
            return "application"
        has_code = bool(self.repo.inside(self.folder)) and any(
            f"{self.folder}/src/{s}".lstrip("/") in self.repo.folders
            for s in ("main", "commonMain", "jvmMain", "commonJvmAndroid")
        )
        return "library" if has_code else ""


def _is_for_all(statement: Statement) -> bool:
    return statement.names[:1] in {("allprojects",), ("subprojects",)}


def is_included(module: Module) -> bool:
    """Whether the settings make the folder a module of the build, as far as they can be read."""
    modules = module.build.modules
    return not modules or module.folder in modules or module.build.includes_computed


def published_name(module: Module) -> tuple[str, Evidence | None]:
    """The published or project name, and where it stands if that is not the script itself."""
    if module.is_root:
        name, line = module.build.root_name
        place = Evidence(path=module.build.settings_path, line=line) if line else None
    else:
        _, name = module.build.modules.get(module.folder, ("", module.folder.rpartition("/")[2]))
        place = None
    artifact = module.properties.get("POM_ARTIFACT_ID", "")
    for statement in module.script.statements:
        key, expression = statement.call
        if key.endswith("coordinates"):
            parts = [module.script.value(part) for part in expression.split(",")]
            if len(parts) > 1 and parts[1]:
                return parts[1], Evidence(path=module.script.path, line=statement.line)
        if statement.key == "artifactId" and any("publi" in n.lower() for n in statement.names):
            value = module.script.value(expression)
            if value:
                return value, Evidence(path=module.script.path, line=statement.line)
    return (artifact or name), place


def project_name(module: Module) -> str:
    if module.is_root:
        return module.build.root_name[0]
    return module.build.modules.get(module.folder, ("", module.folder.rpartition("/")[2]))[1]


def group_of(module: Module) -> str:
    for statement in module.script.statements:
        if statement.key == "coordinates":
            return module.script.value(statement.call[1].split(",")[0])
    found = module.top("group")
    if found:
        return found[0]
    if module.build.root_script is not None and any(map(_is_roots_group, _scripts_of(module))):
        for statement in module.build.root_script.statements:
            if statement.call[0] in {"group", "project.group"} and not statement.blocks:
                return module.build.root_script.value(statement.call[1])
    keys = ("GROUP", "POM_GROUP_ID", "group", "groupId")
    return next((module.properties[k] for k in keys if module.properties.get(k)), "")


def _scripts_of(module: Module) -> list[Script]:
    return [module.script, *module.conventions]


def _is_roots_group(script: Script) -> bool:
    """Whether a script takes its group from the root project: `group = rootProject.group`."""
    return any(
        s.call[0] in {"group", "project.group"}
        and not s.blocks
        and re.match(r"rootProject\.group\b", s.call[1])
        for s in script.statements
    )


def is_published(module: Module) -> bool:
    """Whether the module's artifact goes to Maven Central."""
    texts = [module.script.text, *(script.text for script in module.conventions)]
    names = module.plugins
    publishes = any("publish" in name or "publication" in name for name in names)
    if module.build.root_script is not None:
        texts.append(module.build.root_script.text)
    central = any(CENTRAL.search(text) for text in texts) or any(map(CENTRAL.search, names))
    if publishes and not central:
        central = "signing" in names or _logic_publishes(module)
    return publishes and central


def _logic_publishes(module: Module) -> bool:
    """Whether the build logic in this repository has what publishing to Maven Central needs."""
    for path in module.repo.under(module.build.folder):
        is_publishing = "publi" in path.lower() and LOGIC_FOLDER.fullmatch(folder_of(path))
        if is_publishing and CENTRAL.search(module.repo.text(path) or ""):
            return True
    return False
