"""READMEs for tests of the training set."""

from __future__ import annotations

import random
from typing import Any

from moxi_core.records import KeyFile
from moxi_core.samples import ReadmeSample

README = """# {name}

[![build](https://img.shields.io/b.svg)](https://ci.example/b)

{name} counts the words of a text and prints the {adjective} ones, for people who {verb} a lot and want
to know which of their words come back again and again.

## 🚀 Installation

```sh
pip install {name}
```

Python 3.11 or later is needed, and nothing else; the {adjective} way is a virtual environment of its own.

## Usage

Run `{name} --top 5 notes.txt` to see the five most {adjective} words of a file, or read [the guide][guide]
to learn how people {verb} with it.

## Sponsors

Thanks to all who {verb} us with money, every month.

## License

{name} is {adjective} software under the MIT license, see [LICENSE](LICENSE).

[guide]: https://{name}.example/guide
"""
CLI = 'parser.add_argument("--top", type=int)\nparser.add_argument("notes")\n'
LETTERS = "bcdfghklmnprstvw"


def words(rnd: random.Random, count: int) -> str:
    return " ".join("".join(rnd.choices(LETTERS, k=6)) for _ in range(count))


def sample(
    owner: str, name: str = "wordy", *, seed: int | None = None, **more: Any
) -> ReadmeSample:
    """A sample; with a seed its sentences are unlike those of all others."""
    rnd = random.Random(seed)  # noqa: S311
    adjective, verb = (words(rnd, 14) if seed is not None else "common" for _ in range(2))
    text = README.format(name=name, adjective=adjective, verb=verb)
    given: dict[str, Any] = {
        "repo_url": f"https://github.com/{owner}/{name}",
        "owner": owner,
        "repo": name,
        "readme": text,
        "readme_path": "README.md",
        "commit": "c0ffee",
        "license": "MIT",
        "project_type": "cli",
        "file_tree": ("LICENSE", "pyproject.toml", f"src/{name}/cli.py"),
        "key_files": (KeyFile(path=f"src/{name}/cli.py", content=CLI),),
    }
    return ReadmeSample(**(given | more))
