"""Starts the worker, sends it requests and waits for answers, and survives whatever it does."""

import atexit
import contextlib
import json
import os
import select
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.errors import NotModelled, RehearsalError
from sim.tables.wire import LONGEST_ANSWER, Message

_ROOT = Path(__file__).resolve().parents[2]


class ChildLostError(RehearsalError):
    """The child is gone, late, or talks nonsense."""


class ChildLateError(ChildLostError):
    """The child did not answer in time."""


class Child:
    """One worker process. Linux ties its life to the thread that started it, so it is given a thread that lasts."""

    def __init__(self, command: Sequence[str] = ()) -> None:
        self._command = list(command) or [sys.executable, "-P", "-m", "sim.tables.worker", str(os.getpid())]
        self._started, self._ended = threading.Event(), threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        threading.Thread(target=self._host, name="tables", daemon=True).start()
        self._started.wait()
        _LIVING.add(self)

    def _host(self) -> None:
        environment = {
            "PYTHONPATH": str(_ROOT), "PATH": os.environ.get("PATH", ""), "OPENBLAS_NUM_THREADS": "1",
            "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1",
        }  # fmt: skip
        try:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env=environment, start_new_session=True,
            )  # fmt: skip
        except OSError:
            return  # asking will say that it does not run
        finally:
            self._started.set()
        self._ended.wait()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._running().pid

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process is not None and self._process.poll() is None

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            raise ChildLostError("it does not run")
        return self._process

    def ask(self, message: Message, seconds: float) -> dict[str, Any]:
        """Send a request and wait for its answer, or raise."""
        deadline = time.monotonic() + seconds
        try:
            self._send(message.bytes(), deadline)
            size = int.from_bytes(self._read(4, deadline), "big")
            if size > LONGEST_ANSWER:
                raise ChildLostError("its answer is too long")
            said = json.loads(self._read(size, deadline))
        except (OSError, ValueError, RecursionError, MemoryError) as problem:
            raise ChildLostError(f"its answer cannot be read ({type(problem).__name__})") from None
        if not isinstance(said, dict):
            raise ChildLostError("its answer is no object")
        if said.get("half_done"):
            self.close()
        if "not_modelled" in said:
            raise NotModelled(str(said["not_modelled"]))
        return said

    def _send(self, body: bytes, deadline: float) -> None:
        pipe = self._running().stdin
        assert pipe is not None
        os.set_blocking(pipe.fileno(), False)
        view = memoryview(body)
        while view:
            if not select.select([], [pipe], [], max(deadline - time.monotonic(), 0))[1]:
                raise ChildLateError("it does not listen")
            view = view[os.write(pipe.fileno(), view[: 1 << 16]) :]

    def _read(self, size: int, deadline: float) -> bytes:
        pipe = self._running().stdout
        assert pipe is not None
        parts, left = [], size
        while left:
            if not select.select([pipe], [], [], max(deadline - time.monotonic(), 0))[0]:
                raise ChildLateError("it took too long")
            part = os.read(pipe.fileno(), min(left, 1 << 20))
            if not part:
                raise ChildLostError("it ended")
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        """End the process, whatever it is doing."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
        self._ended.set()


_LIVING: "weakref.WeakSet[Child]" = weakref.WeakSet()


@atexit.register
def _end_all() -> None:
    for child in list(_LIVING):
        child.close()
