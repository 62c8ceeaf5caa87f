"""`rehearse key`: what whoever leads a rehearsal wants to have in hand."""

from typing import TYPE_CHECKING, Any

import click

from sim.errors import InvalidInput, Mark, Problem
from tui.arguments import as_json
from tui.output import say, say_json

if TYPE_CHECKING:
    from sim.scenario.key import Key


@click.command("key", short_help="The facilitator's sheet (spoils).")
@click.argument("scenario")
@click.option("--markdown", "as_markdown", is_flag=True, help="Write Markdown, for a printer or a wiki.")
@as_json
def command(*, scenario: str, as_markdown: bool, as_json: bool) -> None:
    """Print the facilitator's sheet of SCENARIO (an id or a folder). It gives everything away.

    What really happened, the clues and where they are seen, red herrings, traps and why they tempt, when to nudge,
    hints, questions with their answers, causes, preventions, and a debrief with its timings.

    \b
    Examples:
      rehearse key not-null-column
      rehearse key ./my-scenario --markdown > sheet.md
      rehearse key not-null-column --json
    """
    from sim.play import read_play
    from sim.scenario.load import find, load
    from tui.sheet import SPOILER, markdown, sections, terminal

    place = find(scenario)
    loaded = load(place)
    key = loaded.key
    if key is None:
        hint = "docs/authoring.md says what belongs into it; `rehearse new` writes a whole one"
        raise InvalidInput([Problem(Mark(str(loaded.folder)), "this scenario has no key.yaml", hint)])
    if as_json:
        say_json({"spoiler": SPOILER, "id": loaded.scenario.id, "title": loaded.scenario.title, **_as_data(key)})
        return
    expert = loaded.folder / "plays" / "expert.yaml"
    parts = sections(loaded.scenario, key, read_play(expert) if expert.is_file() else None)
    for block in (markdown if as_markdown else terminal)(loaded.scenario, parts):
        say(block)


def _as_data(key: "Key") -> dict[str, Any]:
    """The key as it is, with times in milliseconds named so."""
    data = key.model_dump()
    data["par"]["resolved_by_ms"] = data["par"].pop("resolved_by")
    for nudge in data["nudges"]:
        nudge["at_ms"] = nudge.pop("at")
    return data
