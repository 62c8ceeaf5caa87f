"""What somebody wrote down for a day like this."""

from sim.engine.engine import Engine
from sim.scenario.raw import read_text

FILE = "runbook.md"
LONGEST = 20_000


def read(engine: Engine) -> str:
    """The team's runbook, as it stands."""
    loaded = engine.production.loaded
    found = next((folder / FILE for folder in (loaded.folder, loaded.assets) if (folder / FILE).is_file()), None)
    return read_text(found)[:LONGEST].strip() if found is not None else "there is no runbook"
