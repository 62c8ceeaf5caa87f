"""Where something stands in the source."""

from pathlib import Path

from sim.actions.grep import Grep
from sim.engine.engine import Engine
from sim.errors import NotModelled
from sim.tables.matching import matching

MOST_LINES = 200
_LONGEST_LINE = 400
_LARGEST_FILE = 1_000_000


def read(engine: Engine, action: Grep) -> str:
    """Path, line number and line of every match, in the order of the paths."""
    tree = [line for root in roots(engine) for line in _lines(root) if line[0].startswith(action.path)]
    if not tree:
        raise NotModelled(f"there is no source under {action.path!r}" if action.path else "this system shows no source")
    found = matching(action.pattern, [text for _, _, text in tree])
    shown = [f"{path}:{number}: {text.strip()}" for path, number, text in (tree[at] for at in found[:MOST_LINES])]
    more = f"\n({len(found) - MOST_LINES} more)" if len(found) > MOST_LINES else ""
    return "\n".join(shown) + more or "no line matches"


def roots(engine: Engine) -> list[Path]:
    """The source trees of the services."""
    named = (service.source for service in engine.world.scenario.services.values())
    return [engine.folder / name for name in dict.fromkeys(named) if name is not None]


def _lines(root: Path) -> list[tuple[str, int, str]]:
    """Every line of a tree with its path and number; diffs are read with `diff`."""
    found = []
    for file in sorted(path for path in root.rglob("*") if path.is_file() and path.suffix != ".diff"):
        if not file.resolve().is_relative_to(root.resolve()) or file.stat().st_size > _LARGEST_FILE:
            continue
        text = file.read_text(encoding="utf-8", errors="replace")
        path = file.relative_to(root).as_posix()
        found += [(path, number, line[:_LONGEST_LINE]) for number, line in enumerate(text.splitlines(), start=1)]
    return found
