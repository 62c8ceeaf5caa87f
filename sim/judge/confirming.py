"""A judge that puts every answer which the book remembers to servers again."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from sim.judge.book import Book, same
from sim.judge.judge import Judge
from sim.judge.live import Live
from sim.judge.server import Server

_T = TypeVar("_T")


class Confirming(Judge):
    """Answers as its book does; `differing` is what a server answers otherwise, or the book not at all."""

    def __init__(self, book: Book, servers: Sequence[Server]) -> None:
        super().__init__(book, servers[0])
        self._lives = [Live(server) for server in servers]
        self.differing: list[str] = []

    def _answer(
        self,
        key: str,
        question: Mapping[str, Any],
        to_json: Callable[[_T], Any],
        from_json: Callable[[Any], _T],
        ask: Callable[[], _T],
        *,
        keep: Callable[[_T], bool] = lambda _: True,
    ) -> _T:
        if key not in self._known:
            remembered = self.book.get(key)
            if remembered is None:
                self.differing.append(f"not in the book: {dict(question)}")
            for live in self._lives:
                self._live = live
                answer = ask()
                if remembered is not None and keep(answer) and not same(remembered, to_json(answer)):
                    self.differing.append(f"{live.server.binaries.version} says otherwise: {dict(question)}")
        return super()._answer(key, question, to_json, from_json, ask, keep=keep)

    def close(self) -> None:
        """Hang up; the servers were lent."""
        for live in self._lives:
            live.close()
