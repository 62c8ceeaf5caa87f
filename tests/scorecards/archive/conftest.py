"""One real, graded run, played once; folders are filled with journals that tell of it and of others like it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scorecards.archive.folder import Folder
from scorecards.archive.ingest import ingest
from scorecards.archive.spool import keep_card
from scorecards.findings import Card
from scorecards.grade import grade
from scorecards.run import Run
from sim.facts import FACTS, Fact
from sim.journal import Journal, Keeping
from sim.play import read_play
from sim.scenario.load import find
from sim.session import Session


@dataclass(frozen=True)
class Real:
    """A run that was really played, its card, and what its journal is made of."""

    journal: Path
    card: Card
    head: dict[str, Any]
    facts: tuple[tuple[int, Fact], ...]
    tail: dict[str, Any]

    def write(self, path: Path, **signed: str) -> str:
        """The same run, signed by somebody else: a journal with a seal of its own."""
        journal = Journal.at(Keeping(path, signed), self.head)
        for at_ms, fact in self.facts:
            journal.append(at_ms, fact)
        return journal.seal(self.tail)


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Real:
    """The expert's play of the tutorial, with a question answered."""
    path, place = tmp_path_factory.mktemp("real") / "run.jsonl", find("tutorial")
    with Session.open(place, 3, path) as session:
        session.follow(read_play(place / "plays" / "expert.yaml"))
        card = grade(Run.of(session, session.finish()))
    head, *rows, tail = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    facts = [
        (row["at_ms"], FACTS[row["fact"]](**{k: v for k, v in row.items() if k not in {"seq", "at_ms", "fact"}}))
        for row in rows
    ]
    return Real(path, card, head, tuple(facts), {name: value for name, value in tail.items() if name != "seal"})


def fill(folder: Folder, real: Real, count: int) -> Folder:
    """So many sealed and graded runs more, each somebody's."""
    first = sum(1 for _ in folder.made().runs.glob("*.jsonl"))
    for number in range(first, first + count):
        path = folder.runs / f"{number:04}.jsonl"
        moment = f"2026-01-01T10:{number // 60:02}:{number % 60:02}+00:00"
        keep_card(path, real.write(path, trainee=f"trainee {number % 7}", played_at=moment), real.card)
    return folder


@pytest.fixture
def filled(tmp_path: Path, real: Real) -> Callable[[int], Folder]:
    """A folder of this test's own, with so many runs more whenever it asks."""
    return lambda count: fill(Folder(tmp_path / "data"), real, count)


@pytest.fixture(scope="session")
def nine(tmp_path_factory: pytest.TempPathFactory, real: Real) -> Folder:
    """Nine runs of seven trainees in an index that is only read."""
    folder = fill(Folder(tmp_path_factory.mktemp("nine")), real, 9)
    ingest(folder)
    return folder
