"""A scenario's own plays, carried out: what they expect, and what a play of that name has to come to."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from sim.actions.base import Action
from sim.catalogue import arguments_of
from sim.engine.endings import RESOLVED
from sim.errors import InvalidInput, Mark, NotModelled, Problem
from sim.expect import Score, unmet
from sim.facts import Refused
from sim.play import Play, misfits, read_play
from sim.result import Result
from sim.scenario.load import Loaded
from sim.scenario.raw import read_text
from sim.session import Progress, Session
from sim.stage import Stage

SEED_UNLESS_NAMED = 1
WANTED = (("expert", 1), ("alt-", 2), ("trap-", 2), ("do-nothing", 1), ("degenerate-", 1))
GOOD, BAD = ("expert", "alt-"), ("do-nothing", "trap-", "degenerate-")
EVERYWHERE = ("expert", "do-nothing")


def files(folder: Path) -> list[Path]:
    """The files of the plays, in the order of their names."""
    return sorted((folder / "plays").glob("*.yaml"))


def absent(folder: Path) -> Iterator[str]:
    """Which kinds of plays a scenario still lacks, and what they are for."""
    names = [file.stem for file in files(folder)]
    for kind, count in WANTED:
        found = sum(name.startswith(kind) for name in names)
        if found < count:
            name = f"{kind}*.yaml" if kind.endswith("-") else f"{kind}.yaml"
            yield f"plays/{name}: {found} of {count}; {_PURPOSE[kind]}"


_PURPOSE = {
    "expert": "the way out that the par is taken from",
    "alt-": "other good ways, which have to come out resolved too",
    "trap-": "what tempts, and what it costs",
    "do-nothing": "what it costs to wait",
    "degenerate-": "gaming it: silence the alert, pause everything, claim that it is over",
}


def unreadable(loaded: Loaded) -> Iterator[Problem]:
    """Plays that cannot be read, or are of another scenario."""
    for file in files(loaded.folder):
        try:
            play = read_play(file)
        except InvalidInput as error:
            yield from error.problems
            continue
        yield from misfits(play, loaded.scenario)
        if play.scenario and play.scenario != loaded.scenario.id:
            where = play.marks.value(("scenario",)) if play.marks else Mark(str(file))
            yield Problem(where, f"a play of {play.scenario!r}, and this is {loaded.scenario.id!r}", "change one")


Grader = Callable[[Session, Result], Score]
"""Whoever judges runs: gives the points of one that has just ended."""


def unexpected(
    stage: Stage, tell: Progress, seeds: Iterable[int] = (), grader: Grader | None = None
) -> Iterator[Problem]:
    """Runs every play with its own seed, and what must not pass with one more: what did not come out as it should.

    The expert's and doing nothing are carried out with `seeds` too.
    """
    for file in files(stage.folder):
        play = read_play(file)
        own = SEED_UNLESS_NAMED if play.seed is None else play.seed
        others = (SEED_UNLESS_NAMED,) if file.stem.startswith(BAD) else ()
        for seed in dict.fromkeys((own, *others, *(seeds if file.stem in EVERYWHERE else ()))):
            tell(f"{file.stem}, seed {seed}")
            try:
                yield from _run(stage, file, play, seed, grader, own=seed == own)
            except NotModelled as gap:
                yield Problem(Mark(str(file)), f"with seed {seed}: {gap}", "a play may not need what is not modelled")


def _run(stage: Stage, file: Path, play: Play, seed: int, grader: Grader | None, *, own: bool) -> Iterator[Problem]:
    with stage.session(seed) as session:
        session.follow(play)
        result = session.finish()
        refused = [entry.fact for entry in session.journal.entries if isinstance(entry.fact, Refused)]
        score = grader(session, result) if grader else None
        missed = unmet(play.expect, result, score) if own and play.expect is not None else []
    if missed:
        where = play.marks.key(("expect",)) if play.marks else Mark(str(file))
        for words in missed:
            yield Problem(where, f"with seed {seed} {words}", "change the play, its `expect:`, or the system")
    if file.stem.startswith(GOOD) and result.outcome != RESOLVED:
        what = f"a good way has to end resolved, and with seed {seed} it is {result.outcome}"
        yield Problem(Mark(str(file)), what, "see what is not healthy: rehearse run … --timeline")
    if file.stem.startswith(BAD) and result.outcome == RESOLVED:
        what = f"this comes out resolved with seed {seed}, so it would pass"
        yield Problem(Mark(str(file)), what, "say in `done:` what it leaves broken: healthy, sql, data")
    if own and file.stem.startswith(GOOD):
        yield from _invented(stage.file, play, refused)


def _invented(scenario: Path, play: Play, refused: list[Refused]) -> Iterator[Problem]:
    """What a good way names, and the scenario does not have: nobody else could find it."""
    text = read_text(scenario)
    for step in play.steps:
        for refusal in refused:
            name = _named(refusal)
            if refusal.action == step.action.name and name in _said(step.action) and name not in text and step.where:
                yield Problem(step.where, refusal.why, refusal.hint)


def _named(refusal: Refused) -> str:
    """The name in "there is no flag 'x'"."""
    what, _, name = refusal.why.partition("'")
    return name.rstrip("'") if what.startswith("there is no ") else ""


def _said(action: Action) -> set[str]:
    given = arguments_of(action).values()
    return {str(one) for item in given for one in (item if isinstance(item, list) else [item])}
