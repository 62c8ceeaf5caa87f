"""`python -m bench [--json]`: what a run costs, each figure beside its bar.

One process, the contenders in turn, CPU time, medians. A figure without a bar only informs.
"""

import gc
import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import simpy

from bench import hindsight, incident
from bench.agreement import smallest_p
from bench.twin import simulate
from scorecards.grade import grade
from scorecards.run import Run
from sim.clock import HOUR, SECOND
from sim.judge.book import Book
from sim.judge.judge import Judge
from sim.judge.values import Base, Script
from sim.play import Play, read_play
from sim.prove.search import Search
from sim.scenario.load import catalogue, find
from sim.session import Session
from sim.stage import Stage

ROUNDS = 13
SLICE_S = 20
MANY, PLAYS, LEAST_PLAYS = 20, 300, 1000
MOST_OF_A_RUN = 60
RATES = (50, 500, 2000)
GRADED = ("not-null-column", "tutorial")


@dataclass(frozen=True)
class Figure:
    """A measured value; `better` says which way is good, `bar` is what it must reach."""

    name: str
    value: float
    bar: float | None
    better: str

    @property
    def reached(self) -> bool:
        return self.bar is None or (self.value >= self.bar if self.better == "higher" else self.value <= self.bar)


def cpu(work: Callable[[], object], times: int = 1) -> float:
    """Seconds of CPU for one go; nobody pays for what the contender before left lying about."""
    gc.collect()
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) / times


def ratio(ours: list[float], theirs: list[float]) -> float:
    """The median of the ratios round by round: a machine that slows down slows both."""
    return median(one / other for one, other in zip(ours, theirs, strict=True))


def tick_for_an_hour() -> None:
    """Bare SimPy doing nothing once a simulated second."""
    environment = simpy.Environment()

    def clock() -> Iterator[simpy.Event]:
        while True:
            yield environment.timeout(1)

    environment.process(clock())
    environment.run(until=HOUR // SECOND)


def engine_figures() -> list[Figure]:
    """The engine alone: scenario loaded, verdicts in memory, no row made."""
    made = {rate: incident.production(rate) for rate in RATES}
    for rate in RATES:
        incident.run(made[rate], 1)
    changes = incident.regimes(incident.run(made[500], 1))
    spent: dict[str, list[float]] = {name: [] for name in ("ticker", "batch", "tick", "50", "2000", "twin")}
    same = True
    for seed in range(ROUNDS):
        spent["ticker"].append(cpu(tick_for_an_hour, 3))
        spent["batch"].append(cpu(lambda seed=seed: incident.run(made[500], seed), 5))
        spent["tick"].append(cpu(lambda seed=seed: incident.run(made[500], seed, SECOND)))
        spent["50"].append(cpu(lambda seed=seed: incident.run(made[50], seed), 5))
        spent["2000"].append(cpu(lambda seed=seed: incident.run(made[2000], seed), 5))
        arrived: list[int] = []
        twin = cpu(lambda seed=seed, arrived=arrived: arrived.append(_requests(simulate(changes, seed, SLICE_S))))
        spent["twin"].append(twin / arrived[0])
        batch, ticked = incident.run(made[500], seed), incident.run(made[500], seed, SECOND)
        same = same and incident.fingerprint(batch) == incident.fingerprint(ticked)
    middle = {name: median(values) for name, values in spent.items()}
    engine = incident.run(made[500], 1)
    requests = engine.traffic.tally(None, 0, incident.HORIZON_S).total
    figures = [
        Figure(
            "an hour at 500 rps: per-request SimPy ÷ engine",
            middle["twin"] * requests / middle["batch"],
            1000,
            "higher",
        ),
        Figure(
            "smallest p of the counts against per-request SimPy, by chi-square", smallest_p(made[500]), 0.001, "higher"
        ),
        Figure("batch run ÷ bare SimPy ticking once a second", ratio(spent["batch"], spent["ticker"]), 3, "lower"),
        Figure("tick by tick ÷ batch", ratio(spent["tick"], spent["batch"]), 6, "lower"),
        Figure("tick by tick and batch have the same digest", float(same), 1, "higher"),
        Figure("2000 rps ÷ 50 rps", ratio(spent["2000"], spent["50"]), 3, "lower"),
        Figure("batch run, CPU ms", middle["batch"] * 1000, None, "lower"),
        Figure("requests in the measured hour", requests, None, "higher"),
    ]
    for one in made.values():
        one.close()
    return figures


def _requests(twin: object) -> int:
    counts: dict[tuple[str, str, str], list[int]] = twin.counts  # type: ignore[attr-defined]
    return sum(sum(series) for (_, _, what), series in counts.items() if what == "total")


def run_figures() -> list[Figure]:
    """Whole runs of each scenario: journal, digests and rows included, alone and one after the other on one stage."""
    figures = []
    for name, folder in catalogue().items():
        for title, file in (("doing nothing", "do-nothing"), ("the expert's play", "expert")):
            play = read_play(folder / "plays" / f"{file}.yaml")
            alone = median(with_children(lambda play=play, folder=folder: _whole(folder, [play])) for _ in range(3))
            many = with_children(lambda play=play, folder=folder: _whole(folder, [play] * (MANY + 1))) - alone
            figures += [
                Figure(f"{name}: {title}, run by itself, a minute and core", 60 / alone, None, "higher"),
                Figure(f"{name}: {title}, run after run, a minute and core", 60 * MANY / many, None, "higher"),
            ]
        spent = with_children(lambda folder=folder: _prove(folder))
        bar = LEAST_PLAYS if name == "not-null-column" else None
        figures.append(Figure(f"{name}: prove, plays a minute and core", 60 * PLAYS / spent, bar, "higher"))
    return figures


def _prove(folder: Path) -> None:
    with Stage(folder) as stage:
        for _ in Search(stage, 1, PLAYS).explore():
            pass


def with_children(work: Callable[[], object]) -> float:
    """Seconds of CPU, those of processes that were started and have ended included."""
    before = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    work()
    after = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(
        now.ru_utime + now.ru_stime - then.ru_utime - then.ru_stime for now, then in zip(after, before, strict=True)
    )


def _whole(folder: Path, plays: list[Play]) -> None:
    with TemporaryDirectory() as place, Stage(folder) as stage:
        for play in plays:
            with stage.session(7, Path(place) / "run.jsonl") as session:
                session.follow(play)
                session.finish()


def grading_figures() -> list[Figure]:
    """What it costs to grade one journal, replay included, beside the run alone."""
    return [Figure(f"{name}: grading a journal ÷ the run alone", _grading(find(name)), 3, "lower") for name in GRADED]


def _grading(folder: Path) -> float:
    play, run, graded = read_play(folder / "plays" / "expert.yaml"), list[float](), list[float]()
    with TemporaryDirectory() as place:
        journal = Path(place) / "run.jsonl"
        for _ in range(ROUNDS):
            run.append(with_children(lambda: _alone(folder, play, journal)))
            graded.append(with_children(lambda: grade(Run.read(journal))))
    return ratio(graded, run)


def _alone(folder: Path, play: Play, journal: Path) -> None:
    with Session.open(folder, 7, journal=journal) as session:
        session.follow(play)
        session.finish()


def cold_figures() -> list[Figure]:
    """What a newcomer waits for: a first start, and a first question to a fresh server."""
    command = [sys.executable, "-m", "tui.cli", "--help"]
    rehearse = shutil.which("rehearse")
    start = time.perf_counter()
    subprocess.run([rehearse, "--help"] if rehearse else command, check=True, capture_output=True)
    shown = time.perf_counter() - start
    judge = Judge(Book())
    start = time.perf_counter()
    base = Base(("CREATE TABLE t (id bigint PRIMARY KEY, v text NOT NULL)",))
    from sim.judge.values import Lineage

    lineage = judge.run(Lineage(base), Script(("ALTER TABLE t ADD COLUMN a int",))).after
    first = time.perf_counter() - start
    start = time.perf_counter()
    judge.run(lineage, Script(("ALTER TABLE t ADD COLUMN b int",)))
    another = time.perf_counter() - start
    judge.close()
    return [
        Figure("rehearse --help, wall ms", shown * 1000, None, "lower"),
        Figure("judge, cold start to first verdict, wall ms", first * 1000, None, "lower"),
        Figure("judge, one new lineage, wall ms", another * 1000, None, "lower"),
    ]


def debrief_figures() -> list[Figure]:
    """What it costs to look back on a run, as a multiple of the run; by the wall, since rows have processes."""
    alone, debrief, decisions = hindsight.measure()
    name = f"whole debrief of {decisions} decisions ÷ the run by itself"
    return [Figure(name, debrief / alone, MOST_OF_A_RUN, "lower")]


def main() -> int:
    """Measure, print, and say by the exit code whether every bar was reached."""
    figures = [*engine_figures(), *run_figures(), *grading_figures(), *debrief_figures(), *cold_figures()]
    if "--json" in sys.argv:
        print(json.dumps([asdict(figure) for figure in figures], indent=1))
    else:
        for figure in figures:
            bar = "" if figure.bar is None else f"  ({'≥' if figure.better == 'higher' else '≤'} {figure.bar:g})"
            print(f"{'ok ' if figure.reached else 'NO '} {figure.name:<75} {figure.value:>12.4g}{bar}")
    return 0 if all(figure.reached for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
