"""Processes: children that end with us, and waiting for those that are not our children."""

from __future__ import annotations

import ctypes
import signal
import time

import psutil

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Linux: have the kernel end this child when its parent ends, however that happens (prctl(2)); for preexec_fn."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def gone(process: psutil.Process) -> bool:
    """Whether it has ended. One that ended counts even if nobody has collected it yet: in a container, the process
    that orphans fall to may never do so."""
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def wait_until_gone(process: psutil.Process, seconds: float) -> bool:
    """Wait for its end; False when it still runs after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not gone(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
