"""Make a flag."""

import re
from dataclasses import dataclass

from sim.actions.base import Action
from sim.facts import Facts, FlagCreated
from sim.world import World

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
FLAGS_MAX = 1_000


@dataclass(frozen=True, kw_only=True)
class CreateFlag(Action):
    """Make a flag in the flag service, on for a percentage of requests. Whatever code asks for that name follows it."""

    name = "create_flag"
    needs = "a name that no flag has"
    risk = "code that asks for the name already is turned on with it"
    undo = "`delete_flag`"
    flag: str
    percent: int = 0

    def decide(self, world: World) -> Facts:
        if self.flag in world.flags:
            percent = world.flags[self.flag]
            return self.refused(f"there is a flag {self.flag!r} already, at {percent} %", "`set_flag` changes it")
        if not NAME.fullmatch(self.flag):
            return self.refused(f"{self.flag[:80]!r} is no name for a flag", "letters, digits and _, like new_checkout")
        if not 0 <= self.percent <= 100:
            return self.refused(f"{self.percent} is no percentage", "0 to 100")
        if len(world.flags) >= FLAGS_MAX:
            return self.refused(f"there are {FLAGS_MAX} flags already", "`delete_flag` those that nobody needs")
        return (FlagCreated(flag=self.flag, percent=self.percent),)
