"""100 000 runs made of some hundreds of real ones; honestly, this is what that means.

Each has a real run's facts. Its trainee, moment and seed are new; its decisions come sooner or later (one pace a run,
one jitter an entry); some of what was looked at is left out; counts are scaled by a factor a run; and points of each
finding move with the trainee's ability, drawn once for each of 2 500. No two have the same seal or the same figures.
They are whole journals with seals that fit, and the index cannot tell; played again, they would not come out the same.
"""

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from scorecards.findings import Axis, AxisScore, Card, Finding
from scorecards.grade import NOT_RESOLVED_MAX
from sim import __version__
from sim.journal import canonical

TRAINEES = 2_500
FIRST_DAY = datetime(2025, 1, 1, tzinfo=UTC)
_PLACES = re.compile(r'^(.*?"at_ms":)(\d+)(.*?"seq":)(\d+)(.*)$', re.DOTALL)


@dataclass(frozen=True)
class Template:
    """A real run, taken to pieces: lines around their times and numbers, and which of them only look."""

    head: dict[str, Any]
    lines: tuple[tuple[str, int, str, str, bool], ...]
    tail: dict[str, Any]
    findings: tuple[Finding, ...]

    @classmethod
    def of(cls, journal: Path, card: Card) -> "Template":
        """Take a real run to pieces."""
        head, *lines, tail = journal.read_text(encoding="utf-8").removesuffix("\n").split("\n")
        unsealed = {name: value for name, value in json.loads(tail).items() if name != "seal"}
        return cls(json.loads(head), tuple(map(_pieces, lines)), unsealed, card.findings)


def _pieces(line: str) -> tuple[str, int, str, str, bool]:
    match = _PLACES.match(line)
    assert match is not None
    looks = '"fact":"Looked"' in line or ('"fact":"Asked"' in line and '"look":true' in line)
    return match[1], int(match[2]), match[3], match[5], looks and '"action":"answer"' not in line


def write_many(folder: Path, templates: Sequence[Template], numbers: range) -> None:
    """Write the runs with these numbers, and their cards."""
    for number in numbers:
        chance = random.Random(number)
        template = chance.choice(templates)
        who = min(TRAINEES - 1, int(chance.paretovariate(0.7)) if chance.random() < 0.3 else chance.randrange(TRAINEES))
        ability = random.Random(f"ability {who}").gauss(0, 1)
        tail = _tail(template.tail, chance)
        played = FIRST_DAY + timedelta(seconds=number * 300 + chance.randrange(300))
        signed = {
            "trainee": f"trainee {who}",
            "played_at": played.isoformat(timespec="milliseconds"),
            "run": f"{number}",
        }
        head = canonical({**template.head, **signed, "seed": chance.randrange(2**40)})
        text = "".join(f"{line}\n" for line in (head, *_lines(template, chance)))
        seal = sha256((text + canonical(tail)).encode()).hexdigest()
        name = f"{number:06}-{seal[:8]}"
        (folder / f"{name}.jsonl").write_text(text + canonical({**tail, "seal": seal}) + "\n", encoding="utf-8")
        card = {**_card(template, tail["outcome"], ability, chance).as_json(), "hints": 0.0}
        (folder / f"{name}.card.json").write_text(json.dumps({**card, "seal": seal, "engine": __version__}))


def _lines(template: Template, chance: random.Random) -> Iterator[str]:
    pace, seq, last = chance.lognormvariate(0, 0.2), 0, 0
    for before, at_ms, between, after, looks in template.lines:
        if not looks or chance.random() > 0.2:
            last = max(last, int(at_ms * pace * chance.uniform(0.98, 1.02)))
            yield f"{before}{last}{between}{seq}{after}"
            seq += 1


def _tail(tail: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    def scaled(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: scaled(item) for name, item in value.items()}
        return None if value is None else int(value * factor)

    factor = chance.lognormvariate(0, 0.4)
    return {**tail, "digest": sha256(chance.randbytes(16)).hexdigest(), "result": scaled(tail["result"])}


def _card(template: Template, outcome: str, ability: float, chance: random.Random) -> Card:
    findings = tuple(
        replace(one, earned=min(1.0, max(0.0, _share(one) + 0.15 * ability + chance.gauss(0, 0.15))) * one.possible)
        for one in template.findings
    )
    axes = {axis: AxisScore.of(tuple(one for one in findings if one.axis is axis)) for axis in Axis}
    mean = sum(one.score for one in axes.values()) / len(axes)
    score = round(mean if outcome == "resolved" else min(mean, NOT_RESOLVED_MAX), 1)
    return Card(axes, score, outcome == "resolved" and score >= 60, findings)


def _share(one: Finding) -> float:
    return one.earned / one.possible if one.possible else 0.0
