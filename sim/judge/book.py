"""What PostgreSQL has said before: the scenario's verdict book, which is reviewed, and the user's cache."""

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from sim.errors import InvalidInput, Mark, Problem
from sim.judge.values import FORMAT

_LARGEST = 64_000_000
_BESIDE_THE_POINT = {"message", "stops at", "for", "index"}


def cache_folder() -> Path:
    """Where this user's answers lie."""
    home = os.environ.get("XDG_CACHE_HOME") or ""
    return (Path(home) if Path(home).is_absolute() else Path.home() / ".cache") / "rollback-rehearsal" / "verdicts"


class Book:
    """Questions by their key. Several processes may write at once: an entry is one file, renamed into place."""

    def __init__(self, committed: Path | None = None, cache: Path | None = None) -> None:
        self.committed, self.cache = committed, cache
        self._entries: dict[str, dict[str, Any]] = {}
        self._asked: dict[str, None] = {}
        self._fresh: set[str] = set()
        if committed is not None and committed.exists():
            self._entries.update(read(committed))

    def get(self, key: str) -> Any | None:
        """The remembered answer, or None."""
        entry = self._entries.get(key)
        if entry is None and self.cache is not None and (entry := self._from_cache(key)) is not None:
            self._entries[key] = entry
        if entry is None:
            return None
        self._asked[key] = None
        return entry["answer"]

    def put(self, key: str, question: Mapping[str, Any], answer: Any) -> None:
        """Remember an answer, here and in the user's cache; a cache that can't be written is no reason to stop."""
        entry = json.loads(json.dumps({"question": dict(question), "answer": answer}))
        self._entries[key] = entry
        self._asked[key] = None
        self._fresh.add(key)
        if self.cache is not None:
            with suppress(OSError):
                _write(self._path(key), json.dumps({"format": FORMAT, **entry}, ensure_ascii=False))

    @property
    def asked(self) -> dict[str, dict[str, Any]]:
        """Every entry that was used, by key: what a scenario's book has to hold."""
        return {key: self._entries[key] for key in sorted(self._asked)}

    @property
    def fresh(self) -> frozenset[str]:
        """The keys that a server had to answer."""
        return frozenset(self._fresh)

    def write(self, path: Path) -> None:
        """Write what was asked as a scenario's book: sorted by question, so that a change reads as a change."""
        lines = sorted(
            (
                (json.dumps(entry["question"], ensure_ascii=False, sort_keys=True), key, entry)
                for key, entry in self.asked.items()
            ),
            key=lambda line: line[:2],
        )
        body = {"format": FORMAT, "entries": [{"key": key, **entry} for _, key, entry in lines]}
        _write(path, json.dumps(body, indent=1, ensure_ascii=False) + "\n")

    def _path(self, key: str) -> Path:
        assert self.cache is not None
        return self.cache / key[:2] / f"{key}.json"

    def _from_cache(self, key: str) -> dict[str, Any] | None:
        """A file that is damaged or of another format is no answer; the next one replaces it."""
        try:
            entry = json.loads(self._path(key).read_text())
            return {"question": entry["question"], "answer": entry["answer"]} if entry["format"] == FORMAT else None
        except (OSError, ValueError, KeyError, TypeError):
            return None


def read(path: Path) -> dict[str, dict[str, Any]]:
    """The entries of a verdict book by key; one of an older format counts as empty."""
    try:
        with path.open(encoding="utf-8") as file:
            body = json.loads(file.read(_LARGEST))  # a larger file is cut, and so no JSON
        if body["format"] != FORMAT:
            return {}
        return {one["key"]: {"question": one["question"], "answer": one["answer"]} for one in body["entries"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        hint = "it is derived: delete it, and let the judge write it again"
        raise InvalidInput([Problem(Mark(str(path)), f"not a verdict book: {error}", hint)]) from error


def differences(left: Mapping[str, Any], right: Mapping[str, Any]) -> tuple[str, ...]:
    """The questions that two books answer differently; the server's wording and how vectors are packed do not count."""
    differing = [key for key in sorted({*left, *right}) if _bare(left.get(key)) != _bare(right.get(key))]
    return tuple(json.dumps((left.get(key) or right[key])["question"], ensure_ascii=False) for key in differing)


def same(one: Any, other: Any) -> bool:
    """Whether two answers, as a book writes them, say the same."""
    return bool(_bare(json.loads(json.dumps(one))) == _bare(json.loads(json.dumps(other))))


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        packed = {name: _vector(text) for name, text in value.items() if name in _BESIDE_THE_POINT - {"message"}}
        return {**{name: _bare(one) for name, one in value.items() if name not in _BESIDE_THE_POINT}, **packed}
    if isinstance(value, list):
        return [_bare(one) for one in value]
    return value


def _vector(text: Any) -> Any:
    import zlib
    from base64 import b64decode

    return zlib.decompress(b64decode(text)) if isinstance(text, str) else text


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".half-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as half:
            half.write(text)
        os.chmod(name, 0o644)  # noqa: PTH101 – mkstemp made it private, a book is not
        os.replace(name, path)  # noqa: PTH105 – the pair of mkstemp
    except BaseException:
        os.unlink(name)  # noqa: PTH108
        raise
