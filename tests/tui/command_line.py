"""The command line, called as a shell would and answered in one value."""

import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from tui.cli import main


@dataclass(frozen=True)
class Ended:
    """How a command ended: its code, and what it wrote where."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """What --json wrote."""
        return json.loads(self.out)


def rehearse(*words: str | Path) -> Ended:
    """Type a command line and wait for its end."""
    out, err = (TextIOWrapper(BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as end:
        main([str(word) for word in words])
    ended = Ended(int(end.value.code or 0), _written(out), _written(err))
    assert "Traceback" not in ended.err
    return ended


def _written(stream: TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
