"""Which tables a statement of the application touches, and the lock it takes on each."""

import logging
from functools import lru_cache

import sqlglot
from sqlglot import exp

logging.getLogger("sqlglot").setLevel(logging.ERROR)  # what it cannot read is an answer here, not news

_MODES = {exp.Insert: "RowExclusiveLock", exp.Update: "RowExclusiveLock", exp.Delete: "RowExclusiveLock"}


@lru_cache(maxsize=4096)
def relations(sql: str) -> tuple[tuple[str, str], ...]:
    """The tables of a statement with the mode of its lock: written ones, FOR UPDATE ones, read ones."""
    try:
        tree = sqlglot.parse_one(sql, dialect="postgres")
    except sqlglot.errors.SqlglotError:
        return ()
    found: dict[str, str] = {}
    hidden = {cte.alias for cte in tree.find_all(exp.CTE)}
    locking = any(tree.find_all(exp.Lock))
    for table in tree.find_all(exp.Table):
        if table.name and table.name not in hidden:
            found.setdefault(table.name, "RowShareLock" if locking else "AccessShareLock")
    for statement, mode in _MODES.items():
        for written in tree.find_all(statement):
            target = written.find(exp.Table)
            if target is not None:
                found[target.name] = mode
    return tuple(sorted(found.items()))


def writes(sql: str) -> bool:
    """Whether a statement leaves rows behind."""
    return any(mode == "RowExclusiveLock" for _, mode in relations(sql))


@lru_cache(maxsize=4096)
def only_inserts(sql: str) -> bool:
    """Whether a statement adds rows and touches none that is there, so that its like may wait for it."""
    tree = sqlglot.parse_one(sql, dialect="postgres")
    return isinstance(tree, exp.Insert) and isinstance(tree.expression, exp.Values) and not tree.args.get("conflict")


def counting(sql: str) -> str | None:
    """The query that gives one row for each that an UPDATE, DELETE or INSERT … SELECT will write, if it is one."""
    tree = sqlglot.parse_one(sql, dialect="postgres")
    if isinstance(tree, exp.Insert) and isinstance(tree.expression, exp.Query):
        return tree.expression.sql("postgres")
    if not isinstance(tree, exp.Update | exp.Delete) or tree.args.get("from_") or tree.args.get("using"):
        return None
    where = tree.args.get("where")
    return f"SELECT 1 FROM {tree.this.sql('postgres')}" + (f" {where.sql('postgres')}" if where else "")
