"""The console, driven by keys as somebody at a terminal would."""
