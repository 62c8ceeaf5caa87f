"""Readers of queries inside expressions, and of what belongs to aggregates: FILTER and OVER."""

import re

from sqlglot import exp

from sim.errors import NotModelled
from sim.tables.coercion import common, settled
from sim.tables.operators import truth
from sim.tables.parsing import only
from sim.tables.pgtypes import BIGINT, BOOLEAN
from sim.tables.queries import ordered, query
from sim.tables.reading import Scope, Translation, Typed, quoted, reads, typed


@reads(exp.Subquery)
def _scalar(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this")
    inner = query(t, node.this, scope)
    if len(inner.columns) != 1:
        raise NotModelled("a subquery in an expression gives one column")
    return Typed(f"({inner.sql})", inner.columns[0][1])


@reads(exp.Exists)
def _exists(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this")
    return Typed(f"(EXISTS ({query(t, node.this, scope).sql}))", BOOLEAN)


@reads(exp.In)
def _in(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this", "expressions", "query")
    if node.args.get("query") is None:
        values, kind = common(t, [typed(t, part, scope) for part in (node.this, *node.expressions)])
        if kind.name == "json":
            raise NotModelled("IN over json is not modelled")
        return Typed(f"({values[0].sql} IN ({', '.join(value.sql for value in values[1:])}))", BOOLEAN)
    inner, mark = query(t, node.args["query"], scope), t.alias()
    sides = node.this.expressions if isinstance(node.this, exp.Tuple) else [node.this]
    if len(sides) != len(inner.columns):
        raise NotModelled("both sides of IN need the same number of columns")
    heads = [f" {place}" for place in range(len(sides))]
    pairs = [
        common(t, [typed(t, side, scope), Typed(f"{mark}.{quoted(head)}", kind)])[0]
        for side, head, (_, kind) in zip(sides, heads, inner.columns, strict=True)
    ]
    if len(sides) > 1:
        return _row_in(node, pairs, f"({inner.sql}) AS {mark} ({', '.join(map(quoted, heads))})")
    left, right = pairs[0][0].sql, pairs[0][1].sql
    return Typed(
        f"({left} IN (SELECT {right} FROM ({inner.sql}) AS {mark} ({', '.join(map(quoted, heads))})))", BOOLEAN
    )


def _row_in(node: exp.Expr, pairs: list[list[Typed]], origin: str) -> Typed:
    """A row in a query: false where PostgreSQL says unknown, so it may only stand where the two do the same."""
    around = node.parent
    while isinstance(around, exp.Paren | exp.And | exp.Or):
        around = around.parent
    if not isinstance(around, exp.Where | exp.Having):
        raise NotModelled("(…, …) IN (SELECT …) is modelled only as a condition of WHERE")
    left, right = (", ".join(pair[side].sql for pair in pairs) for side in (0, 1))
    known = [" AND ".join(f"{pair[side].sql} IS NOT NULL" for pair in pairs) for side in (0, 1)]
    return Typed(f"({known[0]} AND ({left}) IN (SELECT ({right}) FROM {origin} WHERE {known[1]}))", BOOLEAN)


@reads(exp.Filter)
def _filter(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this", "expression")
    if not isinstance(node.this, exp.AggFunc):
        raise NotModelled("FILTER belongs to an aggregate")
    value = typed(t, node.this, scope)
    condition = f"FILTER (WHERE {truth(t, node.expression.this, scope)})"
    casted = re.fullmatch(r"CAST\((.*) AS ([A-Z]+(?:\(\d+,\d+\))?)\)", value.sql)
    sql = f"CAST({casted[1]} {condition} AS {casted[2]})" if casted else f"{value.sql} {condition}"
    return Typed(sql, value.type)


@reads(exp.Window)
def _window(t: Translation, node: exp.Expr, scope: Scope) -> Typed:
    only(node, "this", "partition_by", "order", "over")
    over = []
    if node.args.get("partition_by"):
        keys = (settled(typed(t, part, scope)).sql for part in node.args["partition_by"])
        over.append(f"PARTITION BY {', '.join(keys)}")
    if node.args.get("order"):
        over.append(ordered(t, node.args["order"], scope, []))
    if isinstance(node.this, exp.RowNumber | exp.Rank | exp.DenseRank):
        name = {exp.RowNumber: "row_number", exp.Rank: "rank", exp.DenseRank: "dense_rank"}[type(node.this)]
        return Typed(f"{name}() OVER ({' '.join(over)})", BIGINT)
    if not isinstance(node.this, exp.Count | exp.Min | exp.Max):
        raise NotModelled(f"{node.this.sql('postgres')[:40]} OVER is not modelled")
    value = typed(t, node.this, scope)
    return Typed(f"{value.sql} OVER ({' '.join(over)})", value.type)
