"""Derives the known figures of a scenario from its own plays, over several seeds for each of its possible incidents.

python -m scorecards.references [SCENARIO…]            write them as par.json beside each scenario
python -m scorecards.references --compare [SCENARIO…]  only say which are not what the plays give now
"""

import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from hashlib import sha256
from math import prod
from pathlib import Path

from scorecards.figures import Figures, figures, hurt_by_minute, worse_than
from scorecards.par import FILE, FORMAT, NOTHING, Case, pretty, write
from sim.engine.assembly import fingerprint
from sim.errors import ExitCode
from sim.play import Play, read_play
from sim.playset import files
from sim.result import Result
from sim.scenario.load import catalogue, find
from sim.scenario.values import Choice
from sim.stage import Stage

SEEDS_IN_ALL = 6
"""Shared by the possible incidents of a scenario, one each at least."""
CASES_MAX, SEEDS_MAX = 4, 400
"""So many of the possible incidents are worked out; a run of another belongs to the one that is most like it."""


def derive(folder: Path) -> list[Case]:
    """Carry out every play of a scenario and take the mean of what it costs."""
    plays = {file.stem: read_play(file) for file in files(folder)}
    with Stage(folder) as stage:
        return [_case(stage, plays, dict(when), seeds) for when, seeds in by_case(stage).items()]


def by_case(stage: Stage) -> dict[tuple[tuple[str, str], ...], list[int]]:
    """The possible incidents, by what is chosen for them from a list, and the first seeds of each."""
    found: dict[tuple[tuple[str, str], ...], list[int]] = defaultdict(list)
    params = stage.loaded(1).scenario.params
    lists = {name: how for name, how in params.items() if isinstance(how, Choice)}
    wanted = min(CASES_MAX, prod(len(how.choice) for how in lists.values()))
    most = max(1, SEEDS_IN_ALL // wanted)
    for seed in range(1, SEEDS_MAX):
        drawn = stage.loaded(seed).params
        when = tuple((name, drawn[name]) for name in lists)
        if (when in found or len(found) < wanted) and len(found[when]) < most:
            found[when].append(seed)
        if len(found) == wanted and all(len(seeds) == most for seeds in found.values()):
            break
    return dict(sorted(found.items()))


def _case(stage: Stage, plays: Mapping[str, Play], when: Mapping[str, str], seeds: Sequence[int]) -> Case:
    curves: dict[str, list[list[float]]] = {}
    known: dict[str, list[Figures]] = {}
    for name, play in plays.items():
        came = [_run(stage, play, seed) for seed in seeds]
        scenario = [stage.loaded(seed).scenario for seed in seeds]
        curves[name] = [hurt_by_minute(one, of) for one, of in zip(came, scenario, strict=True)]
        known[name] = [figures(one, of, of.clock.limit) for one, of in zip(came, scenario, strict=True)]
    nothing = _mean_curve(curves.get(NOTHING, []))
    means = {}
    for name, some in known.items():
        told = [
            replace(one, worse=sum(worse_than(curve, nothing))) for one, curve in zip(some, curves[name], strict=True)
        ]
        means[name] = _mean(told)
    return Case(when, means, tuple(nothing))


def _run(stage: Stage, play: Play, seed: int) -> Result:
    with stage.session(seed) as session:
        session.follow(play)
        return session.finish()


def _mean(some: Sequence[Figures]) -> Figures:
    plain = {
        spec.name: sum(getattr(one, spec.name) for one in some) / len(some)
        for spec in fields(Figures)
        if spec.name != "wrong"
    }
    kinds = sorted({kind for one in some for kind in one.wrong})
    wrong = {kind: sum(one.wrong.get(kind, 0.0) for one in some) / len(some) for kind in kinds}
    return Figures(**plain, wrong=wrong)


def _mean_curve(curves: Sequence[Sequence[float]]) -> list[float]:
    longest = max((len(curve) for curve in curves), default=0)
    return [
        round(sum(curve[minute] if minute < len(curve) else 0.0 for curve in curves) / len(curves))
        for minute in range(longest)
    ]


def source(folder: Path) -> str:
    """What the figures rest on: the scenario and its plays."""
    told = sha256(fingerprint(folder).encode())
    for file in files(folder):
        told.update(file.name.encode() + file.read_bytes())
    return told.hexdigest()[:16]


def main(arguments: list[str]) -> int:
    """Derive or compare; 0 when nothing differs."""
    names = [name for name in arguments if not name.startswith("-")] or list(catalogue())
    differing = 0
    for name in names:
        folder = find(name)
        cases = derive(folder)
        if "--compare" not in arguments:
            write(folder, source(folder), cases)
            print(f"{name}: {len(cases)} cases")
            continue
        text = pretty({"format": FORMAT, "of": source(folder), "cases": [case.as_json() for case in cases]})
        path = folder / FILE
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            print(f"{name}: {FILE} is not what its plays give")
            differing += 1
    return ExitCode.FAILED if differing else ExitCode.PASSED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
