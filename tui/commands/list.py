"""`rehearse list`: what there is to rehearse, and what can be done."""

from inspect import getdoc
from pathlib import Path
from typing import Any

import click

from sim.clock import MINUTE
from tui.arguments import as_json
from tui.output import say, say_json, table
from tui.plays import plays

HEAD = ("ID", "TITLE", "DIFFICULTY", "MINUTES", "TEACHES")


@click.command("list", short_help="The scenarios, or the actions.")
@click.argument("what", type=click.Choice(["scenarios", "actions"]), default="scenarios")
@as_json
def command(*, what: str, as_json: bool) -> None:
    """List the scenarios in the order in which they are best met, or the actions that plays are made of.

    Minutes are those of the scenario's clock, which runs as fast as you like.

    \b
    Examples:
      rehearse list
      rehearse list actions
      rehearse list --json
    """
    if what == "scenarios":
        found = scenarios()
        say_json(found) if as_json else say(table(HEAD, (row(entry) for entry in found)))
    else:
        found = actions()
        say_json(found) if as_json else say("\n".join(_paragraph(entry) for entry in found))


def row(entry: dict[str, Any]) -> list[str]:
    minutes = str(-(-entry["limit_ms"] // MINUTE))
    return [entry["id"], entry["title"], entry["difficulty"], minutes, ", ".join(entry["teaches"])]


def _paragraph(entry: dict[str, Any]) -> str:
    costs = f"needs {entry['needs']} · takes {entry['takes']} · risk: {entry['risk']} · undo: {entry['undo']}"
    given = (one["name"] if one["required"] else f"[{one['name']}]" for one in entry["parameters"])
    return f"{entry['name']}\n  {entry['does']}\n  parameters: {' '.join(given) or 'none'}\n  {costs}"


def scenarios() -> list[dict[str, Any]]:
    """The scenarios that came along: how hard, how long, what they teach, and which plays they bring."""
    from sim.scenario.load import catalogue

    return [_scenario(folder) for folder in catalogue().values()]


def _scenario(folder: Path) -> dict[str, Any]:
    from sim.scenario.load import load

    scenario = load(folder).scenario
    return {
        "id": scenario.id,
        "title": scenario.title,
        "difficulty": scenario.difficulty,
        "limit_ms": scenario.clock.limit,
        "teaches": list(scenario.teaches),
        "plays": plays(folder),
    }


def actions() -> list[dict[str, Any]]:
    """The catalogue: what each action is given, takes and risks, and how it is undone."""
    from sim.catalogue import ACTIONS, parameters

    return [
        {
            "name": name, "needs": action.needs, "takes": action.takes, "risk": action.risk, "undo": action.undo,
            "does": getdoc(action) or "",
            "parameters": [
                {"name": key, "required": required} for key, (_, required) in parameters(action).items()
            ],
        }
        for name, action in ACTIONS.items()
    ]  # fmt: skip
