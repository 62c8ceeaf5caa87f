"""`rehearse run`: one scenario, one seed, one play, no terminal needed."""

from pathlib import Path

import click

from sim.errors import ExitCode, InvalidInput, Mark, Problem
from tui.arguments import NEW_FILE, SEED, as_json
from tui.card import lines
from tui.keeping import archive, archived_in, keeping, store, trainee
from tui.output import progress, say, say_json
from tui.plays import play_file
from tui.timeline import write_timeline

SEED_UNLESS_NAMED = 1


@click.command("run", short_help="One scenario, one seed, one play: what happens.")
@click.argument("scenario")
@click.option("--play", metavar="FILE", help="What the trainee does: a file, or the name of one of its own plays.")
@click.option("--seed", type=SEED, help="Which of the possible incidents (default: the play's own, or 1).")
@click.option("--journal", type=NEW_FILE, help="Keep the journal of the run, for `rehearse verify` and `explain`.")
@archive
@trainee
@click.option("--timeline", type=NEW_FILE, help="Write a CSV with one row a second per endpoint and version.")
@as_json
def command(
    *,
    scenario: str,
    play: str | None,
    seed: int | None,
    journal: Path | None,
    archive: str | None,
    trainee: str | None,
    timeline: Path | None,
    as_json: bool,
) -> int:
    """Run SCENARIO (an id or a folder) to its end and say what happened.

    Without a play nobody does anything, and the incident takes its course. The run is judged on five axes, and below
    the pass mark (60, and resolved) the exit code is 1; a play with an `expect:` block is held against that instead. A
    migration of the scenario that is not modelled makes the run worth nothing: the summary says so, and the exit code
    is 2.

    \b
    Examples:
      rehearse run not-null-column --play expert
      rehearse run ./my-scenario --play ./my-play.yaml --seed 7 --json
      rehearse run not-null-column --play expert --journal run.jsonl --timeline run.csv
      rehearse run not-null-column --play expert --as ann --archive
    """
    from scorecards.grade import grade
    from scorecards.run import Run
    from sim.expect import unmet
    from sim.play import Play, read_play
    from sim.scenario.load import find
    from sim.session import Session

    place = find(scenario)
    file = None if play is None else play_file(place if place.is_dir() else place.parent, play)
    chosen = Play() if file is None else read_play(file)
    seed = next(one for one in (seed, chosen.seed, SEED_UNLESS_NAMED) if one is not None)
    kept = keeping(folder := archived_in(archive), journal, trainee)
    with progress() as tell, Session.open(place, seed, journal=kept, progress=tell) as session:
        of = session.loaded.scenario.id
        if file is not None and chosen.scenario != of:
            what = f"a play of {chosen.scenario!r}, and this is {of!r}"
            raise InvalidInput([Problem(Mark(str(file)), what, "change one of them")])
        session.follow(chosen)
        result = session.finish()
        card = grade(Run.of(session, result))
        if timeline is not None:
            write_timeline(timeline, session.timeline())
    if folder is not None and kept is not None:
        store(kept.path, result.seal, card, journal)
    wanted = chosen.expect
    told = None if wanted is None else [str(one) for one in unmet(wanted, result, card.number)]
    if as_json:
        say_json({**result.as_json(), **card.as_json(), **({} if told is None else {"unmet": told})})
    else:
        say("\n".join([*result.summary(), "", *lines(card), *expectations(told)]))
    if not result.complete:
        return ExitCode.INVALID
    passed = card.passed if told is None else not told
    return ExitCode.PASSED if passed else ExitCode.FAILED


def expectations(missed: list[str] | None) -> list[str]:
    """Whether the play came out as it says: one line, or one for each thing that did not."""
    if missed is None:
        return []
    return ["", "the play came out as it expects"] if not missed else ["", *(f"unmet: {words}" for words in missed)]
