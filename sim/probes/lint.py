"""What squawk says of a migration."""

import shutil
import subprocess

from sim.actions.lint import Lint
from sim.engine.engine import Engine
from sim.errors import NotModelled, nearest

SECONDS = 10
NOT_HERE = "squawk is not installed here; with it (the package squawk-cli) this would show its findings"


def read(engine: Engine, action: Lint) -> str:
    """Squawk's findings on a migration's way up, or on some SQL; where it is not installed, that."""
    known = engine.world.scenario.database.migrations
    if action.migration and action.migration not in known:
        hint = nearest(action.migration, tuple(known), ", ".join(known))
        raise NotModelled(f"there is no migration {action.migration!r}; {hint}")
    sql = known[action.migration].up if action.migration else action.sql
    if not sql:
        raise NotModelled("say what to read: `migration:` or `sql:`")
    program = shutil.which("squawk")
    return _findings(program, sql) if program else NOT_HERE


def _findings(program: str, sql: str) -> str:
    """Run it on the text, without a shell and not for long."""
    try:
        done = subprocess.run(
            [program, "--reporter", "gcc", "--stdin-filepath", "migration.sql"],
            input=sql, capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as problem:
        return f"squawk did not answer: {problem}"
    return (done.stdout + done.stderr).strip() or "squawk finds nothing"
