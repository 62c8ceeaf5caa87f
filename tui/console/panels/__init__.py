"""The panels of the console, one for each digit; each draws what the room remembers."""
