"""What a parent that was killed left behind: its server is stopped and its folder removed, and nothing else is."""

import json
import os
import shutil
import signal
import time
from pathlib import Path

PREFIX = "rehearsal-judge-"
_MARK = "owner.json"
_PATIENCE_S = 5.0


def claim(home: Path) -> None:
    """Write down who this folder belongs to, so that a later start can tell whether we still live."""
    mark = home / _MARK
    mark.write_text(json.dumps({"pid": os.getpid(), "born": _born(os.getpid())}))
    mark.chmod(0o600)


def sweep(folder: Path) -> int:
    """Clear every folder of ours whose owner is gone; says how many."""
    cleared = 0
    for home in sorted(folder.glob(f"{PREFIX}*")):
        if _abandoned(home):
            _stop(home)
            shutil.rmtree(home, ignore_errors=True)
            cleared += 1
    return cleared


def _abandoned(home: Path) -> bool:
    mark = home / _MARK
    try:
        if home.is_symlink() or mark.is_symlink() or {home.stat().st_uid, mark.stat().st_uid} != {os.geteuid()}:
            return False
        owner = json.loads(mark.read_text())
        return bool(_born(int(owner["pid"])) != owner["born"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _born(pid: int) -> str | None:
    """A pid alone may have been given away again; with its start time it is one process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return _alive_without_proc(pid)


def _alive_without_proc(pid: int) -> str | None:
    if Path("/proc/self").exists():
        return None
    try:
        os.kill(pid, 0)
    except OSError:
        return None
    return "alive"


def _stop(home: Path) -> None:
    data = home / "data"
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        pid = int(lines[0])
    except (OSError, ValueError, IndexError):
        return
    if lines[1:2] != [str(data)] or not _is_server_of(pid, data):
        return
    for kind in (signal.SIGQUIT, signal.SIGKILL):
        try:
            os.kill(pid, kind)
        except OSError:
            return
        patient_until = time.monotonic() + _PATIENCE_S
        while _is_server_of(pid, data):
            if time.monotonic() > patient_until:
                break
            time.sleep(0.02)
        else:
            return


def _is_server_of(pid: int, data: Path) -> bool:
    """Only a running postgres that was started on this very folder is ours to stop."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return not Path("/proc/self").exists() and _alive_without_proc(pid) is not None
    return Path(os.fsdecode(command[0])).name == "postgres" and os.fsencode(data) in command
