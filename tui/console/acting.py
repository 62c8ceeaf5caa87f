"""From a key to a deed: what is asked of the worker, and the boxes that lead there."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tui.console.screens.chooser import Chooser, Question
from tui.views.spans import DIM, ERR, OK, STRONG, WARN, Row, row

if TYPE_CHECKING:
    from tui.console.screens.room import Room
    from tui.live import Live
    from tui.views.observer import Observer

Told = tuple[str, str, str]
NOW, FIRST = "do it now", "predict first"
DIRECTIONS = ("down", "unchanged", "up")


def reading(name: str, arguments: Mapping[str, Any]) -> "Callable[[Live, Observer], str]":
    """Read something, in the worker."""

    def read(live: "Live", _: "Observer") -> str:
        from sim.catalogue import make
        from tui.live import NotNow

        try:
            return live.do(make(name, arguments)).text
        except (NotNow, ValueError) as why:
            return f"refused: {why}"

    return read


def doing(
    name: str, arguments: Mapping[str, Any], expected: Mapping[str, Any] | None = None
) -> "Callable[[Live, Observer], Told]":
    """Do something, in the worker; the answer is a title, what was said, and its tone."""

    def do(live: "Live", _: "Observer") -> Told:
        from sim.catalogue import make
        from tui.live import NotNow
        from tui.views.moments import deed

        title = "time has passed" if name == "skip_to" else deed(name, dict(arguments))
        try:
            if expected is not None:
                live.predict(expected)
            answer = live.do(make(name, arguments))
        except (NotNow, ValueError) as why:
            return title, str(why), WARN
        if answer.refused:
            first = answer.refused[0]
            return title, f"refused: {first.why}{f' – {first.hint}' if first.hint else ''}", WARN
        return title, answer.text or _came(live, name), OK

    return do


def _came(live: "Live", name: str) -> str:
    """What a thought gave, or that a deed is under way."""
    from sim.facts import HintTaken

    last = live.session.journal.entries[-1].fact
    if isinstance(last, HintTaken):
        return f"{last.text} (-{last.price} points)"
    return "" if name in ("hypothesis", "skip_to", "answer", "note") else "begun; the timeline says what comes of it"


def read_mail(_: "Live", observer: "Observer") -> None:
    """What has come in has been read."""
    observer.read_mail()


def paused(live: "Live", _: "Observer") -> Told:
    """Stop the clock, or let it go on."""
    from tui.live import NotNow

    try:
        live.go() if live.paused else live.pause()
    except NotNow as why:
        return "pause", str(why), WARN
    return ("the clock stands", "", WARN) if live.paused else ("the clock runs", "", OK)


def at_speed(by: float) -> "Callable[[Live, Observer], Told]":
    """So much faster."""

    def change(live: "Live", _: "Observer") -> Told:
        from tui.live import FASTEST, NotNow

        try:
            live.at_speed(min(FASTEST, max(1.0, live.speed * by)))
        except NotNow as why:
            return "speed", str(why), WARN
        return f"{live.speed:g} simulated seconds for each real one", "", OK

    return change


def briefed(live: "Live", _: "Observer") -> tuple[Row, ...]:
    """The briefing."""
    from tui.views.briefing import briefing

    return briefing(live.session.loaded)


def questions(live: "Live", _: "Observer") -> Any:
    """What is asked before the run is sealed."""
    from tui.views.debrief import questions as asked

    return asked(live.session)


def finished(live: "Live", _: "Observer") -> Any:
    """Sum up and seal."""
    from tui.views.debrief import debrief

    live.finish()
    return debrief(live)


def act(room: "Room", name: str = "", expected: Mapping[str, Any] | None = None) -> None:
    """Choose, unless it is clear already; then fill in."""
    from tui.views.preview import about, deeds, described

    def offer(typed: str) -> list[Row]:
        return [described(one) for one in deeds() if typed.lower().replace(" ", "_") in one]

    def chosen(name: str | None) -> None:
        if name:
            Filling(room, name, expected).ask()

    if name:
        chosen(name)
    else:
        title = "Act – type to filter" + (f" – predicted: errors {expected['errors']}" if expected else "")
        room.app.push_screen(Chooser(title, offer, about=about), chosen)


class Filling:
    """An action on its way to being done: what it was given so far."""

    def __init__(self, room: "Room", name: str, expected: Mapping[str, Any] | None = None) -> None:
        from sim.catalogue import ACTIONS, parameters

        self._room, self._name, self._expected = room, name, expected
        self._takes = parameters(ACTIONS[name])
        self._given: dict[str, Any] = {}

    def ask(self) -> None:
        """The next thing that it needs, or whether to do it."""
        missing = next((name for name, (_, needed) in self._takes.items() if needed and name not in self._given), None)
        if missing is None:
            self._confirm()
        else:
            self._fill(missing)

    def _fill(self, parameter: str) -> None:
        from tui.completion import values

        frame = self._room.memory.frame
        known = values(self._name, parameter, frame.world) if frame is not None else []
        several = self._takes[parameter][0] not in (str, int, bool)

        def offer(typed: str) -> list[Row]:
            last = typed.rpartition(",")[2].strip() if several else typed
            return [row(one, key=one) for one in dict.fromkeys(known) if last.lower() in one.lower()]

        def take(value: str | None) -> None:
            if value:
                self._given[parameter] = [one.strip() for one in value.split(",")] if several else value
            if value is not None or not self._takes[parameter][1]:
                self.ask()

        hint = "several with commas" if several else ("type, or choose" if known else "type it")
        title = f"{self._line()} – {parameter}?"
        self._room.app.push_screen(Chooser(title, offer, free=True, hint=hint), take)

    def _line(self) -> str:
        from tui.views.moments import deed

        return deed(self._name, self._given)

    def _confirm(self) -> None:
        """What it would do; more to say; now, or with a prediction first."""
        rest = [name for name, (_, needed) in self._takes.items() if not needed]
        offers = [row((NOW, STRONG), key=NOW)]
        if self._expected is None:
            offers.append(row((FIRST, STRONG), (", and be held to it", DIM), key=FIRST))
        offers += [row(f"{name}: ", (str(self._given.get(name, "–")), DIM), key=name) for name in rest]

        def take(chosen: str | None) -> None:
            if chosen == NOW:
                self._surely()
            elif chosen == FIRST:
                predict(self._room, self._expecting)
            elif chosen:
                self._fill(chosen)

        title = f"{self._line()} – enter does it"
        offer = lambda typed: [one for one in offers if typed.lower() in one.text.lower()]  # noqa: E731
        self._room.app.push_screen(Chooser(title, offer, about=lambda _: self._preview()), take)

    def _expecting(self, expected: Mapping[str, Any]) -> None:
        self._expected = expected
        self._confirm()

    def _preview(self) -> tuple[Row, ...]:
        from tui.views.preview import about, preview

        frame = self._room.memory.frame
        rows = preview(frame.world, self._name, self._given)[0] if frame is not None else ()
        return (*rows, *about(self._name)[2:])

    def _surely(self) -> None:
        """What destroys something wants its target typed."""
        from sim.catalogue import make
        from tui.views.irrevocable import takes_away, target

        frame = self._room.memory.frame
        try:
            action = make(self._name, self._given)
        except ValueError as mistake:
            self._room.say(str(mistake), WARN)
            return
        if frame is None or not (lost := takes_away(frame.world, action)):
            self._do()
            return
        wanted = target(action)

        def take(typed: str | None) -> None:
            if typed is not None:
                self._do()

        rows = (row((f"{self._line()}", STRONG)), row(""), *self._preview(), row(""),
                row(("This cannot be undone: ", ERR), f"{lost}. Type {wanted} to do it."))  # fmt: skip
        self._room.app.push_screen(Question("DESTRUCTIVE", rows, wanted=wanted), take)

    def _do(self) -> None:
        self._room.glance()
        self._room.console.ask(doing(self._name, self._given, self._expected), self._room.answered)


def predict(room: "Room", then: Callable[[Mapping[str, Any]], None] | None = None) -> None:
    """Where errors will go, and how sure one is; then the action."""

    def sure(direction: str | None) -> None:
        if direction is None:
            return

        def take(confidence: str | None) -> None:
            if confidence is None or not confidence.rstrip(" %").isdigit() or int(confidence.rstrip(" %")) > 100:
                return
            expected = {"errors": direction, "confidence": confidence.rstrip(" %")}
            if then is not None:
                then(expected)
            else:
                act(room, expected=expected)

        def offer(typed: str) -> list[Row]:
            return [row(f"{one} %", key=str(one)) for one in (50, 60, 70, 80, 90, 95) if str(one).startswith(typed)]

        title = f"errors {direction} – how sure, in percent?"
        room.app.push_screen(Chooser(title, offer, free=True, hint="0 to 100"), take)

    offers = [row((f"errors go {one}" if one != "unchanged" else "errors stay unchanged", STRONG), key=one)
              for one in DIRECTIONS]  # fmt: skip
    room.app.push_screen(
        Chooser("What will your next action do, within five minutes?",
                lambda typed: [one for one in offers if typed.lower() in one.text]), sure
    )  # fmt: skip


def cancel(room: "Room") -> None:
    """What is under way, where reality can stop it: roll-outs and statements."""
    frame = room.memory.frame
    if frame is None:
        return
    world = frame.world
    offers = [row(f"roll-out of {name}", key=f"cancel {name}") for name, state in world.serving.items()
              if state.rollout is not None or state.restarting]  # fmt: skip
    offers += [row(f"statement of {name}", key=f"cancel_statement {name}") for name in world.running]

    def take(chosen: str | None) -> None:
        if chosen:
            name, _, what = chosen.partition(" ")
            room.do(name, {"service" if name == "cancel" else "session": what})

    if offers:
        room.app.push_screen(Chooser("Cancel what?", lambda typed: [one for one in offers if typed in one.text]), take)
    else:
        room.say("nothing is under way that could be cancelled")
