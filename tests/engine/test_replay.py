"""A journal is replayed, never believed."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import InvalidInput
from sim.journal import canonical
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


def at_of(lines: list[str], *marks: str) -> int:
    """The line of the first entry with all these words."""
    return next(number for number, line in enumerate(lines) if all(mark in line for mark in marks))


def renumbered(lines: list[str]) -> list[str]:
    """The same, as a careful forger leaves it: every entry carries its own number, and the seal fits again."""
    rows = [json.loads(line) for line in lines]
    entries = [{**row, "seq": seq} for seq, row in enumerate(row for row in rows[1:] if "seal" not in row)]
    text = "".join(canonical(row) + "\n" for row in (rows[0], *entries))
    if "seal" not in rows[-1]:
        return text.splitlines()
    tail = {name: value for name, value in rows[-1].items() if name != "seal"}
    seal = sha256((text + canonical(tail)).encode()).hexdigest()
    return [*text.splitlines(), canonical({**tail, "seal": seal})]


def without(lines: list[str], at: int) -> list[str]:
    return [*lines[:at], *lines[at + 1 :]]


def swapped(lines: list[str], at: int) -> list[str]:
    return [*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]]


CAREFUL: dict[str, tuple[Callable[[list[str]], list[str]], Callable[[list[str]], int]]] = {
    "a time": (lambda j: edit(j, "AlertFired", at_ms=421_000), lambda j: at_of(j, "AlertFired")),
    "a time that goes back": (lambda j: edit(j, "RolloutEnded", at_ms=1), lambda j: at_of(j, "RolloutEnded")),
    "the time of a decision": (
        lambda j: [line.replace('"at_ms":540000', '"at_ms":541000') if "Asked" in line else line for line in j],
        lambda j: at_of(j, '"fact":"Asked"', "migrate_down") + 1,
    ),
    "a fact": (lambda j: edit(j, "StatementRan", took_ms=0), lambda j: at_of(j, "StatementRan")),
    "a decision's arguments": (
        lambda j: [line.replace('"to":"v2.3.0"', '"to":"v2.4.0"') for line in j],
        lambda j: at_of(j, '"to":"v2.3.0"') + 1,
    ),
    "a decision that there is not": (
        lambda j: [line.replace('"action":"migrate_down"', '"action":"migrate_sideways"') for line in j],
        lambda j: at_of(j, '"action":"migrate_down"'),
    ),
    "a prediction that is none": (
        lambda j: [*j[:5], canonical({"at_ms": 0, "fact": "Predicted", "effects": 5, "seq": 4}), *j[5:]],
        lambda _: 5,
    ),
    "an entry dropped": (lambda j: without(j, at_of(j, "RolloutEnded")), lambda j: at_of(j, "RolloutEnded")),
    "a decision dropped": (
        lambda j: without(j, at_of(j, '"fact":"Asked"', "migrate_down")),
        lambda j: at_of(j, '"fact":"Asked"', "migrate_down"),
    ),
    "two entries swapped": (
        lambda j: swapped(j, at_of(j, "MigrationBegan")),
        lambda j: at_of(j, "MigrationBegan"),
    ),
    "the end cut off": (lambda j: [*j[:20], j[-1]], lambda _: 20),
    "an entry too many": (lambda j: [*j[:-1], j[-2], j[-1]], lambda j: len(j) - 1),
}


@pytest.mark.parametrize(("forge", "first"), CAREFUL.values(), ids=CAREFUL)
def test_a_careful_forger_is_caught_at_the_first_entry_that_differs(
    forge: Callable[[list[str]], list[str]],
    first: Callable[[list[str]], int],
    journal: list[str],
    tmp_path: Path,
) -> None:
    """Whoever numbers the entries anew and seals the file again has still to make the run come out so."""
    forged = renumbered(forge(journal))
    difference = verify(kept(tmp_path, forged))
    assert difference is not None
    assert difference.where.line == first(journal) + 1


def test_sealing_anew_is_not_what_gives_a_forger_away(journal: list[str], tmp_path: Path) -> None:
    """The same entries under the same seal are the same run: the forgeries above are found for what they change."""
    assert renumbered(journal) == journal
    assert verify(kept(tmp_path, renumbered(journal))) is None


@pytest.mark.parametrize(
    ("forged", "said"),
    [('"seed":8', "entry "), ('"engine":"9', "another engine"), ('"scenario_digest":"0', "not the one")],
)
def test_another_head_is_another_run(forged: str, said: str, journal: list[str], tmp_path: Path) -> None:
    """With another seed chance falls otherwise, and that shows at an entry; another engine or scenario is named."""
    key = forged.partition(":")[0]
    value = json.dumps(json.loads(journal[0])[json.loads(key)])
    head = journal[0].replace(f"{key}:{value}", f"{key}:{value}".replace(f"{key}:{value[0]}", forged))
    difference = verify(kept(tmp_path, renumbered([head, *journal[1:]])))
    assert difference is not None
    assert said in difference.what
    assert difference.where.line > 1 or not said.startswith("entry")


def test_a_claimed_outcome_is_not_believed(journal: list[str], tmp_path: Path) -> None:
    """Nor anything else that the last line says, even if it is sealed."""
    tail = {**json.loads(journal[-1]), "outcome": "resolved"}
    difference = verify(kept(tmp_path, renumbered([*journal[:-1], canonical(tail)])))
    assert difference is not None
    assert difference.where.line == len(journal)


@settings(max_examples=25)
@given(at=st.integers(1, 60), name=st.sampled_from(["at_ms", "seq", "fact", "action", "effects", "arguments", "x"]),
       value=st.sampled_from([None, -1, 2**62, "", "Predicted", "Asked", {}, {"a": []}, [], True, 0.5]))  # fmt: skip
def test_whatever_stands_in_an_entry_is_recognised(
    journal: list[str], tmp_path_factory: pytest.TempPathFactory, at: int, name: str, value: object
) -> None:
    """A changed entry is a difference, or no entry at all; never something else that goes wrong."""
    row = json.loads(journal[at % (len(journal) - 1) or 1])
    changed = {**row, name: value}
    lines = [canonical(changed) if json.loads(line) == row else line for line in journal]
    said: object
    try:
        said = verify(kept(tmp_path_factory.mktemp("forged"), lines))
    except InvalidInput as problem:
        said = problem
    assert said is None if changed == row else "kept.jsonl:" in str(said)


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
