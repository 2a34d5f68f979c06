"""A forge for tests: small git repositories in a folder, served as files or by git's own daemon."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

README = """# {name}

{name} counts the words of a text and tells which of them are the most common ones, for people who
write and want to know what they repeat. It reads files or standard input and prints a table that can
be sorted by count or by word; nothing is sent anywhere and nothing is kept.

## Installation

    pip install {name}

## Usage

Run `{name} --top 5 notes.txt` to see the five most common words of a file. The option `--sort` takes
`count` or `word`. See `src/{name}/cli.py` for all that it can do, and [the license](LICENSE) for what
you may do with it. Configuration is read from `pyproject.toml`.

{more}
"""
FILES = {
    "LICENSE": "MIT License\n\nCopyright (c) 2026 Someone\n\nPermission is hereby granted, free of "
    "charge, to any person obtaining a copy of this software and associated documentation files (the "
    '"Software"), to deal in the Software without restriction, including without limitation the rights '
    "to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, "
    "and to permit persons to whom the Software is furnished to do so, subject to the following "
    "conditions:\n\nThe above copyright notice and this permission notice shall be included in all "
    'copies or substantial portions of the Software.\n\nTHE SOFTWARE IS PROVIDED "AS IS", WITHOUT '
    "WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF "
    "MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE "
    "AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN "
    "ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR "
    "THE USE OR OTHER DEALINGS IN THE SOFTWARE.\n",
    "pyproject.toml": '[project]\nname = "{name}"\nversion = "1.0"\nlicense = "MIT"\n'
    'requires-python = ">=3.11"\n[project.scripts]\n{name} = "{name}.cli:main"\n',
    "src/{name}/__init__.py": '"""Counts words."""\n',
    "src/{name}/cli.py": "import argparse\n\n\ndef main():\n    parser = argparse.ArgumentParser()\n"
    '    parser.add_argument("file")\n    parser.add_argument("--top", type=int, default=10)\n'
    '    parser.add_argument("--sort", choices=["count", "word"])\n    parser.parse_args()\n',
    "tests/test_cli.py": "def test_it():\n    assert True\n",
}


class Forge:
    """Repositories at `{owner}/{name}.git` in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.base = f"file://{folder}/{{owner}}/{{name}}.git"

    def put(
        self, slug: str, files: Mapping[str, str | bytes] | None = None, *, more: str = ""
    ) -> str:
        """Commit files (a small Python project by default) to a repository; the commit."""
        name = slug.rpartition("/")[2]
        if files is None:
            files = {
                path.replace("{name}", name): text.replace("{name}", name)
                for path, text in FILES.items()
            }
            files |= {"README.md": README.format(name=name, more=more)}
        place = self.folder / f"{slug}.git"
        if not place.exists():
            _git(None, "init", "-q", "--bare", "-b", "main", str(place))
            for key in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
                _git(place, "config", key, "true")
        script = b"commit refs/heads/main\ncommitter A <a@b.c> 1700000000 +0000\ndata 1\nx\n"
        if _git(place, "for-each-ref"):
            script += b"from refs/heads/main^0\ndeleteall\n"
        for path, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            script += f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n"
        subprocess.run(
            ["git", "-C", str(place), "fast-import", "--quiet", "--force"], input=script, check=True
        )
        return _git(place, "rev-parse", "main")

    @contextmanager
    def daemon(self) -> Iterator[str]:
        """Serve them by git's daemon; the template of their addresses."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = ["git", "daemon", "--export-all", "--listen=127.0.0.1", f"--port={port}"]
        process = subprocess.Popen(
            [*command, f"--base-path={self.folder}", "--max-connections=64", str(self.folder)],
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            _answers(port)
            yield f"git://127.0.0.1:{port}/{{owner}}/{{name}}.git"
        finally:
            os.killpg(process.pid, 9)
            process.wait()


def _answers(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("git daemon does not answer")


def _git(place: Path | None, *arguments: str) -> str:
    where = [] if place is None else ["-C", str(place)]
    return subprocess.run(
        ["git", *where, *arguments], check=True, capture_output=True, text=True
    ).stdout.strip()
