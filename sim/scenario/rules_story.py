"""Rules for what happens by itself, and for what 'resolved' means."""

from sim.clock import millis, next_time, spell
from sim.errors import nearest
from sim.faults.base import Trouble
from sim.faults.long_session import LongSession
from sim.faults.switched_off import SwitchedOff
from sim.scenario.marks import Path
from sim.scenario.pipeline import gates
from sim.scenario.references import Inspection
from sim.scenario.story import Condition, StoryLine


def inspect(check: Inspection) -> None:
    """Every rule of this file."""
    for index, line in enumerate(check.scenario.story):
        _line(check, ("story", index), line)
    _names(check)
    _done(check)


def _line(check: Inspection, at: Path, line: StoryLine) -> None:
    limit = check.limit_ms
    if line.at is not None and line.at < 0:
        check.say((*at, "at"), "the story begins at clock zero", "let the clock start earlier, and count from there")
    if line.at is not None and line.at > limit:
        check.say(
            (*at, "at"), f"this is after the time limit ({spell(limit)})", "let it happen earlier, or raise clock.limit"
        )
    if line.when is not None:
        _condition(check, (*at, "when"), line.when)
    if line.deploy is not None:
        ships(check, line.deploy, (*at, "deploy"))
    _moves(check, at, line)
    if line.fault is not None:
        _fault(check, (*at, "fault", line.fault.kind), line.fault.spec)
    if line.message is not None:
        check.knows("person", line.message.sender, (*at, "message", "from"))
    for tag, release in (line.tag or {}).items():
        check.knows("tag", tag, (*at, "tag", tag), key=True)
        check.knows("release", release, (*at, "tag", tag))
    for flag in line.set_flag or {}:
        check.knows("flag", flag, (*at, "set_flag", flag), key=True)


def _moves(check: Inspection, at: Path, line: StoryLine) -> None:
    """What comes to a service, switches its pools or scales them says which one, of those that there are."""
    for key in ("deploy", "shift_traffic", "scale"):
        if getattr(line, key) is not None:
            _whose(check, at, line.service, key)
    if line.pool is not None:
        check.knows("pool", line.pool, (*at, "pool"))
    if line.shift_traffic is not None:
        check.knows("pool", line.shift_traffic.source, (*at, "shift_traffic", "from"))
        check.knows("pool", line.shift_traffic.to, (*at, "shift_traffic", "to"))
        if line.shift_traffic.source == line.shift_traffic.to:
            check.say((*at, "shift_traffic", "to"), "from and to are the same pool", "name two pools")
    service = line.service or next(iter(check.scenario.services))
    pools = [name for name, pool in check.scenario.pools.items() if pool.service in {None, service}]
    if line.scale is not None and line.pool is None and len(pools) > 1:
        what = "there are several pools, and this names none"
        check.say((*at, "scale"), what, f"add `pool:` one of: {', '.join(pools)}")


def ships(check: Inspection, name: str, at: Path) -> None:
    """What is deployed is a release, or a tag that means one."""
    if name not in check.names["tag"]:
        check.knows("release", name, at)


def _whose(check: Inspection, at: Path, service: str | None, key: str) -> None:
    if service is not None:
        check.knows("service", service, (*at, "service"))
    elif len(check.names["service"]) > 1:
        known = ", ".join(check.names["service"])
        check.say((*at, key), "there are several services, and this names none", f"add `service:` one of: {known}")


def _condition(check: Inspection, at: Path, condition: Condition) -> None:
    if condition.error_rate is not None:
        check.knows("endpoint", condition.error_rate.endpoint, (*at, "error_rate", "endpoint"))
    if condition.deployed is not None:
        check.knows("release", condition.deployed, (*at, "deployed"))
    for key in ("job_failed", "overdue"):
        if (job := getattr(condition, key)) is not None:
            check.knows("job", job, (*at, key))
    if condition.overdue in check.scenario.jobs and not check.scenario.jobs[condition.overdue].timed:
        check.say((*at, "overdue"), "its items have no deadline", "give the job `within:` or `by:`")
    if condition.alert and (check.scenario.slo is None or not check.scenario.slo.alerts):
        check.say((*at, "alert"), "no alert can ever fire", "write `alerts:` under `slo:`")


def _fault(check: Inspection, at: Path, spec: Trouble) -> None:
    """What a fault mentions is there; a mapping mentions by its keys."""
    for key, kind in spec.mentions:
        named = getattr(spec, key)
        if kind == "service":
            _whose(check, at, named, key)
        elif isinstance(named, dict):
            for name in named:
                check.knows(kind, name, (*at, key, name), key=True)
        elif named is not None:
            check.knows(kind, named, (*at, key))
    if isinstance(spec, SwitchedOff):
        known = check.scenario.sdks.get(spec.sdk, {spec.version: ()})
        if spec.version not in known:
            hint = nearest(spec.version, tuple(known), f"its versions: {', '.join(known)}")
            check.say((*at, "version"), f"{spec.sdk} has no version {spec.version!r}", hint)


def _names(check: Inspection) -> None:
    """Faults and sessions that are told apart by their names have different ones; what is lifted is there."""
    story = check.scenario.story
    named, connected = list[str](), [session.name for session in check.scenario.database.sessions]
    for index, line in enumerate(story):
        at: Path = ("story", index)
        if line.name is not None and line.name in named:
            check.say((*at, "name"), f"two lines are called {line.name!r}", "give each a name of its own")
        named += [line.name] if line.name is not None else []
        if line.fault is not None and isinstance(session := line.fault.spec, LongSession):
            if session.name in connected:
                what = f"two sessions are called {session.name!r}"
                check.say((*at, "fault", "long_session", "name"), what, "give each a name of its own")
            connected.append(session.name)
    for index, line in enumerate(story):
        if line.lift is not None and line.lift not in named:
            hint = nearest(line.lift, named, "give the line of the fault a `name:`, and write that")
            check.say(("story", index, "lift"), f"no fault is called {line.lift!r}", hint)


def _done(check: Inspection) -> None:
    done = check.scenario.done
    for key, kind, named in (("sql", "invariant", done.sql), ("flags_gone", "flag", done.flags_gone)):
        for index, name in enumerate(named):
            check.knows(kind, name, ("done", key, index))
    known = [*check.names["change"], *check.names["fix"]]
    for service, changes in done.ships.items():
        check.knows("service", service, ("done", "ships", service), key=True)
        for name in (name for name in changes if name not in known):
            hint = nearest(name, known, f"known here: {', '.join(known)}")
            check.say(("done", "ships", service), f"there is no change {name!r}", hint)
    for name in done.data.wrong:
        check.knows("kind of damage", name, ("done", "data", "wrong", name), key=True)
    if done.healthy.endpoints != "all":
        for index, name in enumerate(done.healthy.endpoints):
            check.knows("endpoint", name, ("done", "healthy", "endpoints", index))
    _shipped(check)
    _times(check)


def _times(check: Inspection) -> None:
    clock, done = check.scenario.clock, check.scenario.done
    for key, value in (("hold", done.hold), ("by", done.by)):
        if value is not None and value > check.limit_ms:
            check.say(
                ("done", key),
                f"this is longer than the time limit ({spell(check.limit_ms)})",
                "lower it, or raise clock.limit",
            )
    for moment in clock.gaps:
        if millis(moment) >= check.limit_ms:
            what = f"this gap comes after the time limit ({spell(check.limit_ms)})"
            check.say(("clock", "gaps", moment), what, "let it come earlier, or raise clock.limit", key=True)
    _work(check)
    if clock.handover > check.limit_ms:
        check.say(("clock", "handover"), "the trainee would take over after the time limit", "lower it, or raise limit")


def _shipped(check: Inspection) -> None:
    done = check.scenario.done
    for service, served in done.serves.items():
        at: Path = ("done", "serves", service)
        check.knows("service", service, at, key=True)
        if served.release is not None:
            check.knows("release", served.release, (*at, "release"))
        for name in (*served.once, *served.never):
            ships(check, name, at)
    for name in (*done.blocked, *done.passed):
        ships(check, name, ("done", "blocked" if name in done.blocked else "passed"))
    if (done.blocked or done.passed) and not any(gates(service.stages) for service in check.scenario.services.values()):
        check.say(("done",), "no pipeline has a smoke stage, so nothing can be blocked", "write `smoke: {}` into one")


def _work(check: Inspection) -> None:
    """Every job whose work has to be done has deadlines, and nobody is believed before they can be judged."""
    scenario, done = check.scenario, check.scenario.done
    clock, jobs = scenario.clock, scenario.jobs
    wanted = done.work.jobs if done.work is not None else ()
    listed: Path = ("done", "work") if ("done", "work", 0) in check.marks.values else ("done", "work", "jobs")
    for index, name in enumerate(wanted if wanted != "all" else ()):
        if check.knows("job", name, (*listed, index)) and name in jobs and not jobs[name].timed:
            check.say((*listed, index), f"the items of {name!r} have no deadline", "give the job `within:` or `by:`")
    believed_ms = next_time(clock.starts, 0, done.not_before, clock.jumps) if done.not_before is not None else 0
    if believed_ms > check.limit_ms:
        what = f"this time of the day comes after the time limit ({spell(check.limit_ms)})"
        check.say(("done", "not_before"), what, "let it be earlier, or raise clock.limit")
    for name in jobs if wanted == "all" else wanted:
        by = jobs[name].by if name in jobs else None
        if by is not None and believed_ms < next_time(clock.starts, 0, by, clock.jumps) <= check.limit_ms:
            what = f"whoever says before {by} that it is over would be believed while the work of {name!r} lies ahead"
            check.say(("done",), what, f'write `not_before: "{by}"`', key=True)
