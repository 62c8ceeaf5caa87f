"""Which values a change of type refuses, as PostgreSQL predicates; where nobody knows, the seed rows decide."""

import re

_WHOLE = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63}
_NUMBERS = {*_WHOLE, "numeric", "real", "double precision"}
_TEXTS = {"text", "character varying", "character"}
_WORDS = ("t", "tr", "tru", "true", "f", "fa", "fal", "fals", "false", "y", "ye", "yes", "n", "no", "on", "of", "off")
_TRUTHS = ", ".join(f"'{word}'" for word in (*_WORDS, "1", "0"))
_UUID = r"^\{{?[0-9A-Fa-f]{{8}}(-?[0-9A-Fa-f]{{4}}){{3}}-?[0-9A-Fa-f]{{12}}\}}?$"
_FORMS = {"boolean": "lower(btrim({})) NOT IN (" + _TRUTHS + ")", "uuid": "({}) !~ '" + _UUID + "'"}
_DECIMAL = r"^\s*[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\s*$"
_TYPE = re.compile(r"([a-z ]+?)(?:\((\d+)(?:,(-?\d+))?\))?")


def refuses(subject: str, source: str, target: str, *, explicit: bool, labels: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The predicates of the values that can't become `target`, one for each way to fail: an SQLSTATE has one cause.

    An explicit cast cuts text silently, an assignment does not.
    """
    if labels:
        quoted = ", ".join("'" + label.replace("'", "''") + "'" for label in labels)
        return (f"({subject})::text NOT IN ({quoted})",)
    was, now = _TYPE.fullmatch(source), _TYPE.fullmatch(target)
    if was is None or now is None:
        return ()
    family, size, scale = now.group(1), now.group(2), int(now.group(3) or 0)
    if family in _TEXTS and size is not None:
        return () if explicit else (f"length(rtrim(({subject})::text)) > {size}",)
    if family in _NUMBERS:
        return _number(subject, was.group(1), family, int(size) - scale if size else None, scale)
    return (_FORMS[family].format(subject),) if was.group(1) in _TEXTS and family in _FORMS else ()


def _number(subject: str, source: str, family: str, digits: int | None, scale: int) -> tuple[str, ...]:
    if source in _TEXTS:
        form = r"^\s*[-+]?[0-9]+\s*$" if family in _WHOLE else _DECIMAL
        too_big = _range(f"({subject})::numeric", family, digits, scale)
        sized = tuple(f"CASE WHEN ({subject}) ~ '{form}' THEN {one} END" for one in too_big)
        return (f"({subject}) !~ '{form}'", *sized)
    if source not in _NUMBERS or _WHOLE.get(source, 2**64) <= _WHOLE.get(family, 0):
        return ()
    return _range(f"({subject})", family, digits, scale)


def _range(subject: str, family: str, digits: int | None, scale: int) -> tuple[str, ...]:
    if family in _WHOLE:
        return (f"round({subject}) NOT BETWEEN {-_WHOLE[family]} AND {_WHOLE[family] - 1}",)
    if digits is not None:
        return (f"abs(round(({subject})::numeric, {scale})) >= 1{'0' * max(digits, 0)}",)
    return ()
