"""The journals of a data folder: a place for a new one, the sealed ones, and what processes left that died."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from scorecards.archive.decode import Damaged, KeptCard, decode_card, read_sealed
from scorecards.archive.folder import Folder
from scorecards.findings import Card
from sim import __version__
from sim.errors import InvalidInput, Mark, Problem
from sim.journal_file import PART, Keeping, beginnings, lock_now, settle

SEALED, CARD = ".jsonl", ".card.json"
TRAINEE_MAX = 10_000


@dataclass(frozen=True)
class Waiting:
    """Journals that are not sealed: of runs that go on, and of processes that died."""

    open: tuple[str, ...]
    abandoned: tuple[str, ...]


def place_for(folder: Folder, trainee: str, now: datetime) -> Keeping:
    """Where a new run keeps its journal, and what is said in it about who played and when."""
    if len(trainee) > TRAINEE_MAX:
        raise InvalidInput([Problem(Mark("--as"), f"a name has {TRAINEE_MAX} characters at most")])
    name = f"{now:%Y%m%dT%H%M%S}-{token_hex(6)}"
    return Keeping(folder.made().runs / f"{name}{SEALED}", signature(trainee, now) | {"run": name}, durable=True)


def signature(trainee: str, now: datetime | None = None) -> dict[str, str]:
    """What a journal's head says about its trainee; text that is no text is made so."""
    who = {"trainee": trainee.encode(errors="replace").decode()}
    return who if now is None else {**who, "played_at": now.isoformat(timespec="milliseconds")}


def sealed(folder: Folder) -> list[str]:
    """The names of all whole journals, the oldest first."""
    try:
        return sorted(entry.name for entry in os.scandir(folder.runs) if entry.name.endswith(SEALED))
    except FileNotFoundError:
        return []


def keep_card(journal: Path, seal: str, card: Card) -> None:
    """Put a run's card beside its journal: derived, so that nobody has to replay the run to list it."""
    told = {**card.as_json(), "hints": card.hints, "seal": seal, "engine": __version__}
    path = card_of(journal)
    part = path.with_name(f"{path.name}.{os.getpid()}{PART}")
    part.write_text(json.dumps(told), encoding="utf-8")
    part.replace(path)


def card_of(journal: Path) -> Path:
    return journal.with_name(journal.name.removesuffix(SEALED) + CARD)


def bring(folder: Folder, files: list[Path]) -> list[str]:
    """Copy sealed journals from elsewhere into the folder; the same run twice is one file."""
    brought = []
    for file in files:
        try:
            seal = read_sealed(file).tail.seal
        except Damaged as damage:
            raise damage.told(file) from None
        target = folder.made().runs / f"{seal}{SEALED}"
        part = target.with_name(f"{seal}.{os.getpid()}{PART}")
        shutil.copyfile(file, part)
        with part.open("rb") as copy:
            os.fsync(copy.fileno())
        part.replace(target)
        brought.append(target.name)
    if brought:
        settle(folder.runs)
    return brought


def settle_parts(folder: Folder) -> Waiting:
    """Name what is under way and what was abandoned; a journal that only lacks its name gets it."""
    found: dict[str, list[str]] = {"open": [], "abandoned": []}
    for path in _parts(folder):
        with beginnings(folder.runs, shared=False):
            if state := _settled(path):
                found[state].append(path.name)
    return Waiting(tuple(found["open"]), tuple(found["abandoned"]))


def _settled(path: Path) -> str | None:
    """What an unsealed journal is; None if it is sealed by now."""
    try:
        file = path.open("r+", encoding="utf-8")
    except FileNotFoundError:
        return None
    with file:
        if not lock_now(file):
            return "open"
        if not path.exists() or not os.path.samestat(path.stat(), os.fstat(file.fileno())):
            return None
        if not _whole(path):
            return "abandoned"
        os.fsync(file.fileno())
        path.replace(path.with_name(path.name.removesuffix(PART)))
        settle(path.parent)
        return None


def _parts(folder: Folder) -> Iterator[Path]:
    suffix = SEALED + PART
    if folder.runs.is_dir():
        yield from sorted(path for path in folder.runs.iterdir() if path.name.endswith(suffix))


def _whole(path: Path) -> bool:
    try:
        read_sealed(path)
    except Damaged:
        return False
    return True


def read_card(journal: Path, seal: str) -> KeptCard | None:
    """The card beside a journal, if it is this run's and of this engine."""
    try:
        told = decode_card(card_of(journal).read_bytes())
    except (OSError, Damaged):
        return None
    return told if told.seal == seal and told.engine == __version__ else None
