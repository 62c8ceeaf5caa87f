"""`rehearse new`: a scenario to start from."""

from pathlib import Path

import click

from tui.arguments import as_json
from tui.output import say, say_json

FOLDER = click.Path(path_type=Path)


@click.command("new", short_help="A scenario to start from.")
@click.argument("id_", metavar="ID")
@click.option("--at", "into", type=FOLDER, default=Path(), help="Where to make its folder (default: here).")
@click.option("--title", help="What people call it; it should not give the cause away.")
@as_json
def command(*, id_: str, into: Path, title: str | None, as_json: bool) -> None:
    """Make a folder ID with a whole scenario in it: system, story, key, briefing, source and plays.

    It passes `rehearse check` as it is. Change it block by block until it is yours; the comments say what each is for.

    \b
    Examples:
      rehearse new cold-cache
      rehearse new cold-cache --title "The morning after" --at incidents
    """
    from sim.scenario.scaffold import scaffold, title_of

    title = title_of(id_) if title is None else title
    files = scaffold(id_, title, into)
    folder = into / id_
    if as_json:
        say_json({"id": id_, "title": title, "folder": folder, "files": files})
    else:
        say("\n".join([*map(str, files), "", f"next: rehearse check {_as_path(folder)}"]))


def _as_path(folder: Path) -> str:
    """As a word that no command takes for an id."""
    return str(folder) if folder.is_absolute() or folder.parent != Path() else f"./{folder}"
