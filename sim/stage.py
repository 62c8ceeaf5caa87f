"""What many runs of one scenario share, whatever their seeds: the judge, and a production for each draw of params."""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from sim.engine.assembly import BOOK, Production, fingerprint
from sim.journal import Keeping
from sim.judge.book import Book, cache_folder
from sim.judge.judge import Judge
from sim.scenario.load import FILE, Loaded, load
from sim.session import Session


class Stage:
    """A scenario on which run after run is played, each as it would be by itself."""

    def __init__(self, folder: Path, judge: Judge | None = None) -> None:
        self.folder = folder if folder.is_dir() else folder.parent
        self.file = folder / FILE if folder.is_dir() else folder
        self._own_judge = judge is None
        self._judge = judge or Judge(Book(self.folder / BOOK, cache_folder()))
        self._loaded: dict[int, Loaded] = {}
        self._productions: dict[frozenset[tuple[str, str]], Production] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def loaded(self, seed: int) -> Loaded:
        """The scenario as this seed draws it."""
        if seed not in self._loaded:
            self._loaded[seed] = load(self.file, seed)
        return self._loaded[seed]

    @property
    def fingerprint(self) -> str:
        """What the scenario says."""
        return fingerprint(self.file)

    @property
    def judge(self) -> Judge:
        """Who answers for all of its runs."""
        return self._judge

    def session(self, seed: int, journal: Path | Keeping | None = None, drawn_by: int | None = None) -> Session:
        """A run at clock zero; `drawn_by` another seed, it has that one's params and only chance is its own."""
        loaded = self.loaded(seed if drawn_by is None else drawn_by)
        return Session(loaded, seed, journal, production=self._production(loaded))

    def _production(self, loaded: Loaded) -> Production:
        drawn: Mapping[str, str] = loaded.params
        key = frozenset(drawn.items())
        if key not in self._productions:
            self._productions[key] = Production(loaded, self._judge).sound()
        return self._productions[key]

    def close(self) -> None:
        """Let go of tables and judge."""
        for production in self._productions.values():
            production.close()
        if self._own_judge:
            self._judge.close()
