"""PostgreSQL's words for looking at sessions, said in words that the tables have."""

from sqlglot import exp

from sim.errors import NotModelled

_BLOCKING = "pg_blocking_pids"
PAIRS, LISTS = "pg_blocking_pairs", "pg_blocking_lists"
"""Who waits behind whom: one row for each pair, and one for each session with all it waits behind."""


def spelt_out(node: exp.Expr) -> exp.Expr:
    """`pg_blocking_pids` becomes a question about who waits behind whom, and a name cast to regclass stays a name."""
    return node.transform(_spelt)


def _spelt(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Cast) and isinstance(node.args["to"], exp.ObjectIdentifier):
        return exp.cast(node.this, "text")
    if isinstance(node, exp.EQ) and isinstance(node.expression, exp.Any):
        waiter = _waiter(node.expression.this.unnest())
        return node if waiter is None else exp.Exists(this=_select(PAIRS, "1", waiter, blocker=node.this))
    counted = node.this if isinstance(node, exp.ArraySize) else None
    if isinstance(node, exp.Anonymous) and str(node.this).lower() == "cardinality":
        counted = node.expressions[0]
    if counted is not None and (waiter := _waiter(counted)) is not None:
        return exp.Subquery(this=_select(PAIRS, "count(*)", waiter))
    if (waiter := _waiter(node)) is not None:
        found = exp.Subquery(this=_select(LISTS, "blockers", waiter))
        list_ = exp.Coalesce(this=found, expressions=[exp.Literal.string("{}")])
        return exp.alias_(list_, _BLOCKING) if isinstance(node.parent, exp.Select) else list_
    return node


def _waiter(node: exp.Expr) -> exp.Expr | None:
    """The session that is asked about, where this is the call."""
    if not isinstance(node, exp.Anonymous) or str(node.this).lower() != _BLOCKING:
        return None
    if len(node.expressions) != 1:
        raise NotModelled(f"{_BLOCKING} takes one pid")
    waiter: exp.Expr = node.expressions[0]
    return waiter


def _select(relation: str, what: str, waiter: exp.Expr, blocker: exp.Expr | None = None) -> exp.Select:
    condition: exp.Expr = exp.EQ(this=exp.column("waiter", relation), expression=waiter.copy())
    if blocker is not None:
        condition = exp.And(
            this=condition, expression=exp.EQ(this=exp.column("blocker", relation), expression=blocker.copy())
        )
    return exp.select(what).from_(relation).where(condition)
