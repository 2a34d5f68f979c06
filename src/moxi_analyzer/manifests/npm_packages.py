"""Which package.json files speak for the project, and which of their packages npm has."""

from __future__ import annotations

from typing import Any

from moxi_analyzer.formats import as_dict, as_str
from moxi_analyzer.manifests.workspaces import workspace_of
from moxi_analyzer.repository import Repository, join
from moxi_core.patterns import lazy_pattern

# Each of these is written by people who publish; a plain `npm init` writes none of them.
_PUBLISHING = (
    "bin files exports module types typings publishConfig peerDependencies unpkg jsdelivr "
    "directories sideEffects esnext es2015 browser release release-it"
).split()
_PUBLISHING_SCRIPTS = {"prepublishOnly", "prepublish", "prepack", "release", "semantic-release"}
NAME = lazy_pattern(r"(@[a-z0-9~_.-]+/)?[A-Za-z0-9~_.-]{1,214}")


def is_own_package(repo: Repository, folder: str, data: dict[str, Any]) -> bool:
    """Whether it is a package at all, and the project's: a root, a member, or a folder of its own."""
    if not any(data.get(key) for key in ("name", "scripts", "dependencies", "workspaces")):
        return False  # such as `esm/package.json`, which only sets the module type
    if not folder:
        return True
    parts = folder.split("/")
    if any(part.startswith((".", "template", "create-template")) for part in parts):
        return False
    workspace = workspace_of(repo, folder.rpartition("/")[0])
    if workspace is not None:
        return workspace.has(folder)
    return bool(data.get("scripts") or data.get("version") or data.get("dependencies"))


def is_extension(data: dict[str, Any]) -> bool:
    """Whether it is an extension of Visual Studio Code."""
    return bool(as_dict(data.get("engines")).get("vscode") and as_str(data.get("publisher")))


def is_library(data: dict[str, Any]) -> bool:
    """Whether other code can import it."""
    return any(data.get(key) for key in ("main", "module", "exports", "types", "typings"))


def registry_of(repo: Repository, folder: str, data: dict[str, Any]) -> str:
    """ "npm" where the package is meant to be had from there, else ""."""
    name = as_str(data.get("name"))
    if data.get("private") in (True, "true") or not NAME.fullmatch(name) or is_extension(data):
        return ""
    if not as_str(data.get("version")):
        return ""
    other = as_str(as_dict(data.get("publishConfig")).get("registry"))
    # GitHub's registry takes scoped names only: an unscoped one goes to the public registry.
    if other and "registry.npmjs.org" not in other and "registry.yarnpkg.com" not in other:
        return "" if name.startswith("@") or "npm.pkg.github.com" not in other else "npm"
    scripts = as_dict(data.get("scripts"))
    signs = any(data.get(key) for key in _PUBLISHING) or _PUBLISHING_SCRIPTS & scripts.keys()
    described = data.get("main") and data.get("keywords") and data.get("repository")
    return "npm" if signs or described or repo.has(join(folder, ".npmignore")) else ""
