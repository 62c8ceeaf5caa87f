"""What PostgreSQL says to a whole population of requests."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.errors import NotModelled
from sim.judge.judge import Judge
from sim.judge.values import REQUEST, BaseRefused, Line, Program, Ran, Trial
from sim.population import Population
from tests.judge.shop import INSERT, NOTHING, program, requests, shop

_PER_SERVER = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])


def stops(trial: Trial) -> dict[tuple[str, str], int]:
    """How many prototypes each failure stops."""
    return {code: trial.stops.count(k) for k, code in enumerate(trial.codes, start=1)}


def line(sql: str, name: str = "step") -> Line:
    return Line(name, sql=sql)


def test_a_required_column_stops_every_old_insert(judge: Judge) -> None:
    """The schema left by the new release refuses the old release's statement, whoever sends it."""
    after = shop().then(
        Ran("ALTER TABLE orders ADD COLUMN metadata jsonb NOT NULL DEFAULT '{}'"),
        Ran("ALTER TABLE orders ALTER COLUMN metadata DROP DEFAULT"),
    )
    trial = judge.try_out(after, program(INSERT), requests())
    assert stops(trial) == {("insert", "23502"): 100}
    assert "metadata" in trial.messages["insert", "23502"]
    relaxed = after.then(Ran("ALTER TABLE orders ALTER COLUMN metadata SET DEFAULT '{}'"))
    assert stops(judge.try_out(relaxed, program(INSERT), requests())) == {}


@pytest.mark.parametrize(
    ("sql", "failures"),
    [
        pytest.param("SELECT nonsense FROM orders", {"42703": 100}, id="a missing column stops everybody"),
        pytest.param("SELECT * FROM nowhere WHERE id = $id", {"42P01": 100}, id="so does a missing table"),
        pytest.param("SELEC 1", {"42601": 100}, id="and a mistake"),
        pytest.param("SELECT * FROM orders WHERE id = $channel", {"22P02": 100}, id="types come from the context"),
        pytest.param("INSERT INTO orders (id, code) VALUES ($id, $channel)", {}, id="a write"),
        pytest.param("UPDATE orders SET amount = amount * 2 WHERE id = $customer_id", {}, id="an update"),
        pytest.param("DELETE FROM orders WHERE id = $customer_id RETURNING *", {}, id="a delete"),
        pytest.param("INSERT INTO orders (id) VALUES ($customer_id)", {"23505": 100}, id="a key that is taken"),
        pytest.param("INSERT INTO orders (id) VALUES ($customer_id) ON CONFLICT (id) DO UPDATE SET status = 'x'", {},
                     id="ON CONFLICT with its index"),
        pytest.param("INSERT INTO orders (id) VALUES ($id) ON CONFLICT (code) DO NOTHING", {"42P10": 100},
                     id="ON CONFLICT without"),
        pytest.param("INSERT INTO orders (id) VALUES (1000000)", {}, id="no prototype meets another's row"),
        pytest.param("WITH gone AS (DELETE FROM orders WHERE id = $customer_id RETURNING id) "
                     "INSERT INTO orders (id) SELECT id + 5000 FROM gone", {}, id="a write inside WITH"),
        pytest.param("INSERT INTO orders (id, amount) VALUES ($id, 1.0 / ($bucket % 4))", {"22012": 25},
                     id="a failure of some"),
        pytest.param("LOCK TABLE orders IN SHARE MODE", {}, id="a statement that can't be prepared"),
    ],
)  # fmt: skip
def test_postgresql_decides(judge: Judge, sql: str, failures: dict[str, int]) -> None:
    """Each kind of statement comes to what the server makes of it, for as many prototypes as it does."""
    if "$bucket" in sql:
        sql = sql.replace("$bucket", "$bucket::int")
    trial = judge.try_out(shop(), program(line(sql)), requests())
    assert stops(trial) == {("step", state): count for state, count in failures.items()}


def test_guards_are_told_and_stop_nobody(judge: Judge) -> None:
    """Guards are folded later: the statements behind them are tried for everybody."""
    check = Line("check", guard="channel = 'app' AND NOT flags.tolerant", raises="IllegalStateException")
    trial = judge.try_out(shop(), program(check, INSERT, tolerant=False), requests())
    assert (sum(trial.guards["check"]), trial.codes) == (15, ())
    trial = judge.try_out(shop(), program(check, INSERT, tolerant=True), requests())
    assert sum(trial.guards["check"]) == 0


def test_a_guard_without_a_deed_decides_whether_the_line_happens(judge: Judge) -> None:
    """Where nothing is raised, a false guard leaves the statement and the values of its line out."""
    gated = Line("step", guard="channel = 'app'", sets=(("code", "'APP'"),), sql="SELECT nonsense")
    trial = judge.try_out(shop(), program(gated), requests())
    assert stops(trial) == {("step", "42703"): 15}
    distinct, index = trial.values["code"]
    assert Counter(distinct[place] for place in index) == {"APP": 15, None: 85}


def test_a_guard_that_is_null_is_not_true(judge: Judge) -> None:
    """SQL's third answer raises nothing."""
    trial = judge.try_out(shop(), program(Line("check", guard="NULL::boolean", raises="X")), requests())
    assert sum(trial.guards["check"]) == 0


def test_values_are_computed_in_order(judge: Judge) -> None:
    """A value sees those before it, derived attributes first, and a line sees a name as it is then."""
    steps = Program(
        (
            Line("first", sql="SELECT 1 / ($size::int - 10)"),
            Line("set", sets=(("size", "size * 2"), ("label", "channel || '/' || size"))),
            Line("second", sql="SELECT 1 / ($size::int - 20)"),
        ),
        derived=(("size", "bucket % 5 + 8"),),
    )
    trial = judge.try_out(shop(), steps, requests())
    assert stops(trial) == {("first", "22012"): 20}
    distinct, _ = trial.values["label"]
    assert {label for label in distinct if label and label.startswith("web")} == {f"web/{2 * n}" for n in range(8, 13)}


def test_an_expression_that_breaks_stops_only_whom_it_breaks_for(judge: Judge) -> None:
    """A division by zero in a value is that request's failure, at that line, after whatever failed before it."""
    steps = program(
        Line("check", guard="bucket < 10", raises="X"),
        Line("early", sql="SELECT 1 / ($bucket::int / 20)"),
        Line("share", sets=(("share", "100 / (bucket % 10)"),)),
        Line("late", guard="share > 40", raises="Y"),
        INSERT,
    )
    trial = judge.try_out(shop(), steps, requests())
    assert stops(trial) == {("early", "22012"): 20, ("share", "22012"): 8}
    assert (sum(trial.guards["check"]), sum(trial.guards["late"])) == (10, 20)


def test_a_derived_attribute_that_breaks_stops_its_request(judge: Judge) -> None:
    """The request can't even be made."""
    steps = Program((INSERT,), derived=(("share", "1 / (bucket % 50)"),))
    assert stops(judge.try_out(shop(), steps, requests())) == {(REQUEST, "22012"): 2}


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (Line("check", guard="chanel = 'app'", raises="X"), "chanel"),
        (Line("check", guard="bucket + 1", raises="X"), "boolean"),
        (Line("step", sql="SELECT $nobody"), "$nobody"),
        (Line("step", guard="true", over_rows=True, sql="SELECT 1"), "reads tables"),
    ],
    ids=["unknown attribute", "no truth", "unknown parameter", "a gate over rows"],
)
def test_an_authors_mistake_is_told_and_not_counted(judge: Judge, broken: Line, said: str) -> None:
    """What no request could ever pass is not physics but a mistake in the scenario."""
    with pytest.raises(NotModelled, match=said.replace("$", r"\$")):
        judge.try_out(shop(), program(broken), requests())


def test_a_deferred_constraint_speaks_at_the_end_of_the_request(judge: Judge) -> None:
    """A request is one transaction; with `commit` the constraint speaks there."""
    deferred = shop(NOTHING, "ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers INITIALLY DEFERRED")
    insert = line("INSERT INTO orders (id, customer_id) VALUES ($id, $id)", "insert")
    repair = line("UPDATE orders SET customer_id = 1 WHERE id = $id", "repair")
    assert stops(judge.try_out(deferred, program(insert), requests())) == {("insert", "23503"): 100}
    assert stops(judge.try_out(deferred, program(insert, repair), requests())) == {}
    committed = program(replace(insert, commit=True), repair)
    assert stops(judge.try_out(deferred, committed, requests())) == {("insert", "23503"): 100}


def test_a_foreign_key_sees_the_seed_rows(judge: Judge) -> None:
    """Prototypes that point at a row of the base pass, the others don't."""
    bound = shop(NOTHING, "ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers")
    buyers = requests(20, buyer=[str(i) for i in range(1, 21)])
    trial = judge.try_out(bound, program(line("INSERT INTO orders (id, customer_id) VALUES ($id, $buyer)")), buyers)
    assert stops(trial) == {("step", "23503"): 10}


def test_a_trial_leaves_nothing_behind(judge: Judge) -> None:
    """Rows roll back, and a sequence that would run out after one trial serves the next one too."""
    lineage = shop(NOTHING, "CREATE SEQUENCE small AS smallint MAXVALUE 150")
    steps = program(line("INSERT INTO orders (id) VALUES (nextval('small'))"))
    for size in (100, 99, 98):
        assert stops(judge.try_out(lineage, steps, requests(size))) == {}
    empty = program(line("SELECT 1 / (CASE WHEN EXISTS (SELECT FROM orders) THEN 0 ELSE 1 END)"))
    assert stops(judge.try_out(lineage, empty, requests())) == {}


def test_values_travel_as_they_are(judge: Judge) -> None:
    """Quotes, backslashes, NULL and what looks like SQL are data."""
    odd = ["it's", "\\", '"', "'); DROP TABLE orders; --", '{a,"b"}', "\n\t", "é", None, "", "$1"]
    check = line("SELECT 1 / (CASE WHEN $odd IS NOT DISTINCT FROM $same THEN 1 ELSE 0 END)", "same")
    population = requests(10, odd=list(odd), same=list(odd))
    assert stops(judge.try_out(shop(), program(check), population)) == {}


def test_a_base_that_does_not_work_is_named(judge: Judge) -> None:
    """The statement, the SQLSTATE and the message: an author can mend it."""
    with pytest.raises(BaseRefused, match="42P07") as refused:
        judge.try_out(shop(NOTHING, "CREATE TABLE orders (id int)"), program(INSERT), requests())
    assert refused.value.statement == "CREATE TABLE orders (id int)"
    assert str(type(refused.value)(*refused.value.args)) == str(refused.value)


@_PER_SERVER
@given(
    buckets=st.lists(st.integers(0, 5), min_size=1, max_size=8),
    divisor=st.integers(0, 5),
    guard=st.integers(0, 5),
    gated=st.booleans(),
)
def test_a_population_is_its_prototypes(
    judge: Judge, buckets: list[int], divisor: int, guard: int, gated: bool
) -> None:
    """Tried together or one by one, each prototype gets the same answer."""
    steps = program(
        Line("set", sets=(("x", f"10 / (bucket - {divisor})"),)),
        Line("step", guard=f"bucket >= {guard}", raises=None if gated else "X", sql="SELECT 1 / ($x::int - 5)"),
        INSERT,
    )
    whole = _answers(judge.try_out(shop(), steps, _of(buckets)))
    assert whole == [_answers(judge.try_out(shop(), steps, _of([bucket])))[0] for bucket in buckets]


def _of(buckets: list[int]) -> Population:
    kinds = {"id": "bigint", "customer_id": "bigint", "bucket": "int"}
    return Population(
        {"id": [1000] * len(buckets), "customer_id": [1] * len(buckets), "bucket": buckets}, kinds, len(buckets)
    )


def _answers(trial: Trial) -> list[object]:
    distinct, index = trial.values["x"]
    return [
        (trial.codes[stop - 1] if stop else None, guard, distinct[place])
        for stop, guard, place in zip(trial.stops, trial.guards["step"], index, strict=True)
    ]
