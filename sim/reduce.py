"""`reduce(world, fact)`: the only way the world changes. Pure: no clock, no chance, no I/O."""

from dataclasses import replace

from sim import stages
from sim.facts import (
    AlertCleared,
    AlertFired,
    AlertSilenced,
    Announced,
    Answered,
    Asked,
    BackendsOrphaned,
    BackfillBegan,
    BackfillEnded,
    BackupBegan,
    BackupEnded,
    BatchRan,
    Build,
    Claimed,
    ConnectionsCut,
    DatabaseRestored,
    Declared,
    Ended,
    Fact,
    FaultBegan,
    FaultLifted,
    FixOrdered,
    FixReady,
    FlagCreated,
    FlagDeleted,
    FlagSet,
    HintTaken,
    HypothesisHeld,
    InstancesReplaced,
    InstancesStarted,
    InstancesStopped,
    JobCalled,
    JobPaused,
    JobRan,
    JobResumed,
    LockQueued,
    LocksFreed,
    LockTaken,
    Looked,
    MessageArrived,
    MigrationBegan,
    MigrationDeclined,
    MigrationEnded,
    MigrationMarked,
    Noted,
    OrphansEnded,
    Paged,
    Posted,
    Predicted,
    PredictionSettled,
    QuestionAnswered,
    Refused,
    RestartBegan,
    RestartCancelled,
    RestartEnded,
    RestoreBegan,
    RestoreEnded,
    RolloutBegan,
    RolloutCancelled,
    RolloutEnded,
    RolloutHalted,
    RolloutPaused,
    RolloutResumed,
    RowsChanged,
    RowsMoved,
    ScaleBegan,
    SchemaChanged,
    ScriptEnded,
    ScriptSent,
    SessionEnded,
    SessionOpened,
    SmokeCheckAdded,
    SmokeChecked,
    StageBegan,
    StageEnded,
    StageHeld,
    StageReleased,
    StageScheduled,
    StageSkipped,
    StatementCancelled,
    StatementRan,
    StoodDown,
    TagMoved,
    TimePassed,
    TrafficShifted,
    WatchBegan,
    Watched,
    WorkDue,
    WorkOverdue,
)  # fmt: skip
from sim.faults.catalogue import Fault
from sim.restored import restored
from sim.scenario.model import SmokeCheck
from sim.scenario.pipeline import deed, way_back
from sim.worked import worked
from sim.world import Ailment, Batches, Lock, Orphans, Pipeline, Rollout, Serving, Slot, World


def reduce(world: World, fact: Fact) -> World:
    """The world in which this fact has become true."""
    match fact:
        case (
            Asked() | Refused() | Looked() | Watched() | Predicted() | Answered() | Posted() | StatementRan()
            | JobCalled() | RowsChanged() | TimePassed() | PredictionSettled() | HypothesisHeld() | HintTaken()
            | QuestionAnswered() | SmokeChecked() | MigrationDeclined() | StatementCancelled() | RolloutCancelled()
            | RestartCancelled() | Noted()
        ):  # fmt: skip
            return world
        case (
            RolloutBegan() | InstancesReplaced() | RolloutEnded() | RolloutHalted() | RolloutPaused() | RolloutResumed()
        ):
            return _rolled(world, fact)
        case StageScheduled() | StageBegan() | StageEnded() | StageHeld() | StageReleased() | StageSkipped():
            return _staged(world, fact)
        case SmokeCheckAdded() | TagMoved() | MigrationMarked():
            return _arranged(world, fact)
        case (
            ScaleBegan() | RestartBegan() | RestartEnded() | InstancesStopped() | InstancesStarted() | TrafficShifted()
        ):
            return _scaled(world, fact)
        case ConnectionsCut() | BackendsOrphaned() | OrphansEnded():
            return _cut_off(world, fact)
        case MigrationBegan() | MigrationEnded() | SchemaChanged() | ScriptSent() | ScriptEnded():
            return _migrated(world, fact)
        case BackfillBegan() | BatchRan() | BackfillEnded():
            return _backfilled(world, fact)
        case LockQueued() | LockTaken() | LocksFreed() | SessionOpened() | SessionEnded():
            return _locked(world, fact)
        case BackupBegan() | BackupEnded() | RestoreBegan() | DatabaseRestored() | RestoreEnded():
            return restored(world, fact)
        case Declared() | Paged() | Claimed() | StoodDown() | MessageArrived() | Announced() | AlertSilenced():
            return _talked(world, fact)
        case WatchBegan(called=called):
            return world.but(watches=(*world.watches, called))
        case FlagSet(flag=flag, percent=percent) | FlagCreated(flag=flag, percent=percent):
            return world.but(flags={**world.flags, flag: percent})
        case FlagDeleted(flag=flag):
            return world.but(flags={name: percent for name, percent in world.flags.items() if name != flag})
        case FixOrdered(fix=fix) | FixReady(fix=fix):
            return world.but(fixes={**world.fixes, fix: "ready" if isinstance(fact, FixReady) else "ordered"})
        case RowsMoved(minute=minute):
            return world.but(rows_moved=minute)
        case AlertFired(alert=alert):
            return world.but(alerts=(*world.alerts, alert))
        case AlertCleared(alert=alert):
            return world.but(alerts=tuple(name for name in world.alerts if name != alert))
        case FaultBegan(fault=kind, arguments=arguments, number=number):
            return world.but(faults=(*world.faults, Ailment(number, Fault.model_validate({kind: arguments}))))
        case FaultLifted(number=number):
            return world.but(faults=tuple(ailment for ailment in world.faults if ailment.number != number))
        case JobPaused() | JobResumed() | WorkDue() | JobRan() | WorkOverdue():
            return worked(world, fact)
        case Ended(outcome=outcome):
            return world.but(outcome=outcome)


Rolled = RolloutBegan | InstancesReplaced | RolloutEnded | RolloutHalted | RolloutPaused | RolloutResumed
Scaled = ScaleBegan | RestartBegan | RestartEnded | InstancesStopped | InstancesStarted | TrafficShifted


def _rolled(world: World, fact: Rolled) -> World:
    state = world.serving[fact.service]
    match fact:
        case RolloutPaused(service=service) | RolloutResumed(service=service):
            paused = isinstance(fact, RolloutPaused)
            return world.with_serving(service, rollout=state.rollout and replace(state.rollout, paused=paused))
        case RolloutBegan(service=service, build=build, back=back, schema_down=schema_down):
            world = world.but(pipelines={**world.pipelines, service: _setting_out(world, fact)})
            return world.with_serving(service, rollout=Rollout(build, back, schema_down))
        case InstancesReplaced(service=service):
            return world.with_serving(service, slots=_replaced(state.slots, fact, keep=_kept(world, state)))
        case RolloutEnded(service=service, build=build):
            slots = _tidy(state.slots, keep=_kept(world, state))
            return _everywhere(world, service, build).with_serving(service, rollout=None, slots=slots)
        case RolloutHalted(service=service):
            if service in world.pipelines:
                world = world.but(pipelines={**world.pipelines, service: _stopped(world.pipelines[service])})
            return world.with_serving(service, rollout=None, **_where_it_stopped(state))


def _everywhere(world: World, service: str, build: Build) -> World:
    """Every instance has been replaced: this is the release now, and what it replaced the one before."""
    state = world.serving[service]
    previous = state.release if state.release != build else state.previous
    return world.with_serving(service, release=build, previous=previous)


def _setting_out(world: World, began: RolloutBegan) -> Pipeline:
    """Every stage still to come, but for those left out; what resumes keeps what it has passed."""
    if began.resumes:
        return replace(world.pipelines[began.service], due_ms={})
    known = world.service(began.service).stages
    names = list(way_back(known)) if began.back else list(known)
    states = {name: stages.LEFT_OUT if name in began.without else stages.PENDING for name in names}
    return Pipeline(began.build, began.named, states, began.pool, began.back)


def _stopped(pipeline: Pipeline) -> Pipeline:
    """The stage that ran, or whose turn it was, has stopped; it can be tried again."""
    states = {name: stages.STOPPED if state in stages.UNDER_WAY else state for name, state in pipeline.stages.items()}
    return replace(pipeline, stages=states)


def _arranged(world: World, fact: SmokeCheckAdded | TagMoved | MigrationMarked) -> World:
    match fact:
        case SmokeCheckAdded(service=service, check=name, endpoint=endpoint, version=version):
            check = SmokeCheck(endpoint=endpoint, version=version or None)
            return world.but(checks={**world.checks, service: {**world.checks[service], name: check}})
        case TagMoved(tag=tag, release=release):
            return world.but(tags={**world.tags, tag: release})
        case MigrationMarked(migration=migration, state=state):
            return world.but(migrations={**world.migrations, migration: state})


def _staged(
    world: World, fact: StageScheduled | StageBegan | StageEnded | StageHeld | StageReleased | StageSkipped
) -> World:
    pipeline, built = world.pipelines[fact.service], world.built
    match fact:
        case StageScheduled(stage=stage, at_ms=at_ms):
            pipeline = replace(pipeline.but(stage, stages.SCHEDULED), due_ms={**pipeline.due_ms, stage: at_ms})
        case StageBegan(stage=stage):
            pipeline = pipeline.but(stage, stages.RUNNING)
        case StageEnded(stage=stage, ok=ok):
            pipeline = pipeline.but(stage, stages.PASSED if ok else stages.FAILED)
            built = (*built, (fact.service, stage, pipeline.build)) if ok else built
            if ok and deed(stage, world.service(fact.service).stages[stage]) == "deploy":
                world = _everywhere(world, fact.service, pipeline.build)
        case StageHeld(stage=stage):
            pipeline = pipeline.but(stage, stages.HELD)
        case StageReleased(stage=stage):
            pipeline = replace(pipeline.but(stage, stages.PENDING), let_go=(*pipeline.let_go, stage))
        case StageSkipped(stage=stage):
            pipeline = pipeline.but(stage, stages.SKIPPED)
    return world.but(pipelines={**world.pipelines, fact.service: pipeline}, built=built)


def _replaced(slots: tuple[Slot, ...], fact: InstancesReplaced, *, keep: bool) -> tuple[Slot, ...]:
    """Move instances from one build to the other inside a pool; the leaving build stands first."""
    counts = {(slot.pool, slot.build): slot for slot in slots}
    empty = next(replace(slot, instances=0) for slot in slots if slot.pool == fact.pool)
    for build, more in ((fact.was, -fact.count), (fact.now, fact.count)):
        slot = counts.get((fact.pool, build), replace(empty, build=build))
        counts[fact.pool, build] = replace(slot, instances=slot.instances + more)
    return _tidy(tuple(counts.values()), keep=keep)


def _kept(world: World, state: Serving) -> bool:
    """While locks are in the way, or instances restart, a build that has no instance left may still be asked for."""
    return bool(world.locks) or state.restarting


def _tidy(slots: tuple[Slot, ...], *, keep: bool) -> tuple[Slot, ...]:
    """Leave empty slots out; an empty pool keeps its newest, to know what to start."""
    last = {slot.pool: slot for slot in slots}
    filled = {slot.pool for slot in slots if slot.instances}
    return tuple(
        slot for slot in slots if slot.instances or keep or (slot.pool not in filled and slot is last[slot.pool])
    )


def _scaled(world: World, fact: Scaled) -> World:
    state = world.serving[fact.service]
    match fact:
        case TrafficShifted(service=service, weights=weights):
            slots = tuple(replace(slot, weight=weights[slot.pool]) for slot in state.slots)
            return world.with_serving(service, slots=slots)
        case ScaleBegan(service=service, pool=pool, instances=instances):
            return world.with_serving(service, wanted={**state.wanted, pool: instances})
        case RestartBegan(service=service, pools=pools):
            wanted = {pool: state.wanted.get(pool, state.instances(pool)) for pool in pools}
            return world.with_serving(service, restarting=True, wanted={**state.wanted, **wanted})
        case RestartEnded(service=service):
            return world.with_serving(service, restarting=False, slots=_tidy(state.slots, keep=bool(world.locks)))
        case InstancesStopped(service=service):
            return world.with_serving(service, slots=_tidy(_counted(state, fact, -1), keep=_kept(world, state)))
        case InstancesStarted(service=service):
            return world.with_serving(service, slots=_counted(state, fact, 1))


def _counted(state: Serving, fact: InstancesStopped | InstancesStarted, sign: int) -> tuple[Slot, ...]:
    """So many instances of one build more or less."""
    here = (fact.pool, fact.build)
    return tuple(
        replace(slot, instances=slot.instances + sign * fact.count) if (slot.pool, slot.build) == here else slot
        for slot in state.slots
    )


def _cut_off(world: World, fact: ConnectionsCut | BackendsOrphaned | OrphansEnded) -> World:
    match fact:
        case ConnectionsCut(pool=pool, stopped=stopped, of=of):
            return world.but(cuts={**world.cuts, pool: (*world.cuts.get(pool, ()), (stopped, of))})
        case BackendsOrphaned(pool=pool, table=table, mode=mode, count=count):
            return world.but(orphans=(*world.orphans, Orphans(pool, table, mode, count)))
        case OrphansEnded(table=table, mode=mode):
            left = tuple(some for some in world.orphans if (some.table, some.mode) != (table, mode))
            return world.but(orphans=left)


def _where_it_stopped(state: Serving) -> dict[str, object]:
    """A halted roll-out leaves a mixture: where it was heading is the release now, what it left the previous."""
    if state.rollout is None or all(slot.build != state.rollout.build for slot in state.slots):
        return {}
    if state.release == state.rollout.build:
        return {}
    return {"release": state.rollout.build, "previous": state.release}


def _migrated(world: World, fact: MigrationBegan | MigrationEnded | SchemaChanged | ScriptSent | ScriptEnded) -> World:
    match fact:
        case MigrationBegan(migration=migration, direction=direction):
            status = "applying" if direction == "up" else "undoing"
            return world.but(migrations={**world.migrations, migration: status})
        case MigrationEnded(migration=migration, direction=direction, sqlstate=sqlstate):
            done, not_done = {"up": ("applied", "failed"), "down": ("undone", "applied")}[direction]
            status = not_done if sqlstate else done
            spec = world.scenario.database.migrations[migration]
            if status == "failed" and spec.tool == "dirty_flag" and not spec.transaction:
                status = "dirty"
            return world.but(migrations={**world.migrations, migration: status})
        case SchemaChanged(statements=statements, transaction=transaction):
            return world.but(schema=(*world.schema, (statements, transaction)))
        case ScriptSent(session=session):
            return world.but(running=(*world.running, session), scripts=world.scripts + 1)
        case ScriptEnded(session=session):
            return world.but(running=tuple(name for name in world.running if name != session))


def _backfilled(world: World, fact: BackfillBegan | BatchRan | BackfillEnded) -> World:
    match fact:
        case BackfillBegan(session=session, sql=sql, after=after):
            world = world.but(running=(*world.running, session), scripts=world.scripts + 1)
            progress = Batches(sql, after)
        case BatchRan(session=session, rows=rows, upto=upto):
            past = world.backfills[session]
            progress = replace(past, upto=upto, ran=past.ran + 1, rows=past.rows + rows)
        case BackfillEnded(session=session, sqlstate=sqlstate):
            world = world.but(running=tuple(name for name in world.running if name != session))
            progress = replace(world.backfills[session], ended=sqlstate or "done")
    return world.but(backfills={**world.backfills, session: progress})


def _locked(world: World, fact: LockQueued | LockTaken | LocksFreed | SessionOpened | SessionEnded) -> World:
    match fact:
        case LockQueued(session=session, table=table, mode=mode):
            return world.but(locks=(*world.locks, Lock(session, table, mode, held=False)))
        case LockTaken(session=session, table=table, mode=mode):
            queued = Lock(session, table, mode, held=False)
            others = tuple(lock for lock in world.locks if lock != queued)
            return world.but(locks=(Lock(session, table, mode, held=True), *others))
        case LocksFreed(session=session):
            return world.but(locks=tuple(lock for lock in world.locks if lock.session != session))
        case SessionOpened(session=session, runs=runs):
            if runs:
                return world.but(running=(*world.running, session))
            return world.but(sessions=(*world.sessions, session))
        case SessionEnded(session=session):
            return world.but(sessions=tuple(name for name in world.sessions if name != session))


def _talked(
    world: World, fact: Declared | Paged | Claimed | StoodDown | MessageArrived | Announced | AlertSilenced
) -> World:
    match fact:
        case Announced(what=what, text=text):
            return world.but(announced=(*world.announced, (what, text)))
        case AlertSilenced(alert=alert, until_ms=until_ms):
            return world.but(silenced={**world.silenced, alert: until_ms})
        case Declared(severity=severity):
            return world.but(severity=severity)
        case Paged(person=person):
            return world.but(paged=(*world.paged, person))
        case Claimed():
            return world.but(claimed_at_ms=world.now_ms)
        case StoodDown():
            return world.but(stood_down=True)
        case MessageArrived(sender=sender, text=text):
            return world.but(messages=(*world.messages, (sender, text)))
