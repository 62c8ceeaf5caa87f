"""`python -m tests.console.keys_page` writes the tables of docs/console.md anew from the registry of keys."""

from tests.shape.tree import ROOT
from tui.console.keys import DEBRIEF, EVERYWHERE, LOBBY, QUESTIONS, ROOM, Key

PAGE = ROOT / "docs" / "console.md"
TABLES = {"Everywhere": EVERYWHERE, "In the lobby": LOBBY, "In the room": ROOM, "Before the debrief": QUESTIONS,
          "In the debrief": DEBRIEF}  # fmt: skip


def table(keys: tuple[Key, ...]) -> str:
    """Keys and what they do, as Markdown."""
    rows = [f"| {' '.join(f'`{one}`' for one in one_key(key))} | {key.says} |" for key in keys]
    return "\n".join(["| keys | what they do |", "|---|---|", *rows])


def one_key(key: Key) -> list[str]:
    """Every key of an action, as it is written on a keyboard."""
    return [Key(one, key.action, key.says).cap for one in key.keys.split(",")]


def written(page: str) -> str:
    """The page with its tables as the registry has them."""
    for title, keys in TABLES.items():
        before, head, rest = page.partition(f"### {title}\n\n")
        page = before + head + table(keys) + "\n\n" + rest.partition("\n\n")[2]
    return page.rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
