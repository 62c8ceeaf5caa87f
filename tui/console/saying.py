"""What is typed in the room: commands, hypotheses, hints, times, names of files; and what is said back."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tui.console import acting
from tui.console.screens.chooser import Chooser, Question
from tui.console.widgets.pane import Pane
from tui.views.spans import DIM, OK, STRONG, WARN, Row, row, rows_of

if TYPE_CHECKING:
    from tui.console.screens.room import Room
    from tui.live import Live
    from tui.views.observer import Observer


def command(room: "Room", typed: str = "") -> None:
    """A line of the grammar, completed while it is typed."""

    def offer(line: str) -> list[Row]:
        from tui.completion import completion

        frame = room.memory.frame
        found = completion(line, frame.world) if frame is not None else []
        return [row(one, key=one) for one in found[:200]]

    def about(line: str) -> tuple[Row, ...]:
        return _meaning(room, line)

    room.app.push_screen(
        Chooser(
            "Command", offer, about=about, free=True, leads=False, typed=typed, hint="like: roll_back shop to=v2.3.0"
        ),
        lambda line: carry_out(room, line) if line else None,
    )


def _meaning(room: "Room", line: str) -> tuple[Row, ...]:
    from tui.grammar import OWN, Do, NotUnderstood, parse, usage
    from tui.views.preview import about, preview

    verb = line.strip().partition(" ")[0]
    try:
        meant = parse(line)
    except NotUnderstood as problem:
        from sim.catalogue import ACTIONS

        known = (row(("usage ", DIM), usage(verb)), *about(verb)) if verb in ACTIONS else ()
        return (*known, row((problem.what, WARN), (f" – {problem.hint}" if problem.hint else "", DIM)))
    if isinstance(meant, Do):
        from sim.catalogue import arguments_of

        frame = room.memory.frame
        name, given = meant.action.name, arguments_of(meant.action)
        rows = preview(frame.world, name, given)[0] if frame is not None and not meant.action.looks else ()
        return (*rows, *about(name))
    return (row(OWN.get(verb, "")),)


def carry_out(room: "Room", line: str) -> None:
    """What a line means, done."""
    from sim.catalogue import arguments_of
    from tui.grammar import Do, NotUnderstood, Predict, Wait, parse

    try:
        meant = parse(line)
    except NotUnderstood as problem:
        room.say(f"{problem.what}{f' – {problem.hint}' if problem.hint else ''}", WARN)
        return
    match meant:
        case Do(action=action):
            _do(room, action.name, arguments_of(action))
        case Predict(effects=effects):
            room.console.ask(_predicting(dict(effects)), room.answered)
        case Wait(span_ms=span_ms):
            room.console.ask(_waiting(span_ms), room.answered)
        case None:
            pass
        case own:
            _own(room, own.word, own.rest)


def _do(room: "Room", name: str, arguments: dict[str, Any]) -> None:
    """Destroying something wants its target typed, however it was asked for."""
    from sim.catalogue import ACTIONS, make
    from tui.views.irrevocable import takes_away, target

    action, frame = make(name, arguments), room.memory.frame
    if ACTIONS[name].looks:
        title = f"{name} {arguments.get('what', '')}".strip()
        room.look(name, arguments, lambda text: room.read(title, rows_of(text), wraps=False))
    elif frame is not None and takes_away(frame.world, action):
        wanted = target(action)
        rows = _meaning(room, _line(name, arguments))

        def take(typed: str | None) -> None:
            if typed is not None:
                room.do(name, arguments)

        room.app.push_screen(Question("DESTRUCTIVE", (*rows, row(f"Type {wanted} to do it.")), wanted=wanted), take)
    else:
        room.do(name, arguments)


def _line(name: str, arguments: dict[str, Any]) -> str:
    from sim.catalogue import make
    from tui.grammar import written

    return written(make(name, arguments))


def _predicting(effects: dict[str, Any]) -> Any:
    def predict(live: "Live", _: "Observer") -> acting.Told:
        from tui.live import NotNow

        try:
            live.predict(effects)
        except NotNow as why:
            return "predict", str(why), WARN
        return f"your next action: errors {effects['errors']}, {effects['confidence']} % sure", "", OK

    return predict


def _waiting(span_ms: int) -> Any:
    def wait(live: "Live", _: "Observer") -> acting.Told:
        from tui.live import NotNow

        try:
            live.wait(span_ms)
        except NotNow as why:
            return "wait", str(why), WARN
        return "time has passed", "", OK

    return wait


def _own(room: "Room", word: str, rest: str) -> None:
    """What is said to the program itself has a key, too."""
    simple: dict[str, Callable[[], None]] = {
        "briefing": room.action_details,
        "explain": room.action_why,
        "quit": room.action_leave,
        "timeline": lambda: room.action_panel(3),
        "news": lambda: room.action_panel(3),
        "status": lambda: summary(room),
        "finish": lambda: finish(room),
    }
    if word in simple:
        simple[word]()
    elif word == "help":
        room.app.action_keys()  # type: ignore[attr-defined]
    elif word in ("pause", "go"):
        room.console.ask(_running(word == "go"), room.answered)
    elif word == "speed":
        room.console.ask(_speed(rest), room.answered)
    elif word in ("support", "refute"):
        mark(room, rest, "supported" if word == "support" else "refuted")
    elif word == "preview":
        room.read(f"preview: {rest}", _meaning(room, rest))
    else:
        room.say(f"{word}: here is a key for it; ? shows them all")


def _running(wanted: bool) -> Any:
    """Let the clock run, or stop it."""

    def change(live: "Live", observer: "Observer") -> acting.Told:
        return acting.paused(live, observer) if live.paused == wanted else ("the clock is as it was", "", DIM)

    return change


def _speed(rest: str) -> Any:
    def change(live: "Live", _: "Observer") -> acting.Told:
        from tui.live import NotNow

        try:
            live.at_speed(float(rest))
        except (NotNow, ValueError) as why:
            return "speed", str(why), WARN
        return f"{live.speed:g} simulated seconds for each real one", "", OK

    return change


def mark(room: "Room", which: str, state: str) -> None:
    """Support or refute a hypothesis, by its number or its words."""
    frame = room.memory.frame
    ideas = [one.key for one in frame.thoughts if one.key] if frame is not None else []
    number = int(which) - 1 if which.isdigit() else -1
    says = ideas[number] if 0 <= number < len(ideas) else next((one for one in ideas if which and which in one), "")
    if says:
        room.do("hypothesis", {"says": says, "state": state})
    else:
        room.say(f"there is no hypothesis {which!r}; panel 7 has the board", WARN)


def summary(room: "Room") -> None:
    """Every chart in a sentence."""
    from tui.views.moments import wall
    from tui.views.sentences import chart_line, truth_line

    if (frame := room.memory.frame) is not None:
        charts = [chart_line(one, lambda at_ms: wall(frame.world.scenario, at_ms)) for one in frame.charts]
        room.read("Status", [row(one) for one in (truth_line(frame.truth), *charts)])


def finish(room: "Room") -> None:
    """Let the story run to its end."""
    room.console.ask(lambda live, _: live.to_the_end())


def idea(room: "Room") -> None:
    """A hypothesis."""

    def take(says: str | None) -> None:
        if says:
            room.do("hypothesis", {"says": says})

    room.app.push_screen(Question("What do you take to be the cause?", hint="panel 7 has the board"), take)


def note(room: "Room") -> None:
    """Something to remember."""

    def take(text: str | None) -> None:
        if text:
            room.do("note", {"text": text})

    room.app.push_screen(Question("Note", hint="panel 7 has them all"), take)


def hint(room: "Room") -> None:
    """What about, and what it costs, before anything is said."""

    def matters(live: "Live", _: "Observer") -> list[tuple[str, str, str, int]]:
        from sim.thinking import next_hint

        key, entries = live.session.loaded.key, live.session.journal.entries
        return [] if key is None else [(name, one.about, *next_hint(name, entries)) for name, one in key.hints.items()]

    def choose(known: list[tuple[str, str, str, int]]) -> None:
        offers = [row((f"-{price:<3} ", WARN), (f"{name}  ", STRONG), about, (f"  ({tier})", DIM), key=name)
                  for name, about, tier, price in known]  # fmt: skip

        def take(chosen: str | None) -> None:
            if chosen:
                room.do("hint", {"about": chosen})

        title = "A hint about what? In front is its price, in points"
        room.app.push_screen(Chooser(title, lambda typed: [one for one in offers if typed in one.text]), take)

    room.console.ask(matters, choose)


def why(room: "Room", text: str, about: str) -> None:
    """PostgreSQL's message and the statement behind each error; that of the row under the cursor, if it has one."""
    from tui.views.answers import probe_rows
    from tui.views.errors import explained

    error = next((one for one in about.split() if len(one) == 5 and one.isalnum() and one.upper() == one), "")
    title = "Why requests failed, in the last minute" + (f": {error}" if error else "")
    room.read(title, probe_rows(explained(text, error)))


def watch(room: "Room", sql: str) -> None:
    """Keep a query that gives one number."""

    def take(name: str | None) -> None:
        if name:
            room.look("watch", {"called": name, "sql": sql}, lambda _: room.say("kept; w"))

    if sql:
        room.app.push_screen(Question("Keep this query as a chart, called", hint="one word"), take)
    else:
        room.say("write the query into the SQL panel first; it gives one number")


def goto(room: "Room") -> None:
    """Logs at a time."""

    def take(typed: str | None) -> None:
        from sim.clock import millis

        try:
            room.go_to(millis(typed or ""))
        except ValueError as problem:
            room.say(str(problem), WARN)

    room.app.push_screen(Question("Go to which moment, from the start of the clock?", hint="like 12m or 1h5m"), take)


def save(room: "Room", pane: Pane) -> None:
    """What a list shows, to a new file."""
    from pathlib import Path

    def take(name: str | None) -> None:
        if name:
            try:
                with Path(name).open("x", encoding="utf-8") as file:
                    file.writelines(f"{one.text}\n" for one in pane.shown)
            except OSError as problem:
                room.say(f"{name}: {problem.strerror}", WARN)
            else:
                room.say(f"written: {name}", OK)

    room.app.push_screen(Question(f"Write {pane.title} to which file?", hint="a new file"), take)


def leave(room: "Room") -> None:
    """To the lobby, or out."""
    offers = [
        row(("stay", STRONG), key="stay"),
        row(("to the lobby", STRONG), ("; the run can be resumed with r", DIM), key="lobby"),
        row(("quit", STRONG), ("; `rehearse play --resume` goes on", DIM), key="quit"),
        row(("finish", STRONG), ("; let the story run to its end, and debrief", DIM), key="finish"),
    ]

    def take(chosen: str | None) -> None:
        if chosen == "quit":
            room.app.exit()
        elif chosen == "lobby":
            room.console.drop()
            room.app.pop_screen()
        elif chosen == "finish":
            finish(room)

    room.app.push_screen(Chooser("Leave?", lambda typed: [one for one in offers if typed in one.text]), take)
