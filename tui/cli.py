"""The command line: a table of commands, each imported when it is called."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper

import click
from click.shell_completion import shell_complete

from sim import __version__
from sim.errors import nearest
from tui.guard import guarded

COMMANDS = {
    "list": "tui.commands.list:command",
    "play": "tui.commands.play:command",
    "run": "tui.commands.run:command",
    "verify": "tui.commands.verify:command",
    "explain": "tui.commands.explain:command",
    "debrief": "tui.commands.debrief:command",
    "report": "tui.commands.report:command",
    "review": "tui.commands.review:command",
    "progress": "tui.commands.progress:command",
    "check": "tui.commands.check:command",
    "new": "tui.commands.new:command",
    "key": "tui.commands.key:command",
    "archive": "tui.commands.archive:command",
    "sql": "tui.commands.sql:command",
    "prove": "tui.commands.prove:command",
    "doctor": "tui.commands.doctor:command",
}

_COMPLETE = "_REHEARSE_COMPLETE"


class Table(click.Group):
    """A group whose commands stand in a table and are imported one by one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the table, which is the order a newcomer meets them."""
        return list(COMMANDS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command meant by the first word, or say which one may have been."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"there is no command {args[0]!r}; {nearest(args[0], list(COMMANDS), 'see the list in --help')}")
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command; None for a name that is not in the table."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


def _show_version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(f"rehearse {__version__}")
        ctx.exit()


@click.group(cls=Table, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and stop.",
)
def rehearse() -> None:
    """A flight simulator for releases that went wrong.

    Nothing that follows from a decision is written down: PostgreSQL judges the statements, rows and requests are
    counted, and the clock does the rest.

    \b
    Examples:
      rehearse list
      rehearse run not-null-column --play expert
      rehearse run not-null-column --seed 7 --json

    \b
    Exit codes: 0 passed, 1 a check or an expectation failed, 2 invalid input, 3 a bug of ours, 130 interrupted.
    """


def main(argv: Sequence[str] | None = None) -> None:
    """The console script: whatever happens, a code and no traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a character is no reason to fail
    words = list(sys.argv[1:] if argv is None else argv)
    if instruction := os.environ.get(_COMPLETE):
        sys.exit(shell_complete(rehearse, {}, "rehearse", _COMPLETE, instruction))
    sys.exit(guarded(lambda: _dispatch(words), words))


def _dispatch(words: list[str]) -> object:
    # Not rehearse.main(): click would end the program silently when any pipe breaks, a worker's too.
    with rehearse.make_context("rehearse", words) as context:
        return rehearse.invoke(context)
