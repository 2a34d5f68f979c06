"""The Maven model of a pom.xml: parents, properties, plugins, as far as the repository has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary
from xml.etree.ElementTree import Element

from moxi_analyzer.manifests.jvm import CENTRAL
from moxi_analyzer.manifests.xml_document import XmlDocument, children, text_at
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern

_REFERENCE = lazy_pattern(r"\$\{([^${}]+)\}")
_MAX_VALUE = 2_000
_MAX_PARENTS = 12
# Parents under which every module is published to Maven Central.
_PUBLISHED_PARENTS = ("org.sonatype.oss:oss-parent", "org.apache:apache", "org.apache.commons:")
SPRING_BOOT = "spring-boot-maven-plugin"
_CLASS_NAME = lazy_pattern(r"[A-Za-z_][\w.$]*")
_PUBLISHERS = ("central-publishing-maven-plugin", "nexus-staging-maven-plugin")


@dataclass(frozen=True)
class Pom:
    """One pom.xml and its parent, as far as that stands in the repository."""

    document: XmlDocument
    parent: Pom | None
    properties: dict[str, str]

    @property
    def root(self) -> Element:
        return self.document.root

    @property
    def chain(self) -> Iterator[Pom]:
        """This pom, then its parents."""
        pom: Pom | None = self
        while pom is not None:
            yield pom
            pom = pom.parent

    def coordinate(self, name: str) -> str:
        """`groupId`, `artifactId` or `version`, the parent's where this pom has none."""
        own = text_at(self.root, name)
        if not own and name != "artifactId":
            own = text_at(self.root, f"parent/{name}")
        return self.resolve(own)

    def resolve(self, text: str) -> str:
        """`text` with `${properties}` filled in; "" if one is not known here."""
        for _ in range(8):
            if "${" not in text:
                return text
            if any(name not in self.properties for name in _REFERENCE.findall(text)):
                return ""
            text = _REFERENCE.sub(lambda found: self.properties[found[1]], text)
            if len(text) > _MAX_VALUE:
                return ""
        return ""


_POMS: WeakKeyDictionary[Repository, dict[str, Pom]] = WeakKeyDictionary()


def load_pom(repo: Repository, path: str, depth: int = 0) -> Pom:
    """The pom at `path` with its parents; raises ManifestError when it is no pom."""
    known = _POMS.setdefault(repo, {})
    if path not in known:
        document = XmlDocument(path, repo.text(path) or "")
        if document.root.tag != "project":
            raise ManifestError("not a Maven project: its root element is not <project>")
        parent = _parent(repo, path, document.root, depth)
        known[path] = Pom(document, parent, _properties(document.root, parent))
    return known[path]


def _parent(repo: Repository, path: str, root: Element, depth: int) -> Pom | None:
    declared = root.find("parent")
    if declared is None or depth >= _MAX_PARENTS:
        return None
    relative = declared.find("relativePath")
    where = "../pom.xml" if relative is None else (relative.text or "").strip()
    place = join(folder_of(path), where) if where else ""
    if place in repo.folders:
        place = f"{place}/pom.xml".lstrip("/")
    if not place or place == path or not repo.has(place):
        return None
    try:
        parent = load_pom(repo, place, depth + 1)
    except ManifestError:
        return None
    same = parent.coordinate("artifactId") == text_at(declared, "artifactId")
    return parent if same else None


def _properties(root: Element, parent: Pom | None) -> dict[str, str]:
    found = dict(parent.properties) if parent else {}
    for table in children(root, "properties"):
        for entry in table:
            value = (entry.text or "").strip()
            if isinstance(entry.tag, str) and len(value) < 500:
                found[entry.tag] = value
    for name in ("groupId", "artifactId", "version"):
        value = text_at(root, name) or text_at(root, f"parent/{name}")
        if value and f"${{project.{name}}}" not in value:
            for prefix in ("project.", "pom.", ""):
                found[prefix + name] = value
    if parent is not None or root.find("parent") is not None:
        found["project.parent.version"] = text_at(root, "parent/version")
    return found


def is_published(pom: Pom) -> bool:
    """Whether a pom of the chain has what only those configure who publish to Maven Central."""
    for link in pom.chain:
        root = link.root
        parent = root.find("parent")
        name = f"{text_at(parent, 'groupId')}:{text_at(parent, 'artifactId')}"
        if name.startswith(_PUBLISHED_PARENTS):
            return True
        places = [*children(root, "distributionManagement"), *root.iter("plugin")]
        for place in places:
            words = (text for element in place.iter() if (text := element.text))
            if any(CENTRAL.search(text) for text in words):
                return True
    return False


def is_kept_back(pom: Pom) -> bool:
    """Whether the module itself, or a parent by a property of it, is kept from being deployed."""
    if pom.properties.get("maven.deploy.skip") == "true":
        return True
    skips = {
        artifact: pom.resolve(text_at(plugin, f"configuration/{key}")) == "true"
        for link in reversed(list(pom.chain))
        for plugin, artifact in plugins_of(link)
        for key in ("skip", "skipPublishing")
        if plugin.find(f"configuration/{key}") is not None
    }
    names = {artifact for link in pom.chain for _, artifact in plugins_of(link)}
    # The plugin for Central takes over from Maven's own, which is then often switched off.
    publisher = next((name for name in _PUBLISHERS if name in names), "maven-deploy-plugin")
    signed = "maven-gpg-plugin", "maven-install-plugin"
    return any(skips.get(name, False) for name in (publisher, *signed))


def plugins_of(pom: Pom) -> Iterator[tuple[Element, str]]:
    for place in ("build/plugins/plugin", "build/pluginManagement/plugins/plugin"):
        for plugin in pom.root.findall(place):
            yield plugin, text_at(plugin, "artifactId")


@dataclass(frozen=True)
class Main:
    """What starts the program a module builds: its class (if named), and where that is said."""

    name: str
    element: Element
    plugin: str
    always: bool  # built by a plain `mvn package`, not only with a profile


def main_class(pom: Pom) -> Main | None:
    in_profiles = (
        (plugin, text_at(plugin, "artifactId"))
        for plugin in children(pom.root, "profiles/profile/build/plugins/plugin")
    )
    for always, plugins in ((True, plugins_of(pom)), (False, in_profiles)):
        for plugin, artifact in plugins:
            for element in plugin.iter():
                name = pom.resolve((element.text or "").strip())
                if element.tag not in {"mainClass", "Main-Class"} or not _CLASS_NAME.fullmatch(
                    name
                ):
                    continue
                # An execution of exec-maven-plugin is a build step, not the program.
                is_step = element not in plugin.findall("configuration/mainClass")
                if artifact != "exec-maven-plugin" or not is_step:
                    return Main(name, element, artifact, always)
    for plugin in pom.root.findall("build/plugins/plugin"):
        named = plugin.find("artifactId")
        if named is not None and named.text == SPRING_BOOT:
            return Main("", named, SPRING_BOOT, True)
    return None


def runnable_jar(pom: Pom, plugin: str) -> str:
    """File name of the runnable jar that `plugin` builds; "" if it builds none that runs alone."""
    name = pom.resolve(text_at(pom.root, "build/finalName"))
    if not name and pom.root.find("build/finalName") is None and pom.coordinate("version"):
        name = f"{pom.coordinate('artifactId')}-{pom.coordinate('version')}"
    if not name:
        return ""
    if plugin == "maven-assembly-plugin":
        return f"{name}-jar-with-dependencies.jar"
    packaging = pom.resolve(text_at(pom.root, "packaging")) or "jar"
    plain = plugin in {SPRING_BOOT, "maven-shade-plugin"} and packaging == "jar"
    return f"{name}.jar" if plain else ""
