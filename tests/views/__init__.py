"""What front ends show, as pure functions: tables in, rows out."""
