"""The plays in a scenario's folder."""

from pathlib import Path

from sim.errors import InvalidInput, Mark, Problem, nearest


def plays(folder: Path) -> list[str]:
    """The names of a scenario's plays."""
    return sorted(path.stem for path in (folder / "plays").glob("*.yaml"))


def play_file(folder: Path, play: str) -> Path:
    """The file meant by `--play`: a path, or the bare name of one of the scenario's own plays."""
    if (named := folder / "plays" / f"{play}.yaml").is_file() and Path(play).name == play:
        return named
    if (path := Path(play)).exists() or path.suffix or path.name != play:
        return path
    known = plays(folder)
    listing = f"{folder.name} comes with: {', '.join(known)}" if known else "name a file, like plays/mine.yaml"
    raise InvalidInput([Problem(Mark(play), "no such play", nearest(play, known, listing))])
