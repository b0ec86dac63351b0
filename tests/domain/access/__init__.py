"""Law reports of `domain/access`."""
