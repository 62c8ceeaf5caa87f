"""A prevention is shown working: the incident is played again with it in place, and the figures stand side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scorecards.forks import Forks, Played
from sim.errors import InvalidInput, Mark, Problem, nearest
from sim.play import Play, read_play
from sim.replay import Act, Recorded, perform
from sim.scenario.key import Key, Prevention
from sim.scenario.load import FILE
from sim.scenario.variants import FOLDER, base_of
from sim.session import Progress
from sim.stage import Stage

PLAYS = "plays"
INCIDENT = "the incident"


@dataclass(frozen=True)
class Row:
    """One course of it: with the prevention in place or not, and what was done."""

    where: str
    did: str
    played: Played

    @property
    def refused(self) -> tuple[str, ...]:
        """What the world said to whatever could not be done there."""
        return tuple(dict.fromkeys(why for why in self.played.answers if why))

    def as_json(self) -> dict[str, Any]:
        return {
            "where": self.where, "did": self.did, "reached": self.played.reached.as_json(),
            "digest": self.played.digest, "refused": list(self.refused),
        }  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """A prevention, what shows it ('' if nothing does), and the courses that were played."""

    prevention: str
    says: str
    by: str
    rows: tuple[Row, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "prevention": self.prevention, "says": self.says, "shown_by": self.by or None,
            "rows": [row.as_json() for row in self.rows],
        }  # fmt: skip


class Incident:
    """An incident that is to be played with something else in place: its seed, and what was done in it.

    `course` is what somebody did in a run, or in a play; None if it is about the scenario alone.
    """

    def __init__(self, folder: Path, seed: int, course: Sequence[Act] | None = None, did: str = "") -> None:
        self.folder = folder if folder.is_dir() else folder.parent
        self.seed, self.course, self.did = seed, course, did

    @classmethod
    def of_run(cls, recorded: Recorded, folder: Path) -> "Incident":
        """The incident of a run, once its journal is known to be what its replay gives."""
        with Forks(recorded, folder) as forks:
            return cls(folder, forks.seed, forks.asked, "what you did")

    @classmethod
    def of_play(cls, play: Play, folder: Path, seed: int, name: str) -> "Incident":
        """The incident as a play takes it."""
        return cls(folder, seed, _course(play), f"the play {name}")

    def show(self, key: Key, prevention: str, tell: Progress = lambda _: None) -> Shown:
        """Play it without and with a prevention; each for nobody's doing, and for what was done."""
        chosen = _prevention(key, prevention)
        if chosen.shown_by is None:
            return Shown(prevention, chosen.says, "", ())
        place = self._place(chosen.shown_by)
        courses: list[tuple[str, Sequence[Act]]] = [("nobody acts", ())]
        if self.course is not None:
            courses.append((self.did, self.course))
        tell("playing the incident as it was")
        rows = self._played(self.folder, INCIDENT, courses)
        tell("playing it with the prevention in place")
        if place.parent.name == PLAYS:
            rows += self._played(self.folder, INCIDENT, [(f"the play {chosen.shown_by}", _course(read_play(place)))])
        else:
            rows += self._played(place, f"with {prevention}", courses)
        return Shown(prevention, chosen.says, chosen.shown_by, tuple(rows))

    def _place(self, name: str) -> Path:
        """What `shown_by` means: one of the variants, a play, or another scenario."""
        base = base_of(self.folder / FILE).parent
        variant, play, other = base / FOLDER / name, base / PLAYS / f"{name}.yaml", base.parent / name
        return variant if (variant / FILE).is_file() else play if play.is_file() else other

    def _played(self, folder: Path, where: str, courses: Sequence[tuple[str, Sequence[Act]]]) -> list[Row]:
        with Stage(folder) as stage:
            rows = []
            for did, course in courses:
                with stage.session(self.seed) as session:
                    perform(session, course, session.limit_ms)
                    rows.append(Row(where, did, Played.of(session)))
            return rows


def _course(play: Play) -> tuple[Act, ...]:
    return tuple(Act(step.at_ms, step.action, step.predict) for step in play.steps)


def _prevention(key: Key, name: str) -> Prevention:
    if name not in key.preventions:
        hint = nearest(name, list(key.preventions), f"there are {', '.join(sorted(key.preventions))}")
        raise InvalidInput([Problem(Mark("--show"), f"there is no prevention {name!r}", hint)])
    return key.preventions[name]
