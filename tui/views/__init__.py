"""What front ends show: pure functions from a run to rows of text. Nothing here draws, and nothing here decides."""
