"""Small systems under traffic, and strategies that draw them."""

from collections.abc import Iterable, Sequence

from hypothesis import strategies as st

from sim.traffic.traffic import Traffic
from sim.traffic.values import Flow, Mix, Pool, Regime, Serving

PASSING = Mix(4000)
Change = tuple[int, Regime]


def serving(label: str = "v1", weight: int = 1, mix: Mix = PASSING, pool: str = "db") -> Serving:
    return Serving(label, pool, weight, mix)


def flow(
    *servings: Serving, endpoint: str = "GET /", rps: float = 40.0, background: float = 0.0, stalled: bool = False,
    needs_pool: bool = True, median_ms: int = 80,
) -> Flow:  # fmt: skip
    share = ("ClientClosedRequest", background) if background else None
    return Flow(endpoint, rps, share, median_ms, 0.4, servings, stalled, needs_pool)


def regime(*flows: Flow, servers: int = 240, timeout_ms: int = 3000, slowdown: float = 1.0) -> Regime:
    return Regime(flows, (Pool("db", servers, timeout_ms, slowdown),))


def counted(seed: int, horizon_s: int, changes: Sequence[Change]) -> Traffic:
    """In one go."""
    traffic = Traffic(seed, horizon_s, changes[0][1])
    for second, after in changes[1:]:
        traffic.change(second, after)
    traffic.settle(horizon_s)
    return traffic


def watched(seed: int, horizon_s: int, changes: Sequence[Change], looks: Iterable[int], *, ahead: bool) -> Traffic:
    """Looked at again and again; each change comes after the last look before it, as in life."""
    traffic, coming = Traffic(seed, horizon_s, changes[0][1]), list(changes[1:])
    for look in sorted({*looks, horizon_s}):
        while coming and coming[0][0] <= look:
            traffic.change(*coming.pop(0))
        traffic.settle(look, horizon_s if ahead else None)
    return traffic


@st.composite
def mixes(draw: st.DrawFn) -> Mix:
    first = draw(st.sampled_from([0, 1, 100, 600, 3999, 4000]))
    second = draw(st.integers(0, min(50, 4000 - first)))
    harmed = draw(st.integers(0, min(200, 4000 - first - second)))
    delays = draw(st.sampled_from([(), ((300, 1000),), ((50, 400), (900, 3600))]))
    late = draw(st.sampled_from([(), ("23502",), ("23502", "NullPointerException")]))
    return Mix(4000, (("23502", first), ("NullPointerException", second)), harmed, delays, late)


@st.composite
def servings(draw: st.DrawFn) -> Serving:
    return Serving(
        draw(st.sampled_from(["v1", "v2", "v3"])), draw(st.sampled_from(["db", "db", "green"])),
        draw(st.sampled_from([0, 1, 5, 12])), draw(mixes()),
    )  # fmt: skip


@st.composite
def flows(draw: st.DrawFn, endpoint: str) -> Flow:
    needs_pool = draw(st.booleans()) or draw(st.booleans())
    background = draw(st.sampled_from([0.0, 0.001, 0.3, 1.0]))
    return Flow(
        endpoint=endpoint, rps=draw(st.sampled_from([0.0, 0.003, 0.5, 7.0, 40.0, 150.0])),
        background=("ClientClosedRequest", background), median_ms=draw(st.sampled_from([5, 80, 400])),
        sigma=draw(st.sampled_from([0.0, 0.4, 1.0])), serving=tuple(draw(st.lists(servings(), max_size=3))),
        stalled=needs_pool and draw(st.integers(0, 3)) == 0, needs_pool=needs_pool,
    )  # fmt: skip


@st.composite
def regimes(draw: st.DrawFn) -> Regime:
    endpoints = draw(st.lists(st.sampled_from(["A", "B", "C"]), unique=True))
    pools = (
        Pool(
            "db", draw(st.sampled_from([0, 1, 3, 20, 200])), draw(st.sampled_from([0, 500, 2000, 5000])),
            draw(st.sampled_from([1.0, 3.0, 10.0])),
        ),
        Pool("green", draw(st.sampled_from([2, 50])), 3000),
    )  # fmt: skip
    return Regime(tuple(draw(flows(endpoint)) for endpoint in endpoints), pools)


@st.composite
def histories(draw: st.DrawFn, horizon_s: int) -> list[Change]:
    """An opening regime, and up to six changes of it."""
    seconds = sorted(draw(st.lists(st.integers(0, horizon_s - 1), max_size=6)))
    return [(0, draw(regimes())), *((second, draw(regimes())) for second in seconds)]
