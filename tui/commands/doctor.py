"""`rehearse doctor`: what this machine brings to a rehearsal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from sim.errors import ExitCode
from tui.arguments import as_json
from tui.output import plain, progress, say, say_json

if TYPE_CHECKING:
    from tui.doctor import Folder, Health, Postgres, Terminal

WIDTH = 12


@click.command("doctor", short_help="What this machine brings to it.")
@as_json
def command(*, as_json: bool) -> int:
    """Show versions, which PostgreSQL would judge, the terminal and our folders; exit 1 if something wants attention.

    \b
    Examples:
      rehearse doctor
      rehearse doctor --json
      REHEARSE_POSTGRES=/usr/lib/postgresql/17/bin rehearse doctor
    """
    from tui.doctor import examine

    with progress() as tell:
        tell("starting PostgreSQL to see whether it starts")
        health = examine()
    if as_json:
        say_json({**plain(health), "attention": health.attention})
    else:
        say("\n".join(lines(health)))
    return ExitCode.FAILED if health.attention else ExitCode.PASSED


def lines(health: "Health") -> Iterator[str]:
    """A line for each thing looked at, then what wants attention."""
    libraries = ", ".join(f"{name} {version or '–'}" for name, version in health.libraries.items())
    yield _line("rehearse", health.version)
    yield _line("python", f"{health.python} on {health.system}")
    yield _line("libraries", libraries)
    yield _line("postgresql", _postgres(health.postgres))
    for book in health.books:
        yield _line("verdicts", f"{book.scenario}: {book.verdicts}")
    yield _line("terminal", _terminal(health.terminal))
    for folder in health.folders:
        yield _line(folder.purpose, _folder(folder))
    yield ""
    yield from (f"needs attention: {words}" for words in health.attention)
    if not health.attention:
        yield "nothing needs attention"


def _line(head: str, words: str) -> str:
    return f"{head:{WIDTH}}{words}"


def _postgres(found: "Postgres") -> str:
    if found.version is None:
        return "none"
    account = f" as {found.runs_as}" if found.runs_as else ""
    start = "does not start" if found.starts_in_ms is None else f"starts in {found.starts_in_ms / 1000:.1f} s"
    return f"{found.version} from {found.source} ({found.folder}){account}; {start}"


def _terminal(screen: "Terminal") -> str:
    if not screen.is_terminal:
        return "none (output goes to a file or a pipe)"
    colour, letters = "colour" if screen.colour else "no colour", "unicode" if screen.unicode else "ASCII"
    return f"{screen.columns}x{screen.lines}, {colour}, {letters}"


def _folder(folder: "Folder") -> str:
    return f"{folder.path}" + ("" if folder.exists else " (not made yet)")
