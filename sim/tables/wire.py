"""What goes through the pipes: a length, JSON, and beside it raw columns. Nothing that arrives is ever executed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import numpy as np

from sim.tables.columns import Column, Form, Numbers

BEFORE, AFTER, LEFT, ROW = "rows before", "rows after", "rows left", " row"  # what `foresee` lets questions read
LONGEST_ANSWER = 32 << 20


def kept_name(copy: str, table: str) -> str:
    """What a table of a copy is called in SQL of ours; nobody else's identifiers begin with a space."""
    return f" {copy} {table}"


@dataclass(frozen=True, eq=False)
class Message:
    """A request: its fields, and its columns as bytes."""

    fields: Mapping[str, Any]
    blobs: tuple[bytes, ...] = ()

    def bytes(self) -> bytes:
        """The message as it is sent."""
        head = json.dumps({**self.fields, "blobs": [len(blob) for blob in self.blobs]}).encode()
        return b"".join((len(head).to_bytes(4, "big"), head, *self.blobs))


def receive(stream: BinaryIO) -> Message | None:
    """Read one request; None at the end."""
    size = stream.read(4)
    if len(size) < 4:
        return None
    fields = json.loads(stream.read(int.from_bytes(size, "big")))
    return Message(fields, tuple(stream.read(length) for length in fields.pop("blobs")))


def answer(fields: Mapping[str, Any]) -> bytes:
    """An answer as it is sent."""
    body = json.dumps(fields).encode()
    return len(body).to_bytes(4, "big") + body


def coded(columns: Mapping[str, Column], blobs: list[bytes]) -> dict[str, Any]:
    """Describe columns in JSON, their numbers put among the blobs."""
    described = {}
    for name, column in columns.items():
        numbers, words = column.numbers, list(column.words)
        if len(words) > 16:
            used, numbers = np.unique(numbers, return_inverse=True)
            words = [column.words[place] for place in used.tolist()]
        described[name] = [column.form, column.kind, column.scale, words, len(blobs)]
        blobs.append(np.ascontiguousarray(numbers, dtype=np.int64).tobytes())
    return described


def decoded(described: Mapping[str, Sequence[Any]], blobs: Sequence[bytes]) -> dict[str, Column]:
    """The columns that `coded` described."""
    return {
        name: Column(numbers(blobs[place]), cast("Form", form), kind, scale, tuple(words))
        for name, (form, kind, scale, words, place) in described.items()
    }


def numbers(blob: bytes) -> Numbers:
    """Whole numbers from bytes."""
    return np.frombuffer(blob, dtype=np.int64)
