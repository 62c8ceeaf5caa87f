"""Who may import whom: the contracts in pyproject.toml hold, and what is lazy stays lazy."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shape.tree import ROOT, SHIPPED, modules, name_of, tree

HEAVY = ("duckdb", "faker", "numpy", "psycopg", "pydantic", "simpy", "sqlglot", "textual", "yaml")


def _fresh(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-c", code, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)


def test_the_contracts_hold() -> None:
    """Layers and rooms are kept by a machine, not by memory."""
    linter = Path(sys.executable).with_name("lint-imports")
    verdict = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    assert verdict.returncode == 0, verdict.stdout


@pytest.mark.parametrize(
    "words", [["--help"], ["--version"], ["run", "--help"], ["play", "--help"], ["doctor", "--help"]], ids=" ".join
)
def test_help_loads_no_heavy_library(words: list[str]) -> None:
    """Whoever asks for help is answered at once: none of the big libraries is imported for it."""
    code = (
        "import sys\n"
        "from tui.cli import main\n"
        "try: main(sys.argv[2:])\n"
        "except SystemExit as end: assert end.code == 0, end.code\n"
        "print('loaded:', *sorted(set(sys.argv[1].split()) & set(sys.modules)))"
    )
    answer = _fresh(code, " ".join(HEAVY), *words)
    assert answer.stdout.splitlines()[-1:] == ["loaded:"], answer.stdout + answer.stderr


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("sim.judge", "psycopg"),
        ("sim.judge.values", "psycopg"),
        ("sim.tables", "duckdb sqlglot"),
        ("sim.session", "textual psycopg duckdb"),
        ("tui.plain_loop", "textual rich psycopg duckdb"),
        ("sim.scenario.load", "numpy simpy duckdb psycopg"),
    ],
)
def test_a_room_opens_its_library_late(module: str, heavy: str) -> None:
    """A run that asks PostgreSQL nothing and reads no row pays for neither."""
    code = (
        "import sys, importlib\n"
        "importlib.import_module(sys.argv[1])\n"
        "print('loaded:', *sorted(set(sys.argv[2].split()) & set(sys.modules)))"
    )
    answer = _fresh(code, module, heavy)
    assert answer.stdout == "loaded:\n", answer.stdout + answer.stderr


def _imported_at_once(path: Path) -> set[str]:
    """What importing a module imports before its last line has run, its own packages included; not what waits."""
    name = _dotted(path)
    found = {name.rsplit(".", depth)[0] for depth in range(1, name.count(".") + 1)}
    waiting: list[ast.AST] = [tree(path)]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                continue
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                waiting += node.orelse
                continue
            case ast.Import(names=names):
                found |= {one.name for one in names}
            case ast.ImportFrom(module=str(module), names=names):
                found |= {module} | {f"{module}.{one.name}" for one in names}
        waiting += ast.iter_child_nodes(node)
    return found


def _dotted(path: Path) -> str:
    return ".".join(Path(name_of(path)).with_suffix("").parts).removesuffix(".__init__")


def _in_a_circle(imports: dict[str, set[str]]) -> list[str]:
    """The modules that reach themselves: only among these can it matter which one comes first."""
    circular = []
    for name, first in imports.items():
        reached: set[str] = set()
        waiting = list(first)
        while waiting:
            if (one := waiting.pop()) not in reached:
                reached.add(one)
                waiting += imports.get(one, ())
        if name in reached:
            circular.append(name)
    return circular


def test_every_module_can_be_imported_first() -> None:
    """No module works only because another one was imported before it."""
    imports = {_dotted(path): _imported_at_once(path) for path in modules(*SHIPPED)}
    names = _in_a_circle(imports)
    assert "sim.facts.base" in names, "a package that gathers its modules is a circle: it has to be found"
    code = (
        "import sys, importlib\n"
        "for name in sys.argv[1:]:\n"
        "    for known in [known for known in sys.modules if known.split('.')[0] in ('sim', 'tui', 'scorecards')]:\n"
        "        del sys.modules[known]\n"
        "    importlib.import_module(name)\n"
    )
    answer = _fresh(code, *names)
    assert answer.returncode == 0, answer.stderr
