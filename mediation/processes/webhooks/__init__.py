"""Tells marketplaces' own addresses that something happened in a dispute: thin, signed, numbered, at least once."""
