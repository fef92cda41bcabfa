"""One file for each carrier."""
