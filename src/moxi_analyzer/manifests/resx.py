"""Texts of .NET resource files (.resx), by the class that gives access to them."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from moxi_analyzer.formats import load_xml
from moxi_analyzer.repository import Repository
from moxi_core.errors import ManifestError

_TEXTS: WeakKeyDictionary[Repository, dict[str, dict[str, str]]] = WeakKeyDictionary()


def resource(repo: Repository, holder: str, key: str, near: str) -> str | None:
    """The text of `holder.key` (`Resources.HelpText`) in the resource file nearest to `near`."""
    paths = [path for path in repo.files if path.rpartition("/")[2] == f"{holder}.resx"]
    if not paths:
        return None
    nearest = max(paths, key=lambda path: _common(path, near))
    return _texts(repo, nearest).get(key)


def _common(one: str, other: str) -> int:
    """How many leading folders two paths share."""
    count = 0
    for mine, theirs in zip(one.split("/"), other.split("/"), strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def _texts(repo: Repository, path: str) -> dict[str, str]:
    known = _TEXTS.setdefault(repo, {})
    if path not in known:
        try:
            root = load_xml(repo.text(path) or "")
        except ManifestError:
            known[path] = {}
            return known[path]
        known[path] = {
            entry.get("name", ""): (entry.findtext("value") or "").strip()
            for entry in root.iter("data")
        }
    return known[path]
