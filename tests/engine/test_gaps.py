"""What the world could not follow is part of what came out, and told apart by whose it was."""

from pathlib import Path

from sim.check import check
from sim.errors import ExitCode
from tests.tui.command_line import rehearse
from tests.worlds import edited, story

_DROP = "        ALTER TABLE orders ALTER COLUMN order_metadata DROP DEFAULT;\n"
_ODD = "ALTER TABLE orders ALTER COLUMN status TYPE varchar(9) USING regexp_replace(status, 'x', 'y');"
_CUT = "ALTER TABLE orders ALTER COLUMN status TYPE varchar(9) USING left(status, 9);"


def _migrating(tmp_path: Path, statement: str) -> Path:
    return edited(tmp_path, "not-null-column", (_DROP, f"{_DROP}        {statement}\n"))


def test_a_migration_that_is_not_modelled_does_not_pass_for_a_failed_one(tmp_path: Path) -> None:
    """The summary and the JSON say so, and a shell is told that the scenario is at fault."""
    folder = _migrating(tmp_path, _ODD)
    plain, data = rehearse("run", folder), rehearse("run", folder, "--json")
    assert (plain.code, data.code) == (ExitCode.INVALID, ExitCode.INVALID)
    (line,) = [line for line in plain.out.splitlines() if line.startswith("not modelled: ")]
    assert "the migration 0042_order_metadata" in line
    (gap,) = data.data["not_modelled"]
    assert gap["migration"] == "0042_order_metadata"
    assert "regexp_replace" in gap["why"].lower()
    notes = check(folder, quick=True).notes
    assert any("migration 0042_order_metadata" in note and "regexp_replace" in note.lower() for note in notes)


def test_an_operator_s_statement_is_named_and_the_run_stands() -> None:
    """Whoever types something that is not modelled has an answer; the scenario is none the worse."""
    with story("not-null-column") as now:
        now.at("7m", "run_sql", sql=_ODD)
        result = now.session.finish()
    (gap,) = result.not_modelled
    assert gap.migration is None
    assert result.complete
    assert gap.words in result.summary()
    assert gap.words.startswith("not modelled: console ")


def test_a_function_that_the_tables_know_is_known_to_the_forecast(tmp_path: Path) -> None:
    """A change of type by USING goes through, and leaves what it says."""
    with story(_migrating(tmp_path, _CUT)) as now:
        now.at("8m")
        assert [state for statement, state in now.answers() if "left(status" in statement] == [None]
        result = now.session.finish()
    assert result.not_modelled == ()
