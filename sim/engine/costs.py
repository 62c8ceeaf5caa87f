"""Seconds of database work by table size, measured on a million rows; everything else about a statement is judged."""

from collections.abc import Callable, Sequence

CATALOG_MS = 3
SCAN_MS = 220
FOREIGN_KEY_MS = 2_000
INDEX_MS = 2_100
REWRITE_MS = 4_600
WRITE_MS = 11_700
COPY_MS = 1_200
LOAD_MS = REWRITE_MS + INDEX_MS
REPLAYED_IN_A_MS = 60
_MILLION = 1_000_000


def statement_ms(
    *,
    tag: str,
    rewrites: Sequence[str],
    scans: Sequence[str],
    indexes: Sequence[str],
    written: int,
    rows: Callable[[str], int],
    reread: int = 0,
) -> int:
    """How long a statement holds its locks: a catalogue change, plus work by the rows it reads and writes.

    `reread` rows are read for each one that is written: a subquery without an index to look them up by.
    """
    work = sum(REWRITE_MS * rows(table) for table in rewrites)
    scan_ms = FOREIGN_KEY_MS if "FOREIGN KEY" in tag else SCAN_MS
    work += sum(scan_ms * rows(table) for table in scans if table not in rewrites)
    work += sum(INDEX_MS * rows(table) for table in indexes if table not in rewrites)
    return CATALOG_MS + (work + WRITE_MS * written + SCAN_MS * reread * written) // _MILLION


def backup_ms(rows: int) -> int:
    """How long it takes to copy so many rows out."""
    return COPY_MS * rows // _MILLION


def restore_ms(rows: int, replayed_ms: int = 0) -> int:
    """How long it takes to load so many rows and their indexes, and to replay what was written in a stretch of time."""
    return LOAD_MS * rows // _MILLION + replayed_ms // REPLAYED_IN_A_MS
