"""Law reports of `domain/ruling`."""
