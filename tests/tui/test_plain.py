"""The plain front end: whole incidents line by line, and what it says on the way."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.expect import unmet
from sim.facts import HintTaken, Refused
from sim.play import Play, read_play
from sim.result import Result
from sim.scenario.load import catalogue, find
from tests.tui.command_line import Ended, rehearse
from tests.tui.scripts import script, typed
from tests.worlds import Story, story
from tui.live import Live, Mode

SLOW = ("bad-backfill",)
"""Half a minute for a run: what it comes to is held against its own expectations alone."""


def _followed(now: Story, play: Play) -> Result:
    now.session.follow(play)
    return now.session.finish()


@pytest.fixture
def now() -> Iterator[Story]:
    with story("tutorial") as now:
        yield now


@pytest.fixture(autouse=True)
def no_runs_of_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a data folder of its own."""
    monkeypatch.setenv("REHEARSE_DATA", str(tmp_path / "data"))


def _piped(monkeypatch: pytest.MonkeyPatch, lines: str, *words: str) -> Ended:
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    return rehearse("play", "--plain", *words)


@pytest.mark.parametrize("scenario", catalogue())
def test_the_experts_play_typed_line_by_line_gives_the_same_digest(scenario: str) -> None:
    """Every scenario can be played to its good end by typing."""
    play = read_play(find(scenario) / "plays" / "expert.yaml")
    with story(scenario, play.seed or 1) as now:
        wanted = None if scenario in SLOW else _followed(now, play)
    with story(scenario, play.seed or 1) as now:
        plain, said = typed(Live(now.session), [*script(play), "finish", "finish"])
        result = now.session.finish()
        assert play.expect is not None
        assert [str(one) for one in unmet(play.expect, result)] == []
    assert plain.finished
    assert [line for line in said if line.startswith(("not understood", "not now"))] == []
    assert wanted is None or result.digest == wanted.digest
    assert f"digest {result.digest}" in said[-1]


def test_the_same_lines_in_a_pipe_give_the_same_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the clock on the wall does meanwhile."""
    lines = "skip\nskip\nstatus\nroll_back shop to v1.0\nwait 3m\nresolve\nfinish\nanswer which pr-12\nfinish\n"
    first, second = (_piped(monkeypatch, lines, "tutorial", "--seed", "7", "--mode", "guided").out for _ in range(2))
    assert first == second
    assert "which: right. pr-12" in first
    assert "guide: instances change one after the other" in first


def test_a_pipe_that_ends_leaves_a_run_that_can_be_resumed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is lost with the end of the lines."""
    left = _piped(monkeypatch, "skip\n", "tutorial").out.splitlines()[-1]
    assert left == "Left at T+00:50. `rehearse play --resume` goes on from here."
    again = _piped(monkeypatch, "finish\nfinish\n", "--resume")
    assert "this run goes on" in again.out
    assert "tutorial (seed 1): timed_out" in again.out


def test_without_a_scenario_the_first_step_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """What there is, and where to begin."""
    out = _piped(monkeypatch, "").out
    assert [name for name in catalogue() if name not in out] == []
    assert "rehearse play tutorial" in out


def test_what_cannot_be_undone_is_done_once_its_word_is_typed(now: Story) -> None:
    """It is shown first; any other line means no, and is then taken for itself."""
    _, said = typed(Live(now.session), ["run_sql DELETE FROM orders", "metrics"], sure=False)
    assert "This cannot be undone: DELETE takes away" in "\n".join(said)
    assert "not done: run_sql DELETE FROM orders" in said
    assert not now.answers()
    typed(Live(now.session), ["run_sql DELETE FROM orders", "run_sql", "wait 10s"], sure=False)
    assert [sqlstate for _, sqlstate in now.answers()] == [None]


@pytest.mark.parametrize(
    ("line", "asks"),
    [
        ("run_sql SET lock_timeout = '2s'; ALTER TABLE orders ALTER COLUMN voucher SET DEFAULT ''", False),
        ("run_sql ALTER TABLE orders DROP COLUMN voucher", True),
        ("backfill UPDATE orders SET voucher = ''", True),
        ("roll_back shop to v1.1", False),
        ("stand_down", True),
        ("resolve", False),
    ],
)
def test_only_what_takes_something_away_asks_first(now: Story, line: str, asks: bool) -> None:
    """A question before every action would soon be answered without reading."""
    _, said = typed(Live(now.session), [line], sure=False)
    assert any(text.startswith("This cannot be undone") for text in said) is asks


def test_a_hint_shows_its_price_first(now: Story) -> None:
    """And is taken only by a yes."""
    _, said = typed(Live(now.session), ["hint"], sure=False)
    assert said == ["what-now: What to do. A nudge costs 2 points. `hint what-now yes` takes it."]
    assert not now.facts(HintTaken)
    _, said = typed(Live(now.session), ["hint what-now yes", "hint what-now"], sure=False)
    assert [fact.tier for fact in now.facts(HintTaken) if isinstance(fact, HintTaken)] == ["nudge"]
    assert "A direction costs 5 points" in said[-1]


def test_a_name_that_is_not_there_is_answered_with_the_nearest(now: Story) -> None:
    """A refusal stands in the journal; its answer says the next step."""
    _, said = typed(Live(now.session), ["roll_back shop to v1.00", "roll_back shpo", "set_flg x 1"])
    assert "did you mean 'v1.0'?" in said[0]
    assert "did you mean 'shop'?" in said[1]
    assert said[2] == "not understood: there is no word 'set_flg'; did you mean 'set_flag'?"
    assert len(now.facts(Refused)) == 2


def test_hypotheses_are_weighed_by_number(now: Story) -> None:
    """Written down, supported or refuted, by number or in words."""
    lines = [
        "hypothesis the cache",
        "hypothesis the voucher",
        "refute 1",
        "support the voucher",
        "hypotheses",
        "refute 9",
    ]
    _, said = typed(Live(now.session), lines)
    assert said[-2] == "refuted: the cache\nsupported: the voucher"
    assert said[-1].startswith("not understood: which hypothesis?; ")


def test_notes_are_kept(now: Story) -> None:
    """In the journal, so that they outlive the program."""
    _, said = typed(Live(now.session), ["skip 1m", "note it began with v1.1", "notes"])
    assert said[-1] == "T+01:00 it began with v1.1"


def test_explain_gives_the_statement_behind_an_error() -> None:
    """PostgreSQL's message, the statement, and what the code means."""
    with story("not-null-column", 7) as now:
        _, said = typed(Live(now.session), ["skip 7m", "explain 23502", "explain 99999"])
    assert 'null value in column "order_metadata"' in said[-2]
    assert "INSERT INTO orders" in said[-2]
    assert "23502 means: a column that must not be null was given no value" in said[-2]
    assert said[-1].startswith("nothing failed of '99999' in the last minute; what failed:")


def test_status_says_every_chart_in_a_sentence() -> None:
    """Where it stands, where it goes, beside the SLO and what was usual, and since when."""
    with story("not-null-column", 7) as now:
        _, said = typed(Live(now.session), ["declare SEV1", "skip 12m", "status"])
    line = next(line for line in said[-1].splitlines() if line.startswith("errors "))
    assert "of all requests, " in line
    assert " times the 0.1 % that the SLO allows, " in line
    assert "before the first deploy, jumped at 14:0" in line
    assert said[-1].startswith("SEV1; T+12:00 of 1h40m, 14:12 on the wall; ")
    assert "burning " in said[-1]


def test_the_tool_does_not_tell_what_it_ran() -> None:
    """What a migration really did is in the changelog, for those who look."""
    with story("not-null-column", 7) as now:
        _, said = typed(Live(now.session), ["skip 12m", "timeline"])
        assert "DROP DEFAULT" not in "\n".join(said)
        _, said = typed(Live(now.session), ["changelog"])
        assert "DROP DEFAULT" in "\n".join(said)


def test_an_exam_gives_no_help(now: Story) -> None:
    """No hint, no pause, and a reason."""
    _, said = typed(Live(now.session, mode=Mode.EXAM), ["hint", "pause", "speed 1"])
    assert [line.partition(":")[0] for line in said] == ["not now"] * 3


def test_help_for_every_word_that_can_be_typed(now: Story) -> None:
    """`help` lists them, `help WORD` knows each of them."""
    _, said = typed(Live(now.session), ["help"])
    words = {word.strip(" ,:`") for word in said[0].split()}
    _, said = typed(
        Live(now.session), [f"help {word}" for word in ("set_flag", "rollback", "wait", "metrics", "set_flg")]
    )
    assert {"set_flag", "metrics", "query", "predict", "resolve"} <= words
    assert said[0].startswith("set_flag FLAG PERCENT\n")
    assert [line.partition(" ")[0] for line in said[1:]] == ["roll_back", "wait:", "metrics:", "there"]
    assert said[-1].endswith("did you mean 'set_flag'?")


def test_control_characters_of_others_are_harmless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is typed comes out visible."""
    ended = _piped(monkeypatch, "note \x1b]0;owned\x07\nnotes\nquit\n", "tutorial")
    assert "\x1b" not in ended.out
    assert "␛]0;owned␇" in ended.out


def test_a_program_reads_one_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """With --json: what came of it on stdout, everything else on stderr."""
    ended = _piped(monkeypatch, "finish\nfinish\n", "tutorial", "--json")
    assert ended.data["finished"]
    assert ended.data["result"]["outcome"] == "timed_out"
    assert "You are on call" in ended.err
    left = _piped(monkeypatch, "skip 1m\n", "tutorial", "--json").data
    assert (left["finished"], left["result"], left["at_ms"]) == (False, None, 60_000)
