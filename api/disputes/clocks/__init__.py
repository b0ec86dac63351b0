"""Stays, extensions, proceedings elsewhere, and deadlines."""
