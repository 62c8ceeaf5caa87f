"""Whether a scenario is fair: what its key says can be seen is seen, and nothing is known to the key alone."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.actions.look import Look
from sim.catalogue import ACTIONS, parameters
from sim.clock import show, spell
from sim.errors import InvalidInput, NotModelled, Problem, nearest
from sim.judge.judge import Judge
from sim.play import PlayStep, read_steps
from sim.probes.catalogue import PROBES
from sim.scenario.key import Clue, Key
from sim.scenario.key_file import KeyFile
from sim.scenario.load import Loaded
from sim.scenario.raw import read_text
from sim.session import Progress, Session
from sim.stage import Stage

SEEDS = (1, 2, 3)
SEEDS_TRIED = 200
SIGNALS = ("metrics", "logs", "alerts", "jobs")  # what people write, they write because of the incident
CLUES_WANTED = 2
_SEES = ("find", "lacks")


@dataclass(frozen=True)
class Sight:
    """One step of a clue: what is done, and what its answer must show and must not."""

    clue: str
    number: int
    step: PlayStep
    find: str
    lacks: str

    @property
    def place(self) -> tuple[str | int, ...]:
        return ("clues", self.clue, "seen", self.number)

    @property
    def is_signal(self) -> bool:
        """Whether a quiet day answers it too."""
        return isinstance(self.step.action, Look) and self.step.action.what in SIGNALS

    def shown_by(self, answer: str) -> bool:
        text = answer.lower()
        return self.find.lower() in text and not (self.lacks and self.lacks.lower() in text)


def unfair(stage: Stage, calm: Loaded, file: KeyFile, tell: Progress) -> list[Problem]:
    """Everything that a trainee could not have seen, or could not have known; `calm` is the scenario's good day."""
    problems = [*_secrets(calm, file)]
    clues: dict[str, tuple[Sight, ...]] = {}
    for name, clue in file.key.clues.items():
        try:
            clues[name] = _sights(name, clue, file)
        except InvalidInput as error:
            problems += error.problems
    problems += _unseen(stage, clues, file, tell)
    return [*problems, *_thin(file, _everyday(calm, clues, stage.judge, tell))]


def experiments(file: KeyFile) -> Iterator[tuple[PlayStep, ...]]:
    """The steps of those clues that nobody sees without doing something."""
    for name, clue in file.key.clues.items():
        steps = tuple(sight.step for sight in _sights(name, clue, file))
        if not all(step.action.looks for step in steps):
            yield steps


def _thin(file: KeyFile, everyday: set[str]) -> Iterator[Problem]:
    """Conclusions that rest on a single clue, in any of the possible incidents, and skills that nothing calls for.

    What a good day shows as well may refute a suspicion; it shows nothing by itself.
    """
    clues = file.key.clues
    for name, conclusion in file.key.conclusions.items():
        telling = set(conclusion.clues) - everyday
        for when in [clues[clue].when for clue in conclusion.clues]:
            if len({clue for clue in telling if clues[clue].when in ({}, when)}) < CLUES_WANTED:
                where = file.marks.value(("conclusions", name, "clues"))
                hint = "let a second thing show it, so that who missed one may still get there"
                plain = _plain(everyday.intersection(conclusion.clues))
                yield Problem(where, f"{name!r} rests on fewer than two clues{plain}", hint)
                break
    for name, skill in file.key.skills.items():
        if everyday.issuperset(skill.clues):
            where = file.marks.value(("skills", name, "clues"))
            plain = _plain(everyday.intersection(skill.clues))
            yield Problem(where, f"nothing calls for {name!r}{plain}", "find what only this incident shows")


def _plain(clues: set[str]) -> str:
    return f" – a good day shows the same: {', '.join(sorted(clues))}" if clues else ""


def _sights(name: str, clue: Clue, file: KeyFile) -> tuple[Sight, ...]:
    """A clue's steps, ready to be carried out."""
    bare = [{key: value for key, value in step.items() if key not in _SEES} for step in clue.seen]
    place = ("clues", name, "seen")
    steps = read_steps(bare, place, file.marks)
    told = [tuple(str(step.get(key) or "") for key in _SEES) for step in clue.seen]
    where = file.marks.value((*place, len(steps) - 1))
    if not any(told[-1]):
        raise InvalidInput([Problem(where, "nothing says what is to be seen in the answer", "add `find: …` to it")])
    blind = [at for at, (step, see) in enumerate(zip(steps, told, strict=True)) if any(see) and not step.action.looks]
    if blind:
        what = f"{steps[blind[0]].action.name} answers nothing that could be read"
        where = file.marks.value((*place, blind[0]))
        raise InvalidInput([Problem(where, what, "let the last step look, query, grep or diff")])
    return tuple(Sight(name, at, step, *see) for at, (step, see) in enumerate(zip(steps, told, strict=True)))


def _unseen(stage: Stage, clues: Mapping[str, tuple[Sight, ...]], file: KeyFile, tell: Progress) -> Iterator[Problem]:
    """Clues whose steps, carried out, do not show what they say."""
    for seed, names in _by_seed(stage, file.key).items():
        tell(f"looking for the clues, seed {seed}")
        groups: dict[str, list[Sight]] = defaultdict(list)
        for name in (name for name in names if name in clues):
            only_looks = all(sight.step.action.looks for sight in clues[name])
            groups["" if only_looks else name] += clues[name]
        for group in groups.values():
            with stage.session(seed) as session:
                try:
                    yield from _carried_out(session, group, file)
                except NotModelled as gap:
                    place = file.marks.value(group[0].place)
                    yield Problem(place, f"with seed {seed}: {gap}", "a clue may not need what is not modelled")
    for name, clue in file.key.clues.items():
        if clue.when and not _fitting(stage, clue.when):
            where = file.marks.key(("clues", name, "when"))
            yield Problem(where, f"none of {SEEDS_TRIED} seeds draws this", "compare it with `params:`")


def _carried_out(session: Session, sights: list[Sight], file: KeyFile) -> Iterator[Problem]:
    seed = session.seed
    for sight in sorted(sights, key=lambda sight: sight.step.at_ms):
        if sight.step.at_ms > session.limit_ms:
            yield Problem(file.marks.value(sight.place), f"the story ends at {spell(session.limit_ms)}", "look earlier")
            continue
        session.advance(max(session.now_ms, sight.step.at_ms))
        if not sight.step.action.looks:
            for refusal in session.act(sight.step.action):
                yield Problem(file.marks.value(sight.place), f"with seed {seed}: {refusal.why}", refusal.hint)
            continue
        answer = session.read(sight.step.action)
        if not sight.shown_by(answer):
            wanted = " and ".join(
                f"{key}: {text}" for key, text in zip(_SEES, (sight.find, sight.lacks), strict=True) if text
            )
            what = f"with seed {seed} the answer at {show(sight.step.at_ms)} does not fit `{wanted}`"
            yield Problem(file.marks.value(sight.place), what, f"it says: {_first(answer, sight.find)}")


def _first(answer: str, wanted: str) -> str:
    """The line of an answer that is nearest to what was looked for, cut to a line's length."""
    lines = [line.strip() for line in answer.splitlines() if line.strip()] or ["nothing"]
    words = set(wanted.lower().split())
    return max(lines, key=lambda line: len(words & set(line.lower().split())))[:160]


def _everyday(calm: Loaded, clues: Mapping[str, tuple[Sight, ...]], judge: Judge, tell: Progress) -> set[str]:
    """The clues whose signals show the same when nothing is wrong."""
    signals = [sight for sights in clues.values() for sight in sights if sight.find and sight.is_signal]
    if not signals:
        return set()
    tell("looking for the clues on a good day")
    found = set()
    with Session(calm, SEEDS[0], judge=judge) as session:
        for sight in sorted(signals, key=lambda sight: sight.step.at_ms):
            session.advance(max(session.now_ms, min(sight.step.at_ms, session.limit_ms)))
            if sight.shown_by(session.read(sight.step.action)):
                found.add(sight.clue)
    return found


def _by_seed(stage: Stage, key: Key) -> dict[int, list[str]]:
    """Which clues are to be seen with which seed: those of some incidents where the dice fall so."""
    found: dict[int, list[str]] = defaultdict(list)
    for name, clue in key.clues.items():
        for seed in SEEDS if not clue.when else _fitting(stage, clue.when)[: len(SEEDS)]:
            found[seed].append(name)
    return dict(sorted(found.items()))


def _fitting(stage: Stage, when: Mapping[str, str]) -> list[int]:
    fits = []
    for seed in range(1, SEEDS_TRIED + 1):
        params = stage.loaded(seed).params
        if all(params.get(name) == str(value) for name, value in when.items()):
            fits.append(seed)
        if len(fits) == len(SEEDS):
            break
    return fits


_NAMES = re.compile(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b|\b[A-Z]{2,}-\d+\b|\bv\d+(?:\.\d+)+\b")
_TYPED = re.compile(r"`([a-z][a-z_]+)")
_LOOKED_AT = re.compile(r"\blook (?:what[:=] ?)?([a-z_]+)")
_SERVER = re.compile(r"pg_\w+|information_schema|(?:lock|statement)_timeout|(?:column|table)_\w+|is_nullable|data_type")


def _secrets(loaded: Loaded, file: KeyFile) -> Iterator[Problem]:
    """Names in the last tier of a hint that neither the catalogue nor the scenario has."""
    known = _known(loaded)
    text = "\n".join(_texts(loaded.folder))
    for name, hints in file.key.hints.items():
        where = file.marks.value(("hints", name, "command"))
        named = [*_NAMES.findall(hints.command), *_TYPED.findall(hints.command)]
        for word in dict.fromkeys(named):
            if word not in known and word not in text and not _SERVER.fullmatch(word):
                hint = nearest(word, known, "name what the catalogue and the scenario have")
                yield Problem(where, f"only the key knows {word!r}", hint)
        for what in _LOOKED_AT.findall(hints.command):
            if what not in PROBES and what in _near(what):
                yield Problem(where, f"there is nothing called {what!r} to look at", nearest(what, known, ""))


def _near(what: str) -> set[str]:
    """A word after 'look' that was meant for a probe, and not for English."""
    return {what} if nearest(what, tuple(PROBES), "") else set()


def _known(loaded: Loaded) -> list[str]:
    arguments = [name for action in ACTIONS.values() for name in parameters(action)]
    return [*ACTIONS, *PROBES, *arguments, *_named(loaded.scenario.model_dump())]


def _named(node: Any) -> Iterator[str]:
    """Every key of a scenario."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield str(key)
            yield from _named(value)
    elif isinstance(node, list | tuple):
        for item in node:
            yield from _named(item)


def _texts(folder: Path) -> Iterator[str]:
    """Everything of a scenario that a trainee meets, and the plays: what they make up, the world has not refused."""
    plays = sorted((folder / "plays").glob("*.yaml"))
    for path in [folder / "scenario.yaml", folder / "briefing.md", *plays, *sorted((folder / "source").rglob("*"))]:
        if path.is_file():
            try:
                yield read_text(path)
            except InvalidInput:
                continue
