"""Where PostgreSQL's answer about a request rests on rows that it was not shown: it has a sample of each table."""

import re
from collections.abc import Iterator, Mapping, Sequence

from sim.engine.assembly import Production, works
from sim.engine.relations import brings
from sim.judge.values import Lineage, TableShape
from sim.scenario.build import Build
from sim.scenario.values import Drawn, IfFlag, NextOf, RowOf

_POINTS = re.compile(r'FOREIGN KEY \("?(\w+)"?\) REFERENCES "?(\w+)"?\(')
_UNIQUE = re.compile(r"^(?:UNIQUE|CREATE UNIQUE INDEX .* USING \w+) (?:NULLS NOT DISTINCT )?\(([^()]+)\)")
_KEY = re.compile(r"^PRIMARY KEY \(([^()]+)\)")


def sampled(production: Production, build: Build, lineage: Lineage) -> Iterator[str]:
    """A sentence for each column of an INSERT whose success other rows decide."""
    shapes = {shape.name: shape for shape in production.judge.shapes(lineage)}
    for name, part in works(production.scenario).items():
        for statement in production.judgements.work(name, build).statements:
            found = brings(statement)
            if found is not None and found[0] in shapes:
                shape, given = shapes[found[0]], found[1]
                yield from (f"{name}: {words}" for words in _strangers(shape, given, part.request))
                yield from (f"{name}: {words}" for words in _doubles(shape, given, part.request))


def _strangers(shape: TableShape, given: Mapping[str, str | None], request: Mapping[str, Drawn]) -> Iterator[str]:
    for _, definition, _ in shape.constraints:
        if (match := _POINTS.match(definition)) is None:
            continue
        column, parent = match.groups()
        attribute = given.get(column)
        if attribute is not None and attribute in request and not _found_in(request[attribute], parent):
            yield (
                f"{shape.name}.{column} gets ${attribute}, which is not drawn by `row_of: {parent}`; "
                f"whether {parent} has such a row is asked of a sample of them"
            )


def _found_in(drawn: Drawn, table: str) -> bool:
    """Whether a value is that of a row of this table, or none at all."""
    if isinstance(drawn, IfFlag):
        return _found_in(drawn.then, table) and _found_in(drawn.otherwise, table)
    return drawn is None or (isinstance(drawn, RowOf) and drawn.row_of == table) or isinstance(drawn, NextOf)


def _doubles(shape: TableShape, given: Mapping[str, str | None], request: Mapping[str, Drawn]) -> Iterator[str]:
    definitions = [definition for _, definition, _ in (*shape.constraints, *shape.indexes)]
    keys = [_columns(match[1]) for text in definitions if (match := _KEY.match(text))]
    unique = [_columns(match[1]) for text in definitions if (match := _UNIQUE.match(text))]
    for columns in dict.fromkeys(unique):
        new = any(isinstance(request.get(given.get(column) or ""), NextOf) for column in columns)
        if columns not in keys and not new and all(column in given for column in columns):
            yield f"{shape.name} is unique over ({', '.join(columns)}); a request meets a sample of the rows there"


def _columns(text: str) -> Sequence[str]:
    return tuple(part.strip().strip('"') for part in text.split(","))
