"""A review as lines: what is asked, what was answered, and a prevention shown working."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from sim.clock import show
from tui.output import table

if TYPE_CHECKING:
    from scorecards.learning.ordered import Item, Ordering
    from scorecards.learning.review import Answered, Review
    from scorecards.learning.shown import Shown
    from sim.scenario.key import Key

LISTS = {
    "causes": "What were the systemic causes? The weightiest first; leave out what does not belong.",
    "preventions": "What would prevent it? What you would do first comes first; leave out what would not help.",
}
Ask = Callable[[Sequence[str], Sequence[str]], list[str]]
"""Shows some lines, and gives back which of the names was chosen, in their order."""


def lists_of(key: "Key") -> "Mapping[str, Mapping[str, Item]]":
    """What is to be picked and ordered, by the names of LISTS."""
    from scorecards.learning.review import causes_of, preventions_of

    return {"causes": causes_of(key), "preventions": preventions_of(key)}


def mixed(says: Mapping[str, str]) -> list[str]:
    """Names in an order that tells nothing of theirs in the key: by what they say."""
    return sorted(says, key=lambda name: says[name])


def sheet(key: "Key") -> Iterator[str]:
    """Everything that a review asks, without its answers."""
    for name, ask in LISTS.items():
        items = lists_of(key)[name]
        yield f"{ask} (--{name} a,b,c)"
        yield from (f"  {one}: {items[one].says}" for one in mixed({one: item.says for one, item in items.items()}))
        yield ""
    for name, question in key.questions.items():
        yield f"{question.ask} (--answer {name}=…)"
        yield from (f"  {choice}: {says}" for choice, says in question.choices.items())
        yield ""


def sheet_json(key: "Key") -> dict[str, object]:
    """The same for programs."""
    return {
        **{name: {one: item.says for one, item in sorted(items.items())} for name, items in lists_of(key).items()},
        "questions": {name: {"ask": one.ask, "choices": dict(one.choices)} for name, one in key.questions.items()},
    }


def asked(key: "Key", ask: Ask) -> "Answered":
    """A whole review, one question after the other."""
    from scorecards.learning.review import Answered

    picked = {}
    for name, words in LISTS.items():
        says = {one: item.says for one, item in lists_of(key)[name].items()}
        names = mixed(says)
        picked[name] = tuple(ask([words, *_numbered([says[one] for one in names])], names))
    answers = {
        name: tuple(ask([one.ask, *_numbered(list(one.choices.values()))], list(one.choices)))
        for name, one in key.questions.items()
    }
    return Answered(picked["causes"], picked["preventions"], answers)


def _numbered(lines: Sequence[str]) -> list[str]:
    return [f"  {number}. {line}" for number, line in enumerate(lines, start=1)]


def chosen(line: str, names: Sequence[str]) -> list[str]:
    """Names from numbers or names, apart by blanks or commas; ValueError says which word is neither."""
    found = []
    for word in line.replace(",", " ").split():
        if word.isdigit() and 1 <= int(word) <= len(names):
            found.append(names[int(word) - 1])
        elif word in names:
            found.append(word)
        else:
            raise ValueError(f"{word!r} is none of these; type numbers from 1 to {len(names)}")
    return list(dict.fromkeys(found))


def judged(review: "Review") -> Iterator[str]:
    """What became of each part."""
    yield f"review: {review.score:.0f} of 100"
    for name, part in (("causes", review.causes), ("preventions", review.preventions)):
        if part is not None:
            yield from ("", *_ordering(name, part))
    for one in review.questions:
        yield ""
        yield f"{one.ask} {', '.join(one.choice) or 'no answer'}: {'right' if one.is_right else 'not right'}"
        if not one.is_right:
            yield f"  right is {', '.join(one.right)}"
        yield f"  {one.because}"


def _ordering(name: str, part: "Ordering") -> Iterator[str]:
    order = "" if part.agreement is None else f", {part.agreement:.0%} of pairs in order"
    yield (
        f"{name}: {part.score:.0f} of 100 ({part.precision:.0%} of the picks are right, "
        f"{part.recall:.0%} of what belongs was picked{order})"
    )
    for one in part.remarks:
        yield f"  {one.place or '–'} {one.says} – {one.word}"
        if one.because:
            yield f"      {one.because}"


def shown(told: "Shown") -> Iterator[str]:
    """The figures side by side, and what could not be done with the prevention in place."""
    yield told.says
    if not told.rows:
        yield "Nothing shows this one: the simulator has no variant of the incident in which it is in place."
        return
    rows = [(row.where, row.did, *_figures(row.played.reached)) for row in told.rows]
    yield table(("", "", "outcome", "resolved", "hurt", "failed", "rows"), rows)
    for row in told.rows:
        yield from (f"{row.where}, {row.did}: refused: {why}" for why in row.refused if row.where != rows[0][0])


def _figures(reached: object) -> tuple[object, ...]:
    from scorecards.reached import Reached

    assert isinstance(reached, Reached)
    resolved = "" if reached.resolved_at_ms is None else show(reached.resolved_at_ms)
    return (reached.outcome, resolved, reached.hurt, reached.failed, reached.damage)
