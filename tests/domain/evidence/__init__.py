"""Law reports of `domain/evidence`."""
