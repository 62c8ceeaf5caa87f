"""What somebody who edits a scenario meets: SQL that fails by itself, and the hour of the machine."""

from pathlib import Path

import pytest

from tests.worlds import edited, story


@pytest.mark.parametrize(("guard", "fails"), [
    pytest.param("now() >= timestamptz '2026-07-01'", False, id="after the story's day"),
    pytest.param("now() < timestamptz '2026-07-01'", True, id="on the story's day"),
])  # fmt: skip
def test_the_current_time_in_a_guard_is_the_story_s(tmp_path: Path, *, guard: str, fails: bool) -> None:
    """The same run on another day finds the same."""
    folder = edited(tmp_path, "not-null-column", ("when: utm_source IS NULL\n", f"when: {guard}\n"))
    with story(folder) as now:
        assert (now.failing("POST /orders", "15m", "20m") > 0.9) == fails
