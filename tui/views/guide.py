"""Guided mode: what has just happened means this, and here one may look. It names no cause and no way out."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from sim import facts as f

if TYPE_CHECKING:
    from sim.journal import Entry
    from sim.scenario.key import Key

_COMES_BACK = "old code comes back, instance by instance; the schema and the data stay as they are now."
_REFUSED = "PostgreSQL refused the statement, and says why; `schema` and `locks` show what it met."
_HALF_WAY = "it stopped half-way; `migrations`, `pipeline` and `migration_log` say where."
_OTHERWISE = "it went otherwise than you said: what did you believe that is not so?"
_FLAG = "a flag takes hold at once, for what the code really asks it about. `flags`, `metrics`."
_SAID: Mapping[type, str] = MappingProxyType(
    {
        f.AlertFired: "an alert fires when failures use up the error budget too fast. "
        "`metrics` says what fails and since when, `logs` how.",
        f.AlertCleared: "what the alert watches is well again for its shortest window; that alone does not say why.",
        f.MessageArrived: "people see what no metric shows. Hold it against `metrics`; `post_update` tells who waits.",
        f.Claimed: "a claim counts once all has been well for as long as it has to hold; `briefing` says how long.",
        f.FixReady: "a fix that is ready serves nobody until it is deployed: `help deploy`.",
        f.WorkOverdue: "work that is late goes on being late until somebody sees to it: `jobs`.",
        f.RolloutBegan: "instances change one after the other: for a while two versions serve. "
        "`changelog` says what is in it.",
        f.RolloutEnded: "every instance serves it now; what still fails is not the mixture. `metrics`, `deploys`.",
        f.RolloutHalted: "two versions go on serving side by side until somebody decides: `deploys`, `pipeline`.",
        f.FlagSet: _FLAG,
        f.FlagCreated: _FLAG,
        f.FlagDeleted: _FLAG,
        f.MigrationEnded: "the schema is another now, for every version that serves: `schema`, `migrations`.",
        f.RestoreEnded: "rows are those of a moment that has passed: count what is missing with `query`.",
    }
)


def guidance(entry: "Entry") -> str:
    """A sentence for whoever sees this for the first time; empty for what speaks for itself."""
    match entry.fact:
        case f.RolloutBegan(back=True):
            return _COMES_BACK
        case f.MigrationEnded(sqlstate=str()) | f.StageEnded(ok=False):
            return _HALF_WAY
        case f.StatementRan(sqlstate=str()) | f.RestoreEnded(sqlstate=str()):
            return _REFUSED
        case f.PredictionSettled(right=False):
            return _OTHERWISE
        case fact:
            return _SAID.get(type(fact), "")


def nudges(key: "Key | None", after_ms: int, upto_ms: int) -> list[str]:
    """What a facilitator would ask in a stretch of time."""
    return [] if key is None else [nudge.say for nudge in key.nudges if after_ms < nudge.at <= upto_ms]
