"""Notices: which fact is told to whom, when a notice leaves, and what becomes of it."""
