"""Deadlines, and the stays that stop them."""
