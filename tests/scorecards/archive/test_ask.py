"""Questions to the archive: they read, within bounds, and nothing else."""

from pathlib import Path

import pytest

from scorecards.archive.ask import ask, ready
from scorecards.archive.folder import Folder
from sim.errors import InvalidInput
from tests.scorecards.archive.conftest import Real
from tests.tui.command_line import rehearse


@pytest.mark.parametrize("name", ready())
def test_every_ready_query_answers(nine: Folder, name: str) -> None:
    """With no word and with each of its words; its first line says what it answers."""
    sql = ready()[name].sql
    words = {
        word: value
        for word, value in (("trainee", "trainee 1"), ("run", "x"), ("scenario", "tutorial"))
        if f"${word}" in sql
    }
    assert ready()[name].about
    assert ask(nine, name, {}).columns == ask(nine, name, words).columns


def test_ready_queries_answer_what_they_say(nine: Folder, real: Real) -> None:
    """Nine runs of seven trainees: the best of each, all of one, the spread of all."""
    assert len(ask(nine, "leaderboard", {}).rows) == 7
    history = ask(nine, "history", {"trainee": "trainee 1"})
    assert [row[0].second for row in history.rows] == [8, 1]
    spread = dict(zip(*(ask(nine, "quantiles", {}).columns, ask(nine, "quantiles", {}).rows[0]), strict=True))
    assert (spread["runs"], spread["scores"][2], spread["failed"][1]) == (
        9,
        real.card.score,
        real.tail["result"]["requests"]["failed"],
    )
    items = ask(nine, "items", {}).rows
    assert {row[2] for row in items} == {one.criterion for one in real.card.findings if one.possible}
    assert {row[3] for row in items} == {9}


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM runs", "INSERT INTO runs SELECT * FROM runs", "DROP TABLE runs", "CREATE TABLE x (a INTEGER)",
        "COPY runs TO 'out.csv'", "ATTACH 'other.duckdb' AS other", "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM '/etc/passwd'", "FROM read_csv('https://example.org/x.csv')", "INSTALL httpfs", "LOAD httpfs",
        "SET enable_external_access=true", "SELECT 1; SELECT 2", "PRAGMA database_size; DROP TABLE runs", "",
        "SELECT * FROM glob('/*')", "SELEC 1", "EXPORT DATABASE 'out'", "CHECKPOINT", "CALL force_checkpoint()",
        "EXPLAIN ANALYZE DELETE FROM runs",
    ],
)  # fmt: skip
def test_what_does_not_read_the_index_is_refused(nine: Folder, sql: str) -> None:
    """Writing, other files, the network, settings: refused with a reason, and the runs are still there."""
    before = sorted(nine.path.rglob("*"))
    with pytest.raises(InvalidInput):
        ask(nine, sql, {})
    assert ask(nine, "SELECT count(*) FROM runs", {}).rows == ((9,),)
    assert sorted(nine.path.rglob("*")) == before


def test_a_question_without_end_is_ended(nine: Folder) -> None:
    """Whoever asks too much is told so, and others can ask."""
    with pytest.raises(InvalidInput, match=r"longer than 0\.3 seconds"):
        ask(
            nine,
            "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range % 7 = b.range % 5",
            {},
            10,
            0.3,
        )


def test_rows_are_capped_and_that_is_said(nine: Folder) -> None:
    """One row more than the limit is known, and not shown."""
    assert ask(nine, "SELECT * FROM range(5)", {}, 5).cut is False
    answer = ask(nine, "SELECT * FROM range(6)", {}, 5)
    assert (len(answer.rows), answer.cut) == (5, True)


def test_an_unknown_name_gets_the_nearest(nine: Folder) -> None:
    """A query, and a word of one."""
    with pytest.raises(InvalidInput, match="did you mean 'leaderboard'"):
        ask(nine, "leaderbord", {})
    with pytest.raises(InvalidInput, match="did you mean 'trainee'"):
        ask(nine, "history", {"traine": "x"})


def test_a_run_goes_to_the_archive_only_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By itself a run leaves nothing behind; with --archive its signed journal and its card are kept and found."""
    home = tmp_path / "home"
    monkeypatch.setenv("XDG_DATA_HOME", str(home))
    assert rehearse("run", "tutorial", "--play", "expert").code == 0
    assert not home.exists()
    copy = tmp_path / "copy.jsonl"
    ran = rehearse("run", "tutorial", "--play", "expert", "--json", "--as", "ann", "--journal", copy, "--archive")
    listed = rehearse("sql", "history", "trainee=ann", "--json").data["rows"]
    assert [(row["scenario"], row["score"], row["run"]) for row in listed] == [
        ("tutorial", ran.data["score"], ran.data["digest"][:12])
    ]
    kept = list((home / "rollback-rehearsal" / "runs").glob("*.jsonl"))
    assert [one.read_bytes() for one in kept] == [copy.read_bytes()]
    path = rehearse("archive", "path", "--json").data
    assert (path["folder"], path["runs"], path["open"]) == (str(home / "rollback-rehearsal"), 1, [])
    assert rehearse("archive", "verify", "--replay", "1").code == 0
    assert rehearse("archive", "rebuild", "--no-grade", "--json").data["runs"] == 1


def test_a_journal_from_elsewhere_is_graded_by_playing_it_again(tmp_path: Path, real: Real) -> None:
    """It came without a card: the card is made here, from the replay."""
    folder = tmp_path / "data"
    report = rehearse("archive", "ingest", real.journal, "--archive", folder, "--json").data
    assert (report["runs"], report["graded"]) == (1, 1)
    asked = rehearse("sql", "SELECT score FROM cards", "--archive", folder, "--json").data
    assert asked["rows"] == [{"score": real.card.score}]


def test_an_archive_without_runs_says_so(tmp_path: Path) -> None:
    """And what would put one there."""
    ended = rehearse("sql", "recent", "--archive", tmp_path)
    assert ended.code == 2
    assert "no run is archived here yet" in ended.err
