"""A rule for every SQL text: the same run asks it again and must hear the same, so nothing in it may draw or count."""

from sim.scenario.references import Inspection
from sim.scenario.sql import calls, words_named
from sim.scenario.syntax import texts

_DIFFERS = {
    "random", "random_normal", "setseed", "gen_random_uuid", "gen_random_bytes", "uuid_generate_v1",
    "uuid_generate_v1mc", "uuid_generate_v4", "uuidv4", "uuidv7", "nextval", "currval", "lastval", "setval",
    "timeofday", "txid_current", "txid_current_snapshot", "txid_current_if_assigned",
    "pg_current_xact_id", "pg_current_xact_id_if_assigned", "pg_current_snapshot", "pg_backend_pid",
    "pg_postmaster_start_time", "pg_conf_load_time", "pg_current_wal_lsn", "pg_current_wal_insert_lsn",
    "inet_client_port",
}  # fmt: skip
_HINT = "draw it under `request:` or `fill:`, where the seed decides; a column's DEFAULT may use it"


def inspect(check: Inspection) -> None:
    """Every rule of this file; DDL and migrations are left out, whose defaults may draw."""
    for sql in texts(check.scenario):
        if sql.path[0] == "database" and "fill" not in sql.path:
            continue
        for name, offset in calls(sql.text):
            if name in _DIFFERS:
                check.say(sql.path, f"{name}() gives another value at each call", _HINT, offset=offset)
        for offset in words_named(sql.text, "tablesample"):
            check.say(sql.path, "TABLESAMPLE draws other rows each time", "choose rows by their key", offset=offset)
