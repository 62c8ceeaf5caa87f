"""Which tables a statement of the application touches, and the lock it takes on each."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import sqlglot
from sqlglot import exp

from sim.errors import NotModelled

logging.getLogger("sqlglot").setLevel(logging.ERROR)  # what it cannot read is an answer here, not news

_MODES = {exp.Insert: "RowExclusiveLock", exp.Update: "RowExclusiveLock", exp.Delete: "RowExclusiveLock"}


@lru_cache(maxsize=4096)
def relations(sql: str) -> tuple[tuple[str, str], ...]:
    """The tables of a statement with the mode of its lock: written ones, FOR UPDATE ones, read ones."""
    try:
        tree = sqlglot.parse_one(sql, dialect="postgres")
    except (sqlglot.errors.SqlglotError, RecursionError):
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
    """The query that gives one row for each that an UPDATE, DELETE or INSERT … SELECT will write, if it is one.

    Rows that an UPDATE … FROM finds are those that it writes: it may find only one for each.
    """
    tree = sqlglot.parse_one(sql, dialect="postgres")
    if isinstance(tree, exp.Insert) and isinstance(tree.expression, exp.Query):
        return tree.expression.sql("postgres")
    if not isinstance(tree, exp.Update | exp.Delete) or tree.args.get("with_"):
        return None
    origin, using = tree.args.get("from_"), tree.args.get("using") or ()
    others = [origin.this] if origin else list(using)
    sources = ", ".join(one.sql("postgres") for one in (tree.this, *others))
    where = tree.args.get("where")
    return f"SELECT 1 FROM {sources}" + (f" {where.sql('postgres')}" if where else "")


_STEADY = (exp.And, exp.Or, exp.Cast, exp.Case, exp.If, exp.Coalesce)
_FORBIDDING = {"expressions", "from_", "where"}
_ROW_BY_ROW = (exp.ColumnDef, exp.AlterColumn, exp.Drop, exp.AddConstraint)


@lru_cache(maxsize=4096)
def forbids(sql: str) -> tuple[str, frozenset[str]] | None:
    """The table and columns of a query that says of each row by itself that it must not be: count(*) = 0 … WHERE."""
    tree = _read(sql)
    if not isinstance(tree, exp.Select) or {name for name, part in tree.args.items() if part} != _FORBIDDING:
        return None
    if [one.sql() for one in tree.expressions] != ["COUNT(*) = 0"]:
        return None
    where = tree.args["where"]
    if not isinstance(tree.args["from_"].this, exp.Table) or where.find(exp.Query) or not _steady(where):
        return None
    return tree.args["from_"].this.name, frozenset(column.name for column in where.find_all(exp.Column))


@lru_cache(maxsize=4096)
def row_by_row(sql: str) -> bool:
    """Whether a change of the schema does to each row what it does to its like, whichever rows there are and when."""
    tree = _read(sql)
    if isinstance(tree, exp.Create):
        return tree.kind == "INDEX"
    if not isinstance(tree, exp.Alter) or tree.args.get("kind") != "TABLE" or not _steady(tree):
        return False
    return all(isinstance(one, _ROW_BY_ROW) and not one.args.get("dtype") for one in tree.args["actions"])


@lru_cache(maxsize=4096)
def puts_alike(sql: str, table: str, columns: frozenset[str], varying: frozenset[str]) -> bool:
    """Whether a request's INSERT gives these columns what it gives them in every request of the same prototype."""
    tree = _read(sql)
    if not isinstance(tree, exp.Insert) or not isinstance(tree.this, exp.Schema):
        return False
    heads = [head.name for head in tree.this.expressions]
    rows = [dict(zip(heads, row.expressions, strict=False)) for row in tree.expression.expressions]
    values = [value for row in rows for head, value in row.items() if head in columns]
    named = {parameter.name for value in values for parameter in value.find_all(exp.Parameter)}
    return tree.this.this.name != table or (not named & varying and all(map(_steady, values)))


def _steady(tree: exp.Expr) -> bool:
    """Whether no part of it depends on the hour or on chance, as far as a list of the known tells."""
    return all(isinstance(part, _STEADY) for part in tree.find_all(exp.Func))


def _read(sql: str) -> exp.Expr | None:
    try:
        return sqlglot.parse_one(sql, dialect="postgres")
    except (sqlglot.errors.SqlglotError, RecursionError):
        return None


@dataclass(frozen=True)
class Pieces:
    """A statement that is to run in batches along a key; without a WHERE of its own it finds every row."""

    tree: exp.Expr
    key: exp.Column

    @property
    def _found(self) -> list[exp.Expr]:
        where = self.tree.args.get("where")
        return [exp.paren(where.this.copy())] if where is not None else []

    def next(self, last: int, batch: int) -> str:
        """The query for the last key, and the number, of the next `batch` rows that it finds after a key."""
        rows = exp.select(exp.alias_(self.key.copy(), "key")).from_(self.tree.this.copy())
        rows = rows.where(*self._found, self.key > last).order_by(self.key.copy()).limit(batch)
        return f"SELECT max(q.key) AS upto, count(*) AS n FROM ({rows.sql('postgres')}) AS q"

    def within(self, last: int, upto: int) -> str:
        """The statement for what lies after one key and up to another."""
        piece = self.tree.copy()
        piece.set("where", exp.Where(this=exp.and_(*self._found, self.key > last, self.key <= upto)))
        return str(piece.sql("postgres"))


def pieces(sql: str, key: Callable[[str], str]) -> Pieces:
    """Take a statement apart for batches; `key` gives the primary key of a table."""
    tree = sqlglot.parse_one(sql, dialect="postgres")
    if not isinstance(tree, exp.Update | exp.Delete) or any(
        tree.args.get(part) for part in ("from_", "using", "with_", "returning")
    ):
        raise NotModelled("in batches runs an UPDATE or DELETE of one table; others are read in subqueries")
    name = exp.to_identifier(key(tree.this.name), quoted=True)
    return Pieces(tree, exp.column(name, table=tree.this.alias_or_name))


@lru_cache(maxsize=256)
def rereads(sql: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """The tables that a subquery reads anew for each row an UPDATE finds, and the columns it looks them up by."""
    tree = sqlglot.parse_one(sql, dialect="postgres")
    if not isinstance(tree, exp.Update):
        return ()
    outer, found = tree.this.alias_or_name, list[tuple[str, frozenset[str]]]()
    for subquery in tree.find_all(exp.Subquery):
        select, origin = subquery.this, subquery.this.args.get("from_")
        if isinstance(subquery.parent, exp.From | exp.Join) or origin is None or not isinstance(origin.this, exp.Table):
            continue
        tests = [(test.this, test.expression) for test in select.find_all(exp.EQ)]
        pairs = [pair for one, two in tests for pair in ((one, two), (two, one))]
        keys = [one.name for one, two in pairs if isinstance(one, exp.Column) and _names(two, outer)]
        if any(_names(column, outer) for column in select.find_all(exp.Column)):
            found.append((origin.this.name, frozenset(keys)))
    return tuple(found)


def _names(node: exp.Expr, table: str) -> bool:
    return isinstance(node, exp.Column) and node.table == table


@lru_cache(maxsize=4096)
def brings(sql: str) -> tuple[str, dict[str, str | None]] | None:
    """The table of an INSERT … VALUES of one row with named columns, and the attribute that each gets as it is."""
    tree = _read(sql)
    if not isinstance(tree, exp.Insert) or not isinstance(tree.expression, exp.Values):
        return None
    if not isinstance(tree.this, exp.Schema) or len(tree.expression.expressions) != 1:
        return None
    names = [column.name for column in tree.this.expressions]
    values = [value.sql("postgres") for value in tree.expression.expressions[0].expressions]
    given = zip(names, values, strict=False)
    return tree.this.this.name, {name: value[1:] if value.startswith("$") else None for name, value in given}
