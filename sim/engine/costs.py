"""Seconds of database work by table size, measured on a million rows; everything else about a statement is judged."""

from collections.abc import Callable, Sequence

CATALOG_MS = 3
SCAN_MS = 220
FOREIGN_KEY_MS = 2_000
INDEX_MS = 2_100
REWRITE_MS = 4_600
WRITE_MS = 11_700
_MILLION = 1_000_000


def statement_ms(
    *,
    tag: str,
    rewrites: Sequence[str],
    scans: Sequence[str],
    indexes: Sequence[str],
    written: int,
    rows: Callable[[str], int],
) -> int:
    """How long a statement holds its locks: a catalogue change, plus work by the rows it reads and writes."""
    work = sum(REWRITE_MS * rows(table) for table in rewrites)
    scan_ms = FOREIGN_KEY_MS if "FOREIGN KEY" in tag else SCAN_MS
    work += sum(scan_ms * rows(table) for table in scans if table not in rewrites)
    work += sum(INDEX_MS * rows(table) for table in indexes if table not in rewrites)
    return CATALOG_MS + (work + WRITE_MS * written) // _MILLION
