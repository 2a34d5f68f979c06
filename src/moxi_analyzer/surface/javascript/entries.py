"""The source files behind what a package.json names: `dist/index.js` is built from `src/index.ts`."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from moxi_analyzer.formats import as_dict, as_str
from moxi_analyzer.manifests.npm_packages import is_own_package
from moxi_analyzer.manifests.workspaces import package_json
from moxi_analyzer.repository import Repository, folder_of, join, own
from moxi_analyzer.surface.javascript.modules import Module, Modules
from moxi_analyzer.surface.javascript.syntax import find_source

_BUILT = frozenset(
    "dist lib build out es esm cjs umd commonjs module modern legacy types typings node browser "
    "bundles bundle production prod release output".split()
)
_SOURCES = ("src", "source", "lib", "")
_MAX_FILES = 60


def package_folders(repo: Repository) -> Iterator[str]:
    """Folders of the project's own package.json files, nearest to the root first."""
    paths = own(repo.named("package.json"))
    for folder in sorted(map(folder_of, paths), key=lambda f: (f.count("/"), f)):
        if is_own_package(repo, folder, package_json(repo, folder)):
            yield folder


def source_of(repo: Repository, folder: str, target: str) -> str:
    """The file in the repository that `target`, as a package.json in `folder` has it, is made of."""
    written = join(folder, target)
    if written and repo.has(written) and repo.files[written].role == "source":
        return written
    if made := _source(repo, written):
        return made
    inner = posixpath.normpath(target.replace("\\", "/"))
    parts = inner.removesuffix(".d.ts").split("/")
    stem = posixpath.splitext(parts[-1])[0].removesuffix(".min").removesuffix(".umd")
    above = parts[:-1]
    while True:
        found = [_source(repo, join(folder, posixpath.join(p, *above, stem))) for p in _SOURCES]
        # TypeScript beside the manifest is built from; a script there may only load what is built.
        if found[-1].endswith((".ts", ".tsx")) and not any(found[:2]):
            return found[-1]
        if any(found):
            return next(filter(None, found))
        if not above or not _is_output(repo, folder, above[0]):
            return ""
        above = above[1:]


def _source(repo: Repository, path: str) -> str:
    """The source that a path without its ending means; "" for none."""
    found = find_source(repo, path) if path else ""
    is_source = found and repo.files[found].role == "source" and not found.endswith(".d.ts")
    return found if is_source else ""


def _is_output(repo: Repository, folder: str, name: str) -> bool:
    """Whether a package's folder holds what a build made: by its name, or because git has none."""
    return name in _BUILT or name == "src" or join(folder, name) not in repo.folders


def bin_sources(repo: Repository, folder: str) -> list[str]:
    """Source files of the programs that the package in `folder` installs."""
    data = package_json(repo, folder)
    declared = data.get("bin")
    targets = [declared] if isinstance(declared, str) else list(as_dict(declared).values())
    found = [source_of(repo, folder, as_str(target)) for target in targets if as_str(target)]
    return [path for path in dict.fromkeys(found) if path]


def closure(modules: Modules, start: str, depth: int = 3) -> list[Module]:
    """The module at `start` and those that it loads, nearest first; a bounded number of them."""
    found: dict[str, Module] = {}
    wave = [start]
    for _ in range(depth + 1):
        following: list[str] = []
        for path in wave:
            module = modules.get(path) if path not in found and len(found) < _MAX_FILES else None
            if module is not None:
                found[path] = module
                following += loaded(modules, module)
        wave = following
    return list(found.values())


def loaded(modules: Modules, module: Module) -> Iterator[str]:
    """Paths of the project's own modules that `module` loads."""
    for spec in module.specs():
        if not spec.startswith("."):
            continue
        target = posixpath.normpath(posixpath.join(folder_of(module.path), spec))
        path = find_source(modules.repo, target)
        if not path:
            path = _behind_build(modules.repo, target)  # `../dist/cli.js` of a thin bin file
        if path and modules.repo.files[path].role == "source":
            yield path


def _behind_build(repo: Repository, target: str) -> str:
    parts = target.split("/")
    built = next((i for i, part in enumerate(parts) if part in _BUILT), None)
    if built is None:
        return ""
    return source_of(repo, "/".join(parts[:built]), "/".join(parts[built:]))
