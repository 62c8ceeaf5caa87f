"""What was counted: one whole number per second, endpoint, version and cause, and the sums of them."""

from collections.abc import Iterator, Sequence
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from sim.traffic.plan import Endpoints, Key
from sim.traffic.values import POOL_TIMEOUT, Tally

Series = NDArray[np.int32]
Place = tuple[int, Key]

HARMED, PARKED, RELEASED, REFUSED, GAVE_UP = "harmed", "parked", "released", "refused", "gave up"
_KINDS = (HARMED, PARKED, RELEASED, REFUSED, GAVE_UP)


class Ledger:
    """Zero wherever nothing was counted; memory is taken up only where something was."""

    def __init__(self, horizon_s: int, endpoints: Endpoints) -> None:
        self.horizon_s, self.endpoints = horizon_s, endpoints
        self.arrived: dict[Key, Series] = {}
        self.errors: dict[tuple[int, Key, str], Series] = {}
        self.events: dict[str, dict[Place, Series]] = {kind: {} for kind in _KINDS}

    def arrivals(self, key: Key) -> Series:
        """[0] what arrived and met no background error, [1] what did; by row and second."""
        table = self.arrived.get(key)
        rows = len(self.endpoints.names)
        if table is None or table.shape[1] < rows:
            table = self.arrived[key] = widened(table, rows, self.horizon_s)
        return table

    def error(self, row: int, key: Key, error: str) -> Series:
        """Requests that failed of one cause."""
        series = self.errors.get((row, key, error))
        if series is None:
            series = self.errors[row, key, error] = np.zeros(self.horizon_s, np.int32)
        return series

    def event(self, kind: str, row: int, key: Key) -> Series:
        """Requests that were harmed, began to wait, were let go, were let go and failed all the same, or gave up."""
        series = self.events[kind].get((row, key))
        if series is None:
            series = self.events[kind][row, key] = np.zeros(self.horizon_s, np.int32)
        return series

    def wipe(self, start: int, stop: int) -> None:
        """Forget what was counted ahead."""
        for table in self.arrived.values():
            table[:, :, start:stop] = 0
        for series in self.errors.values():
            series[start:stop] = 0
        for kind in self.events.values():
            for series in kind.values():
                series[start:stop] = 0

    def rows(self, endpoint: str | None) -> Sequence[int]:
        """The rows that a question is about; an endpoint that no regime has named has none."""
        if endpoint is None:
            return range(len(self.endpoints.names))
        return [self.endpoints.rows[endpoint]] if endpoint in self.endpoints.rows else []

    def tally(self, rows: Sequence[int], start: int, stop: int, label: str | None) -> Tally:
        """The sums over a window."""
        total, errors = 0, dict[str, int]()
        for key, table in self.arrived.items():
            if label is None or key[0] == label:
                for row in rows:
                    if row < table.shape[1]:
                        clean, background = table[:, row, start:stop].sum(axis=1, dtype=np.int64).tolist()
                        total += clean + background
                        _add(errors, self.endpoints.causes[row], background)
        for (row, key, error), series in self.errors.items():
            if row in rows and (label is None or key[0] == label):
                _add(errors, error, int(series[start:stop].sum(dtype=np.int64)))
        _add(errors, POOL_TIMEOUT, self._sum(GAVE_UP, rows, start, stop, label))
        waiting = self._sum(PARKED, rows, 0, stop, label)
        waiting -= self._sum(RELEASED, rows, 0, stop, label) + self._sum(GAVE_UP, rows, 0, stop, label)
        harmed = self._sum(HARMED, rows, start, stop, label)
        return Tally(total, sum(errors.values()), harmed, waiting, dict(sorted(errors.items())))

    def _sum(self, kind: str, rows: Sequence[int], start: int, stop: int, label: str | None) -> int:
        return sum(int(series[start:stop].sum(dtype=np.int64)) for series in self._events(kind, rows, label))

    def _events(self, kind: str, rows: Sequence[int], label: str | None) -> Iterator[Series]:
        for (row, key), series in self.events[kind].items():
            if row in rows and (label is None or key[0] == label):
                yield series

    def total(self, rows: Sequence[int], start: int, stop: int, label: str | None = None) -> NDArray[np.int64]:
        """Arrivals, second by second."""
        counts = np.zeros(stop - start, np.int64)
        for key, table in self.arrived.items():
            if label is None or key[0] == label:
                for row in rows:
                    if row < table.shape[1]:
                        counts += table[0, row, start:stop]
                        counts += table[1, row, start:stop]
        return counts

    def failed(
        self, rows: Sequence[int], start: int, stop: int, label: str | None = None, error: str | None = None
    ) -> NDArray[np.int64]:
        """Failures, second by second; of one cause, or of all."""
        counts = np.zeros(stop - start, np.int64)
        for key, table in self.arrived.items():
            if label is None or key[0] == label:
                for row in rows:
                    if row < table.shape[1] and error in (None, self.endpoints.causes[row]):
                        counts += table[1, row, start:stop]
        for (row, key, cause), series in self.errors.items():
            if row in rows and (label is None or key[0] == label) and error in (None, cause):
                counts += series[start:stop]
        if error in (None, POOL_TIMEOUT):
            for series in self._events(GAVE_UP, rows, label):
                counts += series[start:stop]
        return counts

    def both(self, start: int, stop: int) -> Series:
        """[0] arrivals, [1] failures, by row and second."""
        found = np.zeros((3, len(self.endpoints.names), stop - start), np.int32)
        for table in self.arrived.values():
            found[:2, : table.shape[1]] += table[:, :, start:stop]
        for (row, _, _), series in self.errors.items():
            found[2, row] += series[start:stop]
        for (row, _), series in self.events[GAVE_UP].items():
            found[2, row] += series[start:stop]
        found[:2] += found[1:]
        return found[:2]

    def happened(
        self, kind: str, rows: Sequence[int], start: int, stop: int, label: str | None = None
    ) -> NDArray[np.int64]:
        """Events of one kind, second by second."""
        counts = np.zeros(stop - start, np.int64)
        for series in self._events(kind, rows, label):
            counts += series[start:stop]
        return counts

    def in_flight(self, rows: Sequence[int], start: int, stop: int, label: str | None = None) -> NDArray[np.int64]:
        """Requests that wait when each second ends."""
        if not any(True for _ in self._events(PARKED, rows, label)):
            return np.zeros(stop - start, np.int64)
        changes = self.happened(PARKED, rows, 0, stop, label)
        changes -= self.happened(RELEASED, rows, 0, stop, label)
        changes -= self.happened(GAVE_UP, rows, 0, stop, label)
        return np.cumsum(changes)[start:]

    def digest(self, stop: int) -> str:
        """A fingerprint of every count before `stop`: what is zero throughout leaves no trace in it."""
        found: dict[str, Series] = {}
        names = self.endpoints.names
        for key, table in self.arrived.items():
            for row in range(table.shape[1]):
                found[_title(names[row], key, "arrived")] = table[0, row, :stop]
                found[_title(names[row], key, f"background/{self.endpoints.causes[row]}")] = table[1, row, :stop]
        for (row, key, error), series in self.errors.items():
            found[_title(names[row], key, f"error/{error}")] = series[:stop]
        for kind, places in self.events.items():
            for (row, key), series in places.items():
                found[_title(names[row], key, kind)] = series[:stop]
        fingerprint = sha256(f"{stop}\n".encode())
        for title, series in sorted(found.items()):
            if series.any():
                fingerprint.update(f"{title}\n".encode())
                fingerprint.update(series.astype("<i4", copy=False).data)
        return fingerprint.hexdigest()


def _title(endpoint: str, key: Key, kind: str) -> str:
    return f"{endpoint}\t{key[0]}\t{key[1]}\t{kind}"


def _add(errors: dict[str, int], error: str | None, count: int) -> None:
    if count and error is not None:
        errors[error] = errors.get(error, 0) + count


def widened(table: Series | None, rows: int, horizon_s: int) -> Series:
    """The same table with room for more endpoints."""
    wider = np.zeros((2, rows, horizon_s), np.int32)
    if table is not None:
        wider[:, : table.shape[1]] = table
    return wider
