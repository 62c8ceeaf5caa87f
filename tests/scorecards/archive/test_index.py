"""The index: every run once, whole, and made again when it is broken."""

import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from scorecards.archive.folder import Folder
from scorecards.archive.index import Unreadable, log_of, reading, writing
from scorecards.archive.ingest import ingest, rebuild
from scorecards.archive.inspect import inspect, journal_of
from scorecards.archive.migrate import MIGRATIONS
from scorecards.archive.spool import card_of, keep_card
from scorecards.grade import grade
from scorecards.run import Run
from sim.errors import InvalidInput
from tests.scorecards.archive.conftest import Real
from tests.scorecards.archive.test_spool import HOSTILE
from tests.shape.tree import ROOT

Filled = Callable[[int], Folder]


def _ask(folder: Folder, sql: str) -> list[tuple[object, ...]]:
    with reading(folder) as connection:
        return connection.execute(sql).fetchall()


def test_the_index_says_what_the_journal_says(filled: Filled, real: Real) -> None:
    """Runs, entries, counts, cards and findings are there in columns, with the figures of the run."""
    folder = filled(1)
    assert ingest(folder).runs == 1
    result = real.tail["result"]
    row = _ask(folder, "SELECT trainee, scenario, seed, outcome, resolved_at_ms, requests, failed, entries FROM runs")[
        0
    ]
    expected = ("trainee 0", "tutorial", 3, "resolved", result["resolved_at_ms"])
    assert row == (*expected, result["requests"]["total"], result["requests"]["failed"], len(real.facts))
    assert _ask(folder, "SELECT count(*), max(seq) + 1 FROM entries") == [(len(real.facts), len(real.facts))]
    assert _ask(folder, "SELECT value FROM counts WHERE name = 'POST /orders' AND measure = 'failed'") == [
        (result["endpoints"]["POST /orders"]["failed"],)
    ]
    assert _ask(folder, "SELECT score, user_harm FROM cards") == [(real.card.score, real.card.number("user_harm"))]
    found = _ask(folder, "SELECT criterion, earned, why, evidence FROM findings ORDER BY criterion")
    kept = sorted((one.criterion, round(one.earned, 2), one.why, list(one.evidence)) for one in real.card.findings)
    assert found == kept
    assert _ask(folder, "SELECT DISTINCT typeof(played_at), typeof(evidence) FROM runs, findings") == [
        ("TIMESTAMP", "INTEGER[]")
    ]


def test_answers_are_held_against_the_key(filled: Filled, real: Real, tmp_path: Path) -> None:
    """What was answered stands in columns, with whether it is right."""
    from sim.facts import QuestionAnswered

    folder = filled(0)
    answers = [
        QuestionAnswered(question="which", choice=("pr-12",)),
        QuestionAnswered(question="which", choice=("pr-11",)),
    ]
    other = Real(tmp_path, real.card, real.head, tuple((9, one) for one in answers), real.tail)
    other.write(folder.runs / "answers.jsonl")
    ingest(folder)
    assert _ask(folder, "SELECT question, choice, is_right FROM answers ORDER BY seq") == [
        ("which", ["pr-12"], True), ("which", ["pr-11"], False),
    ]  # fmt: skip


def test_bringing_in_twice_changes_nothing(filled: Filled) -> None:
    """A run is known by its seal, whatever its file is called."""
    folder = filled(3)
    assert ingest(folder).runs == 3
    shutil.copy(folder.runs / "0001.jsonl", folder.runs / "copy.jsonl")
    assert ingest(folder).runs == 0
    filled(2)
    assert ingest(folder).runs == 2
    assert _ask(folder, "SELECT count(*), count(DISTINCT seal) FROM runs") == [(5, 5)]


def test_what_is_damaged_is_named_and_left_out(filled: Filled) -> None:
    """One bad file hurts nobody else."""
    folder = filled(2)
    (folder.runs / "bad.jsonl").write_bytes((folder.runs / "0000.jsonl").read_bytes()[:-30])
    (folder.runs / "huge.jsonl").write_text(
        '{"journal":1,"scenario":"x","scenario_digest":"","seed":1' + "0" * 400 + "}\n"
    )
    report = ingest(folder)
    assert (report.runs, sorted(report.damaged)) == (2, ["bad.jsonl", "huge.jsonl"])


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_in_the_index(filled: Filled, real: Real, name: str) -> None:
    """It comes out of the index as it went in."""
    folder, said = filled(0), name.encode(errors="replace").decode()
    real.write(folder.runs / "hostile.jsonl", trainee=said)
    ingest(folder)
    assert _ask(folder, "SELECT trainee FROM runs") == [(said or None,)]


def test_a_card_may_come_later(filled: Filled, real: Real) -> None:
    """A run without a card is there at once, and is graded when somebody does."""
    folder = filled(1)
    card_of(folder.runs / "0000.jsonl").unlink()
    assert ingest(folder).runs == 1
    assert _ask(folder, "SELECT count(*) FROM cards") == [(0,)]
    assert ingest(folder, lambda journal: grade(Run.read(journal))).graded == 1
    assert _ask(folder, "SELECT score FROM cards") == [(real.card.score,)]
    assert ingest(folder, lambda journal: grade(Run.read(journal))).graded == 0


def test_a_card_of_another_run_is_not_believed(filled: Filled, real: Real) -> None:
    """It names the seal that it is for."""
    folder = filled(2)
    shutil.copy(card_of(folder.runs / "0000.jsonl"), card_of(folder.runs / "0001.jsonl"))
    ingest(folder)
    assert _ask(folder, "SELECT journal FROM runs SEMI JOIN cards USING (run)") == [("0000.jsonl",)]


def test_a_rebuilt_index_is_the_same(filled: Filled) -> None:
    """The journals are the truth: made again from them, every cell is as it was, and verify finds nothing."""
    folder = filled(5)
    ingest(folder)
    filled(4)
    ingest(folder)
    before = [
        _ask(folder, f"FROM {table} ORDER BY ALL") for table in ("runs", "entries", "counts", "cards", "findings")
    ]
    assert list(inspect(folder)) == []
    assert rebuild(folder).runs == 9
    assert before == [
        _ask(folder, f"FROM {table} ORDER BY ALL") for table in ("runs", "entries", "counts", "cards", "findings")
    ]


def test_verify_names_what_differs(filled: Filled) -> None:
    """A figure changed in the index, a journal that vanished, one that is new, and one that was tampered with."""
    folder = filled(3)
    ingest(folder)
    with writing(folder) as connection:
        connection.execute("UPDATE cards SET score = 1 WHERE run = 1")
    filled(1)
    (folder.runs / "0001.jsonl").unlink()
    tampered = folder.runs / "0002.jsonl"
    tampered.write_text(tampered.read_text().replace('"seed":3', '"seed":4'))
    found = [(doubt.journal, doubt.what) for doubt in inspect(folder)]
    assert [name for name, _ in found] == ["0002.jsonl", "0000.jsonl", "0001.jsonl", "0002.jsonl", "0003.jsonl"]
    words = (
        "seal does not fit",
        "something else in cards",
        "no such journal",
        "no such journal",
        "is not in the index",
    )
    assert all(word in what for word, (_, what) in zip(words, found, strict=True)), found


def test_a_log_that_broke_is_moved_aside_and_the_index_made_again(filled: Filled, tmp_path: Path) -> None:
    """Truncated, zeroed or with one flipped bit: no run is lost, and nothing is deleted."""
    folder = filled(6)
    ingest(folder)
    filled(6)
    log = _log_left_behind(folder)
    chance, ways, recovered = random.Random(4), (_truncated, _zeroed, _flipped), 0
    saved = tmp_path / "saved"
    shutil.copytree(folder.path, saved)
    for turn in range(9):
        shutil.rmtree(folder.path)
        shutil.copytree(saved, folder.path)
        broken = ways[turn % 3](log.read_bytes(), chance)
        log.write_bytes(broken)
        report = ingest(folder) if turn % 2 else rebuild(folder)
        assert _ask(folder, "SELECT count(*), count(DISTINCT seal) FROM runs") == [(12, 12)]
        recovered += bool(report.aside)
        assert not report.aside or broken in {path.read_bytes() for path in report.aside}
    assert recovered >= 3


_KILLED = """
import os, sys
from pathlib import Path
from scorecards.archive.folder import Folder
from scorecards.archive.index import writing
with writing(Folder(Path(sys.argv[1]))) as connection:
    connection.execute("SET wal_autocheckpoint='1GB'")
    connection.execute("BEGIN; INSERT INTO counts SELECT 1, 'x', 'y', 'z', range FROM range(5000); COMMIT")
    connection.execute("BEGIN; DELETE FROM counts WHERE block = 'x'; COMMIT")
    os._exit(0)
"""
_HOLDS = """
import sys, duckdb
held = duckdb.connect(sys.argv[1])
print("open", flush=True)
sys.stdin.read()
held.close()
"""


def _process(code: str, *words: Path) -> "subprocess.Popen[str]":
    """Another program; not a fork of this one, whose DuckDB has threads."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )


def _log_left_behind(folder: Folder) -> Path:
    """The write-ahead log as a process leaves it that is killed after its commit."""
    with _process(_KILLED, folder.path) as process:
        process.communicate(timeout=60)
    assert log_of(folder.index).stat().st_size > 1000
    return log_of(folder.index)


def _truncated(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(1, len(data))]


def _zeroed(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data) // 2, len(data) - 100)
    return data[:start] + bytes(len(data) - start)


def _flipped(data: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ (1 << chance.randrange(8))]) + data[place + 1 :]


def test_a_broken_index_is_not_deleted(filled: Filled) -> None:
    """Garbage where the index was: it lies aside, and all runs are there."""
    folder = filled(4)
    folder.index.write_bytes(b"garbage" * 4000)
    report = ingest(folder)
    assert [path.read_bytes()[:7] for path in report.aside] == [b"garbage"]
    assert _ask(folder, "SELECT count(*) FROM runs") == [(4,)]


def test_an_index_from_the_future_is_left_alone(filled: Filled) -> None:
    """A newer program made it: it is not touched, and what to do is said."""
    folder = filled(1)
    ingest(folder)
    with writing(folder) as connection:
        connection.execute("INSERT INTO meta VALUES (999, '9', '9', now()::TIMESTAMP)")
    for deed in (ingest, rebuild, lambda where: list(inspect(where))):
        with pytest.raises(InvalidInput, match="a newer version made this index"):
            deed(folder)


def test_an_index_that_another_program_has_open_is_not_broken(filled: Filled) -> None:
    """Somebody's DuckDB shell holds it: that is said, and nothing is moved."""
    folder = filled(1)
    ingest(folder)
    with _process(_HOLDS, folder.index) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        with pytest.raises(InvalidInput, match="another program has the index open"):
            ingest(folder)
        process.communicate("", timeout=60)
    assert not folder.aside.exists()


def test_an_older_schema_is_copied_and_brought_up(filled: Filled, tmp_path: Path) -> None:
    """One transaction leads to the newest schema, the runs are still there, and the old file as well."""
    folder = filled(3)
    ingest(folder)
    later = _migrations(
        tmp_path, "ALTER TABLE runs ADD COLUMN cohort VARCHAR DEFAULT 'none'; CREATE TABLE rooms (room INTEGER);"
    )
    with writing(folder, later) as connection:
        assert connection.execute("SELECT count(*), min(cohort) FROM runs").fetchall() == [(3, "none")]
        assert connection.execute("SELECT max(schema_version) FROM meta").fetchall() == [(2,)]
    copies = list(folder.aside.glob("schema-1-*.duckdb"))
    assert len(copies) == 1
    assert not log_of(folder.index).exists()
    with duckdb.connect(copies[0], read_only=True) as old:
        assert old.execute("SELECT count(*) FROM runs").fetchall() == [(3,)]


def test_a_migration_that_fails_leaves_everything_as_it_was(filled: Filled, tmp_path: Path) -> None:
    """All of its steps, or none."""
    folder = filled(2)
    ingest(folder)
    later = _migrations(tmp_path, "ALTER TABLE runs ADD COLUMN cohort VARCHAR; SELECT no_such_function();")
    with pytest.raises(duckdb.CatalogException), writing(folder, later):
        pass
    assert _ask(folder, "SELECT count(*) FROM runs") == [(2,)]
    assert "cohort" not in {name for (name,) in _ask(folder, "SELECT column_name FROM duckdb_columns()")}


def _migrations(tmp_path: Path, sql: str) -> Path:
    shutil.copytree(MIGRATIONS, tmp_path / "migrations")
    (tmp_path / "migrations" / "0002_later.sql").write_text(sql)
    return tmp_path / "migrations"


def test_a_reader_of_a_broken_index_is_told(filled: Filled) -> None:
    """Reading mends nothing by itself."""
    folder = filled(1)
    folder.index.write_bytes(b"garbage" * 4000)
    with pytest.raises(Unreadable), reading(folder):
        pass


def test_a_run_is_found_by_how_it_begins(filled: Filled, real: Real) -> None:
    """By digest, seal or name; if several begin so, they are named."""
    folder = filled(1)
    ingest(folder)
    assert journal_of(folder, real.tail["digest"][:8]) == folder.runs / "0000.jsonl"
    filled(1)
    ingest(folder)
    with pytest.raises(InvalidInput, match=r"0000\.jsonl, 0001\.jsonl"):
        journal_of(folder, real.tail["digest"][:8])
    assert journal_of(folder, "0001") == folder.runs / "0001.jsonl"
    with pytest.raises(InvalidInput, match="no such run"):
        journal_of(folder, "no such")


def test_a_kept_card_is_replaced_as_a_whole(filled: Filled, real: Real) -> None:
    """Nobody reads half a card."""
    folder = filled(1)
    keep_card(folder.runs / "0000.jsonl", "another seal", real.card)
    assert [path.name for path in folder.runs.iterdir() if path.name.endswith(".part")] == []
