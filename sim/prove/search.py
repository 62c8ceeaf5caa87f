"""The search: one deed, then two, then three; the ways that do least harm are gone on with first."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.actions.roll_back import RollBack
from sim.clock import MINUTE
from sim.prove.candidates import Candidates, Deed, candidates
from sim.prove.trial import BUG, Steps, Trial, carry_out, timed
from sim.stage import Stage

DEPTH = 4
STARTS_MS = (MINUTE, 6 * MINUTE)


@dataclass
class Search:
    """What was tried so far. `explore` may be left at any moment; what it found stays."""

    stage: Stage
    seed: int
    budget: int
    trials: dict[tuple[tuple[Deed, ...], int], Trial] = field(default_factory=dict)
    whole: bool = False
    seconds: float = 0.0

    def __post_init__(self) -> None:
        scenario = self.stage.loaded(self.seed).scenario
        self._limit_ms, self._hold_ms = scenario.clock.limit, scenario.done.hold
        self._handover_ms = scenario.clock.handover
        self.candidates: Candidates = candidates(self.stage.loaded(self.seed))
        self.nothing = carry_out(self.stage, self.seed, ())
        self._alert_ms = self.nothing.alert_ms if self.nothing.alert_ms is not None else self._handover_ms
        self._ready_ms = self._fixes_ready()

    def _fixes_ready(self) -> dict[str, int]:
        """When each fix is there if it is ordered at the start: its build asks nobody else."""
        fixes = {deed.fix for deed in self.candidates.deeds if deed.fix}
        ready: dict[str, int] = {}
        for fix in sorted(fixes):
            deed = next(deed for deed in self.candidates.deeds if deed.fix == fix)
            tried = carry_out(self.stage, self.seed, timed((deed,), self.start_ms, {}, 0, self._limit_ms))
            ready |= tried.ready_ms or {}
        return ready

    @property
    def start_ms(self) -> int:
        """The moment of the first deed: soon after the first alert."""
        return self._alert_ms + STARTS_MS[0]

    def steps(self, deeds: tuple[Deed, ...], later: int = 0) -> Steps:
        """The deeds at their times."""
        return timed(deeds, self._alert_ms + STARTS_MS[later], self._ready_ms, self._hold_ms, self._limit_ms)

    def attempt(self, deeds: tuple[Deed, ...], later: int = 0) -> Trial:
        """The trial of these deeds, run once."""
        if (deeds, later) not in self.trials:
            began = time.monotonic()
            self.trials[deeds, later] = carry_out(self.stage, self.seed, self.steps(deeds, later), deeds)
            self.seconds += time.monotonic() - began
        return self.trials[deeds, later]

    @property
    def plays(self) -> int:
        """How many plays were run."""
        return len(self.trials)

    def explore(self) -> Iterator[int]:
        """Go on until everything up to the depth is tried or the budget is spent; gives the number of plays."""
        seen = {(self.nothing.left, str(self.nothing.counts))}
        frontier: list[tuple[Deed, ...]] = [()]
        for _ in range(DEPTH):
            found: list[Trial] = []
            for prefix in frontier:
                for deed in (one for one in self.candidates.deeds if one not in prefix):
                    if self.plays >= self.budget:
                        return
                    tried = self.attempt((*prefix, deed))
                    yield self.plays
                    did = (tried.left, str(tried.counts))
                    if did not in seen and not tried.good and tried.outcome != BUG:
                        seen.add(did)
                        found.append(tried)
            frontier = [one.deeds for one in sorted(found, key=lambda one: (one.damage, one.harm))]
        self.whole = True

    def later(self) -> Iterator[int]:
        """The good ways again, begun five minutes later: whether they depend on being quick."""
        for path in self.good():
            if self.plays >= self.budget:
                return
            self.attempt(path.deeds, 1)
            yield self.plays

    def ways(self) -> list[Trial]:
        """Every good way in which no deed can be left out."""
        return [
            one for (deeds, later), one in list(self.trials.items()) if one.good and not later and self._minimal(deeds)
        ]

    def good(self) -> list[Trial]:
        """One of the ways for each place in which they leave the system: the one that did least harm."""
        found: dict[object, Trial] = {}
        for way in self.ways():
            if way.left not in found or way.harm < found[way.left].harm:
                found[way.left] = way
        return sorted(found.values(), key=lambda one: (len(one.deeds), one.harm))

    def _minimal(self, deeds: tuple[Deed, ...]) -> bool:
        """Whether each deed is needed, each fewer at the times it would then have."""
        return not any(self.attempt((*deeds[:at], *deeds[at + 1 :])).good for at in range(len(deeds)) if len(deeds) > 1)

    def naive(self) -> Trial:
        """Every service goes back as soon as the alert is seen."""
        services = self.stage.loaded(self.seed).scenario.services
        return self.attempt(tuple(Deed(RollBack(service=name)) for name in services))
