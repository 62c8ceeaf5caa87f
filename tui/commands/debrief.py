"""`rehearse debrief`: what each decision of a run did, and what would have come of others."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.clock import show
from tui.arguments import OLD_FILE, as_json, where
from tui.output import progress, say, say_json, table

if TYPE_CHECKING:
    from scorecards.forks import Branch, Forks
    from scorecards.no_return import Turn
    from scorecards.reached import Reached
    from scorecards.regret import Regret, Without

_HEAD = ("", "outcome", "resolved", "hurt", "failed", "rows")


@click.command("debrief", short_help="What each decision did, and what if it had not been taken.")
@click.argument("run", type=OLD_FILE)
@click.option("--what-if", "questions", multiple=True, metavar="CHANGE", help="Play it again with this change.")
@where
@as_json
def command(*, run: Path, questions: tuple[str, ...], scenario: str | None, as_json: bool) -> None:
    """Play RUN (a journal) again without each decision, with the expert's next move, and along the known good ways.

    Decisions have numbers; looking and thinking do not count. Everything up to a change is the same, bit by bit.

    With --what-if only that is answered. CHANGE is `drop 3`, `4: ACTION @ TIME` in the place of decision 4, or
    `add: ACTION @ TIME`; `;;` stands between changes that go together. "hurt" are requests that failed beyond what
    fails on a good day, or succeeded to somebody's harm.

    \b
    Examples:
      rehearse run not-null-column --play trap-naive-rollback --journal run.jsonl
      rehearse debrief run.jsonl --what-if "drop 1"
      rehearse debrief run.jsonl --what-if "1: order tolerate-missing-utm" --what-if "add: stand_down @ 9m"
      rehearse debrief run.jsonl --json
    """
    from scorecards.forks import Forks
    from scorecards.no_return import points_of_no_return
    from scorecards.regret import Regrets
    from scorecards.what_if import read_what_if
    from sim.replay import read_journal
    from sim.scenario.load import find

    changes = [read_what_if(question) for question in questions]
    with progress() as tell:
        tell("replaying")
        with Forks(read_journal(run), None if scenario is None else find(scenario)) as forks:
            told = {"decisions": [one.as_json() for one in forks.decisions], "reached": forks.base.reached.as_json()}
            if changes:
                tell("playing it otherwise")
                branches = [forks.branch(one) for one in changes]
                told["what_if"] = [branch.as_json() for branch in branches]
                lines = [*_decisions(forks), "", *_branches(forks, branches)]
            else:
                tell("playing it without each decision, and along the known ways")
                regrets = Regrets(forks)
                without, regret, turns = regrets.without, regrets.regret, points_of_no_return(forks)
                told["without"] = [one.as_json() for one in without]
                told["regret"], told["ways_back"] = regret.as_json(), [turn.as_json() for turn in turns]
                lines = [*_decisions(forks), "", *_without(forks, without), "", *_judged(regret), "", *_back(turns)]
    if as_json:
        say_json(told)
    else:
        say("\n".join(lines))


def _decisions(forks: "Forks") -> Iterator[str]:
    for one in forks.decisions:
        yield one.words + (f" – refused: {one.refused}" if one.refused else "")
    if not forks.decisions:
        yield "nothing was decided"


def _row(name: str, reached: "Reached") -> tuple[object, ...]:
    resolved = "" if reached.resolved_at_ms is None else show(reached.resolved_at_ms)
    return (name, reached.outcome, resolved, reached.hurt, reached.failed, reached.damage)


def _branches(forks: "Forks", branches: "list[Branch]") -> Iterator[str]:
    yield table(_HEAD, [_row("as it was", forks.base.reached), *(_row(one.words, one.reached) for one in branches)])
    for one in branches:
        yield from (f"{one.words}: refused: {why}" for why in one.no)
        yield from (f"{one.words}: decision {number} is refused there: {why}" for number, why in one.refused)
        if one.unreached:
            yield f"{one.words}: it is over before decision {', '.join(map(str, one.unreached))}"


def _without(forks: "Forks", without: "tuple[Without, ...]") -> Iterator[str]:
    rows = [_row("as it was", forks.base.reached)]
    for one in without:
        rows.append(_row(one.dropped.words, one.dropped.reached))
        if one.instead is not None:
            rows.append(_row(one.instead.words, one.instead.reached))
    yield table(_HEAD, rows)


def _judged(regret: "Regret") -> Iterator[str]:
    head = ("decision", "", "best way before", "hurts", "after", "hurts", "its own part")
    rows = [
        (one.decision.number, one.quality, one.before.best.way, round(one.before.hurt), one.after.best.way,
         round(one.after.hurt), round(one.own))
        for one in regret.judged
    ]  # fmt: skip
    if rows:
        yield table(head, rows)
    if regret.closed_by is not None:
        yield f"since decision {regret.closed_by.number} no known way leads to an end"
    yield f"luck: {regret.luck.word} ({regret.luck.came.hurt} hurt; by other chance {round(regret.luck.usual)})"


def _back(turns: "tuple[Turn, ...]") -> Iterator[str]:
    for turn in turns:
        if turn.at_ms is None:
            yield f"{turn.undo.name}: {turn.verdict.safety.value} from {show(turn.since_ms)} to the end"
            continue
        who = "by the story" if turn.by is None else f"by decision {turn.by.number}"
        knew = "" if turn.by is None else ", knowingly" if turn.knowingly else ", without having looked"
        how = f"{turn.verdict.safety.value} since {show(turn.at_ms)}"
        yield f"{turn.undo.name}: {how}, {who}{knew} ({turn.verdict.why})"
        for taken in turn.taken:
            yield f"  taken by decision {taken.decision.number} when it was {taken.verdict.safety.value}"
