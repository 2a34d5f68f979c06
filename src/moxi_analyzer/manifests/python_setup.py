"""setup.cfg and setup.py: the latter read as syntax, its literal arguments only, never run."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator

from tree_sitter import Node

from moxi_analyzer.formats import Lines
from moxi_analyzer.manifests.python_layout import version_in, version_of_attribute
from moxi_analyzer.manifests.python_metadata import Metadata, metadata_facts, split_entry
from moxi_analyzer.repository import Repository, folder_of, join
from moxi_analyzer.surface.python.names import Module, Names, assigned_once, names_of
from moxi_analyzer.surface.python.values import Values
from moxi_analyzer.syntax import ancestors, literal, text_of
from moxi_core.errors import ManifestError
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact

_MAX_HOPS = 6
_SECTION = lazy_pattern(r"\[([\w.-]+)\]")


def read_setup_cfg(repo: Repository, path: str) -> Iterator[Fact]:
    """Facts of the declarative setuptools configuration."""
    text = repo.text(path) or ""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
        sections = {name: dict(parser.items(name)) for name in parser.sections()}
    except (configparser.Error, ValueError, AttributeError, TypeError) as error:
        raise ManifestError(f"not valid setup.cfg: {str(error).splitlines()[0]}") from error
    metadata = {k.replace("-", "_"): v or "" for k, v in sections.get("metadata", {}).items()}
    options = {k.replace("-", "_"): v or "" for k, v in sections.get("options", {}).items()}
    if not metadata and not options:
        return
    lines = Lines(text)
    data = Metadata(path=path, line=lambda field, value: _cfg_line(lines, field, value))
    _read_cfg_metadata(data, metadata)
    data.requires_python = options.get("python_requires", "")
    data.dependencies = _items(options.get("install_requires", ""))
    packages = options.get("packages", "")
    data.packages = [] if "find" in packages else _items(packages)
    data.packages += _items(options.get("py_modules", ""))
    extras = sections.get("options.extras_require", {})
    data.extras = {name: _items(value or "") for name, value in extras.items()}
    pbr = sections.get("entry_points", {})
    entries = {**pbr, **sections.get("options.entry_points", {})}
    data.packages += _items(sections.get("files", {}).get("packages") or "")
    for group in ("console_scripts", "gui_scripts"):
        data.scripts.update(filter(None, map(split_entry, _items(entries.get(group) or ""))))
    _set_version(repo, data, metadata.get("version", ""))
    yield from metadata_facts(repo, data)


def _read_cfg_metadata(data: Metadata, metadata: dict[str, str]) -> None:
    data.name = metadata.get("name", "")
    description = metadata.get("description", metadata.get("summary", ""))
    data.description = "" if description.startswith(("file:", "attr:")) else description
    data.license = metadata.get("license", "")
    data.readme = bool(metadata.get("long_description") or metadata.get("description_file"))
    for role in ("author", "maintainer"):
        data.people += [(p.strip(), role) for p in metadata.get(role, "").split(",") if p.strip()]
    data.keywords = [
        w.strip() for w in re.split(r"[,\n]", metadata.get("keywords", "")) if w.strip()
    ]
    classifiers = metadata.get("classifiers", metadata.get("classifier", ""))
    data.classifiers = _items(classifiers)
    home = metadata.get("url", metadata.get("home_page", ""))
    data.urls = [("Homepage", home)] if home else []
    for item in _items(metadata.get("project_urls", "")):
        label, _, url = item.partition("=")
        data.urls.append((label.strip(), url.strip()))


def _set_version(repo: Repository, data: Metadata, version: str) -> None:
    scope, found = folder_of(data.path), None
    if version.startswith("attr:"):
        found = version_of_attribute(repo, scope, version.removeprefix("attr:").strip())
    elif version.startswith("file:"):
        path = join(scope, version.removeprefix("file:").strip())
        found = version_in(repo, path) if path else None
    elif re.fullmatch(r"\d[\w.+!-]*", version):
        data.version = version
    if found:
        data.version, data.version_at = found


def _items(text: str) -> list[str]:
    return [item for line in text.splitlines() if (item := line.strip()) and item[0] != "#"]


_KEYS = {
    "scripts": r"(console|gui)_scripts",
    "dependencies": "install_requires",
    "extras": "extras_require",
    "requires-python": r"python[_-]requires",
    "urls": r"url|home[_-]page|project[_-]urls",
    "description": "description|summary",
    "authors": "author",
    "maintainers": "maintainer",
    "license": "license|classifiers?",
}


def _cfg_line(lines: Lines, field: str, value: str) -> int:
    key = _KEYS.get(field, re.escape(field))
    header = lines.find(rf"^\s*\[?(options\.)?({key})\b")
    if field in {"scripts", "dependencies", "extras", "urls", "keywords", "license"}:
        return lines.find(rf"(^|[^\w.-]){re.escape(value)}($|[^\w.-])", header) or header
    return header


def read_setup_py(repo: Repository, path: str) -> Iterator[Fact]:
    """Facts of the literal arguments of `setup(…)`, constants of the same file followed."""
    names = names_of(repo)
    module = names.at(path)
    if module is None:
        return
    for _, match in module.source.matches("python_calls"):
        call = match.get("call", [None])[0]
        if call is None or text_of(match["function"][0]).rpartition(".")[2] != "setup":
            continue
        arguments = _Arguments(names, module, call)
        data = Metadata(path=path, line=arguments.line)
        _read_setup_call(repo, data, arguments)
        if data.name or data.scripts or data.dependencies:
            yield from metadata_facts(repo, data)
            return


def _set_later(module: Module) -> dict[str, dict[str, Node]]:
    """What top-level statements such as `extras["dev"] = […]` put into dictionaries."""
    found: dict[str, dict[str, Node]] = {}
    for statement in module.statements:
        node = statement.named_children[0] if statement.named_children else None
        left = node.child_by_field_name("left") if node else None
        right = node.child_by_field_name("right") if node else None
        if left is not None and left.type == "subscript" and right is not None:
            key = literal(left.child_by_field_name("subscript"))
            if key:
                table = found.setdefault(text_of(left.child_by_field_name("value")), {})
                table.setdefault(key, right)
    return found


class _Arguments:
    """The keyword arguments of one call, `**settings` of a literal dictionary included."""

    def __init__(self, names: Names, module: Module, call: Node) -> None:
        function = next((a for a in ancestors(call) if a.type == "function_definition"), None)
        body = function.child_by_field_name("body") if function else None
        local = assigned_once(body.named_children) if body else {}
        self.values = Values(names, module, local)
        self._call = call
        self._path = module.path
        self._nodes: dict[str, Node] = {}
        self._set_later = _set_later(module)
        arguments = call.child_by_field_name("arguments")
        for child in arguments.named_children if arguments else []:
            if child.type == "dictionary_splat":
                self._spread(self.values.origin(child.named_children[0]))
            else:
                self._take(child)

    def _spread(self, place: tuple[Module, Node] | None) -> None:
        node = place[1] if place and place[0].path == self._path else None
        if node is not None and node.type == "dictionary":
            for name, value in self.pairs(node):
                self._nodes.setdefault(name, value)
        elif node is not None and text_of(node.child_by_field_name("function")) == "dict":
            inside = node.child_by_field_name("arguments")
            for child in inside.named_children if inside else []:
                self._take(child)

    def _take(self, child: Node) -> None:
        value = child.child_by_field_name("value")
        if child.type == "keyword_argument" and value is not None:
            self._nodes.setdefault(text_of(child.child_by_field_name("name")), value)

    def pairs(self, node: Node | None) -> Iterator[tuple[str, Node]]:
        """Items of a dictionary literal, or of the name it is kept under and added to."""
        place = self.values.origin(node)
        found = place[1] if place else None
        for child in found.named_children if found and found.type == "dictionary" else []:
            key = self.values.string(child.child_by_field_name("key"))
            value = child.child_by_field_name("value")
            if child.type == "pair" and key and value is not None:
                yield key, value
        if node is not None and node.type == "identifier":
            yield from self._set_later.get(text_of(node), {}).items()

    def node(self, name: str) -> Node | None:
        """The expression given for an argument."""
        return self._nodes.get(name)

    def string(self, name: str) -> str:
        """An argument's text; "" if computed."""
        return (self.values.string(self._nodes.get(name)) or "").strip()

    def strings(self, name: str) -> list[str]:
        """The strings of a list argument, those that are computed left out."""
        return self.known(self._nodes.get(name))

    def known(self, node: Node | None, hops: int = _MAX_HOPS) -> list[str]:
        """The literal strings of a list, a string counting as its lines; lists may be added up."""
        text = self.values.string(node)
        if text is not None:
            return _items(text)
        place = self.values.origin(node)
        if place is None or hops <= 0:
            return []
        found = place[1]
        if found.type == "binary_operator":
            sides = (found.child_by_field_name("left"), found.child_by_field_name("right"))
            return [item for side in sides for item in self.known(side, hops - 1)]
        if found.type == "parenthesized_expression" and found.named_children:
            return self.known(found.named_children[0], hops - 1)
        if found.type == "subscript":
            table = self._set_later.get(text_of(found.child_by_field_name("value")), {})
            key = self.values.string(found.child_by_field_name("subscript")) or ""
            return self.known(table[key], hops - 1) if key in table else []
        if found.type not in {"list", "tuple", "set"}:
            return self.values.strings(node) or []
        return [item for child in found.named_children if (item := self.values.string(child))]

    def line(self, field: str, value: str) -> int:
        """The line of a field's argument, or of the item of it that reads `value`."""
        names = {
            "scripts": ("entry_points",),
            "programs": ("scripts",),
            "dependencies": ("install_requires",),
            "extras": ("extras_require",),
            "requires-python": ("python_requires",),
            "urls": ("url", "project_urls", "download_url"),
            "authors": ("author",),
            "maintainers": ("maintainer",),
            "license": ("license", "classifiers"),
        }.get(field, (field,))
        for name in names:
            place = self.values.origin(self._nodes.get(name))
            if place is None or place[0].path != self._path:
                continue
            for offset, line in enumerate(text_of(place[1]).splitlines()):
                whole = f'"{value}"' in line or f"'{value}'" in line
                if whole or (value in line and field != "urls"):
                    return place[1].start_point.row + 1 + offset
        given = next((self._nodes[n] for n in names if n in self._nodes), self._call)
        return given.start_point.row + 1


def _read_setup_call(repo: Repository, data: Metadata, arguments: _Arguments) -> None:
    data.name = arguments.string("name")
    data.description = arguments.string("description")
    data.requires_python = arguments.string("python_requires")
    data.license = arguments.string("license")
    data.readme = arguments.node("long_description") is not None
    for role in ("author", "maintainer"):
        people = arguments.string(role).split(",")
        data.people += [(person.strip(), role) for person in people if person.strip()]
    keywords = arguments.node("keywords")
    words = arguments.values.string(keywords)
    separator = "," if words and "," in words else None
    listed = words.split(separator) if words else arguments.known(keywords)
    data.keywords = [word.strip() for word in listed]
    data.classifiers = arguments.strings("classifiers")
    home = arguments.string("url")
    data.urls = [("Homepage", home)] if home else []
    for label, node in arguments.pairs(arguments.node("project_urls")):
        data.urls.append((label, arguments.values.string(node) or ""))
    data.dependencies = arguments.strings("install_requires")
    for extra, node in arguments.pairs(arguments.node("extras_require")):
        data.extras[extra] = arguments.known(node)
    for script in arguments.strings("scripts"):
        data.programs[script.rpartition("/")[2]] = script
    packages = arguments.node("packages")
    explicit = packages is not None and packages.type in {"list", "tuple"}
    data.packages = [p for p in arguments.strings("packages") if explicit]
    data.packages += arguments.strings("py_modules")
    data.scripts = dict(_entries(arguments))
    version = arguments.node("version")
    _set_version(repo, data, arguments.values.string(version) or "")
    if not data.version and version is not None and version.type == "attribute":
        found = version_of_attribute(repo, folder_of(data.path), text_of(version))
        if found:
            data.version, data.version_at = found


def _entries(arguments: _Arguments) -> Iterator[tuple[str, str]]:
    node = arguments.node("entry_points")
    text = arguments.values.string(node)
    if text is not None:
        group = ""
        for line in _items(text):
            header = _SECTION.fullmatch(line)
            group = header[1] if header else group
            entry = split_entry(line) if group in {"console_scripts", "gui_scripts"} else None
            if entry:
                yield entry
    for group, items in arguments.pairs(node):
        if group in {"console_scripts", "gui_scripts"}:
            yield from filter(None, map(split_entry, arguments.known(items)))
