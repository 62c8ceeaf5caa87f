"""Looks at a session and says what there is to see: the one place where a run becomes pictures of it."""

from typing import TYPE_CHECKING

from sim.clock import MINUTE, SECOND, show, spell
from sim.facts import HintTaken, MessageArrived
from tui.views.aim import Aim, Pace
from tui.views.frame import Frame
from tui.views.gauges import Gauges
from tui.views.guide import guidance, nudges
from tui.views.log_lines import LogLines
from tui.views.moments import Moment, line, moments, wall
from tui.views.plot import Mark
from tui.views.spans import DIM, OK, STRONG, WARN, Row, row
from tui.views.thoughts import notes, thoughts
from tui.views.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.journal import Entry
    from sim.session import Session
    from tui.views.symbols import Symbols

WINDOW_S = 5 * MINUTE // SECOND


class Observer:
    """Makes one picture after the other; remembers what it has told, so that each tells what is new."""

    def __init__(self, session: "Session", symbols: "Symbols") -> None:
        self._session, self._symbols = session, symbols
        self._gauges, self._log = Gauges(session), LogLines(session)
        self._seq = self._hints = self._read = 0
        self._nudged_ms = session.now_ms
        self._marks: list[Mark] = []
        self._messages: list[Row] = []

    def frame(self, aim: Aim, pace: Pace) -> Frame:
        """The picture of now."""
        session, scenario = self._session, self._session.loaded.scenario
        session.engine.settle()
        entries = session.journal.entries[self._seq :]
        self._seq += len(entries)
        told = moments(scenario, entries)
        self._marks += [Mark(one.at_ms, one.mark) for one in told if one.mark]
        self._note(entries)
        return Frame(
            now_ms=session.now_ms,
            truth=self._truth(pace),
            charts=self._gauges.charts(aim.scope, aim.span_ms, self._marks),
            lines=tuple(self._log.more()),
            moments=tuple((one, line(scenario, one, self._sign(one))) for one in told),
            messages=tuple(self._messages),
            thoughts=thoughts(session),
            notes=notes(session),
            standing=tuple(self._standing()),
            guidance=self._guided(entries),
            scopes=self._gauges.endpoints,
            over=session.over or session.now_ms >= session.limit_ms,
            world=session.engine.world,
        )

    def _guided(self, entries: "Sequence[Entry]") -> tuple[str, ...]:
        """What a patient colleague would say to what has just happened."""
        now, self._nudged_ms, before = self._session.now_ms, self._session.now_ms, self._nudged_ms
        said = [words for entry in entries if (words := guidance(entry))]
        return tuple(dict.fromkeys([*said, *nudges(self._session.loaded.key, before, now)]))

    def read_mail(self) -> None:
        """Whatever has come in has been read."""
        self._read = len(self._messages)

    @property
    def unread(self) -> int:
        """How many messages nobody has read yet."""
        return len(self._messages) - self._read

    def _sign(self, one: Moment) -> str:
        return self._symbols.marks.get(one.mark, " ")

    def _note(self, entries: "Sequence[Entry]") -> None:
        scenario = self._session.loaded.scenario
        for entry in entries:
            if isinstance(entry.fact, HintTaken):
                self._hints += 1
            if isinstance(entry.fact, MessageArrived):
                sender = entry.fact.sender
                role = f" ({scenario.people[sender].role})" if sender in scenario.people else ""
                clock = wall(scenario, entry.at_ms)
                self._messages.append(row((f"{clock} ", DIM), (f"{sender}{role}: ", STRONG), entry.fact.text))

    def _truth(self, pace: Pace) -> Truth:
        session, world = self._session, self._session.engine.world
        scenario, traffic = session.loaded.scenario, session.engine.traffic
        now_s = session.now_ms // SECOND
        last, whole = traffic.tally(None, max(0, now_s - WINDOW_S), now_s), traffic.tally(None, 0, now_s)
        minute = traffic.tally(None, max(0, now_s - MINUTE // SECOND), now_s)
        left = burn = None
        if scenario.slo is not None:
            allowed = 1 - scenario.slo.target / 100
            burn = last.share / allowed
            budget = allowed * traffic.opening_rps(None) * (scenario.slo.window / SECOND)
            left = 100 * (1 - whole.failed / budget) if budget else None
        return Truth(
            scenario=scenario.id, severity=world.severity, clock=show(session.now_ms),
            wall=wall(scenario, session.now_ms), limit=spell(session.limit_ms), share=100 * minute.share,
            budget_left=left, burn=burn, unread=self.unread, alerts=len(world.alerts),
            busy=self._busy(), hints=self._hints, mode=pace.mode, speed=pace.speed, paused=pace.paused,
            outcome=world.outcome, passed=session.now_ms / session.limit_ms,
        )  # fmt: skip

    def _busy(self) -> tuple[str, ...]:
        """What somebody has begun and has not ended."""
        world = self._session.engine.world
        rolling = [f"{name} rolls out" for name, state in world.serving.items() if state.rollout is not None]
        return (*rolling, *world.running, *(f"{fix} is built" for fix, how in world.fixes.items() if how != "ready"))

    def _standing(self) -> list[Row]:
        """How things stand: what serves, flags, what is under way, who was paged."""
        session, world = self._session, self._session.engine.world
        scenario = session.loaded.scenario
        from sim.scenario.build import label

        rows = []
        for name, state in world.serving.items():
            slots = ", ".join(f"{s.instances}× {label(scenario, s.build)}" for s in state.slots if s.instances)
            rows.append(row((f"{name}  ", STRONG), slots or ("no instance", WARN)))
        rows += [row((f"flag {name}  ", STRONG), f"{percent} %") for name, percent in world.flags.items()]
        rows += [row(("under way  ", WARN), one) for one in self._busy()]
        rows += [row(("alert  ", WARN), one) for one in world.alerts]
        rows += [row(("paged  ", OK), one) for one in world.paged]
        return rows
