"""A private PostgreSQL: its own folder, a unix socket and no TCP port, an account that is not root."""

import atexit
import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from sim.errors import ServerNeeded
from sim.judge import discovery, orphans
from sim.judge.discovery import Binaries

SUPERUSER = "judge"
ORDINARY = "rehearsal"
STATEMENT_MS = 20_000
_READY_S = 60.0
_ADDRESS_SPACE_KB = 800_000  # repeat('x', 1e9) and its friends end as 'out of memory' in there
_SETTINGS = {
    "listen_addresses": "", "unix_socket_permissions": "0700", "fsync": "off", "synchronous_commit": "off",
    "full_page_writes": "off", "wal_level": "minimal", "max_wal_senders": "0", "autovacuum": "off", "jit": "off",
    "max_connections": "12", "shared_buffers": "32MB", "max_wal_size": "64MB", "checkpoint_timeout": "1h",
    "max_parallel_workers_per_gather": "0", "max_parallel_maintenance_workers": "0", "max_prepared_transactions": "0",
    "timezone": "UTC", "log_timezone": "UTC", "lc_messages": "C", "datestyle": "ISO, MDY", "log_min_messages": "fatal",
    "log_min_error_statement": "panic", "temp_file_limit": "64MB", "dynamic_shared_memory_type": "mmap",
}  # fmt: skip
_ROLE = f"""
CREATE ROLE {ORDINARY} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION;
ALTER ROLE {ORDINARY} SET statement_timeout = {STATEMENT_MS};
REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;
"""


@dataclass(frozen=True)
class Patience:
    """How long somebody's statement may take, how long one of ours, and how long after that until it is ended."""

    statement_s: float = 6.0
    deadline_s: float = 15.0
    grace_s: float = 2.0


class Server:
    """One server for this process: started when first asked, stopped at exit, cleared away by the next start."""

    def __init__(self, binaries: Binaries | None = None, patience: Patience | None = None) -> None:
        self._binaries = binaries
        self.patience = patience or Patience()
        self._home: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = os.getpid()
        self.numbers = count(1)

    @property
    def binaries(self) -> Binaries:
        """Which PostgreSQL this is; finding none is ServerNeeded."""
        if self._binaries is None:
            self._binaries = discovery.find()
        return self._binaries

    @property
    def alive(self) -> bool:
        """Whether it was started and still runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """The postmaster's process id, while it runs."""
        return self._process.pid if self._process is not None and self.alive else None

    def address(self, database: str, role: str = ORDINARY) -> dict[str, Any]:
        """How to reach a database of it; starts it when it does not run."""
        if not self.alive:
            self.start()
        return {"host": str(self._folder / "socket"), "dbname": database, "user": role, "connect_timeout": 10}

    @property
    def _folder(self) -> Path:
        assert self._home is not None
        return self._home

    def start(self) -> None:
        """Make a new cluster and wait until it answers."""
        binaries = self.binaries
        self.stop()
        workplaces = discovery.workplaces()
        for folder in workplaces:
            orphans.sweep(folder)
        self._home = Path(tempfile.mkdtemp(prefix=orphans.PREFIX, dir=workplaces[0]))
        self._home.chmod(0o711)
        orphans.claim(self._home)
        self._owner = os.getpid()
        atexit.register(self.stop)
        for name in ("data", "socket"):
            (self._home / name).mkdir(mode=0o700)
            if binaries.account:
                os.chown(self._home / name, binaries.account.uid, binaries.account.gid)
        try:
            self._initdb(binaries)
            self._launch(binaries)
            self._wait()
        except BaseException:
            self.stop()
            raise

    def _initdb(self, binaries: Binaries) -> None:
        done = subprocess.run(
            [binaries.folder / "initdb", "-D", self._folder / "data", "-U", SUPERUSER, "-A", "trust", "-E", "UTF8",
             "--no-locale", "--no-sync", "--no-instructions", "--wal-segsize=4"],
            capture_output=True, text=True, check=False, cwd="/", timeout=120,
            env=discovery.environment(binaries.folder), **discovery.identity(binaries.account),
        )  # fmt: skip
        if done.returncode:
            raise ServerNeeded(f"initdb of {binaries.folder} failed: {done.stderr.strip()}; {discovery.ADVICE}")

    def _launch(self, binaries: Binaries) -> None:
        settings = {**_SETTINGS, "unix_socket_directories": str(self._folder / "socket")}
        options = [text for name, value in settings.items() for text in ("-c", f"{name}={value}")]
        # A shell sets the limit: preexec_fn is unsafe beside threads. Its exec leaves postgres under our child's pid.
        limited = f'ulimit -v {_ADDRESS_SPACE_KB} 2>/dev/null; exec "$@"'
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", limited, "sh", binaries.folder / "postgres", "-D", self._folder / "data", *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True,
                env=discovery.environment(binaries.folder), **discovery.identity(binaries.account),
            )  # fmt: skip

    def _wait(self) -> None:
        import psycopg

        patient_until = time.monotonic() + _READY_S
        address: dict[str, Any] = {"host": str(self._folder / "socket"), "dbname": "postgres", "user": SUPERUSER}
        while True:
            try:
                connection = psycopg.connect(**address, autocommit=True)
            except psycopg.OperationalError as error:
                if not self.alive or time.monotonic() > patient_until:
                    log = (self._folder / "log").read_text(errors="replace").strip()[-2000:]
                    raise ServerNeeded(f"PostgreSQL did not start: {log or error}; {discovery.ADVICE}") from error
                time.sleep(0.01)
            else:
                with connection:
                    connection.execute(_ROLE)
                return

    def stop(self) -> None:
        """Stop it and remove its folder; a fork of us leaves both alone."""
        if self._home is None or self._owner != os.getpid():
            return
        atexit.unregister(self.stop)
        if self._process is not None:
            if self._process.poll() is None:
                self._quit(self._process)
            self._process.wait()
        shutil.rmtree(self._home, ignore_errors=True)
        self._home = self._process = None

    @staticmethod
    def _quit(process: subprocess.Popen[bytes]) -> None:
        """SIGQUIT is the immediate shutdown: the data are thrown away anyway."""
        import signal

        process.send_signal(signal.SIGQUIT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)
            return
        process.kill()
