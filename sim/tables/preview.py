"""Whether the tables can follow a change of the schema, told without starting them."""

from sim.tables import functions, subqueries  # noqa: F401  # they enter their readers
from sim.tables.alterations import alter, is_ddl
from sim.tables.parsing import parse
from sim.tables.reading import Translation
from sim.tables.schema import Catalog


def after(catalog: Catalog, statement: str, number: int) -> Catalog:
    """The catalog after a statement about tables; NotModelled says what cannot be followed."""
    node = parse(statement)
    return alter(Translation(catalog, "make_timestamp(0)", number=number), node).catalog if is_ddl(node) else catalog
