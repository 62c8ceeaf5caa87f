"""The door between text that others wrote and a terminal; it is the same one that reports use."""

from scorecards.safe_text import CUT, LIMIT, safe_line, safe_text

__all__ = ["CUT", "LIMIT", "safe_line", "safe_text"]
