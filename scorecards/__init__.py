"""Judging a run: criteria over journals and counts, scorecards, the archive, reports. It may import sim, never tui."""
