"""Every key and what it does: the one list that bindings, footer, help and docs read."""

from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True)
class Key:
    """A key action: which keys, the method it calls, what it does, and whether the footer has room for it.

    `short` is how the footer says it; without one it stands in the help only.
    """

    keys: str
    action: str
    says: str
    short: str = ""
    shown: str = ""

    @property
    def cap(self) -> str:
        """How the key is written on a keyboard."""
        return self.shown or _CAPS.get(self.keys.split(",")[0], self.keys.split(",")[0])


_CAPS = {
    "slash": "/", "colon": ":", "question_mark": "?", "space": "space", "escape": "esc", "plus": "+", "minus": "-",
    "equals_sign": "=", "left_square_bracket": "[", "right_square_bracket": "]", "less_than_sign": "<",
    "greater_than_sign": ">", "full_stop": ".", "comma": ",",
}  # fmt: skip

PANELS = ("Overview", "Logs", "Timeline", "Changes", "SQL", "Comms", "Notes", "Look")

GUIDE = {
    1: "Four charts on one time axis: dotted is what was usual, dashed what the SLO allows. n lets time "
    "pass until something happens.",
    2: "What fails, as it comes in. o puts together what says the same; x says why, with the statement behind it.",
    3: "What happened and what you decided. enter on a line shows the log of that moment.",
    4: "What was shipped. enter on a change shows its diff; the changelog says what the migration tool really ran.",
    5: "Questions to a copy of the database: nothing you ask here changes anything. f5 asks.",
    6: "Who wrote, and how things stand. u tells people what you know; a pages somebody.",
    7: "What you take to be the cause, and whether what you saw supports or refutes it.",
    8: "Everything else that can be read. Looking is free and changes nothing.",
}
EVERYWHERE = (
    Key("question_mark,f1,ctrl+p", "keys", "show all keys and commands; choosing one does it", "Help", "?"),
    Key("f6", "theme", "change between dark, light and the terminal's own colours"),
)
ROOM = (
    Key("a,f2", "act", "act: choose, fill in, see what it would do, confirm", "Act"),
    Key("p,f3", "predict", "say what your next action will do to errors, then act", "Predict"),
    Key("colon", "command", "type a command, as in `rehearse play --plain`", "Command"),
    Key("slash", "filter", "show only rows with some text", "Filter"),
    Key("space", "hold", "hold the view still while the incident goes on; again to follow", "Hold"),
    Key("n", "skip", "let time pass until something happens that you would hear of", "Skip"),
    Key("full_stop", "pause", "stop the clock, and let it go on (not in an exam)", "Pause"),
    Key("u", "update", "post an update", "Update"),
    Key("i", "idea", "write down what you take to be the cause", "Idea"),
    Key("N", "note", "write something down", ""),
    Key("h", "hint", "take a hint; its price is said first", "Hint"),
    Key("m", "comms", "read the messages"),
    Key("x", "why", "why did this fail: what PostgreSQL or the code says, and the statement behind it", "Why"),
    Key("e", "scope", "charts of the next endpoint, or of all together", "Endpoint"),
    Key("w", "charts", "the next four charts: jobs and kept queries", ""),
    Key("plus,equals_sign", "zoom(-1)", "see less of the past, in more detail", shown="+"),
    Key("minus", "zoom(1)", "see more of the past", shown="-"),
    Key("z", "big", "show one chart alone, the next, and all again"),
    Key("l", "level", "the least important log lines to show: INFO, WARN, ERROR", "Level"),
    Key("o", "group", "put log lines together that say the same", ""),
    Key("right_square_bracket", "hunk(1)", "the next hunk of a diff", ""),
    Key("left_square_bracket", "hunk(-1)", "the hunk before", ""),
    Key("t", "goto", "go to a moment in logs and timeline, like 12m", ""),
    Key("r", "again", "look again at what this panel shows", ""),
    Key("d", "details", "what was done: the briefing again", ""),
    Key("y", "copy", "copy the row under the cursor", ""),
    Key("Y", "save", "write what this panel shows to a file", ""),
    Key("greater_than_sign", "faster(2)", "twice as fast"),
    Key("less_than_sign", "faster(0.5)", "half as fast"),
    Key("f5,ctrl+j", "run_query", "ask the replica what stands in the SQL panel", "", "f5"),
    Key("ctrl+r", "history", "bring back the query before", ""),
    Key("f4", "watch_query", "keep the query, as a chart", "", "f4"),
    Key("c", "cancel_task", "cancel what is under way, where reality can", ""),
    Key("f10", "resolve", "claim that it is over; whether it is, is computed", "", "f10"),
    Key("escape", "back", "back to where the keys work, or to the overview; it never leaves", ""),
    Key("q", "leave", "leave; it is asked first, and the run can be resumed", "Quit"),
    *(Key(f"{at},alt+{at}", f"panel({at})", f"show {name}") for at, name in enumerate(PANELS, 1)),
)
LOBBY = (
    Key("slash", "filter", "show only scenarios with some text", "Filter"),
    Key("d", "mode", "drill, guided, or exam", "Mode"),
    Key("greater_than_sign", "faster(1)", "faster", "Faster"),
    Key("less_than_sign", "faster(-1)", "slower", "Slower"),
    Key("s", "seed", "which of the possible incidents: type a number", "Seed"),
    Key("r", "resume", "go on with the last run that was left", "Resume"),
    Key("q", "leave", "leave", "Quit"),
)
QUESTIONS = (
    Key("enter", "choose", "answer with the row under the cursor", "Answer"),
    Key("escape,f10", "done", "no more answers: what was it?", "Debrief"),
)
DEBRIEF = (
    Key("1", "part(0)", "what came out", "Result"),
    Key("2", "part(1)", "five axes, and what each rests on; enter shows the moment", "Score"),
    Key("3", "part(2)", "everything that was decided, and what followed", "Timeline"),
    Key("4", "part(3)", "questions; enter answers", "Questions"),
    Key("5", "part(4)", "what was thought and predicted", "Thoughts"),
    Key("6", "part(5)", "what really happened, the expert's way, and the traps", "Truth"),
    Key("7", "part(6)", "the run again without each decision", "What if"),
    Key("r", "retry", "the same scenario with another seed", "Retry"),
    Key("x", "export", "write the debrief to a file", "Export"),
    Key("w", "commitment", "write: when …, I will …", "When/Then"),
    Key("escape,q", "leave", "back to the lobby", "Lobby"),
)


def bindings(keys: tuple[Key, ...]) -> list[BindingType]:
    """What Textual is told of them; an id makes each of them one that can be given other keys."""
    return [Binding(one.keys, one.action, one.says, show=False, id=one.action) for one in keys]
