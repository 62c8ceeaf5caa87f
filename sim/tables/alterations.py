"""Reads DDL that PostgreSQL has accepted: what it does to the catalog, and to the rows."""

import re
from dataclasses import dataclass, field, replace

from sqlglot import exp

from sim.errors import NotModelled
from sim.tables.changes import default_value
from sim.tables.coercion import assigned
from sim.tables.definitions import create_table, create_type, is_constraint, key_of, note_cascades, read_column
from sim.tables.parsing import name_of, only, parse_expression, table_name
from sim.tables.pgtypes import read_type
from sim.tables.queries import query
from sim.tables.reading import Scope, Source, Translation, Typed, quoted, typed
from sim.tables.schema import Catalog, Field, Relation

_NO_ROWS = re.compile(
    r"(TABLE\s+(IF\s+EXISTS\s+)?(ONLY\s+)?\S+\s+VALIDATE\s+CONSTRAINT|INDEX|SEQUENCE|TYPE\s+\S+\s+(ADD|RENAME)\s+VALUE|"
    r"DATABASE|ROLE|DEFAULT\s+PRIVILEGES|TABLE\s+(IF\s+EXISTS\s+)?(ONLY\s+)?\S+\s+(RENAME|ALTER)\s+CONSTRAINT)\b",
    re.IGNORECASE,
)
_COMMANDS = {"LOCK", "ANALYZE", "VACUUM", "REINDEX", "REVOKE", "GRANT", "CLUSTER", "DISCARD", "RESET", "SHOW"}


@dataclass
class Alteration:
    """The catalog afterwards, and DuckDB's statements on the way."""

    catalog: Catalog
    statements: list[str] = field(default_factory=list)


def is_ddl(node: exp.Expr) -> bool:
    """Whether a statement is about tables rather than rows."""
    return not isinstance(node, exp.Insert | exp.Update | exp.Delete | exp.TruncateTable | exp.Query)


def alter(t: Translation, node: exp.Expr) -> Alteration:
    """Carry one statement over to the catalog."""
    done = Alteration(t.catalog)
    if isinstance(node, exp.Create):
        _create(t, done, node)
    elif isinstance(node, exp.Alter) and node.args.get("kind") == "TABLE":
        _alter_table(t, done, node)
    elif isinstance(node, exp.Drop):
        _drop(done, node)
    elif not _changes_no_rows(node):
        raise NotModelled(f"{node.sql('postgres')[:80]!r} is not modelled in the tables")
    return done


def _changes_no_rows(node: exp.Expr) -> bool:
    if isinstance(node, exp.Command):
        text = str(node.args.get("expression") or "").strip()
        return str(node.this).upper() in _COMMANDS or (str(node.this).upper() == "ALTER" and bool(_NO_ROWS.match(text)))
    if isinstance(node, exp.Alter):
        return node.args.get("kind") in {"INDEX", "SEQUENCE"}
    return isinstance(node, exp.Comment | exp.Set | exp.Grant | exp.Revoke | exp.Transaction | exp.Commit | exp.Analyze)


def _create(t: Translation, done: Alteration, node: exp.Create) -> None:
    kind = node.args.get("kind")
    if kind in {"INDEX", "SEQUENCE"}:
        return
    if kind == "TYPE":
        done.catalog = create_type(done.catalog, node)
    elif kind == "VIEW":
        _create_view(t, done, node)
    elif kind == "TABLE" and isinstance(node.args.get("expression"), exp.Query):
        _create_table_as(t, done, node)
    elif kind == "TABLE":
        before = done.catalog
        done.catalog = create_table(before, node)
        if done.catalog is not before:
            done.statements.append(create_sql(done.catalog.relation(table_name(node.this.this))))
    else:
        raise NotModelled(f"CREATE {kind} is not modelled in the tables")


def create_sql(relation: Relation) -> str:
    """DuckDB's statement for an empty table: columns only, for PostgreSQL judges the rest."""
    columns = ", ".join(f"{quoted(known.stored)} {known.type.storage}" for known in relation.fields)
    return f"CREATE TABLE {relation.source} ({columns})"


def _create_table_as(t: Translation, done: Alteration, node: exp.Create) -> None:
    only(node, "this", "kind", "expression", "exists")
    name, body = table_name(node.this), query(t, node.args["expression"], Scope())
    if name in done.catalog.relations:
        raise NotModelled(f"there already is a {name}")
    done.catalog, stored = done.catalog.numbered("t")
    fields = []
    for head, kind in body.columns:
        done.catalog, column = done.catalog.numbered("c")
        fields.append(Field(head, column, kind))
    done.catalog = done.catalog.put(Relation(name, stored, tuple(fields)))
    done.statements.append(create_sql(done.catalog.relation(name)))
    done.statements.append(f'INSERT INTO "{stored}" {body.sql}')


def _create_view(t: Translation, done: Alteration, node: exp.Create) -> None:
    only(node, "this", "kind", "expression", "replace")
    head = node.this.this if isinstance(node.this, exp.Schema) else node.this
    heads = [name_of(part) for part in node.this.expressions] if isinstance(node.this, exp.Schema) else []
    name = table_name(head)
    if name in done.catalog.relations and not node.args.get("replace"):
        raise NotModelled(f"there already is a {name}")
    t.uses.clear()
    body = query(t, node.args["expression"], Scope())
    base = _simple_base(t, node.args["expression"])
    done.catalog, stored = done.catalog.numbered("v")
    columns = [(heads[i] if i < len(heads) else column, kind, column) for i, (column, kind) in enumerate(body.columns)]
    fields = tuple(Field(shown, column, kind) for shown, kind, column in columns)
    reads = body.sql
    if base is not None:
        own = [_base_field(base, part) for part in node.args["expression"].expressions]
        fields = tuple(Field(shown, known.stored, kind) for (shown, kind, _), known in zip(columns, own, strict=True))
        reads = f"SELECT {', '.join(quoted(known.stored) for known in own)} FROM {base.source}"
    view = Relation(name, stored, fields, (), reads, base.stored if base else None, frozenset(t.uses))
    done.catalog = done.catalog.put(view)


def _simple_base(t: Translation, node: exp.Expr) -> Relation | None:
    """The table under a view that PostgreSQL can write through: named columns of one table, and no condition."""
    if not isinstance(node, exp.Select) or any(v for k, v in node.args.items() if k not in {"expressions", "from_"}):
        return None
    origin = node.args["from_"].this if node.args.get("from_") else None
    inner = [part.this if isinstance(part, exp.Alias) else part for part in node.expressions]
    plain = all(isinstance(part, exp.Column) and isinstance(part.this, exp.Identifier) for part in inner)
    if not plain or not isinstance(origin, exp.Table) or origin.args.get("joins"):
        return None
    found = t.catalog.relation(table_name(origin))
    return found if found.reads is None else None


def _base_field(base: Relation, part: exp.Expr) -> Field:
    return base.field(name_of((part.this if isinstance(part, exp.Alias) else part).this))


def _drop(done: Alteration, node: exp.Drop) -> None:
    if node.args.get("kind") in {"INDEX", "SEQUENCE", "TYPE"}:
        return
    if node.args.get("kind") not in {"TABLE", "VIEW"}:
        raise NotModelled(f"DROP {node.args.get('kind')} is not modelled in the tables")
    for part in node.args.get("tables") or [node.this]:
        name = table_name(part)
        if name not in done.catalog.relations and node.args.get("exists"):
            continue
        gone = done.catalog.relation(name)
        done.catalog = done.catalog.without(name)
        if gone.reads is None:
            done.statements.append(f"DROP TABLE {gone.source}")


def _alter_table(t: Translation, done: Alteration, node: exp.Alter) -> None:
    name = table_name(node.this)
    if node.args.get("exists") and name not in done.catalog.relations:
        return
    done.catalog = note_cascades(done.catalog, node.sql("postgres"))
    for action in node.args.get("actions") or []:
        relation = done.catalog.relation(name)
        if isinstance(action, exp.AlterRename):
            name = _rename_relation(done, relation, table_name(action.this))
        elif isinstance(action, exp.RenameColumn):
            known = relation.field(name_of(action.this))
            _swap(done, relation, known, replace(known, name=name_of(action.args["to"])))
            follows = _follow(done.catalog.relation(name), known.name, name_of(action.args["to"]))
            done.catalog = done.catalog.put(follows)
        else:
            t.catalog = done.catalog
            _act(t, done, done.catalog.table(name), action)


def _rename_relation(done: Alteration, relation: Relation, name: str) -> str:
    if name in done.catalog.relations:
        raise NotModelled(f"there already is a {name}")
    done.catalog = done.catalog.put(replace(relation, name=name), instead_of=relation.name)
    return name


def _follow(relation: Relation, was: str, now: str) -> Relation:
    """Generated columns go on reading the column that has another name now."""
    return replace(relation, fields=tuple(_renamed(known, was, now) for known in relation.fields))


def _renamed(known: Field, was: str, now: str) -> Field:
    if known.generated is None:
        return known
    node = parse_expression(known.generated)
    for column in node.find_all(exp.Column):
        if name_of(column.this) == was:
            column.set("this", exp.to_identifier(now, quoted=True))
    return replace(known, generated=node.sql("postgres"))


def _swap(done: Alteration, relation: Relation, known: Field, other: Field) -> None:
    fields = tuple(other if one is known else one for one in relation.fields)
    done.catalog = done.catalog.put(replace(relation, fields=fields))


def _act(t: Translation, done: Alteration, relation: Relation, action: exp.Expr) -> None:
    if isinstance(action, exp.ColumnDef):
        _add_column(t, done, relation, action)
    elif isinstance(action, exp.Drop) and action.args.get("kind") == "COLUMN":
        _drop_column(done, relation, action)
    elif isinstance(action, exp.Drop) and action.args.get("kind") == "CONSTRAINT":
        return
    elif isinstance(action, exp.AlterColumn):
        _alter_column(t, done, relation, action)
    elif isinstance(action, exp.AddConstraint) and all(is_constraint(part) for part in action.expressions):
        _add_constraint(done, relation, action)
    else:
        raise NotModelled(f"ALTER TABLE … {action.sql('postgres')[:60]!r} is not modelled in the tables")


def _add_constraint(done: Alteration, relation: Relation, action: exp.AddConstraint) -> None:
    key = next((found for part in action.expressions if (found := key_of(part)) is not None), None)
    if key:
        done.catalog = done.catalog.put(replace(relation, key=tuple(relation.field(name).stored for name in key)))


def _add_column(t: Translation, done: Alteration, relation: Relation, action: exp.ColumnDef) -> None:
    if any(known.name == name_of(action.this) for known in relation.fields):
        if action.args.get("exists"):
            return
        raise NotModelled(f"{relation.name} already has a column {name_of(action.this)!r}")
    done.catalog, made, is_key = read_column(done.catalog, action)
    key = (made.stored,) if is_key else relation.key
    done.catalog = done.catalog.put(replace(relation, fields=(*relation.fields, made), key=key))
    adds = f"ALTER TABLE {relation.source} ADD COLUMN {quoted(made.stored)} {made.type.storage}"
    if made.default is not None and made.generated is None and isinstance(parse_expression(made.default), exp.Literal):
        column = f"ALTER TABLE {relation.source} ALTER COLUMN {quoted(made.stored)}"
        done.statements += [f"{adds} DEFAULT {default_value(t, relation, made)}", f"{column} DROP DEFAULT"]
        return
    done.statements.append(adds)
    if made.serial or made.default is not None or made.generated is not None:
        done.statements.append(filled(t, relation, made))


def filled(t: Translation, relation: Relation, made: Field) -> str:
    """DuckDB's statement that gives every row the default of a column; it may read the other columns."""
    source = Source(relation.name, tuple((f.name, Typed(quoted(f.stored), f.type)) for f in relation.fields))
    if made.serial:
        value = "row_number() OVER (ORDER BY rowid)"
    elif made.generated is not None:
        value = assigned(t, typed(t, parse_expression(made.generated), Scope((source,))), made.type)
    else:
        value = default_value(t, relation, made, "ORDER BY rowid", Scope((source,)))
    rows = f'SELECT rowid AS " row", CAST({value} AS {made.type.storage}) AS " value" FROM {relation.source}'
    return (
        f'UPDATE {relation.source} SET {quoted(made.stored)} = "new"." value" '
        f'FROM ({rows}) AS "new" WHERE {relation.source}.rowid = "new"." row"'
    )


def _drop_column(done: Alteration, relation: Relation, action: exp.Drop) -> None:
    for part in action.args.get("tables") or [action.this]:
        name = name_of(part)
        if action.args.get("exists") and all(known.name != name for known in relation.fields):
            continue
        gone = relation.field(name)
        relation = replace(relation, fields=tuple(known for known in relation.fields if known is not gone))
        if not relation.fields:
            raise NotModelled("a table without columns is not modelled")
        catalog = done.catalog.put(relation)
        for view in [known for known in catalog.relations.values() if gone.stored in known.uses]:
            catalog = catalog.without(view.name) if view.name in catalog.relations else catalog
        done.catalog = catalog
        done.statements.append(f"ALTER TABLE {relation.source} DROP COLUMN {quoted(gone.stored)}")


def _alter_column(t: Translation, done: Alteration, relation: Relation, action: exp.AlterColumn) -> None:
    known = relation.field(name_of(action.this))
    if isinstance(action.args.get("dtype"), exp.DataType):
        _alter_type(t, done, relation, known, action)
    elif action.args.get("default") is not None:
        default = action.args["default"].sql("postgres")
        default_value(t, relation, replace(known, default=default, serial=False))
        _swap(done, relation, known, replace(known, default=default, serial=False))
    elif action.args.get("allow_null") is not None:
        _swap(done, relation, known, replace(known, required=not action.args["allow_null"]))
    elif action.args.get("drop"):
        _swap(done, relation, known, replace(known, default=None, serial=False))
    else:
        raise NotModelled(f"ALTER COLUMN … {action.sql('postgres')[:60]!r} is not modelled in the tables")


def _alter_type(t: Translation, done: Alteration, relation: Relation, known: Field, action: exp.AlterColumn) -> None:
    kind, using = read_type(action.args["dtype"], done.catalog.enums), action.args.get("using")
    source = Source(relation.name, tuple((f.name, Typed(quoted(f.stored), f.type)) for f in relation.fields))
    value = typed(t, using, Scope((source,))) if using else Typed(quoted(known.stored), known.type)
    made = assigned(t, value, kind)
    if known.default is not None:
        default_value(t, relation, replace(known, type=kind))
    _swap(done, relation, known, replace(known, type=kind))
    # DuckDB's own ALTER … TYPE also converts rows that were deleted, and fails on their values
    done.statements.append(
        f"CREATE OR REPLACE TABLE {relation.source} AS "
        f"SELECT * REPLACE (CAST({made} AS {kind.storage}) AS {quoted(known.stored)}) FROM {relation.source}"
    )
