"""The one door between text that others wrote and a terminal.

Scenario titles, log lines, SQL results and server messages may carry escape sequences that retitle a window, hide what
follows or imitate our own output. They come out visible here, and harmless.
"""

LIMIT = 20_000
CUT = "…"

_PICTURES = 0x2400  # U+2400 and on show the control characters by name
_KEPT = {"\n", "\t"}
_UNSEEN = {
    *range(0x80, 0xA0),  # C1, among them the 8-bit CSI and OSC
    *range(0x200B, 0x2010),  # zero-width characters and direction marks
    *range(0x202A, 0x202F),  # direction embeddings and overrides
    *range(0x2060, 0x2070),  # invisible operators and direction isolates
    *range(0xD800, 0xE000),  # lone surrogates, which no terminal can be sent
    0x061C,
    0xFEFF,
}
_TABLE: dict[int, int] = {
    **{code: _PICTURES + code for code in range(0x20) if chr(code) not in _KEPT},
    0x7F: 0x2421,
    0x2028: ord("\n"),
    0x2029: ord("\n"),
    **dict.fromkeys(_UNSEEN, 0xFFFD),
}


def safe_text(text: object, limit: int = LIMIT) -> str:
    """The text with every control character made visible, cut at the limit."""
    whole = str(text)
    return (whole if len(whole) <= limit else whole[: limit - 1] + CUT).translate(_TABLE)


def safe_line(text: object, limit: int = 200) -> str:
    """The same for a place that has one line: line breaks and tabs become spaces."""
    return safe_text(text, limit).replace("\n", " ").replace("\t", " ")
