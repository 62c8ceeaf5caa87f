"""Guards and derived values over a whole population: one query, and row by row only where that one fails."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import psycopg

from sim.errors import NotModelled
from sim.judge.rows import quoted
from sim.judge.session import Session
from sim.judge.values import REQUEST, Program
from sim.population import Population, Value

_AUTHORS_MISTAKE = ("42", "0A", "54")  # no such column, not supported, too complex: nothing a prototype can do about


@dataclass(frozen=True)
class Expression:
    """One guard or one value, in the order of the program."""

    line: str
    place: int
    name: str | None
    sql: str
    only_if: str | None = None

    @property
    def column(self) -> str:
        """The column that its answer gets; a guard's can't collide with an attribute."""
        return self.name if self.name is not None else f"guard {self.place}"


@dataclass
class Answers:
    """Every expression's value for every prototype, and who broke where: (place of the line, SQLSTATE, message)."""

    versions: dict[str, list[tuple[int, list[str | None]]]]
    guards: dict[str, bytes] = field(default_factory=dict)
    broken: dict[int, tuple[int, str, str]] = field(default_factory=dict)

    def at(self, name: str, place: int) -> list[str | None]:
        """An attribute's value as the line at this place sees it: a later line may set it again."""
        return [texts for since, texts in self.versions[name] if since <= place][-1]


def expressions(program: Program) -> list[Expression]:
    """Everything there is to compute; a line that its guard leaves out keeps the values from before."""
    found = [Expression(REQUEST, -1, name, sql) for name, sql in program.derived]
    for place, line in enumerate(program.lines):
        if line.over_rows and line.gates:
            raise NotModelled(f"step {line.name}: a condition that reads tables can only decide `raises` or `harms`")
        gate = None
        if line.guard is not None and not line.over_rows:
            found.append(Expression(line.name, place, None, line.guard))
            gate = found[-1].column if line.gates else None
        found += [Expression(line.name, place, name, sql, gate) for name, sql in line.sets]
    return found


def used(program: Program, population: Population) -> tuple[str, ...]:
    """The attributes that the program can depend on, in the order of the population."""
    return tuple(name for name in population.columns if program.mentions(name))


def text(value: Value) -> str | None:
    """A value as PostgreSQL reads it."""
    if value is None:
        return None
    return str(value) if not isinstance(value, bool) else ("true" if value else "false")


def evaluate(session: Session, program: Program, population: Population, columns: Sequence[str]) -> Answers:
    """Compute every guard and value for every prototype, inside the caller's transaction."""
    texts = {name: [text(value) for value in population.columns[name]] for name in columns}
    answers = Answers({name: [(-2, values)] for name, values in texts.items()})
    todo = expressions(program)
    if not todo:
        return answers
    _load(session, population, texts)
    session.run("SAVEPOINT together")
    try:
        table = _together(session, todo, program.flags, columns)
    except psycopg.Error as error:
        if session.broken or error.sqlstate is None or error.sqlstate.startswith("57"):
            raise
        session.run("ROLLBACK TO SAVEPOINT together")
        table = _one_by_one(session, todo, program.flags, columns, broken=answers.broken, size=population.size)
    for expression, values in zip(todo, table, strict=True):
        if expression.name is None:
            answers.guards[expression.line] = bytes(value == "true" for value in values)
        else:
            answers.versions.setdefault(expression.name, []).append((expression.place, values))
    return answers


def _load(session: Session, population: Population, texts: Mapping[str, list[str | None]]) -> None:
    kinds = "".join(f", {quoted(name)} {population.kinds[name]}" for name in texts)
    session.run(f'CREATE TEMP TABLE "level 0" ("prototype #" int PRIMARY KEY{kinds}) ON COMMIT DROP')
    numbers = (str(number) for number in range(population.size))
    session.copy_in('"level 0"', list(zip(numbers, *texts.values(), strict=True)))


def _level(expression: Expression, number: int, columns: Sequence[str], flags: Mapping[str, bool], source: str) -> str:
    """One more expression over everything before it; a name that is set again keeps its older value under another."""
    column = quoted(expression.column)
    value = f"({expression.sql})" if expression.name is not None else f"({expression.sql}) IS TRUE"
    if expression.only_if is not None:
        before = f"request.{column}" if expression.column in columns else "NULL"
        value = f"CASE WHEN request.{quoted(expression.only_if)} THEN {value} ELSE {before} END"
    shown = [
        f"request.{quoted(name)}"
        if name != expression.column
        else f"request.{column} AS {quoted(_older(name, number))}"
        for name in ("prototype #", *columns)
    ]
    on = ", ".join(f"{str(answer).lower()} AS {quoted(name)}" for name, answer in sorted(flags.items()))
    return (
        f"SELECT {', '.join(shown)}, {value} AS {column} "
        f"FROM {source} AS request CROSS JOIN (SELECT {on or '1 AS nothing'}) AS flags"
    )


def _older(name: str, number: int) -> str:
    return f"{name} before {number}"


def _known(columns: Sequence[str], expression: Expression, number: int) -> list[str]:
    """The columns after a level."""
    return [*(_older(name, number) if name == expression.column else name for name in columns), expression.column]


def _together(
    session: Session, todo: Sequence[Expression], flags: Mapping[str, bool], columns: Sequence[str]
) -> list[list[str | None]]:
    """All expressions in one query; a list of values for each."""
    source, known, places = '"level 0"', list(columns), list[str]()
    for number, expression in enumerate(todo, start=1):
        # OFFSET 0 keeps the levels apart, or the planner would write one expression into the next over and over.
        source = f"({_level(expression, number, known, flags, source)} OFFSET 0)"
        known = _known(known, expression, number)
        places = [_older(name, number) if name == expression.column else name for name in places]
        places.append(expression.column)
    shown = ", ".join(f"CAST({quoted(name)} AS text)" for name in places)
    rows = session.run(f'SELECT {shown} FROM {source} AS answers ORDER BY "prototype #"').fetchall()
    return [list(values) for values in zip(*rows, strict=True)] if rows else [[] for _ in todo]


_TRY_EACH = """
CREATE OR REPLACE FUNCTION pg_temp.try_each(reached text, query text)
RETURNS TABLE (prototype int, state text, message text) LANGUAGE plpgsql AS $try$
BEGIN
    FOR prototype IN EXECUTE reached LOOP
        BEGIN
            EXECUTE query USING prototype;
        EXCEPTION WHEN OTHERS THEN
            state := SQLSTATE; message := SQLERRM;
            RETURN NEXT;
        END;
    END LOOP;
END $try$
"""


def _one_by_one(
    session: Session,
    todo: Sequence[Expression],
    flags: Mapping[str, bool],
    columns: Sequence[str],
    *,
    broken: dict[int, tuple[int, str, str]],
    size: int,
) -> list[list[str | None]]:
    """Expression by expression, prototype by prototype; one that breaks an expression is NULL from there on."""
    session.run(_TRY_EACH)
    known, table = list(columns), list[list[str | None]]()
    for number, expression in enumerate(todo, start=1):
        source = f'"level {number - 1}"'
        level = _level(expression, number, known, flags, source)
        reached = f'SELECT "prototype #" FROM {source} AS request WHERE {_gate(expression)} ORDER BY 1'
        for prototype, state, message in session.rows(
            "SELECT * FROM pg_temp.try_each(%s, %s)", reached, f'{level} WHERE request."prototype #" = $1'
        ):
            if state[:2] in _AUTHORS_MISTAKE:
                raise NotModelled(f"step {expression.line}: {message} (in: {expression.sql})")
            broken[prototype] = (expression.place, state, message)
        gone = ", ".join(str(prototype) for prototype in sorted(broken)) or "-1"
        if not session.rows(f'SELECT 1 FROM ({reached}) AS all_of WHERE "prototype #" NOT IN ({gone}) LIMIT 1'):
            level = _level(_nobodys(session, expression, known, flags, source), number, known, flags, source)
        session.run(
            f'CREATE TEMP TABLE "level {number}" ON COMMIT DROP AS {level} '
            f'WHERE request."prototype #" NOT IN ({gone}); '
            f'CREATE UNIQUE INDEX ON "level {number}" ("prototype #")'
        )
        values: list[str | None] = [None] * size
        answers = f'SELECT "prototype #", CAST({quoted(expression.column)} AS text) FROM "level {number}"'
        for prototype, value in session.run(answers).fetchall():
            values[prototype] = value
        table.append(values)
        known = _known(known, expression, number)
    return table


def _gate(expression: Expression) -> str:
    return f"request.{quoted(expression.only_if)}" if expression.only_if is not None else "true"


def _nobodys(
    session: Session, expression: Expression, known: Sequence[str], flags: Mapping[str, bool], source: str
) -> Expression:
    """NULL in its place, of its type: what is constant fails for the planner, even where no prototype comes to it."""
    kind = "::boolean"
    if expression.name is not None:
        session.run("SAVEPOINT kind")
        try:
            alone = _level(replace(expression, name="value", only_if=None), 0, known, flags, source)
            session.run(f'CREATE TEMP VIEW "kind" AS SELECT "value" FROM ({alone}) AS answer')
            found = (
                "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'pg_temp.kind'::regclass"
            )
            kind = f"::{session.rows(found)[0][0]}"
        except psycopg.Error:
            if session.broken:
                raise
            kind = ""
        session.run("ROLLBACK TO SAVEPOINT kind")
    return replace(expression, sql=f"NULL{kind}")
