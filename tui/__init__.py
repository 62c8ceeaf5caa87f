"""What people touch: the command line, and the console. It may import scorecards and sim; nothing imports it."""
