"""Shell scripts of CI taken apart: single commands a person could type, and what each is for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from moxi_core.patterns import lazy_pattern

_MAX_COMMAND = 160

_OPENS = lazy_pattern(
    r"(?:if|for|while|until|case|select)\b|(?:function\s+)?[\w-]+\s*\(\)\s*\{?|\{"
)
_CLOSES = lazy_pattern(r"(?:fi|done|esac)\b.*|\}.*|.*;\s*(?:fi|done|esac)\s*$")
_HEREDOC = lazy_pattern(r"<<-?\s*[\"']?(\w+)")
_SPLIT = lazy_pattern(r"""("(?:\\.|[^"\\])*"|'[^']*'|\\.)|(&&|\|\||;|\||>|<|\$\(|`|#(?<=\s#))""")
# An argument that a workflow gives only at times: `${{ matrix.cov && '--cov' || '' }}`.
_AT_TIMES = lazy_pattern(r"""\s\$\{\{[^{}\n]{0,200}\|\|\s?(?:''|"")\s?\}\}""")
_HARMLESS_TAIL = lazy_pattern(r"\s*(?:\|\|\s*(?:true|exit 1|:)|2>&1|>\s*/dev/null)\s*$")
_ENV_PREFIX = lazy_pattern(r"((?:[A-Za-z_]\w*=(?:\"[^\"]*\"|'[^']*'|[^\s\"']*)\s+)+)(?=\S)")
# Only colour, noise and memory: the command does the same without them.
_HARMLESS_ENV = lazy_pattern(
    r"(?:(?:CI|FORCE_COLOR|NO_COLOR|CLICOLOR(?:_FORCE)?|TERM|RUST_BACKTRACE|RUSTFLAGS|RUSTDOCFLAGS"
    r"|CARGO_TERM_COLOR|CARGO_INCREMENTAL|PYTHONUNBUFFERED|PYTHONDONTWRITEBYTECODE|PYTHONWARNINGS"
    r"|NODE_OPTIONS|MAVEN_OPTS|GRADLE_OPTS|XDEBUG_MODE|COMPOSER_NO_INTERACTION|DEBIAN_FRONTEND"
    r"|UV_\w+|PIP_\w+|GOFLAGS|GOTOOLCHAIN|COVERAGE_\w+|PY_COLORS|TOX_\w+)=\S*\s+)+"
)
_WRAPPER = lazy_pattern(
    r"(?:(?:sudo|time|command|exec|xvfb-run(?:\s+-a|\s+--auto-servernum|\s+--server-args=\S+)*"
    r"|timeout\s+\d+[smh]?)\s+)+"
)
_RUNNER = lazy_pattern(
    r"(?:(?:[A-Z_]\w*=\S*|uv run(?:\s+--?(?!with\b|group\b|extra\b|python\b)[\w-]+(?:=\S+)?"
    r"|\s+--(?:with|group|extra|python)[ =]\S+)*(?:\s+--)?"
    r"|poetry run|pdm run|pipenv run|rye run|hatch (?:-e \S+ )?run(?: [\w.-]+:)?|uvx|pipx run"
    r"|python[\d.]*(?:\s+-[uBbdE]|\s+-W\s*\S+)*\s+-m|py -m|coverage run(?:\s+-[a-z-]\S*)*\s+-m"
    r"|coverage run(?:\s+-\S+)*|npx(?:\s+--?(?:yes|y|no-install))*|bunx|pnpm dlx|pnpm exec|yarn dlx"
    r"|bundle exec|\S*vendor/bin/(?=\w)|\./(?:node_modules/\.bin|bin|scripts?|tools?|build)/(?=\w)"
    r"|mise (?:exec|x) --|nix develop (?:-c|--command)|dotnet tool run|php(?:\s+-d\s*\S+)*(?=\s+\S*vendor/)"
    r"|docker[- ]compose (?:run|exec)(?:\s+-{1,2}\S+)*\s+\S+)\s*)*"
)
_NODE = r"(?:npm|yarn|pnpm|bun)(?:\s+(?:-r|-w|--(?!prefix|workspace|filter|cwd)[\w-]+))*(?:\s+run)?"
_GRADLE = r"(?:\./|\.\\)?gradlew?(?:\.bat)?(?:\s+(?:-\S+|clean))*\s+(?::?[\w-]+:)*"
_MAVEN = r"(?:\./|\.\\)?mvnw?(?:\.cmd)?(?:\s+(?:-\S+|clean))*\s+"
_TASKS = r"(?:make|just|task|mage|invoke|inv|rake|nox -s|hatch run|deno task|composer(?: run(?:-script)?)?)"

# Commands of release, deployment and machine set-up: not what a contributor runs.
_NOT_FOR_PEOPLE = lazy_pattern(
    r"^(?:sudo |apt|brew|choco|dnf|yum|apk|pacman|snap|winget|rustup|curl|wget|git |gh |echo|export|set"
    r"|source|\.\s|docker (?:login|push|tag)|mkdir|cp|mv|rm|cat|chmod|ls|tar|unzip|pwd|sleep|kill"
    r"|codecov|coveralls|twine|goreleaser|semantic-release|aws|gcloud|az|kubectl|helm|ssh|scp|rsync)\b"
    r"|(?<![-\w./])(?:publish|deploy|upload|release)\b(?!-)|\bcargo install\b|:(?:publish|deploy|release)\b"
    r"|-version\b|(?: -v| -h| help| version| info)$|\bnpm (?:version|config|pack)|--global\b| -g\b"
    r"|/node_modules/\.bin/|--notest\b|--require-hashes\b|\.bat\b|-r \.github/|pip\b.*--no-deps\b| -d tests?/|--config-set\b"
)
# Another platform or compiler than the contributor's own.
_OTHER_TARGET = lazy_pattern(r"(?:[A-Za-z_]\w*=\S*\s+)*(?:GOOS|GOARCH|CC|CXX)=")
_PURPOSES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (purpose, lazy_pattern(rf"(?:{pattern})(?![\w/])"))
    for purpose, pattern in (
        (
            "install",
            r"(?:npm|pnpm|bun) (?:ci|i|install)(?=$| -)|yarn(?: install)?(?=$| -)|uv sync"
            r"|(?:uv )?pip3? install(?=.*(?:-r |-e |--editable| \.|--group))|(?:poetry|pdm|pipenv) install"
            r"|pdm sync|bundle install|composer (?:install|update)(?=$| -)|mix deps\.get|mix setup"
            r"|(?:flutter|dart) pub get|flutter packages get|melos bootstrap|go mod download|cargo fetch"
            r"|dotnet restore|stack setup|lein deps|swift package resolve|make (?:(?:deps|setup|bootstrap)$"
            r"|install[-_]\w+$)|shards install|opam install \.|bin/setup|cabal (?:build|install).*(?:only-dep|dependencies-only)",
        ),
        (
            "typecheck",
            rf"mypy|pyright|basedpyright|ty check|pyre|pytype|tsc .*--noEmit|vue-tsc|svelte-check"
            rf"|mix dialyzer|flow check|srb tc|steep check|{_NODE}\s+(?:type-?check|check-?types?|types?|"
            rf"ts(?::check)?|tsc|lint:types?|check:types?)[:\w-]*|{_TASKS}\s+(?:type-?check|types|mypy)|"
            r"tox (?:run )?-e ?(?:type\w*|mypy|pyright)|dmypy",
        ),
        (
            "format",
            rf"cargo (?:\+\S+ )?fmt|rustfmt|black|isort|ruff format|prettier|gofmt|gofumpt|goimports"
            rf"|php-cs-fixer|clang-format|(?:dart|flutter) format|mix format|ormolu|fourmolu|stylua|shfmt"
            rf"|dotnet format|(?:dotnet )?csharpier|swift-format|swiftformat|taplo|terraform fmt|pint"
            rf"|{_NODE}\s+(?:format|fmt|prettier|check-format|format-check|style(?![:\w-]))[:\w-]*|cljfmt|lein cljfmt"
            rf"|{_TASKS}\s+(?:fmt|format|check-format|format-check|fmt-check)[:\w-]*"
            rf"|{_GRADLE}(?:spotlessCheck|ktlintCheck|spotlessApply)|{_MAVEN}spotless:check|deno fmt"
            r"|tox (?:run )?-e ?(?:format|fmt|black)\w*|erlfmt|zig fmt|nimpretty|docformatter|djhtml",
        ),
        (
            "lint",
            rf"cargo (?:\+\S+ )?(?:clippy|deny|machete)|golangci-lint|go vet|staticcheck|revive|ruff(?: check)?"
            rf"|flake8|pylint|pre-commit run|prek run|eslint|stylelint|tslint|biome|oxlint|xo|rubocop|standardrb"
            rf"|hlint|shellcheck|hadolint|yamllint|markdownlint\S*|actionlint|zizmor|phpcs|phpstan|psalm|phpmd"
            rf"|rector|phan|ktlint|detekt|checkstyle|swiftlint|(?:dart|flutter) analyze|mix credo|clj-kondo"
            rf"|cppcheck|clang-tidy|typos|codespell|vale|cspell|doc8|curlylint|bandit|semgrep|knip|luacheck"
            rf"|ansible-lint|buf lint|tflint|deno lint|reek|brakeman|erb_lint|haml-lint|slim-lint|commitlint"
            rf"|reuse lint|deptry|vulture|pydocstyle|publint|attw|twigcs|lein (?:eastwood|kibit)|selene"
            rf"|{_NODE}\s+(?:lint|eslint|stylelint|knip|check-lint|spellcheck|lint-\w+)[:\w-]*"
            rf"|{_GRADLE}(?:detekt|lint\w*|checkstyle\w*|ktlint\w*|apiCheck)|{_MAVEN}checkstyle:check"
            rf"|{_TASKS}\s+(?:\S*lint\S*|clippy|vet|rubocop|phpstan|psalm|cs|stan|style)|bin/forbid"
            r"|(?:make|just|task) (?:\S*docs?[-_:](?:check|lint)|(?:check|lint)[-_:]docs?)\S*"
            r"|composer (?:validate|normalize)|tox (?:run )?-e ?(?:\w*lint\w*|style|pep8|flake8|pre-commit)",
        ),
        (
            "docs",
            rf"mkdocs build|sphinx-build|(?:make|just|task) (?:\S*docs?|html|manual|book|-C docs? \w+)|cargo "
            rf"(?:\+\S+ )?doc|typedoc|mdbook (?:build|test)|jekyll build|docusaurus build|dart doc|doxygen|pdoc"
            rf"|{_NODE}\s+(?:docs?|build[-:]docs?|docs[-:]build|build-storybook|typedoc)[:\w-]*|zensical build"
            rf"|tox (?:run )?-e ?(?:\w*docs?\w*)|hugo|mix docs|yard|rdoc|nox -s docs\S*|{_GRADLE}dokka\w*"
            r"|cabal haddock|swift package generate-documentation|antora",
        ),
        (
            "test",
            r"tox(?!(?: run)? (?:-e|--env\S*)[ =]*+(?!py|[\w-]*(?:test|unit|cov|func|integ)))|"
            rf"pytest|py\.test|nox|unittest|nosetests|\S*manage\.py test|\S*run_?tests?(?:\.\w+)?"
            rf"|(?:cargo|cross) (?:\+\S+ )?(?:test|nextest run|hack test|llvm-cov|tarpaulin)|cargo careful test"
            rf"|go test|gotestsum|ginkgo|richgo test|{_NODE}\s+(?:test|tests|t|coverage|unit|e2e|jest|vitest"
            rf"|check)(?:[:\w-]*)|(?:npm|yarn|pnpm|bun) run ci|vitest|jest|mocha|ava|c8|nyc|playwright test|cypress run|karma|wdio|node --test"
            rf"|deno test|bun test|{_MAVEN}(?:test|verify|integration-test)|{_GRADLE}\S*(?:test|[a-z]Tests?|check)\b"
            rf"|sbt .*test|dotnet (?:test|run .*[tT]est)|rspec|rails test|\S*vendor/bin/(?:phpunit|pest)|phpunit"
            rf"|\S*simple-phpunit|pest|paratest|codecept run|behat|infection|composer (?:run(?:-script)? )?(?:test|check)"
            rf"|rake(?=$| (?:test|spec|default))|{_TASKS}\s+(?:\S*tests?\S*|check|ci|spec|unit|verify|coverage)|ctest"
            rf"|meson test|ninja (?:-C \S+ )?(?:test|check)|cmake --build .*--target \S*(?:test|check)|bazel test"
            rf"|swift test|xcodebuild .*\btest|fastlane test|(?:flutter|dart) test|melos (?:run )?test|mix (?:test|coveralls)"
            rf"|cabal (?:v2-)?test|stack test|lein (?:\S+ )?(?:test\S*|midje|kaocha)|cloju?r?e? .*-[MXA]:\S*test\S*"
            r"|\S*kaocha|bb test\S*|clj .*:test|bats|busted|prove|R CMD check|Rscript .*test|julia .*Pkg\.test"
            r"|crystal spec|zig build test|dub test|nimble test|molecule test|shellspec|pwsh .*Pester|xmake test"
            r"|(?:bash |sh )?(?:\S*/)?(?:run[-_])?tests?\.sh|(?:\./)?(?:bin|scripts?)/(?:c?i?test|ci)\S*",
        ),
        (
            "build",
            rf"(?:cargo|cross) (?:\+\S+ )?(?:build|check|hack (?:check|build))|go build|{_NODE}\s+(?:build|compile"
            rf"|dist|bundle)[:\w-]*|vite build|tsc|webpack|rollup|tsup|esbuild|make(?=$| all| build| -j\d*$| -C \S+$)"
            rf"|{_TASKS}\s+(?:build|compile|all|dist)\S*|cmake (?:--build|-B|-S|--preset|\.)|ninja|meson (?:compile|setup)"
            rf"|\./configure|\./bootstrap|\./autogen\.sh|autoreconf|{_MAVEN}(?:package|compile|install)"
            rf"|{_GRADLE}(?:build|assemble\w*|compile\w*)|dotnet (?:build|pack)|build$|build --|uv build|poetry build"
            rf"|hatch build|pdm build|swift build|xcodebuild|flutter build|mix compile|cabal (?:v2-)?build|stack build"
            rf"|lein (?:uberjar|jar|compile|check)|zig build|dub build|gem build|bazel build|deno (?:compile|check)"
            r"|shards build|nimble build|nix build|wails build|tauri build|xmake|docker build|docker compose build",
        ),
    )
)


@dataclass(frozen=True)
class Command:
    """One command of a script: its text, the folder it runs in, what it is for."""

    text: str
    folder: str
    purpose: str


def commands(script: str, folder: str = "") -> Iterator[Command]:
    """The single, self-contained commands of a script that have a purpose we know."""
    for text, place in simple_commands(script, folder):
        purpose = purpose_of(text)
        if purpose:
            yield Command(text, place, purpose)


def simple_commands(script: str, folder: str = "") -> Iterator[tuple[str, str]]:
    """(command, folder) for what stands alone: no control flow, no variables, no pipes."""
    for line in _logical_lines(script):
        here = folder
        for part, joined in _parts(line):
            if part.startswith("cd "):
                target = part[3:].strip().strip("\"'")
                if not re.fullmatch(r"[\w./-]+", target) or target.startswith("/"):
                    return  # what follows runs in a place that is not known
                here = f"{here}/{target}" if here else target
                folder = here if not joined else folder
                continue
            text = _clean(part)
            if text:
                yield text, here
        if line.startswith("cd "):
            folder = here


def _logical_lines(script: str) -> Iterator[str]:
    """Lines with continuations joined; comments, here-documents and control blocks left out."""
    depth, until, pending = 0, "", ""
    for raw in script.splitlines():
        line = raw.strip()
        if until:
            until = "" if line == until else until
            continue
        if line.endswith(("\\", "`")) and not line.startswith("#"):
            pending += line[:-1].rstrip() + " "
            continue
        if line.endswith("&&"):
            pending += line + " "
            continue
        line, pending = (pending + line).strip(), ""
        if not line or line.startswith("#"):
            continue
        heredoc = _HEREDOC.search(line)
        if heredoc:
            until = heredoc[1]
            continue
        if _OPENS.match(line):
            depth += 0 if _CLOSES.fullmatch(line) and ";" in line else 1
            continue
        if depth:
            depth -= 1 if _CLOSES.fullmatch(line) else 0
            continue
        yield line
    if pending.strip():
        yield pending.strip().removesuffix("&&").strip()


def _parts(line: str) -> list[tuple[str, bool]]:
    """Commands of a line that stand alone; the flag tells that another is joined by `&&`."""
    line = _HARMLESS_TAIL.sub("", _AT_TIMES.sub("", line))
    if line.startswith("("):
        return []
    parts, start, bad = [], 0, False
    for match in _SPLIT.finditer(line):
        if match[1]:
            bad = bad or bool(match[1].startswith('"') and re.search(r"\$|`", match[1]))
            continue
        if match[2] in {"&&", ";"}:
            if not bad:
                parts.append((line[start : match.start()].strip(), match[2] == "&&"))
            start, bad = match.end(), False
        elif match[2] == "#":
            line = line[: match.start()]
            break
        else:
            bad = True
    if not bad:
        parts.append((line[start:].strip(), False))
    return parts


def _clean(command: str) -> str:
    for prefix in (_WRAPPER, _HARMLESS_ENV, _WRAPPER):
        found = prefix.match(command)
        command = command[found.end() :] if found else command
    command = " ".join(command.split())
    command = re.sub(r"^(?:\./)?node_modules/\.bin/", "npx ", command)
    if command.startswith("dotnet "):  # a workflow has restored and built before; a reader has not
        command = re.sub(r" --no-(?:restore|build)\b", "", command)
    if not command or len(command) > _MAX_COMMAND or re.search(r"[$`%]|\{\{|<[a-z]", command):
        return ""
    if command.startswith((".\\", "(", ")", "-", "}", "[", "!", "@", "&", "'", '"', "|")):
        return ""
    return "" if command.endswith(("&", "(", "{", "^")) else command


def core_of(command: str) -> str:
    """The command without environment, package runner and interpreter in front of the tool."""
    found = _RUNNER.match(command)
    return command[found.end() :].strip() if found else command


@lru_cache(maxsize=4096)
def purpose_of(command: str) -> str:
    """What a command is for; "" for set-up, release and what is not known."""
    bare = _ENV_PREFIX.sub("", command, count=1)
    if _NOT_FOR_PEOPLE.search(bare) or _OTHER_TARGET.match(command):
        return ""
    for text in dict.fromkeys((bare, core_of(bare))):
        for purpose, pattern in _PURPOSES:
            if pattern.match(text):
                return purpose
    return ""
