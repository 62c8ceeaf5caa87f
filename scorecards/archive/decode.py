"""Reads a sealed journal for the index: fast, within limits, and only if its seal fits.

What its lines claim is not checked by playing it again; `rehearse verify` and `archive verify --replay` do that.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import msgspec

from sim.errors import InvalidInput, Mark, Problem
from sim.journal import FORMAT, canonical
from sim.replay import BYTES_MAX, LINES_MAX

Whole = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
Text = Annotated[str, msgspec.Meta(max_length=100_000)]


class Head(msgspec.Struct):
    journal: int
    scenario: Text
    scenario_digest: Text
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
    engine: Text
    trainee: Text = ""
    played_at: Text = ""


class Line(msgspec.Struct):
    """An entry, as far as the index has columns for it: whatever it is about has one name."""

    at_ms: Whole
    fact: Text
    action: Text = ""
    what: Text = ""
    alert: Text = ""
    service: Text = ""
    job: Text = ""
    flag: Text = ""
    person: Text = ""
    severity: Text = ""
    question: Text = ""
    choice: tuple[Text, ...] = ()
    look: bool = False
    arguments: msgspec.Raw = msgspec.Raw()

    @property
    def name(self) -> str:
        return (
            self.action or self.what or self.alert or self.service or self.job or self.flag or self.person
            or self.severity or self.question
        )  # fmt: skip


class Counted(msgspec.Struct):
    """What the closing line tells of the result."""

    ended_at_ms: Whole
    resolved_at_ms: Whole | None = None
    requests: dict[str, Whole] = {}
    endpoints: dict[str, dict[str, Whole | dict[str, Whole]]] = {}
    jobs: dict[str, dict[str, Whole | dict[str, Whole]]] = {}
    data: dict[str, Whole] = {}
    wrong: dict[str, Whole] = {}


class Tail(msgspec.Struct):
    digest: Text
    outcome: Text
    seal: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    result: Counted | None = None


class KeptAxis(msgspec.Struct):
    score: float


class KeptFinding(msgspec.Struct):
    criterion: Text
    axis: Text
    earned: float
    possible: float
    why: Text
    evidence: tuple[Annotated[int, msgspec.Meta(ge=0, lt=2**31)], ...] = ()


class KeptCard(msgspec.Struct):
    """A card as it is kept beside its journal: whose it is, and which engine judged."""

    seal: Text
    engine: Text
    score: float
    passed: bool
    hints: float
    axes: dict[str, KeptAxis]
    findings: tuple[KeptFinding, ...]


@dataclass(frozen=True)
class Sealed:
    """A whole journal."""

    head: Head
    lines: list[Line]
    tail: Tail


class Damaged(Exception):
    """A file that is no whole journal, and why."""

    def told(self, path: Path) -> InvalidInput:
        """The same for whoever named the file."""
        return InvalidInput([Problem(Mark(str(path)), str(self), "only sealed journals are kept in the archive")])


_CARD = msgspec.json.Decoder(KeptCard)
_HEAD, _LINE, _TAIL = msgspec.json.Decoder(Head), msgspec.json.Decoder(Line), msgspec.json.Decoder(Tail)


def read_sealed(path: Path) -> Sealed:
    """A journal with a seal that fits all its lines; anything else is `Damaged`."""
    data = _bytes(path)
    first, last = data.find(b"\n") + 1, data.rfind(b"\n", 0, -1) + 1
    if not data.endswith(b"\n") or not 0 < first <= last:
        raise Damaged("it is cut off")
    try:
        head, tail = _HEAD.decode(data[: first - 1]), _TAIL.decode(data[last:])
        lines = _LINE.decode_lines(data[first:last])
        if not _fits(data, last, json.loads(data[last:]), tail.seal):
            raise Damaged("its seal does not fit its lines")
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Damaged(f"it is no sealed journal: {error}") from None
    if head.journal != FORMAT:
        raise Damaged(f"its format is {head.journal}, and {FORMAT} is known here")
    if len(lines) > LINES_MAX:
        raise Damaged(f"it has more than {LINES_MAX} lines")
    return Sealed(head, lines, tail)


def decode_card(data: bytes) -> KeptCard:
    """A card from its file."""
    try:
        return _CARD.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Damaged(f"it is no card: {error}") from None


def _fits(data: bytes, last: int, closing: Mapping[str, object], seal: str) -> bool:
    told = sha256(data[:last])
    told.update(canonical({name: value for name, value in closing.items() if name != "seal"}).encode())
    return told.hexdigest() == seal


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(BYTES_MAX + 1)
    except OSError as error:
        raise Damaged(f"it cannot be read: {error.strerror}") from None
    if len(data) > BYTES_MAX:
        raise Damaged(f"it is larger than {BYTES_MAX} bytes")
    return data
