"""A second process: its answer, its end, and what is done where there is none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from moxi_core.beside import beside, possible, shared

HAS_TWO = sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1
needs_two = pytest.mark.skipif(not HAS_TWO, reason="takes Linux and two cores")


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if there were no threads: libraries of other tests may have left some."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)


def forks(test: Callable[..., None]) -> Callable[..., None]:
    """A test of what a second process does."""
    marked: Callable[..., None] = needs_two(pytest.mark.usefixtures("alone")(test))
    return marked


@forks
def test_the_work_is_done_by_another_process() -> None:
    with beside(os.getpid) as other:
        assert other() != os.getpid()


@forks
def test_its_changes_stay_there() -> None:
    seen: list[int] = []
    with beside(lambda: seen.append(1)) as other:
        assert other() is None
    assert seen == []


def test_jobs_are_done_once_each_and_come_back_in_order() -> None:
    jobs = [lambda n=n: (n, "x" * 100_000) for n in range(40)]
    assert [n for n, _ in shared(jobs, costs=[n % 7 for n in range(40)])] == list(range(40))


@forks
def test_both_processes_take_jobs() -> None:
    def job() -> int:
        time.sleep(0.02)
        return os.getpid()

    assert len(set(shared([job] * 10, costs=[1] * 10))) == 2


@forks
def test_where_the_other_dies_its_work_is_done_here() -> None:
    here = os.getpid()

    def work() -> str:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return "done here"

    with beside(work) as other:
        assert other() == "done here"
    assert shared([work, work, work], costs=[1, 2, 3]) == ["done here"] * 3


@forks
def test_an_error_there_is_raised_here() -> None:
    def work() -> None:
        raise ValueError("no such thing")

    with beside(work) as other, pytest.raises(ValueError, match="no such thing"):
        other()


def test_beside_threads_no_process_is_forked() -> None:
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    try:
        assert not possible()
        with beside(os.getpid) as other:
            assert other() == os.getpid()
    finally:
        end.set()
        thread.join()


@forks
def test_where_no_process_can_be_forked_the_work_is_done_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse() -> int:
        raise OSError("too many processes")

    monkeypatch.setattr(os, "fork", refuse)
    with beside(os.getpid) as other:
        assert other() == os.getpid()
    assert shared([os.getpid] * 3, costs=[1, 1, 1]) == [os.getpid()] * 3


@forks
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_leaves_no_process_behind(tmp_path: Path, number: int, code: int) -> None:
    told = tmp_path / "pid"
    program = (
        "import os, time\n"
        "from moxi_cli.readme_gen import run_app\n"
        "from moxi_core.beside import beside\n"
        "def work():\n"
        f"    open({str(told)!r}, 'w').write(str(os.getpid()))\n"
        "    time.sleep(60)\n"
        "def program():\n"
        "    with beside(work) as other:\n"
        "        other()\n"
        "run_app(program)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE)
    while not (told.exists() and told.read_text()):
        time.sleep(0.01)
    process.send_signal(number)
    assert process.communicate(timeout=20)[1] == b""
    assert process.returncode == code
    with pytest.raises(ProcessLookupError):
        os.kill(int(told.read_text()), 0)
