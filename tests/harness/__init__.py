"""Harnesses: they play, kill, count and compare for minutes or hours. README.md says which."""
