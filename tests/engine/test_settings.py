"""How patient a session is: what SET lock_timeout means where it stands, and what PostgreSQL says to nonsense."""

import pytest

from sim.catalogue import make
from sim.engine.scripts import parts
from sim.facts import ScriptSent
from tests.worlds import story

_WORK = "ALTER TABLE orders ADD COLUMN gift_wrap boolean"
_LOCK = "LOCK TABLE orders IN ACCESS EXCLUSIVE MODE"


@pytest.mark.parametrize(("sql", "patience"), [
    pytest.param(f"SET LOCAL lock_timeout = '2s'; {_WORK}", None, id="local, each statement by itself"),
    pytest.param(f"BEGIN; SET LOCAL lock_timeout = '2s'; {_WORK}; COMMIT", 2000, id="local, in a transaction"),
    pytest.param(f"BEGIN; SET LOCAL lock_timeout = '2s'; SELECT 1; COMMIT; {_WORK}", None, id="local, in one before"),
    pytest.param(f"SET lock_timeout = '2s'; {_WORK}", 2000, id="for the session"),
    pytest.param(f"BEGIN; SET lock_timeout TO 1500; SELECT 1; COMMIT; {_WORK}", 1500, id="for it, in one before"),
    pytest.param(f"SET SESSION lock_timeout = '1.5 s'; {_WORK}", 1500, id="a part of a second"),
    pytest.param(f"SET lock_timeout = '1h'; {_WORK}", 3_600_000, id="an hour"),
])  # fmt: skip
def test_patience_reaches_as_far_as_postgresql_s(sql: str, patience: int | None) -> None:
    """A local setting is its transaction's; outside one PostgreSQL warns, and waits for ever."""
    *_, last = parts(ScriptSent(session="console", sql=sql))
    assert last.statements[-1] == _WORK
    assert last.patience_ms == patience


def test_what_postgresql_refuses_it_refuses() -> None:
    """No negative times, no units of one's own, no LOCK outside a transaction: nothing that is not modelled."""
    asked = ("SET lock_timeout = -1", "SET lock_timeout = '5 fortnights'", "SET lock_timeout = '100000d'", _LOCK)
    with story("not-null-column") as now:
        now.at("1m")
        for sql in asked:
            now.session.act(make("run_sql", {"sql": sql}))
            now.session.advance(now.session.now_ms + 1000)
        now.at("2m", "run_sql", sql=f"BEGIN; {_LOCK}; COMMIT")
        now.at("3m")
        found = now.answers()
    assert found[:4] == list(zip(asked, ["22023", "22023", "22023", "25P01"], strict=True))
    assert found[4] == (_LOCK, None)
