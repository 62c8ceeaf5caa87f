"""What traffic is told: everything that is constant between two changes of the world."""

from collections.abc import Mapping
from dataclasses import dataclass

SERVICE_UNAVAILABLE = "ServiceUnavailable"
POOL_TIMEOUT = "PoolTimeout"
CONNECTION_RESET = "ConnectionReset"


@dataclass(frozen=True)
class Mix:
    """What becomes of `of` prototypes: how many fail with which error, how many of the others are harmed or delayed.

    Errors are disjoint, each named once; a delay may befall any prototype. Errors named in `late` are those by which
    the database answers a statement; all others come from code that runs before one.
    """

    of: int
    failing: tuple[tuple[str, int], ...] = ()
    harmed: int = 0
    delays: tuple[tuple[int, int], ...] = ()
    late: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        failing = sum(count for _, count in self.failing)
        if self.of <= 0 or min((count for _, count in self.failing), default=0) < 0 or self.harmed < 0:
            raise ValueError(f"a mix counts prototypes, and has some: {self}")
        if failing + self.harmed > self.of or sum(count for _, count in self.delays) > self.of:
            raise ValueError(f"a mix has no more outcomes than prototypes: {self}")
        if len({error for error, _ in self.failing}) != len(self.failing):
            raise ValueError(f"a mix names an error once: {self}")
        if not {*self.late} <= {error for error, _ in self.failing}:
            raise ValueError(f"a mix is late with errors of its own: {self}")

    @property
    def early_failing(self) -> tuple[tuple[str, int], ...]:
        """What fails without asking the database."""
        return tuple([cause for cause in self.failing if cause[0] not in self.late])

    @property
    def late_failing(self) -> tuple[tuple[str, int], ...]:
        """What the database refuses."""
        return tuple([cause for cause in self.failing if cause[0] in self.late])


NOBODY = Mix(of=1, failing=((SERVICE_UNAVAILABLE, 1),))
RESET = Mix(of=1, failing=((CONNECTION_RESET, 1),), late=(CONNECTION_RESET,))


@dataclass(frozen=True)
class Serving:
    """One version behind an endpoint; its share of the arrivals is its weight among those of its neighbours."""

    label: str
    pool: str
    weight: int
    mix: Mix


@dataclass(frozen=True)
class Flow:
    """The requests to one endpoint: how many, who answers, how long it takes, and whether a lock is in the way."""

    endpoint: str
    rps: float
    background: tuple[str, float] | None
    median_ms: int
    sigma: float
    serving: tuple[Serving, ...]
    stalled: bool = False
    needs_pool: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.rps <= 1e7:
            raise ValueError(f"{self.endpoint}: {self.rps} requests a second cannot be counted")
        if self.background is not None and not 0 <= self.background[1] <= 1:
            raise ValueError(f"{self.endpoint}: a share lies between 0 and 1, not at {self.background[1]}")
        if self.stalled and not self.needs_pool:
            raise ValueError(f"{self.endpoint}: only a request with a connection can wait for a lock")


@dataclass(frozen=True)
class Pool:
    """Connections: so many at a time, and nobody waits longer than `timeout_ms`; a slow database makes work longer.

    `cuts` tells of each time that some instances of so many went away: what waited in them is cut off.
    """

    name: str
    servers: int
    timeout_ms: int
    slowdown: float = 1.0
    cuts: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        if self.servers < 0 or self.timeout_ms < 0 or not 0 < self.slowdown <= 1e6:
            raise ValueError(f"no such pool of connections: {self}")


@dataclass(frozen=True)
class Regime:
    """Everything that is constant between two changes."""

    flows: tuple[Flow, ...]
    pools: tuple[Pool, ...]


@dataclass(frozen=True)
class Tally:
    """Requests in a window: all that arrived, and those of whom it was decided there that they failed, and why.

    A request that waits is decided on later, so `in_flight` is what waits when the window ends.
    """

    total: int
    failed: int
    harmed: int
    in_flight: int
    errors: Mapping[str, int]

    @property
    def share(self) -> float:
        """Failed requests among those that arrived; nothing arrived, nothing failed."""
        return self.failed / self.total if self.total else 0.0


@dataclass(frozen=True)
class Row:
    """One second of one endpoint and version."""

    second: int
    endpoint: str
    version: str
    total: int
    failed: int
    harmed: int
    p50_ms: int
    p99_ms: int
