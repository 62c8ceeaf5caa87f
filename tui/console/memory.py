"""What the console has been shown so far: log lines, moments, the last picture, and how somebody wants to see them."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui.views.spans import DIM, ERR, PLAIN, STRONG, WARN, Row, row

if TYPE_CHECKING:
    from tui.views.frame import Frame
    from tui.views.log_lines import LogLine
    from tui.views.moments import Moment

KEPT = 4_000
LEVELS = ("INFO", "WARN", "ERROR")
_TONES = {"INFO": DIM, "WARN": WARN, "ERROR": ERR}
GROUPED_MS = 300_000


@dataclass
class Memory:
    """Owned by the room; panels read it."""

    lines: "deque[LogLine]" = field(default_factory=lambda: deque(maxlen=KEPT))
    moments: "list[tuple[Moment, Row]]" = field(default_factory=list)
    frame: "Frame | None" = None
    level: str = "INFO"
    grouped: bool = False
    rings: bool = False

    def take(self, frame: "Frame") -> None:
        """Remember what a picture brings."""
        before, self.frame = self.frame, frame
        self.rings = before is not None and any(one.word in ("ALERT", "message") for one, _ in frame.moments)
        self.lines.extend(frame.lines)
        self.moments.extend(frame.moments)

    def log(self, lines: "Iterable[LogLine]") -> list[Row]:
        """Lines as rows, those below the level left out."""
        least = LEVELS.index(self.level)
        return [log_row(one) for one in lines if LEVELS.index(one.level) >= least]

    def log_groups(self) -> list[Row]:
        """The last five minutes, lines that say the same as one, the most frequent last."""
        now = self.frame.now_ms if self.frame else 0
        least, counts = LEVELS.index(self.level), dict[tuple[str, str, str], tuple[int, "LogLine"]]()
        for one in self.lines:
            if one.at_ms > now - GROUPED_MS and LEVELS.index(one.level) >= least:
                counts[one.template] = (counts.get(one.template, (0, one))[0] + one.count, one)
        return [
            row((f"×{count:<6} ", STRONG), (f"{one.level:<5} ", _TONES[one.level]), f"{one.source} {one.text}",
                key=one.text)
            for count, one in sorted(counts.values(), key=lambda item: item[0])
        ]  # fmt: skip


def log_row(one: "LogLine") -> Row:
    """A log line as a row; its key is the text, for those who ask why."""
    times = f" ×{one.count}" if one.count > 1 else ""
    return row((f"{one.clock} ", DIM), (f"{one.level:<5} ", _TONES[one.level]), (f"{one.source}", DIM), (times, STRONG),
               (f" {one.text}", PLAIN), key=one.text)  # fmt: skip
