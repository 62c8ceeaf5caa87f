"""The tables: DuckDB counts rows.

What chance fills (numpy, no DuckDB)
    columns        a drawn column as whole numbers and how to read them
    distributions  choice, uniform, lognormal, row_of, faker: from uniforms to columns
    fill           row n of a table as a pure function of n
    population     the prototype requests of an endpoint
    seeds          the few rows that the judge's base needs
    batch          requests that are copies of prototypes

What PostgreSQL's SQL means here (sqlglot)
    parsing        text to tree, or a refusal
    pgtypes        the types that are modelled
    schema         tables and views by name, columns by a number that never changes
    definitions    CREATE TABLE
    reading        how an expression is read; a node without a reader is not modelled
    coercion       casts · operators · functions · queries · subqueries   the readers
    changes        INSERT, UPDATE, DELETE as plans · alterations  DDL

What happens to rows (DuckDB, in a child process)
    store          the tables of one run · loading · writing · losses · witness · jsonb
    worker         the child's loop · sandbox  its limits · wire  what goes through the pipes
    child          starts, asks and ends the worker
    tables         what the engine talks to · comparing  PostgreSQL's rows with ours
"""
