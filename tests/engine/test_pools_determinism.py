"""Whatever is done to pools, the digest is the same in one go, looked at, and second by second."""

from pathlib import Path
from typing import Any

import pytest

from sim.catalogue import make
from sim.clock import MINUTE, SECOND
from tests.engine.test_pools import QUIET, RELEASE, SMALL, TWO_POOLS
from tests.worlds import edited, story

Plan = list[tuple[int, str, dict[str, Any]]]
LOCKED: Plan = [
    (480, "restart", {"service": "shop", "at_once": 3}),
    (545, "scale", {"service": "shop", "instances": 18}),
    (601, "scale", {"service": "packing", "instances": 1}),
    (640, "cancel", {"service": "shop"}),
    (645, "cancel", {"service": "shop"}),
    (700, "cancel_statement", {"session": "migration 1"}),
    (760, "deploy", {"service": "shop", "release": "v5.8.0"}),
    (800, "pause_rollout", {"service": "shop"}),
    (860, "end_session", {"session": "weekly-figures"}),
    (900, "resume_rollout", {"service": "shop"}),
]
COLOURS: Plan = [
    (100, "shift_traffic", {"from": "green", "to": "blue", "percent": 40}),
    (160, "shift_traffic", {"from": "green", "to": "blue"}),
    (220, "scale", {"service": "shop", "pool": "blue", "instances": 9}),
    (300, "deploy", {"service": "shop", "release": "v2.4.0", "pool": "green"}),
    (330, "restart", {"service": "shop", "pool": "blue", "at_once": 4}),
    (333, "scale", {"service": "shop", "pool": "blue", "instances": 0}),
    (420, "shift_traffic", {"from": "blue", "to": "green", "percent": 70}),
]


def digest(scenario: str | Path, plan: Plan, step_ms: int | None) -> str:
    """Carry a plan out in steps of so many milliseconds, looking around at each."""
    with story(scenario, 5) as now:
        session = now.session
        for second, name, arguments in [*plan, (1000, "declare", {"severity": "SEV3"})]:
            while step_ms is not None and session.now_ms + step_ms < second * SECOND:
                session.advance(session.now_ms + step_ms)
                if step_ms == MINUTE:
                    session.look("sessions")
                    session.look("metrics")
            session.advance(second * SECOND)
            session.act(make(name, arguments))
        return session.finish().digest


@pytest.mark.parametrize("which", ["locked", "colours"])
def test_however_pools_are_watched_the_digest_is_the_same(tmp_path: Path, which: str) -> None:
    """Orphans, cuts, shares of connections and starts included."""
    if which == "locked":
        scenario, plan = edited(tmp_path, "lock-queue"), LOCKED
    else:
        scenario, plan = edited(tmp_path, "not-null-column", QUIET, SMALL, TWO_POOLS, RELEASE), COLOURS
    batch = digest(scenario, plan, None)
    assert digest(scenario, plan, MINUTE) == batch
    assert digest(scenario, plan, SECOND) == batch
