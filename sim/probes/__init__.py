"""What can be read: one probe a file. None of them changes the world, and each answers in text."""
