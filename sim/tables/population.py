"""Draws the prototype requests of an endpoint or job: their shares are exact, and the same for every run."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from sim.chance import uniforms
from sim.errors import NotModelled
from sim.population import Population, Value
from sim.scenario.values import Derived, Drawn, IfFlag, NextOf, RowOf
from sim.tables.columns import Column, Numbers
from sim.tables.distributions import Uniforms, row_numbers, sample
from sim.tables.fill import Fills, in_order

PROTOTYPES = 4000
MOST_FLAGS = 3
BUCKET = "bucket"


@dataclass(frozen=True)
class Draw:
    """The prototypes of one answer to the flags: what was drawn, and what SQL derives from it, in order."""

    population: Population
    derived: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Requests:
    """The requests of one endpoint; `variants` is keyed by the flags that are on, of those that `if_flag` asks about.

    `names` are the attributes in the order of the file (with `bucket` last); `fresh` says which attribute is a fresh
    key of which table; `refers` which rows the prototypes point at, by table.
    """

    names: tuple[str, ...]
    flags: tuple[str, ...]
    variants: Mapping[frozenset[str], Draw]
    fresh: Mapping[str, str]
    refers: Mapping[str, Numbers]

    def answer(self, on: frozenset[str]) -> Draw:
        """The draw for a request that these flags are on for; other flags do not matter."""
        return self.variants[on & frozenset(self.flags)]


def draw(fills: Fills, request: Mapping[str, Drawn], endpoint: str, size: int = PROTOTYPES) -> Requests:
    """Draw every attribute for every answer that the flags can give."""
    if BUCKET in request:
        raise NotModelled(f"{endpoint}: {BUCKET!r} is the name of the flag bucket; call the attribute something else")
    flags = tuple(sorted({flag for drawn in request.values() for flag in _flags(drawn)}))
    if len(flags) > MOST_FLAGS:
        raise NotModelled(f"{endpoint}: its requests depend on {len(flags)} flags; at most {MOST_FLAGS} are modelled")
    noise = {name: stratified(f"population/{endpoint}/{name}", size) for name in (*request, BUCKET)}
    answers = [frozenset(on) for count in range(len(flags) + 1) for on in combinations(flags, count)]
    resolved = {on: {name: _resolve(drawn, on) for name, drawn in request.items()} for on in answers}
    drawn = {on: _columns(fills, resolved[on], endpoint, noise) for on in answers}
    kinds = _kinds(request, drawn)
    variants = {on: Draw(_population(drawn[on], kinds, noise[BUCKET]), _derived(resolved[on])) for on in answers}
    return Requests(
        (*request, BUCKET),
        flags,
        variants,
        _fresh(request),
        _refers(fills, resolved.values(), noise),  # type: ignore[arg-type]
    )


def other_rows(
    fills: Fills, request: Mapping[str, Drawn], endpoint: str, again: int, added: Mapping[str, int]
) -> dict[str, Column]:
    """Other rows for the same prototypes to point at: a table is more than a few thousand rows.

    `added` is how many rows users have put into each table.
    """
    found = {}
    for name, drawn in request.items():
        if isinstance(drawn, RowOf):
            noise = f"population/{endpoint}/{name}/{again}"
            within = (uniforms(0, f"{noise}/within", 0, PROTOTYPES) - 0.5) / PROTOTYPES
            column = sample(drawn, stratified(noise, PROTOTYPES) + within, name=endpoint, keys=fills)
            count = added.get(drawn.row_of, 0)
            found[name] = _among_added(fills, drawn, column, f"{noise}/fresh", count) if count else column
    return found


def _among_added(fills: Fills, drawn: RowOf, column: Column, noise: str, count: int) -> Column:
    """The same column, a share of it pointing at rows that were not there at the start."""
    theirs = np.flatnonzero(stratified(noise, PROTOTYPES) < drawn.fresh)
    keys = column.numbers.copy()
    picked = (uniforms(0, f"{noise}/which", 0, len(theirs)) * count).astype(np.int64)
    keys[theirs] = first_fresh(fills, drawn.row_of) + picked
    return replace(column, numbers=keys)


def stratified(name: str, size: int) -> Uniforms:
    """Evenly spread uniforms in an order that chance decides: one in each 1/size of [0, 1)."""
    order = np.argsort(uniforms(0, name, 0, size), kind="stable")
    return (order + 0.5) / size


def first_fresh(fills: Fills, table: str) -> int:
    """The first primary key that no row of a table has at the start."""
    column = fills.key_at(table, np.arange(1, dtype=np.int64))
    if column.form != "whole" or column.texts() != ["1"] or fills.key(table).name in fills.tables[table].fill:
        raise NotModelled(f"next_of: the primary key of {table} does not count 1, 2, 3 …")
    return fills.count(table) + 1


def _flags(drawn: Drawn) -> set[str]:
    return {drawn.if_flag} | _flags(drawn.then) | _flags(drawn.otherwise) if isinstance(drawn, IfFlag) else set()


def _resolve(drawn: Drawn, on: frozenset[str]) -> Drawn:
    while isinstance(drawn, IfFlag):
        drawn = drawn.then if drawn.if_flag in on else drawn.otherwise
    return drawn


def _leaves(drawn: Drawn) -> tuple[Drawn, ...]:
    return (*_leaves(drawn.then), *_leaves(drawn.otherwise)) if isinstance(drawn, IfFlag) else (drawn,)


def _columns(
    fills: Fills, request: Mapping[str, Drawn], endpoint: str, noise: Mapping[str, Uniforms]
) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    for name, drawn in request.items():
        if isinstance(drawn, NextOf):
            first = first_fresh(fills, drawn.next_of)
            columns[name] = Column(first + np.arange(len(noise[name]), dtype=np.int64), "whole", "bigint")
        elif not isinstance(drawn, Derived):
            columns[name] = sample(drawn, noise[name], name=f"population/{endpoint}/{name}", keys=fills)
    return columns


def _kinds(request: Mapping[str, Drawn], drawn: Mapping[frozenset[str], Mapping[str, Column]]) -> dict[str, str]:
    """One type per attribute, whatever the flags say: a null takes the type of the other answer."""
    kinds = {BUCKET: "bigint"}
    for name in request:
        there = sorted({columns[name].kind for columns in drawn.values() if name in columns} - {"null"})
        kinds[name] = there[0] if len(there) == 1 else "numeric" if there == ["bigint", "numeric"] else "text"
    return kinds


def _population(columns: Mapping[str, Column], kinds: Mapping[str, str], bucket: Uniforms) -> Population:
    values: dict[str, tuple[Value, ...]] = {
        name: tuple(_as_kind(value, kinds[name]) for value in column.values()) for name, column in columns.items()
    }
    values[BUCKET] = tuple((bucket * 100).astype(np.int64).tolist())
    return Population(values, {name: kinds[name] for name in values}, len(bucket))


def _as_kind(value: Value, kind: str) -> Value:
    if value is None or kind in {"bigint", "boolean"}:
        return value
    return "true" if value is True else "false" if value is False else str(value)


def _derived(request: Mapping[str, Drawn]) -> tuple[tuple[str, str], ...]:
    return tuple((name, drawn.sql) for name, drawn in request.items() if isinstance(drawn, Derived))


def _fresh(request: Mapping[str, Drawn]) -> dict[str, str]:
    return {
        name: leaf.next_of for name, drawn in request.items() for leaf in _leaves(drawn) if isinstance(leaf, NextOf)
    }


def _refers(fills: Fills, requests: "list[Mapping[str, Drawn]]", noise: Mapping[str, Uniforms]) -> dict[str, Numbers]:
    found: dict[str, list[Numbers]] = {}
    for request in requests:
        for name, drawn in request.items():
            if isinstance(drawn, RowOf):
                found.setdefault(drawn.row_of, []).append(row_numbers(drawn, noise[name], fills))
    return {table: in_order(rows) for table, rows in found.items()}
