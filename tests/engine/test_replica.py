"""The replica that `query` reads, when it is late."""

from pathlib import Path

from sim.catalogue import make
from tests.worlds import edited, story

LATE = ("story:\n", "story:\n  - {at: 20m, fault: {replica_lag: {by: 5m}}, for: 10m}\n")
COUNT = "SELECT count(*) FROM orders"


def test_a_late_replica_shows_the_rows_as_they_were_and_says_so(tmp_path: Path) -> None:
    """At 25 minutes it knows what there was at 20; when it has caught up, it knows everything again."""
    with story(edited(tmp_path, "not-null-column", LATE)) as now:

        def asked(time: str) -> tuple[int, str]:
            now.at(time)
            _, count, foot = now.session.read(make("query", {"sql": COUNT})).splitlines()
            return int(count), foot

        at_20, foot_20 = asked("19m59s")
        at_25, foot_25 = asked("25m")
        at_31, foot_31 = asked("31m")
        assert "behind" not in foot_20 + foot_31
        assert "the replica is 5m behind" in foot_25
        assert abs(at_25 - at_20) < 100
        assert at_31 - at_25 > 10 * 60 * 30


def test_looking_at_a_late_replica_changes_nothing(tmp_path: Path) -> None:
    """The digest is that of a run in which nobody asked."""
    folder = edited(tmp_path, "not-null-column", LATE)
    with story(folder) as asked, story(folder) as unasked:
        asked.at("25m")
        asked.session.read(make("query", {"sql": COUNT}))
        asked.at("40m")
        unasked.at("40m")
        assert asked.session.finish().digest == unasked.session.finish().digest
