"""The last word on every error: what people see, and what a shell is told."""

import errno
import os
import platform
import select
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from types import FrameType

import click

from sim import __version__
from sim.errors import ExitCode, RehearsalError
from tui.output import narrate
from tui.safe_text import safe_line, safe_text

LIBRARIES = (
    "click", "duckdb", "faker", "msgspec", "numpy", "psycopg", "pydantic", "pyyaml", "rich", "simpy", "sqlglot",
    "textual",
)  # fmt: skip

READER_LEFT = 128 + signal.SIGPIPE  # what a shell reports for `yes | head -1`
TERMINATED = 128 + signal.SIGTERM

# The machine's or the user's to mend, with a file name in hand: never a bug of ours.
_REFUSALS = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EISDIR, errno.ENOTDIR, errno.ENOENT}
)


def guarded(command: Callable[[], object], argv: Sequence[str]) -> int:
    """Run a command; however it ends, answer with an exit code and say at most a few lines on stderr."""
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        answer = command()
        sys.stdout.flush()
    except BrokenPipeError as error:
        return _bug(error, argv) if _reader_stays() else READER_LEFT
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - nothing is left above it that could do better
        return _told(error, argv)
    finally:
        signal.signal(signal.SIGTERM, before)
    return answer if isinstance(answer, int) else ExitCode.PASSED


def _told(error: BaseException, argv: Sequence[str]) -> int:
    match error:
        case KeyboardInterrupt() | click.Abort():
            narrate("\ninterrupted")
            code: int = ExitCode.INTERRUPTED
        case click.exceptions.Exit():
            code = error.exit_code
        case click.ClickException():
            _show_usage(error)
            code = ExitCode.INVALID
        case RehearsalError() if error.exit_code is not ExitCode.BUG:
            narrate(error)
            code = error.exit_code
        case OSError() if error.filename is not None and error.errno in _REFUSALS:
            narrate(f"{os.fsdecode(error.filename)}: {error.strerror}")
            code = ExitCode.INVALID
        case _:
            code = _bug(error, argv)
    return code


def _leave(number: int, _frame: FrameType | None) -> None:
    """A polite kill unwinds the stack, so that servers and workers are stopped on the way out."""
    raise SystemExit(128 + number)


def _reader_stays() -> bool:
    """Whether stdout still has a reader (another pipe broke); if not, Python must not try it again on its way out."""
    try:
        stdout = sys.stdout.fileno()
    except OSError:  # no file behind it
        return True
    waiting = select.poll()
    waiting.register(stdout, 0)  # a pipe without a reader reports itself unasked
    if not waiting.poll(0):
        return True
    os.dup2(os.open(os.devnull, os.O_WRONLY), stdout)
    return False


def _show_usage(error: click.ClickException) -> None:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        narrate(error.format_message())
        return
    if isinstance(error, click.UsageError) and error.ctx is not None:
        narrate(error.ctx.get_usage())
        narrate(f"Try '{error.ctx.command_path} --help' for examples.\n")
    narrate(f"rehearse: {error.format_message()}")


def _bug(error: BaseException, argv: Sequence[str]) -> int:
    """Say it in a sentence and keep the rest in a file; a traceback on the terminal helps nobody who plays."""
    if os.environ.get("REHEARSE_DEBUG"):
        narrate("".join(traceback.format_exception(error)))
    narrate(f"rehearse: this is a bug of ours: {safe_line(f'{type(error).__name__}: {error}')}")
    try:
        narrate(f"  report: {write_report(error, argv)}")
    except OSError as refusal:
        narrate(f"  no report could be written: {refusal.strerror}; REHEARSE_DEBUG=1 shows the traceback")
    return ExitCode.BUG


def write_report(error: BaseException, argv: Sequence[str]) -> str:
    """Everything a bug report needs, in a new file that only its owner can read."""
    handle, path = tempfile.mkstemp(prefix="rehearse-bug-", suffix=".txt")
    lines = [
        f"rehearse {safe_text(' '.join(argv))}",
        f"rollback-rehearsal {__version__}",
        f"python {platform.python_version()} on {platform.platform()}",
        *(f"{name} {version_of(name) or 'not installed'}" for name in LIBRARIES),
        "",
        safe_text("".join(traceback.format_exception(error)), limit=200_000),
    ]
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))
    return path


def version_of(distribution: str) -> str | None:
    """The installed version, read without importing the library."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
