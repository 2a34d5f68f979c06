"""A snapshot as the writer sees it: what is described, under which name, and what it offers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

from moxi_analyzer.languages import NOT_PROGRAMMING
from moxi_analyzer.repository import folders_of
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact, FactKind, RepoSnapshot
from moxi_infer.markdown import visible

_HOSTS = lazy_pattern(
    r"(?:git\+)?(?:https?|ssh|git)(?:://)(?:[^@/]+@)?(?P<host>[\w.-]+)(?::\d+)?/(?P<path>[^?#\s]+)"
    r"|(?:[\w.-]+@)(?P<scp_host>[\w.-]+):(?P<scp_path>[^?#\s]+)"
)
_FORGE_PAGE = lazy_pattern(
    r"https?://(github\.com|gitlab\.com|codeberg\.org|bitbucket\.org)/[\w.-]+/[\w.-]+/?(#readme)?"
)
_SLUG = lazy_pattern(r"[\w.~+-]+/[\w.~+-]+")
_CODE_DETAILS = frozenset({"import"})
# Which ecosystem speaks for a repository that has several, by the language most of it is written in.
_ECOSYSTEM_OF = {
    "Python": {"python", "conda"},
    "JavaScript": {"javascript"},
    "TypeScript": {"javascript"},
    "Vue": {"javascript"},
    "Svelte": {"javascript"},
    "Astro": {"javascript"},
    "Rust": {"rust"},
    "Go": {"go"},
    "Java": {"maven", "gradle"},
    "Kotlin": {"gradle", "maven"},
    "Scala": {"sbt", "maven", "gradle"},
    "C#": {"nuget", "dotnet"},
    "F#": {"nuget", "dotnet"},
    "Ruby": {"ruby"},
    "PHP": {"php"},
    "C": {"c_cpp"},
    "C++": {"c_cpp"},
    "Swift": {"swift"},
    "Dart": {"dart"},
    "Elixir": {"elixir"},
    "Haskell": {"haskell"},
    "Clojure": {"clojure"},
    "Shell": {"shell"},
}


@dataclass
class Program:
    """An executable: its subcommands by path ("" is itself) and its options by subcommand."""

    name: str
    commands: dict[str, Fact] = field(default_factory=dict)
    options: dict[str, list[Fact]] = field(default_factory=dict)

    @property
    def subcommands(self) -> list[Fact]:
        """The commands below the program, in the order found."""
        return [fact for path, fact in self.commands.items() if path]


@dataclass(frozen=True)
class Host:
    """Where the repository lives: `github.com`, `owner/name`."""

    name: str
    slug: str

    @property
    def url(self) -> str:
        """The https address of the repository's page."""
        return f"https://{self.name}/{self.slug}"


class Subject:
    """Answers the questions that sections ask of a snapshot."""

    def __init__(self, snapshot: RepoSnapshot, *, tree_depth: int = 2, badges: bool = True) -> None:
        self.snapshot = snapshot
        self.tree_depth = tree_depth
        self.badges = badges
        self._by_kind: dict[str, list[Fact]] = {}
        self.paths = frozenset(entry.path for entry in snapshot.files)
        for fact in map(tame, snapshot.facts):
            if self._is_usable(fact):
                self._by_kind.setdefault(fact.kind, []).append(fact)

    def _is_usable(self, fact: Fact) -> bool:
        """Whether a fact leads where it says: to a file that is there, or to a page of the web."""
        if fact.kind == "doc_page":
            return fact.value in self.paths
        if fact.kind == "link" and fact.detail.get("rel") != "repository":
            return fact.value.lower().startswith(("https://", "http://"))
        return True

    def of(self, kind: FactKind, scope: str | None = None) -> list[Fact]:
        """Facts of a kind; with `scope`, only those of that package folder."""
        found = self._by_kind.get(kind, [])
        return found if scope is None else [f for f in found if f.scope == scope]

    def first(self, kind: FactKind, scope: str | None = None) -> Fact | None:
        """The first fact of a kind, or None."""
        return next(iter(self.of(kind, scope)), None)

    def of_main(self, kind: FactKind) -> list[Fact]:
        """Facts of the main package; of the whole repository if that has none."""
        scope = self.main.scope if self.main else ""
        return self.of(kind, scope) or (self.of(kind, "") if scope else [])

    @cached_property
    def host(self) -> Host | None:
        """The hosting page: from the git remote, else from what the manifests link to."""
        links = [f.value for f in self._host_links]
        for url in (self.snapshot.url, *links):
            found = _HOSTS.match(url)
            if found:
                name = found["host"] or found["scp_host"]
                path = (found["path"] or found["scp_path"]).removesuffix("/").removesuffix(".git")
                slug = "/".join(path.split("/")[:2])
                if _SLUG.fullmatch(slug) and "." in name:
                    return Host(name, slug)
        return None

    @cached_property
    def _host_links(self) -> list[Fact]:
        links = self.of("link")
        homes = [f for f in links if f.detail.get("rel") == "homepage"]
        return [f for f in links if f.detail.get("rel") == "repository"] + [
            f for f in homes if _FORGE_PAGE.fullmatch(f.value)
        ]

    @cached_property
    def host_facts(self) -> list[Fact]:
        """The manifest's repository link, where the host is known from it."""
        if self.snapshot.url:
            return []
        return self._host_links[:1]

    @cached_property
    def repository_name(self) -> str:
        """The name of the repository itself."""
        return self.host.slug.rpartition("/")[2] if self.host else self.snapshot.name

    @cached_property
    def packages(self) -> list[Fact]:
        """Packages that are more than a workspace's frame, main ecosystem and root first."""
        found = [f for f in self.of("package") if f.detail.get("role") != "workspace"]
        return sorted(found, key=lambda f: (f.scope.count("/") + bool(f.scope), self.rank(f)))

    def rank(self, package: Fact) -> int:
        """How much of the repository is written in a package's language: 0 is most."""
        ecosystem = package.detail.get("ecosystem", "")
        for position, language in enumerate(self.snapshot.languages):
            if ecosystem in _ECOSYSTEM_OF.get(language, ()):
                return position
        return 99

    @cached_property
    def main(self) -> Fact | None:
        """The package the repository is about; None if there is none, or no single one."""
        at_root = [f for f in self.packages if not f.scope]
        name = simple(self.repository_name)
        named = (
            [f for f in self.packages if simple(short_name(f.value)) == name]
            or self._bringing(name)
            or [f for f in self.packages if simple(f.value).endswith(name) and len(name) > 3]
        )
        rooted = [f for f in at_root if f.detail.get("registry") or f.detail.get("role")]
        if self.is_monorepo:
            found = next((f for f in named if f.detail.get("registry")), None)
            return found or self._core() or self._only_program()
        best = [f for f in rooted if self.rank(f) == 0] or rooted or at_root
        if best:
            return best[0]
        public = [f for f in self.packages if f.detail.get("registry")]
        if named or len(public) == 1:
            return (named or public)[0]
        return self.packages[0] if len(self.packages) == 1 else None

    def _bringing(self, program: str) -> list[Fact]:
        """Published packages that install a program of the repository's name."""
        scopes = {f.scope for f in self.of("bin") if simple(f.value) == program}
        return [f for f in self.packages if f.detail.get("registry") and f.scope in scopes]

    def _core(self) -> Fact | None:
        """The published package whose name begins the names of all the others: `X` of `X.Y` and `X.Z`."""
        published = [f for f in self.packages if f.detail.get("registry")]
        core = min(published, key=lambda f: len(f.value), default=None)
        others = [f for f in published if f is not core]
        if core is None or not others:
            return None
        begins = tuple(core.value.lower() + separator for separator in ".-_")
        return core if all(f.value.lower().startswith(begins) for f in others) else None

    def _only_program(self) -> Fact | None:
        """The one published package with an executable; None if there are several, or none."""
        places = {f.scope for f in self.of("bin")}
        found = [f for f in self.packages if f.scope in places and f.detail.get("registry")]
        return found[0] if len(found) == 1 else None

    @cached_property
    def is_monorepo(self) -> bool:
        """Whether the repository is several packages side by side."""
        return self.snapshot.project_type.name == "monorepo"

    @cached_property
    def ecosystem(self) -> str:
        """The main package's ecosystem, or ""."""
        return self.main.detail.get("ecosystem", "") if self.main else ""

    @cached_property
    def language(self) -> str:
        """The language most of the source is written in, or ""."""
        names = list(self.snapshot.languages)
        return next((n for n in names if n not in NOT_PROGRAMMING), next(iter(names), ""))

    @cached_property
    def title(self) -> str:
        """The name the README is headed with."""
        if self.main:
            name = short_name(self.main.value)
            if simple(name) == simple(self.repository_name):
                return self._best_case(name)
            programs = {f.value for f in self.of("bin", self.main.scope)}
            if self.repository_name in programs:
                return self.repository_name
            if self.main.detail.get("registry") and not self.main.scope:
                return name
        return self.repository_name

    def _best_case(self, name: str) -> str:
        # `Terminal.Gui` says more than `terminal.gui`, but packages beat folders in the wild.
        other = self.repository_name
        return other if other.lower() == name.lower() and other != other.lower() else name

    @cached_property
    def programs(self) -> list[Program]:
        """Executables with a command line, those the package installs first."""
        found: dict[str, Program] = {}
        installed = [f.value for f in self.of("bin")]
        for fact in (*self.of("command"), *self.of("option")):
            name = fact.detail.get("program", "")
            program = found.setdefault(name, Program(name))
            if fact.kind == "command":
                program.commands.setdefault(fact.value, fact)
            else:
                program.options.setdefault(fact.scope, []).append(fact)
        order = {name: position for position, name in enumerate(installed)}
        known = [p for p in found.values() if p.name and (p.options or p.subcommands)]
        return sorted(known, key=lambda p: order.get(p.name, len(order) + (" " in p.name)))

    @cached_property
    def installed_programs(self) -> list[Program]:
        """Programs that a manifest makes executables; where nothing is installed, all programs."""
        names = {f.value for f in self.of("bin") if not self._is_sideline(f)}
        found = [p for p in self.programs if p.name in names or p.name.startswith("python -m")]
        if self.main is not None and self.main.detail.get("manager") == "xcode":
            return []  # an application with a window; command lines in the tree are of its parts
        if not found and self.has_registry:
            return [p for p in self.programs if p.name.startswith("php bin/")]
        return found or [p for p in self.programs if _is_prominent(p)]

    def _is_sideline(self, executable: Fact) -> bool:
        """Whether a program is built beside a published library and not published with it."""
        main, scope = self.main, executable.scope
        if main is None or scope == main.scope or main.detail.get("role") != "library":
            return False
        packages = self.of("package", scope)
        return self.has_registry and not any(f.detail.get("registry") for f in packages)

    @cached_property
    def brought_tasks(self) -> list[Fact]:
        """Tasks that a published package gives those who depend on it: Mix tasks."""
        if self.main is None or self.main.detail.get("registry") != "hex":
            return []
        tasks = self.of("task", self.main.scope)
        return [f for f in tasks if f.detail.get("tool") == "mix" and "run" in f.detail]

    @cached_property
    def licenses(self) -> list[Fact]:
        """Licenses of the repository; else of the main package; else of whatever has one."""
        found = self.of("license")
        at_root = [f for f in found if "/" not in f.evidence.path]
        of_main = [f for f in found if self.main is not None and f.scope == self.main.scope]
        return at_root or of_main or found

    @cached_property
    def has_registry(self) -> bool:
        """Whether the main package can be had from a package registry."""
        return bool(self.main and self.main.detail.get("registry"))

    @cached_property
    def is_application(self) -> bool:
        """Whether people run this repository rather than install it."""
        return self.snapshot.project_type.name in {
            "web_application", "service", "mobile_application", "game", "ml_project", "website",
        }  # fmt: skip

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that holds a file, at any depth."""
        return folders_of(self.paths)

    def has(self, path: str) -> bool:
        """Whether the repository holds a file at `path`."""
        return path in self.paths


def _is_prominent(program: Program) -> bool:
    """Whether a program that nothing installs stands where users look: not deep in some folder."""
    facts = [*program.commands.values(), *(f for fs in program.options.values() for f in fs)]
    path = facts[0].evidence.path
    return "/" not in path or path.split("/")[0] in {"src", "cmd", "bin", "app", "lib"}


def tame(fact: Fact) -> Fact:
    """The fact with each text on one line and nothing unseen in it; code keeps its lines."""
    value = visible(fact.value) if fact.kind == "example" else _on_one_line(fact.value)
    text, scope = _on_one_line(fact.text), _on_one_line(fact.scope)
    detail = {
        key: visible(told) if key in _CODE_DETAILS else _on_one_line(told)
        for key, told in fact.detail.items()
    }
    if (value, text, scope, detail) == (fact.value, fact.text, fact.scope, fact.detail):
        return fact
    return replace(fact, value=value, text=text, scope=scope, detail=detail)


def _on_one_line(text: str) -> str:
    return text if text.isprintable() else visible(" ".join(text.split()))


def simple(name: str) -> str:
    """A name without case and separators, for comparing."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def short_name(package: str) -> str:
    """The last part of a package's name: `@scope/x`, `vendor/x`, `group:x`, a Go module path."""
    last = re.split(r"[/:]", package)[-1]
    if re.fullmatch(r"v\d+", last) and "/" in package:
        last = package.split("/")[-2]
    return re.sub(r"\.v\d+$", "", last)


def first_of(facts: Iterable[Fact], **detail: str) -> Fact | None:
    """The first fact whose details have these values."""
    wanted = detail.items()
    return next((f for f in facts if all(f.detail.get(k) == v for k, v in wanted)), None)
