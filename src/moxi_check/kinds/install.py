"""Package names: in commands that install them, and in dependency snippets."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from moxi_check.claim import Claim, false, not_judged, true
from moxi_check.document import Document
from moxi_check.ground import Ground
from moxi_check.kinds.mentioned import INSTALLING, mentioned
from moxi_check.kinds.names import Names, is_cut, is_part, is_scope_slip, is_slip, is_variant
from moxi_check.kinds.snippets import snippets
from moxi_check.kinds.told import is_elsewhere, is_foreign, own_names, told, unwrapped
from moxi_check.kinds.tools import Installed, installed
from moxi_check.shell import Word, is_placeholder

KINDS = {"install": "a package that is installed or depended on has the name its manifest gives it"}

# Registries whose packages are named in manifests; where builds make the names, there are more than one reads.
_REGISTERED = frozenset("dart elixir javascript php python ruby rust".split())
_NEAR = 8  # lines between the commands of two tools for the same


def claims(document: Document, ground: Ground) -> Iterator[Claim]:
    """Names of packages in commands and snippets, as far as they may be this repository's."""
    names = Names(ground)
    found = list(_found(document, ground))
    page = _Page(document, found)
    for package, place in found:
        yield from _judge(package, names, page, ground, place)


def _found(document: Document, ground: Ground) -> Iterator[tuple[Installed, _Place]]:
    for said in told(document):
        here = any(INSTALLING.search(title) for title in said.section[-2:])
        here = here or not (said.section[1:] or said.is_inline)
        for package in installed(unwrapped(said.words)):
            place = _Place(
                package.alone and here,
                is_foreign(said, ground),
                is_elsewhere(said.section, own_names(ground)),
                said.words[0].text,
                any(word.text in {"-g", "--global"} for word in said.words),
            )
            yield package, place
    for block in document.blocks:
        listed = list(snippets(block))
        for package in listed:
            yield package, _Place(len(listed) == 1)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page names a package: alone, in another project, in a section on others, by which tool.

    `is_program`: it is installed for the commands that it brings.
    """

    is_sole: bool
    is_foreign: bool = False
    is_elsewhere: bool = False
    tool: str = ""
    is_program: bool = False


@dataclass(frozen=True)
class _Page:
    """A page and all that it installs."""

    document: Document
    found: Sequence[tuple[Installed, _Place]]

    @cached_property
    def _installed(self) -> frozenset[tuple[str, str]]:
        return frozenset((package.ecosystem, package.name.text) for package, _ in self.found)

    @cached_property
    def _code(self) -> str:
        return "\n".join(block.text for block in self.document.blocks)

    def means(self, package: Installed, place: _Place, known: str, own: list[str]) -> bool:
        """Whether the rest of the page has a package of ours for one that it installs.

        Another tool installs ours beside it; or ours is imported and never installed, where the other
        is never imported; or none of ours is installed, and the other is named but once.
        """
        name, ecosystem = package.name.text, package.ecosystem
        if (ecosystem, known) in self._installed:
            return self._is_alternative(package, place, known)
        if ecosystem == "javascript" and self._imports(known) and not self._imports(name):
            return True
        is_cut = known.rpartition("/")[0] == name.rpartition("/")[0] and ecosystem in _REGISTERED
        none_of_ours = self._installed.isdisjoint((ecosystem, other) for other in own)
        source = self.document.source
        is_once = len(_whole(name).findall(source)) == 1
        return is_cut and none_of_ours and is_once and bool(_whole(known).search(source))

    def installs(self, known: str, package: Installed, place: _Place) -> bool:
        """Whether the page installs ours by the same tool, and not near by: the other is one more package."""
        lines = {
            other.name.line
            for other, at in self.found
            if other.name.text == known
            and other.ecosystem == package.ecosystem
            and at.tool == place.tool
        }
        return any(abs(line - package.name.line) > _NEAR for line in lines)

    def _is_alternative(self, package: Installed, place: _Place, known: str) -> bool:
        """Whether close by ours is installed alone by other tools, and by this one never: the same is meant.

        In the line before or after, by one; within a few lines, by two.
        """
        ours = [
            (abs(other.name.line - package.name.line), at.tool)
            for other, at in self.found
            if other.name.text == known and other.alone and other.ecosystem == package.ecosystem
        ]
        if not package.alone or place.tool in {tool for _, tool in ours}:
            return False
        near = {tool for away, tool in ours if away <= _NEAR}
        return len(near) > 1 or any(away == 1 for away, _ in ours)

    def _imports(self, package: str) -> bool:
        """Whether code of the page names a package as imports do: in quotes, or a module below it."""
        return bool(re.search(rf"[\"']{re.escape(package)}(?:/[^\"'\n]*)?[\"']", self._code))

    def tells_of(self, span: Word, best: str) -> bool:
        """Whether the page speaks of a name beyond its command: in prose or an address.

        A word that has lost its scope may be any in prose; only as code it is a name.
        """
        if span.text.isalpha() and is_part(span.text, best) and not self._imports(span.text):
            return any(code.text == span.text for code in self.document.codes)
        name = rf"{re.escape(span.text)}(?![\w-])"
        whole, ending = re.compile(rf"(?<![\w@/-]){name}"), re.compile(name)
        return any(
            line.line != span.line and whole.search(line.text) for line in self.document.prose
        ) or any(ending.search(link.text) for link in self.document.links)


def _whole(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w@/.-]){re.escape(name)}(?![\w-])")


def _judge(
    package: Installed, names: Names, page: _Page, ground: Ground, place: _Place
) -> Iterator[Claim]:
    word, ecosystem = package.name, package.ecosystem
    if is_placeholder(word.text) and not names.evidence(ecosystem, word.text):
        return
    if ecosystem == "go":
        yield from _go(package, names, page.document, ground, place.is_foreign)
        return
    shown = word.raw if ecosystem == "maven" and ":" not in word.raw else word.text
    span = type(word)(shown, word.line, word.column, shown)
    known = names.evidence(ecosystem, word.text)
    if known is not None:
        yield true("install", span, known)
        return
    needed = names.dependency(ecosystem, word.text)
    if needed is not None:
        yield true("install", span, needed, "a dependency of the project")
        return
    best = _meant(package, place, names, page)
    if not best or word.text.startswith("@types/"):  # types are of another hand
        return
    # In a project that the reader has made, ours is what one installs.
    if place.is_elsewhere or (place.is_foreign and not is_slip(word.text, best)):
        yield not_judged("install", span, "the section speaks of other projects")
        return
    artifact = word.text.rpartition(":")[2]
    if ecosystem == "maven" and artifact in map(posixpath.basename, ground.repo.folders):
        yield not_judged(
            "install", span, f"a folder is called `{artifact}`, which the build may publish"
        )
    elif (seen := mentioned(shown, ground)) is not None:
        yield not_judged("install", span, f"no manifest has this name, but {seen} does")
    elif place.is_program and not ground.facts("bin") and not is_slip(word.text, best):
        yield not_judged("install", span, f"it is to bring a command, and `{best}` has none")
    elif not is_slip(word.text, best) and page.tells_of(span, best):
        yield not_judged("install", span, f"it may be another package than `{best}`")
    else:
        suggestion = best.rpartition(":")[2] if shown != word.text else best
        if suggestion == shown:  # Maven: the group is wrong, the artifact is not
            suggestion = ""
        yield false(
            "install", span, f"the package is named `{best}`, not `{word.text}`", suggestion=suggestion,
            evidence=names.evidence(ecosystem, best),
            certain=is_slip(word.text, best) and len(names.own(ecosystem)) == 1,
        )  # fmt: skip


def _meant(package: Installed, place: _Place, names: Names, page: _Page) -> str:
    """The own package that a wrong name most likely means; "" if it may well be another's."""
    name, own = package.name.text, names.own(package.ecosystem)
    slips = [known for known in own if is_slip(name, known)]
    if slips:
        return slips[0]
    for known in own:
        is_kin = place.is_sole and (is_variant(name, known) or is_cut(name, known))
        if is_scope_slip(name, known) or (is_kin and not page.installs(known, package, place)):
            return known
    parts = (known for known in own if is_part(name, known))
    return next((known for known in parts if page.means(package, place, known, own)), "")


def _go(
    package: Installed, names: Names, document: Document, ground: Ground, elsewhere: bool
) -> Iterator[Claim]:
    """A Go import path: the module's own path, and a folder with Go files below it."""
    word = package.name
    path = word.text.removesuffix("/...")
    host, _, rest = path.partition("/")
    if "." not in host or host.startswith(".") or not rest:
        return
    modules = names.own("go")
    inside = [m for m in modules if path == m or path.startswith(m + "/")]
    span = type(word)(path, word.line, word.column, path)
    for module in sorted(inside, key=len, reverse=True):
        folder = _folder(names.scope("go", module), path[len(module) + 1 :])
        if _has_go(ground, folder):
            yield true("install", span, names.evidence("go", module))
            return
    needed = names.dependency("go", path)
    if needed is not None:
        yield true("install", span, needed, "a dependency of the project")
        return
    if inside:
        module = max(inside, key=len)
        yield from _missing_folder(span, module, names, ground)
        return
    meant = next((m for m in modules if _same_project(path, m)), "")
    if not meant:
        return
    is_older = package.version.startswith(("v0.", "v1.")) or f" {meant}" in document.source
    if is_older and re.fullmatch(r"v\d+", meant.removeprefix(f"{path}/")):
        yield not_judged("install", span, "an older major version of the module")
        return
    seen = ground.mention(f'"{path}"')
    if seen is not None or elsewhere:
        yield not_judged("install", span, "another path of the module stands in the repository")
        return
    yield false(
        "install", span, f"the module is `{meant}`", suggestion=_moved(path, meant, names, ground),
        evidence=names.evidence("go", meant),
    )  # fmt: skip


def _missing_folder(span: Word, module: str, names: Names, ground: Ground) -> Iterator[Claim]:
    folder = _folder(names.scope("go", module), span.text[len(module) + 1 :])
    if re.match(r"v\d+(?:/|$)", span.text[len(module) + 1 :]):
        if ground.mention(f'"{span.text}"') is not None:
            yield not_judged("install", span, "another major version of the module")
        else:
            yield false(
                "install", span, f"the module is `{module}`, of no such major version",
                suggestion=module, evidence=names.evidence("go", module),
            )  # fmt: skip
        return
    if folder in ground.repo.folders and any(ground.repo.under(folder)):
        yield not_judged("install", span, "the folder has no Go files of its own")
        return
    best = ground.nearest_path(folder)
    fits = bool(best) and _has_go(ground, best)
    scope = names.scope("go", module)
    inner = best.removeprefix(scope + "/" if scope else "") if fits else ""
    yield false(
        "install", span, f"there is no package `{folder}` in module `{module}`",
        suggestion=f"{module}/{inner}" if inner else "", evidence=names.evidence("go", module),
    )  # fmt: skip


def _moved(path: str, module: str, names: Names, ground: Ground) -> str:
    """The path as it would be in the right module, if there is such a package."""
    bare = re.sub(r"/v\d+$", "", module)
    parts = path.split("/")
    size = bare.count("/") + 1
    rest = "/".join(part for part in parts[size:] if not re.fullmatch(r"v\d+", part))
    if not _has_go(ground, _folder(names.scope("go", module), rest)):
        return module
    return f"{module}/{rest}" if rest else module


def _same_project(path: str, module: str) -> bool:
    """Whether a path means the module: the same host and project, another owner, version or letter."""
    theirs, ours = path.split("/"), module.split("/")
    if theirs[0] != ours[0] or len(ours) < 3 or len(theirs) < 3:
        return False
    same_owner = theirs[1].lower() == ours[1].lower()
    same_name = theirs[2].lower() == ours[2].lower()
    return (
        (same_owner and same_name)
        or (same_name and is_slip(theirs[1], ours[1]))
        or (same_owner and is_slip(theirs[2], ours[2]))
    )


def _folder(scope: str, rest: str) -> str:
    return "/".join(part for part in (scope, rest.strip("/")) if part)


def _has_go(ground: Ground, folder: str) -> bool:
    return any(path.endswith(".go") for path in ground.repo.inside(folder))
