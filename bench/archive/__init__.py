"""What the archive costs, and whether it keeps what it was given: `python -m bench.archive`."""
