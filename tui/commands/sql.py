"""`rehearse sql`: questions to the archive."""

import click

from sim.errors import ExitCode, InvalidInput, Mark, Problem
from tui.arguments import as_json
from tui.keeping import data_folder, folder_of
from tui.output import narrate, say, say_json, table


@click.command("sql", short_help="Ask the archive, in SQL or by the name of a ready query.")
@click.argument("query", required=False)
@click.argument("words", nargs=-1, metavar="[NAME=VALUE]...")
@data_folder
@click.option(
    "--limit", type=click.IntRange(1, 100_000), default=1_000, show_default=True, help="At most so many rows."
)
@as_json
def command(*, query: str | None, words: tuple[str, ...], named: str | None, limit: int, as_json: bool) -> int:
    """Ask the archive; without QUERY, list the ready ones.

    Runs that were sealed since are brought into the index first. Nothing can be written, and no file outside of the
    index can be read. A word stands in a query as $NAME; tables: runs, entries, counts, answers, cards, findings.

    \b
    Examples:
      rehearse sql
      rehearse sql leaderboard scenario=not-null-column
      rehearse sql history trainee=ann
      rehearse sql "SELECT trainee, max(score) FROM runs JOIN cards USING (run) GROUP BY ALL" --json
    """
    from scorecards.archive.ask import ask, ready
    from scorecards.archive.ingest import ingest

    if query is None:
        queries = list(ready().values())
        say_json(queries) if as_json else say(table(("QUERY", "ANSWERS"), [(one.name, one.about) for one in queries]))
        return ExitCode.PASSED
    folder = folder_of(named)
    if folder.runs.is_dir():
        try:
            ingest(folder, wait=False)
        except PermissionError:
            narrate("you may not write here: runs that are not in the index yet are not counted")
    answer = ask(folder, query, dict(map(_word, words)), limit)
    if as_json:
        rows = [dict(zip(answer.columns, map(_plain, row), strict=True)) for row in answer.rows]
        say_json({"columns": answer.columns, "rows": rows, "cut": answer.cut})
    else:
        say(table(answer.columns, [["" if cell is None else cell for cell in row] for row in answer.rows]))
    if answer.cut:
        narrate(f"there are more than {limit} rows; --limit shows more")
    return ExitCode.PASSED


def _word(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise InvalidInput([Problem(Mark("sql"), f"{text!r} is no word for a query", "write NAME=VALUE")])
    return name, value


def _plain(cell: object) -> object:
    """A cell as JSON knows it; what it has no form for is text."""
    match cell:
        case float() if cell != cell or cell in {float("inf"), float("-inf")}:  # noqa: PLR0124
            return str(cell)
        case bool() | int() | float() | str() | None:
            return cell
        case list() | tuple():
            return [_plain(one) for one in cell]
        case dict():
            return {str(name): _plain(one) for name, one in cell.items()}
        case _:
            return str(cell)
