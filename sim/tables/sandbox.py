"""Limits that the operating system holds a process to, because DuckDB's own settings do not."""

import contextlib
import ctypes
import os
import resource
import signal
import sys

ADDRESS_SPACE = 3 << 30
CPU_SECONDS = 900
QUERY_ADDRESS_SPACE = 1 << 30
_PR_SET_PDEATHSIG = 1


def confine(parent: int) -> None:
    """Limit this process for good, and have it die with its parent."""
    _limit(resource.RLIMIT_AS, ADDRESS_SPACE)
    _limit(resource.RLIMIT_CPU, CPU_SECONDS)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    die_with(parent)


def confine_query(seconds: float, parent: int) -> None:
    """Limit a fork that answers one question: its own CPU time, and some memory beyond what it was born with."""
    _limit(resource.RLIMIT_CPU, int(seconds) + 1)
    with contextlib.suppress(OSError, ValueError):
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123  # a file of the kernel
            born = int(file.read().split()[0]) * resource.getpagesize()
        _limit(resource.RLIMIT_AS, born + QUERY_ADDRESS_SPACE)
    die_with(parent)


def _limit(which: int, value: int) -> None:
    """Lower a limit where the system knows it; macOS refuses some."""
    _, hard = resource.getrlimit(which)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(which, (value, value))


def die_with(parent: int) -> None:
    """Linux kills this process when its parent dies; elsewhere the end of its input ends it."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
