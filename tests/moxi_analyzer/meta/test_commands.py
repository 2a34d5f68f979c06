"""Scripts taken apart, and what their commands are for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moxi_analyzer.meta.commands import commands, purpose_of, simple_commands
from tests.effort import little_effort


@pytest.mark.parametrize(
    ("command", "purpose"),
    [
        ("pytest -q", "test"),
        ("npm run style", "format"),
        ("npm run styleguide:build", ""),
        ("uv run --locked pytest", "test"),
        ("poetry run python -m pytest tests", "test"),
        ("coverage run -m pytest", "test"),
        ("python -W error -m unittest discover", "test"),
        ("cargo test --all", "test"),
        ("cargo +nightly clippy -- -D warnings", "lint"),
        ("cargo fmt --check", "format"),
        ("cargo nextest run", "test"),
        ("go test ./...", "test"),
        ("go vet ./...", "lint"),
        ("golangci-lint run", "lint"),
        ("npm ci", "install"),
        ("npm test", "test"),
        ("npm run test:unit -- --ci", "test"),
        ("pnpm -r lint", "lint"),
        ("yarn", "install"),
        ("npx tsc --noEmit", "typecheck"),
        ("npx tsc", "build"),
        ("bun run typecheck", "typecheck"),
        ("yarn build-storybook", "docs"),
        ("./mvnw -B verify", "test"),
        ("mvn -q package", "build"),
        ("./gradlew build -x test", "build"),
        ("./gradlew :core:check", "test"),
        ("./gradlew detekt", "lint"),
        ("dotnet test", "test"),
        ("bundle exec rspec", "test"),
        ("bundle exec rake", "test"),
        ("bundle exec rubocop", "lint"),
        ("vendor/bin/phpunit", "test"),
        ("vendor/bin/php-cs-fixer fix --dry-run", "format"),
        ("composer test", "test"),
        ("ctest --output-on-failure", "test"),
        ("cmake --build build", "build"),
        ("make check", "test"),
        ("make doc-check", "lint"),
        ("make docs", "docs"),
        ("npx vitest --run", "test"),
        ("./web/node_modules/.bin/jest", ""),
        ("make", "build"),
        ("meson test -C build", "test"),
        ("swift test", "test"),
        ("flutter test", "test"),
        ("dart analyze", "lint"),
        ("mix test", "test"),
        ("mix format --check-formatted", "format"),
        ("cabal test all", "test"),
        ("stack test", "test"),
        ("lein test", "test"),
        ("clojure -M:test", "test"),
        ("bats test", "test"),
        ("shellcheck install.sh", "lint"),
        ("tox -e lint", "lint"),
        ("tox", "test"),
        ("tox -e py312", "test"),
        ("tox -e old-dependencies", ""),
        ("tox run -e unit-tests", "test"),
        ("nox -s docs", "docs"),
        ("mkdocs build --strict", "docs"),
        ("pip install -e .[dev]", "install"),
        ("pip install -r requirements.txt", "install"),
        ("pre-commit run --all-files", "lint"),
    ],
)
def test_purposes(command: str, purpose: str) -> None:
    assert purpose_of(command) == purpose


@pytest.mark.parametrize(
    "command",
    [
        "sudo apt-get install -y shellcheck",
        "curl -s https://example.org/install.sh",
        "pip install pytest",
        "npm publish",
        "cargo publish --dry-run",
        "cargo install just",
        "npm run release",
        "make deploy",
        "docker push x/y",
        "echo done",
        "pytest --version",
        "codecov",
        "mypyc build",
        "testing",
        "GOOS=plan9 GOARCH=386 go build ./cmd/demo",
        "FAST=1 CC=clang make",
    ],
)
def test_what_is_not_for_contributors(command: str) -> None:
    assert purpose_of(command) == ""


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("npm ci && npm test", [("npm ci", ""), ("npm test", "")]),
        ("cd web && npm test\nmake", [("npm test", "web"), ("make", "web")]),
        ("cd web\nnpm test", [("npm test", "web")]),
        ("cd $DIR\nnpm test", []),
        ("cd /tmp && npm test\nmake", []),
        ("pytest \\\n  -q", [("pytest -q", "")]),
        ("pytest | tee log", []),
        ("pytest > log", []),
        ("pytest || true", [("pytest", "")]),
        ("pytest 2>&1", [("pytest", "")]),
        ("pytest $ARGS", []),
        ("pytest ${{ matrix.args }}", []),
        ('pytest -k "a and b" # slow', [('pytest -k "a and b"', "")]),
        ("pytest -k 'a > b'", [("pytest -k 'a > b'", "")]),
        ("# pytest\n\nmypy .", [("mypy .", "")]),
        ("if true; then\n  pytest\nfi\nmypy .", [("mypy .", "")]),
        ("for x in a b; do pytest $x; done\nmypy .", [("mypy .", "")]),
        ("cat <<EOF\npytest\nEOF\nmypy .", [("mypy .", "")]),
        ("run() {\n  pytest\n}\nmypy .", [("mypy .", "")]),
        ("CI=1 FORCE_COLOR=1 pytest", [("pytest", "")]),
        ("DATABASE=x pytest", [("DATABASE=x pytest", "")]),
        ("xvfb-run -a npm test", [("npm test", "")]),
        ("npm ci &&\nnpm test", [("npm ci", ""), ("npm test", "")]),
        ("(cd web; npm test)", []),
        (
            "python -m pytest ${{ a && b == '3' && '--cov=./ -x' || '' }}",
            [("python -m pytest", "")],
        ),
        ("python -m pytest ${{ matrix.folder }}", []),
        ("dotnet test a.sln --no-build -v n", [("dotnet test a.sln -v n", "")]),
    ],
)
def test_scripts(script: str, expected: list[tuple[str, str]]) -> None:
    assert [(c.text, c.folder) for c in commands(script)] == expected


@given(st.text(alphabet="ab \n\\&|;\"'`$(){}<>#=-cdpytestif", max_size=200))
def test_any_script_is_read(script: str) -> None:
    for text, _ in simple_commands(script):
        assert text and "\n" not in text


@pytest.mark.parametrize(
    "hostile",
    ["./gradlew " + "-x " * 3_000, "A=b " * 3_000, "npm " + "-w " * 3_000, "((((" * 2_000],
)
def test_hostile_commands_take_little_time(hostile: str) -> None:
    with little_effort():
        list(commands(hostile))
        purpose_of(hostile)
