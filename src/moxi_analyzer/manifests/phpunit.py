"""PHPUnit: variables that the tests are given in phpunit.xml."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moxi_analyzer.manifests import Manifest, manifest
from moxi_analyzer.manifests.xml_document import XmlDocument, children
from moxi_analyzer.repository import Repository, folder_of
from moxi_core.records import Fact

# What frameworks set for every project, and switches of PHPUnit's own tools.
_COMMON = re.compile(r"APP_(?:ENV|DEBUG|KEY|SECRET)|SYMFONY_\w+|KERNEL_CLASS|SHELL_VERBOSITY|PHPUNIT_\w+|XDEBUG_\w+")  # fmt: skip


def read_phpunit(repo: Repository, path: str) -> Iterator[Fact]:
    """One `env_var` fact in the group `test` for each variable."""
    document = XmlDocument(path, repo.text(path) or "")
    if document.root.tag != "phpunit":
        return
    for element in children(document.root, "php/env"):
        name = element.get("name", "")
        if re.fullmatch(r"[A-Z][A-Z0-9_]+", name) and not _COMMON.fullmatch(name):
            yield Fact(
                kind="env_var",
                value=name,
                evidence=document.at(element),
                scope=folder_of(path),
                detail={"group": "test"},
            )


MANIFESTS: tuple[Manifest, ...] = (
    manifest(r"phpunit\.xml(?:\.dist)?|phpunit\.dist\.xml", read_phpunit),
)
