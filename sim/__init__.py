"""The system and its rules; knows nobody above it.

values     clock · chance · errors · population · locks · world · facts · reduce · journal · play · expect
language   scenario/
rooms      judge/ (PostgreSQL) · tables/ (DuckDB) · traffic/ (numpy)
clock      engine/ (SimPy)
outside    catalogue · actions/ · probes/ · session · result · replay · explain
"""

__version__ = "0.1.0"
