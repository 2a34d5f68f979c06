"""What kind of project a repository is, decided by facts, with the places that decided it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice

from moxi_analyzer.languages import NOT_PROGRAMMING, language_of
from moxi_analyzer.repository import Repository
from moxi_core.patterns import lazy_pattern
from moxi_core.records import Evidence, Fact, ProjectType

_WEB_FRAMEWORKS = frozenset(
    "next nuxt @sveltejs/kit astro gatsby @angular/core @remix-run/react vue react svelte solid-js "
    "django flask streamlit gradio dash rails sinatra laravel/framework symfony/framework-bundle "
    "cakephp/cakephp phoenix @docusaurus/core vitepress".split()
)
_SERVER_FRAMEWORKS = frozenset(
    "express fastify koa hapi @nestjs/core hono fastapi starlette sanic aiohttp tornado falcon "
    "github.com/gin-gonic/gin github.com/labstack/echo/v4 github.com/gofiber/fiber/v2 "
    "github.com/go-chi/chi/v5 github.com/gorilla/mux actix-web axum rocket warp tonic "
    "spring-boot-starter-web spring-boot-starter-webflux io.ktor:ktor-server-core".split()
)
_ML_LIBRARIES = frozenset(
    "torch tensorflow keras scikit-learn sklearn jax xgboost lightgbm transformers pytorch-lightning "
    "lightning fastai catboost torchvision tensorflow-gpu pytorch".split()
)
_COMMAND_LINE_LIBRARIES = frozenset(
    "clap structopt argh lexopt pico-args bpaf commander yargs meow cac sade @oclif/core click typer "
    "docopt fire github.com/spf13/cobra github.com/urfave/cli/v2 github.com/urfave/cli/v3 "
    "github.com/alecthomas/kong picocli thor symfony/console system.commandline".split()
)
_GAME_LIBRARIES = frozenset("pygame bevy phaser ggez macroquad love raylib pyxel arcade".split())

_INSTALLER = lazy_pattern(r"(?:^|/)(?:un)?install(?:er)?(?:\.\w+)?$")
_TOOLS = lazy_pattern(r"(?:scripts?|tools?|support|hack|ci|dev|misc|contrib|utils?|\.\w+)/")

Evidences = tuple[Evidence, ...]


class _Repo:
    """The repository with the facts that rules ask for."""

    def __init__(self, repo: Repository, facts: Iterable[Fact]) -> None:
        self.repo = repo
        self.facts = list(facts)

    def of(self, kind: str) -> list[Fact]:
        return [f for f in self.facts if f.kind == kind]

    def dependency(self, names: frozenset[str]) -> Evidences:
        return tuple(
            f.evidence
            for f in self.of("dependency")
            if f.detail.get("group") in {None, "runtime", "dev"}
            and _is_one_of(f.value.lower(), names)
        )[:2]

    def files(self, pattern: str, limit: int = 2) -> Evidences:
        return tuple(Evidence(path=p) for p in islice(self.repo.find(pattern), limit))

    def published(self) -> Evidences:
        return tuple(f.evidence for f in self.of("package") if f.detail.get("registry"))[:2]


def _is_one_of(dependency: str, names: frozenset[str]) -> bool:
    short = dependency.rpartition(":")[2]
    if short.startswith("spring-boot-starter-web"):
        return "spring-boot-starter-web" in names
    return dependency in names or short in names


def _github_action(r: _Repo) -> Evidences:
    # A program may offer an action besides itself.
    return () if r.of("bin") else r.files(r"action\.ya?ml")


def _editor_plugin(r: _Repo) -> Evidences:
    settings = [
        f.evidence for f in r.of("input") if f.detail.get("group") in {"setting", "editor_command"}
    ]
    # An extension may come with a program or library that is published itself.
    if settings and (not r.published() or any("/" not in place.path for place in settings)):
        return tuple(settings[:2])
    own = [p for p in ("autoload", "plugin", "lua", "ftplugin") if p in r.repo.folders]
    is_vim = (
        len(own) >= 1 and not r.published() and not r.files(r"(package\.json|go\.mod|Cargo\.toml)")
    )
    vim = r.files(r"(plugin|autoload|ftplugin|lua)/.*\.(vim|lua)") if is_vim else ()
    return vim or r.files(r"(.*/)?META-INF/plugin\.xml") or r.files(r"[\w-]+\.el(?:isp)?")


def _game(r: _Repo) -> Evidences:
    return r.files(r"(.*/)?ProjectSettings/ProjectVersion\.txt|project\.godot") or r.dependency(
        _GAME_LIBRARIES
    )


def _mobile(r: _Repo) -> Evidences:
    application = [
        f.evidence
        for f in r.of("package")
        if f.detail.get("manager") == "xcode" and f.scope == "" and f.detail.get("role") == "binary"
    ]
    if application:
        return tuple(application[:1])
    if r.published():
        return ()
    flutter = r.files(r"lib/main\.dart") and r.files(r"(android|ios)/.*")
    return (
        (r.files(r"lib/main\.dart") if flutter else ())
        or r.files(r"(app|android/app|mobile)/src/main/AndroidManifest\.xml")
        or r.files(r"[^/]+\.xcodeproj/project\.pbxproj")
    )


def _ml_project(r: _Repo) -> Evidences:
    notebooks = r.files(r".*\.ipynb")
    libraries = r.dependency(_ML_LIBRARIES)
    if r.published() or not (notebooks or libraries):
        return ()
    trains = r.files(r"(.*/)?(train|training|model|models|predict|inference)[\w-]*\.(py|ipynb)")
    return (libraries or notebooks) if notebooks or (libraries and trains) else ()


def _monorepo(r: _Repo) -> Evidences:
    packages = [f for f in r.of("package") if f.detail.get("role") != "workspace"]
    scopes = {f.scope for f in packages}
    is_workspace = any(f.detail.get("role") == "workspace" for f in r.of("package"))
    root_package = any(f.scope == "" and f.detail.get("registry") for f in packages)
    several = 2 if is_workspace else 6
    if len(scopes - {""}) >= several and not root_package:
        return tuple(f.evidence for f in packages if f.scope)[:3]
    return ()


def _web_application(r: _Repo) -> Evidences:
    if r.published():
        return ()
    django = r.files(r"([^/]+/)?manage\.py|artisan|bin/rails|config/application\.rb")
    starts = [f.evidence for f in r.of("script") if f.value in {"start", "dev", "serve"}]
    found = r.dependency(_WEB_FRAMEWORKS)
    served = _php_server(r)
    if served:
        return served
    page = r.files(r"(public/|src/|app/|frontend/)?index\.html")
    if found and (django or starts or page or r.of("port") or r.of("service")):
        return django or found
    return django


def _php_server(r: _Repo) -> Evidences:
    """A script that serves PHP pages on one's own machine."""
    scripts = (f for f in r.of("script") if f.value in {"start", "dev", "serve"} and not f.scope)
    return tuple(f.evidence for f in scripts if " -S " in f.text and "php" in f.text)[:1]


def _service(r: _Repo) -> Evidences:
    found = r.dependency(_SERVER_FRAMEWORKS)
    runs = [f.evidence for f in (*r.of("port"), *r.of("service"), *r.of("image"))]
    starts = [f.evidence for f in r.of("script") if f.value in {"start", "dev"}]
    is_library = r.published() and not r.of("bin")
    return (found[:1] + tuple(runs[:1])) if found and (runs or starts) and not is_library else ()


def _cli(r: _Repo) -> Evidences:
    bins = tuple(f.evidence for f in r.of("bin"))[:2]
    roots = tuple(f.evidence for f in r.of("command") if f.value == "")
    if bins:
        return bins if roots or not r.of("api_symbol") or _surely_cli(r) else ()
    own = (p for p in roots if not _INSTALLER.search(p.path) and not _TOOLS.match(p.path))
    return tuple(place for place in own if place.path.count("/") <= 1)[:1]


def _surely_cli(r: _Repo) -> bool:
    """Whether a repository that was read in part, its command line perhaps not, has one all the same."""
    roles = {f.detail.get("role") for f in r.of("package") if not f.scope}
    is_cli = roles == {"binary"} or bool(r.dependency(_COMMAND_LINE_LIBRARIES))
    return bool(r.repo.unread) and is_cli


def _library(r: _Repo) -> Evidences:
    headers = (f.evidence for f in r.of("api_symbol") if f.detail.get("language") in {"c", "cpp"})
    return (
        r.published()
        or tuple(
            f.evidence for f in r.of("package") if f.detail.get("role") in {"library", "both"}
        )[:1]
        or tuple(islice((at for at in headers if "/" not in at.path), 1))  # to be compiled in
    )


def _tool(r: _Repo) -> Evidences:
    return tuple(f.evidence for f in r.of("bin"))[:2]


def _documentation(r: _Repo) -> Evidences:
    docs = [p for p, e in r.repo.files.items() if e.role == "doc"]
    code = [
        p for p in r.repo.files if (lang := language_of(p)) and lang.name not in NOT_PROGRAMMING
    ]
    return tuple(Evidence(path=p) for p in docs[:2]) if len(docs) > 2 * len(code) else ()


def _website(r: _Repo) -> Evidences:
    return r.files(r"(public/|src/|docs/)?index\.html")


def _scripts(r: _Repo) -> Evidences:
    return r.files(r"[^/]+\.(sh|bash|zsh|fish|ps1)|(bin|scripts)/[^/]+")


_RULES: tuple[tuple[str, Callable[[_Repo], Evidences]], ...] = (
    ("github_action", _github_action),
    ("editor_plugin", _editor_plugin),
    ("game", _game),
    ("mobile_application", _mobile),
    ("ml_project", _ml_project),
    ("monorepo", _monorepo),
    ("web_application", _web_application),
    ("service", _service),
    ("cli", _cli),
    ("library", _library),
    ("cli", _tool),
    ("documentation", _documentation),
    ("website", _website),
    ("scripts", _scripts),
)


def project_type(repo: Repository, facts: Iterable[Fact]) -> ProjectType:
    """The first rule that holds, with its evidence; `unknown` when none does."""
    subject = _Repo(repo, facts)
    for name, rule in _RULES:
        evidence = rule(subject)
        if evidence:
            return ProjectType(name=name, evidence=evidence)
    return ProjectType(name="unknown")
