"""The constraints of a table, read from what the catalog says of them."""

import re
from dataclasses import dataclass

from sim.errors import NotModelled
from sim.judge.split import tokens
from sim.judge.values import TableShape

_NAME = r'(?:"(?:[^"]|"")+"|[^\s,()".]+)'
_NAMES = rf"{_NAME}(?:, {_NAME})*"
_FOREIGN = re.compile(
    rf"FOREIGN KEY \((?P<columns>{_NAMES})\) REFERENCES (?P<parent>{_NAME})\((?P<keys>{_NAMES})\)(?P<rest>.*)",
    re.DOTALL,
)
_ACTION = r"(NO ACTION|RESTRICT|CASCADE|SET NULL|SET DEFAULT)"
_UNIQUE = re.compile(r"CREATE UNIQUE INDEX .+? ON .+? USING btree (?P<rest>\(.*)", re.DOTALL)
_KEY = re.compile(r"(?P<key>.+?)(?: (?:ASC|DESC))?(?: NULLS (?:FIRST|LAST))?", re.DOTALL)
_CHECK = re.compile(r"CHECK (?P<test>\(.*\))(?: NO INHERIT)?(?: NOT VALID)?(?: NOT ENFORCED)?", re.DOTALL)


@dataclass(frozen=True)
class ForeignKey:
    """Rows of `child` point at a row of `parent`, column by column; `on_delete` and `on_update` say what follows."""

    child: str
    columns: tuple[str, ...]
    parent: str
    keys: tuple[str, ...]
    on_delete: str
    on_update: str


@dataclass(frozen=True)
class Unique:
    """No two rows where `where` holds have equal `keys`, which are expressions; `late`: only the end counts."""

    keys: tuple[str, ...]
    where: str
    late: bool


@dataclass(frozen=True)
class Check:
    """A test that no new row may fail; `settled` says that every old one is known to pass it."""

    test: str
    settled: bool


def plain(name: str) -> str:
    """An identifier as the catalog keeps it, from how SQL writes it."""
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def mentions(sql: str, columns: tuple[str, ...]) -> bool:
    """Whether an expression may read one of these columns."""
    return any(plain(token.text) in columns for token in tokens(sql))


def foreign_keys(shape: TableShape) -> tuple[ForeignKey, ...]:
    """What rows of a table must point at."""
    found = [text for _, text, _ in shape.constraints if text.startswith("FOREIGN KEY")]
    return tuple(_foreign_key(plain(shape.name), text) for text in found if "NOT ENFORCED" not in text)


def _foreign_key(child: str, text: str) -> ForeignKey:
    match = _FOREIGN.fullmatch(text)
    if match is None:
        raise NotModelled(f"whether rows of {child} keep to {text!r} is not modelled")
    columns, keys = (tuple(map(plain, re.findall(_NAME, match[part]))) for part in ("columns", "keys"))
    if "MATCH FULL" in match["rest"] and len(columns) > 1:
        raise NotModelled(f"whether rows of {child} keep to a MATCH FULL foreign key is not modelled")
    on = {verb: re.search(f"ON {verb} {_ACTION}", match["rest"]) for verb in ("DELETE", "UPDATE")}
    actions = {verb: said[1] if said else "NO ACTION" for verb, said in on.items()}
    return ForeignKey(child, columns, plain(match["parent"]), keys, actions["DELETE"], actions["UPDATE"])


def uniques(shape: TableShape) -> tuple[Unique, ...]:
    """Every unique index that is enforced; those of keys are among them."""
    late = {name for name, text, _ in shape.constraints if " DEFERRABLE" in text}
    return tuple(
        _unique(shape.name, name, text, late=name in late)
        for name, text, valid in shape.indexes
        if valid and text.startswith("CREATE UNIQUE INDEX")
    )


def _unique(table: str, name: str, text: str, *, late: bool) -> Unique:
    match = _UNIQUE.fullmatch(text)
    if match is None or "NULLS NOT DISTINCT" in text:
        raise NotModelled(f"whether rows of {table} stay unique by {name} is not modelled")
    keys, rest = _parts(match["rest"])
    expressions = tuple(found["key"] for key in keys if (found := _KEY.fullmatch(key.strip())))
    _, _, where = rest.partition(" WHERE ")
    if any(len(_outer_words(key)) > 1 for key in expressions):
        raise NotModelled(f"whether rows of {table} stay unique by {name} is not modelled")
    return Unique(expressions, where.strip() or "TRUE", late)


def _outer_words(key: str) -> list[str]:
    """An index key's parts outside parentheses: a second one is a collation or an operator class."""
    depth, words = 0, [""]
    for token in tokens(key):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.kind == "space" and depth == 0:
            words.append("")
        else:
            words[-1] += token.text
    return words


def _parts(text: str) -> tuple[list[str], str]:
    """What stands in the first parentheses, split at its commas, and what follows them."""
    depth, parts, pieces = 0, [""], list(tokens(text))
    for at, token in enumerate(pieces):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0:
            return parts, "".join(one.text for one in pieces[at + 1 :])
        if token.text == "," and depth == 1:
            parts.append("")
        elif at:
            parts[-1] += token.text
    raise NotModelled(f"an index like {text[:60]!r} is not modelled")


def looked_up_by(shape: TableShape, columns: frozenset[str]) -> bool:
    """Whether some index of a table begins with one of these columns."""
    first = (re.search(r" USING btree \((?P<first>[^\s,()]+)", text) for _, text, valid in shape.indexes if valid)
    return any(match is not None and plain(match["first"]) in columns for match in first)


def checks(shape: TableShape) -> tuple[Check, ...]:
    """The tests of a table, in the order in which PostgreSQL applies them: NOT NULL first, then by name."""
    if any(text.startswith("EXCLUDE") for _, text, _ in shape.constraints):
        raise NotModelled(f"whether rows of {shape.name} keep to an EXCLUDE constraint is not modelled")
    required = [
        Check('("{}" IS NOT NULL)'.format(one.name.replace('"', '""')), settled=True)
        for one in shape.columns
        if not one.nullable
    ]
    tests = [
        Check(match["test"], valid)
        for _, text, valid in sorted(shape.constraints)
        if (match := _CHECK.fullmatch(text)) and "NOT ENFORCED" not in text
    ]
    return (*required, *tests)
