"""A crowd finishing runs on one host: many are killed, an ingester is killed, a reader must not be refused.

Each run has the facts of a real one, written entry by entry through `Journal` and sealed; only the simulation in
between is left out. A run counts as finished when its process said so, after the seal.
"""

import json
import os
import random
import select
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scorecards.archive.folder import Folder
from scorecards.archive.index import reading
from scorecards.archive.ingest import ingest
from scorecards.archive.spool import place_for, sealed, settle_parts
from sim.facts import FACTS, Fact
from sim.journal import Journal

FACT_FIELDS = ("seq", "at_ms", "fact")


@dataclass
class Told:
    """What came of it."""

    finished: set[str] = field(default_factory=set)
    begun: int = 0
    killed: int = 0
    ingesters_killed: int = 0
    reads: int = 0
    refused: list[str] = field(default_factory=list)
    seconds: float = 0.0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    half: list[str] = field(default_factory=list)


def facts_of(journal: Path) -> tuple[dict[str, Any], list[tuple[int, Fact]], dict[str, Any]]:
    """The head, facts and closing line of a real run."""
    head, *rows, tail = (
        json.loads(line) for line in journal.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    )
    facts = [
        (row["at_ms"], FACTS[row["fact"]](**{name: value for name, value in row.items() if name not in FACT_FIELDS}))
        for row in rows
    ]
    return head, facts, {name: value for name, value in tail.items() if name != "seal"}


def crowd(folder: Folder, real: Path, *, trials: int, processes: int, seed: int = 1, span_s: float = 0.25) -> Told:
    """Trial after trial: many write, some are killed in the middle, while one brings runs in and one reads."""
    chance, told, parts = random.Random(seed), Told(), facts_of(real)
    _made(folder)
    reader, answers = _started(lambda line: _read(folder, line))
    for _ in range(trials):
        _trial(folder, parts, chance, told, processes, span_s)
    os.kill(reader, signal.SIGTERM)
    os.waitpid(reader, 0)
    for words in _drained(answers):
        told.reads += words == "ok"
        told.refused += [] if words == "ok" else [words]
    ingest(folder)
    _judge(folder, told, len(parts[1]))
    return told


def _trial(folder: Folder, parts: Any, chance: random.Random, told: Told, processes: int, span_s: float) -> None:
    writers = [_started(lambda line: _write(folder, parts, line)) for _ in range(processes)]
    ingester, _ = _started(lambda _: _bring(folder))
    begin = time.monotonic()
    doomed = sorted((chance.uniform(0, span_s), pid) for pid, _ in chance.sample(writers, processes // 4))
    if chance.random() < 0.5:
        doomed = sorted([*doomed, (chance.uniform(0, span_s), ingester)])
    for moment, pid in doomed:
        _until(begin + moment)
        os.kill(pid, signal.SIGKILL)
    _until(begin + span_s)
    for pid in (ingester, *(pid for pid, _ in writers)):
        os.kill(pid, signal.SIGTERM)
    told.seconds += time.monotonic() - begin
    dead = {pid for _, pid in doomed}
    told.killed += len(dead - {ingester})
    told.ingesters_killed += ingester in dead
    for pid, line in writers:
        told.finished.update(name for name in _drained(line) if name.endswith(".jsonl"))
        os.waitpid(pid, 0)
    os.waitpid(ingester, 0)


def _made(folder: Folder) -> None:
    """An empty index, by a process of its own: one that has opened DuckDB has threads, and is not to be forked."""
    if (pid := os.fork()) == 0:
        ingest(folder)
        os._exit(0)
    os.waitpid(pid, 0)


def _until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))


def _started(work: Any) -> tuple[int, int]:
    """A process that works until it is told to stop, and the end of a pipe with what it says."""
    inside, outside = os.pipe()
    if pid := os.fork():
        os.close(outside)
        return pid, inside
    stop: list[int] = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(1))
    try:
        step = work(outside)
        while not stop:
            step()
    except BaseException as error:  # noqa: BLE001 - whatever it is, the parent is told
        os.write(outside, f"{type(error).__name__}: {error}\n".encode()[:4000])
    finally:
        os._exit(0)


def _write(folder: Folder, parts: Any, line: int) -> Any:
    head, facts, tail = parts

    def step() -> None:
        keeping = place_for(folder, "one of many", datetime.now(UTC))
        journal = Journal.at(keeping, head)
        for at_ms, fact in facts:
            journal.append(at_ms, fact)
        journal.seal(tail)
        os.write(line, f"{keeping.path.name}\n".encode())

    return step


def _bring(folder: Folder) -> Any:
    return lambda: ingest(folder)


def _read(folder: Folder, line: int) -> Any:
    seen = [0]

    def step() -> None:
        with reading(folder) as connection:
            runs, short = connection.execute(
                "SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM runs WHERE runs.entries <> "
                "(SELECT count(*) FROM entries WHERE entries.run = runs.run))"
            ).fetchall()[0]
        os.write(
            line, b"ok\n" if runs >= seen[0] and not short else f"saw {runs} after {seen[0]}, {short} short\n".encode()
        )
        seen[0] = runs

    return step


def _drained(line: int) -> list[str]:
    """All that a process said before it ended."""
    pieces = []
    while select.select([line], [], [], 30)[0] and (piece := os.read(line, 1 << 16)):
        pieces.append(piece)
    os.close(line)
    return b"".join(pieces).decode().splitlines()


def _judge(folder: Folder, told: Told, entries: int) -> None:
    left = settle_parts(folder)
    told.begun = len(told.finished) + len(left.abandoned)
    with reading(folder) as connection:
        rows = connection.execute("SELECT journal, seal FROM runs").fetchall()
        short = connection.execute(
            "SELECT journal FROM runs LEFT JOIN (SELECT run, count(*) AS n FROM entries GROUP BY run) USING (run) "
            "WHERE n IS DISTINCT FROM ? OR runs.entries <> ?", [entries, entries]
        ).fetchall()  # fmt: skip
    names = Counter(name for name, _ in rows)
    told.lost = sorted((told.finished | set(sealed(folder))) - set(names))
    told.doubled = [name for name, times in names.items() if times > 1]
    told.half = [name for (name,) in short]
