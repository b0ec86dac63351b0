"""Notices: what the parties were told outside of the engine, and what became of it."""
