"""Stop a statement."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts, StatementCancelled
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class CancelStatement(Action):
    """Cancel what a session is running or waiting for (pg_cancel_backend)."""

    name = "cancel_statement"
    needs = "a running statement"
    risk = "its work so far is undone"
    undo = "run it again"
    session: str

    def decide(self, world: World) -> Facts:
        if self.session not in world.running:
            if self.session in world.sessions:
                return self.refused(
                    f"{self.session} is idle in its transaction: there is no statement", "`end_session`"
                )
            return self.unknown("running statement", self.session, world.running)
        return (StatementCancelled(session=self.session),)
