"""A journal is replayed, never believed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.errors import InvalidInput
from sim.play import read_play
from sim.replay import read_journal, verify
from sim.scenario.load import find
from sim.session import Session


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The lines of a sealed journal: the trap of dropping the column, with everything that was looked at."""
    path, folder = tmp_path_factory.mktemp("journal") / "run.jsonl", find("not-null-column")
    with Session.open(folder, 7, path) as session:
        session.advance(8 * 60_000)
        session.look("logs")
        session.follow(read_play(folder / "plays" / "trap-drop-column.yaml"))
        session.finish()
    return path.read_text(encoding="utf-8").splitlines()


def kept(tmp_path: Path, lines: list[str]) -> Path:
    path = tmp_path / "kept.jsonl"
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return path


def test_an_honest_journal_replays_to_itself(journal: list[str], tmp_path: Path) -> None:
    """Every entry, the digest and the seal."""
    assert verify(kept(tmp_path, journal)) is None


def test_a_journal_that_was_cut_off_replays_as_far_as_it_goes(journal: list[str], tmp_path: Path) -> None:
    """A crash loses nothing that was written."""
    assert verify(kept(tmp_path, journal[:30])) is None


def edit(lines: list[str], fact: str, **changes: object) -> list[str]:
    """Change one entry of a kind."""
    at = next(number for number, line in enumerate(lines) if f'"fact":"{fact}"' in line)
    row = {**json.loads(lines[at]), **changes}
    return [*lines[:at], json.dumps(row, sort_keys=True, separators=(",", ":")), *lines[at + 1 :]]


FORGERIES: dict[str, Callable[[list[str]], list[str]]] = {
    "a time": lambda lines: edit(lines, "MigrationBegan", at_ms=1),
    "fewer facts lost": lambda lines: [line.replace('"lost":4', '"lost":3') for line in lines],
    "another answer of the database": lambda lines: edit(lines, "StatementRan", sqlstate="23502"),
    "what was seen": lambda lines: edit(lines, "Looked", saw="0" * 16),
    "an entry left out": lambda lines: [line for line in lines if '"RolloutEnded"' not in line],
    "two entries swapped": lambda lines: [*lines[:10], lines[11], lines[10], *lines[12:]],
    "the end cut off and sealed again": lambda lines: [*lines[:20], lines[-1]],
    "another seed": lambda lines: [lines[0].replace('"seed":7', '"seed":8'), *lines[1:]],
    "another engine": lambda lines: [lines[0].replace('"engine":"', '"engine":"9'), *lines[1:]],
    "another scenario": lambda lines: [lines[0].replace('"scenario_digest":"', '"scenario_digest":"0'), *lines[1:]],
    "the digest": lambda lines: [*lines[:-1], lines[-1].replace('"digest":"', '"digest":"0')],
    "the seal": lambda lines: [*lines[:-1], lines[-1].replace('"seal":"', '"seal":"0')],
    "the words of the database": lambda lines: edit(lines, "RolloutBegan", service="shop", extra="said"),
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_a_forged_journal_is_recognised(
    forgery: Callable[[list[str]], list[str]], journal: list[str], tmp_path: Path
) -> None:
    """With the line of the first difference."""
    forged = forgery(journal)
    assert forged != journal
    difference = verify(kept(tmp_path, forged))
    assert difference is not None
    assert difference.where.line >= 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}\n",
        "[1]\n",
        '{"journal":1}\n',
        "\xff",
        '{"journal":1,"scenario":"x","scenario_digest":"y","seed":NaN,"engine":"z"}\n',
        "[" * 100_000,
    ],
)
def test_what_is_no_journal_is_said_with_its_line(text: str, tmp_path: Path) -> None:
    """Never a traceback, whatever the file holds."""
    path = tmp_path / "no.jsonl"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InvalidInput, match=r"no\.jsonl:1"):
        read_journal(path)
