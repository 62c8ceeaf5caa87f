"""What a run was, when it is over: what came out, every decision in order, questions, thoughts, and charts."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.clock import show, spell
from sim.facts import Asked, QuestionAnswered
from sim.result import Result
from tui.safe_text import safe_text
from tui.views.gauges import PIECE_MS, Gauges
from tui.views.moments import line, moments
from tui.views.plot import Chart, Mark
from tui.views.spans import DIM, ERR, MARK, OK, STRONG, WARN, Row, row
from tui.views.thoughts import thoughts

if TYPE_CHECKING:
    from sim.session import Session
    from tui.live import Live


@dataclass(frozen=True)
class Asking:
    """A question of the debrief, its choices, what was chosen, and, once something was, what is right and why."""

    name: str
    ask: str
    choices: tuple[tuple[str, str], ...]
    chosen: tuple[str, ...]
    right: tuple[str, ...]
    because: str


@dataclass(frozen=True)
class Debrief:
    """All that is shown; `journal` is where the run is kept."""

    scenario: str
    seed: int
    mode: str
    speed: float
    outcome: str
    journal: str
    result: tuple[Row, ...]
    timeline: tuple[Row, ...]
    questions: tuple[Asking, ...]
    thoughts: tuple[Row, ...]
    truth: tuple[Row, ...]
    score: tuple[Row, ...]
    charts: tuple[Chart, ...]


def debrief(live: "Live") -> Debrief:
    """Sum a sealed run up; the summing up changes nothing in it."""
    session = live.session
    result = live.finish()
    return Debrief(
        scenario=result.scenario, seed=result.seed, mode=live.mode.value, speed=live.speed, outcome=result.outcome,
        journal=str(live.path or ""), result=tuple(_result(session, result)), timeline=tuple(_timeline(session)),
        questions=questions(session), thoughts=thoughts(session), truth=tuple(_truth(session)),
        score=tuple(_score(session, result)),
        charts=_charts(session),
    )  # fmt: skip


def _result(session: "Session", result: Result) -> list[Row]:
    good = result.outcome == "resolved"
    when = f" at {show(result.resolved_at_ms)}" if result.resolved_at_ms is not None else ""
    came = f"{result.outcome.replace('_', ' ').upper()}{when}"
    which = f"   {result.scenario}, seed {result.seed}, {spell(result.ended_at_ms)} of simulated time"
    rows = [row((came, OK if good else ERR), (which, DIM)), row("")]
    rows += [row(safe_text(text)) for text in result.summary()[1:]]
    deeds = [entry for entry in session.journal.entries if isinstance(entry.fact, Asked) and not entry.fact.look]
    looks = [entry for entry in session.journal.entries if isinstance(entry.fact, Asked) and entry.fact.look]
    rows += [row(""), row((f"{len(deeds)} decisions, {len(looks)} looks and thoughts", STRONG))]
    return rows


def _truth(session: "Session") -> list[Row]:
    """What the answer key says; it stands behind the questions."""
    key = session.loaded.key
    if key is None:
        return []
    roots = sorted(key.conclusions.values(), key=lambda one: not one.root_cause)
    rows = [row(("root cause: " if one.root_cause else "and: ", STRONG), one.says.strip()) for one in roots]
    failed = f", with at most {key.par.failed} failed requests" if key.par.failed else ""
    rows += [row(""), row(("The expert: ", STRONG), f"resolved by {show(key.par.resolved_by)}{failed}"), row("")]
    rows += [row(("also good: ", DIM), one.because) for one in key.accepted]
    rows += [row(("a trap: ", WARN), f"{one.tempting} {one.because}") for one in key.traps]
    return rows


def _score(session: "Session", result: Result) -> list[Row]:
    """The card: axes beside each other, under each what it rests on; a key is the moment of the first evidence."""
    from scorecards.grade import grade
    from scorecards.run import Run

    card, entries = grade(Run.of(session, result)), session.journal.entries
    verdict = "passed" if card.passed else "not passed"
    hints = f", {card.hints:g} taken off for hints" if card.hints else ""
    rows = [row((f"{card.score:.0f} of 100: {verdict}{hints}", OK if card.passed else WARN))]
    for axis, one in card.axes.items():
        rows += [row(""), row((f"{axis.value.replace('_', ' '):<14} {one.score:3.0f} {one.band.value}", STRONG))]
        for found in card.findings:
            if found.axis is axis:
                full = found.earned >= 0.995 * found.possible
                seen = [seq for seq in found.evidence if 0 <= seq < len(entries)]
                key = str(entries[seen[0]].at_ms) if seen else ""
                name = found.criterion.replace("_", " ").replace("-", " ")
                points = (f"{found.earned:5.1f} of {found.possible:<3.0f} ", OK if full else WARN)
                rows.append(row("  ", points, (f"{name}: ", STRONG), found.why, (" »" if key else "", DIM), key=key))
    return rows


def what_if(live: "Live") -> tuple[Row, ...]:
    """The run again without each decision, and with the expert's next move in its place."""
    from scorecards.forks import Forks
    from scorecards.regret import Regrets
    from sim.replay import read_journal

    if live.path is None:
        return (row("this run was not kept, so that it cannot be played otherwise"),)
    with Forks(read_journal(live.path), live.session.loaded.folder) as forks:
        lines = [("as it was", forks.base.reached)]
        for one in Regrets(forks).without:
            lines.append((one.dropped.words, one.dropped.reached))
            if one.instead is not None:
                lines.append((one.instead.words, one.instead.reached))
    head = row((f"{'outcome':<10} {'resolved':<10} {'hurt':>9} {'failed':>9}   what", DIM))
    rows = []
    for words, came in lines:
        when = "" if came.resolved_at_ms is None else show(came.resolved_at_ms)
        tone = OK if came.outcome == "resolved" else WARN
        counts = f"{when:<10} {came.hurt:>9} {came.failed:>9}   "
        rows.append(row((f"{came.outcome.replace('_', ' '):<10} ", tone), counts, words))
    return (head, *rows)


def _timeline(session: "Session") -> list[Row]:
    """Everything that happened; decisions have numbers."""
    scenario, rows, number = session.loaded.scenario, list[Row](), 0
    for one in moments(scenario, session.journal.entries):
        if one.mark == "deed":
            number += 1
        rows.append(line(scenario, one, f"{number:>2}" if one.mark == "deed" else "  "))
    return rows


def questions(session: "Session") -> tuple[Asking, ...]:
    """The questions of the answer key, if the scenario has one."""
    key = session.loaded.key
    if key is None:
        return ()
    answers = {
        entry.fact.question: tuple(entry.fact.choice)
        for entry in session.journal.entries
        if isinstance(entry.fact, QuestionAnswered)
    }
    return tuple(
        Asking(name, one.ask, tuple(one.choices.items()), answers.get(name, ()), tuple(one.right), one.because)
        for name, one in key.questions.items()
    )


def question_rows(asked: tuple[Asking, ...], *, reveals: bool = True) -> tuple[Row, ...]:
    """Questions with their choices; what is right is said once the run is sealed, where something was chosen."""
    rows = list[Row]()
    for number, one in enumerate(asked, 1):
        rows.append(row((f"{number}. ", MARK), (one.ask, STRONG), key=one.name))
        for name, text in one.choices:
            sign = "[x]" if name in one.chosen else "[ ]"
            verdict, tone = ("", "")
            if reveals and one.chosen and name in one.right:
                verdict, tone = "  right", OK
            elif reveals and name in one.chosen:
                verdict, tone = "  not right", WARN
            rows.append(row(f"   {sign} {text}", (verdict, tone), key=f"{one.name}/{name}"))
        if reveals and one.chosen:
            rows.append(row((f"   because: {one.because}", DIM)))
        rows.append(row(""))
    return tuple(rows)


def _charts(session: "Session") -> tuple[Chart, ...]:
    """The whole run; decisions have the numbers that they have in the timeline."""
    marks, number = list[Mark](), 0
    for one in moments(session.loaded.scenario, session.journal.entries):
        number += one.mark == "deed"
        if one.mark:
            marks.append(Mark(one.at_ms, one.mark, str(number % 10) if one.mark == "deed" else ""))
    span = max(PIECE_MS, -(-session.now_ms // PIECE_MS) * PIECE_MS)
    return Gauges(session).charts(None, span, marks)[:4]


def exported(told: Debrief) -> str:
    """The debrief as text."""
    parts = [("Result", told.result), ("Timeline", told.timeline), ("Questions", question_rows(told.questions)),
             ("Thoughts", told.thoughts), ("What really happened", told.truth), ("Score", told.score)]  # fmt: skip
    lines = [f"# {told.scenario}, seed {told.seed}: {told.outcome}", ""]
    for title, rows in parts:
        lines += [f"## {title}", "", *(one.text for one in rows), ""]
    return "\n".join(lines)
