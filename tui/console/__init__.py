"""The console: Textual's only room. Screens hold state, widgets draw rows, and one worker drives the run."""
