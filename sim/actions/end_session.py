"""End somebody's session."""

from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts, SessionEnded
from sim.world import World


@dataclass(frozen=True, kw_only=True)
class EndSession(Action):
    """End a session and whatever it was doing (pg_terminate_backend); its owner loses the work."""

    name = "end_session"
    needs = "an open session"
    risk = "its owner loses what was not committed"
    undo = "cannot be taken back"
    session: str

    def decide(self, world: World) -> Facts:
        if self.session not in (*world.sessions, *world.running):
            return self.unknown("session", self.session, (*world.sessions, *world.running))
        return (SessionEnded(session=self.session),)
