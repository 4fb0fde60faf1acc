"""Limits that a process puts on itself before it touches what a stranger sent: memory, time, output, no network.

Also a way to start another program under them: ``python -I -m litink.books.confine MEMORY CPU OUTPUT PROGRAM …``.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys

# linux/audit.h, and the numbers of socket(2) and io_uring_setup(2) in each architecture's table of calls.
_ARCHITECTURES = {"x86_64": (0xC000003E, (41, 425)), "aarch64": (0xC00000B7, (198, 425))}
_X32 = 0x40000000  # calls of x86_64's other table have this bit
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2  # linux/prctl.h, linux/seccomp.h
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # linux/bpf_common.h
_ALLOW, _DENY = 0x7FFF0000, 0x00050000 | 13  # SECCOMP_RET_ALLOW; SECCOMP_RET_ERRNO with EACCES


def limit(*, memory: int, cpu: int, output: int) -> None:
    """Bound this process and all that it becomes: bytes of address space, CPU seconds, bytes of each file written."""
    try:
        import resource
    except ImportError:  # not a POSIX system: the wall clock of who started it is the only limit
        return
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, output),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard),) * 2)


def leave_network() -> bool:
    """Have the kernel refuse every new socket to this process and all that it becomes; False where it cannot.

    A seccomp filter (seccomp(2)), which needs no privilege and survives exec, also where containers forbid namespaces.
    """
    if sys.platform != "linux" or platform.machine() not in _ARCHITECTURES:
        return False
    architecture, calls = _ARCHITECTURES[platform.machine()]
    deny = len(calls) + 2  # instructions from the test of the architecture's bit to the last one
    program = [
        (_LOAD, 0, 0, 4),  # seccomp_data.arch
        (_EQUAL, 0, deny + 1, architecture),
        (_LOAD, 0, 0, 0),  # seccomp_data.nr
        (_AT_LEAST, deny - 1, 0, _X32),
        *((_EQUAL, deny - 2 - index, 0, call) for index, call in enumerate(calls)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _DENY),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in program))
    head = struct.pack("HxxxxxxP", len(program), ctypes.addressof(code))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    return not prctl(_SET_SECCOMP, _FILTER, ctypes.c_char_p(head), 0, 0)


if __name__ == "__main__":
    limit(memory=int(sys.argv[1]), cpu=int(sys.argv[2]), output=int(sys.argv[3]))
    leave_network()
    os.execv(sys.argv[4], sys.argv[4:])  # noqa: S606 - the program is named by who started this one
