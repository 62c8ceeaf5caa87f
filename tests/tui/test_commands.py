"""The commands on the scenarios that come along."""

import csv
import shutil
from pathlib import Path

import pytest

from sim.errors import ExitCode
from sim.scenario.load import catalogue, home, suggested
from tests.tui.command_line import Ended, rehearse

CONTRACT = {
    "scenario", "seed", "digest", "seal", "engine", "outcome", "resolved_at_ms", "requests", "endpoints", "data",
}  # fmt: skip
TIMELINE = ["second", "endpoint", "version", "total", "failed", "harmed", "p50_ms", "p99_ms"]


@pytest.fixture(name="played", scope="module")
def a_run_that_was_kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the journal and the timeline of the expert's play."""
    return tmp_path_factory.mktemp("played")


@pytest.fixture(name="ended", scope="module")
def how_it_ended(played: Path) -> Ended:
    """The expert's play of not-null-column, kept in both files."""
    files = ("--journal", played / "run.jsonl", "--timeline", played / "run.csv")
    return rehearse("run", "not-null-column", "--play", "expert", "--json", *files)


def test_list_names_every_scenario() -> None:
    """Whatever has a folder among the scenarios is in the list, for people and for programs."""
    shown, data = rehearse("list"), rehearse("list", "--json").data
    assert [line.split()[0] for line in shown.out.splitlines()[1:]] == list(catalogue())
    assert [entry["id"] for entry in data] == list(catalogue())


def test_list_actions_describes_each() -> None:
    """An author reads there what an action takes and risks, and how it is undone."""
    data = rehearse("list", "actions", "--json").data
    assert data
    assert [entry for entry in data if not all(said for key, said in entry.items() if key != "parameters")] == []
    known = {entry["name"]: {one["name"]: one["required"] for one in entry["parameters"]} for entry in data}
    assert known["set_flag"] == {"flag": True, "percent": True}
    assert known["run_sql"] == {"sql": True, "transaction": False}
    assert "  parameters: sql [transaction]" in rehearse("list", "actions").out.splitlines()


def test_a_journal_that_was_cut_off_is_said_to_be(ended: Ended, played: Path, tmp_path: Path) -> None:
    """What is there is the same; that its end is missing is no secret."""
    assert ended.code == ExitCode.PASSED
    lines = (played / "run.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    cut = tmp_path / "cut.jsonl"
    cut.write_text("".join(lines[:20]), encoding="utf-8")
    shown, data = rehearse("verify", cut), rehearse("verify", cut, "--json").data
    assert shown.code == ExitCode.PASSED
    assert "the same as far as it goes (19 entries), and not sealed" in shown.out
    assert (data["same"], data["sealed"]) == (True, False)
    assert rehearse("verify", played / "run.jsonl", "--json").data["sealed"] is True


def test_explain_says_when_the_moment_is_beyond_the_end(ended: Ended, played: Path) -> None:
    """The last numbers that there are, and that they are not those asked for."""
    end = ended.data["ended_at_ms"]
    shown = rehearse("explain", played / "run.jsonl", "--at", "10h")
    assert "where the run ended; T+10:00:00 is beyond it" in shown.out.splitlines()[0]
    data = rehearse("explain", played / "run.jsonl", "--at", "10h", "--json").data
    assert (data["at_ms"], data["asked_at_ms"]) == (end, 36_000_000)


def test_a_run_keeps_its_contract(ended: Ended) -> None:
    """One JSON object with every key that other programs rest on, and nothing on stderr."""
    assert (ended.code, ended.err) == (ExitCode.PASSED, "")
    assert set(ended.data) >= CONTRACT
    assert set(ended.data["requests"]) == {"total", "failed", "harmed"}
    assert set(ended.data["data"]) == {"rows_lost", "rows_wrong", "rows_overwritten"}
    for counts in ended.data["endpoints"].values():
        assert sum(counts["errors"].values()) == counts["failed"]
    total = sum(counts["total"] for counts in ended.data["endpoints"].values())
    assert total == ended.data["requests"]["total"]


def test_a_timeline_adds_up_to_the_totals(ended: Ended, played: Path) -> None:
    """Its rows are the same counts, second by second."""
    with (played / "run.csv").open(encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    assert head == TIMELINE
    assert sum(int(row[3]) for row in rows) == ended.data["requests"]["total"]
    assert sum(int(row[4]) for row in rows) == ended.data["requests"]["failed"]


def test_a_journal_is_verified_until_somebody_touches_it(ended: Ended, played: Path) -> None:
    """The journal of a run is its own replay; one changed number is found, with its line."""
    assert ended.code == ExitCode.PASSED
    journal = played / "run.jsonl"
    assert rehearse("verify", journal, "--json").data["same"] is True
    lines = journal.read_text(encoding="utf-8").splitlines()
    at = next(number for number, line in enumerate(lines) if '"count":' in line)
    lines[at] = lines[at].replace('"count":', '"count":1')
    forged = played / "forged.jsonl"
    forged.write_text("\n".join(lines) + "\n", encoding="utf-8")
    verdict = rehearse("verify", forged)
    assert verdict.code == ExitCode.FAILED
    assert f"forged.jsonl:{at + 1}:" in verdict.out


def test_explain_shows_what_stands_behind_a_number(ended: Ended, played: Path) -> None:
    """For each endpoint and version: its arrivals, and the prototypes that fail with each error."""
    assert ended.code == ExitCode.PASSED
    told = rehearse("explain", played / "run.jsonl", "--at", "7m", "--json").data
    assert told["at_ms"] == 420_000
    assert {row["endpoint"] for row in told["endpoints"]} == set(ended.data["endpoints"])
    shown = rehearse("explain", played / "run.jsonl", "--at", "7m")
    assert "T+07:00" in shown.out


def test_a_play_that_comes_out_otherwise_fails(tmp_path: Path) -> None:
    """`expect:` makes a play a test: what did not hold is said, and the code is 1."""
    play = tmp_path / "hope.yaml"
    play.write_text("scenario: not-null-column\nexpect: {outcome: resolved}\n", encoding="utf-8")
    ended = rehearse("run", "not-null-column", "--play", play)
    assert ended.code == ExitCode.FAILED
    assert "unmet: outcome: expected resolved, came out timed_out" in ended.out


def test_a_play_belongs_to_its_scenario() -> None:
    """The expert of one incident is not sent into another."""
    expert = catalogue()["not-null-column"] / "plays" / "expert.yaml"
    ended = rehearse("run", "ungated-flag", "--play", expert)
    assert (ended.code, ended.out) == (ExitCode.INVALID, "")
    assert "a play of 'not-null-column', and this is 'ungated-flag'" in ended.err


@pytest.mark.long
@pytest.mark.parametrize("name", list(catalogue()))
def test_what_comes_along_is_sound(name: str) -> None:
    """Every scenario passes its own check; its plays are carried out where its book is confirmed."""
    ended = rehearse("check", name, "--quick")
    assert ended.code == ExitCode.PASSED, ended.out


def test_a_check_carries_out_the_plays_unless_it_is_to_be_quick(tmp_path: Path) -> None:
    """Sound as it comes along; with a good way that is called a trap, only a quick check passes it."""
    assert rehearse("check", "tutorial").code == ExitCode.PASSED
    copy = tmp_path / "copy"
    shutil.copytree(catalogue()["tutorial"], copy)
    shutil.copy(copy / "plays" / "expert.yaml", copy / "plays" / "trap-expert.yaml")
    assert rehearse("check", copy, "--quick").code == ExitCode.PASSED
    ended = rehearse("check", copy)
    assert ended.code == ExitCode.FAILED
    assert "trap-expert.yaml:1:1: this comes out resolved" in ended.out


def test_check_says_everything_about_everyone(tmp_path: Path) -> None:
    """A folder that is no scenario and one with a slip are both told, each at its place, and the worst code wins."""
    copy = tmp_path / "copy"
    shutil.copytree(catalogue()["not-null-column"], copy)
    text = (copy / "scenario.yaml").read_text(encoding="utf-8")
    (copy / "scenario.yaml").write_text(text.replace("\ntitle:", "\ntitel:", 1), encoding="utf-8")
    ended = rehearse("check", copy, "no-such-scenario")
    assert ended.code == ExitCode.INVALID
    assert f"{copy}/scenario.yaml:" in ended.out
    assert "no-such-scenario" in ended.out


def test_the_list_is_in_the_suggested_order() -> None:
    """What order.txt names comes first, in its order; what it does not name is not lost."""
    listed = [entry["id"] for entry in rehearse("list", "--json").data]
    wanted = [name for name in suggested() if name in listed]
    assert wanted
    assert listed[: len(wanted)] == wanted
    assert sorted(listed) == sorted(folder.parent.name for folder in home().glob("*/scenario.yaml"))


def test_the_list_says_what_is_learnt_and_how_long_it_takes() -> None:
    """Difficulty, minutes and skills, and nothing that gives a trap away."""
    line = next(line for line in rehearse("list").out.splitlines() if line.startswith("not-null-column"))
    assert "first" in line
    assert " 100 " in line
    assert "judge-rollback-safety" in line
    assert "trap-" not in line
