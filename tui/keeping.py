"""Where a run keeps its journal, and whose it is."""

import getpass
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import click

from scorecards.archive.folder import DATA, Folder
from scorecards.findings import Card
from sim.errors import InvalidInput, Mark, Problem
from sim.journal_file import PART, Keeping

TRAINEE = "REHEARSE_TRAINEE"
USER = ""
"""What `--archive` means without a folder: the user's own."""

archive = click.option(
    "--archive",
    is_flag=False,
    flag_value=USER,
    metavar="[FOLDER]",
    help=f"Keep the run in an archive: this data folder, or ${DATA}, or your own.",
)
trainee = click.option("--as", "trainee", metavar="NAME", help=f"Who plays (default: ${TRAINEE}, or your login name).")
data_folder = click.option(
    "--archive", "named", metavar="FOLDER", help=f"The data folder (default: ${DATA}, or your own)."
)


def folder_of(named: str | None) -> Folder:
    """The data folder that is meant."""
    return Folder(Path(named)) if named else Folder.of_user()


def archived_in(named: str | None) -> Folder | None:
    """The archive that a run goes to; none unless somebody asked for one."""
    return None if named is None and not os.environ.get(DATA) else folder_of(named)


def keeping(folder: Folder | None, journal: Path | None, given: str | None) -> Keeping | None:
    """Where to write: into the archive, signed; or into a file, signed only if somebody says who plays."""
    from scorecards.archive.spool import place_for, signature

    said = given if given is not None else os.environ.get(TRAINEE)
    if folder is not None:
        return place_for(folder, said if said is not None else login(), datetime.now(UTC))
    return None if journal is None else Keeping(journal, {} if said is None else signature(said))


def store(kept: Path, seal: str, card: Card, journal: Path | None) -> None:
    """Put a run's card beside its journal in the archive, and a copy of that where it was asked for as well."""
    from scorecards.archive.spool import keep_card

    keep_card(kept, seal, card)
    if journal is None:
        return
    part = journal.with_name(journal.name + PART)
    try:
        shutil.copyfile(kept, part)
        part.replace(journal)
    except OSError as error:
        raise InvalidInput([Problem(Mark(str(journal)), f"cannot be written: {error.strerror}")]) from None


def login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container whose user has no name
        return f"user {os.getuid()}"
