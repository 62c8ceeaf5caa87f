"""Measurements: what a run costs, beside what it would cost request by request."""
