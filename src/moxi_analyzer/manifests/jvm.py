"""What the JVM's build tools share: Java versions, root packages, wrappers."""

from __future__ import annotations

import re
from functools import lru_cache
from weakref import WeakKeyDictionary

from moxi_analyzer.repository import Repository
from moxi_core.patterns import lazy_pattern

_JAVA_VERSION = lazy_pattern(r"(?:1\.)?(\d{1,2})(?:\.0)?")
_SOURCE_PATH = lazy_pattern(
    r"(?:(.*)/)?src/(?:main|(?:common|jvm)(?!\w*Test)\w*)/(?:java|kotlin)/(?:(.+)/)?[^/]+\.(?:java|kt)"
)
_PACKAGE = lazy_pattern(r"^\s*package\s+([\w.]+)", re.MULTILINE)
_SHALLOWEST: WeakKeyDictionary[Repository, dict[str, dict[str, str]]] = WeakKeyDictionary()
# Modules that are not for users, by folder or artifact; and projects that tests build.
NO_PRODUCT = lazy_pattern(
    r"(.*[-.])?(i?tests?|its?|integration-?tests?|e2e|\\w*benchmarks?|examples?|samples?|demos?"
    r"|templates?|test-?app)"
    r"|(tests?|examples?|samples?)-.*|\..+"
)
TEST_RESOURCE = lazy_pattern(r"(^|/)src/(\w*[tT]est|[^/]+/resources|it)/")
# Sonatype's and Maven Central's places and plugins: nobody configures them without publishing there.
CENTRAL = lazy_pattern(
    r"oss\.sonatype\.org|central\.sonatype\.com|ossrh|\bnmcp\b|centralPortal|publishToMavenCentral"
    r"|io\.github\.gradle-nexus\.publish-plugin|com\.vanniktech\.maven\.publish"
    r"|central-publishing-maven-plugin|nexus-staging|gradle-maven-publish-plugin"
)


def is_product(path: str) -> bool:
    """Whether the module that `path` belongs to is something for users: no tests, no samples."""
    return _is_product_folder(path[: path.rfind("/") + 1])


@lru_cache(maxsize=16_384)
def _is_product_folder(path: str) -> bool:
    module = path.partition("/src/")[0] if "/src/" in path else path.rpartition("/")[0]
    folders = [] if path.startswith("src/") else module.split("/")
    return not TEST_RESOURCE.search(path) and not any(map(NO_PRODUCT.fullmatch, folders))


def java_version(written: str) -> str:
    """The version people say (`17`, `8`) for one as written (`17`, `1.8`, `VERSION_1_8`); else ""."""
    plain = written.strip().removeprefix("VERSION_").removeprefix("JVM_").replace("_", ".")
    found = _JAVA_VERSION.fullmatch(plain)
    return found[1] if found and 1 < int(found[1]) < 40 else ""


def root_package(repo: Repository, folder: str) -> str:
    """The package of the shallowest sources below `<folder>/src/main`; "" if there are several."""
    candidates = _shallowest_sources(repo).get(folder, {})
    if len(candidates) != 1:
        return ""
    path = next(iter(candidates.values()))
    found = _PACKAGE.search(repo.text(path) or "")
    return found[1] if found else ""


def _shallowest_sources(repo: Repository) -> dict[str, dict[str, str]]:
    """For each module folder, its source folders nearest to the top, each with one file of it."""
    if repo not in _SHALLOWEST:
        found: dict[str, dict[str, str]] = {}
        depths: dict[str, int] = {}
        for path in repo.files:
            match = _SOURCE_PATH.fullmatch(path)
            if not match or path.endswith(("/module-info.java", "/package-info.java")):
                continue
            module, package = match[1] or "", match[2] or ""
            depth = package.count("/") + bool(package)
            if depth < depths.get(module, 99):
                depths[module], found[module] = depth, {}
            if depth == depths[module]:
                found[module].setdefault(package, path)
        _SHALLOWEST[repo] = found
    return _SHALLOWEST[repo]


def wrapper(repo: Repository, folder: str, script: str, tool: str) -> str:
    """How to call the build tool in `folder`: the wrapper of it or of a folder above, else `tool`."""
    above = folder
    while True:
        if repo.has(f"{above}/{script}".lstrip("/")):
            up = "" if above == folder else "../" * (folder[len(above) :].strip("/").count("/") + 1)
            return f"{up or './'}{script}"
        if not above:
            return tool
        above = above.rpartition("/")[0]
