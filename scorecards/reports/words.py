"""Words that every report uses, and the door for what others wrote: the invisible shows, length is bounded."""

from scorecards.debrief import Debrief
from scorecards.findings import Band
from scorecards.forks import Branch
from scorecards.no_return import Turn
from scorecards.reached import Reached
from scorecards.safe_text import safe_line
from sim.clock import show, spell

LINE = 600
BANDS = {Band.P: "performed", Band.S: "some gaps", Band.M: "major gaps", Band.U: "unable"}
_BARS = "▁▂▃▄▅▆▇█"


def said(text: object, limit: int = LINE) -> str:
    """Text of others on one line; how much was cut off is said."""
    whole = str(text)
    cut = len(whole) - limit
    return safe_line(whole, limit) + (f" ({cut:,} more characters)" if cut > 0 else "")


def first_up(text: str) -> str:
    """A sentence from its words: only the first letter is made large."""
    return text[:1].upper() + text[1:]


def banded(band: Band) -> str:
    """A band as its word and letter: no colour is needed."""
    return f"{BANDS[band]} ({band.value})"


def outcome(debrief: Debrief) -> str:
    """How it ended, in a sentence."""
    result = debrief.run.result
    when = f" at {debrief.wall(result.resolved_at_ms)}" if result.resolved_at_ms is not None else ""
    return f"{result.outcome.replace('_', ' ')}{when}; the run took {spell(result.ended_at_ms)}"


def came_to(reached: Reached) -> str:
    """A path's figures in a few words."""
    ended = f"resolved at {show(reached.resolved_at_ms)}" if reached.resolved_at_ms is not None else "never resolved"
    rows = f", {reached.damage:,} rows damaged" if reached.damage else ""
    work = f", {reached.overdue:,} items overdue" if reached.overdue else ""
    return f"{reached.hurt:,} hurt, {ended}{rows}{work}"


def difference(branch: Branch, base: Reached) -> str:
    """How many more or fewer are hurt than in the run itself."""
    more = branch.reached.hurt - base.hurt
    return "no more and no fewer" if not more else f"{more:+,} hurt"


def turned(turn: Turn) -> str:
    """How a way back stood, since when and by whom."""
    if turn.at_ms is None:
        return f"{turn.verdict.safety.value} from {show(turn.since_ms)} to the end"
    who = "by the story" if turn.by is None else f"by decision {turn.by.number}"
    knew = "" if turn.by is None else ", knowingly" if turn.knowingly else ", without having looked"
    return f"{turn.verdict.safety.value} since {show(turn.at_ms)}, {who}{knew} ({turn.verdict.why})"


def spark(curve: tuple[float, ...], width: int = 60) -> str:
    """A curve as a row of bars, each the mean of some minutes."""
    step = max(1, -(-len(curve) // width))
    means = [sum(curve[at : at + step]) / len(curve[at : at + step]) for at in range(0, len(curve), step)]
    most = max(means, default=0.0) or 1.0
    return "".join(_BARS[min(len(_BARS) - 1, int(one / most * len(_BARS)))] for one in means)


def alike(debrief: Debrief) -> tuple[list[tuple[str, Branch]], list[str]]:
    """The what-ifs that end otherwise than the run, and the words of those that do not."""
    base = debrief.reached
    other = [(name, one) for name, one in debrief.what_ifs if one.reached != base]
    return other, [name for name, one in debrief.what_ifs if one.reached == base]
