"""Questions to the index in SQL: one statement that reads, behind a lock, within bounds of time, memory and rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Any

import duckdb

from scorecards.archive.folder import Folder
from scorecards.archive.index import reading
from sim.errors import InvalidInput, Mark, Problem, nearest

QUERIES = Path(__file__).with_name("queries")
ROWS_MAX, SECONDS_MAX = 1_000, 30.0
_CLOSED = (
    "SET enable_external_access=false", "SET max_temp_directory_size='0MB'", "SET memory_limit='1GB'",
    "SET lock_configuration=true",
)  # fmt: skip
_READS = {"SELECT", "EXPLAIN"}


@dataclass(frozen=True)
class Ready:
    """A query that came along: what it answers, and the words it takes."""

    name: str
    about: str
    sql: str

    @classmethod
    def read(cls, path: Path) -> "Ready":
        """The first line of a file says what it answers."""
        text = path.read_text(encoding="utf-8")
        return cls(path.stem.replace("_", "-"), text.partition("\n")[0].removeprefix("--").strip(), text)


@dataclass(frozen=True)
class Answer:
    """Columns and rows; `cut` if there were more."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    cut: bool


def ready() -> dict[str, Ready]:
    """The queries that came along, by name."""
    return {one.name: one for one in map(Ready.read, sorted(QUERIES.glob("*.sql")))}


def ask(
    folder: Folder, text: str, words: Mapping[str, str], rows_max: int = ROWS_MAX, seconds_max: float = SECONDS_MAX
) -> Answer:
    """Ask a ready query by its name, or SQL; `words` are its $names, and one that is not given is null."""
    known = ready()
    if text in known:
        sql = known[text].sql
    elif text.strip() and " " not in text.strip():
        raise _refused("there is no such query", nearest(text, tuple(known), f"known: {', '.join(known)}"))
    else:
        sql = text
    with reading(folder) as connection:
        for setting in _CLOSED:
            connection.execute(setting)
        bound = _bound(sql, words)
        timer = Timer(seconds_max, connection.interrupt)
        timer.daemon = True
        timer.start()
        try:
            cursor = connection.execute(sql, bound) if bound else connection.execute(sql)
            rows = cursor.fetchmany(rows_max + 1)
            columns = tuple(str(column[0]) for column in cursor.description or ())
        except duckdb.InterruptException:
            raise _refused(f"it took longer than {seconds_max:g} seconds", "ask for less") from None
        except (duckdb.InternalException, duckdb.FatalException):
            raise
        except (duckdb.Error, UnicodeError) as error:
            raise _refused(str(error).partition("\n")[0]) from None
        finally:
            timer.cancel()
            timer.join()
    return Answer(columns, tuple(rows[:rows_max]), len(rows) > rows_max)


def _bound(sql: str, words: Mapping[str, str]) -> dict[str, str | None]:
    """What stands for the names in a statement, once it is known to be one, and to read only."""
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise _refused(str(error).partition("\n")[0]) from None
    if len(statements) != 1:
        raise _refused(f"one statement is asked at a time, and these are {len(statements)}")
    if statements[0].type.name not in _READS:
        raise _refused("the archive is only read here", "write SELECT …, or name a query")
    wanted = sorted(statements[0].named_parameters)
    if unknown := sorted(set(words) - set(wanted)):
        takes = ", ".join(wanted) or "no words"
        raise _refused(f"the query takes no {unknown[0]!r}", nearest(unknown[0], wanted, f"it takes {takes}"))
    return {name: words.get(name) for name in wanted}


def _refused(what: str, hint: str = "") -> InvalidInput:
    return InvalidInput([Problem(Mark("the query"), what, hint)])
