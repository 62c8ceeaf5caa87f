"""What a trainee can do: one action a file, the same in every scenario. A listing of this folder is the catalogue."""
