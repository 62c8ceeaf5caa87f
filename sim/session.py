"""A run in progress, as a front end drives it: `advance(to)`, `act(action)`, `look(probe)`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import astuple
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sim import __version__
from sim.actions.answer import Answer
from sim.actions.base import Action
from sim.actions.look import Look
from sim.actions.skip_to import SkipTo
from sim.catalogue import arguments_of
from sim.clock import SECOND, millis
from sim.engine.assembly import Production
from sim.errors import InvalidInput, RehearsalError
from sim.facts import Asked, Ended, Looked, Predicted, Refused
from sim.journal import Journal, Keeping
from sim.judge.judge import Judge
from sim.play import Play, misfits
from sim.probes.catalogue import read_probe
from sim.result import Result, tell
from sim.scenario.load import Loaded, load
from sim.thinking import considered

Progress = Callable[[str], None]


class Session:
    """One scenario and seed. Everything that happens is in its journal; `finish` seals it.

    A `production` that is lent is sound, of the same scenario, and stays open. `told` has the answers to looks, by the
    entries that say that somebody looked.
    """

    def __init__(
        self,
        loaded: Loaded,
        seed: int,
        journal: Path | Keeping | None = None,
        progress: Progress | None = None,
        judge: Judge | None = None,
        production: Production | None = None,
        about: Mapping[str, str] | None = None,
    ) -> None:
        self.loaded, self.seed = loaded, seed
        self._progress = progress or (lambda _: None)
        self._lent = production is not None
        self._production = production or Production(loaded, judge)
        head = {
            "scenario": loaded.scenario.id,
            "scenario_digest": self._production.fingerprint,
            "seed": seed,
            "engine": __version__,
            **(about or {}),
        }
        self.journal = Journal.at(journal, head)
        if not self._lent:
            self._progress("judging the releases")
            self._sound()
        self.engine = self._production.start(seed, self.journal)
        self.told: dict[int, str] = {}
        self._result: Result | None = None

    def _sound(self) -> None:
        """A scenario that turns out to be wrong leaves no server behind."""
        try:
            self._production.sound()
        except BaseException:
            self._production.close()
            raise

    @classmethod
    def open(
        cls,
        folder: Path,
        seed: int = 0,
        journal: Path | Keeping | None = None,
        progress: Progress | None = None,
        about: Mapping[str, str] | None = None,
    ) -> Self:
        """Load a scenario and stand at clock zero; `about` is what else the head of the journal says of the run."""
        return cls(load(folder, seed), seed, journal, progress, about=about)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def now_ms(self) -> int:
        """Where the clock stands."""
        return self.engine.now_ms

    @property
    def over(self) -> bool:
        """Whether the run has ended."""
        return self.engine.world.outcome is not None

    @property
    def limit_ms(self) -> int:
        """The last moment of the story."""
        return self.loaded.scenario.clock.limit

    def advance(self, to_ms: int) -> None:
        """Let everything happen up to and including a moment."""
        if to_ms < self.now_ms:
            raise ValueError(f"time goes forward: {to_ms} is before {self.now_ms}")
        self.engine.run_to(min(to_ms, self.limit_ms))

    def act(
        self, action: Action, predict: dict[str, Any] | None = None, until_ms: int | None = None
    ) -> tuple[Refused, ...]:
        """Do something now; what the world refuses comes back, and stands in the journal like the rest.

        An action that lets time pass lets it pass up to `until_ms` at most.
        """
        if self.over and not isinstance(action, Answer):
            return (Refused(action=action.name, why="the run is over"),)
        if action.looks:
            self.read(action)
            return ()
        if action.thinks:
            return self._think(action, min(self.limit_ms, self.limit_ms if until_ms is None else until_ms))
        said = _prediction(action, predict) if predict else None
        if said is not None:
            self.engine.become(said)
        first, known = len(self.journal.entries), set(self.engine.processes.values())
        self.engine.become(Asked(action=action.name, arguments=arguments_of(action)))
        self.engine.ask(action)
        begun = [process for process in self.engine.processes.values() if process not in known]
        refusals = self._refusals(first)
        if said is not None and not refusals:
            self.engine.predict(said, begun)
        self.engine.run_to(self.now_ms)
        return refusals

    def _refusals(self, first: int) -> tuple[Refused, ...]:
        return tuple(entry.fact for entry in self.journal.entries[first:] if isinstance(entry.fact, Refused))

    def _think(self, action: Action, until_ms: int) -> tuple[Refused, ...]:
        """Think, take a hint, or let time pass: nothing in production notices."""
        first = len(self.journal.entries)
        self.engine.become(Asked(action=action.name, arguments=arguments_of(action), look=True))
        for fact in considered(action, self.loaded.key, self.engine):
            self.engine.become(fact)
        refusals = self._refusals(first)
        if isinstance(action, SkipTo) and not refusals:
            target_ms = min(millis(action.to), until_ms) if action.to else until_ms
            self.engine.run_to(max(target_ms, self.now_ms), until_news=not action.to)
            self.engine.run_to(self.now_ms)
        return refusals

    def look(self, what: str) -> str:
        """Read one of the production's faces; it changes nothing but the journal."""
        return self.read(Look(what=what))

    def read(self, action: Action) -> str:
        """The answer to an action that looks. It changes nothing but the journal."""
        self.engine.become(Asked(action=action.name, arguments=arguments_of(action), look=True))
        if action.decide(self.engine.world):
            self.engine.ask(action)
            self.engine.run_to(self.now_ms)
        try:
            text = read_probe(self.engine, action)
        except RehearsalError as refusal:
            text = f"refused: {refusal}"
        what = action.what if isinstance(action, Look) else action.name
        saw = "" if action.outside else sha256(text.encode()).hexdigest()[:16]
        self.engine.become(Looked(what=what, saw=saw))
        self.told[len(self.journal.entries) - 1] = text
        return text

    def follow(self, play: Play) -> None:
        """Carry out a play to its end, and let the story run to its own."""
        if problems := misfits(play, self.loaded.scenario):
            raise InvalidInput(problems)
        for step in play.steps:
            self.advance(max(step.at_ms, self.now_ms))
            self._progress(f"{step.action.name} …")
            self.act(step.action, dict(step.predict) if step.predict else None)
        self.advance(self.limit_ms)

    def finish(self) -> Result:
        """End the run where it stands, and say what came out; the journal is sealed."""
        if self._result is None:
            if not self.over:
                outcome, resolved_at_ms = self.engine.outcome(abandoned=self.now_ms < self.limit_ms)
                self.engine.become(Ended(outcome=outcome, resolved_at_ms=resolved_at_ms))
            self._result = tell(self.engine, self.journal)
        return self._result

    def timeline(self) -> Iterator[tuple[Any, ...]]:
        """One row a second, endpoint and version, after a head row."""
        yield ("second", "endpoint", "version", "total", "failed", "harmed", "p50_ms", "p99_ms")
        self.engine.settle()
        for row in self.engine.traffic.timeline(0, self.now_ms // SECOND):
            yield astuple(row)

    def close(self) -> None:
        """Let go of the tables and the judge, and leave the journal as it is."""
        self.engine.close()
        if not self._lent:
            self._production.close()
        self.journal.close()


def _prediction(action: Action, predict: dict[str, Any]) -> Predicted:
    effects = {name: str(value) for name, value in predict.items() if name != "confidence"}
    return Predicted(action=action.name, effects=effects, confidence=int(predict.get("confidence", 50)))
