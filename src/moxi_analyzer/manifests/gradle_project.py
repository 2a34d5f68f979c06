"""A Gradle build as a whole: settings, properties, version catalogue and convention plugins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from weakref import WeakKeyDictionary

from moxi_analyzer.formats import as_dict, as_list, as_str, load_toml
from moxi_analyzer.manifests.gradle_loops import unrolled
from moxi_analyzer.manifests.gradle_script import Script, Statement
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern

BUILD_NAMES = ("build.gradle.kts", "build.gradle")
SETTINGS_NAMES = ("settings.gradle.kts", "settings.gradle")
_LOGIC = lazy_pattern(
    r"(?:.*/)?(?:buildSrc|build-logic|buildLogic|build-plugins|plugins|gradle)/.*"
)
_PLUGIN = lazy_pattern(
    r"(?:id|kotlin|alias)\s*\(?\s*(?:['\"]([\w.-]+)['\"]|(libs\.plugins\.[\w.]+))"
)
_NOT_APPLIED = lazy_pattern(r"\bapply\s*\(?\s*false")
_APPLY = lazy_pattern(
    r"apply\s*\(?\s*plugin\s*[:=]\s*['\"]([\w.-]+)['\"]|(?:apply|plugin)\(\s*['\"]([\w.-]+)['\"]"
)
_APPLY_FROM = lazy_pattern(r"apply\s*\(?\s*from\s*[:=]\s*(?:\w+\.)*(?:file\()?['\"]([^'\"]+)['\"]")
_ROOT_FOLDER = lazy_pattern(r"^\$\{?(?:rootProject\.)?(?:rootDir|projectDir)\}?/|^\$\{?rootDir\}?/")
_PROPERTY_LINE = lazy_pattern(r"\s*([\w.-]+)\s*[=:]\s*(.*?)\s*")
_MODULE = lazy_pattern(r"['\"]:?([\w.:/-]+)['\"]")
_MODULE_SETTING = lazy_pattern(
    r"(?:rootProject\.)?project\(\s*['\"]:?([\w.:/-]+)['\"]\s*\)\.(name|projectDir)\s*=\s*(.+)"
)
_MAX_CONVENTIONS = 12


def _alias(name: str) -> str:
    """A catalogue name as build scripts write it: dots for every separator."""
    return re.sub(r"[-_.]", ".", name).lower()


@dataclass
class Catalogue:
    """gradle/libs.versions.toml by alias."""

    versions: dict[str, str] = field(default_factory=dict)
    libraries: dict[str, tuple[str, str]] = field(default_factory=dict)  # alias -> (g:a, version)
    bundles: dict[str, list[str]] = field(default_factory=dict)
    plugins: dict[str, str] = field(default_factory=dict)


def _catalogue(text: str) -> Catalogue:
    data = load_toml(text)
    versions = {
        _alias(key): as_str(value)
        or as_str(as_dict(value).get("require") or as_dict(value).get("strictly"))
        for key, value in as_dict(data.get("versions")).items()
    }

    def version_of(value: object) -> str:
        table = as_dict(value)
        return (
            as_str(value)
            or versions.get(_alias(as_str(table.get("ref"))), "")
            or as_str(table.get("require"))
        )

    result = Catalogue(versions)
    for key, value in as_dict(data.get("libraries")).items():
        table = as_dict(value)
        written = as_str(value) or as_str(table.get("module"))
        parts = (
            written.split(":")
            if written
            else [as_str(table.get("group")), as_str(table.get("name"))]
        )
        if len(parts) >= 2 and all(parts[:2]):
            version = parts[2] if len(parts) > 2 else version_of(table.get("version"))
            result.libraries[_alias(key)] = (":".join(parts[:2]), version)
    for key, value in as_dict(data.get("bundles")).items():
        result.bundles[_alias(key)] = [_alias(as_str(name)) for name in as_list(value)]
    for key, value in as_dict(data.get("plugins")).items():
        written = as_str(value).partition(":")[0] or as_str(as_dict(value).get("id"))
        result.plugins[_alias(key)] = written
    return result


def load_properties(text: str) -> dict[str, tuple[str, int]]:
    """A .properties file: key -> (value, line); continuation lines are left out."""
    found: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        match = _PROPERTY_LINE.fullmatch(line) if not line.lstrip().startswith(("#", "!")) else None
        if match:
            found.setdefault(match[1], (match[2], number))
    return found


@dataclass
class Build:
    """One Gradle build: all modules below the folder of its settings file."""

    repo: Repository
    folder: str
    settings_path: str = ""
    _scripts: dict[str, Script] = field(default_factory=dict)
    _asked: dict[str, set[str]] = field(default_factory=dict)  # what it takes to read each
    _plugins: dict[str, list[str]] = field(default_factory=dict)

    @cached_property
    def catalogue(self) -> Catalogue:
        text = self.repo.text(f"{self.folder}/gradle/libs.versions.toml".lstrip("/"))
        try:
            return _catalogue(text) if text else Catalogue()
        except ManifestError:
            return Catalogue()

    @cached_property
    def properties(self) -> dict[str, tuple[str, int]]:
        return load_properties(self.repo.text(self.properties_path) or "")

    @property
    def properties_path(self) -> str:
        return f"{self.folder}/gradle.properties".lstrip("/")

    def script(self, path: str) -> Script:
        """A build script that can resolve the names that this build gives; read once."""
        if path not in self._scripts:
            variables = {key: value for key, (value, _) in self.properties.items()}
            if self.root_script is not None:
                variables = self.root_script.variables | variables
            with self.repo.asking() as asked:
                self._scripts[path] = self._loaded(path, variables)
            self._asked[path] = asked
        self.repo.asked |= self._asked[path]
        return self._scripts[path]

    @cached_property
    def root_script(self) -> Script | None:
        """The build script of the build's own folder."""
        for name in BUILD_NAMES:
            path = f"{self.folder}/{name}".lstrip("/")
            if self.repo.has(path):
                return self._loaded(
                    path, {key: value for key, (value, _) in self.properties.items()}
                )
        return None

    def _loaded(self, path: str, variables: dict[str, str]) -> Script:
        script = Script(path, self.repo.text(path) or "", dict(variables), self.catalogue.versions)
        for applied in self.applied_scripts(script):
            _ = applied.statements  # collects its variables
            script.variables = applied.variables | script.variables
        _ = script.statements
        return script

    def applied_scripts(self, script: Script) -> Iterator[Script]:
        """Scripts of this repository that a script applies by path."""
        for found in _APPLY_FROM.finditer(script.text):
            name = found[1]
            inner = _ROOT_FOLDER.sub("", name)
            path = join(self.folder if inner != name else folder_of(script.path), inner)
            if self.repo.has(path) and path != script.path:
                variables, versions = dict(script.variables), self.catalogue.versions
                yield Script(path, self.repo.text(path) or "", variables, versions)

    @cached_property
    def settings(self) -> Script | None:
        """The settings script, if there is one."""
        if not self.settings_path:
            return None
        variables = {key: value for key, (value, _) in self.properties.items()}
        text = unrolled(self.repo.text(self.settings_path) or "")
        return Script(self.settings_path, text, variables)

    @cached_property
    def root_name(self) -> tuple[str, int]:
        """(name, line) of `rootProject.name`; ("", 0) when the settings do not say."""
        for statement in self.settings.statements if self.settings else ():
            name, expression = statement.call
            if name == "rootProject.name" and self.settings:
                return self.settings.value(expression), statement.line
        return "", 0

    @cached_property
    def modules(self) -> dict[str, tuple[str, str]]:
        """Folder of each module that the settings include -> (Gradle path, project name)."""
        places: dict[str, str] = {}
        names: dict[str, str] = {}
        for statement in self.settings.statements if self.settings else ():
            changed = _MODULE_SETTING.match(statement.text)
            if changed:
                self._move(places, names, *changed.groups())
            elif statement.text.startswith("include") and not statement.text.startswith(
                "includeBuild"
            ):
                for found in _MODULE.finditer(statement.text):
                    module = found[1].replace("/", ":").strip(":")
                    places.setdefault(module, join(self.folder, module.replace(":", "/")))
        return {
            place: (f":{module}", names.get(module, module.rpartition(":")[2]))
            for module, place in places.items()
        }

    @cached_property
    def includes_computed(self) -> bool:
        """Whether the settings include modules that can only be known by running them."""
        return any(
            re.match(r"include\b(?!Build)", statement.text) and not _MODULE.search(statement.text)
            for statement in (self.settings.statements if self.settings else ())
        )

    @property
    def is_outermost(self) -> bool:
        """Whether no other build stands around this one."""
        above = self.folder
        while above:
            above = above.rpartition("/")[0]
            if any(self.repo.has(f"{above}/{name}".lstrip("/")) for name in SETTINGS_NAMES):
                return False
        return True

    def _move(
        self, places: dict[str, str], names: dict[str, str], module: str, what: str, value: str
    ) -> None:
        quoted = re.search(r"['\"]([^'\"$]+)['\"]\s*\)*\s*(?:as File)?$", value)
        if quoted and what == "name":
            names[module] = quoted[1]
        elif quoted:
            places[module] = join(self.folder, quoted[1])

    @property
    def conventions(self) -> Iterator[Script]:
        """The convention plugins that are about publishing."""
        for name, path in self._conventions.items():
            if "pub" in name.lower():
                yield self.script(path)

    @cached_property
    def _conventions(self) -> dict[str, str]:
        """Plugin id -> path of the precompiled script plugin that gives it."""
        found: dict[str, str] = {}
        for path in self.repo.under(self.folder):
            if (
                path.endswith((".gradle", ".gradle.kts"))
                and "/src/main/" in path
                and _LOGIC.fullmatch(path)
            ):
                name = path.rpartition("/")[2].removesuffix(".kts").removesuffix(".gradle")
                found[name] = path
        return found

    def convention_scripts(self, script: Script) -> Iterator[Script]:
        """Scripts and convention plugins of this repository that a script applies, also indirectly."""
        waiting, seen = list(self.plugins(script)), set[str]()
        for applied in self.applied_scripts(script):
            yield applied
            waiting += self.plugins(applied)
        while waiting and len(seen) < _MAX_CONVENTIONS:
            path = self._conventions.get(waiting.pop(0), "")
            if path and path not in seen:
                seen.add(path)
                convention = self.script(path)
                yield convention
                waiting += self.plugins(convention)

    def plugins(self, script: Script) -> list[str]:
        """Ids of the plugins that a script applies to its own project; looked for once."""
        if script.path not in self._plugins:
            self._plugins[script.path] = self._applied(script)
        return self._plugins[script.path]

    def _applied(self, script: Script) -> list[str]:
        found: list[str] = []
        for statement in script.statements:
            if _NOT_APPLIED.search(statement.text):
                continue
            if statement.names in {("plugins",), ("allprojects", "plugins")}:
                found += self._plugin_ids(statement)
            elif not statement.blocks or statement.names == ("apply",):
                found += [a or b for a, b in _APPLY.findall(statement.text)]
        return found

    @cached_property
    def plugins_for_all(self) -> list[str]:
        """Ids of the plugins that the root script applies to every module."""
        found: list[str] = []
        for statement in self.root_script.statements if self.root_script else ():
            if statement.names[:1] and statement.names[0] in {"allprojects", "subprojects"}:
                found += [a or b for a, b in _APPLY.findall(statement.text)]
        return found

    def _plugin_ids(self, statement: Statement) -> list[str]:
        text = statement.text
        found = _PLUGIN.match(text)
        if found and found[2]:
            alias = _alias(found[2].removeprefix("libs.plugins."))
            return [self.catalogue.plugins.get(alias, alias)]
        if found:
            return [f"org.jetbrains.kotlin.{found[1]}" if text.startswith("kotlin") else found[1]]
        plain = re.match(r"`?([A-Za-z][\w-]*)`?(?:\s|$)", text)
        return [plain[1]] if plain else []


_BUILDS: WeakKeyDictionary[Repository, dict[str, Build]] = WeakKeyDictionary()


def build_of(repo: Repository, path: str) -> Build:
    """The build that the script at `path` belongs to: that of the nearest settings file above."""
    known = _BUILDS.setdefault(repo, {})
    folder = folder_of(path)
    above = folder
    while True:
        settings = next(
            (p for n in SETTINGS_NAMES if repo.has(p := f"{above}/{n}".lstrip("/"))), ""
        )
        if settings or not above:
            place = above if settings else folder
            return known.setdefault(place, Build(repo, place, settings))
        above = above.rpartition("/")[0]
