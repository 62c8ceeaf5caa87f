"""The verdict books say what PostgreSQL says, and hold all that the plays ask; the plays come out as they expect."""

from pathlib import Path

import pytest

from sim.books import ask_everything
from sim.engine.assembly import BOOK
from sim.judge.book import Book, read
from sim.judge.confirming import Confirming
from sim.judge.server import Server
from sim.scenario.load import catalogue
from sim.scenario.scaffold import template
from sim.scenario.variants import FOLDER
from sim.stage import Stage
from tests.judge.conftest import SERVERS, binaries

VARIANTS = {
    f"{name}/{entry.name}": entry
    for name, folder in catalogue().items()
    for entry in sorted((folder / FOLDER).glob("*"))
}
MILLIONS = ("bad-backfill",)
FOLDERS = {**catalogue(), **VARIANTS, "the template": template()}


@pytest.fixture(scope="module")
def servers():  # type: ignore[no-untyped-def]
    """The wheel's and the system's."""
    both = [Server(binaries(which)) for which in SERVERS]
    yield both
    for server in both:
        server.stop()


@pytest.mark.long
@pytest.mark.parametrize(
    "folder",
    [
        pytest.param(folder, id=name, marks=[pytest.mark.long] if name in MILLIONS else [])
        for name, folder in FOLDERS.items()
    ],
)
def test_a_scenarios_plays_come_out_as_they_must_within_its_book_which_both_servers_confirm(
    folder: Path, servers: list[Server]
) -> None:
    """`check` finds nothing in the plays; no answer is missing in the book, differs on a server, or is unused."""
    book = Book(folder / BOOK)
    judge = Confirming(book, servers)
    try:
        with Stage(folder, judge) as stage:
            assert list(map(str, ask_everything(stage))) == []
        assert judge.differing == []
        assert sorted(set(read(folder / BOOK)) - set(book.asked)) == []
    finally:
        judge.close()
