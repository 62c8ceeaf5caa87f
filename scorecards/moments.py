"""What happened, as a timeline tells it: of every fact that people would hear of, a word and a sentence.

Causes that nobody has found yet (faults, locks that others hold, tags that were moved) are not among them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sim import facts as f
from sim.clock import on_the_wall, spell
from sim.scenario.build import label

if TYPE_CHECKING:
    from sim.facts import Fact
    from sim.journal import Entry
    from sim.scenario.model import Scenario

PLAIN, DIM, STRONG = "", "dim", "strong"
OK, WARN, ERR, MARK = "ok", "warn", "err", "mark"
"""What a moment means to whoever reads it, never a colour."""

Told = tuple[str, str, str]
"""A word, a sentence and a tone."""


@dataclass(frozen=True)
class Moment:
    """One line of the timeline; `mark` is its kind on the charts, empty for none."""

    seq: int
    at_ms: int
    word: str
    text: str
    tone: str
    mark: str = ""


def wall(scenario: "Scenario", at_ms: int, *, seconds: bool = False) -> str:
    """What a clock on the wall shows at a moment."""
    clock = scenario.clock
    moment = datetime.fromisoformat(clock.starts) + timedelta(milliseconds=on_the_wall(at_ms, clock.jumps))
    return moment.strftime("%H:%M:%S" if seconds else "%H:%M")


def moments(scenario: "Scenario", entries: Iterable["Entry"]) -> list[Moment]:
    """The moments among these entries, in their order."""
    found = []
    for entry in entries:
        told = _told(scenario, entry.fact)
        if told is not None:
            word, text, tone = told
            found.append(Moment(entry.seq, entry.at_ms, word, text, tone, _mark(entry.fact)))
    return found


def deed(action: str, arguments: dict[str, Any]) -> str:
    """An action as one would say it: its name and what it is given."""
    given = (", ".join(map(str, value)) if isinstance(value, list) else str(value) for value in arguments.values())
    return " ".join([action, *given])


def _mark(fact: "Fact") -> str:
    match fact:
        case f.RolloutBegan(back=back):
            return "back" if back else "deploy"
        case f.MigrationBegan():
            return "migration"
        case f.FlagSet() | f.FlagCreated() | f.FlagDeleted():
            return "flag"
        case f.AlertFired():
            return "alert"
        case f.Asked(look=False):
            return "deed"
        case f.Ended():
            return "end"
        case _:
            return ""


def _told(scenario: "Scenario", fact: "Fact") -> Told | None:
    """The first of the groups that knows the fact tells it."""
    for tell in _TELLERS:
        told = tell(scenario, fact)
        if told is not None:
            return told
    return None


def _people(_: "Scenario", fact: "Fact") -> Told | None:
    match fact:
        case f.Asked(action=action, arguments=arguments, look=False):
            return "you", deed(action, arguments), STRONG
        case f.Refused(action=action, why=why, hint=hint, look=False):
            return "refused", f"{action}: {why}{f' – {hint}' if hint else ''}", WARN
        case f.MessageArrived(sender=sender, text=text):
            return "message", f"{sender}: {text}", STRONG
        case f.Declared(severity=severity):
            return "severity", severity, WARN
        case f.Answered(person=person):
            return "answers", person, OK
        case f.Claimed():
            return "claim", "it is over; this is held against the truth", STRONG
        case f.FixReady(fix=fix):
            return "build", f"{fix} is ready", OK
        case f.AlertFired(alert=alert):
            return "ALERT", alert, ERR
        case f.AlertCleared(alert=alert):
            return "cleared", alert, OK
        case f.TimePassed(jump_ms=jump_ms):
            return "later", f"{spell(jump_ms)} pass on the calendar", DIM
        case f.Ended(outcome=outcome):
            return "END", outcome.replace("_", " "), STRONG
        case _:
            return None


def _thoughts(_: "Scenario", fact: "Fact") -> Told | None:
    match fact:
        case f.Predicted(action=action, effects=effects, confidence=confidence):
            return "predict", f"{action}: errors {effects.get('errors')}, {confidence} % sure", DIM
        case f.PredictionSettled(action=action, came=came, right=right):
            return "came", f"{action}: errors {came}, {'as' if right else 'not as'} predicted", OK if right else WARN
        case f.HypothesisHeld(says=says, state=state):
            return "idea", f"{state}: {says}", DIM
        case f.HintTaken(about=about, tier=tier, price=price):
            return "hint", f"{tier} about {about}, {price} points", DIM
        case _:
            return None


def _rollouts(scenario: "Scenario", fact: "Fact") -> Told | None:
    match fact:
        case f.RolloutBegan(service=service, named=named, back=back):
            return "ROLLBACK" if back else "DEPLOY", f"{service} {named}", MARK
        case f.RolloutEnded(service=service, build=build):
            return "rolled", f"{service} serves {label(scenario, build)}", OK
        case f.RolloutHalted(service=service, why=why):
            return "HALTED", f"{service}: {why}", ERR
        case f.RestartEnded(service=service):
            return "started", f"{service} has restarted", OK
        case f.TrafficShifted(weights=weights):
            return "traffic", ", ".join(f"{pool} {weight} %" for pool, weight in weights.items()), MARK
        case f.FlagSet(flag=flag, percent=percent):
            return "FLAG", f"{flag} {percent} %", MARK
        case f.FlagDeleted(flag=flag):
            return "FLAG", f"{flag} deleted", MARK
        case f.StageBegan(service=service, stage=stage):
            return "stage", f"{service}: {stage} began", PLAIN
        case f.StageEnded(service=service, stage=stage, ok=ok, why=why):
            return "stage", f"{service}: {stage} {'passed' if ok else f'failed: {why}'}", OK if ok else ERR
        case f.StageHeld(service=service, stage=stage):
            return "stage", f"{service}: {stage} waits to be promoted", WARN
        case _:
            return None


def _database(_: "Scenario", fact: "Fact") -> Told | None:
    match fact:
        case f.MigrationBegan(migration=migration, direction=direction):
            return "MIGRATE", f"{migration} {direction} began", MARK
        case f.MigrationEnded(migration=migration, direction=direction, sqlstate=sqlstate):
            ended = "ended" if sqlstate is None else f"failed with {sqlstate}"
            return "MIGRATE", f"{migration} {direction} {ended}", OK if sqlstate is None else ERR
        case f.StatementRan(session=session, statement=statement, sqlstate=sqlstate, rows=rows, took_ms=took_ms) as ran:
            if sqlstate is not None:
                return "SQL", f"{session}: {sqlstate} {ran.message}", ERR
            return "SQL", f"{session}: {rows} rows in {spell(took_ms)}: {statement}", OK
        case f.BackfillEnded(session=session, sqlstate=sqlstate):
            return "batches", f"{session}: {'done' if sqlstate is None else f'stopped, {sqlstate}'}", PLAIN
        case f.BackupEnded(backup=backup, sqlstate=sqlstate):
            return "backup", f"{backup}: {'taken' if sqlstate is None else f'failed, {sqlstate}'}", PLAIN
        case f.RestoreEnded(sqlstate=sqlstate, message=message):
            return "restore", "done" if sqlstate is None else f"failed: {message}", OK if sqlstate is None else ERR
        case f.JobRan(job=job, total=total, failed=failed) if failed:
            return "job", f"{job}: {failed} of {total} failed", ERR
        case f.WorkOverdue(job=job, count=count):
            return "OVERDUE", f"{job}: {count} items", ERR
        case _:
            return None


_TELLERS: tuple[Callable[["Scenario", "Fact"], Told | None], ...] = (_people, _rollouts, _database, _thoughts)
