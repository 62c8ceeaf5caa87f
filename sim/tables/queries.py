"""Reads SELECT: its sources, its clauses, and the subqueries inside expressions."""

import re
from dataclasses import dataclass, replace

from sqlglot import exp

from sim.errors import NotModelled
from sim.tables.coercion import common, settled
from sim.tables.operators import compared, truth
from sim.tables.parsing import name_of, only, table_name
from sim.tables.pgtypes import PgType
from sim.tables.reading import Scope, Source, Translation, Typed, quoted, typed

Columns = tuple[tuple[str, PgType], ...]
_CLAUSES = (
    "expressions",
    "from_",
    "joins",
    "where",
    "group",
    "having",
    "order",
    "limit",
    "offset",
    "distinct",
    "with_",
    "kind",
)
_SETS = {exp.Union: "UNION", exp.Intersect: "INTERSECT", exp.Except: "EXCEPT"}


@dataclass(frozen=True)
class Query:
    """A translated query and the columns that it gives."""

    sql: str
    columns: Columns


def query(t: Translation, node: exp.Expr, outer: Scope) -> Query:
    """Translate a SELECT, VALUES or set operation."""
    if isinstance(node, exp.Subquery):
        only(node, "this")
        return query(t, node.this, outer)
    if isinstance(node, exp.SetOperation):
        return _set_operation(t, node, outer)
    if isinstance(node, exp.Values):
        return _values(t, node, outer)
    if not isinstance(node, exp.Select):
        raise NotModelled(f"a SELECT is wanted, not {node.sql('postgres')[:60]!r}")
    return _select(t, node, outer)


def _select(t: Translation, node: exp.Select, outer: Scope) -> Query:
    only(node, *_CLAUSES)
    lead, named = with_clause(t, node, outer)
    base = Scope((), outer, named)
    origin = node.args.get("from_")
    sql, scope = sources(t, origin.this, node.args.get("joins"), base) if origin else ("", base)
    outputs = _outputs(t, node.expressions, scope)
    distinct = node.args.get("distinct")
    if distinct is not None:
        only(distinct)
    parts = [
        lead + "SELECT" + (" DISTINCT" if distinct is not None else ""),
        ", ".join(f"{v.sql} AS {quoted(n)}" for n, v in outputs),
    ]
    parts += [f"FROM {sql}"] if sql else []
    parts += [f"WHERE {truth(t, node.args['where'].this, scope)}"] if node.args.get("where") else []
    parts += [_group(t, node.args["group"], node.expressions, scope)] if node.args.get("group") else []
    parts += [f"HAVING {truth(t, node.args['having'].this, scope)}"] if node.args.get("having") else []
    parts += _tail(t, node, scope, [name for name, _ in outputs])
    return Query(" ".join(parts), tuple((name, value.type) for name, value in outputs))


def with_clause(t: Translation, node: exp.Expr, outer: Scope) -> tuple[str, dict[str, Columns]]:
    """WITH: each name is a query that the following ones may read."""
    named = {name: columns for scope in _up(outer) for name, columns in scope.named.items()}
    clause = node.args.get("with_")
    if clause is None:
        return "", named
    only(clause, "expressions")
    parts = []
    for part in clause.expressions:
        only(part, "this", "alias")
        name, inner = name_of(part.args["alias"].this), query(t, part.this, Scope((), outer, dict(named)))
        columns = _renamed(inner.columns, part.args["alias"].args.get("columns"))
        named[name] = columns
        heads = ", ".join(quoted(head) for head, _ in columns)
        parts.append(f"{quoted('with ' + name)} ({heads}) AS ({inner.sql})")
    return f"WITH {', '.join(parts)} ", named


def _up(scope: Scope | None) -> list[Scope]:
    return [] if scope is None else [*_up(scope.outer), scope]


def _renamed(columns: Columns, heads: list[exp.Expr] | None) -> Columns:
    names = [name_of(head) for head in heads or ()]
    if len(names) > len(columns):
        raise NotModelled(f"{len(names)} column names for {len(columns)} columns")
    return tuple((names[i] if i < len(names) else name, kind) for i, (name, kind) in enumerate(columns))


def sources(t: Translation, first: exp.Expr, joins: list[exp.Expr] | None, scope: Scope) -> tuple[str, Scope]:
    """FROM and its joins, and the scope in which they can be seen."""
    sql, scope = _source(t, first, scope)
    for join in [*(first.args.get("joins") or ()), *(joins or ())]:
        only(join, "this", "side", "kind", "on", "using")
        side, kind = str(join.args.get("side") or "").upper(), str(join.args.get("kind") or "").upper()
        if side not in {"", "LEFT", "RIGHT", "FULL"} or kind not in {"", "INNER", "OUTER", "CROSS"}:
            raise NotModelled(f"{side} {kind} JOIN is not modelled".strip())
        before = scope
        other, scope = _source(t, join.this, scope)
        sql += _joined(t, join, word=f"{side} JOIN".strip(), other=other, before=before, scope=scope)
        merged = frozenset(name_of(part) for part in join.args.get("using") or ())
        if merged and side not in {"", "LEFT"}:
            raise NotModelled(f"{side} JOIN … USING is not modelled; write ON")
        scope = replace(scope, sources=(*scope.sources[:-1], replace(scope.sources[-1], merged=merged)))
    return sql, scope


def _joined(t: Translation, join: exp.Expr, *, word: str, other: str, before: Scope, scope: Scope) -> str:
    if join.args.get("on") is not None:
        return f" {word} {other} ON {truth(t, join.args['on'], scope)}"
    if join.args.get("using"):
        tests = []
        for name in (name_of(part) for part in join.args["using"]):
            left = before.column(name, None)
            right = Scope(scope.sources[-1:]).column(name, None)
            if left is None or right is None:
                raise NotModelled(f"USING ({name}): both sides need that column")
            tests.append(compared(t, left, "=", right).sql)
        return f" {word} {other} ON {' AND '.join(tests)}"
    if word != "JOIN":
        raise NotModelled("an outer join needs ON")
    return f" CROSS JOIN {other}"


def _source(t: Translation, node: exp.Expr, scope: Scope) -> tuple[str, Scope]:
    mark = t.alias()
    if isinstance(node, exp.Table):
        only(node, "this", "alias", "joins", "db")
        sql, fields, name = _relation(t, node, mark, scope)
    elif isinstance(node, exp.Subquery | exp.Values):
        only(node, "this", "alias", "joins", "expressions")
        inner = (
            _values(t, node, scope)
            if isinstance(node, exp.Values)
            else query(t, node.this, Scope((), scope.outer, scope.named))
        )
        fields = tuple((head, Typed(f"{mark}.{quoted(head)}", kind)) for head, kind in inner.columns)
        sql, name = f"({inner.sql})", ""
    else:
        raise NotModelled(f"{node.sql('postgres')[:60]!r} in FROM is not modelled")
    alias = node.args.get("alias")
    if alias is not None:
        only(alias, "this", "columns")
        heads = [name_of(head) for head in alias.args.get("columns") or ()]
        if len(heads) > len(fields):
            raise NotModelled(f"{len(heads)} column names for {len(fields)} columns")
        fields = tuple((heads[i] if i < len(heads) else head, value) for i, (head, value) in enumerate(fields))
        name = name_of(alias.this) if alias.this is not None else name
    if any(source.alias == name for source in scope.sources):
        raise NotModelled(f"the name {name!r} stands twice in FROM")
    return f"{sql} AS {mark}", replace(scope, sources=(*scope.sources, Source(name, fields)))


def _relation(
    t: Translation, node: exp.Table, mark: str, scope: Scope
) -> tuple[str, tuple[tuple[str, Typed], ...], str]:
    if isinstance(node.this, exp.Func):
        raise NotModelled(f"the function {node.sql('postgres')[:60]!r} in FROM is not modelled")
    name = shown_name(node)
    for around in reversed(_up(scope)):
        if name in around.named:
            columns = around.named[name]
            return (
                quoted("with " + name),
                tuple((head, Typed(f"{mark}.{quoted(head)}", kind)) for head, kind in columns),
                name,
            )
    relation = t.catalog.relation(name)
    t.uses |= {relation.stored, *relation.uses}
    fields = tuple((field.name, Typed(f"{mark}.{quoted(field.stored)}", field.type)) for field in relation.fields)
    return relation.source, fields, name.rpartition(".")[2]


def shown_name(node: exp.Table) -> str:
    """A table's name; outside `public` with its schema, so that a caller can supply information_schema."""
    db = node.args.get("db")
    return table_name(node) if db is None or name_of(db) == "public" else f"{name_of(db)}.{name_of(node.this)}"


def _outputs(t: Translation, nodes: list[exp.Expr], scope: Scope) -> list[tuple[str, Typed]]:
    found: list[tuple[str, Typed]] = []
    for node in nodes:
        if isinstance(node, exp.Star) or (isinstance(node, exp.Column) and isinstance(node.this, exp.Star)):
            starred = _starred(node, scope)
            for _, value in starred:
                t.use(value.sql)
            found += starred
            continue
        inner = node.this if isinstance(node, exp.Alias) else node
        name = name_of(node.args["alias"]) if isinstance(node, exp.Alias) else _heading(inner)
        found.append((name, settled(typed(t, inner, scope))))
    seen: dict[str, int] = {}
    unique = []
    for name, value in found:
        seen[name] = seen.get(name, 0) + 1
        unique.append((name if seen[name] == 1 else f"{name}:{seen[name]}", value))
    return unique


def _starred(node: exp.Expr, scope: Scope) -> list[tuple[str, Typed]]:
    star = node if isinstance(node, exp.Star) else node.this
    only(star)
    alias = name_of(node.args["table"]) if isinstance(node, exp.Column) else None
    found = [field for source in scope.sources for field in source.fields if source.shows(field[0], alias)]
    if not found:
        raise NotModelled(f"{alias or ''}* names no table here")
    return found


def _heading(node: exp.Expr) -> str:
    """The column name that PostgreSQL invents."""
    while isinstance(node, exp.Paren | exp.Cast | exp.Filter | exp.Window):
        node = node.this
    if isinstance(node, exp.Column):
        return name_of(node.this)
    if isinstance(node, exp.Anonymous):
        return str(node.this).lower()
    if isinstance(node, exp.Func) and not isinstance(node, exp.Connector | exp.Binary):
        return {"stddev": "stddev", "logicaland": "bool_and", "logicalor": "bool_or"}.get(node.key, node.key)
    return "?column?"


def _group(t: Translation, node: exp.Expr, outputs: list[exp.Expr], scope: Scope) -> str:
    only(node, "expressions")
    keys = []
    for part in node.expressions:
        if isinstance(part, exp.Literal) and re.fullmatch(r"\d{1,3}", str(part.this)):
            part = _output(outputs, int(str(part.this)))  # noqa: PLW2901  # a place stands for its expression
        elif (
            isinstance(part, exp.Column)
            and not part.args.get("table")
            and scope.column(name_of(part.this), None) is None
        ):
            part = _named(outputs, part)  # noqa: PLW2901
        keys.append(settled(typed(t, part, scope)).sql)
    return f"GROUP BY {', '.join(keys)}"


def _output(outputs: list[exp.Expr], place: int) -> exp.Expr:
    if not 1 <= place <= len(outputs):
        raise NotModelled(f"there is no output column {place}")
    return outputs[place - 1].this if isinstance(outputs[place - 1], exp.Alias) else outputs[place - 1]


def _named(outputs: list[exp.Expr], part: exp.Column) -> exp.Expr:
    name = name_of(part.this)
    for output in outputs:
        if isinstance(output, exp.Alias) and name_of(output.args["alias"]) == name:
            return output.this  # type: ignore[no-any-return]
    return part


def _tail(t: Translation, node: exp.Expr, scope: Scope, heads: list[str]) -> list[str]:
    parts = []
    if node.args.get("order"):
        parts.append(ordered(t, node.args["order"], scope, heads))
    for clause in ("limit", "offset"):
        if node.args.get(clause) is not None:
            only(node.args[clause], "expression")
            count = node.args[clause].expression
            if not isinstance(count, exp.Literal) or not re.fullmatch(r"\d{1,18}", str(count.this)):
                raise NotModelled(f"{clause.upper()} wants a written number")
            parts.append(f"{clause.upper()} {count.this}")
    return parts


def ordered(t: Translation, node: exp.Expr, scope: Scope, heads: list[str]) -> str:
    """ORDER BY with PostgreSQL's place for nulls: last, and first when descending."""
    only(node, "expressions")
    parts = []
    for part in node.expressions:
        only(part, "this", "desc", "nulls_first")
        inner = part.this
        if isinstance(inner, exp.Literal) and re.fullmatch(r"\d{1,3}", str(inner.this)):
            place = int(str(inner.this))
            if not 1 <= place <= len(heads):
                raise NotModelled(f"there is no output column {place}")
            key = quoted(heads[place - 1])
        elif isinstance(inner, exp.Column) and not inner.args.get("table") and name_of(inner.this) in heads:
            key = quoted(name_of(inner.this))
        else:
            key = settled(typed(t, inner, scope)).sql
        desc, first = bool(part.args.get("desc")), part.args.get("nulls_first")
        first = desc if first is None else bool(first)
        parts.append(f"{key} {'DESC' if desc else 'ASC'} NULLS {'FIRST' if first else 'LAST'}")
    return f"ORDER BY {', '.join(parts)}"


def _set_operation(t: Translation, node: exp.SetOperation, outer: Scope) -> Query:
    only(node, "this", "expression", "distinct", "order", "limit", "offset", "with_")
    lead, named = with_clause(t, node, outer)
    scope = Scope((), outer, named)
    left, right = query(t, node.this, scope), query(t, node.expression, scope)
    if len(left.columns) != len(right.columns):
        raise NotModelled("both sides of a set operation need the same number of columns")
    columns = []
    for (name, one), (_, other) in zip(left.columns, right.columns, strict=True):
        _, kind = common(t, [Typed("NULL", one), Typed("NULL", other)])
        columns.append((name, kind))
    word = _SETS[type(node)] + ("" if node.args.get("distinct") else " ALL")
    heads = [name for name, _ in columns]
    tail = " ".join(_tail(t, node, Scope(), heads))
    return Query(f"{lead}({left.sql}) {word} ({right.sql}) {tail}".rstrip(), tuple(columns))


def _values(t: Translation, node: exp.Expr, outer: Scope) -> Query:
    rows = [part.expressions if isinstance(part, exp.Tuple) else [part] for part in node.expressions]
    if len({len(row) for row in rows}) != 1:
        raise NotModelled("VALUES lists must all be the same length")
    columns, kinds = [], []
    for place in range(len(rows[0])):
        values, kind = common(t, [typed(t, row[place], outer) for row in rows])
        columns.append([value.sql for value in values])
        kinds.append((f"column{place + 1}", kind))
    lines = ", ".join("(" + ", ".join(column[row] for column in columns) + ")" for row in range(len(rows)))
    heads = ", ".join(quoted(name) for name, _ in kinds)
    return Query(f"SELECT * FROM (VALUES {lines}) AS {t.alias()} ({heads})", tuple(kinds))
