"""The answer key, `key.yaml` beside a scenario: what may be learnt, seen, got wrong and asked. Not needed to play."""

# ruff: noqa: RUF012 - pydantic gives every instance its own copy of a default

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from sim.scenario.values import Count, Duration, Identifier, Name, Spec, Truth, Whole


def _slug(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", value):
        raise ValueError(f"{value!r} is no name here; use small letters, digits and -, 64 at most")
    return value


Sentence = Annotated[str, Field(min_length=1, max_length=1000)]
Slug = Annotated[str, AfterValidator(_slug)]
Step = dict[str, Any]
Axis = Literal["user_harm", "data_harm", "decisions", "diagnosis", "communication"]


class Par(Spec):
    """What a good run reaches: shown beside a trainee's own."""

    resolved_by: Duration
    failed: Count | None = None
    rows_lost: Count = 0


class Skill(Spec):
    """A skill of `teaches`: what calls for it, what one does, and how that shows in a run.

    `measured_by` names the criteria, or the `measures:` of this key, that ask whether it was done.
    """

    trigger: Sentence
    response: Sentence
    measure: Sentence
    measured_by: tuple[Name, ...] = ()
    clues: Annotated[tuple[Slug, ...], Field(min_length=1)]


class Measure(Spec):
    """A criterion of this scenario's own, as one SELECT over the run's tables when it has ended.

    Besides the database's own tables there are `run_entries` (seq, at_s, fact, action, what, arguments: the journal)
    and `run_minutes` (minute, endpoint, total, failed, harmed). It gives one value: true or false, or the share of the
    points that is earned, from 0 to 1.
    """

    says: Sentence
    axis: Axis
    points: Annotated[Whole, Field(ge=1, le=100)] = 10
    sql: Annotated[str, Field(min_length=1, max_length=4000)]


class Clue(Spec):
    """Something that can be seen, and how: steps as in a play, of which the last says what is to be found in it.

    `seen: [{at: 9m, do: look, what: changelog, find: DROP DEFAULT}]`. With `lacks:` the last step also says what is not
    in it (`find: POST /orders, lacks: /customers`: only one of them pages). A clue that is there in some of the
    possible incidents only says in which: `when: {guilty: PR-903}` names params and what was drawn for them.
    """

    says: Sentence
    seen: Annotated[tuple[Step, ...], Field(min_length=1)]
    when: dict[Identifier, Name] = {}


class Conclusion(Spec):
    """What follows from clues; the root cause is one."""

    says: Sentence
    clues: Annotated[tuple[Slug, ...], Field(min_length=1)]
    root_cause: Truth = False


class Herring(Spec):
    """What looks guilty and is not, and the clues that show it."""

    says: Sentence
    refuted_by: Annotated[tuple[Slug, ...], Field(min_length=1)]


class Accepted(Spec):
    """Another good way: a play, and what it costs or saves beside the expert's."""

    play: Name
    because: Sentence


class Trap(Spec):
    """A play that tempts, why it does, and what it damages."""

    play: Name
    tempting: Sentence
    damages: Axis
    because: Sentence


class Hints(Spec):
    """Three tiers about one matter, each more expensive than the one before: a nudge, a direction, the command."""

    about: Sentence
    nudge: Sentence
    direction: Sentence
    command: Sentence


class Question(Spec):
    """Asked after the run; `right` names the right choices."""

    ask: Sentence
    choices: Annotated[dict[Slug, Sentence], Field(min_length=2, max_length=8)]
    right: Annotated[tuple[Slug, ...], Field(min_length=1)]
    because: Sentence

    @model_validator(mode="after")
    def _right_ones_are_choices(self) -> Self:
        if unknown := [name for name in self.right if name not in self.choices]:
            raise ValueError(f"{unknown[0]!r} is right but no choice; the choices are {', '.join(self.choices)}")
        return self


class Cause(Spec):
    """A systemic cause to pick and order: the weightiest has rank 1, what does not apply has none."""

    says: Sentence
    rank: Annotated[Whole | None, Field(ge=1, le=20)] = None


class Prevention(Spec):
    """What would prevent it; `against` names causes, `shown_by` a variant in which it is in place."""

    says: Sentence
    against: tuple[Slug, ...] = ()
    rank: Annotated[Whole | None, Field(ge=1, le=20)] = None
    shown_by: Name | None = None


class Nudge(Spec):
    """When a facilitator says something, and what."""

    at: Duration
    unless: Sentence
    say: Sentence


class Talk(Spec):
    """A question for the debrief, and how many minutes it is worth."""

    minutes: Annotated[Whole, Field(ge=1, le=60)]
    ask: Sentence


class Key(Spec):
    """Everything about a scenario that only its author and the instructor should know.

    `exam_hints: true` sells hints in an exam, too.
    """

    format: Annotated[Whole, Field(ge=1, le=1)]
    scenario: Name
    par: Par
    weights: dict[Identifier, Whole] = {}
    skills: Annotated[dict[Slug, Skill], Field(min_length=1)]
    measures: dict[Slug, Measure] = {}
    clues: Annotated[dict[Slug, Clue], Field(min_length=1)]
    conclusions: Annotated[dict[Slug, Conclusion], Field(min_length=1)]
    herrings: dict[Slug, Herring] = {}
    accepted: tuple[Accepted, ...] = ()
    traps: tuple[Trap, ...] = ()
    hints: Annotated[dict[Slug, Hints], Field(min_length=1)]
    questions: Annotated[dict[Slug, Question], Field(min_length=1)]
    causes: Annotated[dict[Slug, Cause], Field(min_length=2)]
    preventions: Annotated[dict[Slug, Prevention], Field(min_length=2)]
    nudges: tuple[Nudge, ...] = ()
    debrief: tuple[Talk, ...] = ()
    exam_hints: Truth = False
