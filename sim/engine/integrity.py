"""Whether the real rows let an operator's INSERT, UPDATE or DELETE be: the seed rows are too few to say.

The tables find rows on which a constraint would refuse it; PostgreSQL is shown these few, and what it says is the word.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sim.engine.constraints import Check, ForeignKey, Unique, checks, foreign_keys, mentions, plain, uniques
from sim.errors import NotModelled
from sim.judge.judge import Judge
from sim.judge.values import Lineage, Refusal, ScriptVerdict, SeedRows, TableShape
from sim.tables.seeds import Seed
from sim.tables.tables import Foreseen, Tables
from sim.tables.wire import AFTER, BEFORE, LEFT, ROW

STATES = frozenset({"23001", "23502", "23503", "23505", "23514"})
_DATA = {"INSERT", "UPDATE", "DELETE"}
_AT_ONCE = "; SET CONSTRAINTS ALL IMMEDIATE"
_MOST = 50


def amended(judge: Judge, tables: Tables, lineage: Lineage, verdict: ScriptVerdict, at_ms: int) -> ScriptVerdict:
    """The verdict on one data statement by itself, corrected by the real rows; any other verdict as it is."""
    one, *commit = verdict.statements or (None,)
    state = (commit[0] if commit else one).sqlstate if one else None
    alone = one is not None and all(last.tag == "COMMIT" and last.sqlstate for last in commit)
    if one is None or not alone or one.tag not in _DATA or (state is not None and state not in STATES):
        return verdict
    refusal = integrity(judge, tables, lineage, one.statement, at_ms)
    if refusal is not None:
        return ScriptVerdict((replace(one, sqlstate=refusal.sqlstate, message=refusal.message),), lineage)
    return verdict if state is None else ScriptVerdict((replace(one, sqlstate=None, message=""),), lineage)


def integrity(
    judge: Judge, tables: Tables, lineage: Lineage, statement: str, at_ms: int, *, besides: frozenset[str] = frozenset()
) -> Refusal | None:
    """PostgreSQL's refusal of a data statement for the sake of a constraint; None when the real rows satisfy all.

    Rows of the tables `besides` change at the same time, so nothing is asked about them.
    """
    reach = tables.foresee(statement, at_ms)
    shapes = {plain(shape.name): shape for shape in judge.shapes(lineage) if shape.kind == "table"}
    trial = _Trial(judge, tables, lineage, statement, at_ms, reach, shapes, besides)
    suspicions = trial.suspicions()
    answers = trial.ask([one.sql for one in suspicions], limit=2)
    for suspicion, answer in zip(suspicions, answers, strict=True):
        refusal = suspicion.pursue(trial, answer)
        if refusal is not None:
            return refusal
    return None


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _same(one: str, ours: Iterable[str], other: str, theirs: Iterable[str]) -> str:
    return " AND ".join(f"{one}.{_name(a)} = {other}.{_name(b)}" for a, b in zip(ours, theirs, strict=True))


def _known(mark: str, columns: Iterable[str]) -> str:
    return " AND ".join(f"{mark}.{_name(column)} IS NOT NULL" for column in columns)


@dataclass(frozen=True)
class Suspicion:
    """A query for rows on which a statement would fail, and what to make of them: each kind pursues in its way."""

    sql: str

    def pursue(self, trial: "_Trial", found: Seed | str) -> Refusal | None:
        """What PostgreSQL says of the rows that were found."""
        raise NotImplementedError


class Arriving(Suspicion):
    """Rows that come, or become, what they may not be."""

    def pursue(self, trial: "_Trial", found: Seed | str) -> Refusal | None:
        if isinstance(found, str):
            raise NotModelled(f"whether this breaks a constraint cannot be told: {found}")
        return trial.arrive(found, certain=True) if found.values else None


@dataclass(frozen=True)
class Tested(Suspicion):
    """Rows that fail a test; where the tables can't apply it, one row for each value of the columns it may read."""

    columns: tuple[str, ...]

    def pursue(self, trial: "_Trial", found: Seed | str) -> Refusal | None:
        if not isinstance(found, str):
            return trial.arrive(found, certain=True) if found.values else None
        one_of_each = f"SELECT min({_name(ROW)}) FROM {_name(AFTER)}"
        one_of_each += f" GROUP BY {', '.join(map(_name, self.columns))}" if self.columns else ""
        (rows,) = trial.ask([trial.select("n", AFTER, f"n.{_name(ROW)} IN ({one_of_each})")], limit=_MOST + 1)
        if isinstance(rows, str) or len(rows.values) > _MOST:
            raise NotModelled(f"whether this breaks a CHECK cannot be told: {found}")
        return trial.arrive(rows, certain=False) if rows.values else None


class Passing(Suspicion):
    """A key that another row has until this very statement changes it."""

    def pursue(self, trial: "_Trial", found: Seed | str) -> Refusal | None:
        if isinstance(found, str) or found.values:
            raise NotModelled("rows hand on their unique keys: PostgreSQL's answer depends on the order they lie in")
        return None


@dataclass(frozen=True)
class Leaving(Suspicion):
    """Rows that go, or change their key, while others point at them."""

    key: ForeignKey
    action: str

    def pursue(self, trial: "_Trial", found: Seed | str) -> Refusal | None:
        if isinstance(found, str):
            raise NotModelled(f"whether rows still point there cannot be told: {found}")
        if not found.values:
            return None
        if self.action not in {"NO ACTION", "RESTRICT"}:
            raise NotModelled(f"rows of {self.key.child} would follow (ON … {self.action}): not modelled")
        return trial.leave(self.key, found)


@dataclass(frozen=True)
class _Trial:
    """One statement, and the rows it meets."""

    judge: Judge
    tables: Tables
    lineage: Lineage
    statement: str
    at_ms: int
    reach: Foreseen
    shapes: dict[str, TableShape]
    besides: frozenset[str]

    @property
    def shape(self) -> TableShape:
        return self.shapes[self.reach.table]

    def ask(self, asked: Sequence[str], limit: int) -> tuple[Seed | str, ...]:
        if not asked:
            return ()
        return self.tables.foresee(self.statement, self.at_ms, asked, limit=limit).answers

    def select(self, mark: str, relation: str, where: str, table: str = "") -> str:
        """A query for whole rows of a relation, each with its number where the relation has one."""
        columns = [column.name for column in self.shapes[table or self.reach.table].columns]
        heads = ", ".join(f"{mark}.{_name(head)}" for head in ([] if table else [ROW]) + columns)
        return f"SELECT {heads} FROM {_name(relation)} AS {mark} WHERE {where}"

    def suspicions(self) -> list[Suspicion]:
        """Every question, in the order in which PostgreSQL would complain: tests, then unique keys, then the rest."""
        found: list[Suspicion] = []
        if not self.reach.takes:
            found += [Tested(*self._tested(check)) for check in checks(self.shape) if self._concerned(check)]
            for unique in uniques(self.shape):
                found += self._clashing(unique)
            found += [
                self._orphaned(key)
                for key in foreign_keys(self.shape)
                if self._changes(key.columns) and key.parent not in self.besides
            ]
        if not self.reach.adds:
            found += [self._left_behind(key) for key in self._pointing_here()]
        return found

    def _changes(self, columns: Iterable[str]) -> bool:
        return any(column in self.reach.columns for column in columns)

    def _concerned(self, check: Check) -> bool:
        """Old rows pass what is settled, as long as nothing that it reads changes."""
        return not check.settled or mentions(check.test, self.reach.columns)

    def _tested(self, check: Check) -> tuple[str, tuple[str, ...]]:
        names = tuple(column.name for column in self.shape.columns if mentions(check.test, (column.name,)))
        return self.select("n", AFTER, f"({check.test}) IS FALSE"), names

    def _keyed(self, relation: str, unique: Unique) -> str:
        """A relation with its unique keys as columns, only the rows that count for them."""
        heads = ", ".join(map(_name, [ROW, *(column.name for column in self.shape.columns)]))
        keys = ", ".join(f"{key} AS {_name(head)}" for key, head in zip(unique.keys, _heads(unique), strict=True))
        known = " AND ".join(f"({key}) IS NOT NULL" for key in unique.keys)
        return f"(SELECT {heads}, {keys} FROM {_name(relation)} WHERE ({unique.where}) AND {known})"

    def _clashing(self, unique: Unique) -> Iterator[Suspicion]:
        if not any(mentions(sql, self.reach.columns) for sql in (*unique.keys, unique.where)):
            return
        heads = _heads(unique)
        ours = ", ".join(f"n.{_name(head)}" for head in [ROW, *(column.name for column in self.shape.columns)])
        new = f"SELECT {ours} FROM {self._keyed(AFTER, unique)} AS n WHERE "
        same, keys = _same("o", heads, "n", heads), ", ".join(map(_name, heads))
        yield Arriving(f"{new} EXISTS (SELECT 1 FROM {self._keyed(LEFT, unique)} AS o WHERE {same})")
        yield Arriving(
            f"{new} ({', '.join(f'n.{_name(head)}' for head in heads)}) IN "
            f"(SELECT {keys} FROM {self._keyed(AFTER, unique)} AS o GROUP BY {keys} HAVING count(*) > 1) "
            f"ORDER BY {', '.join(f'n.{_name(head)}' for head in heads)}"
        )
        if not unique.late:
            other = f"{same} AND o.{_name(ROW)} <> n.{_name(ROW)}"
            yield Passing(f"{new} EXISTS (SELECT 1 FROM {self._keyed(BEFORE, unique)} AS o WHERE {other})")

    def _standing(self, table: str) -> tuple[str, ...]:
        """The relations in which a table's rows stand once the statement has run."""
        return (LEFT, AFTER) if table == self.reach.table else (table,)

    def _orphaned(self, key: ForeignKey) -> Suspicion:
        found = _same("p", key.keys, "n", key.columns)
        missing = [
            f"NOT EXISTS (SELECT 1 FROM {_name(relation)} AS p WHERE {found})"
            for relation in self._standing(key.parent)
        ]
        as_before = f"b.{_name(ROW)} = n.{_name(ROW)} AND {_same('b', key.columns, 'n', key.columns)}"
        new = f"NOT EXISTS (SELECT 1 FROM {_name(BEFORE)} AS b WHERE {as_before})"
        return Arriving(self.select("n", AFTER, " AND ".join([_known("n", key.columns), *missing, new])))

    def _pointing_here(self) -> Iterator[ForeignKey]:
        for name, shape in self.shapes.items():
            for key in foreign_keys(shape) if name not in self.besides else ():
                if key.parent == self.reach.table and self._changes(key.keys):
                    yield key

    def _left_behind(self, key: ForeignKey) -> Suspicion:
        action = key.on_delete if self.reach.takes else key.on_update
        if action == "RESTRICT" and key.child == key.parent:
            raise NotModelled(f"rows of {key.child} that point at each other with RESTRICT are not modelled")
        found = _same("c", key.columns, "b", key.keys)
        children = " OR ".join(
            f"EXISTS (SELECT 1 FROM {_name(relation)} AS c WHERE {found})" for relation in self._standing(key.child)
        )
        again = _same("n", key.keys, "b", key.keys)
        again += f" AND n.{_name(ROW)} = b.{_name(ROW)}" if action != "NO ACTION" else ""
        kept = f"NOT EXISTS (SELECT 1 FROM {_name(AFTER)} AS n WHERE {again})"
        where = f"{_known('b', key.keys)} AND ({children}) AND {kept}"
        return Leaving(self.select("b", BEFORE, where), key, action)

    def arrive(self, rows: Seed, *, certain: bool) -> Refusal | None:
        """Show PostgreSQL rows that come, among those they point at and those whose keys they would have."""
        numbers = ", ".join(str(row[0]) for row in rows.values)
        chosen = f"n.{_name(ROW)} IN ({numbers})"
        asked: list[tuple[str, str]] = []
        for unique in uniques(self.shape):
            same = _same("o", _heads(unique), "n", _heads(unique))
            met = f"SELECT o.{_name(ROW)} FROM {self._keyed(LEFT, unique)} AS o, {self._keyed(AFTER, unique)} AS n"
            asked.append(
                (self.reach.table, self.select("l", LEFT, f"l.{_name(ROW)} IN ({met} WHERE {same} AND {chosen})"))
            )
        for key in foreign_keys(self.shape):
            found = _same("p", key.keys, "n", key.columns)
            for relation in self._standing(key.parent):
                pointed = f"EXISTS (SELECT 1 FROM {_name(AFTER)} AS n WHERE {chosen} AND {found})"
                own = key.parent == self.reach.table
                pointed += f" AND p.{_name(ROW)} NOT IN ({numbers})" if own and relation == AFTER else ""
                asked.append((key.parent, self.select("p", relation, pointed, "" if own else key.parent)))
        there = self._gathered(asked)
        there.setdefault(self.reach.table, SeedRows(rows.columns[1:], ()))
        return self._told(self._insert(rows), there, certain=certain)

    def _gathered(self, asked: Sequence[tuple[str, str]]) -> dict[str, SeedRows]:
        """The rows of several questions by table, each row once."""
        found: dict[str, SeedRows] = {}
        for (table, _), answer in zip(asked, self.ask([sql for _, sql in asked], limit=4 * _MOST), strict=True):
            if isinstance(answer, str):
                raise NotModelled(f"rows of {table} cannot be shown to PostgreSQL: {answer}")
            skip = 1 if answer.columns[:1] == (ROW,) else 0
            before = found[table].values if table in found else ()
            rows = dict.fromkeys((*before, *(row[skip:] for row in answer.values)))
            found[table] = SeedRows(answer.columns[skip:], tuple(rows))
        return found

    def _insert(self, rows: Seed) -> str:
        computed = {column.name for column in self.shape.columns if column.generated and column.default is not None}
        places = [at for at, name in enumerate(rows.columns) if at and name not in computed]
        heads = ", ".join(_name(rows.columns[at]) for at in places)
        lines = ", ".join(f"({', '.join(_text(row[at]) for at in places)})" for row in rows.values)
        return f"INSERT INTO {_name(self.reach.table)} ({heads}) OVERRIDING SYSTEM VALUE VALUES {lines}"

    def leave(self, key: ForeignKey, rows: Seed) -> Refusal | None:
        """Show PostgreSQL a row that goes, or gets another key, and one that points at it."""
        row, number = rows.values[0][1:], rows.values[0][0]
        found = f"b.{_name(ROW)} = {number} AND {_same('c', key.columns, 'b', key.keys)}"
        own = key.child == key.parent
        asked = [
            (key.child, self.select("c", relation, f"EXISTS (SELECT 1 FROM {_name(BEFORE)} AS b WHERE {found})",
                                    "" if own else key.child))
            for relation in self._standing(key.child)
        ]  # fmt: skip
        there = self._gathered(asked)
        there = {table: SeedRows(seed.columns, seed.values[:2]) for table, seed in there.items()}
        before = there[key.parent].values if own else ()
        there[key.parent] = SeedRows(rows.columns[1:], tuple(dict.fromkeys((row, *before))))
        was = dict(zip(rows.columns[1:], row, strict=True))
        this = " AND ".join(f"{_name(column)} = {_text(was[column])}" for column in key.keys)
        if self.reach.takes:
            return self._told(f"DELETE FROM {_name(key.parent)} WHERE {this}", there, certain=True)
        (after,) = self.ask([self.select("n", AFTER, f"n.{_name(ROW)} = {number}")], limit=1)
        if isinstance(after, str):
            raise NotModelled(f"whether rows still point there cannot be told: {after}")
        becomes = dict(zip(after.columns, after.values[0], strict=True))
        sets = ", ".join(f"{_name(column)} = {_text(becomes[column])}" for column in key.keys)
        return self._told(f"UPDATE {_name(key.parent)} SET {sets} WHERE {this}", there, certain=True)

    def _told(self, statement: str, rows: dict[str, SeedRows], *, certain: bool) -> Refusal | None:
        """PostgreSQL's word on a few rows, its foreign keys included."""
        said = self.judge.outcome(self.lineage, statement + _AT_ONCE, rows)
        if isinstance(said, Refusal) and said.sqlstate in STATES:
            return said
        if certain or isinstance(said, Refusal):
            gap = said.message if isinstance(said, Refusal) else "it accepts what they expected it to refuse"
            raise NotModelled(f"PostgreSQL and the tables disagree about a constraint of {self.reach.table}: {gap}")
        return None


def _heads(unique: Unique) -> tuple[str, ...]:
    return tuple(f" key {at}" for at in range(len(unique.keys)))


def _text(value: str | None) -> str:
    return "NULL" if value is None else "'" + value.replace("'", "''") + "'"
