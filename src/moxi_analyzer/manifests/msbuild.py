"""MSBuild projects as far as they can be known without running them: properties and packages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from weakref import WeakKeyDictionary
from xml.etree.ElementTree import Element

from moxi_analyzer.manifests.xml_document import XmlDocument
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence

_REFERENCE = lazy_pattern(r"\$\(([\w.]+)\)")
_COMPARISON = lazy_pattern(r"\s*'?\$\((\w+)\)'?\s*(==|!=)\s*'?([^'$]*?)'?\s*")
# What the surroundings of a build decide: nothing can be said of conditions on these.
_AMBIENT = lazy_pattern(
    r"configuration|platform|os|targetframework\w*|runtimeidentifier|ci|tf_build|github_actions|msbuild\w*"
    r"|buildingin\w+|continuousintegrationbuild|visualstudioversion|versionsuffix|packastool",
    re.IGNORECASE,
)
_MAX_IMPORTS = 12
_MAX_VALUE = 4_000
_THIS_FOLDER = lazy_pattern(
    r"\$\(MSBuild(?:ThisFile|Project)Directory\)[/\\]?|\$\(SolutionDir\)[/\\]?"
)


@dataclass(frozen=True)
class Package:
    """A NuGet package that a project asks for; `private` ones serve the build only."""

    name: str
    version: str
    private: bool
    place: Evidence
    certain: bool = True  # asked for under no condition


@dataclass
class Project:
    """A project file with the properties that it and the files above it set."""

    path: str
    document: XmlDocument
    properties: dict[str, tuple[str, Evidence]] = field(default_factory=dict)
    packages: list[Package] = field(default_factory=list)

    def value(self, *names: str) -> str:
        """The first of the properties that is set and can be resolved; "" if none."""
        for name in names:
            found = self.resolve(self.properties.get(name.lower(), ("", None))[0])
            if found:
                return found
        return ""

    def at(self, *names: str) -> Evidence:
        """Where the first of the properties that has a value is set; else the project file."""
        for name in names:
            if self.value(name):
                return self.properties[name.lower()][1]
        return self.document.at(self.document.root)

    def says(self, name: str) -> bool | None:
        """A property that is true or false; None when it is not set."""
        value = self.value(name).lower()
        return value == "true" if value in {"true", "false"} else None

    @property
    def stem(self) -> str:
        """The name of the file without its suffix."""
        return self.path.rpartition("/")[2].rpartition(".")[0]

    def resolve(self, text: str) -> str:
        """`text` with `$(Properties)` filled in; "" if one is computed or not known here."""
        for _ in range(8):
            if "$(" not in text:
                return text.strip()
            names = _REFERENCE.findall(text)
            if not names or not all(map(self._known, names)):
                return ""
            text = _REFERENCE.sub(lambda found: self._known(found[1]), text)
            if len(text) > _MAX_VALUE:
                return ""
        return ""

    def _known(self, name: str) -> str:
        builtin = {"msbuildprojectname": self.stem, "assemblyname": self.stem}
        key = name.lower()
        value = self.properties[key][0] if key in self.properties else builtin.get(key, "")
        return value if len(value) < 500 else ""


_PROJECTS: WeakKeyDictionary[Repository, dict[str, Project]] = WeakKeyDictionary()
_PROPS: WeakKeyDictionary[Repository, dict[str, XmlDocument | None]] = WeakKeyDictionary()


def load_project(repo: Repository, path: str) -> Project:
    """The project at `path`; raises ManifestError when it is not one."""
    known = _PROJECTS.setdefault(repo, {})
    if path not in known:
        document = XmlDocument(path, repo.text(path) or "")
        if document.root.tag != "Project":
            raise ManifestError("not an MSBuild project: its root element is not <Project>")
        project = Project(path, document)
        _read_all(repo, project)
        known[path] = project
    return known[path]


def _read_all(repo: Repository, project: Project) -> None:
    seen: set[str] = set()
    above = nearest(repo, folder_of(project.path), "Directory.Build.props")
    for place in (
        above,
        project.path,
        nearest(repo, folder_of(project.path), "Directory.Build.targets"),
    ):
        if place:
            _read_file(repo, project, place, seen)
    versions = _central_versions(repo, project)
    project.packages = [
        replace(
            package,
            version=project.resolve(package.version) or versions.get(package.name.lower(), ""),
        )
        for package in project.packages
    ]


def _document(repo: Repository, path: str) -> XmlDocument | None:
    known = _PROPS.setdefault(repo, {})
    if path not in known:
        try:
            known[path] = XmlDocument(path, repo.text(path) or "")
        except ManifestError:
            known[path] = None
    return known[path]


def _read_file(repo: Repository, project: Project, path: str, seen: set[str]) -> None:
    document = project.document if path == project.path else _document(repo, path)
    if document is None or path in seen or len(seen) >= _MAX_IMPORTS:
        return
    seen.add(path)
    for element in document.root:
        if element.tag == "Import":
            imported = _imported(repo, element, folder_of(path))
            if imported:
                _read_file(repo, project, imported, seen)
        elif element.tag == "PropertyGroup" and _holds(project, element):
            for entry in element:
                text = (entry.text or "").strip()
                if isinstance(entry.tag, str) and text and _holds(project, entry):
                    own = f"$({entry.tag})"
                    before = project.properties.get(entry.tag.lower(), ("", None))[0]
                    text = text.replace(own, before)
                    project.properties[entry.tag.lower()] = (text, document.at(entry))
        elif element.tag == "ItemGroup":
            project.packages.extend(_packages(project, document, element))


def _holds(project: Project, element: Element) -> bool | None:
    """Whether the condition of an element holds in a plain build; None when that is not known."""
    condition = element.get("Condition")
    if condition is None:
        return True
    found = _COMPARISON.fullmatch(condition)
    if not found or (_AMBIENT.fullmatch(found[1]) and found[1].lower() not in project.properties):
        return None
    value, _ = project.properties.get(found[1].lower(), ("", None))
    if "$" in value:
        return None
    return (value.lower() == found[3].lower()) == (found[2] == "==")


def _imported(repo: Repository, element: Element, folder: str) -> str:
    written = element.get("Project", "")
    if "GetPathOfFileAbove" in written:
        name = "Directory.Build.props" if "props" in written.lower() else ""
        return nearest(repo, folder.rpartition("/")[0], name) if name and folder else ""
    place = join(folder, _THIS_FOLDER.sub("", written))
    return place if "$(" not in place and repo.has(place) else ""


def _packages(project: Project, document: XmlDocument, group: Element) -> Iterator[Package]:
    always = _holds(project, group)
    for entry in group:
        name = (entry.get("Include") or "").strip()
        holds = _holds(project, entry)
        if entry.tag != "PackageReference" or not re.fullmatch(r"[\w.-]+", name):
            continue
        if always is False or holds is False:
            continue
        version = (
            entry.get("Version") or entry.get("VersionOverride") or entry.findtext("Version") or ""
        )
        private = entry.get("PrivateAssets") or entry.findtext("PrivateAssets") or ""
        yield Package(
            name,
            version.strip(),
            private.strip().lower() == "all",
            document.at(entry),
            certain=bool(always and holds),
        )


def _central_versions(repo: Repository, project: Project) -> dict[str, str]:
    path = nearest(repo, folder_of(project.path), "Directory.Packages.props")
    document = _document(repo, path) if path else None
    if document is None:
        return {}
    return {
        (entry.get("Include") or "").lower(): project.resolve(entry.get("Version") or "")
        for entry in document.root.iter("PackageVersion")
    }


def nearest(repo: Repository, folder: str, name: str) -> str:
    """The path of the file `name` in `folder` or the nearest folder above it; "" if none."""
    while True:
        path = f"{folder}/{name}".lstrip("/")
        if repo.has(path):
            return path
        if not folder:
            return ""
        folder = folder.rpartition("/")[0]


def nearest_project(repo: Repository, path: str) -> str:
    """The project file that compiles the source at `path`: the nearest one above; "" if none."""
    folder = folder_of(path)
    while True:
        found = [p for p in repo.inside(folder) if p.endswith((".csproj", ".fsproj", ".vbproj"))]
        if found or not folder:
            return found[0] if found else ""
        folder = folder.rpartition("/")[0]
