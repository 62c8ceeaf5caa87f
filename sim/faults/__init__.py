"""What goes wrong by itself: one kind of fault a file, each with its values and what it does while it lasts."""
