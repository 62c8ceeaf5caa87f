"""One file per command. A module here imports what it needs when it is called, so that `--help` costs nothing."""
