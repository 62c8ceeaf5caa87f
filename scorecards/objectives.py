"""Whether every objective of a scenario is linked to what calls for it, what one does, and how that is measured."""

from collections.abc import Iterator
from pathlib import Path

from scorecards.criteria.catalogue import NAMES
from sim.errors import Problem, nearest
from sim.scenario.key_file import KeyFile, read_key
from sim.scenario.load import load


def unlinked(path: Path) -> list[Problem]:
    """Each skill of a key whose measure names no criterion and no SQL of its own, or one that there is not."""
    loaded = load(path)
    file = read_key(loaded.folder, loaded.scenario)
    return [] if file is None else [*_unlinked(file)]


def _unlinked(file: KeyFile) -> Iterator[Problem]:
    known = [*NAMES, *file.key.measures]
    hint = "say `measured_by:`, with names of criteria or of the key's own `measures:`"
    for name, skill in file.key.skills.items():
        if not skill.measured_by:
            where = file.marks.value(("skills", name, "measure"))
            yield Problem(where, f"nothing measures whether {name!r} was done", hint)
        for number, one in enumerate(skill.measured_by):
            if one not in known:
                where = file.marks.value(("skills", name, "measured_by", number))
                yield Problem(where, f"there is no criterion or measure {one!r}", nearest(one, known, hint))
    for name in file.key.measures:
        if name in NAMES:
            where = file.marks.key(("measures", name))
            yield Problem(where, f"{name!r} is a criterion of every scenario", "give the measure a name of its own")
