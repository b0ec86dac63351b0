"""Reads the log in order: consumers, their positions, parking, rebuilding."""
