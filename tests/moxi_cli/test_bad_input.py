"""The hostile user: every kind of bad input ends in a README or in one sentence and exit code 2."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
from pathlib import Path

import pytest

RUN = "from moxi_cli.readme_gen import main; main()"
POSIX = pytest.mark.skipif(os.name != "posix", reason="needs POSIX")
SCRIPT = "#!/bin/sh\ntouch {trap}\ncat\n"


def readme_gen(
    *arguments: str | Path, cwd: Path, code: str = RUN, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process of its own; never a traceback, never more than a line."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("MOXI_", "GIT_"))}
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=cwd, env=clean | environment, capture_output=True, stdin=subprocess.DEVNULL, timeout=60,
    )  # fmt: skip
    assert b"Traceback" not in done.stderr, done.stderr
    assert b"internal error" not in done.stderr, done.stderr
    return done


def refused(done: subprocess.CompletedProcess[bytes], told: str) -> None:
    """One sentence, exit code 2, nothing on standard output."""
    assert done.returncode == 2, done.stderr
    assert told in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1
    assert done.stdout == b""


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", "-C", str(folder), *identity, *arguments],
        check=True, capture_output=True, text=True,
        env=os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_ALLOW_PROTOCOL": "file"},
    )  # fmt: skip
    return done.stdout


def make(root: Path, *, commit: bool = False) -> Path:
    """A small Python project."""
    (root / "src").mkdir(parents=True)
    (root / "pyproject.toml").write_text(
        '[project]\nname = "demo"\nversion = "1.0"\ndescription = "Counts the words of a text."\n'
    )
    (root / "src" / "demo.py").write_text("x = 1\n")
    if commit:
        git(root, "init", "-q", "-b", "main")
        git(root, "add", "-A")
        git(root, "commit", "-q", "-m", "x")
    return root


def is_written(done: subprocess.CompletedProcess[bytes]) -> None:
    assert done.returncode == 0, done.stderr
    assert b"Counts the words of a text." in done.stdout


@POSIX
def test_paths_that_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "dangling").symlink_to("nowhere")
    for target in ("loop", "dangling", "~nobody-of-that-name/x", "a" * 300, "a\nb"):
        refused(readme_gen(target, cwd=tmp_path), "No such directory")
    project = make(tmp_path / "p")
    refused(readme_gen(project, "-o", "~nobody-of-that-name/x", cwd=tmp_path), "There is no folder")
    refused(readme_gen(project, "-o", "a" * 300, cwd=tmp_path), "Cannot write")
    refused(readme_gen("https://[::1/x", cwd=tmp_path), "is no URL")
    refused(readme_gen(f"file://{project}", "--timeout", "inf", cwd=tmp_path), "timeout")
    for pattern in ("!", "[z-a]"):
        refused(readme_gen(project, "--exclude", pattern, cwd=tmp_path), repr(pattern))


@POSIX
def test_a_working_directory_that_is_gone(tmp_path: Path) -> None:
    project = make(tmp_path / "p")
    gone = tmp_path / "gone"
    gone.mkdir()
    code = f"import os; os.rmdir({str(gone)!r}); {RUN}"
    is_written(readme_gen(project, "-o", "-", cwd=gone, code=code))
    gone.mkdir()
    refused(readme_gen(cwd=gone, code=code), "No such directory")


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("HEAD", "ref: refs/heads/none\n"), ("HEAD", "no such thing"), ("config", "[core\n"),
        ("index", "DIRC\0\0"), ("objects", None), ("", "gitdir: /nowhere/at/all\n"),
    ],
)  # fmt: skip
def test_damaged_repositories_are_read_from_the_disk(
    tmp_path: Path, path: str, content: str | None
) -> None:
    root = make(tmp_path / "p", commit=True)
    place = root / ".git" / path
    if place.is_dir():
        shutil.rmtree(place)
    if content is None:
        place.mkdir()
    else:
        place.write_text(content)
    is_written(readme_gen(root, "-o", "-", cwd=tmp_path))


@POSIX
@pytest.mark.parametrize("place", [".git/config", ".git/HEAD", ".git"])
def test_pipes_in_place_of_git_files_do_not_hang(tmp_path: Path, place: str) -> None:
    root = make(tmp_path / "p", commit=True)
    if (root / place).is_dir():
        shutil.rmtree(root / place)
    else:
        (root / place).unlink()
    os.mkfifo(root / place)
    code = f"from moxi_analyzer import git; git.PROBE_TIMEOUT_S = 1.0\n{RUN}"
    is_written(readme_gen(root, "-o", "-", cwd=tmp_path, code=code))


@POSIX
def test_pipes_among_the_files_do_not_hang(tmp_path: Path) -> None:
    root = make(tmp_path / "p", commit=True)
    os.mkfifo(root / ".gitignore")
    os.mkfifo(root / "setup.py")
    code = f"from moxi_analyzer import git; git.run.__kwdefaults__['timeout_s'] = 1.0\n{RUN}"
    is_written(readme_gen(root, "-o", "-", cwd=tmp_path, code=code))


def test_a_damaged_bare_repository_is_refused(tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(make(tmp_path / "p", commit=True)), "b.git")
    shutil.rmtree(tmp_path / "b.git" / "objects")
    (tmp_path / "b.git" / "objects").mkdir()
    refused(readme_gen("b.git", cwd=tmp_path), "has no commit to read, or it is damaged")


def test_without_git(tmp_path: Path) -> None:
    root = make(tmp_path / "p", commit=True)
    is_written(readme_gen(root, "-o", "-", cwd=tmp_path, PATH="/nonexistent"))
    for target in (root / ".git", f"file://{root}"):
        refused(readme_gen(target, cwd=tmp_path, PATH="/nonexistent"), "takes git")


@POSIX
@pytest.mark.parametrize("path", [".:{path}", ":{path}", "{path}:."])
def test_a_git_in_the_folder_one_stands_in_is_not_run(tmp_path: Path, path: str) -> None:
    root = make(tmp_path / "p", commit=True)
    trap = tmp_path / "trapped"
    (root / "git").write_text(SCRIPT.format(trap=trap))
    (root / "git").chmod(0o755)
    is_written(readme_gen("-o", "-", cwd=root, PATH=path.format(path=os.environ["PATH"])))
    assert not trap.exists()


@POSIX
def test_nothing_that_a_repository_configures_is_run(tmp_path: Path) -> None:
    root = make(tmp_path / "p", commit=True)
    trap, script = tmp_path / "trapped", tmp_path / "trap.sh"
    script.write_text(SCRIPT.format(trap=trap))
    script.chmod(0o755)
    for key in (
        "core.fsmonitor core.pager core.sshCommand core.askPass core.gitProxy credential.helper "
        "diff.external diff.t.textconv filter.t.clean filter.t.smudge filter.t.process "
        "uploadpack.packObjectsHook core.alternateRefsCommand remote.origin.uploadpack"
    ).split():
        git(root, "config", key, str(script))
    for key, value in {
        "alias.ls-files": f"!{script}",
        "core.hooksPath": str(tmp_path),
        "remote.origin.url": f"ext::{script}",
        "remote.origin.promisor": "true",
        "extensions.partialClone": "origin",
        "protocol.ext.allow": "always",
        "core.worktree": "/",
        "include.path": str(tmp_path / "nothing"),
    }.items():
        git(root, "config", key, value)
    for name in ("post-index-change", "reference-transaction", "fsmonitor-watchman"):
        shutil.copy(script, tmp_path / name)
        shutil.copy(script, root / ".git" / "hooks" / name)
    (root / ".gitattributes").write_text("* filter=t diff=t\n")
    (root / "src" / "demo.py").write_text("x = 2\n")
    is_written(readme_gen(root, "-o", "-", cwd=tmp_path))
    shutil.copytree(root / ".git", tmp_path / "b.git")
    is_written(readme_gen("b.git", cwd=tmp_path))
    blob = git(root, "--git-dir=.git", "rev-parse", "HEAD:pyproject.toml").strip()
    (tmp_path / "b.git" / "objects" / blob[:2] / blob[2:]).unlink()
    assert readme_gen("b.git", cwd=tmp_path).returncode == 0
    assert not trap.exists()


@POSIX
def test_a_forged_index_leads_nowhere_else(tmp_path: Path) -> None:
    root = make(tmp_path / "p", commit=True)
    (tmp_path / "package.json").write_text('{"name": "stolen"}')
    names = sorted(
        [b"../package.json", b"pyproject.toml", b"src/../../package.json", b".git/config",
         str(tmp_path).encode() + b"/package.json", b"esc\x1b[31m.py", b"line\nend.py"]
    )  # fmt: skip
    (root / "esc\x1b[31m.py").write_text("x = 1\n")
    (root / "line\nend.py").write_text("x = 1\n")
    index = b"DIRC" + struct.pack(">II", 2, len(names))
    for name in names:
        entry = struct.pack(">10I", *[0] * 6, 0o100644, 0, 0, 5) + b"\x11" * 20
        entry += struct.pack(">H", len(name)) + name
        index += entry + b"\0" * (8 - len(entry) % 8)
    (root / ".git" / "index").write_bytes(index + hashlib.sha1(index).digest())  # noqa: S324
    told = json.loads(readme_gen(root, "--json", cwd=tmp_path).stdout)
    assert {f["path"] for f in told["snapshot"]["files"]} == {"pyproject.toml", "src/demo.py"}
    assert "stolen" not in json.dumps(told)


@POSIX
def test_what_stands_in_place_of_the_readme(tmp_path: Path) -> None:
    for name, target in (("pipe", ""), ("environ", "/proc/self/environ"), ("zero", "/dev/zero")):
        root = make(tmp_path / name)
        readme = root / "README.md"
        if target:
            readme.symlink_to(target)
        else:
            os.mkfifo(readme)
        refused(readme_gen(root, cwd=tmp_path), "exists")
        shown = readme_gen(root, "--diff", cwd=tmp_path).stdout
        assert b"+# " in shown
        assert not [line for line in shown.splitlines() if line[:1] == b"-" and line[:3] != b"---"]
        assert readme_gen(root, "--force", cwd=tmp_path).returncode == 0
        assert readme.is_file()
        assert not readme.is_symlink()
    (tmp_path / "dir" / "README.md").mkdir(parents=True)
    (tmp_path / "dir" / "a.py").write_text("x = 1\n")
    refused(readme_gen("dir", "--force", cwd=tmp_path), "is a directory")


@POSIX
@pytest.mark.parametrize("name", ["moxi.toml", ".env", "pyproject.toml"])
def test_settings_files_that_are_none(tmp_path: Path, name: str) -> None:
    root = make(tmp_path / "p")
    (root / name).unlink(missing_ok=True)
    os.mkfifo(root / name)
    assert readme_gen("-o", "-", cwd=root).returncode == 0
    (root / name).unlink()
    (root / name).symlink_to("/dev/zero")
    assert readme_gen("-o", "-", cwd=root).returncode == 0
    (root / name).unlink()
    with (root / name).open("wb") as file:
        file.truncate(1_000_000_000)
    done = readme_gen("-o", "-", cwd=root)
    assert done.returncode == 0 or (name == "moxi.toml" and b"too large" in done.stderr)


@pytest.mark.parametrize(
    "line",
    [
        "skip = 1", 'skip = "install"', "skip = [1]", 'badges = "perhaps"', "output = []",
        "tree_depth = 99999999999999999999", "timeout = inf", 'exclude = ["!"]', "unknown = 1",
        'output = "../out.md"', 'output = "/tmp/out.md"', 'template = "/etc/hostname"',
        'output = "\\u0000"', 'section = ["nothing"]', "x = " + "[" * 5000, "x = 1" + "0" * 5000,
    ],
)  # fmt: skip
def test_settings_of_wrong_kinds(tmp_path: Path, line: str) -> None:
    root = make(tmp_path / "p")
    (root / "moxi.toml").write_text(f"{line}\n")
    done = readme_gen(cwd=root)
    refused(done, "")
    assert not (tmp_path / "out.md").exists()
    assert not (root / "README.md").exists()


def test_settings_that_are_none_outside_the_tables(tmp_path: Path) -> None:
    root = make(tmp_path / "p")
    for value in ("install", '{"a": 1}', "[1]", "[", "\udcff"):
        refused(readme_gen("-o", "-", cwd=root, MOXI_SKIP=value), "Wrong settings")
        (root / ".env").write_bytes(b"MOXI_SKIP=" + os.fsencode(value) + b"\n")
        refused(readme_gen("-o", "-", cwd=root), "Wrong settings")
    (root / ".env").write_bytes(b"PASSWORD=\xff\xfe\n")  # another program's
    is_written(readme_gen("-o", "-", cwd=root))
    (root / ".env").write_text("MOXI_OUTPUT=../out.md\n")
    refused(readme_gen(cwd=root), "leads out")


@POSIX
@pytest.mark.parametrize("streams", [">&-", "2>&-", "<&-", "<&- 2>&-"])
def test_closed_streams(tmp_path: Path, streams: str) -> None:
    root = make(tmp_path / "p")
    call = f'"$0" -c "{RUN}" "$1" -o - {streams}'
    done = subprocess.run(
        ["sh", "-c", call, sys.executable, str(root)], capture_output=True, timeout=60
    )
    assert b"Traceback" not in done.stderr
    assert done.returncode == (2 if streams == ">&-" else 0)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk(tmp_path: Path) -> None:
    root = make(tmp_path / "p")
    refused(readme_gen(root, "-o", "/dev/full", cwd=tmp_path), "Cannot write '/dev/full'")
    call = ["sh", "-c", f'"$0" -c "{RUN}" "$1" -o - > /dev/full', sys.executable, str(root)]
    done = subprocess.run(call, capture_output=True, timeout=60)
    refused(done, "Cannot write to standard output")
    limited = f"import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nresource.setrlimit(resource.RLIMIT_FSIZE, (10, 10)); {RUN}"
    refused(readme_gen(root, cwd=tmp_path, code=limited), "Cannot write")
    assert sorted(p.name for p in root.iterdir()) == ["pyproject.toml", "src"]


@POSIX
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_end_in_the_middle_leaves_nothing(tmp_path: Path, number: int, code: int) -> None:
    root = make(tmp_path / "p")
    stop = (
        "import os, pathlib\n"
        f"def stop(self, target): os.kill(os.getpid(), {int(number)}); return None\n"
        f"pathlib.Path.replace = stop\n{RUN}"
    )
    done = readme_gen(root, cwd=tmp_path, code=stop)
    assert done.returncode == code
    assert sorted(p.name for p in root.iterdir()) == ["pyproject.toml", "src"]


def test_any_locale(tmp_path: Path) -> None:
    root = make(tmp_path / "p")
    words = "Zählt die Wörter 中文 eines Textes."
    (root / "pyproject.toml").write_text(
        f'[project]\nname = "demo"\ndescription = "{words}"\n', "utf-8"
    )
    for environment in (
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ):
        done = readme_gen(root, "-o", "-", cwd=tmp_path, **environment)
        assert words in done.stdout.decode("utf-8")
        assert readme_gen(root, "--force", cwd=tmp_path, **environment).returncode == 0
        assert words in (root / "README.md").read_text("utf-8")


@POSIX
@pytest.mark.parametrize("name", ["esc\x1b[31m", "bidi\u202e", "line\nend", "[/b]", "bad\udcff"])
def test_odd_names_of_the_folder_itself(tmp_path: Path, name: str) -> None:
    try:
        root = make(tmp_path / name)
    except OSError:
        pytest.skip("no such names on this file system")
    (root / "esc\x1b[31m.py").write_text("x = 1\n")
    for flags in (["-o", "-"], ["--explain"], ["--diff"], [], ["--force", "-v"]):
        done = readme_gen(root, *flags, cwd=tmp_path)
        assert done.returncode == 0
        for stream in (done.stdout, done.stderr):
            assert b"\x1b" not in stream
            assert "\u202e" not in stream.decode()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
def test_files_that_one_may_not_read(tmp_path: Path) -> None:
    root = make(tmp_path / "p", commit=True)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == 0 and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
        if folder.name.startswith("pytest-of-"):
            break
    (root / "setup.cfg").write_text("[metadata]\nname = hidden\n")
    (root / "setup.cfg").chmod(0)
    (root / "locked").mkdir(mode=0)
    drop = (  # as root once, so that all modules are loaded: an interpreter may lie in /root
        f"import os, traceback; from moxi_cli.readme_gen import main; from moxi_infer import *\n"
        f"import moxi_cli.write_command; write_readme({str(root)!r})\n"
        f"os.setgid(65534); os.setuid(65534); {RUN}"
    )
    done = readme_gen(root, "-o", "-", "-v", cwd=Path("/"), code=drop)
    is_written(done)
    assert b"not read: setup.cfg" in done.stderr
    assert b"hidden" not in done.stdout
    refused(readme_gen(root, cwd=Path("/"), code=drop), "Cannot write")
    root.chmod(0o700)
    refused(readme_gen(root, cwd=Path("/"), code=drop), "Not readable")
    refused(readme_gen(root / "src", cwd=Path("/"), code=drop), "Not readable")


def test_ignore_patterns_made_to_be_slow(tmp_path: Path) -> None:
    root = make(tmp_path / "p")
    slow = "*a" * 12 + "*b\n" + "**/a*/" * 8 + "b\n" + "[z-a]\n" + "*x*x*x*y\n" * 500
    (root / ".gitignore").write_text(slow)
    for letter in "axy":
        (root / (letter * 250)).write_text("x\n")
    is_written(readme_gen(root, "-o", "-", cwd=tmp_path))


def test_a_server_that_says_nothing(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"https://127.0.0.1:{server.getsockname()[1]}/a/b"
        code = f"from moxi_analyzer import git; git.STALL_S = 1.0\n{RUN}"
        done = readme_gen(url, cwd=tmp_path, code=code, https_proxy="", TMPDIR=str(tmp_path))
    refused(done, "git clone ran longer than 1 s")
    assert not list(tmp_path.iterdir())
