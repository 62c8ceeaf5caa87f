"""Ship a set of changes."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts, RolloutBegan
from sim.scenario.build import Build, label
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class Deploy(Action):
    """Deploy a release, a tag, or any set of changes: a base, plus some, less some. It takes the pipeline's stages."""

    name = "deploy"
    needs = "a service whose roll-out slot is free"
    takes = "a roll-out"
    risk = "what the set contains"
    undo = "roll back, unless a migration closed that way"
    service: str
    release: str = ""
    base: str = ""
    add: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    pool: str = ""

    def decide(self, world: World) -> Facts:
        if self.service not in world.serving:
            return self.unknown("service", self.service, tuple(world.serving))
        known = (*world.scenario.changes, *world.scenario.fixes)
        name = self.release or self.base
        changes = meant(world, name)
        if changes is None:
            return self.unknown("release", name, (*world.scenario.releases, *world.tags))
        for change in (*self.add, *self.drop):
            if change not in known:
                return self.unknown("change", change, known)
        for change in self.add:
            if change in world.scenario.fixes and world.fixes.get(change) != "ready":
                state = "is still being built" if change in world.fixes else "does not exist yet"
                return self.refused(f"{change} {state}", f"`order` it first, or wait for the build: {change}")
        build = (changes | frozenset(self.add)) - frozenset(self.drop)
        return begin(self, world, self.service, build, named=name if build == changes else "", pool=self.pool)


def meant(world: World, name: str) -> Build | None:
    """The set of changes that a release, or a tag at this moment, stands for."""
    release = world.tags.get(name, name)
    return frozenset(world.scenario.releases[release]) if release in world.scenario.releases else None


def begin(
    action: Action,
    world: World,
    service: str,
    build: Build,
    *,
    named: str = "",
    pool: str = "",
    back: bool = False,
    schema_down: tuple[str, ...] = (),
    without: tuple[str, ...] = (),
) -> Facts:
    """Start a roll-out to a pool, or to all, if the one slot for it is free and there is something to do.

    A tag is taken at its word, also where it means what serves already.
    """
    state = world.serving[service]
    if pool and pool not in state.pools:
        return action.unknown("pool", pool, state.pools)
    if state.rollout is not None:
        return action.refused(f"a roll-out of {service} is under way", "`cancel` it first")
    if state.restarting:
        return action.refused(f"{service} is being restarted", "wait for it, or `cancel` it")
    there = [slot for slot in state.slots if pool in ("", slot.pool)]
    same = all(slot.build == build for slot in there if slot.instances or slot is there[-1])
    if same and not schema_down and named not in world.tags:
        return action.refused(f"{pool or service} serves exactly this already")
    began = RolloutBegan(
        service=service, build=build, named=named or label(world.scenario, build), pool=pool, back=back,
        schema_down=schema_down, without=without,
    )  # fmt: skip
    return (began,)
