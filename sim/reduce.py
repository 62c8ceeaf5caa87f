"""`reduce(world, fact)`: the only way the world changes. Pure: no clock, no chance, no I/O."""

from sim.facts import (
    AlertCleared,
    AlertFired,
    Answered,
    Asked,
    Claimed,
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
    InstancesReplaced,
    JobRan,
    LockQueued,
    LocksFreed,
    LockTaken,
    Looked,
    MessageArrived,
    MigrationBegan,
    MigrationEnded,
    Paged,
    Posted,
    Predicted,
    Refused,
    RolloutBegan,
    RolloutCancelled,
    RolloutEnded,
    RolloutHalted,
    RowsChanged,
    RowsMoved,
    SchemaChanged,
    ScriptEnded,
    ScriptSent,
    SessionEnded,
    SessionOpened,
    StatementCancelled,
    StatementRan,
    StoodDown,
    TimePassed,
    WatchBegan,
    Watched,
)  # fmt: skip
from sim.faults.catalogue import Fault
from sim.world import Ailment, Lock, Rollout, Serving, Slot, World


def reduce(world: World, fact: Fact) -> World:
    """The world in which this fact has become true."""
    match fact:
        case (
            Asked()
            | Refused()
            | Looked()
            | Watched()
            | Predicted()
            | Answered()
            | Posted()
            | StatementRan()
            | JobRan()
            | RowsChanged()
            | TimePassed()
        ):
            return world
        case StatementCancelled() | RolloutCancelled():
            return world
        case RolloutBegan() | InstancesReplaced() | RolloutEnded() | RolloutHalted():
            return _rolled(world, fact)
        case MigrationBegan() | MigrationEnded() | SchemaChanged() | ScriptSent() | ScriptEnded():
            return _migrated(world, fact)
        case LockQueued() | LockTaken() | LocksFreed() | SessionOpened() | SessionEnded():
            return _locked(world, fact)
        case Declared() | Paged() | Claimed() | StoodDown() | MessageArrived():
            return _talked(world, fact)
        case WatchBegan(called=called):
            return world.but(watches=(*world.watches, called))
        case FlagSet(flag=flag, percent=percent) | FlagCreated(flag=flag, percent=percent):
            return world.but(flags={**world.flags, flag: percent})
        case FlagDeleted(flag=flag):
            return world.but(flags={name: percent for name, percent in world.flags.items() if name != flag})
        case FixOrdered(fix=fix):
            return world.but(fixes={**world.fixes, fix: "ordered"})
        case FixReady(fix=fix):
            return world.but(fixes={**world.fixes, fix: "ready"})
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
        case Ended(outcome=outcome):
            return world.but(outcome=outcome)


def _rolled(world: World, fact: RolloutBegan | InstancesReplaced | RolloutEnded | RolloutHalted) -> World:
    state = world.serving[fact.service]
    match fact:
        case RolloutBegan(service=service, build=build, back=back, schema_down=schema_down):
            return world.with_serving(service, rollout=Rollout(build, back, schema_down))
        case InstancesReplaced(service=service):
            return world.with_serving(service, slots=_replaced(state.slots, fact, keep=bool(world.locks)))
        case RolloutEnded(service=service, build=build):
            previous = state.release if state.release != build else state.previous
            return world.with_serving(service, release=build, previous=previous, rollout=None)
        case RolloutHalted(service=service):
            return world.with_serving(service, rollout=None, **_where_it_stopped(state))


def _replaced(slots: tuple[Slot, ...], fact: InstancesReplaced, *, keep: bool) -> tuple[Slot, ...]:
    """Move instances from one build to the other inside a pool; the leaving build stands first.

    While locks are in the way, requests of a build that has left may still wait: it is kept, empty.
    """
    counts = {(slot.pool, slot.build): slot for slot in slots}
    old = counts[fact.pool, fact.was]
    new = counts.get((fact.pool, fact.now), Slot(fact.pool, fact.now, 0, old.weight))
    counts[fact.pool, fact.was] = Slot(fact.pool, fact.was, old.instances - fact.count, old.weight)
    counts[fact.pool, fact.now] = Slot(fact.pool, fact.now, new.instances + fact.count, new.weight)
    return tuple(slot for slot in counts.values() if slot.instances or keep)


def _where_it_stopped(state: Serving) -> dict[str, object]:
    """A halted roll-out leaves a mixture: where it was heading is the release now, what it left the previous."""
    if state.rollout is None or all(slot.build != state.rollout.build for slot in state.slots):
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
            return world.but(migrations={**world.migrations, migration: status})
        case SchemaChanged(statements=statements, transaction=transaction):
            return world.but(schema=(*world.schema, (statements, transaction)))
        case ScriptSent(session=session):
            return world.but(running=(*world.running, session), scripts=world.scripts + 1)
        case ScriptEnded(session=session):
            return world.but(running=tuple(name for name in world.running if name != session))


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


def _talked(world: World, fact: Declared | Paged | Claimed | StoodDown | MessageArrived) -> World:
    match fact:
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
