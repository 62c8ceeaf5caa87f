"""The known figures of a scenario: what the expert, the accepted alternatives and doing nothing cost.

They stand in `par.json` beside the scenario, so that a grade needs no second run; `scorecards.references` derives them.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from scorecards.figures import Figures

FILE = "par.json"
FORMAT = 1
EXPERT, NOTHING = "expert", "do-nothing"


@dataclass(frozen=True)
class Case:
    """The known figures of one of the possible incidents: those in which params were drawn like this.

    `curve` is what is hurt in each minute if nobody does anything.
    """

    when: Mapping[str, str] = field(default_factory=dict)
    plays: Mapping[str, Figures] = field(default_factory=dict)
    curve: tuple[float, ...] = ()

    @property
    def expert(self) -> Figures:
        return self.plays.get(EXPERT, Figures())

    @property
    def nothing(self) -> Figures:
        return self.plays.get(NOTHING, Figures())

    @property
    def accepted(self) -> Mapping[str, Figures]:
        """Every known good way, the expert's included."""
        return {name: one for name, one in self.plays.items() if name == EXPERT or name.startswith("alt-")}

    def worst(self, kind: str, name: str = "") -> float:
        """The highest figure of any known play."""
        return max((number(one, kind, name) for one in self.plays.values()), default=0.0)

    def as_json(self) -> dict[str, Any]:
        plays = {name: _short(one) for name, one in self.plays.items()}
        return {"when": dict(self.when), "plays": plays, "curve": [round(one) for one in self.curve]}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        plays = {name: Figures(**one) for name, one in data["plays"].items()}
        return cls(dict(data["when"]), plays, tuple(data["curve"]))


def number(figures: Figures, kind: str, name: str = "") -> float:
    """One figure by its name, or how many rows are wrong in one way."""
    return float(figures.wrong.get(name, 0.0) if kind == "wrong" else getattr(figures, kind))


def _short(figures: Figures) -> dict[str, Any]:
    rounded = {
        name: {kind: round(count, 1) for kind, count in value.items()} if name == "wrong" else round(value, 4)
        for name, value in asdict(figures).items()
    }
    return {name: value for name, value in rounded.items() if value}


def case_of(folder: Path, params: Mapping[str, str]) -> Case | None:
    """The case that a run belongs to, or is most like; None where nothing is known of the scenario."""
    path = folder / FILE
    if not path.is_file():
        return None
    cases = _cases(path, path.stat().st_mtime_ns)
    return max(
        cases, key=lambda case: sum(params.get(name) == value for name, value in case.when.items()), default=None
    )


@lru_cache(maxsize=64)
def _cases(path: Path, _changed: int) -> tuple[Case, ...]:
    return tuple(Case.of(one) for one in json.loads(path.read_text(encoding="utf-8"))["cases"])


def write(folder: Path, of: str, cases: list[Case]) -> None:
    """Keep the figures beside their scenario, a line for each play."""
    told = {"format": FORMAT, "of": of, "cases": [case.as_json() for case in cases]}
    (folder / FILE).write_text(pretty(told), encoding="utf-8")


def pretty(told: Mapping[str, Any]) -> str:
    """JSON that a review can read."""
    cases = ",\n".join(_case(case) for case in told["cases"])
    return f'{{"format": {told["format"]}, "of": {json.dumps(told["of"])}, "cases": [\n{cases}\n]}}\n'


def _case(case: Mapping[str, Any]) -> str:
    plays = ",\n".join(f"   {json.dumps(name)}: {json.dumps(one)}" for name, one in case["plays"].items())
    when, curve = json.dumps(case["when"]), json.dumps(case["curve"])
    return f' {{"when": {when}, "plays": {{\n{plays}\n  }},\n  "curve": {curve}}}'
