"""The incident that is measured: not-null-column for an hour, at so many requests a second, relaxed and rolled back."""

from dataclasses import replace

from sim.catalogue import make
from sim.clock import HOUR, SECOND, millis
from sim.engine.assembly import Production
from sim.engine.engine import Engine
from sim.journal import Journal
from sim.scenario.load import find, load
from sim.traffic.values import Regime

HORIZON_S = HOUR // SECOND
DECISIONS = (
    ("9m", "run_sql", {"sql": "ALTER TABLE orders ALTER COLUMN order_metadata SET DEFAULT '{}'"}),
    ("10m", "roll_back", {"service": "shop"}),
    ("14m", "order", {"fix": "tolerate-missing-utm"}),
)


def production(rps: int) -> Production:
    """The scenario with its arrivals scaled to a total, and no row ever asked for."""
    loaded = load(find("not-null-column"), 7)
    scenario = loaded.scenario
    shop = scenario.services["shop"]
    factor = rps / sum(endpoint.rps for endpoint in shop.endpoints.values())
    endpoints = {name: one.model_copy(update={"rps": one.rps * factor}) for name, one in shop.endpoints.items()}
    pool = shop.pool.model_copy(update={"connections": max(2, round(shop.pool.connections * factor))})
    scaled = scenario.model_copy(
        update={
            "services": {"shop": shop.model_copy(update={"endpoints": endpoints, "pool": pool})},
            "clock": scenario.clock.model_copy(update={"limit": HOUR}),
            "done": scenario.done.model_copy(update={"sql": ()}),
        }
    )
    return Production(replace(loaded, scenario=scaled))


def run(made: Production, seed: int, step_ms: int = HOUR) -> Engine:
    """One run, observed every `step_ms`."""
    engine = made.start(seed, Journal.at(None, {}))
    for time, name, arguments in DECISIONS:
        _advance(engine, millis(time), step_ms)
        engine.ask(make(name, arguments))
    _advance(engine, HOUR, step_ms)
    engine.settle()
    return engine


def _advance(engine: Engine, to_ms: int, step_ms: int) -> None:
    for moment in range(engine.now_ms + step_ms, to_ms, step_ms):
        engine.run_to(moment)
    engine.run_to(to_ms)


def fingerprint(engine: Engine) -> tuple[str, str]:
    """What must be the same however it was observed."""
    return engine.traffic.digest(HORIZON_S), engine.journal.facts_digest()


def regimes(engine: Engine) -> list[tuple[int, Regime]]:
    """What held from when on, for the twin."""
    return list(engine.traffic.regimes)
