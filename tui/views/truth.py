"""The line that is always there: how bad it is said to be, the time, what is left of the budget, who has written."""

from dataclasses import dataclass

from tui.views.plot import number
from tui.views.spans import DIM, ERR, OK, PLAIN, STRONG, WARN, Row, Span, row
from tui.views.symbols import Symbols


@dataclass(frozen=True)
class Truth:
    """What the line says. `burn` is how many times too fast the error budget went in the last five minutes."""

    scenario: str
    severity: str | None
    clock: str
    wall: str
    limit: str
    share: float
    budget_left: float | None
    burn: float | None
    unread: int
    alerts: int
    busy: tuple[str, ...]
    hints: int
    mode: str
    speed: float
    paused: bool
    outcome: str | None
    passed: float


def truth_bar(truth: Truth, width: int, symbols: Symbols, held: int | None = None) -> Row:
    """The line at a width: what matters less is left out where there is no room."""
    parts = _parts(truth, symbols, held, tight=width < 110)
    shown, room = set[int](), width - 2
    for at in sorted(range(len(parts)), key=lambda at: parts[at][0]):
        wide = sum(len(text) for text, _ in parts[at][1]) + 3
        if wide <= room:
            shown.add(at)
            room -= wide
    spans: list[Span] = [(" ", PLAIN)]
    for at in sorted(shown):
        spans += [*([(f" {symbols.bar} ", DIM)] if len(spans) > 1 else []), *parts[at][1]]
    return row(*spans)


def _parts(truth: Truth, symbols: Symbols, held: int | None, *, tight: bool) -> list[tuple[int, list[Span]]]:
    """The pieces from left to right, each with its rank: what has a low one is left out last."""
    told = truth.severity or ("no SEV" if tight else "no severity")
    strange = truth.paused or held is not None or truth.outcome is not None
    sign = symbols.marks["alert"]
    alerts = f"{sign}{truth.alerts}" if tight else f"{sign} {truth.alerts} alert{'' if truth.alerts == 1 else 's'}"
    unread = f"{truth.unread} new" if tight else f"{truth.unread} unread" if truth.unread else "no mail"
    return [
        (0, [(f"{symbols.dot} {told}", ERR if truth.severity else DIM)]),
        (1, [(f"{truth.clock}/{truth.limit}", STRONG), (f" {truth.wall}" if not tight else "", DIM)]),
        (3, _health(truth, symbols, tight=tight)),
        (4, [(alerts, ERR if truth.alerts else DIM)]),
        (5, [(unread, STRONG if truth.unread else DIM)]),
        (6, [(", ".join(truth.busy) or "nothing under way", STRONG if truth.busy else DIM)]),
        (7, [(f"{truth.mode}, {truth.hints} hint{'' if truth.hints == 1 else 's'}", DIM)]),
        (2, [(_state(truth, symbols, held), WARN if strange else OK)]),
    ]


def _health(truth: Truth, symbols: Symbols, *, tight: bool) -> list[Span]:
    failing = f"{number(truth.share)} % failing"
    if truth.budget_left is None or truth.burn is None:
        return [(failing, ERR if truth.share > 1 else PLAIN)]
    tone = ERR if truth.burn >= 1 else OK
    sign = symbols.up if truth.burn >= 1 else symbols.level
    burn = f"{sign}{number(truth.burn)}x"
    if tight:
        return [(f"budget {truth.budget_left:.0f}% ", PLAIN), (burn, tone)]
    return [(f"{failing}  ", tone), (f"budget {truth.budget_left:.1f} % ", PLAIN), (f"burn {burn}", tone)]


def _state(truth: Truth, symbols: Symbols, held: int | None) -> str:
    if truth.outcome:
        return f"{symbols.marks['end']} {truth.outcome.replace('_', ' ').upper()}"
    if held is not None:
        return f"{symbols.held} HELD +{held} lines"
    if truth.paused:
        return f"{symbols.held} PAUSED"
    return f"{symbols.live} LIVE {truth.speed:g}x" if truth.speed else f"{symbols.held} STEP BY STEP"
