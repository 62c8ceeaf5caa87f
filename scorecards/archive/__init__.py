"""Runs that were kept: sealed journals in a folder are the truth, a DuckDB file beside them is the index."""
