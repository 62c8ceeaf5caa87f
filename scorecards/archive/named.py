"""A kept run by the first characters of its digest."""

import re
from pathlib import Path

from scorecards.archive.ask import ask
from scorecards.archive.folder import Folder
from scorecards.archive.ingest import ingest
from sim.errors import InvalidInput, Mark, Problem

FEWEST = 4
_START = re.compile(rf"[0-9a-f]{{{FEWEST},64}}")
_WANTED = "SELECT digest, journal FROM runs WHERE starts_with(digest, $start) ORDER BY run DESC"


def is_start(text: str) -> bool:
    """Whether a text could be how a digest begins."""
    return _START.fullmatch(text) is not None


def journal_of(folder: Folder, start: str) -> Path:
    """The journal of the one run that is meant; of the same run played twice the later."""
    if folder.runs.is_dir():
        ingest(folder, wait=False)
    rows = ask(folder, _WANTED, {"start": start}).rows
    if not rows:
        raise _no(start, f"no run in {folder.path} has a digest that begins so", "`rehearse sql history` lists them")
    if len({digest for digest, _ in rows}) > 1:
        raise _no(start, "the digests of several runs begin so", "write some more of it")
    return folder.runs / str(rows[0][1])


def _no(start: str, what: str, hint: str) -> InvalidInput:
    return InvalidInput([Problem(Mark(start), what, hint)])
