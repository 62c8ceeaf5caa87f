"""What the replica's own catalog says: information_schema, made from the schema as it is now."""

from collections.abc import Sequence

from sim.judge.values import TableShape
from sim.tables.tables import Shown

_TABLE = ("table_schema", "table_name", "table_type")
_COLUMN = (
    "table_schema", "table_name", "column_name", "ordinal_position", "column_default", "is_nullable", "data_type",
    "is_generated",
)  # fmt: skip


def views(shapes: Sequence[TableShape]) -> dict[str, Shown]:
    """information_schema.tables and .columns for these tables and views."""
    tables = [("public", shape.name, "VIEW" if shape.kind == "view" else "BASE TABLE") for shape in shapes]
    columns = [
        (
            "public", shape.name, column.name, str(position), column.default, "YES" if column.nullable else "NO",
            column.type, "ALWAYS" if column.generated else "NEVER",
        )
        for shape in shapes
        for position, column in enumerate(shape.columns, start=1)
    ]  # fmt: skip
    kinds = {name: "bigint" if name == "ordinal_position" else "text" for name in _COLUMN}
    return {
        "information_schema.tables": Shown(dict.fromkeys(_TABLE, "text"), tuple(tables)),
        "information_schema.columns": Shown(kinds, tuple(columns)),
    }
