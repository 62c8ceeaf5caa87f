"""Reads INSERT, UPDATE and DELETE into plans that `writing` carries out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from sim.errors import NotModelled
from sim.tables.coercion import assigned
from sim.tables.operators import truth
from sim.tables.parsing import name_of, only, parse_expression, table_name
from sim.tables.queries import query, sources, with_clause
from sim.tables.reading import Scope, Source, Translation, Typed, key_text, quoted, typed
from sim.tables.schema import Field, Relation

ORDER = '"request"." order"'


@dataclass(frozen=True)
class Clash:
    """ON CONFLICT: the columns that must differ, and what to set when they do not; nothing when `sets` is empty."""

    keys: tuple[str, ...]
    sets: tuple[tuple[str, str], ...]
    where: str = "TRUE"


@dataclass(frozen=True)
class Insert:
    """`rows` gives every stored column of the table, and in a batch ` order`."""

    table: Relation
    rows: str
    clash: Clash | None = None


@dataclass(frozen=True)
class Update:
    """`changes` gives ` row` (DuckDB's rowid) and the new values of `columns`; in a batch also ` order`.

    `turns` says that later requests see what earlier ones of the same `group` (SQL over `request`) did. Where the key
    of the table is left alone they are `keyed`: they give ` key` too, as text.
    """

    table: Relation
    columns: tuple[str, ...]
    changes: str
    turns: bool = False
    group: str = "1"
    keyed: bool = False


@dataclass(frozen=True)
class Delete:
    """`rows` gives the ` row` of each row that goes."""

    table: Relation
    rows: str


Plan = Insert | Update | Delete


def plan(t: Translation, node: exp.Expr) -> Plan:
    """Read one statement that changes rows."""
    if isinstance(node, exp.Insert):
        return _insert(t, node)
    if isinstance(node, exp.Update):
        return _update(t, node)
    if isinstance(node, exp.Delete):
        return _delete(t, node)
    if isinstance(node, exp.TruncateTable) and len(node.expressions) == 1:
        target = _base(t, t.catalog.relation(table_name(node.expressions[0])))
        return Delete(target, f'SELECT rowid AS " row" FROM {target.source}')
    raise NotModelled(f"{node.sql('postgres')[:60]!r} is not modelled: INSERT, UPDATE, DELETE and TRUNCATE are")


def _base(t: Translation, relation: Relation) -> Relation:
    """The table that a relation writes to: itself, or the one under a simple view."""
    if relation.reads is None:
        return relation
    if relation.base is None:
        raise NotModelled(f"{relation.name} is a view that cannot be written to")
    return t.catalog.stored(relation.base)


def _insert(t: Translation, node: exp.Insert) -> Insert:
    only(node, "this", "expression", "conflict", "returning", "default", "with_")
    shape, head = node.this, _head(node)
    only(head, "this", "db", "alias")
    relation = t.catalog.relation(table_name(head))
    fields = (
        [relation.field(name_of(part)) for part in shape.expressions]
        if isinstance(shape, exp.Schema)
        else list(relation.fields)
    )
    target = _base(t, relation)
    lead, named = with_clause(t, node, Scope())
    given, origin = _given(t, node, fields, Scope((), None, named))
    columns = [f"{_stored_value(t, target, field, given)} AS {quoted(field.stored)}" for field in target.fields]
    if t.batch:
        columns.append(f'{ORDER} AS " order"')
    clash = _clash(t, relation, node.args["conflict"]) if node.args.get("conflict") else None
    return Insert(target, f"{lead}SELECT {', '.join(columns)} {origin}", clash)


def _given(t: Translation, node: exp.Insert, fields: list[Field], scope: Scope) -> tuple[dict[str, str], str]:
    """What the statement says for each stored column, and the FROM that it says it over."""
    body, batch = node.args.get("expression"), '"request"' if t.batch else ""
    if body is None:
        return {}, f"FROM {batch}" if batch else ""
    if isinstance(body, exp.Values) and len(body.expressions) == 1:
        only(body, "expressions")
        parts = _cells(body.expressions[0])
        _same_length(fields, parts)
        said = [(field, part) for field, part in zip(fields, parts, strict=False) if not _is_default(part)]
        given = {field.stored: assigned(t, typed(t, part, scope), field.type) for field, part in said}
        return given, f"FROM {batch}" if batch else ""
    if t.batch and any(table_name(found) == table_name(_head(node)) for found in body.find_all(exp.Table)):
        raise NotModelled("an INSERT of requests that reads the table it writes to is not modelled")
    sql, columns = _lines(t, body, fields, scope) if isinstance(body, exp.Values) else _selected(t, body, scope)
    mark = t.alias()
    _same_length(fields, columns)
    heads = [f" {place}" for place in range(len(columns))]
    values = [replace(value, sql=f"{mark}.{quoted(head)}") for head, value in zip(heads, columns, strict=True)]
    given = {field.stored: assigned(t, value, field.type) for field, value in zip(fields, values, strict=False)}
    aliased = f"({sql}) AS {mark} ({', '.join(map(quoted, heads))})"
    return given, f"FROM {batch}, LATERAL {aliased}" if batch else f"FROM {aliased}"


def _cells(line: exp.Expr) -> list[exp.Expr]:
    return list(line.expressions) if isinstance(line, exp.Tuple) else [line]


def _lines(t: Translation, body: exp.Values, fields: list[Field], scope: Scope) -> tuple[str, list[Typed]]:
    """Several rows of VALUES: each cell is read for the column that it goes into."""
    only(body, "expressions")
    rows = [_cells(line) for line in body.expressions]
    if len({len(row) for row in rows}) != 1:
        raise NotModelled("VALUES lists must all be the same length")
    _same_length(fields, rows[0])
    if any(_is_default(cell) for row in rows for cell in row):
        raise NotModelled("DEFAULT in an INSERT of several rows is not modelled; leave the column out")
    kinds = [field.type for field in fields[: len(rows[0])]]
    lines = (
        ", ".join(
            f"CAST({assigned(t, typed(t, cell, scope), kind)} AS {kind.storage})"
            for cell, kind in zip(row, kinds, strict=True)
        )
        for row in rows
    )
    return f"VALUES {', '.join(f'({line})' for line in lines)}", [Typed("", kind) for kind in kinds]


def _selected(t: Translation, body: exp.Expr, scope: Scope) -> tuple[str, list[Typed]]:
    """A query's rows; an untyped literal in its list still takes the type of the column that it goes into."""
    inner = query(t, body, scope)
    columns = [Typed("", kind) for _, kind in inner.columns]
    parts = [part.unalias() for part in body.expressions] if isinstance(body, exp.Select) else []
    if len(parts) == len(columns):
        columns = [
            replace(column, literal=str(part.this)) if isinstance(part, exp.Literal) and part.is_string else column
            for part, column in zip(parts, columns, strict=True)
        ]
    return inner.sql, columns


def _head(node: exp.Insert) -> exp.Expr:
    shape: exp.Expr = node.this
    return shape.this if isinstance(shape, exp.Schema) else shape


def _same_length(fields: Sequence[object], values: Sequence[object]) -> None:
    if len(values) > len(fields):
        raise NotModelled(f"INSERT has {len(values)} values for {len(fields)} columns")


def _is_default(node: exp.Expr) -> bool:
    return (isinstance(node, exp.Var) and str(node.this).upper() == "DEFAULT") or isinstance(
        node, exp.DefaultColumnConstraint
    )


def _stored_value(t: Translation, target: Relation, field: Field, given: dict[str, str]) -> str:
    if field.stored in given:
        return given[field.stored]
    if field.generated is not None:
        return _generated(t, target, field, lambda other: _stored_value(t, target, other, given))
    return f"CAST({default_value(t, target, field)} AS {field.type.storage})"


def _generated(t: Translation, target: Relation, field: Field, value: Callable[[Field], str]) -> str:
    """What a generated column follows from: the other columns, as they will be."""
    others = [other for other in target.fields if other.generated is None]
    row = Source(target.name, tuple((other.name, Typed(value(other), other.type)) for other in others))
    made = assigned(t, typed(t, parse_expression(field.generated or ""), Scope((row,))), field.type)
    return f"CAST({made} AS {field.type.storage})"


def default_value(t: Translation, target: Relation, field: Field, among: str = "", scope: Scope | None = None) -> str:
    """What a column gets when nothing is said; `among` orders the rows that a count runs over."""
    order = among or (f"ORDER BY {ORDER}" if t.batch else "")
    if field.serial:
        column = quoted(field.stored)
        return f"(SELECT coalesce(max({column}), 0) FROM {target.source}) + row_number() OVER ({order})"
    if field.default is None:
        return "NULL"
    node = parse_expression(field.default)
    if isinstance(node, exp.Uuid):
        t.counted = True
        return f"md5('{field.stored}/{t.number}/' || row_number() OVER ({order}))"
    return assigned(t, typed(t, node, scope or Scope()), field.type)


def _clash(t: Translation, relation: Relation, node: exp.Expr) -> Clash:
    only(node, "expressions", "action", "conflict_keys", "where")
    parts = node.args.get("conflict_keys") or []
    keys = tuple(relation.field(name_of(part.this if isinstance(part, exp.Ordered) else part)).stored for part in parts)
    if not keys:
        raise NotModelled("ON CONFLICT without columns is not modelled")
    if str(node.args["action"].this).upper() == "DO NOTHING":
        return Clash(keys, ())
    if any(field.generated is not None for field in relation.fields):
        raise NotModelled("ON CONFLICT … DO UPDATE of a table with generated columns is not modelled")
    there, excluded = _row_of(relation, '"there"', relation.name), _row_of(relation, '"incoming"', "excluded")
    # a bare column means the row that is there
    bare = Scope((there,), Scope((excluded,)))
    sets = []
    for part in node.expressions:
        field = _set_target(relation, part)
        if field.stored in keys:
            raise NotModelled("ON CONFLICT … SET of its own key is not modelled")
        sets.append((field.stored, assigned(t, typed(t, part.expression, bare), field.type)))
    where = truth(t, node.args["where"].this, bare) if node.args.get("where") else "TRUE"
    return Clash(keys, tuple(sets), where)


def _row_of(relation: Relation, mark: str, alias: str) -> Source:
    return Source(alias, tuple((f.name, Typed(f"{mark}.{quoted(f.stored)}", f.type)) for f in relation.fields))


def _set_target(relation: Relation, part: exp.Expr) -> Field:
    if not isinstance(part, exp.EQ) or not isinstance(part.this, exp.Column) or part.this.args.get("table"):
        raise NotModelled(f"SET {part.sql('postgres')[:60]!r} is not modelled; one column at a time is")
    return relation.field(name_of(part.this.this))


def _target(t: Translation, node: exp.Table, scope: Scope) -> tuple[Relation, Scope]:
    """The table that rows are changed in, seen under its alias as `target`."""
    only(node, "this", "alias", "db")
    relation = t.catalog.relation(table_name(node))
    alias = node.args.get("alias")
    if alias is not None:
        only(alias, "this")
    shown = _row_of(relation, '"target"', name_of(alias.this) if alias is not None else relation.name)
    return relation, replace(scope, sources=(*scope.sources, shown))


def _over(t: Translation, target: Relation, others: exp.Expr | None, scope: Scope) -> tuple[str, Scope]:
    """FROM the target, each request, and whatever else the statement reads."""
    sql = f'{target.source} AS "target"' + (', "request"' if t.batch else "")
    if others is None:
        return sql, scope
    more, scope = sources(t, others, None, scope)
    return f"{sql}, {more}", scope


def _update(t: Translation, node: exp.Update) -> Update:
    only(node, "this", "expressions", "from_", "where", "returning", "with_")
    lead, named = with_clause(t, node, Scope())
    relation, scope = _target(t, node.this, Scope((), None, named))
    target, origin, where = _base(t, relation), node.args.get("from_"), node.args.get("where")
    over, scope = _over(t, target, origin.this if origin else None, scope)
    parts = [(_set_target(relation, part), part.expression) for part in node.expressions]
    values = [
        f"CAST({default_value(t, target, field)} AS {field.type.storage})" if _is_default(value)
        else assigned(t, typed(t, value, scope), field.type)
        for field, value in parts
    ]  # fmt: skip
    columns = tuple(field.stored for field, _ in parts)
    new = dict(zip(columns, values, strict=True))

    def there(other: Field) -> str:
        return new.get(other.stored, f'"target".{quoted(other.stored)}')

    for field in (field for field in target.fields if field.generated is not None and field.stored not in new):
        values.append(_generated(t, target, field, there))
        columns = (*columns, field.stored)
    outputs = ['"target".rowid AS " row"', *(f"{v} AS {quoted(c)}" for c, v in zip(columns, values, strict=True))]
    turns, group = _turns(node, relation, {field.name for field, _ in parts}) if t.batch else (False, "1")
    outputs += [f'{ORDER} AS " order"'] if t.batch else []
    key = key_text(target, '"target".')
    keyed = key is not None and all(known.stored not in columns for known in target.keys())  # noqa: SIM118  # no dict
    outputs += [f'{key} AS " key"'] if keyed else []
    condition = truth(t, where.this, scope) if where else "TRUE"
    changes = f"{lead}SELECT {', '.join(outputs)} FROM {over} WHERE {condition}"
    return Update(target, columns, changes, turns, group, keyed)


def _turns(node: exp.Update, relation: Relation, written: set[str]) -> tuple[bool, str]:
    """Whether requests of one batch must take turns, and in which groups they cannot meet."""
    where = node.args.get("where")
    tests = list(conjuncts(where.this)) if where else []
    key = next((found for part in tests if (found := _key_test(part, written)) is not None), None)
    others = [found for found in node.find_all(exp.Table) if found is not node.this]
    if key is None or any(table_name(found) == relation.name for found in others):
        return True, "1"
    rest: list[exp.Expr] = [part.expression for part in node.expressions] + tests
    names = {
        name_of(part.this) for one in rest for part in one.find_all(exp.Column) if isinstance(part.this, exp.Identifier)
    }
    return bool(names & written), quoted("$" + key)


def conjuncts(node: exp.Expr) -> Iterable[exp.Expr]:
    """The tests that all have to hold."""
    if isinstance(node, exp.Paren):
        yield from conjuncts(node.this)
    elif isinstance(node, exp.And):
        yield from conjuncts(node.this)
        yield from conjuncts(node.expression)
    else:
        yield node


def _key_test(node: exp.Expr, written: set[str]) -> str | None:
    """The `$name` in `column = $name`, for a column that the statement leaves alone."""
    if not isinstance(node, exp.EQ):
        return None
    for one, other in ((node.this, node.expression), (node.expression, node.this)):
        if isinstance(one, exp.Column) and isinstance(other, exp.Parameter) and name_of(one.this) not in written:
            return str(other.this.this)
    return None


def _delete(t: Translation, node: exp.Delete) -> Delete:
    only(node, "this", "using", "where", "returning", "with_")
    lead, named = with_clause(t, node, Scope())
    relation, scope = _target(t, node.this, Scope((), None, named))
    target = _base(t, relation)
    if target.stored in t.catalog.cascading or target.name in t.catalog.cascading:
        raise NotModelled(f"a DELETE from {relation.name} reaches into other tables (ON DELETE …): not modelled")
    others = node.args.get("using") or []
    if len(others) > 1:
        raise NotModelled("DELETE … USING several tables is not modelled")
    over, scope = _over(t, target, others[0] if others else None, scope)
    condition = truth(t, node.args["where"].this, scope) if node.args.get("where") else "TRUE"
    return Delete(target, f'{lead}SELECT DISTINCT "target".rowid AS " row" FROM {over} WHERE {condition}')
