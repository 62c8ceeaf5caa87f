"""Whether the scores keep the order that they promise, in every scenario and over many seeds.

python -m scorecards.ladder [--seeds 20] [SCENARIO…]    prints the table; exits with 1 where the order is broken

expert ≥ each accepted alternative > partial > {traps, doing nothing, degenerate plays}, the last below the pass mark;
on the axis that a trap damages it is below doing nothing; a degenerate play gains nothing on the axis that it games,
against doing nothing, or what it does besides gaming.
Two plays are partial: the expert's deeds done blindly and in silence, and the expert's play given up half-way.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean, stdev

from scorecards.findings import PASS_MARK, Axis, Card
from scorecards.grade import grade
from scorecards.par import EXPERT, NOTHING
from scorecards.run import TALK, Run
from sim.actions.base import Action
from sim.actions.scale import Scale
from sim.engine.endings import RESOLVED
from sim.errors import ExitCode
from sim.play import Play, PlayStep, read_play
from sim.playset import files
from sim.prove.degenerate import degenerate_plays, spam
from sim.scenario.load import catalogue, find
from sim.scenario.model import Scenario
from sim.stage import Stage

SEEDS = 20
MUTE, HALF = "partial: mute", "partial: half"
TOTAL = "total"
NORMAL = 1.96
EVEN = 0.5
"""Points by which two good ways may differ and still be even."""
MADE, PLAIN = "made: ", "without its tricks: "
TRICKS = frozenset({"silence", "pause_job", "hold_stage", "skip_stage", "fork_pipeline", "add_smoke_check", "resolve",
                    "stand_down", "declare", "post_update", "announce"})  # fmt: skip
"""What hides or says something instead of mending it; so does scaling to nothing."""
GAMES = (
    ("resolve", Axis.COMMUNICATION),
    *((word, Axis.DECISIONS) for word in ("spam", "pause_rollout", "gate", "block")),
)


@dataclass
class Table:
    """The cards of each play of one scenario, one for each seed, in the order of the seeds."""

    scenario: str
    traps: Mapping[str, str] = field(default_factory=dict)
    cards: dict[str, list[Card]] = field(default_factory=dict)

    def scores(self, play: str, axis: str = TOTAL) -> list[float]:
        return [card.number(axis) for card in self.cards[play]]

    def kind(self, *starts: str) -> list[str]:
        return [name for name in self.cards if name.startswith(starts)]

    def lead(self, one: str, other: str, axis: str = TOTAL) -> tuple[float, float]:
        """By how much a play leads another, seed by seed: the interval of the mean."""
        return interval([a - b for a, b in zip(self.scores(one, axis), self.scores(other, axis), strict=True)])


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Where the mean lies, with 95 % of certainty."""
    mean = fmean(values)
    half = NORMAL * stdev(values) / len(values) ** 0.5 if len(values) > 1 else 0.0
    return mean - half, mean + half


def played(folder: Path, seeds: Sequence[int]) -> Table:
    """Every play of a scenario graded with every seed; those that game it are made from the catalogue as well."""
    with Stage(folder) as stage:
        key = stage.loaded(seeds[0]).key
        table = Table(folder.name, {trap.play: trap.damages for trap in key.traps} if key else {})
        plays = {file.stem: read_play(file) for file in files(folder)}
        begun = half(stage, seeds[0], plays[EXPERT])
        for seed in seeds:
            made = {name: [*play.steps] for name, play in plays.items()}
            made |= {MUTE: mute(plays[EXPERT], stage.loaded(seed).scenario), HALF: list(begun)}
            tricks = [*degenerate_plays(stage, seed), *spam(stage, seed)]
            for name, steps in (trick for trick in tricks if trick[1]):
                made[f"{MADE}{name}"] = [PlayStep(at_ms, action) for at_ms, action in steps]
            made |= {f"{PLAIN}{name}": rest for name, some in made.items() if (rest := _without_tricks(name, some))}
            for name, some in made.items():
                table.cards.setdefault(name, []).append(_graded(stage, seed, some))
    return table


def mute(play: Play, scenario: Scenario) -> list[PlayStep]:
    """The deeds of a play, and the claim that it is over; nothing seen, predicted or said beyond what `done:` asks."""
    wanted = {"post_update"} if scenario.done.told else set()
    wanted |= {"announce"} if scenario.done.announced else set()
    kept = [step for step in play.steps if not _only_words(step.action) or step.action.name in wanted]
    return [PlayStep(step.at_ms, step.action) for step in kept]


def half(stage: Stage, seed: int, play: Play) -> list[PlayStep]:
    """A play up to the middle one of its deeds or an earlier one, before which it comes to nothing yet."""
    deeds = [place for place, step in enumerate(play.steps) if not _only_words(step.action) and _is_deed(step.action)]
    for place in reversed(deeds[: len(deeds) // 2 + 1]):
        steps = list(play.steps[:place])
        with stage.session(seed) as session:
            session.follow(Play(steps=tuple(steps)))
            if session.finish().outcome != RESOLVED:
                return steps
    return []


def _is_deed(action: Action) -> bool:
    return action.name not in TALK


def _only_words(action: Action) -> bool:
    return action.looks or action.thinks or (action.name in TALK and action.name not in {"resolve", "order"})


def _without_tricks(name: str, steps: Sequence[PlayStep]) -> list[PlayStep]:
    """What a degenerate play does besides gaming, if it does anything."""
    if not name.startswith("degenerate-"):
        return []
    rest = [step for step in steps if step.action.name not in TRICKS and not _to_nothing(step.action)]
    return rest if any(_is_deed(step.action) and not _only_words(step.action) for step in rest) else []


def _to_nothing(action: Action) -> bool:
    return isinstance(action, Scale) and action.instances == 0


def _graded(stage: Stage, seed: int, steps: Sequence[PlayStep]) -> Card:
    with stage.session(seed) as session:
        session.follow(Play(steps=tuple(steps)))
        return grade(Run.of(session, session.finish()))


def broken(table: Table) -> Iterator[str]:
    """Each rung that does not hold."""
    yield from _good_ways(table)
    yield from _bad_ways(table)
    for name, axis in table.traps.items():
        if table.lead(NOTHING, name, axis)[0] <= 0:
            yield f"{name} damages {axis}, and doing nothing is not above it: {_shown(table.lead(NOTHING, name, axis))}"
    for name in table.kind("degenerate-", MADE):
        axis, plain = games(name), f"{PLAIN}{name}"
        leads = [table.lead(name, other, axis) for other in (plain, NOTHING) if other in table.cards]
        if min(leads)[0] > EVEN:
            yield f"{name} gains on {axis}: {_shown(min(leads))}"


def _good_ways(table: Table) -> Iterator[str]:
    for name in table.kind("alt-"):
        if (lead := table.lead(EXPERT, name))[1] < -EVEN:
            yield f"{name} beats the expert by {-fmean(lead):.1f}"
        for partial in (MUTE, HALF):
            if (lead := table.lead(name, partial))[0] <= 0:
                yield f"{name} does not lead {partial}: {_shown(lead)}"
    for name in (EXPERT, *table.kind("alt-")):
        if failed := sum(not card.passed for card in table.cards[name]):
            yield f"{name} does not pass with {failed} of {len(table.cards[name])} seeds"


def _bad_ways(table: Table) -> Iterator[str]:
    for name in [*table.kind("trap-", "degenerate-", MADE), NOTHING]:
        for partial in (MUTE, HALF):
            if (lead := table.lead(partial, name))[0] <= 0:
                yield f"{partial} does not lead {name}: {_shown(lead)}"
        if (best := max(table.scores(name))) >= PASS_MARK:
            yield f"{name} reaches the pass mark: {best:.1f}"


def games(name: str) -> Axis:
    """The axis that a degenerate play is meant to win.

    Words win trust, hiding wins the users' peace, doing something looks like a decision. To stop a bad roll-out, or
    every roll-out, does spare users: what it games is the decision.
    """
    return next((axis for word, axis in GAMES if word in name), Axis.USER_HARM)


def _shown(ends: tuple[float, float]) -> str:
    return f"{ends[0]:.1f} to {ends[1]:.1f}"


def lines(table: Table) -> Iterator[str]:
    """The table for people."""
    heads = "  ".join(f"{axis.value[:9]:>9}" for axis in Axis)
    yield f"{table.scenario:<58} {'total':>5} {'95 %':>12}   {heads}  passed"
    order = sorted(table.cards, key=lambda name: -fmean(table.scores(name)))
    for name in order:
        low, high = interval(table.scores(name))
        means = "  ".join(f"{fmean(table.scores(name, axis.value)):9.1f}" for axis in Axis)
        cards = table.cards[name]
        passed = f"{sum(card.passed for card in cards)}/{len(cards)}"
        yield f"  {name:<56} {(low + high) / 2:5.1f} {low:6.1f}–{high:5.1f}   {means}  {passed}"


def main(arguments: list[str], say: Callable[[str], None] = print) -> int:
    """Print each scenario's table and what is broken in it."""
    count, names = SEEDS, []
    rest = iter(arguments)
    for one in rest:
        if one == "--seeds":
            count = int(next(rest))
        else:
            names.append(one)
    found = 0
    for name in names or list(catalogue()):
        table = played(find(name), range(1, count + 1))
        for line in lines(table):
            say(line)
        for sentence in broken(table):
            found += 1
            say(f"  BROKEN {sentence}")
        say("")
    say(f"{found} rungs are broken" if found else "every rung holds")
    return ExitCode.FAILED if found else ExitCode.PASSED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
