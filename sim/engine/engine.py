"""One run: facts become true, traffic is settled before they do, and processes answer them.

A second is counted under the world as it stood when the second began; what changes within it reaches traffic with the
next. So counts are the same whatever the size of the steps in which somebody watches.
"""

from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import simpy

from sim.actions.base import Action
from sim.clock import MINUTE, SECOND, Millis
from sim.engine.backfills import run_backfill
from sim.engine.builds import answer, build_fix
from sim.engine.endings import ABANDONED, outcome_now
from sim.engine.frozen import frozen
from sim.engine.instances import end_orphans, restart, scale
from sim.engine.integrity import amended
from sim.engine.jobs import Backlog, keep_working, resume, run_job
from sim.engine.mixes import Mixes
from sim.engine.pipelines import roll_out
from sim.engine.predictions import settle
from sim.engine.regime import regime_of
from sim.engine.restores import back_up, back_up_at, restore
from sim.engine.rows import Rows
from sim.engine.scripts import TERMINATED, run_script
from sim.engine.sessions import keep_session
from sim.engine.story import awaited, break_silence, tell
from sim.engine.transactions import DATA, free_locks
from sim.engine.watches import keep_watch
from sim.engine.watching import Watching
from sim.errors import NotModelled
from sim.facts import (
    AlertFired,
    BackendsOrphaned,
    BackfillBegan,
    BackupBegan,
    ConnectionsCut,
    DatabaseRestored,
    Ended,
    Fact,
    FaultBegan,
    FaultLifted,
    FixOrdered,
    FlagCreated,
    FlagDeleted,
    FlagSet,
    InstancesReplaced,
    InstancesStarted,
    InstancesStopped,
    JobCalled,
    JobRan,
    JobResumed,
    LockQueued,
    LocksFreed,
    LockTaken,
    MigrationEnded,
    OrphansEnded,
    Paged,
    Predicted,
    RestartBegan,
    RestartCancelled,
    RestoreBegan,
    RestoreEnded,
    RolloutBegan,
    RolloutCancelled,
    RolloutResumed,
    RowsChanged,
    RowsMoved,
    ScaleBegan,
    SchemaChanged,
    ScriptEnded,
    ScriptSent,
    SessionEnded,
    SessionOpened,
    StageEnded,
    StageReleased,
    StageSkipped,
    StatementCancelled,
    StoodDown,
    TimePassed,
    TrafficShifted,
    WatchBegan,
    WorkDue,
    WorkOverdue,
)  # fmt: skip
from sim.journal import Journal
from sim.judge.judge import Judge
from sim.judge.values import Lineage, Script, ScriptVerdict
from sim.locks import waits_for
from sim.reduce import reduce
from sim.traffic.traffic import Traffic
from sim.world import World

if TYPE_CHECKING:
    from sim.engine.assembly import Production

Process = Generator[Any, Any, Any]
_OUR_LIMITS = {"57014", "53200", "53400", "53100", "54000"}
_BENDS_TRAFFIC = (
    InstancesReplaced, SchemaChanged, LockQueued, LockTaken, LocksFreed, FlagSet, FlagCreated, FlagDeleted,
    FaultBegan, FaultLifted, RowsMoved, RowsChanged, DatabaseRestored, TrafficShifted, InstancesStarted,
    InstancesStopped, ConnectionsCut, BackendsOrphaned, OrphansEnded,
)  # fmt: skip
_CONNECTS = (ScriptSent, ScriptEnded, SessionOpened, SessionEnded)
_SHAPES_ROWS = (SchemaChanged, RowsChanged, MigrationEnded, ScriptEnded, RestoreEnded)


class Engine:
    """A production in motion. It goes forward with `run_to`, and is changed by what `become`s true."""

    def __init__(
        self,
        world: World,
        lineage: Lineage,
        judge: Judge,
        mixes: Mixes,
        rows: Rows,
        journal: Journal,
        folder: Path,
        production: "Production",
    ) -> None:
        self.env = simpy.Environment()
        self.folder, self.production = folder, production
        self.world, self.lineage, self.seed = world, lineage, world.seed
        self.judge, self.mixes, self.rows, self.journal = judge, mixes, rows, journal
        self.processes: dict[str, simpy.Process] = {}
        self.waiting: dict[str, simpy.Event] = {}
        self.backlogs = {name: Backlog(world.seed, name) for name in world.scenario.jobs}
        self.migrating: simpy.Process
        self.now_ms = 0
        self.lifted, self.released = self.env.event(), self.env.event()
        self.untold = {number: line for number, line in enumerate(world.scenario.story) if line.when is not None}
        self._stale = self._news = False
        self.changes = 0
        self.unmet_changes, self.unmet_at_ms = -1, 0
        limited = world.scenario.database.max_connections is not None
        self._bends = (*_BENDS_TRAFFIC, *_CONNECTS) if limited else _BENDS_TRAFFIC
        self._answers: dict[type, Callable[[Any], None]] = {
            RolloutBegan: lambda fact: self.start(f"roll-out {fact.service}", roll_out(self, fact)),
            RolloutCancelled: lambda fact: self.processes[f"roll-out {fact.service}"].interrupt(),
            ScriptSent: self._send,
            BackfillBegan: lambda fact: self.start(fact.session, run_backfill(self, fact)),
            StatementCancelled: lambda fact: self.processes[fact.session].interrupt(),
            SessionEnded: self._end_session,
            StoodDown: lambda _: self.become(Ended(outcome=ABANDONED)),
            FixOrdered: lambda fact: self.start(f"build {fact.fix}", build_fix(self, fact)),
            FaultLifted: self._lift,
            StageReleased: self._release,
            StageSkipped: self._release,
            RolloutResumed: self._lift,
            ScaleBegan: lambda fact: scale(self, fact),
            RestartBegan: lambda fact: self.start(f"restart {fact.service}", restart(self, fact)),
            RestartCancelled: lambda fact: self.processes[f"restart {fact.service}"].interrupt(),
            AlertFired: self._alarm,
            WatchBegan: lambda fact: self.start(f"watch {fact.called}", keep_watch(self, fact)),
            BackupBegan: lambda fact: self.start(fact.session, back_up(self, fact)),
            RestoreBegan: lambda fact: self.start(fact.session, restore(self, fact)),
            **dict.fromkeys(_SHAPES_ROWS, lambda _: rows.note(self)),
            Paged: lambda fact: self.start(f"page {fact.person}", answer(self, fact)),
            JobCalled: lambda fact: run_job(self, fact.job),
            JobResumed: lambda fact: resume(self, fact.job),
        }
        self.horizon_s = -(-world.scenario.clock.limit // SECOND)
        self.regime = regime_of(world, mixes, lineage)
        self.traffic = Traffic(world.seed, self.horizon_s, self.regime)
        rows.follow(self, 0)
        rows.note(self)
        self.watching = Watching(self)
        self._begin()

    def _begin(self) -> None:
        scenario = self.world.scenario
        for moment, jump in scenario.clock.jumps:
            self.start(f"gap {moment}", self._pass_time(moment, jump))
        for session in scenario.database.sessions:
            self.start(f"session {session.name}", keep_session(self, session))
        for number, line in enumerate(scenario.story):
            if line.at is not None:
                self.start(f"story {number}", tell(self, number, line))
        for name, backup in scenario.database.backups.items():
            if backup.at >= 0:
                self.start(f"backup at {backup.at}", back_up_at(self, name, backup.at))
        for name in scenario.jobs:
            self.start(f"job {name}", keep_working(self, name))
        if self.mixes.judgements.over_rows:
            self.start("grid", self._read_rows_again())

    def _pass_time(self, moment: Millis, jump: Millis) -> Process:
        yield self.env.timeout(moment)
        self.become(TimePassed(jump_ms=jump))

    def _read_rows_again(self) -> Process:
        """Shares that users' writes move are read anew on a fixed grid, whoever looks."""
        while True:
            yield self.env.timeout(MINUTE)
            self.settle_second()
            self.become(RowsMoved(minute=self.now_ms // MINUTE))

    def start(self, name: str, process: Process) -> None:
        """Let something go on beside everything else, under a name."""
        self.processes[name] = self.env.process(process)

    def _send(self, sent: ScriptSent) -> None:
        self.start(sent.session, run_script(self, sent))
        if sent.migration is not None:
            self.migrating = self.processes[sent.session]

    def _alarm(self, _: AlertFired) -> None:
        """From now on, silence is counted."""
        for number, line in self.untold.items():
            if line.when is not None and line.when.silence is not None and len(self.world.alerts) == 1:
                self.start(f"silence {number}", break_silence(self, number, line.when.silence))

    def _end_session(self, ended: SessionEnded) -> None:
        """Whatever the session was doing or holding ends with it."""
        if ended.session in self.world.running:
            self.processes[ended.session].interrupt(TERMINATED)
        else:
            free_locks(self, ended.session)

    def _lift(self, _: FaultLifted | RolloutResumed) -> None:
        """Whoever waited for something to be over looks again."""
        self.lifted.succeed()
        self.lifted = self.env.event()

    def _release(self, _: StageReleased | StageSkipped) -> None:
        """Stages that wait for their turn look again."""
        self.released.succeed()
        self.released = self.env.event()

    def tell_story(self, number: int) -> None:
        """A condition holds: its line of the story is told, once."""
        if (line := self.untold.pop(number, None)) is not None:
            self.start(f"story {number}", tell(self, number, line))

    def become(self, fact: Fact) -> None:
        """Write a fact down, let it change the world, and let processes answer it."""
        self.journal.append(self.now_ms, fact)
        self.world = reduce(self.world, fact)
        self.changes += not fact.observed and not isinstance(fact, RowsMoved | WorkDue | JobRan)
        self._news = self._news or self._is_news(fact)
        self._stale = self._stale or isinstance(fact, self._bends)
        if (react := self._answers.get(type(fact))) is not None:
            react(fact)
        if isinstance(fact, AlertFired | StageEnded | JobRan | WorkOverdue):
            self._tell_awaited(fact)

    def _is_news(self, fact: Fact) -> bool:
        """Whether somebody who lets time pass would hear of it; a silenced alert does not page."""
        return fact.news and not (isinstance(fact, AlertFired) and self.world.silenced.get(fact.alert, 0) > self.now_ms)

    def predict(self, said: Predicted, begun: list[simpy.Process]) -> None:
        """Hold a prediction against what comes, once all that its action began has ended."""
        self.start(f"prediction {len(self.journal.entries)}", settle(self, said, begun))

    def _tell_awaited(self, fact: Fact) -> None:
        """The first line of the story that waits for this fact is told."""
        for number, line in self.untold.items():
            if awaited(line, self.world, fact):
                self.tell_story(number)
                break

    def ask(self, action: Action) -> None:
        """Put an action to the world and let its answer become true."""
        self._arrive(self.now_ms)
        self.world = self.world.but(now_ms=self.now_ms)
        for fact in action.decide(self.world):
            self.become(fact)
        self.watching.forget()

    def judge_script(self, statements: tuple[str, ...], *, transaction: bool) -> ScriptVerdict:
        """What PostgreSQL says of these statements on today's schema and rows."""
        told = self.judge_schema(statements, transaction=transaction)
        one = told.statements[0] if len(statements) == 1 and told.statements else None
        return self.judge_rows(told) if one is not None and one.tag in DATA else told

    def judge_rows(self, told: ScriptVerdict) -> ScriptVerdict:
        """A verdict on one data statement, corrected by the real rows that it would write."""
        self.settle_rows()
        return amended(self.judge, self.rows.tables(), self.lineage, told, self.now_ms)

    def judge_schema(self, statements: tuple[str, ...], *, transaction: bool = False) -> ScriptVerdict:
        """The same by today's schema alone: of rows PostgreSQL is shown those that a schema change would trip over."""
        return self.judge_from(self.lineage, statements, transaction=transaction)

    def judge_from(self, lineage: Lineage, statements: tuple[str, ...], *, transaction: bool) -> ScriptVerdict:
        """The same on a schema that there might be; the rows are today's."""
        starts = self.world.scenario.clock.starts
        told = self.judge.run(
            lineage, Script(tuple(frozen(one, starts) for one in statements), transaction), self.rows.find
        )
        if told.refused is not None and told.refused.sqlstate in _OUR_LIMITS:
            raise NotModelled(f"PostgreSQL was stopped within our limits: {told.refused.message}")
        asked = [*statements, *(one.statement for one in told.statements[len(statements) :])]
        verdicts = [replace(one, statement=text) for one, text in zip(told.statements, asked, strict=False)]
        return replace(told, statements=tuple(verdicts))

    def wake_waiting(self) -> None:
        """Grant, first come first served, every queued lock that nothing stands before any more."""
        for lock in self.world.locks:
            if not lock.held and not waits_for(self.world.locks, lock.session, lock.table, lock.mode):
                self.become(LockTaken(session=lock.session, table=lock.table, mode=lock.mode))
                if lock.session in self.waiting:
                    self.waiting[lock.session].succeed()
        end_orphans(self)

    def run_to(self, target_ms: int, *, until_news: bool = False) -> None:
        """Let everything happen up to and including this moment, unless the run ends (or there is news) before."""
        self._news = False
        while self.world.outcome is None and not (until_news and self._news):
            self._refresh()
            next_ms = min(self.env.peek(), target_ms)
            met = self.watching.first(int(next_ms))
            if met is not None:
                self._arrive(met.at_ms)
                met.happen()
            elif self.env.peek() <= target_ms:
                self.now_ms = int(self.env.peek())
                self.env.step()
            else:
                self.now_ms = target_ms
                return

    def _arrive(self, now_ms: int) -> None:
        """Bring SimPy's clock to a moment at which nothing of its own happens."""
        self.now_ms = now_ms
        if self.env.now < now_ms:
            self.env.run(until=now_ms)

    def _refresh(self) -> None:
        """Hand a changed world to traffic, once nothing more can happen within its second."""
        second = self.effective_second
        if self._stale and self.env.peek() > second * SECOND:
            self.regime = regime_of(self.world, self.mixes, self.lineage)
            self.traffic.change(second, self.regime)
            self.rows.follow(self, second)
            self.watching.forget()
            self._stale = False

    @property
    def effective_second(self) -> int:
        """The first second that what happens now can change."""
        return min(self.now_ms // SECOND + 1, self.horizon_s)

    def settle(self) -> None:
        """Count the traffic of all whole seconds up to now."""
        self.traffic.settle(self.now_ms // SECOND)

    def settle_rows(self) -> None:
        """Count the traffic up to now, and take note of what it wrote.

        Where something has just changed, the second that has begun is already the old writers'.
        """
        self.traffic.settle(max(self.now_ms // SECOND, self.rows.known_s))
        self.rows.catch_up(self.now_ms // SECOND)

    def settle_second(self) -> None:
        """The same for the whole second that has begun: it is counted under the world in which it began."""
        self.traffic.settle(self.effective_second)
        self.rows.catch_up(self.effective_second)

    def outcome(self, *, abandoned: bool) -> tuple[str, int | None]:
        """How the run ends if it ends now, and since when it counts as resolved."""
        return outcome_now(self, abandoned=abandoned)

    def close(self) -> None:
        """Let go of the tables' process."""
        self.rows.close()
