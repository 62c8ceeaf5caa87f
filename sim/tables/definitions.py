"""Reads CREATE TABLE: columns, types, defaults and the primary key."""

import re
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from sim.errors import NotModelled
from sim.tables.parsing import name_of, only, parse_all, table_name
from sim.tables.pgtypes import SERIAL, read_type
from sim.tables.schema import Catalog, Field, Relation

_HARMLESS = (
    exp.CheckColumnConstraint, exp.UniqueColumnConstraint, exp.CommentColumnConstraint, exp.CollateColumnConstraint,
)  # fmt: skip
_CASCADES = re.compile(
    r"references\s+\"?(?:public\.)?(\w+)\"?[^,;]*?on\s+(?:delete|update)\s+(?:cascade|set)", re.IGNORECASE
)


@dataclass
class _Reading:
    """The columns and the key met so far."""

    catalog: Catalog
    fields: list[Field]
    key: tuple[str, ...] = ()


def define(ddl: str, catalog: Catalog | None = None) -> Catalog:
    """The tables that a piece of scenario DDL makes; its indexes and comments change no rows."""
    catalog = catalog or Catalog()
    for node in parse_all(ddl):
        if isinstance(node, exp.Create) and node.args.get("kind") in {"TABLE", "TYPE"}:
            catalog = create_type(catalog, node) if node.args["kind"] == "TYPE" else create_table(catalog, node)
        elif not (
            isinstance(node, exp.Create | exp.Comment | exp.Set)
            and node.args.get("kind") in {None, "INDEX", "TABLE", "COLUMN"}
        ):
            raise NotModelled(f"a table's ddl holds CREATE TABLE, TYPE and INDEX; not {node.sql('postgres')[:60]!r}")
    return catalog


def create_type(catalog: Catalog, node: exp.Create) -> Catalog:
    """An enum: its values are text, and PostgreSQL judges what they may be."""
    body = node.args.get("expression")
    if not isinstance(body, exp.DataType) or body.this != exp.DType.ENUM:
        raise NotModelled("CREATE TYPE other than AS ENUM is not modelled")
    return replace(catalog, enums=catalog.enums | {table_name(node.this)})


def create_table(catalog: Catalog, node: exp.Create) -> Catalog:
    """A table from its columns."""
    only(node, "this", "kind", "exists", "properties")
    if node.args.get("properties"):
        raise NotModelled(f"this kind of table is not modelled: {node.sql('postgres')[:80]!r}")
    if not isinstance(node.this, exp.Schema):
        raise NotModelled("CREATE TABLE without columns is not modelled")
    name = table_name(node.this.this)
    if name in catalog.relations:
        if node.args.get("exists"):
            return catalog
        raise NotModelled(f"there already is a {name}")
    catalog, stored = catalog.numbered("t")
    reading = _Reading(catalog, [])
    for part in node.this.expressions:
        _part(reading, part)
    catalog = note_cascades(reading.catalog, node.sql("postgres"))
    required = {known.stored for known in reading.fields if known.name in reading.key}
    fields = tuple(replace(known, required=known.required or known.stored in required) for known in reading.fields)
    key = tuple(next(known.stored for known in fields if known.name == part) for part in reading.key)
    return catalog.put(Relation(name, stored, fields, key))


def note_cascades(catalog: Catalog, sql: str) -> Catalog:
    """Remember whose deletes reach further: they are not modelled."""
    return replace(catalog, cascading=catalog.cascading | {name.lower() for name in _CASCADES.findall(sql)})


def _part(reading: _Reading, part: exp.Expr) -> None:
    if isinstance(part, exp.ColumnDef):
        reading.catalog, made, is_key = read_column(reading.catalog, part)
        reading.fields.append(made)
        reading.key = (made.name,) if is_key else reading.key
    elif (key := key_of(part)) is not None:
        reading.key = key
    elif not is_constraint(part):
        raise NotModelled(f"{part.sql('postgres')[:80]!r} in CREATE TABLE is not modelled")


def is_constraint(part: exp.Expr) -> bool:
    """A rule about rows: PostgreSQL judges it, and it changes none."""
    if isinstance(part, exp.Constraint):
        return all(is_constraint(inner) for inner in part.expressions)
    return isinstance(part, (exp.ForeignKey, exp.PrimaryKey, exp.Check, exp.NotNullColumnConstraint, *_HARMLESS))


def key_of(part: Any) -> tuple[str, ...] | None:
    """The columns of PRIMARY KEY (…), named or not."""
    if isinstance(part, exp.Constraint):
        return next((key for inner in part.expressions if (key := key_of(inner)) is not None), None)
    if not isinstance(part, exp.PrimaryKey):
        return None
    return tuple(name_of(inner.this if isinstance(inner, exp.Ordered) else inner) for inner in part.expressions)


def read_column(catalog: Catalog, node: exp.ColumnDef) -> tuple[Catalog, Field, bool]:
    """One column definition, and whether it is the primary key."""
    kind = node.args.get("kind")
    if not isinstance(kind, exp.DataType):
        raise NotModelled(f"the type of {node.sql('postgres')[:60]!r} is not modelled")
    catalog, stored = catalog.numbered("c")
    made = Field(name_of(node.this), stored, read_type(kind, catalog.enums), serial=kind.this in SERIAL)
    is_key = False
    for constraint in node.args.get("constraints") or ():
        rule = constraint.kind
        if isinstance(rule, exp.NotNullColumnConstraint):
            made = replace(made, required=not rule.args.get("allow_null"))
        elif isinstance(rule, exp.DefaultColumnConstraint):
            made = _defaulted(made, rule.this)
        elif isinstance(rule, exp.GeneratedAsIdentityColumnConstraint) and not rule.args.get("expression"):
            made = replace(made, serial=True, required=True)
        elif isinstance(rule, exp.ComputedColumnConstraint):
            made = replace(made, generated=rule.this.sql("postgres"))
        elif isinstance(rule, exp.PrimaryKeyColumnConstraint):
            is_key = True
        elif not isinstance(rule, (*_HARMLESS, exp.Reference)):
            raise NotModelled(f"{rule.sql('postgres')[:60]!r} of column {made.name} is not modelled")
    return catalog, replace(made, required=made.required or is_key or made.serial), is_key


def _defaulted(made: Field, value: exp.Expr) -> Field:
    if isinstance(value, exp.Anonymous) and str(value.this).lower() == "nextval":
        return replace(made, serial=True)
    return replace(made, default=value.sql("postgres"))
