"""Brings sealed journals into the index: each once, whole, in batches; and makes the index again from all of them."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path

from duckdb import DuckDBPyConnection

from scorecards.archive.columns import Batch, Right
from scorecards.archive.decode import Damaged, KeptCard, Sealed, read_sealed
from scorecards.archive.folder import Folder
from scorecards.archive.index import Unreadable, fresh, log_of, put_aside, read_through, reading, writing
from scorecards.archive.lock import held
from scorecards.archive.spool import keep_card, read_card, sealed, settle_parts
from scorecards.findings import Card
from sim.errors import RehearsalError

BATCH_RUNS = 500
"""So many runs are one transaction: enough to be fast, few enough that readers wait a fraction of a second."""

Grade = Callable[[Path], Card]


@dataclass
class Ingested:
    """What came of bringing runs in."""

    runs: int = 0
    graded: int = 0
    open: tuple[str, ...] = ()
    abandoned: tuple[str, ...] = ()
    damaged: dict[str, str] = field(default_factory=dict)
    ungraded: dict[str, str] = field(default_factory=dict)
    aside: list[Path] = field(default_factory=list)
    busy: bool = False


def ingest(folder: Folder, grade: Grade | None = None, *, wait: bool = True) -> Ingested:
    """Bring in what is new. One process does it at a time; without waiting, a second leaves it to the first."""
    folder.made()
    with held(folder.turn, wait=wait) as ours:
        if not ours:
            return Ingested(busy=True)
        waiting = settle_parts(folder)
        report = Ingested(open=waiting.open, abandoned=waiting.abandoned)
        try:
            _bring_new(folder, grade, report)
        except Unreadable:
            with held(folder.lock):
                report.aside = put_aside(folder)
            _bring_new(folder, grade, report)
        return report


def rebuild(folder: Folder, grade: Grade | None = None) -> Ingested:
    """Make the index again from the journals alone, beside the old one, which is read until it is replaced."""
    folder.made()
    with held(folder.turn):
        waiting = settle_parts(folder)
        broken = _broken(folder)
        with made_again(folder, grade) as (connection, report):
            connection.execute("CHECKPOINT")
        report.open, report.abandoned = waiting.open, waiting.abandoned
        with held(folder.lock):
            if broken:
                report.aside = put_aside(folder)
            log_of(folder.index).unlink(missing_ok=True)
            _again(folder).replace(folder.index)
        return report


@contextmanager
def made_again(folder: Folder, grade: Grade | None = None) -> Iterator[tuple[DuckDBPyConnection, Ingested]]:
    """An index of its own from all journals of a folder, beside the one that is known; whoever asks has the turn."""
    path, report = _again(folder), Ingested()
    for old in (path, log_of(path)):
        old.unlink(missing_ok=True)
    with fresh(path) as connection:
        for batch in _batches(folder, sealed(folder), 0, set(), grade, report):
            _write(connection, batch)
        yield connection, report


def _again(folder: Folder) -> Path:
    return folder.path / "again.duckdb"


def _broken(folder: Folder) -> bool:
    try:
        if folder.index.exists():
            read_through(folder)
    except Unreadable:
        return True
    return False


def _bring_new(folder: Folder, grade: Grade | None, report: Ingested) -> None:
    if not folder.index.exists():
        with writing(folder):
            pass
    with reading(folder) as connection:
        known = {name for (name,) in connection.execute("SELECT journal FROM runs").fetchall()}
        number = int(connection.execute("SELECT coalesce(max(run), 0) FROM runs").fetchall()[0][0])
        bare = connection.execute("SELECT journal, seal, run FROM runs ANTI JOIN cards USING (run)").fetchall()
    new = [name for name in sealed(folder) if name not in known]
    seals = _seals(folder) if new else set()
    for batch in _batches(folder, new, number, seals, grade, report):
        with writing(folder) as connection:
            _write(connection, batch)
    if late := _late_cards(folder, bare, grade, report):
        with writing(folder) as connection:
            _write(connection, late)


def _seals(folder: Folder) -> set[str]:
    with reading(folder) as connection:
        return {seal for (seal,) in connection.execute("SELECT seal FROM runs").fetchall()}


def _batches(
    folder: Folder, names: Iterable[str], number: int, seals: set[str], grade: Grade | None, report: Ingested
) -> Iterator[Batch]:
    found = _whole(folder, names, seals, report)
    while some := list(islice(found, BATCH_RUNS)):
        batch = Batch()
        for name, run in some:
            number += 1
            batch.add(number, name, run, right_choices)
            if card := _card(folder.runs / name, run.tail.seal, grade, report):
                batch.add_card(number, card)
        report.runs += batch.runs
        yield batch


def _whole(folder: Folder, names: Iterable[str], seals: set[str], report: Ingested) -> Iterator[tuple[str, Sealed]]:
    """The journals that can be believed to be whole, each run once."""
    for name in names:
        try:
            run = read_sealed(folder.runs / name)
        except Damaged as damage:
            report.damaged[name] = str(damage)
            continue
        if run.tail.seal not in seals:
            seals.add(run.tail.seal)
            yield name, run


def _card(journal: Path, seal: str, grade: Grade | None, report: Ingested) -> KeptCard | None:
    """The card that was kept, or a new one from playing the journal again."""
    if (told := read_card(journal, seal)) is not None or grade is None:
        return told
    try:
        keep_card(journal, seal, grade(journal))
    except RehearsalError as error:
        report.ungraded[journal.name] = str(error)
        return None
    report.graded += 1
    return read_card(journal, seal)


def _late_cards(
    folder: Folder, bare: Iterable[tuple[str, str, int]], grade: Grade | None, report: Ingested
) -> Batch | None:
    """Cards of runs that came in without one."""
    batch, found = Batch(), False
    for name, seal, number in bare:
        if card := _card(folder.runs / name, seal, grade, report):
            batch.add_card(number, card)
            found = True
    return batch if found else None


def _write(connection: DuckDBPyConnection, batch: Batch) -> None:
    connection.execute("BEGIN")
    try:
        batch.write(connection)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@lru_cache(maxsize=1_000)
def right_choices(scenario: str) -> Right:
    """The right choices of a scenario's questions, if it is one that is known here."""
    from sim.scenario.load import catalogue, find, load

    if scenario.partition("/")[0] not in catalogue():
        return {}
    try:
        key = load(find(scenario), 0).key
    except RehearsalError:
        return {}
    return {} if key is None else {name: frozenset(one.right) for name, one in key.questions.items()}
