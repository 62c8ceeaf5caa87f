"""`rehearse check`: what is wrong with a scenario, and whether it is healthy on a good day."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import click

from sim.errors import ExitCode, InvalidInput, Problem
from tui.arguments import as_json
from tui.output import progress, say, say_json


@dataclass(frozen=True)
class Answer:
    """What `check` has to say about one scenario."""

    scenario: str
    code: ExitCode
    problems: tuple[Problem, ...]
    not_modelled: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def lines(self) -> Iterable[str]:
        """The problems, what is not modelled, what is not written yet, and a closing line."""
        yield from (str(problem) for problem in self.problems)
        yield from (f"{self.scenario}: not modelled: {note}" for note in self.not_modelled)
        yield from (f"{self.scenario}: missing: {part}" for part in self.missing)
        count = len(self.problems)
        verdict = f"{count} problem{'s' * (count > 1)}" if count else "sound, and healthy on a good day"
        yield f"{self.scenario}: {verdict}"


@click.command("check", short_help="What is wrong with a scenario.")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@click.option("--quick", is_flag=True, help="Carry out no plays.")
@as_json
def command(*, scenarios: tuple[str, ...], quick: bool, as_json: bool) -> int:
    """Check each SCENARIO (an id or a folder): all of its problems at once, each with its place.

    The scenario is also run without its deploys and faults: an alert, or an error beyond the declared background,
    is a defect of the scenario. What it leaves unmodelled is listed.

    If it has a key, the clues are looked for: what the key says can be seen has to be seen, and not on a good day.
    Each skill that the scenario teaches has to be linked to what calls for it, what one does, and the criteria or the
    SQL that ask whether it was done. Every play is carried out; a good way has to end resolved, and doing nothing, a
    trap or a trick must not.

    \b
    Examples:
      rehearse check not-null-column ungated-flag
      rehearse check ./my-scenario --quick
      rehearse check ./my-scenario --json
    """
    with progress() as tell:
        answers = [checked(name, tell, quick=quick) for name in scenarios]
    if as_json:
        say_json(answers)
    else:
        say("\n".join(line for answer in answers for line in answer.lines()))
    return max(answer.code for answer in answers)


def checked(name: str, tell: Callable[[str], None], *, quick: bool = False) -> Answer:
    """One scenario's answer; a file that cannot be read is an answer too, so that the others are still checked."""
    from scorecards.grade import asked
    from scorecards.objectives import unlinked
    from sim.check import check
    from sim.scenario.load import find

    tell(f"checking {name}")
    try:
        folder = find(name)
        report = check(folder, quick=quick, tell=lambda stage: tell(f"checking {name}: {stage}"), grader=asked)
        report.problems += unlinked(folder)
    except InvalidInput as error:
        return Answer(name, ExitCode.INVALID, error.problems)
    code = ExitCode.FAILED if report.problems else ExitCode.PASSED
    return Answer(name, code, tuple(report.problems), tuple(report.notes), tuple(report.missing))
