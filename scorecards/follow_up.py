"""What there is to follow up after a run: systemic causes, what would prevent them, and the roles that could own it."""

from dataclasses import dataclass
from typing import Any

from scorecards.run import Run

LEAD = "incident lead (you)"


@dataclass(frozen=True)
class FollowUp:
    """Something to bring in, and the causes that it works against; who does it is for people to say."""

    what: str
    against: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {"what": self.what, "against": list(self.against), "owner": None, "due": None}


@dataclass(frozen=True)
class Review:
    """Taken from the key: nobody is invented, and nobody is blamed."""

    roles: tuple[str, ...]
    root_causes: tuple[str, ...]
    causes: tuple[str, ...]
    follow_ups: tuple[FollowUp, ...]
    asks: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "roles": list(self.roles), "root_causes": list(self.root_causes), "causes": list(self.causes),
            "follow_ups": [one.as_json() for one in self.follow_ups], "asks": list(self.asks),
        }  # fmt: skip


def review_of(run: Run) -> Review:
    """The key's causes and preventions that apply, the weightiest first; a run without a key has its roles only."""
    roles = (LEAD, *(person.role or name for name, person in run.scenario.people.items()))
    key = run.key
    if key is None:
        return Review(roles, (), (), (), ())
    causes = sorted((one.rank, name) for name, one in key.causes.items() if one.rank is not None)
    ranked = sorted((one.rank, name) for name, one in key.preventions.items() if one.rank is not None)
    chosen = [key.preventions[name] for _, name in ranked]
    return Review(
        roles=roles,
        root_causes=tuple(one.says for one in key.conclusions.values() if one.root_cause),
        causes=tuple(key.causes[name].says for _, name in causes),
        follow_ups=tuple(
            FollowUp(one.says, tuple(key.causes[cause].says for cause in one.against if cause in key.causes))
            for one in chosen
        ),
        asks=tuple(one.ask for one in key.debrief),
    )
