"""The gate: smoke checks are asked of the build that is about to serve, on today's schema and flags."""

from typing import TYPE_CHECKING

from sim.facts import RolloutBegan, SmokeChecked
from sim.scenario.build import label
from sim.scenario.model import SmokeCheck

if TYPE_CHECKING:
    from sim.engine.engine import Engine

CANDIDATE = "candidate"


def ask_candidate(engine: "Engine", began: RolloutBegan) -> str | None:
    """Ask every check of the service; the answer names those that did not pass."""
    failed = []
    engine.settle_second()
    for name, check in engine.world.checks[began.service].items():
        asked = _ask(engine, began, name, check)
        engine.become(asked)
        if not asked.ok:
            failed.append(name)
    return f"smoke checks failed: {', '.join(failed)}" if failed else None


def _ask(engine: "Engine", began: RolloutBegan, name: str, check: SmokeCheck) -> SmokeChecked:
    mix = engine.mixes.of(check.endpoint, began.build, engine.lineage, engine.world).mix
    failing = sum(count for _, count in mix.failing)
    answered = label(engine.world.scenario, began.build)
    wanted = (began.named or answered) if check.version == CANDIDATE else check.version
    return SmokeChecked(
        service=began.service, check=name, candidate=began.named, answered=answered, failing=failing, of=mix.of,
        ok=failing < check.below * mix.of and wanted in {None, answered},
    )  # fmt: skip
