"""Starts the worker, sends it requests and waits for answers, and survives whatever it does."""

import atexit
import contextlib
import json
import os
import select
import socket
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
ENDING_SECONDS = 5.0


class ChildLostError(RehearsalError):
    """The child is gone, late, or talks nonsense."""


class ChildLateError(ChildLostError):
    """The child did not answer in time."""


class Line:
    """A conversation over a socket: a request goes out, an answer comes back in time, or it is lost."""

    def __init__(self, ours: socket.socket | None) -> None:
        self._socket = ours
        if ours is not None:
            ours.setblocking(False)

    @property
    def alive(self) -> bool:
        """Whether somebody is there: one who speaks unasked has hung up."""
        return self._socket is not None and not select.select([self._socket], [], [], 0)[0]

    def ask(self, message: Message, seconds: float) -> dict[str, Any]:
        """Send a request and wait for its answer, or raise."""
        deadline = time.monotonic() + seconds
        try:
            self._send(message.bytes(), deadline)
        except OSError as problem:
            raise ChildLostError(f"it cannot be spoken to ({type(problem).__name__})") from None
        return self._answer(deadline)

    def _answer(self, deadline: float) -> dict[str, Any]:
        try:
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

    def _open(self) -> socket.socket:
        if self._socket is None:
            raise ChildLostError("it does not run")
        return self._socket

    def _send(self, body: bytes, deadline: float) -> None:
        line, view = self._open(), memoryview(body)
        while view:
            if not select.select([], [line], [], max(deadline - time.monotonic(), 0))[1]:
                raise ChildLateError("it does not listen")
            view = view[line.send(view[: 1 << 18]) :]

    def _read(self, size: int, deadline: float) -> bytes:
        line, parts, left = self._open(), list[bytes](), size
        while left:
            if not select.select([line], [], [], max(deadline - time.monotonic(), 0))[0]:
                raise ChildLateError("it took too long")
            part = line.recv(min(left, 1 << 20))
            if not part:
                raise ChildLostError("it ended")
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        """Hang up."""
        line, self._socket = self._socket, None
        if line is not None:
            line.close()


class Child(Line):
    """A worker process. Linux ties its life to the thread that started it, so it is given a thread that lasts."""

    def __init__(self, command: Sequence[str] = ()) -> None:
        self._command = list(command) or [sys.executable, "-P", "-m", "sim.tables.worker", str(os.getpid())]
        self._started, self._ended = threading.Event(), threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        ours, theirs = socket.socketpair()
        threading.Thread(target=self._host, args=[theirs], name="tables", daemon=True).start()
        self._started.wait()
        theirs.close()
        super().__init__(ours)
        if self._process is None:
            super().close()
        _LIVING.add(self)

    def _host(self, theirs: socket.socket) -> None:
        environment = {
            "PYTHONPATH": str(_ROOT), "PATH": os.environ.get("PATH", ""), "OPENBLAS_NUM_THREADS": "1",
            "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1",
        }  # fmt: skip
        try:
            self._process = subprocess.Popen(
                self._command, stdin=theirs.fileno(), stdout=theirs.fileno(), stderr=subprocess.DEVNULL,
                env=environment, start_new_session=True,
            )  # fmt: skip
        except OSError:
            return  # asking will say that it does not run
        finally:
            self._started.set()
        self._ended.wait()

    def fork(self, seconds: float) -> "Fork":
        """A copy of this process as it is now, memory and all, with a line of its own."""
        self.ask(Message({"ask": "fork"}), seconds)
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(self._open(), [b"!"], [theirs.fileno()])
            except OSError:
                raise ChildLostError("it ended") from None
            return Fork(self, ours, int(self._answer(time.monotonic() + seconds)["pid"]))

    def close(self) -> None:
        """End the process, whatever it is doing, and its forks with it."""
        super().close()
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
        self._ended.set()


class Fork(Line):
    """A copy of a child. Hanging up ends it when it listens next; `close` ends it whatever it is doing."""

    def __init__(self, parent: Child, ours: socket.socket, pid: int) -> None:
        super().__init__(ours)
        self._parent, self.pid = parent, pid
        self.hang_up = ours.close

    def close(self) -> None:
        """Have the parent kill it: only a parent knows for certain whose number that is."""
        if self._socket is not None:
            super().close()
            with contextlib.suppress(ChildLostError):  # without its parent it is gone already
                self._parent.ask(Message({"ask": "end", "pid": self.pid}), ENDING_SECONDS)


_LIVING: "weakref.WeakSet[Child]" = weakref.WeakSet()


@atexit.register
def _end_all() -> None:
    for child in list(_LIVING):
        child.close()
