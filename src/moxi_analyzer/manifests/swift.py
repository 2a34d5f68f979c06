"""Swift: Package.swift read as text, and the applications of Xcode projects."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moxi_analyzer.braces import Code, string
from moxi_analyzer.formats import one_line
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact

_TOOLS = lazy_pattern(r"^//\s*swift-tools-version\s*:\s*([\d.]+)", re.MULTILINE)
_PACKAGE = lazy_pattern(r"\bPackage\s*\(")
_ENTRY = lazy_pattern(r"\.(\w+)\s*\(")
_PLATFORM = lazy_pattern(r"\.(macOS|iOS|tvOS|watchOS|visionOS)\s*\(\s*(?:\.v([\d_]+)|\"([\d.]+)\")")
_SAMPLE = lazy_pattern(r"(?i)(?:examples?|samples?|tests?|tools|benchmarks?)(?:/|$)")
# A landing page is headed with the module as a symbol; a documentation extension names a type.
_LANDING = lazy_pattern(
    r"\s*# ``(?P<module>\w+)``\s*\n(?:\s*@\w+(?:\([^)]*\))?\s*\{[^}]*\})?\s*\n(?P<text>[A-Z][^\n]{15,300})\n\s*(?:\n|$)"
)
_TARGET = lazy_pattern(r"isa = PBXNativeTarget;")
_SETTING = lazy_pattern(r"^\s*(\w+)\s*=\s*\"?([\w.]+)\"?;?\s*$", re.MULTILINE)
_PLATFORMS = {
    "MACOSX_DEPLOYMENT_TARGET": "macOS",
    "IPHONEOS_DEPLOYMENT_TARGET": "iOS",
    "TVOS_DEPLOYMENT_TARGET": "tvOS",
    "WATCHOS_DEPLOYMENT_TARGET": "watchOS",
    "XROS_DEPLOYMENT_TARGET": "visionOS",
}


def _package(repo: Repository, path: str) -> Iterator[Fact]:
    text, scope = repo.text(path), folder_of(path)
    if text is None:
        raise ManifestError("not readable as text")
    tools = _TOOLS.search(text)
    if tools:
        yield _fact(
            "requirement", "Swift", path, _line(text, tools.start()), scope, {"version": tools[1]}
        )
    code = Code(text, single_quotes=False)
    call = _PACKAGE.search(code.mask)
    if call is None:
        return
    arguments = {a.label: a.text for a in code.arguments(call.end() - 1)}
    name = string(arguments.get("name", ""))
    products = list(_entries(arguments.get("products", "")))
    targets = list(_entries(arguments.get("targets", "")))
    if name:
        detail = _detail(products, targets)
        yield _fact("package", name, path, _line(text, call.start()), scope, detail)
        yield from _abstract(repo, path, detail.get("import", name))
    for program in _programs(products, targets):
        after = code.line(call.start()) + 2
        at = repo.evidence(path, r"name:\s*\"" + re.escape(program) + r"\"", after)
        yield _fact("bin", program, path, at.line, scope, {"ecosystem": "swift", "target": program})
    for platform in _PLATFORM.finditer(arguments.get("platforms", "")):
        at = repo.evidence(path, r"\." + platform[1] + r"\s*\(")
        version = (platform[2] or "").replace("_", ".") or platform[3]
        yield _fact("requirement", platform[1], path, at.line, scope, {"version": version})
    yield from _dependencies(repo, path, arguments.get("dependencies", ""))


def _abstract(repo: Repository, manifest_path: str, module: str) -> Iterator[Fact]:
    """What the landing page of a documentation catalog says of the module in one line."""
    folder = folder_of(manifest_path)
    prefix = f"{folder}/" if folder else ""
    for path in sorted(p for p in repo.files if ".docc/" in p and p.endswith(".md")):
        found = _LANDING.match(repo.text(path) or "") if path.startswith(prefix) else None
        if found and found["module"] == module:
            line = _line(found.string, found.start("text"))
            said = re.sub(r"``([^`]+)``", r"`\1`", one_line(found["text"]))
            yield _fact("description", said, path, line, folder, {"from": "docs"})
            return


def _entries(listed: str) -> Iterator[tuple[str, dict[str, str]]]:
    """(kind, arguments) of each `.kind(name: …)` in an array literal."""
    code = Code(listed, single_quotes=False)
    if not listed.startswith("["):
        return
    for begin, end in code.split(1, code.close(0)):
        found = _ENTRY.search(code.mask, begin, end)
        if found:
            yield found[1], {a.label: a.text for a in code.arguments(found.end() - 1)}


def library_modules(repo: Repository, path: str) -> Iterator[tuple[str, str]]:
    """(module, folder of its sources) of the targets that a package's libraries are made of."""
    code = Code(repo.text(path) or "", single_quotes=False)
    call = _PACKAGE.search(code.mask)
    if call is None:
        return
    arguments = {a.label: a.text for a in code.arguments(call.end() - 1)}
    targets = {
        string(given.get("name", "")): string(given.get("path", ""))
        for kind, given in _entries(arguments.get("targets", ""))
        if kind == "target"
    }
    seen: set[str] = set()
    for kind, given in _entries(arguments.get("products", "")):
        for module in (
            re.findall(r"\"([\w.-]+)\"", given.get("targets", "")) if kind == "library" else ()
        ):
            if module in targets and module not in seen:
                seen.add(module)
                yield module, targets[module] or f"Sources/{module}"


def _named(entries: list[tuple[str, dict[str, str]]], *kinds: str) -> list[str]:
    names = (string(arguments.get("name", "")) for kind, arguments in entries if kind in kinds)
    return [name for name in names if name]


def _programs(
    products: list[tuple[str, dict[str, str]]], targets: list[tuple[str, dict[str, str]]]
) -> list[str]:
    if products:
        return _named(products, "executable")
    own = [
        (kind, arguments)
        for kind, arguments in targets
        if not _SAMPLE.match(string(arguments.get("path", "")) or "")
    ]
    return _named(own, "executableTarget")


def _detail(
    products: list[tuple[str, dict[str, str]]], targets: list[tuple[str, dict[str, str]]]
) -> dict[str, str]:
    libraries = _named(products, "library")
    programs = _programs(products, targets)
    role = "both" if libraries and programs else "binary" if programs else "library"
    detail = {"ecosystem": "swift", "manager": "swift", "role": role}
    if libraries:
        detail["registry"] = "swiftpm"
        modules = _named(targets, "target")
        detail["import"] = next((n for n in libraries if n in modules), libraries[0])
    return detail


def _dependencies(repo: Repository, path: str, listed: str) -> Iterator[Fact]:
    for kind, arguments in _entries(listed):
        url = string(arguments.get("url", "")) if kind == "package" else None
        if not url:
            continue
        name = url.rstrip("/").rpartition("/")[2].removesuffix(".git")
        version = next((string(arguments[k]) for k in ("from", "exact") if k in arguments), None)
        bounds = re.findall(r"\"(\d[\w.-]*)\"", arguments.get("", ""))
        detail = {
            "ecosystem": "swift",
            "group": "runtime",
            "version": version or next(iter(bounds), ""),
        }
        at = repo.evidence(path, re.escape(url))
        yield _fact("dependency", name, path, at.line, folder_of(path), detail)


def _xcode(repo: Repository, path: str) -> Iterator[Fact]:
    text = repo.text(path) or ""
    scope = folder_of(folder_of(path))
    apps = list(_applications(text))
    if not apps or repo.has(join(folder_of(scope), "pubspec.yaml")):
        return  # Flutter keeps a runner for each platform in its application
    settings = _settings(repo, path, scope)
    platforms = [n for key, n in _PLATFORMS.items() if len(settings.get(key, {})) == 1]
    name, line = apps[0]
    if platforms and not any(p.rpartition("/")[2] == "Package.swift" for p in repo.inside(scope)):
        detail = {"ecosystem": "swift", "manager": "xcode", "role": "binary", "private": "true"}
        detail["platforms"] = ", ".join(platforms)
        yield _fact("package", name, path, line, scope, detail)
    for key, platform in _PLATFORMS.items():
        yield from _setting(settings, key, "requirement", platform, scope)
    yield from _setting(settings, "MARKETING_VERSION", "version", "", scope)


def _applications(text: str) -> Iterator[tuple[str, int]]:
    for found in _TARGET.finditer(text):
        block = text[found.start() : found.start() + 3000].partition("\n\t\t};")[0]
        name = re.search(r"\n\s*name = \"?([^\";\n]+)\"?;", block)
        if name and 'productType = "com.apple.product-type.application"' in block:
            yield name[1], _line(text, found.start() + name.start(1))


def _settings(repo: Repository, path: str, scope: str) -> dict[str, dict[str, Evidence]]:
    """The values of each build setting in the project and its .xcconfig files."""
    found: dict[str, dict[str, Evidence]] = {}
    beside = [p for p in repo.inside(scope) if p.endswith(".xcconfig")]
    for file in [*beside, path]:
        text = repo.text(file) or ""
        for number, line in enumerate(text.splitlines(), 1):
            match = _SETTING.match(line) if "_TARGET" in line or "VERSION" in line else None
            if match:
                found.setdefault(match[1], {}).setdefault(
                    match[2], Evidence(path=file, line=number)
                )
    return found


def _setting(
    settings: dict[str, dict[str, Evidence]], key: str, kind: str, value: str, scope: str
) -> Iterator[Fact]:
    values = settings.get(key, {})
    if len(values) != 1:
        return  # targets that differ have no one answer
    for written, at in values.items():
        if kind == "version":
            yield Fact(kind="version", value=written, evidence=at, scope=scope)
        else:
            detail = {"version": written}
            yield Fact(kind="requirement", value=value, evidence=at, scope=scope, detail=detail)


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _fact(kind: str, value: str, path: str, line: int, scope: str, detail: dict[str, str]) -> Fact:
    return Fact(
        kind=kind,  # type: ignore[arg-type]
        value=value,
        evidence=Evidence(path=path, line=line),
        scope=scope,
        detail={key: content for key, content in detail.items() if content},
    )


MANIFESTS: tuple[Manifest, ...] = (
    manifest(r"Package\.swift", _package),
    manifest(r"[^/]+\.xcodeproj/project\.pbxproj", _xcode),
)
