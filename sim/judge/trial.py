"""Every prototype request against one schema, in one server-side loop; each is tried alone and taken back."""

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from sim.errors import NotModelled
from sim.judge.expressions import Answers, evaluate, used
from sim.judge.rows import quoted
from sim.judge.session import Session
from sim.judge.split import parameters, words
from sim.judge.values import REQUEST, Program, Refusal, Trial
from sim.population import Population

_SYNTAX_ERROR = "42601"
_PREPARABLE = {"select", "insert", "update", "delete", "merge", "values", "with", "table"}
_TRY = """
CREATE OR REPLACE FUNCTION pg_temp.try_out(OUT places int[], OUT states text[], OUT messages text[])
LANGUAGE plpgsql AS $try$
DECLARE
    request record; command text; place int; state text; message text;
BEGIN
    FOR request IN SELECT commands, lines FROM "tries" ORDER BY number LOOP
        place := 0;
        BEGIN
            FOREACH command IN ARRAY request.commands LOOP
                place := place + 1;
                EXECUTE command;
            END LOOP;
            RAISE EXCEPTION USING ERRCODE = 'RH000';
        EXCEPTION WHEN OTHERS THEN
            state := SQLSTATE; message := SQLERRM;
        END;
        IF state = 'RH000' THEN
            places := places || -1; states := states || NULL::text; messages := messages || NULL::text;
        ELSE
            places := places || request.lines[place]; states := states || state; messages := messages || message;
        END IF;
    END LOOP;
END $try$
"""


@dataclass(frozen=True)
class Prepared:
    """One SQL line, prepared: its parameters, or why PostgreSQL refuses it for everybody."""

    place: int
    name: str
    parameters: tuple[str, ...] = ()
    refusal: Refusal | None = None
    plain: str | None = None

    def command(self, values: Sequence[str | None]) -> str:
        """The call for one prototype, with its values as untyped literals, the way a driver sends them."""
        if self.plain is not None:
            return self.plain
        if not values:
            return f"EXECUTE {self.name}"
        return f"EXECUTE {self.name}({', '.join(map(literal, values))})"


def literal(value: str | None) -> str:
    """An untyped constant."""
    return "NULL" if value is None else "'" + value.replace("'", "''") + "'"


def try_out(session: Session, program: Program, population: Population) -> Trial:
    """Ask PostgreSQL about every prototype; the lineage is left as it was."""
    sequences = _sequences(session)
    session.run("BEGIN")
    try:
        columns = used(program, population)
        answers = evaluate(session, program, population, columns)
        prepared = [one for place in range(len(program.lines)) if (one := _prepare(session, program, place, answers))]
        stops = _stops(session, program, prepared, answers, population.size)
    finally:
        if not session.broken:
            session.run("ROLLBACK; DEALLOCATE ALL")
            _restore(session, sequences)
    return _trial(program, answers, stops)


def _prepare(session: Session, program: Program, place: int, answers: Answers) -> Prepared | None:
    line = program.lines[place]
    if line.sql is None:
        return None
    sql, names = parameters(line.sql)
    if unknown := [name for name in names if name not in answers.versions]:
        raise NotModelled(
            f"step {line.name} uses ${unknown[0]}, which is no attribute of the request and set by no step"
        )
    if not names and words(sql)[:1] and words(sql)[0] not in _PREPARABLE:
        return Prepared(place, line.name, plain=sql)
    name = f"line_{place}"
    session.run("SAVEPOINT prepare_it")
    try:
        session.run(f"PREPARE {name} AS {sql}")
    except psycopg.Error as error:
        if session.broken or error.sqlstate is None:
            raise
        session.run("ROLLBACK TO SAVEPOINT prepare_it")
        return Prepared(place, name, names, Refusal(error.sqlstate, str(error.diag.message_primary)))
    return Prepared(place, name, names)


Stop = tuple[int, str, str] | None


def _stops(session: Session, program: Program, prepared: Sequence[Prepared], answers: Answers, size: int) -> list[Stop]:
    """Where each prototype stops: (place of the line, SQLSTATE, message). Equal prototypes share one try."""
    calls = _calls(session, program, prepared, answers, size)
    tries: dict[tuple[tuple[str, int], ...], int] = {}
    shared = [tries.setdefault(commands, len(tries)) for commands, _ in calls]
    outcomes = _run_tries(session, list(tries)) if any(tries) else [None] * len(tries)
    return [outcomes[number] or otherwise for number, (_, otherwise) in zip(shared, calls, strict=True)]


def _calls(
    session: Session, program: Program, prepared: Sequence[Prepared], answers: Answers, size: int
) -> list[tuple[tuple[tuple[str, int], ...], Stop]]:
    """For each prototype its commands with their lines, and where it stops if all of them pass."""
    deferred = _deferred(session)
    columns = [[answers.at(name, one.place) for name in one.parameters] for one in prepared]
    calls = []
    for number in range(size):
        broken = answers.broken.get(number)
        commands: list[tuple[str, int]] = []
        stop: Stop = broken
        for one, values in zip(prepared, columns, strict=True):
            line = program.lines[one.place]
            if broken is not None and one.place >= broken[0]:
                break
            if line.gates and not answers.guards[line.name][number]:
                continue
            if one.refusal is not None:
                stop = (one.place, one.refusal.sqlstate, one.refusal.message)
                break
            commands.append((one.command([column[number] for column in values]), one.place))
            if line.commit and deferred:
                commands += [("SET CONSTRAINTS ALL IMMEDIATE", one.place), (deferred, one.place)]
        if commands and deferred and stop is None:
            commands.append(("SET CONSTRAINTS ALL IMMEDIATE", commands[-1][1]))
        calls.append((tuple(commands), stop))
    return calls


def _deferred(session: Session) -> str | None:
    """The statement that puts constraints off again after a commit, where some are deferred at all."""
    found = session.rows(
        "SELECT DISTINCT n.nspname::text, k.conname::text FROM pg_constraint k "
        "JOIN pg_namespace n ON n.oid = k.connamespace WHERE k.condeferred ORDER BY 1, 2"
    )
    listed = ", ".join(f"{quoted(schema)}.{quoted(name)}" for schema, name in found)
    return f"SET CONSTRAINTS {listed} DEFERRED" if found else None


def _run_tries(session: Session, tries: Sequence[tuple[tuple[str, int], ...]]) -> list[Stop]:
    session.run('CREATE TEMP TABLE "tries" (number int, commands text[], lines int[]) ON COMMIT DROP')
    session.copy_in(
        '"tries"',
        [
            (
                str(number),
                _array([command for command, _ in commands]),
                "{" + ",".join(str(p) for _, p in commands) + "}",
            )
            for number, commands in enumerate(tries)
        ],
    )
    session.run(_TRY)
    ((places, states, messages),) = session.run("SELECT * FROM pg_temp.try_out()").fetchall()
    return [
        None if place < 0 else (place, state, message)
        for place, state, message in zip(places, states, messages, strict=True)
    ]


def _array(texts: Sequence[str]) -> str:
    """A text[] as COPY reads it."""
    return "{" + ",".join('"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' for text in texts) + "}"


def _trial(program: Program, answers: Answers, stops: Sequence[Stop]) -> Trial:
    def name(place: int) -> str:
        return program.lines[place].name if place >= 0 else REQUEST

    seen = sorted({(stop[0], stop[1]) for stop in stops if stop is not None})
    if len(seen) > 255:
        raise NotModelled("more than 255 kinds of failure in one endpoint")
    codes = {code: number for number, code in enumerate(seen, start=1)}
    messages: dict[tuple[str, str], str] = {}
    for stop in stops:
        if stop is not None:
            messages.setdefault((name(stop[0]), stop[1]), stop[2])
    wanted = [attribute for attribute, _ in (*program.derived, *(one for line in program.lines for one in line.sets))]
    return Trial(
        stops=bytes(0 if stop is None else codes[stop[0], stop[1]] for stop in stops),
        codes=tuple((name(place), state) for place, state in seen),
        messages=messages,
        guards=answers.guards,
        values={attribute: _coded(answers.versions[attribute][-1][1]) for attribute in dict.fromkeys(wanted)},
    )


def _coded(values: Sequence[str | None]) -> tuple[tuple[str | None, ...], tuple[int, ...]]:
    """Distinct values in the order they are first met, and each prototype's place among them."""
    places: dict[str | None, int] = {}
    index = tuple(places.setdefault(value, len(places)) for value in values)
    return tuple(places), index


def _sequences(session: Session) -> list[tuple[str, int, bool]]:
    names = session.rows(
        "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'S' AND relpersistence <> 't' ORDER BY 1"
    )
    return [(name, *session.rows(f"SELECT last_value, is_called FROM {name}")[0]) for (name,) in names]


def _restore(session: Session, sequences: Sequence[tuple[str, int, bool]]) -> None:
    """A sequence does not roll back; the next trial must meet it as this one did."""
    for name, last, called in sequences:
        session.rows("SELECT setval(%s::regclass, %s, %s)", name, last, called)
