"""The history of rows is cut at any moment, and a copy can be put aside in it long after."""

from sim.engine.history import Deed, History, Kept, Passed, Ran

JOB = Ran("UPDATE accounts SET balance = 0", 30_400)


def history() -> History:
    """Requests up to a statement half a second into second 30, and more after it."""
    made = History()
    made.passed(Passed((), 0, 31), done=0)
    made.deeds.append(JOB)
    made.passed(Passed((), 31, 60), done=0)
    return made


def test_a_moment_has_the_second_that_had_begun_and_the_statements_up_to_it() -> None:
    """As everywhere, a second belongs to the world in which it began."""
    expected: dict[int, list[Deed]] = {
        10_000: [Passed((), 0, 11)],
        30_399: [Passed((), 0, 31)],
        30_400: [Passed((), 0, 31), JOB],
        40_500: [Passed((), 0, 31), JOB, Passed((), 31, 41)],
        99_000: [Passed((), 0, 31), JOB, Passed((), 31, 60)],
    }
    for at_ms, deeds in expected.items():
        assert list(history().until(at_ms)) == deeds


def test_a_copy_of_a_past_moment_stands_where_it_belongs() -> None:
    """The stretch around it becomes two; the same copy is not put aside twice."""
    made = history()
    assert made.keep(Kept("one", 40_500)) == 3
    assert made.deeds[2:] == [Passed((), 31, 41), Kept("one", 40_500), Passed((), 41, 60)]
    assert made.keep(Kept("one", 40_500)) is None
    assert made.keep(Kept("before", -1)) == 0
    assert made.keep(Kept("now", 59_000)) == len(made.deeds) - 1


def test_adjoining_stretches_are_one_until_they_are_carried_out() -> None:
    """What is done already cannot be made longer."""
    made, writers = History(), ()
    made.passed(Passed(writers, 0, 5), done=0)
    made.passed(Passed(writers, 5, 9), done=0)
    assert made.deeds == [Passed(writers, 0, 9)]
    made.passed(Passed(writers, 9, 12), done=1)
    assert made.deeds == [Passed(writers, 0, 9), Passed(writers, 9, 12)]
