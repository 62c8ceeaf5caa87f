"""The committed verdict books say what PostgreSQL says: asked anew on the wheel's server and on the system's."""

from pathlib import Path

import pytest

from sim.books import derive
from sim.engine.assembly import BOOK
from sim.judge.book import differences, read
from sim.judge.server import Server
from sim.scenario.load import catalogue
from sim.scenario.scaffold import template
from tests.judge.conftest import SERVERS, binaries


@pytest.mark.parametrize("which", SERVERS)
@pytest.mark.parametrize("folder", [*catalogue().values(), template()], ids=[*catalogue(), "the template"])
def test_a_book_is_derived_again_to_the_same_answers(folder: Path, which: str) -> None:
    """Every answer that is in the book, none that is missing, and none that differs."""
    server = Server(binaries(which))
    try:
        assert differences(read(folder / BOOK), derive(folder, server).asked) == ()
    finally:
        server.stop()
