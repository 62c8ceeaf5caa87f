"""Many trainees on one host: a small version of `python -m bench.archive crowd`."""

import json
import subprocess
import sys
from pathlib import Path

from tests.scorecards.archive.conftest import Real
from tests.shape.tree import ROOT


def test_a_crowd_loses_no_run(tmp_path: Path, real: Real) -> None:
    """Sixteen finish runs, four a trial are killed; one ingests and may be killed, one reads and is never refused."""
    words = ["crowd", "--trials", "4", "--journal", str(real.journal), "--folder", str(tmp_path)]
    command = [sys.executable, "-m", "bench.archive", *words]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    told = json.loads(ended.stdout)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert (told["lost"], told["doubled"], told["half"], told["refused"]) == ([], [], [], [])
    assert told["killed"] == 16
    assert told["finished"] > 50
    assert told["reads"] > 1
