"""How an expression is read: typed DuckDB SQL for each kind of node that we vouch for, else a refusal.

Other modules enter their readers with `@reads`; a node without one is not modelled, so the list of readers is the
allow-list.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from sim.errors import NotModelled, nearest
from sim.tables.pgtypes import JSONB, PgType
from sim.tables.schema import Catalog, Missing, Relation


@dataclass(frozen=True)
class Typed:
    """A piece of DuckDB's SQL and its PostgreSQL type; `literal` is what an untyped literal says.

    `loose` marks a value that PostgreSQL types by its context, as it does a parameter.
    """

    sql: str
    type: PgType
    literal: str | None = None
    loose: bool = False


@dataclass(frozen=True)
class Source:
    """One item of a FROM: its alias, and its columns; those `merged` by USING need the alias to be seen."""

    alias: str
    fields: tuple[tuple[str, Typed], ...]
    merged: frozenset[str] = frozenset()

    def shows(self, name: str, alias: str | None) -> bool:
        """Whether a column can be called so."""
        return alias == self.alias if alias is not None else name not in self.merged


@dataclass(frozen=True)
class Scope:
    """The names that an expression can see: those of its own query, then those around it."""

    sources: tuple[Source, ...] = ()
    outer: "Scope | None" = None
    named: Mapping[str, tuple[tuple[str, PgType], ...]] = field(default_factory=dict)

    def column(self, name: str, alias: str | None) -> Typed | None:
        """The column of this name; two of the same name are refused, as PostgreSQL does."""
        found = [
            typed
            for source in self.sources
            for known, typed in source.fields
            if known == name and source.shows(name, alias)
        ]
        if len({typed.sql for typed in found}) > 1:
            raise NotModelled(f"column {name!r} is ambiguous")
        if found:
            return found[0]
        return self.outer.column(name, alias) if self.outer else None

    def known(self) -> list[str]:
        """Every column name in sight, for a hint."""
        near = [name for source in self.sources for name, _ in source.fields]
        return near + (self.outer.known() if self.outer else [])


@dataclass
class Translation:
    """One statement on its way: what it may refer to, and what it turned out to use.

    `now` is DuckDB's SQL for the simulated time; `params` are `$name`s,
    `documents` those of them that must be canonical jsonb, `narrowed` those that must be a numeric of some digits.
    In a `batch` the statement runs once for each row of `request`. `number` counts statements, and `counted` says that
    the statement depends on it.
    """

    catalog: Catalog
    now: str
    params: Mapping[str, PgType] = field(default_factory=dict)
    documents: set[str] = field(default_factory=set)
    narrowed: set[tuple[str, PgType]] = field(default_factory=set)
    uses: set[str] = field(default_factory=set)
    batch: bool = False
    number: int = 0
    counted: bool = False
    aliases: int = 0

    def use(self, sql: str) -> None:
        """Note the stored column behind a reference."""
        self.uses.add(sql.rpartition(".")[2].strip('"'))

    def alias(self) -> str:
        """A fresh name that no statement can hold: identifiers of ours begin with a space."""
        self.aliases += 1
        return f'" {self.aliases}"'


Reader = Callable[[Translation, exp.Expr, Scope], Typed]
_READERS: dict[type[exp.Expr], Reader] = {}


def reads(*kinds: type[exp.Expr]) -> Callable[[Reader], Reader]:
    """Enter a reader for these kinds of node."""

    def enter(reader: Reader) -> Reader:
        _READERS.update(dict.fromkeys(kinds, reader))
        return reader

    return enter


def typed(translation: Translation, node: exp.Expr, scope: Scope) -> Typed:
    """Read one expression."""
    reader = _READERS.get(type(node))
    if reader is None:
        raise NotModelled(f"{_called(node)} is not modelled in the tables")
    return reader(translation, node, scope)


def _called(node: exp.Expr) -> str:
    if isinstance(node, exp.Anonymous):
        return f"the function {str(node.this).lower()}()"
    return f"{node.sql('postgres')[:60]!r} ({type(node).__name__})"


def quoted(name: str) -> str:
    """An identifier, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def text_of(text: str) -> str:
    """A text literal, whatever it holds."""
    return "'" + text.replace("'", "''") + "'"


def unknown_column(name: str, scope: Scope) -> Missing:
    """The refusal for a column that is not there."""
    return Missing(f"there is no column {name!r}; {nearest(name, scope.known(), 'see the table')}")


def parameter(translation: Translation, name: str, kind: PgType | None = None) -> Typed:
    """The value of `$name` in each request; of another type it is another column, converted on its way in."""
    if name not in translation.params:
        raise NotModelled(f"${name} is not an attribute of the request")
    if kind == JSONB:
        translation.documents.add(name)
        return Typed(f'"request".{quoted("$" + name + "/jsonb")}', JSONB)
    if kind is not None:
        translation.narrowed.add((name, kind))
        return Typed(f'"request".{quoted(f"${name}/{kind}")}', kind)
    return Typed(f'"request".{quoted("$" + name)}', translation.params[name], literal=None, loose=True)


def key_text(relation: Relation, mark: str) -> str | None:
    """DuckDB's SQL for the primary key of a row as text, None when there is no key."""
    keys = relation.keys()
    parts = [f"CAST({mark}{quoted(known.stored)} AS VARCHAR)" for known in keys]
    return " || chr(31) || ".join(parts) if parts else None
