"""Journals of real runs, for tests of what is made of them; each is played once."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from sim.catalogue import make
from sim.clock import millis
from sim.facts import FACTS
from sim.journal import Journal, Keeping
from sim.play import Play, PlayStep, read_play
from sim.replay import Recorded, read_journal
from sim.scenario.load import find
from sim.stage import Stage

Step = tuple[str, str, dict[str, object]]


def carried_out(scenario: str, play: Play, then: Callable[[Path], None] | None = None, until: str = "") -> Recorded:
    """The journal of a play; with `until`, of somebody who left in the middle of it."""
    path = Path(mkdtemp()) / "run.jsonl"
    with Stage(find(scenario)) as stage, stage.session(7, path) as session:
        if until:
            for step in play.steps:
                session.advance(step.at_ms)
                session.act(step.action)
            session.advance(millis(until))
        else:
            session.follow(play)
        session.finish()
    return read_journal(path)


@cache
def of_play(scenario: str, name: str) -> Recorded:
    """One of a scenario's own plays."""
    return carried_out(scenario, read_play(find(scenario) / "plays" / f"{name}.yaml"))


def of_steps(scenario: str, steps: Sequence[Step], until: str = "") -> Recorded:
    """Whatever a test has done: time, action, arguments."""
    made = tuple(PlayStep(millis(at), make(name, given)) for at, name, given in steps)
    return carried_out(scenario, Play(scenario, 7, made), until=until)


def signed(path: Path, scenario: str = "tutorial", name: str = "expert", **about: str) -> Path:
    """The same run of one of its own plays, with more said in its head: a journal with a seal of its own."""
    recorded = of_play(scenario, name)
    journal = Journal.at(Keeping(path, about), recorded.head)
    for row in recorded.entries:
        given = {key: value for key, value in row.items() if key not in {"seq", "at_ms", "fact"}}
        journal.append(row["at_ms"], FACTS[row["fact"]](**given))
    journal.seal({key: value for key, value in (recorded.tail or {}).items() if key != "seal"})
    return path
