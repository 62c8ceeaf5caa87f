"""`python -m bench.console [--json]`: what the console costs in a real terminal, each figure beside its bar.

A pseudo-terminal stands in for the window. Times are of this machine at its present load, which is noted; the ratio to
the smallest Textual program says more than a time alone.
"""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic, sleep

from bench.__main__ import Figure

STARTS, KEYS = 7, 40
ALONE_S, LIVE_S = 5.0, 12.0
PATIENCE_S = 60.0
_BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("painted", markup=False)
Bare().run()
"""
_CONSOLE = "from tui.console.app import start; start({arguments})"
_WATCHED = """
import asyncio.events, atexit, time
longest, run = [0.0, 0.0], asyncio.events.Handle._run
def timed(self):
    began, used = time.perf_counter(), time.thread_time()
    run(self)
    if began > after:
        longest[:] = max(longest[0], time.perf_counter() - began), max(longest[1], time.thread_time() - used)
after = time.perf_counter() + {warm}
asyncio.events.Handle._run = timed
atexit.register(lambda: open({file!r}, "w").write(" ".join(map(str, longest))))
"""


class Terminal:
    """A program in a pseudo-terminal of a size."""

    def __init__(self, code: str, folder: str, size: tuple[int, int] = (120, 40)) -> None:
        self.began = monotonic()
        self.seen = b""
        self.pid, self.handle = pty.fork()
        if self.pid == 0:
            env = {**os.environ, "TERM": "xterm-256color", "REHEARSE_DATA": folder, "TEXTUAL_ANIMATIONS": "none"}
            env.pop("NO_COLOR", None)
            os.execve(sys.executable, [sys.executable, "-c", code], env)  # noqa: S606 - there is no shell, as it should be
        wide, high = size
        fcntl.ioctl(self.handle, termios.TIOCSWINSZ, struct.pack("HHHH", high, wide, 0, 0))

    def read(self, seconds: float) -> bytes:
        """What comes within a time."""
        found, end = b"", monotonic() + seconds
        while (left := end - monotonic()) > 0 and select.select([self.handle], [], [], left)[0]:
            try:
                piece = os.read(self.handle, 65_536)
            except OSError:
                break
            if not piece:
                break
            found += piece
        self.seen += found
        return found

    def until(self, words: bytes, patience_s: float = PATIENCE_S) -> float:
        """Wait for some words; seconds since somebody began to wait."""
        began, found = monotonic(), b""
        while words not in found:
            if monotonic() - began > patience_s:
                raise TimeoutError(f"no {words!r} in {found[-2000:]!r}")
            if select.select([self.handle], [], [], 0.5)[0]:
                piece = os.read(self.handle, 65_536)
                self.seen += piece
                found += piece
        return monotonic() - began

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self.handle, keys)

    def cpu_s(self) -> float:
        """Processor time that the program has used, without its children."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rss_mb(self) -> float:
        """Memory that it holds."""
        text = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(next(line for line in text.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024

    def share(self, seconds: float) -> float:
        """Percent of one core, over a while in which its screen is read."""
        before, began = self.cpu_s(), monotonic()
        while (left := seconds - (monotonic() - began)) > 0:
            self.read(left)
        return 100 * (self.cpu_s() - before) / (monotonic() - began)

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send it away, and see how it went."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)
        return self.wait()

    def wait(self) -> int:
        """Read until it has gone; its exit code."""
        end = monotonic() + PATIENCE_S
        while monotonic() < end:
            self.read(0.05)
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                self.read(0.1)
                os.close(self.handle)
                return os.waitstatus_to_exitcode(status)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        raise TimeoutError("it does not go away")


def console(arguments: str = "None") -> str:
    """A program that starts the console."""
    return _CONSOLE.format(arguments=arguments)


def starting(folder: str) -> list[Figure]:
    """From the start of the program to its first words on the screen, in turn with the smallest Textual program."""
    ours, bare = [], []
    for _ in range(STARTS):
        for code, words, times in ((_BARE, b"painted", bare), (console(), b"Rehearsal", ours)):
            terminal = Terminal(code, folder)
            terminal.until(words)
            times.append(1000 * (monotonic() - terminal.began))
            terminal.end(signal.SIGKILL)
    ratios = [one / other for one, other in zip(ours, bare, strict=True)]
    return [
        Figure("first paint, ms", median(ours), 350, "lower"),
        Figure("first paint beside a bare Textual program", median(ratios), 1.6, "lower"),
    ]


def resting(folder: str) -> Figure:
    """The lobby, when nobody does anything."""
    terminal = Terminal(console(), folder)
    terminal.until(b"not-null-column")
    terminal.read(3.0)
    share = terminal.share(ALONE_S)
    terminal.end()
    return Figure("idle, % of a core", share, 1, "lower")


def living(folder: str) -> list[Figure]:
    """A run with four charts and the log at 4 Hz; keys; a query; and how much memory it all took."""
    file = str(Path(folder) / "longest")
    code = _WATCHED.format(warm=8.0, file=file) + console("'not-null-column', seed=7")
    terminal = Terminal(code, folder)
    terminal.until(b"the clock starts")
    terminal.type(b"\r")
    terminal.until(b"LIVE")
    sleep(8 - min(7.5, monotonic() - terminal.began))
    terminal.read(1.0)
    share = terminal.share(LIVE_S)
    times = []
    for number in range(KEYS):
        key = (b"3", b"2")[number % 2]
        terminal.type(key)
        times.append(1000 * terminal.until(b"[" + key + b"]"))
        terminal.read(0.13)
    terminal.type(b"5")
    terminal.until(b"[5]")
    terminal.type(b"select customer_id, count(*), sum(amount) from orders group by customer_id\x1b[15~")
    terminal.until(b"200 rows, and more")
    terminal.read(2.0)
    rss = terminal.rss_mb()
    terminal.end()
    times.sort()
    waited, used = (1000 * float(one) for one in Path(file).read_text(encoding="ascii").split())
    return [
        Figure("live at 4 Hz, % of a core", share, 8, "lower"),
        Figure("key to paint, p50 ms", median(times), None, "lower"),
        Figure("key to paint, p95 ms", times[int(0.95 * len(times))], 60, "lower"),
        Figure("longest callback, ms", waited, 25, "lower"),
        Figure("longest callback, ms of the processor", used, 25, "lower"),
        Figure("memory after a query, MB", rss, 120, "lower"),
    ]


def main() -> None:
    """Measure, print, and fail when a bar is missed."""
    subprocess.run([sys.executable, "-c", "import tui.console.screens.room, tui.live"], check=True)
    with TemporaryDirectory() as folder:
        figures = [*starting(folder), resting(folder), *living(folder)]
    load = os.getloadavg()[0]
    if "--json" in sys.argv:
        json.dump({"load": load, "figures": [{**asdict(one), "reached": one.reached} for one in figures]}, sys.stdout)
    else:
        print(f"load {load:.1f}")
        for one in figures:
            bar = "" if one.bar is None else f"  bar {one.bar:g}  {'ok' if one.reached else 'MISSED'}"
            print(f"{one.name:<44} {one.value:8.2f}{bar}")
    sys.exit(any(not one.reached for one in figures))


if __name__ == "__main__":
    main()
