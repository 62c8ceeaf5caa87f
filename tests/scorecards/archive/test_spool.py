"""Journals while they are written and when they are whole."""

import os
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scorecards.archive.decode import Damaged, read_sealed
from scorecards.archive.folder import Folder
from scorecards.archive.spool import bring, place_for, sealed, settle_parts
from sim.errors import InvalidInput
from sim.journal import Journal, Keeping
from sim.replay import read_journal
from tests.scorecards.archive.conftest import Real

HOSTILE = (
    "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "\u202eeman", "'); DROP TABLE runs; --",
    "a\x00b\x1fc\x1e\u2028d",
    "../../etc/passwd", "\ud800 half of a letter", "x" * 10_000, "",
)  # fmt: skip


def test_a_journal_has_its_name_when_it_is_whole(tmp_path: Path, real: Real) -> None:
    """Until then it is called `.part`, with every entry that there is on file; an older one of that name stays."""
    path = tmp_path / "run.jsonl"
    path.write_text("an older run")
    journal = Journal.at(path, real.head)
    for count, (at_ms, fact) in enumerate(real.facts, start=1):
        journal.append(at_ms, fact)
        assert len((tmp_path / "run.jsonl.part").read_text().splitlines()) == count + 1
    assert path.read_text() == "an older run"
    journal.seal(real.tail)
    assert [one.name for one in tmp_path.iterdir()] == ["run.jsonl"]
    assert path.read_bytes() == real.journal.read_bytes()


def test_two_runs_do_not_write_one_journal(tmp_path: Path, real: Real) -> None:
    """The second one is told so, and the first goes on."""
    first = Journal.at(tmp_path / "run.jsonl", real.head)
    with pytest.raises(InvalidInput, match="another run is being written here"):
        Journal.at(tmp_path / "run.jsonl", real.head)
    first.seal(real.tail)
    Journal.at(tmp_path / "run.jsonl", real.head).close()


def test_what_is_no_file_is_written_as_it_is(real: Real) -> None:
    """A device cannot be renamed, and need not be."""
    assert Journal.at(Path(os.devnull), real.head).seal(real.tail)


def test_a_part_of_the_living_is_open_and_one_of_the_dead_abandoned(tmp_path: Path, real: Real) -> None:
    """A lock that dies with its process tells them apart; neither is a run."""
    folder = Folder(tmp_path)
    living = place_for(folder, "ann", datetime.now(UTC))
    dead = place_for(folder, "bob", datetime.now(UTC))
    journal = Journal.at(living, real.head)
    says, hears = os.pipe()
    if (pid := os.fork()) == 0:
        going = Journal.at(dead, real.head)
        going.append(*real.facts[0])
        os.write(hears, b"written")
        signal.pause()
    assert os.read(says, 10) == b"written"
    assert settle_parts(folder).abandoned == ()
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    waiting = settle_parts(folder)
    journal.append(*real.facts[0])
    assert waiting.open == (f"{living.path.name}.part",)
    assert waiting.abandoned == (f"{dead.path.name}.part",)
    assert sealed(folder) == []
    journal.close()


def test_a_whole_journal_that_only_lacks_its_name_gets_it(tmp_path: Path, real: Real) -> None:
    """Whoever was killed between the seal and the new name has played, and it counts."""
    folder = Folder(tmp_path).made()
    (folder.runs / "last.jsonl.part").write_bytes(real.journal.read_bytes())
    assert settle_parts(folder).abandoned == ()
    assert sealed(folder) == ["last.jsonl"]


def test_a_cut_anywhere_is_no_run(tmp_path: Path, real: Real) -> None:
    """Whatever is missing at the end, it is not taken for whole."""
    whole = real.journal.read_bytes()
    path = tmp_path / "cut.jsonl"
    for length in [*range(0, len(whole) - 1, 97), len(whole) - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(Damaged):
            read_sealed(path)


def test_a_changed_byte_is_no_run(tmp_path: Path, real: Real) -> None:
    """The seal covers every line."""
    path = tmp_path / "changed.jsonl"
    for place in range(5, len(whole := real.journal.read_bytes()) - 1, 211):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(Damaged):
            read_sealed(path)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text(tmp_path: Path, real: Real, name: str) -> None:
    """Any name comes back as it was given, but for halves of letters, and stays on its line."""
    keeping = place_for(Folder(tmp_path), name, datetime.now(UTC))
    assert keeping.path.parent == tmp_path / "runs"
    Journal.at(keeping, real.head).seal({**real.tail})
    said = name.encode(errors="replace").decode()
    assert read_journal(keeping.path).head["trainee"] == said
    assert read_sealed(keeping.path).head.trainee == said


def test_a_name_without_end_is_refused(tmp_path: Path) -> None:
    """Names have a limit, and that is said."""
    with pytest.raises(InvalidInput, match="10000 characters"):
        place_for(Folder(tmp_path), "x" * 10_001, datetime.now(UTC))


def test_nobody_signs_for_the_run_itself(tmp_path: Path, real: Real) -> None:
    """What a head says of scenario, seed and engine cannot be signed over."""
    keeping = Keeping(tmp_path / "run.jsonl", {"seed": "8", "scenario": "other", "journal": "9"})
    Journal.at(keeping, real.head).seal(real.tail)
    assert read_journal(keeping.path).head == real.head


def test_a_run_from_elsewhere_is_one_file_however_often_it_comes(tmp_path: Path, real: Real) -> None:
    """Its seal is its name."""
    folder = Folder(tmp_path / "data")
    bring(folder, [real.journal, real.journal])
    assert len(sealed(folder)) == 1
    broken = tmp_path / "broken.jsonl"
    broken.write_bytes(real.journal.read_bytes()[:-20])
    with pytest.raises(InvalidInput, match="only sealed journals"):
        bring(folder, [broken])
