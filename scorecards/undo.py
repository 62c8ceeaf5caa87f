"""The ways back that a run has, and whether one of them is safe at this moment: asked of the judge and of the rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sim.engine.scripts import parts
from sim.errors import NotModelled
from sim.facts import Build, ScriptSent
from sim.judge.values import Lineage
from sim.scenario.build import change_of, label
from sim.traffic.values import Mix
from sim.world import opening

if TYPE_CHECKING:
    from sim.engine.engine import Engine

APPLIED = "applied"


class Safety(StrEnum):
    """What taking a way back would cost now: nothing, something that is then gone, or that old requests fail."""

    SAFE = "SAFE"
    LOSSY = "LOSSY"
    BLOCKED = "BLOCKED"
    UNKNOWN = "not modelled"


@dataclass(frozen=True)
class Undo:
    """A way back: a service's code to a build, migrations down (the last first), or both."""

    service: str = ""
    build: Build = frozenset()
    migrations: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True)
class Verdict:
    """How safe a way back is, why, and how many rows it would cost."""

    safety: Safety
    why: str = ""
    rows: int = 0

    @property
    def bad(self) -> bool:
        return self.safety in {Safety.LOSSY, Safety.BLOCKED}


SAFE = Verdict(Safety.SAFE)


def undos(engine: "Engine") -> Iterator[Undo]:
    """Every way back to what there was at clock zero that has something to undo now."""
    world = engine.world
    before = opening(world.scenario, world.seed)
    new = [
        name
        for name, state in reversed(list(world.migrations.items()))
        if state == APPLIED and name not in before.migrations
    ]
    for name, state in world.serving.items():
        target = before.serving[name].release
        builds = {state.release, *(slot.build for slot in state.slots if slot.instances)}
        builds |= {state.rollout.build} if state.rollout is not None else set()
        if builds != {target}:
            old = label(world.scenario, target)
            yield Undo(name, target, (), f"roll back {name} to {old}")
            mine = {change_of(world.scenario, one).migration for build in builds for one in build - target}
            if down := tuple(migration for migration in new if migration in mine):
                yield Undo(name, target, down, f"roll back {name} to {old}, schema down")
    for migration in new:
        yield Undo("", frozenset(), (migration,), f"migrate down {migration}")


def verdict(engine: "Engine", undo: Undo) -> Verdict:
    """What taking a way back would cost now."""
    try:
        down, lineage = _down(engine, undo.migrations)
        if down.safety is Safety.BLOCKED or not undo.service:
            return down
        code = _code(engine, undo, lineage)
        return max((down, code), key=lambda one: (one.safety is Safety.BLOCKED, one.bad))
    except NotModelled as gap:
        return Verdict(Safety.UNKNOWN, str(gap))


def _down(engine: "Engine", migrations: Sequence[str]) -> tuple[Verdict, Lineage]:
    """What PostgreSQL says of the migrations' ways down on today's schema and rows, and what they would take away."""
    lineage, statements, known = engine.lineage, list[str](), engine.world.scenario.database.migrations
    for name in migrations:
        spec = known[name]
        if spec.down is None:
            return Verdict(Safety.BLOCKED, f"{name} has no way down"), lineage
        sent = ScriptSent(session=name, sql=spec.down, transaction=spec.transaction)
        asked = tuple(one for part in parts(sent) for one in part.statements)
        told = engine.judge_from(lineage, asked, transaction=spec.transaction)
        if told.refused is not None:
            return Verdict(Safety.BLOCKED, f"{told.refused.sqlstate} {told.refused.message}"), lineage
        lineage = told.after
        statements += asked
    toll = engine.rows.toll(statements) if statements else None
    if toll is None or not toll.lost + toll.overwritten:
        return SAFE, lineage
    words = [f"{count} {what}" for count, what in ((toll.lost, "lost"), (toll.overwritten, "overwritten")) if count]
    return Verdict(Safety.LOSSY, f"rows: {', '.join(words)}", toll.lost + toll.overwritten), lineage


def _code(engine: "Engine", undo: Undo, lineage: Lineage) -> Verdict:
    """What becomes of requests under the old build on a schema, against what became of them at clock zero."""
    before, worst = opening(engine.world.scenario, engine.world.seed), SAFE
    for endpoint in engine.world.service(undo.service).endpoints:
        then = engine.mixes.of(endpoint, undo.build, engine.production.lineage, before).mix
        now = engine.mixes.of(endpoint, undo.build, lineage, engine.world).mix
        if _share(now) > _share(then):
            errors = ", ".join(error for error, _ in now.failing)
            return Verdict(Safety.BLOCKED, f"{_share(now):.1%} of {endpoint} would fail: {errors}")
        if now.harmed * then.of > then.harmed * now.of:
            worst = Verdict(Safety.LOSSY, f"{now.harmed / now.of:.1%} of {endpoint} would succeed and be harmed")
    return worst


def _share(mix: Mix) -> float:
    return sum(count for _, count in mix.failing) / mix.of
