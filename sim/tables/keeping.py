"""Copies of all tables as they are at a moment, put aside in the store: to be read, or put back later."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sim.errors import NotModelled
from sim.tables.reading import quoted
from sim.tables.schema import Catalog, Relation
from sim.tables.store import Store
from sim.tables.wire import kept_name

Points = Sequence[tuple[str, str, str]]
"""Which column of a table points at rows of which other table."""


def keep(store: Store, copy: str, fewer: Mapping[str, int], points: Points) -> None:
    """Put a copy of every table aside, less the newest rows of some, and the rows that point at those."""
    store.kept[copy] = store.catalog
    for name, relation in _tables(store.catalog).items():
        aside = replace(relation, name=kept_name(copy, name), stored=f" {copy} {relation.stored}")
        cut = f"WHERE rowid < (SELECT count(*) FROM {relation.source}) - {fewer[name]}" if fewer.get(name) else ""
        store.connection.execute(f"CREATE TABLE {aside.source} AS SELECT * FROM {relation.source} {cut} ORDER BY rowid")
        store.catalog = store.catalog.put(aside)
    while sum(_follow(store, copy, *point) for point in points):
        pass


def _follow(store: Store, copy: str, child: str, column: str, parent: str) -> int:
    """Rows that point at a row which is not there yet are not there either."""
    ours, theirs = (store.catalog.relation(kept_name(copy, name)) for name in (child, parent))
    keys = theirs.keys()
    if len(keys) != 1:
        return 0
    mine = quoted(ours.field(column).stored)
    found = store.connection.execute(
        f"DELETE FROM {ours.source} WHERE {mine} IS NOT NULL "
        f"AND {mine} NOT IN (SELECT {quoted(keys[0].stored)} FROM {theirs.source})"
    ).fetchone()
    return int(found[0]) if found else 0


def put_back(store: Store, copy: str, tables: Sequence[str], at_ms: int) -> int:
    """Let a copy take the place of these tables, or of everything; what was written since is counted as lost."""
    then = store.kept[copy]
    store.pointed.forget()
    store.losses.before(store.facts(at_ms))
    store.half_done = True
    rows = sum(_refill(store, copy, name) for name in tables) if tables else _replace(store, copy, then)
    store.half_done = False
    store.losses.after(store.facts(at_ms), rows_changed=True)
    return rows


def _refill(store: Store, copy: str, name: str) -> int:
    """The same table, with the rows that it had."""
    relation, aside = store.catalog.table(name), store.catalog.table(kept_name(copy, name))
    if [(f.name, f.type) for f in relation.fields] != [(f.name, f.type) for f in aside.fields]:
        raise NotModelled(f"putting back {name} alone, across a change of its columns, is not modelled")
    watched = store.losses.watch(relation)
    store.connection.execute(f"DELETE FROM {relation.source}")
    rows = _pour(store, aside, relation)
    if watched:
        store.losses.compare(relation, [known.stored for known in relation.fields])
        store.losses.gone(relation, counts=not store.has_facts)
    return rows


def _replace(store: Store, copy: str, then: Catalog) -> int:
    """Every table and view as it was, and none that came later."""
    now, rows, run = store.catalog, 0, store.connection.execute
    store.catalog = replace(then, relations=dict(then.relations) | _aside(now), used=now.used)
    before, after = _tables(now), {relation.stored: relation for relation in _tables(then).values()}
    for relation in before.values():
        watched = store.losses.watch(relation)
        run(f"DROP TABLE {relation.source}")
        was = after.pop(relation.stored, None)
        if was is not None:
            rows += _again(store, copy, was)
            common = {known.stored for known in relation.fields} & {known.stored for known in was.fields}
            if watched:
                store.losses.compare(was, sorted(common))
        if watched:
            store.losses.gone(was or relation, counts=not store.has_facts, there=was is not None)
    return rows + sum(_again(store, copy, was) for was in after.values())


def _again(store: Store, copy: str, was: Relation) -> int:
    """A table as it was, made anew."""
    aside = store.catalog.table(kept_name(copy, was.name))
    store.connection.execute(f"CREATE TABLE {was.source} AS SELECT * FROM {aside.source} ORDER BY rowid")
    return _count(store, aside)


def bring(store: Store, copy: str, beside: Mapping[str, str]) -> int:
    """Pour rows of a copy into tables that stand beside, column by column."""
    store.pointed.forget()
    return sum(
        _pour(store, store.catalog.table(kept_name(copy, name)), store.catalog.table(other))
        for name, other in beside.items()
    )


def _pour(store: Store, aside: Relation, target: Relation) -> int:
    heads = ", ".join(quoted(target.field(known.name).stored) for known in aside.fields)
    values = ", ".join(quoted(known.stored) for known in aside.fields)
    store.connection.execute(
        f"INSERT INTO {target.source} ({heads}) SELECT {values} FROM {aside.source} ORDER BY rowid"
    )
    return _count(store, aside)


def _count(store: Store, relation: Relation) -> int:
    found = store.connection.execute(f"SELECT count(*) FROM {relation.source}").fetchone()
    return int(found[0]) if found else 0


def _tables(catalog: Catalog) -> dict[str, Relation]:
    return {
        name: known for name, known in catalog.relations.items() if known.reads is None and not name.startswith(" ")
    }


def _aside(catalog: Catalog) -> dict[str, Relation]:
    return {name: known for name, known in catalog.relations.items() if name.startswith(" ")}
