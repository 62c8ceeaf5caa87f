"""What commands take: seeds, moments, files to write. Each says what it wanted when it got something else."""

from pathlib import Path

import click

from sim.clock import millis


class Seed(click.ParamType[int]):
    """A whole number; the same one gives the same run."""

    name = "N"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it as plays do."""
        from sim.play import read_seed

        try:
            return read_seed(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Moment(click.ParamType[int]):
    """A time on the scenario's clock, counted from its start."""

    name = "TIME"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it as plays write it: 16m, 90s, 1h30m."""
        try:
            return millis(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class NewFile(click.ParamType[Path]):
    """A file to write, in a folder that exists: a run must not end before it finds out."""

    name = "FILE"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Refuse what could not be written anyway."""
        path = Path(str(value))
        if path.is_dir():
            self.fail(f"{str(path)!r} is a folder; name a file in it", param, ctx)
        if not path.parent.is_dir():
            self.fail(f"there is no folder {str(path.parent)!r}; make it first", param, ctx)
        return path


class KeptRun(click.ParamType[Path]):
    """A journal: a file, or a run of the archive by how its digest begins."""

    name = "RUN"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """A file comes first; what is neither is said."""
        path = Path(str(value))
        if path.is_file():
            return path
        from scorecards.archive.folder import Folder
        from scorecards.archive.named import is_start, journal_of

        if not is_start(str(value)):
            self.fail(f"{str(value)!r} is no journal, and no digest begins so", param, ctx)
        return journal_of(Folder.of_user(), str(value))


SEED, MOMENT, NEW_FILE, KEPT_RUN = Seed(), Moment(), NewFile(), KeptRun()
OLD_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
as_json = click.option("--json", "as_json", is_flag=True, help="Write one JSON value to stdout, for programs.")
where = click.option(
    "--scenario", metavar="FOLDER", help="Where its scenario is, unless it is one of those that came along."
)
