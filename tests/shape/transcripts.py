"""The console blocks of the pages: typed again, compared by a test, or written anew.

`python -m tests.shape.transcripts` brings every page up to date with what really happens.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.shape.tree import ROOT, name_of, pages

_FENCED = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def transcripts(page: Path) -> list[list[tuple[str, str]]]:
    """For each console block of a page: what was typed, and what it answered."""
    return [_exchanges(block) for block in _FENCED.findall(page.read_text(encoding="utf-8"))]


def _exchanges(block: str) -> list[tuple[str, str]]:
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [(typed, answer) for typed, _, answer in (part.partition("\n") for part in parts)]


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

    def again(block: re.Match[str]) -> str:
        lines = (f"$ {typed}\n{answer(typed, folder)}" for typed, _ in _exchanges(block[1]))
        return f"```console\n{''.join(lines)}```"

    return _FENCED.sub(again, page.read_text(encoding="utf-8"))


if __name__ == "__main__":
    for page in pages():
        if transcripts(page):
            with tempfile.TemporaryDirectory() as folder:
                page.write_text(rewritten(page, Path(folder)), encoding="utf-8")
            print(name_of(page))
