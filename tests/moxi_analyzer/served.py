"""Repositories made for tests, plain and forged, and servers that give them, well and badly."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_SERVED = {
    "uploadpack.allowFilter": "true",
    "uploadpack.allowAnySHA1InWant": "true",
    "http.receivepack": "false",
    "core.compression": "0",
}
_ENVIRONMENT = os.environ | {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{who}_NAME": "A" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_EMAIL": "a@example.org" for who in ("AUTHOR", "COMMITTER")},
}

Entry = tuple[str, bytes, str]  # mode, name, object id


def git(folder: Path, *arguments: str, stdin: bytes = b"") -> str:
    """Run git in a bare repository of the tests' own."""
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], input=stdin, capture_output=True,
        env=_ENVIRONMENT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.decode().strip()


def empty(folder: Path) -> Path:
    """A bare repository without a commit that gives single files to who asks."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "--bare", "-b", "trunk")
    for key, value in _SERVED.items():
        git(folder, "config", key, value)
    return folder


def served(folder: Path, files: Mapping[str, bytes], large: Mapping[str, bytes] = {}) -> Path:
    """A bare repository with one commit of these files."""
    empty(folder)
    head = b"commit refs/heads/trunk\ncommitter A <a@example.org> 1700000000 +0000\ndata 1\nx\n"
    parts = [head]
    for path, content in files.items():
        parts.append(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(content), content))
    for path, content in large.items():
        parts.append(f"M 100644 {blob(folder, content)} {path}\n".encode())
    git(folder, "fast-import", "--quiet", stdin=b"".join(parts))
    return folder


def files_of(folder: Path) -> dict[str, bytes]:
    """The files of a folder by their posix paths."""
    found = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def blob(repo: Path, content: bytes) -> str:
    """Write a blob."""
    return written(repo, b"blob", content)


def forged_tree(repo: Path, entries: Sequence[Entry]) -> str:
    """Write a tree of any names, which git itself would refuse to make."""
    body = b"".join(
        mode.encode() + b" " + name + b"\0" + bytes.fromhex(oid) for mode, name, oid in entries
    )
    return written(repo, b"tree", body)


def written(repo: Path, kind: bytes, body: bytes) -> str:
    """Write an object as it is, asking no git: quick for large ones."""
    whole = b"%s %d\0%s" % (kind, len(body), body)
    oid = hashlib.sha1(whole, usedforsecurity=False).hexdigest()
    place = repo / "objects" / oid[:2] / oid[2:]
    place.parent.mkdir(exist_ok=True)
    if not place.exists():
        place.write_bytes(zlib.compress(whole, 1))
    return oid


def commit(repo: Path, tree: str) -> str:
    """Make a tree the newest commit of the repository."""
    made = git(repo, "commit-tree", "-m", "x", tree)
    git(repo, "update-ref", "refs/heads/trunk", made)
    return made


@contextmanager
def listening(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port at which each caller is handed to `answer`."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        is_over = threading.Event()

        def serve() -> None:
            while not is_over.is_set():
                with suppress(OSError):
                    caller, _ = server.accept()
                    caller.settimeout(20)
                    threading.Thread(target=_handle, args=(caller, answer), daemon=True).start()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            is_over.set()
            thread.join()


def _handle(caller: socket.socket, answer: Callable[[socket.socket], None]) -> None:
    with caller, suppress(OSError):
        answer(caller)
        caller.shutdown(socket.SHUT_RDWR)


def stall(caller: socket.socket) -> None:
    """Say nothing until the caller goes."""
    while caller.recv(4096):
        pass


def dribble(caller: socket.socket) -> None:
    """Begin an endless answer, a byte at a time."""
    caller.sendall(b"fff0# ")
    while True:
        caller.sendall(b"x")
        time.sleep(0.05)


def break_off(caller: socket.socket) -> None:
    """Close in the middle of the first line."""
    caller.recv(4096)
    caller.sendall(b"00")


def pack_half(repo: Path) -> Callable[[socket.socket], None]:
    """Answer as the git protocol wants, and break off within the pack."""

    def answer(caller: socket.socket) -> None:
        process = subprocess.Popen(
            ["git", "upload-pack", str(repo)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env=_ENVIRONMENT | {"GIT_PROTOCOL": "version=2"},
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        into, out = process.stdin, process.stdout
        caller.recv(4096)  # git-upload-pack /path\0host=…\0

        def hear() -> None:
            with suppress(OSError, ValueError):
                while said := caller.recv(65536):
                    into.write(said)
                    into.flush()

        threading.Thread(target=hear, daemon=True).start()
        try:
            while said := os.read(out.fileno(), 65536):
                if b"PACK" in said:
                    caller.sendall(said[: said.index(b"PACK") + 12])
                    break
                caller.sendall(said)
        finally:
            process.kill()
            process.wait()

    return answer


@contextmanager
def http(folder: Path, status: int = 200, **headers: str) -> Iterator[str]:
    """The address of a server of all repositories in `folder`, or of this one answer to all."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

        def _answer(self) -> None:
            if status != 200 or headers:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            path, _, query = self.path.partition("?")
            said = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            done = subprocess.run(
                ["git", "http-backend"], input=said, capture_output=True, check=False,
                env=_ENVIRONMENT | {
                    "GIT_PROJECT_ROOT": str(folder), "GIT_HTTP_EXPORT_ALL": "1",
                    "PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": self.command,
                    "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                    "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                    "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                },
            )  # fmt: skip
            head, _, body = done.stdout.partition(b"\r\n\r\n")
            lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
            self.send_response(int(lines.pop("Status", "200").split()[0]))
            for name, value in lines.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
