"""The states of a pipeline's stage."""

PENDING, SCHEDULED, HELD, RUNNING = "pending", "scheduled", "held", "running"
PASSED, FAILED, SKIPPED, STOPPED, LEFT_OUT = "passed", "failed", "skipped", "stopped", "left out"

UNDER_WAY = (RUNNING, SCHEDULED)
BEHIND = (PASSED, SKIPPED, LEFT_OUT)
TRIED = (FAILED, STOPPED)
STILL_TO_COME = (PENDING, SCHEDULED, HELD)
