"""PostgreSQL's canonical text of a jsonb: keys by length then bytes, each once, one space after each mark."""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

DEEPEST = 100


def canonical(text: str) -> str | None:
    """The text that jsonb prints for this input, None when it is not JSON that we can vouch for."""
    try:
        value = json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=_refuse)
        return _write(value, 0)
    except (ValueError, RecursionError, ArithmeticError):
        return None


def assemble(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Object members in the order jsonb keeps them: (key as JSON text, whatever stands for the value)."""
    last = dict(pairs)
    return [(json.dumps(key, ensure_ascii=False), last[key]) for key in sorted(last, key=_rank)]


def _refuse(word: str) -> None:
    raise ValueError(word)


def _rank(key: str) -> tuple[int, bytes]:
    raw = key.encode()
    return len(raw), raw


def _write(value: Any, depth: int) -> str:
    if depth > DEEPEST:
        raise ValueError("too deep")
    if isinstance(value, dict):
        members = (
            f"{json.dumps(key, ensure_ascii=False)}: {_write(value[key], depth + 1)}"
            for key in sorted(value, key=_rank)
        )
        return "{" + ", ".join(members) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_write(item, depth + 1) for item in value) + "]"
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, str) and ("\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value)):
        raise ValueError("not text to PostgreSQL")
    return json.dumps(value, ensure_ascii=False)


def _number(value: Decimal) -> str:
    if value.adjusted() > 1000 or value.adjusted() < -1000:
        raise ValueError("too large")
    return format(abs(value) if value.is_zero() else value, "f")
