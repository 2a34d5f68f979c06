"""A small repository of every kind of statement that is planted."""

from __future__ import annotations

from pathlib import Path

import pytest

README = """\
# demo

[![Tests](https://github.com/acme/demo/actions/workflows/tests.yml/badge.svg)](docs/usage.md)

Requires Python 3.10 or later.
See [usage](docs/usage.md#options).
See [the options](#command-options).

```sh
git clone https://github.com/acme/demo
pip install demo-tool
demo-tool list --color --output report.txt
make build
npm run bundle
docker compose up web
```

`DEMO_TOKEN` is read from the environment; `--depth` sets the levels (default: `3`).

## Command options

```python
from demo.loader import load_table

load_table(path="x", delimiter=",")
```

```
demo
├── src
│   └── loader.py
└── docs
    └── usage.md
```

Released under the MIT License.
"""
FILES = {
    "README.md": README,
    "pyproject.toml": '[project]\nname = "demo-tool"\nversion = "1.0"\nrequires-python = ">=3.10"\n'
    '[project.scripts]\ndemo-tool = "demo.cli:main"\n',
    "src/loader.py": "",
    "src/demo/__init__.py": "",
    "src/demo/loader.py": "def load_table(path, delimiter=','):\n    return path\n",
    "src/demo/cli.py": "import argparse\nimport os\n\nparser = argparse.ArgumentParser()\n"
    "parser.add_argument('--color')\nparser.add_argument('--output')\n"
    "parser.add_argument('--depth', default=3)\nsub = parser.add_subparsers()\n"
    "sub.add_parser('list')\nsub.add_parser('remove')\nTOKEN = os.environ['DEMO_TOKEN']\n",
    "docs/usage.md": "# Usage\n",
    "Makefile": "build:\n\tpython -m build\n",
    "package.json": '{"private": true, "scripts": {"bundle": "tsc"}}\n',
    "compose.yaml": "services:\n  web:\n    image: x\n",
    ".github/workflows/tests.yml": "on: push\n",
    "LICENSE": "MIT License\n\nPermission is hereby granted, free of charge, to any person obtaining "
    "a copy of this software\n",
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "demo"
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root
