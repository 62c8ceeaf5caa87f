"""A new scenario: a copy of the template, under its own name and title, that is sound from the first minute."""

import json
import re
from pathlib import Path

from sim.errors import InvalidInput, Mark, Problem
from sim.scenario.load import catalogue
from sim.scenario.raw import has_unsafe

_ID, _TITLE = "new-incident", "A title that gives nothing away"
_BOOK = "verdicts.json"
TITLE_MAX = 120


def template() -> Path:
    """The scenario that is copied; it is one itself, and checked like any other."""
    return Path(__file__).with_name("template")


def scaffold(name: str, title: str, into: Path) -> list[Path]:
    """Write the folder of a new scenario and return its files; InvalidInput says why that cannot be."""
    folder = into / name
    if problems := _refusals(name, title, folder):
        raise InvalidInput(problems)
    written = []
    for source in sorted(path for path in template().rglob("*") if path.is_file()):
        target = folder / source.relative_to(template())
        text = source.read_text(encoding="utf-8")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text if source.name == _BOOK else _named(text, name, title, source), encoding="utf-8")
        except OSError as error:
            raise InvalidInput([Problem(Mark(str(target)), f"cannot be written: {error.strerror}")]) from None
        written.append(target)
    return written


def title_of(name: str) -> str:
    """A working title: the id as words."""
    return name.replace("-", " ").capitalize()


def _named(text: str, name: str, title: str, source: Path) -> str:
    if source.suffix == ".yaml":
        plain = re.fullmatch(r"[A-Za-z][\w ,.'–-]*", title) is not None and title.lower() not in (
            "true",
            "false",
            "null",
        )
        text = text.replace(f"title: {_TITLE}", f"title: {title if plain else json.dumps(title, ensure_ascii=False)}")
    return text.replace(f"# {_TITLE}", f"# {title}").replace(_ID, name)


def _refusals(name: str, title: str, folder: Path) -> list[Problem]:
    problems = []
    where = Mark(name if name.isprintable() and len(name) <= TITLE_MAX else "ID")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", name):
        problems.append(Problem(where, "this is no id", "use small letters, digits and -, 64 at most"))
    elif name in catalogue():
        problems.append(
            Problem(where, "a scenario of this id comes along, and an id wins over a folder", "choose another")
        )
    elif folder.exists():
        problems.append(Problem(Mark(str(folder)), "this exists already", "choose another id, or another --at"))
    elif not folder.parent.is_dir():
        problems.append(Problem(Mark(str(folder.parent)), "there is no such folder", "make it first"))
    if not title.strip() or len(title) > TITLE_MAX or has_unsafe(title) or "\n" in title or "\t" in title:
        problems.append(Problem(Mark("--title"), "this is no title", f"one line of at most {TITLE_MAX} characters"))
    return problems
