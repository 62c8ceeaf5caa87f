"""The switch that turns every skip into a failure."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shape.tree import ROOT

_SKIPPING = {
    "in a test": "import pytest\ndef test_it():\n    pytest.skip('no server')\n",
    "by a mark": "import pytest\n@pytest.mark.skipif(True, reason='no server')\ndef test_it(): pass\n",
    "of a module": "import pytest\npytest.skip('no server', allow_module_level=True)\n",
}


@pytest.mark.parametrize("way", _SKIPPING)
@pytest.mark.parametrize(("switch", "fails"), [("1", True), ("", False)], ids=["switch on", "switch off"])
def test_a_skip_fails_where_nothing_may_be_missing(way: str, switch: str, fails: bool, tmp_path: Path) -> None:
    """With REHEARSE_NO_SKIPS a pipeline cannot stay green by testing less; without it a skip says why."""
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_one.py").write_text(_SKIPPING[way], encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        env={**os.environ, "REHEARSE_NO_SKIPS": switch},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (ran.returncode in (1, 2)) is fails, ran.stdout
    assert "no server" in ran.stdout
