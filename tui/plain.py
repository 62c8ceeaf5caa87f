"""The line-by-line front end: one line in, some lines out; no cursor is moved and no colour is needed.

Screen readers, dumb terminals, pipes and scripts speak it, and so may a program that plays.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.actions.hint import Hint
from sim.actions.hypothesis import Hypothesis
from sim.actions.look import Look
from sim.actions.skip_to import SkipTo
from sim.catalogue import arguments_of
from sim.clock import show
from sim.errors import nearest
from sim.facts import Asked, HintTaken, HypothesisHeld, Predicted, Refused, StageBegan, StatementRan
from sim.thinking import next_hint
from tui.completion import values
from tui.grammar import Do, NotUnderstood, Own, Predict, Wait, parse, written
from tui.live import Live, Mode, NotNow
from tui.views import ending, guide, help, sentences  # noqa: A004 - it is what it is called
from tui.views.aim import Aim, Pace
from tui.views.errors import explained
from tui.views.irrevocable import takes_away, target
from tui.views.moments import moments, wall
from tui.views.observer import Observer
from tui.views.preview import preview
from tui.views.symbols import ASCII

if TYPE_CHECKING:
    from sim.actions.base import Action
    from sim.journal import Entry

Say = Callable[[str], None]
_YES = " yes"
_QUIET = ("migration ", "job ")
"""Sessions whose statements nobody is told of; the changelog and the migration log have them."""


class Plain:
    """Takes typed lines to a live run, and says in lines what comes of them."""

    def __init__(self, live: Live, say: Say, *, sure: bool = False) -> None:
        self.live, self.say, self._sure = live, say, sure
        self._observer = Observer(live.session, ASCII)
        self._asked: Action | None = None
        self._nudged_ms = live.now_ms
        self._ended = self.left = self.finished = False
        self._own: dict[str, Callable[[str], None]] = {
            "help": lambda rest: say(help.about(rest) if rest else help.overview()),
            "briefing": lambda _: self.brief(), "status": lambda _: self._status(), "explain": self._explain,
            "preview": self._preview, "news": lambda _: self._no_news(), "timeline": lambda _: self._timeline(),
            "support": lambda rest: self._judge(rest, "supported"), "refute": lambda rest: self._judge(rest, "refuted"),
            "questions": lambda _: self._questions(), "pause": lambda _: self._pause(), "go": lambda _: self._go(),
            "speed": self._speed, "yes": lambda _: self._nothing_asked(), "no": lambda _: self._nothing_asked(),
            "finish": lambda _: self._finish(), "quit": lambda _: self._quit(),
        }  # fmt: skip

    def begin(self, *, again: bool = False) -> None:
        """What somebody must know who sits down to it; of a run that goes on, less."""
        scenario, live = self.live.session.loaded.scenario, self.live
        self.say(f"{scenario.title} – {scenario.id}, seed {live.session.seed}, {live.mode}")
        if not again:
            self.brief()
        since = "this run goes on" if again else "you take over"
        self.say(f"It is {show(live.now_ms)} on the clock: {since}. `help` lists what can be typed.")
        self.news(quiet=again)

    def brief(self) -> None:
        """The briefing, and what done means."""
        loaded = self.live.session.loaded
        self.say("\n".join([loaded.briefing.strip(), "", sentences.done_line(loaded.scenario)]).strip())

    def typed(self, line: str) -> None:
        """Do what a line means, and say what came of it and what happened meanwhile."""
        try:
            self._take(line)
        except NotUnderstood as mistake:
            self.say(f"not understood: {mistake}")
        except NotNow as refusal:
            self.say(f"not now: {refusal}")
        if not self.finished and not self.left:
            self.news()

    def _take(self, line: str) -> None:
        asked, self._asked = self._asked, None
        if asked is not None and line.strip() in ("yes", target(asked)):
            self._do(asked)
            return
        if asked is not None:
            self.say(f"not done: {written(asked)}")
            if line.strip() in ("", "no"):
                return
        match parse(line):
            case None:
                return
            case Do(action):
                self._meant(action)
            case Predict(effects):
                self.live.predict(effects)
                self.say("noted; it goes with the next action that changes something")
            case Wait(span_ms):
                self.live.wait(span_ms)
            case Own(word, rest):
                self._own[word](rest)

    def _meant(self, action: "Action") -> None:
        """An action, once it is certain that it is meant."""
        if isinstance(action, Hint):
            self._hint(action)
            return
        world = self.live.session.engine.world.but(now_ms=self.live.now_ms)
        lost = "" if action.looks or action.thinks or self._sure or self.live.over else takes_away(world, action)
        if lost:
            self._asked = action
            self._preview(written(action))
            self.say(f"This cannot be undone: {lost}. Type `{target(action)}` to do it, anything else not to.")
            return
        self._do(action)

    def _do(self, action: "Action") -> None:
        came = self.live.do(action)
        if came.text:
            self.say(came.text)
        for refused in came.refused:
            self.say(f"refused: {refused.why}{self._instead(action, refused)}")
        if not came.refused and not action.looks and not isinstance(action, SkipTo):
            takes = "" if action.thinks or action.takes == "no time" else f"; it takes: {action.takes}"
            self.say(f"done: {written(action)}{takes}")

    def _instead(self, action: "Action", refused: Refused) -> str:
        """The nearest name that would do, or the hint that came with the refusal."""
        session = self.live.session
        for name, given in arguments_of(action).items():
            known = values(action.name, name, session.engine.world, session.loaded.key)
            if isinstance(given, str) and given not in known and repr(given) in refused.why:
                return f"; {nearest(given, known, refused.hint)}"
        return f"; {refused.hint}" if refused.hint else ""

    def _hint(self, action: Hint) -> None:
        """The price first; `hint X yes` takes it."""
        about, certain = action.about.strip(), self._sure
        if about == "yes" or about.endswith(_YES):
            about, certain = about.removesuffix("yes").strip(), True
        key, entries = self.live.session.loaded.key, self.live.session.journal.entries
        hints = {} if key is None else key.hints
        about = next(iter(hints)) if not about and len(hints) == 1 else about
        if about in hints and not certain and self.live.sells_hints:
            tier, price = next_hint(about, entries)
            self.say(f"{about}: {hints[about].about} A {tier} costs {price} points. `hint {about} yes` takes it.")
            return
        known = len(entries)
        self._do(Hint(about=about))
        for entry in entries[known:]:
            if isinstance(entry.fact, HintTaken):
                self.say(f"{entry.fact.tier} ({entry.fact.price} points): {entry.fact.text}")

    def _judge(self, rest: str, state: str) -> None:
        """A hypothesis by its number or by its words."""
        entries = self.live.session.journal.entries
        held = list(dict.fromkeys(entry.fact.says for entry in entries if isinstance(entry.fact, HypothesisHeld)))
        if rest.isdigit() and 1 <= int(rest) <= len(held):
            rest = held[int(rest) - 1]
        elif rest not in held:
            numbered = "; ".join(f"{number} {says}" for number, says in enumerate(held, start=1))
            hint = nearest(rest, held, numbered or "write one down first: `hypothesis …`")
            raise NotUnderstood("which hypothesis?", hint)
        self._do(Hypothesis(says=rest, state=state))

    def _explain(self, error: str) -> None:
        self.say(explained(self.live.do(Look(what="logs")).text, error))

    def _preview(self, line: str) -> None:
        command = parse(line)
        if not isinstance(command, Do):
            raise NotUnderstood("preview which action?", "like `preview set_flag NAME 0`")
        action, world = command.action, self.live.session.engine.world.but(now_ms=self.live.now_ms)
        rows, possible = preview(world, action.name, arguments_of(action))
        self.say("\n".join([written(action), *(f"  {row.text}" for row in rows)]))
        if possible:
            self.say(f"  takes {action.takes}\n  risk  {action.risk}\n  undo  {action.undo}")

    def _status(self) -> None:
        live, scenario = self.live, self.live.session.loaded.scenario
        frame = self._observer.frame(Aim(), Pace(live.mode, live.speed, live.paused))
        self._observer.read_mail()
        charts = [sentences.chart_line(chart, lambda at_ms: wall(scenario, at_ms)) for chart in frame.charts]
        self.say("\n".join([sentences.truth_line(frame.truth), *charts, *(row.text for row in frame.standing)]))

    def _timeline(self) -> None:
        self.say("\n".join(self._told(self.live.session.journal.entries)) or "nothing has happened yet")

    def _told(self, entries: "list[Entry]") -> list[str]:
        scenario = self.live.session.loaded.scenario
        heard = [entry for entry in entries if not _unheard(entry)]
        return [f"{show(one.at_ms)} {one.word.lower()}: {one.text}" for one in moments(scenario, heard)]

    @property
    def has_news(self) -> bool:
        """Whether `news` would say anything."""
        ended = self.live.over and not self._ended
        return ended or bool(
            self._nudges() or any(self._told([entry]) for entry in self.live.untold if _is_news(entry))
        )

    def news(self, *, quiet: bool = False) -> None:
        """What has happened since the last line; in guided mode also what it means."""
        guided = self.live.mode is Mode.GUIDED
        for entry in self.live.fresh():
            told = [] if quiet or not _is_news(entry) else self._told([entry])
            said = guide.guidance(entry) if guided and told else ""
            for line in [*told, *([f"  guide: {said}"] if said else [])]:
                self.say(line)
        for said in [] if quiet else self._nudges():
            self.say(f"  guide: ask yourself: {said}")
        self._nudged_ms = self.live.now_ms
        if self.live.over and not self._ended:
            self._end()

    def _nudges(self) -> list[str]:
        guided = self.live.mode is Mode.GUIDED
        return guide.nudges(self.live.session.loaded.key, self._nudged_ms, self.live.now_ms) if guided else []

    def _no_news(self) -> None:
        self.say(f"It is {show(self.live.now_ms)}.")

    def _end(self) -> None:
        self._ended = True
        self.say(f"The story is over at {show(self.live.now_ms)}. `finish` sums up.")
        self._questions()

    def _questions(self) -> None:
        if not self.live.over:
            raise NotNow("the questions come when it is over")
        lines = self._open()
        self.say("\n".join([*lines, "`answer QUESTION CHOICE` answers one."]) if lines else "No question is open.")

    def _open(self) -> list[str]:
        session = self.live.session
        return ending.asked(session.loaded.key, session.journal.entries)

    def _pause(self) -> None:
        self.live.pause()
        self.say("the clock stands still; `go` lets it run")

    def _go(self) -> None:
        self.live.go()
        self.say("the clock runs" if self.live.running else "time passes when you say so: `wait 5m`, `skip`")

    def _speed(self, rest: str) -> None:
        try:
            speed = float(rest)
        except ValueError:
            raise NotUnderstood(f"{rest!r} is no speed", "like `speed 6`; 0 lets time pass when you say so") from None
        self.live.at_speed(speed)
        self.say(f"{speed:g} simulated seconds for each real one" if speed else "time passes when you say so")

    def _nothing_asked(self) -> None:
        self.say("nothing was asked")

    def _finish(self) -> None:
        """First to the story's own end and its questions; then what came of it, and where it is kept."""
        if not self.live.over:
            self.live.to_the_end()
            self.news()
            if self._open():
                return
        session = self.live.session
        result = self.live.finish()
        self.finished = True
        self.say("\n".join(ending.summed_up(result, session.loaded.key, session.journal.entries)))

    def _quit(self) -> None:
        self.left = True
        if self.live.path is not None:
            self.say(f"Left at {show(self.live.now_ms)}. `rehearse play --resume` goes on from here.")


def _unheard(entry: "Entry") -> bool:
    quiet = isinstance(entry.fact, StatementRan) and entry.fact.session.startswith(_QUIET)
    return quiet or isinstance(entry.fact, StageBegan)


def _is_news(entry: "Entry") -> bool:
    """Whether it came of itself; what somebody has just typed is no news to them."""
    return not isinstance(entry.fact, Asked | Refused | HintTaken | HypothesisHeld | Predicted)
