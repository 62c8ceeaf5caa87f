"""What can be typed: one grammar for the plain front end, the console's command line, and scripts.

set_flag discount_codes 0              an action and its parameters, in their order
deploy shop base=v2.4.0 add=a-fix      or by name, in any order; `to v2.3.0` and `to: v2.3.0` are `to=v2.3.0`
query SELECT count(*) FROM orders      SQL, updates, hypotheses and patterns are the rest of the line
logs                                   a thing to look at, without `look`
wait 5m · predict down 80 · help       what is said to the program itself, in `OWN`
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, get_origin

from sim.actions.base import Action
from sim.catalogue import ACTIONS, arguments_of, make, parameters
from sim.clock import HOUR, millis
from sim.errors import nearest
from sim.probes.catalogue import PROBES
from tui.words import Word, plainly, quoted, whole, words

OWN: Mapping[str, str] = MappingProxyType(
    {
        "help": "`help`, `help ACTION`: what can be typed, and what it takes and risks",
        "briefing": "what happened, your role, and what done means",
        "status": "the clock, the budget, and every chart in a sentence",
        "explain": "`explain`, `explain 23502`: PostgreSQL's message and the statement behind an error",
        "wait": "`wait 5m`: let so much time pass",
        "predict": "`predict down 80`: where your next action takes errors (up, down, unchanged), and how sure you are",
        "preview": "`preview ACTION …`: how long it takes, what it risks and what it cannot undo, without doing it",
        "news": "what has happened since you last read it",
        "support": "`support 1`: what you saw supports a hypothesis, by its number or its words",
        "refute": "`refute 1`: what you saw refutes one",
        "timeline": "what was decided and what happened, in order",
        "questions": "the questions of the debrief that are not answered yet",
        "pause": "stop the clock (not in an exam)",
        "go": "let the clock run on",
        "speed": "`speed 6`: simulated seconds for each real one; 0 lets time pass only when you say so",
        "yes": "do what was just asked about",
        "no": "do not",
        "finish": "let the story run to its own end; once it is over, sum up",
        "quit": "leave; `rehearse play --resume` goes on from here",
    }
)
ALIASES: Mapping[str, str] = MappingProxyType(
    {"sql": "query", "update": "post_update", "skip": "skip_to", "rollback": "roll_back", "exit": "quit", "?": "help"}
)
RESTS = ("sql", "text", "says", "pattern")
DIRECTIONS = ("up", "down", "unchanged")


class NotUnderstood(ValueError):
    """A line that means nothing: what is wrong with it, and the nearest thing that would."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(f"{what}; {hint}" if hint else what)
        self.what, self.hint = what, hint


@dataclass(frozen=True)
class Do:
    """An action of the catalogue."""

    action: Action


@dataclass(frozen=True)
class Predict:
    """What is expected of the next action, as a play writes it beside one."""

    effects: Mapping[str, str]


@dataclass(frozen=True)
class Wait:
    """Let so much time pass."""

    span_ms: int


@dataclass(frozen=True)
class Own:
    """Something said to the program itself."""

    word: str
    rest: str = ""


Command = Do | Predict | Wait | Own


def parse(line: str) -> Command | None:
    """What a line means; nothing if it is empty or a remark. NotUnderstood says what does not fit, and what would."""
    verb, _, rest = line.strip().partition(" ")
    if not verb or verb.startswith("#"):
        return None
    verb = _verb(verb)
    if verb in PROBES and verb not in OWN:
        verb, rest = "look", f"{verb} {rest}"
    if verb in ACTIONS:
        return Do(_action(verb, rest))
    match verb:
        case "wait":
            return Wait(_span(rest))
        case "predict":
            return Predict(_prediction(rest))
        case _:
            return Own(verb, rest.strip())


def _verb(typed: str) -> str:
    verb = typed.rstrip(":").lower().replace("-", "_")
    verb = ALIASES.get(verb, verb)
    if verb in ACTIONS or verb in OWN or verb in PROBES:
        return verb
    known = (*ACTIONS, *OWN, *PROBES, *ALIASES)
    raise NotUnderstood(f"there is no word {typed!r}", nearest(verb, known, "`help` lists what can be typed"))


def _span(rest: str) -> int:
    try:
        span_ms = int(millis(rest.strip()))
    except ValueError:
        span_ms = -1
    if span_ms < 0:
        raise NotUnderstood("wait for how long?", "like `wait 5m`; `skip` waits until something happens")
    return span_ms


def _prediction(rest: str) -> dict[str, str]:
    effects: dict[str, str] = {}
    free = ["errors", "confidence", "endpoint", "within"]
    for word in words(rest):
        if word.name and word.name not in free:
            raise NotUnderstood(f"a prediction has no {word.name!r} left to say", f"it takes {', '.join(free)}")
        name = word.name or next(iter(free), "")
        if not name:
            raise NotUnderstood(f"{word.text!r} is one word too many", "like `predict down 80`")
        effects[name] = word.text
        free.remove(name)
    effects["confidence"] = effects.get("confidence", "50").removesuffix("%")
    _check_prediction(effects)
    return effects


def _check_prediction(effects: Mapping[str, str]) -> None:
    said, sure = effects.get("errors", ""), effects["confidence"]
    if said not in DIRECTIONS:
        hint = nearest(said, DIRECTIONS, "like `predict down 80`: up, down or unchanged, and how sure in percent")
        raise NotUnderstood("a prediction says where errors go", hint)
    if not (sure.isascii() and sure.isdigit() and int(sure[:4]) <= 100):
        raise NotUnderstood(f"{sure!r} is no confidence", "0 to 100, in percent")
    try:
        fits = 0 < millis(effects.get("within", "5m")) <= HOUR
    except ValueError:
        fits = False
    if not fits:
        raise NotUnderstood(f"{effects['within']!r} is no time to wait for it", "1s to 1h, like within=5m")


@cache
def rest_of(action: str) -> str:
    """The parameter that takes the rest of the line, spaces and all; empty if there is none."""
    takes = parameters(ACTIONS[action])
    texts = [name for name in takes if name in RESTS]
    alone = [name for name, (kind, _) in takes.items() if kind is str and len(takes) == 1]
    return next(iter([*texts, *alone]), "")


def _action(verb: str, rest: str) -> Action:
    given = _arguments(verb, rest)
    try:
        return make(verb, given)
    except ValueError as error:
        what, _, hint = str(error).replace(":`", "`").partition("; ")
        raise NotUnderstood(what, hint or f"`{usage(verb)}`") from None


def _arguments(verb: str, rest: str) -> dict[str, Any]:
    """The parameters that a line gives, by name: those said by name, then the others in their order."""
    takes, last = parameters(ACTIONS[verb]), rest_of(verb)
    given: dict[str, list[str]] = {}
    split = words(rest)
    at = 0
    while at < len(split):
        word, name, ahead = split[at], "", 1
        before = [one for one, (_, required) in takes.items() if required and one not in given and one != last]
        if word.name in takes and word.name != last:
            name = word.name
        elif _names(word, takes, last) and at + 1 < len(split):
            name, ahead = word.text.rstrip(":"), 2
        elif last and not before:
            given[last] = [_rest(rest[word.start :], last)]
            break
        elif word.name:
            hint = nearest(word.name, tuple(takes), f"it takes: {', '.join(takes) or 'nothing'}")
            raise NotUnderstood(f"{verb} takes no {word.name!r}", hint)
        else:
            name = _next(takes, given, last, word, verb)
        taken = split[at + ahead - 1]
        items = list(taken.items) if _is_list(takes[name][0]) else [taken.text]
        given[name] = [*given.get(name, []), *items]
        at += ahead
    return {name: _value(takes[name][0], values) for name, values in given.items()}


def _rest(text: str, name: str) -> str:
    """`sql=SELECT …` and `SELECT …` are the same."""
    return whole(text.strip().removeprefix(f"{name}=").removeprefix(f"{name}: "))


def _names(word: Word, takes: Mapping[str, Any], last: str) -> bool:
    """Whether a bare word is the name of a parameter; free text is never taken for one."""
    name = word.text.rstrip(":")
    if word.quoted or word.name or name not in takes or name == last:
        return False
    return last in ("", "sql") or word.text.endswith(":")


def _next(takes: Mapping[str, tuple[Any, bool]], given: Mapping[str, Any], last: str, word: Word, verb: str) -> str:
    free = [name for name in takes if name not in given and name != last]
    if free:
        return free[0]
    ends = list(takes)[-1:]
    if ends and _is_list(takes[ends[0]][0]):
        return ends[0]
    raise NotUnderstood(f"{word.text!r} is one word too many", f"`{usage(verb)}`")


def _is_list(kind: Any) -> bool:
    return get_origin(kind) is tuple


def _value(kind: Any, values: Sequence[str]) -> Any:
    if _is_list(kind):
        return list(values)
    return values[-1].removesuffix("%") if kind is int else values[-1]


def usage(verb: str) -> str:
    """How an action is written: `roll_back SERVICE [to=…]`."""
    takes = parameters(ACTIONS[verb])
    needed = [name.upper() for name, (_, required) in takes.items() if required and name != rest_of(verb)]
    wanted = [f"[{name}=…]" for name, (_, required) in takes.items() if not required and name != rest_of(verb)]
    last = rest_of(verb)
    ends = [last.upper() if takes[last][1] else f"[{last.upper()}]"] if last else []
    return " ".join([verb, *needed, *wanted, *ends])


def written(action: Action) -> str:
    """The line that means this action."""
    given, last = arguments_of(action), rest_of(action.name)
    ends = [str(given[last]), quoted(str(given[last]))] if last in given else [""]
    for word in (plainly, quoted):
        said = [*_said(action, given, word)]
        for end in ends:
            line = " ".join([action.name, *said, *([end] if last in given else [])])
            if _means(line, action):
                return line
    raise AssertionError(action)


def _said(action: Action, given: Mapping[str, Any], word: Callable[[str], str]) -> Iterator[str]:
    """The parameters before the rest of the line: what is needed by its place, the others by name."""
    last = rest_of(action.name)
    for name, (_, needed) in sorted(parameters(type(action)).items(), key=lambda item: not item[1][1]):
        if name in given and name != last:
            value = given[name]
            items = value if isinstance(value, list) else [str(value).lower() if value in (True, False) else str(value)]
            listed = ",".join(map(word, items))
            yield listed if needed and listed else f"{name}={listed}"


def _means(line: str, action: Action) -> bool:
    """Whether a line, handed over as one, is this action."""
    try:
        return line.isprintable() and parse(line) == Do(action)
    except NotUnderstood:
        return False
