"""Whether the index says what the journals say, and where a run's journal is."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from scorecards.archive.folder import Folder
from scorecards.archive.index import TABLES, Unreadable, read_through, reading
from scorecards.archive.ingest import made_again
from scorecards.archive.lock import held
from scorecards.archive.spool import sealed
from sim.errors import InvalidInput, Mark, Problem, RehearsalError

FEWEST_LETTERS = 4


@dataclass(frozen=True)
class Doubt:
    """Something that is not as it should be."""

    journal: str
    what: str


def inspect(folder: Folder, replays: int = 0) -> Iterator[Doubt]:
    """Every cell of the index against what the journals give now; and the latest journals are played again."""
    with held(folder.made().turn):
        doubts = list(_index_read_through(folder)) if folder.index.exists() else []
        yield from doubts
        if not doubts:
            yield from _compared(folder)
    names = sealed(folder)
    for name in names[-replays:] if replays else ():
        yield from _replayed(folder.runs / name)


def _compared(folder: Folder) -> Iterator[Doubt]:
    told: dict[str, dict[str, int]] = {}
    if folder.index.exists():
        with reading(folder) as connection:
            told = _prints(connection)
    with made_again(folder) as (connection, report):
        true = _prints(connection)
    yield from (Doubt(name, why) for name, why in report.damaged.items())
    for name in sorted(told.keys() | true.keys()):
        if name not in told:
            yield Doubt(name, "is not in the index; `rehearse archive ingest` brings it in")
        elif name not in true:
            yield Doubt(name, "is in the index, and there is no such journal")
        elif wrong := sorted(told[name].items() ^ true[name].items()):
            tables = sorted({table for table, _ in wrong})
            yield Doubt(name, f"the index says something else in {', '.join(tables)}")


def _prints(connection: DuckDBPyConnection) -> dict[str, dict[str, int]]:
    """A fingerprint of what each table says of each journal."""
    found: dict[str, dict[str, int]] = {}
    for table in TABLES:
        heads = [str(head[0]) for head in connection.execute(f"FROM {table} LIMIT 0").description or ()]
        cells = ", ".join(f"{table}.{head}" for head in heads if head != "run")
        rows = connection.execute(
            f"SELECT runs.journal, sum(hash({cells})::HUGEINT) FROM {table}"
            + ("" if table == "runs" else f" JOIN runs ON runs.run = {table}.run")
            + " GROUP BY runs.journal"
        )
        for journal, fingerprint in rows.fetchall():
            found.setdefault(journal, {})[table] = int(fingerprint)
    return found


def _index_read_through(folder: Folder) -> Iterator[Doubt]:
    try:
        read_through(folder)
    except Unreadable as error:
        yield Doubt(folder.index.name, f"cannot be read: {error}; `rehearse archive rebuild` makes it again")


def _replayed(path: Path) -> Iterator[Doubt]:
    from sim.replay import verify

    try:
        difference = verify(path)
    except RehearsalError as error:
        yield Doubt(path.name, str(error))
    else:
        if difference is not None:
            yield Doubt(path.name, str(difference))


def journal_of(folder: Folder, run: str) -> Path:
    """The journal of the run whose digest, seal or name begins so."""
    where = "starts_with(digest, $run) OR starts_with(seal, $run) OR starts_with(journal, $run)"
    if len(run) < FEWEST_LETTERS:
        raise _none(run, f"write {FEWEST_LETTERS} characters at least")
    with reading(folder) as connection:
        found = connection.execute(
            f"SELECT journal FROM runs WHERE {where} ORDER BY run LIMIT 10",
            {"run": run},
        ).fetchall()
    if not found:
        raise _none(run, "`rehearse sql recent` shows the latest")
    if len(found) > 1:
        raise _none(run, "several begin so: " + ", ".join(name for (name,) in found), "which run is meant is not clear")
    return folder.runs / str(found[0][0])


def _none(run: str, hint: str, what: str = "there is no such run in the archive") -> InvalidInput:
    return InvalidInput([Problem(Mark(run if run.isprintable() and len(run) < 100 else "RUN"), what, hint)])
