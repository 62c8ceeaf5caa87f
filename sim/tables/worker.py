"""The child process: reads requests, works on its store, answers. Runs work on forks of it, and questions on theirs.

Started as `python -m sim.tables.worker PARENT`. A fork is a copy of every table that costs nothing and can be killed,
so whatever a question does, the tables stay as they were, and each run finds them as they were at clock zero.
"""

import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

from sim.errors import NotModelled
from sim.tables.alterations import is_ddl
from sim.tables.batch import Batch
from sim.tables.foresight import foresee
from sim.tables.keeping import bring, keep, put_back
from sim.tables.parsing import parse
from sim.tables.sandbox import confine, confine_query, die_with
from sim.tables.schema import Missing
from sim.tables.store import Store
from sim.tables.wire import LONGEST_ANSWER, Message, answer, decoded, numbers, receive
from sim.tables.witness import at_moment, rehearse

Fields = dict[str, Any]


class Worker:
    """One store and what may be asked of it: a method for each request."""

    def __init__(self) -> None:
        self.store = Store(0)

    def create(self, message: Message) -> Fields:
        self.store = Store(
            message.fields["starts_us"], tuple((moment, jump) for moment, jump in message.fields["jumps"])
        )
        self.store.create(message.fields["ddls"], message.fields["facts"])
        return {}

    def fill(self, message: Message) -> Fields:
        self.store.fill(message.fields["table"], decoded(message.fields["columns"], message.blobs))
        return {}

    def finish(self, message: Message) -> Fields:
        self.store.finish(message.fields["table"], [(name, sql) for name, sql in message.fields["expressions"]])
        return {}

    def run(self, message: Message) -> Fields:
        fields = message.fields
        return {"rows": self.store.run(fields["sql"], fields["at_ms"], by_hand=fields["by_hand"])}

    def keep(self, message: Message) -> Fields:
        keep(self.store, message.fields["copy"], message.fields["fewer"], message.fields["points"])
        return {}

    def put_back(self, message: Message) -> Fields:
        fields = message.fields
        return {"rows": put_back(self.store, fields["copy"], fields["tables"], fields["at_ms"])}

    def bring(self, message: Message) -> Fields:
        return {"rows": bring(self.store, message.fields["copy"], message.fields["beside"])}

    def append(self, message: Message) -> Fields:
        return {"rows": self.store.append(message.fields["statements"], _batch(message))}

    def rehearse(self, message: Message) -> Fields:
        node, at_ms = parse(message.fields["sql"]), message.fields["at_ms"]
        if is_ddl(node):
            return {"trials": []}
        trials = rehearse(self.store, node, at_ms)
        said = at_moment(node, self.store.moment(at_ms))
        asked = message.fields["sql"] if said is node else said.sql("postgres")
        return {"trials": [vars(trial) for trial in trials], "sql": asked}

    def foresee(self, message: Message) -> Fields:
        fields = message.fields
        reach, answers = foresee(self.store, parse(fields["sql"]), fields["at_ms"], fields["asked"], fields["limit"])
        return {"reach": vars(reach), "answers": [vars(answer) for answer in answers]}

    def rows(self, message: Message) -> Fields:
        fields = message.fields
        for name, (heads, lines) in fields["shown"].items():
            self.store.show(name, heads, lines)
        columns, rows = self.store.rows(fields["sql"], fields["at_ms"], fields["limit"], fields["cell"])
        return {"columns": columns, "rows": rows}

    def witness(self, message: Message) -> Fields:
        fields = message.fields
        columns, rows = self.store.witness(fields["table"], fields["finds"], fields["at_ms"], fields["limit"])
        return {"columns": columns, "rows": rows}

    def count(self, message: Message) -> Fields:
        return {"rows": self.store.count(message.fields["sql"], message.fields["at_ms"])}

    def holds(self, message: Message) -> Fields:
        try:
            return {"holds": self.store.holds(message.fields["sql"], message.fields["at_ms"])}
        except Missing:
            return {"holds": False}

    def bits(self, message: Message) -> Fields:
        batch = _batch(message)
        try:
            found = self.store.bits(message.fields["guard"], batch, message.fields["flags"])
        except Missing:
            if not message.fields["harm"]:
                raise
            found = bytes(len(batch))
        return {"bits": found.hex()}

    def harm(self, message: Message) -> Fields:
        wrong = {name: self._found(sql, message.fields["at_ms"]) for name, sql in message.fields["wrong"].items()}
        lost = self.store.lost(message.fields["at_ms"])
        losses = self.store.losses
        return {"lost": lost, "overwritten": losses.overwritten(), "dropped": losses.dropped, "wrong": wrong}

    def toll(self, message: Message) -> Fields:
        """What statements take away. They are carried out, so this is only ever asked in a copy."""
        at_ms = message.fields["at_ms"]
        lost, overwritten = self.store.lost(at_ms), self.store.losses.overwritten()
        for statement in message.fields["statements"]:
            self.store.run(statement, at_ms)
        return {
            "lost": max(0, self.store.lost(at_ms) - lost),
            "overwritten": self.store.losses.overwritten() - overwritten,
        }

    def _found(self, sql: str, at_ms: int) -> int:
        try:
            return self.store.count(sql, at_ms)
        except Missing:
            return 0

    def digest(self, message: Message) -> Fields:
        return {"digest": str(self.store.digest(message.fields["table"]))}


CHANGES = frozenset({"create", "fill", "finish", "run", "append", "keep", "put_back", "bring"})
REQUESTS: dict[str, Callable[[Worker, Message], Fields]] = {
    name: getattr(Worker, name)
    for name in (
        "create", "fill", "finish", "run", "append", "rehearse", "foresee", "rows", "witness", "count", "holds", "bits",
        "harm", "toll", "digest", "keep", "put_back", "bring",
    )
}  # fmt: skip


def _batch(message: Message) -> Batch:
    *columns, moments = message.blobs
    return Batch(numbers(moments), decoded(message.fields["columns"], columns))


def reply(worker: Worker, message: Message) -> Fields:
    """Answer one request; whatever goes wrong is an answer too."""
    try:
        return REQUESTS[message.fields["ask"]](worker, message)
    except NotModelled as problem:
        said = str(problem)
    except MemoryError:
        said = "this needs more memory than a statement is given"
    except RecursionError:
        said = "this SQL is nested too deeply"
    except Exception as problem:  # noqa: BLE001  # DuckDB's refusals have many classes, and none may end the child
        said = "the tables cannot do this: " + (str(problem).splitlines() or [type(problem).__name__])[0][:300]
    return {"not_modelled": said, "half_done": worker.store.half_done}


def forked(worker: Worker, message: Message) -> bytes:
    """Answer in a copy of this process that is killed when it takes too long."""
    seconds, here = float(message.fields["seconds"]), os.getpid()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            confine_query(seconds, here)
            _write(writing, json.dumps(reply(worker, message)).encode())
        finally:
            os._exit(0)
    os.close(writing)
    try:
        body = _read_until(reading, time.monotonic() + seconds)
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if body is None:
        return answer({"not_modelled": f"stopped after {seconds:g} s"})
    if not body:
        return answer({"not_modelled": "this needs more time or memory than a question is given"})
    return len(body).to_bytes(4, "big") + body


def _write(pipe: int, body: bytes) -> None:
    while body:
        body = body[os.write(pipe, body[: 1 << 16]) :]


def _read_until(pipe: int, deadline: float) -> bytes | None:
    """Everything that a fork says; None when it is late."""
    parts: list[bytes] = []
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([pipe], [], [], left)[0]:
            return None
        part = os.read(pipe, 1 << 20)
        if not part:
            return b"".join(parts)
        parts.append(part)
        if sum(map(len, parts)) > LONGEST_ANSWER:
            return b""


def serve(worker: Worker, line: socket.socket) -> None:
    """Answer until the other side hangs up."""
    requests, forks = line.makefile("rb"), set[int]()
    while (message := receive(requests)) is not None:
        if message.fields["ask"] == "fork":
            line.sendall(answer({}))
            _, (given,), *_ = socket.recv_fds(line, 1, 1)
            here, child = os.getpid(), os.fork()
            if child == 0:
                die_with(here)
                requests.close()
                line.close()
                serve(worker, socket.socket(fileno=given))
                return
            os.close(given)
            forks.add(child)
            line.sendall(answer({"pid": child}))
        elif message.fields["ask"] == "end":
            if (pid := message.fields["pid"]) in forks:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                forks.remove(pid)
            line.sendall(answer({}))
        else:
            line.sendall(forked(worker, message) if "seconds" in message.fields else answer(reply(worker, message)))


def main() -> None:
    """Serve whoever started this."""
    confine(int(sys.argv[1]))
    sys.modules["pandas"] = None  # type: ignore[assignment]  # duckdb would look for it once for every value
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    line = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    serve(Worker(), line)


if __name__ == "__main__":
    main()
