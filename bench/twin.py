"""The per-request twin: the same regimes as an idiomatic SimPy model, one process for every request.

It shares no code with the traffic room beyond the values that describe a regime, so it serves as an oracle for the
counts, and as the denominator of the speed that is claimed for them.
"""

import random
from collections import defaultdict
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import simpy

from sim.traffic.values import POOL_TIMEOUT, SERVICE_UNAVAILABLE, Flow, Mix, Pool, Regime, Serving

Process = Generator[simpy.Event, Any, None]
TOTAL, PASSED, HARMED = "total", "passed", "harmed"


@dataclass
class TwinRun:
    """What one simulation saw: counts by (endpoint, version, outcome) and second; by pool, arrivals and their waits.

    An outcome is counted in the second in which it is decided: on arrival what fails before a statement, when they have
    their connection and their lock all others, or when they give up.
    """

    horizon_s: int
    counts: dict[tuple[str, str, str], list[int]] = field(default_factory=dict)
    waits: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, endpoint: str, label: str, what: str, second: int) -> None:
        """One more; what happens after the horizon is not seen."""
        if second < self.horizon_s:
            key = (endpoint, label, what)
            if key not in self.counts:
                self.counts[key] = [0] * self.horizon_s
            self.counts[key][second] += 1

    def sums(self, start: int, stop: int) -> dict[tuple[str, str, str], int]:
        """The sums over a window."""
        return {key: sum(series[start:stop]) for key, series in self.counts.items()}


class Twin:
    """A production made of requests."""

    def __init__(self, changes: Sequence[tuple[int, Regime]], seed: int, horizon_s: int) -> None:
        self.env = simpy.Environment()
        self.random = random.Random(seed)
        self.run = TwinRun(horizon_s)
        self.flows: dict[str, Flow] = {}
        self.pools: dict[str, Pool] = {}
        self.connections: dict[str, simpy.Resource] = {}
        self.sources: dict[str, simpy.Process] = {}
        self.unlocked: dict[str, simpy.Event] = {}
        self.env.process(self._control(changes))
        self.env.run(until=horizon_s)

    def _control(self, changes: Sequence[tuple[int, Regime]]) -> Process:
        for second, regime in changes:
            if second > self.env.now:
                yield self.env.timeout(second - self.env.now)
            self._enter(regime)

    def _enter(self, regime: Regime) -> None:
        before, self.flows = self.flows, {flow.endpoint: flow for flow in regime.flows}
        self.pools = {pool.name: pool for pool in regime.pools}
        for pool in regime.pools:
            self._resize(pool)
        for endpoint in dict.fromkeys([*before, *self.flows]):
            old, new = before.get(endpoint), self.flows.get(endpoint)
            if endpoint in self.unlocked and (new is None or not new.stalled):
                self.unlocked.pop(endpoint).succeed()
            if (old.rps if old else 0.0) != (new.rps if new else 0.0):
                if endpoint in self.sources and self.sources[endpoint].is_alive:
                    self.sources[endpoint].interrupt()
                else:
                    self.sources[endpoint] = self.env.process(self._source(endpoint))

    def _resize(self, pool: Pool) -> None:
        if pool.name not in self.connections:
            self.connections[pool.name] = simpy.Resource(self.env, max(1, pool.servers))
        resource = self.connections[pool.name]
        resource._capacity = max(1, pool.servers)  # noqa: SLF001  SimPy's resources cannot grow by public means
        resource._trigger_put(None)  # noqa: SLF001

    def _source(self, endpoint: str) -> Process:
        """Arrivals have no memory, so a new rate simply starts a new wait."""
        while True:
            flow = self.flows.get(endpoint)
            try:
                if flow is None or flow.rps <= 0:
                    yield self.env.event()
                else:
                    yield self.env.timeout(self.random.expovariate(flow.rps))
                    self.env.process(self._request(flow))
            except simpy.Interrupt:
                continue

    def _request(self, flow: Flow) -> Process:
        flow = self.flows[flow.endpoint]
        came, arrived = self.env.now, int(self.env.now)
        serving = self._serving(flow)
        label = serving.label if serving else ""
        self.run.add(flow.endpoint, label, TOTAL, arrived)
        failed = self._early_failure(flow, serving)
        if failed is not None:
            self.run.add(flow.endpoint, label, failed, arrived)
        if serving is None or failed == SERVICE_UNAVAILABLE:
            return
        if not flow.needs_pool:
            self._ask(flow, serving, failed)
            return
        with self.connections[serving.pool].request() as connection:
            if not connection.triggered:
                yield connection | self.env.timeout(self.pools[serving.pool].timeout_ms / 1000)
            if not connection.triggered:
                if failed is None:
                    self.run.add(flow.endpoint, label, POOL_TIMEOUT, int(self.env.now))
                return
            self.run.waits[serving.pool].append((came, self.env.now - came))
            while (now := self.flows.get(flow.endpoint)) is not None and now.stalled and failed is None:
                yield self.unlocked.setdefault(flow.endpoint, self.env.event())
            self._ask(flow, serving, failed)
            yield self.env.timeout(self._service_s(flow, serving))

    def _ask(self, flow: Flow, serving: Serving, failed: str | None) -> None:
        """Who has not failed is answered by the database, as its version is at this moment."""
        if failed is not None:
            return
        outcome, second = self._answer(self._mix_now(flow, serving)), int(self.env.now)
        self.run.add(flow.endpoint, serving.label, PASSED if outcome == HARMED else outcome, second)
        if outcome == HARMED:
            self.run.add(flow.endpoint, serving.label, HARMED, second)

    def _mix_now(self, flow: Flow, serving: Serving) -> Mix:
        now = self.flows.get(flow.endpoint)
        alike = [other.mix for other in now.serving if other.label == serving.label] if now else []
        return alike[0] if alike else serving.mix

    def _serving(self, flow: Flow) -> Serving | None:
        weights = [serving.weight for serving in flow.serving]
        return self.random.choices(flow.serving, weights)[0] if any(weights) else None

    def _early_failure(self, flow: Flow, serving: Serving | None) -> str | None:
        """A background error befalls anybody; otherwise a prototype is drawn and its fate looked up."""
        if flow.background is not None and self.random.random() < flow.background[1]:
            return flow.background[0]
        if serving is None or (flow.needs_pool and not self.pools[serving.pool].servers):
            return SERVICE_UNAVAILABLE
        return _named(serving.mix.early_failing, self.random.randrange(serving.mix.of))

    def _answer(self, mix: Mix) -> str:
        """One of the prototypes that get as far as a statement."""
        asking = mix.of - sum(count for _, count in mix.early_failing)
        if not asking:
            return PASSED
        return _named((*mix.late_failing, (HARMED, mix.harmed)), self.random.randrange(asking)) or PASSED

    def _service_s(self, flow: Flow, serving: Serving) -> float:
        slowdown = self.pools[serving.pool].slowdown if serving.pool in self.pools else 1.0
        extra_ms = _delay_ms(serving.mix, self.random.randrange(serving.mix.of))
        service_ms = flow.median_ms * self.random.lognormvariate(0.0, flow.sigma) if flow.sigma else flow.median_ms
        return (service_ms + extra_ms) * slowdown / 1000


def _named(parts: Sequence[tuple[str, int]], prototype: int) -> str | None:
    for (name, _), bound in zip(parts, accumulate(count for _, count in parts), strict=True):
        if prototype < bound:
            return name
    return None


def _delay_ms(mix: Mix, prototype: int) -> int:
    bound = 0
    for extra_ms, prototypes in mix.delays:
        bound += prototypes
        if prototype < bound:
            return extra_ms
    return 0


def simulate(changes: Sequence[tuple[int, Regime]], seed: int, horizon_s: int) -> TwinRun:
    """Run every request of these regimes, the first of which holds from second 0."""
    return Twin(changes, seed, horizon_s).run
