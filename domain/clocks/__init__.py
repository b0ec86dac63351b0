"""Deadlines, and the stays in which they stand still."""
