"""Why something failed: what the logs say of an error, and what PostgreSQL means by its code."""

from collections.abc import Mapping
from types import MappingProxyType

MEANT: Mapping[str, str] = MappingProxyType(
    {
        "22001": "a value is longer than its column",
        "22003": "a number is outside the range of its type",
        "22P02": "a text is no value of the type that is wanted",
        "23502": "a column that must not be null was given no value, and has no default",
        "23503": "a row points at another that is not there, or is still pointed at",
        "23505": "a value that must be unique is there already",
        "23514": "a value breaks a check",
        "25P02": "an earlier statement of the transaction failed, so all that follow do",
        "40P01": "two transactions waited for each other",
        "42501": "the role is not allowed to do that",
        "42601": "the statement is not SQL",
        "42703": "the statement names a column that is not there",
        "42P01": "the statement names a table that is not there",
        "53300": "the database has no connection left to give",
        "55P03": "a lock was not to be had in time (lock_timeout)",
        "57014": "the statement was cancelled, by somebody or by statement_timeout",
        "57P01": "somebody ended the session",
    }
)


def explained(logs: str, error: str) -> str:
    """The blocks of the logs about an error, or about all of them, each with what its code means."""
    blocks = [block for block in _blocks(logs) if error.lower() in block[0].lower()]
    if not blocks:
        said = [block[0] for block in _blocks(logs)]
        if error and said:
            return "\n".join([f"nothing failed of {error!r} in the last minute; what failed:", *said])
        return logs
    return "\n".join(line for block in blocks for line in [*block, *_meaning(block[0])])


def _blocks(logs: str) -> list[list[str]]:
    """Each error with the lines below it."""
    blocks: list[list[str]] = []
    for line in logs.split("\n"):
        if line.startswith("ERROR "):
            blocks.append([line])
        elif blocks:
            blocks[-1].append(line)
    return blocks


def _meaning(head: str) -> list[str]:
    code = next((word for word in head.split() if word in MEANT), "")
    return [f"      {code} means: {MEANT[code]}"] if code else []
