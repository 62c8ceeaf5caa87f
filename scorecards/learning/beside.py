"""What is kept beside a run that was reviewed: the last review, and every plan."""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from scorecards.learning.plans import Plan
from scorecards.learning.review import Review
from sim.errors import InvalidInput, Mark, Problem
from sim.replay import read_journal

FORMAT = 1
SEALED, REVIEW = ".jsonl", ".review.json"
BYTES_MAX = 4_000_000


def review_of(journal: Path) -> Path:
    """Where the review of a run lies: beside its journal."""
    return journal.with_name(journal.name.removesuffix(SEALED) + REVIEW)


def plans_of(journal: Path) -> tuple[Plan, ...]:
    """What was planned after a run; what cannot be read is none."""
    try:
        return tuple(Plan.read(one) for one in _told(review_of(journal)).get("plans", []))
    except (ValueError, AttributeError, TypeError):
        return ()


def keep(journal: Path, review: Review | None, plan: Plan | None, now: datetime) -> Path:
    """Write a review or a plan beside its run; another review takes the place of the last, plans are added."""
    recorded = read_journal(journal)
    if recorded.tail is None:
        hint = "a run is reviewed when it has ended: finish it first"
        raise InvalidInput([Problem(Mark(str(journal)), "this journal is not sealed", hint)])
    path = review_of(journal)
    told = _told(path)
    told |= {name: recorded.head.get(name) for name in ("scenario", "seed", "trainee")}
    told |= {"format": FORMAT, "seal": recorded.tail["seal"], "plans": told.get("plans", [])}
    if review is not None:
        told |= {"review": review.as_json(), "reviewed_at": now.isoformat(timespec="seconds")}
    if plan is not None:
        told["plans"] = [*(one for one in told["plans"] if one.get("words") != str(plan)), plan.as_json()]
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_text(json.dumps(told, indent=1), encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise InvalidInput([Problem(Mark(str(path)), f"cannot be written: {error.strerror}")]) from None
    return path


def _told(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > BYTES_MAX:
            return {}
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
