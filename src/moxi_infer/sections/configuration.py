"""Configuration: environment variables, files to copy, build options, plugin settings."""

from __future__ import annotations

from moxi_core.patterns import lazy_pattern
from moxi_core.records import Fact
from moxi_infer.document import Body, Section
from moxi_infer.markdown import code, codes, link, prose
from moxi_infer.sections.usage import variables_in_tables
from moxi_infer.subject import Subject

MAX_ROWS = 40
MAX_FURTHER = 80
_HELP_CHARS = 140

_GROUPS = {
    "setting": ("Settings:", "Setting"),
    "editor_command": ("Commands:", "Command"),
    "shell_setting": ("Variables for your shell's startup file:", "Variable"),
    "cmake_option": ("CMake options, given as `-D<name>=<value>`:", "Option"),
    "meson_option": ("Meson options, given as `-D<name>=<value>`:", "Option"),
    "configure_option": ("Options of `./configure`:", "Option"),
    "terraform_variable": ("Variables:", "Variable"),
}
_OF_EDITORS = frozenset({"setting", "editor_command"})
# Variables of the platform or the shell: true, but nobody sets them for this project.
_PLATFORM = lazy_pattern(
    r"PATH|HOME|USER|USERNAME|SHELL|TERM|PWD|OLDPWD|LANG|LC_\w+|TMP|TEMP|TMPDIR|PATHEXT|HOSTNAME"
    r"|USERPROFILE|APPDATA|LOCALAPPDATA|PROGRAMDATA|PROGRAMFILES\w*|SYSTEMROOT|WINDIR|COMSPEC"
    r"|HOMEDRIVE|HOMEPATH|DISPLAY|CI|COLUMNS|LINES|EUID|UID|GID|LOGNAME|OSTYPE|PYTHONPATH|CONTINUOUS_INTEGRATION"
    r"|VIRTUAL_ENV|CONDA_\w+|GITHUB_(?:ACTIONS?|ACTION_\w+|ACTOR\w*|API_URL|BASE_REF|ENV|EVENT_\w+|GRAPHQL_URL|HEAD_REF|JOB|OUTPUT|PATH"
    r"|REF\w*|REPOSITORY\w*|RUN_\w+|SERVER_URL|SHA|STATE|STEP_SUMMARY|WORKFLOW\w*|WORKSPACE)|RUNNER_\w+|TRAVIS\w*|CIRCLE\w*|APPVEYOR\w*|GITLAB_CI|GITLAB_USER_\w+|JENKINS\w*"
    r"|BUILDKITE\w*|DRONE\w*|TEAMCITY\w*|CARGO_\w+|OUT_DIR|TARGET|PROFILE|RUSTC\w*|RUSTFLAGS|GOPATH"
    r"|GOROOT|GOOS|GOARCH|GOBIN|GOFLAGS|GOCACHE|CC|CXX|CFLAGS|CXXFLAGS|LDFLAGS|DESTDIR|PREFIX|MAKE\w*"
    r"|NODE_PATH|NODE_ENV|NODE_DEBUG|JEST_WORKER_ID|VITEST|JAVA_HOME|ANDROID_\w+|XDG_\w+|WSL\w*|MSYSTEM|SSH_\w+|BASH\w*|ZSH_(?:VERSION|NAME|PATCHLEVEL|SUBSHELL|ARGZERO|EVAL_CONTEXT|SCRIPT)|FISH\w*|COMP_\w+"
    r"|PS1|IFS|RANDOM|SECONDS|LINENO|FUNCNAME|TERM_PROGRAM\w*|COLORTERM|INIT_CWD|npm_\w+|PIPESTATUS"
    r"|COMPREPLY|REPLY|OPTARG|OPTIND|PPID|MANPATH|INFOPATH|DOCS_RS|SOURCE_DATE_EPOCH|TZ"
    r"|KITTY_WINDOW_ID|KITTY_PID|WT_SESSION|WT_PROFILE_ID|TMUX(?:_PANE)?|STY|ITERM_\w+|WEZTERM_\w+|KONSOLE_\w+|VTE_VERSION"
    r"|ALACRITTY_\w+|ANSICON|ConEmu\w+|VSAPPIDNAME|VSCODE_\w+|INSIDE_EMACS|DOTNET_RUNNING_IN_CONTAINER"
)
# What a web server tells PHP about a request.
_REQUEST = lazy_pattern(
    r"DOCUMENT_ROOT|REQUEST_\w+|SCRIPT_\w+|SERVER_\w+|REMOTE_\w+|QUERY_STRING|HTTPS?|HTTP_\w+|PHP_SELF"
    r"|CONTENT_\w+|ARGV|ARGC|PATH_INFO|ORIG_\w+|PATH_TRANSLATED|UNIQUE_ID"
)
# Where maintainers keep what users do not run: at any depth, and only at the root.
_ASIDE = frozenset("scripts script ci hack .github test tests __tests__ spec e2e".split())
_ASIDE_AT_ROOT = frozenset("tools tool website docs build config".split())
_TEST_FILE = lazy_pattern(r"(?:^|[._-])(?:tests?|spec|jest|vitest|conftest|karma)(?:[._-]|$)")
_PRETENCE = lazy_pattern(r"(?:^|_)(?:FAKE|MOCK)(?:_|$)")
_USEFUL_ANYWAY = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "NO_COLOR"})


def configuration(subject: Subject) -> Section | None:
    """What a user can set, where, and to what it is set otherwise."""
    body = Body()
    _files(subject, body)
    _variables(subject, body)
    for group, (sentence, header) in _GROUPS.items():
        facts = [f for f in subject.of("input") if f.detail.get("group") == group]
        if group in _OF_EDITORS and subject.snapshot.project_type.name != "editor_plugin":
            continue  # an extension beside the project
        _group(body, sentence, header, facts)
    return body.section("configuration", "Configuration")


def _files(subject: Subject, body: Body) -> None:
    for fact in subject.of("config_file")[:6]:
        target = fact.detail.get("copy_to")
        if target:
            body.paragraph(f"Copy {_file(subject, fact)} to {code(target)} and fill it in.", fact)
        else:
            text = f": {prose(fact.text, 120)}" if fact.text else "."
            body.paragraph(f"It reads {_file(subject, fact)}{text}", fact)


def _file(subject: Subject, fact: Fact) -> str:
    return link(code(fact.value), fact.value) if subject.has(fact.value) else code(fact.value)


def is_own_variable(fact: Fact) -> bool:
    """Whether a variable is the project's, not the platform's."""
    is_request = fact.evidence.path.endswith(".php") and _REQUEST.fullmatch(fact.value)
    is_platform = _PLATFORM.fullmatch(fact.value) and fact.value not in _USEFUL_ANYWAY
    return not is_platform and not is_request


def _variables(subject: Subject, body: Body) -> None:
    found: dict[str, Fact] = {}
    for fact in filter(is_own_variable, subject.of("env_var")):
        known = found.get(fact.value)
        if known is None or _weight(fact) > _weight(known):
            found[fact.value] = fact
    told = [f for f in found.values() if f.text or not _PRETENCE.search(f.value)]
    templates = {f.value for f in subject.of("config_file") if f.detail.get("copy_to")}
    aside = [f for f in told if not f.text and _is_aside(f) and f.evidence.path not in templates]
    elsewhere = variables_in_tables(subject)
    facts = [f for f in told if f not in aside and f.value not in elsewhere]
    shown = facts[:MAX_ROWS]
    if shown:
        body.table(
            ["Variable", "Description", "Default"],
            [([code(f.value), prose(f.text, _HELP_CHARS), _default(f)], [f]) for f in shown],
            head="Environment variables:",
        )
    rest = facts[MAX_ROWS : MAX_ROWS + MAX_FURTHER]
    if rest:
        body.paragraph(f"Also {codes(f.value for f in rest)}.", *rest)
    if aside:
        names = codes(f.value for f in aside[:MAX_FURTHER])
        also = "also " if facts else ""
        body.paragraph(f"Scripts, builds and tests {also}read {names}.", *aside[:MAX_FURTHER])


def _is_aside(fact: Fact) -> bool:
    return fact.detail.get("group") == "test" or _is_for_maintainers(fact.evidence.path)


def _is_for_maintainers(path: str) -> bool:
    """Whether a file is about testing and releasing rather than using the project."""
    *folders, name = path.lower().split("/")
    at_root = bool(_ASIDE_AT_ROOT.intersection(folders[:1]))
    is_folder = at_root or bool(_ASIDE.intersection(folders))
    return is_folder or bool(_TEST_FILE.search(name)) or name == "build.rs"


def _weight(fact: Fact) -> int:
    """Of two places that read a variable, the one that says more is shown."""
    return 2 * bool(fact.text) + bool(fact.detail.get("default"))


def _default(fact: Fact) -> str:
    default = fact.detail.get("default", "")
    shown = code(default if len(default) <= 50 else default[:49] + "…")
    is_image = fact.evidence.path.rpartition("/")[2].startswith(("Dockerfile", "Containerfile"))
    return f"{shown} in the image" if shown and is_image else shown


def _group(body: Body, sentence: str, header: str, facts: list[Fact]) -> None:
    if not facts:
        return
    body.table(
        [header, "Description", "Default"],
        [([code(f.value), prose(f.text, _HELP_CHARS), _default(f)], [f]) for f in facts[:MAX_ROWS]],
        head=sentence,
    )
    rest = facts[MAX_ROWS : MAX_ROWS + MAX_FURTHER]
    if rest:
        body.paragraph(f"Also {codes(f.value for f in rest)}.", *rest)
