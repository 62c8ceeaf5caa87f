"""What is typed means one thing, and what is meant can be typed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.actions.base import Action
from sim.catalogue import ACTIONS, arguments_of, make, parameters
from sim.play import read_play
from sim.probes.catalogue import PROBES
from sim.scenario.load import catalogue, find, load
from sim.world import opening
from tests.tui.scripts import script
from tui.completion import completion
from tui.grammar import OWN, Do, NotUnderstood, Own, Predict, Wait, parse, usage, written

NAMES = st.sampled_from(
    ["shop", "v2.3.0", "PR-905", "to", "percent", "migration 1", "POST /orders", "POST", "a=b", "a,b", "it's",
     '"x"', "",
     "-- \\n", "yes", "# no", "sql=SELECT 1", "with: colon", " around ", "two\nlines", "\u2028", "\x1b[31m", "\ud800"]
) | st.text(max_size=20)  # fmt: skip


def some(kind: Any) -> st.SearchStrategy[Any]:
    """Values of one parameter's type, awkward ones among them."""
    if kind is bool:
        return st.booleans()
    if kind is int:
        return st.integers(-5, 10**9)
    return NAMES if kind is str else st.lists(NAMES, max_size=3)


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
@given(data=st.data())
def test_every_action_can_be_written_on_one_line_and_means_itself(action: type[Action], data: st.DataObject) -> None:
    """Whatever its parameters hold: quotes, commas, line breaks, names of parameters."""
    arguments = {name: data.draw(some(kind), label=name) for name, (kind, _) in parameters(action).items()}
    made = make(action.name, arguments)
    line = written(made)
    assert line.isprintable()
    assert parse(line) == Do(made)


@given(st.text(max_size=60) | st.tuples(st.sampled_from([*ACTIONS, *OWN]), st.text(max_size=40)).map(" ".join))
def test_whatever_is_typed_is_understood_or_refused_with_a_next_step(line: str) -> None:
    """No line is a crash, and no refusal is without a hint."""
    mistake = _mistake(line)
    assert mistake is None or (mistake.what and mistake.hint)


def _mistake(line: str) -> NotUnderstood | None:
    try:
        parse(line)
    except NotUnderstood as mistake:
        return mistake
    return None


@pytest.mark.parametrize(
    ("line", "action", "arguments"),
    [
        ("look metrics", "look", {"what": "metrics"}),
        ("metrics", "look", {"what": "metrics"}),
        ("look what=metrics", "look", {"what": "metrics"}),
        ("set_flag discount_codes 0", "set_flag", {"flag": "discount_codes", "percent": 0}),
        ("set-flag discount_codes 50%", "set_flag", {"flag": "discount_codes", "percent": 50}),
        ("roll_back shop to v2.3.0", "roll_back", {"service": "shop", "to": "v2.3.0"}),
        ("rollback service=shop to=v2.3.0", "roll_back", {"service": "shop", "to": "v2.3.0"}),
        ("roll_back shop to v5 schema: down", "roll_back", {"service": "shop", "to": "v5", "schema": "down"}),
        ("deploy shop base=v2.4.0 add=a,b", "deploy", {"service": "shop", "base": "v2.4.0", "add": ["a", "b"]}),
        ("sql SELECT * FROM t WHERE a = 'x, y'", "query", {"sql": "SELECT * FROM t WHERE a = 'x, y'"}),
        ("run_sql transaction=true UPDATE t SET a = 'b'", "run_sql",
         {"sql": "UPDATE t SET a = 'b'", "transaction": True}),
        ("watch open SELECT count(*) FROM orders", "watch", {"called": "open", "sql": "SELECT count(*) FROM orders"}),
        ("""grep '"app", null'""", "grep", {"pattern": '"app", null'}),
        ("post_update claim=identified We, are on it.", "post_update",
         {"claim": "identified", "text": "We, are on it."}),
        ("hypothesis state=refuted it's the cache", "hypothesis", {"says": "it's the cache", "state": "refuted"}),
        ("cancel_statement session: migration 1", "cancel_statement", {"session": "migration 1"}),
        ("add_smoke_check shop buy POST /checkout version candidate", "add_smoke_check",
         {"service": "shop", "check": "buy", "endpoint": "POST /checkout", "version": "candidate"}),
        ("answer why old new", "answer", {"question": "why", "choice": ["old", "new"]}),
        ("shift_traffic from blue to green 50", "shift_traffic", {"from": "blue", "to": "green", "percent": 50}),
        ("dry_run migration 0063_x where production_schema", "dry_run",
         {"migration": "0063_x", "where": "production_schema"}),
        ("skip 40m", "skip_to", {"to": "40m"}),
        ("hint", "hint", {}),
    ],
)  # fmt: skip
def test_an_action_is_typed_as_people_say_it(line: str, action: str, arguments: dict[str, Any]) -> None:
    """By place, by name, or with the rest of the line."""
    assert parse(line) == Do(make(action, arguments))


@pytest.mark.parametrize(
    ("line", "means"),
    [
        ("", None), ("   ", None), ("# a remark", None),
        ("wait 5m", Wait(300_000)),
        ("predict down 80", Predict({"errors": "down", "confidence": "80"})),
        ("predict up endpoint=POST /orders within=2m",
         Predict({"errors": "up", "endpoint": "POST /orders", "within": "2m", "confidence": "50"})),
        ("help set_flag", Own("help", "set_flag")), ("? hint", Own("help", "hint")), ("quit", Own("quit")),
    ],
)  # fmt: skip
def test_what_is_said_to_the_program_itself(line: str, means: object) -> None:
    """Time, predictions, help, and lines that mean nothing."""
    assert parse(line) == means


@pytest.mark.parametrize(
    ("line", "what", "hint"),
    [
        ("set_flg x 1", "there is no word 'set_flg'", "did you mean 'set_flag'?"),
        ("set_flag x", "set_flag needs `percent`", "`set_flag FLAG PERCENT`"),
        ("set_flag x y", "'y' is not a whole number", "`set_flag FLAG PERCENT`"),
        ("set_flag x 1 2", "'2' is one word too many", "`set_flag FLAG PERCENT`"),
        ("set_flag flg=x 1", "set_flag takes no 'flg'", "did you mean 'flag'?"),
        ("wait", "wait for how long?", "like `wait 5m`; `skip` waits until something happens"),
        ("predict dwn 80", "a prediction says where errors go", "did you mean 'down'?"),
        ("predict down 180", "'180' is no confidence", "0 to 100, in percent"),
        ("predict down 80 within=2h", "'2h' is no time to wait for it", "1s to 1h, like within=5m"),
    ],
)
def test_a_mistake_is_said_with_the_nearest_right_word(line: str, what: str, hint: str) -> None:
    """What is wrong, and the next step."""
    with pytest.raises(NotUnderstood) as mistake:
        parse(line)
    assert (mistake.value.what, mistake.value.hint) == (what, hint)


@pytest.mark.parametrize("scenario", catalogue())
def test_every_play_can_be_typed(scenario: str) -> None:
    """Each step of each play of each scenario, as lines that mean it."""
    for file in sorted((find(scenario) / "plays").glob("*.yaml")):
        play = read_play(file)
        lines = [command.action for line in script(play) if isinstance(command := parse(line), Do)]
        assert [action for action in lines if action.name != "skip_to"] == [
            step.action for step in play.steps if step.action.name != "skip_to"
        ]


@pytest.mark.parametrize("name", ACTIONS)
def test_usage_names_every_parameter(name: str) -> None:
    """Help shows what an action takes, what may be left out in brackets."""
    shown = usage(name).lower()
    assert [key for key in parameters(ACTIONS[name]) if key not in shown] == []


def test_no_word_means_two_things() -> None:
    """An action, something to look at, and a word of the program never share a name, but for `status`."""
    assert set(ACTIONS) & set(OWN) == set()
    assert set(ACTIONS) & set(PROBES) == set()
    assert set(OWN) & set(PROBES) == {"status"}


@pytest.mark.parametrize(
    ("begun", "wanted"),
    [
        ("set_f", "set_flag"),
        ("set_flag disc", "set_flag discount_codes"),
        ("roll_back shop to=v2.3", "roll_back shop to=v2.3.0"),
        ("look migr", "look migrations"),
        ("deploy shop base=v2.4.0 add=", "deploy shop base=v2.4.0 add=PR-914"),
        ("predict d", "predict down"),
        ("help roll", "help roll_back"),
        ("declare ", "declare SEV1"),
    ],
)
def test_a_line_is_completed_with_names_that_this_world_has(begun: str, wanted: str) -> None:
    """Verbs, names and parameters; each completion begins with what was typed."""
    loaded = load(find("ungated-flag"), 1)
    lines = completion(begun, opening(loaded.scenario, 1), loaded.key)
    assert wanted in lines
    assert all(line.startswith(begun) for line in lines)


def test_arguments_that_were_not_given_are_not_written() -> None:
    """The shortest line that means it."""
    action = make("backfill", {"sql": "DELETE FROM t"})
    assert written(action) == "backfill DELETE FROM t"
    assert arguments_of(action) == {"sql": "DELETE FROM t"}
