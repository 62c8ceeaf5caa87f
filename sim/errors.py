"""Everything that can go wrong, as a tree.

    RehearsalError            exit code 3 unless it says otherwise: a bug of ours
    ├── InvalidInput          2: problems in a file or an argument, all of them at once
    ├── NotModelled           2: the physics ends here, and a guess would be worse
    ├── ServerNeeded          2: no PostgreSQL to be had, and the answer is not remembered
    └── CheckFailed           1: a check or an expectation did not hold

SimPy re-raises a failed event as `type(e)(*e.args)`, so every error here rebuilds from its args.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import IntEnum


class ExitCode(IntEnum):
    """What a shell is told."""

    PASSED = 0
    FAILED = 1
    INVALID = 2
    BUG = 3
    INTERRUPTED = 130


@dataclass(frozen=True, order=True)
class Mark:
    """A place in a file, counted from one."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend: where, what is wrong, and the next step."""

    where: Mark
    what: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f"\n  hint: {self.hint}" if self.hint else "")


class RehearsalError(Exception):
    """The root of our own errors."""

    exit_code = ExitCode.BUG


class InvalidInput(RehearsalError):
    """Input that somebody can mend; carries every problem found."""

    exit_code = ExitCode.INVALID

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(tuple(problems))
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class NotModelled(RehearsalError):
    """The simulator has no honest answer, and says so."""

    exit_code = ExitCode.INVALID


class ServerNeeded(RehearsalError):
    """The question needs a live PostgreSQL, and there is none."""

    exit_code = ExitCode.INVALID


class CheckFailed(RehearsalError):
    """A check, a replay or an expectation did not hold."""

    exit_code = ExitCode.FAILED


def nearest(name: str, known: Sequence[str], otherwise: str) -> str:
    """The hint for an unknown name: the nearest known one, or where to find them all."""
    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else otherwise
