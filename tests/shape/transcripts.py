"""The console blocks of the pages: typed again, compared by a test, or written anew.

A fenced block below a line that is nothing but the name of a file, in backticks, is that file: it is written when the
page comes to it, so that what is typed after it finds it. `, continued` goes on with it.

`python -m tests.shape.transcripts` brings every page up to date with what really happens.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.shape.tree import ROOT, name_of, pages

_FILE = r"^`(?P<file>[\w./-]+/[\w.-]+)`(?P<more>, continued)?\n\n```\w+\n(?P<text>.*?)^```$"
_CONSOLE = r"^```console\n(?P<console>.*?)^```$"
_PART = re.compile(f"{_FILE}|{_CONSOLE}", re.MULTILINE | re.DOTALL)


def parts(page: Path) -> list[re.Match[str]]:
    """The files that a page writes and the consoles that it shows, in their order."""
    return list(_PART.finditer(page.read_text(encoding="utf-8")))


def transcripts(page: Path) -> list[list[tuple[str, str]]]:
    """For each console block of a page: what was typed, and what it answered."""
    return [exchanges(part["console"]) for part in parts(page) if part["console"] is not None]


def exchanges(block: str) -> list[tuple[str, str]]:
    """What was typed in a console block, each line with its answer."""
    typed = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [(line, answer) for line, _, answer in (part.partition("\n") for part in typed)]


def written(part: re.Match[str], folder: Path) -> Path:
    """Write a page's file where a reader would, or go on with it."""
    path = folder / part["file"]
    path.parent.mkdir(parents=True, exist_ok=True)
    before = f"{path.read_text(encoding='utf-8')}\n" if part["more"] else ""
    path.write_text(before + part["text"], encoding="utf-8")
    return path


def answer(typed: str, folder: Path) -> str:
    """Run a line as a reader would, and return everything the terminal would show."""
    rehearse = f'rehearse() {{ "{sys.executable}" -c "from tui.cli import main; main()" "$@"; }}\n'
    ran = subprocess.run(
        ["bash", "-c", rehearse + typed],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )
    return ran.stdout


def rewritten(page: Path, folder: Path) -> str:
    """The page's text with every answer as it is today."""

    def again(part: re.Match[str]) -> str:
        if part["console"] is None:
            written(part, folder)
            return part[0]
        lines = (f"$ {typed}\n{answer(typed, folder)}" for typed, _ in exchanges(part["console"]))
        return f"```console\n{''.join(lines)}```"

    return _PART.sub(again, page.read_text(encoding="utf-8"))


if __name__ == "__main__":
    for page in pages():
        if transcripts(page):
            with tempfile.TemporaryDirectory() as folder:
                page.write_text(rewritten(page, Path(folder)), encoding="utf-8")
            print(name_of(page))
