"""PostgreSQL judges: does this statement work against this schema, and what lock does it take.

    values       what is asked and what is answered; no PostgreSQL needed to read it
    split        SQL text into statements, canonical text, $names into $1
    book         answers that are remembered: the scenario's verdict book and the user's cache
    codec        answers as JSON and back
    judge        the one door: asks the book, and the bench where the book is silent
    discovery    where PostgreSQL's binaries are, and which account may run them
    server       a private server, started lazily, cleaned up after
    orphans      what a killed parent left behind
    session      a connection with a supervisor behind it
    live         the questions, put to a server that may die meanwhile
    lineages     one template database for each schema lineage
    catalog      what the server's catalog says of a schema
    checks       what a statement will check of the rows that are there
    casts        which values a change of type refuses
    rows         witness rows in, violating seed rows out
    script       a migration, statement by statement: SQLSTATE, locks, rewrites, scans
    expressions  guards and derived values over the whole population at once
    outcome      what a statement makes of given rows, and whether a text is SQL at all
    trial        4000 prototype requests in one server-side loop

Nothing is imported here, so that reading `values` pulls no psycopg in.
"""
