"""No process stays behind, whoever ends first."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from webchat.launch.children import Child, run_logged

ROOT = Path(__file__).parents[3]

# A child that has a child, tells both pids, and will not end when asked politely.
STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
inner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(os.getpid(), inner.pid, flush=True)
time.sleep(600)
"""

# A launcher that holds a child and is ended from outside.
HOLDER = """
import sys
from webchat.launch.children import Child, exit_on_signals
exit_on_signals()
with Child([sys.executable, "-c", sys.argv[1]], grace=0.5) as child:
    child.wait()
"""


def gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody has asked after yet counts as well."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that is bound to happen."""
    for _ in range(300):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it never happened")


def hear_interrupts() -> None:
    """As in a terminal, also where this suite runs in the background, which ignores SIGINT."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def pids_in(log: Path) -> list[int]:
    until(lambda: log.exists() and log.read_text().endswith("\n"))
    return [int(word) for word in log.read_text().split()]


def test_a_command_runs_with_its_words_in_a_file(tmp_path: Path):
    log = tmp_path / "deep" / "log"
    program = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    assert run_logged([sys.executable, "-c", program], log) == 3
    assert sorted(log.read_text().split()) == ["err", "out"]


def test_leaving_the_block_ends_the_whole_group_even_a_stubborn_one(tmp_path: Path):
    log = tmp_path / "log"
    with (
        log.open("wb") as output,
        Child([sys.executable, "-c", STUBBORN], log=output, grace=0.2) as child,
    ):
        outer, inner = pids_in(log)
        assert child.exit_code is None
    until(lambda: gone(outer) and gone(inner))


def test_a_child_that_ended_by_itself_is_no_trouble():
    with Child([sys.executable, "-c", "raise SystemExit(7)"]) as child:
        assert child.wait() == 7
    assert child.exit_code == 7


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, -2)]
)
def test_a_signal_to_the_holder_ends_its_children(tmp_path: Path, number: int, code: int):
    log = tmp_path / "log"
    with log.open("wb") as output:
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLDER, STUBBORN],
            stdout=output,
            cwd=ROOT,
            stderr=output,
            preexec_fn=hear_interrupts,
        )
        outer, inner = pids_in(log)
        holder.send_signal(number)
        assert holder.wait(timeout=30) == code
    until(lambda: gone(outer) and gone(inner))


def test_an_interrupt_that_is_ignored_from_the_start_stays_ignored(tmp_path: Path):
    log = tmp_path / "log"
    with log.open("wb") as output:
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLDER, STUBBORN],
            stdout=output,
            cwd=ROOT,
            preexec_fn=ignore_interrupts,  # as a shell does for a job in the background
        )
        outer, inner = pids_in(log)
        holder.send_signal(signal.SIGINT)
        holder.send_signal(signal.SIGTERM)
        assert holder.wait(timeout=30) == 143, "SIGTERM ended it, not SIGINT"
    until(lambda: gone(outer) and gone(inner))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of our death")
def test_a_child_ends_when_its_holder_is_killed(tmp_path: Path):
    log = tmp_path / "log"
    program = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    with log.open("wb") as output:
        holder = subprocess.Popen([sys.executable, "-c", HOLDER, program], stdout=output, cwd=ROOT)
        (child,) = pids_in(log)
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    until(lambda: gone(child))
