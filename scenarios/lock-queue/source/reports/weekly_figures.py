"""The weekly figures. Run it on the primary: the replica does not have the newest orders."""

import psycopg

with psycopg.connect("service=orders application_name=weekly-figures") as connection:
    rows = connection.execute("SELECT status, count(*), sum(total) FROM orders GROUP BY status").fetchall()
    for row in rows:
        print(*row, sep="\t")
    answer = input("Do the figures look right? [y/N] ")          # the transaction is still open here
    if answer == "y":
        connection.execute("INSERT INTO figures SELECT now(), status, count(*) FROM orders GROUP BY status")
