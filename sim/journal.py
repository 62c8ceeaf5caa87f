"""The journal: what became true, in order; append-only, flushed entry by entry, the truth of a run.

A file is JSONL: a head (scenario, seed, engine), the entries, and a seal over every line before it.
While it is written, the file's name ends in `.part` (`sim.journal_file`).
`digest` rests on facts and counts and is the same however often somebody looked; `seal` rests on everything.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from sim.facts import Fact, as_row, essence
from sim.journal_file import JournalFile, Keeping

__all__ = ["FORMAT", "Entry", "Journal", "Keeping", "canonical"]

FORMAT = 1


def canonical(value: Any) -> str:
    """One text for one value: sorted keys, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True)
class Entry:
    """A fact with its place and time."""

    seq: int
    at_ms: int
    fact: Fact

    def as_row(self) -> dict[str, Any]:
        return {"seq": self.seq, "at_ms": self.at_ms, **as_row(self.fact)}

    def essence(self) -> dict[str, Any]:
        return {"seq": self.seq, "at_ms": self.at_ms, **essence(self.fact)}


@dataclass
class Journal:
    """The entries of one run; with a file, each line is flushed before the world changes."""

    head: Mapping[str, Any]
    file: JournalFile | None = None
    entries: list[Entry] = field(default_factory=list)

    @classmethod
    def at(cls, place: Path | Keeping | None, head: Mapping[str, Any]) -> "Journal":
        """A journal that keeps itself in a file, or only in memory."""
        keeping = Keeping(place) if isinstance(place, Path) else place
        signed = keeping.signed if keeping else {}
        journal = cls({**signed, "journal": FORMAT, **head}, JournalFile(keeping) if keeping else None)
        journal._write(journal.head)
        return journal

    def keep_in(self, path: Path) -> None:
        """From now on keep this journal in a file, which holds it whole at every moment."""
        self.file = JournalFile(Keeping(path), self.lines())

    def append(self, at_ms: int, fact: Fact) -> Entry:
        """Write a fact down; only then may it change the world."""
        entry = Entry(len(self.entries), at_ms, fact)
        self.entries.append(entry)
        if self.file:
            self._write(entry.as_row())
        return entry

    def _write(self, row: Mapping[str, Any]) -> None:
        if self.file:
            self.file.write(canonical(row) + "\n")

    def facts_digest(self) -> str:
        """A fingerprint of what became true, without who looked at it and when."""
        told = sha256()
        for entry in self.entries:
            if not entry.fact.observed and not getattr(entry.fact, "look", False):
                row = entry.essence()
                del row["seq"]
                told.update(canonical(row).encode())
        return told.hexdigest()

    def seal(self, tail: Mapping[str, Any]) -> str:
        """Close the journal: the last line carries the digest and a fingerprint of all lines before it."""
        told = sha256()
        for line in self.lines():
            told.update(line.encode())
        told.update(canonical(tail).encode())
        seal = told.hexdigest()
        if self.file:
            self._write({**tail, "seal": seal})
            self.file.seal()
            self.file = None
        return seal

    def lines(self) -> Iterator[str]:
        """The journal as it stands in its file, without the closing line."""
        yield canonical(self.head) + "\n"
        for entry in self.entries:
            yield canonical(entry.as_row()) + "\n"

    def close(self) -> None:
        """Leave the file as it is, unsealed."""
        if self.file:
            self.file.close()
            self.file = None
