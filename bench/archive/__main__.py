"""`python -m bench.archive crowd|many`: figures beside their bars; exit 1 when one is missed."""

import argparse
import json
import sys
import tempfile
import time
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path

from bench.archive.crowd import crowd
from bench.archive.many import Template, write_many
from bench.archive.varied import play_some
from scorecards.archive.ask import ready
from scorecards.archive.folder import Folder
from scorecards.archive.index import reading
from scorecards.archive.ingest import rebuild

SEALED_A_SECOND, QUERY_MS, REBUILD_S = 300, 100, 75
ASKED = {"leaderboard": {}, "quantiles": {}, "items": {}, "history": {"trainee": "trainee 7"}}


def main() -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("crowd", "many"))
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--processes", type=int, default=16)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--real", type=int, default=80, help="real runs of each scenario")
    parser.add_argument("--journal", type=Path, help="the real run that a crowd plays")
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Folder(given.folder or Path(scratch) / "data")
        if given.what == "crowd":
            return _crowd(folder, given.journal or _one(Path(scratch)), given.trials, given.processes)
        return _many(folder, Path(scratch), given.runs, given.real)


def _one(scratch: Path) -> Path:
    return next(play_some(scratch, 1))[0]


def _crowd(folder: Folder, journal: Path, trials: int, processes: int) -> int:
    told = crowd(folder, journal, trials=trials, processes=processes)
    rate = len(told.finished) / told.seconds
    print(json.dumps({**asdict(told), "finished": len(told.finished), "sealed_per_second": round(rate)}, indent=2))
    return int(bool(told.lost or told.doubled or told.half or told.refused))


def _many(folder: Folder, scratch: Path, runs: int, real: int) -> int:
    if not folder.runs.is_dir():
        _generate(folder.made(), scratch, runs, real)
    begin = time.perf_counter()
    count = rebuild(folder).runs
    took = time.perf_counter() - begin
    size = folder.index.stat().st_size / 1e6
    print(f"rebuild of {count} runs: {took:.0f} s (bar: about a minute), index {size:.0f} MB")
    slow = took > REBUILD_S
    for name, words in ASKED.items():
        times = []
        query = ready()[name].sql
        bound = {word: words.get(word) for word in ("scenario", "trainee") if f"${word}" in query}
        for _ in range(5):
            with reading(folder) as connection:
                begin = time.perf_counter()
                rows = connection.execute(query, bound).fetchall()
                times.append(1000 * (time.perf_counter() - begin))
        print(f"{name}: {sorted(times)[2]:.0f} ms (bar: {QUERY_MS}), {len(rows)} rows; first {times[0]:.0f}")
        slow |= sorted(times)[2] > QUERY_MS
    return int(slow)


def _generate(folder: Folder, scratch: Path, runs: int, real: int) -> None:
    templates = [Template.of(journal, card) for journal, card in play_some(scratch, real)]
    print(f"{len(templates)} real runs, {runs} made of them")
    context = get_context("spawn")
    halves = [range(runs // 2), range(runs // 2, runs)]
    workers = [context.Process(target=write_many, args=(folder.runs, templates, half)) for half in halves]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


if __name__ == "__main__":
    sys.exit(main())
