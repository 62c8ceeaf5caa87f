"""Plays as tests: pytest collects them, runs them, and says what came out instead."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest_plugins = "pytester"
PLUGIN = ("-p", "no:rollback_rehearsal", "-p", "sim.pytest_plugin", "-p", "no:randomly")
NOTHING = "scenario: not-null-column\nseed: 7\nsteps: []\n"


@pytest.fixture(autouse=True)
def found_from_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether or not this checkout is installed."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))


def run(pytester: pytest.Pytester, *words: str) -> pytest.RunResult:
    """pytest over the folder, in a process of its own: one in here would take our server with it when it ends."""
    return pytester.runpytest_subprocess(*PLUGIN, *words)


def test_a_play_with_expectations_is_a_test(pytester: pytest.Pytester) -> None:
    """Wherever it lies; one without expectations, other YAML and a scenario are none."""
    pytester.makefile(".yaml", good=NOTHING + "expect: {outcome: timed_out, data: {rows_lost: 0}}\n")
    pytester.makefile(".yml", also=NOTHING + "expect: {requests: {harmed: 0}}\n")
    pytester.makefile(".yaml", none=NOTHING, other="a: 1\nsteps: []\n", broken="scenario: [\n")
    run(pytester).assert_outcomes(passed=2)


def test_a_failure_says_what_came_out_and_what_happened_then(pytester: pytest.Pytester) -> None:
    """The expectation at its line, the entries around the moment, and how the endpoint fared."""
    pytester.makefile(
        ".yaml",
        play=NOTHING + "expect:\n  outcome: resolved\n  at:\n"
        "    - {time: 30m, endpoint: POST /orders, failing: {max: 0.01}, harmed: {min: 0.5}, with: '23502'}\n",
    )
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*play.yaml:5:12: outcome: expected resolved, came out timed_out",
            "*play.yaml:7:52: POST /orders at T+30:00: expected at most 0.01 failing, came out 0.1*",
            "*AlertFired alert: POST /orders*",
            "*30:00*here*",
            "*POST /orders: failed 1?.*% IllegalStateException, then *",
            "*expected at least 0.5 harmed, came out 0.0000",
            "*expected mostly 23502, came out*IllegalStateException*",
        ],
    )
    assert "Traceback" not in result.stdout.str()


def test_a_play_that_cannot_be_read_fails_with_its_places(pytester: pytest.Pytester) -> None:
    """As the command line says it; nothing is run."""
    pytester.makefile(
        ".yaml", play="scenario: not-null-column\nsteps:\n  - {at: 1m, do: fly}\nexpect: {jobs: {nightly: {lost: 1}}}\n"
    )
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*play.yaml:3:18: unknown action 'fly'*", "*play.yaml:4:*unknown total 'lost'*"])


def test_a_scenario_of_ones_own_is_named_by_its_folder(pytester: pytest.Pytester) -> None:
    """By the id of the folder around `plays/`, or by a path from where the play lies."""
    from sim.scenario.load import find

    own = pytester.path / "mine"
    shutil.copytree(find("ungated-flag"), own, ignore=shutil.ignore_patterns("*-*.yaml", "expert.yaml"))
    text = (own / "scenario.yaml").read_text().replace("id: ungated-flag", "id: mine")
    (own / "scenario.yaml").write_text(text)
    (own / "plays" / "a.yaml").write_text("scenario: mine\nsteps: []\nexpect: {outcome: timed_out}\n")
    pytester.makefile(".yaml", b="scenario: ./mine\nsteps: []\nexpect: {outcome: timed_out}\n")
    run(pytester).assert_outcomes(passed=2)


def test_an_unknown_job_is_no_expectation(pytester: pytest.Pytester) -> None:
    """It would hold for ever."""
    pytester.makefile(".yaml", play=NOTHING + "expect: {jobs: {nightly: {failed: 0}}}\n")
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*play.yaml:4:17: unknown job 'nightly'*"])


def test_loading_the_plugin_loads_nothing_of_the_simulator(tmp_path: Path) -> None:
    """It is felt by every run of pytest in the environment; a folder without plays pays for pytest alone."""
    code = (
        "import sys, pytest\n"
        "pytest.main(['-q', '-p', 'no:cacheprovider', '-p', 'no:faker', '-p', 'no:rollback_rehearsal', '-p', "
        "'sim.pytest_plugin', sys.argv[1]])\n"
        "print('loaded:', *sorted(name for name in sys.modules if name.partition('.')[0] in "
        "{'numpy', 'duckdb', 'simpy', 'pydantic', 'yaml', 'sqlglot', 'psycopg', 'click'} or name.startswith('sim.')))"
    )
    (tmp_path / "some.yaml").write_text("a: 1\n")
    answer = subprocess.run(
        [sys.executable, "-c", code, tmp_path],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert answer.stdout.splitlines()[-1] == "loaded: sim.pytest_plugin"
