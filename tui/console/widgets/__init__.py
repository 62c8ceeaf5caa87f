"""What screens are made of: each draws rows of text, and none of them reads markup."""
