"""What came out of a run: totals by endpoint and cause, rows lost, and the two fingerprints."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sim import __version__
from sim.clock import SECOND, show, spell
from sim.facts import Ended, ScriptSent, StatementRan
from sim.journal import Journal, canonical
from sim.traffic.traffic import Traffic

if TYPE_CHECKING:
    from sim.engine.engine import Engine
    from sim.world import World


NOT_MODELLED = "not modelled"


@dataclass(frozen=True)
class Gap:
    """A statement that the world could not follow; `migration` names the scenario's own that it belongs to."""

    at_ms: int
    session: str
    migration: str | None
    statement: str
    why: str

    @property
    def words(self) -> str:
        """The same in one line."""
        whose = f"the migration {self.migration}" if self.migration is not None else self.session
        return f"{NOT_MODELLED}: {whose}, at {show(self.at_ms)}: {self.why}"


@dataclass(frozen=True)
class Result:
    """A finished run."""

    scenario: str
    seed: int
    digest: str
    seal: str
    outcome: str
    resolved_at_ms: int | None
    ended_at_ms: int
    requests: Mapping[str, int]
    endpoints: Mapping[str, Mapping[str, Any]]
    jobs: Mapping[str, Mapping[str, Any]]
    data: Mapping[str, int]
    wrong: Mapping[str, int]
    traffic: Traffic
    not_modelled: tuple[Gap, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether everything that the scenario itself does could be followed."""
        return all(gap.migration is None for gap in self.not_modelled)

    def number(self, block: str, name: str) -> float:
        """One of the totals."""
        kind, _, job = block.partition(".")
        if kind == "jobs":
            return float(self.jobs.get(job, {}).get(name, 0))
        return float(
            {"requests": self.requests, "data": {"values_dropped": 0, **self.data}, "wrong": self.wrong}[block][name]
        )

    def failing(self, endpoint: str, start_s: int, stop_s: int) -> tuple[float, Mapping[str, int]]:
        """The share of an endpoint's requests that failed in a window, and of what."""
        tally = self.traffic.tally(endpoint, start_s, min(stop_s, self.ended_at_ms // SECOND))
        return tally.share, tally.errors

    def harmed(self, endpoint: str, start_s: int, stop_s: int) -> float:
        """The share of an endpoint's requests in a window that hurt their user."""
        tally = self.traffic.tally(endpoint, start_s, min(stop_s, self.ended_at_ms // SECOND))
        return tally.harmed / tally.total if tally.total else 0.0

    def counted(self) -> dict[str, Any]:
        """What the closing line of a journal tells, so that whoever reads many of them need not play each again."""
        return {
            "resolved_at_ms": self.resolved_at_ms,
            "ended_at_ms": self.ended_at_ms,
            "requests": dict(self.requests),
            "endpoints": {name: dict(counts) for name, counts in self.endpoints.items()},
            "jobs": {name: dict(counts) for name, counts in self.jobs.items()},
            "data": dict(self.data),
            "wrong": dict(self.wrong),
        }

    def as_json(self) -> dict[str, Any]:
        """The contract of `rehearse run --json`."""
        return {
            "scenario": self.scenario,
            "seed": self.seed,
            "digest": self.digest,
            "seal": self.seal,
            "engine": __version__,
            "outcome": self.outcome,
            "resolved_at_ms": self.resolved_at_ms,
            "ended_at_ms": self.ended_at_ms,
            "requests": dict(self.requests),
            "endpoints": {name: dict(counts) for name, counts in self.endpoints.items()},
            "jobs": {name: dict(counts) for name, counts in self.jobs.items()},
            "data": {**self.data, **({"wrong": dict(self.wrong)} if self.wrong else {})},
            "not_modelled": [asdict(gap) for gap in self.not_modelled],
        }

    def summary(self) -> list[str]:
        """The same for people."""
        when = f", at {show(self.resolved_at_ms)}" if self.resolved_at_ms is not None else ""
        took = f"the run took {spell(self.ended_at_ms)} of simulated time"
        lines = [f"{self.scenario} (seed {self.seed}): {self.outcome}{when}; {took}"]
        lines.append(_counted("all requests", self.requests))
        lines += [_counted(name, counts) for name, counts in self.endpoints.items()]
        lines += [_worked(name, counts) for name, counts in self.jobs.items()]
        lines.append("data: " + ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in self.data.items()))
        if self.wrong:
            lines.append("wrong: " + ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in self.wrong.items()))
        lines += [gap.words for gap in self.not_modelled]
        lines.append(f"digest {self.digest}")
        return lines


def _counted(name: str, counts: Mapping[str, Any]) -> str:
    share = counts["failed"] / counts["total"] if counts["total"] else 0.0
    return f"{name}: {counts['failed']} of {counts['total']} failed ({share:.2%}){_causes(counts)}"


def _worked(name: str, counts: Mapping[str, Any]) -> str:
    left = "".join(f", {counts[kind]} {kind}" for kind in ("open", "overdue") if counts[kind])
    tries = f", {counts['failed']} tries failed" if counts["failed"] else ""
    return f"{name}: {counts['done']} of {counts['total']} done{left}{tries}{_causes(counts)}"


def _causes(counts: Mapping[str, Any]) -> str:
    errors = ", ".join(f"{count} {error}" for error, count in counts.get("errors", {}).items())
    harmed = f", {counts['harmed']} harmed" if counts["harmed"] else ""
    return harmed + (f" – {errors}" if errors else "")


def tell(engine: "Engine", journal: Journal) -> Result:
    """Sum up an ended run and seal its journal."""
    engine.settle()
    world, scenario = engine.world, engine.world.scenario
    second = engine.now_ms // SECOND
    endpoints = {
        name: _tallied(engine.traffic, name, second)
        for service in scenario.services.values()
        for name in service.endpoints
    }
    requests = {key: sum(counts[key] for counts in endpoints.values()) for key in ("total", "failed", "harmed")}
    harm = engine.rows.data()
    data, wrong = harm.totals(), harm.named()
    counted = {**data, "wrong": wrong} if wrong else data
    counts = {"traffic": engine.traffic.digest(second), "facts": journal.facts_digest(), "data": counted}
    digest = sha256(canonical(counts).encode()).hexdigest()
    end = next(entry.fact for entry in reversed(journal.entries) if isinstance(entry.fact, Ended))
    result = Result(
        scenario=scenario.id, seed=engine.seed, digest=digest, seal="", outcome=world.outcome or "",
        resolved_at_ms=end.resolved_at_ms, ended_at_ms=engine.now_ms, requests=requests, endpoints=endpoints,
        jobs=_jobs(world, journal), data=data, wrong=wrong, traffic=engine.traffic, not_modelled=_gaps(journal),
    )  # fmt: skip
    return replace(result, seal=journal.seal({"digest": digest, "outcome": result.outcome, "result": result.counted()}))


def _gaps(journal: Journal) -> tuple[Gap, ...]:
    """The statements whose answer was that they are not modelled."""
    owner: dict[str, str | None] = {}
    gaps = []
    for entry in journal.entries:
        match entry.fact:
            case ScriptSent(session=session, migration=migration):
                owner[session] = migration
            case StatementRan(sqlstate=sqlstate) as ran if sqlstate == NOT_MODELLED:
                gaps.append(Gap(entry.at_ms, ran.session, owner.get(ran.session), ran.statement, ran.message))
    return tuple(gaps)


def _tallied(traffic: Traffic, endpoint: str, second: int) -> dict[str, Any]:
    tally = traffic.tally(endpoint, 0, second)
    errors = dict(sorted(tally.errors.items()))
    return {
        "total": tally.total,
        "failed": tally.failed,
        "harmed": tally.harmed,
        "in_flight": tally.in_flight,
        "errors": errors,
    }


def _jobs(world: "World", journal: Journal) -> dict[str, dict[str, Any]]:
    """Items of each job that became due, what came of them, and the tries that failed; without those that never ran."""
    from sim.facts import JobRan

    jobs: dict[str, dict[str, Any]] = {
        name: {
            "total": load.due, "done": load.done, "failed": 0, "harmed": 0, "open": load.open, "overdue": load.overdue,
            "errors": {},
        }
        for name, load in world.work.items()
        if load.due or world.scenario.jobs[name].sql is not None
    }  # fmt: skip
    for entry in journal.entries:
        if isinstance(entry.fact, JobRan):
            so_far = jobs[entry.fact.job]
            if world.scenario.jobs[entry.fact.job].sql is not None:
                so_far["total"] += entry.fact.total
                so_far["done"] += entry.fact.total - entry.fact.failed
            for key in ("failed", "harmed"):
                so_far[key] += getattr(entry.fact, key)
            for error, count in entry.fact.errors.items():
                so_far["errors"][error] = so_far["errors"].get(error, 0) + count
    return jobs
