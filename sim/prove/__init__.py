"""Searches what could be done in a scenario, and says what it comes to."""
