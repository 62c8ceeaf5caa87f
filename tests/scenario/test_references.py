"""Cross-references: every name is known, every change fits, every file is there."""

# ruff: noqa: E501 - a row of a table stays a row

from pathlib import Path

import pytest

from tests.scenario.drafts import draft, place_of, said

_UNKNOWN = [
    pytest.param("[PR-901, PR-903", "[PR-901, PR-902", 9, "there is no change 'PR-902'", "'PR-905'?", id="a change in a release"),
    pytest.param("release: v2.3.0", "release: v2.2.0", 9, "there is no release 'v2.2.0'", "did you mean 'v2.4.0'?", id="a service's release"),
    pytest.param("migration: 0042_order_metadata", "migration: 0042", 11, "there is no migration '0042'",
                 "known here: 0042_order_metadata", id="a migration"),
    pytest.param("from: dev", "from: dave", 6, "there is no person 'dave'", "known here: dba, dev, support, stakeholder", id="whom a fix is ordered from"),
    pytest.param("revises: PR-905", "revises: PR-950", 9, "there is no change 'PR-950'", "'PR-905'?", id="what is revised"),
    pytest.param("row_of: customers", "row_of: customer", 8, "there is no table 'customer'", "'customers'?", id="a table"),
    pytest.param("holds: {orders", "holds: {order", 8, "there is no table 'order'", "'orders'?", id="a table that is held"),
    pytest.param("{faker: name}, email", "{faker: name}, mail", 15, "has no column 'mail'", "'email'?", id="a column"),
    pytest.param("[every_order", "[any_order", 1, "there is no invariant 'any_order_has_a_customer'", "'every_order_has_a_customer'?",
                 id="an invariant"),
    pytest.param("at: 5m, deploy: v2.4.0", "at: 5m, deploy: v2.4.1", 16, "there is no release 'v2.4.1'", "'v2.4.0'?", id="a deploy"),
    pytest.param("service: shop", "service: shp", 9, "there is no service 'shp'", "'shop'?", id="a service"),
    pytest.param("{from: support", "{from: suport", 7, "there is no person 'suport'", "'support'?", id="who writes"),
    pytest.param("endpoint: POST /orders", "endpoint: POST /order", 10, "there is no endpoint 'POST /order'", "'POST /orders'?",
                 id="a watched endpoint"),
    pytest.param("$metadata", "$metdata", 0, "nothing provides $metdata", "did you mean 'metadata'?", id="a parameter"),
    pytest.param("before: insert_order", "before: insert", 8, "there is no step 'insert' at this point", "'insert_order'?", id="a step"),
    pytest.param("when: utm_source IS NULL\n", "when: flags.x\n", 6, "there is no flag 'x'", "name it under `flags:`", id="a flag in a guard"),
    pytest.param("when: utm_source IS", "when: $utm_source IS", 6, "$utm_source stands in an expression", "bare: utm_source",
                 id="a parameter in a guard"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "skip", "what", "hint"), _UNKNOWN)
def test_an_unknown_name_is_shown_with_the_nearest_one(
    tmp_path: Path, *, old: str, new: str, skip: int, what: str, hint: str
) -> None:
    """One wrong name makes one problem, at the name itself; also inside a SQL text of several lines."""
    at = place_of(old, skip=skip)
    found = said(draft(tmp_path, (old, new)))
    assert [(place, what in said_what, hint in said_hint) for place, said_what, said_hint in found] == [
        (at, True, True)
    ], found


def test_a_step_of_its_own_says_where_it_goes(tmp_path: Path) -> None:
    """A change that adds a step without a place is refused; `revises` is offered when another change wrote it."""
    found = said(draft(tmp_path, ("          before: insert_order\n", "")))
    assert found == [(
        place_of("build_metadata:"),
        "'build_metadata' is a new step, and nothing says where it goes",
        "write before: or after: one of insert_order",
    )]  # fmt: skip


def test_a_step_may_not_say_two_places(tmp_path: Path) -> None:
    """Before one and after another is a contradiction waiting to happen."""
    edit = ("before: insert_order", "before: insert_order\n          after: insert_order")
    assert [what for _, what, _ in said(draft(tmp_path, edit))] == ["a new step stands at one place"]


def test_two_changes_write_one_step_only_if_one_revises_the_other(tmp_path: Path) -> None:
    """Otherwise which one wins would depend on the order of the file."""
    step = "          sql: SELECT id, amount, status FROM orders WHERE customer_id = $customer_id ORDER BY id DESC LIMIT 50\n"
    rival = (step, f"{step}      POST /orders: {{insert_order: {{sql: SELECT 1}}}}\n")
    found = said(draft(tmp_path, rival))
    assert [(what, hint) for _, what, hint in found] == [
        ("PR-903 writes 'sql' of the step 'insert_order' too", "say `revises: PR-903` if this overrules it")
    ]
    revised = ("    migration: 0042_order_metadata\n", "    migration: 0042_order_metadata\n    revises: PR-903\n")
    assert said(draft(tmp_path, rival, revised)) == []


def test_a_fix_that_forgets_to_revise_is_told_so(tmp_path: Path) -> None:
    """Both the missing place and the conflict point at `revises`."""
    found = said(draft(tmp_path, ("    revises: PR-905\n", "")))
    assert found
    assert all("revises: PR-905" in hint for _, _, hint in found)


@pytest.mark.parametrize(("old", "new", "what"), [
    pytest.param("source: source", "source: ..", "'..' leads out of the scenario's folder", id="upwards"),
    pytest.param("source: source", "source: /etc", "'/etc' leads out of the scenario's folder", id="anywhere"),
    pytest.param("source: source", "source: sources", "there is no folder 'sources' in the scenario's folder", id="nowhere"),
    pytest.param("source/PR-901.diff", "source/PR-900.diff", "there is no file 'source/PR-900.diff' in the scenario's folder", id="no diff"),
    pytest.param("source/PR-901.diff", "source", "there is no file 'source' in the scenario's folder", id="a folder for a diff"),
])  # fmt: skip
def test_paths_stay_inside_the_folder(tmp_path: Path, old: str, new: str, what: str) -> None:
    """A scenario reads its own files and no others, and they must exist."""
    assert [said_what for _, said_what, _ in said(draft(tmp_path, (old, new)))] == [what]


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    """A symbolic link is followed before it is judged."""
    folder = draft(tmp_path, ("source: source", "source: linked"))
    (folder / "linked").symlink_to(tmp_path)
    assert [what for _, what, _ in said(folder)] == ["'linked' leads out of the scenario's folder"]


@pytest.mark.parametrize(("old", "new", "what"), [
    pytest.param("at: 5m, deploy", "at: 3h, deploy", "this is after the time limit (1h40m)", id="a deploy after the end"),
    pytest.param("from: 10m", "from: 2h", "this session begins after the time limit", id="a session after the end"),
    pytest.param("by: 95m", "by: 2h", "this is longer than the time limit (1h40m)", id="done after the end"),
    pytest.param("hold: 8m", "hold: 2h", "this is longer than the time limit (1h40m)", id="held beyond the end"),
    pytest.param("handover: 6m", "handover: 2h", "the trainee would take over after the time limit", id="a late handover"),
    pytest.param("at: -12h", "at: 12h", "this backup is taken after the time limit", id="a backup to come"),
    pytest.param("name: {faker: name}, answers_in: [1m, 6m]", "name: {row_of: orders}, answers_in: [1m, 6m]",
                 "a person's name cannot be drawn in this way", id="a person out of a table"),
    pytest.param("answers_in: [1m, 6m]", "answers_in: [6m, 1m]", "answers_in: the bounds stand the wrong way round", id="swapped bounds"),
    pytest.param("id: {next_of: orders}", "bucket: {next_of: orders}", "'bucket' always means the flag bucket", id="a reserved name"),
    pytest.param("channel: {choice: {web: 0.85, app: 0.15}}", "channel: {range: [1, 2]}",
                 "a range is drawn once a run, and this value for each row or request", id="a range for requests"),
    pytest.param("WHERE order_metadata <> '{}'", "WHERE id = $id", "$id stands in a question about rows", id="facts with a parameter"),
    pytest.param("CREATE TABLE customers (", "CREATE TABLE clients (", "this DDL does not create the table 'customers'", id="another table"),
    pytest.param("v2.4.0: [PR-901, PR-903", "v2.4.0: [PR-901, PR-901, PR-903", "'PR-901' stands in this release twice", id="twice"),
    pytest.param("v2.4.0: [PR-901", "v2.4.0: [tolerate-missing-utm, PR-901", "'tolerate-missing-utm' is a fix, and nobody has ordered it yet",
                 id="a fix in a release"),
])  # fmt: skip
def test_what_makes_no_sense_is_said(tmp_path: Path, old: str, new: str, what: str) -> None:
    """Times beyond the end, bounds the wrong way round, things that mean something else."""
    assert what in [said_what for _, said_what, _ in said(draft(tmp_path, (old, new)))]


def test_methods_of_an_sdk_are_looked_up(tmp_path: Path) -> None:
    """A call names a method that some version has, and a change moves to a version that exists."""
    sdks = (
        "people:\n",
        'sdks: {pay: {"3.1": [Client.charge(Amount)], "4.0": ["Client.charge(Amount, Options)"]}}\n\npeople:\n',
    )
    good = (
        "          when: utm_source IS NULL\n",
        "          when: utm_source IS NULL\n          calls: pay Client.charge(Amount)\n",
    )
    moved = ("    migration: 0042_order_metadata\n", '    migration: 0042_order_metadata\n    sdks: {pay: "4.0"}\n')
    assert said(draft(tmp_path, sdks, good, moved)) == []
    found = said(
        draft(tmp_path, sdks, (good[0], good[1].replace("charge", "chrge")), (moved[0], moved[1].replace("4.0", "4.1")))
    )
    assert [(what, hint) for _, what, hint in found] == [
        ("pay has no version '4.1'", "did you mean '4.0'?"),
        ("no version of pay has Client.chrge(Amount)", "did you mean 'Client.charge(Amount)'?"),
    ]


def test_pools_share_all_of_the_traffic(tmp_path: Path) -> None:
    """Weights of one service's pools add up to 100."""
    pools = "pools: {blue: {release: v2.3.0, instances: 12, weight: 90}, green: {release: v2.3.0, instances: 2, weight: WEIGHT}}\n"
    assert said(draft(tmp_path, ("people:\n", pools.replace("WEIGHT", "10") + "people:\n"))) == []
    found = said(draft(tmp_path, ("people:\n", pools.replace("WEIGHT", "20") + "people:\n")))
    assert [what for _, what, _ in found] == ["the weights of the pools of 'shop' add up to 110"]
