"""Every action by name: the one list that plays, help, console and docs read."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from types import MappingProxyType
from typing import Any, get_args, get_origin, get_type_hints

from sim.actions.add_smoke_check import AddSmokeCheck
from sim.actions.announce import Announce
from sim.actions.answer import Answer
from sim.actions.backfill import Backfill
from sim.actions.base import Action
from sim.actions.cancel import Cancel
from sim.actions.cancel_statement import CancelStatement
from sim.actions.create_flag import CreateFlag
from sim.actions.declare import Declare
from sim.actions.delete_flag import DeleteFlag
from sim.actions.deploy import Deploy
from sim.actions.diff import Diff
from sim.actions.dry_run import DryRun
from sim.actions.end_session import EndSession
from sim.actions.fork_pipeline import ForkPipeline
from sim.actions.grep import Grep
from sim.actions.hint import Hint
from sim.actions.hold_stage import HoldStage
from sim.actions.hypothesis import Hypothesis
from sim.actions.lint import Lint
from sim.actions.look import Look
from sim.actions.mark_migration import MarkMigration
from sim.actions.migrate_down import MigrateDown
from sim.actions.migrate_up import MigrateUp
from sim.actions.note import Note
from sim.actions.order import Order
from sim.actions.page import Page
from sim.actions.pause_job import PauseJob
from sim.actions.pause_rollout import PauseRollout
from sim.actions.post_update import PostUpdate
from sim.actions.promote import Promote
from sim.actions.query import Query
from sim.actions.resolve import Resolve
from sim.actions.restart import Restart
from sim.actions.restore_backup import RestoreBackup
from sim.actions.resume_job import ResumeJob
from sim.actions.resume_rollout import ResumeRollout
from sim.actions.retry_stage import RetryStage
from sim.actions.roll_back import RollBack
from sim.actions.run_job import RunJob
from sim.actions.run_sql import RunSql
from sim.actions.scale import Scale
from sim.actions.set_flag import SetFlag
from sim.actions.shift_traffic import ShiftTraffic
from sim.actions.silence import Silence
from sim.actions.skip_stage import SkipStage
from sim.actions.skip_to import SkipTo
from sim.actions.stand_down import StandDown
from sim.actions.take_backup import TakeBackup
from sim.actions.watch import Watch
from sim.errors import nearest

_ALL: tuple[type[Action], ...] = (
    Look, Query, Watch, Grep, Diff, Lint, DryRun, Declare, Page, PostUpdate, Announce, Silence,
    Deploy, RollBack, Cancel, PauseRollout, ResumeRollout, ShiftTraffic, Scale, Restart,
    RetryStage, SkipStage, HoldStage, Promote, ForkPipeline, AddSmokeCheck,
    SetFlag, CreateFlag, DeleteFlag, Order, MigrateUp, MigrateDown, MarkMigration,
    RunSql, Backfill, CancelStatement, EndSession, TakeBackup, RestoreBackup,
    PauseJob, ResumeJob, RunJob, Note, Hypothesis, Hint, Answer, SkipTo, Resolve, StandDown,
)  # fmt: skip
ACTIONS: Mapping[str, type[Action]] = MappingProxyType({action.name: action for action in _ALL})


def written(name: str) -> str:
    """A parameter as it is written in a play: a word that Python keeps for itself has an underscore in code."""
    return name.removesuffix("_")


def _read_parameters(action: type[Action]) -> dict[str, tuple[Any, bool]]:
    hints = get_type_hints(action)
    return {written(spec.name): (hints[spec.name], spec.default is MISSING) for spec in fields(action)}


_PARAMETERS = {name: _read_parameters(action) for name, action in ACTIONS.items()}


def parameters(action: type[Action]) -> dict[str, tuple[Any, bool]]:
    """What an action takes: name → (type, whether it must be given)."""
    return _PARAMETERS[action.name]


def unknown_action(name: str) -> tuple[str, str]:
    """What to say about a name that no action has: the fault and the next step."""
    return f"unknown action {name!r}", nearest(name, tuple(ACTIONS), f"known: {', '.join(ACTIONS)}")


def value(kind: Any, given: Any) -> Any:
    """Read one argument as its type, or say what is wanted."""
    if get_origin(kind) is tuple:
        items = given if isinstance(given, list | tuple) else [given]
        return tuple(value(get_args(kind)[0], item) for item in items)
    if isinstance(given, list | dict | tuple):
        raise ValueError("one value is wanted here, not a list or a mapping")  # noqa: TRY004
    if kind is bool:
        if given in (True, False, "true", "false"):
            return given in (True, "true")
        raise ValueError(f"write true or false, not {given!r}")
    if kind is int:
        digits = str(given).replace("_", "")
        if isinstance(given, bool) or not digits.lstrip("-").isdigit() or len(digits) > 15:
            raise ValueError(f"{given!r} is not a whole number")
        return int(digits)
    return str(given)


def make(name: str, arguments: Mapping[str, Any]) -> Action:
    """The action of that name with these arguments; ValueError says what does not fit."""
    if name not in ACTIONS:
        raise ValueError(". ".join(unknown_action(name)))
    known = parameters(ACTIONS[name])
    for given in arguments:
        if given not in known:
            raise ValueError(
                f"{name} takes no {given!r}; {nearest(given, tuple(known), 'it takes: ' + ', '.join(known))}"
            )
    for wanted, (_, required) in known.items():
        if required and wanted not in arguments:
            raise ValueError(f"{name} needs `{wanted}:`")
    fit = {spec.name: written(spec.name) for spec in fields(ACTIONS[name])}
    return ACTIONS[name](
        **{spec: value(known[key][0], arguments[key]) for spec, key in fit.items() if key in arguments}
    )


def arguments_of(action: Action) -> dict[str, Any]:
    """The arguments that were given, as plain data: with the name, enough to make the action again."""
    given = {
        written(spec.name): getattr(action, spec.name)
        for spec in fields(action)
        if getattr(action, spec.name) != spec.default
    }
    return {key: list(item) if isinstance(item, tuple) else item for key, item in given.items()}
