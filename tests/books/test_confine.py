"""Limits that hold for a program and all that it starts."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

KNOWN = sys.platform == "linux" and platform.machine() in ("x86_64", "aarch64")


def confined(
    *command: str, memory: int = 1 << 30, cpu: int = 5, output: int = 1 << 20
) -> subprocess.CompletedProcess[str]:
    limits = (str(memory), str(cpu), str(output))
    start = [sys.executable, "-I", "-m", "litink.books.confine", *limits, *command]
    return subprocess.run(start, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.skipif(not KNOWN, reason="the kernel's filter is written for Linux on x86-64 and ARM64")
@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_UNIX"])
def test_no_socket_can_be_made_by_a_program_or_its_children(family: str) -> None:
    inner = f"import socket; socket.socket(socket.{family})"
    done = confined(sys.executable, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])")
    assert "PermissionError" in done.stderr


def test_memory_and_time_are_bounded() -> None:
    assert "MemoryError" in confined(sys.executable, "-c", "bytearray(1 << 30)", memory=256 << 20).stderr
    assert confined(sys.executable, "-c", "while True: pass", cpu=1).returncode < 0


def test_what_is_allowed_works() -> None:
    assert confined(sys.executable, "-c", "print(sum(range(10)))").stdout == "45\n"
