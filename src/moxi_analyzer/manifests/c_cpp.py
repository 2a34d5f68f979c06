"""C and C++ beside the build descriptions: CMake presets, vcpkg, Conan, Arduino, PlatformIO, plain Makefiles."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator

from moxi_analyzer.formats import Lines, as_dict, as_list, as_str, load_json, one_line
from moxi_analyzer.languages import language_of
from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.manifests.cmake import main_source
from moxi_analyzer.meta.spdx import stated
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact, FactKind

_BUILDS = ("CMakeLists.txt", "meson.build", "configure.ac", "configure.in")
_ATTRIBUTE = lazy_pattern(r"^    (name|version|license|url|homepage|description|author)\s*=\s*"
                        r"(?:\"([^\"\n]*)\"|'([^'\n]*)')", re.MULTILINE)  # fmt: skip
_REFERENCE = lazy_pattern(
    r"[\"']?([a-z0-9_][a-z0-9_+.-]+)/([\w.+\[\]<>=~ -]+?)(?:@[\w/.-]*)?[\"']?$"
)
_REQUIRES = lazy_pattern(
    r"self\.requires\(\s*[\"']([^\"'\n]+)[\"']|^    requires\s*=\s*(.+)$", re.M
)
_PROGRAM = lazy_pattern(
    r"^(PROG|PROGRAM|TARGET|BIN|EXE|EXEC|EXECUTABLE|PROGNAME|BINARY|NAME|OUT|OUTPUT)"
    r"[ \t]*[:?]?=[ \t]*(?:\./)?([\w./+-]+)[ \t]*$",
    re.MULTILINE,
)


def _fact(kind: FactKind, value: str, at: Evidence, text: str = "", **detail: str) -> Fact:
    kept = {key: item for key, item in detail.items() if item}
    scope = folder_of(at.path)
    return Fact(kind=kind, value=value, evidence=at, scope=scope, text=text, detail=kept)


def _has_build(repo: Repository, folder: str) -> bool:
    return any(repo.has(join(folder, name)) for name in _BUILDS)


def _vcpkg(repo: Repository, path: str) -> Iterator[Fact]:
    text = repo.text(path)
    data = as_dict(load_json(text)) if text is not None else {}
    lines = Lines(text or "")

    def at(*keys: str) -> Evidence:
        return Evidence(path=path, line=lines.json(*keys))

    name, described = as_str(data.get("name")), data.get("description")
    description = one_line(as_str(described) or as_str(next(iter(as_list(described)), "")))
    if name and not _has_build(repo, folder_of(path)):
        yield _fact("package", name, at("name"), description, ecosystem="c_cpp", manager="vcpkg")
    if description:
        yield _fact("description", description, at("description"), **{"from": "manifest"})
    for key in ("version", "version-semver", "version-string", "version-date"):
        if as_str(data.get(key)):
            yield _fact("version", as_str(data[key]), at(key))
    if as_str(data.get("license")):
        yield _fact(
            "license", stated(as_str(data["license"])), at("license"), **{"from": "manifest"}
        )
    if as_str(data.get("homepage")).startswith("http"):
        yield _fact("link", as_str(data["homepage"]), at("homepage"), rel="homepage")
    for entry in as_list(data.get("dependencies")):
        fields = as_dict(entry)
        needed = as_str(entry) or as_str(fields.get("name"))
        if needed and fields.get("host") is not True:
            where = Evidence(path=path, line=lines.find(re.escape(f'"{needed}"')))
            version = as_str(fields.get("version>="))
            version = f">={version}" if version else ""
            yield _fact(
                "dependency", needed, where, version=version, group="runtime", ecosystem="c_cpp"
            )
    for feature, body in as_dict(data.get("features")).items():
        text_of_feature = one_line(as_str(as_dict(body).get("description")))
        yield _fact("extra", feature, at("features", feature), text_of_feature, ecosystem="c_cpp")


def _conanfile(repo: Repository, path: str) -> Iterator[Fact]:
    text = repo.text(path) or ""
    if "ConanFile" not in text:
        return
    attributes = {m[1]: (m[2] or m[3] or "", text.count("\n", 0, m.start()) + 1)
                  for m in reversed(list(_ATTRIBUTE.finditer(text)))}  # fmt: skip

    def at(key: str) -> Evidence:
        return Evidence(path=path, line=attributes[key][1])

    description = one_line(attributes.get("description", ("", 0))[0])
    name = attributes.get("name", ("", 0))[0]
    if name and not _has_build(repo, folder_of(path)):
        yield _fact("package", name, at("name"), description, ecosystem="c_cpp", manager="conan")
    if description:
        yield _fact("description", description, at("description"), **{"from": "manifest"})
    if attributes.get("version", ("", 0))[0]:
        yield _fact("version", attributes["version"][0], at("version"))
    if attributes.get("license", ("", 0))[0]:
        yield _fact(
            "license", stated(attributes["license"][0]), at("license"), **{"from": "manifest"}
        )
    for key, rel in (("homepage", "homepage"), ("url", "repository")):
        if attributes.get(key, ("", 0))[0].startswith("http"):
            yield _fact("link", attributes[key][0], at(key), key, rel=rel)
    for found in _REQUIRES.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        listed = [found[1]] if found[1] else re.findall(r"[\"']([^\"'\n]+)[\"']", found[2])
        for reference in listed:
            yield from _conan_dependency(reference, Evidence(path=path, line=line))


def _conan_dependency(reference: str, at: Evidence) -> Iterator[Fact]:
    found = _REFERENCE.fullmatch(reference.strip()[:200])
    if found:
        yield _fact(
            "dependency", found[1], at, version=found[2], group="runtime", ecosystem="c_cpp"
        )


def _conantxt(repo: Repository, path: str) -> Iterator[Fact]:
    section = ""
    for number, line in enumerate((repo.text(path) or "").splitlines(), 1):
        word = line.partition("#")[0].strip()
        if word.startswith("["):
            section = word
        elif word and section == "[requires]":
            yield from _conan_dependency(word, Evidence(path=path, line=number))


def _arduino(repo: Repository, path: str) -> Iterator[Fact]:
    values: dict[str, tuple[str, Evidence]] = {}
    for number, line in enumerate((repo.text(path) or "").splitlines(), 1):
        key, equals, value = line.partition("=")
        if equals and value.strip():
            values.setdefault(key.strip(), (value.strip(), Evidence(path=path, line=number)))
    if "name" not in values or not {"version", "sentence", "author"} & set(values):
        return
    name, at = values["name"]
    sentence = one_line(values.get("sentence", ("", at))[0])
    header = values.get("includes", ("", at))[0].split(",")[0].strip()
    detail = {"ecosystem": "c_cpp", "manager": "arduino", "role": "library", "import": header}
    yield _fact("package", name, at, sentence, **detail)
    if sentence:
        yield _fact("description", sentence, values["sentence"][1], **{"from": "manifest"})
    if "version" in values:
        yield _fact("version", *values["version"])
    if "url" in values and values["url"][0].startswith("http"):
        yield _fact("link", *values["url"], rel="homepage")
    for key, role in (("author", "author"), ("maintainer", "maintainer")):
        if key in values:
            for person in re.sub(r"<[^>]*>", "", values[key][0]).split(","):
                if person.strip():
                    yield _fact("person", person.strip(), values[key][1], role=role)
    for word in values.get("depends", ("", at))[0].split(","):
        dependency = re.fullmatch(r"\s*([^()]+?)\s*(?:\(([^)]*)\))?\s*", word)
        if dependency:
            version, where = dependency[2] or "", values["depends"][1]
            yield _fact("dependency", dependency[1], where, version=version, ecosystem="c_cpp", group="runtime")  # fmt: skip


def _platformio(repo: Repository, path: str) -> Iterator[Fact]:
    text = repo.text(path) or ""
    parser = configparser.RawConfigParser(strict=False, inline_comment_prefixes=(";", "#"))
    try:
        parser.read_string(text)
    except (configparser.Error, ValueError, AttributeError, TypeError) as error:
        raise ManifestError(f"not a valid platformio.ini: {str(error).splitlines()[0]}") from error
    lines = Lines(text)
    for section in parser.sections():
        name = section.removeprefix("env:")
        if name == section:
            continue
        line = lines.find(rf"^\s*\[{re.escape(section)}\]")
        board = parser.get(section, "board", fallback="")
        at = Evidence(path=path, line=line)
        detail = {"tool": "platformio", "run": f"pio run -e {name}"}
        yield _fact("task", name, at, f"board {board}" if board else "", **detail)
        for entry in parser.get(section, "lib_deps", fallback="").splitlines():
            found = re.fullmatch(r"\s*([\w.-]+/)?([\w .+-]+?)\s*(?:@\s*(\S+))?\s*", entry)
            if found and found[2] and "://" not in entry:
                where = Evidence(path=path, line=lines.find(re.escape(entry.strip()), line))
                owner = found[1] or ""
                yield _fact("dependency", owner + found[2], where, version=found[3] or "", group="runtime", ecosystem="c_cpp")  # fmt: skip


def _makefile(repo: Repository, path: str) -> Iterator[Fact]:
    folder = folder_of(path)
    if folder or _has_build(repo, folder):
        return
    sources = [
        p
        for place in (folder, join(folder, "src"))
        for p in repo.inside(place)
        if (language_of(p) or ("",))[0] in {"C", "C++"} and repo.files[p].role == "source"
    ]
    text = repo.text(path) or ""
    if not any(p.endswith((".c", ".cc", ".cpp", ".cxx")) for p in sources):
        return
    if not re.search(r"\$[({](?:CC|CXX|LINK\.c)[)}]|\b(?:gcc|clang|g\+\+)\b|^\.c\.o|%\.o", text, re.M):  # fmt: skip
        return
    install = repo.evidence(path, r"^install\b[^=]*:")
    found = list(_makefile_programs(repo, path, text, sources))
    name, at = (found[0].value, found[0].evidence) if found else (repo.name, install)
    at = at if at.line else Evidence(path=path)
    role = "binary" if found else "library"
    yield _fact("package", name, at, ecosystem="c_cpp", manager="make", role=role)
    yield from found


def _makefile_programs(
    repo: Repository, path: str, text: str, sources: list[str]
) -> Iterator[Fact]:
    for found in _PROGRAM.finditer(text):
        variable, name = found[1], found[2].rpartition("/")[2]
        used = re.search(rf"^\S*\$[({{]{variable}[)}}].*:(?!=)|-o\s+\S*\$[({{]{variable}[)}}]", text, re.M)  # fmt: skip
        if not used or name.endswith((".a", ".so", ".o", ".js", ".wasm", ".pdf")):
            continue
        line = text.count("\n", 0, found.start()) + 1
        target = main_source(sources, name) or path
        yield _fact("bin", name, Evidence(path=path, line=line), target=target, ecosystem="c_cpp")


def _presets(repo: Repository, path: str) -> Iterator[Fact]:
    text = repo.text(path)
    data = load_json(text) if text is not None else None
    if not isinstance(data, dict):
        raise ManifestError("CMakePresets.json is not a JSON object")
    for entry in map(as_dict, as_list(data.get("configurePresets"))):
        name = as_str(entry.get("name"))
        if not name or entry.get("hidden") is True:
            continue
        help_text = as_str(entry.get("description")) or as_str(entry.get("displayName"))
        detail = {"tool": "cmake", "run": f"cmake --preset {name}"}
        yield Fact(
            kind="task",
            value=name,
            text=one_line(help_text),
            scope=folder_of(path),
            evidence=repo.evidence(path, r'"name"\s*:\s*"' + re.escape(name) + '"'),
            detail=detail,
        )


MANIFESTS: tuple[Manifest, ...] = (
    manifest(r"CMakePresets\.json", _presets),
    manifest(r"vcpkg\.json", _vcpkg),
    manifest(r"conanfile\.py", _conanfile),
    manifest(r"conanfile\.txt", _conantxt),
    manifest(r"library\.properties", _arduino),
    manifest(r"platformio\.ini", _platformio),
    manifest(r"(?:GNU)?[Mm]akefile", _makefile),
)
