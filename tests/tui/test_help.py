"""The command line as a newcomer meets it."""

import click
import pytest

from sim.errors import ExitCode
from tests.tui.command_line import rehearse
from tui.cli import COMMANDS
from tui.cli import rehearse as group

CONTEXT = click.Context(group, info_name="rehearse")


def _command(name: str) -> click.Command:
    command = group.get_command(CONTEXT, name)
    assert command is not None
    return command


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_examples(name: str) -> None:
    """Each --help says what the command does and shows it used, on stdout and with code 0."""
    ended = rehearse(name, "--help")
    assert (ended.code, ended.err) == (ExitCode.PASSED, "")
    assert f"\n    rehearse {name}" in ended.out.partition("Examples:\n")[2]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_answers_programs_too(name: str) -> None:
    """Wherever a program may read the answer there is --json."""
    assert "--json" in {option for parameter in _command(name).params for option in parameter.opts}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_in_the_list_is_a_line(name: str) -> None:
    """The list of commands cuts nothing off."""
    assert not _command(name).get_short_help_str().endswith("...")


def test_help_lists_the_commands_in_the_order_of_use() -> None:
    """A newcomer reads from top to bottom: list, run, and so on."""
    ended = rehearse("--help")
    listed = [line.split()[0] for line in ended.out.partition("Commands:")[2].splitlines() if line.strip()]
    assert (ended.code, listed) == (0, list(COMMANDS))


def test_no_words_at_all_shows_the_help() -> None:
    """As data was asked for and none came, the help goes to stderr."""
    ended = rehearse()
    assert (ended.code, ended.out) == (ExitCode.INVALID, "")
    assert "Commands:" in ended.err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["rnu"], "there is no command 'rnu'; did you mean 'run'?"),
        (["qqqqqq"], "there is no command 'qqqqqq'; see the list in --help"),
        (["run"], "Missing argument 'SCENARIO'."),
        (["run", "x", "--seed", "seven"], "write a whole number from 0"),
        (["run", "x", "--sed", "7"], "No such option '--sed'"),
        (["list", "everything"], "'scenarios', 'actions'"),
        (["explain", "no-such.jsonl", "--at", "16m"], "does not exist"),
        (["verify", "no-such.jsonl"], "does not exist"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_slip_is_answered_with_the_next_step(words: list[str], hint: str) -> None:
    """Code 2, nothing on stdout, no traceback, and a line that helps."""
    ended = rehearse(*words)
    assert (ended.code, ended.out) == (ExitCode.INVALID, "")
    assert hint in ended.err


def test_completion_is_there_for_shells(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell that asks is given the script that completes our commands."""
    monkeypatch.setenv("_REHEARSE_COMPLETE", "bash_source")
    ended = rehearse()
    assert ended.code == 0
    assert "_rehearse_completion" in ended.out
