"""Complete lists of what manifests declare: all scripts, not only those meant for people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from moxi_analyzer.formats import Lines, as_dict, load_json
from moxi_check.ground import Ground
from moxi_core.errors import ManifestError
from moxi_core.records import Evidence

_MANIFESTS = {
    "node": (("package.json", "scripts"),),
    "composer": (("composer.json", "scripts"),),
    "deno": (("deno.json", "tasks"), ("deno.jsonc", "tasks"), ("package.json", "scripts")),
}
# Tools of which a fact of kind `script` gives what is typed; those whose list is whole.
_TYPED = {
    "pdm": ("pdm run ", True),
    "rye": ("rye run ", True),
    "hatch": ("hatch run ", False),
    "poe": ("poe ", False),
    "cargo": ("cargo ", True),
    "mix": ("mix ", True),
}


@dataclass(slots=True)
class Declared:
    """Names that manifests of one kind declare: name -> (folder, place) of each declaration."""

    places: dict[str, list[tuple[str, Evidence]]] = field(default_factory=lambda: defaultdict(list))
    files: list[str] = field(default_factory=list)
    is_whole: bool = True

    @property
    def names(self) -> list[str]:
        """All names declared."""
        return list(self.places)

    def place(self, name: str, folders: Iterable[str] = ()) -> Evidence | None:
        """Where a name is declared: in one of these folders, else in any."""
        if name not in self.places:
            return None
        known = dict(reversed(self.places[name]))
        inside = next((folder for folder in folders if folder in known), None)
        return self.places[name][0][1] if inside is None else known[inside]


def scripts_of(ground: Ground, tool: str) -> Declared:
    """The scripts that a tool would run anywhere in the repository."""
    found = Declared()
    for name, key in _MANIFESTS.get(tool, ()):
        for path in _named(ground, name):
            _read(ground, path, key, found)
    if tool in _TYPED:
        typed, found.is_whole = _TYPED[tool]
        for fact in ground.facts("script", "task"):
            run = fact.detail.get("run", "")
            if run.startswith(typed):
                found.places[run.removeprefix(typed).split(" ")[0]].append(
                    (fact.scope, fact.evidence)
                )
                found.files.append(fact.evidence.path)
    return found


def _named(ground: Ground, name: str) -> list[str]:
    """Manifests of a name, those nearest to the root first."""
    tail = "/" + name
    paths = [
        path
        for path, entry in ground.repo.files.items()
        if (path == name or path.endswith(tail)) and entry.role != "vendored"
    ]
    return sorted(paths, key=lambda path: (path.count("/"), path))


def _read(ground: Ground, path: str, key: str, found: Declared) -> None:
    text = ground.repo.text(path)
    if text is None:
        found.is_whole = False
        return
    found.files.append(path)
    if f'"{key}"' not in text:
        return
    try:
        declared = as_dict(as_dict(load_json(text)).get(key))
    except ManifestError:
        found.is_whole = False
        return
    lines = Lines(text)
    for name in declared:
        place = Evidence(path=path, line=lines.json(key, name))
        found.places[name].append((path.rpartition("/")[0], place))
