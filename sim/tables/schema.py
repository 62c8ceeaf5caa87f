"""What tables and views there are, by name, and how DuckDB stores them.

DuckDB knows tables and columns only by numbers that never change (`t1`, `c7`), as PostgreSQL knows them by oid: a
rename touches nothing but this catalog, and a view goes on reading what it read.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from sim.errors import NotModelled, nearest
from sim.tables.pgtypes import PgType


class Missing(NotModelled):
    """A table or column that is not there: PostgreSQL would refuse the statement."""


@dataclass(frozen=True)
class Field:
    """One column; `default` is PostgreSQL's expression for it, `generated` one over its neighbours, `serial` counts."""

    name: str
    stored: str
    type: PgType
    default: str | None = None
    required: bool = False
    serial: bool = False
    generated: str | None = None


@dataclass(frozen=True)
class Relation:
    """A table, or a view: then `reads` is its translated query and `base` the table that a simple view writes to."""

    name: str
    stored: str
    fields: tuple[Field, ...]
    key: tuple[str, ...] = ()
    reads: str | None = None
    base: str | None = None
    uses: frozenset[str] = frozenset()

    def field(self, name: str) -> Field:
        """The column of this name."""
        for known in self.fields:
            if known.name == name:
                return known
        names = [known.name for known in self.fields]
        raise Missing(f"{self.name} has no column {name!r}; {nearest(name, names, 'it has ' + ', '.join(names))}")

    def keys(self) -> tuple[Field, ...]:
        """The columns of the primary key, () when there is none or one of them is gone."""
        found = tuple(known for stored in self.key for known in self.fields if known.stored == stored)
        return found if len(found) == len(self.key) else ()

    @property
    def source(self) -> str:
        """What stands in a FROM."""
        return f'"{self.stored}"' if self.reads is None else f"({self.reads})"


@dataclass(frozen=True)
class Catalog:
    """Every relation by name; `cascading` are stored tables whose deletes reach into others."""

    relations: Mapping[str, Relation] = field(default_factory=dict)
    enums: frozenset[str] = frozenset()
    cascading: frozenset[str] = frozenset()
    used: int = 0

    def relation(self, name: str) -> Relation:
        """The table or view of this name."""
        if name not in self.relations:
            names = sorted(known for known in self.relations if not known.startswith(" "))
            raise Missing(f"there is no table {name!r}; {nearest(name, names, 'there are ' + ', '.join(names))}")
        return self.relations[name]

    def table(self, name: str) -> Relation:
        """The table of this name, or a refusal: a view is none."""
        found = self.relation(name)
        if found.reads is not None:
            raise NotModelled(f"{name} is a view")
        return found

    def stored(self, number: str) -> Relation:
        """The table that is stored under this number."""
        return next(known for known in self.relations.values() if known.stored == number)

    def put(self, relation: Relation, *, instead_of: str | None = None) -> "Catalog":
        """With this relation, in place of another if one is named."""
        rest = {name: known for name, known in self.relations.items() if name != (instead_of or relation.name)}
        return replace(self, relations={**rest, relation.name: relation})

    def without(self, name: str) -> "Catalog":
        """Without the relation and every view that reads it."""
        gone = self.relations[name]
        kept = {
            other: known
            for other, known in self.relations.items()
            if other != name and (known.reads is None or gone.stored not in known.uses)
        }
        return replace(self, relations=kept)

    def numbered(self, letter: str) -> tuple["Catalog", str]:
        """The next number for a new table (t), column (c) or view (v)."""
        return replace(self, used=self.used + 1), f"{letter}{self.used + 1}"


def without(before: Catalog, after: Catalog) -> Iterator[tuple[Relation, Field]]:
    """The columns of tables that were there and are gone; what is only called otherwise is not."""
    there = {relation.stored: relation for relation in after.relations.values() if relation.reads is None}
    for relation in before.relations.values():
        if relation.reads is None and not relation.name.startswith(" "):
            now = there.get(relation.stored)
            left = {name for known in now.fields for name in (known.name, known.stored)} if now is not None else set()
            yield from ((relation, known) for known in relation.fields if not {known.name, known.stored} & left)
