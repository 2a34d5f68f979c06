"""The oracle on hand-made repositories: what is true, what is false, what nobody can say."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from evidence.coverage import install_right, names_registry  # type: ignore[import-not-found]
from evidence.document import parse, slug, tree_paths  # type: ignore[import-not-found]
from evidence.legal import license_of_text  # type: ignore[import-not-found]
from evidence.statement import Statement  # type: ignore[import-not-found]
from oracle import Oracle, Report  # type: ignore[import-not-found]

FILES = {
    "pyproject.toml": (
        '[project]\nname = "demo-tool"\nrequires-python = ">=3.10"\nlicense = "MIT"\n'
        '[project.scripts]\ndemo = "demo.cli:main"\n'
        '[project.optional-dependencies]\nfast = ["orjson"]\n'
    ),
    "demo/__init__.py": "from .cli import main\n",
    "demo/__main__.py": "from .cli import main\nmain()\n",
    "demo/cli.py": (
        "import argparse, os\n"
        "parser = argparse.ArgumentParser()\n"
        'parser.add_argument("-o", "--output-dir")\n'
        'parser.add_argument("--dry-run")\n'
        'commands.add_parser("convert")\n'
        'port = os.environ.get("DEMO_PORT", "8000")\n'
    ),
    "package.json": json.dumps(
        {"name": "web", "private": True, "scripts": {"build": "vite build"}}
    ),
    "Makefile": "test: build\n\tpytest\nbuild:\n\techo\n",
    "compose.yaml": "services:\n  web:\n    image: demo\n",
    "docs/guide.md": "# Guide\n\nSet DEMO_LATER.\n",
    ".gitignore": "dist/\n",
    "LICENSE": "Permission is hereby granted, free of charge, to any person obtaining a copy of it",
}


@pytest.fixture
def oracle(tmp_path: Path) -> Oracle:
    for name, text in FILES.items():
        path = tmp_path / "repo" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Oracle(tmp_path / "repo")


def report(oracle: Oracle, text: str, human: str = "") -> Report:
    readme = oracle.tree.root.parent / "README.md"
    readme.write_text(text)
    other = oracle.tree.root.parent / "HUMAN.md"
    other.write_text(human)
    return oracle.judge(readme, other if human else None, "PyPI", "demo-tool")


def verdicts(oracle: Oracle, text: str) -> dict[str, str]:
    return {s.key: s.verdict for s in report(oracle, text).statements}


@pytest.mark.parametrize(
    ("text", "key", "verdict"),
    [
        ("[guide](docs/guide.md)", "docs/guide.md", "true"),
        ("[guide](docs/gone.md)", "docs/gone.md", "false"),
        ("[up](../../issues)", "issues", "unknown"),
        ("![shot](shot.png)", "shot.png", "false"),
        ("# A & B\n\n[x](#a--b)", "a--b", "true"),
        ("# A\n\n[x](#b)", "b", "false"),
        ("See `demo/cli.py`.", "demo/cli.py", "true"),
        ("See `demo/gone.py`.", "demo/gone.py", "false"),
        ("Write `hello.py` first.", "hello.py", "unknown"),
        ("Run it: `dist/app.js`.", "dist/app.js", "unknown"),
        ("| `--output-dir` | where |", "--output-dir", "true"),
        ("| `--colour` | which |", "--colour", "false"),
        ("Pass `--colour` to git.", "--colour", "unknown"),
        ("```sh\ndemo --colour\n```", "--colour", "false"),
        ("```sh\nls --colour\n```", "--colour", "absent"),
        ("Set `DEMO_PORT`.", "DEMO_PORT", "true"),
        ("Set `DEMO_LATER`.", "DEMO_LATER", "unknown"),
        ("## Environment\n\n| `DEMO_GONE` | x |", "DEMO_GONE", "false"),
        ("```sh\npip install demo-tool\n```", "PyPI:demo-tool", "true"),
        ("```sh\npip install 'demo-tool[fast]'\n```", "PyPI:demo-tool", "true"),
        ("```sh\npip install 'demo-tool[slow]'\n```", "PyPI:demo-tool", "false"),
        ("```sh\npip install requests\n```", "PyPI:requests", "absent"),
        ("```sh\nnpm install web\n```", "npm:web", "false"),
        ("```sh\npip install -r requirements.txt\n```", "pip:-r requirements.txt", "false"),
        ("```sh\nnpm run build\n```", "script:build", "true"),
        ("```sh\nnpm run lint\n```", "script:lint", "false"),
        ("```sh\nmake test\n```", "make:test", "true"),
        ("```sh\nmake lint\n```", "make:lint", "false"),
        ("```sh\nnpm ci\n```", "run:npm install", "false"),
        ("```sh\ndocker compose up web\n```", "service:web", "true"),
        ("```sh\npython -m demo\n```", "run:python -m demo", "true"),
        ("```sh\ndemo convert in.txt\n```", "run:demo convert", "true"),
        ("```python\nfrom demo import main\n```", "import:demo.main", "true"),
        ("```python\nfrom demo.cli import gone\n```", "import:demo.cli.gone", "false"),
        ("## License\n\nMIT", "license", "true"),
        ("## License\n\nGPL-3.0", "license", "false"),
        ("Needs Python 3.10+.", "python 3.10", "true"),
        ("Needs Python 3.8+.", "python 3.8", "false"),
    ],
)
def test_verdicts(oracle: Oracle, text: str, key: str, verdict: str) -> None:
    assert verdicts(oracle, text).get(key, "absent") == verdict


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("REPLACE-ME", 1),
        ("git clone https://example.org/your-username/demo", 1),
        ("run {entrypoint}", 1),
        ("<your-api-key>", 1),
        ("[INSERT NAME]", 1),
        ("a todo list, `{name}` and ${HOME}", 0),
    ],
)
def test_placeholders(oracle: Oracle, text: str, count: int) -> None:
    assert report(oracle, text).count("false", "placeholder") == count


def test_tree_diagrams_are_judged_when_half_of_them_is_here(oracle: Oracle) -> None:
    ours = "```\n.\n├── demo/\n│   ├── cli.py   # commands\n│   └── gone.py\n└── docs/\n```"
    other = "```\n├── gone/\n│   └── a.py\n└── b.py\n```"
    assert verdicts(oracle, ours)["demo/gone.py"] == "false"
    assert verdicts(oracle, ours)["demo/cli.py"] == "true"
    assert "false" not in verdicts(oracle, other).values()


def test_readmes_are_no_evidence(oracle: Oracle) -> None:
    (oracle.tree.root / "README.md").write_text("Set DEMO_README_WORD")
    fresh = Oracle(oracle.tree.root)
    assert verdicts(fresh, "Set `DEMO_README_WORD`.")["DEMO_README_WORD"] == "unknown"


def test_coverage_counts_what_the_code_confirms(oracle: Oracle) -> None:
    human = "```sh\npip install demo-tool\ndemo --dry-run --colour\nmake test\n```\n`DEMO_PORT`"
    ours = "`demo --dry-run`\n\n```sh\npip install demo-tool\n```"
    found = report(oracle, ours, human).coverage
    assert found is not None
    assert found.stated == {"install": 1, "command": 1, "option": 1, "target": 1, "env": 1}
    assert sorted(str(miss["key"]) for miss in found.misses) == ["DEMO_PORT", "make:test"]


def test_install_is_right_by_registry_and_name() -> None:
    assert install_right("pip install demo-tool", "PyPI", "demo-tool")
    assert not install_right("pip install demo-tool-extra", "PyPI", "demo-tool")
    assert install_right("npm install --save-dev @a/b", "npm", "@a/b")
    assert install_right(
        "go install github.com/a/b/v2/cmd/c@latest", "Go modules", "github.com/a/b/v2"
    )
    assert names_registry("cargo install demo", "crates.io")
    assert not names_registry("npm install", "npm")


def test_slugs_as_github_makes_them() -> None:
    assert slug("What's new?") == "whats-new"
    assert slug("⚙️ Set up") == "\ufe0f-set-up"
    assert slug("`demo` [guide](x.md)") == "demo-guide"


def test_tree_lines_become_paths() -> None:
    document = parse("```\nsrc\n├── a/\n│   └── b.py\n└── c.md\n```")
    assert [span.text for span in tree_paths(document.blocks[0])] == ["a", "a/b.py", "c.md"]


def test_license_texts() -> None:
    assert license_of_text(FILES["LICENSE"]) == {"MIT"}
    assert license_of_text("GNU GENERAL PUBLIC LICENSE\n   Version 3, 29 June 2007") == {"GPL-3.0"}


def test_a_statement_says_where(oracle: Oracle) -> None:
    found = report(oracle, "# Demo\n\n[x](gone.md)\n").statements
    assert found == [Statement("link", "gone.md", "gone.md", 3, "false", "no such file")]


def test_a_sentence_may_name_what_maven_central_has(tmp_path: Path) -> None:
    (tmp_path / "repo").mkdir()
    pom = "<project><groupId>org.acme</groupId><artifactId>tide</artifactId></project>"
    (tmp_path / "repo/pom.xml").write_text(pom)
    text = "# Tide\n\nIts releases are on Maven Central as `org.acme:tide`.\n"
    found = report(Oracle(tmp_path / "repo"), text).statements
    assert [s.key for s in found if s.kind == "install"] == ["Maven Central:org.acme:tide"]
    assert install_right(text, "Maven Central", "org.acme:tide")
    assert not install_right(text, "Maven Central", "org.acme:other")


def test_dependency_lines_of_clojure_and_haskell(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    root.mkdir()
    (root / "project.clj").write_text('(defproject demo "1.0")\n')
    (root / "quill.cabal").write_text("name: quill\nversion: 1.0\n")
    text = (
        '```clojure\ndemo/demo {:mvn/version "RELEASE"}\n[demo "LATEST"]\n```\n\n'
        "```cabal\nbuild-depends: quill\nbuild-depends: other\n```\n"
    )
    found = verdicts(Oracle(root), text)
    assert found.get("Clojars:demo") == "true"
    assert found.get("Hackage:quill") == "true"
    assert "Hackage:other" not in found


def test_clean_is_not_what_a_build_tool_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo/gradlew").write_text("#!/bin/sh\n")
    (tmp_path / "repo/pom.xml").write_text("<project/>")
    text = "# A\n\n```sh\n./gradlew clean test\nmvn clean package\n```\n"
    found = report(Oracle(tmp_path / "repo"), text).statements
    assert [s.key for s in found if s.kind == "command"] == [
        "run:./gradlew test",
        "run:mvn package",
    ]
